/**
 * Everything that a process reaches outside itself goes through here, so that it can be killed between any two instructions:
 * from then on no call leaves, and no answer comes back.
 */
export class Mortal {
  #dead = false;

  get isDead(): boolean {
    return this.#dead;
  }

  kill(): void {
    this.#dead = true;
  }

  /** The same object for as long as the process lives. */
  wrap<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name, object);
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown => {
          const result: unknown = this.#dead ? never() : Reflect.apply(member, object, args);
          return result instanceof Promise ? this.#whileAlive(result) : result;
        };
      },
    });
  }

  async #whileAlive(answer: Promise<unknown>): Promise<unknown> {
    try {
      const value = await answer;
      return this.#dead ? await never() : value;
    } catch (error) {
      if (this.#dead) await never();
      throw error;
    }
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
