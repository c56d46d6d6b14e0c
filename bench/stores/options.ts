import { parseArgs } from "node:util";
import { named, wholeNumber } from "../../scripts/support/option-values.ts";

export const DRIVERS = ["memory", "sqlite", "postgres", "anchored", "chain"] as const;
export type DriverName = (typeof DRIVERS)[number];
/** What a run can measure, in this order. */
export const PARTS = ["appends", "overload", "reading"] as const;
export type Part = (typeof PARTS)[number];

const MOST_CONNECTIONS = 1_024;
const MOST_SECONDS = 3_600;
const MOST_SIGNED = 1_000_000;
const MOST_ENTRIES = 10_000_000;

export const USAGE = `npm run bench:stores -- [OPTION ...]

Durable appends through the log API as a real process, each request a signed entry of its own, for each store and number of connections,
and for sqlite also several entries a request; beside a bare Express handler that answers at once, and a bare loop of write and fsync. Then the API at twice what it can take,
and the reading of a long log.

  --drivers A,B      ${DRIVERS.join(", ")} (all)
  --connections A,B  of the load (1,16,64,256)
  --seconds N        each measurement, at most (5)
  --signed N         entries that are signed ahead for each number of connections (6000); a measurement ends with them
  --entries N        of the log that is read (100000)
  --only PART        ${PARTS.join(", ")}; more of them with commas
  --json FILE        writes all that was measured there, after each part
  --help

Checks that sqlite takes more appends a second than the loop of fsync at 64 connections: with several entries a request always; with one,
that or as many as memory does, where the disk is faster than signatures are checked. It also checks that whoever is refused at twice the capacity
gets 429 or 503 with Retry-After, that memory is bounded then, that the rate is back by itself, and that a log is read in at most
200 MB. Exit 1 if one of them fails, 2 if it could not be measured. The recorded run:

  npm run bench:stores -- --seconds 20 --signed 60000 --entries 1000000
`;

export interface Options {
  readonly drivers: readonly DriverName[];
  readonly connections: readonly number[];
  readonly seconds: number;
  readonly signed: number;
  readonly entries: number;
  readonly parts: readonly Part[];
  readonly json: string | undefined;
}

/** Undefined if help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      drivers: { type: "string", default: DRIVERS.join(",") },
      connections: { type: "string", default: "1,16,64,256" },
      seconds: { type: "string", default: "5" },
      signed: { type: "string", default: "6000" },
      entries: { type: "string", default: "100000" },
      only: { type: "string", default: PARTS.join(",") },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    drivers: values.drivers.split(",").map((name) => named("--drivers", DRIVERS, name)),
    connections: values.connections.split(",").map((count) => wholeNumber("--connections", count, MOST_CONNECTIONS)),
    seconds: wholeNumber("--seconds", values.seconds, MOST_SECONDS),
    signed: wholeNumber("--signed", values.signed, MOST_SIGNED),
    entries: wholeNumber("--entries", values.entries, MOST_ENTRIES),
    parts: values.only.split(",").map((name) => named("--only", PARTS, name)),
    json: values.json,
  };
}
