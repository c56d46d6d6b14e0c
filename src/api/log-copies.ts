import type { JsonObject } from "../entry/canonical.ts";
import type { LogEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import { ZERO_HASH, type Hash, type SessionId } from "../entry/hex.ts";
import { checkLog } from "../entry/log-check.ts";
import { requestFromFigure9 } from "../entry/log-entry-request.ts";
import { readFigure9, toOdap01, type ForeignEntry } from "../entry/odap-01.ts";
import { keysOf } from "../store/admission.ts";
import { diffLogs, readCopy, updateLog } from "../store/log-diff.ts";
import { readEntries } from "../store/log-reader.ts";
import {
  MAX_ENTRIES_PER_CALL,
  type GatewayDirectory,
  type LogHead,
  type LogStore,
  type SessionRecord,
} from "../store/log-store.ts";
import type { OperatorLog } from "../store/operator-log.ts";
import { commonWords } from "./draft-words.ts";
import {
  checkSession,
  isBareFigure9,
  MAX_POSTED_ENTRIES,
  otherSession,
  parseEntries,
  postedLog,
  signsForNobody,
} from "./posted-log.ts";

export interface LogCopiesDeps {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
  readonly operator?: OperatorLog;
}

/** Bytes of payload in what a diff gives, as long as that is more than one entry: unlike a page it is made as a whole before it is sent. */
const MAX_MISSING_PAYLOAD = 256 * 1_024;
/** Entries that are read at once. */
const READ_AHEAD = 32;

/** What `diff` answers: what the caller's copy lacks, at most MAX_ENTRIES_PER_CALL entries beyond it and MAX_MISSING_PAYLOAD at a time. */
export interface DiffAnswer {
  /** Index of the last entry that both copies have, as far as that is known; -1 if none is. */
  readonly commonPrefix: number;
  readonly missing: readonly LogEntry[];
  /** Whether `missing` goes up to the stored log's end. */
  readonly complete: boolean;
  /** An index at which both have an entry, and not the same: the first one, unless there is `stored`. */
  readonly conflict: { readonly index: number; readonly ours: Hash | null; readonly theirs: Hash } | null;
  /** Only if nothing says how far the copies agree: head of the stored log, for the caller to compare. */
  readonly stored?: { readonly length: number; readonly lastEntryHash: Hash };
}

/** The drafts' `getLogDiff` and `updateLog`: a copy of a log that a client has, beside the stored one. */
export class LogCopies {
  readonly #store: LogStore;
  readonly #directory: GatewayDirectory;
  readonly #operator: OperatorLog | undefined;

  constructor(deps: LogCopiesDeps) {
    this.#store = deps.store;
    this.#directory = deps.directory;
    this.#operator = deps.operator;
  }

  /** Appends what is new in a copy; index of the last common entry, -1 if none. Repeating it changes nothing. */
  async update(sessionId: SessionId | undefined, body: unknown): Promise<number> {
    const log = postedLog(body);
    if (log.length > 0 && log.every(isBareFigure9)) return this.#updateByWords(sessionId, log.map(readFigure9));
    const entries = await parseEntries(this.#store, log, MAX_POSTED_ENTRIES);
    checkSession(sessionId, entries);
    return updateLog(this.#store, entries);
  }

  /** What a copy of the log lacks. The copy is verified first: a diff of forged entries says nothing. */
  async diff(record: SessionRecord, log: LogHead, body: unknown): Promise<DiffAnswer> {
    const posted = postedLog(body);
    if (posted.length > 0 && posted.every(isBareFigure9))
      return this.#diffByWords(record, log, posted.map(readFigure9));
    const copy = await parseEntries(this.#store, posted, MAX_POSTED_ENTRIES);
    const { sessionId } = record.opening.facts;
    checkSession(sessionId, copy);
    const [first] = copy;
    if (first === undefined) return this.#compare(record, log, { from: 0, before: ZERO_HASH, copy });
    const { index: from, lastEntryHash: before } = first;
    const { gatewayId } = log;
    const position = { sessionId, sessionHash: record.sessionHash, gatewayId, length: from, epoch: 0 };
    checkLog({ ...position, lastEntryHash: before }, copy, keysOf(await this.#directory.gateway(gatewayId)));
    return this.#compare(record, log, { from, before, copy });
  }

  /** The same for a caller that says what it has: `length` entries, the last with this hash. */
  diffFromHead(
    record: SessionRecord,
    log: LogHead,
    length: number,
    lastEntryHash: Hash | undefined,
  ): Promise<DiffAnswer> {
    if (length > 0 && lastEntryHash === undefined)
      throw new GatelogError("MALFORMED", "lastEntryHash: the hash of the last entry goes with a length", {
        member: "lastEntryHash",
      });
    const before = length === 0 ? ZERO_HASH : (lastEntryHash ?? ZERO_HASH);
    return this.#compare(record, log, { from: length, before, copy: [] });
  }

  /** A copy's entries from index `from` on, with the hash of the entry before them, beside the stored log. */
  async #compare(
    { opening }: SessionRecord,
    log: LogHead,
    { from, before, copy }: { readonly from: number; readonly before: Hash; readonly copy: readonly LogEntry[] },
  ): Promise<DiffAnswer> {
    const { sessionId } = opening.facts;
    const stored = await this.#beside(sessionId, log, from, copy.length);
    const standing = stored[0]?.lastEntryHash ?? (from === log.length ? log.lastEntryHash : undefined);
    if (standing === before) {
      const { commonPrefix, missing, conflict } = diffLogs(from, copy, stored);
      return { commonPrefix, missing, conflict, complete: conflict === null && from + stored.length >= log.length };
    }
    // Hashes are chained: one that is equal speaks for all before it, one that differs says nothing of where that began.
    const conflict = standing === undefined ? null : { index: from - 1, ours: before, theirs: standing };
    const head = { length: log.length, lastEntryHash: log.lastEntryHash };
    return {
      ...{ commonPrefix: -1, missing: [], conflict, complete: false },
      ...(conflict?.index === 0 ? {} : { stored: head }),
    };
  }

  /** A draft-01 client's copy of its own log, in the draft's words alone: what is new in it is logged, word for word. */
  async #updateByWords(named: SessionId | undefined, words: readonly ForeignEntry[]): Promise<number> {
    const sessionId = named ?? words[0]?.sessionId ?? "";
    for (const entry of words) if (entry.sessionId !== sessionId) throw otherSession(sessionId, entry.sessionId);
    const requests = words.map(requestFromFigure9);
    const operator = this.#operator;
    if (operator === undefined) throw signsForNobody();
    let common = 0;
    await operator.extend(sessionId, async (record) => {
      const stored = record === undefined ? [] : await this.#inWords(record, operator.gatewayId, words.length);
      common = commonWords(words, stored);
      if (common < words.length && common < stored.length)
        throw new GatelogError("EQUIVOCATION", `another entry stands at index ${common}`, { index: common });
      return requests.slice(common);
    });
    return common - 1;
  }

  async #diffByWords(record: SessionRecord, log: LogHead, words: readonly ForeignEntry[]): Promise<DiffAnswer> {
    const { sessionId } = record.opening.facts;
    for (const entry of words) if (entry.sessionId !== sessionId) throw otherSession(sessionId, entry.sessionId);
    const stored = await this.#beside(sessionId, log, 0, words.length);
    const common = commonWords(
      words,
      stored.map((entry) => toOdap01(entry, record.opening.facts)),
    );
    const standing = common < words.length ? stored[common] : undefined;
    if (standing === undefined)
      return {
        ...{ commonPrefix: common - 1, missing: stored.slice(common), conflict: null },
        complete: stored.length >= log.length,
      };
    // Words have no hash of ours.
    const conflict = { index: common, ours: null, theirs: standing.entryHash };
    return { commonPrefix: common - 1, missing: [], conflict, complete: false };
  }

  /** Stored entries beside `count` of a copy, and those behind them that one answer takes. */
  async #beside(sessionId: SessionId, { gatewayId }: LogHead, from: number, count: number): Promise<LogEntry[]> {
    const entries: LogEntry[] = [];
    const range = { from, to: from + count + MAX_ENTRIES_PER_CALL };
    let bytes = 0;
    for await (const entry of readEntries(this.#store, sessionId, gatewayId, range, READ_AHEAD)) {
      if (entries.length >= count) bytes += entry.payload.length;
      if (entries.length > count && bytes > MAX_MISSING_PAYLOAD) break;
      entries.push(entry);
    }
    return entries;
  }

  async #inWords({ opening }: SessionRecord, gatewayId: Hash, count: number): Promise<JsonObject[]> {
    const stored = await readCopy(this.#store, opening.facts.sessionId, gatewayId, 0, count);
    return stored.map((entry) => toOdap01(entry, opening.facts));
  }
}
