import { setImmediate } from "node:timers/promises";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { recoverAfresh } from "../entry/signature.ts";
import type { RegistryDomain } from "../entry/statements.ts";
import type { GatewayEvent } from "./reading/events.ts";
import { FindingList, type Found } from "./findings.ts";
import { Gateways } from "./checks/gateways.ts";
import type { Footings } from "./checkpoint/earlier.ts";
import type { Inquiry } from "./inquiry.ts";
import { checkLateEvents, type LateSessions } from "./checkpoint/late-events.ts";
import { readEvents, sessionEventsOf, type SessionEvents } from "./intake.ts";
import { oneAhead } from "./one-ahead.ts";
import { checkOpening, partiesOf, type OpenSession } from "./checks/opening.ts";
import type { Anchor } from "./reading/reader.ts";
import { checkSession, type CheckedSession, type SessionHeads } from "./checks/session-check.ts";
import { limitTimelines } from "./checks/session-story.ts";
import type { Recover } from "./checks/signers.ts";
import { bytesIn, type Bucket } from "./spool.ts";
import { sessionWordsIn, storedEventAt, type Given } from "./stored-event.ts";

/** What the checks of sessions rest on. It goes to other threads as it is, but for `recover`. */
export interface Grounds {
  readonly anchor: Anchor;
  readonly gatewayEvents: readonly GatewayEvent[];
  readonly withTransfers: boolean;
  readonly withStories: boolean;
  /** Settled in an earlier run; none if there was none. */
  readonly late?: LateSessions;
  /** Where the walks of an earlier run ended. */
  readonly since?: Footings;
}

/** What the checks ask of the registry. Answers are always there: what could not be read is told by whoever answers. */
export interface Registry {
  /** `sessionHash` null: the session's own word alone. */
  headsOf(sessionId: SessionId, sessionHash: Hash | null, gatewayIds: readonly GatewayId[]): Promise<SessionHeads>;
  /** UNIX seconds of a block; Infinity if it could not be read. */
  timestampOf(block: number): Promise<number>;
}

export interface CheckedBucket {
  readonly sessions: readonly CheckedSession[];
  readonly found: Found;
  /** Entries that the registry refused. */
  readonly refused: number;
  /** All that was looked at. */
  readonly events: number;
  /** Sessions that a later run must look at again, by the words with which events name them: not settled, or not sound. */
  readonly unsettled: readonly string[];
  /** Sessions of which a later run needs the opening alone, because their walk can go on: sound, and with one log. */
  readonly footed: readonly string[];
  /** Of these, entries that the registry refused. */
  readonly refusedOfUnsettled: number;
}

/** The events of one session, and what was found in them. */
interface Group {
  readonly word: string;
  /** Number of events. */
  readonly events: number;
  readonly session: SessionEvents | undefined;
  readonly refused: number;
  readonly findings: FindingList;
}

/** Sessions of a bucket that are read, and whose heads are asked for, at once: while those before them are checked. */
const SESSIONS_AT_ONCE = 8;
/** Events behind which a session waits for the next time. */
const EVENTS_AT_ONCE = 1_000;

/** Checks sessions, a bucket of them at a time. */
export class BucketCheck {
  readonly #grounds: Grounds;
  readonly #registry: Registry;
  readonly #recover: Recover;
  readonly #domain: RegistryDomain;
  readonly #gateways: Gateways;

  constructor(grounds: Grounds, registry: Registry, recover: Recover = recoverAfresh) {
    const { chainId, registry: contract } = grounds.anchor;
    this.#grounds = grounds;
    this.#registry = registry;
    this.#recover = recover;
    this.#domain = { chainId, registry: contract };
    // What is wrong with the gateways themselves is told once, elsewhere.
    this.#gateways = new Gateways(this.#domain, recover, new FindingList());
    for (const event of grounds.gatewayEvents) this.#gateways.replay(event);
  }

  async check(bucket: Bucket): Promise<CheckedBucket> {
    const findings = new FindingList();
    const sessions: CheckedSession[] = [];
    const unsettled: string[] = [];
    const footed: string[] = [];
    let [events, refused, refusedOfUnsettled] = [0, 0, 0];
    for await (const opened of oneAhead(batches(bySession(bucket)), (batch) => this.#open(batch)))
      for (const group of opened) {
        // Whoever else uses this thread, answers to other threads among them, does not wait for the whole bucket.
        await setImmediate();
        const checked = await this.#checkGroup(group);
        events += group.events;
        refused += group.refused;
        findings.take(group.findings.found);
        const isSound = group.findings.count === 0 && checked?.withPayload === checked?.entries;
        const isSettled = isSound && (checked?.head.settled ?? true);
        // What was found in what is new says nothing of where the walk began.
        const since = this.#grounds.since?.get(group.session?.sessionId ?? "") ?? null;
        const end = isSound ? (checked?.head.footing ?? null) : null;
        const footing = isSettled ? null : (end ?? since);
        if (checked !== undefined)
          sessions.push({ ...checked, head: { ...checked.head, settled: isSettled, footing } });
        if (isSettled) continue;
        if (end !== null) {
          footed.push(group.word);
          continue;
        }
        unsettled.push(group.word);
        refusedOfUnsettled += group.refused;
      }
    const list = limitTimelines(sessions, findings.found.list);
    return { sessions: list, found: findings.found, refused, events, unsettled, footed, refusedOfUnsettled };
  }

  #inquiryOf({ findings }: Group): Inquiry {
    return { domain: this.#domain, recover: this.#recover, findings, gateways: this.#gateways };
  }

  async #checkGroup(group: OpenGroup): Promise<CheckedSession | undefined> {
    const { session, opened } = group;
    if (session === undefined) return undefined;
    const settled = this.#grounds.late?.get(session.sessionId);
    if (settled !== undefined) checkLateEvents(group.findings, session, settled);
    if (settled !== undefined || opened === undefined) return undefined;
    const { withTransfers, withStories } = this.#grounds;
    const timestampOf = (block: number) => this.#registry.timestampOf(block);
    const options = { timestampOf, withTransfer: withTransfers, withStory: withStories };
    const since = this.#grounds.since?.get(session.sessionId);
    return checkSession(this.#inquiryOf(group), session, opened.opening, opened.heads, { ...options, since });
  }

  /** Reads what was given of some sessions, and asks after them all at once. */
  #open(batch: readonly GivenSession[]): Promise<OpenGroup[]> {
    return Promise.all(
      batch.map(async ([word, given]) => {
        const findings = new FindingList();
        const read = sessionEventsOf(readEvents(given, this.#grounds.anchor, findings));
        const group = { word, events: given.length, findings, ...read };
        return { ...group, opened: await this.#openOne(group) };
      }),
    );
  }

  /** What a session's check begins with; undefined where there is no session, or it was settled in an earlier run. */
  async #openOne(group: Group): Promise<Opened | undefined> {
    const { session } = group;
    if (session === undefined || this.#grounds.late?.has(session.sessionId) === true) return undefined;
    const opening = checkOpening(this.#inquiryOf(group), session);
    // Under an opening that is not the origin's the session's hash is wrong, and the registry has no log under it.
    const hash = opening?.proven === true ? opening.sessionHash : null;
    const heads = await this.#registry.headsOf(session.sessionId, hash, gatewaysOf(opening));
    return { opening, heads };
  }
}

interface Opened {
  readonly opening: OpenSession | undefined;
  readonly heads: SessionHeads;
}

interface OpenGroup extends Group {
  readonly opened: Opened | undefined;
}

function gatewaysOf(opening: OpenSession | undefined): GatewayId[] {
  return opening === undefined ? [] : partiesOf(opening).map(({ gatewayId }) => gatewayId);
}

/** What was given of one session, and the word with which events name it. */
type GivenSession = readonly [word: string, given: readonly Given[]];

/** Kept by their places alone until they are read: there are thousands in a bucket. */
function* bySession(bucket: Bucket): Generator<GivenSession> {
  const bytes = bytesIn(bucket);
  const sessions = new Map<string, number[]>();
  for (const [start, word] of sessionWordsIn(bytes)) {
    const known = sessions.get(word);
    if (known === undefined) sessions.set(word, [start]);
    else known.push(start);
  }
  for (const [word, starts] of sessions) yield [word, starts.map((start) => storedEventAt(bytes, start))];
}

/** Their events are read together: few enough to be young garbage when they are checked. */
function* batches(sessions: Iterable<GivenSession>): Generator<readonly GivenSession[]> {
  let batch: GivenSession[] = [];
  let events = 0;
  for (const session of sessions) {
    const [, given] = session;
    if (batch.length === SESSIONS_AT_ONCE || (batch.length > 0 && events + given.length > EVENTS_AT_ONCE)) {
      yield batch;
      batch = [];
      events = 0;
    }
    batch.push(session);
    events += given.length;
  }
  if (batch.length > 0) yield batch;
}
