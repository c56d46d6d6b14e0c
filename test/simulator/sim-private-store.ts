import type { LogEntry, SignedEntry } from "../../src/entry/entry.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { SessionOpening } from "../../src/entry/session.ts";
import type { ClosingStatement } from "../../src/entry/statements.ts";
import type { KeepsCopies, LogRun, LogStore, ReadRange, SessionRecord } from "../../src/store/log-store.ts";
import type { Name } from "./cast.ts";
import type { Faults } from "./faults.ts";
import type { SimClock } from "./sim-clock.ts";
import type { SimLog } from "./sim-log.ts";
import type { DyingWrite } from "./sim-outbox.ts";

interface StoreDeps {
  /** The gateway's own disk; it outlives the process. */
  readonly log: SimLog;
  readonly clock: SimClock;
  readonly faults: Faults;
  /** Asked at each write: the process may die in it. */
  readonly dying: () => DyingWrite | undefined;
  /** Told of entries that are let out: here they are as soon as they are durable. */
  readonly onLetOut: (entries: readonly SignedEntry[]) => void;
}

/**
 * One gateway's file of private logs: a write that is acknowledged is on the disk, one that the process dies in is there as a
 * whole or not at all, and nothing but the process itself is between them. The disk may fail for a while.
 */
export class SimPrivateStore implements LogStore, KeepsCopies {
  readonly durability = "local";
  readonly #name: Name;
  readonly #deps: StoreDeps;

  constructor(name: Name, deps: StoreDeps) {
    this.#name = name;
    this.#deps = deps;
  }

  async openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    const { log, onLetOut } = this.#deps;
    await this.#write(async () => {
      await log.open(opening, first);
      onLetOut(first);
    });
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    const { log, onLetOut } = this.#deps;
    if (entries.length === 0) return;
    await this.#write(async () => {
      await log.append(entries);
      onLetOut(entries);
    });
  }

  adopt(run: LogRun): Promise<void> {
    return this.#write(() => this.#deps.log.adopt(run));
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#write(() => this.#deps.log.close(closing));
  }

  decide(): Promise<void> {
    return Promise.reject(new GatelogError("NO_REGISTER", "private logs have no register"));
  }

  session(sessionId: SessionId): Promise<SessionRecord> {
    return this.#reading((log, now) => log.record(sessionId, now));
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return this.#reading((log, now) => log.read(sessionId, gatewayId, range, now));
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    return this.#reading((log, now) => log.sessionsOf(gatewayId, filter, now));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #reading<T>(read: (log: SimLog, now: number) => T): Promise<T> {
    await this.#requireDisk();
    return read(this.#deps.log, this.#deps.clock.now());
  }

  #requireDisk(): Promise<void> {
    const { faults } = this.#deps;
    if (!faults.spell("disk-fails", this.#name)) return Promise.resolve();
    faults.happened("disk-fails", this.#name);
    return Promise.reject(new GatelogError("STORE_UNAVAILABLE", "the disk does not answer"));
  }

  async #write(make: () => Promise<void>): Promise<void> {
    await this.#requireDisk();
    const end = this.#deps.dying();
    if (end === undefined || end === "kept") await make();
  }
}
