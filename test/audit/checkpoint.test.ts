import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { CheckpointFile } from "../../src/audit/checkpoint/checkpoint-file.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { GatelogError, isGatelogError } from "../../src/entry/errors.ts";
import { recoverAfresh } from "../../src/entry/signature.ts";
import { toHex } from "../../src/entry/hex.ts";
import { CheckedSessions } from "../../src/audit/checked-sessions.ts";
import type { Registry } from "../../src/audit/bucket-check.ts";
import { FindingList } from "../../src/audit/findings.ts";
import { Intake } from "../../src/audit/intake.ts";
import { readLogs } from "../../src/audit/reading/reader.ts";
import { SessionThreads } from "../../src/audit/session-threads.ts";
import { verifyTwice } from "../../src/audit/split-view.ts";
import { Spool } from "../../src/audit/spool.ts";
import { CheckpointFolder, linesIn, PastReader, runOn } from "../support/checkpoints.ts";
import { expectRejection } from "../support/expect-error.ts";
import { indexOf, kindOf, withByte } from "../support/doctored.ts";
import { RegistryWorld, type Party } from "../support/registry-world.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { committedTransfer, sayRun, TRANSFER } from "../support/stories.ts";

describe("An audit that goes on from a checkpoint", function () {
  this.timeout(60_000);
  let world: RegistryWorld;
  let folder: CheckpointFolder;
  let a: Party;
  let b: Party;

  beforeEach(async () => {
    folder = new CheckpointFolder();
    world = await RegistryWorld.open();
    a = await world.register("a");
    b = await world.register("b");
  });
  afterEach(async () => {
    folder.remove();
    await world.close();
  });

  const file = (name = "checkpoint") => folder.file(name);
  const begin = (options = {}) => runOn(new PastReader(world), { to: file() }, options);
  const goOn = (reader = new PastReader(world), options = {}) =>
    runOn(reader, { from: file(), to: file("next") }, options);
  const newest = async () => (await new PastReader(world).anchor()).block.number;

  it("reads no block twice, and recovers the signatures of what is new or open alone", async () => {
    await committedTransfer(world, await world.open(a, b, TRANSFER));
    const open = await world.open(a, b, TRANSFER);
    await world.say(open, a, "init-setup", { step: "setup" });
    await begin();
    const block = await newest();
    await committedTransfer(world, await world.open(b, a, TRANSFER));
    const reader = new PastReader(world);
    let recovered = 0;
    const verification = await goOn(reader, {
      recover: (...of: Parameters<typeof recoverAfresh>) => {
        recovered += 1;
        return recoverAfresh(...of);
      },
    });
    expect(reader.asked.ranges).to.deep.equal([[block + 1, await newest()]]);
    // Opening, 44 entries, decision, two closings of the logs, and one of the session.
    expect(reader.asked.events).to.equal(49);
    // 44 entries, opening, decision and two closings of what is new; opening and entry of what is open; each gateway's registration, twice.
    expect(recovered).to.equal(48 + 2 + 4);
    expect(verification.verdict).to.equal("sound");
    expect(verification.entries).to.deep.equal({ total: 89, withPayload: 89 });
    expect(verification.sessions.map(({ outcome }) => outcome)).to.deep.equal(["UNDECIDED", "COMMITTED"]);
    expect(verification.earlier).to.deep.equal({ block, sessions: 1, entries: 44, anchors: 0, refused: 0 });
    expect(verification.trusted.source?.notes.join()).to.include("signed by nobody");
  });

  it("raises an alarm if the block it goes on from was replaced, in every run, and leaves the checkpoint as it is", async () => {
    await world.say(await world.open(a, b), a, "init-other");
    const snapshot = await world.rpc("evm_snapshot", []);
    await world.say(await world.open(a, b), a, "init-other");
    await begin();
    await world.rpc("evm_revert", [snapshot]);
    for (let count = 0; count < 4; count += 1) await world.rpc("evm_mine", []);
    for (const _ of [1, 2]) {
      const reader = new PastReader(world);
      const { verdict, findings, entries } = await goOn(reader);
      expect(verdict).to.equal("findings");
      expect(findings.map(({ code }) => code)).to.deep.equal(["REORGANISED"]);
      expect(entries.total).to.equal(0);
      expect(reader.asked.ranges).to.deep.equal([]);
    }
    expect(existsSync(file("next"))).to.equal(false);
  });

  it("could not tell from a node that is behind the checkpoint, and writes none", async () => {
    const block = await newest();
    await world.open(a, b);
    await begin();
    const { verdict, unread } = await goOn(new PastReader(world, block));
    expect(verdict).to.equal("could-not-tell");
    expect(unread[0]).to.include({ what: "block of the checkpoint", code: "NODE_UNREACHABLE" });
    expect(existsSync(file("next"))).to.equal(false);
  });

  it("writes none where anything could not be read", async () => {
    await world.say(await world.open(a, b), a, "init-other");
    const slow = () => Promise.reject(new GatelogError("TIMEOUT", "slow"));
    const silent = Object.assign(new PastReader(world), { logOf: slow });
    const { verdict } = await runOn(silent, { to: file() });
    expect(verdict).to.equal("could-not-tell");
    expect(existsSync(file())).to.equal(false);
  });

  it("writes none where two nodes part: no later run would find that again", async () => {
    await world.say(await world.open(a, b), a, "init-other");
    const onEnd = () => Promise.reject(new Error("what was read is gone on from"));
    const other = new PastReader(world, undefined, (logs) => logs.slice(0, -1));
    const { verdict, findings } = await verifyTwice(new PastReader(world), other, { onEnd });
    expect(verdict).to.equal("findings");
    expect(findings.map(({ code }) => code)).to.deep.equal(["SPLIT_VIEW"]);
    await begin();
    const earlier = await CheckpointFile.open(file());
    let ended = 0;
    const { trusted } = await verifyTwice(new PastReader(world), new PastReader(world), {
      earlier,
      onEnd: () => Promise.resolve(void (ended += 1)),
    });
    expect(ended).to.equal(1);
    expect(trusted.source?.notes).to.have.length(3);
  });

  it("finds in threads what it finds in one", async () => {
    const session = await world.open(a, b);
    await world.say(session, a, "init-other");
    const long = await world.open(a, null);
    await sayRun(
      world,
      long,
      a,
      Array.from({ length: 40 }, () => "done-other"),
    );
    await begin();
    const { footings } = await CheckpointFile.open(file());
    await world.say(long, a, "done-other");
    const reader = new PastReader(world);
    const anchor = await reader.anchor();
    const spool = new Spool();
    const intake = new Intake(spool);
    const events = await readLogs(reader, { fromBlock: 0, toBlock: anchor.block.number });
    const before = events.findLastIndex((log) => kindOf(log) === "EntryAppended");
    intake.take(events.filter((log, place) => indexOf(log) < 2 || kindOf(log) !== "EntryAppended" || place === before));
    const { gatewayEvents } = intake.others(anchor, new FindingList());
    const head = { opened: null, decision: "NONE", closed: true, logs: [] } as const;
    const late = new Map([[session.facts.sessionId, { ...head, sessionId: session.facts.sessionId }]]);
    const grounds = { anchor, gatewayEvents, withTransfers: false, withStories: false, since: footings, late };
    const registry: Registry = {
      headsOf: () => Promise.resolve({ session: undefined, decision: undefined, logs: new Map() }),
      timestampOf: () => Promise.resolve(Infinity),
    };
    const checked = new CheckedSessions(new FindingList());
    const threads = new SessionThreads(1, registry);
    await threads.check(grounds, spool.seal(), (bucket) => checked.take(bucket));
    await threads.end();
    spool.close();
    expect(checked.sessions.map(({ entries, head: end }) => [entries, end.footing?.index])).to.deep.equal([[43, 40]]);
    expect(checked.unsettled.size).to.equal(2);
  });

  it("finds any event that a node gives of a session that was closed, and again in each later run", async () => {
    const session = await world.open(a, b, TRANSFER);
    await committedTransfer(world, session);
    const events: RawLog[] = [];
    for await (const { logs } of new PastReader(world).logs({ fromBlock: 0, toBlock: await newest() }))
      events.push(...logs);
    await begin();
    await world.rpc("evm_mine", []);
    const block = await newest();
    const { sessionId } = session.facts;
    const kinds = new Map(events.slice(2).map((log) => [log.topics[0], log]));
    expect(kinds.size).to.equal(5);
    for (const log of kinds.values()) {
      const late = { ...log, blockNumber: block, logIndex: 0 };
      const first = await goOn(new PastReader(world, undefined, (logs) => [...logs, late]));
      expect(first.verdict).to.equal("findings");
      expect(first.findings.map((finding) => finding.sessionId)).to.deep.equal([sessionId]);
      const second = await runOn(new PastReader(world), { from: file("next"), to: file("third") });
      expect(second.findings).to.deep.equal(first.findings);
    }
  });

  it("takes an entry that the registry refused for what it is, of a closed session too", async () => {
    const session = await world.open(a, null);
    const entry = await world.say(session, a, "init-other");
    await world.closeLog(session, a);
    await begin();
    await world.batch([[session, entry]]);
    const verification = await goOn();
    expect(verification.verdict).to.equal("sound");
    expect(verification.refused).to.equal(1);
  });

  it("keeps a session that is closed and not decided: the register still takes its decision", async () => {
    const deadline = (await world.now()) + 1_000;
    const session = await world.open(a, b, { deadline });
    await world.closeLog(session, a);
    await world.closeLog(session, b);
    await begin();
    await world.moveClock(deadline);
    await world.decide(session, "ABORT", false);
    const verification = await goOn();
    expect(verification.findings).to.deep.equal([]);
    expect(verification.sessions[0]).to.include({ decision: "ABORT", ground: "DEADLINE" });
    expect((await CheckpointFile.open(file("next"))).counts.sessions).to.equal(1);
  });

  it("goes on in mid-run of anchors, gateways and logs of one gateway alone", async () => {
    const alone = await world.open(a, null);
    await sayRun(world, alone, a, ["init-other", "exec-other", "done-other"]);
    await world.anchor(a, toHex(`0x${"11".repeat(32)}`), 1);
    await begin();
    await world.rotate(a);
    await world.anchor(a, toHex(`0x${"22".repeat(32)}`), 1);
    await sayRun(world, alone, a, ["init-other", "done-other"]);
    const verification = await goOn();
    expect(verification.findings).to.deep.equal([]);
    expect(verification).to.deep.include({ anchors: 2, entries: { total: 5, withPayload: 5 } });
    const next = await CheckpointFile.open(file("next"));
    expect([...next.anchors.values()].map(({ count }) => count)).to.deep.equal([2]);
  });

  it("goes on in a long log that stays open, from its last entry", async () => {
    const alone = await world.open(a, null);
    const marks = Array.from({ length: 40 }, () => "done-other");
    await sayRun(world, alone, a, marks);
    await begin();
    expect(linesIn(file()).filter((line) => line.includes('"kind":"event"'))).to.have.length(3);
    await world.rotate(a);
    await sayRun(world, alone, a, marks.slice(0, 3));
    let recovered = 0;
    const recover = (...of: Parameters<typeof recoverAfresh>) => {
      recovered += 1;
      return recoverAfresh(...of);
    };
    const reader = new PastReader(world);
    const verification = await goOn(reader, { recover });
    expect(verification.findings).to.deep.equal([]);
    expect(verification.entries).to.deep.equal({ total: 43, withPayload: 43 });
    expect(verification.sessions[0]?.logs[0]).to.include({ entries: 43 });
    expect(verification.earlier).to.include({ sessions: 0, entries: 40 });
    expect(reader.asked.events).to.equal(4);
    // The run's one signature, the opening's, and the three of the gateways, twice.
    expect(recovered).to.equal(1 + 1 + 6);
    await world.say(alone, a, "done-other");
    await world.closeLog(alone, a);
    const last = await runOn(new PastReader(world), { from: file("next"), to: file("last") });
    expect(last.findings).to.deep.equal([]);
    const { counts, footings } = await CheckpointFile.open(file("last"));
    expect(counts).to.include({ sessions: 1, entries: 44 });
    expect(footings.size).to.equal(0);
  });

  it("finds in a long log what does not go on from its last entry", async () => {
    const alone = await world.open(a, null);
    await sayRun(
      world,
      alone,
      a,
      Array.from({ length: 40 }, () => "done-other"),
    );
    await begin();
    const block = await newest();
    for (let count = 0; count < 3; count += 1) await world.say(alone, a, "done-other");
    const entries = (logs: readonly RawLog[]) => logs.filter((log) => kindOf(log) === "EntryAppended");
    const lies: readonly (readonly [string, (logs: readonly RawLog[]) => readonly RawLog[]])[] = [
      ["ENTRY_MISSING", (logs) => logs.toSpliced(logs.indexOf(entries(logs)[0]!), 1)],
      ["TAIL_CUT", (logs) => logs.slice(0, -1)],
      ["ENTRY_DOUBLED", (logs) => [...logs, { ...logs.at(-1)!, logIndex: 1 }]],
      ["ENTRY_ALTERED", (logs) => logs.with(0, { ...logs[0]!, data: withByte(logs[0]!.data, 27, 200) })],
    ];
    for (const [code, lie] of lies) {
      const first = await goOn(new PastReader(world, undefined, lie));
      expect(first.findings.map((finding) => finding.code)).to.include(code);
      const second = await runOn(new PastReader(world), { from: file("next"), to: file("third") });
      expect(second.findings, code).to.deep.equal(first.findings);
    }
    expect(block).to.be.lessThan(await newest());
  });

  it("is refused on another chain", async () => {
    await begin();
    const other = await RegistryWorld.open(new Date(Date.now() - 3_600_000));
    try {
      await expectRejection(goOn(new PastReader(other)), "WRONG_CHAIN");
    } finally {
      await other.close();
    }
  });

  describe("that somebody has signed", () => {
    const signer = sampleSigner("auditor");
    const sign = { made: { signer } };

    it("says who, and is refused if another one was expected", async () => {
      await committedTransfer(world, await world.open(a, b, TRANSFER));
      await begin(sign);
      const { trusted } = await goOn(new PastReader(world), { open: { auditor: signer.address } });
      expect(trusted.source?.notes.join()).to.include(`signed by ${signer.address}`);
      const other = sampleSigner("another auditor").address;
      await expectRejection(CheckpointFile.open(file(), { auditor: other }), "FOREIGN_SIGNATURE");
    });

    it("is refused with any line changed, left out, doubled or added, and cut anywhere", async () => {
      await committedTransfer(world, await world.open(a, b, TRANSFER));
      await world.say(await world.open(a, b), a, "init-other");
      await world.anchor(a, toHex(`0x${"11".repeat(32)}`), 1);
      await begin(sign);
      const lines = linesIn(file());
      const states = lines.slice(1).map((line, place) => [place + 1, line] as const);
      const end = JSON.parse(lines.at(-1)!) as Record<string, unknown>;
      const altered = [
        ...states.map(([place]) => lines.toSpliced(place, 1)),
        ...states.map(([place, line]) => lines.toSpliced(place, 0, line)),
        ...states.map(([place, line]) =>
          lines.with(
            place,
            line.replace(/[0-9](?=[^0-9]*$)/, (d) => String((Number(d) + 1) % 10)),
          ),
        ),
        ...Object.entries({
          chainId: 7,
          verdict: "findings",
          headsHash: `0x${"00".repeat(32)}`,
          block: { number: 1, hash: `0x${"00".repeat(32)}` },
        }).map(([name, value]) => lines.with(-1, JSON.stringify({ ...end, [name]: value }))),
        lines.slice(0, -1),
        [lines[0]!],
        [],
      ];
      for (const [place, text] of altered.map((each) => each.join("\n")).entries()) {
        writeFileSync(file("altered"), text);
        const code = await CheckpointFile.open(file("altered")).then(
          () => "taken",
          (error: unknown) => (isGatelogError(error) ? error.code : String(error)),
        );
        expect(code, `${place}: ${text.slice(-300)}`).to.be.oneOf(["MALFORMED", "INVALID_SIGNATURE"]);
      }
    });

    it("has no line that says what a later run would have to believe of a session that is open", async () => {
      await world.say(await world.open(a, b), a, "init-other");
      await begin(sign);
      const { counts } = await CheckpointFile.open(file());
      expect(counts).to.deep.equal({ sessions: 0, entries: 0, anchors: 0, refused: 0 });
      expect(readFileSync(file(), "utf8")).to.include('"settled":false');
    });
  });
});
