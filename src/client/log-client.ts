import { entryToJson, givenEntrySchema, storyIdOf } from "../entry/entry-json.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import type { SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import { HttpClient, type CallOptions, type HttpClientOptions } from "./http-client.ts";
import {
  closingAnswerSchema,
  decisionAnswerSchema,
  diffAnswerSchema,
  entryAnswerSchema,
  gatewayAnswerSchema,
  lengthSchema,
  logAnswerSchema,
  openedSchema,
  proofSchema,
  recordAnswerSchema,
  savedSchema,
  serviceSchema,
  sessionsSchema,
  statusSchema,
  updatedSchema,
} from "./log-answers.ts";
import { followSession, type SessionEvent } from "./session-stream.ts";
import { linesOf } from "./text-lines.ts";

/** A log: a session's, of one gateway. */
export interface LogName {
  readonly sessionId: SessionId;
  readonly gatewayId: GatewayId;
}

/**
 * The log storage API as functions, typed by the schemas that the service itself answers from. Every call may be repeated, and is,
 * a few times, if that may help. Errors are GatelogErrors under the service's own codes; STORE_UNAVAILABLE and TIMEOUT if it does not
 * answer. That an answer is the one that was asked for is checked here, and its form; signatures are not: `checkLog` and `verifyInclusionProof`
 * do that, with keys from elsewhere (so does `HttpLogStore`, and `gatelog verify`).
 */
export class LogClient {
  readonly #http: HttpClient;

  constructor(options: HttpClientOptions) {
    this.#http = new HttpClient(options);
  }

  /** What the service promises, and whose it is. */
  service(options?: CallOptions) {
    return this.#http.get("/v1/service", serviceSchema, options);
  }

  openSession(opening: SessionOpening, options?: CallOptions) {
    return this.#http.post("/v1/sessions", opening, openedSchema, options);
  }

  session(sessionId: SessionId, options?: CallOptions) {
    return this.#http.get(pathOf(sessionId), recordAnswerSchema, options);
  }

  /** Oldest first; with `open`, those whose log of this gateway is not closed. All of them, however many requests that takes. */
  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }, options?: CallOptions) {
    const found: SessionId[] = [];
    const query = new URLSearchParams({ gatewayId, open: String(filter.open) });
    for (;;) {
      const { sessions, next } = await this.#http.get(`/v1/sessions?${query.toString()}`, sessionsSchema, options);
      found.push(...sessions);
      if (next === undefined) return found;
      if (next === query.get("after") || sessions.length === 0)
        throw this.#http.unreachable("the service's list of sessions has no end", { after: next });
      query.set("after", next);
    }
  }

  /** Consecutive entries of one log, all or none, at most `maxEntriesPerCall`; the index of the last one. */
  async append(sessionId: SessionId, entries: readonly SignedEntry[], options?: CallOptions): Promise<number> {
    const body = entries.map(entryToJson);
    return Number(await this.#http.post(`${pathOf(sessionId)}/entries`, body, savedSchema, options));
  }

  /** A page of a log; fewer entries at its end, none past it. */
  async entries(
    log: LogName,
    page: { readonly from: number; readonly limit: number },
    options?: CallOptions,
  ): Promise<LogEntry[]> {
    const parameters = { from: String(page.from), limit: String(page.limit) };
    return (await this.#http.get(inLog(log, "/entries", parameters), logAnswerSchema, options)).log;
  }

  /**
   * A log from `from` on, of any length, no faster than it is taken. Throws if the answer breaks off, or ends before the length that
   * the log had when it was asked for: not every connection tells an end from a break.
   */
  async *stream(log: LogName, from = 0, options?: CallOptions): AsyncGenerator<LogEntry, void, undefined> {
    const length = await this.length(log, options);
    const path = inLog(log, "/entries", { from: String(from) });
    const response = await this.#http.open(path, { Accept: "application/x-ndjson" }, options);
    let next = from;
    try {
      for await (const line of linesOf(response)) {
        if (line === "") continue;
        const entry = parseAs(givenEntrySchema, JSON.parse(line), "STORE_UNAVAILABLE", "the entry");
        yield this.#asked(log, next, entry);
        next += 1;
      }
    } catch (cause) {
      throw this.#http.unreachable(`${response.url} breaks off`, { url: response.url }, cause);
    }
    if (next < length)
      throw this.#http.unreachable(`${response.url} ends too early`, { url: response.url, length, actual: next });
  }

  async entry(log: LogName, index: number, options?: CallOptions): Promise<LogEntry> {
    const answer = await this.#http.get(inLog(log, `/entries/${index}`), entryAnswerSchema, options);
    return this.#asked(log, index, answer.log_entry);
  }

  async lastEntry(log: LogName, options?: CallOptions): Promise<LogEntry> {
    const { log_entry } = await this.#http.get(inLog(log, "/entries/last"), entryAnswerSchema, options);
    return this.#asked(log, log_entry.index, log_entry);
  }

  async length(log: LogName, options?: CallOptions): Promise<number> {
    return Number(await this.#http.get(inLog(log, "/length"), lengthSchema, options));
  }

  /** How an entry is held: its signature, and its place on a chain. */
  proof(log: LogName, index: number, options?: CallOptions) {
    return this.#http.get(inLog(log, `/proof/${index}`), proofSchema, options);
  }

  /** What a copy of the log lacks that ends with `head`. */
  diff(log: LogName, head: { readonly length: number; readonly lastEntryHash?: string }, options?: CallOptions) {
    return this.#http.post(inLog(log, "/diff"), head, diffAnswerSchema, options);
  }

  /** Appends what is new in a copy of a log; index of the last common entry, -1 if none. */
  async update(sessionId: SessionId, copy: readonly SignedEntry[], options?: CallOptions): Promise<number> {
    const body = { log: copy.map(entryToJson) };
    return Number(await this.#http.post(`${pathOf(sessionId)}/update`, body, updatedSchema, options));
  }

  status(sessionId: SessionId, options?: CallOptions) {
    return this.#http.get(`${pathOf(sessionId)}/status`, statusSchema, options);
  }

  decision(sessionId: SessionId, options?: CallOptions) {
    return this.#http.get(`${pathOf(sessionId)}/decision`, decisionAnswerSchema, options);
  }

  decide(statement: DecisionStatement, options?: CallOptions) {
    return this.#http.post(`${pathOf(statement.sessionId)}/decision`, statement, decisionAnswerSchema, options);
  }

  closeLog(closing: ClosingStatement, options?: CallOptions) {
    return this.#http.post(`${pathOf(closing.sessionId)}/closings`, closing, closingAnswerSchema, options);
  }

  /** A gateway's keys by epoch, as the service tells them. */
  gateway(gatewayId: GatewayId, options?: CallOptions) {
    return this.#http.get(`/v1/gateways/${gatewayId}`, gatewayAnswerSchema, options);
  }

  /** What happens in a session, from its first entry or from behind `lastEventId` on, until it is closed or `signal` aborts. */
  events(
    sessionId: SessionId,
    options: CallOptions & { readonly lastEventId?: string } = {},
  ): AsyncGenerator<SessionEvent, void, undefined> {
    return followSession(this.#http, `${pathOf(sessionId)}/events`, options);
  }

  /** The entry, if it is the one that was asked for. */
  #asked({ sessionId, gatewayId }: LogName, index: number, entry: LogEntry): LogEntry {
    if (entry.sessionId === sessionId.toLowerCase() && entry.gatewayId === gatewayId && entry.index === index)
      return entry;
    throw this.#http.unreachable("the service answers with another entry", {
      ...{ sessionId, gatewayId, index },
      actual: `${entry.sessionId} ${storyIdOf(entry)}`,
    });
  }
}

function pathOf(sessionId: SessionId): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}`;
}

function inLog({ sessionId, gatewayId }: LogName, path: string, parameters: Record<string, string> = {}): string {
  return `${pathOf(sessionId)}${path}?${new URLSearchParams({ gatewayId, ...parameters }).toString()}`;
}
