import { expect } from "chai";
import type { LogEntry } from "../../src/entry/entry.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { STEPS } from "../../src/entry/vocabulary.ts";
import { isBesideOrder, markOf, type Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import { isDisputed } from "../../src/protocol/recovery.ts";
import type { Dispute, Effect, PeerState, SessionState } from "../../src/protocol/state.ts";
import { apply, fold, next } from "../../src/protocol/step.ts";
import { isSettled, runFairly } from "../support/world-schedule.ts";
import { ROLES, World } from "../support/world.ts";
import { entryFor, folded, reading } from "./folded.ts";
import { lineTo, otherRole } from "./lines.ts";
import { logsOf } from "./recovery-cases.ts";

const HANDSHAKE = ["init-recover", "ack-recover-update", "ack-recover-update-ack", "ack-recover-success"] as const;
/** Far more than a session needs. */
const STEPS_MAX = 200;

/** Everything goes well until the entry stands in the role's log. */
function worldAt(role: Role, mark: Mark): World {
  const world = new World();
  for (let steps = 0; steps < STEPS_MAX; steps++)
    for (const each of ROLES) {
      world.hear(each);
      world.act(each);
      if (world.sides[role].state.own.marks.has(mark)) return world;
      world.mine(each);
    }
  throw new Error(`${mark} was not reached`);
}

/** What stands beside the transfer in a log. */
function besideIn(log: readonly LogEntry[]): Mark[] {
  return log.map(markOf).filter(isBesideOrder);
}

/** The entries that `next` asks for, folded; fails if it asks for something else. */
function written(state: SessionState): { readonly state: SessionState; readonly entries: readonly LogEntry[] } {
  const [effect] = next(state);
  if (effect?.type !== "append") throw new Error(`asked for ${effect?.type ?? "nothing"}`);
  const entries: LogEntry[] = [];
  let after = state;
  for (const draft of effect.drafts) {
    const entry = entryFor(after, draft);
    entries.push(entry);
    after = fold(after, "own", [entry]);
  }
  return { state: after, entries };
}

/** The single entry that is asked for. */
function wrote(state: SessionState): { readonly state: SessionState; readonly entry: LogEntry } {
  const { state: after, entries } = written(state);
  expect(entries).to.have.length(1);
  return { state: after, entry: entries[0]! };
}

const restarted = (state: SessionState) => apply(state, { type: "restarted" });
const waited = (state: SessionState) => apply(state, { type: "waited" });
const contact = (state: SessionState, is: PeerState) => apply(state, { type: "peer-contact", contact: is });
const sent = (effects: readonly Effect[]) => effects.flatMap((one) => (one.type === "send" ? [one.entryHash] : []));
/** Whether the next entry is one beside the transfer. */
const asksBeside = (state: SessionState) =>
  next(state).some(
    (one) => one.type === "append" && one.drafts.some((draft) => isBesideOrder(`${draft.operation}-${draft.command}`)),
  );
const isAct = ({ type }: Effect) => type !== "send" && type !== "wait";

/** Two sides in the middle of a transfer, and what each knows of the other. */
function pair(): { origin: SessionState; destination: SessionState } {
  const logs = [lineTo("origin", "init-prepare"), lineTo("destination", "ack-lock-assert")] as const;
  return {
    origin: folded("origin", "log", logs[0], logs[1]),
    destination: folded("destination", "log", logs[1], logs[0]),
  };
}

describe("the recovery handshake", () => {
  for (const role of ROLES) {
    const peer = otherRole(role);

    it(`takes four messages when the ${role} comes back, and the transfer goes on`, () => {
      const world = worldAt(role, role === "origin" ? "exec-burn" : "exec-mint");
      world.crash(role);
      runFairly(world);
      expect(besideIn(world.sides[role].log)).to.deep.equal([HANDSHAKE[0], HANDSHAKE[2]]);
      expect(besideIn(world.sides[peer].log)).to.deep.equal([HANDSHAKE[1], HANDSHAKE[3]]);
      const both = [...world.sides[role].log, ...world.sides[peer].log];
      const messages = HANDSHAKE.map((mark) => both.find((entry) => markOf(entry) === mark)!);
      const causes = messages.map(({ causedBy }) => causedBy);
      expect(causes).to.deep.equal([ZERO_HASH, ...messages.slice(0, 3).map(({ entryHash }) => entryHash)]);
      expect(messages.map(({ step }) => step)).to.deep.equal([
        STEPS.recover,
        STEPS["recover-update"],
        STEPS["recover-update-ack"],
        STEPS["recover-success"],
      ]);
      expect(isSettled(world)).to.equal(true);
      expect(world.decision).to.equal("COMMIT");
    });

    it(`begins anew when the ${role} crashes behind any of its messages, and the peer too`, () => {
      for (const mark of HANDSHAKE)
        for (const again of [[role], [peer], [role, peer]]) {
          const world = worldAt(role, role === "origin" ? "init-prepare" : "ack-lock-assert");
          world.crash(role);
          runUntilBeside(world, mark);
          for (const each of again) world.crash(each);
          runFairly(world);
          expect(isSettled(world), `${mark} ${again.join(" ")}`).to.equal(true);
          expect(world.decision).to.equal("COMMIT");
          for (const each of again) expectComplete(world, each);
        }
    });
  }

  it("says where the log ends by number, time and hash, and what it has of the peer's", () => {
    const { origin } = pair();
    const { entry } = wrote(restarted(origin));
    expect(JSON.parse(new TextDecoder().decode(entry.payload))).to.deep.equal({
      messageType: "urn:ietf:SATP-2pc:msgtype:recover-msg",
      phase: "init-prepare",
      seqNumber: origin.seqNumber,
      isBackup: false,
      length: origin.own.length,
      lastEntryHash: origin.own.lastEntryHash,
      lastEntryTimestamp: origin.own.lastTimestamp,
      peer: { length: origin.peer.length, lastEntryHash: origin.peer.lastEntryHash },
    });
  });

  it("waits for nobody: the transfer goes on beside it, once the ledger has been compared with the log", () => {
    const { state, entry } = wrote(restarted(pair().origin));
    expect(next(state)).to.deep.equal([{ type: "read-ledger", side: "own" }]);
    const compared = apply(state, { type: "ledger-read", side: "own", reading: reading("LOCKED") });
    const effects = next(compared);
    expect(sent(effects)).to.deep.equal([entry.entryHash, compared.own.marks.get("init-prepare")!.entryHash]);
    const silent = apply(state, { type: "ledger-unreachable", side: "own" });
    expect(next(silent)).to.deep.equal(effects);
  });

  it("takes the three-message form, whoever leaves out which", () => {
    const { origin, destination } = pair();
    const asked = wrote(restarted(origin));
    const successOf = (state: SessionState, { entryHash }: LogEntry) => {
      const answer = { operation: "ack", command: "recover-success", step: "recover-success", vote: "none" } as const;
      return entryFor(state, { ...answer, payload: {}, causedBy: entryHash });
    };
    // RECOVER-SUCCESS in place of RECOVER-UPDATE.
    const success = successOf(destination, asked.entry);
    const ended = apply(fold(asked.state, "peer", [success]), { type: "ledger-unreachable", side: "own" });
    expect(sent(next(waited(ended)))).not.to.include(asked.entry.entryHash);
    // RECOVER-SUCCESS in place of RECOVER-UPDATE-ACK.
    const update = wrote(fold(destination, "peer", [asked.entry]));
    expect(sent(next(update.state))).to.include(update.entry.entryHash);
    const merged = successOf(asked.state, update.entry);
    const taken = fold(update.state, "peer", [merged]);
    expect(asksBeside(taken)).to.equal(false);
    expect(sent(next(waited(taken)))).not.to.include(update.entry.entryHash);
  });

  it("sends its open message again for as long as there is no answer, and answers each RECOVER by itself", () => {
    const { origin, destination } = pair();
    const asked = wrote(restarted(origin));
    const silent = apply(asked.state, { type: "ledger-unreachable", side: "own" });
    const hash = asked.entry.entryHash;
    expect(sent(next(silent))).to.include(hash);
    const once = apply(silent, { type: "sent", entryHash: hash });
    expect(sent(next(once))).not.to.include(hash);
    expect(sent(next(apply(waited(once), { type: "ledger-unreachable", side: "own" })))).to.include(hash);

    const first = wrote(fold(destination, "peer", [asked.entry]));
    expect(first.entry.causedBy).to.equal(hash);
    expect(asksBeside(first.state)).to.equal(false);
    const anew = wrote(apply(asked.state, { type: "restarted" }));
    const second = wrote(fold(first.state, "peer", [anew.entry]));
    expect(markOf(second.entry)).to.equal("ack-recover-update");
    expect(second.entry.causedBy).to.equal(anew.entry.entryHash);
  });

  it("writes nothing into a log that is closed, and asks nothing where nothing has begun", () => {
    const { origin, destination } = pair();
    const asked = wrote(restarted(origin));
    const closed = (state: SessionState) => apply(state, { type: "log-closed", log: "own" });
    for (const state of [restarted(destination), fold(destination, "peer", [asked.entry]), contact(origin, "SUSPECT")])
      expect(next(closed(state)).map(({ type }) => type)).to.deep.equal(["finish"]);
    const empty = folded("destination", "log", [], []);
    expect(restarted(empty)).to.deep.equal(empty);
    expect(next(contact(empty, "SUSPECT"))).to.deep.equal([{ type: "wait", waitingFor: "peer" }]);
  });
});

/** Turn by turn, until the handshake's message stands in one of the logs. */
function runUntilBeside(world: World, mark: Mark): void {
  for (let steps = 0; steps < STEPS_MAX; steps++)
    for (const role of ROLES) {
      if (ROLES.some((each) => world.sides[each].state.own.marks.has(mark))) return;
      world.hear(role);
      world.act(role);
    }
  throw new Error(`${mark} was not reached`);
}

/** The last RECOVER of the role has all of its answers, unless the peer had closed its log before. */
function expectComplete(world: World, role: Role): void {
  const own = world.sides[role].state.own.marks;
  const peer = world.sides[role].state.peer.marks;
  const asked = own.get("init-recover")!;
  const update = peer.get("ack-recover-update")!;
  const acknowledged = own.get("ack-recover-update-ack")!;
  expect(update.causedBy).to.equal(asked.entryHash);
  expect(acknowledged.causedBy).to.equal(update.entryHash);
  expect(peer.get("ack-recover-success")?.causedBy).to.equal(acknowledged.entryHash);
}

describe("a dispute", () => {
  const dispute: Dispute = {
    reason: "FORK",
    gatewayId: `0x${"aa".repeat(32)}`,
    index: 7,
    ownEntryHash: `0x${"bb".repeat(32)}`,
    peerEntryHash: `0x${"cc".repeat(32)}`,
  };

  it("is logged once, with the evidence, and sent", () => {
    const found = apply(pair().origin, { type: "disputed", dispute });
    const { state, entry } = wrote(found);
    expect(markOf(entry)).to.equal("init-recover-dispute");
    expect(JSON.parse(new TextDecoder().decode(entry.payload))).to.deep.equal({
      messageType: "urn:ietf:SATP-2pc:msgtype:recover-dispute-msg",
      reason: "FORK",
      gatewayId: dispute.gatewayId,
      conflictIndex: 7,
      ownEntryHash: dispute.ownEntryHash,
      peerEntryHash: dispute.peerEntryHash,
    });
    const waiting: Effect = { type: "wait", waitingFor: "operator" };
    expect(next(state)).to.deep.equal([{ type: "send", entryHash: entry.entryHash, index: entry.index }, waiting]);
    expect(
      next(apply(apply(state, { type: "disputed", dispute }), { type: "sent", entryHash: entry.entryHash })),
    ).to.eql([waiting]);
  });

  it("stops both sides wherever they are, whichever of them says so, and whatever is known", () => {
    for (const role of ROLES)
      for (const log of logsOf(role))
        for (const [own, peer] of [
          [[...log, "init-recover-dispute"], []],
          [log, ["init-recover-dispute"]],
        ] as const) {
          const state = apply(folded(role, "log", own, peer), { type: "decided", decision: "ABORT" });
          for (const known of [state, apply(state, { type: "deadline-passed" })]) {
            const effects = next(known);
            expect(effects.filter(isAct)).to.deep.equal([]);
            expect(effects.at(-1)).to.deep.equal({ type: "wait", waitingFor: "operator" });
          }
        }
  });

  it("still answers who comes back, and is taken back by an operator's recovery alone", () => {
    const { origin, destination } = pair();
    const disputed = wrote(apply(origin, { type: "disputed", dispute }));
    const other = fold(destination, "peer", [disputed.entry]);
    expect(isDisputed(other)).to.equal(true);
    // A start is no operator's word: the side that disputes writes nothing, the other one asks, and is answered.
    expect(next(restarted(disputed.state)).filter(isAct)).to.deep.equal([]);
    const asked = wrote(restarted(other));
    expect(isDisputed(asked.state)).to.equal(true);
    const answered = wrote(fold(disputed.state, "peer", [asked.entry]));
    expect(markOf(answered.entry)).to.equal("ack-recover-update");
    expect(isDisputed(answered.state)).to.equal(true);
    const wished = wrote(apply(disputed.state, { type: "recovery-wished" }));
    expect(markOf(wished.entry)).to.equal("init-recover");
    expect(isDisputed(wished.state)).to.equal(false);
    expect(isDisputed(fold(other, "peer", [wished.entry]))).to.equal(false);
    expect(next(wished.state)).to.deep.equal([{ type: "read-ledger", side: "own" }]);
  });
});

describe("the peer's states", () => {
  const saidOf = ({ payload }: LogEntry) => JSON.parse(new TextDecoder().decode(payload)) as unknown;
  const isQuiet = (state: SessionState) => !asksBeside(state);

  it("are logged once each, as they get worse, and the return too", () => {
    let state = pair().origin;
    expect(isQuiet(contact(state, "OK"))).to.equal(true);
    const steps = [
      ["SUSPECT", "fail-peer", "SUSPECT", "OK"],
      ["CRASHED_WAIT", "fail-peer", "CRASHED_WAIT", "SUSPECT"],
      ["OK", "done-peer", "RECOVERED", "CRASHED_WAIT"],
      ["SUSPECT", "fail-peer", "SUSPECT", "OK"],
      ["CRASHED_DEFINITELY", "fail-peer", "CRASHED_DEFINITELY", "SUSPECT"],
      ["OK", "done-peer", "RECOVERED", "CRASHED_DEFINITELY"],
    ] as const;
    for (const [is, mark, said, before] of steps) {
      const after = wrote(contact(state, is));
      expect(markOf(after.entry)).to.equal(mark);
      expect(after.entry.step).to.equal(STEPS.peer);
      expect(saidOf(after.entry)).to.deep.equal({ state: said, before });
      expect(isQuiet(contact(after.state, is)), `${is} again`).to.equal(true);
      if (is !== "OK" && is !== "SUSPECT") expect(isQuiet(contact(after.state, "SUSPECT"))).to.equal(true);
      state = after.state;
    }
  });

  it("survive a crash: what the log says is not said again", () => {
    const { state } = wrote(contact(pair().origin, "CRASHED_WAIT"));
    const back = apply(wrote(restarted(state)).state, { type: "ledger-unreachable", side: "own" });
    for (const is of ["SUSPECT", "CRASHED_WAIT"] as const) expect(isQuiet(contact(back, is))).to.equal(true);
  });
});
