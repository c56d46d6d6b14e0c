/**
 * Remembers what a pure and costly function gave, for the last `size` keys; the oldest are forgotten first. A key says everything
 * that the value depends on.
 */
export class Memo<Value> {
  readonly #size: number;
  readonly #known = new Map<string, Value>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): Value | undefined {
    return this.#known.get(key);
  }

  set(key: string, value: Value): void {
    const [oldest] = this.#known.size < this.#size ? [] : this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, value);
  }

  delete(key: string): void {
    this.#known.delete(key);
  }

  clear(): void {
    this.#known.clear();
  }

  /** The known value, or what `make` gives; what it throws is not remembered. */
  of(key: string, make: () => Value): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const value = make();
    this.set(key, value);
    return value;
  }
}
