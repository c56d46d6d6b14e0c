import type { Address } from "../../entry/hex.ts";
import type { Clock } from "../ports.ts";
import type { Beat, MemberTransport, OtherMember } from "./member-transport.ts";

/** Pause before a connection that has ended is made again, in heartbeats. */
const RECONNECT_BEATS = 2;
const MAX_RECONNECT_MS = 1_000;

/**
 * Hears the other members: one connection to each, for as long as it runs. Detection may be wrong, and nothing rests on it but speed:
 * whoever is taken for dead finds out from the authority that it is no primary any more.
 */
export class Pulse {
  readonly #transport: MemberTransport;
  readonly #clock: Clock;
  readonly #members: readonly OtherMember[];
  readonly #reconnectMs: number;
  readonly #onBeat: (beat: Beat) => void;
  readonly #last = new Map<string, { readonly beat: Beat; readonly at: number }>();
  readonly #led = new Map<string, { readonly epoch: number; readonly at: number }>();
  readonly #stopping = new AbortController();
  #listening: Promise<unknown> = Promise.resolve();

  /** @param deps.clock Of which only differences are used: a monotonic one. */
  constructor(
    deps: { readonly transport: MemberTransport; readonly clock: Clock },
    members: readonly OtherMember[],
    heartbeatMs: number,
    onBeat: (beat: Beat) => void,
  ) {
    this.#transport = deps.transport;
    this.#clock = deps.clock;
    this.#members = members;
    this.#reconnectMs = Math.min(RECONNECT_BEATS * heartbeatMs, MAX_RECONNECT_MS);
    this.#onBeat = onBeat;
  }

  start(): void {
    this.#listening = Promise.all(this.#members.map((member) => this.#listen(member)));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#listening;
  }

  /** When the member was heard last, by the clock; undefined if never. */
  lastHeard(key: Address): number | undefined {
    return this.#last.get(key)?.at;
  }

  /** When the member was heard last as primary of this epoch or a later one. */
  lastLed(key: Address, epoch: number): number | undefined {
    const led = this.#led.get(key);
    return led && led.epoch >= epoch ? led.at : undefined;
  }

  lastBeat(key: Address): Beat | undefined {
    return this.#last.get(key)?.beat;
  }

  async #listen(member: OtherMember): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // A connection that cannot be made or breaks off is silence, and that is measured where it matters.
      await this.#transport.listen(member, (beat) => this.#hear(member, beat), signal).catch(() => undefined);
      await this.#clock.sleep(this.#reconnectMs, signal);
    }
  }

  #hear(member: OtherMember, beat: Beat): void {
    if (beat.key !== member.key) return; // another one has its address
    const at = this.#clock.now();
    this.#last.set(beat.key, { beat, at });
    if (beat.role === "primary") this.#led.set(beat.key, { epoch: beat.epoch, at });
    this.#onBeat(beat);
  }
}
