import type { Clock } from "../ports.ts";
import type { GroupState } from "./authority.ts";
import type { Pulse } from "./pulse.ts";

type Present = Pick<GroupState, "primary" | "epoch">;

/** For how long the primary has given no sign of life as one: a process that has its key and does not lead is none. */
export class Silence {
  readonly #pulse: Pulse;
  readonly #clock: Clock;
  readonly #limitMs: number;
  #since = 0;
  /** Beyond the limit, for a primary that was not heard yet. */
  #graceMs: number;

  /** @param startGraceMs Longer than the limit: whoever starts together with the primary lets it come up first. */
  constructor(deps: { readonly pulse: Pulse; readonly clock: Clock }, limitMs: number, startGraceMs: number) {
    this.#pulse = deps.pulse;
    this.#clock = deps.clock;
    this.#limitMs = limitMs;
    this.#graceMs = Math.max(0, startGraceMs - limitMs);
  }

  /** This member begins to listen. */
  begin(): void {
    this.#since = this.#clock.now();
  }

  /** Another member is to be listened for, or the same one gets another chance: it begins anew. */
  restart(): void {
    this.#since = this.#clock.now();
    this.#graceMs = 0;
  }

  /** Milliseconds since the last sign of life; negative while it need not have given one yet. */
  of(present: Present): number {
    return this.#clock.now() - this.#base(present);
  }

  /** Until it has lasted too long; 0 if it has. */
  untilLimit(present: Present): number {
    return Math.max(0, this.#limitMs - this.of(present));
  }

  /** Until it may well come to last too long; 0 if that is so. */
  untilLikely(present: Present): number {
    return Math.max(0, this.#limitMs / 2 - this.of(present));
  }

  /** Since when there has been none, by the clock: another silence is another time. */
  since(present: Present): number {
    return this.#base(present);
  }

  #base({ primary, epoch }: Present): number {
    const heard = this.#pulse.lastLed(primary, epoch);
    // Whoever was heard once since the start needs no grace any more.
    return heard === undefined ? this.#since + this.#graceMs : Math.max(heard, this.#since);
  }
}
