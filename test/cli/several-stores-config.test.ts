import { expect } from "chai";
import { resolve } from "node:path";
import { checkedConfig, gatewayConfigSchema } from "../../src/cli/config.ts";
import { configuredLogs, servedLoggings } from "../../src/cli/store-config.ts";
import { expectError } from "../support/expect-error.ts";

const ADDRESS = "0x0A0A0a0a0a0a0a0A0a0a0A0a0A0A0A0a0a0a0a0a";
const LOG = { chainId: 31339, registry: ADDRESS };
const NODE = "http://127.0.0.1:8547";
const PEER = {
  name: "beta-gateway",
  owner: ADDRESS,
  keys: [{ epoch: 1, key: ADDRESS }],
  endpoints: ["http://127.0.0.1:8550"],
};
const COMMON = {
  name: "alpha-gateway",
  owner: ADDRESS,
  logKey: { env: "ALPHA_LOG_KEY" },
  ledgers: [{ networkId: "eip155:31337", rpcUrl: NODE, chainId: 31337, escrow: ADDRESS }],
};
const sqlite = (path = "./logs.sqlite") => ({ driver: "sqlite", path });
const postgres = (schema = "alpha") => ({ driver: "postgres", url: "postgres://g@127.0.0.1/g", schema });
/** Of another account, and with what is taken where nothing is said. */
const SAME_POSTGRES = { ...postgres(), url: "postgresql://other@LocalHost:5432/%67" };
const anchored = (store: object, path = "./anchors.sqlite") => ({
  ...{ driver: "anchored", store, path },
  ...{ log: LOG, rpcUrl: NODE, carrierKey: { file: "./carrier.key" } },
});
const chain = (file = "carrier.key") => ({ driver: "chain", rpcUrl: NODE, carrierKey: { file } });
const http = { driver: "http", url: "http://127.0.0.1:8548" };
const PRIVATE = { ...COMMON, peers: [PEER] };
const SHARED = { ...COMMON, log: LOG };

describe("the configuration of a gateway with several logs", () => {
  const read = (document: object, env: NodeJS.ProcessEnv = {}) =>
    checkedConfig(document, gatewayConfigSchema, env, "the test's");
  const loggings = (document: object, env: NodeJS.ProcessEnv = {}) => servedLoggings(read(document, env));

  it("names one store for each profile, and the default", () => {
    const both = { ...PRIVATE, stores: { local: sqlite(), shared: postgres() }, defaultLogging: "shared" };
    expect(loggings(both)).to.deep.equal(["shared", "local"]);
    expect(configuredLogs(read(both)).map(({ logging, store }) => `${logging} ${store.driver}`)).to.deep.equal([
      "local sqlite",
      "shared postgres",
    ]);
    expect(loggings(both, { GATELOG_DEFAULT_LOGGING: "local" })).to.deep.equal(["local", "shared"]);
    const moved = read(both, { GATELOG_STORES__LOCAL__PATH: "./elsewhere.sqlite" });
    expect(moved.stores?.local).to.include({ path: "./elsewhere.sqlite" });
  });

  it("needs no default where there is one log", () => {
    expect(loggings({ ...PRIVATE, stores: { anchored: anchored(sqlite()) } })).to.deep.equal(["anchored"]);
  });

  for (const [store, logging, more] of [
    [sqlite(), "local", PRIVATE],
    [postgres(), "shared", PRIVATE],
    [anchored(postgres()), "anchored", PRIVATE],
    [http, "chain", SHARED],
    [chain(), "chain", SHARED],
  ] as const)
    it(`goes by the profile of its one store: ${store.driver} is ${logging}`, () => {
      expect(loggings({ ...more, store })).to.deep.equal([logging]);
      expect(loggings({ ...more, store, defaultLogging: logging })).to.deep.equal([logging]);
    });

  it("has its gateways from the registry where one of the logs is shared, for the private ones too", () => {
    const stores = { local: sqlite("logs"), anchored: anchored(sqlite()), chain: chain("other.key") };
    const served = loggings({ ...SHARED, stores, defaultLogging: "anchored" });
    expect(served).to.deep.equal(["anchored", "local", "chain"]);
  });

  const two = { stores: { local: sqlite(), shared: postgres() }, defaultLogging: "local" };
  for (const [what, document, members] of [
    ["no store at all", PRIVATE, "store"],
    ["no store among several", { ...PRIVATE, stores: {} }, "stores"],
    ["one store and several", { ...PRIVATE, ...two, store: sqlite() }, "stores"],
    ["a profile that nobody knows", { ...PRIVATE, stores: { local: sqlite(), tape: sqlite() } }, "stores.tape"],
    ["several logs without a default", { ...PRIVATE, stores: two.stores }, "defaultLogging"],
    ["a default that is not among them", { ...PRIVATE, ...two, defaultLogging: "chain" }, "defaultLogging"],
    [
      "a default that the one store does not serve",
      { ...PRIVATE, store: sqlite(), defaultLogging: "shared" },
      "defaultLogging",
    ],
    ["a database for a disk", { ...PRIVATE, stores: { local: postgres() } }, "stores.local.driver"],
    ["a disk for a database", { ...PRIVATE, stores: { shared: sqlite() } }, "stores.shared.driver"],
    ["a disk for anchors", { ...PRIVATE, stores: { anchored: sqlite() } }, "stores.anchored.driver"],
    ["anchors for a chain", { ...PRIVATE, stores: { chain: anchored(sqlite()) } }, "stores.chain.driver"],
    ["a chain for a disk", { ...SHARED, stores: { local: http } }, "stores.local.driver"],
    [
      "two logs in one file",
      { ...PRIVATE, stores: { local: sqlite("logs.sqlite"), anchored: anchored(sqlite()) }, defaultLogging: "local" },
      "stores.anchored.store.path",
    ],
    [
      "the anchors in a log's file",
      { ...PRIVATE, stores: { anchored: anchored(sqlite(), "./data/../logs.sqlite") } },
      "stores.anchored.path",
    ],
    [
      "two logs in one schema",
      { ...PRIVATE, stores: { shared: postgres(), anchored: anchored(postgres()) }, defaultLogging: "shared" },
      "stores.anchored.store.schema",
    ],
    [
      "two logs in one file, of which one is named from the root",
      {
        ...PRIVATE,
        stores: { local: sqlite(), anchored: anchored(sqlite(resolve("logs.sqlite"))) },
        defaultLogging: "local",
      },
      "stores.anchored.store.path",
    ],
    [
      "two logs in one schema, spelled in two ways",
      {
        ...PRIVATE,
        ...{ stores: { shared: postgres(), anchored: anchored(SAME_POSTGRES) }, defaultLogging: "shared" },
      },
      "stores.anchored.store.schema",
    ],
    [
      "one account whose key is named in two ways",
      {
        ...SHARED,
        stores: { anchored: anchored(sqlite()), chain: chain(resolve("carrier.key")) },
        defaultLogging: "chain",
      },
      "stores.chain.carrierKey",
    ],
    [
      "one account that carries for two logs",
      { ...SHARED, stores: { anchored: anchored(sqlite()), chain: chain() }, defaultLogging: "chain" },
      "stores.chain.carrierKey",
    ],
    ["private logs alone and a register", { ...PRIVATE, ...two, log: LOG }, "log"],
    ["private logs alone and no peers", { ...COMMON, ...two }, "peers"],
    [
      "a shared log without its register",
      { ...COMMON, stores: { local: sqlite(), chain: http }, defaultLogging: "local" },
      "log",
    ],
    [
      "a registry, and peers and epochs beside it",
      {
        ...{ ...SHARED, stores: { local: sqlite(), chain: http }, defaultLogging: "local" },
        ...{ peers: [PEER], epoch: 1, previousKeys: PEER.keys },
      },
      "peers epoch previousKeys",
    ],
  ] as const)
    it(`is INVALID_CONFIG with ${what}, and says where`, () => {
      expectError(() => read(document), "INVALID_CONFIG", { members });
    });

  it("says where a store belongs that stands in the wrong place", () => {
    const error = expectError(() => read({ ...PRIVATE, stores: { local: postgres() } }), "INVALID_CONFIG");
    expect(error.message)
      .to.contain("stores.local.driver: postgres serves the logging shared")
      .and.contain("stores.shared");
  });
});
