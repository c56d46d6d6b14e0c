import { expect } from "chai";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTicker } from "../../src/cli/ticker.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { openApi, type ApiWorld } from "../support/api-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { expectNotDone, gatelog, itRefuses } from "../support/gatelog.ts";
import { eventsOf, recordsOf } from "../support/log-file-events.ts";
import { closeLog, contentOf, destination, idsOf, origin, sampleLogs, writeLog } from "../support/log-file-stage.ts";
import { RegistryWorld, type WorldSession } from "../support/registry-world.ts";
import { sampleDirectory, sampleKey, sampleSession, type SampleGateway } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";

const UNKNOWN = "00000000-0000-4000-8000-000000000001";

describe("gatelog export and import", function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let session: SessionId;
  const place = (name: string): string => join(folder.path, name);

  /** A service over a SQLite file of its own that takes entries of the two gateways. */
  function config(name: string, gateways: readonly SampleGateway[] = [origin, destination]): string {
    const known = gateways.map(({ name, owner, signer }) => ({
      name,
      owner,
      keys: [{ epoch: 1, key: signer.address }],
    }));
    const store = { driver: "sqlite", path: `./${name}.sqlite` };
    writeFileSync(place(`${name}.json`), JSON.stringify({ store, gateways: known, dataDir: `./${name}-data` }));
    return place(`${name}.json`);
  }
  const from = (name: string): string[] => ["--kind", "api", "--config", place(`${name}.json`)];

  before(async () => {
    folder = await temporaryFolder();
    config("source");
    const directory = sampleDirectory(origin, destination);
    const store = new SqliteLogStore({ directory }, { path: place("source.sqlite") });
    const sample = await sampleSession(origin, destination);
    session = sample.facts.sessionId;
    await writeLog(store, sample, origin, 4);
    await closeLog(store, sample, origin);
    await store.close();
    const whole = await gatelog(["export", session, ...from("source"), "--out", place("whole.jsonl")]);
    expect(whole.code, whole.stderr).to.equal(0);
  });
  after(() => folder.remove());

  it("carry a session from one store to another, and the export of that one is the same", async () => {
    config("target");
    const imported = await gatelog(["--json", "import", place("whole.jsonl"), ...from("target")]);
    expect(imported.code, imported.stderr).to.equal(0);
    expect(imported.json).to.have.nested.property("sessions[0].state", "imported");
    const again = await gatelog(["import", place("whole.jsonl"), ...from("target")]);
    expect(again.code).to.equal(0);
    expect(again.stdout).to.include("0 imported, 0 completed, 1 there already, 0 refused");

    const args = [
      "--json",
      "export",
      "--all",
      "--of",
      origin.gatewayId,
      ...from("target"),
      "--out",
      place("copy.jsonl"),
    ];
    const exported = await gatelog([...args, "--by", "an operator"]);
    expect(exported.json).to.include({ sessions: 1, entries: 4, gateways: 2, closings: 1, skipped: 0 });
    const [whole, copy] = [await recordsIn("whole.jsonl"), await recordsIn("copy.jsonl")];
    expect(contentOf(copy, { decisions: true })).to.deep.equal(contentOf(whole, { decisions: true }));
    expect(copy[0]).to.have.nested.property("exported.by", "an operator");
  });

  it("write to standard output what they write to a file, and say how much on standard error", async () => {
    const { code, stdout, stderr } = await gatelog(["export", session, ...from("source"), "--out", "-"]);
    expect(code, stderr).to.equal(0);
    expect(stderr).to.include("standard output: 1 sessions, 4 entries, 2 gateways");
    const content = contentOf(await recordsOf(stdout), { decisions: true });
    expect(content).to.deep.equal(contentOf(await recordsIn("whole.jsonl"), { decisions: true }));
  });

  it("replace a file with --force alone, and leave nothing beside it", async () => {
    writeFileSync(place("old.jsonl"), "old");
    const args = ["--json", "export", session, ...from("source"), "--out", place("old.jsonl")];
    expectNotDone(await gatelog(args), "MALFORMED");
    expect(readFileSync(place("old.jsonl"), "utf8")).to.equal("old");
    expect((await gatelog([...args, "--force"])).code).to.equal(0);
    expect(await recordsIn("old.jsonl")).to.have.length(10);
    expectNotDone(await gatelog([...args.slice(0, 2), UNKNOWN, ...args.slice(3), "--force"]), "UNKNOWN_SESSION");
    expect(await recordsIn("old.jsonl")).to.have.length(10);
    expect(readdirSync(folder.path).filter((name) => name.includes(".part"))).to.deep.equal([]);
  });

  it("take a gateway's own store from its configuration", async () => {
    const { name, owner } = origin;
    const peer = {
      name: destination.name,
      owner: destination.owner,
      keys: [{ epoch: 1, key: destination.signer.address }],
    };
    const ledger = { networkId: "eip155:31337", rpcUrl: "http://127.0.0.1:9", chainId: 31337, escrow: owner };
    const gateway = {
      ...{ name, owner, logKey: { env: "ORIGIN_LOG_KEY" }, store: { driver: "sqlite", path: "./source.sqlite" } },
      ...{ ledgers: [ledger], peers: [{ ...peer, endpoints: ["http://127.0.0.1:9"] }] },
    };
    writeFileSync(place("gateway.json"), JSON.stringify(gateway));
    const args = ["--json", "export", "--all", "--config", place("gateway.json"), "--out", place("own.jsonl")];
    const run = await gatelog(args, { env: { ORIGIN_LOG_KEY: sampleKey("origin epoch 1") } });
    expect(run.code, run.stderr).to.equal(0);
    expect(run.json).to.include({ sessions: 1, entries: 4, gateways: 2, closings: 1 });
  });

  it("name the API as the way to a store that a running service has to itself", async () => {
    const directory = sampleDirectory(origin, destination);
    const store = new SqliteLogStore({ directory }, { path: place("source.sqlite"), exclusive: true });
    const run = await gatelog(["--json", "export", session, ...from("source"), "--out", place("locked.jsonl")]);
    await store.close();
    expectNotDone(run, "STORE_UNAVAILABLE");
    expect(run.stderr).to.include("--url");
  });

  it("say how far they are every two seconds, and nothing before", () => {
    const told: string[] = [];
    let time = 0;
    const tick = createTicker(
      (line) => told.push(line),
      () => time,
    );
    for (; time < 6_500; time += 100) tick(() => `at ${time}`);
    expect(told).to.deep.equal(["at 2000", "at 4000", "at 6000"]);
  });

  it("end with 1 and a code for each session that is refused", async () => {
    config("stranger", [origin]);
    const run = await gatelog(["--json", "import", place("whole.jsonl"), ...from("stranger")]);
    expect(run.code, run.stderr).to.equal(1);
    expect(run.json).to.have.nested.property("sessions[0].refusal.code", "UNKNOWN_GATEWAY");
  });

  async function recordsIn(name: string) {
    return recordsOf(readFileSync(place(name), "utf8"));
  }

  describe("over a log API", () => {
    let api: ApiWorld;
    let ids: readonly SessionId[];

    before(async () => {
      const sample = await sampleLogs();
      ids = idsOf(sample.sessions);
      api = await openApi(sample.store, sampleDirectory(origin, destination), { gatewayId: origin.gatewayId });
    });
    after(() => api.close());

    it("export all sessions of its gateway, and import what it has already", async () => {
      const exported = await gatelog(["--json", "export", "--all", "--url", api.url, "--out", place("api.jsonl")]);
      expect(exported.code, exported.stderr).to.equal(0);
      expect(exported.json).to.include({ sessions: ids.length, entries: 10, decisions: 1 });
      const imported = await gatelog(["--json", "import", place("api.jsonl"), "--url", api.url]);
      expect(imported.code, imported.stderr).to.equal(0);
      expect(imported.json).to.have.nested.property("sessions[0].state", "present");
    });
  });

  describe("over a chain", () => {
    let node: TestChain;
    let world: RegistryWorld;
    let transfer: WorldSession;

    before(async () => {
      node = await startHardhat("log");
      world = await RegistryWorld.at(node.rpcUrl);
      const [a, b] = [await world.register("a"), await world.register("b")];
      transfer = await world.open(a, b, TRANSFER);
      await committedTransfer(world, transfer);
    });
    after(async () => {
      await world.close();
      await node.close();
    });

    it("export what its events held, and import the entries into a store without a chain", async () => {
      const { registry } = world.domain;
      const chain = ["--rpc-url", node.rpcUrl, "--log-registry", registry, "--all", "--out", place("chain.jsonl")];
      const exported = await gatelog(["--json", "export", ...chain]);
      expect(exported.code, exported.stderr).to.equal(0);
      const records = await recordsIn("chain.jsonl");
      const logs = await world.rpc("eth_getLogs", [{ address: registry, fromBlock: "0x0", toBlock: "latest" }]);
      const bytes = (logs as { topics: string[]; data: string }[]).map(({ topics, data }) => ({ topics, data }));
      expect(eventsOf(records).map(({ topics, data }) => ({ topics, data }))).to.deep.equal(bytes);

      const parties = [transfer.origin, transfer.destination].flatMap((party) =>
        party === null ? [] : [{ ...party, owner: party.owner.address }],
      );
      config("from-chain", parties);
      const imported = await gatelog(["--json", "import", place("chain.jsonl"), ...from("from-chain")]);
      expect(imported.code, imported.stderr).to.equal(0);
      expect(imported.json).to.have.nested.property("sessions[0].decisionNotKept", true);
      const { sessionId } = transfer.facts;
      const copied = await gatelog(["export", sessionId, ...from("from-chain"), "--out", place("from-chain.jsonl")]);
      expect(copied.code, copied.stderr).to.equal(0);
      // Of the gateways, a store that names them itself knows no endpoints; of the logs, the order that is each one's own.
      const content = (all: typeof records): unknown[] =>
        contentOf(
          all.filter(({ kind }) => kind !== "gateway"),
          { decisions: false },
        ).map((record) => JSON.stringify(record));
      expect(content(await recordsIn("from-chain.jsonl"))).to.have.members(content(records));
    });
  });

  describe("refuse at once", () => {
    const out = (): string[] => ["--out", place("never.jsonl")];

    before(() => {
      config("nothing");
      const whole = readFileSync(place("whole.jsonl"), "utf8");
      writeFileSync(place("changed.jsonl"), whole.replace('"seqNumber":2', '"seqNumber":3'));
    });
    after(() => {
      expect(existsSync(place("never.jsonl"))).to.equal(false);
      expect(existsSync(place("nothing.sqlite"))).to.equal(false);
    });

    itRefuses([
      { what: "no session", args: () => ["export", ...from("source"), ...out()], code: "MALFORMED" },
      {
        what: "sessions and --all",
        args: () => ["export", session, "--all", ...from("source"), ...out()],
        code: "MALFORMED",
      },
      { what: "all of nobody's", args: () => ["export", "--all", ...from("source"), ...out()], code: "MALFORMED" },
      { what: "no place", args: () => ["export", session, ...out()], code: "MALFORMED" },
      {
        what: "a chain without its registry",
        args: () => ["export", "--all", "--rpc-url", "http://127.0.0.1:9", ...out()],
        code: "MALFORMED",
      },
      {
        what: "--json on standard output",
        args: () => ["export", session, ...from("source"), "--out", "-"],
        code: "MALFORMED",
      },
      {
        what: "a store that is not there",
        args: () => ["export", session, ...from("nothing"), ...out()],
        code: "INVALID_CONFIG",
      },
      {
        what: "a folder that is not there",
        args: () => ["export", session, ...from("source"), "--out", place("no/file")],
        code: "INVALID_CONFIG",
      },
      {
        what: "to import what is not there",
        args: () => ["import", place("none.jsonl"), ...from("nothing")],
        code: "MALFORMED",
      },
      {
        what: "to import a changed file",
        args: () => ["import", place("changed.jsonl"), ...from("stranger")],
        code: "INVALID_ENTRY",
        context: () => ({ line: 6 }),
      },
      { what: "to import to nowhere", args: () => ["import", place("whole.jsonl")], code: "MALFORMED" },
    ]);
  });
});
