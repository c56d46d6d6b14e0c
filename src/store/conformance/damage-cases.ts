import assert from "node:assert/strict";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { SignedEntry } from "../../entry/entry.ts";
import { isGatelogError, type ErrorCode } from "../../entry/errors.ts";
import { updateLog } from "../log-diff.ts";
import { MAX_ENTRIES_PER_CALL, type LogStore } from "../log-store.ts";
import {
  changeOfEntry,
  changesOf,
  cutsOf,
  takeImages,
  type Damage,
  type Image,
  type Written,
} from "./damage-images.ts";
import { KIT_ORIGIN, kitDirectory, loadDriver } from "./durable.ts";
import type { DurableStage } from "./durability-cases.ts";
import { makeEntry } from "./stage.ts";

/** What a damaged file may be met with. */
const OPEN_REFUSALS = ["CORRUPT_STORE", "INVALID_CONFIG", "STORE_UNAVAILABLE"] as const;
const REFUSALS = ["CORRUPT_STORE", "STORE_UNAVAILABLE"] as const;

/** Of the entry that is changed where it is known which one is. */
const CHANGED_ENTRY = 7;

/** Whatever is cut off: what is read is what was written, up to some entry; behind it the store goes on, or says what is wrong. */
export async function survivesCuts(
  stage: DurableStage,
  options: { readonly seed: number; readonly damages: number },
): Promise<void> {
  const { images, written } = await takeImages(stage);
  for (const image of images)
    for (const damage of await cutsOf(image, options.seed, options.damages)) await judge(stage, image, damage, written);
}

/** Whatever byte or block is changed: likewise. */
export async function survivesChanges(
  stage: DurableStage,
  options: { readonly seed: number; readonly damages: number },
): Promise<void> {
  const { images, written } = await takeImages(stage);
  for (const image of images)
    for (const damage of await changesOf(image, options.seed, options.damages))
      await judge(stage, image, damage, written);
}

/**
 * Where an entry's payload has changed the store still opens, gives out the entries before it, and is read-only. A driver that keeps
 * payloads in a form of its own is not judged: which of its bytes are an entry's is not known here.
 */
export async function opensReadOnly(stage: DurableStage): Promise<void> {
  const { images, written } = await takeImages(stage);
  for (const image of images) {
    const damage = image.name === "closed" ? await changeOfEntry(image, CHANGED_ENTRY) : null;
    if (damage === null) continue;
    const [first] = await judge(stage, image, damage, written);
    assert.equal(first?.intact, CHANGED_ENTRY, "the entries before it are given out");
    assert.ok(isGatelogError(first.reason, "CORRUPT_STORE"), "the store is read-only");
  }
}

/** On a session. */
interface Verdict {
  /** Entries from the first on that are given out. */
  readonly intact: number;
  /** Why it is not more, and why the store is read-only; null if nothing is the matter. */
  readonly reason: Error | null;
}

async function judge(
  { driver, site, folder }: DurableStage,
  image: Image,
  damage: Damage,
  written: readonly Written[],
): Promise<Verdict[]> {
  const copy = join(folder, "damaged");
  await cp(image.folder, copy, { recursive: true });
  await damage.apply(copy);
  const openStore = await loadDriver(driver.module);
  try {
    const verdicts = await judgeStore(() => openStore({ directory: kitDirectory() }, site.place(copy)), written);
    await rm(copy, { recursive: true, force: true });
    return verdicts;
  } catch (error) {
    throw new Error(`${image.name}, and ${damage.name}: ${String(error)}`, { cause: error });
  }
}

async function judgeStore(openStore: () => Promise<LogStore>, written: readonly Written[]): Promise<Verdict[]> {
  const opened = await refusalOf(openStore(), OPEN_REFUSALS);
  if (opened.refusal !== null) return written.map(() => ({ intact: 0, reason: opened.refusal }));
  const verdicts = await closing(opened.value, async (store) => {
    const found: Verdict[] = [];
    for (const session of written) found.push(await judgeOpened(store, session));
    return found;
  });
  if (verdicts.every(({ reason }) => reason === null))
    await closing(await openStore(), async (store) => {
      for (const session of written) {
        const { intact, reason } = await readAll(store, session);
        assert.deepEqual([intact, reason], [session.entries.length, null], "what it took behind the damage stays");
      }
    });
  return verdicts;
}

async function judgeOpened(store: LogStore, written: Written): Promise<Verdict> {
  const found = await readAll(store, written);
  // Where all that is read is whole the store may still be damaged elsewhere, and know it.
  const { refusal } = await refusalOf(
    found.reason === null ? goesOn(store, written) : appendNext(store, written, found.intact),
    REFUSALS,
  );
  if (found.reason === null && refusal === null) return found;
  assert.notEqual(refusal, null, "a damaged store takes no entry");
  const again = await readAll(store, written);
  assert.equal(again.intact, found.intact, "what could be read can still be read");
  return { intact: found.intact, reason: refusal };
}

async function closing<T>(store: LogStore, work: (store: LogStore) => Promise<T>): Promise<T> {
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Reads everything one by one, and at once: each entry is the one that was written, byte for byte, or it is refused. */
async function readAll(store: LogStore, { facts, entries }: Written): Promise<Verdict> {
  const { sessionId } = facts;
  const { gatewayId } = KIT_ORIGIN;
  const record = await refusalOf(store.session(sessionId), [...REFUSALS, "UNKNOWN_SESSION"]);
  if (isGatelogError(record.refusal, "UNKNOWN_SESSION")) return { intact: 0, reason: null };
  if (record.refusal === null) assert.deepEqual(record.value.opening.facts, facts);
  let reason: Error | null = record.refusal;
  let intact = 0;
  for (const [index, entry] of entries.entries()) {
    const page = await refusalOf(store.read(sessionId, gatewayId, { from: index, limit: 1 }), REFUSALS);
    reason ??= page.refusal;
    const [read] = page.refusal === null ? page.value : [];
    if (read === undefined) continue;
    assert.deepEqual(read, entry, `entry ${index} is altered`);
    if (intact === index) intact += 1;
    else assert.notEqual(reason, null, `entry ${index} stands behind a gap, and nobody says so`);
  }
  const whole = await refusalOf(store.read(sessionId, gatewayId, { from: 0, limit: MAX_ENTRIES_PER_CALL }), REFUSALS);
  reason ??= whole.refusal;
  if (whole.refusal === null) assert.deepEqual(whole.value, entries.slice(0, whole.value.length));
  return { intact, reason };
}

async function appendNext(store: LogStore, { facts, entries }: Written, intact: number): Promise<void> {
  await store.append([entries[intact] ?? (await makeEntry(facts, KIT_ORIGIN, entries.at(-1) ?? null))]);
}

/** A store that says nothing of damage takes what it lacks, and has it. */
async function goesOn(store: LogStore, { facts, opening, entries }: Written): Promise<void> {
  await store.openSession(opening);
  await updateLog(store, entries);
  const read = await store.read(facts.sessionId, KIT_ORIGIN.gatewayId, { from: 0, limit: MAX_ENTRIES_PER_CALL });
  assert.deepEqual<readonly unknown[]>(read, entries satisfies readonly SignedEntry[]);
}

type Outcome<T> = { readonly value: T; readonly refusal: null } | { readonly refusal: Error };

/** What the promise gives, or the refusal with one of the codes, which says why. Any other error is thrown. */
async function refusalOf<T>(promise: Promise<T>, codes: readonly ErrorCode[]): Promise<Outcome<T>> {
  try {
    return { value: await promise, refusal: null };
  } catch (error) {
    if (!isGatelogError(error, ...codes)) throw error;
    assert.ok(error.message.length > 0, `${error.code} says why`);
    return { refusal: error };
  }
}
