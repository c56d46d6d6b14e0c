import { GatelogError } from "../entry/errors.ts";
import { LENGTH_MAX, type SignedEntry } from "../entry/entry.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { admitEntries, equivocationError, type EpochRule, type Equivocation } from "./admission.ts";
import { refusedOr } from "./attempt.ts";
import type { LockMode, Outcome, Write } from "./commit-queue.ts";
import type { GatewayRecord } from "./log-store.ts";
import type { PostgresDatabase, Runner } from "./postgres-database.ts";
import { isLockTimeout } from "./postgres-errors.ts";
import { PostgresLog, type DamageList } from "./postgres-log.ts";
import { entryValues, evidenceValues, idOf, logOfEntry, type PostgresStatements } from "./postgres-rows.ts";

/** One append: consecutive entries of one log, whose content and signatures have been checked. */
export interface Run extends Write {
  readonly log: LogPlace;
  readonly entries: readonly [SignedEntry, ...SignedEntry[]];
  readonly gateway: GatewayRecord;
  readonly rule: EpochRule;
}

/** Where a log is; found once, and the same for ever. */
export interface LogPlace {
  /** Of its row. */
  readonly id: string;
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
}

/**
 * Writes runs of any logs in the caller's transaction, each of them whole or not at all; an outcome counts once the transaction
 * is committed. The rows of the logs are locked until then: no other writer, on whatever host, comes between what is read here and
 * what is written. One lock at most is waited for, and none is held meanwhile: so two of these never wait for each other. Statements
 * are four to six, however many the runs are.
 * @param mode `wait` for the log of the first run, or not; of other logs that somebody else holds, the runs are skipped.
 */
export async function writeRuns(
  { runner, sql, damage }: { runner: Runner; sql: PostgresStatements; damage: DamageList },
  runs: readonly Run[],
  mode: LockMode,
): Promise<Outcome[]> {
  const places = new Map(runs.map(({ log }) => [log.id, log]));
  const ids = [...places.keys()];
  const awaited = mode === "wait" ? ids.slice(0, 1) : [];
  const others = ids.slice(awaited.length);
  const rows = [
    ...(awaited.length === 0 ? [] : await runner.run(sql.takeLogs, [awaited])),
    ...(others.length === 0 ? [] : await runner.run(sql.takeFreeLogs, [others])),
  ];
  // Behind the locks, in a statement of its own: it sees what their former holders have written.
  const standing = await standingRows(runner, sql, runs);
  const logs = new Map<string, PostgresLog | GatelogError>();
  for (const row of rows) {
    const id = idOf(row);
    const place = places.get(id);
    if (place)
      logs.set(
        id,
        refusedOr(() => new PostgresLog(row, standing.get(id) ?? [], place, damage)),
      );
  }
  const entries: { log: string; entry: SignedEntry }[] = [];
  const evidence: { log: string; equivocation: Equivocation }[] = [];
  const outcomes = runs.map((run): Outcome => {
    const log = logs.get(run.log.id);
    if (log instanceof GatelogError) return log;
    if (log === undefined)
      return awaited.includes(run.log.id)
        ? damage.note(run.log.sessionId, `row ${run.log.id} of table log is missing`)
        : "locked";
    const admission = refusedOr(() => admitEntries(log, run.entries, run.gateway, run.rule));
    if (admission instanceof GatelogError) return admission;
    const { admitted, equivocation } = admission;
    if (equivocation !== null) {
      evidence.push({ log: log.id, equivocation });
      return equivocationError(equivocation);
    }
    log.extend(admitted);
    entries.push(...admitted.map((entry) => ({ log: log.id, entry })));
    return "written";
  });
  if (entries.length > 0) await runner.run(sql.insertEntries, entryValues(entries));
  for (const { log, equivocation } of evidence) await runner.run(sql.insertEvidence, evidenceValues(log, equivocation));
  return outcomes;
}

/**
 * The same in a transaction of its own. Where the log that it waits for stays held, its runs are skipped too, and the others are done
 * without waiting.
 */
export async function commitRuns(
  database: PostgresDatabase,
  { sql, damage }: { sql: PostgresStatements; damage: DamageList },
  runs: readonly Run[],
  mode: LockMode,
): Promise<Outcome[]> {
  try {
    return await database.transaction((runner) => writeRuns({ runner, sql, damage }, runs, mode));
  } catch (error) {
    if (mode === "skip" || !isLockTimeout(error)) throw error;
    const isAwaited = ({ log }: Run): boolean => log.id === runs[0]?.log.id;
    const others = runs.filter((run) => !isAwaited(run));
    const outcomes = others.length === 0 ? [] : await commitRuns(database, { sql, damage }, others, "skip");
    return runs.map((run) => outcomes[others.indexOf(run)] ?? "locked");
  }
}

/** The last entry of each log and those at the runs' places, by log. */
async function standingRows(
  runner: Runner,
  sql: PostgresStatements,
  runs: readonly Run[],
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const position = (index: number): number => Math.min(index, LENGTH_MAX);
  const found = await runner.run(sql.standing, [
    runs.map(({ log }) => log.id),
    runs.map(({ entries: [first] }) => position(first.index)),
    runs.map(({ entries: [first, ...rest] }) => position((rest.at(-1) ?? first).index)),
  ]);
  return Map.groupBy(found, logOfEntry);
}
