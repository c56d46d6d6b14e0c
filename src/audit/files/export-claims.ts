import { entryHashOf } from "../../entry/entry.ts";
import { isGatelogError } from "../../entry/errors.ts";
import { afterChange, splitEndpoints, type GatewayHistory } from "../../entry/gateway-history.ts";
import type { GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import { sessionHashOf } from "../../entry/session.ts";
import type { ExportedEntry, ExportedGateway, ExportedPlace, ExportedSession } from "./export-format.ts";
import type { ExportBody } from "./export-lines.ts";
import type { FindingCode, FindingList, Subject } from "../findings.ts";

/**
 * Checks what a file says beside the events themselves: hashes that follow from them, keys and lengths that they add up to, their
 * order. Nothing of the verdict rests on it, but who reads the file without an auditor would believe it.
 */
export class ExportClaims {
  readonly #findings: FindingList;
  readonly #isChain: boolean;
  #session: { readonly sessionId: SessionId; readonly sessionHash: Hash } | undefined;
  #last: ExportedPlace | undefined;

  constructor(findings: FindingList, isChain: boolean) {
    this.#findings = findings;
    this.#isChain = isChain;
  }

  /** Hash of the session that the last record belongs to, by its facts. */
  get sessionHash(): Hash | undefined {
    return this.#session?.sessionHash;
  }

  take(record: ExportBody): void {
    switch (record.kind) {
      case "gateway":
        this.#gateway(record);
        break;
      case "session":
        this.#opened(record);
        break;
      case "entry":
        this.#entry(record);
        break;
      case "decision":
        this.#stated("DECISION_ALTERED", record.statement, record.at);
        if (this.#isChain && !record.final)
          this.#differs("DECISION_ALTERED", record.statement, "decision of a final block", "final", "not final");
        break;
      case "closing":
        this.#stated("CLOSING_ALTERED", record.statement, record.at);
        break;
      case "closed":
        this.#inOrder(record, record.at, "EVENT_REORDERED");
        break;
      default: // a proof is checked where anchors are, and of what was left out nothing is said
    }
  }

  #gateway(line: ExportedGateway): void {
    const { gatewayId, chain } = line;
    const isCurrent = line.keys.at(-1)?.epoch === line.epoch;
    if (!isCurrent)
      this.#differs(
        "REGISTRY_ALTERED",
        { gatewayId },
        "epoch as the file says it",
        line.keys.at(-1)?.epoch,
        line.epoch,
      );
    const history = chain && historyOf(chain.changes);
    // Changes that do not follow each other are told of where they are replayed.
    if (!history) return;
    const pairs = [
      ["keys", history.keys, line.keys],
      ["endpoints", splitEndpoints(history.endpoints), line.endpoints],
      ["backups", history.backups, line.backups ?? history.backups],
    ] as const;
    for (const [what, expected, found] of pairs)
      this.#differs(
        "REGISTRY_ALTERED",
        { gatewayId },
        `${what} as the file says them`,
        textOf(expected),
        textOf(found),
      );
  }

  #opened(line: ExportedSession): void {
    const { facts } = line.opening;
    const { sessionId } = facts;
    const sessionHash = sessionHashOf(facts);
    this.#session = { sessionId, sessionHash };
    this.#last = line.chain?.at;
    const subject = { sessionId, gatewayId: facts.origin.gatewayId, block: line.chain?.at.block };
    this.#differs("OPENING_ALTERED", subject, "hash of the session as the file says it", sessionHash, line.sessionHash);
    const parties = [facts.origin, ...(facts.destination === null ? [] : [facts.destination])];
    const named = line.logs.map(({ gatewayId }) => gatewayId).join();
    this.#differs("OPENING_ALTERED", subject, "logs", parties.map(({ gatewayId }) => gatewayId).join(), named);
    if (line.chain === null) return;
    const { head, logs } = line.chain;
    const pairs: (readonly [string, unknown, unknown])[] = [
      ["decision", head.decision, line.decision],
      ["closed", head.closedBlock !== 0, line.closed],
    ];
    for (const [place, log] of line.logs.entries()) {
      const word = logs[place];
      pairs.push(
        [`entries of log ${place}`, word?.length, log.length],
        [`last entry of log ${place}`, word?.lastEntryHash, log.lastEntryHash.slice(0, word?.lastEntryHash.length)],
        [`log ${place} closed`, word?.closed, log.closed],
      );
    }
    for (const [what, expected, found] of pairs)
      this.#differs("HEAD_MISMATCH", subject, `${what} as the file says it`, expected, found);
  }

  #entry({ entry, at }: ExportedEntry): void {
    const { sessionId, gatewayId, index } = entry;
    const subject = { sessionId, gatewayId, index, block: at?.block };
    this.#inOrder(subject, at, "ENTRY_REORDERED");
    // Of an entry that was put under another session, that session tells.
    if (this.#session?.sessionId !== sessionId) return;
    const { sessionHash } = this.#session;
    this.#differs("ENTRY_ALTERED", subject, "hash of the session as the file says it", sessionHash, entry.sessionHash);
    const entryHash = entryHashOf({ ...entry, sessionHash });
    this.#differs("ENTRY_ALTERED", subject, "hash of the entry as the file says it", entryHash, entry.entryHash);
  }

  #stated(
    code: FindingCode,
    statement: { readonly sessionId: SessionId; readonly sessionHash: Hash; readonly gatewayId?: GatewayId },
    at: ExportedPlace | null,
  ): void {
    const { sessionId, gatewayId, sessionHash } = statement;
    const subject = { sessionId, gatewayId, block: at?.block };
    this.#inOrder(subject, at, "EVENT_REORDERED");
    if (this.#session?.sessionId !== sessionId)
      this.#differs(code, subject, "session that it stands under", this.#session?.sessionId, sessionId);
    else
      this.#differs(code, subject, "hash of the session as the file says it", this.#session.sessionHash, sessionHash);
  }

  /** The events of a session stand in a file as they stand in the chain. */
  #inOrder(subject: Subject, at: ExportedPlace | null, code: FindingCode): void {
    if (at === null) return;
    const last = this.#last;
    if (last !== undefined && (at.block < last.block || (at.block === last.block && at.logIndex < last.logIndex)))
      this.#findings.add(
        code,
        subject,
        "place in the file",
        `behind log ${last.logIndex} of block ${last.block}`,
        `log ${at.logIndex} of block ${at.block}`,
      );
    this.#last = at;
  }

  #differs(code: FindingCode, subject: Subject, what: string, expected: unknown, found: unknown): void {
    if (expected !== found) this.#findings.add(code, subject, what, expected, found);
  }
}

function historyOf(changes: NonNullable<ExportedGateway["chain"]>["changes"]): GatewayHistory | undefined {
  try {
    return changes.reduce<GatewayHistory | undefined>(afterChange, undefined);
  } catch (error) {
    if (isGatelogError(error, "MALFORMED")) return undefined;
    throw error;
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}
