import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CrashLoop, type CrashTarget, type KillResult, type Victim } from "./crash-loop.ts";
import { CrashModel } from "./crash-model.ts";
import { CrashProcess } from "./crash-process.ts";
import type { Line, Place } from "./crash-lines.ts";
import type { DurableDriver, DurableSite } from "./durable.ts";

/** What a case works on: a driver, its site, and a folder of its own. */
export interface DurableStage {
  readonly driver: DurableDriver;
  readonly site: DurableSite;
  readonly folder: string;
  /** Folder and stores stay when the work is done. */
  keep(): void;
}

/** Opens a stage for the work. Where it fails, folder and stores stay, and the error says where. */
export async function onStage(driver: DurableDriver, work: (stage: DurableStage) => Promise<void>): Promise<void> {
  const site = await driver.openSite();
  const folder = await mkdtemp(join(tmpdir(), "gatelog-kit-"));
  const stay = { isWanted: false };
  const keep = (): void => {
    stay.isWanted = true;
  };
  try {
    await work({ driver, site, folder, keep });
  } catch (error) {
    keep();
    throw new Error(`${String(error)}\n(the stores stay: ${folder})`, { cause: error });
  } finally {
    const { isWanted } = stay;
    await site.close(isWanted);
    if (!isWanted) await rm(folder, { recursive: true, force: true });
  }
}

/** New stores of the stage, for a crash loop. */
export function targetOf({ driver, site, folder }: DurableStage): CrashTarget {
  return {
    module: driver.module,
    place: (number) => newPlace(site, join(folder, `store-${number}`)),
    server: site.server,
  };
}

/** By turns, where there is a server: it takes a while to come back. */
const VICTIMS: readonly Victim[] = ["writer", "writer", "writer", "server"];

/** Kills writers under load: every acknowledged entry must be there behind each kill, whole, and nothing that is not whole. */
export async function survivesKills(
  stage: DurableStage,
  { kills, seed }: { readonly kills: number; readonly seed: number },
): Promise<void> {
  const results: KillResult[] = [];
  const victims = stage.site.server === null ? VICTIMS.slice(0, 1) : VICTIMS;
  const onResult = (result: KillResult): void => void results.push(result);
  await new CrashLoop(targetOf(stage), { seed, first: 1, last: kills, victims, onResult }).run();
  const faults = results.flatMap((result) => result.faults.map((fault) => `kill ${result.number}: ${fault}`));
  assert.deepEqual(faults, []);
  assert.equal(results.length, kills);
  const loaded = results.filter(({ acknowledged }) => acknowledged > 0).length;
  assert.ok(loaded > kills / 2, `${loaded} of ${kills} kills were under load`);
}

/** For each file that a writer makes. */
const FILE_BLOCKS = 1_024;
/** So many refusals make sure that more than one log has come to the limit; and so many appends, that it has left it. */
const MANY = 100;

/**
 * Lets a writer's files grow to a limit and no further, and takes the limit away. Appends must be refused (STORE_UNAVAILABLE, and succeed
 * when there is room again, where the machine can lift the limit; or CORRUPT_STORE, of a store that does not trust its file any more).
 * What was acknowledged is there, and the next process goes on.
 */
export async function survivesFullDisk({ driver, site, folder }: DurableStage): Promise<void> {
  const place = await newPlace(site, folder);
  const model = new CrashModel();
  const limited = new CrashProcess(driver.module, { fileBlocks: FILE_BLOCKS });
  const full = new Listener(model);
  try {
    await limited.work({ read: null, write: place, persists: true }, full.hear, full.until(MANY, "refused"));
    if (!full.isReadOnly && limited.lift()) await limited.listen(full.hear, full.until(MANY, "acknowledged"));
  } finally {
    await limited.kill();
  }
  assert.deepEqual(full.faults, [], "on a full disk");
  for (const write of [place, null]) {
    const fresh = new CrashProcess(driver.module);
    const roomy = new Listener(model);
    const isAwaited = write === null ? roomy.until(1, "verified") : roomy.until(MANY, "acknowledged");
    try {
      await fresh.work({ read: place, write }, roomy.hear, isAwaited);
    } finally {
      await fresh.kill();
    }
    assert.deepEqual([roomy.faults, roomy.isReadOnly], [[], false], "when there is room again");
  }
}

/** Holds what writers say against a model. */
class Listener {
  readonly faults: string[] = [];
  isReadOnly = false;
  readonly #model: CrashModel;

  constructor(model: CrashModel) {
    this.#model = model;
  }

  readonly hear = (line: Line): void => {
    this.faults.push(...this.#model.hear(line));
    this.isReadOnly ||= line.said === "refused" && line.code === "CORRUPT_STORE";
  };

  /** True once this has been said so often, or there is nothing to be awaited any more. */
  until(times: number, said: Line["said"]): (line: Line) => boolean {
    let count = 0;
    return (line) => {
      if (line.said === said) count += 1;
      return count === times || this.isReadOnly || line.said === "fault";
    };
  }
}

/** A folder for a store, and the store in it. */
async function newPlace(site: DurableSite, folder: string): Promise<Place> {
  await mkdir(folder, { recursive: true });
  return { place: site.place(folder) };
}
