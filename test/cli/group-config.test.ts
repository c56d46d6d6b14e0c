import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { gatewayConfigSchema, readConfig } from "../../src/cli/config.ts";
import { timingOf } from "../../src/cli/group-config.ts";
import { expectError } from "../support/expect-error.ts";
import { expectNotDone, gatelog } from "../support/gatelog.ts";

const OWNER = "0x0A0A0a0a0a0a0a0A0a0a0A0a0A0A0A0a0a0a0a0a";
const OTHER = "0x0b0B0b0b0b0B0b0b0B0b0b0b0b0b0B0B0B0b0B0B";
const MEMBERS = [
  { key: OWNER, url: "http://127.0.0.1:8649" },
  { key: OTHER.toLowerCase(), url: "http://127.0.0.1:8650" },
];
const CHAIN = { driver: "chain", rpcUrl: "http://127.0.0.1:8547", carrierKey: { env: "CARRIER" } };
const COMMON = {
  name: "alpha-gateway",
  owner: OWNER,
  logKey: { env: "ALPHA_LOG_KEY" },
  log: { chainId: 31339, registry: OWNER },
  store: CHAIN,
  ledgers: [{ networkId: "eip155:31337", rpcUrl: "http://127.0.0.1:8545", chainId: 31337, escrow: OWNER }],
};

describe("the configuration of a member of a group", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "gatelog-group-config-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(document: object): string {
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, stringify(document));
    return file;
  }
  const read = (group: object, rest: object = {}) =>
    readConfig(write({ ...COMMON, ...rest, group }), gatewayConfigSchema, {}).group;
  const timing = (group: object) => {
    const config = read(group);
    return config && timingOf(config);
  };

  it("takes a second for a heartbeat and ten for silence, unless the members stand in one network", () => {
    expect(timing({ members: MEMBERS })).to.include({ heartbeat: 1_000, silence: 10_000 });
    expect(timing({ members: MEMBERS, profile: "lan" })).to.include({ heartbeat: 10, silence: 50 });
    expect(timing({ members: MEMBERS, profile: "lan", silenceMs: 80 })).to.include({ heartbeat: 10, silence: 80 });
  });

  for (const [what, group, rest, members] of [
    ["a group of one", { members: MEMBERS.slice(0, 1) }, {}, "group.members"],
    ["one key twice", { members: [MEMBERS[0], { ...MEMBERS[0], url: "http://127.0.0.1:1" }] }, {}, "group.members"],
    ["a silence of one heartbeat", { members: MEMBERS, heartbeatMs: 50, silenceMs: 60 }, {}, "group.silenceMs"],
    [
      "a log that nobody else reads",
      { members: MEMBERS },
      {
        log: undefined,
        store: { driver: "sqlite", path: "./a.sqlite" },
        peers: [{ name: "b", owner: OWNER, keys: [{ epoch: 1, key: OWNER }], endpoints: ["http://127.0.0.1:1"] }],
      },
      "group",
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      expect(expectError(() => read(group, rest), "INVALID_CONFIG").context["members"]).to.equal(members);
    });

  it("is needed for a role", async () => {
    const env = { ALPHA_LOG_KEY: "11".repeat(32), CARRIER: "22".repeat(32) };
    const config = write(COMMON);
    const run = await gatelog(["--json", "gateway", "start", "--role", "backup", "--config", config], { env });
    expectNotDone(run, "INVALID_CONFIG");
  });
});
