import type { SignedEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { SessionFacts } from "../entry/session.ts";
import type { Dispute } from "../protocol/state.ts";
import { unknownSession } from "../store/admission.ts";
import { diffLogs, readCopy } from "../store/log-diff.ts";
import type { KeepsCopies, LogRun, SessionRecord } from "../store/log-store.ts";
import { hasPrivateLogs } from "./agreement.ts";
import { checkSender } from "./peer-message.ts";
import type { GatewayPorts } from "./ports.ts";
import type { RunReceipt } from "./runs.ts";

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
   * the writer has lost the right to write; TOO_LARGE; OVERLOADED; and those of `adopt`, where EQUIVOCATION is also reported.
   */
  async receive(sessionId: SessionId, run: LogRun): Promise<RunReceipt> {
    const { opening, entries } = run;
    const [first] = entries;
    const last = entries.at(-1);
    if (first === undefined || last === undefined) throw new GatelogError("MALFORMED", "a run has entries", {});
    if (first.sessionId !== sessionId || (opening !== undefined && opening.facts.sessionId !== sessionId))
      throw new GatelogError("MALFORMED", "the run belongs to another session", { sessionId });
    const record = await this.#find(sessionId);
    const facts = record?.opening.facts ?? opening?.facts;
    if (facts === undefined) throw unknownSession(sessionId);
    checkSender(facts, this.#own, first.gatewayId);
    checkRegister(facts);
    if (!record?.logs.some((log) => log.gatewayId === this.#own && log.closed)) this.#hooks.requireRoom(facts);
    if (last.index >= (record ? lengthOf(record, first.gatewayId) : 0)) await this.#checkMayWrite(last);
    try {
      await this.#copies.adopt(run);
    } catch (error) {
      await this.#reportFork(sessionId, entries, error);
      throw error;
    }
    const after = await this.#ports.store.session(sessionId);
    this.#hooks.onNews(after);
    return { holds: lengthOf(after, first.gatewayId), length: lengthOf(after, this.#own) };
  }

  /** The fence: new entries end with one of the writer's current epoch, which vouches for those before it. */
  async #checkMayWrite({ gatewayId, epoch, index }: SignedEntry): Promise<void> {
    if (index >= MAX_COPY_LENGTH)
      throw new GatelogError("TOO_LARGE", `at most ${MAX_COPY_LENGTH} entries of a log are kept`, {
        maximum: MAX_COPY_LENGTH,
      });
    const current = (await this.#ports.directory.gateway(gatewayId)).epoch;
    if (epoch !== current)
      throw new GatelogError("STALE_EPOCH", `the gateway's current epoch is ${current}, not ${epoch}`, {
        expected: current,
        actual: epoch,
      });
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
