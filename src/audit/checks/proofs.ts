import { payloadHashOf } from "../../entry/canonical.ts";
import { entryHashOfWords } from "../../entry/entry-digest.ts";
import { ENTRY_VERSION, unpackHeader, type Entry, type Header } from "../../entry/entry.ts";
import { isGatelogError } from "../../entry/errors.ts";
import { sessionIdToBytes16, type Hash } from "../../entry/hex.ts";
import type { EntryAppended } from "../reading/events.ts";
import { signerOf } from "./signers.ts";
import { indexIn } from "../intake.ts";
import type { Inquiry } from "../inquiry.ts";
import type { OpenSession } from "./opening.ts";

/**
 * Whether an entry is what its gateway signed. disproved: it is not. untold: what it would be proven with (the opening, a key,
 * the rest of its run) is found wanting itself, so nothing can be said of the entry.
 */
export type Standing = "proven" | "disproved" | "untold";

export interface WeighedEntry {
  readonly event: EntryAppended;
  /** The entry's fields and their hash; null if the header cannot be read. */
  readonly entry: Entry | null;
  readonly entryHash: Hash | null;
  readonly payloadFits: boolean;
  readonly standing: Standing;
  /** Why it is disproved: what was expected of the signature, and what was found. */
  readonly reason: { readonly expected: string; readonly found: string };
}

/**
 * Weighs each entry of one log by itself: payload hash, entry hash, signature. Backwards, because an entry inside a run is
 * proven by the one behind it, whose digest contains its hash and whose signature covers both.
 */
export function weighEntries(inquiry: Inquiry, session: OpenSession, events: readonly EntryAppended[]): WeighedEntry[] {
  const weighed: WeighedEntry[] = [];
  let next: WeighedEntry | undefined;
  for (const event of events.toReversed()) {
    next = weigh(inquiry, session, event, next);
    weighed.push(next);
  }
  return weighed.reverse();
}

function weigh(
  inquiry: Inquiry,
  session: OpenSession,
  event: EntryAppended,
  next: WeighedEntry | undefined,
): WeighedEntry {
  const payloadFits = payloadHashOf(event.payload) === event.payloadHash;
  const entry = readEntry(session, event);
  if (entry === null) {
    const reason = { expected: `a header of version ${ENTRY_VERSION}`, found: event.header };
    return { event, entry, entryHash: null, payloadFits, standing: "disproved", reason };
  }
  const entryHash = hashOf(session, event, event.payloadHash);
  const verdict =
    event.signature === null
      ? proofOfRun(event, entry.epoch, entryHash, next)
      : proofOfSignature(inquiry, event, entry, entryHash);
  // Under an opening that is not the origin's the session's hash is not to be trusted, and it is part of every entry's.
  const standing = verdict.standing === "disproved" && !session.proven ? "untold" : verdict.standing;
  return { event, entry, entryHash, payloadFits, ...verdict, standing };
}

type Proof = Pick<WeighedEntry, "standing" | "reason">;

function proofOfSignature({ gateways, recover }: Inquiry, event: EntryAppended, entry: Entry, entryHash: Hash): Proof {
  const key = gateways.keyOf(event.gatewayId, entry.epoch);
  const signer = event.signature === null ? undefined : signerOf(recover, entryHash, event.signature);
  const found = signer ?? "no signature";
  if (key === undefined) return { standing: "disproved", reason: { expected: `a key of epoch ${entry.epoch}`, found } };
  const reason = { expected: key.key, found };
  if (!key.proven) return { standing: "untold", reason };
  return { standing: signer === key.key ? "proven" : "disproved", reason };
}

function proofOfRun(event: EntryAppended, epoch: number, entryHash: Hash, next: WeighedEntry | undefined): Proof {
  if (next === undefined || !isRightBehind(next.event, event))
    return { standing: "disproved", reason: { expected: "a signature, or the rest of the run", found: "neither" } };
  const reason = { expected: next.event.lastEntryHash, found: entryHash };
  if (next.standing !== "proven") return { standing: "untold", reason };
  if (next.event.lastEntryHash !== entryHash) return { standing: "disproved", reason };
  // Of another epoch, the one behind it answers for that itself: it names this one all the same.
  return { standing: next.entry?.epoch === epoch ? "proven" : "untold", reason };
}

/** Runs are appended by one call, so their events stand next to each other. */
function isRightBehind({ at: behind }: EntryAppended, { at }: EntryAppended): boolean {
  const sameCall = behind.block === at.block && behind.transactionHash === at.transactionHash;
  return sameCall && behind.logIndex === at.logIndex + 1;
}

/** The typed entry that the event stands for, or null if its header has fields that do not exist. */
function readEntry(session: OpenSession, event: EntryAppended): Entry | null {
  const { sessionId, sessionHash } = session;
  const { gatewayId, causedBy, payloadHash, lastEntryHash } = event;
  const header = readHeader(event.header);
  return header && { ...header, sessionId, sessionHash, gatewayId, causedBy, payloadHash, lastEntryHash };
}

function readHeader(word: Hash): Header | null {
  try {
    const header = unpackHeader(word);
    return header.version === ENTRY_VERSION ? header : null;
  } catch (error) {
    if (isGatelogError(error, "INVALID_ENTRY")) return null;
    throw error;
  }
}

/** Hash that the entry would have if its payload hash were that of its payload; null if its header cannot be read. */
export function hashWithOwnPayload({ entry, event }: WeighedEntry): Hash | null {
  return entry && hashOf(entry, event, payloadHashOf(event.payload));
}

function hashOf(
  { sessionId, sessionHash }: Pick<Entry, "sessionId" | "sessionHash">,
  { gatewayId, header, causedBy, lastEntryHash }: EntryAppended,
  payloadHash: Hash,
): Hash {
  const id = sessionIdToBytes16(sessionId);
  return entryHashOfWords({ sessionId: id, sessionHash, gatewayId, header, causedBy, payloadHash, lastEntryHash });
}

/** The entry in a few words, for findings. */
export function describeEntry({ event, entryHash }: WeighedEntry): string {
  return `entry ${indexIn(event.header)}, ${entryHash ?? "no hash"}`;
}
