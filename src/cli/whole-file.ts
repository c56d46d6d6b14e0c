import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { GatelogError } from "../entry/errors.ts";

/** What an export holds is for its owner to give on; a key is for nobody else. */
const FILE_MODE = 0o600;
/** Written at once, so that a line costs no call of the system. */
const CHUNK_SIZE = 65_536;

/**
 * Writes a file so that it is there whole, or not: under a temporary name beside it, synced to the disk, then renamed. What is there
 * already stays, unless `force`. MALFORMED if it is there; INVALID_CONFIG if the place cannot be written to. Of two that write to
 * one name at the same time one gets MALFORMED; with `force`, and on file systems without links, both may succeed, and one of them stays.
 */
export async function writeWholeFile(
  file: string,
  lines: AsyncIterable<string> | Iterable<string>,
  options: { readonly force: boolean },
): Promise<void> {
  requireFree(file, options.force);
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.part`);
  try {
    await writeSynced(temporary, lines);
    await (options.force ? writing(file, () => rename(temporary, file)) : publish(temporary, file));
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Gives the file its name; a rename would replace what somebody else has put there meanwhile. */
async function publish(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch {
    requireFree(file, false);
    return writing(file, () => rename(temporary, file));
  }
  await writing(temporary, () => rm(temporary));
}

async function writeSynced(file: string, lines: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const handle = await writing(file, () => open(file, "wx", FILE_MODE));
  try {
    let chunk = "";
    for await (const line of lines) {
      chunk += line;
      if (chunk.length < CHUNK_SIZE) continue;
      const full = chunk;
      chunk = "";
      await writing(file, () => handle.appendFile(full));
    }
    await writing(file, () => handle.appendFile(chunk));
    await writing(file, () => handle.sync());
  } finally {
    await handle.close();
  }
}

/** The new name must be on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await writing(folder, () => open(folder, "r"));
  try {
    await writing(folder, () => handle.sync());
  } finally {
    await handle.close();
  }
}

/** MALFORMED if the file is there, for whoever wants to know it before the work. */
export function requireFree(file: string, force: boolean): void {
  if (force || !existsSync(file)) return;
  throw new GatelogError("MALFORMED", `${file} is there already: --force replaces it`, { file });
}

async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GatelogError("INVALID_CONFIG", `${file} cannot be written: ${reason}`, { file }, { cause });
  }
}
