import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";

/** One JSON-RPC call. Resolves to `result`; rejects with a GatelogError: NODE_UNREACHABLE, TIMEOUT, or MALFORMED. */
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

const answerSchema = z.object({
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string(), data: z.unknown().optional() }).optional(),
});

/** Calls a node over HTTP, with a limit of time for each call. */
export function httpJsonRpc(url: string, timeoutMs: number = DEFAULT_TIMEOUT_MS): JsonRpc {
  let id = 0;
  return async (method, params) => {
    id += 1;
    const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    const parsed = answerSchema.safeParse(await post(url, body, timeoutMs));
    if (!parsed.success)
      throw new GatelogError("MALFORMED", `what answers at ${url} is no JSON-RPC node`, { url, method });
    const { error, result } = parsed.data;
    if (error !== undefined) throw new NodeRefusal(method, error.message, revertData(error.data));
    return result;
  };
}

async function post(url: string, body: string, timeoutMs: number): Promise<unknown> {
  try {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    try {
      return JSON.parse(text);
    } catch (cause) {
      if (response.ok) return undefined;
      throw new GatelogError(
        "NODE_UNREACHABLE",
        `the node at ${url} answers ${response.status}`,
        { url, status: response.status },
        { cause },
      );
    }
  } catch (cause) {
    if (cause instanceof GatelogError) throw cause;
    if (cause instanceof DOMException && cause.name === "TimeoutError")
      throw new GatelogError(
        "TIMEOUT",
        `the node at ${url} gave no answer within ${timeoutMs} ms`,
        { url, timeoutMs },
        { cause },
      );
    throw new GatelogError("NODE_UNREACHABLE", `the node at ${url} cannot be reached`, { url }, { cause });
  }
}

/** Nodes wrap the bytes that a contract reverted with in different ways. */
function revertData(data: unknown): string | undefined {
  if (typeof data === "string") return data;
  const nested = z.looseObject({ data: z.string() }).safeParse(data);
  return nested.success ? nested.data.data : undefined;
}
