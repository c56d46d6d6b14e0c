import { isGatelogError } from "../../entry/errors.ts";
import type { GatewayId, SessionId } from "../../entry/hex.ts";
import type { GatewayPorts } from "../ports.ts";
import { peerIdOf, type FoldedSession } from "../session-reader.ts";

/**
 * What this group's primary has learnt of its peers' backups, as a standby learns it: from the entries that introduced them, in the
 * sessions that it has folded. So it refuses what the primary refused, once it takes over. Costs nothing where there is no news.
 *
 * Limitations: a backup that the primary has met beside a run alone stands in no log, and shows itself again; and one that is met in a
 * session which ends between two readings is known behind the next start.
 */
export class PeerBackups {
  readonly #ports: Pick<GatewayPorts, "directory" | "recall">;
  /** The epoch up to which a session was looked at: what is refused there is told once. */
  readonly #seen = new Map<SessionId, number>();

  constructor(ports: Pick<GatewayPorts, "directory" | "recall">) {
    this.#ports = ports;
  }

  /** Errors are those of the store. */
  async learnFrom(folded: readonly FoldedSession[]): Promise<void> {
    const { recall } = this.#ports;
    if (recall === undefined) return;
    const known = new Map<GatewayId, number>();
    const news = new Map<SessionId, number>();
    for (const { state } of folded) {
      const { sessionId } = state.facts;
      const { lastEpoch } = state.peer;
      const peer = peerIdOf(state);
      const epoch = known.get(peer) ?? (await this.#epochOf(peer));
      known.set(peer, epoch);
      if (lastEpoch > Math.max(epoch, this.#seen.get(sessionId) ?? 0)) news.set(sessionId, lastEpoch);
    }
    if (news.size > 0) await recall([...news.keys()]);
    for (const [sessionId, epoch] of news) this.#seen.set(sessionId, epoch);
    const open = new Set(folded.map(({ state }) => state.facts.sessionId));
    for (const sessionId of this.#seen.keys()) if (!open.has(sessionId)) this.#seen.delete(sessionId);
  }

  /** Of a gateway that is not in the configuration any more nothing is news. */
  async #epochOf(gatewayId: GatewayId): Promise<number> {
    try {
      return (await this.#ports.directory.gateway(gatewayId)).epoch;
    } catch (error) {
      if (!isGatelogError(error, "UNKNOWN_GATEWAY")) throw error;
      return Infinity;
    }
  }
}
