const INITIAL_SLOTS = 1 << 16;
const EMPTY = 0xffffffff;

/**
 * The states that were met, each once, numbered in the order of their meeting. Open addressing over one array of words; it
 * doubles at half its slots. No state is dropped or approximated: a hash decides where it stands, never what it is.
 */
export class StateSet {
  readonly #width: number;
  #words: Uint32Array;
  #slots = new Uint32Array(INITIAL_SLOTS).fill(EMPTY);
  #size = 0;

  /** @param width Words of 32 bits in one state. */
  constructor(width: number) {
    this.#width = width;
    this.#words = new Uint32Array(INITIAL_SLOTS * width);
  }

  get size(): number {
    return this.#size;
  }

  /** Number of the state in `state`; it is new if that is what `size` was before. */
  add(state: Uint32Array): number {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(state, 0, this.#width) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot]!;
      if (found === EMPTY) {
        this.#slots[slot] = this.#size;
        this.#words.set(state, this.#size * this.#width);
        return this.#size++;
      }
      if (this.#isAt(found, state)) return found;
    }
  }

  read(index: number, state: Uint32Array): void {
    const start = index * this.#width;
    for (let word = 0; word < this.#width; word++) state[word] = this.#words[start + word]!;
  }

  #isAt(index: number, state: Uint32Array): boolean {
    const start = index * this.#width;
    for (let word = 0; word < this.#width; word++) if (this.#words[start + word] !== state[word]) return false;
    return true;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    const mask = this.#slots.length * 2 - 1;
    const slots = new Uint32Array(mask + 1).fill(EMPTY);
    for (let index = 0; index < this.#size; index++) {
      let slot = hashOf(words, index * this.#width, this.#width) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = index;
    }
    this.#slots = slots;
  }
}

/** Murmur3's mixing over so many words from `start` on. */
function hashOf(words: Uint32Array, start: number, width: number): number {
  let hash = 0x9747b28c;
  for (let word = 0; word < width; word++) {
    let mixed = Math.imul(words[start + word]!, 0xcc9e2d51);
    mixed = (mixed << 15) | (mixed >>> 17);
    hash ^= Math.imul(mixed, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Numbers in a row, as many as there is memory for. */
export class GrowingArray {
  #values = new Uint32Array(INITIAL_SLOTS);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const values = new Uint32Array(this.#values.length * 2);
      values.set(this.#values);
      this.#values = values;
    }
    this.#values[this.#length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }
}
