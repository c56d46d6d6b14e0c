import { createHash } from "node:crypto";

const BYTES = 6;

/** A whole number from `low` to `high`, both included: the same for the same seed and name, everywhere. Not for keys. */
export function chance(seed: number, name: string, low: number, high: number): number {
  const number = createHash("sha256").update(`${seed} ${name}`).digest().readUIntBE(0, BYTES);
  return low + (number % (high - low + 1));
}
