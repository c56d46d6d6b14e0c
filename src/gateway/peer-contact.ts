import type { PeerState } from "../protocol/state.ts";
import type { GatewayTiming } from "./ports.ts";

/**
 * What is to be made of a peer that does not take messages (protocol 6.5): SUSPECT after some failures in a row, CRASHED_WAIT
 * after the last retry, CRASHED_DEFINITELY after the maximal timeout. Any sign of life makes it OK again.
 * Guesses only: what the peer did stands in logs and ledgers, and nothing unsafe follows from a wrong guess.
 */
export class PeerContact {
  readonly #timing: Pick<GatewayTiming, "suspectAfter" | "maxRetries" | "maxTimeout">;
  #failures = 0;
  #since = 0;

  constructor(timing: Pick<GatewayTiming, "suspectAfter" | "maxRetries" | "maxTimeout">) {
    this.#timing = timing;
  }

  heard(): PeerState {
    this.#failures = 0;
    return "OK";
  }

  /** @param now UNIX ms. Undefined: too early to tell. */
  failed(now: number): PeerState | undefined {
    if (this.#failures === 0) this.#since = now;
    this.#failures += 1;
    const { suspectAfter, maxRetries, maxTimeout } = this.#timing;
    if (this.#failures > maxRetries) return now - this.#since >= maxTimeout ? "CRASHED_DEFINITELY" : "CRASHED_WAIT";
    return this.#failures >= suspectAfter ? "SUSPECT" : undefined;
  }
}
