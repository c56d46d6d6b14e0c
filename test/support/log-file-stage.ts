import type { SignedEntry } from "../../src/entry/entry.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { signClosing, signDecision } from "../../src/entry/signed-statements.ts";
import { importLogFile, type ImportReport } from "../../src/store/log-file-import.ts";
import { exportSessions, storeSource, type Exported } from "../../src/store/log-file-source.ts";
import { writeLogFile } from "../../src/store/log-file-stream.ts";
import type { LogFileHeader, LogFileRecord } from "../../src/store/log-file.ts";
import type { GatewayDirectory, LogStore } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { chunksOf } from "./log-file-events.ts";
import {
  makeEntries,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  sampleSigner,
  type SampleGateway,
  type SampleSession,
} from "./sample-log.ts";

export const origin = sampleGateway("origin");
export const destination = sampleGateway("destination");
/** The registry that the sessions name; the memory store stands for it. */
export const LOG = { chainId: 31339, registry: sampleSigner("log registry").address } as const;

export interface Logs {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
}

/** A store with a session that was aborted and closed, and another that goes on; and their entries by the names of the logs. */
export async function sampleLogs(): Promise<Logs & { readonly sessions: readonly SampleSession[] }> {
  const directory = sampleDirectory(origin, destination);
  const store = new MemoryLogStore({ directory });
  const ended = await sampleSession(origin, destination, { log: LOG, register: "log" });
  await writeLog(store, ended, origin, 5);
  await writeLog(store, ended, destination, 3);
  await store.decide(await signDecision(ended.facts, "ABORT", 1, origin.signer));
  await closeLog(store, ended, origin);
  await closeLog(store, ended, destination);
  const open = await sampleSession(destination, origin, { log: LOG, register: "log" });
  await writeLog(store, open, destination, 2);
  return { store, directory, sessions: [ended, open] };
}

export async function writeLog(
  store: LogStore,
  { facts, opening }: SampleSession,
  gateway: SampleGateway,
  count: number,
): Promise<SignedEntry[]> {
  await store.openSession(opening);
  const entries = await makeEntries(facts, gateway, count);
  await store.append(entries);
  return entries;
}

export async function closeLog(store: LogStore, { facts }: SampleSession, gateway: SampleGateway): Promise<void> {
  const { gatewayId, epoch, signer } = gateway;
  const { logs } = await store.session(facts.sessionId);
  const head = logs.find((log) => log.gatewayId === gatewayId);
  if (head === undefined) throw new Error("no such log");
  await store.closeLog(await signClosing(facts, { ...head, epoch }, signer));
}

/** A file of these sessions. */
export async function fileOf(logs: Logs, sessions: readonly SessionId[]): Promise<string> {
  return textOf(exportSessions(storeSource(logs, headerOf(logs.store, [...sessions])), sessions));
}

export function headerOf(store: LogStore, sessions: LogFileHeader["sessions"]): LogFileHeader {
  return {
    kind: "header",
    format: "gatelog-log",
    version: 1,
    source: { kind: "store", driver: "test", durability: store.durability },
    sessions,
    exported: { at: "2026-01-02T03:04:05.678Z", by: "a test", program: "gatelog test" },
  };
}

export async function textOf(records: AsyncIterable<Exported>): Promise<string> {
  let text = "";
  for await (const line of writeLogFile(records)) text += line;
  return text;
}

export function idsOf(sessions: readonly SampleSession[]): SessionId[] {
  return sessions.map(({ facts }) => facts.sessionId);
}

export function importText(logs: Logs, text: string): Promise<ImportReport> {
  return importLogFile({ ...logs, open: () => chunksOf(text) });
}

/** What of a file does not depend on the source: no header, no end, no places. */
export function contentOf(records: readonly LogFileRecord[], options: { readonly decisions: boolean }): unknown[] {
  return records.flatMap((record): unknown[] => {
    if (record.kind === "header" || record.kind === "end" || record.kind === "closed") return [];
    if (record.kind === "decision") return options.decisions ? [{ ...record, at: null }] : [];
    if (record.kind === "session") return [{ ...record, chain: null, ...(!options.decisions && { decision: null }) }];
    if (record.kind === "gateway") return [{ ...record, chain: null }];
    return record.kind === "skipped" ? [record] : [{ ...record, at: null }];
  });
}
