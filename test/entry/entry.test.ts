import { expect } from "chai";
import fc from "fast-check";

import { parseCanonical } from "../../src/entry/canonical.ts";
import { entryToJson, logEntrySchema, signedEntrySchema } from "../../src/entry/entry-json.ts";
import {
  ENTRY_TYPES,
  entryHashOf,
  LENGTH_MAX,
  MAX_PAYLOAD_SIZE,
  packHeader,
  signEntry,
  unpackHeader,
  type Entry,
  type LogEntry,
} from "../../src/entry/entry.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { anyEntry, anyLogEntry, otherHash } from "../support/arbitraries.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const plain = signedEntrySchema.parse(rowOf(readVectors("entries"), "done-lock of alpha").entry);
const signer = keySigner(`0x${"a2".repeat(32)}`);

/** One other value for each field, of the same kind. */
const CHANGES: { readonly [Field in keyof Entry]: (entry: Entry) => Partial<Entry> } = {
  version: (entry) => ({ version: entry.version ^ 1 }),
  sessionId: (entry) => ({ sessionId: entry.sessionId.slice(0, -1) + (entry.sessionId.endsWith("0") ? "1" : "0") }),
  sessionHash: (entry) => ({ sessionHash: otherHash(entry.sessionHash) }),
  gatewayId: (entry) => ({ gatewayId: otherHash(entry.gatewayId) }),
  epoch: (entry) => ({ epoch: entry.epoch === 0 ? 1 : entry.epoch - 1 }),
  index: (entry) => ({ index: entry.index === 0 ? 1 : entry.index - 1 }),
  seqNumber: (entry) => ({ seqNumber: entry.seqNumber === 0 ? 1 : entry.seqNumber - 1 }),
  step: (entry) => ({ step: entry.step ^ 1 }),
  operation: (entry) => ({ operation: entry.operation === "init" ? "done" : "init" }),
  vote: (entry) => ({ vote: entry.vote === "none" ? "yes" : "none" }),
  command: (entry) => ({ command: entry.command ^ 1 }),
  timestamp: (entry) => ({ timestamp: entry.timestamp === 0 ? 1 : entry.timestamp - 1 }),
  causedBy: (entry) => ({ causedBy: otherHash(entry.causedBy) }),
  payloadHash: (entry) => ({ payloadHash: otherHash(entry.payloadHash) }),
  lastEntryHash: (entry) => ({ lastEntryHash: otherHash(entry.lastEntryHash) }),
};

describe("entry", () => {
  describe("entryHashOf", () => {
    it("has a change for each field of the typed struct", () => {
      expect(Object.keys(CHANGES)).to.deep.equal(ENTRY_TYPES.Entry.map(({ name }) => name));
    });

    for (const [field, change] of Object.entries(CHANGES))
      it(`changes with ${field}`, () => {
        fc.assert(
          fc.property(anyEntry, (entry) => {
            expect(entryHashOf({ ...entry, ...change(entry) })).not.to.equal(entryHashOf(entry));
          }),
          { numRuns: 25 },
        );
      });

    const misfits: readonly (readonly [keyof Entry, unknown])[] = [
      ["version", 256],
      ["epoch", 2 ** 32],
      ["index", -1],
      ["seqNumber", 2 ** 53],
      ["step", 1.5],
      ["operation", "prepare"],
      ["vote", "maybe"],
      ["command", Number.NaN],
      ["timestamp", Number.POSITIVE_INFINITY],
      ["causedBy", "0x"],
      ["payloadHash", plain.payloadHash.toUpperCase().replace("0X", "0x")],
      ["lastEntryHash", `${plain.lastEntryHash}00`],
    ];
    for (const [field, value] of misfits)
      it(`refuses ${field} ${String(value).slice(0, 12)}`, () => {
        // A value that the type forbids, as a defect elsewhere might bring it.
        const entry = { ...plain, [field]: value } as LogEntry;
        expectError(() => entryHashOf(entry), "INVALID_ENTRY", { field });
      });

    it("refuses a session id that is not in its one form", () => {
      for (const sessionId of [plain.sessionId.toUpperCase(), plain.sessionId.replaceAll("-", ""), ""])
        expectError(() => entryHashOf({ ...plain, sessionId }), "MALFORMED", { sessionId });
    });

    it("does not let bytes wander from one field to the next", () => {
      const causedBy = plain.causedBy.slice(0, -2) as Entry["causedBy"];
      const payloadHash = `0x00${plain.payloadHash.slice(2)}` as const;
      expectError(() => entryHashOf({ ...plain, causedBy, payloadHash }), "INVALID_ENTRY", { field: "causedBy" });
    });
  });

  describe("header", () => {
    it("is read back as it was packed", () => {
      fc.assert(
        fc.property(anyEntry, (entry) => {
          const header = unpackHeader(packHeader(entry));
          expect(entry).to.include(header);
          expect(packHeader(header)).to.equal(packHeader(entry));
        }),
      );
    });

    it("is a word and nothing else", () => {
      const header = packHeader(plain);
      for (const bad of [`${header}00`, header.slice(0, -2), "0x", header.toUpperCase()])
        expectError(() => unpackHeader(bad as typeof header), "INVALID_ENTRY", { header: bad });
    });

    it("refuses what does not fit", () => {
      expectError(() => packHeader({ ...plain, step: 2 ** 16 }), "INVALID_ENTRY", { field: "step", maximum: 65_535 });
    });
  });

  describe("signEntry", () => {
    it("signs the entry's fields and takes nothing else along", async () => {
      const draft = { ...plain, note: "not part of an entry" };
      const signed = await signEntry(draft, plain.payload, signer);
      expect(signed).to.deep.equal(plain);
    });

    it("takes a payload of the largest size and no larger", async () => {
      await signEntry(plain, new Uint8Array(MAX_PAYLOAD_SIZE), signer);
      const larger = signEntry(plain, new Uint8Array(MAX_PAYLOAD_SIZE + 1), signer);
      await expectRejection(larger, "TOO_LARGE", { maximum: MAX_PAYLOAD_SIZE, actual: MAX_PAYLOAD_SIZE + 1 });
    });
  });

  describe("JSON form", () => {
    it("is lossless, byte for byte, through text", () => {
      fc.assert(
        fc.property(anyLogEntry, (entry) => {
          const text = JSON.stringify(entryToJson(entry));
          expect(logEntrySchema.parse(JSON.parse(text))).to.deep.equal(entry);
        }),
      );
    });

    it("keeps a payload that other JSON tools would change", () => {
      for (const text of [
        '{"__proto__":{"a":1}}',
        '{"constructor":1,"toJSON":"x"}',
        "1e+30",
        "[".repeat(4_000) + "]".repeat(4_000),
      ]) {
        const payload = new TextEncoder().encode(text);
        const json: unknown = JSON.parse(JSON.stringify(entryToJson({ ...plain, payload })));
        expect(logEntrySchema.parse(json).payload, text.slice(0, 20)).to.deep.equal(payload);
      }
    });

    it("shows bytes that are no canonical JSON as bytes", () => {
      const json = entryToJson({ ...plain, payload: new TextEncoder().encode('{"a": 1}') });
      expect(json).to.include({ payloadBytes: "0x7b2261223a20317d" }).and.not.to.have.property("payload");
      expect(parseCanonical(plain.payload)).to.deep.equal(entryToJson(plain)["payload"]);
    });

    const good = entryToJson(plain);
    const { payload: _, ...withoutPayload } = good;
    const bad: readonly (readonly [string, string, unknown])[] = [
      ["an unknown member", "", { ...good, extra: 1 }],
      ["no payload", "payload", withoutPayload],
      ["two payloads", "payload", { ...good, payloadBytes: "0x" }],
      ["a payload with a lone surrogate", "payload", { ...good, payload: "\ud800" }],
      [
        "a payload nested too deep",
        "payload",
        { ...good, payload: JSON.parse("[".repeat(99) + "]".repeat(99)) as unknown },
      ],
      ["a payload that is too large", "payload", { ...good, payload: "x".repeat(MAX_PAYLOAD_SIZE) }],
      ["payload bytes with a half byte", "payloadBytes", { ...withoutPayload, payloadBytes: "0x0" }],
      ["a number beyond 2^53", "seqNumber", { ...good, seqNumber: 2 ** 53 }],
      ["a number as text", "seqNumber", { ...good, seqNumber: "7" }],
      ["an index past the longest log", "index", { ...good, index: LENGTH_MAX }],
      ["a code for a name", "operation", { ...good, operation: 1 }],
      ["a hash in upper case", "causedBy", { ...good, causedBy: `0x${"A".repeat(64)}` }],
      ["a signature of 65 bytes", "signature", { ...good, signature: `0x${"00".repeat(65)}` }],
      ["no UUID", "sessionId", { ...good, sessionId: "4eb424c8" }],
      ["the nil UUID", "sessionId", { ...good, sessionId: "00000000-0000-0000-0000-000000000000" }],
    ];
    for (const [name, member, json] of bad)
      it(`refuses ${name}`, () => {
        const { success, error } = logEntrySchema.safeParse(json);
        expect(success).to.equal(false);
        expect(error?.issues[0]?.path.join(".")).to.equal(member);
      });

    it("asks a signed entry for its signature, and a logged one for saying that it has none", () => {
      const unsigned = { ...good, signature: null };
      expect(signedEntrySchema.safeParse(unsigned).success).to.equal(false);
      expect(logEntrySchema.parse(unsigned).signature).to.equal(null);
      const { signature: _signature, ...silent } = good;
      expect(logEntrySchema.safeParse(silent).success).to.equal(false);
    });
  });
});
