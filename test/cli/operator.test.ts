import { expect } from "chai";
import { createGatewayMetrics, type GatewayMetrics } from "../../src/api/gateway-metrics.ts";
import { createGatewayOperations } from "../../src/api/gateway-operations.ts";
import { listen, type Listener } from "../../src/api/listen.ts";
import { createLogApi } from "../../src/api/log-api.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { gatelog } from "../support/gatelog.ts";
import { GatewayStage } from "../support/gateway-stage.ts";

const MINUTE = 60_000;

// One gateway of two, in this process, whose API is real; the commands are processes of their own.
describe("an operator's view of a gateway", function () {
  this.timeout(60_000);

  let stage: GatewayStage;
  let listener: Listener;
  let metrics: GatewayMetrics;
  /** Events that the metrics have been told of. */
  let told: number;

  beforeEach(async () => {
    stage = new GatewayStage();
    stage.peers.delayMs = 10;
    await stage.start();
    const { gateway, gatewayId } = stage.parties.alpha;
    metrics = createGatewayMetrics(
      () => gateway.overview(),
      () => stage.clock.now(),
    );
    told = 0;
    const deps = {
      ...{ store: stage.log, directory: new MemoryGatewayDirectory() },
      operations: createGatewayOperations(gateway),
      metrics: [metrics.registry],
      alarms: async () => (await gateway.overview()).alarms,
    };
    listener = await listen(createLogApi(deps, { gatewayId }));
  });

  afterEach(async () => {
    await listener.close();
    await stage.stop();
  });

  async function get(path: string): Promise<{ status: number; text: string }> {
    const { events } = stage.parties.alpha;
    for (; told < events.length; told++) metrics.observe(events[told]!);
    const response = await fetch(listener.url + path);
    return { status: response.status, text: await response.text() };
  }

  async function command(...args: readonly string[]) {
    return gatelog([...args, "--gateway", listener.url, "--json"]);
  }

  /** Alpha has locked and wants to undo it, and its ledger refuses that. */
  async function untilRollbackFails(): Promise<string> {
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(async () => (await stage.marks("alpha", sessionId)).includes("init-lock-assert"));
    stage.parties.alpha.chain.refuses.set("unlock", "LEDGER_REJECTED");
    await stage.parties.alpha.gateway.rollback(sessionId);
    await stage.clock.until(async () => (await stage.status("alpha", sessionId)).rollback === "failed");
    return sessionId;
  }

  it("has every series from the start, at zero", async () => {
    const { text } = await get("/metrics");
    const series = text.split("\n").filter((line) => line.startsWith("gatelog_"));
    for (const line of series) expect(line).to.match(/ 0$/);
    for (const name of [
      "gatelog_recoveries_total",
      "gatelog_recoveries_confirmed_total",
      'gatelog_rollbacks_total{stage="started"}',
      'gatelog_rollbacks_total{stage="failed"}',
      'gatelog_rollbacks_total{stage="done"}',
      'gatelog_peer_timeouts_total{state="CRASHED_DEFINITELY"}',
      "gatelog_disputes_total",
      'gatelog_alarms_total{code="ROLLBACK_FAILED"}',
      'gatelog_outcomes_total{outcome="REVERSED"}',
      'gatelog_open_sessions{age="under_1m"}',
      'gatelog_open_sessions{age="over_1d"}',
      "gatelog_stuck_sessions",
    ])
      expect(series.map((line) => line.slice(0, line.lastIndexOf(" ")))).to.include(name);
  });

  it("raises a failing compensation in metrics, readiness, status and the list of stuck sessions", async () => {
    expect((await get("/ready")).status).to.equal(200);
    const sessionId = await untilRollbackFails();
    const { text } = await get("/metrics");
    expect(text).to.contain('gatelog_rollbacks_total{stage="failed"} 1');
    expect(text).to.contain('gatelog_alarms_total{code="ROLLBACK_FAILED"} 1');
    expect(text).to.contain("gatelog_stuck_sessions 1");
    const ready = await get("/ready");
    expect(ready.status).to.equal(503);
    expect(JSON.parse(ready.text)).to.include({ code: "ROLLBACK_FAILED", success: false });
    const status = JSON.parse((await get("/status")).text) as {
      response_data: { alarms: unknown[]; sessions: unknown[] };
    };
    expect(status.response_data.alarms).to.have.lengthOf(1);
    expect(status.response_data.sessions[0]).to.include({
      sessionId,
      phase: "9.1",
      waitingFor: "ledger",
      rollback: "failed",
    });
    const { json } = await command("sessions", "--stuck");
    expect(json).to.have.nested.property("sessions[0].stuck.code", "ROLLBACK_FAILED");

    stage.parties.alpha.chain.refuses.clear();
    await stage.untilClosed(sessionId);
    expect((await get("/ready")).status).to.equal(200);
    expect((await get("/metrics")).text).to.contain('gatelog_rollbacks_total{stage="done"} 1');
    expect((await command("sessions", "--stuck")).json).to.deep.equal({ sessions: [] });
  });

  it("counts recoveries, silent peers and open sessions by age", async () => {
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(async () => (await stage.marks("alpha", sessionId)).includes("init-lock-assert"));
    stage.kill("beta");
    await stage.clock.pass(MINUTE + 30_000);
    const silent = (await get("/metrics")).text;
    expect(silent).to.contain('gatelog_peer_timeouts_total{state="CRASHED_WAIT"} 1');
    expect(silent).to.contain('gatelog_open_sessions{age="under_10m"} 1');
    await stage.start("beta");
    await stage.untilClosed(sessionId);
    const after = (await get("/metrics")).text;
    expect(after).to.contain('gatelog_outcomes_total{outcome="COMMITTED"} 1');
    expect(after).to.contain('gatelog_open_sessions{age="under_10m"} 0');
  });

  it("explains by command what a rollback would do, and does nothing; then does it", async () => {
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(async () => (await stage.marks("alpha", sessionId)).includes("init-lock-assert"));
    stage.kill("beta");
    const explained = await command("rollback", sessionId, "--explain");
    expect(explained.code).to.equal(0);
    expect(explained.json).to.have.nested.property("explanation.row", "o-ask-locked");
    expect(explained.json).to.have.nested.property("explanation.next[0]", "decide ABORT (ORIGIN)");
    const text = (await gatelog(["recover", sessionId, "--explain", "--gateway", listener.url])).stdout;
    expect(text).to.contain("behind init-lock-assert").and.to.contain("Nothing was done.");
    expect((await stage.log.session(sessionId)).decision.decision).to.equal("NONE");

    expect((await command("rollback", sessionId)).code).to.equal(0);
    await stage.start("beta");
    await stage.untilClosed(sessionId);
    expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
    const late = await command("rollback", sessionId);
    expect(late.code).to.equal(2);
    expect(late.json).to.have.nested.property("error.code", "TOO_LATE");
  });

  it("takes a halted session up again by command", async () => {
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(async () => (await stage.marks("beta", sessionId)).includes("ack-proposal"));
    stage.parties.alpha.chain.wrongChain = true;
    await stage.clock.until(async () => (await stage.status("alpha", sessionId)).stuck?.code === "WRONG_CHAIN");
    stage.parties.alpha.chain.wrongChain = false;
    expect((await command("recover", sessionId)).code).to.equal(0);
    await stage.untilClosed(sessionId);
    expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
  });
});
