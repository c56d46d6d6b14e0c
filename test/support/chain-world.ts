import { createLane, type LaneOptions } from "../../src/chain/lane.ts";
import type { Chain } from "../../src/chain/chain.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import { signOpening } from "../../src/entry/signed-statements.ts";
import { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { makeFacts, type KitGateway } from "../../src/store/conformance/stage.ts";
import { developmentSigner } from "./accounts.ts";
import type { TestChain } from "./chains.ts";
import { ACCOUNTS, deployLog, registerTestGateway, type TestLog } from "./deploy.ts";

/** A registry with two gateways, written to through the store under test. */
export interface ChainWorld {
  readonly log: TestLog;
  readonly origin: KitGateway;
  readonly destination: KitGateway;
  /** A store of its own on `chain` (the world's by default), paid by `account`. */
  store(options?: StoreOptions): ChainLogStore;
  /** Opens a session between the two gateways. */
  open(store: ChainLogStore): Promise<SessionFacts>;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly chain?: Chain;
  readonly account?: number;
  readonly durability?: "included" | "final";
  readonly lane?: LaneOptions;
}

export async function createChainWorld(node: TestChain): Promise<ChainWorld> {
  const log = await deployLog(node);
  const party = async (which: "A" | "B"): Promise<KitGateway> => {
    const { gatewayId, logSigner } = await registerTestGateway(log, which);
    return { gatewayId, epoch: 1, signer: logSigner };
  };
  const [origin, destination] = [await party("A"), await party("B")];
  const stores: ChainLogStore[] = [];
  return {
    log,
    origin,
    destination,
    store: ({ chain = log.chain, account = ACCOUNTS.carrier, durability = "included", lane = {} } = {}) => {
      const carrier = createLane(chain, developmentSigner(account), { closeGraceMs: 0, ...lane });
      const store = new ChainLogStore({ chain, lane: carrier }, { registry: log.logRegistry, durability });
      stores.push(store);
      return store;
    },
    open: async (store) => {
      const domain = { chainId: log.chain.chainId, registry: log.logRegistry };
      const facts = makeFacts(origin, destination, { log: domain, register: "log" });
      await store.openSession(await signOpening(facts, origin.epoch, origin.signer));
      return facts;
    },
    close: async () => {
      for (const store of stores) await store.close();
      await log.close();
    },
  };
}
