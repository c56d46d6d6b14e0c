import { execFileSync } from "node:child_process";
import { cpus, platform, release, totalmem } from "node:os";

import { findAnvil } from "../../src/cli/devnet-chains.ts";
import type { Measured } from "./rounds.ts";
import type { RestartTimes } from "./subject.ts";
import { percentile } from "../support/statistics.ts";

/** The size of the registry must not matter: at most this, of the larger to the smallest. */
export const MOST_RATIO = 1.2;
const PHASES = ["listening", "resumed", "firstStep"] as const;
const MEDIAN = 50;
const P99 = 99;
const MIB = 1_024 * 1_024;

type Phase = keyof RestartTimes;

interface Spread {
  readonly median: number;
  readonly p99: number;
}

/** How much longer one takes than another, from spawning to the first step. */
export interface Ratio extends Spread {
  readonly of: string;
  readonly to: string;
}

export function ratioOf(one: Measured, other: Measured): Ratio {
  const [upper, lower] = [spreadOf(one, "firstStep"), spreadOf(other, "firstStep")];
  return { of: one.name, to: other.name, median: upper.median / lower.median, p99: upper.p99 / lower.p99 };
}

/** A row for each, a column for each moment; milliseconds from spawning. */
export function tableOf(all: readonly Measured[]): string {
  const head = ["milliseconds from spawning: median / p99", "restarts", "listening", "resumed", "first step"];
  const rows = all.map((each) => [
    each.name,
    String(each.samples.length),
    ...PHASES.map((phase) => {
      const { median, p99 } = spreadOf(each, phase);
      return `${median.toFixed(0)} / ${p99.toFixed(0)}`;
    }),
  ]);
  return aligned([head, ...rows]);
}

export function ratiosOf(ratios: readonly Ratio[]): string {
  const head = ["first step: ratio", "median", "p99"];
  return aligned([
    head,
    ...ratios.map(({ of, to, median, p99 }) => [`${of}, to ${to}`, median.toFixed(2), p99.toFixed(2)]),
  ]);
}

/** For the file: what is in the table, and each restart. */
export function dataOf(each: Measured): object {
  const spreads = PHASES.map((phase) => [phase, spreadOf(each, phase)] as const);
  const { name, samples, failures } = each;
  return { name, restarts: samples.length, ...Object.fromEntries(spreads), failures, samples };
}

/** What was measured on. */
export function machine(): object {
  const anvil = findAnvil();
  const version = anvil === undefined ? "none" : execFileSync(anvil, ["--version"], { encoding: "utf8" });
  const [cpu] = cpus();
  return {
    ...{ platform: `${platform()} ${release()}`, cpu: cpu?.model ?? "unknown", cores: cpus().length },
    ...{ memoryMib: Math.round(totalmem() / MIB), node: process.version, anvil: version.split("\n")[0] },
  };
}

function spreadOf({ samples }: Measured, phase: Phase): Spread {
  const sorted = samples.map((times) => times[phase]).sort((one, other) => one - other);
  return { median: percentile(sorted, MEDIAN), p99: percentile(sorted, P99) };
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join("  ")).join("\n");
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
