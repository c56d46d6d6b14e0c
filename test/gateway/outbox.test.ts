import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ErrorCode } from "../../src/entry/errors.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatewayStage } from "../support/gateway-stage.ts";

describe("a gateway with an outbox, killed with a write on its way", () => {
  let folder: string;
  let outbox: Outbox | undefined;
  let stage: GatewayStage;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gatelog-outbox-"));
    stage = new GatewayStage();
    stage.outboxOf = (name, store) => {
      if (name !== "alpha") return new OutboxedLogStore({ store, outbox: new Outbox({ path: ":memory:" }) });
      outbox?.close(); // the process that held it is gone
      outbox = new Outbox({ path: join(folder, "outbox.sqlite") });
      return new OutboxedLogStore({ store, outbox });
    };
  });

  afterEach(() => {
    outbox?.close();
    outbox = undefined;
    rmSync(folder, { recursive: true });
  });

  for (const mark of ["init-setup", "init-proposal", "exec-lock", "init-lock-assert", "exec-burn", "done-burn"])
    it(`sends the very bytes of ${mark} before it folds the session again, and signs no other (R8)`, async () => {
      await stage.start();
      const { store } = stage.parties.alpha;
      // The line breaks for good: the process dies without knowing whether the write arrived. It did not.
      store.fault = (write) => {
        if (!("entries" in write) || !write.entries.some((entry) => markOf(entry) === mark)) return undefined;
        stage.kill("alpha");
        return { code: "TIMEOUT", landed: false };
      };
      const asked = stage.parties.alpha.gateway.transfer(stage.request("alpha", "one"));
      await Promise.race([asked, stage.clock.until(() => stage.parties.alpha.process.isDead)]);
      await stage.clock.until(() => stage.parties.alpha.process.isDead);
      store.fault = () => undefined;
      await stage.clock.pass(60_000);
      await stage.start("alpha");
      const [sessionId] = await store.sessionsOf(stage.parties.alpha.gatewayId, { open: false });
      await stage.untilClosed(sessionId!);
      expect(stage.signedTwice("alpha")).to.be.empty;
      expect(await stage.log.evidence(sessionId!)).to.be.empty;
      expect(await stage.status("alpha", sessionId!)).to.include({ outcome: "COMMITTED" });
      expect(stage.effects("alpha")).to.deep.equal(["lock", "burn"]);
      await stage.stop();
    });

  it("does not fold a session while what it signed cannot be sent", async () => {
    await stage.start();
    const { store } = stage.parties.alpha;
    store.fault = (write) => {
      if (!("entries" in write) || !write.entries.some((entry) => markOf(entry) === "exec-lock")) return undefined;
      stage.kill("alpha");
      return { code: "TIMEOUT", landed: false };
    };
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(() => stage.parties.alpha.process.isDead);
    store.fault = () => ({ code: "TIMEOUT", landed: false });
    await stage.start("alpha");
    await stage.clock.pass(20 * 60_000); // the deadline, and the destination's ABORT
    expect(await stage.marks("alpha", sessionId)).to.have.lengthOf(4);
    store.fault = () => undefined;
    await stage.untilClosed(sessionId);
    const marks = await stage.marks("alpha", sessionId);
    expect(marks.slice(4, 9)).to.deep.equal([
      ...["done-commence", "init-lock", "exec-lock"],
      ...["init-recover", "init-rollback"],
    ]);
    expect(stage.signedTwice("alpha")).to.be.empty;
    expect(stage.parties.alpha.chain.effects.map(({ state }) => state)).to.deep.equal(["REFUSED"]);
    await stage.stop();
  });

  /** From now on, a write with such an entry is refused, and the process that has tried it dies. */
  const refuse = (mark: string, code: ErrorCode): void => {
    stage.parties.alpha.store.fault = (write) => {
      if (!("entries" in write) || !write.entries.some((entry) => markOf(entry) === mark)) return undefined;
      stage.kill("alpha");
      return { code, landed: false };
    };
  };

  for (const code of ["UNKNOWN_SESSION", "WRONG_INDEX", "FOREIGN_SIGNATURE", "UNKNOWN_GATEWAY"] as const)
    for (const mark of ["init-proposal", "exec-lock", "done-burn"])
      it(`goes on with the very bytes of ${mark} that a lagging node refused with ${code}, also behind a crash (R8)`, async () => {
        await stage.start();
        refuse(mark, code);
        const sessionId = await stage.transfer("alpha");
        await stage.clock.until(() => stage.parties.alpha.process.isDead);
        // The node still lags when the process is back; then it has caught up.
        stage.parties.alpha.store.fault = (write) => ("entries" in write ? { code, landed: false } : undefined);
        await stage.start("alpha");
        await stage.clock.pass(60_000);
        stage.parties.alpha.store.fault = () => undefined;
        await stage.untilClosed(sessionId);
        expect(stage.signedTwice("alpha")).to.be.empty;
        expect(await stage.log.evidence(sessionId)).to.be.empty;
        expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
        expect(stage.effects("alpha")).to.deep.equal(["lock", "burn"]);
        await stage.stop();
      });

  for (const mark of ["init-proposal", "exec-lock", "done-burn", "init-complete"])
    it(`ends a session whose ${mark} was refused when the key is rotated behind the crash`, async () => {
      await stage.start();
      refuse(mark, "FOREIGN_SIGNATURE");
      const sessionId = await stage.transfer("alpha");
      await stage.clock.until(() => stage.parties.alpha.process.isDead);
      stage.parties.alpha.store.fault = () => undefined;
      stage.rotateKey("alpha");
      await stage.start("alpha");
      await stage.untilClosed(sessionId);
      expect(await stage.log.evidence(sessionId)).to.be.empty;
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
      // What was refused stands in nobody's way, in an epoch that is over.
      const reasons = outbox?.allSetAside().map(({ refusal }) => refusal.code);
      expect([...new Set(reasons)]).to.deep.equal(["STALE_EPOCH"]);
      expect(entriesPerSlot(stage)).to.equal(1);
      await stage.stop();
    });

  it("names the way on when the log refuses an opening for good and the request comes again (R8)", async () => {
    await stage.start();
    const { store } = stage.parties.alpha;
    store.fault = ({ kind }) => (kind === "open" ? { code: "INVALID_SESSION", landed: false } : undefined);
    await expectRejection(stage.transfer("alpha", "one"), "INVALID_SESSION");
    store.fault = () => undefined;
    await stage.clock.pass(5_000); // with another time, the session has other facts
    await expectRejection(stage.transfer("alpha", "one"), "SESSION_EXISTS");
    const sessionId = await stage.transfer("alpha", "two");
    await stage.untilClosed(sessionId);
    expect(stage.signedTwice("alpha")).to.be.empty;
    await stage.stop();
  });

  it("stands still, and signs nothing anew, while the node shows its own log shorter than it is", async () => {
    await stage.start();
    const { store } = stage.parties.alpha;
    store.onWritten = (write) => {
      if ("entries" in write && write.entries.some((entry) => markOf(entry) === "exec-burn")) stage.kill("alpha");
    };
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(() => stage.parties.alpha.process.isDead);
    store.onWritten = () => undefined;
    store.shownLength = 5;
    await stage.start("alpha");
    await stage.clock.pass(60_000);
    const { reason } = await stage.status("alpha", sessionId).catch((error: unknown) => ({ reason: error }));
    expect(reason).to.include({ code: "STORE_UNAVAILABLE" });
    store.shownLength = Infinity;
    await stage.untilClosed(sessionId);
    expect(stage.signedTwice("alpha")).to.be.empty;
    expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
    await stage.stop();
  });

  describe("whose opening never arrived, and whose key was rotated meanwhile", () => {
    beforeEach(async () => {
      await stage.start();
      refuse("init-setup", "TIMEOUT");
      stage.parties.alpha.gateway.transfer(stage.request("alpha", "one")).catch(() => undefined); // its client gets no answer
      await stage.clock.until(() => stage.parties.alpha.process.isDead);
      stage.parties.alpha.store.fault = () => undefined;
      stage.rotateKey("alpha");
    });
    afterEach(() => stage.stop());

    const alarms = () => stage.parties.alpha.events.filter(({ type }) => type === "alarm");

    it("leaves the session, which is none, and opens it when its client asks again", async () => {
      await stage.start("alpha");
      await stage.clock.pass(60_000);
      expect(alarms()).to.be.empty;
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
    });

    it("does not take it for opened when its client asks at once", async () => {
      const starting = stage.start("alpha");
      const sessionId = await stage.transfer("alpha");
      const { logs } = await stage.log.session(sessionId);
      expect(
        logs.map(({ length }) => length),
        "its client's answer means that it stands",
      ).to.include(1);
      await starting;
      await stage.untilClosed(sessionId);
      expect(await stage.status("alpha", sessionId)).to.include({ outcome: "COMMITTED" });
      expect(alarms()).to.be.empty;
    });
  });
});

/** Most different entries that alpha has let out for one session, epoch and index. */
function entriesPerSlot({ parties }: GatewayStage): number {
  const slots = new Map<string, Set<string>>();
  for (const { sessionId, epoch, index, entryHash } of parties.alpha.store.letOut) {
    const slot = `${sessionId} ${epoch} ${index}`;
    slots.set(slot, (slots.get(slot) ?? new Set()).add(entryHash));
  }
  return Math.max(...[...slots.values()].map(({ size }) => size));
}
