import type { SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import type { GatewayId } from "../../src/entry/hex.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { PeerTransport, RunTransport } from "../../src/gateway/ports.ts";
import { markOf } from "../../src/protocol/marks.ts";
import type { Name } from "./cast.ts";
import type { Faults } from "./faults.ts";
import type { SimClock } from "./sim-clock.ts";

const ONE_WAY_MS = 20;
/** How long a sender waits for an answer. */
const GIVE_UP_MS = 2_000;
/** A message that is late arrives within this time. */
const LATEST_MS = 60_000;

interface Connection {
  readonly name: Name;
  readonly gateway: Gateway;
  /** Aborted when the process is gone: who waits for its answer gets none. */
  readonly gone: AbortController;
}

interface NetworkDeps {
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly onSend: (entry: SignedEntry) => void;
}

/** The network between the gateways. Who is not connected is down. */
export class SimNetwork {
  readonly #connected = new Map<GatewayId, Connection>();
  readonly #deps: NetworkDeps;

  constructor(deps: NetworkDeps) {
    this.#deps = deps;
  }

  connect(gatewayId: GatewayId, name: Name, gateway: Gateway): void {
    this.#connected.get(gatewayId)?.gone.abort();
    this.#connected.set(gatewayId, { name, gateway, gone: new AbortController() });
  }

  /** Nothing happens if another process has taken its place. */
  disconnect(gatewayId: GatewayId, gateway: Gateway | undefined): void {
    const connection = this.#connected.get(gatewayId);
    if (connection?.gateway !== gateway) return;
    connection?.gone.abort();
    this.#connected.delete(gatewayId);
  }

  /** The way out of one gateway. */
  from(name: Name): PeerTransport & RunTransport {
    return {
      offer: (peer, query) => this.#ask(name, peer, (gateway) => gateway.offer(query)),
      send: (peer, sessionId, entry) =>
        this.#bring(name, peer, [entry], (gateway) => gateway.onPeerMessage(sessionId, entry)),
      push: (peer, sessionId, run) =>
        this.#bring(name, peer, run.entries, (gateway) => gateway.onPeerRun(sessionId, run)),
      pull: (peer, sessionId, query) => this.#ask(name, peer, (gateway) => gateway.peerLog(sessionId, query)),
    };
  }

  async #bring<T>(
    from: Name,
    peer: GatewayId,
    entries: readonly SignedEntry[],
    deliver: (gateway: Gateway) => Promise<T>,
  ): Promise<T> {
    const { clock, faults, onSend } = this.#deps;
    for (const entry of entries) onSend(entry);
    const detail = `${from}'s ${entries.map(markOf).join(", ")}`;
    if (faults.strikes("message-lost")) await this.#giveUp("message-lost", detail);
    if (faults.strikes("message-late")) {
      clock.at(clock.now() + faults.between(GIVE_UP_MS, LATEST_MS), () => {
        const gateway = this.#connected.get(peer)?.gateway;
        if (!gateway) return;
        // Whoever runs then gets it; what comes of it nobody hears.
        deliver(gateway).catch(() => undefined);
      });
      await this.#giveUp("message-late", detail);
    }
    const answer = await this.#ask(from, peer, async (gateway) => {
      const first = await deliver(gateway);
      if (!faults.strikes("message-twice")) return first;
      faults.happened("message-twice", detail);
      return deliver(gateway);
    });
    return faults.strikes("message-reply-lost") ? this.#giveUp("message-reply-lost", detail) : answer;
  }

  async #giveUp(fault: "message-lost" | "message-late" | "message-reply-lost", detail: string): Promise<never> {
    const { clock, faults } = this.#deps;
    faults.happened(fault, detail);
    await clock.sleep(GIVE_UP_MS);
    throw new GatelogError("TIMEOUT", `no answer within ${GIVE_UP_MS} ms`);
  }

  async #ask<T>(from: Name, peer: GatewayId, question: (gateway: Gateway) => Promise<T>): Promise<T> {
    const { clock, faults } = this.#deps;
    await clock.sleep(faults.between(1, ONE_WAY_MS));
    const connection = this.#connected.get(peer);
    const isCutOff = faults.spell("peer-away", from) !== undefined;
    if (!connection || isCutOff) {
      faults.happened("peer-away", isCutOff ? `${from} is cut off` : `${from}'s peer is down`);
      throw new GatelogError("PEER_UNREACHABLE", "the peer does not answer", { peer });
    }
    const lost = new Promise<never>((_, reject) => {
      const refuse = (): void => reject(new GatelogError("PEER_UNREACHABLE", "the connection broke", { peer }));
      connection.gone.signal.addEventListener("abort", refuse, { once: true });
    });
    const answer = await Promise.race([question(connection.gateway), lost]);
    await clock.sleep(faults.between(1, ONE_WAY_MS));
    return answer;
  }
}
