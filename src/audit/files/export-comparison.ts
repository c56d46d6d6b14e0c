import { entryHashOf } from "../../entry/entry.ts";
import type { GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import { recoverSigner, type CompactSignature } from "../../entry/signature.ts";
import type { FindingList } from "../findings.ts";
import { FileSession } from "./file-session.ts";
import { ExportLines } from "./export-lines.ts";
import { bytesOf } from "./export-source.ts";
import { HashFile, type LogHashes, type SessionHashes } from "./hash-file.ts";
import { signerOf } from "../checks/signers.ts";
import type { Trusted } from "../trust.ts";

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

/**
 * Compares two files entry by entry. Another entry at the same index of the same log, each with its writer's signature, is SPLIT_VIEW,
 * and so are two openings, closings or decisions: the writer has told each of the two another story. What is not signed as it must be is
 * found where each file is audited by itself. Of each log the first difference is named: all behind it follow from it.
 *
 * Memory: of the first file the place of each session (about 100 bytes); the hashes lie in a temporary file.
 */
export async function compareExports(
  first: ComparedFile,
  second: ComparedFile,
  findings: FindingList,
): Promise<ExportComparison> {
  const comparison = new Comparison(keysOf(first.trusted), keysOf(second.trusted), findings);
  compareKeys(first.trusted, second.trusted, findings);
  const hashes = new HashFile();
  try {
    for await (const session of sessionsIn(first.path)) hashes.add(session);
    let onlySecond = 0;
    for await (const session of sessionsIn(second.path)) {
      const other = hashes.take(session.sessionId);
      if (other === undefined) onlySecond += 1;
      else comparison.session(other, session);
    }
    return comparison.result({ onlyFirst: hashes.left, onlySecond });
  } finally {
    hashes.close();
  }
}

type KeyOf = (gatewayId: GatewayId, epoch: number) => string | undefined;

function keysOf({ gateways }: Trusted): KeyOf {
  const keys = new Map(
    gateways.flatMap(({ gatewayId, keys: own }) => own.map(({ epoch, key }) => [`${gatewayId} ${epoch}`, key])),
  );
  return (gatewayId, epoch) => keys.get(`${gatewayId} ${epoch}`);
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
    const shorter = Math.min(first.entries.length, others.length);
    let same = 0;
    while (same < shorter && first.entries[same]?.digest === others[same]?.digest) same += 1;
    this.#sameEntries += same;
    if (same < shorter) {
      const [ours, theirs] = [
        vouched(first, same, this.#first),
        vouched({ gatewayId, entries: others }, same, this.#second),
      ];
      if (ours !== undefined && theirs !== undefined)
        this.#findings.add(
          "SPLIT_VIEW",
          { ...subject, index: same },
          `entry ${same}, in the first file and in the second`,
          ours,
          theirs,
        );
    }
    if (first.entries.length !== others.length)
      this.#isLonger(sessionId, gatewayId, first.entries.length, others.length);
    this.#statements(subject, "closing", first.closings ?? [], second?.closings ?? []);
  }

  /** Of statements that can be made once. A decision on another ground than the origin's word has no signature. */
  #statements(
    subject: { readonly sessionId: SessionId; readonly gatewayId?: GatewayId },
    what: string,
    [first]: readonly Statement[],
    [second]: readonly Statement[],
  ): void {
    if (first === undefined || second === undefined || first.statement === second.statement) return;
    if (isVouched(first, this.#first) && isVouched(second, this.#second))
      this.#findings.add(
        "SPLIT_VIEW",
        subject,
        `${what}, in the first file and in the second`,
        first.statement,
        second.statement,
      );
  }

  #isLonger(sessionId: SessionId, gatewayId: GatewayId, first: number, second: number): void {
    this.#longerCount += 1;
    if (this.#longer.length < MAX_NAMED_LOGS) this.#longer.push({ sessionId, gatewayId, first, second });
  }
}

type Statement = SessionHashes["opening"];

function isVouched({ gatewayId, epoch, digest, signature }: Statement, keyOf: KeyOf): boolean {
  return signature === null || isSigned(digest, signature, keyOf(gatewayId, epoch));
}

/** The entry in words, if its writer has signed it, or one of its epoch behind it, which contains its hash. */
function vouched(
  { gatewayId, entries }: Pick<LogHashes, "gatewayId" | "entries">,
  index: number,
  keyOf: KeyOf,
): string | undefined {
  const entry = entries[index];
  const signed = entries.slice(index).find(({ signature }) => signature !== null);
  if (entry === undefined || signed === undefined || signed.signature === null) return undefined;
  const key = keyOf(gatewayId, signed.epoch);
  return isSigned(signed.digest, signed.signature, key) ? `${entry.digest}, signed by ${key}` : undefined;
}

function isSigned(digest: Hash, signature: CompactSignature, key: string | undefined): boolean {
  return key !== undefined && signerOf(recoverSigner, digest, signature) === key;
}

/** The sessions of a file, each as hashes. */
async function* sessionsIn(path: string): AsyncGenerator<SessionHashes> {
  let open: FileSession | undefined;
  for await (const record of new ExportLines(bytesOf(path)).records()) {
    if (record.kind === "session") {
      if (open !== undefined) yield hashesOf(open);
      open = new FileSession(record);
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
      ...{ signature: entry.signature, epoch: entry.epoch },
    })),
    closings: closings.filter((closing) => closing.gatewayId === gatewayId),
  }));
  return { sessionId, opening, decisions, logs };
}
