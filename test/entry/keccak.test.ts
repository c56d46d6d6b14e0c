import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, hexToBytes } from "../../src/entry/hex.ts";
import { keccak, PLAIN_KECCAK, WASM_KECCAK } from "../../src/entry/keccak.ts";

const RUNS = 300;
/** Past four blocks of the hash (136 bytes each). */
const bytes = fc.uint8Array({ maxLength: 600 });

describe("keccak256", () => {
  it("is the one in WebAssembly here, which gives what the plain one gives", () => {
    expect(keccak).to.equal(WASM_KECCAK);
    fc.assert(
      fc.property(bytes, (input) => {
        const hex = bytesToHex(input);
        expect(keccak(hex)).to.equal(PLAIN_KECCAK(hex));
      }),
      { numRuns: RUNS },
    );
  });

  it("is that of the empty string for no bytes", () => {
    const empty = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
    expect([keccak("0x"), PLAIN_KECCAK("0x")]).to.deep.equal([empty, empty]);
  });
});

describe("hex of bytes", () => {
  it("is read back, also that of a part of a larger buffer", () => {
    fc.assert(
      fc.property(bytes, fc.nat({ max: 5 }), (input, from) => {
        const part = input.subarray(from);
        expect([...hexToBytes(bytesToHex(part))]).to.deep.equal([...part]);
      }),
      { numRuns: RUNS },
    );
  });
});
