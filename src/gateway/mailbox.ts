import type { Clock } from "./ports.ts";

/** Wakes one sleeper. A knock while nobody sleeps is kept, so none is lost between reading the log and going to sleep. */
export class Mailbox {
  readonly #clock: Clock;
  #knocked = false;
  #wake: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  knock(): void {
    this.#knocked = true;
    this.#wake?.abort();
  }

  /** True if somebody knocked, false if `ms` went by. One sleeper at a time. */
  async sleep(ms: number): Promise<boolean> {
    if (!this.#knocked) {
      this.#wake = new AbortController();
      await this.#clock.sleep(ms, this.#wake.signal);
      this.#wake = undefined;
    }
    const knocked = this.#knocked;
    this.#knocked = false;
    return knocked;
  }
}
