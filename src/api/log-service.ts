import { z } from "zod";
import type { JsonObject } from "../entry/canonical.ts";
import { codecOf } from "../entry/codecs.ts";
import { entryToJson, logEntrySchema } from "../entry/entry-json.ts";
import { LENGTH_MAX, type LogEntry, type SignedEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import { hashSchema, sessionIdSchema, type GatewayId, type SessionId } from "../entry/hex.ts";
import { checkLog } from "../entry/log-check.ts";
import { logEntryRequestSchema, requestFromFigure9, type LogEntryRequest } from "../entry/log-entry-request.ts";
import { readFigure9, toOdap01 } from "../entry/odap-01.ts";
import { parseAs } from "../entry/parse.ts";
import { phaseOf } from "../entry/vocabulary.ts";
import { keysOf } from "../store/admission.ts";
import { diffLogs, readCopy, updateLog, type LogDiff } from "../store/log-diff.ts";
import { readEntries } from "../store/log-reader.ts";
import {
  homeOf,
  locatesEntries,
  provesInclusion,
  MAX_ENTRIES_PER_CALL,
  type GatewayDirectory,
  type LogHead,
  type LogStore,
  type SessionRecord,
} from "../store/log-store.ts";
import type { OperatorLog } from "../store/operator-log.ts";
import { sameWords } from "./draft-words.ts";
import {
  checkSession,
  isBareFigure9,
  isRequest,
  MAX_POSTED_ENTRIES,
  otherSession,
  postedLog,
  requireSigned,
} from "./posted-log.ts";
import { parseSessionId, selectLog, type EntryPlace } from "./log-selection.ts";

export interface LogServiceDeps {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
  /** Present in a gateway's own service: signs what its operator asks it to log. */
  readonly operator?: OperatorLog;
}

/** What `diff` answers: what the caller's copy lacks, at most MAX_ENTRIES_PER_CALL entries of it at a time. */
export interface DiffAnswer extends LogDiff {
  /** Whether `missing` goes up to the stored log's end. */
  readonly complete: boolean;
}

/** The log API's operations, without HTTP. Thin: the store checks what it takes. */
export class LogService {
  readonly #store: LogStore;
  readonly #directory: GatewayDirectory;
  readonly #operator: OperatorLog | undefined;

  constructor(deps: LogServiceDeps) {
    this.#store = deps.store;
    this.#directory = deps.directory;
    this.#operator = deps.operator;
  }

  /** Stores a signed entry or an array of them; has the operator's gateway sign a log-entry request or an entry of Figure 9. */
  async save(sessionId: SessionId | undefined, body: unknown): Promise<number> {
    if (isRequest(body)) return (await this.#make(sessionId, body)).index;
    const entries = await this.#entries(Array.isArray(body) ? body : [body], MAX_ENTRIES_PER_CALL);
    const last = entries.at(-1);
    if (last === undefined) throw new GatelogError("MALFORMED", "an entry, or an array of at least one");
    checkSession(sessionId, entries);
    await this.#store.append(entries.map(requireSigned));
    return last.index;
  }

  async entry(record: SessionRecord, place: EntryPlace, own: GatewayId | undefined): Promise<LogEntry> {
    const { gatewayId } = selectLog(record, place.gatewayId, own);
    const { sessionId } = record.opening.facts;
    const [entry] = await this.#store.read(sessionId, gatewayId, { from: place.index, limit: 1 });
    if (entry === undefined)
      throw new GatelogError("UNKNOWN_ENTRY", "the log has no such entry", {
        sessionId,
        gatewayId,
        index: place.index,
      });
    return entry;
  }

  async last(record: SessionRecord, log: LogHead): Promise<LogEntry> {
    const { sessionId } = record.opening.facts;
    if (log.length === 0)
      throw new GatelogError("UNKNOWN_ENTRY", "the log has no entry yet", { sessionId, gatewayId: log.gatewayId });
    return this.entry(record, { gatewayId: log.gatewayId, index: log.length - 1 }, undefined);
  }

  /** How an entry is held; see `proofSchema`. */
  async proof(record: SessionRecord, place: EntryPlace, own: GatewayId | undefined): Promise<JsonObject> {
    const entry = await this.entry(record, place, own);
    const { sessionId, gatewayId, index } = entry;
    const run = [entry];
    // A run ends with the entry that carries its signature.
    if (entry.signature === null)
      for await (const next of readEntries(this.#store, sessionId, gatewayId, { from: index + 1, to: LENGTH_MAX })) {
        run.push(next);
        if (next.signature !== null) break;
      }
    const { signature, epoch } = requireSigned(run.at(-1) ?? entry);
    const signer = keysOf(await this.#directory.gateway(gatewayId))(gatewayId, epoch);
    if (signer === undefined)
      throw new GatelogError("CORRUPT_STORE", `the gateway had no key in epoch ${epoch}`, { gatewayId, epoch });
    const home = await homeOf(this.#store, sessionId);
    const chain = locatesEntries(home) ? await home.locate(entry) : null;
    const inclusion = provesInclusion(home) ? await home.proof(sessionId, gatewayId, index) : null;
    return {
      ...{ entryHash: entry.entryHash, entries: run.map(entryToJson), signature, epoch, signer },
      ...{ durability: home.durability, chain: chain && { ...chain }, inclusion },
    };
  }

  /** The drafts' `updateLog`: index of the last common entry, -1 if none. */
  async update(sessionId: SessionId | undefined, body: unknown): Promise<number> {
    const log = postedLog(body);
    if (log.length > 0 && log.every(isBareFigure9)) return this.#updateByWords(sessionId, log);
    const entries = await this.#entries(log, MAX_POSTED_ENTRIES);
    checkSession(sessionId, entries);
    return updateLog(this.#store, entries.map(requireSigned));
  }

  /** What a copy of the log lacks. The copy is verified first: a diff of forged entries says nothing. */
  async diff(record: SessionRecord, log: LogHead, body: unknown): Promise<DiffAnswer> {
    const copy = await this.#entries(postedLog(body), MAX_POSTED_ENTRIES);
    const { sessionId } = record.opening.facts;
    checkSession(sessionId, copy);
    const [first] = copy;
    if (first !== undefined) {
      const position = {
        sessionId,
        sessionHash: record.sessionHash,
        gatewayId: log.gatewayId,
        length: first.index,
        lastEntryHash: first.lastEntryHash,
        epoch: 0,
      };
      checkLog(position, copy, keysOf(await this.#directory.gateway(log.gatewayId)));
    }
    return this.#diffFrom(sessionId, log, first?.index ?? 0, copy);
  }

  /** The same for a caller that says what it has: `length` entries, the last with this hash. */
  async diffFromHead(
    record: SessionRecord,
    log: LogHead,
    length: number,
    lastEntryHash: string | undefined,
  ): Promise<DiffAnswer> {
    const { sessionId } = record.opening.facts;
    if (length === 0 || length > log.length) {
      const answer = await this.#diffFrom(sessionId, log, Math.min(length, log.length), []);
      return { ...answer, commonPrefix: Math.min(length, log.length) - 1 };
    }
    const last = await this.entry(record, { gatewayId: log.gatewayId, index: length - 1 }, undefined);
    const copy = { ...last, entryHash: parseAs(hashSchema, lastEntryHash, "MALFORMED", "lastEntryHash") };
    return this.#diffFrom(sessionId, log, length - 1, [copy]);
  }

  async status(record: SessionRecord): Promise<JsonObject> {
    const { facts } = record.opening;
    const logs = await Promise.all(
      record.logs.map(async (log) => ({ ...log, epoch: (await this.#directory.gateway(log.gatewayId)).epoch })),
    );
    const lasts = await Promise.all(record.logs.filter((log) => log.length > 0).map((log) => this.last(record, log)));
    const { durability } = await homeOf(this.#store, facts.sessionId);
    const latest = lasts.toSorted((left, right) => right.seqNumber - left.seqNumber)[0];
    return {
      sessionId: facts.sessionId,
      sessionHash: record.sessionHash,
      phase: latest === undefined ? null : phaseOf(latest.step),
      step: latest === undefined ? null : latest.step,
      decision: record.decision.decision,
      logs,
      closed: record.closed,
      finality: { durability, decision: record.decision.final },
    };
  }

  async #diffFrom(sessionId: SessionId, log: LogHead, from: number, copy: readonly LogEntry[]): Promise<DiffAnswer> {
    const stored = await readCopy(this.#store, sessionId, log.gatewayId, from, copy.length + MAX_ENTRIES_PER_CALL);
    const diff = diffLogs(from, copy, stored);
    return { ...diff, complete: diff.conflict === null && from + stored.length >= log.length };
  }

  /** The entry that a log-entry request, or an entry of Figure 9, amounts to. */
  async #make(sessionId: SessionId | undefined, body: unknown): Promise<SignedEntry> {
    if (isBareFigure9(body)) {
      const entry = readFigure9(body);
      return this.#operate(sessionId ?? entry.sessionId, requestFromFigure9(entry), entry.sessionId);
    }
    const request = parseAs(logEntryRequestSchema, body, "MALFORMED", "the log-entry request");
    return this.#operate(parseSessionId(sessionId), request);
  }

  #operate(sessionId: SessionId, request: LogEntryRequest, named: SessionId = sessionId): Promise<SignedEntry> {
    if (named !== sessionId) throw otherSession(sessionId, named);
    if (this.#operator === undefined)
      throw new GatelogError("NOT_SERVED_HERE", "this service signs for nobody: send whole, signed entries");
    return this.#operator.write(sessionId, request);
  }

  /** A draft-01 client's copy of its own log, in the draft's words alone: what is new in it is logged, word for word. */
  async #updateByWords(sessionId: SessionId | undefined, log: readonly unknown[]): Promise<number> {
    const words = log.map(readFigure9);
    const [first] = words;
    if (first === undefined) return -1;
    let common = 0;
    const stored = await this.#ownLog(first.sessionId);
    while (common < words.length && common < stored.length && sameWords(words[common]?.words, stored[common]))
      common += 1;
    if (common < words.length && common < stored.length)
      throw new GatelogError("EQUIVOCATION", `another entry stands at index ${common}`, { index: common });
    for (const entry of words.slice(common))
      await this.#operate(sessionId ?? first.sessionId, requestFromFigure9(entry), entry.sessionId);
    return common - 1;
  }

  async #ownLog(sessionId: SessionId): Promise<JsonObject[]> {
    if (this.#operator === undefined) return [];
    const sessions = await this.#store.sessionsOf(this.#operator.gatewayId, { open: false });
    if (!sessions.includes(sessionId)) return [];
    const { opening } = await this.#store.session(sessionId);
    const stored = await readCopy(this.#store, sessionId, this.#operator.gatewayId, 0, MAX_POSTED_ENTRIES);
    return stored.map((entry) => toOdap01(entry, opening.facts));
  }

  /** Entries in our form, or in a draft's with the member `gatelog`. */
  async #entries(values: readonly unknown[], maximum: number): Promise<LogEntry[]> {
    if (values.length > maximum)
      throw new GatelogError("TOO_LARGE", `at most ${maximum} entries`, { maximum, actual: values.length });
    const entries: LogEntry[] = [];
    for (const value of values) entries.push(await this.#entry(value));
    return entries;
  }

  async #entry(value: unknown): Promise<LogEntry> {
    const codec = typeof value === "object" && value !== null ? codecOf(value) : undefined;
    if (codec === undefined) return parseAs(logEntrySchema, value, "MALFORMED", "the entry");
    const given = parseAs(z.looseObject({ sessionId: sessionIdSchema }), value, "MALFORMED", "the entry");
    const { opening } = await this.#store.session(given.sessionId);
    return codec.decode(value, opening.facts);
  }
}
