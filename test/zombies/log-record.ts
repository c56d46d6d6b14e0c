import { toHex, type Hex } from "../../src/entry/hex.ts";
import type { Reign, Signed } from "./judgement.ts";

/** What the place of the logs shows of the group behind a mark. */
export interface Told {
  /** Epochs that have begun, behind the one that was there at the mark; that one is missing as long as there was no other. */
  readonly reigns: readonly Reign[];
  /** What the group signed and the place has accepted. */
  readonly signed: readonly Signed[];
  /** Sentences about what else is wrong there. */
  readonly faults: readonly string[];
}

/** The place of the logs, read past the gateways: a chain, or a database. */
export interface LogRecord {
  /** How far it goes now. */
  mark(): Promise<number>;
  behind(mark: number): Promise<Told>;
  close(): Promise<void>;
}

/** Those behind the mark, and the one that was there then, as of any time before. */
export function reignsSince(all: readonly Reign[], isBehind: (reign: Reign) => boolean): Reign[] {
  const before = all.findLast((reign) => !isBehind(reign));
  return [...(before ? [{ ...before, since: null }] : []), ...all.filter(isBehind)];
}

export function lower(text: string): Hex {
  return toHex(text.toLowerCase());
}
