/** Calls that do nothing but tell: a process that is dead may still make them, because nobody sees what it does then. */
const HARMLESS: ReadonlySet<string> = new Set(["now"]);

/** Thrown at a synchronous call of a process that dies in it. Nothing outside the process ever sees it. */
class Killed extends Error {}

/**
 * Everything that a process reaches outside itself goes through here, so that it can be killed before and behind each call:
 * from then on no call leaves and no answer comes back. Each call is a station that is told of.
 */
export class SimProcess {
  #dead = false;
  #pause: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  readonly #onStation: (station: string) => void;

  /** @param onStation Told before (`> name`) and behind (`< name`) each call; may kill the process. */
  constructor(onStation: (station: string) => void) {
    this.#onStation = onStation;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  kill(): void {
    this.#dead = true;
  }

  /** As SIGSTOP does: what has left goes on, and nothing is heard of it before `resume`. */
  pause(): void {
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#pause ??= { over, end };
  }

  resume(): void {
    this.#pause?.end();
    this.#pause = undefined;
  }

  get isPaused(): boolean {
    return this.#pause !== undefined;
  }

  /** Resolves when the process is not paused. */
  async awake(): Promise<void> {
    while (this.#pause) await this.#pause.over;
  }

  /** The same object for as long as the process lives. */
  wrap<T extends object>(place: string, target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name, object);
        if (typeof member !== "function" || typeof name !== "string" || HARMLESS.has(name))
          return typeof member === "function" ? (member.bind(object) as unknown) : member;
        return (...args: unknown[]): unknown =>
          this.#call(`${place}.${name}`, () => Reflect.apply(member, object, args));
      },
    });
  }

  #call(name: string, call: () => unknown): unknown {
    if (this.#pause) return this.awake().then(() => this.#call(name, call));
    if (!this.#lives(`> ${name}`)) return never();
    const result = call();
    if (result instanceof Promise) return this.#whileAlive(name, result);
    if (!this.#lives()) throw new Killed();
    return result;
  }

  /** Whether the process lives, and still does behind the station. */
  #lives(station?: string): boolean {
    if (!this.#dead && station !== undefined) this.#onStation(station);
    return !this.#dead;
  }

  async #whileAlive(name: string, answer: Promise<unknown>): Promise<unknown> {
    try {
      const value: unknown = await answer;
      if (this.#pause) await this.awake();
      return this.#lives(`< ${name}`) ? value : await never();
    } catch (error) {
      if (this.#pause) await this.awake();
      if (!this.#lives()) await never();
      throw error;
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
