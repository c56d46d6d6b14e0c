import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markOf } from "../../src/protocol/marks.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
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
    expect(marks.slice(4, 8)).to.deep.equal(["done-commence", "init-lock", "exec-lock", "init-rollback"]);
    expect(stage.signedTwice("alpha")).to.be.empty;
    expect(stage.parties.alpha.chain.effects.map(({ state }) => state)).to.deep.equal(["REFUSED"]);
    await stage.stop();
  });
});
