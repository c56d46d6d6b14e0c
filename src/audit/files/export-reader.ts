import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import type { GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import { EventFile } from "../reading/event-file.ts";
import { ExportClaims } from "./export-claims.ts";
import { eventsOf } from "./export-events.ts";
import type { ExportedSession, ExportHeader } from "./export-format.ts";
import { ExportLines, type ExportBody, type ReadFile } from "./export-lines.ts";
import { bytesOf } from "./export-source.ts";
import { FindingList, type Found } from "../findings.ts";
import type {
  Anchor,
  AnchorsWord,
  AuditReader,
  BlockInfo,
  GatewayWord,
  LogPart,
  LogQuery,
  LogWord,
  SessionWord,
} from "../reading/reader.ts";
import type { Unread } from "../verification.ts";

export type ChainHeader = ExportHeader & { readonly source: { readonly kind: "chain" } };

const NO_LOG: LogWord = { length: 0, lastEntryHash: `0x${"0".repeat(48)}`, lastBlock: 0, open: false, closed: false };
const NO_SESSION: SessionWord = {
  ...{ openBlock: 0, decidedBlock: 0, closedBlock: 0, deadline: 0, decision: "NONE" },
  ...{ votedYes: false, votedNo: false, burned: false, openLogs: 0 },
};

/** Lines between two reports of progress. */
const LINES_PER_REPORT = 10_000;

/**
 * Reads a log registry from a file that was exported from its chain, without a node: every event is rebuilt byte for byte, and
 * judged as one that a node gave. The heads, the chain's identity and the times of blocks are what the file says: whoever made it is
 * believed for them as a node would be. Anchors, and entries that the registry refused, are not in a file.
 *
 * The file is read once, and may be larger than the memory: of each event 16 bytes are kept there, of each session its heads. The rest lies
 * in a temporary file until `close`.
 */
export class ExportReader implements AuditReader {
  readonly header: ChainHeader;
  readonly #events: EventFile;
  readonly #findings = new FindingList();
  readonly #unread: Unread[] = [];
  readonly #gateways = new Map<GatewayId, GatewayWord>();
  readonly #sessions = new Map<SessionId, SessionWord>();
  /** Of each session, by its hash, the words of its logs. */
  readonly #logs = new Map<Hash, readonly (LogWord & { readonly gatewayId: GatewayId })[]>();
  /** Blocks of decisions on the ground of the deadline. */
  readonly #times = new Map<number, number>();
  #file: ReadFile | undefined;

  private constructor(header: ChainHeader) {
    this.header = header;
    this.#events = new EventFile(header.source.registry);
  }

  /**
   * Errors: those of `ExportLines`; NOT_SERVED_HERE if the file is from a store, MALFORMED if it cannot be opened.
   * @param onBytes Told how many bytes are read.
   */
  static async read(path: string, onBytes?: (bytes: number) => void): Promise<ExportReader> {
    const lines = new ExportLines(bytesOf(path));
    let reader: ExportReader | undefined;
    try {
      let count = 0;
      let claims: ExportClaims | undefined;
      for await (const record of lines.records()) {
        reader ??= new ExportReader(chainHeader(lines.read.header));
        claims ??= new ExportClaims(reader.#findings, true);
        claims.take(record);
        reader.#take(record, claims.sessionHash);
        count += 1;
        if (count % LINES_PER_REPORT === 0) onBytes?.(lines.read.bytes);
      }
      reader ??= new ExportReader(chainHeader(lines.read.header));
      reader.#file = lines.read;
      reader.#nameMissing();
      return reader;
    } catch (error) {
      reader?.close();
      throw error;
    }
  }

  /** What the file says of itself. */
  get file(): ReadFile {
    if (this.#file === undefined) throw new GatelogError("INVARIANT_BROKEN", "the file is not read yet");
    return { ...this.#file, unread: [...this.#file.unread, ...this.#unread] };
  }

  /** What is wrong with the file beside its events. */
  get found(): Found {
    return this.#findings.found;
  }

  anchor(): Promise<Anchor> {
    const { chainId, genesisHash, registry, block } = this.header.source;
    return Promise.resolve({ chainId, genesisHash, registry, block });
  }

  async *logs({ firstTopics, fromBlock, toBlock }: LogQuery): AsyncGenerator<LogPart> {
    const topics = firstTopics && new Set<string>(firstTopics);
    for (const { logs, upTo } of this.#events.parts()) {
      const asked = logs.filter((log) => log.blockNumber >= fromBlock && (topics?.has(log.topics[1] ?? "") ?? true));
      yield await Promise.resolve({ logs: asked, upTo: Math.min(upTo, toBlock) });
    }
  }

  logOf(sessionHash: Hash, gatewayId: GatewayId): Promise<LogWord> {
    const word = this.#logs.get(sessionHash)?.find((log) => log.gatewayId === gatewayId);
    return Promise.resolve(word ?? NO_LOG);
  }

  sessionOf(sessionId: SessionId): Promise<SessionWord> {
    return Promise.resolve(this.#sessions.get(sessionId) ?? NO_SESSION);
  }

  async decisionOf(sessionId: SessionId) {
    return (await this.sessionOf(sessionId)).decision;
  }

  gatewayOf(gatewayId: GatewayId): Promise<GatewayWord | null> {
    return Promise.resolve(this.#gateways.get(gatewayId) ?? null);
  }

  /** None: a file says nothing of anchors, and whoever audits one must not say how many there are. */
  anchorsOf(): Promise<AnchorsWord> {
    return Promise.resolve({ count: 0, lastBlock: 0 });
  }

  anchorOf(): Promise<Hash> {
    return Promise.reject(new GatelogError("NOT_SERVED_HERE", "the file has no anchors"));
  }

  /** The file's own block; of those in which the deadline decided the time alone, without a hash. NOT_FOUND for all others. */
  blockOf(number: number): Promise<BlockInfo> {
    const { block } = this.header.source;
    if (number === block.number) return Promise.resolve(block);
    const timestamp = this.#times.get(number);
    if (timestamp !== undefined) return Promise.resolve({ number, hash: "0x", timestamp });
    return Promise.reject(new GatelogError("NOT_FOUND", `the file has no block ${number}`, { block: number }));
  }

  close(): void {
    this.#events.close();
  }

  #take(record: ExportBody, sessionHash: Hash | undefined): void {
    try {
      for (const log of eventsOf(record, this.header.source.registry)) this.#events.add(log);
    } catch (error) {
      // A value that no event can carry, or facts that have no bytes: then the event is missing, which shows.
      if (!isGatelogError(error)) throw error;
      this.#unread.push({ what: `a record of kind ${record.kind}`, code: error.code, message: error.message });
    }
    if (record.kind === "gateway" && record.chain) this.#gateways.set(record.gatewayId, record.chain.head);
    else if (record.kind === "session") this.#takeHeads(record, sessionHash);
    else if (record.kind === "skipped")
      this.#unread.push({
        what: `session ${record.sessionId}`,
        ...{ code: "INVALID_SESSION", message: "whoever made the file could not understand it, and left it out" },
      });
    else if (record.kind === "decision" && record.at && record.statement.ground === "DEADLINE")
      this.#times.set(record.at.block, record.at.timestamp);
    if (!hasPlace(record))
      this.#findings.add(
        "UNREADABLE",
        {},
        `place of a record of kind ${record.kind}`,
        "where its event stands",
        "none",
      );
  }

  #takeHeads({ opening, logs, chain }: ExportedSession, sessionHash: Hash | undefined): void {
    if (chain === null || sessionHash === undefined) return;
    // Of two records with one id the second is one too many, as its opening will be.
    const { sessionId } = opening.facts;
    if (!this.#sessions.has(sessionId)) this.#sessions.set(sessionId, chain.head);
    const words = logs.flatMap(({ gatewayId }, place) => {
      const word = chain.logs[place];
      return word === undefined ? [] : [{ ...word, gatewayId }];
    });
    if (!this.#logs.has(sessionHash)) this.#logs.set(sessionHash, words);
  }

  /** Sessions that the file was asked for by name. */
  #nameMissing(): void {
    const { sessions } = this.header;
    if (sessions === "all") return;
    for (const sessionId of sessions)
      if (!this.#sessions.has(sessionId))
        this.#unread.push({
          what: `session ${sessionId}`,
          ...{ code: "NOT_FOUND", message: "the file was made of it, and does not have it" },
        });
  }
}

function chainHeader(header: ExportHeader): ChainHeader {
  if (isFromChain(header)) return header;
  throw new GatelogError("NOT_SERVED_HERE", "the file is from a store, and has no events of a chain");
}

export function isFromChain(header: ExportHeader): header is ChainHeader {
  return header.source.kind === "chain";
}

function hasPlace(record: ExportBody): boolean {
  if (record.kind === "gateway" || record.kind === "session") return record.chain !== null;
  return !("at" in record) || record.at !== null;
}
