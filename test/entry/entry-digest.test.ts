import { expect } from "chai";
import fc from "fast-check";
import { entryHashOfWords, type EntryWords } from "../../src/entry/entry-digest.ts";
import { entryHashOf, packHeader, unpackHeader, type Entry } from "../../src/entry/entry.ts";
import { sessionIdToBytes16 } from "../../src/entry/hex.ts";
import { anyEntry } from "../support/arbitraries.ts";

const RUNS = 500;

function wordsOf(entry: Entry): EntryWords {
  const { sessionHash, gatewayId, causedBy, payloadHash, lastEntryHash } = entry;
  const sessionId = sessionIdToBytes16(entry.sessionId);
  return { sessionId, header: packHeader(entry), sessionHash, gatewayId, causedBy, payloadHash, lastEntryHash };
}

describe("entryHashOfWords", () => {
  it("is entryHashOf, whatever was hashed before", () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        expect(entryHashOfWords(wordsOf(entry))).to.equal(entryHashOf(entry));
        expect(unpackHeader(packHeader(entry))).to.deep.include({ index: entry.index, timestamp: entry.timestamp });
      }),
      { numRuns: RUNS },
    );
  });

  it("refuses what is no word, and leaves nothing of it behind", () => {
    fc.assert(
      fc.property(anyEntry, fc.constantFrom("header", "sessionHash", "causedBy", "sessionId"), (entry, field) => {
        const words = wordsOf(entry);
        expect(() => entryHashOfWords({ ...words, [field]: words[field].slice(0, -2) })).to.throw(TypeError);
        expect(() => entryHashOfWords({ ...words, [field]: `${words[field].slice(0, -1)}x` })).to.throw(TypeError);
        expect(entryHashOfWords(words)).to.equal(entryHashOf(entry));
      }),
      { numRuns: RUNS },
    );
  });
});
