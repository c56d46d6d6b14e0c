import { ZERO_HASH, type GatewayId, type Hash } from "../../entry/hex.ts";
import type { Subject } from "../findings.ts";
import { indexIn } from "../intake.ts";
import type { Inquiry } from "../inquiry.ts";
import type { LogEnds, LogFooting } from "./log-footing.ts";
import type { OpenSession, Role } from "./opening.ts";
import { describeEntry, hashWithOwnPayload, weighEntries, type WeighedEntry } from "./proofs.ts";
import type { EntryAppended } from "../reading/events.ts";

/** One log after its walk. */
export interface WalkedLog {
  readonly role: Role;
  readonly gatewayId: GatewayId;
  readonly entries: readonly WeighedEntry[];
  /** Number of entries by the events, and the last one's hash as far as it is known. */
  readonly length: number;
  readonly lastEntryHash: Hash | null;
  /** Block of the log's last event but its closing. */
  readonly lastBlock: number;
  /** Where the walk began, if not with the first entry; what stands before it is not in `entries`. */
  readonly since: LogFooting | null;
  /** Nothing was found on the way: what rests on the order of these entries can be judged. */
  readonly intact: boolean;
}

/** Where the walk stands: what the next entry must be. Null: not known, because what stands before is in doubt. */
interface Footing {
  index: number;
  entryHash: Hash | null;
  block: number | null;
}

/**
 * Walks one log from its opening: every entry proven, next in index, chained to the one before, made with the key of its time,
 * and linked by block to the log's event before it. Blame goes to the entry that is bad, not to those that stand on it: an
 * entry that is proven is believed, and one that is not is compared with what its successor, the closing, or the head says
 * that it was.
 */
export function walkLog(
  inquiry: Inquiry,
  session: OpenSession,
  party: { readonly role: Role; readonly gatewayId: GatewayId },
  events: readonly EntryAppended[],
  ends: LogEnds,
): WalkedLog {
  return new LogWalk(inquiry, session, weighEntries(inquiry, session, events), ends).run(party);
}

class LogWalk {
  readonly #inquiry: Inquiry;
  readonly #session: OpenSession;
  readonly #entries: readonly WeighedEntry[];
  readonly #ends: LogEnds;
  readonly #footing: Footing;
  readonly #seen = new Map<number, Hash | null>();
  /** Last place at which a proven entry claims this index. */
  readonly #lastWith = new Map<number, number>();
  /** Indices that were passed over because they stand further back. */
  readonly #late = new Set<number>();
  /** By index, what the entries that claim it say of the one before them. */
  readonly #links = new Map<number, Hash[]>();
  /** By index, other entries that were found there. */
  readonly #twins = new Map<number, Set<Hash | null>>();
  /** What stands at the footing. */
  #before: WeighedEntry | undefined;

  constructor(inquiry: Inquiry, session: OpenSession, entries: readonly WeighedEntry[], ends: LogEnds) {
    this.#inquiry = inquiry;
    this.#session = session;
    this.#entries = entries;
    this.#ends = ends;
    this.#footing = { ...(ends.since ?? { index: 0, entryHash: ZERO_HASH, block: session.openBlock }) };
    if (ends.since !== undefined) this.#seen.set(ends.since.index - 1, ends.since.entryHash);
    for (const { event } of entries) {
      const index = indexIn(event.header);
      const links = this.#links.get(index);
      if (links === undefined) this.#links.set(index, [event.lastEntryHash]);
      else links.push(event.lastEntryHash);
    }
    entries.forEach((weighed, at) => {
      if (!this.#isBad(weighed, at)) this.#lastWith.set(indexIn(weighed.event.header), at);
    });
  }

  run({ role, gatewayId }: { readonly role: Role; readonly gatewayId: GatewayId }): WalkedLog {
    const before = this.#inquiry.findings.count;
    this.#entries.forEach((weighed, at) => {
      if (this.#isBad(weighed, at)) this.#bad(weighed, at);
      else this.#good(weighed, at);
    });
    this.#checkHead(gatewayId);
    const { index, entryHash } = this.#footing;
    return {
      role,
      gatewayId,
      entries: this.#entries,
      length: index,
      lastEntryHash: entryHash,
      lastBlock: this.#entries.at(-1)?.event.at.block ?? this.#ends.since?.block ?? this.#session.openBlock,
      since: this.#ends.since ?? null,
      intact: this.#inquiry.findings.count === before,
    };
  }

  #subject({ event }: WeighedEntry, index: number): Subject {
    const { sessionId, gatewayId, at } = event;
    return { sessionId, gatewayId, index, block: at.block, order: at.order };
  }

  /**
   * An entry without a signature whose run is torn, because what stood right behind it is gone or elsewhere, is not to blame: nothing
   * can be told of it but that its successor, if there is one, names it.
   */
  #isBad({ event, entryHash, standing }: WeighedEntry, at: number): boolean {
    if (standing !== "disproved") return false;
    if (event.signature !== null || entryHash === null) return true;
    const due = indexIn(event.header) + 1;
    const next = this.#entries[at + 1];
    if (next !== undefined && indexIn(next.event.header) === due) return true;
    const links = this.#links.get(due);
    const { head } = this.#ends;
    return links === undefined ? head === undefined || head.length <= due : !links.includes(entryHash);
  }

  /** An entry that nobody can have signed so: altered in its place, or one too many. */
  #bad(weighed: WeighedEntry, at: number): void {
    const { findings } = this.#inquiry;
    const next = this.#entries[at + 1];
    const subject = this.#subject(weighed, this.#footing.index);
    const claimed = indexIn(weighed.event.header);
    if (weighed.entryHash !== null && this.#seen.get(claimed) === weighed.entryHash) {
      findings.add("ENTRY_DOUBLED", this.#subject(weighed, claimed), `entry ${claimed}`, "once", "again");
      return;
    }
    if (next && this.#isDue(next)) {
      findings.add("ENTRY_INSERTED", subject, describeEntry(weighed), "not there", "there");
      return;
    }
    const recorded = this.#recordedHash(next);
    const hash = this.#sameHash(weighed.entryHash, recorded) ? weighed.entryHash : null;
    const mended = hash === null && !weighed.payloadFits ? hashWithOwnPayload(weighed) : null;
    if (hash !== null && !weighed.payloadFits)
      findings.add("PAYLOAD_ALTERED", subject, "payload", weighed.event.payloadHash, "another hash");
    else if (hash !== null) this.#forged(weighed, subject);
    else if (mended !== null && this.#sameHash(mended, recorded))
      findings.add("ENTRY_ALTERED", subject, "payload hash", "that of the payload", weighed.event.payloadHash);
    else findings.add("ENTRY_ALTERED", subject, "fields and signature", weighed.reason.expected, weighed.reason.found);
    this.#advance(weighed, this.#footing.index, recorded);
  }

  /** The fields are as recorded, so it is the signature that is wrong: a key of another time, or no key of this gateway. */
  #forged(weighed: WeighedEntry, subject: Subject): void {
    const { gateways, findings } = this.#inquiry;
    const { expected, found } = weighed.reason;
    const { gatewayId } = weighed.event;
    const epoch = weighed.entry?.epoch ?? 0;
    const ofAnotherTime = gateways.all
      .find((history) => history.gatewayId === gatewayId)
      ?.keys.some(({ key }) => key === found);
    const code =
      gateways.keyOf(gatewayId, epoch) === undefined || ofAnotherTime === true ? "KEY_NOT_VALID" : "SIGNATURE_FORGED";
    findings.add(code, subject, `signature of epoch ${epoch}`, expected, found);
  }

  #good(weighed: WeighedEntry, at: number): void {
    const { findings } = this.#inquiry;
    const { event } = weighed;
    const index = indexIn(event.header);
    const subject = this.#subject(weighed, index);
    if (!weighed.payloadFits) findings.add("PAYLOAD_ALTERED", subject, "payload", event.payloadHash, "another hash");
    if (index < this.#footing.index) {
      this.#outOfTurn(weighed, index, subject);
      return;
    }
    if (index > this.#footing.index) this.#gap(weighed, index, at);
    const { entryHash, block } = this.#footing;
    const isOfTwin = this.#twins.get(index - 1)?.has(event.lastEntryHash) === true;
    if (entryHash !== null && event.lastEntryHash !== entryHash && !isOfTwin) this.#torn(weighed, subject, entryHash);
    if (block !== null && event.previousBlock !== block && !isOfTwin)
      findings.add("ENTRY_ALTERED", subject, "block of the log's event before", block, event.previousBlock);
    this.#checkEpoch(weighed, subject);
    // Under an opening that is not the origin's every hash is another one.
    this.#advance(weighed, index, this.#session.proven ? weighed.entryHash : null);
  }

  /** The entry names another one than stands before it. Who has signed both has signed two for that place. */
  #torn(weighed: WeighedEntry, subject: Subject, entryHash: Hash): void {
    const { findings } = this.#inquiry;
    const { lastEntryHash } = weighed.event;
    const before = this.#before;
    const index = this.#footing.index - 1;
    if (before === undefined || weighed.standing !== "proven")
      findings.add("ENTRY_ALTERED", subject, "hash of the entry before", entryHash, lastEntryHash);
    else if (before.standing === "proven")
      findings.add("TWO_AT_ONE_INDEX", this.#subject(before, index), `entry ${index}`, lastEntryHash, entryHash);
    else findings.add("ENTRY_ALTERED", this.#subject(before, index), `entry ${index}`, lastEntryHash, entryHash);
  }

  #outOfTurn(weighed: WeighedEntry, index: number, subject: Subject): void {
    const { findings } = this.#inquiry;
    if (this.#late.delete(index)) {
      this.#footing.block = null;
      this.#seen.set(index, weighed.entryHash);
      return;
    }
    const standing = this.#seen.get(index);
    const what = `entry ${index}`;
    if (standing === weighed.entryHash) findings.add("ENTRY_DOUBLED", subject, what, "once", "again");
    else {
      this.#twins.set(index, (this.#twins.get(index) ?? new Set()).add(weighed.entryHash));
      findings.add("TWO_AT_ONE_INDEX", subject, what, standing ?? "another entry", weighed.entryHash ?? "no hash");
    }
  }

  #gap(weighed: WeighedEntry, index: number, at: number): void {
    const { findings } = this.#inquiry;
    const first = this.#footing.index;
    const missing: number[] = [];
    // Among one more than there are entries at least one is missing: an index from nowhere does not make the walk long.
    const end = Math.min(index, first + this.#entries.length + 1);
    for (let due = first; due < end; due += 1) {
      if ((this.#lastWith.get(due) ?? -1) > at) this.#late.add(due);
      else missing.push(due);
    }
    const found = `entry ${index}`;
    const firstMissing = missing[0];
    if (this.#late.size > 0)
      findings.add("ENTRY_REORDERED", this.#subject(weighed, first), "next entry", `entry ${first}`, found);
    if (firstMissing !== undefined)
      findings.add("ENTRY_MISSING", this.#subject(weighed, firstMissing), "next entry", `entry ${firstMissing}`, found);
    this.#footing.entryHash = null;
    this.#footing.block = null;
  }

  #checkEpoch({ entry, event }: WeighedEntry, subject: Subject): void {
    const current = this.#inquiry.gateways.keyAt(event.gatewayId, event.at.order);
    if (entry === null || current === undefined || entry.epoch === current.epoch) return;
    this.#inquiry.findings.add("KEY_NOT_VALID", subject, "epoch current in that block", current.epoch, entry.epoch);
  }

  #advance(weighed: WeighedEntry, index: number, entryHash: Hash | null): void {
    const { event } = weighed;
    this.#seen.set(index, entryHash ?? weighed.entryHash);
    this.#before = weighed;
    this.#footing.index = index + 1;
    this.#footing.entryHash = entryHash;
    this.#footing.block = event.at.block;
  }

  #isDue(weighed: WeighedEntry): boolean {
    const { index, entryHash } = this.#footing;
    return (
      weighed.standing === "proven" &&
      indexIn(weighed.event.header) === index &&
      weighed.event.lastEntryHash === entryHash
    );
  }

  /** What the successor, the closing or the head says that the entry's hash was; 24 bytes if it is the head. */
  #recordedHash(next: WeighedEntry | undefined): Hash | null {
    if (next !== undefined) return next.standing === "disproved" ? null : next.event.lastEntryHash;
    const { closing, head } = this.#ends;
    if (head !== undefined && head.length !== this.#footing.index + 1) return null;
    return head?.lastEntryHash ?? closing?.lastEntryHash ?? null;
  }

  #sameHash(hash: Hash | null, recorded: Hash | null): boolean {
    return hash !== null && recorded !== null && hash.startsWith(recorded);
  }

  #checkHead(gatewayId: GatewayId): void {
    const { head } = this.#ends;
    if (head === undefined) return;
    const { index, entryHash } = this.#footing;
    const { findings } = this.#inquiry;
    const last = this.#entries.at(-1)?.event.at;
    const place = {
      sessionId: this.#session.sessionId,
      gatewayId,
      ...(last && { order: last.order, block: last.block }),
    };
    if (head.length > index) findings.add("TAIL_CUT", { ...place, index }, "number of entries", head.length, index);
    else if (head.length < index)
      findings.add("ENTRY_INSERTED", { ...place, index: head.length }, "number of entries", head.length, index);
    else if (entryHash !== null && !entryHash.startsWith(head.lastEntryHash))
      findings.add(
        "HEAD_MISMATCH",
        { ...place, ...(index > 0 && { index: index - 1 }) },
        "hash of the last entry",
        head.lastEntryHash,
        entryHash,
      );
  }
}
