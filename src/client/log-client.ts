import { entryToJson, logEntrySchema } from "../entry/entry-json.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import type { SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import { gatewayRecordSchema, sessionRecordSchema } from "../entry/wire.ts";
import { HttpClient, type CallOptions, type HttpClientOptions } from "./http-client.ts";
import {
  closingAnswerSchema,
  decisionAnswerSchema,
  diffAnswerSchema,
  entryAnswerSchema,
  lengthSchema,
  logAnswerSchema,
  openedSchema,
  proofSchema,
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
 * answer. Nothing that comes back is verified here: what is signed can be (`HttpLogStore` does, and `gatelog verify`).
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
    return this.#http.get(pathOf(sessionId), sessionRecordSchema, options);
  }

  /** Oldest first; with `open`, those whose log of this gateway is not closed. */
  async sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }, options?: CallOptions) {
    const query = new URLSearchParams({ gatewayId, open: String(filter.open) });
    return (await this.#http.get(`/v1/sessions?${query.toString()}`, sessionsSchema, options)).sessions;
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

  /** A log from `from` on, of any length, no faster than it is taken. An answer that breaks off throws. */
  async *stream(log: LogName, from = 0, options?: CallOptions): AsyncGenerator<LogEntry, void, undefined> {
    const path = inLog(log, "/entries", { from: String(from) });
    const response = await this.#http.open(path, { Accept: "application/x-ndjson" }, options);
    try {
      for await (const line of linesOf(response))
        if (line !== "") yield parseAs(logEntrySchema, JSON.parse(line), "STORE_UNAVAILABLE", "the entry");
    } catch (cause) {
      throw this.#http.unreachable(`${response.url} breaks off`, { url: response.url }, cause);
    }
  }

  async entry(log: LogName, index: number, options?: CallOptions): Promise<LogEntry> {
    return (await this.#http.get(inLog(log, `/entries/${index}`), entryAnswerSchema, options)).log_entry;
  }

  async lastEntry(log: LogName, options?: CallOptions): Promise<LogEntry> {
    return (await this.#http.get(inLog(log, "/entries/last"), entryAnswerSchema, options)).log_entry;
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
    return this.#http.get(`/v1/gateways/${gatewayId}`, gatewayRecordSchema, options);
  }

  /** What happens in a session, from its first entry or from behind `lastEventId` on, until it is closed or `signal` aborts. */
  events(
    sessionId: SessionId,
    options: CallOptions & { readonly lastEventId?: string } = {},
  ): AsyncGenerator<SessionEvent, void, undefined> {
    return followSession(this.#http, `${pathOf(sessionId)}/events`, options);
  }
}

function pathOf(sessionId: SessionId): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}`;
}

function inLog({ sessionId, gatewayId }: LogName, path: string, parameters: Record<string, string> = {}): string {
  return `${pathOf(sessionId)}${path}?${new URLSearchParams({ gatewayId, ...parameters }).toString()}`;
}
