import { GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
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

  /** What cannot be read is remembered, and the audit goes on with what can. UNKNOWN_SESSION goes through. */
  async attempt<T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      const read = await work();
      this.answered();
      return read;
    } catch (error) {
      if (!isGatelogError(error) || error.code === "UNKNOWN_SESSION") throw error;
      this.add({ what, code: error.code, message: error.message });
      return otherwise;
    }
  }

  /** The same of a question that is asked for each of very many sessions: not any more where the node is lost. */
  attemptOfMany<T>(what: string, otherwise: T, ask: () => Promise<T>): Promise<T> {
    return this.attempt(what, otherwise, () => {
      if (!this.isNodeLost) return ask();
      throw new GatelogError("NODE_UNREACHABLE", "not asked: the node has left many questions unanswered before");
    });
  }
}
