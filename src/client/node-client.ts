import type { Address } from "../entry/hex.ts";
import { HttpClient, type CallOptions, type HttpClientOptions } from "./http-client.ts";
import { groupStateSchema, nodeNetworkSchema, nodeStateSchema } from "./node-answers.ts";

/** Longer than a member takes to hand over at the most: to drain, to end its sessions, and to have the other one follow it. */
const HANDOVER_TIMEOUT_MS = 120_000;

/** What one member of a group tells its operator, and does for it: no other one is asked instead. Errors as in `LogClient`; PEER_UNREACHABLE if nobody answers. */
export class NodeClient {
  readonly #http: HttpClient;
  readonly #patient: HttpClient;

  constructor(options: Omit<HttpClientOptions, "others">) {
    const given = { ...options, unreachable: "PEER_UNREACHABLE" } as const;
    this.#http = new HttpClient(given);
    // Asked again it would find another primary: the one that has followed.
    this.#patient = new HttpClient({ ...given, maxAttempts: 1, timeoutMs: HANDOVER_TIMEOUT_MS });
  }

  state(options?: CallOptions) {
    return this.#http.get("/node/state", nodeStateSchema, options);
  }

  /** The group as this member sees it. */
  network(options?: CallOptions) {
    return this.#http.get("/node/network", nodeNetworkSchema, options);
  }

  /** Has the primary make another member the primary: the first backup that lives, unless one is named. NOT_PRIMARY at a standby. */
  handOver(to?: Address, options?: CallOptions) {
    return this.#patient.post("/node/handover", to === undefined ? {} : { to }, groupStateSchema, options);
  }
}
