import { setTimeout as sleep } from "node:timers/promises";

import { erc721Interface } from "../../src/chain/contracts.ts";
import { DEEDS } from "../../src/cli/devnet-deploy.ts";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { GatewayProcess } from "./gateway-process.ts";
import type { LogStage, Stage } from "./stage.ts";

const DEED = DEEDS[0];
/** The destination is killed here: the asset is locked, and it has not voted. */
const LAST_OF_DESTINATION = "ack-lock-assert";
const POLL_MS = 100;

/**
 * A transfer that stands in the middle: the origin has locked the asset and waits for the destination, which is gone; then the
 * origin is killed as well. Both with SIGKILL.
 */
export async function crashTransfer(stage: Stage, log: LogStage): Promise<SessionId> {
  return stage.mining(log.chain, async () => {
    await approve(stage, log);
    const destination = new GatewayProcess(`${log.name}-destination`, log.destination.config, stage.dir);
    const origin = new GatewayProcess(`${log.name}-origin`, log.origin.config, stage.dir);
    try {
      await Promise.all([destination, origin].map((gateway) => gateway.said(({ msg }) => msg === "ready")));
      const client = new GatewayClient({ baseUrl: log.origin.url });
      const { sessionId } = await client.transfer(requestOf(stage, log));
      await destination.said(({ event, mark }) => event === "entry" && mark === LAST_OF_DESTINATION);
      await destination.kill();
      // It may have said more than its last words: whatever it was, the origin goes on until it needs another one.
      while ((await client.status(sessionId)).waitingFor !== "peer") await sleep(POLL_MS);
      return sessionId;
    } finally {
      await Promise.all([destination.kill(), origin.kill()]);
    }
  });
}

/** The deed's owner lets the escrow take it; the node signs for the owner. */
async function approve({ alpha, accounts }: Stage, { contracts }: LogStage): Promise<void> {
  const { escrow, erc721 } = contracts.alpha;
  const data = erc721Interface.encodeFunctionData("approve", [escrow, DEED]);
  await alpha.rpc("eth_sendTransaction", [{ from: accounts.alice.address, to: erc721, data }]);
  await alpha.mine();
}

function requestOf({ accounts, beta }: Stage, { contracts, destination }: LogStage): object {
  return {
    idempotencyKey: "bench/restart",
    asset: { standard: "erc721", address: contracts.alpha.erc721, tokenId: DEED.toString() },
    originator: accounts.alice.address,
    beneficiary: accounts.bob.address,
    destination: { gatewayId: destination.gatewayId, networkId: `eip155:${beta.chainId}` },
  };
}
