import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { recoverAfresh } from "../entry/signature.ts";
import type { RegistryDomain } from "../entry/statements.ts";
import type { GatewayEvent } from "./reading/events.ts";
import { FindingList, type Found } from "./findings.ts";
import { Gateways } from "./checks/gateways.ts";
import type { Inquiry } from "./inquiry.ts";
import { readEvents, sessionEventsOf, type SessionEvents } from "./intake.ts";
import { mapLimited } from "./map-limited.ts";
import { checkOpening, partiesOf, type OpenSession } from "./checks/opening.ts";
import type { Anchor } from "./reading/reader.ts";
import { checkSession, type CheckedSession, type SessionHeads } from "./checks/session-check.ts";
import { limitTimelines } from "./checks/session-story.ts";
import type { Recover } from "./checks/signers.ts";
import { eventsIn, type Bucket, type Given } from "./spool.ts";

/** What the checks of sessions rest on. It goes to other threads as it is, but for `recover`. */
export interface Grounds {
  readonly anchor: Anchor;
  readonly gatewayEvents: readonly GatewayEvent[];
  readonly withTransfers: boolean;
  readonly withStories: boolean;
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
}

/** Sessions of a bucket whose heads are asked for at once. */
const HEADS_AT_ONCE = 16;

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
    const inquiry = { domain: this.#domain, recover: this.#recover, findings, gateways: this.#gateways };
    const { anchor, withTransfers, withStories } = this.#grounds;
    const sessions: SessionEvents[] = [];
    let [events, refused] = [0, 0];
    for (const given of bySession(bucket)) {
      events += given.length;
      const read = sessionEventsOf(readEvents(given, anchor, findings));
      refused += read.refused;
      if (read.session !== undefined) sessions.push(read.session);
    }
    const opened = await mapLimited(sessions, HEADS_AT_ONCE, (session) => this.#open(inquiry, session));
    const checked: CheckedSession[] = [];
    const timestampOf = (block: number) => this.#registry.timestampOf(block);
    const options = { timestampOf, withTransfer: withTransfers, withStory: withStories };
    for (const { session, opening, heads } of opened)
      checked.push(await checkSession(inquiry, session, opening, heads, options));
    return { sessions: limitTimelines(checked, findings.found.list), found: findings.found, refused, events };
  }

  async #open(inquiry: Inquiry, session: SessionEvents) {
    const opening = checkOpening(inquiry, session);
    // Under an opening that is not the origin's the session's hash is wrong, and the registry has no log under it.
    const hash = opening?.proven === true ? opening.sessionHash : null;
    const heads = await this.#registry.headsOf(session.sessionId, hash, gatewaysOf(opening));
    return { session, opening, heads };
  }
}

function gatewaysOf(opening: OpenSession | undefined): GatewayId[] {
  return opening === undefined ? [] : partiesOf(opening).map(({ gatewayId }) => gatewayId);
}

const BYTES16_DIGITS = 34;

/** The session is named by the first 16 bytes of topic 1; what stands behind them is part of the event's form. */
function bySession(bucket: Bucket): Iterable<readonly Given[]> {
  const sessions = new Map<string, Given[]>();
  for (const given of eventsIn(bucket)) {
    const word = (given.log.topics[1] ?? "").slice(0, BYTES16_DIGITS);
    const known = sessions.get(word);
    if (known === undefined) sessions.set(word, [given]);
    else known.push(given);
  }
  return sessions.values();
}
