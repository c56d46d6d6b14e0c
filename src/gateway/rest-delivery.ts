import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { SessionId } from "../entry/hex.ts";
import type { GatewayPorts, GatewayTiming } from "./ports.ts";

/**
 * Private logs: brings the peer what it lacks of logs that are closed. Their sessions are over and send nothing more, and
 * nothing of the transfer depends on it; but a copy should be whole. Limitation: a peer that is away for longer than
 * `maxTimeout`, or until this process ends, keeps a copy that lacks its end.
 */
export class RestDelivery {
  readonly #ports: Pick<GatewayPorts, "clock" | "observe">;
  readonly #timing: Pick<GatewayTiming, "retry" | "retryMax" | "maxTimeout">;
  readonly #deliver: (sessionId: SessionId) => Promise<void>;
  readonly #stopping = new AbortController();
  readonly #underWay = new Map<SessionId, Promise<void>>();

  /** @param deliver Resolves once the peer has all; rejects with disposition retry if that may be so later. */
  constructor(
    ports: Pick<GatewayPorts, "clock" | "observe">,
    timing: Pick<GatewayTiming, "retry" | "retryMax" | "maxTimeout">,
    deliver: (sessionId: SessionId) => Promise<void>,
  ) {
    this.#ports = ports;
    this.#timing = timing;
    this.#deliver = deliver;
  }

  begin(sessionId: SessionId): void {
    if (this.#underWay.has(sessionId) || this.#stopping.signal.aborted) return;
    const delivery = this.#keepTrying(sessionId).finally(() => this.#underWay.delete(sessionId));
    this.#underWay.set(sessionId, delivery);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  async #keepTrying(sessionId: SessionId): Promise<void> {
    const { clock } = this.#ports;
    const { retry, retryMax, maxTimeout } = this.#timing;
    const { signal } = this.#stopping;
    const giveUpAt = clock.now() + maxTimeout;
    for (let pause = retry; !(await this.#isDone(sessionId)); pause = Math.min(2 * pause, retryMax)) {
      if (signal.aborted || clock.now() + pause > giveUpAt) return;
      await clock.sleep(pause, signal);
    }
  }

  /** False if it is worth another try. */
  async #isDone(sessionId: SessionId): Promise<boolean> {
    try {
      await this.#deliver(sessionId);
      return true;
    } catch (cause) {
      const error = isGatelogError(cause) ? cause : new GatelogError("INTERNAL", String(cause), {}, { cause });
      this.#ports.observe({ type: "trouble", sessionId, code: error.code, message: error.message });
      return error.disposition !== "retry";
    }
  }
}
