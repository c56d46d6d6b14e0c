// A writer of the crash loop: reads what an earlier one left, tells of it, and appends to many sessions at once until it is killed.
// It says that an append was acknowledged once the store has resolved it, not before.

import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { canonicalBytes } from "../../entry/canonical.ts";
import type { LogEntry, SignedEntry } from "../../entry/entry.ts";
import { isGatelogError } from "../../entry/errors.ts";
import type { SessionId } from "../../entry/hex.ts";
import { checkContent, checkPlace, checkSignature, startOfLog } from "../../entry/log-check.ts";
import { sessionHashOf, type SessionFacts, type SessionOpening } from "../../entry/session.ts";
import { signOpening } from "../../entry/signed-statements.ts";
import { keysOf } from "../admission.ts";
import { readEntries } from "../log-reader.ts";
import { settlesWrites, type LogStore } from "../log-store.ts";
import { taskSchema, type Line, type Place, type Task } from "./crash-lines.ts";
import { KIT_DESTINATION, KIT_ORIGIN, kitDirectory, loadDriver } from "./durable.ts";
import { makeEntry, makeFacts } from "./stage.ts";

/** Sessions that a writer opens, and that it goes on with: in each of them one append is under way at any time. */
const NEW_SESSIONS = 48;
const OLD_SESSIONS = 16;
/** Entries that are signed before the task comes, at most: signing takes longer than the store does. */
const SIGNED_AHEAD = 960;
/** Every so many entries one is larger than a page of the database. */
const LARGE_EVERY = 9;
const LARGE_CHARACTERS = 6_000;
const RETRY_MS = 50;

const origin = KIT_ORIGIN;
const directory = kitDirectory();
const originKeys = keysOf(await directory.gateway(origin.gatewayId));

/** Synchronous, so that what was said is with the parent when this process dies. */
function say(line: Line): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

interface OwnLog {
  readonly facts: SessionFacts;
  readonly opening: SessionOpening;
  readonly ahead: SignedEntry[];
  last: LogEntry | null;
}

function nextEntry({ facts, last }: Pick<OwnLog, "facts" | "last">): Promise<SignedEntry> {
  const index = last === null ? 0 : last.index + 1;
  const letters = index % LARGE_EVERY === LARGE_EVERY - 1 ? LARGE_CHARACTERS : index;
  return makeEntry(facts, origin, last, { payload: canonicalBytes({ message: "x".repeat(letters), index }) });
}

/** Tells of every entry of every session; the logs as they are found. */
async function readAll(store: LogStore): Promise<OwnLog[]> {
  const logs: OwnLog[] = [];
  for (const sessionId of await store.sessionsOf(origin.gatewayId, { open: false }))
    logs.push(await readLog(store, sessionId));
  say({ said: "verified" });
  return logs;
}

async function readLog(store: LogStore, sessionId: SessionId): Promise<OwnLog> {
  // What the writer before this one had sent may be on its way still.
  if (settlesWrites(store)) await store.settled(sessionId);
  const { opening, logs } = await store.session(sessionId);
  const length = logs.find(({ gatewayId }) => gatewayId === origin.gatewayId)?.length ?? 0;
  let position = startOfLog(sessionId, sessionHashOf(opening.facts), origin.gatewayId);
  let last: LogEntry | null = null;
  for await (const entry of readEntries(store, sessionId, origin.gatewayId, { from: 0, to: length })) {
    checkContent(entry);
    position = checkPlace(position, entry);
    const { index, entryHash, signature } = entry;
    if (signature === null) throw new Error(`entry ${index} of session ${sessionId} has lost its signature`);
    say({ said: "entry", sessionId, index, entryHash, signature });
    last = entry;
  }
  // Of the others the parent knows the signature; this one may have been torn.
  if (last !== null) checkSignature(last, originKeys);
  say({ said: "session", sessionId, length: position.length });
  return { facts: opening.facts, opening, ahead: [], last };
}

async function append(store: LogStore, entry: SignedEntry): Promise<void> {
  await store.append([entry]);
  const { sessionId, index, entryHash, signature } = entry;
  say({ said: "acknowledged", sessionId, index, entryHash, signature });
}

type Append = typeof append;

/** As `append`, time and again. */
async function persist(store: LogStore, entry: SignedEntry): Promise<void> {
  while (true) {
    try {
      await append(store, entry);
      return;
    } catch (error) {
      if (!isGatelogError(error, "STORE_UNAVAILABLE")) throw error;
      tell(error);
      await sleep(RETRY_MS);
    }
  }
}

/** Appends to one log without an end, one entry after the other. */
async function writeLog(store: LogStore, log: OwnLog, put: Append): Promise<never> {
  while (true) {
    const entry = log.ahead.shift() ?? (await nextEntry(log));
    await put(store, entry);
    log.last = entry;
  }
}

/** The last entry of a log that was found is appended again, which must be a success; then the log goes on. */
async function goOn(store: LogStore, log: OwnLog, put: Append): Promise<never> {
  const { last } = log;
  if (last !== null && last.signature !== null) await put(store, { ...last, signature: last.signature });
  return writeLog(store, log, put);
}

async function begin(store: LogStore, { opening, facts }: OwnLog): Promise<void> {
  await store.openSession(opening);
  say({ said: "opened", sessionId: facts.sessionId });
}

/** Tells of what went wrong. If one of them ends, it is because the store does, and then all of them end. */
async function settled(works: readonly Promise<void>[]): Promise<boolean> {
  const outcomes = await Promise.allSettled(works);
  for (const outcome of outcomes) if (outcome.status === "rejected") tell(outcome.reason);
  return outcomes.every(({ status }) => status === "fulfilled");
}

async function run({ read, write, persists = false }: Task, own: readonly OwnLog[]): Promise<void> {
  const found = read === null ? [] : await using(read, readAll);
  if (write === null) return;
  const isSame = JSON.stringify(read) === JSON.stringify(write);
  await using(write, async (store) => {
    if (!(await settled(own.map((log) => begin(store, log))))) return;
    const old = isSame ? found.slice(-OLD_SESSIONS) : [];
    const put = persists ? persist : append;
    await settled([...own.map((log) => writeLog(store, log, put)), ...old.map((log) => goOn(store, log, put))]);
  });
}

async function using<T>({ place }: Place, work: (store: LogStore) => Promise<T>): Promise<T> {
  const store = await openStore({ directory }, place);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

function tell(error: unknown): void {
  const code = (["STORE_UNAVAILABLE", "CORRUPT_STORE"] as const).find((one) => isGatelogError(error, one));
  if (code === undefined)
    say({ said: "fault", text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  else say({ said: "refused", code, text: String(error) });
}

const lines = createInterface({ input: process.stdin });
const task = Promise.withResolvers<Task>();
const hurry = new AbortController();
const module = new Promise<string>((resolve) => {
  lines.once("line", (line) => {
    lines.once("line", (text) => {
      hurry.abort();
      task.resolve(taskSchema.parse(JSON.parse(text)));
    });
    resolve(z.string().parse(JSON.parse(line)));
  });
});
const openStore = await loadDriver(await module);
const own = await Promise.all(
  Array.from({ length: NEW_SESSIONS }, async (): Promise<OwnLog> => {
    const facts = makeFacts(origin, KIT_DESTINATION);
    return { facts, opening: await signOpening(facts, origin.epoch, origin.signer), ahead: [], last: null };
  }),
);
say({ said: "ready" });
for (let signed = 0; signed < SIGNED_AHEAD; signed += 1) {
  const log = own[signed % own.length];
  if (log === undefined) break;
  const entry = await nextEntry({ facts: log.facts, last: log.ahead.at(-1) ?? null });
  log.ahead.push(entry);
  // Lets the task come in, and ends with it.
  await new Promise((resolve) => setImmediate(resolve));
  if (hurry.signal.aborted) break;
}
try {
  await run(await task.promise, own);
} catch (error) {
  tell(error);
}
process.stdin.destroy();
