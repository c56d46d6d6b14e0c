import { expect } from "chai";
import type { LogEntry } from "../../src/entry/entry.ts";
import { COMMANDS } from "../../src/entry/vocabulary.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import { MAX_PEER_LOG_LENGTH } from "../../src/gateway/session-reader.ts";
import { MAX_ENTRIES_PER_CALL } from "../../src/store/log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatewayStage } from "../support/gateway-stage.ts";

const FLOOD = 1_000_000;
const STRAY = "0c0ffee0-0000-4000-8000-000000000001";

/** What anybody who is registered can do to a gateway: open sessions towards it. */
describe("a gateway towards which others open sessions", () => {
  let stage: GatewayStage;

  beforeEach(() => {
    stage = new GatewayStage();
  });

  afterEach(() => stage.stop());

  it("goes on with its transfers when a session cannot be read, and names that session", async () => {
    await stage.start();
    stage.peers.delayMs = 10;
    const sessionId = await stage.transfer("alpha");
    stage.kill("beta");
    await stage.openEmpty("alpha", STRAY);
    const { store, events } = stage.parties.beta;
    store.unreadable.add(STRAY);
    await stage.start("beta");
    await stage.untilClosed(sessionId);
    expect(await stage.status("beta", sessionId)).to.include({ outcome: "COMMITTED" });
    expect(events).to.deep.include({
      type: "trouble",
      sessionId: STRAY,
      code: "INVALID_SESSION",
      message: "malformed facts",
    });
  });

  it("spends nothing on a session that its origin has not written to", async () => {
    await stage.openEmpty("alpha", STRAY);
    await stage.start("beta");
    expect(stage.parties.beta.events.filter(({ sessionId }) => sessionId === STRAY)).to.be.empty;
    expect(await stage.marks("beta", STRAY)).to.be.empty;
  });

  it("refuses a transfer whose session id another gateway has taken, with SESSION_EXISTS", async () => {
    await stage.start();
    const { gatewayId } = stage.parties.alpha;
    await stage.openEmpty("beta", sessionIdFor(gatewayId, "one"));
    await expectRejection(stage.transfer("alpha", "one"), "SESSION_EXISTS");
    const other = await stage.transfer("alpha", "two");
    await stage.untilClosed(other);
    expect(await stage.status("alpha", other)).to.include({ outcome: "COMMITTED" });
  });

  it("takes no further part in a session whose peer writes without end, and goes on with the others", async function () {
    this.timeout(30_000);
    await stage.start();
    stage.peers.delayMs = 10;
    const [flooded, sound] = [await stage.transfer("alpha", "one"), await stage.transfer("alpha", "two")];
    const { gatewayId } = stage.parties.alpha;
    const { store } = stage.parties.beta;
    const read = store.read.bind(store);
    let pages = 0;
    // Behind what stands in the log, beta is shown a million entries that may stand anywhere.
    store.read = async (sessionId, logOf, range) => {
      const entries = await read(sessionId, logOf, range);
      if (sessionId !== flooded || logOf !== gatewayId) return entries;
      pages += 1;
      const [first] = await read(sessionId, logOf, { from: 0, limit: 1 });
      const from = range.from + entries.length;
      return [...entries, ...beside(first!, from, Math.min(range.from + range.limit, FLOOD))];
    };
    await stage.untilClosed(sound);
    expect(await stage.status("beta", sound)).to.include({ outcome: "COMMITTED" });
    await stage.clock.until(() => stage.isClosed("beta", flooded));
    expect(pages).to.be.below(2 * (MAX_PEER_LOG_LENGTH / MAX_ENTRIES_PER_CALL));
    store.read = read;
    await stage.untilClosed(flooded);
    const { outcome, facts } = await stage.status("beta", flooded);
    expect(outcome).to.equal("ABORTED");
    expect(stage.copies("alpha", facts.termsHash!)).to.equal(1);
    const troubles = stage.parties.beta.events.filter(
      ({ sessionId, type }) => sessionId === flooded && type === "trouble",
    );
    expect(troubles).to.deep.include({
      ...{ type: "trouble", sessionId: flooded, code: "TOO_LARGE" },
      message: `at most ${MAX_PEER_LOG_LENGTH} entries of a peer's log are read`,
    });
  });

  it("keeps trying to assign under COMMIT, however often its peer writes beside the order", async () => {
    await stage.start();
    const { chain, store, gateway } = stage.parties.beta;
    const { gatewayId } = stage.parties.alpha;
    chain.refuses.set("assign", "LEDGER_REJECTED"); // the token is paused
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(async () => (await stage.marks("beta", sessionId)).includes("exec-assign"));
    const read = store.read.bind(store);
    const whole = () => read(sessionId, gatewayId, { from: 0, limit: MAX_ENTRIES_PER_CALL });
    let written = 0;
    store.read = async (id, logOf, range) => {
      const entries = await read(id, logOf, range);
      if (logOf !== gatewayId || range.limit === 1) return entries;
      const { length, [length - 1]: last } = await whole();
      return [...entries, ...beside(last!, Math.max(range.from, length), length + (written += 1))];
    };
    const session = store.session.bind(store);
    store.session = async (id) => {
      const record = await session(id);
      const logs = record.logs.map((log) => ({
        ...log,
        length: log.length + (log.gatewayId === gatewayId ? written + 1 : 0),
      }));
      return { ...record, logs };
    };
    let isKnocking = true;
    const knock = async (): Promise<void> => {
      while (isKnocking) {
        await stage.clock.sleep(500);
        await gateway.onPeerMessage(sessionId, (await whole()).at(-1)!);
      }
    };
    const knocking = knock();
    await stage.clock.pass(60_000);
    expect(written).to.be.above(100);
    chain.refuses.clear();
    await stage.clock.pass(60_000);
    isKnocking = false;
    await stage.clock.pass(1_000);
    await knocking;
    expect(stage.effects("beta")).to.deep.equal(["mint", "assign"]);
  });
});

/** Entries that may stand anywhere in a log, at the indexes `[from, to)`. */
function beside(like: LogEntry, from: number, to: number): LogEntry[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, place) => {
    const index = from + place;
    return { ...like, index, seqNumber: index + 1, operation: "fail", command: COMMANDS.peer };
  });
}
