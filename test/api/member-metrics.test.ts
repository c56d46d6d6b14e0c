import { expect } from "chai";
import { createMemberMetrics } from "../../src/api/member-metrics.ts";
import { GroupStage } from "../support/group-stage.ts";

describe("metrics of a member of a group", () => {
  it("are all there from the start, and count what is told", async () => {
    const group = new GroupStage(1);
    const { node } = group.at(1).member;
    const metrics = createMemberMetrics(node);
    const { registry } = metrics;
    const series = async () =>
      (await registry.metrics()).split("\n").filter((line) => /^gatelog_\w+(\{.*\})? /.test(line));
    expect(await series()).to.deep.equal([
      'gatelog_takeovers_total{kind="QUORUM"} 0',
      'gatelog_takeovers_total{kind="FAILOVER"} 0',
      'gatelog_takeovers_total{kind="HANDOVER"} 0',
      "gatelog_suspicions_total 0",
      "gatelog_false_suspicions_total 0",
      "gatelog_role 0",
      "gatelog_epoch 0",
      "gatelog_folded_sessions 0",
      "gatelog_heartbeat_silence_seconds 0",
      "gatelog_standby_outbound_total 0",
    ]);
    const primary = group.keyOf(0);
    const of = { sessionId: null, primary, epoch: 1 } as const;
    for (let times = 0; times < 2; times += 1) metrics.observe({ ...of, type: "suspicion", silentMs: 500 });
    metrics.observe({ ...of, type: "false-suspicion" });
    metrics.observe({ type: "primary", sessionId: null, epoch: 2, kind: "QUORUM", durationMs: 1, folded: 0 });
    // It began before this process did.
    metrics.observe({ type: "primary", sessionId: null, epoch: 2, kind: null, durationMs: null, folded: 0 });
    expect(await series()).to.include.members([
      'gatelog_takeovers_total{kind="QUORUM"} 1',
      "gatelog_suspicions_total 2",
      "gatelog_false_suspicions_total 1",
    ]);
    expect(await registry.metrics()).to.contain("# TYPE gatelog_standby_outbound_total counter");
  });
});
