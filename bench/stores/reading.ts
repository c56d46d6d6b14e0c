import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { SignedEntry } from "../../src/entry/entry.ts";
import { MAX_ENTRIES_PER_CALL } from "../../src/store/log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { sampleDirectory, sampleSession } from "../../test/support/sample-log.ts";
import { Progress } from "../restart/progress.ts";
import { DESTINATION, nextEntry, ORIGIN } from "./entries.ts";
import type { Options } from "./options.ts";
import { startSqliteApi } from "./subjects.ts";

const SECOND_MS = 1_000;
const LINE_END = 10;

export interface Reading {
  readonly entries: number;
  readonly lines: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly peakMemoryMib: number | undefined;
}

/** Writes one long log, and reads it through the API as lines. */
export async function measureReading({ entries }: Options, parent: string): Promise<Reading> {
  const dir = join(parent, "reading");
  mkdirSync(dir, { recursive: true });
  const path = join(dir, "log.sqlite");
  const sessionId = await writeLog(path, entries);
  const api = await startSqliteApi("reading", path, dir);
  try {
    const startedAt = performance.now();
    const response = await fetch(`${api.url}/v1/sessions/${sessionId}/entries?gatewayId=${ORIGIN.gatewayId}`, {
      headers: { Accept: "application/x-ndjson" },
    });
    if (!response.ok || response.body === null) throw new Error(`the log is not given out: ${response.status}`);
    let lines = 0;
    let bytes = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      for (let at = chunk.indexOf(LINE_END); at !== -1; at = chunk.indexOf(LINE_END, at + 1)) lines += 1;
    }
    const seconds = (performance.now() - startedAt) / SECOND_MS;
    return { entries, lines, bytes, seconds, peakMemoryMib: api.peakMemoryMib() };
  } finally {
    await api.stop();
  }
}

async function writeLog(path: string, entries: number): Promise<string> {
  const store = new SqliteLogStore({ directory: sampleDirectory(ORIGIN, DESTINATION) }, { path });
  const { facts, opening } = await sampleSession(ORIGIN, DESTINATION);
  await store.openSession(opening);
  const progress = new Progress("entries written", entries);
  let last: SignedEntry | null = null;
  for (let written = 0; written < entries;) {
    const run: SignedEntry[] = [];
    while (run.length < MAX_ENTRIES_PER_CALL && written + run.length < entries) {
      last = await nextEntry(facts, last);
      run.push(last);
    }
    await store.append(run);
    written += run.length;
    progress.add(run.length);
  }
  await store.close();
  return facts.sessionId;
}
