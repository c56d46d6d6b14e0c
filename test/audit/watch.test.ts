import { expect } from "chai";
import { existsSync } from "node:fs";
import { createWatchMetrics } from "../../src/audit/checkpoint/watch-metrics.ts";
import { watch, type WatchEvent } from "../../src/audit/checkpoint/watch.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { CheckpointFolder, PastReader, runOn } from "../support/checkpoints.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { TRANSFER } from "../support/stories.ts";

describe("A watch", function () {
  this.timeout(60_000);
  let world: RegistryWorld;
  let folder: CheckpointFolder;
  let a: Party;
  let b: Party;
  let session: WorldSession;

  beforeEach(async () => {
    folder = new CheckpointFolder();
    world = await RegistryWorld.open();
    a = await world.register("a");
    b = await world.register("b");
    session = await world.open(a, b);
  });
  afterEach(async () => {
    folder.remove();
    await world.close();
  });

  /** Does one step in each pause, and ends behind the last. */
  const watched = async (
    steps: readonly (() => unknown)[],
    options: { endOnFinding?: boolean; reader?: PastReader } = {},
  ) => {
    const { reader = new PastReader(world), endOnFinding = false } = options;
    const file = folder.file("checkpoint");
    const stop = new AbortController();
    const events: WatchEvent[] = [];
    const pauses: number[] = [];
    const metrics = createWatchMetrics();
    const last = await watch(reader, () => runOn(reader, { ...(existsSync(file) && { from: file }), to: file }), {
      ...{ everyMs: 1_000, signal: stop.signal, endOnFinding },
      onEvent: (event) => {
        events.push(event);
        metrics.observe(event);
      },
      sleep: async (pauseMs) => {
        const step = steps[pauses.length];
        pauses.push(pauseMs);
        if (step === undefined) stop.abort();
        else await step();
      },
    });
    const series = async (name: string) => (await metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
    return { events, pauses, last, series, asked: reader.asked.ranges };
  };

  it("audits what has become final since, and nothing where nothing has", async () => {
    const { events, last, asked, series } = await watched([
      () => undefined,
      () => world.say(session, a, "init-other"),
      () => undefined,
      () => world.rpc("evm_mine", []),
    ]);
    expect(events.map((event) => (event.type === "run" ? `run ${event.isNews}` : event.type))).to.deep.equal([
      "run true",
      "idle",
      "run true",
      "idle",
      "run false",
    ]);
    expect(last?.entries.total).to.equal(1);
    expect(asked.map(([from], place) => from === (asked[place - 1]?.[1] ?? -1) + 1)).to.deep.equal([true, true, true]);
    expect((await series("gatelog_audit_entries"))[0]?.value).to.equal(1);
    expect((await series("gatelog_audit_sessions"))[0]?.value).to.equal(1);
    expect((await series("gatelog_audit_block"))[0]?.value).to.equal(last?.trusted.block.number);
    expect((await series("gatelog_audit_verdict")).map(({ value }) => value)).to.deep.equal([1, 0, 0]);
  });

  it("tells each finding once, counts it as long as it stands, and goes on", async () => {
    const bad = await world.open(a, b, TRANSFER);
    const { events, series } = await watched([
      () => world.say(bad, a, "init-lock", { step: "lock" }),
      () => world.say(session, a, "init-other"),
    ]);
    const told = events.flatMap((event) => (event.type === "run" ? [event.newFindings.map(({ code }) => code)] : []));
    expect(told).to.deep.equal([[], ["ILLEGAL_ORDER"], []]);
    expect(await series("gatelog_audit_findings")).to.deep.include({ labels: { severity: "error" }, value: 1 });
    expect((await series("gatelog_audit_verdict")).map(({ value }) => value)).to.deep.equal([0, 1, 0]);
  });

  it("tells of a node that does not answer beside what is found, and takes that for no success", async () => {
    const bad = await world.open(a, b, TRANSFER);
    await world.say(bad, a, "init-lock", { step: "lock" });
    const reader = new PastReader(world);
    const logOf: PastReader["logOf"] = (...of) => new PastReader(world).logOf(...of);
    const { events, pauses, series } = await watched(
      [
        async () => {
          Object.assign(reader, { logOf: () => Promise.reject(new GatelogError("TIMEOUT", "slow")) });
          await world.say(session, a, "init-other");
        },
        () => Object.assign(reader, { logOf }),
      ],
      { reader },
    );
    expect(
      events.map((event) =>
        event.type === "run" ? event.verification.verdict : event.type === "failure" && event.error.code,
      ),
    ).to.deep.equal(["findings", "findings", "TIMEOUT", "findings"]);
    expect(pauses).to.deep.equal([1_000, 2_000, 1_000]);
    expect(await series("gatelog_audit_failures_total")).to.deep.equal([{ labels: { code: "TIMEOUT" }, value: 1 }]);
  });

  it("counts no block as audited of which something could not be read", async () => {
    const metrics = createWatchMetrics(() => 5_000_000);
    const value = async (name: string) => (await metrics.registry.getSingleMetric(name)?.get())?.values[0]?.value;
    const { events } = await watched([]);
    const [run] = events;
    if (run?.type !== "run") throw new Error("the first event is a run");
    const unread = [{ what: "heads", code: "TIMEOUT", message: "slow" }] as const;
    metrics.observe({ ...run, verification: { ...run.verification, verdict: "findings", unread } });
    expect(await value("gatelog_audit_block")).to.equal(0);
    expect(await value("gatelog_audit_last_success_timestamp_seconds")).to.equal(0);
    metrics.observe(run);
    expect(await value("gatelog_audit_block")).to.equal(run.block.number);
    expect(await value("gatelog_audit_last_success_timestamp_seconds")).to.equal(5_000);
  });

  it("ends with the first finding where it is told to", async () => {
    const bad = await world.open(a, b, TRANSFER);
    const steps = [() => world.say(bad, a, "init-lock", { step: "lock" }), () => expect.fail("goes on")];
    const { last } = await watched(steps, { endOnFinding: true });
    expect(last?.verdict).to.equal("findings");
  });

  it("asks a node that fails again, with longer pauses, and never takes that for soundness", async () => {
    const reader = new PastReader(world);
    const gone = () => Promise.reject(new GatelogError("NODE_UNREACHABLE", "gone"));
    const anchor = () => new PastReader(world).anchor();
    const slow = () => Promise.reject(new GatelogError("TIMEOUT", "slow"));
    const logOf: PastReader["logOf"] = (...of) => new PastReader(world).logOf(...of);
    const during: (readonly number[])[] = [];
    const metrics = createWatchMetrics();
    const say = async () =>
      during.push(
        ((await metrics.registry.getSingleMetric("gatelog_audit_verdict")?.get())?.values ?? []).map(
          ({ value }) => value,
        ),
      );
    const stop = new AbortController();
    const pauses: number[] = [];
    const file = folder.file("checkpoint");
    const steps = [
      () => Object.assign(reader, { anchor: gone }),
      say,
      say,
      () => Object.assign(reader, { anchor, logOf: slow }),
      async () => {
        Object.assign(reader, { anchor });
        await world.say(session, a, "init-other");
      },
      say,
      () => Object.assign(reader, { logOf }),
      () => undefined,
      say,
    ];
    const codes: string[] = [];
    await watch(reader, () => runOn(reader, { ...(existsSync(file) && { from: file }), to: file }), {
      ...{ everyMs: 1_000, signal: stop.signal },
      onEvent: (event) => {
        metrics.observe(event);
        codes.push(event.type === "failure" ? event.error.code : event.type);
      },
      sleep: async (pauseMs) => {
        const step = steps[pauses.length];
        pauses.push(pauseMs);
        if (step === undefined) stop.abort();
        else await step();
      },
    });
    expect(codes.slice(0, 4)).to.deep.equal(["run", "NODE_UNREACHABLE", "NODE_UNREACHABLE", "NODE_UNREACHABLE"]);
    expect(codes).to.include("TIMEOUT");
    expect(codes.at(-1)).to.be.oneOf(["run", "idle"]);
    expect(pauses.slice(0, 4)).to.deep.equal([1_000, 2_000, 4_000, 8_000]);
    expect(pauses.at(-1)).to.equal(1_000);
    expect(during.slice(0, 3)).to.deep.equal([
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(during.at(-1)).to.deep.equal([1, 0, 0]);
  });
});
