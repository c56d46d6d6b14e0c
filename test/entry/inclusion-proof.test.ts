import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import type { LogEntry } from "../../src/entry/entry.ts";
import { toHex, ZERO_HASH, type Hash } from "../../src/entry/hex.ts";
import { inclusionProofSchema, verifyInclusionProof, type InclusionProof } from "../../src/entry/inclusion-proof.ts";
import { splitSignature } from "../../src/entry/signature.ts";
import { statementDigest } from "../../src/entry/statements.ts";
import type { LogRegistry } from "../../src/chain/generated/types/index.ts";
import { registerTestGateway, type TestGateway } from "../gas/log-writer.ts";
import { makeEntries, sampleGateway, sampleSession } from "../support/sample-log.ts";

const MAX_LEAVES = 24;

describe("verifyInclusionProof", function () {
  this.timeout(120_000);
  let registry: LogRegistry;
  let writer: TestGateway;
  let domain: { chainId: number; registry: Hash };
  let entries: LogEntry[];
  let anchors = 0;

  before(async () => {
    const { ethers } = await network.create("log");
    registry = await ethers.deployContract("LogRegistry");
    const { chainId } = await ethers.provider.getNetwork();
    domain = { chainId: Number(chainId), registry: toHex(await registry.getAddress()) };
    writer = await registerTestGateway(registry, domain, "alpha", 1);
    const origin = sampleGateway("origin");
    entries = await makeEntries((await sampleSession(origin, null)).facts, origin, MAX_LEAVES);
  });

  function proofOf(root: string, path: readonly string[], index = 0, count = 1): InclusionProof {
    const place = { transactionHash: ZERO_HASH, block: 1, final: true };
    const anchor = { ...domain, gatewayId: writer.gatewayId, index, root: toHex(root), entries: count, ...place };
    return { anchor, path: path.map(toHex) };
  }

  async function anchor(root: string, count: number): Promise<number> {
    const index = anchors++;
    const statement = { gatewayId: writer.gatewayId, index, root: toHex(root), entries: count, epoch: 1 };
    const { r, vs } = splitSignature(await writer.signer.signDigest(statementDigest(domain, "Anchor", statement)));
    await (await registry.anchor(writer.gatewayId, index, root, count, 1, r, vs)).wait();
    return index;
  }

  it("says of any entry, path and root what the contract says", async () => {
    const runs = fc.asyncProperty(
      fc.integer({ min: 1, max: MAX_LEAVES }),
      fc.nat(),
      fc.nat(),
      fc.constantFrom("as it is", "another entry", "a changed hash", "shorter", "longer", "turned round"),
      fc.integer({ min: 0, max: 255 }),
      async (count, at, other, change, bit) => {
        const tree = SimpleMerkleTree.of(entries.slice(0, count).map(({ entryHash }) => entryHash));
        const index = await anchor(tree.root, count);
        let entry = entries[at % count]!;
        let path = tree.getProof(entry.entryHash).map(toHex);
        if (change === "another entry") entry = entries[other % MAX_LEAVES]!;
        if (change === "a changed hash")
          path = path.map((hash, place) => (place === other % path.length ? flip(hash, bit) : hash));
        if (change === "shorter") path = path.slice(1);
        if (change === "longer") path = [...path, ZERO_HASH];
        if (change === "turned round") path = path.toReversed();
        const proof = inclusionProofSchema.parse(proofOf(tree.root, path, index, count));
        const onChain = await registry.verifyInclusion(writer.gatewayId, index, entry.entryHash, path);
        expect(verifyInclusionProof(entry, proof), change).to.equal(onChain);
        if (change === "as it is") expect(onChain).to.equal(true);
        if (change === "longer") expect(onChain).to.equal(false);
      },
    );
    await fc.assert(runs, { numRuns: 150, seed: 0x67617465 });
  });

  it("refuses an inner node in an entry's place, of which the contract sees nothing wrong", async () => {
    const leaves = entries.slice(0, 4).map(({ entryHash }) => entryHash);
    const tree = SimpleMerkleTree.of(leaves);
    const [, left = "", right = ""] = tree.dump().tree;
    const index = await anchor(tree.root, 4);
    expect(await registry.verifyInclusion(writer.gatewayId, index, left, [right])).to.equal(true);
    const forged = { ...entries[0]!, entryHash: toHex(left) };
    expect(() => verifyInclusionProof(forged, proofOf(tree.root, [right], index, 4)))
      .to.throw()
      .with.property("code", "INVALID_ENTRY");
  });

  it("refuses an entry with another payload", () => {
    const [entry] = entries;
    const other = { ...entry!, payload: entries[1]!.payload };
    expect(() => verifyInclusionProof(other, proofOf(entry!.entryHash, [])))
      .to.throw()
      .with.property("code", "WRONG_PAYLOAD_HASH");
    expect(verifyInclusionProof(entry!, proofOf(entry!.entryHash, []))).to.equal(true);
  });

  it("refuses a way up that no anchor can have", () => {
    const [entry] = entries;
    const path = Array.from({ length: 33 }, () => ZERO_HASH);
    const proof = proofOf(ZERO_HASH, path);
    expect(inclusionProofSchema.safeParse(proof).success).to.equal(false);
    expect(verifyInclusionProof(entry!, proof)).to.equal(false);
  });
});

/** The hash with one bit changed. */
function flip(hash: Hash, bit: number): Hash {
  return toHex(`0x${(BigInt(hash) ^ (1n << BigInt(bit))).toString(16).padStart(64, "0")}`);
}
