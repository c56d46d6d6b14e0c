import type { Response } from "express";
import { GatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";

/** Of whoever is no member: an operator that looks, a probe. */
const MAX_OTHERS = 8;

/**
 * The connections that hear the signs of life: of each member the newest, and a few of anybody else. A member that connects anew has
 * given its old connection up, whatever this side knows of that, so that none takes another's place.
 *
 * Limitation: who says that it is a member is not asked to prove it. It can break that member's connection, which comes again.
 */
export class NodeListeners {
  readonly #members = new Map<Address, Response>();
  readonly #others = new Set<Response>();

  /** TOO_MANY_REQUESTS if there is no place. @param member Undefined for anybody else. @returns Gives the place back. */
  add(response: Response, member: Address | undefined): () => void {
    if (member !== undefined) {
      this.#members.get(member)?.destroy();
      this.#members.set(member, response);
      return () => {
        if (this.#members.get(member) === response) this.#members.delete(member);
      };
    }
    if (this.#others.size >= MAX_OTHERS)
      throw new GatelogError(
        "TOO_MANY_REQUESTS",
        `at most ${MAX_OTHERS} connections hear the signs of life beside the members', each of which names its \`key\``,
        { maximum: MAX_OTHERS },
      );
    this.#others.add(response);
    return () => this.#others.delete(response);
  }

  /** Ends them all. */
  end(): void {
    for (const response of [...this.#members.values(), ...this.#others]) response.end();
  }
}
