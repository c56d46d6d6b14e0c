import { createHash } from "node:crypto";
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
// In a project of your own: import { GatelogError } from "gatelog/store";
import { GatelogError } from "../../src/store/public.ts";

const NEWLINE = 0x0a;

/** A file of lines, each behind its checksum: what `append` has returned from is on disk. One process at a time. */
export class Journal {
  readonly #path: string;
  readonly #file: number;
  #size = 0;
  #damage: string | null = null;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, "a+");
      syncFolder(dirname(path));
    } catch (error) {
      throw unavailable(path, error);
    }
  }

  /**
   * The lines that are there, for once, before the first append. Behind one that has changed none is given out. What an append that
   * was never answered has left at the end is cut off.
   */
  *lines(): Generator<string, void, undefined> {
    const bytes = readFileSync(this.#path);
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, this.#size)) {
      const [checksum, line] = split(bytes.subarray(this.#size, end));
      if (checksum !== checksumOf(line)) {
        this.#damage = `what stands behind byte ${this.#size} has changed`;
        return;
      }
      yield line.toString();
      this.#size = end + 1;
    }
    if (this.#size < bytes.length) ftruncateSync(this.#file, this.#size);
  }

  /** Why the file is read-only, or null. */
  get damage(): string | null {
    return this.#damage;
  }

  checkSound(): void {
    if (this.#damage === null) return;
    throw new GatelogError("CORRUPT_STORE", `${this.#path} is damaged and read-only: ${this.#damage}`, {
      path: this.#path,
    });
  }

  append(line: string): void {
    this.checkSound();
    const bytes = Buffer.from(`${checksumOf(Buffer.from(line))} ${line}\n`);
    try {
      writeFileSync(this.#file, bytes);
    } catch (error) {
      // The disk is full. What is there of the line goes, so that the next one can be read.
      this.#orDamaged(() => ftruncateSync(this.#file, this.#size));
      throw unavailable(this.#path, error);
    }
    // What the disk has not taken once it may never take, and say so only this once.
    this.#orDamaged(() => fsyncSync(this.#file));
    this.#size += bytes.length;
  }

  close(): void {
    closeSync(this.#file);
  }

  #orDamaged(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#damage = `the disk did not take what was written: ${String(error)}`;
      this.checkSound();
    }
  }
}

function unavailable(path: string, error: unknown): GatelogError {
  return new GatelogError("STORE_UNAVAILABLE", `${path}: ${String(error)}`, { path }, { cause: error });
}

function split(bytes: Buffer): [string, Buffer] {
  const space = bytes.indexOf(" ");
  return [bytes.subarray(0, space).toString(), bytes.subarray(space + 1)];
}

function checksumOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A new file is durable only when its folder's entry is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
