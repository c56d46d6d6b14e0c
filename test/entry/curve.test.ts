import { expect } from "chai";
import { SigningKey } from "ethers";
import fc from "fast-check";
import { NATIVE_CURVE, PLAIN_CURVE, type Curve } from "../../src/entry/curve.ts";
import { bytesToHex, toHex } from "../../src/entry/hex.ts";
import { keySigner, recoverSigner } from "../../src/entry/signature.ts";
import { isGatelogError } from "../../src/entry/errors.ts";

const RUNS = 200;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex);
const privateKey = bytes(32).filter((key) => {
  try {
    return new SigningKey(key).publicKey.length > 0;
  } catch {
    return false;
  }
});

describe("the native curve", function () {
  // Platforms without a build of it have the plain one alone, and there is nothing to compare.
  const native = NATIVE_CURVE;
  if (native === null) {
    it("is missing here: signatures are checked by the plain one", () => {
      expect(`${process.platform}-${process.arch}`).not.to.be.oneOf(["linux-x64", "darwin-arm64", "win32-x64"]);
    });
    return;
  }

  it("signs as the plain one does, and each recovers what the other signed", () => {
    fc.assert(
      fc.property(bytes(32), privateKey, (digest, key) => {
        const signature = native.sign(digest, key);
        expect(signature).to.equal(PLAIN_CURVE.sign(digest, key));
        const { address } = keySigner(key);
        expect([native, PLAIN_CURVE].map((curve) => curve.recover(digest, signature))).to.deep.equal([
          address,
          address,
        ]);
      }),
      { numRuns: RUNS },
    );
  });

  it("recovers from bytes that nobody signed what the plain one does, or nothing where it does", () => {
    const outcome = (curve: Curve, digest: `0x${string}`, signature: `0x${string}`): string => {
      try {
        return curve.recover(digest, signature);
      } catch {
        return "nobody";
      }
    };
    fc.assert(
      fc.property(bytes(32), bytes(32), bytes(32), (digest, r, vs) => {
        // The upper half of s is refused before any curve sees it: the top nibble is the parity alone.
        const lower = `${vs.slice(0, 2)}${Number.parseInt(vs.slice(2, 3), 16) >= 8 ? "8" : "0"}${vs.slice(3)}`;
        const signature = toHex(r + lower.slice(2));
        expect(outcome(native, digest, signature)).to.equal(outcome(PLAIN_CURVE, digest, signature));
      }),
      { numRuns: RUNS },
    );
  });

  it("recovers nobody from r and s that are zero, or beyond the order", () => {
    const digest = bytesToHex(new Uint8Array(32).fill(7));
    const zero = "00".repeat(32);
    const beyond = "ff".repeat(32);
    for (const text of [zero + zero, zero + "01".repeat(32), "01".repeat(32) + zero, beyond + "01".repeat(32)])
      expect(() => recoverSigner(digest, toHex(`0x${text}`)))
        .to.throw()
        .that.satisfies((error: unknown) => isGatelogError(error, "INVALID_SIGNATURE"));
  });
});
