import { expect } from "chai";
import { toHex } from "../../src/entry/hex.ts";
import type { Finding } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { audit, indexOf, kindOf, names, recorded, without, withByte } from "../support/doctored.ts";
import type { Recording } from "../support/recorded-reader.ts";
import { committedTransfer, sayRun, TRANSFER } from "../support/stories.ts";

describe("verify over events that are missing, doubled, swapped or inserted", function () {
  this.timeout(60_000);
  let recording: Recording;

  before(async () => {
    recording = await recorded(async (world) => {
      const a = await world.register("a");
      const b = await world.register("b");
      await world.moveTo(a, "v");
      await committedTransfer(world, await world.open(a, b, TRANSFER), { midway: () => world.rotate(b) });
      const other = await world.open(b, a);
      const first = await world.make(other, b, "init-other");
      const answer = await world.make(other, a, "ack-other", { causedBy: first.entryHash });
      const second = await world.make(other, b, "done-other", { causedBy: answer.entryHash });
      await world.batch([
        [other, first],
        [other, answer],
        [other, second],
      ]);
      await sayRun(world, other, b, ["init-other", "exec-other", "done-other"]);
      for (const count of [1, 2, 3]) await world.anchor(a, toHex(`0x${String(count).repeat(64)}`), count);
    });
  });

  const find = async (logs: readonly RawLog[]): Promise<readonly Finding[]> => {
    const { findings, verdict } = await audit(recording, logs);
    expect(verdict).to.equal("findings");
    return findings;
  };
  const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);
  /** Places of one log's entries: the transfer's origin unless told otherwise. */
  const entriesOf = (log = recording.logs.find((each) => kindOf(each) === "EntryAppended")!) =>
    recording.logs.flatMap((each, place) =>
      kindOf(each) === "EntryAppended" && each.topics[1] === log.topics[1] && each.topics[2] === log.topics[2]
        ? [place]
        : [],
    );
  const at = (place: number): RawLog => recording.logs[place]!;

  it("finds nothing in the untouched log", async () => {
    const { verdict, findings } = await audit(recording);
    expect(findings).to.deep.equal([]);
    expect(verdict).to.equal("sound");
  });

  it("finds every event that is missing, and names whose it was", async () => {
    for (const [place, log] of recording.logs.entries()) {
      const findings = await find(without(recording.logs, place));
      expect(
        findings.some((finding) => names(finding, log)),
        `${kindOf(log)} at ${place}: ${codes(findings).join(" ")}`,
      ).to.equal(true);
    }
  });

  it("finds every event that is doubled, in its place or behind all others", async () => {
    const last = recording.logs.at(-1)!;
    for (const [place, log] of recording.logs.entries()) {
      const again = { ...log };
      const later = { ...log, blockNumber: last.blockNumber, logIndex: last.logIndex + 1 };
      for (const logs of [recording.logs.toSpliced(place, 0, again), [...recording.logs, later]]) {
        const findings = await find(logs);
        expect(
          findings.some((finding) => names(finding, log)),
          `${kindOf(log)} at ${place}: ${codes(findings).join(" ")}`,
        ).to.equal(true);
      }
    }
  });

  it("finds neighbours that are swapped in the answer", async () => {
    for (let place = 1; place < recording.logs.length; place += 1) {
      const findings = await find(recording.logs.with(place - 1, at(place)).with(place, at(place - 1)));
      expect(codes(findings)).to.satisfy(
        (all: string[]) => all.includes("ENTRY_REORDERED") || all.includes("EVENT_REORDERED"),
      );
    }
  });

  it("finds neighbours that have changed their places in the chain", async () => {
    for (let place = 1; place < recording.logs.length; place += 1) {
      const [before, behind] = [at(place - 1), at(place)];
      const moved = {
        ...behind,
        blockNumber: before.blockNumber,
        logIndex: before.logIndex,
        transactionHash: before.transactionHash,
      };
      const delayed = {
        ...before,
        blockNumber: behind.blockNumber,
        logIndex: behind.logIndex,
        transactionHash: behind.transactionHash,
      };
      await find(recording.logs.with(place - 1, moved).with(place, delayed));
    }
  });

  it("cannot tell the order of two logs within one block where neither answers the other", async () => {
    const unbound = await recorded(async (world) => {
      const a = await world.register("a");
      const b = await world.register("b");
      const session = await world.open(a, b);
      const [one, other] = [await world.make(session, a, "init-other"), await world.make(session, b, "init-other")];
      await world.batch([
        [session, one],
        [session, other],
      ]);
    });
    const [one, other] = unbound.logs.slice(-2) as [RawLog, RawLog];
    const swapped = [
      ...unbound.logs.slice(0, -2),
      { ...other, logIndex: one.logIndex },
      { ...one, logIndex: other.logIndex },
    ];
    expect((await audit(unbound, swapped)).verdict).to.equal("sound");
  });

  it("names the class: a missing entry", async () => {
    const place = entriesOf()[3]!;
    const [first] = await find(without(recording.logs, place));
    expect(first).to.include({ code: "ENTRY_MISSING", index: 3 });
  });

  it("names the class: a doubled entry", async () => {
    const place = entriesOf()[3]!;
    const [first] = await find(recording.logs.toSpliced(place, 0, { ...at(place) }));
    expect(first).to.include({ code: "ENTRY_DOUBLED", index: 3 });
  });

  it("names the class: entries of one log swapped", async () => {
    const [one, other] = [entriesOf()[3]!, entriesOf()[4]!];
    const place = ({ blockNumber, logIndex, transactionHash }: RawLog) => ({ blockNumber, logIndex, transactionHash });
    const logs = recording.logs
      .with(one, { ...at(other), ...place(at(one)) })
      .with(other, { ...at(one), ...place(at(other)) });
    const [first] = await find(logs);
    expect(first).to.include({ code: "ENTRY_REORDERED", index: 3 });
  });

  it("names the class: an inserted entry", async () => {
    const place = entriesOf()[3]!;
    const forged = { ...at(place), data: withByte(at(place).data, 40, 0x77), logIndex: at(place).logIndex + 1 };
    const [first] = await find(recording.logs.toSpliced(place + 1, 0, forged));
    expect(first).to.include({ code: "ENTRY_INSERTED", index: 4 });
  });

  it("names the class: payload, entry and signature altered, each with the index alone", async () => {
    const place = entriesOf()[3]!;
    const { data } = at(place);
    const payload = data.slice(2).indexOf("7b7d") / 2;
    const cases = [
      ["PAYLOAD_ALTERED", withByte(data, payload, 0x5b)],
      ["ENTRY_ALTERED", withByte(data, 20, 1)],
      ["SIGNATURE_FORGED", withByte(data, 32 * 5 + 9, 0x99)],
    ] as const;
    for (const [code, altered] of cases) {
      const findings = await find(recording.logs.with(place, { ...at(place), data: altered }));
      expect(findings).to.have.length(1);
      expect(findings[0]).to.include({ code, index: 3 });
    }
  });

  it("names the class: a tail that is cut off, and one that is cut off with its closing", async () => {
    const entries = entriesOf();
    const cut = new Set(entries.slice(-2));
    const index = entries.length - 2;
    const [first] = await find(recording.logs.filter((_, place) => !cut.has(place)));
    expect(first).to.include({ code: "TAIL_CUT", index });

    const { topics } = at(entries[0]!);
    const isClosing = (log: RawLog) =>
      kindOf(log) === "SessionClosed" || (kindOf(log) === "LogClosed" && log.topics[2] === topics[2]);
    const findings = await find(recording.logs.filter((log, place) => !cut.has(place) && !isClosing(log)));
    expect(codes(findings)).to.include.members(["TAIL_CUT", "CLOSING_MISSING"]);
    expect(findings.find(({ code }) => code === "TAIL_CUT")).to.include({ index });
  });

  it("names the class: a decision that is missing", async () => {
    const place = recording.logs.findIndex((log) => kindOf(log) === "Decided");
    expect(codes(await find(without(recording.logs, place)))).to.include("DECISION_MISSING");
  });

  it("names the class: a key change that is missing, and the entries that were signed with the key", async () => {
    const place = recording.logs.findIndex((log) => kindOf(log) === "KeyRotated");
    const findings = await find(without(recording.logs, place));
    expect(codes(findings)).to.include.members(["REGISTRY_INCOMPLETE", "KEY_NOT_VALID"]);
  });

  it("names the class: a later key's entry moved before its time", async () => {
    const place = recording.logs.findIndex((log) => kindOf(log) === "KeyRotated");
    const rotation = at(place);
    const next = recording.logs.findIndex(
      (log, later) => later > place && kindOf(log) === "EntryAppended" && log.topics[2] === rotation.topics[1],
    );
    const late = { ...rotation, blockNumber: at(next).blockNumber, logIndex: at(next).logIndex + 1 };
    const findings = await find(recording.logs.toSpliced(next + 1, 0, late).toSpliced(place, 1));
    expect(findings.some(({ code, index }) => code === "KEY_NOT_VALID" && index === indexOf(at(next)))).to.equal(true);
  });

  it("names the class: an anchor that is missing, in the midst or at the end, and one in another's place", async () => {
    const [first = 0, second = 0, last = 0] = recording.logs.flatMap((log, place) =>
      kindOf(log) === "Anchored" ? [place] : [],
    );
    expect(codes(await find(without(recording.logs, second)))).to.include("ANCHOR_MISSING");
    expect(codes(await find(without(recording.logs, last)))).to.deep.equal(["ANCHOR_MISSING"]);
    const moved = { ...at(first), blockNumber: at(last).blockNumber, logIndex: at(last).logIndex + 1 };
    expect(codes(await find([...without(recording.logs, first), moved]))).to.include.members([
      "ANCHOR_MISSING",
      "ANCHOR_ALTERED",
    ]);
  });

  it("finds a gateway's signed anchor that is none of the registry's", async () => {
    const other = await recorded(async (world) => {
      const a = await world.register("a");
      await world.anchor(a, toHex(`0x${"9".repeat(64)}`), 1);
    });
    // The registry at the same address of the same chain, as the gateway has signed for it, and not as it is.
    const heads = {
      ...other,
      roots: new Map([...other.roots.keys()].map((key) => [key, toHex(`0x${"8".repeat(64)}`)])),
    };
    const { findings } = await audit(heads);
    expect(codes(findings)).to.deep.equal(["ANCHOR_ALTERED"]);
  });

  it("finds an event of another contract, and one behind the final block", async () => {
    const place = entriesOf()[3]!;
    const foreign = { ...at(place), address: toHex("0x5A0b54D5dc17e0AadC383d2db43B0a0D3E029c4c") };
    expect(codes(await find(recording.logs.with(place, foreign)))).to.include("UNREADABLE");
    const last = recording.logs.at(-1)!;
    const late = { ...last, blockNumber: recording.anchor.block.number + 1 };
    expect(codes(await find([...recording.logs.slice(0, -1), late]))).to.include("UNREADABLE");
  });

  it("finds a session's opening, and with it the whole session, missing", async () => {
    const place = recording.logs.findIndex((log) => kindOf(log) === "SessionOpened");
    expect(codes(await find(without(recording.logs, place)))).to.include("OPENING_MISSING");
  });

  it("does not blame the peer where the last entry of a closed log stands elsewhere", async () => {
    const closed = await recorded(async (world) => {
      const [a, b] = [await world.register("a"), await world.register("b")];
      const session = await world.open(a, b);
      const asked = await world.say(session, a, "init-other");
      await world.say(session, b, "ack-other", { causedBy: asked.entryHash });
      await world.closeLog(session, a);
    });
    const place = closed.logs.findIndex((log) => kindOf(log) === "EntryAppended");
    const [asked, answer] = closed.logs.slice(place);
    // Behind what answers it, and still before its log's closing.
    const late = { ...asked!, blockNumber: answer!.blockNumber, logIndex: answer!.logIndex + 1 };
    const { findings } = await audit(closed, closed.logs.toSpliced(place, 2, answer!, late));
    expect(findings.map(({ code, gatewayId }) => ({ code, gatewayId }))).to.deep.equal([
      { code: "CLOSING_ALTERED", gatewayId: asked!.topics[2] },
    ]);
  });
});
