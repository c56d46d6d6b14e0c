import { entryHashOf } from "../../entry/entry.ts";
import type { GatewayId, SessionId } from "../../entry/hex.ts";
import type { FindingList } from "../findings.ts";
import { FileSession } from "./file-session.ts";
import { ExportLines } from "./export-lines.ts";
import { bytesOf } from "./export-source.ts";
import { HashFile, type LogHashes, type SessionHashes } from "./hash-file.ts";
import { isSigned, VouchedLog, type KeyOf } from "./vouched-log.ts";
import type { Trusted } from "../trust.ts";
import { UnreadList } from "../unread-list.ts";
import type { Unread } from "../verification.ts";

/** Logs of different lengths that are named; of more the rest is counted. */
const MAX_NAMED_LOGS = 100;

/** What two files of the same logs have, and do not have, in common. It is no finding that one has more than the other. */
export interface ExportComparison {
  readonly sessions: { readonly both: number; readonly onlyFirst: number; readonly onlySecond: number };
  /** Entries that both have, each the same. */
  readonly sameEntries: number;
  /** Logs of which one file has more. */
  readonly longer: readonly {
    readonly sessionId: SessionId;
    readonly gatewayId: GatewayId;
    readonly first: number;
    readonly second: number;
  }[];
  /** Also of those that are not named. */
  readonly longerCount: number;
}

/** A file, and the keys that its own audit has trusted. */
export interface ComparedFile {
  readonly path: string;
  readonly trusted: Trusted;
}

/** What was compared. */
export interface ComparedExports {
  readonly comparison: ExportComparison;
  /** Of each file what the other one contradicts, and nobody has signed: which of the two is right cannot be told. */
  readonly unread: readonly [readonly Unread[], readonly Unread[]];
}

/**
 * Compares two files entry by entry. Another entry at the same index of the same log, each with its writer's signature, is SPLIT_VIEW,
 * and so are two openings, closings or decisions: the writer has told each of the two another story. What is not signed as it must be is
 * found where each file is audited by itself; what needs no signature accuses nobody. Of each log the first difference that its writer has
 * signed is named: all behind it follow from it.
 *
 * Memory: of the first file the place of each session (about 100 bytes); the hashes lie in a temporary file.
 */
export async function compareExports(
  first: ComparedFile,
  second: ComparedFile,
  findings: FindingList,
  session?: SessionId,
): Promise<ComparedExports> {
  const [ofFirst, ofSecond] = [keysOf(first.trusted), keysOf(second.trusted)];
  const comparison = new Comparison(undisputed(ofFirst, ofSecond), undisputed(ofSecond, ofFirst), findings);
  compareKeys(first.trusted, second.trusted, findings);
  const hashes = new HashFile();
  try {
    for await (const hashed of sessionsIn(first.path, session)) hashes.add(hashed);
    let onlySecond = 0;
    for await (const hashed of sessionsIn(second.path, session)) {
      const other = hashes.take(hashed.sessionId);
      if (other === undefined) onlySecond += 1;
      else comparison.session(other, hashed);
    }
    return { comparison: comparison.result({ onlyFirst: hashes.left, onlySecond }), unread: comparison.unread };
  } finally {
    hashes.close();
  }
}

function keysOf({ gateways }: Trusted): KeyOf {
  const keys = new Map(
    gateways.flatMap(({ gatewayId, keys: own }) => own.map(({ epoch, key }) => [`${gatewayId} ${epoch}`, key])),
  );
  return (gatewayId, epoch) => keys.get(`${gatewayId} ${epoch}`);
}

/** With a key that the other file gives otherwise nobody is accused: one of the two is not the writer's. */
function undisputed(own: KeyOf, other: KeyOf): KeyOf {
  return (gatewayId, epoch) => {
    const [key, said] = [own(gatewayId, epoch), other(gatewayId, epoch)];
    return said === undefined || said === key ? key : undefined;
  };
}

function compareKeys(first: Trusted, second: Trusted, findings: FindingList): void {
  const keyOf = keysOf(second);
  for (const { gatewayId, keys } of first.gateways)
    for (const { epoch, key } of keys) {
      const other = keyOf(gatewayId, epoch);
      if (other !== undefined && other !== key)
        findings.add(
          "SPLIT_VIEW",
          { gatewayId },
          `key of epoch ${epoch}, in the first file and in the second`,
          key,
          other,
        );
    }
}

class Comparison {
  readonly #first: KeyOf;
  readonly #second: KeyOf;
  readonly #findings: FindingList;
  readonly #unread = [new UnreadList(), new UnreadList()] as const;
  readonly #longer: ExportComparison["longer"][number][] = [];
  #longerCount = 0;
  #both = 0;
  #sameEntries = 0;

  constructor(first: KeyOf, second: KeyOf, findings: FindingList) {
    this.#first = first;
    this.#second = second;
    this.#findings = findings;
  }

  result(only: { readonly onlyFirst: number; readonly onlySecond: number }): ExportComparison {
    return {
      sessions: { both: this.#both, ...only },
      ...{ sameEntries: this.#sameEntries, longer: this.#longer, longerCount: this.#longerCount },
    };
  }

  get unread(): ComparedExports["unread"] {
    const [first, second] = this.#unread;
    return [first.all, second.all];
  }

  session(first: SessionHashes, second: SessionHashes): void {
    this.#both += 1;
    const { sessionId } = first;
    if (first.opening.statement !== second.opening.statement) {
      // Under another opening all entries are others.
      this.#statements({ sessionId }, "opening", [first.opening], [second.opening]);
      return;
    }
    this.#statements({ sessionId }, "decision", first.decisions, second.decisions);
    for (const log of first.logs) {
      const other = second.logs.find(({ gatewayId }) => gatewayId === log.gatewayId);
      this.#log(sessionId, log, other);
    }
    for (const { gatewayId, entries } of second.logs)
      if (entries.length > 0 && first.logs.every((log) => log.gatewayId !== gatewayId))
        this.#isLonger(sessionId, gatewayId, 0, entries.length);
  }

  #log(sessionId: SessionId, first: LogHashes, second: LogHashes | undefined): void {
    const { gatewayId } = first;
    const others = second?.entries ?? [];
    const subject = { sessionId, gatewayId };
    this.#entries(
      subject,
      new VouchedLog(first, this.#first),
      new VouchedLog({ gatewayId, entries: others }, this.#second),
    );
    if (first.entries.length !== others.length)
      this.#isLonger(sessionId, gatewayId, first.entries.length, others.length);
    this.#statements(subject, "closing", first.closings ?? [], second?.closings ?? []);
  }

  #entries(
    subject: { readonly sessionId: SessionId; readonly gatewayId: GatewayId },
    first: VouchedLog,
    second: VouchedLog,
  ): void {
    const both = first.indices.filter((index) => second.digestAt(index) !== undefined);
    const differing = both.filter((index) => first.digestAt(index) !== second.digestAt(index));
    this.#sameEntries += both.length - differing.length;
    for (const index of differing) {
      const [ours, theirs] = [first.vouchedAt(index), second.vouchedAt(index)];
      if (ours === undefined || theirs === undefined) continue;
      const what = `entry ${index}, in the first file and in the second`;
      this.#findings.add("SPLIT_VIEW", { ...subject, index }, what, ours, theirs);
      return;
    }
  }

  /** Of statements that can be made once. A decision on another ground than the origin's word has no signature. */
  #statements(
    subject: { readonly sessionId: SessionId; readonly gatewayId?: GatewayId },
    what: string,
    [first]: readonly Statement[],
    [second]: readonly Statement[],
  ): void {
    if (first === undefined || second === undefined || first.statement === second.statement) return;
    // One digest is one signed statement, whatever else the two say: the ground of a decision is not in it.
    const areTwo = first.digest !== second.digest;
    if (areTwo && isVouched(first, this.#first) && isVouched(second, this.#second))
      this.#findings.add(
        "SPLIT_VIEW",
        subject,
        `${what}, in the first file and in the second`,
        first.statement,
        second.statement,
      );
    const [ofFirst, ofSecond] = this.#unread;
    const named = `${what} of session ${subject.sessionId}`;
    if (first.signature === null) ofFirst.add(unsigned(named, first, second));
    if (second.signature === null) ofSecond.add(unsigned(named, second, first));
  }

  #isLonger(sessionId: SessionId, gatewayId: GatewayId, first: number, second: number): void {
    this.#longerCount += 1;
    if (this.#longer.length < MAX_NAMED_LOGS) this.#longer.push({ sessionId, gatewayId, first, second });
  }
}

type Statement = SessionHashes["opening"];

function isVouched({ gatewayId, epoch, digest, signature }: Statement, keyOf: KeyOf): boolean {
  return signature !== null && isSigned(digest, signature, keyOf(gatewayId, epoch));
}

/** What one file says without a signature, as it may, and the other contradicts. */
function unsigned(what: string, own: Statement, other: Statement): Unread {
  const message = `${own.statement}, signed by nobody; the other file has ${other.statement}`;
  return { what, code: "NOT_FOUND", message };
}

/** The sessions of a file, or the one that is asked for, each as hashes. */
async function* sessionsIn(path: string, session: SessionId | undefined): AsyncGenerator<SessionHashes> {
  let open: FileSession | undefined;
  for await (const record of new ExportLines(bytesOf(path)).records()) {
    if (record.kind === "session") {
      if (open !== undefined) yield hashesOf(open);
      const isAsked = session === undefined || record.opening.facts.sessionId === session;
      open = isAsked ? new FileSession(record) : undefined;
    } else if (record.kind === "entry") open?.entry(record.entry);
    else if (record.kind === "decision") open?.decision(record.statement);
    else if (record.kind === "closing") open?.closing(record.statement);
  }
  if (open !== undefined) yield hashesOf(open);
}

function hashesOf(session: FileSession): SessionHashes {
  const { sessionId, sessionHash } = session;
  const { opening, decisions, closings } = session.statements();
  const logs = [...session.logs].map(([gatewayId, entries]) => ({
    gatewayId,
    entries: entries.map((entry) => ({
      digest: entryHashOf({ ...entry, sessionHash }),
      ...{ index: entry.index, lastEntryHash: entry.lastEntryHash, epoch: entry.epoch, signature: entry.signature },
    })),
    closings: closings.filter((closing) => closing.gatewayId === gatewayId),
  }));
  return { sessionId, opening, decisions, logs };
}
