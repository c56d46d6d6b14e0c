import { entryHashOf } from "../../entry/entry.ts";
import type { Address, GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import { commandNameOf } from "../../entry/notation.ts";
import { sessionHashOf } from "../../entry/session.ts";
import { recoverSigner } from "../../entry/signature.ts";
import type { Vote } from "../../entry/vocabulary.ts";
import { signerOf } from "../checks/signers.ts";
import type { Finding } from "../findings.ts";
import type { ExportedEntry } from "./export-format.ts";
import { ExportLines } from "./export-lines.ts";
import { bytesOf } from "./export-source.ts";

/** Logs that are shown side by side; of more the findings say where they part. */
const MAX_PARTINGS = 20;
/** Entries that are shown in front of the first that is another one, and from it on. */
const BEFORE = 2;
const BEHIND = 4;
/** Characters of a payload that are shown; its hash is in the entry's. */
const MAX_PAYLOAD_LENGTH = 600;

/** Where one log, as two files have it, becomes two. */
export interface Parting {
  readonly sessionId: SessionId;
  readonly gatewayId: GatewayId;
  /** Of the first entry that is another one in each file. */
  readonly index: number;
  readonly sides: readonly [PartedLog, PartedLog];
}

/** The log as one file has it. */
export interface PartedLog {
  readonly length: number;
  /** Those around the parting. */
  readonly entries: readonly PartedEntry[];
}

export interface PartedEntry {
  readonly index: number;
  /** Operation and command, `done-lock`. */
  readonly mark: string;
  /** Protocol step, 2.1 is 201. */
  readonly step: number;
  readonly vote: Vote;
  readonly seqNumber: number;
  readonly epoch: number;
  /** UNIX milliseconds, as the gateway claims. */
  readonly timestamp: number;
  readonly entryHash: Hash;
  /** Whose signature stands under it; null: none, or none that is one. An entry behind it, which contains its hash, may have one. */
  readonly signer: Address | null;
  /** Text of its payload, cut where it is long. */
  readonly payload: string;
}

interface Place {
  readonly sessionId: SessionId;
  readonly gatewayId: GatewayId;
  readonly index: number;
}

/**
 * What stands in two files around the entries that a comparison has found to be two at one place, read from the files once more.
 * Nothing is judged here: `compareExports` has seen to it that each of the two is its writer's.
 */
export async function readPartings(
  [first, second]: readonly [string, string],
  found: readonly Finding[],
): Promise<Parting[]> {
  const places = found.flatMap(placeOf).slice(0, MAX_PARTINGS);
  if (places.length === 0) return [];
  const sides = [await logsIn(first, places), await logsIn(second, places)] as const;
  return places.flatMap((place) => {
    const [one, other] = [sides[0].get(nameOf(place)), sides[1].get(nameOf(place))];
    if (one === undefined || other === undefined) return [];
    return [{ ...place, sides: [withSameBefore(place, one, other), withSameBefore(place, other, one)] as const }];
  });
}

/** Without what stands in front of the place and is not the same in both: nobody has signed that, and each file's own audit names it. */
function withSameBefore({ index: parting }: Place, log: PartedLog, other: PartedLog): PartedLog {
  const isShown = ({ index, entryHash }: PartedEntry) =>
    index >= parting || other.entries.some((entry) => entry.index === index && entry.entryHash === entryHash);
  return { ...log, entries: log.entries.filter(isShown) };
}

function placeOf({ code, sessionId, gatewayId, index }: Finding): Place[] {
  const isParting = code === "SPLIT_VIEW" && sessionId !== null && gatewayId !== null && index !== null;
  return isParting ? [{ sessionId, gatewayId, index }] : [];
}

function nameOf({ sessionId, gatewayId }: Omit<Place, "index">): string {
  return `${sessionId} ${gatewayId}`;
}

async function logsIn(path: string, places: readonly Place[]): Promise<ReadonlyMap<string, PartedLog>> {
  const indices = new Map(places.map((place) => [nameOf(place), place.index]));
  const logs = new Map<string, { length: number; entries: PartedEntry[] }>();
  let sessionHash: Hash | undefined;
  for await (const record of new ExportLines(bytesOf(path)).records()) {
    if (record.kind === "session") sessionHash = sessionHashOf(record.opening.facts);
    if (record.kind !== "entry" || sessionHash === undefined) continue;
    const name = nameOf(record.entry);
    const parting = indices.get(name);
    if (parting === undefined) continue;
    const log = logs.get(name) ?? { length: 0, entries: [] };
    logs.set(name, log);
    // By the index that is signed, and of two with one index the first: as they are compared.
    const { index } = record.entry;
    const isNear = index >= parting - BEFORE && index < parting + BEHIND;
    if (isNear && log.entries.every((entry) => entry.index !== index))
      log.entries.push(partedEntry(record.entry, sessionHash));
    log.length += 1;
  }
  return logs;
}

function partedEntry(entry: ExportedEntry["entry"], sessionHash: Hash): PartedEntry {
  const { index, step, vote, seqNumber, epoch, timestamp, operation, signature } = entry;
  const entryHash = entryHashOf({ ...entry, sessionHash });
  const text = new TextDecoder().decode(entry.payload);
  return {
    ...{ index, step, vote, seqNumber, epoch, timestamp, entryHash },
    mark: `${operation}-${commandNameOf(entry)}`,
    signer: signature === null ? null : (signerOf(recoverSigner, entryHash, signature) ?? null),
    payload: text.length > MAX_PAYLOAD_LENGTH ? `${text.slice(0, MAX_PAYLOAD_LENGTH)}…` : text,
  };
}
