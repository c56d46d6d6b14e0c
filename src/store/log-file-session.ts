import type { LogEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address, GatewayId, SessionId } from "../entry/hex.ts";
import { verifyInclusionProof } from "../entry/inclusion-proof.ts";
import { checkContent, checkPlace, checkSignature, startOfLog, type LogPosition } from "../entry/log-check.ts";
import { sessionHashOf } from "../entry/session.ts";
import { checkClosingSignature, checkDecisionSignature, checkOpeningSignature } from "../entry/signed-statements.ts";
import type {
  ClosedLine,
  ClosingLine,
  DecisionLine,
  EntryLine,
  EventPlace,
  ProofLine,
  SessionLine,
} from "./log-file.ts";
import type { LogHead } from "./log-store.ts";

/** Key of a gateway in an epoch; UNKNOWN_GATEWAY if the file has no such gateway, STALE_EPOCH if it had no key then. */
export type FileKeys = (gatewayId: GatewayId, epoch: number) => Address;

interface OpenLog {
  readonly head: LogHead;
  position: LogPosition;
  /** First of the last entries without a signature of their own, until a later one of their epoch carries it. */
  unsigned: LogEntry | null;
  lastBlock: number;
  isClosed: boolean;
}

/**
 * One session of a file, record by record. What its first record promises (lengths, heads, decision, closings) must have come when
 * it ends. Everything is checked that the file alone can show; signatures only with `keys`.
 */
export class LogFileSession {
  readonly sessionId: SessionId;
  readonly #line: SessionLine;
  readonly #keys: FileKeys | null;
  /** Block of the file's chain; null for a store's. */
  readonly #upTo: number | null;
  readonly #logs: ReadonlyMap<GatewayId, OpenLog>;
  #at: EventPlace | null = null;
  #last: LogEntry | null = null;
  #decided = false;
  #closed = false;

  constructor(line: SessionLine, upTo: number | null, keys: FileKeys | null) {
    const { facts } = line.opening;
    this.sessionId = facts.sessionId;
    this.#line = line;
    this.#keys = keys;
    this.#upTo = upTo;
    if (line.sessionHash !== sessionHashOf(facts)) throw this.#wrong("sessionHash is not that of the facts");
    const parties = facts.destination === null ? [facts.origin] : [facts.origin, facts.destination];
    if (line.logs.map(({ gatewayId }) => gatewayId).join() !== parties.map(({ gatewayId }) => gatewayId).join())
      throw this.#wrong("the logs are not those of the session's gateways, the origin's first");
    if (line.closed !== line.logs.every(({ closed }) => closed))
      throw this.#wrong("a session is closed if its logs are");
    this.#logs = new Map(
      line.logs.map((head) => [
        head.gatewayId,
        {
          head,
          position: startOfLog(facts.sessionId, line.sessionHash, head.gatewayId),
          unsigned: null,
          lastBlock: line.chain?.at.block ?? 0,
          isClosed: false,
        },
      ]),
    );
    this.#checkHeads();
    this.#move(line.chain?.at ?? null);
    if (keys !== null) checkOpeningSignature(line.opening, keys(facts.origin.gatewayId, line.opening.epoch));
  }

  /** WRONG_INDEX, WRONG_HEAD, STALE_EPOCH, UNKNOWN_LOG, INVALID_ENTRY, WRONG_PAYLOAD_HASH, INVALID_SIGNATURE, FOREIGN_SIGNATURE, MALFORMED. */
  entry({ entry, at }: EntryLine): void {
    const log = this.#log(entry.gatewayId);
    checkContent(entry);
    const position = checkPlace(log.position, entry);
    if (position.length > log.head.length)
      throw new GatelogError("WRONG_INDEX", `the session's record says ${log.head.length} entries, and here is more`, {
        ...{ sessionId: this.sessionId, gatewayId: entry.gatewayId, index: entry.index },
      });
    if (log.unsigned !== null && log.unsigned.epoch !== entry.epoch) throw unsigned(log.unsigned);
    if (entry.signature === null) log.unsigned ??= entry;
    else {
      if (this.#keys !== null) checkSignature(entry, this.#keys);
      log.unsigned = null;
    }
    log.position = position;
    this.#last = entry;
    this.#follow(log, at);
  }

  /** Stands right behind its entry. Whether the root is anchored is for the chain to say. */
  proof({ entryHash, proof }: ProofLine): void {
    const entry = this.#last;
    this.#last = null;
    if (this.#upTo !== null || entry?.entryHash !== entryHash)
      throw this.#wrong("a proof stands behind the entry of a store");
    if (!verifyInclusionProof(entry, proof)) throw this.#wrong("the proof does not lead from its entry to its root");
  }

  decision({ statement, at }: DecisionLine): void {
    this.#last = null;
    const { opening, decision, sessionHash } = this.#line;
    if (this.#decided || statement.decision !== decision)
      throw this.#wrong(`the session's record says ${decision ?? "nothing"} of a decision, and here is another one`);
    if (statement.sessionId !== this.sessionId || statement.sessionHash !== sessionHash)
      throw this.#wrong("the decision is another session's");
    const { gatewayId } = opening.facts.origin;
    if (this.#keys !== null && statement.signature !== null)
      checkDecisionSignature(opening.facts, statement, this.#keys(gatewayId, statement.epoch));
    if (at !== null && at.block !== this.#line.chain?.head.decidedBlock)
      throw this.#wrong("the decision stands in another block than the registry holds");
    this.#move(at);
    this.#decided = true;
  }

  closing({ statement, at }: ClosingLine): void {
    const log = this.#log(statement.gatewayId);
    const { head, position } = log;
    if (statement.sessionId !== this.sessionId || statement.sessionHash !== this.#line.sessionHash)
      throw this.#wrong("the closing is another session's");
    if (!head.closed || log.isClosed) throw this.#wrong("a log that is not closed, or is closed twice");
    if (position.length !== head.length || statement.length !== head.length)
      throw new GatelogError("WRONG_INDEX", `the log is closed at ${statement.length} entries of ${head.length}`, {
        ...{ sessionId: this.sessionId, gatewayId: statement.gatewayId, actual: position.length },
      });
    if (statement.lastEntryHash !== head.lastEntryHash)
      throw new GatelogError("WRONG_HEAD", "the closing names another head", {
        ...{ sessionId: this.sessionId, gatewayId: statement.gatewayId },
      });
    const { facts } = this.#line.opening;
    if (this.#keys !== null) checkClosingSignature(facts, statement, this.#keys(statement.gatewayId, statement.epoch));
    log.isClosed = true;
    this.#follow(log, at);
  }

  closed({ sessionId, sessionHash, at }: ClosedLine): void {
    if (sessionId !== this.sessionId || sessionHash !== this.#line.sessionHash)
      throw this.#wrong("the word of another session's closing");
    if (!this.#line.closed || this.#closed) throw this.#wrong("a session that is not closed, or is closed twice");
    if (at.block !== this.#line.chain?.head.closedBlock)
      throw this.#wrong("the session was closed in another block than the registry holds");
    this.#move(at);
    this.#closed = true;
  }

  /** The session is over: all that its record promises must have come. */
  end(): void {
    const isChain = this.#upTo !== null;
    for (const { head, position, unsigned: open, isClosed } of this.#logs.values()) {
      const { gatewayId } = head;
      if (position.length !== head.length)
        throw new GatelogError("WRONG_INDEX", `the log ends behind ${position.length} of ${head.length} entries`, {
          ...{ sessionId: this.sessionId, gatewayId, expected: head.length, actual: position.length },
        });
      if (position.lastEntryHash !== head.lastEntryHash)
        throw new GatelogError("WRONG_HEAD", "the log's last entry is not the one that the session's record names", {
          ...{ sessionId: this.sessionId, gatewayId },
        });
      if (open !== null) throw unsigned(open);
      if (isChain && head.closed && !isClosed) throw this.#wrong("a closed log lacks its closing");
    }
    const { decision, closed } = this.#line;
    if (decision !== null && decision !== "NONE" && !this.#decided) throw this.#wrong("the decision is missing");
    if (isChain && closed && !this.#closed)
      throw this.#wrong("the registry's word that the session is closed is missing");
  }

  #checkHeads(): void {
    const { chain, decision, logs, opening, closed } = this.#line;
    if ((chain === null) !== (this.#upTo === null)) throw this.#wrong("a place on chain goes with a file from a chain");
    if (chain === null) return;
    const { head } = chain;
    const isHead =
      head.openBlock === chain.at.block &&
      head.decision === decision &&
      head.deadline === opening.facts.deadline &&
      (head.closedBlock !== 0) === closed &&
      head.openLogs === logs.filter((log) => !log.closed).length;
    const areLogs =
      chain.logs.length === logs.length &&
      chain.logs.every((word, place) => {
        const log = logs[place];
        const sameHead = log?.length === word.length && log.lastEntryHash.startsWith(word.lastEntryHash);
        return sameHead && log.closed === word.closed && word.open === !word.closed;
      });
    if (!isHead || !areLogs) throw this.#wrong("what the registry held is not what the record says");
  }

  #log(gatewayId: GatewayId): OpenLog {
    const log = this.#logs.get(gatewayId);
    if (log !== undefined) return log;
    throw new GatelogError("UNKNOWN_LOG", "the gateway is no party to the session that stands before", {
      ...{ sessionId: this.sessionId, gatewayId },
    });
  }

  /** An event of a log names the block of the one before. */
  #follow(log: OpenLog, at: (EventPlace & { readonly previousBlock: number }) | null): void {
    this.#move(at);
    if (at === null) return;
    if (at.previousBlock !== log.lastBlock) throw this.#wrong("the event does not follow the log's one before");
    log.lastBlock = at.block;
  }

  /** Events stand in the order of the chain. */
  #move(at: EventPlace | null): void {
    if ((at === null) !== (this.#upTo === null)) throw this.#wrong("a place on chain goes with a file from a chain");
    if (at === null || this.#upTo === null) return;
    const before = this.#at;
    if (at.block > this.#upTo) throw this.#wrong("an event behind the block that the file goes up to");
    if (before !== null && (at.block < before.block || (at.block === before.block && at.logIndex <= before.logIndex)))
      throw this.#wrong("the events do not stand in the order of the chain");
    this.#at = at;
  }

  #wrong(message: string): GatelogError {
    return new GatelogError("MALFORMED", message, { sessionId: this.sessionId });
  }
}

function unsigned({ index, gatewayId }: LogEntry): GatelogError {
  return new GatelogError("INVALID_SIGNATURE", "no signature covers the entry", { gatewayId, index });
}
