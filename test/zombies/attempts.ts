import { existsSync, readFileSync } from "node:fs";
import { ERRORS, type ErrorCode } from "../../src/entry/errors.ts";
import type { TraceLine, WriteLine } from "../support/mortal-gateway-control.ts";

/** What a process that was stopped has tried with the log since it goes on. */
export interface Attempts {
  /** Writes of its old epoch that have reached the log's driver. */
  readonly tried: number;
  /** Of these, what the refused ones were refused with, in their order. What may be tried again was not refused. */
  readonly refusals: readonly string[];
}

/** How far the trace goes; what a process writes that stands still is written when it goes on. */
export function traceLength(file: string): number {
  return linesOf(file).length;
}

/** @param from Lines of the trace before that are left out. */
export function attemptsIn(file: string, from: number, epoch: number): Attempts {
  const writes = linesOf(file)
    .slice(from)
    .map((line) => JSON.parse(line) as TraceLine)
    .filter((line): line is WriteLine => "wrote" in line && line.epoch === epoch);
  return { tried: writes.length, refusals: writes.flatMap(({ refused }) => (isRefusal(refused) ? refused : [])) };
}

function isRefusal(code: string | null): code is ErrorCode {
  return code !== null && Object.hasOwn(ERRORS, code) && ERRORS[code as ErrorCode].disposition === "reject";
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}
