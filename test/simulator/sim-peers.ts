import type { SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { PeerTransport } from "../../src/gateway/ports.ts";
import type { OfferQuery, PeerOffer } from "../../src/gateway/public.ts";
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
    this.#connected.set(gatewayId, { name, gateway, gone: new AbortController() });
  }

  disconnect(gatewayId: GatewayId): void {
    this.#connected.get(gatewayId)?.gone.abort();
    this.#connected.delete(gatewayId);
  }

  /** The way out of one gateway. */
  from(name: Name): PeerTransport {
    return {
      send: (peer, sessionId, entry) => this.#send(name, peer, sessionId, entry),
      offer: (peer, query) => this.#offer(name, peer, query),
    };
  }

  async #send(from: Name, peer: GatewayId, sessionId: SessionId, entry: SignedEntry): Promise<void> {
    const { clock, faults, onSend } = this.#deps;
    onSend(entry);
    const detail = `${from}'s ${markOf(entry)}`;
    if (faults.strikes("message-lost")) await this.#giveUp("message-lost", detail);
    if (faults.strikes("message-late")) {
      clock.at(clock.now() + faults.between(GIVE_UP_MS, LATEST_MS), () => {
        // Whoever runs then gets it; what comes of it nobody hears.
        const gateway = this.#connected.get(peer)?.gateway;
        gateway?.onPeerMessage(sessionId, entry).catch(() => undefined);
      });
      await this.#giveUp("message-late", detail);
    }
    await this.#ask(from, peer, async (gateway) => {
      await gateway.onPeerMessage(sessionId, entry);
      if (!faults.strikes("message-twice")) return;
      faults.happened("message-twice", detail);
      await gateway.onPeerMessage(sessionId, entry);
    });
    if (faults.strikes("message-reply-lost")) await this.#giveUp("message-reply-lost", detail);
  }

  #offer(from: Name, peer: GatewayId, query: OfferQuery): Promise<PeerOffer> {
    return this.#ask(from, peer, (gateway) => gateway.offer(query));
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
