import type { ErrorCode } from "../entry/errors.ts";
import type { Unread } from "./verification.ts";

/** What is named one by one; of more the number is told. */
const MAX_UNREAD = 200;
/** Questions in a row that a node has left unanswered, behind which it is not asked any more: each costs the waiting for it. */
const LOST_AFTER = 32;

const UNANSWERED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["NODE_UNREACHABLE", "TIMEOUT"]);

/** What could not be read, and whether it is of any use to go on asking. */
export class UnreadList {
  readonly #named: Unread[] = [];
  #more = 0;
  #inRow = 0;

  get all(): readonly Unread[] {
    if (this.#more === 0) return this.#named;
    return [...this.#named, { what: "more of the same", code: "NOT_FOUND", message: `${this.#more} times` }];
  }

  get isEmpty(): boolean {
    return this.#named.length === 0;
  }

  /** The node has left so many questions unanswered that the verdict will not come out otherwise for asking on. */
  get isNodeLost(): boolean {
    return this.#inRow >= LOST_AFTER;
  }

  add(unread: Unread): void {
    if (UNANSWERED.has(unread.code)) this.#inRow += 1;
    if (this.#named.length < MAX_UNREAD) this.#named.push(unread);
    else this.#more += 1;
  }

  answered(): void {
    this.#inRow = 0;
  }
}
