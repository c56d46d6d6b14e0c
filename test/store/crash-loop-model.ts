import type { SessionId } from "../../src/entry/hex.ts";
import type { Line, SaidEntry } from "./crash-loop-lines.ts";

type Said<Kind extends Line["said"]> = Extract<Line, { readonly said: Kind }>;

/**
 * What a store must have: what was acknowledged, and what was read from it once. What a reading finds is held against it, entry by
 * entry: the hash stands for every byte of fields and payload (the reader has computed it), and the signature is compared itself.
 */
export class CrashLoopModel {
  readonly #known = new Map<SessionId, SaidEntry[]>();
  #found = new Map<SessionId, SaidEntry[]>();
  /** Sessions of which the reading has told to the end. */
  #complete = new Set<SessionId>();

  opened({ sessionId }: Said<"opened">): void {
    if (!this.#known.has(sessionId)) this.#known.set(sessionId, []);
  }

  acknowledged(entry: Said<"acknowledged">): void {
    const entries = this.#known.get(entry.sessionId) ?? [];
    this.#known.set(entry.sessionId, entries);
    entries[entry.index] = entry;
  }

  read(entry: Said<"entry">): void {
    const entries = this.#found.get(entry.sessionId) ?? [];
    this.#found.set(entry.sessionId, entries);
    entries.push(entry);
  }

  readSession({ sessionId }: Said<"session">): void {
    this.#complete.add(sessionId);
    if (!this.#found.has(sessionId)) this.#found.set(sessionId, []);
  }

  /** The reading broke off, and shows nothing. */
  forgetReading(): void {
    this.#found = new Map();
    this.#complete = new Set();
  }

  /** Ends the reading; says what is missing or other than it was. From now on all that was read must stay. */
  verify(): string[] {
    const faults = [...this.#known].flatMap(([sessionId, entries]) =>
      this.#complete.has(sessionId)
        ? lostOf(sessionId, entries, this.#found.get(sessionId) ?? [])
        : [`session ${sessionId} is lost, with ${entries.length} entries`],
    );
    for (const [sessionId, entries] of this.#found) this.#known.set(sessionId, entries);
    this.forgetReading();
    return faults;
  }
}

function lostOf(sessionId: SessionId, known: readonly SaidEntry[], found: readonly SaidEntry[]): string[] {
  // An index that was never told of is a hole here, and skipped: those before an entry have been acknowledged with it.
  const faults: string[] = [];
  known.forEach(({ entryHash, signature }, index) => {
    const now = found[index];
    if (now === undefined) faults.push(`entry ${index} of session ${sessionId} is lost`);
    else if (now.entryHash !== entryHash || now.signature !== signature)
      faults.push(`entry ${index} of session ${sessionId} is another than it was`);
  });
  return faults;
}
