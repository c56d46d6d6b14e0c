import { expect } from "chai";
import { join } from "node:path";
import { conservationFaults, readHoldings, type Holdings } from "../../scripts/demo/assets.ts";
import type { Service } from "../../scripts/demo/services.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import { sessionFactsSchema } from "../../src/entry/session.ts";
import { GatelogNet, type Side } from "../support/gatelog-net.ts";
import { expectNotDone, gatelog } from "../support/gatelog.ts";
import { makeEntry, sampleSigner } from "../support/sample-log.ts";

const UNIT = 10n ** 18n;
/** Far more than a case takes on a quiet machine; waiting inside has limits of its own. */
const CASE_LIMIT_MS = 240_000;

interface ShownEntry {
  readonly gatewayId: string;
  readonly step: number;
  readonly operation: string;
  readonly vote: string;
  readonly payload: { readonly code?: string };
}

// Real nodes, gateways and log API, each a process of its own, as the demo starts them; one network for all cases.
describe("A transfer between two ledgers", function () {
  this.timeout(CASE_LIMIT_MS);

  let net: GatelogNet;
  let holdings: Holdings;
  let api: Service;
  const gateways = new Map<Side, Service>();

  before(async () => {
    net = await GatelogNet.open();
    holdings = await readHoldings(net.record);
    api = await net.startApi();
    await Promise.all([start("alpha"), start("beta")]);
    const { alpha, beta } = net.record;
    await net.approve("alpha", "alice", alpha.erc20, 1_000n * UNIT);
    await net.approve("beta", "bob", beta.erc20, 1_000n * UNIT);
    for (const deed of [7n, 8n, 9n]) await net.approve("alpha", "alice", alpha.erc721, deed);
  });
  after(() => net.stop());

  async function start(side: Side, config?: string): Promise<void> {
    gateways.set(side, await net.startGateway(side, config));
  }

  /** Runs `gatelog transfer` of a request file. */
  function transfer(from: Side, file: string, ...options: readonly string[]) {
    return gatelog(["--json", "transfer", file, "--gateway", net.record.gateways[from].url, ...options]);
  }

  async function show(sessionId: string): Promise<readonly ShownEntry[]> {
    const { json } = await gatelog(["--json", "show", sessionId, "--api", net.record.api.url]);
    return (json as { entries: ShownEntry[] }).entries;
  }

  async function cancel(side: Side, sessionId: string): Promise<Response> {
    return fetch(`${net.record.gateways[side].url}/v1/transfers/${sessionId}/cancel`, { method: "POST" });
  }

  describe("asked for by a client", () => {
    let file: string;
    let sessionId: string;

    it("commits: the deed is gone on alpha and the beneficiary's on beta", async () => {
      file = net.writeRequest("alpha", { idempotencyKey: "deed-7", asset: net.deed("alpha", 7n) });
      const run = await transfer("alpha", file, "--wait");
      expect(run.code, run.stderr).to.equal(0);
      expect(run.json).to.include({ outcome: "COMMITTED", role: "origin" });
      sessionId = (run.json as { sessionId: string }).sessionId;
      expect(await net.ownerOf("alpha", 7n)).to.equal(null);
      expect(await net.ownerOf("beta", 7n)).to.equal(net.record.accounts.bob.address);
      expect((await net.outcome("beta", sessionId)).outcome).to.equal("COMMITTED");
    });

    it("commits whatever somebody posts in its gateway's name meanwhile", async () => {
      const request = net.request("alpha", { idempotencyKey: "forged", asset: net.gold("alpha", 2n * UNIT) });
      const transfer = await net.client("alpha").transfer(request);
      const facts = sessionFactsSchema.parse(transfer["facts"]);
      const forger = { gatewayId: facts.origin.gatewayId, epoch: 1, signer: sampleSigner("forger") };
      const url = `${net.record.gateways.alpha.url}/v1/sessions/${facts.sessionId}/entries`;
      const answers = Array.from({ length: 40 }, async (_, index) => {
        const body = JSON.stringify(entryToJson(await makeEntry(facts, forger, null, { index })));
        const headers = { "Content-Type": "application/json" };
        const response = await fetch(url, { method: "POST", headers, body });
        return ((await response.json()) as { code: string }).code;
      });
      expect([...new Set(await Promise.all(answers))]).to.deep.equal(["FOREIGN_SIGNATURE"]);
      expect(await net.outcome("alpha", facts.sessionId)).to.include({ outcome: "COMMITTED" });
    });

    it("is the same session when the request is repeated under its idempotency key", async () => {
      const run = await transfer("alpha", file);
      expect(run.code, run.stderr).to.equal(0);
      expect(run.json).to.include({ sessionId, outcome: "COMMITTED" });
    });

    it("is refused for another request under the same idempotency key", async () => {
      const other = net.request("alpha", { idempotencyKey: "deed-7", asset: net.deed("alpha", 8n) });
      const run = await gatelog(["--json", "transfer", "-", "--gateway", net.record.gateways.alpha.url], {
        input: JSON.stringify(other),
      });
      expectNotDone(run, "IDEMPOTENCY_CONFLICT");
      expect(await net.ownerOf("alpha", 8n)).to.equal(net.record.accounts.alice.address);
    });
  });

  describe("that cannot be", () => {
    it("is not there for whoever asks for one that nobody has made", async () => {
      const unknown = "00000000-0000-4000-8000-000000000000";
      expectNotDone(await gatelog(["--json", "show", unknown, "--api", net.record.api.url]), "UNKNOWN_SESSION");
      const response = await cancel("alpha", unknown);
      expect([response.status, ((await response.json()) as { code: string }).code]).to.deep.equal([
        404,
        "UNKNOWN_SESSION",
      ]);
    });

    it("is refused at 1.2 in both logs if the destination does not map the asset", async () => {
      const { alpha } = net.record;
      const token = await net.deployToken("alpha");
      const place = ["--rpc-url", alpha.rpcUrl, "--escrow", alpha.escrow, "--standard", "erc20"];
      const mapping = ["--origin-chain", String(alpha.chainId), "--origin-token", token, "--token", token];
      expect((await gatelog(["--json", "deploy", "map", ...place, ...mapping])).code).to.equal(0);
      const asset = { standard: "erc20", address: token, amount: "1" };
      const run = await transfer("alpha", net.writeRequest("alpha", { idempotencyKey: "unmapped", asset }), "--wait");
      expect(run.code, run.stderr).to.equal(1);
      expect(run.json).to.include({ outcome: "ABORTED" });
      expect(run.json).to.have.nested.property("reason.code", "UNMAPPED_TOKEN");
      const entries = await show((run.json as { sessionId: string }).sessionId);
      const refusals = entries.filter(({ step, payload }) => step === 102 && payload.code === "UNMAPPED_TOKEN");
      const { gateways: ids } = net.record;
      expect(refusals.map(({ gatewayId, operation }) => [gatewayId, operation])).to.deep.equal([
        [ids.beta.gatewayId, "ack"],
        [ids.alpha.gatewayId, "fail"],
      ]);
    });

    it("is unlocked again if the destination votes no", async () => {
      const file = net.writeRequest("alpha", { idempotencyKey: "deed-9", asset: net.deed("alpha", 9n) });
      const run = await transfer("alpha", file, "--wait");
      expect(run.code, run.stderr).to.equal(1);
      expect(run.json).to.include({ outcome: "ABORTED", decision: "ABORT" });
      const { sessionId, transactions } = run.json as { sessionId: string; transactions: { action: string }[] };
      expect(transactions.map(({ action }) => action)).to.include.members(["lock", "unlock"]);
      expect((await show(sessionId)).map(({ vote }) => vote)).to.include("no");
      expect(await net.ownerOf("alpha", 9n)).to.equal(net.record.accounts.alice.address);
    });

    it("is unlocked again if its client cancels it before the decision, and not cancelled after it", async () => {
      const had = await net.goldOf("alpha", "alice");
      const request = net.request("alpha", { idempotencyKey: "cancelled", asset: net.gold("alpha", 5n * UNIT) });
      const { sessionId } = await net.client("alpha").transfer(request);
      expect((await cancel("alpha", sessionId)).status).to.equal(202);
      expect(await net.outcome("alpha", sessionId)).to.include({ outcome: "ABORTED", decision: "ABORT" });
      expect(await net.goldOf("alpha", "alice")).to.equal(had);
      const late = await cancel("alpha", sessionId);
      expect([late.status, ((await late.json()) as { code: string }).code]).to.deep.equal([409, "TOO_LATE"]);
    });
  });

  describe("with a process gone in its middle", () => {
    it("commits once the gateway is started again after a SIGKILL at its mint", async () => {
      const had = await net.goldOf("beta", "bob");
      const request = net.request("alpha", { idempotencyKey: "killed-gateway", asset: net.gold("alpha", 11n * UNIT) });
      const { sessionId } = await net.client("alpha").transfer(request);
      await net.seen("beta", sessionId, { event: "entry", mark: "exec-mint" });
      expect(await ended("beta", "SIGKILL")).to.deep.equal({ code: null, signal: "SIGKILL" });
      await start("beta");
      await net.seen("beta", sessionId, { event: "resumed" });
      expect((await net.outcome("alpha", sessionId)).outcome).to.equal("COMMITTED");
      expect((await net.outcome("beta", sessionId)).outcome).to.equal("COMMITTED");
      expect(await net.goldOf("beta", "bob")).to.equal(had + 11n * UNIT);
    });

    it("commits once the log API is started again after a SIGKILL behind the lock", async () => {
      const had = await net.goldOf("alpha", "alice");
      const request = net.request("beta", { idempotencyKey: "killed-api", asset: net.gold("beta", 13n * UNIT) });
      const { sessionId } = await net.client("beta").transfer(request);
      await net.seen("beta", sessionId, { event: "entry", mark: "done-lock" });
      api.child.kill("SIGKILL");
      expect(await api.child.exited).to.deep.equal({ code: null, signal: "SIGKILL" });
      api = await net.startApi();
      expect((await net.outcome("beta", sessionId)).outcome).to.equal("COMMITTED");
      expect((await net.outcome("alpha", sessionId)).outcome).to.equal("COMMITTED");
      expect(await net.goldOf("alpha", "alice")).to.equal(had + 13n * UNIT);
    });

    it("commits once the gateway is started again after a SIGTERM, which ends it in order", async () => {
      const request = net.request("alpha", { idempotencyKey: "stopped", asset: net.gold("alpha", 17n * UNIT) });
      const { sessionId } = await net.client("alpha").transfer(request);
      await net.seen("alpha", sessionId, { event: "entry", mark: "done-lock" });
      expect(await ended("alpha", "SIGTERM")).to.deep.equal({ code: 0, signal: null });
      await start("alpha");
      await net.seen("alpha", sessionId, { event: "resumed" });
      expect((await net.outcome("alpha", sessionId)).outcome).to.equal("COMMITTED");
      expect((await net.outcome("beta", sessionId)).outcome).to.equal("COMMITTED");
    });
  });

  // The drafts' second place for a log is one of the ledgers; no API stands between it and the gateways here.
  describe("with the log on ledger alpha and no log API", () => {
    let registry: string;

    before(async () => {
      for (const side of ["alpha", "beta"] as const)
        expect(await ended(side, "SIGTERM")).to.deep.equal({ code: 0, signal: null });
      api.child.kill("SIGTERM");
      expect(await api.child.exited).to.deep.equal({ code: 0, signal: null });
      const { rpcUrl } = net.record.alpha;
      const record = join(net.dir, "log-on-alpha.json");
      const deployed = await gatelog(["--json", "deploy", "log", "--rpc-url", rpcUrl, "--record", record]);
      registry = (deployed.json as { logRegistry: string }).logRegistry;
      await register("alpha");
      await register("beta");
      await Promise.all([start("alpha", config("alpha", "carrier")), start("beta", config("beta", "betaOwner"))]);
    });

    async function register(side: Side): Promise<void> {
      const { alpha, accounts, gateways: ids } = net.record;
      const owner = join(net.dir, net.writeKey(`${side}Owner`));
      const log = ["--rpc-url", alpha.rpcUrl, "--log-registry", registry, "--name", `${side}-gateway`];
      const keys = ["--owner-key-file", owner, "--key", accounts[`${side}Log`].address, "--endpoint", ids[side].url];
      const run = await gatelog(["--json", "gateway", "register", ...log, ...keys]);
      expect(run.json, run.stderr).to.include({ gatewayId: ids[side].gatewayId });
    }

    /** The gateway's own configuration, but for the log: each carries its entries itself, from an account of its own. */
    function config(side: Side, carrier: "carrier" | "betaOwner"): string {
      const { rpcUrl, chainId } = net.record.alpha;
      return net.writeConfig(`${side}-on-alpha.yaml`, net.record.gateways[side].config, (given) => ({
        ...given,
        log: { chainId, registry },
        store: { driver: "chain", rpcUrl, carrierKey: { file: net.writeKey(carrier) }, finality: "instant" },
        dataDir: `./${side}-on-alpha`,
      }));
    }

    it("commits", async () => {
      const file = net.writeRequest("alpha", { idempotencyKey: "deed-8", asset: net.deed("alpha", 8n) });
      const run = await transfer("alpha", file, "--wait");
      expect(run.code, run.stderr).to.equal(0);
      const { sessionId } = run.json as { sessionId: string };
      expect((await net.outcome("beta", sessionId)).outcome).to.equal("COMMITTED");
      expect(await net.ownerOf("beta", 8n)).to.equal(net.record.accounts.bob.address);
    });

    it("locks one asset for one session only", async () => {
      await net.approve("beta", "bob", net.record.beta.erc721, 8n);
      const ask = (idempotencyKey: string) =>
        net.client("beta").transfer(net.request("beta", { idempotencyKey, asset: net.deed("beta", 8n) }));
      const sessions = await Promise.all([ask("deed-8 back"), ask("deed-8 back, too")]);
      const outcomes = await Promise.all(
        sessions.map(async ({ sessionId }) => (await net.outcome("beta", sessionId)).outcome),
      );
      expect(outcomes.toSorted()).to.deep.equal(["ABORTED", "COMMITTED"]);
      expect(await net.ownerOf("alpha", 8n)).to.equal(net.record.accounts.alice.address);
      expect(await net.ownerOf("beta", 8n)).to.equal(null);
    });

    it("leaves a log that is sound beside both ledgers", async () => {
      expect(await verify(net.record.alpha.rpcUrl, registry)).to.deep.equal({ code: 0, verdict: "sound" });
    });
  });

  // Mocha runs a suite's own cases before those of the suites in it: the last word needs a suite too.
  describe("in the end", () => {
    it("leaves a log that is sound beside both ledgers, whatever was killed", async () => {
      const { rpcUrl, logRegistry } = net.record.log;
      expect(await verify(rpcUrl, logRegistry)).to.deep.equal({ code: 0, verdict: "sound" });
    });

    it("makes and loses nothing", async () => {
      expect(conservationFaults(holdings, await readHoldings(net.record))).to.deep.equal([]);
    });
  });

  async function verify(rpcUrl: string, registry: string) {
    const log = ["--rpc-url", rpcUrl, "--log-registry", registry];
    const { code, json, stderr } = await gatelog(["--json", "verify", ...log, ...net.ledgerOptions]);
    return { code, verdict: (json as { verdict?: string } | undefined)?.verdict ?? stderr };
  }

  async function ended(side: Side, signal: NodeJS.Signals) {
    const gateway = gateways.get(side);
    gateway?.child.kill(signal);
    return gateway?.child.exited;
  }
});
