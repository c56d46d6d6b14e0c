import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { SignedEntry } from "../entry/entry.ts";
import type { GatewayId } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import type { AnchorFile, StoredAnchor } from "./anchor-file.ts";
import { AnchorFormer } from "./anchored-former.ts";
import { AnchorNotes, retryPause } from "./anchored-notes.ts";
import type { AnchorRegistry } from "./anchored-registry.ts";
import { AnchorSender, type AnchorStep } from "./anchored-sender.ts";
import { AnchorWaiters } from "./anchored-waiters.ts";
import type { LogStore } from "./log-store.ts";

export interface AnchorOptions {
  /** An anchor is made when so many entries are in none; 1,000 by default. */
  readonly entries?: number;
  /** … or when the oldest of them has waited for so long; 60,000 by default. */
  readonly everyMs?: number;
  /** How often an anchor that is not final yet is looked at. */
  readonly checkEveryMs?: number;
  /** How often the store is looked through for what other processes have written; never, if Infinity. */
  readonly rescanEveryMs?: number;
  /** Pause after a failure, see `retryPause`; of a session that cannot be read each its own. */
  readonly retryMs?: number;
  /** UNIX milliseconds. */
  readonly clock?: () => number;
  /** Told of each step, when it is done. */
  readonly onStep?: (step: AnchorStep, index: number) => void;
}

const DEFAULT_ENTRIES = 1_000;
const DEFAULT_EVERY_MS = 60_000;
const DEFAULT_CHECK_EVERY_MS = 5_000;
const DEFAULT_RESCAN_EVERY_MS = 10 * 60_000;
const DEFAULT_RETRY_MS = 1_000;
/** Longest pause: a timer cannot take much more than this. */
const PAUSE_MAX_MS = 24 * 3_600_000;

/** How far anchoring is behind. */
export interface AnchorStatus {
  /** Entries that are in no anchor which was seen on the chain, as far as this process knows. */
  readonly unanchored: number;
  /** For how long the oldest of them has waited; null if there is none. */
  readonly oldestAgeMs: number | null;
  /** Anchors that were formed and were not seen on the chain. */
  readonly waiting: number;
  /** Anchors that were seen there and are not final yet. */
  readonly notFinal: number;
  /** Why the last attempt failed, or why a session cannot be read; null if all is well. */
  readonly failure: GatelogError | null;
}

/**
 * Makes anchors and sees to it that they stand on the chain: one at a time, each on disk before it is signed, and sent again, the same,
 * until it is final. It holds nobody up: what fails is tried again, and shows in `status`. A session that cannot be read does not change
 * when the others are anchored.
 */
export class AnchorWorker {
  readonly #file: AnchorFile;
  readonly #options: Required<AnchorOptions>;
  readonly #notes: AnchorNotes;
  readonly #former: AnchorFormer;
  readonly #sender: AnchorSender;
  readonly #waiters = new AnchorWaiters();
  readonly #closing = Promise.withResolvers<never>();
  readonly #running: Promise<void>;
  #closed = false;
  /** Something came during a turn: there may be more to do than it has found. */
  #again = false;
  #nextScanAt = 0;
  #failure: GatelogError | null = null;
  #scanFailure: GatelogError | null = null;
  #failures = 0;
  #wake: (() => void) | undefined;

  constructor(
    deps: {
      readonly store: LogStore;
      readonly file: AnchorFile;
      readonly registry: AnchorRegistry;
      readonly signer: DigestSigner;
    },
    gatewayId: GatewayId,
    options: AnchorOptions = {},
  ) {
    this.#file = deps.file;
    this.#options = {
      entries: DEFAULT_ENTRIES,
      everyMs: DEFAULT_EVERY_MS,
      checkEveryMs: DEFAULT_CHECK_EVERY_MS,
      rescanEveryMs: DEFAULT_RESCAN_EVERY_MS,
      retryMs: DEFAULT_RETRY_MS,
      clock: Date.now,
      onStep: () => undefined,
      ...options,
    };
    const covered = this.#file.covered.bind(this.#file);
    this.#notes = new AnchorNotes(covered, this.#options);
    this.#former = new AnchorFormer({ store: deps.store, file: deps.file, notes: this.#notes }, gatewayId);
    this.#closing.promise.catch(() => undefined);
    const unlessClosed = this.#unlessClosed.bind(this);
    this.#sender = new AnchorSender({ ...deps, unlessClosed }, gatewayId, this.#options.onStep);
    this.#running = this.#run();
  }

  /** The entries stand in the store. Never throws: they do, whatever becomes of their anchor. */
  note(entries: readonly SignedEntry[]): void {
    const none = this.#notes.ready.entries === 0;
    try {
      this.#notes.noteEntries(entries);
    } catch (error) {
      this.#nextScanAt = 0;
      this.#failure = asGatelogError(error);
    }
    // After a failure the pause is kept.
    if (this.#failures === 0 && (none || this.#notes.ready.entries >= this.#options.entries)) this.#look();
  }

  /** Anchors what stands in the store now; resolves when it is in a block. Rejects with the first failure: it is tried on. */
  flush(): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    this.#nextScanAt = 0;
    this.#notes.retryAll();
    const flushed = this.#waiters.add();
    this.#look();
    return flushed;
  }

  status(): AnchorStatus {
    const open = this.#file.notFinal();
    const waiting = open.filter(({ place }) => place === null);
    const times = [
      ...waiting.map(({ notedAt }) => notedAt),
      ...(this.#notes.since === null ? [] : [this.#notes.since]),
    ];
    return {
      unanchored: waiting.reduce((sum, { entries }) => sum + entries, this.#notes.entries),
      oldestAgeMs: times.length === 0 ? null : Math.max(0, this.#options.clock() - Math.min(...times)),
      waiting: waiting.length,
      notFinal: open.length - waiting.length,
      failure: this.#failure ?? this.#notes.failure ?? this.#scanFailure,
    };
  }

  /** Stops at once. What was formed is sent by the next process, and what was not, found by it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.reject(closedError());
    this.#look();
    await this.#running;
    this.#waiters.rejectAll(closedError());
  }

  async #run(): Promise<void> {
    while (!this.#isClosed()) {
      let pauseMs: number;
      this.#again = false;
      try {
        pauseMs = await this.#turn();
        this.#failure = null;
        this.#failures = 0;
        if (this.#nextToSend() === undefined) this.#waiters.settle(this.#notes);
      } catch (error) {
        if (this.#isClosed()) return;
        this.#failure = asGatelogError(error);
        this.#waiters.rejectAll(error);
        this.#failures += 1;
        pauseMs = retryPause(this.#options.retryMs, this.#failures);
      }
      await this.#pause(pauseMs);
    }
  }

  /** Does what is next; returns for how long there is nothing to do then. */
  async #turn(): Promise<number> {
    if (this.#options.clock() >= this.#nextScanAt) await this.#scan();
    await this.#unlessClosed(this.#former.retry());
    if (await this.#hasBegunAgain()) return 0;
    const waiting = this.#nextToSend();
    if (waiting !== undefined) {
      await this.#sender.send(waiting);
      if (await this.#hasBegunAgain()) return 0;
      // What an earlier process has sent may be in no block yet.
      const { index } = waiting;
      const isPlaced = this.#file.notFinal().every((anchor) => anchor.index !== index || anchor.place !== null);
      return isPlaced ? 0 : this.#options.checkEveryMs;
    }
    if (this.#isDue() && (await this.#form())) return 0;
    return this.#pauseMs();
  }

  async #scan(): Promise<void> {
    // Before it begins: what asks for another one meanwhile gets it.
    this.#nextScanAt = this.#options.clock() + this.#options.rescanEveryMs;
    const lookedThrough = this.#waiters.lookingThrough();
    try {
      [this.#scanFailure = null] = await this.#unlessClosed(this.#former.scan());
    } catch (error) {
      this.#nextScanAt = 0;
      throw error;
    }
    lookedThrough(this.#notes.readingTime(), this.#scanFailure);
  }

  /** Brings the file up to what the chain has. If it begins again, nothing is in an anchor any more. */
  async #hasBegunAgain(): Promise<boolean> {
    if (!(await this.#sender.settle())) return false;
    this.#notes.forgetAll();
    this.#waiters.lookAgain();
    this.#nextScanAt = 0;
    return true;
  }

  #nextToSend(): StoredAnchor | undefined {
    return this.#file.notFinal().find(({ place }) => place === null);
  }

  #isDue(): boolean {
    const { entries, since } = this.#notes.ready;
    if (since === null) return false;
    return this.#waiters.size > 0 || entries >= this.#options.entries || this.#dueIn(since) <= 0;
  }

  /** Whether there was anything to make an anchor of. */
  async #form(): Promise<boolean> {
    const index = this.#file.nextIndex() ?? (await this.#sender.firstIndex());
    const { clock, onStep } = this.#options;
    const notedAt = this.#notes.ready.since ?? clock();
    const { runs, sessions } = await this.#unlessClosed(this.#former.gather());
    if (runs.length > 0) {
      onStep("read", index);
      this.#file.form(index, runs, notedAt);
      onStep("formed", index);
    }
    this.#former.taken(sessions);
    if (runs.length === 0 && this.#notes.ready.entries > 0)
      throw new GatelogError("STORE_UNAVAILABLE", "the store does not show entries that it has taken");
    return runs.length > 0;
  }

  #pauseMs(): number {
    const { clock, checkEveryMs } = this.#options;
    const { since } = this.#notes.ready;
    const check = this.#file.notFinal().length > 0 ? checkEveryMs : PAUSE_MAX_MS;
    const next = Math.min(this.#nextScanAt, this.#notes.retryAt) - clock();
    return Math.min(check, next, since === null ? PAUSE_MAX_MS : this.#dueIn(since));
  }

  #dueIn(since: number): number {
    return since + this.#options.everyMs - this.#options.clock();
  }

  /** Does not keep a process alive that has nothing else to do. */
  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#again || milliseconds <= 0) {
        resolve();
        return;
      }
      const timer = setTimeout(() => this.#wake?.(), Math.min(milliseconds, PAUSE_MAX_MS)).unref();
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #look(): void {
    this.#again = true;
    this.#wake?.();
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  /** So that nothing is written to the file, and nothing sent, once it is closed. */
  #unlessClosed<Value>(work: Promise<Value>): Promise<Value> {
    return Promise.race([work, this.#closing.promise]);
  }
}

function closedError(): GatelogError {
  return new GatelogError("STORE_UNAVAILABLE", "the store is closed");
}

function asGatelogError(error: unknown): GatelogError {
  if (isGatelogError(error)) return error;
  return new GatelogError("INTERNAL", error instanceof Error ? error.message : String(error), {}, { cause: error });
}
