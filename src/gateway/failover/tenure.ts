import { createGateway, type MemberGateway } from "../gateway.ts";
import type { Clock, GatewayOptions, GatewayPorts } from "../ports.ts";
import { Valve } from "./valve.ts";

/** How long the sessions may take to come to the end of what they are in. */
const STOP_MS = 10_000;

/**
 * A gateway for the time that a member is primary, with a valve of its own. Before `open` it only reads, behind `end` it does nothing
 * any more: what its sessions had begun and have not come to the end of in time is as if the process had crashed.
 */
export class Tenure {
  readonly gateway: MemberGateway;
  /** The gateway's, behind the valve: for what else writes to its log. */
  readonly log: Pick<GatewayPorts, "store" | "outbox">;
  readonly #valve: Valve;
  readonly #clock: Clock;
  #isFresh = true;

  /** @param onHeld Told of everything that the valve held back. */
  constructor(ports: GatewayPorts, options: GatewayOptions, clock: Clock, onHeld: (what: string) => void) {
    this.#valve = new Valve(onHeld);
    this.#clock = clock;
    const guarded = this.#valve.around(ports);
    this.log = guarded;
    this.gateway = createGateway(guarded, options);
  }

  /** It has neither begun nor ended. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  open(): void {
    this.#isFresh = false;
    this.#valve.open();
  }

  /**
   * Resolves when nothing is begun any more. What had left before, and took longer than STOP_MS, may still arrive: the store refuses it
   * once another epoch has begun, and ledgers take each action once.
   */
  async end(): Promise<void> {
    this.#isFresh = false;
    const given = new AbortController();
    await Promise.race([this.gateway.stop(), this.#clock.sleep(STOP_MS, given.signal)]);
    given.abort();
    this.#valve.shut();
  }
}
