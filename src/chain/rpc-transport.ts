import http from "node:http";
import https from "node:https";
import type { FetchGetUrlFunc, GetUrlResponse } from "ethers";
import { GatelogError } from "../entry/errors.ts";

/** Sockets that are open to one node at a time; more requests wait for one. */
const MAX_SOCKETS = 16;
/** Bytes of one answer; a node that sends more is cut off. */
const MAX_RESPONSE_SIZE = 256 * 1024 * 1024;

/** Reasons for which a request cannot have reached the node. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"]);

/** True if the request that failed so cannot have reached the node; false if it may have. */
export function wasNeverSent(error: GatelogError): boolean {
  return error.code === "NODE_UNREACHABLE" && NEVER_SENT.has(String(error.context["reason"]));
}

/**
 * HTTP to one node: kept-alive sockets, one limit of time for the whole exchange, errors as codes. Counts the connections it
 * opens: a new connection may lead to a node that was restarted.
 */
export interface Transport {
  readonly getUrl: FetchGetUrlFunc;
  connections(): number;
  close(): void;
}

export function createTransport(options: { readonly timeoutMs: number }): Transport {
  let connections = 0;
  const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const agents = { "http:": new http.Agent(agentOptions), "https:": new https.Agent(agentOptions) };

  const exchange = (url: URL, request: Parameters<FetchGetUrlFunc>[0], repeats: number): Promise<GetUrlResponse> =>
    new Promise((resolve, reject) => {
      const secure = url.protocol === "https:";
      const { method, headers } = request;
      const sent = (secure ? https : http).request(url, {
        method,
        headers,
        agent: agents[secure ? "https:" : "http:"],
      });
      const timer = setTimeout(() => {
        sent.destroy(new GatelogError("TIMEOUT", `the node did not answer within ${options.timeoutMs} ms`, at(url)));
      }, options.timeoutMs);
      const fail = (cause: Error): void => {
        clearTimeout(timer);
        // The node closed an idle socket just as it was used again: the request is whole and every RPC method may be repeated. So
        // may the other idle ones have been, each of which is found out so; a new one is believed.
        if (repeats > 0 && sent.reusedSocket && !(cause instanceof GatelogError))
          exchange(url, request, repeats - 1).then(resolve, reject);
        else reject(cause instanceof GatelogError ? cause : unreachable(url, cause));
      };
      sent.on("socket", (socket) => {
        if (socket.connecting) connections += 1;
      });
      sent.on("error", fail);
      sent.on("response", (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_RESPONSE_SIZE) response.destroy(new Error(`more than ${MAX_RESPONSE_SIZE} bytes`));
          else chunks.push(chunk);
        });
        response.on("error", fail);
        response.on("end", () => {
          clearTimeout(timer);
          const statusCode = response.statusCode ?? 0;
          if (statusCode >= 200 && statusCode < 300)
            resolve({
              statusCode,
              statusMessage: response.statusMessage ?? "",
              headers: {},
              body: Buffer.concat(chunks),
            });
          else
            reject(
              new GatelogError("NODE_UNREACHABLE", `the node answers with HTTP ${statusCode}`, {
                ...at(url),
                status: statusCode,
              }),
            );
        });
      });
      sent.end(request.body ?? undefined);
    });

  return {
    getUrl: (request) => exchange(new URL(request.url), request, MAX_SOCKETS),
    connections: () => connections,
    close: () => {
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}

/** Host alone: path and query may carry a provider's key. */
function at(url: URL): { node: string } {
  return { node: url.host };
}

function unreachable(url: URL, cause: Error): GatelogError {
  const reason = "code" in cause ? String(cause.code) : cause.message;
  return new GatelogError(
    "NODE_UNREACHABLE",
    `the node does not answer (${reason})`,
    { ...at(url), reason },
    { cause },
  );
}
