import type { ErrorCode } from "../../entry/errors.ts";
import type { Clock, GatewayPorts } from "../ports.ts";
import { gatelogErrorOf } from "../running-sessions.ts";

/** An alarm that is still so is raised again after so long. */
const AGAIN_MS = 10 * 60_000;

/** What a member tells of what it fails in: trouble; and an alarm where somebody must look (disposition halt), though it goes on trying. */
export class Complaints {
  readonly #clock: Pick<Clock, "now">;
  readonly #observe: GatewayPorts["observe"];
  readonly #alarmed = new Map<ErrorCode, number>();

  constructor(clock: Pick<Clock, "now">, observe: GatewayPorts["observe"]) {
    this.#clock = clock;
    this.#observe = observe;
  }

  tell(cause: unknown): void {
    const { code, message, disposition } = gatelogErrorOf(cause);
    const now = this.#clock.now();
    const isAlarm = disposition === "halt" && now - (this.#alarmed.get(code) ?? -Infinity) >= AGAIN_MS;
    if (isAlarm) this.#alarmed.set(code, now);
    this.#observe({ type: isAlarm ? "alarm" : "trouble", sessionId: null, code, message });
  }
}
