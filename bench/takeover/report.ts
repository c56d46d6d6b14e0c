import type { Handovers } from "./handovers.ts";
import type { Kills, Takeover } from "./kills.ts";
import type { Options } from "./options.ts";
import { spreadOf } from "../support/statistics.ts";
import type { Suspicions } from "./suspicions.ts";
import type { TrafficResult } from "./traffic.ts";

/** What a takeover may take beyond the silence that it waits for. */
const MOST_BEYOND_SILENCE_MS = 100;
const SECONDS_PER_MINUTE = 60;

export interface Results {
  readonly kills?: Kills;
  readonly suspicions?: Suspicions;
  readonly handovers?: Handovers;
}

export interface Check {
  readonly what: string;
  readonly isRight: boolean;
}

/** Steps of a takeover: from one moment to the next. */
const STEPS = [
  ["last act to suspicion", ({ suspected }) => suspected],
  ["suspicion to the takeover's finality", ({ suspected, final }) => final - suspected],
  ["finality to the logs' being read", ({ final, read }) => read - final],
  ["reading to the first durable entry", ({ read, entry }) => entry - read],
  ["last act to the first durable entry", ({ entry }) => entry],
  ["SIGKILL to the first durable entry", ({ killed, entry }) => entry - killed],
] as const satisfies readonly (readonly [string, (takeover: Takeover) => number])[];

export function killsText({ takeovers, voids, bare, traffic }: Kills, { silence }: Options): string {
  const total = spreadOf(takeovers.map(({ entry }) => entry));
  const swap = spreadOf(bare);
  const times = (share: number, whole: number): string => `${(share / whole).toFixed(1)} times`;
  const beyond = { p50: total.p50 - silence, p99: total.p99 - silence };
  return [
    table([
      ["milliseconds", "p50", "p99", "max"],
      ...STEPS.map(([name, step]) => row(name, takeovers.map(step))),
      row("bare compare-and-set", bare),
    ]),
    "",
    `${takeovers.length} takeovers, T = ${silence} ms; ${voids} rounds did not count; the last act was a heartbeat in ` +
      `${takeovers.filter(({ lastAct }) => lastAct === "heartbeat").length}`,
    `beyond T: ${beyond.p50.toFixed(0)} ms in the median, ${times(beyond.p50, swap.p50)} a bare compare-and-set; ` +
      `${beyond.p99.toFixed(0)} ms in p99, ${times(beyond.p99, swap.p99)}`,
    trafficText(traffic),
  ].join("\n");
}

export function suspicionsText(measured: Suspicions): string {
  const { seconds, burners, suspicions, takeovers, traffic } = measured;
  const rate = (suspicions / seconds) * SECONDS_PER_MINUTE;
  return [
    `${suspicions} false suspicions in ${seconds} s beside ${burners} busy processes: ${rate.toFixed(2)} a minute; ` +
      `${takeovers} of them changed the primary`,
    trafficText(traffic),
  ].join("\n");
}

export function handoversText({ handovers, undisturbed, traffic }: Handovers): string {
  return [
    table([
      ["milliseconds", "p50", "p99", "max"],
      row("handover", handovers),
      row("request meanwhile", traffic.latencies),
      row("request before", undisturbed),
    ]),
    "",
    `${handovers.length} handovers, ${traffic.latencies.length} requests, ${failed(traffic)} failed; ` +
      `${traffic.redirected} answers with 503, which the clients went on from by themselves`,
    trafficText(traffic),
  ].join("\n");
}

export function checksOf({ kills, suspicions, handovers }: Results, options: Options): Check[] {
  return [
    ...(kills ? [inTime(kills, options), ...right("kills", kills)] : []),
    ...(suspicions ? right("suspicions", suspicions) : []),
    ...(handovers ? [answered(handovers), ...right("handovers", handovers)] : []),
  ];
}

function inTime({ takeovers }: Kills, { silence }: Options): Check {
  const { p99 } = spreadOf(takeovers.map(({ entry }) => entry));
  const limit = silence + MOST_BEYOND_SILENCE_MS;
  return {
    what: `p99 of a takeover is at most T + ${MOST_BEYOND_SILENCE_MS} ms: ${p99} of ${limit}`,
    isRight: p99 <= limit,
  };
}

function answered({ traffic }: Handovers): Check {
  const failures = JSON.stringify(traffic.failures);
  return { what: `no request fails in a handover: ${failures}`, isRight: failed(traffic) === 0 };
}

function right(part: string, { traffic, faults }: Pick<Kills, "traffic" | "faults">): Check[] {
  const others = Object.keys(traffic.outcomes).filter((outcome) => outcome !== "COMMITTED");
  return [
    { what: `${part}: every transfer is committed ${JSON.stringify(traffic.outcomes)}`, isRight: others.length === 0 },
    { what: `${part}: ledgers and auditor agree ${faults.join("; ")}`.trimEnd(), isRight: faults.length === 0 },
  ];
}

function failed({ failures }: TrafficResult): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

function trafficText({ outcomes }: TrafficResult): string {
  return `transfers: ${Object.entries(outcomes)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(", ")}`;
}

function row(name: string, values: readonly number[]): string[] {
  const { p50, p99, max } = spreadOf(values);
  return [name, ...[p50, p99, max].map((value) => value.toFixed(1))];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0))) ?? [];
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((cells) => cells.map(pad).join("  ")).join("\n");
}
