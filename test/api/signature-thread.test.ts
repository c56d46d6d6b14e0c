import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { computeAddress } from "ethers";
import { SignatureThread, type Signed } from "../../src/api/signature-thread.ts";
import { NATIVE_CURVE, PLAIN_CURVE } from "../../src/entry/curve.ts";
import { bytesToHex, toHex } from "../../src/entry/hex.ts";
import { isSignerKnown, recoverSigner } from "../../src/entry/signature.ts";
import { expectError } from "../support/expect-error.ts";

const KEY = bytesToHex(Uint8Array.from({ length: 32 }, () => 7));
const SIGNER = toHex(computeAddress(KEY));
/** What the thread takes on at most. */
const MAX_AHEAD = 1_024;

/** By nobody that `recoverSigner` would remember it of. */
function signed(count: number): Signed[] {
  return Array.from({ length: count }, () => {
    const digest = bytesToHex(randomBytes(32));
    return { digest, signature: PLAIN_CURVE.sign(digest, KEY) };
  });
}

describe("SignatureThread", () => {
  let thread: SignatureThread;

  beforeEach(() => (thread = new SignatureThread()));
  afterEach(() => thread.close());

  it("knows the signers afterwards, whoever asked for them in between", async () => {
    // Where the package has no build everything is left to the checks.
    const isKnown = NATIVE_CURVE !== null;
    const asked = [signed(5), signed(1), signed(40)];
    await Promise.all(asked.map((each) => thread.recoverAhead(each)));
    const later = signed(3);
    await thread.recoverAhead(later);
    for (const each of [...asked.flat(), ...later]) {
      expect(isSignerKnown(each)).to.equal(isKnown);
      expect(recoverSigner(each.digest, each.signature)).to.equal(SIGNER);
    }
  });

  it("leaves what is no signature to the checks, and takes nothing else for it", async () => {
    const [good, other] = signed(2);
    if (good === undefined || other === undefined) throw new Error("two signatures");
    const noPoint = { digest: good.digest, signature: toHex(`0x${"f".repeat(64)}${"0".repeat(63)}1`) };
    const highS = { digest: good.digest, signature: toHex(`${good.signature.slice(0, 66)}7${"f".repeat(63)}`) };
    const foreign = { digest: good.digest, signature: other.signature };
    await thread.recoverAhead([noPoint, highS, foreign, good]);
    for (const bad of [noPoint, highS]) {
      expect(isSignerKnown(bad)).to.equal(false);
      expectError(() => recoverSigner(bad.digest, bad.signature), "INVALID_SIGNATURE");
    }
    expect(recoverSigner(foreign.digest, foreign.signature)).not.to.equal(SIGNER);
    expect(recoverSigner(good.digest, good.signature)).to.equal(SIGNER);
  });

  it("takes on no more than it can hold", async () => {
    const first = thread.recoverAhead(signed(MAX_AHEAD));
    const beyond = signed(1);
    await thread.recoverAhead(beyond);
    expect(beyond.map(isSignerKnown)).to.deep.equal([false]);
    await first;
    await thread.recoverAhead(signed(1));
  });

  it("holds up nobody once it is closed", async () => {
    const [under, behind] = [signed(MAX_AHEAD), signed(1)];
    const underWay = thread.recoverAhead(under);
    await thread.close();
    await underWay;
    await thread.recoverAhead(behind);
    expect(behind.map(isSignerKnown)).to.deep.equal([false]);
  });
});
