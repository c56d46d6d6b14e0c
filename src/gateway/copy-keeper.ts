import type { SignedEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { SessionFacts } from "../entry/session.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import type { Dispute } from "../protocol/state.ts";
import { unknownSession } from "../store/admission.ts";
import { diffLogs, readCopy } from "../store/log-diff.ts";
import type { KeepsCopies, SessionRecord } from "../store/log-store.ts";
import { hasPrivateLogs } from "./agreement.ts";
import { claimIn, isClaim } from "./credentials/succession-credentials.ts";
import { meet } from "./introduction.ts";
import { checkSender } from "./peer-message.ts";
import type { GatewayPorts } from "./ports.ts";
import type { PeerRun, RunReceipt } from "./runs.ts";
import { checkVouchedFor } from "./vouching.ts";

/**
 * Most entries of a peer's log that are kept. A transfer has about forty; the handshakes of recovery, and what a gateway makes
 * of its peer's silence, may come again and again. What goes beyond it is a peer that fills this gateway's disk.
 */
const MAX_COPY_LENGTH = 100_000;

export interface CopyHooks {
  /** The copy of the peer's log has grown. */
  readonly onNews: (record: SessionRecord) => void;
  /** Two accounts of one log, both signed by its writer, exclude each other. */
  readonly onDispute: (sessionId: SessionId, dispute: Dispute) => void;
  /** A backup of the peer's has brought entries: believed, or why not. */
  readonly onBackup: (sessionId: SessionId, peer: GatewayId, refused: GatelogError | null) => void;
  /** OVERLOADED if there is no room for another session. */
  readonly requireRoom: (facts: SessionFacts) => void;
}

/** Takes what the peers bring of their private logs. One run of a log at a time, so that a fork is told from a repeat. */
export class CopyKeeper {
  readonly #ports: GatewayPorts;
  readonly #copies: KeepsCopies;
  readonly #own: GatewayId;
  readonly #hooks: CopyHooks;

  constructor(ports: GatewayPorts, copies: KeepsCopies, own: GatewayId, hooks: CopyHooks) {
    this.#ports = ports;
    this.#copies = copies;
    this.#own = own;
    this.#hooks = hooks;
  }

  /**
   * Resolves once the run is durable in the copy. Errors: MALFORMED; UNKNOWN_SESSION, and the run has no opening; WRONG_INDEX
   * with the length of the copy as `expected`; NOT_SERVED_HERE, the session's register is no destination's escrow; STALE_EPOCH,
   * the writer has lost the right to write; of a backup that may not those of `SuccessionCredentials.check`; TOO_LARGE; OVERLOADED; and
   * those of `adopt`, where EQUIVOCATION is also reported.
   */
  async receive(sessionId: SessionId, { closing, introduction, ...run }: PeerRun): Promise<RunReceipt> {
    const { opening, entries } = run;
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) throw new GatelogError("MALFORMED", "a run has entries", {});
    if (first.sessionId !== sessionId || (opening !== undefined && opening.facts.sessionId !== sessionId))
      throw new GatelogError("MALFORMED", "the run belongs to another session", { sessionId });
    const record = await this.#find(sessionId);
    const facts = record?.opening.facts ?? opening?.facts;
    if (facts === undefined) throw unknownSession(sessionId);
    const { gatewayId: peer } = first;
    checkSender(facts, this.#own, peer);
    checkRegister(facts);
    if (!record?.logs.some((log) => log.gatewayId === this.#own && log.closed)) this.#hooks.requireRoom(facts);
    const held = record ? lengthOf(record, peer) : 0;
    if (introduction) await this.#met(sessionId, peer, () => meet(this.#ports, peer, introduction));
    if (last.index >= held) {
      await this.#meetBackups(sessionId, entries, held);
      await this.#checkMayWrite(last, facts, closing);
    }
    try {
      await this.#copies.adopt(run);
    } catch (error) {
      await this.#reportFork(sessionId, entries, error);
      throw error;
    }
    const after = await this.#ports.store.session(sessionId);
    this.#hooks.onNews(after);
    return { holds: lengthOf(after, peer), length: lengthOf(after, this.#own) };
  }

  /** Backups that introduce themselves in the run, and that the directory does not know yet: it may learn them from here. */
  async #meetBackups(sessionId: SessionId, entries: readonly SignedEntry[], held: number): Promise<void> {
    const { credentials, directory, store } = this.#ports;
    for (const [place, entry] of entries.entries()) {
      if (credentials === undefined || entry.index < held || !isClaim(entry)) continue;
      if (entry.epoch <= (await directory.gateway(entry.gatewayId, entry.epoch)).epoch) continue;
      const [stored] =
        place > 0 || entry.index === 0
          ? [entries[place - 1]]
          : await readCopy(store, sessionId, entry.gatewayId, entry.index - 1, 1);
      await this.#met(sessionId, entry.gatewayId, () => credentials.check(claimIn(entry, stored)));
    }
  }

  async #met(sessionId: SessionId, peer: GatewayId, check: () => Promise<void>): Promise<void> {
    try {
      await check();
      this.#hooks.onBackup(sessionId, peer, null);
    } catch (error) {
      if (isGatelogError(error) && error.disposition === "reject") this.#hooks.onBackup(sessionId, peer, error);
      throw error;
    }
  }

  /** The fence: new entries end with what the writer has signed in its current epoch, which vouches for those before it. */
  async #checkMayWrite(last: SignedEntry, facts: SessionFacts, closing: ClosingStatement | undefined): Promise<void> {
    if (last.index >= MAX_COPY_LENGTH)
      throw new GatelogError("TOO_LARGE", `at most ${MAX_COPY_LENGTH} entries of a log are kept`, {
        maximum: MAX_COPY_LENGTH,
      });
    const latest = Math.max(last.epoch, closing?.epoch ?? 0);
    checkVouchedFor(last, closing, facts, await this.#ports.directory.gateway(last.gatewayId, latest));
  }

  /** Entries that the writer has signed and that cannot stand with those it had signed before. */
  async #reportFork(sessionId: SessionId, entries: readonly SignedEntry[], error: unknown): Promise<void> {
    if (!isGatelogError(error, "EQUIVOCATION", "WRONG_HEAD", "WRONG_INDEX")) return;
    const [first] = entries;
    if (first === undefined) return;
    const { gatewayId, index: from } = first;
    const stored = await readCopy(this.#ports.store, sessionId, gatewayId, Math.max(0, from - 1), entries.length + 1);
    const { conflict } = diffLogs(
      from,
      stored.filter(({ index }) => index >= from),
      entries,
    );
    const head = stored.at(-1);
    const claimed = entries.find(({ index }) => index === (head?.index ?? 0) + 1)?.lastEntryHash;
    const fork =
      conflict ??
      (error.code === "WRONG_HEAD" && head && claimed !== undefined && claimed !== head.entryHash
        ? { index: head.index, ours: head.entryHash, theirs: claimed }
        : null);
    if (fork === null) return; // A gap, or a run that does not hang together: nothing that the writer is bound by.
    const { index, ours: ownEntryHash, theirs: peerEntryHash } = fork;
    const reason = conflict ? "FORK" : "BAD_CHAIN";
    this.#ports.observe({ type: "trouble", sessionId, code: "EQUIVOCATION", message: error.message });
    this.#hooks.onDispute(sessionId, { reason, gatewayId, index, ownEntryHash, peerEntryHash });
  }

  async #find(sessionId: SessionId): Promise<SessionRecord | undefined> {
    try {
      return await this.#ports.store.session(sessionId);
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return undefined;
      throw error;
    }
  }
}

/** What is promised at 1.2 is judged there; but where logs are private, a session that names a register in them cannot end. */
export function checkRegister(facts: SessionFacts): void {
  const { sessionId, register, log } = facts;
  if (hasPrivateLogs(facts) && log === null) return;
  throw new GatelogError(
    "NOT_SERVED_HERE",
    "entries are brought where logs are private: then the register is the destination's escrow",
    {
      sessionId,
      expected: "destination",
      actual: register,
    },
  );
}

/** Number of entries of a log, 0 if the session has none such. */
export function lengthOf({ logs }: SessionRecord, gatewayId: GatewayId): number {
  return logs.find((log) => log.gatewayId === gatewayId)?.length ?? 0;
}
