import { existsSync, readFileSync } from "node:fs";
import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { renderText, toReport } from "../../src/audit/report/report.ts";
import { verify } from "../../src/audit/verify.ts";
import { diffLogs } from "../../src/store/log-diff.ts";
import type { Outcome } from "../../src/protocol/state.ts";
import type { TraceLine } from "../support/mortal-gateway-control.ts";
import { liveCopies } from "../support/world-ledger.ts";
import { groupFaults, type GroupHistory } from "./check-group.ts";
import type { Holdings } from "./hands.ts";
import { ROLES } from "./session-logs.ts";
import type { CrashStage } from "./stage.ts";

export interface Expected {
  /** Undefined where the fault decides between COMMIT and ABORT. */
  readonly outcome: Outcome | undefined;
  /** What a transfer that commits moves. */
  readonly amount: bigint;
  readonly before: Holdings;
  readonly after: Holdings;
  /** Undefined where each gateway is one process. */
  readonly group?: GroupHistory | undefined;
}

/** What must hold behind every case, whatever died in it. Throws an error that names all that does not. */
export async function checkEnd(stage: CrashStage, sessionId: string, expected: Expected): Promise<void> {
  const outcomes = {
    origin: await stage.outcome("origin", sessionId),
    destination: await stage.outcome("destination", sessionId),
  };
  const faults = [
    ...(outcomes.origin === outcomes.destination ? [] : [`the outcomes differ: ${JSON.stringify(outcomes)}`]),
    ...(expected.outcome === undefined || outcomes.origin === expected.outcome
      ? []
      : [`the outcome is ${outcomes.origin}, not ${expected.outcome}`]),
    ...(await copyFaults(stage, sessionId)),
    ...holdingFaults(outcomes.origin === "COMMITTED", expected),
    ...signedTwice(stage),
    ...(stage.isPrivate ? await copyDifferences(stage, sessionId) : await auditFaults(stage, sessionId)),
    ...(expected.group ? await groupFaults(stage, sessionId, expected.group) : []),
  ];
  if (faults.length > 0) throw new Error(`${sessionId}:\n${faults.join("\n")}`);
}

/** What must hold if no session ever came about. */
export function checkUntouched(before: Holdings, after: Holdings): void {
  const faults = holdingFaults(false, { outcome: undefined, amount: 0n, before, after });
  if (faults.length > 0) throw new Error(faults.join("\n"));
}

async function copyFaults(stage: CrashStage, sessionId: string): Promise<string[]> {
  const termsHash = (await stage.logs.facts(sessionId))?.termsHash ?? null;
  if (termsHash === null) return [];
  const origin = await stage.escrowState("origin", termsHash);
  const destination = await stage.escrowState("destination", termsHash);
  const copies = liveCopies(origin, destination);
  const isSettled = !["LOCKED", "BURNED"].includes(origin) || destination === "ASSIGNED";
  return [
    ...(copies === 1 ? [] : [`${copies} live copies: ${origin} and ${destination}`]),
    ...(isSettled && destination !== "MINTED" ? [] : [`not settled: ${origin} and ${destination}`]),
  ];
}

function holdingFaults(isCommitted: boolean, { amount, before, after }: Expected): string[] {
  const moved = isCommitted ? amount : 0n;
  const expected: Holdings = { ...before, alice: before.alice - moved, bob: before.bob + moved };
  return (Object.keys(expected) as (keyof Holdings)[])
    .filter((name) => expected[name] !== after[name])
    .map((name) => `${name}: ${String(expected[name])} expected, ${String(after[name])} found`);
}

/** Of one log, epoch and index one entry at most was let out, by whatever process (R8). */
function signedTwice(stage: CrashStage): string[] {
  const known = new Map<string, string>();
  const faults: string[] = [];
  for (const line of stage.actors.flatMap((actor) => linesOf(stage.traceFile(actor)))) {
    if (!("out" in line)) continue;
    const { session, gatewayId, epoch, index, out } = line;
    const place = `${session} ${gatewayId} epoch ${epoch} index ${index}`;
    const other = known.get(place);
    if (other !== undefined && other !== out) faults.push(`signed twice: ${place}: ${other} and ${out}`);
    known.set(place, out);
  }
  return faults;
}

function linesOf(file: string): TraceLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as TraceLine);
}

async function auditFaults(stage: CrashStage, session: string): Promise<string[]> {
  const { rpcUrl, logRegistry } = stage.net.record.log;
  const reader = new RpcReader(httpJsonRpc(rpcUrl), { registry: logRegistry });
  const ledgers = ROLES.map((role) => stage.ledgerReader(role));
  const verification = await verify(reader, { session, ledgers });
  return verification.verdict === "sound" ? [] : [renderText(verification), JSON.stringify(toReport(verification))];
}

/** Private logs: the copies of each log agree, entry by entry, as far as they go. */
async function copyDifferences(stage: CrashStage, session: string): Promise<string[]> {
  const faults: string[] = [];
  for (const role of ROLES) {
    const [mine = [], theirs = []] = await stage.logs.copies(session, role);
    const { conflict } = diffLogs(0, mine, theirs);
    if (conflict) faults.push(`the copies of the log of the ${role} differ: ${JSON.stringify(conflict)}`);
  }
  return faults;
}
