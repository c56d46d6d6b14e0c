import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { toHex, type Hash } from "../entry/hex.ts";

/** The tree of an anchor: OpenZeppelin's SimpleMerkleTree over entry hashes, as the log registry verifies it. */
export class AnchorTree {
  readonly root: Hash;
  readonly #tree: SimpleMerkleTree;

  /** @param leaves In the order of the anchor, each once, at least one. The tree sorts them: the order does not change the root. */
  constructor(leaves: readonly Hash[]) {
    this.#tree = SimpleMerkleTree.of([...leaves]);
    this.root = toHex(this.#tree.root);
  }

  /** The way up from the leaf at this position of the anchor. */
  pathOf(position: number): Hash[] {
    return this.#tree.getProof(position).map(toHex);
  }
}
