import { GatelogError, type ErrorContext } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { SessionRecord } from "./log-store.ts";
import type { OutboxItem } from "./outbox-items.ts";
import type { OutboxPort } from "./outbox.ts";

/** Sessions of which is remembered what the store has shown; the one seen longest ago goes first. */
const MAX_SIGHTED_SESSIONS = 10_000;

/**
 * What a store has shown in this process, and taken from the outbox ever. Stores answer through several nodes, of which one may
 * lag: what it denies now and had before is no verdict, but a reason to ask again.
 */
export class Sightings {
  readonly #outbox: OutboxPort;
  readonly #lengths = new Map<SessionId, Map<GatewayId, number>>();

  constructor(outbox: OutboxPort) {
    this.#outbox = outbox;
  }

  saw({ opening, logs }: SessionRecord): void {
    for (const { gatewayId, length } of logs) this.sawLog(opening.facts.sessionId, gatewayId, length);
  }

  /** The store has shown `length` entries of the log, or more. */
  sawLog(sessionId: SessionId, gatewayId: GatewayId, length: number): void {
    const lengths = this.#lengths.get(sessionId) ?? new Map<GatewayId, number>();
    lengths.set(gatewayId, Math.max(length, lengths.get(gatewayId) ?? 0));
    this.#lengths.delete(sessionId);
    this.#lengths.set(sessionId, lengths);
    for (const oldest of this.#lengths.keys()) {
      if (this.#lengths.size <= MAX_SIGHTED_SESSIONS) break;
      this.#lengths.delete(oldest);
    }
  }

  knowsSession(sessionId: SessionId): boolean {
    return this.#lengths.has(sessionId) || this.#outbox.settledLengths(sessionId).size > 0;
  }

  /** Entries that the store is known to have of a log. */
  lengthOf(sessionId: SessionId, gatewayId: GatewayId): number {
    const settled = this.#outbox.settledLength(sessionId, gatewayId);
    return Math.max(settled, this.#lengths.get(sessionId)?.get(gatewayId) ?? 0);
  }

  /** Whether a refusal says no more than that the store lags: the same bytes may go in later. */
  excuse({ code, context }: GatelogError, item: OutboxItem): boolean {
    switch (code) {
      case "UNKNOWN_SESSION":
        return item.kind === "opening" || this.knowsSession(item.sessionId);
      case "WRONG_INDEX":
        return this.#isShort(context, item);
      case "STALE_EPOCH":
        return isOlderThan(context, epochOf(item));
      default:
        return false;
    }
  }

  #isShort({ expected }: ErrorContext, item: OutboxItem): boolean {
    const place = placeOf(item);
    if (place === undefined || typeof expected !== "number") return false;
    return expected < place.length && this.lengthOf(item.sessionId, place.gatewayId) >= place.length;
  }
}

/** A lagging store's refusal as a reason to try again. */
export function lagging(cause: GatelogError): GatelogError {
  const { code, message, context } = cause;
  return new GatelogError(
    "STORE_UNAVAILABLE",
    `the store lags behind what it had before: ${message}`,
    { ...context, code },
    { cause },
  );
}

/** Whether the store goes by a later epoch than the item's: it will never take it. */
export function isOutdated({ code, context }: GatelogError, item: OutboxItem): boolean {
  return code === "STALE_EPOCH" && !isOlderThan(context, epochOf(item));
}

/** Without an expectation the store knows no key of the epoch: keys of earlier ones it would. */
function isOlderThan({ expected }: ErrorContext, epoch: number): boolean {
  return typeof expected !== "number" || expected < epoch;
}

function epochOf(item: OutboxItem): number {
  switch (item.kind) {
    case "opening":
      return item.opening.epoch;
    case "entry":
      return item.entry.epoch;
    case "closing":
      return item.closing.epoch;
    case "decision":
      return item.statement.epoch;
  }
}

/** The log that the item continues, and how long it must be for that. */
function placeOf(item: OutboxItem): { readonly gatewayId: GatewayId; readonly length: number } | undefined {
  if (item.kind === "entry") return { gatewayId: item.entry.gatewayId, length: item.entry.index };
  return item.kind === "closing" ? item.closing : undefined;
}
