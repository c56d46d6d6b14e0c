import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

const SECOND_MS = 1_000;
const WRITE_BYTES = 512;

/** How often a second one writer gets its bytes onto the disk of this folder, if it waits for each. */
export function fsyncsPerSecond(dir: string, seconds: number): number {
  const file = openSync(join(dir, "bare-fsync"), "w");
  const bytes = Buffer.alloc(WRITE_BYTES, "f");
  const startedAt = performance.now();
  let count = 0;
  for (; performance.now() - startedAt < seconds * SECOND_MS; count += 1) {
    writeSync(file, bytes);
    fsyncSync(file);
  }
  closeSync(file);
  return count / ((performance.now() - startedAt) / SECOND_MS);
}
