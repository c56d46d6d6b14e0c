import type { Group } from "./entries.ts";

/** Groups in a log behind what its peer has of them, oldest first; each such queue once, by number, 0 the empty one. */
export class Queues {
  readonly #groups: readonly Group[];
  readonly #queues: (readonly number[])[] = [[]];
  readonly #idByKey = new Map<string, number>([["", 0]]);
  readonly #pushed = [new Map<number, number>()];
  readonly #shifted: number[] = [0];
  readonly #recovery: number[] = [0];

  constructor(groups: readonly Group[]) {
    this.#groups = groups;
  }

  /** Undefined: it is empty. */
  first(queue: number): Group | undefined {
    const first = this.#queues[queue]![0];
    return first === undefined ? undefined : this.#groups[first];
  }

  push(queue: number, group: Group): number {
    const known = this.#pushed[queue]!.get(group.id);
    if (known !== undefined) return known;
    const made = this.#intern([...this.#queues[queue]!, group.id]);
    this.#pushed[queue]!.set(group.id, made);
    return made;
  }

  shift(queue: number): number {
    return (this.#shifted[queue] ??= this.#intern(this.#queues[queue]!.slice(1)));
  }

  length(queue: number): number {
    return this.#queues[queue]!.length;
  }

  /** What is left of it for a reader that goes by the ledgers alone: the recovery. */
  recovery(queue: number): number {
    return (this.#recovery[queue] ??= this.#intern(this.#queues[queue]!.filter((id) => this.#groups[id]!.isRecovery)));
  }

  hasRecovery(queue: number): boolean {
    return this.recovery(queue) !== 0;
  }

  #intern(ids: readonly number[]): number {
    const key = ids.join(" ");
    const known = this.#idByKey.get(key);
    if (known !== undefined) return known;
    const id = this.#queues.length;
    this.#queues.push(ids);
    this.#idByKey.set(key, id);
    this.#pushed.push(new Map());
    return id;
  }
}
