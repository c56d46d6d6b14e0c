// Direct mode, on the development chains: pays gold of Alice's on ledger alpha, every step of it in the log on chain.
// See README.md beside this file.

import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createChain } from "../../src/chain/chain.ts";
import { createLane } from "../../src/chain/lane.ts";
import type { DevnetRecord } from "../../src/cli/devnet.ts";
import { hashSchema } from "../../src/entry/hex.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { OperatorLog } from "../../src/store/operator-log.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { DirectGateway, type Moment } from "./direct-gateway.ts";
import { TokenLedger } from "./token-ledger.ts";

const USAGE = `examples/direct/index.ts KEY TO AMOUNT [options]
  KEY             your name for the payment; asked for twice, it is paid once
  TO, AMOUNT      account on ledger alpha; gold in its smallest unit
  --devnet FILE   devnet.json of "gatelog devnet up" (default: .gatelog/devnet/devnet.json)
  --data DIR      what was signed and may not be in the log yet (default: direct/ beside devnet.json)
  --die-when M    end by SIGKILL there: decided, prepared or sent`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    devnet: { type: "string", default: ".gatelog/devnet/devnet.json" },
    data: { type: "string" },
    "die-when": { type: "string" },
  },
});
const [idempotencyKey, to, amount] = positionals;

if (idempotencyKey === undefined || to === undefined || amount === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else await pay({ idempotencyKey, to, amount: BigInt(amount) });

async function pay(request: { idempotencyKey: string; to: string; amount: bigint }): Promise<void> {
  const file = resolve(values.devnet);
  const data = resolve(values.data ?? join(file, "..", "direct"));
  mkdirSync(data, { recursive: true });
  const { alpha, log, accounts, gateways } = JSON.parse(readFileSync(file, "utf8")) as DevnetRecord;

  // The log: the registry on chain, an outbox before it. The gateway's log key signs the entries, and here pays for them too.
  const signer = keySigner(accounts.alphaLog.privateKey);
  const chain = createChain({ url: log.rpcUrl, expected: { chainId: log.chainId }, finality: "instant" });
  const lane = createLane(chain, signer);
  const onChain = new ChainLogStore({ chain, lane }, { registry: log.logRegistry, durability: "included" });
  const store = new OutboxedLogStore({ store: onChain, outbox: new Outbox({ path: join(data, "outbox.sqlite") }) });
  const place = { gatewayId: hashSchema.parse(gateways.alpha.gatewayId), networkId: `eip155:${alpha.chainId}` };
  const domain = { chainId: log.chainId, registry: log.logRegistry };
  const operatorLog = new OperatorLog({ store, directory: onChain.directory, signer }, { ...place, log: domain });

  // The ledger: Alice's account and a token.
  const ledger = new TokenLedger({ ...alpha, token: alpha.erc20, privateKey: accounts.alice.privateKey });
  const gateway = new DirectGateway({ log: operatorLog, store, ledger, reached: dieWhen });
  try {
    // After a restart: first what was signed and may not have arrived, then what was begun, then what is new.
    const { waiting } = await store.resume();
    if (waiting[0]) throw waiting[0].reason;
    for (const answer of await gateway.recover()) process.stderr.write(`recovered: ${JSON.stringify(answer)}\n`);
    const answer = await gateway.pay(request);
    process.stdout.write(`${JSON.stringify(answer)}\n`);
    process.exitCode = answer.outcome === "PAID" ? 0 : 1;
  } finally {
    ledger.close();
    await store.close();
    await lane.close();
    chain.close();
  }
}

function dieWhen(moment: Moment): void {
  if (moment === values["die-when"]) process.kill(process.pid, "SIGKILL");
}
