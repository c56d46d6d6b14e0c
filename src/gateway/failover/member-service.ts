import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import type { Gateway } from "../gateway.ts";
import type { GatewayPorts } from "../ports.ts";
import type { GatewayService } from "../public.ts";
import type { Office } from "./office.ts";
import type { Tenure } from "./tenure.ts";

interface Leadership {
  readonly office: Pick<Office, "phase" | "role"> & {
    readonly tenure: Pick<Tenure, "log"> & { readonly gateway: Gateway };
  };
  /** Base URL of the primary, if it is known. */
  primaryUrl(): string | undefined;
  /** Something was refused for a stale epoch. */
  onStale(): void;
}

/** Where a member writes what its operator has the gateway log, beside its transfers. */
export interface OperatorAccess {
  readonly store: Pick<GatewayPorts["store"], "durability" | "openSession" | "append" | "session" | "read">;
  readonly outbox: GatewayPorts["outbox"];
  /** NOT_PRIMARY at a standby; a handover waits for what has begun. */
  lead<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * A gateway as the group's clients and peers see it at one of its members: what changes something is the primary's, and NOT_PRIMARY at any
 * other; looking is served by all of them.
 */
export class MemberService {
  readonly #leadership: Leadership;
  #busy = 0;

  constructor(leadership: Leadership) {
    this.#leadership = leadership;
  }

  /** Requests under way that change something. */
  get busy(): number {
    return this.#busy;
  }

  // A peer's entries may be of a stale epoch, the peer's own: that is for it to hear, and says nothing of who is primary here.
  readonly service: Omit<GatewayService, "identity"> = {
    transfer: (request) => this.#lead((gateway) => gateway.transfer(request)),
    cancel: (sessionId) => this.#lead((gateway) => gateway.cancel(sessionId)),
    recover: (sessionId) => this.#lead((gateway) => gateway.recover(sessionId)),
    rollback: (sessionId) => this.#lead((gateway) => gateway.rollback(sessionId)),
    onPeerMessage: (sessionId, entry) => this.#serve((gateway) => gateway.onPeerMessage(sessionId, entry)),
    onPeerRun: (sessionId, run) => this.#serve((gateway) => gateway.onPeerRun(sessionId, run)),
    peerLog: (sessionId, query) => this.#serve((gateway) => gateway.peerLog(sessionId, query)),
    offer: (query) => this.#reading.offer(query),
    status: (sessionId) => this.#reading.status(sessionId),
    sessions: (filter) => this.#reading.sessions(filter),
    explain: (sessionId, wish) => this.#reading.explain(sessionId, wish),
    overview: () => this.#reading.overview(),
  };

  /** What outlasts the tenure in which it began gets no further: the valve has nothing to hold back. */
  get operator(): OperatorAccess {
    const log = () => {
      // Also while it drains: what has begun comes to its end.
      if (this.#leadership.office.role === "primary") return this.#leadership.office.tenure.log;
      throw this.elsewhere("this member stands by");
    };
    return {
      store: {
        durability: this.#leadership.office.tenure.log.store.durability,
        openSession: async (opening, first) => log().store.openSession(opening, first),
        append: async (entries) => log().store.append(entries),
        session: async (sessionId) => log().store.session(sessionId),
        read: async (sessionId, gatewayId, range) => log().store.read(sessionId, gatewayId, range),
      },
      outbox: { flush: async (sessionId) => log().outbox.flush(sessionId) },
      lead: (work) => this.#lead(work),
    };
  }

  /** NOT_PRIMARY unless this member is at work. */
  requirePrimary(): Gateway {
    const { phase, tenure } = this.#leadership.office;
    if (phase === "primary") return tenure.gateway;
    throw this.elsewhere("this member stands by");
  }

  /** NOT_PRIMARY, with the primary's address if it is known. */
  elsewhere(why: string, cause?: unknown): GatelogError {
    const url = this.#leadership.primaryUrl();
    return new GatelogError(
      "NOT_PRIMARY",
      `${why}; ask the group's primary${url === undefined ? "" : `: ${url}`}`,
      url === undefined ? {} : { primary: url },
      { cause },
    );
  }

  get #reading(): Gateway {
    return this.#leadership.office.tenure.gateway;
  }

  /** What this gateway writes itself: refused for a stale epoch, that epoch is its own. */
  async #lead<T>(work: (gateway: Gateway) => Promise<T>): Promise<T> {
    try {
      return await this.#serve(work);
    } catch (error) {
      if (!isGatelogError(error, "STALE_EPOCH")) throw error;
      this.#leadership.onStale();
      throw this.elsewhere("another member has taken over", error);
    }
  }

  async #serve<T>(work: (gateway: Gateway) => Promise<T>): Promise<T> {
    const gateway = this.requirePrimary();
    this.#busy += 1;
    try {
      return await work(gateway);
    } finally {
      this.#busy -= 1;
    }
  }
}
