import { createLogApi, type LogApiOptions } from "../../src/api/log-api.ts";
import { listen, type Listener } from "../../src/api/listen.ts";
import { describe } from "../../src/api/openapi.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import type { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { OperatorLog } from "../../src/store/operator-log.ts";
import { ApiContract } from "./api-contract.ts";
import type { SampleGateway } from "./sample-log.ts";

/** A log API on a port of its own. */
export interface ApiWorld {
  readonly url: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined if it is none. */
  readonly json: { [member: string]: unknown } | undefined;
  /** `response_data` of a success. */
  readonly data: unknown;
}

interface ApiWorldOptions extends LogApiOptions {
  readonly operator?: SampleGateway;
}

/** With an operator the service belongs to that gateway, and signs for it. */
export async function openApi(
  store: LogStore,
  directory: MemoryGatewayDirectory,
  options: ApiWorldOptions = {},
): Promise<ApiWorld> {
  const { operator, ...rest } = options;
  const operatorLog =
    operator === undefined
      ? undefined
      : new OperatorLog(
          { store, directory, signer: operator.signer, now: () => 1_700_000_000_000 },
          { gatewayId: operator.gatewayId, networkId: "eip155:31337", log: null },
        );
  const api = createLogApi(
    { store, directory, ...(operatorLog === undefined ? {} : { operator: operatorLog }) },
    { ...(operator === undefined ? {} : { gatewayId: operator.gatewayId }), ...rest },
  );
  const listener: Listener = await listen(api);
  const contract = new ApiContract(describe(api.operations, "0.0.0"));
  return {
    url: listener.url,
    close: () => listener.close(),
    async call(method, path, body, headers = {}) {
      const content = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
      const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
      const response = await fetch(listener.url + path, { method, headers: { ...type, ...headers }, ...content });
      const text = await response.text();
      const json = parse(text);
      // Every answer that a test of the API sees is held to the API's own description.
      const seen = { status: response.status, type: response.headers.get("Content-Type"), text, json };
      const faults = contract.faults({ method, path }, seen);
      if (faults.length > 0) throw new Error(`${method} ${path}: ${faults.join("; ")}`);
      return { status: response.status, headers: response.headers, text, json, data: json?.["response_data"] };
    },
  };
}

function parse(text: string): Answer["json"] {
  try {
    return JSON.parse(text) as Answer["json"];
  } catch {
    return undefined;
  }
}

/** The store with members that a test replaces. */
export function storeLike(store: LogStore): LogStore {
  return {
    durability: store.durability,
    openSession: store.openSession.bind(store),
    append: store.append.bind(store),
    session: store.session.bind(store),
    read: store.read.bind(store),
    sessionsOf: store.sessionsOf.bind(store),
    closeLog: store.closeLog.bind(store),
    decide: store.decide.bind(store),
    close: store.close.bind(store),
  };
}
