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
      return this.#lives(`< ${name}`) ? value : await never();
    } catch (error) {
      if (!this.#lives()) await never();
      throw error;
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
