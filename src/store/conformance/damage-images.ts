import { cp, mkdir, open, readdir, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { canonicalBytes } from "../../entry/canonical.ts";
import type { SignedEntry } from "../../entry/entry.ts";
import type { SessionFacts, SessionOpening } from "../../entry/session.ts";
import { signOpening } from "../../entry/signed-statements.ts";
import { chance } from "./chance.ts";
import { KIT_DESTINATION, KIT_ORIGIN, kitDirectory, loadDriver } from "./durable.ts";
import type { DurableStage } from "./durability-cases.ts";
import { makeEntry, makeFacts } from "./stage.ts";

/** A store's folder as a crash leaves it (`killed`), and as an orderly end does (`closed`). */
export interface Image {
  readonly name: "killed" | "closed";
  readonly folder: string;
}

/** What was written of a session before the images were taken: all of it was acknowledged. */
export interface Written {
  readonly facts: SessionFacts;
  readonly opening: SessionOpening;
  readonly entries: readonly SignedEntry[];
}

/** A way to damage an image's files. */
export interface Damage {
  readonly name: string;
  apply(folder: string): Promise<void>;
}

const ENTRIES = 12;
/** This entry's payload is larger than a page of a database. */
const LARGE_ENTRY = 4;
const LARGE_CHARACTERS = 6_000;

/** Two, so that there is another log whose entries could be taken for those of the first. */
const SESSIONS = 2;

/** Text of an entry's payload that stands nowhere else. */
function markerOf(session: number, index: number): string {
  return `the payload of entry ${index} of session ${session}.`;
}

export async function takeImages({
  driver,
  site,
  folder,
}: DurableStage): Promise<{ images: Image[]; written: readonly Written[] }> {
  const written: Written[] = [];
  for (let session = 0; session < SESSIONS; session += 1) written.push(await makeSession(session));
  const original = join(folder, "original");
  await mkdir(original);
  const store = await (await loadDriver(driver.module))({ directory: kitDirectory() }, site.place(original));
  const images = (["killed", "closed"] as const).map((name): Image => ({ name, folder: join(folder, name) }));
  const [killed, closed] = images.map((image) => () => cp(original, image.folder, { recursive: true }));
  try {
    for (const { opening } of written) await store.openSession(opening);
    for (let index = 0; index < ENTRIES; index += 1)
      for (const { entries } of written) await store.append(entries.slice(index, index + 1));
    await killed?.();
  } finally {
    await store.close();
  }
  await closed?.();
  return { images, written };
}

async function makeSession(session: number): Promise<Written> {
  const facts = makeFacts(KIT_ORIGIN, KIT_DESTINATION);
  const opening = await signOpening(facts, KIT_ORIGIN.epoch, KIT_ORIGIN.signer);
  const entries: SignedEntry[] = [];
  for (let index = 0; index < ENTRIES; index += 1) {
    const message = markerOf(session, index) + "x".repeat(index === LARGE_ENTRY ? LARGE_CHARACTERS : 0);
    entries.push(await makeEntry(facts, KIT_ORIGIN, entries.at(-1) ?? null, { payload: canonicalBytes({ message }) }));
  }
  return { facts, opening, entries };
}

/** Cuts of each file: by a byte, by a few, and anywhere. */
export async function cutsOf(image: Image, seed: number, perFile: number): Promise<Damage[]> {
  return eachFile(image, (file, size) =>
    Array.from({ length: perFile }, (_, number): Damage => {
      const anywhere = chance(seed, `cut ${number} of ${file}`, 1, size - 1);
      const left = Math.max(1, [size - 1, size - 100][number] ?? anywhere);
      return {
        name: `${file} is cut to ${left} of ${size} bytes`,
        apply: (folder) => truncate(join(folder, file), left),
      };
    }),
  );
}

const BLOCK = 512;
/** Every so many changes a block is lost instead of a byte, by turns to zeros and to something else; */
const BLOCK_EVERY = 4;
/** and before it one is written to the place of another. */
const MOVED_BEFORE = 1;
const MOVED_BLOCK = 4_096;

/** Bytes of each file that the disk has changed, blocks that it has lost, and blocks that it has written to a wrong place. */
export async function changesOf(image: Image, seed: number, perFile: number): Promise<Damage[]> {
  return eachFile(image, (file, size) =>
    Array.from({ length: perFile }, (_, number): Damage => {
      const at = chance(seed, `change ${number} of ${file}`, 0, size - 1);
      const blocks = Math.floor(size / MOVED_BLOCK);
      if (number % BLOCK_EVERY === BLOCK_EVERY - 1 - MOVED_BEFORE && blocks > 1) {
        const from = chance(seed, `source ${number} of ${file}`, 0, blocks - 1);
        const distance = chance(seed, `distance ${number} of ${file}`, 1, blocks - 1);
        return movedBlock(file, from, (from + distance) % blocks);
      }
      const length = number % BLOCK_EVERY === BLOCK_EVERY - 1 ? Math.min(BLOCK, size - at) : 1;
      if (length === 1) return changedByte(file, at, chance(seed, `mask ${number} of ${file}`, 1, 255));
      const fill = number % (2 * BLOCK_EVERY) === BLOCK_EVERY - 1 ? 0 : 0xa5;
      return {
        name: `${file} has ${length} bytes of ${fill} at ${at}`,
        apply: (folder) => overwrite(join(folder, file), at, () => Buffer.alloc(length, fill)),
      };
    }),
  );
}

/** A changed byte in the payload of this entry of the first session; null where its text stands in no file as it is. */
export async function changeOfEntry({ folder }: Image, index: number): Promise<Damage | null> {
  for (const file of await filesIn(folder)) {
    const at = (await readFile(join(folder, file))).indexOf(markerOf(0, index));
    if (at !== -1) return changedByte(file, at, 1);
  }
  return null;
}

function changedByte(file: string, at: number, mask: number): Damage {
  return {
    name: `${file} has another byte at ${at}`,
    apply: (folder) =>
      overwrite(join(folder, file), at, (bytes) => Buffer.from(bytes.subarray(0, 1).map((byte) => byte ^ mask))),
  };
}

function movedBlock(file: string, from: number, to: number): Damage {
  return {
    name: `${file} has its block ${from} in the place of block ${to} too`,
    apply: async (folder) => {
      const bytes = await readFile(join(folder, file));
      const block = bytes.subarray(from * MOVED_BLOCK, (from + 1) * MOVED_BLOCK);
      await overwrite(join(folder, file), to * MOVED_BLOCK, () => block);
    },
  };
}

async function overwrite(path: string, at: number, change: (bytes: Buffer) => Buffer): Promise<void> {
  const file = await open(path, "r+");
  try {
    const before = Buffer.alloc(1);
    await file.read(before, 0, before.length, at);
    const bytes = change(before);
    await file.write(bytes, 0, bytes.length, at);
  } finally {
    await file.close();
  }
}

async function eachFile(image: Image, damagesOf: (file: string, size: number) => Damage[]): Promise<Damage[]> {
  const damages: Damage[] = [];
  for (const file of await filesIn(image.folder)) {
    const { size } = await stat(join(image.folder, file));
    if (size > 1) damages.push(...damagesOf(file, size));
  }
  return damages;
}

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((file) => file.isFile());
  return files.map((file) => join(file.parentPath, file.name).slice(folder.length + 1)).sort();
}
