import type { ErrorCode } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import type { Clock } from "./ports.ts";

/** What was told is told again, if it is still so, after so long. */
const PERIOD_MS = 60 * 60_000;
/** Gateways of which anything is told in a period: whoever writes to this one can make up as many as it likes. */
const MAX_GATEWAYS = 100;

/** What others can bring about as often as they like, and an operator is to hear once: by gateway and code, and bounded in all. */
export class Told {
  readonly #clock: Pick<Clock, "now">;
  readonly #codes = new Map<GatewayId, Set<ErrorCode>>();
  #since = -Infinity;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** True if it is to be told now; it counts as told then. */
  isNews(gatewayId: GatewayId, code: ErrorCode): boolean {
    const now = this.#clock.now();
    if (now - this.#since >= PERIOD_MS) {
      this.#since = now;
      this.#codes.clear();
    }
    const codes = this.#codes.get(gatewayId);
    if (codes?.has(code) === true || (codes === undefined && this.#codes.size >= MAX_GATEWAYS)) return false;
    this.#codes.set(gatewayId, (codes ?? new Set()).add(code));
    return true;
  }

  /** All is well with the gateway: what comes next is news. */
  forget(gatewayId: GatewayId): void {
    this.#codes.delete(gatewayId);
  }
}
