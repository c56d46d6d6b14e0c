import { expect } from "chai";
import fc from "fast-check";

import type { ErrorCode } from "../../src/entry/errors.ts";
import { entryHashOf, signEntry, type LogEntry } from "../../src/entry/entry.ts";
import { signedEntrySchema } from "../../src/entry/entry-json.ts";
import type { Hash } from "../../src/entry/hex.ts";
import { checkLog, startOfLog, type KeyOf } from "../../src/entry/log-check.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { otherHash } from "../support/arbitraries.ts";
import { expectError } from "../support/expect-error.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const alpha = rowOf(readVectors("gateways"), "alpha");
const second = keySigner(`0x${"a3".repeat(32)}`);
const log: readonly LogEntry[] = readVectors("entries")
  .filter(({ session, chained }) => session === "transfer" && chained)
  .map(({ entry }) => signedEntrySchema.parse(entry))
  .filter(({ gatewayId }) => gatewayId === alpha.gatewayId);
const [first] = log;
if (first === undefined) throw new Error("the vectors have no log of alpha");
const start = startOfLog(first.sessionId, first.sessionHash, first.gatewayId);
const keys: Record<number, Hash> = { 1: alpha.signer, 2: second.address };
const keyOf: KeyOf = (gatewayId, epoch) => (gatewayId === alpha.gatewayId ? keys[epoch] : undefined);

const last = log.length - 1;
const replaced = (index: number, change: Partial<LogEntry>): LogEntry[] =>
  log.map((entry, at) => (at === index ? { ...entry, ...change } : entry));
const unsigned = (...indexes: number[]): LogEntry[] =>
  log.map((entry, at) => (indexes.includes(at) ? { ...entry, signature: null } : entry));

/** One other value for each member of a logged entry, and the fault that it shows as. */
const ALTERED: { readonly [Member in keyof LogEntry]: readonly [(entry: LogEntry) => Partial<LogEntry>, ErrorCode] } = {
  version: [() => ({ version: 2 }), "INVALID_ENTRY"],
  sessionId: [() => ({ sessionId: "4eb424c8-aead-4e9e-a321-a160ac3909ad" }), "INVALID_ENTRY"],
  sessionHash: [(entry) => ({ sessionHash: otherHash(entry.sessionHash) }), "INVALID_ENTRY"],
  gatewayId: [(entry) => ({ gatewayId: otherHash(entry.gatewayId) }), "INVALID_ENTRY"],
  epoch: [(entry) => ({ epoch: entry.epoch + 1 }), "INVALID_ENTRY"],
  index: [(entry) => ({ index: entry.index + 1 }), "INVALID_ENTRY"],
  seqNumber: [(entry) => ({ seqNumber: entry.seqNumber + 1 }), "INVALID_ENTRY"],
  step: [(entry) => ({ step: entry.step + 1 }), "INVALID_ENTRY"],
  operation: [(entry) => ({ operation: entry.operation === "init" ? "fail" : "init" }), "INVALID_ENTRY"],
  vote: [() => ({ vote: "yes" }), "INVALID_ENTRY"],
  command: [(entry) => ({ command: entry.command + 1 }), "INVALID_ENTRY"],
  timestamp: [(entry) => ({ timestamp: entry.timestamp + 1 }), "INVALID_ENTRY"],
  causedBy: [(entry) => ({ causedBy: otherHash(entry.causedBy) }), "INVALID_ENTRY"],
  payloadHash: [(entry) => ({ payloadHash: otherHash(entry.payloadHash) }), "WRONG_PAYLOAD_HASH"],
  lastEntryHash: [(entry) => ({ lastEntryHash: otherHash(entry.lastEntryHash) }), "INVALID_ENTRY"],
  entryHash: [(entry) => ({ entryHash: otherHash(entry.entryHash) }), "INVALID_ENTRY"],
  payload: [
    (entry) => ({ payload: entry.payload.map((byte, at) => (at === 0 ? byte ^ 1 : byte)) }),
    "WRONG_PAYLOAD_HASH",
  ],
  signature: [(_entry) => ({ signature: log[0]?.signature ?? null }), "FOREIGN_SIGNATURE"],
};

describe("checkLog", () => {
  it("takes a sound log and says where it ends", () => {
    expect(checkLog(start, log, keyOf)).to.deep.equal({
      ...start,
      length: log.length,
      lastEntryHash: log[last]?.entryHash,
      epoch: 1,
    });
    expect(checkLog(start, [], keyOf)).to.deep.equal(start);
  });

  it("goes on from any position", () => {
    fc.assert(
      fc.property(fc.nat({ max: log.length }), (cut) => {
        const middle = checkLog(start, log.slice(0, cut), keyOf);
        expect(checkLog(middle, log.slice(cut), keyOf)).to.deep.equal(checkLog(start, log, keyOf));
      }),
      { numRuns: 10 },
    );
  });

  for (const [member, [change, code]] of Object.entries(ALTERED))
    it(`finds an altered ${member}, in any entry`, () => {
      for (const [index, entry] of log.entries()) {
        if (member === "signature" && index === 0) continue; // That one would be its own.
        expectError(() => checkLog(start, replaced(index, change(entry)), keyOf), code);
      }
    });

  it("finds any altered byte of a payload or a signature", () => {
    fc.assert(
      fc.property(fc.nat({ max: last }), fc.nat(), fc.integer({ min: 1, max: 255 }), (index, place, mask) => {
        const entry = log[index]!;
        const payload = entry.payload.map((byte, at) => (at === place % entry.payload.length ? byte ^ mask : byte));
        expectError(() => checkLog(start, replaced(index, { payload }), keyOf), "WRONG_PAYLOAD_HASH", { index });
        const bytes = Buffer.from((entry.signature ?? "0x").slice(2), "hex");
        bytes[place % 64]! ^= mask;
        const signature = `0x${bytes.toString("hex")}` as const;
        expect(() => checkLog(start, replaced(index, { signature }), keyOf)).to.throw();
      }),
      { numRuns: 30 },
    );
  });

  it("finds a missing, a doubled and a swapped entry", () => {
    for (let index = 0; index < last; index++) {
      const without = log.toSpliced(index, 1);
      expectError(() => checkLog(start, without, keyOf), "WRONG_INDEX", { expected: index, actual: index + 1 });
      const doubled = log.toSpliced(index, 0, log[index]!);
      expectError(() => checkLog(start, doubled, keyOf), "WRONG_INDEX", { expected: index + 1, actual: index });
      const swapped = log.toSpliced(index, 2, log[index + 1]!, log[index]!);
      expectError(() => checkLog(start, swapped, keyOf), "WRONG_INDEX", { expected: index, actual: index + 1 });
    }
  });

  it("finds an entry whose writer hashed it anew after altering it", async () => {
    const forged = { ...log[2]!, seqNumber: 1_000 };
    const rehashed = { ...forged, entryHash: entryHashOf(forged) };
    expectError(() => checkLog(start, replaced(2, rehashed), keyOf), "FOREIGN_SIGNATURE", { index: 2 });
    // Signed by the true key, it breaks the chain behind it: the writer cannot rewrite the past alone.
    const resigned = await signEntry(forged, forged.payload, keySigner(alpha.key));
    expectError(() => checkLog(start, replaced(2, resigned), keyOf), "WRONG_HEAD", { actual: log[3]!.lastEntryHash });
  });

  it("finds entries of another log", () => {
    for (const change of [{ sessionHash: otherHash(start.sessionHash) }, { gatewayId: otherHash(start.gatewayId) }])
      expectError(() => checkLog({ ...start, ...change }, log, keyOf), "UNKNOWN_LOG", {
        expected: Object.values(change)[0]!,
      });
    const elsewhere = { ...start, sessionId: "9b2cdd0e-6f0a-4a55-b8f4-000000000001" };
    expectError(() => checkLog(elsewhere, log, keyOf), "UNKNOWN_LOG", { member: "sessionId" });
  });

  describe("runs", () => {
    it("count as signed by a later entry", () => {
      expect(checkLog(start, unsigned(0, 1, 3, 4), keyOf)).to.deep.equal(checkLog(start, log, keyOf));
    });

    it("need that later entry, and the error names the first without", () => {
      expectError(() => checkLog(start, unsigned(last), keyOf), "INVALID_SIGNATURE", { index: last });
      expectError(() => checkLog(start, unsigned(last - 1, last), keyOf), "INVALID_SIGNATURE", { index: last - 1 });
    });

    it("hide no altered entry", () => {
      for (const [, [change]] of Object.entries(ALTERED).filter(([member]) => member !== "signature")) {
        const entries = unsigned(1, 2);
        entries[1] = { ...entries[1]!, ...change(entries[1]!) };
        expect(() => checkLog(start, entries, keyOf)).to.throw();
      }
    });

    it("do not reach over a change of epoch", async () => {
      const next = { ...log[last]!, index: log.length, lastEntryHash: log[last]!.entryHash, epoch: 2 };
      const taken = await signEntry(next, next.payload, second);
      expect(checkLog(start, [...log, taken], keyOf)).to.include({ epoch: 2, length: log.length + 1 });
      expectError(() => checkLog(start, [...unsigned(last), taken], keyOf), "INVALID_SIGNATURE", { index: last });
    });
  });

  describe("epochs", () => {
    it("never go down", () => {
      expectError(() => checkLog({ ...start, epoch: 2 }, log, keyOf), "STALE_EPOCH", { expected: 2, actual: 1 });
    });

    it("need a key that the gateway had", () => {
      expectError(() => checkLog(start, log, () => undefined), "STALE_EPOCH", { index: 0, actual: 1 });
      expectError(() => checkLog(start, log, () => second.address), "FOREIGN_SIGNATURE", {
        index: 0,
        expected: second.address,
        actual: alpha.signer,
      });
    });
  });
});
