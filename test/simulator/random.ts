const MULTIPLIER = 0x6d2b79f5;
const TWO_TO_32 = 4_294_967_296;

/**
 * The only source of chance in a simulation: 32 bits of state, the same numbers for the same seed everywhere (mulberry32).
 * Not for keys.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A source of its own for one part, so that what another part draws does not shift it. */
  fork(name: string): Random {
    let mixed = this.#state ^ 0x9e3779b9;
    for (const letter of name) mixed = Math.imul(mixed ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    const fork = new Random(mixed);
    fork.next();
    return fork;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + MULTIPLIER) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_TO_32;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new RangeError("nothing to pick from");
    return value;
  }
}
