import { entryHashOf, packHeader } from "../../entry/entry.ts";
import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../../entry/hex.ts";
import { factsBytes, sessionHashOf } from "../../entry/session.ts";
import { DECISIONS, GROUNDS, statementDigest, statementDomainOf, type RegistryDomain } from "../../entry/statements.ts";
import { commandFrom } from "../../entry/vocabulary.ts";
import { evidenceIn, isBurn, isVote } from "../checks/decision.ts";
import type { EntryAppended, LogClosed, Place, SessionClosed } from "../reading/events.ts";
import type { ExportedClosing, ExportedDecision, ExportedEntry, ExportedSession } from "./export-format.ts";
import type { Claim } from "./file-keys.ts";
import type { StatedDigest } from "./hash-file.ts";
import type { SessionEvents } from "../intake.ts";
import type { Role } from "../checks/opening.ts";

type FileEntry = ExportedEntry["entry"];

/**
 * One session of a file from a store, as the events that a registry would have emitted: so that it is judged by the same rules. Where
 * an event would stand in a chain nobody knows. Each log has its own order; between the two that of the Lamport numbers counts, which
 * grow with everything that a writer has seen. The decision has no place of its own either, and is put where its ground is complete.
 */
export class FileSession {
  readonly line: ExportedSession;
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly domain: RegistryDomain;
  readonly closings: ExportedClosing["statement"][] = [];
  readonly #decisions: Decision[] = [];
  /** Entries by log, origin's first, in the order of the file. */
  readonly #logs = new Map<GatewayId, FileEntry[]>();

  constructor(line: ExportedSession) {
    const { facts } = line.opening;
    this.line = line;
    this.sessionId = facts.sessionId;
    this.sessionHash = sessionHashOf(facts);
    this.domain = statementDomainOf(facts);
    for (const { gatewayId } of this.parties) this.#logs.set(gatewayId, []);
  }

  get parties(): readonly { readonly role: Role; readonly gatewayId: GatewayId }[] {
    const { origin, destination } = this.line.opening.facts;
    const first = { role: "origin", gatewayId: origin.gatewayId } as const;
    return destination === null ? [first] : [first, { role: "destination", gatewayId: destination.gatewayId }];
  }

  entry(entry: FileEntry): void {
    const log = this.#logs.get(entry.gatewayId);
    if (log === undefined) this.#logs.set(entry.gatewayId, [entry]);
    else log.push(entry);
  }

  decision(statement: Decision): void {
    this.#decisions.push(statement);
  }

  closing(statement: ExportedClosing["statement"]): void {
    this.closings.push(statement);
  }

  events(): SessionEvents {
    const { sessionId } = this;
    const { facts, epoch, signature } = this.line.opening;
    const { origin, destination, deadline } = facts;
    const merged = this.#merged();
    const opened = {
      ...({ kind: "SessionOpened", at: placeOf(0, 0), sessionId, originGatewayId: origin.gatewayId } as const),
      ...{
        destinationGatewayId: destination?.gatewayId ?? ZERO_HASH,
        deadline,
        epoch,
        facts: factsBytes(facts),
        signature,
      },
    };
    const entries = merged.map(({ entry, index }, order) => eventOf(entry, placeOf(index, order + 1)));
    const decided = this.#decisions.map((statement) => ({
      ...({ kind: "Decided", at: placeOf(0, this.#decisionOrder(statement, merged)), sessionId } as const),
      ...{ decision: DECISIONS[statement.decision], ground: GROUNDS[statement.ground] },
      ...{ epoch: statement.epoch, signature: statement.signature },
    }));
    const end = merged.length + 1;
    const logsClosed = this.closings.map((statement, place): LogClosed => {
      const { gatewayId, length, lastEntryHash, epoch: closedIn, signature: signed } = statement;
      const at = placeOf(merged.length + place, end + place);
      return {
        kind: "LogClosed",
        at,
        sessionId,
        gatewayId,
        length,
        lastEntryHash,
        epoch: closedIn,
        signature: signed,
        previousBlock: 0,
      };
    });
    return { sessionId, opened: [opened], entries, decided, logsClosed, closed: this.#closed(logsClosed) };
  }

  get logs(): ReadonlyMap<GatewayId, readonly FileEntry[]> {
    return this.#logs;
  }

  /** What was stated beside entries: its digest, whose signature is under it, and what it says in words. */
  statements(): {
    readonly opening: StatedDigest;
    readonly decisions: readonly StatedDigest[];
    readonly closings: readonly StatedDigest[];
  } {
    const { sessionHash, domain } = this;
    const { facts, epoch, signature } = this.line.opening;
    const origin = { gatewayId: facts.origin.gatewayId };
    const digest = statementDigest(domain, "OpenSession", { sessionHash, epoch });
    const opening = { ...origin, epoch, signature, digest, statement: `session hash ${sessionHash}` };
    const decisions = this.#decisions.map((each) => {
      const decide = { sessionHash, decision: DECISIONS[each.decision], epoch: each.epoch };
      const statement = `${each.decision} on the ground ${each.ground}`;
      return {
        ...origin,
        epoch: each.epoch,
        signature: each.signature,
        digest: statementDigest(domain, "Decide", decide),
        statement,
      };
    });
    const closings = this.closings.map(({ gatewayId, length, lastEntryHash, epoch: closedIn, signature: signed }) => {
      const close = { sessionHash, gatewayId, length, lastEntryHash, epoch: closedIn };
      const statement = `${length} entries, the last ${lastEntryHash}`;
      return {
        gatewayId,
        epoch: closedIn,
        signature: signed,
        digest: statementDigest(domain, "CloseLog", close),
        statement,
      };
    });
    return { opening, decisions, closings };
  }

  /** What the epochs of the session's writers can be told from, in its order. */
  claims({ opened, entries, decided, logsClosed }: SessionEvents): Claim[] {
    const { opening, decisions, closings } = this.statements();
    const claims = [
      ...claimsAt([opening], opened),
      ...[...this.#logs.values()].flatMap((log) => this.#claimsOf(log, entries)),
      ...claimsAt(decisions, decided),
      ...claimsAt(closings, logsClosed),
    ];
    return claims.sort((a, b) => a.order - b.order);
  }

  /** One for each epoch of a log, of its first entries: more are not needed, and each costs a signature. */
  #claimsOf(log: readonly FileEntry[], events: readonly EntryAppended[]): Claim[] {
    const [first] = log;
    const own = first ? events.filter(({ gatewayId }) => gatewayId === first.gatewayId) : [];
    const claims: Claim[] = [];
    let since = 0;
    for (const [index, entry] of log.entries()) {
      if (index > 0 && entry.epoch !== log[index - 1]?.epoch) since = index;
      const isNew = claims.every(({ epoch }) => epoch !== entry.epoch);
      const { gatewayId, epoch, signature } = entry;
      if (!isNew || signature === null) continue;
      const digest = entryHashOf({ ...entry, sessionHash: this.sessionHash });
      claims.push({ gatewayId, epoch, signature, digest, order: own[since]?.at.order ?? 0 });
    }
    return claims;
  }

  /** By their numbers; but what rests on the decision waits for what that rests on: it was read in the register, of which no number tells. */
  #merged(): { readonly entry: FileEntry; readonly index: number }[] {
    const rest = [...this.#logs.values()].map((log) => ({ log, next: 0 }));
    const [decision] = this.#decisions;
    const [origin, destination] = rest;
    const [writer, reader] = decision?.ground === "VOTE_NO" ? [destination, origin] : [origin, destination];
    const needed = decision && writer ? lengthBefore(decision, writer.log) : 0;
    const isHeld = (each: (typeof rest)[number]) =>
      each === reader && (writer?.next ?? 0) < needed && restsOn(decision, each.log[each.next]);
    const merged: { readonly entry: FileEntry; readonly index: number }[] = [];
    for (;;) {
      let first: (typeof rest)[number] | undefined;
      for (const each of rest) if (!isHeld(each) && numberAt(each) < (first ? numberAt(first) : Infinity)) first = each;
      const entry = first?.log[first.next];
      if (first === undefined || entry === undefined) return merged;
      merged.push({ entry, index: first.next });
      first.next += 1;
    }
  }

  /** Behind what it rests on, COMMIT of which that is not there behind everything; and behind all that its writer signed in an earlier epoch. */
  #decisionOrder(
    { decision, ground, epoch, signature }: Decision,
    merged: readonly { readonly entry: FileEntry }[],
  ): number {
    const placed = merged.map(({ entry }, order) => ({ entry, event: { at: { order: order + 1 } } }));
    const logs = this.parties.map(({ role, gatewayId }) => ({
      role,
      entries: placed.filter(({ entry }) => entry.gatewayId === gatewayId),
    }));
    const { votedYes, votedNo, burned } = evidenceIn(logs);
    const earlier = logs[0]?.entries.findLast(({ entry }) => signature !== null && entry.epoch < epoch);
    const written = earlier?.event.at.order ?? 0;
    if (decision === "COMMIT") return Math.min(Math.max(votedYes, burned, written), merged.length) + HALF;
    return Math.max(ground === "VOTE_NO" && votedNo < Infinity ? votedNo : 0, written) + HALF;
  }

  /** The registry's own word, which no store has: it follows from the closings. */
  #closed(closings: readonly LogClosed[]): SessionClosed[] {
    const last = closings.at(-1);
    const isClosed = this.parties.every(({ gatewayId }) => closings.some((closing) => closing.gatewayId === gatewayId));
    if (last === undefined || !isClosed) return [];
    const at = placeOf(last.at.logIndex + 1, last.at.order + 1);
    return [{ kind: "SessionClosed", at, sessionId: this.sessionId, sessionHash: this.sessionHash }];
  }
}

/** Statements with the places of their events; one without a signature claims nothing. */
function claimsAt(statements: readonly StatedDigest[], events: readonly { readonly at: Place }[]): Claim[] {
  return statements.flatMap(({ gatewayId, epoch, digest, signature }, place) => {
    const order = events[place]?.at.order ?? 0;
    return signature === null ? [] : [{ gatewayId, epoch, digest, signature, order }];
  });
}

/** Between two entries. */
const HALF = 0.5;

type Decision = ExportedDecision["statement"];

/**
 * Entries of one log that stand before the decision: the destination's up to the NO on which it rests, else the origin's of an earlier epoch
 * than it was signed in, and the burn under COMMIT.
 */
function lengthBefore({ decision, ground, epoch, signature }: Decision, log: readonly FileEntry[]): number {
  if (ground === "VOTE_NO") return log.findIndex((entry) => isVote("destination", entry) && entry.vote === "no") + 1;
  const isBefore = (entry: FileEntry) =>
    (signature !== null && entry.epoch < epoch) || (decision === "COMMIT" && isBurn("origin", entry));
  return log.findLastIndex(isBefore) + 1;
}

/** Whether this is how a gateway takes the decision up. */
function restsOn(decision: Decision | undefined, entry: FileEntry | undefined): boolean {
  if (decision === undefined || entry === undefined) return false;
  const command = commandFrom(entry.command);
  return decision.decision === "COMMIT"
    ? entry.operation === "exec" && command === "commit-final"
    : entry.operation === "init" && command === "rollback";
}

function numberAt({ log, next }: { readonly log: readonly FileEntry[]; readonly next: number }): number {
  return log[next]?.seqNumber ?? Infinity;
}

/** In one block, so that what is said of blocks holds of itself. */
function placeOf(logIndex: number, order: number): Place {
  return { block: 0, logIndex, transactionHash: ZERO_HASH, order };
}

function eventOf(entry: FileEntry, at: Place): EntryAppended {
  const { sessionId, gatewayId, causedBy, lastEntryHash, payloadHash, payload, signature } = entry;
  const header = packHeader(entry);
  const fields = { sessionId, gatewayId, header, causedBy, lastEntryHash, payloadHash, payload, signature };
  return { kind: "EntryAppended", at, ...fields, previousBlock: 0 };
}
