const SHOW_EVERY_MS = 5_000;
const MINUTE_S = 60;

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Tells now and then how far a long work is, how fast it goes, and how long it will still take. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #startedAt = performance.now();
  #shownAt = performance.now();
  #done = 0;

  /** @param what Is counted, in the plural. */
  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
  }

  /** @param remark What else is worth knowing just now. */
  add(count: number, remark: () => string = () => ""): void {
    this.#done += count;
    const isLast = this.#done >= this.#total;
    if (!isLast && performance.now() - this.#shownAt < SHOW_EVERY_MS) return;
    this.#shownAt = performance.now();
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const rate = this.#done / seconds;
    const rest = isLast ? `after ${duration(seconds)}` : `${duration((this.#total - this.#done) / rate)} left`;
    const digits = rate < 10 ? 2 : 0;
    say(
      `  ${grouped(this.#done)} of ${grouped(this.#total)} ${this.#what}, ${rate.toFixed(digits)}/s, ${rest}${remark()}`,
    );
  }
}

/** 1000000 as 1,000,000. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < MINUTE_S ? `${whole} s` : `${Math.floor(whole / MINUTE_S)} min ${whole % MINUTE_S} s`;
}
