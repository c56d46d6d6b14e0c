import fc from "fast-check";
import { Agent, request as send, type IncomingMessage } from "node:http";
import { z } from "zod";
import type { OpenApiDocument } from "../../src/api/openapi.ts";
import { DRAFT_FAILURE_STATUS } from "../../src/api/problems.ts";
import { ApiContract, type ContractAnswer } from "../support/api-contract.ts";
import { fuzzRequests, type FuzzRequest } from "./fuzz-requests.ts";
import { openFuzzWorld, type FuzzWorld } from "./fuzz-world.ts";

/** Requests that are made up at once, and so many are under way at once. */
const PORTION = 250;
const AT_ONCE = 6;
/** An answer that takes longer does not come. */
const ANSWER_LIMIT_MS = 20_000;
const UNKNOWN_CODES: ReadonlySet<string> = new Set(["METHOD_NOT_ALLOWED", "NOT_FOUND", "MALFORMED"]);
/** A whole URL in the request line, as for a proxy: its path counts. */
const ABSOLUTE_FORM = /^http:\/\/[^/]+/;
const MOST_SHOWN_BODY = 2_000;
/** Kinds of fault that are told, and requests of each. */
const MOST_KINDS = 50;
const EXAMPLES = 2;

/** 5XX that the documents name: a register or a signer that is not here, and a service that has too much in hand. */
const NAMED_CODES: ReadonlySet<string> = new Set(["NO_REGISTER", "NOT_SERVED_HERE", "OVERLOADED"]);
/** Node refuses a head before anybody sees it: one that is too large, or a path with letters that belong in none. */
const HEAD_REFUSALS: ReadonlySet<number> = new Set([400, 431]);

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzResult {
  readonly requests: number;
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Operations that have answered with success. */
  readonly succeeded: ReadonlySet<string>;
  /** Faults by kind, with requests that show them. */
  readonly faults: ReadonlyMap<string, readonly string[]>;
}

interface FuzzAnswer extends ContractAnswer {
  readonly retryAfter: string | undefined;
}

const problemSchema = z.object({ code: z.string() });

/**
 * Sends requests, made from the document that the service itself serves, to a real listener over a file, and holds each answer to the
 * document. The same seed makes the same requests; several are under way at once, so that they may meet in another order.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const world = await openFuzzWorld();
  const run = new FuzzRun(world);
  try {
    await run.send(options);
  } finally {
    await run.end();
  }
  return run;
}

class FuzzRun implements FuzzResult {
  requests = 0;
  readonly statuses = new Map<number, number>();
  readonly succeeded = new Set<string>();
  readonly faults = new Map<string, string[]>();
  readonly #world: FuzzWorld;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

  constructor(world: FuzzWorld) {
    this.#world = world;
  }

  async send({ requests, seed, onProgress }: FuzzOptions): Promise<void> {
    const { url, known, bodies } = this.#world;
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;
    const contract = new ApiContract(document);
    const arbitrary = fuzzRequests(document, known, bodies);
    for (let from = 0; from < requests; from += PORTION) {
      const numRuns = Math.min(PORTION, requests - from);
      const left = fc.sample(arbitrary, { seed: seed + from, numRuns }).values();
      const worker = async (): Promise<void> => {
        // One iterator for all: each request is sent once.
        for (const request of left) await this.#one(request, contract);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      onProgress?.(this.requests);
    }
  }

  async end(): Promise<void> {
    this.#agent.destroy();
    for (const fault of await this.#world.close()) this.#note(`the store: ${fault}`, "");
    for (const failure of this.#world.failures) this.#note(`the service: ${failure}`, "");
  }

  async #one(request: FuzzRequest, contract: ApiContract): Promise<void> {
    this.requests += 1;
    const shown = `${request.method} ${request.path} ${JSON.stringify(request.headers)} ${shownBody(request.body)}`;
    try {
      const answer = await this.#ask(request);
      const { status } = answer;
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
      if (status < 300) this.succeeded.add(request.operationId);
      for (const fault of faultsOf(request, answer, contract))
        this.#note(fault, `${shown}\n    answer ${status}: ${answer.text.slice(0, 500)}`);
    } catch (error) {
      this.#note(`${request.operationId}: ${String(error)}`, shown);
    }
  }

  #note(kind: string, example: string): void {
    const examples = this.faults.get(kind) ?? [];
    if (this.faults.size >= MOST_KINDS && examples.length === 0) return;
    if (examples.length < EXAMPLES) examples.push(example);
    this.faults.set(kind, examples);
  }

  #ask({ method, path, headers, body }: FuzzRequest): Promise<FuzzAnswer> {
    const { hostname, port } = new URL(this.#world.url);
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
      const outgoing = send({ hostname, port, method, path, headers, agent: this.#agent, signal }, (response) => {
        read(response).then(resolve, reject);
      });
      outgoing.on("error", reject);
      outgoing.end(body ?? undefined);
    });
  }
}

async function read(response: IncomingMessage): Promise<FuzzAnswer> {
  const { statusCode: status = 0, headers } = response;
  const type = headers["content-type"] ?? null;
  const retryAfter = headers["retry-after"];
  if (type?.startsWith("text/event-stream")) {
    response.destroy(); // It has no end of its own.
    return { status, type, text: "", json: undefined, retryAfter };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status, type, text, json: parsed(text), retryAfter };
}

function faultsOf(request: FuzzRequest, answer: FuzzAnswer, contract: ApiContract): string[] {
  const { status } = answer;
  if (answer.type === null && HEAD_REFUSALS.has(status)) return [];
  // A HEAD is answered as a GET, without the body; there is nothing more to hold to the document.
  if (request.method === "HEAD") return status < 500 || asksDraft01(request) ? [] : [`HEAD ${status}`];
  const { success, data } = problemSchema.safeParse(answer.json);
  const code = success ? data.code : "no code";
  // Of a path or method that it does not know, the document says nothing.
  const isUnknown = asksDraft01(request) && UNKNOWN_CODES.has(code);
  const path = request.path.replace(ABSOLUTE_FORM, "");
  const faults = isUnknown ? [] : contract.faults({ method: request.method, path }, answer);
  if (status >= 500 && !isNamed(request, status, code)) faults.push(`${request.operationId} ${status} ${code}`);
  if ((status === 429 || status === 503) && answer.retryAfter === undefined)
    faults.push(`${status} without Retry-After`);
  return faults;
}

function isNamed(request: FuzzRequest, status: number, code: string): boolean {
  const isDefect = code === "INTERNAL" || code === "INVARIANT_BROKEN";
  return NAMED_CODES.has(code) || (status === DRAFT_FAILURE_STATUS && asksDraft01(request) && !isDefect);
}

/** At the root, for whoever asks for draft 01, every failure is a 5XX. */
function asksDraft01({ path }: FuzzRequest): boolean {
  return /[?&]draft=01(&|$)/.test(path) && !/^\/v1([/?]|$)/i.test(path.replace(ABSOLUTE_FORM, ""));
}

function shownBody(body: Buffer | null): string {
  return body === null ? "" : body.toString().slice(0, MOST_SHOWN_BODY);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the contract says what it should have been
  }
}
