import { join } from "node:path";
import { createLane } from "../../src/chain/lane.ts";
import { logRegistryAt } from "../../src/chain/contracts.ts";
import { registerGateway } from "../../src/chain/register-gateway.ts";
import type { Chain } from "../../src/chain/chain.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import { AnchoredLogStore } from "../../src/store/anchored-log-store.ts";
import { ChainAnchorRegistry, type AnchorRegistry } from "../../src/store/anchored-registry.ts";
import type { AnchorOptions } from "../../src/store/anchored-worker.ts";
import type { ConformanceDriver, ConformanceStage } from "../../src/store/conformance.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { developmentSigner } from "./accounts.ts";
import type { TestChain } from "./chains.ts";
import { ACCOUNTS, deployLog, type TestLog } from "./deploy.ts";
import {
  makeEntries,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  sampleSigner,
  type SampleGateway,
} from "./sample-log.ts";
import { temporaryFolder } from "./store-stages.ts";

/** Who anchors. The first gateway of a stage of the conformance kit has this name too. */
export const ANCHORER = "gateway 0";

/** A registry on a node, with a gateway that may anchor there, and stores in a folder. */
export interface AnchorWorld {
  readonly log: TestLog;
  readonly gateway: SampleGateway;
  readonly peer: SampleGateway;
  readonly directory: ReturnType<typeof sampleDirectory>;
  readonly registry: ChainAnchorRegistry;
  readonly folder: string;
  /** A store over the folder's SQLite file, which fails the test's own way where another registry is given. */
  open(
    options?: AnchorOptions & { readonly registry?: AnchorRegistry; readonly signer?: DigestSigner },
  ): AnchoredLogStore;
  /** A session of the gateway with so many entries of its own, written through the store. */
  write(store: LogStore, count: number): Promise<SignedEntry[]>;
  /** A registry client of its own: another account that pays, or another view of the chain. */
  client(of: { readonly chain?: Chain; readonly payer?: DigestSigner }): ChainAnchorRegistry;
  /** Number of the gateway's anchors and their roots, straight from the contract. */
  roots(): Promise<string[]>;
  close(): Promise<void>;
}

export async function createAnchorWorld(node: TestChain): Promise<AnchorWorld> {
  const log = await deployLog(node);
  const gateway = await registerSample(log, ANCHORER);
  const peer = sampleGateway("peer");
  const directory = sampleDirectory(gateway, peer);
  const lane = createLane(log.chain, developmentSigner(ACCOUNTS.carrier), { closeGraceMs: 0 });
  const registry = new ChainAnchorRegistry({ chain: log.chain, lane }, { registry: log.logRegistry });
  const folder = await temporaryFolder();
  const closing: (() => Promise<void>)[] = [];
  return {
    log,
    gateway,
    peer,
    directory,
    registry,
    folder: folder.path,
    open: ({ registry: other = registry, signer = gateway.signer, ...options } = {}) => {
      const store = new SqliteLogStore({ directory }, { path: join(folder.path, "log.sqlite") });
      return new AnchoredLogStore(
        { store, registry: other, signer },
        { gatewayId: gateway.gatewayId, path: join(folder.path, "anchors.sqlite"), ...QUICK, ...options },
      );
    },
    write: (store, count) => writeSession(store, gateway, peer, count),
    client: ({ chain = log.chain, payer = developmentSigner(ACCOUNTS.carrier) }) => {
      const own = createLane(chain, payer, { closeGraceMs: 0, resendAfterMs: 200 });
      closing.push(() => own.close());
      return new ChainAnchorRegistry({ chain, lane: own }, { registry: log.logRegistry });
    },
    roots: async () => {
      const contract = logRegistryAt(log.chain, log.logRegistry);
      const { count } = await contract.anchorsOf(gateway.gatewayId);
      return Promise.all(Array.from({ length: Number(count) }, (_, at) => contract.anchorOf(gateway.gatewayId, at)));
    },
    close: async () => {
      for (const close of closing) await close();
      await lane.close();
      await log.close();
      await folder.remove();
    },
  };
}

/** Nothing happens by time alone, and failures are tried again soon. */
const QUICK: AnchorOptions = { everyMs: 3_600_000, checkEveryMs: 50, retryMs: 50 };

async function registerSample(log: TestLog, name: string): Promise<SampleGateway> {
  const gateway = sampleGateway(name);
  const access = { chain: log.chain, lane: log.lane, registry: log.logRegistry };
  const owner = sampleSigner(`${name} owner`);
  await registerGateway(access, { owner, name, key: gateway.signer.address, endpoints: ["http://127.0.0.1:1"] });
  return gateway;
}

export async function writeSession(
  store: LogStore,
  origin: SampleGateway,
  destination: SampleGateway | null,
  count: number,
): Promise<SignedEntry[]> {
  const { facts, opening } = await sampleSession(origin, destination);
  const entries = await makeEntries(facts, origin, count);
  await store.openSession(opening);
  for (const entry of entries) await store.append([entry]);
  return entries;
}

/** Another driver behind anchors: of the sessions of each stage's first gateway, every two entries. */
export function anchored(driver: ConformanceDriver, world: () => AnchorWorld): ConformanceDriver {
  return {
    ...driver,
    keepsEvidence: true,
    name: `anchored ${driver.name}`,
    async openStage(): Promise<ConformanceStage> {
      const stage = await driver.openStage();
      const folder = await temporaryFolder();
      const { registry, gateway } = world();
      const wrap = (store: LogStore): AnchoredLogStore =>
        new AnchoredLogStore(
          { store, registry, signer: gateway.signer },
          { gatewayId: gateway.gatewayId, path: join(folder.path, "anchors.sqlite"), ...QUICK, entries: 2 },
        );
      let store = wrap(stage.store);
      return {
        ...stage,
        store,
        reopen: async () => {
          await store.close();
          return (store = wrap(await stage.reopen()));
        },
        close: async () => {
          await store.close();
          await stage.close();
          await folder.remove();
        },
      };
    },
  };
}
