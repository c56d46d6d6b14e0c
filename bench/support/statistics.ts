const PERCENT = 100;
const MEDIAN = 50;
const P99 = 99;

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  return { p50: percentile(sorted, MEDIAN), p99: percentile(sorted, P99), max: sorted.at(-1) ?? NaN };
}

/** Nearest rank: a value that was measured. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((percent / PERCENT) * sorted.length) - 1] ?? NaN;
}
