import { once } from "node:events";
import { createServer } from "node:http";

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Stands before a node: counts what is asked, and can refuse, doctor or withhold answers. */
export interface RpcProxy {
  readonly rpcUrl: string;
  /** Calls so far by method, identity checks included. */
  readonly calls: RpcCall[];
  close(): Promise<void>;
}

export interface ProxyRules {
  /** An error to answer with instead of asking the node. */
  readonly refuse?: (call: RpcCall) => { readonly code: number; readonly message: string } | undefined;
  /** A result to answer with instead of asking the node. */
  readonly answer?: (call: RpcCall) => unknown;
  /** Another result than the node's. */
  readonly doctor?: (call: RpcCall, result: unknown) => unknown;
  /** True: the node gets the request, and the asker never gets the answer. */
  readonly swallow?: (call: RpcCall) => boolean;
}

export async function startRpcProxy(nodeUrl: string, rules: ProxyRules = {}): Promise<RpcProxy> {
  const calls: RpcCall[] = [];
  const answerTo = async (body: string): Promise<string | undefined> => {
    const request = JSON.parse(body) as RpcCall & { id: number };
    const { id, method, params } = request;
    calls.push({ method, params });
    const error = rules.refuse?.(request);
    if (error) return JSON.stringify({ jsonrpc: "2.0", id, error });
    const result = rules.answer?.(request);
    if (result !== undefined) return JSON.stringify({ jsonrpc: "2.0", id, result });
    const response = await fetch(nodeUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    const answer = (await response.json()) as { result?: unknown; error?: unknown };
    if (rules.swallow?.(request) === true) return undefined;
    if ("result" in answer && rules.doctor) answer.result = rules.doctor(request, answer.result);
    return JSON.stringify(answer);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      answerTo(Buffer.concat(chunks).toString()).then(
        (answer) =>
          answer === undefined
            ? response.destroy()
            : response.setHeader("content-type", "application/json").end(answer),
        () => response.destroy(),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return {
    rpcUrl: `http://127.0.0.1:${address.port}`,
    calls,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
