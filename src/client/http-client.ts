import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { ERRORS, GatelogError, isGatelogError, type ErrorCode, type ErrorContext } from "../entry/errors.ts";
import { parseAs } from "../entry/parse.ts";
import { problemSchema } from "./log-answers.ts";

export interface HttpClientOptions {
  /** Where the service is, without `/v1`. */
  readonly baseUrl: string;
  /** For one attempt. */
  readonly timeoutMs?: number;
  /** How often a request is tried that may succeed later; 1 where the caller repeats anyway. */
  readonly maxAttempts?: number;
  /** Aborts what is under way, and every request after it. */
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
  /** What it is when the service cannot be reached, or is none of ours. */
  readonly unreachable?: ErrorCode;
  /** Whether a code of the service's is a verdict on what was sent; all are, if left out. What is none is `unreachable`, and so is what this client does not know. */
  readonly isVerdict?: (code: ErrorCode) => boolean;
}

/** One request of a caller. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Longer than the service's own limit, so that its answer comes first. */
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_ATTEMPTS = 3;
const FIRST_RETRY_MS = 100;
/** Longest pause. A service that asks to be left alone for longer is left alone: the caller decides. */
const MAX_RETRY_MS = 5_000;
/** A page of the largest entries, as hex, with room. */
const MAX_RESPONSE_BYTES = 16 * 1_024 * 1_024;

/** Of a problem document a client needs no more; a service may say less than ours does, or more. */
const givenProblemSchema = z.object({
  code: problemSchema.shape.code,
  detail: z.string().default(""),
  context: problemSchema.shape.context.default({}).catch({}),
});

/** A problem of a service that is newer than this client: its code is none of ours. */
const newerProblemSchema = z.object({
  success: z.literal(false),
  code: z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/),
  detail: z.string().default(""),
});

/**
 * Requests to a service of ours. Every request of it may be repeated, so what may succeed later is tried again, a few times, and
 * not before the time that the service asks for (Retry-After): if that is too long to wait here, the error is thrown at once, with
 * `retryAfterMs` in its context. Only a problem document of ours counts as the service's verdict, and is
 * thrown under its code, or if this client does not know it, under one that its status stands for; whatever else comes back, from a
 * proxy or a wrong address, is `unreachable`.
 */
export class HttpClient {
  readonly #baseUrl: string;
  readonly #timeoutMs: number;
  readonly #maxAttempts: number;
  readonly #signal: AbortSignal | undefined;
  readonly #fetch: typeof fetch;
  readonly #unreachable: ErrorCode;
  readonly #isVerdict: (code: ErrorCode) => boolean;
  readonly #judges: boolean;

  constructor(options: HttpClientOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#maxAttempts = options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
    this.#signal = options.signal;
    this.#fetch = options.fetch ?? fetch;
    this.#unreachable = options.unreachable ?? "STORE_UNAVAILABLE";
    this.#isVerdict = options.isVerdict ?? (() => true);
    this.#judges = options.isVerdict !== undefined;
  }

  get<T>(path: string, schema: z.ZodType<T>, options: CallOptions = {}): Promise<T> {
    return this.#json("GET", path, undefined, schema, options);
  }

  post<T>(path: string, body: unknown, schema: z.ZodType<T>, options: CallOptions = {}): Promise<T> {
    return this.#json("POST", path, body === undefined ? undefined : JSON.stringify(body), schema, options);
  }

  /** An answer that is read as it comes; its time is bounded until it begins, then by `signal` alone. */
  open(path: string, headers: Readonly<Record<string, string>>, options: CallOptions = {}): Promise<Response> {
    return this.#retrying(options, async (signal) => {
      const url = this.#urlOf(path);
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), this.#timeoutMs);
      try {
        const response = await this.#call(url, { headers }, AbortSignal.any([late.signal, ...signal]), late.signal);
        if (response.ok) return response;
        throw this.#problemOf(response, await this.#textOf(response), url);
      } finally {
        clearTimeout(timer);
      }
    });
  }

  /** A service that is not one of ours, or not there. */
  unreachable(message: string, context: ErrorContext, cause?: unknown): GatelogError {
    return new GatelogError(this.#unreachable, message, context, { cause });
  }

  #json<T>(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    schema: z.ZodType<T>,
    options: CallOptions,
  ): Promise<T> {
    const url = this.#urlOf(path);
    const headers = {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    };
    return this.#retrying(options, async (signals) => {
      const timeout = AbortSignal.timeout(this.#timeoutMs);
      const init = { method, headers, ...(body === undefined ? {} : { body }) };
      const response = await this.#call(url, init, AbortSignal.any([timeout, ...signals]), timeout);
      const text = await this.#textOf(response, timeout);
      if (!response.ok) throw this.#problemOf(response, text, url);
      const success = z.object({ success: z.literal(true), response_data: z.unknown() }).safeParse(parseJson(text));
      if (!success.success) throw this.#notOurs(url, response.status);
      return parseAs(schema, success.data.response_data, this.#unreachable, `the answer of ${url}`);
    });
  }

  async #retrying<T>(options: CallOptions, attempt: (signals: readonly AbortSignal[]) => Promise<T>): Promise<T> {
    const signals = [this.#signal, options.signal].filter((signal) => signal !== undefined);
    const isAborted = () => signals.some((signal) => signal.aborted);
    for (let attempts = 1; ; attempts += 1)
      try {
        return await attempt(signals);
      } catch (error) {
        const again = isGatelogError(error) && error.disposition === "retry" && attempts < this.#maxAttempts;
        if (!again || isAborted()) throw error;
        const wished = retryAfter(error);
        if (wished !== undefined && wished > MAX_RETRY_MS) throw error;
        const pause = wished ?? Math.min(FIRST_RETRY_MS * 4 ** (attempts - 1), MAX_RETRY_MS);
        // Aborted in the pause: the error that there was is the answer.
        await delay(pause, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
        if (isAborted()) throw error;
      }
  }

  #urlOf(path: string): string {
    return `${this.#baseUrl}${path}`;
  }

  async #call(url: string, init: RequestInit, signal: AbortSignal, timeout: AbortSignal): Promise<Response> {
    try {
      return await this.#fetch(url, { ...init, redirect: "error", signal });
    } catch (cause) {
      throw this.#fault(url, cause, timeout);
    }
  }

  async #textOf(response: Response, timeout?: AbortSignal): Promise<string> {
    try {
      return await readLimited(response, MAX_RESPONSE_BYTES);
    } catch (cause) {
      if (isGatelogError(cause)) throw this.unreachable(cause.message, { url: response.url }, cause);
      throw this.#fault(response.url, cause, timeout);
    }
  }

  #fault(url: string, cause: unknown, timeout: AbortSignal | undefined): GatelogError {
    if (timeout?.aborted === true)
      return new GatelogError("TIMEOUT", `${url} has not answered within ${this.#timeoutMs} ms`, { url }, { cause });
    return this.unreachable(`${url} cannot be reached`, { url }, cause);
  }

  #problemOf(response: Response, text: string, url: string): GatelogError {
    const json = parseJson(text);
    const problem = givenProblemSchema.safeParse(json);
    if (!problem.success) return this.#newerProblem(response, json, url);
    const { code, detail, context } = problem.data;
    if (!this.#isVerdict(code))
      return this.unreachable(`${url} answers ${code}: ${detail}`, { url, code, ...pauseOf(response) });
    const isLater = ERRORS[code].disposition === "retry";
    return new GatelogError(code, detail, { ...context, ...(isLater && pauseOf(response)) });
  }

  /** What is refused with a code that this client does not know is refused. A verdict it is not to whoever asks which codes are. */
  #newerProblem(response: Response, json: unknown, url: string): GatelogError {
    const { status } = response;
    const problem = newerProblemSchema.safeParse(json);
    const known = this.#judges ? undefined : codeOf(status);
    if (!problem.success || known === undefined) return this.#notOurs(url, status, pauseOf(response));
    const { code, detail } = problem.data;
    return new GatelogError(known, `${url} answers ${code}: ${detail}`, { url, status, code, ...pauseOf(response) });
  }

  #notOurs(url: string, status: number, pause: ErrorContext = {}): GatelogError {
    return this.unreachable(`${url} does not answer as this API does (HTTP ${status})`, { url, status, ...pause });
  }
}

/** Retry-After, in seconds or as a date (RFC 9110, 10.2.3). */
function pauseOf(response: Response): ErrorContext {
  const value = response.headers.get("Retry-After") ?? "";
  const milliseconds = /^[0-9.]+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isFinite(milliseconds) ? { retryAfterMs: Math.max(0, milliseconds) } : {};
}

/** What a status stands for where its code says nothing; undefined if that is for the service to mend. */
function codeOf(status: number): ErrorCode | undefined {
  if (status === 404) return "NOT_FOUND";
  if (status === 429) return "TOO_MANY_REQUESTS";
  return status >= 400 && status < 500 ? "REFUSED" : undefined;
}

/** How long the service asks to be left alone, if it says so. */
export function retryAfter(error: unknown): number | undefined {
  const milliseconds = isGatelogError(error) ? error.context["retryAfterMs"] : undefined;
  return typeof milliseconds === "number" ? milliseconds : undefined;
}

/** The body as text; STORE_UNAVAILABLE if it is larger than `maximum` bytes. */
export async function readLimited(response: Response, maximum: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) return "";
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maximum)
      throw new GatelogError("STORE_UNAVAILABLE", `the answer of ${response.url} is too large`, { maximum });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // No problem document of ours, then.
  }
}
