import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { gatewayConfigSchema, readConfig } from "../../src/cli/config.ts";
import { expectError } from "../support/expect-error.ts";

const OWNER = "0x0A0A0a0a0a0a0a0A0a0a0A0a0A0A0A0a0a0a0a0a";
const LOG = { chainId: 31339, registry: OWNER };
const SHARED_STORE = { driver: "http", url: "http://127.0.0.1:8548" };
const PEER = {
  name: "beta-gateway",
  owner: OWNER,
  keys: [{ epoch: 1, key: OWNER }],
  endpoints: ["http://127.0.0.1:8550"],
};
const COMMON = {
  name: "alpha-gateway",
  owner: OWNER,
  logKey: { env: "ALPHA_LOG_KEY" },
  ledgers: [{ networkId: "eip155:31337", rpcUrl: "http://127.0.0.1:8545", chainId: 31337, escrow: OWNER }],
};
const ROOTLESS = { primary: "primary.pem", roots: [] };
const ROOTS = "peers.0.certificates.roots";
const SHARED = { ...COMMON, log: LOG, store: SHARED_STORE };
const PRIVATE = { ...COMMON, store: { driver: "sqlite", path: "./alpha.sqlite" }, peers: [PEER] };

describe("the configuration of a gateway with private logs", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "gatelog-private-config-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function read(document: object) {
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, stringify(document));
    return readConfig(file, gatewayConfigSchema, {});
  }

  it("names a file and the peers in place of a register, and epochs if the key was changed", () => {
    expect(read(PRIVATE)).to.deep.include({ store: PRIVATE.store, peers: [PEER], previousKeys: [] });
    const rotated = { ...PRIVATE, epoch: 2, previousKeys: [{ epoch: 1, key: OWNER }] };
    expect(read(rotated)).to.deep.include({ epoch: 2, previousKeys: [{ epoch: 1, key: OWNER }] });
    expect(read(SHARED).log).to.deep.equal(LOG);
  });

  for (const [what, document, members] of [
    ["a register for private logs", { ...PRIVATE, log: LOG }, "log"],
    ["private logs without peers", { ...PRIVATE, peers: [] }, "peers"],
    ["a shared log without its register", { ...SHARED, log: undefined }, "log"],
    [
      "peers, epoch and keys beside a register",
      { ...SHARED, peers: [PEER], epoch: 1, previousKeys: PEER.keys },
      "peers epoch previousKeys",
    ],
    ["a peer without keys", { ...PRIVATE, peers: [{ ...PEER, keys: [] }] }, "peers.0.keys"],
    ["a peer that cannot be reached", { ...PRIVATE, peers: [{ ...PEER, endpoints: [] }] }, "peers.0.endpoints"],
    ["a peer whose certificates lead to no root", { ...PRIVATE, peers: [{ ...PEER, certificates: ROOTLESS }] }, ROOTS],
    ["a succession without its epoch", { ...PRIVATE, succession: { ownerList: "list.json" } }, "epoch"],
    ["a succession beside a register", { ...SHARED, epoch: 2, succession: { ownerList: "l" } }, "epoch succession"],
    ["a store without a path", { ...PRIVATE, store: { driver: "sqlite" } }, "store.path"],
  ] as const)
    it(`is INVALID_CONFIG with ${what}, and says where`, () => {
      expectError(() => read(document), "INVALID_CONFIG", { members });
    });
});
