import type { Json } from "../entry/canonical.ts";
import type { Address, GatewayId, SessionId } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import type { SignedEntry } from "../entry/entry.ts";
import type { Identity } from "../protocol/identity.ts";
import type { SuccessionCredentials } from "./credentials/succession-credentials.ts";
import type { Logging } from "../entry/session.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { GatewayDirectory, KeepsCopies, LogStore } from "../store/log-store.ts";
import type { GatewayEvent, OfferQuery, PeerOffer } from "./public.ts";
import type { LogQuery, PeerRun, RunReceipt } from "./runs.ts";

/** What a gateway needs of the world. Clock and network come through here, so that a simulator can stand in for them. */
export interface GatewayPorts {
  readonly store: LogStore;
  /**
   * Sends again what an earlier process of this gateway had signed and may not have got through; rejects while that is open.
   * A session is folded only behind it (R8). `OutboxedLogStore` is one; a store that settles each write by itself needs none.
   */
  readonly outbox: { flush(sessionId: SessionId): Promise<void> };
  readonly directory: GatewayDirectory;
  /** Signs entries; its address is the group's key of the current epoch. */
  readonly signer: DigestSigner;
  /** Own ledgers (with an account) and others' that are read only, by network id. */
  readonly ledgers: ReadonlyMap<string, Ledger>;
  readonly peers: PeerTransport;
  /** What private logs need beside; there if, and only if, one of `GatewayOptions.loggings` is private. */
  readonly privateLogs?: PrivateLogPorts | undefined;
  readonly clock: Clock;
  /**
   * Asked before a session is halted, whatever for: true if another member of the group has taken over, and this gateway is about to
   * be stopped. Not there where the gateway is no member of a group.
   */
  readonly isSuperseded?: (() => Promise<boolean>) | undefined;
  /** Judges a peer's backup that has taken over; absent: it has the right if `directory` has its key. */
  readonly credentials?: SuccessionCredentials | undefined;
  /** Without a registry: has the keys of peers' backups known that these sessions' logs show, and that were believed when they were written. */
  readonly recall?: ((among: readonly SessionId[]) => Promise<void>) | undefined;
  /** How this process has come by its epoch, and what shows its right to it, as far as it knows: goes into RECOVER. */
  readonly succession?: ((epoch: number) => ShownSuccession | undefined) | undefined;
  /** Told of everything that happens; must not throw. */
  readonly observe: (event: GatewayEvent) => void;
}

export interface ShownSuccession extends Pick<Identity, "kind" | "credentials"> {
  /** The credentials with more of those before it than an entry has room for: beside a run. Absent: the same. */
  readonly introduction?: Json;
}

export interface PeerTransport {
  /** Resolves once the peer's process has taken the message; PEER_UNREACHABLE or TIMEOUT otherwise. */
  send(peer: GatewayId, sessionId: SessionId, entry: SignedEntry): Promise<void>;
  offer(peer: GatewayId, query: OfferQuery): Promise<PeerOffer>;
}

export interface PrivateLogPorts {
  /** `GatewayPorts.store`, as far as it keeps a copy of each peer's log beside the own one. */
  readonly copies: KeepsCopies;
  readonly runs: RunTransport;
}

/** How entries of private logs travel. Errors beside the peer's own: PEER_UNREACHABLE, TIMEOUT. */
export interface RunTransport {
  /**
   * Brings entries of the own log; resolves once the peer's copy has them durably. Errors: UNKNOWN_SESSION (send the opening,
   * and all entries), WRONG_INDEX with the number of entries that it has as `expected`, EQUIVOCATION, and those of `adopt`.
   */
  push(peer: GatewayId, sessionId: SessionId, run: PeerRun): Promise<RunReceipt>;
  /**
   * A page of what the peer has of one of the two logs, with the opening if it begins with the first entry; no entries at the
   * log's end. UNKNOWN_SESSION if the peer has nothing.
   */
  pull(peer: GatewayId, sessionId: SessionId, query: LogQuery): Promise<PeerRun>;
}

export interface Clock {
  /** UNIX ms. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface GatewayOptions {
  readonly name: string;
  readonly gatewayId: GatewayId;
  readonly owner: Address;
  /** The logs that it serves, the default first: each is another place, or another promise, of the store. */
  readonly loggings: readonly [Logging, ...Logging[]];
  /** The register of sessions whose log is `chain`; null if there are none: private logs have the destination's escrow for it. */
  readonly log: { readonly chainId: number; readonly registry: Address } | null;
  /** Ledger keys of the group by network, this process's first: all of them go into the terms (R1b, R4). */
  readonly ledgerKeys: ReadonlyMap<string, readonly Address[]>;
  readonly timing: GatewayTiming;
}

/** In milliseconds, but for the counts. */
export interface GatewayTiming {
  /** Until an unanswered message is sent again, and what was read is read again; doubles up to `retryMax`. */
  readonly retry: number;
  readonly retryMax: number;
  /** Failed calls in a row until a peer is SUSPECT, and further retries until it has crashed and is waited for. */
  readonly suspectAfter: number;
  readonly maxRetries: number;
  /** From the first failed call until a peer has crashed definitely (SATP core: max_timeout). */
  readonly maxTimeout: number;
  /** From the request until anyone may abort an undecided transfer, unless the request says otherwise. */
  readonly deadline: number;
  /** From the deadline until the originator may unlock. */
  readonly lockMargin: number;
  /** From the deadline until anyone may cancel on the destination ledger (R5). */
  readonly cancelGrace: number;
  /** How long nothing may happen in an open session until it counts as stuck. */
  readonly stuckAfter: number;
  /** How often the log is asked for sessions that no message told of. */
  readonly discovery: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

export const DEFAULT_TIMING: GatewayTiming = {
  retry: 1 * SECOND,
  retryMax: 30 * SECOND,
  suspectAfter: 2,
  maxRetries: 5,
  maxTimeout: 100 * SECOND,
  deadline: 10 * MINUTE,
  lockMargin: 60 * MINUTE,
  cancelGrace: 30 * DAY,
  stuckAfter: 60 * SECOND,
  discovery: 10 * SECOND,
};

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
    }),
};
