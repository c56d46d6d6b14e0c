import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { ERRORS, GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import { parseAs } from "../entry/parse.ts";

export interface HttpClientOptions {
  /** Where the service is, without `/v1`. */
  readonly baseUrl: string;
  /** For one attempt. */
  readonly timeoutMs?: number;
  /** How often a request is tried that may succeed later; 1 where the caller repeats anyway. */
  readonly maxAttempts?: number;
  /** Aborts what is under way. */
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
}

/** Longer than the service's own limit, so that its answer comes first. */
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_ATTEMPTS = 3;
const FIRST_RETRY_MS = 100;
/** However long the service asks to be left alone. */
const MAX_RETRY_MS = 5_000;
/** A page of the largest entries, as hex, with room. */
const MAX_RESPONSE_BYTES = 16 * 1_024 * 1_024;

/** What the service says of itself or of a wrong address; none of it is a verdict on what was sent. */
const NO_VERDICT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "UNSUPPORTED_MEDIA_TYPE",
  "NOT_SERVED_HERE",
  "INVALID_CONFIG",
]);

const problemSchema = z.object({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string().default(""),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

/**
 * Requests to a log API. Every request of it may be repeated, so what may succeed later is tried again, a few times. Only a
 * problem document of ours counts as the service's verdict; whatever else comes back, from a proxy or a wrong address, is
 * STORE_UNAVAILABLE, and so are the service's own troubles.
 */
export class HttpClient {
  readonly #baseUrl: string;
  readonly #timeoutMs: number;
  readonly #maxAttempts: number;
  readonly #signal: AbortSignal | undefined;
  readonly #fetch: typeof fetch;

  constructor(options: HttpClientOptions) {
    this.#baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#maxAttempts = options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS;
    this.#signal = options.signal;
    this.#fetch = options.fetch ?? fetch;
  }

  get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#request("GET", path, undefined, schema);
  }

  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#request("POST", path, JSON.stringify(body), schema);
  }

  async #request<T>(method: "GET" | "POST", path: string, body: string | undefined, schema: z.ZodType<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await this.#attempt(method, path, body, schema);
      } catch (error) {
        const again =
          isGatelogError(error) &&
          error.disposition === "retry" &&
          attempt < this.#maxAttempts &&
          this.#signal?.aborted !== true;
        if (!again) throw error;
        await delay(Math.min(retryAfter(error) ?? FIRST_RETRY_MS * 4 ** (attempt - 1), MAX_RETRY_MS));
      }
  }

  async #attempt<T>(method: string, path: string, body: string | undefined, schema: z.ZodType<T>): Promise<T> {
    const url = `${this.#baseUrl}/v1${path}`;
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const signal = this.#signal === undefined ? timeout : AbortSignal.any([timeout, this.#signal]);
    const headers = {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    };
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(url, {
        method,
        headers,
        redirect: "error",
        signal,
        ...(body === undefined ? {} : { body }),
      });
      text = await readLimited(response, MAX_RESPONSE_BYTES);
    } catch (cause) {
      if (isGatelogError(cause)) throw cause;
      if (timeout.aborted)
        throw new GatelogError("TIMEOUT", `${url} has not answered within ${this.#timeoutMs} ms`, { url }, { cause });
      throw new GatelogError("STORE_UNAVAILABLE", `${url} cannot be reached`, { url }, { cause });
    }
    const json = parseJson(text);
    if (!response.ok) throw problemOf(response, json, url);
    const success = z.object({ success: z.literal(true), response_data: z.unknown() }).safeParse(json);
    if (!success.success) throw notOurs(url, response.status);
    return parseAs(schema, success.data.response_data, "STORE_UNAVAILABLE", `the answer of ${url}`);
  }
}

function problemOf(response: Response, json: unknown, url: string): GatelogError {
  const problem = problemSchema.safeParse(json);
  if (!problem.success) return notOurs(url, response.status);
  const { code, detail, context } = problem.data;
  if (NO_VERDICT.has(code) || ERRORS[code].disposition === "halt")
    return new GatelogError("STORE_UNAVAILABLE", `${url} answers ${code}: ${detail}`, { url, code });
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const retryAfterMs =
    Number.isFinite(seconds) && ERRORS[code].disposition === "retry" ? { retryAfterMs: seconds * 1_000 } : {};
  return new GatelogError(code, detail, { ...context, ...retryAfterMs });
}

function retryAfter(error: GatelogError): number | undefined {
  const milliseconds = error.context["retryAfterMs"];
  return typeof milliseconds === "number" ? milliseconds : undefined;
}

function notOurs(url: string, status: number): GatelogError {
  return new GatelogError("STORE_UNAVAILABLE", `${url} does not answer as a log API does`, { url, status });
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
