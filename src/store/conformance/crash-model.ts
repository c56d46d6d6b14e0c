import type { SessionId } from "../../entry/hex.ts";
import type { Line, SaidEntry } from "./crash-lines.ts";

/**
 * What a store must have: what was acknowledged, and what was read from it once. What a reading finds is held against it, entry by
 * entry: the hash stands for every byte of fields and payload (the reader has computed it), and the signature is compared itself.
 */
export class CrashModel {
  readonly #known = new Map<SessionId, SaidEntry[]>();
  #found = new Map<SessionId, SaidEntry[]>();
  /** Sessions of which the reading has told to the end. */
  #complete = new Set<SessionId>();

  /** Takes in what a writer says; what is wrong with it. */
  hear(line: Line): string[] {
    switch (line.said) {
      case "opened":
        if (!this.#known.has(line.sessionId)) this.#known.set(line.sessionId, []);
        return [];
      case "acknowledged":
        entriesOf(this.#known, line.sessionId)[line.index] = line;
        return [];
      case "entry":
        entriesOf(this.#found, line.sessionId).push(line);
        return [];
      case "session":
        entriesOf(this.#found, line.sessionId);
        this.#complete.add(line.sessionId);
        return [];
      case "verified":
        return this.#verify();
      case "fault":
        return [line.text];
      case "ready":
      case "refused":
        return [];
    }
  }

  /** The reading broke off, and shows nothing. */
  forgetReading(): void {
    this.#found = new Map();
    this.#complete = new Set();
  }

  /** Ends the reading; says what is missing or other than it was. From now on all that was read must stay. */
  #verify(): string[] {
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

function entriesOf(logs: Map<SessionId, SaidEntry[]>, sessionId: SessionId): SaidEntry[] {
  const entries = logs.get(sessionId) ?? [];
  logs.set(sessionId, entries);
  return entries;
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
