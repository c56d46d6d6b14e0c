import type { Hash } from "../../entry/hex.ts";
import type { LogClosed } from "../reading/events.ts";
import type { LogWord } from "../reading/reader.ts";

/** Where the walk of a sound log ended, for a later one to begin. */
export interface LogFooting {
  /** Of the next entry. */
  readonly index: number;
  readonly entryHash: Hash;
  readonly block: number;
  /** The highest so far. */
  readonly seqNumber: number;
  /** The registry has seen the origin's burn. */
  readonly burned: boolean;
}

/** What else says where the log ends: its closing, if there is one, and its head, if it was read. */
export interface LogEnds {
  readonly closing: LogClosed | undefined;
  readonly head: LogWord | undefined;
  /** Where an earlier walk ended; the entries are those behind. */
  readonly since?: LogFooting | undefined;
}
