import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { conservationFaults, readHoldings, type Holdings } from "../../scripts/demo/assets.ts";
import type { Service } from "../../scripts/demo/services.ts";
import { LogClient } from "../../src/client/log-client.ts";
import { hashSchema, type GatewayId } from "../../src/entry/hex.ts";
import type { Logging } from "../../src/entry/session.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { hardhatControl } from "../crash/chain-control.ts";
import { GatelogNet, type Side } from "../support/gatelog-net.ts";
import { gatelog } from "../support/gatelog.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { sampleDirectory } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

const UNIT = 10n ** 18n;
const CASE_LIMIT_MS = 240_000;
const LIMIT_MS = 60_000;
const SIDES = ["alpha", "beta"] as const satisfies readonly Side[];
/** What a session's entries have in the store that serves its profile. */
const DURABILITIES = { local: "local", shared: "shared", anchored: "local", chain: "included" } as const;

/** Two gateways that are configured alike, and their sessions by the profile that each was asked for. */
class Pair {
  readonly sessions = new Map<string, Logging>();
  readonly kind: string;
  readonly loggings: readonly [Logging, ...Logging[]];
  readonly #gateways = new Map<Side, Service>();
  #net: GatelogNet | undefined;
  #configOf: (side: Side) => string = () => "";

  /** @param loggings The default first. */
  constructor(kind: string, loggings: readonly [Logging, ...Logging[]]) {
    this.kind = kind;
    this.loggings = loggings;
  }

  async start(net: GatelogNet, configOf: (side: Side) => string): Promise<void> {
    this.#net = net;
    this.#configOf = configOf;
    await Promise.all(SIDES.map((side) => this.#start(side)));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#gateways.values()].map(({ child }) => child.stop()));
  }

  async killAndRestart(side: Side): Promise<void> {
    const gateway = this.#gateways.get(side);
    gateway?.child.kill("SIGKILL");
    await gateway?.child.exited;
    await this.#start(side);
  }

  async commitsInEach(): Promise<void> {
    const named = await Promise.all(this.loggings.map((logging) => this.transfer("alpha", logging, "named")));
    const back = await this.transfer("beta", this.loggings[0], "default", {});
    for (const sessionId of named) await this.committed(sessionId, "alpha");
    await this.committed(back, "beta");
  }

  async transfer(
    from: Side,
    logging: Logging,
    key: string,
    profile: object = { profile: { logging } },
  ): Promise<string> {
    const net = this.#running;
    const idempotencyKey = `${this.kind} ${logging} ${key}`;
    const request = net.request(from, { idempotencyKey, asset: net.gold(from, 2n * UNIT), ...profile });
    const { sessionId } = await net.client(from).transfer(request);
    this.sessions.set(sessionId, logging);
    return sessionId;
  }

  /** On both sides, the origin's first: the other one may not have heard of it yet. */
  async committed(sessionId: string, from: Side): Promise<void> {
    const logging = this.sessions.get(sessionId);
    for (const side of from === "alpha" ? SIDES : SIDES.toReversed()) {
      const { outcome, facts } = await this.#running.outcome(side, sessionId);
      expect(outcome, `${sessionId} at ${side}`).to.equal("COMMITTED");
      expect(facts).to.have.nested.property("profile.logging", logging);
    }
  }

  get #running(): GatelogNet {
    if (!this.#net) throw new Error("the pair was not started");
    return this.#net;
  }

  async #start(side: Side): Promise<void> {
    this.#gateways.set(side, await this.#running.startGateway(side, this.#configOf(side)));
  }
}

// Two real gateways, each with several logs at once: a session goes to the one that its profile names, and is found there.
describePostgres("A transfer between gateways with several logs", function () {
  this.timeout(CASE_LIMIT_MS);

  let database: TestDatabase;
  let net: GatelogNet;
  let holdings: Holdings;

  before(async () => {
    database = await createTestDatabase();
    net = await GatelogNet.open();
    holdings = await readHoldings(net.record);
    const { alpha, beta } = net.record;
    await Promise.all([
      net.startApi(),
      net.approve("alpha", "alice", alpha.erc20, 1_000n * UNIT),
      net.approve("beta", "bob", beta.erc20, 1_000n * UNIT),
    ]);
    writeFileSync(join(net.dir, "password"), database.options.password ?? "", { mode: 0o600 });
  });
  after(async () => {
    await net.stop();
    await database.drop();
  });

  const privateStores = (side: Side, kind: string) => ({
    local: { driver: "sqlite", path: `./${side}-${kind}/local.sqlite` },
    shared: {
      ...{ driver: "postgres", url: database.options.url, schema: `${side}_${kind}` },
      ...(database.options.password !== undefined && { password: { file: "password" } }),
    },
  });

  /** Private logs alone, in a file and in a database: there is no registry that a gateway asks. */
  function privateConfig(side: Side): string {
    return net.writeConfig(`${side}-several-private.yaml`, join(net.dir, `${side}-private.yaml`), (config) => {
      const { store: _one, ...rest } = config;
      const stores = privateStores(side, "private");
      return { ...rest, stores, defaultLogging: "shared", dataDir: `./${side}-private` };
    });
  }

  /** Every kind of log, the gateways known by the registry. */
  function mixedConfig(side: Side): string {
    const { log } = net.record;
    const stores = {
      ...privateStores(side, "mixed"),
      anchored: {
        ...{ driver: "anchored", store: { driver: "sqlite", path: `./${side}-mixed/anchored.sqlite` } },
        ...{ log: { chainId: log.chainId, registry: log.logRegistry }, rpcUrl: log.rpcUrl },
        ...{ carrierKey: { file: net.writeKey(`${side}Owner`) }, path: `./${side}-mixed/anchors.sqlite`, every: 500 },
      },
      chain: { driver: "http", url: net.record.api.url },
    };
    return net.writeConfig(`${side}-several.yaml`, net.record.gateways[side].config, (config) => {
      const { store: _one, ...rest } = config;
      return { ...rest, stores, defaultLogging: "anchored", dataDir: `./${side}-mixed` };
    });
  }

  describe("that are private", () => {
    const pair = new Pair("private", ["shared", "local"]);

    before(() => pair.start(net, privateConfig));
    after(() => pair.stop());

    it("commits whichever log it names, and in the default one where it names none", () => pair.commitsInEach());

    it("is refused where no log serves its profile, with those that do", async () => {
      const request = net.request("alpha", {
        ...{ idempotencyKey: "nowhere", asset: net.gold("alpha", UNIT), profile: { logging: "chain" } },
      });
      const refused: unknown = await net
        .client("alpha")
        .transfer(request)
        .catch((error: unknown) => error);
      expect(refused).to.include({ code: "NOT_SERVED_HERE" });
      expect(refused).to.have.nested.property("context.expected", "shared local");
    });
  });

  describe("of every kind", () => {
    const pair = new Pair("mixed", ["anchored", "local", "shared", "chain"]);

    before(() => pair.start(net, mixedConfig));
    after(() => pair.stop());

    it("commits whichever log it names, and in the default one where it names none", () => pair.commitsInEach());

    it("goes on from each log once its gateway is started again after a SIGKILL", async () => {
      const ledger = hardhatControl(net.record.alpha.rpcUrl);
      // No lock is mined: every session stands still in the middle.
      await ledger.freeze();
      const under = await Promise.all(pair.loggings.map((logging) => pair.transfer("alpha", logging, "killed")));
      for (const sessionId of under) await net.seen("alpha", sessionId, { event: "entry", mark: "exec-lock" });
      await pair.killAndRestart("beta");
      for (const sessionId of under) await net.seen("beta", sessionId, { event: "resumed" });
      await ledger.thaw();
      for (const sessionId of under) await pair.committed(sessionId, "alpha");
    });

    it("is proved by the log that has it", async () => {
      const client = new LogClient({ baseUrl: net.record.gateways.alpha.url });
      for (const [sessionId, logging] of pair.sessions) {
        const log = { sessionId, gatewayId: gatewayIdOf("alpha") };
        const proved = async () => {
          const proof = await client.proof(log, 0);
          return (logging !== "anchored" || proof.inclusion !== null) && proof;
        };
        const { durability, chain, inclusion } = await until(`the proof of ${sessionId}`, proved, LIMIT_MS);
        expect({ durability, isOnChain: chain !== null, isAnchored: inclusion !== null }).to.deep.equal({
          ...{ durability: DURABILITIES[logging], isOnChain: logging === "chain", isAnchored: logging === "anchored" },
        });
      }
    });

    it("is in no other log, and all are in one export", async () => {
      await pair.stop();
      for (const side of SIDES)
        for (const [logging, store] of await privateStoresOf(side)) {
          const ids = [...pair.sessions].filter(([, each]) => each === logging).map(([id]) => id);
          const found = await store.sessionsOf(gatewayIdOf(side), { open: false });
          expect(found, `${side} ${logging}`).to.have.members(ids);
          await store.close();
        }
      const out = join(net.dir, "alpha.jsonl");
      const run = await gatelog(["--json", "export", "--all", "--config", mixedConfig("alpha"), "--out", out]);
      expect(run.code, run.stderr).to.equal(0);
      expect(run.json).to.include({ sessions: pair.sessions.size });
    });

    it("has made and lost nothing", async () => {
      expect(conservationFaults(holdings, await readHoldings(net.record))).to.deep.equal([]);
    });
  });

  function gatewayIdOf(side: Side): GatewayId {
    return hashSchema.parse(net.record.gateways[side].gatewayId);
  }

  /** Read behind the gateway's back. */
  async function privateStoresOf(side: Side): Promise<[Logging, LogStore][]> {
    const directory = sampleDirectory();
    const file = (name: string) =>
      new SqliteLogStore({ directory }, { path: join(net.dir, `${side}-mixed`, `${name}.sqlite`) });
    const tables = await connectPostgresLogStore({ directory }, { ...database.options, schema: `${side}_mixed` });
    return [
      ["local", file("local")],
      ["shared", tables],
      ["anchored", file("anchored")],
    ];
  }
});
