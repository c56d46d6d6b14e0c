import type { SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { Clock, PeerTransport, RunTransport } from "../../src/gateway/ports.ts";
import type { OfferQuery, PeerOffer } from "../../src/gateway/public.ts";
import type { LogQuery, RunReceipt } from "../../src/gateway/runs.ts";
import type { LogRun } from "../../src/store/log-store.ts";

interface Connection {
  readonly gateway: Gateway;
  readonly gone: AbortController;
}

/** The network between the gateways of one process. A gateway that is not connected is down. */
export class MemoryPeers implements PeerTransport, RunTransport {
  readonly #connected = new Map<GatewayId, Connection>();
  readonly #clock: Clock;

  // ---- switches
  /** Messages that are taken from the sender and never arrive. */
  drops: (entry: SignedEntry) => boolean = () => false;
  /** Runs that arrive, and their receipt does not. */
  losesReceipt: (run: LogRun) => boolean = () => false;
  /** How often a message arrives. */
  copies = 1;
  delayMs = 0;
  /** Asked at each send, before anything happens: the place for oracles. */
  onSend: (entry: SignedEntry) => Promise<void> = () => Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connect(gatewayId: GatewayId, gateway: Gateway): void {
    this.#connected.set(gatewayId, { gateway, gone: new AbortController() });
  }

  /** Who waits for an answer of the gateway gets none. */
  disconnect(gatewayId: GatewayId): void {
    this.#connected.get(gatewayId)?.gone.abort();
    this.#connected.delete(gatewayId);
  }

  async send(peer: GatewayId, sessionId: SessionId, entry: SignedEntry): Promise<void> {
    await this.onSend(entry);
    if (this.delayMs > 0) await this.#clock.sleep(this.delayMs);
    await this.#ask(peer, async (gateway) => {
      if (this.drops(entry)) return;
      for (let copy = 0; copy < this.copies; copy++) await gateway.onPeerMessage(sessionId, entry);
    });
  }

  /** Private logs. Who sends waits for the receipt: what is dropped is a call without an answer. */
  async push(peer: GatewayId, sessionId: SessionId, run: LogRun): Promise<RunReceipt> {
    for (const entry of run.entries) await this.onSend(entry);
    if (this.delayMs > 0) await this.#clock.sleep(this.delayMs);
    if (run.entries.some((entry) => this.drops(entry))) throw new GatelogError("TIMEOUT", "the run was lost", { peer });
    return this.#ask(peer, async (gateway) => {
      for (let copy = 1; copy < this.copies; copy++) await gateway.onPeerRun(sessionId, run);
      const receipt = await gateway.onPeerRun(sessionId, run);
      if (this.losesReceipt(run)) throw new GatelogError("TIMEOUT", "the receipt was lost", { peer });
      return receipt;
    });
  }

  pull(peer: GatewayId, sessionId: SessionId, query: LogQuery): Promise<LogRun> {
    return this.#ask(peer, (gateway) => gateway.peerLog(sessionId, query));
  }

  offer(peer: GatewayId, query: OfferQuery): Promise<PeerOffer> {
    return this.#ask(peer, (gateway) => gateway.offer(query));
  }

  async #ask<T>(peer: GatewayId, question: (gateway: Gateway) => Promise<T>): Promise<T> {
    const connection = this.#connected.get(peer);
    const down = new GatelogError("PEER_UNREACHABLE", "the peer is down", { peer });
    if (!connection) throw down;
    const lost = new Promise<never>((_, reject) => {
      connection.gone.signal.addEventListener("abort", () => reject(down), { once: true });
    });
    return Promise.race([question(connection.gateway), lost]);
  }
}
