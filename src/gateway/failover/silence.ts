import type { Address } from "../../entry/hex.ts";
import type { Clock } from "../ports.ts";
import type { Pulse } from "./pulse.ts";

/** For how long the primary has given no sign of life. */
export class Silence {
  readonly #pulse: Pulse;
  readonly #clock: Clock;
  readonly #limitMs: number;
  #since: number;
  /** Beyond the limit, for a primary that was not heard yet. */
  #graceMs: number;

  /** @param startGraceMs Longer than the limit: whoever starts together with the primary lets it come up first. */
  constructor(deps: { readonly pulse: Pulse; readonly clock: Clock }, limitMs: number, startGraceMs: number) {
    this.#pulse = deps.pulse;
    this.#clock = deps.clock;
    this.#limitMs = limitMs;
    this.#since = deps.clock.now();
    this.#graceMs = Math.max(0, startGraceMs - limitMs);
  }

  /** Another member is to be listened for, or the same one gets another chance: it begins anew. */
  restart(): void {
    this.#since = this.#clock.now();
    this.#graceMs = 0;
  }

  /** Milliseconds since the last sign of life; negative while it need not have given one yet. */
  of(primary: Address): number {
    return this.#clock.now() - this.#base(primary);
  }

  /** Until it has lasted too long; 0 if it has. */
  untilLimit(primary: Address): number {
    return Math.max(0, this.#limitMs - this.of(primary));
  }

  #base(primary: Address): number {
    const heard = this.#pulse.lastHeard(primary);
    // Whoever was heard once since the start needs no grace any more.
    return heard === undefined ? this.#since + this.#graceMs : Math.max(heard, this.#since);
  }
}
