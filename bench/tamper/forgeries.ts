import { toUtf8Bytes } from "ethers";
import type { FindingCode } from "../../src/audit/findings.ts";
import { signEntry, type SignedEntry } from "../../src/entry/entry.ts";
import { ZERO_HASH, type GatewayId } from "../../src/entry/hex.ts";
import { splitSignature, type DigestSigner } from "../../src/entry/signature.ts";
import type { Mutation } from "./mutation.ts";
import { STRANGER, valuesOf, type Forger } from "./signed.ts";
import { endOf, inserted } from "./pieces.ts";
import { altered, placeOf, type KnownEntry, type Subject } from "./subject.ts";

/** Entries that somebody has signed, but not who may, or not when, or not instead of the one that stands. */
export const FORGED_ENTRIES: readonly Forger[] = [
  (subject) => signedAgain(subject, "a stranger"),
  (subject) => signedAgain(subject, "the peer"),
  (subject) => signedAgain(subject, "another epoch's key"),
  withoutSignature,
  (subject) => replaced(subject, "a stranger"),
  (subject) => replaced(subject, "the writer"),
  (subject) => twin(subject, "behind it"),
  (subject) => twin(subject, "at the end"),
  (subject) => twin(subject, "before it"),
  (subject) => added(subject, "a stranger"),
  (subject) => added(subject, "the peer"),
  (subject) => added(subject, "the writer"),
  (subject) => wedged(subject, "a stranger"),
  (subject) => wedged(subject, "the writer"),
  ofAnotherEpoch,
];

function pick({ entries, random }: Subject): KnownEntry | undefined {
  return entries.length === 0 ? undefined : random.pick(entries);
}

interface Writer {
  readonly signer: DigestSigner;
  readonly epoch: number;
}

type Who = "a stranger" | "the peer" | "the writer" | "another epoch's key";

function writerOf(subject: Subject, { event, entry }: KnownEntry, who: Who): Writer | undefined {
  const { gatewayId, sessionId } = event;
  const keys = subject.keysOf(gatewayId);
  if (who === "a stranger") return { signer: STRANGER, epoch: entry.epoch };
  if (who === "the writer") return keys.find(({ epoch }) => epoch === entry.epoch);
  if (who === "another epoch's key") {
    // A key may come back in a later epoch, and is then no other.
    const own = keys.find(({ epoch }) => epoch === entry.epoch)?.signer.address;
    const others = keys.filter(({ signer }) => signer.address !== own);
    return others.length === 0 ? undefined : { ...subject.random.pick(others), epoch: entry.epoch };
  }
  const opened = subject.openings.get(sessionId);
  const ids = [opened?.originGatewayId, opened?.destinationGatewayId];
  const peer = ids.find((id): id is GatewayId => id !== undefined && id !== ZERO_HASH && id !== gatewayId);
  const key = peer === undefined ? undefined : subject.keysOf(peer).at(-1);
  return key && { signer: key.signer, epoch: entry.epoch };
}

/** The same entry under another's signature. */
async function signedAgain(subject: Subject, who: Who): Promise<Mutation | undefined> {
  const known = pick(subject);
  const writer = known && writerOf(subject, known, who);
  if (known === undefined || writer === undefined) return undefined;
  const { r, vs } = splitSignature(await writer.signer.signDigest(known.entry.entryHash));
  const codes: FindingCode[] = [who === "another epoch's key" ? "KEY_NOT_VALID" : "SIGNATURE_FORGED"];
  return change(subject, known, { r, vs }, codes, `entry signed by ${who}`);
}

/** In a run that goes on the signature behind it is its own, too; anywhere else there is none. */
async function withoutSignature(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject);
  if (known?.event.signature === null || known === undefined) return Promise.resolve(undefined);
  const next = subject.recording.logs[known.place + 1];
  if (next?.transactionHash === known.log.transactionHash) return Promise.resolve(undefined);
  const nothing = { r: ZERO_HASH, vs: ZERO_HASH };
  return Promise.resolve(change(subject, known, nothing, ["SIGNATURE_FORGED"], "entry without a signature"));
}

function change(
  subject: Subject,
  known: KnownEntry,
  values: Readonly<Record<string, unknown>>,
  codes: readonly FindingCode[],
  row: string,
): Mutation {
  const { sessionId, gatewayId } = known.event;
  const { index } = known.entry;
  return {
    row,
    what: `entry ${index} at ${placeOf(known.log)}`,
    recording: subject.withLog(known.place, altered(known.log, values)),
    due: [{ codes, sessionId, gatewayId, index }],
  };
}

async function otherEntry({ entry }: KnownEntry, { signer, epoch }: Writer, what: string): Promise<SignedEntry> {
  return signEntry({ ...entry, epoch }, toUtf8Bytes(`{"forged":"${what}"}`), signer);
}

/** Another entry in its place, well signed or not. */
async function replaced(subject: Subject, who: Who): Promise<Mutation | undefined> {
  const known = pick(subject);
  const writer = known && writerOf(subject, known, who);
  if (known === undefined || writer === undefined) return undefined;
  const entry = await otherEntry(known, writer, "replaced");
  // Who has signed both the entry and its successor has signed two entries for one place.
  const codes: FindingCode[] =
    who === "the writer" ? ["TWO_AT_ONE_INDEX", "HEAD_MISMATCH"] : ["ENTRY_ALTERED", "SIGNATURE_FORGED"];
  return change(subject, known, valuesOf(entry), codes, `entry replaced by ${who}`);
}

/** Two entries at one index, both signed by the writer. */
async function twin(subject: Subject, where: "behind it" | "at the end" | "before it"): Promise<Mutation | undefined> {
  const known = pick(subject);
  const writer = known && writerOf(subject, known, "the writer");
  if (known === undefined || writer === undefined) return undefined;
  const entry = await otherEntry(known, writer, "twin");
  const { sessionId, gatewayId } = known.event;
  const due = [{ codes: ["TWO_AT_ONE_INDEX"] as const, sessionId, gatewayId, index: known.entry.index }];
  const row = `two at one index, the other ${where}`;
  const log = altered(known.log, valuesOf(entry));
  if (where === "behind it") {
    const mutation = inserted(subject, known, log, row);
    return mutation && { ...mutation, due };
  }
  const { logs } = subject.recording;
  if (where === "at the end") {
    const given = { ...log, ...endOf(logs) };
    return { row, what: placeOf(given), recording: subject.withLogs([...logs, given]), due };
  }
  const before = logs[known.place - 1];
  if (before === undefined || before.blockNumber === known.log.blockNumber) return undefined;
  const given = { ...log, blockNumber: before.blockNumber, logIndex: before.logIndex + 1 };
  const recording = subject.withLogs(logs.toSpliced(known.place, 0, given));
  return { row, what: `${placeOf(given)}, before ${placeOf(known.log)}`, recording, due };
}

/** One entry more behind the last of a log. */
async function added(subject: Subject, who: Who): Promise<Mutation | undefined> {
  const any = pick(subject);
  const known = any && subject.logOf(any).at(-1);
  return known && insertedBehind(subject, known, who, "at the end of a log");
}

/** One entry more in the midst of a log, linked to the one before it. */
async function wedged(subject: Subject, who: Who): Promise<Mutation | undefined> {
  const known = pick(subject);
  if (known === undefined || subject.logOf(known).at(-1) === known) return undefined;
  return insertedBehind(subject, known, who, "in the midst of a log");
}

async function insertedBehind(
  subject: Subject,
  known: KnownEntry,
  who: Who,
  where: string,
): Promise<Mutation | undefined> {
  const writer = writerOf(subject, known, who);
  if (writer === undefined) return undefined;
  const { entry, log } = known;
  const link = { index: entry.index + 1, lastEntryHash: entry.entryHash, causedBy: ZERO_HASH };
  const next = { ...known, entry: { ...entry, ...link, seqNumber: entry.seqNumber + 1 } };
  const made = await otherEntry(next, writer, "inserted");
  const values = { ...valuesOf(made), previousBlock: log.blockNumber };
  const mutation = inserted(subject, known, altered(log, values), `entry of ${who} inserted ${where}`);
  if (mutation === undefined || who !== "the writer" || where === "at the end of a log") return mutation;
  // Its writer has signed what stands behind it, too: then both claim the place.
  return { ...mutation, due: mutation.due.map((due) => ({ ...due, codes: ["TWO_AT_ONE_INDEX"] })) };
}

/** In place of the entry the same in another epoch, signed by the key of that epoch. */
async function ofAnotherEpoch(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject);
  if (known === undefined) return undefined;
  const others = subject.keysOf(known.event.gatewayId).filter(({ epoch }) => epoch !== known.entry.epoch);
  if (others.length === 0) return undefined;
  const entry = await otherEntry(known, subject.random.pick(others), "another epoch");
  return change(subject, known, valuesOf(entry), ["KEY_NOT_VALID"], "entry of another epoch, signed by its key");
}
