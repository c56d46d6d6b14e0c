import { expect } from "chai";
import fc from "fast-check";

import { ZERO_ADDRESS } from "../../src/entry/hex.ts";
import { certificateDigest, MAX_KEYS, MAX_TOKEN_URI_SIZE, termsHashOf, termsSchema } from "../../src/entry/terms.ts";
import { otherHash } from "../support/arbitraries.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const vectors = readVectors("terms");
const erc20 = termsSchema.parse(rowOf(vectors, "an ERC-20 amount, register on the log chain").terms);
const erc721 = termsSchema.parse(rowOf(vectors, "an ERC-721 id, destination escrow as register, attestors").terms);
const { originator: someone } = erc20;

describe("escrow terms", () => {
  const bad: readonly (readonly [string, string, unknown])[] = [
    ["an amount of nothing", "value", { ...erc20, value: "0" }],
    ["a value past 256 bits", "value", { ...erc20, value: (2n ** 256n).toString() }],
    ["a value with a leading zero", "value", { ...erc20, value: "07" }],
    ["a token URI on an amount", "tokenUri", { ...erc20, tokenUri: "ipfs://" }],
    ["a token URI that is too long", "tokenUri", { ...erc721, tokenUri: "€".repeat(MAX_TOKEN_URI_SIZE / 2) }],
    ["a token URI with a lone surrogate", "tokenUri", { ...erc721, tokenUri: "\ud800" }],
    ["no originator", "originator", { ...erc20, originator: ZERO_ADDRESS }],
    ["the escrow as originator", "originator", { ...erc20, originator: erc20.origin.escrow }],
    ["no beneficiary", "beneficiary", { ...erc20, beneficiary: ZERO_ADDRESS }],
    ["the escrow as beneficiary", "beneficiary", { ...erc20, beneficiary: erc20.destination.escrow }],
    ["no keys", "origin.keys", { ...erc20, origin: { ...erc20.origin, keys: [] } }],
    [
      "too many keys",
      "origin.keys",
      { ...erc20, origin: { ...erc20.origin, keys: Array(MAX_KEYS + 1).fill(someone) } },
    ],
    ["a key of nobody", "destination", { ...erc20, destination: { ...erc20.destination, keys: [ZERO_ADDRESS] } }],
    ["one escrow for both sides", "destination.escrow", { ...erc20, destination: erc20.origin }],
    ["a register at no address", "log", { ...erc20, log: { chainId: 1, registry: ZERO_ADDRESS } }],
    ["attestors without a threshold", "attestorThreshold", { ...erc721, attestorThreshold: 0 }],
    ["a threshold that cannot be reached", "attestorThreshold", { ...erc721, attestorThreshold: 4 }],
    ["a lock that never expires", "lockExpiry", { ...erc20, lockExpiry: 0 }],
    ["a lock that expires past 2^53", "lockExpiry", { ...erc20, lockExpiry: 2 ** 53 }],
    ["an unknown standard", "standard", { ...erc20, standard: "erc1155" }],
    ["an unknown member", "", { ...erc20, extra: 1 }],
  ];
  for (const [name, member, terms] of bad)
    it(`refuse ${name}`, () => {
      const { success, error } = termsSchema.safeParse(terms);
      expect(success).to.equal(false);
      expect(error?.issues.map(({ path }) => path.join("."))).to.include(member);
    });

  it("have another hash for every changed number", () => {
    fc.assert(
      fc.property(fc.constantFrom("lockExpiry", "cancelAfter"), fc.integer({ min: 1 }), (member, more) => {
        expect(termsHashOf({ ...erc20, [member]: erc20[member] + more })).not.to.equal(termsHashOf(erc20));
      }),
      { numRuns: 20 },
    );
    const changes = [
      { value: "1" },
      { originator: erc20.beneficiary },
      { log: null },
      { standard: "erc721" as const },
      { attestors: [someone] },
    ];
    const hashes = changes.map((change) => termsHashOf({ ...erc20, ...change }));
    expect(new Set([...hashes, termsHashOf(erc20)]).size).to.equal(changes.length + 1);
  });

  it("are certified with another digest for every changed member", () => {
    const [{ claim } = { claim: undefined }] = readVectors("certificates");
    if (claim === undefined) throw new Error("no certificates among the vectors");
    const changes = [
      { termsHash: otherHash(claim.termsHash) },
      { fact: "REGISTER_ABORT" as const },
      { chainId: claim.chainId + 1 },
      { source: someone },
      { blockNumber: claim.blockNumber + 1 },
      { blockHash: otherHash(claim.blockHash) },
    ];
    const digests = changes.map((change) => certificateDigest({ ...claim, ...change }));
    expect(new Set([...digests, certificateDigest(claim)]).size).to.equal(changes.length + 1);
  });
});
