import { expect } from "chai";
import fc from "fast-check";

import {
  addressSchema,
  hashSchema,
  hexSchema,
  sessionIdFromBytes16,
  sessionIdSchema,
  sessionIdToBytes16,
  sessionIdToWord,
} from "../../src/entry/hex.ts";
import { parseAs } from "../../src/entry/parse.ts";
import { joinSignature, keySigner, recoverSigner, splitSignature } from "../../src/entry/signature.ts";
import { anyHash, anySessionId } from "../support/arbitraries.ts";
import { expectError } from "../support/expect-error.ts";

const ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

describe("hex", () => {
  it("turns session ids into bytes and words, and back", () => {
    fc.assert(
      fc.property(anySessionId, (sessionId) => {
        expect(sessionIdFromBytes16(sessionIdToBytes16(sessionId))).to.equal(sessionId);
        expect(sessionIdFromBytes16(sessionIdToWord(sessionId))).to.equal(sessionId);
        expect(sessionIdToWord(sessionId)).to.have.lengthOf(66);
      }),
    );
  });

  it("refuses what is no session id", () => {
    for (const bytes of ["0x", `0x${"11".repeat(15)}`, `0x${"11".repeat(17)}`, `0x${"11".repeat(32)}`, "11".repeat(16)])
      expectError(() => sessionIdFromBytes16(bytes), "MALFORMED", { bytes });
    expect(sessionIdSchema.parse("4EB424C8-AEAD-4E9E-A321-A160AC3909AC")).to.equal(
      "4eb424c8-aead-4e9e-a321-a160ac3909ac",
    );
  });

  it("gives addresses their checksum, and refuses a wrong one", () => {
    expect(addressSchema.parse(ADDRESS.toLowerCase())).to.equal(ADDRESS);
    expect(addressSchema.parse(ADDRESS)).to.equal(ADDRESS);
    for (const bad of [ADDRESS.replace("aA", "Aa"), ADDRESS.slice(2), `${ADDRESS}00`, "vitalik.eth"])
      expect(addressSchema.safeParse(bad).success, bad).to.equal(false);
  });

  it("takes hashes and bytes in one form", () => {
    fc.assert(
      fc.property(anyHash, (hash) => {
        expect(hashSchema.parse(hash)).to.equal(hash);
        expect(hexSchema.parse(hash)).to.equal(hash);
        expect(hashSchema.safeParse(hash.slice(0, -1)).success).to.equal(false);
      }),
    );
    expect(hexSchema.safeParse("0xA0").success).to.equal(false);
  });
});

describe("signature", () => {
  it("recovers to its signer, and splits into halves", async () => {
    const signer = keySigner(`0x${"a2".repeat(32)}`);
    await fc.assert(
      fc.asyncProperty(anyHash, async (digest) => {
        const signature = await signer.signDigest(digest);
        expect(recoverSigner(digest, signature)).to.equal(signer.address);
        const { r, vs } = splitSignature(signature);
        expect(joinSignature(r, vs)).to.equal(signature);
      }),
      { numRuns: 20 },
    );
  });
});

describe("parseAs", () => {
  it("says which member is wrong", () => {
    expect(parseAs(hashSchema, `0x${"0".repeat(64)}`, "MALFORMED", "a hash")).to.have.lengthOf(66);
    const error = expectError(() => parseAs(hashSchema, 7, "INVALID_TERMS", "a hash"), "INVALID_TERMS", { member: "" });
    expect(error.cause).to.have.property("issues");
    expect(error.disposition).to.equal("reject");
  });
});
