import { toHex, type Hex } from "../../src/entry/hex.ts";
import type { Reign, Signed } from "./judgement.ts";

/** What the place of the logs shows of the group behind a mark. */
export interface Told {
  /** Epochs that have begun. */
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

export function lower(text: string): Hex {
  return toHex(text.toLowerCase());
}
