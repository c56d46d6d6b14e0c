import type { About } from "./written-registry.ts";
import type { Audited } from "./runs.ts";

/** What was asked for, and where it is told whether it came out. */
const GOAL_SHARE = 0.7;
const LEAST_TIMES_PLAIN = 15;
/** 300 MB. */
const MOST_MIB = 286;
const MOST_PART_OF_WHOLE = 0.1;
/** Below that most of a run is the start of the process. */
const LEAST_FOR_PART = 100_000;

export interface Run extends Audited {
  readonly cores: number;
  /** What it should have found. */
  readonly expected: number;
  /** Keys a second, bare, on as many cores: the mean of before and behind. */
  readonly bare: number;
  /** Entries a second of which the libraries alone parse, hash and recover what has to be. */
  readonly libraries: number;
}

export interface Increment {
  readonly entries: number;
  readonly added: number;
  /** Of the process: the whole registry; on from its checkpoint without anything new, and with it. */
  readonly seconds: { readonly whole: number; readonly nothing: number; readonly added: number };
}

export interface Results {
  readonly about: About;
  readonly plain: number;
  readonly runs: readonly Run[];
  readonly increments: readonly Increment[];
}

export interface Check {
  readonly what: string;
  readonly isRight: boolean;
}

function rateOf({ entries, seconds }: Run): number {
  return entries / seconds;
}

function shareOf(run: Run): number {
  return rateOf(run) / run.bare;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function runLine(run: Run, plain: number): string {
  const cells = [
    run.entries.toLocaleString("en"),
    run.cores,
    Math.round(rateOf(run)).toLocaleString("en"),
    Math.round(run.bare).toLocaleString("en"),
    percent(shareOf(run)),
    percent(run.libraries / run.bare),
    (rateOf(run) / plain).toFixed(1),
    Math.round(run.peakMib),
    run.verdict,
  ];
  return `| ${cells.join(" | ")} |`;
}

export const RUN_HEAD = [
  "| entries | cores | entries a second | bare recoveries a second, same cores | share | share of the libraries alone | times the plain auditor | peak MiB | verdict |",
  "| ------- | ----- | ---------------- | ------------------------------------ | ----- | ---------------------------- | ----------------------- | -------- | ------- |",
].join("\n");

export function incrementLine({ entries, added, seconds }: Increment): string {
  const [whole, nothing, more] = [seconds.whole, seconds.nothing, seconds.added].map((each) => `${each.toFixed(1)} s`);
  return `${entries.toLocaleString("en")} entries: whole ${whole}; on from the checkpoint ${nothing} with nothing new, ${more} with ${added} new entries`;
}

/** How near it comes to the bare library, and what the rest of the way cannot be. */
export function goalText({ about, runs }: Results): string {
  const { signaturesOfSession, entriesOfSession } = about;
  const most = entriesOfSession / signaturesOfSession;
  const shares = runs.map((run) => percent(shareOf(run))).join(", ");
  const isReached = runs.every((run) => shareOf(run) >= GOAL_SHARE);
  return (
    `goal of ${GOAL_SHARE * 100} % of the bare library: ${isReached ? "reached" : "not reached"} (${shares}). ` +
    `${signaturesOfSession} signatures stand over ${entriesOfSession} entries, so that ${percent(most)} are the most there can be; the libraries ` +
    "alone come to what is said of them, before anything is fetched, stored, compared or judged."
  );
}

export function checksOf({ plain, runs, increments }: Results): Check[] {
  return [
    ...runs.map((run) => ({
      what: `${run.expected} entries on ${run.cores} cores: ${run.entries} checked, ${run.verdict}`,
      isRight: run.verdict === "sound" && run.entries === run.expected && run.unread.length === 0,
    })),
    ...runs.map((run) => ({
      what: `${run.expected} entries on ${run.cores} cores: ${(rateOf(run) / plain).toFixed(1)} times the plain auditor, at least ${LEAST_TIMES_PLAIN}`,
      isRight: rateOf(run) >= LEAST_TIMES_PLAIN * plain,
    })),
    ...runs.map((run) => ({
      what: `${run.expected} entries on ${run.cores} cores: ${Math.round(run.peakMib)} MiB at most, no more than ${MOST_MIB}`,
      isRight: run.peakMib <= MOST_MIB,
    })),
    ...increments
      .filter(({ entries }) => entries >= LEAST_FOR_PART)
      .map(({ entries, seconds }) => ({
        what: `${entries} entries: on from the checkpoint in ${((seconds.added / seconds.whole) * 100).toFixed(1)} % of a whole run's time`,
        isRight: seconds.added <= MOST_PART_OF_WHOLE * seconds.whole,
      })),
  ];
}
