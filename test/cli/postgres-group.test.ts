import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { gatewayConfigSchema, readConfig, type GatewayConfig } from "../../src/cli/config.ts";
import { forMember, groupFileSchema, openGroups } from "../../src/cli/group-store.ts";
import { isPrivate } from "../../src/cli/store-config.ts";
import { wiringContext } from "../../src/cli/wiring-context.ts";
import { gatewayIdOf } from "../../src/entry/statements.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { expectNotDone, gatelog } from "../support/gatelog.ts";
import type { KeepsGroups } from "../../src/store/signed-groups.ts";
import { advisoryLock } from "../../src/store/postgres-locks.ts";
import { postgresAddress } from "../../src/store/postgres-options.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { sampleKey, sampleSigner } from "../support/sample-log.ts";

const owner = sampleSigner("group owner").address;
const [first, second, third] = ["one", "two", "three"].map((name) => sampleSigner(`group ${name}`).address) as [
  string,
  string,
  string,
];
const OTHER = sampleSigner("group other").address;
const POSTGRES = { driver: "postgres", url: "postgres://gatelog@127.0.0.1/gatelog" };
const MEMBERS = [
  { key: first, url: "http://127.0.0.1:8649" },
  { key: second, url: "http://127.0.0.1:8650" },
];
const LEDGER = { networkId: "eip155:31337", rpcUrl: "http://127.0.0.1:8545", chainId: 31337, escrow: OTHER };
const COMMON = {
  ...{ name: "group", owner, logKey: { env: "LOG_KEY" }, ledgers: [LEDGER] },
  peers: [{ name: "peer", owner, keys: [{ epoch: 1, key: OTHER }], endpoints: ["http://127.0.0.1:1"] }],
};
const CHAIN = { driver: "chain", rpcUrl: "http://127.0.0.1:8547", carrierKey: { env: "CARRIER" } };
const ANCHORED = {
  ...{ driver: "anchored", store: POSTGRES, log: { chainId: 31339, registry: OTHER } },
  ...{ rpcUrl: "http://127.0.0.1:8547", carrierKey: { env: "CARRIER" } },
};

describe("a group that no registry knows", () => {
  let folder: string;
  let signed: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "gatelog-postgres-group-"));
    signed = join(folder, "group.json");
    writeFileSync(join(folder, "owner.key"), sampleKey("group owner"), { mode: 0o600 });
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => rmSync(signed, { force: true }));

  const file = () => join(folder, "gateway.yaml");
  function read(group: object, rest: object = {}): GatewayConfig {
    writeFileSync(file(), stringify({ ...COMMON, store: POSTGRES, ...rest, group: { members: MEMBERS, ...group } }));
    return readConfig(file(), gatewayConfigSchema, {});
  }
  const sign = (...args: readonly string[]) =>
    gatelog([
      ...["--json", "gateway", "sign-backups", "--file", signed, "--name", "group"],
      ...["--owner-key-file", join(folder, "owner.key"), ...args],
    ]);
  const changes = () => groupFileSchema.parse(JSON.parse(readFileSync(signed, "utf8"))).changes;

  describe("its configuration", () => {
    for (const [what, group, rest, members] of [
      ["without what its owner has signed", {}, {}, "group.signed"],
      [
        "with a registry",
        { signed: "g", registry: { rpcUrl: CHAIN.rpcUrl, carrierKey: CHAIN.carrierKey } },
        {},
        "group.registry",
      ],
      ["with an epoch", { signed: "g" }, { epoch: 2 }, "epoch"],
      ["with logs that are anchored by each process for itself", { signed: "g" }, { store: ANCHORED }, "group"],
      [
        "beside a chain, which fences no private log",
        {},
        {
          ...{ store: undefined, stores: { chain: CHAIN, shared: POSTGRES }, defaultLogging: "chain", peers: [] },
          log: { chainId: 31339, registry: OTHER },
        },
        "stores",
      ],
      [
        "on a chain with a file of the owner's",
        { signed: "g" },
        { store: CHAIN, log: { chainId: 31339, registry: OTHER }, peers: [] },
        "group.signed",
      ],
    ] as const)
      it(`is refused ${what}`, () => {
        expect(expectError(() => read(group, rest), "INVALID_CONFIG").context["members"]).to.equal(members);
      });

    it("has a silent transaction end before the primary counts as silent, but not for every pause", () => {
      for (const [group, expected] of [
        [{ profile: "lan" }, 250],
        [{ profile: "lan", silenceMs: 400 }, 400],
        [{}, 10_000],
      ] as const) {
        const config = read({ signed: "g", ...group });
        if (config.store === undefined || !isPrivate(config.store)) expect.fail("another store");
        expect(forMember(config.store, config)).to.include({ idleInTransactionMs: expected });
      }
    });
  });

  it("is founded by its owner, who lists its backups and may list others later", async () => {
    const founded = await sign("--primary", first, "--backup", second, "--takeover-interval", "60");
    expect(founded.code, founded.stderr).to.equal(0);
    expect(JSON.parse(founded.stdout)).to.deep.include({
      ...{ gatewayId: gatewayIdOf(owner, "group"), backups: [second], takeoverInterval: 60, change: 1 },
    });
    const before = changes();
    expect((await sign("--backup", second, "--takeover-interval", "60")).code, "said again").to.equal(0);
    expect(changes()).to.deep.equal(before);
    const later = await sign("--backup", third, "--backup", first);
    expect(JSON.parse(later.stdout), later.stderr).to.deep.include({ backups: [third, first], change: 2 });
    expect(changes().slice(0, -1)).to.deep.equal(before);
    expect(changes().map(({ event }) => event)).to.deep.equal(["GatewayRegistered", "BackupsSet", "BackupsSet"]);
  });

  it("is not founded without a first key, nor with a primary among its backups", async () => {
    expectNotDone(await sign("--backup", second), "MALFORMED");
    expectNotDone(await sign("--primary", first, "--backup", second, "--backup", first), "MALFORMED");
    expectNotDone(await sign("--primary", first), "MALFORMED");
    expect(() => changes()).to.throw();
  });

  describePostgres("in a database", () => {
    let database: TestDatabase;

    before(async () => {
      database = await createTestDatabase();
      writeFileSync(join(folder, "password"), `${database.options.password}\n`, { mode: 0o600 });
    });
    after(() => database.drop());

    const gatewayId = gatewayIdOf(owner, "group");
    const open = () => opened((groups) => groups.group(gatewayId));
    async function opened<T>(work: (groups: KeepsGroups) => Promise<T>, group: object = {}): Promise<T | null> {
      const { url } = database.options;
      const store = { driver: "postgres", url, password: { file: "password" } };
      const config = read({ signed: "group.json", ...group }, { store });
      const context = wiringContext(file(), "./data", {});
      try {
        const groups = await openGroups(config, context);
        return groups && (await work(groups));
      } finally {
        await context.cleanup.run();
      }
    }

    it("is what its owner's file says, from the first member's start on", async () => {
      await expectRejection(open(), "INVALID_CONFIG");
      await sign("--primary", first, "--primary", second, "--backup", first);
      const group = await open();
      expect(group?.history.keys).to.deep.equal([
        { epoch: 1, key: first },
        { epoch: 2, key: second },
      ]);
      // Whoever starts without news waits for no append, and none for it.
      const appending = await database.connect();
      try {
        const [space, number] = advisoryLock("fence", postgresAddress(database.options).quotedSchema, gatewayId);
        await appending.query("BEGIN");
        await appending.query("SELECT pg_advisory_xact_lock_shared($1, $2)", [space, number]);
        expect(await open()).to.deep.equal(group);
      } finally {
        await appending.end();
      }
      await sign("--nobody");
      expect((await open())?.history.backups).to.deep.equal([]);
      rmSync(signed);
      await sign("--primary", first, "--primary", second, "--backup", first);
      expect((await open())?.history.backups, "an older file").to.deep.equal([]);
      rmSync(signed);
      await sign("--primary", third, "--backup", first);
      const refused = await expectRejection(open(), "INVALID_CONFIG");
      expect(refused.context).to.include({ change: 0, file: signed });
    });

    it("ends a change in which its member stands still, as it ends an append", async () => {
      await sign("--primary", first, "--primary", second, "--backup", first);
      // Stopped in the middle of it: an event loop that does not turn.
      const paused = (groups: KeepsGroups) =>
        groups.change(gatewayId, () => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
          return [];
        });
      await expectRejection(opened(paused, { profile: "lan" }), "STORE_UNAVAILABLE");
    });
  });
});
