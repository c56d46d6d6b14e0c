import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { pipeline } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";

/** One JSON-RPC call. Resolves to `result`; rejects with a GatelogError: NODE_UNREACHABLE, TIMEOUT, TOO_LARGE, or MALFORMED. */
export type JsonRpc = (method: string, params: readonly unknown[]) => Promise<unknown>;

/** The node understood the call and refused it: too many results, no such block, a revert. */
export class NodeRefusal extends GatelogError {
  /** What the contract reverted with, if it did. */
  readonly data: string | undefined;

  constructor(method: string, message: string, data: string | undefined) {
    super("NODE_UNREACHABLE", `the node refuses ${method}: ${message.slice(0, MAX_MESSAGE_LENGTH)}`, { method });
    this.data = data;
  }
}

const MAX_MESSAGE_LENGTH = 300;
const DEFAULT_TIMEOUT_MS = 20_000;
/** Bytes of an answer: more than any node should give at once, and no more than this process should hold. */
const MAX_ANSWER_SIZE = 32 * 2 ** 20;
/** Pauses before a request is repeated that found no connection, or lost it: all that is asked is to read. */
const RETRY_PAUSES_MS = [100, 400, 1_600] as const;

/** Calls of one turn that go to the node together. Nodes have limits of their own, most of them far above. */
const MAX_BATCH = 64;
/** What gives large answers goes alone. */
const ALONE: ReadonlySet<string> = new Set(["eth_getLogs"]);

const answerSchema = z.object({
  id: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string(), data: z.unknown().optional() }).optional(),
});
type NodeAnswer = z.infer<typeof answerSchema>;

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
  readonly done: PromiseWithResolvers<unknown>;
}

/** Calls a node over HTTP, with a limit of time for each request. Calls that are made in one turn go as one request, where the node takes that. */
export function httpJsonRpc(url: string, timeoutMs: number = DEFAULT_TIMEOUT_MS): JsonRpc {
  const node = new HttpNode(url, timeoutMs);
  return (method, params) => node.call(method, params);
}

class HttpNode {
  readonly #url: string;
  readonly #timeoutMs: number;
  #id = 0;
  #collected: Call[] = [];
  #takesBatches = true;

  constructor(url: string, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  call(method: string, params: readonly unknown[]): Promise<unknown> {
    this.#id += 1;
    const call = { id: this.#id, method, params, done: Promise.withResolvers<unknown>() };
    if (ALONE.has(method) || !this.#takesBatches) this.#sendAlone(call).catch(call.done.reject);
    else {
      if (this.#collected.length === 0) setImmediate(() => this.#sendCollected());
      this.#collected.push(call);
    }
    return call.done.promise;
  }

  #sendCollected(): void {
    const calls = this.#collected;
    this.#collected = [];
    for (let start = 0; start < calls.length; start += MAX_BATCH) {
      const batch = calls.slice(start, start + MAX_BATCH);
      this.#send(batch).catch((error: unknown) => rejectAll(batch, error));
    }
  }

  async #send(calls: readonly Call[]): Promise<void> {
    const answers = calls.length > 1 ? await this.#askTogether(calls) : undefined;
    // One answer in place of many: the node takes no batches, or none as large. Then each goes alone from now on.
    if (answers === undefined) await this.#sendEach(calls);
    else for (const call of calls) this.#settle(call, answers.get(call.id));
  }

  /** Undefined if the node gives no list of answers. */
  async #askTogether(calls: readonly Call[]): Promise<ReadonlyMap<unknown, NodeAnswer> | undefined> {
    try {
      const parsed = z.array(answerSchema).safeParse(await post(this.#url, calls.map(request), this.#timeoutMs));
      return parsed.data && new Map(parsed.data.map((answer) => [answer.id, answer]));
    } catch (error) {
      if (error instanceof NodeStatus) return undefined;
      throw error;
    }
  }

  async #sendEach(calls: readonly Call[]): Promise<void> {
    if (calls.length > 1) this.#takesBatches = false;
    await Promise.all(calls.map((call) => this.#sendAlone(call)));
  }

  async #sendAlone(call: Call): Promise<void> {
    try {
      const answer = answerSchema.safeParse(await post(this.#url, request(call), this.#timeoutMs));
      this.#settle(call, answer.data);
    } catch (error) {
      call.done.reject(error);
    }
  }

  #settle({ method, done }: Call, answer: NodeAnswer | undefined): void {
    if (answer === undefined)
      done.reject(
        new GatelogError("MALFORMED", `what answers at ${this.#url} is no JSON-RPC node`, { url: this.#url, method }),
      );
    else if (answer.error !== undefined)
      done.reject(new NodeRefusal(method, answer.error.message, revertData(answer.error.data)));
    else done.resolve(answer.result);
  }
}

function rejectAll(calls: readonly Call[], error: unknown): void {
  for (const { done } of calls) done.reject(error);
}

function request({ id, method, params }: Call): object {
  return { jsonrpc: "2.0", id, method, params };
}

/** The node answered with a status and nothing that can be read. */
class NodeStatus extends GatelogError {
  constructor(url: string, status: number, cause: unknown) {
    super("NODE_UNREACHABLE", `the node at ${url} answers ${status}`, { url, status }, { cause });
  }
}

async function post(url: string, body: unknown, timeoutMs: number): Promise<unknown> {
  for (const pause of RETRY_PAUSES_MS)
    try {
      return await postOnce(url, body, timeoutMs);
    } catch (error) {
      if (!(error instanceof NodeConnection)) throw error;
      await sleep(pause);
    }
  return postOnce(url, body, timeoutMs);
}

/** There is no connection to the node, or it ended before the answer did. */
class NodeConnection extends GatelogError {
  constructor(url: string, cause: unknown) {
    super("NODE_UNREACHABLE", `the node at ${url} cannot be reached`, { url }, { cause });
  }
}

/** Connections are kept between calls, one for each that is under way. (`fetch` takes a third of a second more before its first answer.) */
const TRANSPORTS = new Map([
  ["http:", { request: http.request, agent: new http.Agent({ keepAlive: true }) }],
  ["https:", { request: https.request, agent: new https.Agent({ keepAlive: true }) }],
]);

async function postOnce(url: string, body: unknown, timeoutMs: number): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await answerTo(url, JSON.stringify(body), signal);
    const text = await textOf(response, url);
    try {
      return JSON.parse(text);
    } catch (cause) {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return undefined;
      throw new NodeStatus(url, status, cause);
    }
  } catch (cause) {
    if (cause instanceof GatelogError) throw cause;
    if (signal.aborted)
      throw new GatelogError(
        "TIMEOUT",
        `the node at ${url} gave no answer within ${timeoutMs} ms`,
        { url, timeoutMs },
        { cause },
      );
    throw new NodeConnection(url, cause);
  }
}

function answerTo(url: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  const place = new URL(url);
  const transport = TRANSPORTS.get(place.protocol);
  if (transport === undefined) throw new TypeError(`no way to ask ${place.protocol}`);
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "accept-encoding": "gzip",
  };
  const { request, agent } = transport;
  return new Promise((resolve, reject) => {
    request(place, { method: "POST", agent, headers, signal }, resolve).on("error", reject).end(body);
  });
}

async function textOf(response: IncomingMessage, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const isPacked = response.headers["content-encoding"] === "gzip";
  // Where the connection is lost, the unpacked end of it says so.
  const body: AsyncIterable<Uint8Array> = isPacked ? pipeline(response, createGunzip(), () => undefined) : response;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_SIZE)
      throw new GatelogError("TOO_LARGE", `the node at ${url} answers with more than ${MAX_ANSWER_SIZE} bytes`, {
        ...{ url, limit: MAX_ANSWER_SIZE },
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size).toString();
}

/** Nodes wrap the bytes that a contract reverted with in different ways. */
function revertData(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  const nested = z.looseObject({ data: z.string() }).safeParse(data);
  return nested.success ? nested.data.data : undefined;
}
