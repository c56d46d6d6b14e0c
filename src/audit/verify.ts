import { availableParallelism } from "node:os";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { sessionIdToWord, ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { recoverAfresh } from "../entry/signature.ts";
import { checkAnchors } from "./checks/anchors.ts";
import { BucketCheck, type CheckedBucket, type Grounds, type Registry } from "./bucket-check.ts";
import type { Anchored } from "./reading/events.ts";
import { FindingList } from "./findings.ts";
import { Gateways } from "./checks/gateways.ts";
import type { Inquiry } from "./inquiry.ts";
import { gatewaysNamedIn, Intake } from "./intake.ts";
import { checkLedgers, markLedgers, type LoggedTransfers } from "./ledgers/ledger-check.ts";
import type { LedgerReader } from "./reading/ledger-reader.ts";
import { mapLimited } from "./map-limited.ts";
import { readLogs, type Anchor, type AuditReader, type RawLog } from "./reading/reader.ts";
import type { CheckedSession, SessionHeads } from "./checks/session-check.ts";
import { checkInThreads } from "./session-threads.ts";
import { limitTimelines } from "./checks/session-story.ts";
import type { Recover } from "./checks/signers.ts";
import { Spool } from "./spool.ts";
import { checkIdentity, checkPins, trustedOf, type Expectation } from "./trust.ts";
import type { LedgerReport, Unread, Verification } from "./verification.ts";

export interface VerifyOptions {
  /** Restricts the verdict to one session and the keys that it rests on. UNKNOWN_SESSION if the registry has none such. */
  readonly session?: SessionId;
  /** Block of the registry's deployment or an earlier one; events before it are not asked for. 0 unless given. */
  readonly fromBlock?: number;
  readonly expect?: Expectation;
  /** Ledgers to compare the log with. */
  readonly ledgers?: readonly LedgerReader[];
  /** Whether what a report tells of each session is wanted: what was to move, and time lines as far as their limit goes. */
  readonly stories?: boolean;
  /** Threads that check sessions beside this one; as many as the machine has processors unless given. A small log needs none. */
  readonly threads?: number;
  /** In place of the curve that is there; then all is checked in this thread. */
  readonly recover?: Recover;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** Counted in blocks, in events, in ledgers. */
  readonly stage: "reading events" | "checking sessions" | "comparing ledgers";
  readonly done: number;
  readonly total: number;
}

/** Gateways and anchors that are asked for at once. */
const HEADS_AT_ONCE = 8;
/** Events of a log that is checked sooner than threads are started for it. */
const SMALL_LOG = 4_000;

/**
 * The auditor: rebuilds gateways, sessions and logs from contract events alone, checks every signature, hash, link and order,
 * and compares the result with what the registry holds. It trusts the reader's answers to `anchor`, `logOf`, `sessionOf`,
 * `decisionOf`, `gatewayOf` and `blockOf`, and nothing else: events are believed for what they prove.
 *
 * Not promised: that the registry has no further session. It counts none, so one that is withheld whole, opening and all, is
 * not missed unless it is asked for by its id. The order of two entries of different logs within one block is bound to nothing
 * unless one answers the other.
 *
 * Throws what `anchor` throws, WRONG_CHAIN if another chain is pinned, and UNKNOWN_SESSION; whatever else cannot be read is
 * named in `unread`, and the verdict is not sound.
 */
export async function verify(reader: AuditReader, options: VerifyOptions = {}): Promise<Verification> {
  const { session = null, expect = {}, ledgers = [] } = options;
  const marks = await markLedgers(ledgers);
  const anchor = await reader.anchor();
  checkIdentity(anchor, expect);
  return new Audit(reader, anchor, options).run(session, expect, marks);
}

class Audit {
  readonly #reader: AuditReader;
  readonly #anchor: Anchor;
  readonly #options: VerifyOptions;
  readonly #inquiry: Inquiry;
  readonly #unread: Unread[] = [];

  constructor(reader: AuditReader, anchor: Anchor, options: VerifyOptions) {
    const { recover = recoverAfresh } = options;
    const domain = { chainId: anchor.chainId, registry: anchor.registry };
    const findings = new FindingList();
    this.#reader = reader;
    this.#anchor = anchor;
    this.#options = options;
    this.#inquiry = { domain, recover, findings, gateways: new Gateways(domain, recover, findings) };
  }

  async run(
    session: SessionId | null,
    expect: Expectation,
    marks: ReadonlyMap<LedgerReader, number>,
  ): Promise<Verification> {
    const spool = new Spool();
    try {
      return await this.#runWith(spool, session, expect, marks);
    } finally {
      spool.close();
    }
  }

  async #runWith(
    spool: Spool,
    session: SessionId | null,
    expect: Expectation,
    marks: ReadonlyMap<LedgerReader, number>,
  ): Promise<Verification> {
    const { findings, gateways } = this.#inquiry;
    const intake = new Intake(spool);
    const isRead = await this.#attempt("events", false, async () => {
      await (session === null ? this.#takeAll(intake) : this.#takeSession(session, intake));
      return true;
    });
    // Of events that are not all there nothing follows.
    const { gatewayEvents, anchors } = isRead
      ? intake.others(this.#anchor, findings)
      : { gatewayEvents: [], anchors: [] };
    for (const event of gatewayEvents) gateways.replay(event);
    if (isRead) await this.#checkGateways(intake.named);
    if (session === null) await this.#checkAnchors(anchors);
    const grounds = {
      anchor: this.#anchor,
      gatewayEvents,
      withTransfers: marks.size > 0,
      withStories: this.#options.stories ?? false,
    };
    const { sessions, refused } = isRead ? await this.#checkSessions(grounds, intake, spool) : NOTHING;
    await this.#attempt("pinned block", undefined, () => checkPins(this.#reader, gateways, expect, findings));
    const ledgers = await this.#attempt("ledgers", [], () =>
      this.#compareLedgers({ sessions, register: isRead && session === null ? this.#inquiry.domain : null }, marks),
    );
    await this.#attempt("final block", undefined, () => this.#checkStillThere());
    const total = sessions.reduce((sum, { entries }) => sum + entries, 0);
    const withPayload = sessions.reduce((sum, checked) => sum + checked.withPayload, 0);
    // Every entry is proven or a finding. Should one ever be neither, it is not for the auditor to call the log sound.
    const complete = this.#unread.length === 0 && withPayload === total;
    return {
      verdict: findings.count > 0 ? "findings" : complete ? "sound" : "could-not-tell",
      session,
      trusted: trustedOf(this.#anchor, gateways),
      entries: { total, withPayload },
      anchors: session === null ? anchors.length : null,
      sessions,
      ledgers,
      findings: findings.sorted(),
      findingCount: findings.count,
      unread: this.#unread,
      refused,
    };
  }

  /** What cannot be read is remembered, and the audit goes on with what can. */
  async #attempt<T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isGatelogError(error) || error.code === "UNKNOWN_SESSION") throw error;
      this.#unread.push({ what, code: error.code, message: error.message });
      return otherwise;
    }
  }

  #progress(stage: Progress["stage"], done: number, total: number): void {
    this.#options.onProgress?.({ stage, done, total });
  }

  async #takeAll(intake: Intake): Promise<void> {
    const { fromBlock = 0 } = this.#options;
    const toBlock = this.#anchor.block.number;
    this.#progress("reading events", 0, toBlock - fromBlock + 1);
    for await (const { logs, upTo } of this.#reader.logs({ fromBlock, toBlock })) {
      intake.take(logs);
      this.#progress("reading events", upTo - fromBlock + 1, toBlock - fromBlock + 1);
    }
  }

  /** The events of one session and of the gateways that they name. */
  async #takeSession(sessionId: SessionId, intake: Intake): Promise<void> {
    const { fromBlock = 0 } = this.#options;
    const toBlock = this.#anchor.block.number;
    const { openBlock } = await this.#reader.sessionOf(sessionId, toBlock);
    const own = await readLogs(this.#reader, {
      fromBlock: Math.max(fromBlock, openBlock),
      toBlock,
      firstTopics: [sessionIdToWord(sessionId)],
    });
    if (own.length === 0 && openBlock === 0)
      throw new GatelogError("UNKNOWN_SESSION", `the registry has no session ${sessionId}`, { sessionId });
    const named = gatewaysNamedIn(own);
    const ofGateways =
      named.length === 0 ? [] : await readLogs(this.#reader, { fromBlock, toBlock, firstTopics: named });
    intake.take(mergeByPlace(ofGateways, own));
  }

  async #checkGateways(namedInSessions: ReadonlySet<GatewayId>): Promise<void> {
    const { gateways } = this.#inquiry;
    const named = new Set([...gateways.all.map(({ gatewayId }) => gatewayId), ...namedInSessions]);
    await mapLimited([...named], HEADS_AT_ONCE, (gatewayId) =>
      this.#attempt(`gateway ${gatewayId}`, undefined, async () =>
        gateways.checkHead(gatewayId, await this.#reader.gatewayOf(gatewayId, this.#anchor.block.number)),
      ),
    );
  }

  /** Of all gateways: the registry may hold anchors of which no event is there. */
  async #checkAnchors(anchors: readonly Anchored[]): Promise<void> {
    const { gateways } = this.#inquiry;
    const { number } = this.#anchor.block;
    const byGateway = Map.groupBy(anchors, ({ gatewayId }) => gatewayId);
    const all = new Set([...gateways.all.map(({ gatewayId }) => gatewayId), ...byGateway.keys()]);
    for (const gatewayId of all) {
      const own = byGateway.get(gatewayId) ?? [];
      const what = `anchors of gateway ${gatewayId}`;
      const word = await this.#attempt(what, undefined, () => this.#reader.anchorsOf(gatewayId, number));
      const roots = new Map<number, Hash>();
      await mapLimited(own, HEADS_AT_ONCE, ({ index }) =>
        this.#attempt(what, undefined, async () => {
          roots.set(index, await this.#reader.anchorOf(gatewayId, index, number));
        }),
      );
      checkAnchors(this.#inquiry, gatewayId, own, { word, roots });
    }
  }

  async #checkSessions(
    grounds: Grounds,
    intake: Intake,
    spool: Spool,
  ): Promise<Pick<Verification, "sessions" | "refused">> {
    const { threads = availableParallelism(), recover } = this.#options;
    let sessions: readonly CheckedSession[] = [];
    let [events, refused] = [0, 0];
    const take = (checked: CheckedBucket) => {
      this.#inquiry.findings.take(checked.found);
      sessions = limitTimelines([...sessions, ...checked.sessions], this.#inquiry.findings.found.list);
      events += checked.events;
      refused += checked.refused;
      this.#progress("checking sessions", events, intake.count);
    };
    const buckets = spool.seal();
    if (recover === undefined && threads > 1 && intake.count > SMALL_LOG)
      await checkInThreads(threads, grounds, this.#registry, buckets, take);
    else {
      const check = new BucketCheck(grounds, this.#registry, recover);
      for (const bucket of buckets) take(await check.check(bucket));
    }
    return { sessions: sessions.toSorted(byOpening), refused };
  }

  readonly #registry: Registry = {
    headsOf: (sessionId, sessionHash, gatewayIds) => {
      const nothing: SessionHeads = { session: undefined, decision: undefined, logs: new Map() };
      return this.#attempt(`heads of session ${sessionId}`, nothing, () =>
        this.#readHeads(sessionId, sessionHash, gatewayIds),
      );
    },
    // Infinity where the block cannot be read: no deadline is broken by that, and the verdict is not sound.
    timestampOf: (block) =>
      this.#attempt(`block ${block}`, Infinity, async () => (await this.#reader.blockOf(block)).timestamp),
  };

  async #readHeads(
    sessionId: SessionId,
    sessionHash: Hash | null,
    gatewayIds: readonly GatewayId[],
  ): Promise<SessionHeads> {
    const { number } = this.#anchor.block;
    const ofLogs = sessionHash === null ? [] : gatewayIds;
    const [session, decision, ...logs] = await Promise.all([
      this.#reader.sessionOf(sessionId, number),
      this.#reader.decisionOf(sessionId, number),
      ...ofLogs.map(async (gatewayId) => {
        const word = await this.#reader.logOf(sessionHash ?? ZERO_HASH, gatewayId, number);
        return [gatewayId, word] as const;
      }),
    ]);
    return { session, decision, logs: new Map(logs) };
  }

  async #compareLedgers(transfers: LoggedTransfers, marks: ReadonlyMap<LedgerReader, number>): Promise<LedgerReport[]> {
    if (marks.size === 0) return [];
    this.#progress("comparing ledgers", 0, marks.size);
    const { reports, unread } = await checkLedgers(this.#inquiry.findings, transfers, marks);
    this.#unread.push(...unread);
    return reports;
  }

  /** A block that was final and is another now: what was read is of two histories. */
  async #checkStillThere(): Promise<void> {
    const { number, hash } = this.#anchor.block;
    const now = await this.#reader.blockOf(number);
    if (now.hash === hash) return;
    throw new GatelogError(
      "CHAIN_IDENTITY_CHANGED",
      `block ${number} was replaced while it was read: it was not final`,
      { expected: hash, actual: now.hash },
    );
  }
}

const NOTHING = { sessions: [], refused: 0 };

function byOpening(a: CheckedSession, b: CheckedSession): number {
  return a.order === b.order ? 0 : a.order - b.order;
}

/** Two answers, each in the order in which it was given, as one; their own disorder, if any, stays. */
function mergeByPlace(first: readonly RawLog[], second: readonly RawLog[]): RawLog[] {
  const merged: RawLog[] = [];
  let at = 0;
  for (const log of second) {
    for (let other = first[at]; other !== undefined && isBefore(other, log); other = first[at]) {
      merged.push(other);
      at += 1;
    }
    merged.push(log);
  }
  return [...merged, ...first.slice(at)];
}

function isBefore(a: RawLog, b: RawLog): boolean {
  return a.blockNumber < b.blockNumber || (a.blockNumber === b.blockNumber && a.logIndex < b.logIndex);
}
