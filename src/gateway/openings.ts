import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { SignedEntry } from "../entry/entry.ts";
import type { Hash, SessionId } from "../entry/hex.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import { signOpening } from "../entry/signed-statements.ts";
import type { SessionRecord } from "../store/log-store.ts";
import { draft } from "../protocol/drafts.ts";
import { setupPayload } from "../protocol/payloads.ts";
import { initialState } from "../protocol/state.ts";
import { writeEntries } from "./entry-writer.ts";
import { ownEpoch } from "./own-epoch.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import { propose } from "./proposal.ts";
import type { SettledRequest } from "./request.ts";

interface Opened {
  readonly opening: SessionOpening;
  readonly first: readonly SignedEntry[];
}

/**
 * Opens sessions. Opening and first entry are signed before either leaves, and go together: the terms stand in the entry.
 * Until the store has taken or refused them they stay as they are (R8): a request that is repeated after a failure sends the
 * same bytes, and a session whose opening is not settled must not be run, because to its actor the first entry is missing.
 * Limitation: across a crash the outbox keeps this promise, not this class.
 */
export class Openings {
  readonly #ports: GatewayPorts;
  readonly #options: GatewayOptions;
  readonly #unsettled = new Map<SessionId, Opened>();

  constructor(ports: GatewayPorts, options: GatewayOptions) {
    this.#ports = ports;
    this.#options = options;
  }

  has(sessionId: SessionId): boolean {
    return this.#unsettled.has(sessionId);
  }

  /** Hash of the request under this session id, if its opening is not settled. */
  requestHashOf(sessionId: SessionId): Hash | null | undefined {
    return this.#unsettled.get(sessionId)?.opening.facts.requestHash;
  }

  /**
   * The session, if the log has it. What is shown of an opening that is still on its way there does not count: it may be refused, if an
   * epoch has begun since it was signed. Errors: those of sending it.
   */
  async standing(sessionId: SessionId): Promise<SessionRecord | undefined> {
    const { store, outbox } = this.#ports;
    const shown = await unlessUnknown(store.session(sessionId));
    if (!shown || shown.logs.some(({ length }) => length > 0)) return shown;
    await unlessUnknown(outbox.flush(sessionId));
    return unlessUnknown(store.session(sessionId));
  }

  /** Resolves once opening and first entry are durable. One call at a time per session. */
  async open(sessionId: SessionId, request: SettledRequest): Promise<void> {
    const { signer, clock } = this.#ports;
    const { gatewayId } = this.#options;
    const { facts, terms } = await propose(sessionId, request, this.#ports, this.#options);
    const epoch = await ownEpoch(this.#ports, gatewayId);
    const opening = await signOpening(facts, epoch, signer);
    const setup = draft("init-setup", "setup", setupPayload(terms, request.idempotencyKey));
    const start = initialState("origin", facts, sessionHashOf(facts));
    const first = await writeEntries(start, [setup], { gatewayId, epoch, signer, now: clock.now() });
    this.#unsettled.set(sessionId, { opening, first });
    await this.settle(sessionId);
  }

  /** Sends all unsettled openings again but those that `isBusy`; one that fails is named, and does not keep up the others. */
  async settleAll(isBusy: (sessionId: SessionId) => boolean): Promise<void> {
    for (const sessionId of [...this.#unsettled.keys()].filter((each) => !isBusy(each)))
      try {
        await this.settle(sessionId);
      } catch (error) {
        if (!isGatelogError(error)) throw error;
        this.#ports.observe({ type: "trouble", sessionId, code: error.code, message: error.message });
      }
  }

  /** Sends an unsettled opening again; nothing to do if there is none. */
  async settle(sessionId: SessionId): Promise<void> {
    const opened = this.#unsettled.get(sessionId);
    if (!opened) return;
    try {
      await this.#ports.store.openSession(opened.opening, opened.first);
    } catch (error) {
      if (isGatelogError(error) && error.disposition === "reject") this.#unsettled.delete(sessionId);
      throw isGatelogError(error, "EQUIVOCATION") ? openedBefore(sessionId, error) : error;
    }
    this.#unsettled.delete(sessionId);
    const step = opened.first[0]?.step ?? 0;
    this.#ports.observe({ type: "entry", sessionId, mark: "init-setup", step, index: 0 });
  }
}

async function unlessUnknown<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isGatelogError(error, "UNKNOWN_SESSION")) return undefined;
    throw error;
  }
}

/** An opening that the log refused for good was signed, and may still be in somebody's hands (R8). */
function openedBefore(sessionId: SessionId, cause: GatelogError): GatelogError {
  return new GatelogError(
    "SESSION_EXISTS",
    "a session was opened under this key before, and the log has refused it; use another idempotency key",
    { sessionId },
    { cause },
  );
}
