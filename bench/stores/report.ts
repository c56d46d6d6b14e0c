import { cpus, platform, release, totalmem } from "node:os";

import { TOGETHER_DRIVER, TOGETHER_NAME, type Appends } from "./appends.ts";
import type { OverloadResult } from "./overload.ts";
import type { Reading } from "./reading.ts";

const MIB = 1_024 * 1_024;
/** Group commit must do better than a writer that waits for each of its own. */
const CHECKED_CONNECTIONS = 64;
/** On a disk that is faster than requests are looked at, it must at least not be noticed beside a store without a disk. */
const MOST_NOTICED = 0.2;
/** The rate behind an overload is the one before, but for so much. */
const MOST_LOSS = 0.2;
/** Bodies, answers and queues are bounded, and so is what they need together. */
const MOST_OVERLOAD_MIB = 512;
const MOST_READING_MIB = 200;

export interface Results {
  readonly appends?: Appends;
  readonly overload?: OverloadResult;
  readonly reading?: Reading;
}

export interface Check {
  readonly what: string;
  readonly isRight: boolean;
}

/** A row for each store and number of connections, beside Express and fsync of the same run. */
export function appendsTable({ rows, fsyncsPerSecond }: Appends): string {
  const [express] = rows;
  const head = ["store", "connections", "appends/s", "p50 ms", "p99 ms", "of Express", "of fsync"];
  const lines = rows.flatMap(({ name, measured }) =>
    measured.map((each, level) => [
      ...[name, String(each.connections), each.perSecond.toFixed(0), each.p50Ms.toFixed(1), each.p99Ms.toFixed(1)],
      ratio(each.perSecond, express?.measured[level]?.perSecond),
      ratio(each.perSecond, fsyncsPerSecond),
    ]),
  );
  return `bare fsync: ${fsyncsPerSecond.toFixed(0)}/s\n\n${aligned([head, ...lines])}`;
}

export function overloadText({ before, during, after, peakMemoryMib }: OverloadResult): string {
  return aligned([
    ["", "offered/s", "appends/s", "refused", "failed", "held back"],
    ["before", "", before.perSecond.toFixed(0), "", "", ""],
    [
      ...["overload", during.offeredPerSecond.toFixed(0), during.perSecond.toFixed(0)],
      ...[String(during.refused), String(during.failed), String(during.held)],
    ],
    ["after", "", after.perSecond.toFixed(0), "", "", ""],
  ]).concat(`\n\nmemory at most ${mib(peakMemoryMib)}`);
}

export function readingText({ lines, bytes, seconds, peakMemoryMib }: Reading): string {
  const rate = (lines / seconds).toFixed(0);
  return `${lines} entries, ${(bytes / MIB).toFixed(0)} MB in ${seconds.toFixed(1)} s, ${rate}/s; memory at most ${mib(peakMemoryMib)}`;
}

export function checksOf({ appends, overload, reading }: Results): Check[] {
  return [
    ...(appends ? appendChecks(appends) : []),
    ...(overload ? overloadChecks(overload) : []),
    ...(reading ? readingChecks(reading) : []),
  ];
}

function appendChecks({ rows, fsyncsPerSecond }: Appends): Check[] {
  const rateOf = (name: string): number | undefined =>
    rows.find((row) => row.name === name)?.measured.find(({ connections }) => connections === CHECKED_CONNECTIONS)
      ?.perSecond;
  const [memory, single, together] = ["memory", TOGETHER_DRIVER, TOGETHER_NAME].map(rateOf);
  const rate = (value: number): string => `${value.toFixed(0)}/s`;
  const at = `at ${CHECKED_CONNECTIONS} connections`;
  const checks: Check[] = [];
  if (together !== undefined)
    checks.push({
      what: `${TOGETHER_NAME}, ${at}: ${rate(together)}, above a bare fsync's ${rate(fsyncsPerSecond)}`,
      isRight: together > fsyncsPerSecond,
    });
  if (single !== undefined && memory !== undefined)
    checks.push({
      what: `${TOGETHER_DRIVER} ${at}: ${rate(single)}, above that or as memory's ${rate(memory)}`,
      isRight: single > fsyncsPerSecond || single >= memory * (1 - MOST_NOTICED),
    });
  return checks;
}

function overloadChecks({ before, during, after, peakMemoryMib }: OverloadResult): Check[] {
  const { refused, withoutRetryAfter, failed, failures } = during;
  return [
    { what: `what is too much is refused (${refused})`, isRight: refused > 0 },
    { what: `with Retry-After, each of them`, isRight: withoutRetryAfter === 0 },
    {
      what: `nothing fails otherwise (${failed}${failed > 0 ? `: ${JSON.stringify(failures)}` : ""})`,
      isRight: failed === 0,
    },
    {
      what: `memory stays below ${MOST_OVERLOAD_MIB} MB (${mib(peakMemoryMib)})`,
      isRight: (peakMemoryMib ?? 0) < MOST_OVERLOAD_MIB,
    },
    {
      what: `the rate comes back by itself: ${after.perSecond.toFixed(0)}/s behind ${before.perSecond.toFixed(0)}/s`,
      isRight: after.perSecond >= before.perSecond * (1 - MOST_LOSS),
    },
  ];
}

function readingChecks({ entries, lines, peakMemoryMib }: Reading): Check[] {
  return [
    { what: `every entry is read (${lines})`, isRight: lines === entries },
    {
      what: `in at most ${MOST_READING_MIB} MB (${mib(peakMemoryMib)})`,
      isRight: (peakMemoryMib ?? 0) <= MOST_READING_MIB,
    },
  ];
}

/** What was measured on. */
export function machine(): object {
  const [cpu] = cpus();
  return {
    ...{ platform: `${platform()} ${release()}`, cpu: cpu?.model ?? "unknown", cores: cpus().length },
    ...{ memoryMib: Math.round(totalmem() / MIB), node: process.version },
  };
}

function mib(value: number | undefined): string {
  return value === undefined ? "not measured here" : `${value.toFixed(0)} MB`;
}

function ratio(one: number, other: number | undefined): string {
  return other === undefined ? "" : (one / other).toFixed(2);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join("  ")).join("\n");
}
