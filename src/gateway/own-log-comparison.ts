import { checkSignedContent } from "../store/admission.ts";
import { diffLogs, readCopy } from "../store/log-diff.ts";
import type { KeepsCopies, SessionRecord } from "../store/log-store.ts";
import type { SignedEntry } from "../entry/entry.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { Dispute } from "../protocol/state.ts";
import { eachOf } from "./each-of.ts";
import type { GatewayPorts } from "./ports.ts";

/** Sessions of which peers are asked at once. */
const MAX_ASKED_AT_ONCE = 16;
/** How long what was compared beforehand counts. */
const AT_HAND_MS = 1_000;

interface Deps {
  readonly ports: Pick<GatewayPorts, "store" | "directory" | "clock">;
  readonly copies: Pick<KeepsCopies, "adopt">;
  /** Consecutive entries of the own log, as the peer has them; none behind its end. */
  readonly pull: (peer: GatewayId, sessionId: SessionId, from: number) => Promise<readonly SignedEntry[]>;
  readonly onDispute: (sessionId: SessionId, dispute: Dispute) => void;
}

/** The own log of a session as this store has it, beside the peer's copy of it. */
export class OwnLogComparison {
  readonly #deps: Deps;
  readonly #own: GatewayId;
  /** Sessions in which the peer had no more, of how many entries, and when that was (UNIX ms). */
  readonly #atHand = new Map<SessionId, { readonly length: number; readonly at: number }>();

  constructor(deps: Deps, own: GatewayId) {
    this.#deps = deps;
    this.#own = own;
  }

  /** Adopts what the peer has of the own log behind its end here; a fork is reported. Returns how many entries were adopted. */
  async adopt(record: SessionRecord, peer: GatewayId, from: number): Promise<number> {
    const { ports, copies, pull, onDispute } = this.#deps;
    const { sessionId } = record.opening.facts;
    const self = await ports.directory.gateway(this.#own);
    let adopted = 0;
    for (let at = from; ;) {
      const theirs = await pull(peer, sessionId, at);
      if (theirs.length === 0) return adopted;
      await checkSignedContent(theirs, self);
      const ours = await readCopy(ports.store, sessionId, this.#own, at, theirs.length);
      const { commonPrefix, conflict } = diffLogs(at, ours, theirs);
      if (conflict !== null) {
        const { index, ours: ownEntryHash, theirs: peerEntryHash } = conflict;
        onDispute(sessionId, { reason: "FORK", gatewayId: this.#own, index, ownEntryHash, peerEntryHash });
        return adopted;
      }
      const missing = theirs.slice(commonPrefix + 1 - at);
      await copies.adopt({ entries: missing });
      adopted += missing.length;
      at += theirs.length;
    }
  }

  /** Asks beforehand whether there is anything to adopt, and changes nothing. A peer that cannot be asked is asked again when it counts. */
  async prepare(sessions: readonly { readonly record: SessionRecord; readonly peer: GatewayId }[]): Promise<void> {
    this.#atHand.clear();
    await eachOf(sessions, MAX_ASKED_AT_ONCE, ({ record, peer }) => this.#ask(record, peer).catch(() => undefined));
  }

  async #ask({ opening, logs }: SessionRecord, peer: GatewayId): Promise<void> {
    const { sessionId } = opening.facts;
    const own = logs.find(({ gatewayId }) => gatewayId === this.#own);
    if (own === undefined || own.length === 0) return;
    const { length, lastEntryHash } = own;
    const [last, ...others] = await this.#deps.pull(peer, sessionId, length - 1);
    const isSame = last === undefined || (others.length === 0 && last.entryHash === lastEntryHash);
    if (!isSame || (last !== undefined && (await this.#deps.pull(peer, sessionId, length)).length > 0)) return;
    this.#atHand.set(sessionId, { length, at: this.#deps.ports.clock.now() });
  }

  /** Whether the peer is known to have no more, from a moment ago. */
  isAtHand({ opening, logs }: SessionRecord): boolean {
    const known = this.#atHand.get(opening.facts.sessionId);
    const length = logs.find(({ gatewayId }) => gatewayId === this.#own)?.length;
    return known !== undefined && known.length === length && this.#deps.ports.clock.now() - known.at < AT_HAND_MS;
  }
}
