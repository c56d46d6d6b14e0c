import { expect } from "chai";
import { TypedDataEncoder } from "ethers";
import fc from "fast-check";
import { toHex } from "../../src/entry/hex.ts";
import { statementDigest, type Statements } from "../../src/entry/statements.ts";
import { anyHash } from "../support/arbitraries.ts";

const RUNS = 200;
const DOMAIN = { chainId: 31_339, registry: toHex(`0x${"5f".repeat(20)}`) };
const uint32 = fc.nat({ max: 2 ** 32 - 1 });
const address = fc.constantFrom("11", "ab", "ff").map((byte) => toHex(`0x${byte.repeat(20)}`));

const word = (name: string) => ({ type: "bytes32", name });
const number = (name: string) => ({ type: "uint32", name });
const SUCCESSION = [word("gatewayId"), number("expectedEpoch"), { type: "address", name: "key" }];

/** As the contract declares them, written down a second time, with any values that they may have. */
const KINDS: { [Name in "OpenSession" | "Decide" | "CloseLog" | "Anchor" | "Takeover"]: Kind<Statements[Name]> } = {
  OpenSession: {
    fields: [word("sessionHash"), number("epoch")],
    values: fc.record({ sessionHash: anyHash, epoch: uint32 }),
  },
  Decide: {
    fields: [word("sessionHash"), { type: "uint8", name: "decision" }, number("epoch")],
    values: fc.record({ sessionHash: anyHash, decision: fc.nat({ max: 255 }), epoch: uint32 }),
  },
  CloseLog: {
    fields: [word("sessionHash"), word("gatewayId"), number("length"), word("lastEntryHash"), number("epoch")],
    values: fc.record({
      ...{ sessionHash: anyHash, gatewayId: anyHash, length: uint32, lastEntryHash: anyHash, epoch: uint32 },
    }),
  },
  Anchor: {
    fields: [word("gatewayId"), number("index"), word("root"), number("entries"), number("epoch")],
    values: fc.record({ gatewayId: anyHash, index: uint32, root: anyHash, entries: uint32, epoch: uint32 }),
  },
  Takeover: {
    fields: SUCCESSION,
    values: fc.record({ gatewayId: anyHash, expectedEpoch: uint32, key: address }),
  },
};

interface Kind<Statement> {
  readonly fields: { readonly type: string; readonly name: string }[];
  readonly values: fc.Arbitrary<Statement>;
}

describe("the digest of a statement", () => {
  for (const name of Object.keys(KINDS) as (keyof typeof KINDS)[])
    it(`is that of ethers: ${name}`, () => {
      const { fields, values } = KINDS[name];
      const domain = { name: "Gatelog", version: "1", chainId: DOMAIN.chainId, verifyingContract: DOMAIN.registry };
      fc.assert(
        fc.property(values as fc.Arbitrary<Statements[typeof name]>, (statement) => {
          const expected = TypedDataEncoder.hash(domain, { [name]: fields }, statement);
          expect(statementDigest(DOMAIN, name, statement)).to.equal(expected);
        }),
        { numRuns: RUNS },
      );
    });

  it("is refused for numbers that do not fit", () => {
    const statement = { sessionHash: toHex(`0x${"00".repeat(32)}`), epoch: 2 ** 32 };
    expect(() => statementDigest(DOMAIN, "OpenSession", statement)).to.throw();
  });
});
