import { FetchRequest, isHexString, JsonRpcProvider, Network, type JsonRpcError, type JsonRpcPayload } from "ethers";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { toHex, type Hex } from "../entry/hex.ts";
import { createTransport, type Transport } from "./rpc-transport.ts";

/** The node answered, with an error. `data` is what a contract reverted with, if it did. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly method: string;
  readonly rpcCode: number;
  readonly data: Hex | undefined;

  constructor(method: string, rpcCode: number, message: string, data: Hex | undefined) {
    super(message);
    this.method = method;
    this.rpcCode = rpcCode;
    this.data = data;
  }
}

/** JSON-RPC to one node. Resolves with the raw result; rejects with RpcError (it answered) or GatelogError (it did not). */
export interface Rpc {
  send(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Host and port: path, query and user of the URL may be secrets. */
  readonly node: string;
  /** Number of connections opened so far. */
  connections(): number;
  close(): void;
}

export function createRpc(url: string, chainId: number, timeoutMs: number): Rpc {
  const transport = createTransport({ timeoutMs });
  const provider = new NodeProvider(url, chainId, transport);
  const node = new URL(url).host;
  let isClosed = false;
  return {
    node,
    send: async (method, params) => {
      if (isClosed)
        throw new GatelogError("NODE_UNREACHABLE", "the connection to the node was closed here", { method });
      try {
        // A copy, because ethers takes a mutable array.
        return (await provider.send(method, [...params])) as unknown;
      } catch (error) {
        if (error instanceof RpcError || isGatelogError(error)) throw error;
        throw new GatelogError(
          "NODE_UNREACHABLE",
          "what answers is no JSON-RPC node",
          { node, method },
          { cause: error },
        );
      }
    },
    connections: () => transport.connections(),
    close: () => {
      isClosed = true;
      provider.destroy();
      transport.close();
    },
  };
}

/** ethers' provider as a plain pipe: no cache, no batches that wait for company, no detection of the network, no polling. */
class NodeProvider extends JsonRpcProvider {
  constructor(url: string, chainId: number, transport: Transport) {
    const request = new FetchRequest(url);
    request.getUrlFunc = transport.getUrl;
    super(request, chainId, { staticNetwork: Network.from(chainId), batchMaxCount: 1, cacheTimeout: -1 });
  }

  override getRpcError(payload: JsonRpcPayload, { error }: JsonRpcError): Error {
    return new RpcError(payload.method, error.code, error.message ?? "", revertData(error.data));
  }
}

/** Nodes put the revert data into `data` itself or into an object (of objects) under that name. */
const MAX_DATA_DEPTH = 3;

function revertData(data: unknown, depth = 0): Hex | undefined {
  if (typeof data === "string") return isHexString(data) ? toHex(data) : undefined;
  if (typeof data !== "object" || data === null || depth === MAX_DATA_DEPTH) return undefined;
  return "data" in data ? revertData(data.data, depth + 1) : undefined;
}
