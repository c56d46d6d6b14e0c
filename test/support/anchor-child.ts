import { join } from "node:path";
import { createChain, type Chain } from "../../src/chain/chain.ts";
import { createLane } from "../../src/chain/lane.ts";
import type { Address } from "../../src/entry/hex.ts";
import { AnchoredLogStore } from "../../src/store/anchored-log-store.ts";
import { ChainAnchorRegistry } from "../../src/store/anchored-registry.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { developmentSigner } from "./accounts.ts";
import { ANCHORER, writeSession } from "./anchor-world.ts";
import { ACCOUNTS } from "./deploy.ts";
import { sampleDirectory, sampleGateway } from "./sample-log.ts";

/** What a parent tells it. */
export interface AnchorChildTask {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly registry: Address;
  readonly folder: string;
  /** Entries of a new session, written before they are anchored. */
  readonly write: number;
  /** A step of an anchor, or right after a transaction was given to the node. */
  readonly killAt: string;
}

/** Writes entries, anchors them, and kills its own process on the way. */
const { rpcUrl, chainId, registry, folder, write, killAt } = JSON.parse(process.argv[2] ?? "{}") as AnchorChildTask;

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

function mortal(chain: Chain): Chain {
  const rpc: Chain["rpc"] = async (method, params) => {
    const answer = await chain.rpc(method, params);
    if (killAt === "broadcast" && method === "eth_sendRawTransaction") die();
    return answer;
  };
  return new Proxy(chain, {
    get: (target, member) => {
      const value: unknown = member === "rpc" ? rpc : Reflect.get(target, member, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

const gateway = sampleGateway(ANCHORER);
const peer = sampleGateway("peer");
const chain = mortal(createChain({ url: rpcUrl, expected: { chainId }, finality: "instant" }));
const lane = createLane(chain, developmentSigner(ACCOUNTS.carrier));
const store = new AnchoredLogStore(
  {
    store: new SqliteLogStore({ directory: sampleDirectory(gateway, peer) }, { path: join(folder, "log.sqlite") }),
    registry: new ChainAnchorRegistry({ chain, lane }, { registry }),
    signer: gateway.signer,
  },
  {
    gatewayId: gateway.gatewayId,
    path: join(folder, "anchors.sqlite"),
    onStep: (step) => {
      if (step === killAt) die();
    },
  },
);
if (write > 0) await writeSession(store, gateway, peer, write);
await store.flush();
