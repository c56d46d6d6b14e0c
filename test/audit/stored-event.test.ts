import { expect } from "chai";
import { decodeEvent } from "../../src/audit/reading/event-decoder.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { sessionWordOf } from "../../src/audit/intake.ts";
import {
  sessionWordsIn,
  storedEventAt,
  storedEvents,
  storedSize,
  storeEvent,
  TURNS,
  type StoredEvent,
} from "../../src/audit/stored-event.ts";
import { kindOf, mutatedLogs, recorded } from "../support/doctored.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";

const AT = { block: 1, logIndex: 2, transactionHash: `0x${"00".repeat(32)}`, order: 3 } as const;

function bytesOf(logs: readonly RawLog[]): Buffer {
  const bytes = Buffer.alloc(logs.reduce((sum, log) => sum + storedSize(log), 0));
  let at = 0;
  for (const [place, log] of logs.entries()) {
    storeEvent({ log, turn: TURNS[place % TURNS.length] ?? "late" }, bytes, at);
    at += storedSize(log);
  }
  return bytes;
}

function stored(logs: readonly RawLog[]): StoredEvent[] {
  return [...storedEvents(bytesOf(logs))];
}

describe("events that are stored as bytes", function () {
  this.timeout(60_000);
  let logs: readonly RawLog[];

  before(async () => {
    const recording = await recorded(async (world) => {
      const [a, b] = [await world.register("a"), await world.register("b")];
      await committedTransfer(world, await world.open(a, b, TRANSFER));
    });
    logs = recording.logs;
  });

  it("are what they were, each with its turn", () => {
    const back = stored(logs);
    expect(back.map(({ log }) => log)).to.deep.equal(logs);
    expect(back.slice(0, 4).map(({ turn }) => turn)).to.deep.equal([...TURNS, TURNS[0]]);
    for (const [place, { blockNumber, logIndex, transactionHash, address }] of back.entries())
      expect(logs[place]).to.include({ blockNumber, logIndex, transactionHash, address });
  });

  it("are found by their sessions before they are read", () => {
    const unnamed = logs.map((log) => ({ ...log, topics: log.topics.slice(0, 1) }));
    const all = [...logs, ...unnamed];
    const bytes = bytesOf(all);
    const found = [...sessionWordsIn(bytes)];
    expect(found.map(([start]) => storedEventAt(bytes, start).log)).to.deep.equal(all);
    expect(found.map(([, word]) => word)).to.deep.equal(all.map(sessionWordOf));
  });

  it("are read as entries just where the general way finds the canonical form of one, and as the same", () => {
    const entries = logs.filter((log) => kindOf(log) === "EntryAppended");
    const [first] = entries;
    expect(first).to.not.equal(undefined);
    const altered = entries.flatMap((log) => [
      log,
      ...(log === first ? [...mutatedLogs(log)].map((each) => each.log) : []),
    ]);
    const cut = entries.map((log): RawLog => ({ ...log, data: log.data.slice(0, -64) as RawLog["data"] }));
    const all = [...logs, ...altered, ...cut];
    let [read, refused] = [0, 0];
    for (const [place, event] of stored(all).entries()) {
      const { event: expected, fault } = decodeEvent(all[place]!, AT);
      const isEntry = expected?.kind === "EntryAppended" && fault === undefined;
      const entry = event.entry(AT);
      const plain = entry && { ...entry, payload: Uint8Array.from(entry.payload) };
      expect(plain).to.deep.equal(isEntry ? { ...expected, payload: Uint8Array.from(expected.payload) } : undefined);
      if (isEntry) read += 1;
      else refused += 1;
    }
    expect([read, refused].every((count) => count > 100)).to.equal(true);
  });
});
