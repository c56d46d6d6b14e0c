import { renameSync } from "node:fs";
import { z } from "zod";
import { VolatileScanMemory, type OpenSessions, type ScanMemory } from "../chain/session-scan.ts";
import { isGatelogError } from "../entry/errors.ts";
import { hashSchema, sessionIdSchema, type Address, type GatewayId, type Hash } from "../entry/hex.ts";
import { readJsonFile, writeJsonFile } from "./files.ts";

/** Blocks that may have to be looked through again rather than writing the file for each of them. */
const SAVE_AFTER_BLOCKS = 1_000;

const fileSchema = z.strictObject({
  genesisHash: hashSchema,
  registry: z.string(),
  gateways: z
    .record(hashSchema, z.strictObject({ nextBlock: z.int().min(0), sessions: z.array(sessionIdSchema) }))
    .transform((gateways) => Object.entries(gateways) as [GatewayId, OpenSessions][]),
});

/** The log that the sessions are of. */
interface Place {
  readonly genesisHash: Hash;
  readonly registry: Address;
}

/**
 * Open sessions of a registry, kept for the next run, so that a start costs the same however long the registry is. A file of
 * another registry, or one that cannot be read, counts as none: then the registry is looked through again.
 */
export class OpenSessionsFile implements ScanMemory {
  readonly #file: string;
  readonly #place: Place;
  readonly #known: VolatileScanMemory;
  /** What the file has of each gateway. */
  #saved: ReadonlyMap<GatewayId, OpenSessions>;

  constructor(file: string, place: Place) {
    this.#file = file;
    this.#place = place;
    this.#known = new VolatileScanMemory(readSessions(file, place));
    this.#saved = this.#known.all();
  }

  load(gatewayId: GatewayId): OpenSessions | undefined {
    return this.#known.load(gatewayId);
  }

  keep(gatewayId: GatewayId, open: OpenSessions): void {
    this.#known.keep(gatewayId, open);
    if (!isWorthSaving(this.#saved.get(gatewayId), open)) return;
    const gateways = this.#known.all();
    writeJsonFile(`${this.#file}.new`, { ...this.#place, gateways: Object.fromEntries(gateways) });
    renameSync(`${this.#file}.new`, this.#file);
    this.#saved = gateways;
  }
}

function readSessions(file: string, { genesisHash, registry }: Place): Map<GatewayId, OpenSessions> {
  try {
    const found = readJsonFile(file, fileSchema, "CORRUPT_STORE");
    return new Map(found?.genesisHash === genesisHash && found.registry === registry ? found.gateways : []);
  } catch (error) {
    if (!isGatelogError(error, "CORRUPT_STORE")) throw error;
    return new Map();
  }
}

function isWorthSaving(saved: OpenSessions | undefined, open: OpenSessions): boolean {
  if (saved === undefined || open.nextBlock - saved.nextBlock >= SAVE_AFTER_BLOCKS) return true;
  return (
    saved.sessions.length !== open.sessions.length || saved.sessions.some((id, place) => id !== open.sessions[place])
  );
}
