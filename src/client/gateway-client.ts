import type { SessionId } from "../entry/hex.ts";
import {
  explanationSchema,
  MAX_TRANSFERS,
  transfersSchema,
  transferStatusSchema,
  type TransferStatus,
} from "./gateway-answers.ts";
import { HttpClient, type CallOptions, type HttpClientOptions } from "./http-client.ts";

/**
 * The client API of a gateway as functions. A transfer may be asked for again under its idempotency key. Errors as in `LogClient`;
 * PEER_UNREACHABLE if no gateway answers.
 */
export class GatewayClient {
  readonly #http: HttpClient;

  constructor(options: HttpClientOptions) {
    this.#http = new HttpClient({ ...options, unreachable: "PEER_UNREACHABLE" });
  }

  /** Starts the transfer of a REQUEST.json, or finds the one that its idempotency key started before. */
  transfer(request: unknown, options?: CallOptions) {
    return this.#http.post("/v1/transfers", request, transferStatusSchema, options);
  }

  status(sessionId: SessionId, options?: CallOptions) {
    return this.#http.get(pathOf(sessionId), transferStatusSchema, options);
  }

  /** This gateway's sessions, oldest first: all of them, however many requests that takes. */
  async sessions(filter: { readonly open: boolean; readonly stuck?: boolean }, options?: CallOptions) {
    const transfers: TransferStatus[] = [];
    for (;;) {
      const query = new URLSearchParams({ open: String(filter.open), stuck: String(filter.stuck ?? false) });
      const last = transfers.at(-1);
      if (last !== undefined) query.set("after", last.sessionId);
      const page = await this.#http.get(`/v1/transfers?${query.toString()}`, transfersSchema, options);
      transfers.push(...page);
      if (page.length < MAX_TRANSFERS) return transfers;
    }
  }

  /** Asks for an abort, before the decision only. */
  cancel(sessionId: SessionId, options?: CallOptions) {
    return this.#http.post(`${pathOf(sessionId)}/cancel`, undefined, transferStatusSchema, options);
  }

  recover(sessionId: SessionId, options?: CallOptions) {
    return this.#http.post(`${pathOf(sessionId)}/recover`, undefined, transferStatusSchema, options);
  }

  rollback(sessionId: SessionId, options?: CallOptions) {
    return this.#http.post(`${pathOf(sessionId)}/rollback`, undefined, transferStatusSchema, options);
  }

  /** What would be done next, and why; does nothing. */
  explain(sessionId: SessionId, wish: "nothing" | "recover" | "rollback", options?: CallOptions) {
    return this.#http.get(`${pathOf(sessionId)}/explanation?wish=${wish}`, explanationSchema, options);
  }
}

function pathOf(sessionId: SessionId): string {
  return `/v1/transfers/${encodeURIComponent(sessionId)}`;
}
