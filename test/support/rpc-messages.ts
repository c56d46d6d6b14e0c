/** JSON-RPC 2.0 as it stands on the wire between a client and a node. */
export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface RpcRequest {
  readonly method: string;
  readonly params?: readonly unknown[];
  /** Absent in a notification, which is not answered. */
  readonly id?: string | number | null;
}

export type RpcAnswer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: unknown } };

/** Asks the node that stands behind. Rejects if it does not answer. */
export type AskNode = (method: string, params: readonly unknown[]) => Promise<RpcAnswer>;

/** The requests of a body, and whether they came as a batch; undefined if it is no JSON-RPC. */
export function parseRequests(
  body: string,
): { readonly requests: readonly RpcRequest[]; readonly batch: boolean } | undefined {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return undefined;
  }
  const requests: readonly unknown[] = Array.isArray(document) ? document : [document];
  if (requests.length === 0 || !requests.every(isRequest)) return undefined;
  return { requests, batch: Array.isArray(document) };
}

function isRequest(value: unknown): value is RpcRequest {
  if (typeof value !== "object" || value === null || !("method" in value)) return false;
  return typeof value.method === "string" && (!("params" in value) || Array.isArray(value.params));
}
