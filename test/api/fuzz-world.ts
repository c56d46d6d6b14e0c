import { join } from "node:path";
import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { CODECS } from "../../src/entry/codecs.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { checkLog, startOfLog } from "../../src/entry/log-check.ts";
import { signClosing, signDecision } from "../../src/entry/signed-statements.ts";
import { keysOf } from "../../src/store/admission.ts";
import { readEntries } from "../../src/store/log-reader.ts";
import { OperatorLog } from "../../src/store/operator-log.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { makeEntries, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import type { KnownValues } from "./fuzz-values.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");
const operator = sampleGateway("operator");
const PARTIES = [origin, destination, operator];
const directory = sampleDirectory(...PARTIES);
const NOW = 1_700_000_000_000;
const CONTROL_ENTRIES = 12;
const OTHER_ENTRIES = 16;
const OPENINGS = 4;

/** A log API over a file, with an operator; sessions in it, and what may be sent to it that is right. */
export interface FuzzWorld {
  readonly url: string;
  readonly known: KnownValues;
  /** Right bodies, by what is asked for: to be sent as they are, and nearly so. */
  readonly bodies: Readonly<Record<BodyKind, readonly unknown[]>>;
  /** Failures that the service takes for its own. */
  readonly failures: readonly string[];
  /**
   * Closes the service; what is wrong with the store behind it. The log that was written before must be there, byte for byte, and every log
   * must be whole.
   */
  close(): Promise<string[]>;
}

/** `entries`: what is saved; `copies`: logs to update or to compare with. */
export type BodyKind = "entries" | "copies" | "openings" | "closings" | "decisions";

async function contents() {
  const control = await sampleSession(origin, destination);
  const controlLog = await makeEntries(control.facts, origin, CONTROL_ENTRIES);
  const busy = await sampleSession(origin, destination);
  const busyLogs = [
    await makeEntries(busy.facts, origin, OTHER_ENTRIES),
    await makeEntries(busy.facts, destination, 3),
  ];
  const lone = await sampleSession(origin, null);
  const loneLog = await makeEntries(lone.facts, origin, OTHER_ENTRIES);
  const openings = await Promise.all(Array.from({ length: OPENINGS }, () => sampleSession(origin, destination)));
  const closing = await signClosing(lone.facts, closingOf(loneLog), origin.signer);
  const decision = await signDecision(busy.facts, "ABORT", origin.epoch, origin.signer);
  const entries = [...controlLog, ...busyLogs.flat(), ...loneLog];
  const factsOf = (entry: LogEntry) => [control, busy, lone].find(({ facts }) => facts.sessionId === entry.sessionId);
  const inDrafts = entries.flatMap((entry) => {
    const session = factsOf(entry);
    return session === undefined ? [] : Object.values(CODECS).map(({ encode }) => encode(entry, session.facts));
  });
  const json = entries.map(entryToJson);
  const logs = [controlLog, ...busyLogs, loneLog].map((log) => log.map(entryToJson));
  const heads = [{ length: 3, lastEntryHash: controlLog[2]?.entryHash }, { length: 0 }];
  const requests = [
    { phase: 1, step: 1, operation: "init", command: "validate", payload: { message: "a request" } },
    { phase: "p2", step: 3, operation: "done-lock" },
  ];
  return {
    ...{
      control,
      controlLog,
      busy,
      lone,
      logs: [controlLog.slice(0, CONTROL_ENTRIES), busyLogs[0]?.slice(0, 4) ?? []],
    },
    entries,
    bodies: {
      entries: [...json, ...inDrafts, ...logs, ...requests],
      copies: [...logs, ...logs.map((log) => ({ log })), inDrafts.slice(0, 4), ...heads],
      openings: [control, busy, lone, ...openings].map(({ opening }) => opening),
      closings: [closing],
      decisions: [decision],
    },
  };
}

function closingOf(log: readonly LogEntry[]) {
  return {
    gatewayId: origin.gatewayId,
    length: log.length,
    lastEntryHash: log.at(-1)?.entryHash ?? ZERO_HASH,
    epoch: origin.epoch,
  };
}

export async function openFuzzWorld(): Promise<FuzzWorld> {
  const folder = await temporaryFolder();
  const path = join(folder.path, "log.sqlite");
  const store = new SqliteLogStore({ directory }, { path });
  const { control, controlLog, busy, lone, logs, entries, bodies } = await contents();
  for (const { opening } of [control, busy, lone]) await store.openSession(opening);
  for (const log of logs) await store.append(log);
  const failures: string[] = [];
  const operatorLog = new OperatorLog(
    { store, directory, signer: operator.signer, now: () => NOW },
    { gatewayId: operator.gatewayId, networkId: "eip155:31337", log: null },
  );
  const onFailure = (error: unknown): void =>
    void failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const listener = await listen(
    createLogApi({ store, directory, operator: operatorLog, onFailure }, { gatewayId: operator.gatewayId }),
  );
  return {
    url: listener.url,
    known: {
      sessionIds: [control, busy, lone].map(({ facts }) => facts.sessionId).concat(crypto.randomUUID()),
      gatewayIds: [origin, origin, destination, operator].map(({ gatewayId }) => gatewayId),
      hashes: [...entries.flatMap(({ entryHash, sessionHash }) => [entryHash, sessionHash]), ZERO_HASH],
      signatures: entries.map(({ signature }) => signature),
    },
    bodies,
    failures,
    close: async () => {
      await listener.close();
      await store.close();
      const faults = await faultsIn(path, controlLog);
      await folder.remove();
      return faults;
    },
  };
}

async function faultsIn(path: string, controlLog: readonly LogEntry[]): Promise<string[]> {
  const store = new SqliteLogStore({ directory }, { path });
  const faults = store.damage === null ? [] : [store.damage];
  let hasControl = false;
  for (const { gatewayId } of PARTIES) {
    const keys = keysOf(await directory.gateway(gatewayId));
    for (const sessionId of await store.sessionsOf(gatewayId, { open: false })) {
      const { sessionHash } = await store.session(sessionId);
      const log: LogEntry[] = [];
      for await (const entry of readEntries(store, sessionId, gatewayId, { from: 0, to: Infinity })) log.push(entry);
      checkLog(startOfLog(sessionId, sessionHash, gatewayId), log, keys);
      hasControl ||= text(log) === text(controlLog);
    }
  }
  await store.close();
  return hasControl ? faults : [...faults, "the log that was written before is not there as it was"];
}

function text(log: readonly LogEntry[]): string {
  return JSON.stringify(log.map(entryToJson));
}
