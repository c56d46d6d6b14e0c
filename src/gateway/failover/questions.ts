import type { Clock } from "../ports.ts";
import type { GroupAuthority, GroupState } from "./authority.ts";
import { Pauses } from "./patience.ts";

/**
 * What the authority has said last, and when it is asked next: at each poll, and sooner where something hints at a change. Hints that bring no news count less and
 * less often, down to once a second: nobody who sends signs of life makes a member ask without end.
 */
export class Questions {
  readonly #authority: Pick<GroupAuthority, "group">;
  readonly #clock: Pick<Clock, "now">;
  readonly #pollMs: number;
  readonly #pauses: Pauses;
  #latest: GroupState | undefined;
  /** How often somebody else has told of the group. */
  #learnt = 0;
  #next = 0;
  #isHinted = false;
  /** Before then no hint counts. */
  #notBefore = 0;

  constructor(
    deps: { readonly authority: Pick<GroupAuthority, "group">; readonly clock: Pick<Clock, "now"> },
    { pollMs, firstMs }: { readonly pollMs: number; readonly firstMs: number },
  ) {
    this.#authority = deps.authority;
    this.#clock = deps.clock;
    this.#pollMs = pollMs;
    this.#pauses = new Pauses(firstMs);
  }

  /** Milliseconds until the next one; 0 if it is due. */
  get untilNext(): number {
    return Math.max(0, this.#next - this.#clock.now());
  }

  /** The group may have changed. True if that makes the next question an earlier one. */
  hint(): boolean {
    const at = Math.max(this.#notBefore, this.#clock.now());
    if (at >= this.#next) return false;
    this.#next = at;
    this.#isHinted = true;
    return true;
  }

  async latest(): Promise<GroupState> {
    const before = this.#learnt;
    const latest = await this.#authority.group("latest");
    // What was learnt since the question is newer than its answer.
    if (this.#learnt === before) this.#latest = latest;
    return latest;
  }

  /** What is final, or what the authority has said last where that is newer. */
  newest<T extends GroupState | undefined>(final: T): T | GroupState {
    return this.#latest && this.#latest.epoch > (final?.epoch ?? 0) ? this.#latest : final;
  }

  /** Somebody else has told of it, who knows. */
  learn(group: GroupState): void {
    this.#learnt += 1;
    this.#latest = group;
  }

  /** One is asked now. */
  asked(): void {
    const now = this.#clock.now();
    if (!this.#isHinted) this.#pauses.reset();
    this.#isHinted = false;
    this.#next = now + this.#pollMs;
    this.#notBefore = now + this.#pauses.next();
  }

  /** The answer was news: the next hint counts at once. */
  hadNews(): void {
    this.#pauses.reset();
    this.#notBefore = this.#clock.now();
  }
}
