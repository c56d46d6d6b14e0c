import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { MAX_ENTRIES_PER_CALL, type SessionRecord } from "../store/log-store.ts";
import { hasPrivateLogs, isPrivateLogging } from "./agreement.ts";
import { checkRegister, CopyKeeper, lengthOf, type CopyHooks } from "./copy-keeper.ts";
import type { GatewayOptions, GatewayPorts, PeerTransport, PrivateLogPorts } from "./ports.ts";
import type { OfferQuery, PeerOffer } from "./public.ts";
import { RestDelivery } from "./rest-delivery.ts";
import { pushIntroduced } from "./introduction.ts";
import { OwnLogComparison } from "./own-log-comparison.ts";
import { firstPage, type LogQuery, type PeerRun, type RunReceipt } from "./runs.ts";
import { vouchingFor } from "./vouching.ts";

/** Entries before a message that go along where nothing is known of what the peer has: most groups are shorter. */
const OVERLAP = 8;
/** How often one delivery may go back to where the peer says that its copy ends: it may have lost some of it, or all. */
const MAX_STEPS_BACK = 3;
/** Sessions of which it is remembered how much the peer has; the oldest are forgotten first, and found out again. */
const MAX_REMEMBERED = 1_000;

/**
 * Private logs (decision 8; all profiles but `chain`): each gateway keeps its own log, and a verified copy of its peer's, in a
 * store of its own. To its sessions it is what the shared log's messages are: `send` resolves once the message, and every
 * entry before it, is durable in the peer's copy, and brings home what the peer has written meanwhile. So a lost message, or a
 * lost answer, costs no more than the next one finds out (the drafts' getLogDiff and updateLog).
 *
 * Of a gateway that serves a shared log too, what belongs to a session there goes its way (`GatewayPorts.peers`, `outbox`).
 *
 * Nothing that comes in is believed for its sender's sake: entries are taken that the log's writer has signed and that fit
 * what stands there, and no others. That holds for the own log too: a gateway that was given an older backup of its store
 * finds its newest entries at its peer's (`flush`).
 *
 * Limitations: what the peer lacks of earlier epochs must fit into a page with what vouches for it. A peer that is away when
 * an older backup starts cannot give back what is lost: raise the epoch first (R8), or wait for the peer.
 */
export class Exchange implements PeerTransport {
  readonly #ports: GatewayPorts;
  readonly #private: PrivateLogPorts;
  readonly #own: GatewayId;
  readonly #copies: CopyKeeper;
  readonly #rests: RestDelivery;
  readonly #ownLogs: OwnLogComparison;
  /** How many entries of the own log the peer is known to have, by session. */
  readonly #held = new Map<SessionId, number>();

  constructor(ports: GatewayPorts, privateLogs: PrivateLogPorts, options: GatewayOptions, hooks: CopyHooks) {
    const { gatewayId: own, timing } = options;
    this.#ports = ports;
    this.#private = privateLogs;
    this.#own = own;
    this.#rests = new RestDelivery(ports, timing, (sessionId) => this.#deliverRest(sessionId));
    this.#copies = new CopyKeeper(ports, privateLogs.copies, own, hooks);
    const pull = async (peer: GatewayId, sessionId: SessionId, from: number) =>
      (await this.#pull(peer, sessionId, { gatewayId: own, from })).entries;
    this.#ownLogs = new OwnLogComparison({ ports, copies: privateLogs.copies, pull, onDispute: hooks.onDispute }, own);
  }

  offer(peer: GatewayId, query: OfferQuery): Promise<PeerOffer> {
    return this.#ports.peers.offer(peer, query);
  }

  /**
   * Brings the peer the own log up to its end, `entry` among it. Errors beside the transport's and the peer's: WRONG_INDEX, this
   * store had lost entries that the peer has, and has them back: fold the log anew.
   */
  async send(peer: GatewayId, sessionId: SessionId, entry: SignedEntry): Promise<void> {
    const record = await this.#ports.store.session(sessionId);
    if (!hasPrivateLogs(record.opening.facts)) return this.#ports.peers.send(peer, sessionId, entry);
    const from = Math.min(this.#held.get(sessionId) ?? entry.index - OVERLAP, entry.index);
    const receipt = await this.#deliver(record, peer, Math.max(0, from));
    await this.#fetch(record, peer, receipt.length);
  }

  /** The session has ended here: what the peer lacks of the log is still brought to it, in the background. */
  finish(sessionId: SessionId): void {
    this.#rests.begin(sessionId);
  }

  /** Gives up what is still on its way. */
  stop(): Promise<void> {
    return this.#rests.stop();
  }

  /**
   * Before a session is folded: what the peer has of the own log and this store has not, as after a restored backup. Goes on
   * without it where the peer cannot be asked.
   */
  async flush(sessionId: SessionId): Promise<void> {
    await this.#ports.outbox.flush(sessionId);
    const record = await this.#ports.store.session(sessionId);
    if (!hasPrivateLogs(record.opening.facts) || this.#ownLogs.isAtHand(record)) return;
    try {
      await this.#ownLogs.adopt(record, peerOf(record, this.#own), Math.max(0, lengthOf(record, this.#own) - 1));
    } catch (error) {
      // A session that has not been proposed yet, or that the peer has lost.
      if (!isGatelogError(error, "UNKNOWN_SESSION")) this.#trouble(sessionId, error);
    }
  }

  /** Before a `flush` that is likely: what takes time in it is done, where nothing has to be changed for that. */
  async prepare(records: readonly SessionRecord[]): Promise<void> {
    const own = records.filter(({ opening }) => hasPrivateLogs(opening.facts));
    await this.#ownLogs.prepare(own.map((record) => ({ record, peer: peerOf(record, this.#own) })));
  }

  /** A run of the peer's log; resolves once it is durable here. */
  receive(sessionId: SessionId, run: PeerRun): Promise<RunReceipt> {
    return this.#copies.receive(sessionId, run);
  }

  /**
   * Before a session is opened: has the peer it already, from this gateway? Then opening and log are in the store again, and
   * true is returned: a client that repeats a request must not be given a second session because a disk was lost. Errors: those
   * of the transport and of `adopt`.
   */
  async recall(peer: GatewayId, sessionId: SessionId): Promise<boolean> {
    if (peer === this.#own) return false;
    try {
      const run = await this.#pull(peer, sessionId, { gatewayId: this.#own, from: 0 });
      const { origin } = run.opening?.facts ?? {};
      if (origin?.gatewayId !== this.#own) return false;
      await this.#private.copies.adopt(run);
      return true;
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return false;
      throw error;
    }
  }

  /** A page of what this gateway has of one of the session's logs. NOT_SERVED_HERE if they are not private. */
  async page(sessionId: SessionId, { gatewayId, from }: LogQuery): Promise<PeerRun> {
    const record = await this.#ports.store.session(sessionId);
    checkRegister(record.opening.facts);
    const range = { from, limit: MAX_ENTRIES_PER_CALL };
    const entries = firstPage(await this.#ports.store.read(sessionId, gatewayId, range));
    const page = { entries, ...(await vouchingFor(this.#ports, this.#own, record, entries)) };
    return from > 0 ? page : { opening: record.opening, ...page };
  }

  async #deliverRest(sessionId: SessionId): Promise<void> {
    const record = await this.#ports.store.session(sessionId);
    const own = record.logs.find(({ gatewayId }) => gatewayId === this.#own);
    if (own?.closed !== true) return; // The process ends, not the session.
    const held = this.#held.get(sessionId);
    if (held !== undefined && held < own.length) await this.#deliver(record, peerOf(record, this.#own), held);
    this.#held.delete(sessionId);
  }

  /** Brings the peer the own log from `start` on, page by page, beginning earlier where its copy ends earlier. */
  async #deliver(record: SessionRecord, peer: GatewayId, start: number): Promise<RunReceipt> {
    const { sessionId } = record.opening.facts;
    const length = lengthOf(record, this.#own);
    let stepsBack = 0;
    for (let from = start; ;) {
      const pushed = await this.#push(record, peer, from);
      if ("endsAt" in pushed) {
        if (++stepsBack > MAX_STEPS_BACK)
          throw new GatelogError("PEER_UNREACHABLE", "the peer does not say where its copy ends", { peer, sessionId });
        from = pushed.endsAt;
        continue;
      }
      const { receipt, next } = pushed;
      this.#remember(sessionId, Math.min(receipt.holds, length));
      if (receipt.holds > length) await this.#restore(record, peer, next);
      if (next >= length) return receipt;
      from = next;
    }
  }

  /** One page; or, where the peer's copy ends before it, where. */
  async #push(
    record: SessionRecord,
    peer: GatewayId,
    from: number,
  ): Promise<{ readonly receipt: RunReceipt; readonly next: number } | { readonly endsAt: number }> {
    const { sessionId } = record.opening.facts;
    const run = await this.page(sessionId, { gatewayId: this.#own, from });
    const next = from + run.entries.length;
    let receipt: RunReceipt;
    try {
      receipt = await pushIntroduced(this.#ports, this.#private.runs, this.#own, { peer, sessionId, run });
    } catch (error) {
      const endsAt = copyLengthIn(error);
      if (endsAt !== undefined && endsAt < from) return { endsAt };
      if (!isGatelogError(error, "EQUIVOCATION", "WRONG_HEAD", "WRONG_INDEX")) throw error;
      await this.#restore(record, peer, from);
      // Nothing to have back: the two accounts exclude each other, or the peer says so and cannot show it.
      throw new GatelogError("EQUIVOCATION", error.message, error.context, { cause: error });
    }
    if (receipt.holds < next)
      throw new GatelogError("PEER_UNREACHABLE", "the peer does not keep what it takes", { peer, sessionId });
    return { receipt, next };
  }

  /** The peer has more of the own log than this store, or something else. Throws WRONG_INDEX if it was more. */
  async #restore(record: SessionRecord, peer: GatewayId, from: number): Promise<void> {
    const adopted = await this.#ownLogs.adopt(record, peer, Math.max(0, from - 1));
    if (adopted === 0) return;
    const { sessionId } = record.opening.facts;
    throw new GatelogError("WRONG_INDEX", `${adopted} entries of the own log had been lost, and are back`, {
      sessionId,
      adopted,
    });
  }

  /** Brings home what the peer has written, unless it comes by itself. The message has arrived, so failures are no news. */
  async #fetch(record: SessionRecord, peer: GatewayId, length: number): Promise<void> {
    const { sessionId } = record.opening.facts;
    try {
      for (let at = await this.#copyLength(sessionId, peer); at < length;) {
        const run = await this.#pull(peer, sessionId, { gatewayId: peer, from: at });
        if (run.entries.length === 0) return;
        await this.#copies.receive(sessionId, run);
        at += run.entries.length;
      }
    } catch (error) {
      this.#trouble(sessionId, error);
    }
  }

  /** Consecutive entries of the log that was asked for, from where it was asked for; else the peer makes no sense. */
  async #pull(peer: GatewayId, sessionId: SessionId, query: LogQuery): Promise<PeerRun> {
    const run = await this.#private.runs.pull(peer, sessionId, query);
    const isAsked = (entry: LogEntry, offset: number): boolean =>
      entry.sessionId === sessionId && entry.gatewayId === query.gatewayId && entry.index === query.from + offset;
    if (run.entries.every(isAsked) && (run.opening?.facts.sessionId ?? sessionId) === sessionId) return run;
    throw new GatelogError("PEER_UNREACHABLE", "the peer gives other entries than it was asked for", {
      peer,
      sessionId,
      from: query.from,
    });
  }

  async #copyLength(sessionId: SessionId, peer: GatewayId): Promise<number> {
    return lengthOf(await this.#ports.store.session(sessionId), peer);
  }

  #remember(sessionId: SessionId, held: number): void {
    const [oldest] = this.#held.size < MAX_REMEMBERED ? [] : this.#held.keys();
    if (oldest !== undefined) this.#held.delete(oldest);
    this.#held.set(sessionId, held);
  }

  #trouble(sessionId: SessionId, error: unknown): void {
    if (!isGatelogError(error) || error.disposition === "halt") throw error;
    this.#ports.observe({ type: "trouble", sessionId, code: error.code, message: error.message });
  }
}

/**
 * The exchange of a gateway that serves private logs, undefined for one that serves none. INVALID_CONFIG if options and ports do
 * not agree on that, or on whether there is a register.
 */
export function createExchange(ports: GatewayPorts, options: GatewayOptions, hooks: CopyHooks): Exchange | undefined {
  const { privateLogs } = ports;
  const { gatewayId, loggings, log } = options;
  const isServed = loggings.some(isPrivateLogging) === (privateLogs !== undefined);
  if (!isServed || loggings.includes("chain") !== (log !== null))
    throw new GatelogError("INVALID_CONFIG", "private logs need their ports, and a shared log its register", {
      gatewayId,
    });
  return privateLogs && new Exchange(ports, privateLogs, options, hooks);
}

/** Where the peer says that its copy ends, if the error says so. */
function copyLengthIn(error: unknown): number | undefined {
  if (isGatelogError(error, "UNKNOWN_SESSION")) return 0;
  if (!isGatelogError(error, "WRONG_INDEX")) return undefined;
  const { expected } = error.context;
  return typeof expected === "number" && Number.isSafeInteger(expected) && expected >= 0 ? expected : undefined;
}

function peerOf({ opening: { facts } }: SessionRecord, own: GatewayId): GatewayId {
  if (facts.destination === null)
    throw new GatelogError("INVALID_SESSION", "a session of one gateway alone has no peer", {
      sessionId: facts.sessionId,
    });
  return facts.origin.gatewayId === own ? facts.destination.gatewayId : facts.origin.gatewayId;
}
