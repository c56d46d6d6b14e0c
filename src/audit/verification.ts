import type { ErrorCode } from "../entry/errors.ts";
import type { Address, SessionId } from "../entry/hex.ts";
import type { Finding } from "./findings.ts";
import type { CheckedSession } from "./checks/session-check.ts";
import type { EarlierCounts } from "./checkpoint/earlier.ts";
import type { TokenReport } from "./ledgers/token-book.ts";
import type { Trusted } from "./trust.ts";

/**
 * sound: everything was read and nothing found, up to the block named. findings: something is wrong, whatever else could not
 * be read. could-not-tell: nothing was found in what was read, and that was not all.
 */
export type Verdict = "sound" | "findings" | "could-not-tell";

/** Something that could not be read, and so is vouched for by nobody. */
export interface Unread {
  readonly what: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface Verification {
  readonly verdict: Verdict;
  readonly session: SessionId | null;
  readonly trusted: Trusted;
  readonly entries: { readonly total: number; readonly withPayload: number };
  /** Anchors of all gateways; null where only one session was asked for. */
  readonly anchors: number | null;
  readonly sessions: readonly CheckedSession[];
  readonly ledgers: readonly LedgerReport[];
  readonly findings: readonly Finding[];
  /** Number of findings; more than are listed if there are very many. */
  readonly findingCount: number;
  readonly unread: readonly Unread[];
  /** Entries that the registry refused. It says so itself; nothing rests on it. */
  readonly refused: number;
  /**
   * Where the run went on from an earlier one: up to which block that had read, and what of it was not looked at again. It is counted in
   * the numbers above; `sessions` has those that were looked at.
   */
  readonly earlier?: EarlierRun;
}

export interface EarlierRun extends EarlierCounts {
  readonly block: number;
}

/** What was read of a ledger. */
export interface LedgerReport {
  readonly name: string;
  readonly chainId: number;
  readonly escrow: Address;
  readonly block: number;
  /** Terms that name another register or none, and under which the escrow did something: not looked at further. */
  readonly ofOthers: number;
  readonly tokens: readonly TokenReport[];
}
