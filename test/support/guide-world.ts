import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { id } from "ethers";
import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { termsHashOf, type Terms } from "../../src/entry/terms.ts";
import { developmentKey } from "./accounts.ts";
import { createAnchorWorld, type AnchorWorld } from "./anchor-world.ts";
import { startHardhat, type TestChain } from "./chains.ts";
import { ACCOUNTS } from "./deploy.ts";
import { setupOf, sideOf } from "./ledger-stage.ts";
import { LedgerWorld } from "./ledger-world.ts";
import { privateCopies } from "./private-copies.ts";
import { RegistryWorld, type Party } from "./registry-world.ts";
import { makeEntries, sampleSession } from "./sample-log.ts";
import { committedTransfer, refusedTransfer } from "./stories.ts";

/**
 * What an auditor is given: three chains behind URLs, a registry with a transfer that the ledgers carried out and one that was refused, an
 * anchored store with `proof.json` of one entry, and two gateways' private logs, `alpha.jsonl` and `beta.jsonl`, in which beta tells two
 * stories. The files are in the folder, all else is in variables of a shell.
 */
export async function openGuideWorld(
  folder: string,
): Promise<{ readonly variables: Readonly<Record<string, string>>; close(): Promise<void> }> {
  const nodes = await Promise.all([startHardhat("log"), startHardhat("alpha"), startHardhat("beta")]);
  const [log, alpha, beta] = nodes;
  const ledgers = [await LedgerWorld.at("alpha", alpha.rpcUrl), await LedgerWorld.at("beta", beta.rpcUrl)] as const;
  const registry = await RegistryWorld.at(log.rpcUrl);
  const anchored = await createAnchorWorld(log);
  const sessionId = await transfers(registry, ledgers);
  const { ofAlpha, forked } = await privateCopies();
  writeFileSync(join(folder, "alpha.jsonl"), ofAlpha);
  writeFileSync(join(folder, "beta.jsonl"), forked);
  return {
    variables: {
      ...{ RPC_URL: log.rpcUrl, OTHER_RPC_URL: log.rpcUrl, REGISTRY: registry.domain.registry, SESSION: sessionId },
      ...{ ALPHA_URL: alpha.rpcUrl, ALPHA_ESCROW: ledgers[0].escrow },
      ...{ BETA_URL: beta.rpcUrl, BETA_ESCROW: ledgers[1].escrow },
      ...(await anchoredStore(anchored, log, folder)),
    },
    close: async () => {
      await anchored.close();
      await registry.close();
      await Promise.all(ledgers.map((ledger) => ledger.close()));
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}

/** One that is carried out on both ledgers, and one that the destination refuses. Gives the first one's id. */
async function transfers(log: RegistryWorld, [alpha, beta]: Ledgers): Promise<string> {
  for (const ledger of [alpha, beta]) await ledger.map(alpha.chainId, alpha.token);
  const [a, b] = [await log.register("alpha"), await log.register("beta")];
  const [carried, refused] = [termsOf(log, [alpha, beta], "250"), termsOf(log, [alpha, beta], "9000")];
  const open = ({ sessionId, value, ...terms }: Terms) =>
    log.open(a, b, {
      ...{ sessionId, amount: value, termsHash: termsHashOf({ sessionId, value, ...terms }) },
      ...{ origin: endOf(a, alpha), destination: endOf(b, beta) },
    });
  await committedTransfer(log, await open(carried), setupOf(carried));
  await alpha.act("lock", carried);
  await beta.act("mint", carried);
  await alpha.act("burn", carried);
  await beta.act("assign", carried);
  await refusedTransfer(log, await open(refused), setupOf(refused).setup);
  await alpha.act("lock", refused);
  await alpha.act("unlock", refused);
  return carried.sessionId;
}

type Ledgers = readonly [LedgerWorld, LedgerWorld];

function termsOf(log: RegistryWorld, [alpha, beta]: Ledgers, value: string): Terms {
  return {
    ...{ sessionId: globalThis.crypto.randomUUID(), standard: "erc20", value, tokenUri: "" },
    ...{ originator: alpha.account, beneficiary: beta.account, origin: sideOf(alpha), destination: sideOf(beta) },
    ...{ lockExpiry: 4_000_000_000, cancelAfter: 4_100_000_000, log: log.domain, attestors: [], attestorThreshold: 0 },
  };
}

function endOf({ gatewayId }: Party, { chainId, token }: LedgerWorld) {
  const networkId = `eip155:${chainId}`;
  return { gatewayId, networkId, asset: `${networkId}/erc20:${token}` };
}

/** Its configuration, for whoever exports it, and the proof of one entry, as its API has given it. */
async function anchoredStore(world: AnchorWorld, node: TestChain, folder: string): Promise<Record<string, string>> {
  const { gateway, log } = world;
  const { facts, opening } = await sampleSession(gateway, null);
  const entries = await makeEntries(facts, gateway, 4);
  const store = world.open();
  await store.openSession(opening);
  await store.append(entries);
  const { gatewayId, epoch, signer } = gateway;
  const head = { gatewayId, length: entries.length, lastEntryHash: entries.at(-1)!.entryHash, epoch };
  await store.closeLog(await signClosing(facts, head, signer));
  await store.flush();
  const api = await listen(createLogApi({ store, directory: world.directory }));
  const answer = await fetch(`${api.url}/v1/sessions/${facts.sessionId}/proof/2?gatewayId=${gatewayId}`);
  writeFileSync(join(folder, "proof.json"), await answer.text());
  await api.close();
  await store.close();
  mkdirSync(join(world.folder, "data"));
  writeFileSync(join(world.folder, "carrier.key"), developmentKey(ACCOUNTS.carrier), { mode: 0o600 });
  const config = {
    store: {
      ...{ driver: "anchored", store: { driver: "sqlite", path: "./log.sqlite" }, rpcUrl: node.rpcUrl },
      ...{ log: { chainId: node.chainId, registry: log.logRegistry } },
      ...{ carrierKey: { file: "./carrier.key" }, path: "./anchors.sqlite" },
    },
    operator: { name: gateway.name, owner: gateway.owner, logKey: { env: "LOG_KEY" } },
  };
  const file = join(world.folder, "api.json");
  writeFileSync(file, JSON.stringify(config));
  return { STORE_CONFIG: file, ANCHOR_REGISTRY: log.logRegistry, LOG_KEY: id(`${gateway.name} epoch 1`) };
}
