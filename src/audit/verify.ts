import { availableParallelism } from "node:os";
import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import { recoverAfresh } from "../entry/signature.ts";
import { CheckedSessions } from "./checked-sessions.ts";
import { checkAnchors } from "./checks/anchors.ts";
import type { Left } from "./checkpoint/checkpoint-lines.ts";
import type { Earlier } from "./checkpoint/earlier.ts";
import type { LateSessions } from "./checkpoint/late-events.ts";
import { Resumption } from "./checkpoint/resumption.ts";
import { BucketCheck, type CheckedBucket, type Grounds, type Registry } from "./bucket-check.ts";
import type { Anchored } from "./reading/events.ts";
import { FindingList } from "./findings.ts";
import { Gateways } from "./checks/gateways.ts";
import { registryOf, requireStillThere } from "./heads.ts";
import type { Inquiry } from "./inquiry.ts";
import { Intake } from "./intake.ts";
import { checkLedgers, markLedgers, type LoggedTransfers } from "./ledgers/ledger-check.ts";
import type { LedgerReader } from "./reading/ledger-reader.ts";
import { mapLimited } from "./map-limited.ts";
import type { Anchor, AuditReader } from "./reading/reader.ts";
import { SessionThreads } from "./session-threads.ts";
import type { Recover } from "./checks/signers.ts";
import { Spool, type Bucket } from "./spool.ts";
import { takeAll, takeSession } from "./taking.ts";
import { checkIdentity, checkPins, trustedOf, type Expectation } from "./trust.ts";
import { UnreadList } from "./unread-list.ts";
import type { LedgerReport, Verification } from "./verification.ts";

export interface VerifyOptions {
  /** Restricts the verdict to one session and the keys that it rests on. UNKNOWN_SESSION if the registry has none such. */
  readonly session?: SessionId;
  /** Block of the registry's deployment or an earlier one; events before it are not asked for. 0 unless given. */
  readonly fromBlock?: number;
  /**
   * What an earlier run has left, to go on from: of the whole registry, and in place of `fromBlock`. Closed sessions that it has found sound
   * are believed, and not read again.
   */
  readonly earlier?: Earlier;
  /** Takes what this run leaves to the next, if it has come to its end: nothing is unread, and the earlier run's block still there. */
  readonly onEnd?: (left: Left) => Promise<void>;
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
  if (options.earlier !== undefined && (session !== null || ledgers.length > 0))
    throw new GatelogError(
      "MALFORMED",
      "one session, and ledgers, are compared with all of a registry: not on from a checkpoint",
    );
  const marks = await markLedgers(ledgers);
  const anchor = await reader.anchor();
  checkIdentity(anchor, expect);
  requireFrom(anchor, options.fromBlock ?? 0);
  if (options.earlier !== undefined) checkIdentity(anchor, options.earlier.place);
  return new Audit(reader, anchor, options).run(session, expect, marks);
}

/** Of no block at all nothing is sound. */
function requireFrom({ block }: Anchor, fromBlock: number): void {
  if (fromBlock > block.number)
    throw new GatelogError("MALFORMED", `block ${fromBlock} is behind the final block, which is ${block.number}`, {
      ...{ fromBlock, block: block.number },
    });
}

class Audit {
  readonly #reader: AuditReader;
  readonly #anchor: Anchor;
  readonly #options: VerifyOptions;
  readonly #inquiry: Inquiry;
  readonly #resumption: Resumption;
  /** None: all is checked in this thread. */
  readonly #threads: SessionThreads | undefined;
  readonly #unread = new UnreadList();
  readonly #registry: Registry;

  constructor(reader: AuditReader, anchor: Anchor, options: VerifyOptions) {
    const { recover = recoverAfresh, threads = availableParallelism() } = options;
    const domain = { chainId: anchor.chainId, registry: anchor.registry };
    const findings = new FindingList();
    this.#reader = reader;
    this.#anchor = anchor;
    this.#options = options;
    this.#resumption = new Resumption(options.earlier);
    this.#registry = registryOf(reader, anchor.block.number, this.#unread);
    const isAlone = options.recover !== undefined || threads < 2;
    this.#threads = isAlone ? undefined : new SessionThreads(threads - 1, this.#registry);
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
      // Before the files that they read are gone.
      await this.#threads?.end();
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
    const resumption = this.#resumption;
    const intake = new Intake(spool, resumption.behind);
    const isBase = await this.#unread.attempt("block of the checkpoint", false, () =>
      resumption.stands(this.#reader, this.#anchor, findings),
    );
    const isRead = await this.#unread.attempt("events", false, async () => {
      if (isBase) await this.#take(intake, session);
      return isBase;
    });
    // Of events that are not all there nothing follows.
    const { gatewayEvents, anchors } = isRead
      ? intake.others(this.#anchor, findings)
      : { gatewayEvents: [], anchors: [] };
    for (const event of gatewayEvents) gateways.replay(event);
    if (isRead) await this.#checkGateways(intake.named);
    if (session === null && isRead) await this.#checkAnchors(anchors);
    const areAnchorsKept = findings.count > 0;
    const grounds = {
      anchor: this.#anchor,
      since: resumption.footings,
      late: await this.#unread.attempt("sessions of the checkpoint", NONE_LATE, () => resumption.late(intake)),
      gatewayEvents,
      withTransfers: marks.size > 0,
      withStories: this.#options.stories ?? false,
    };
    const buckets = spool.seal();
    const checked = new CheckedSessions(findings);
    if (isRead) await this.#checkSessions(grounds, intake, buckets, checked);
    const { sessions } = checked;
    // The registry has it, as taking it has shown; who gives no event of it withholds them.
    if (session !== null && isRead && sessions.length === 0)
      findings.add("OPENING_MISSING", { sessionId: session }, "opening", "SessionOpened", "none");
    // Without events there are no keys that could be compared.
    const { gateways: _keys, ...others } = expect;
    const pinned = isRead ? expect : others;
    await this.#unread.attempt("pinned block", undefined, () => checkPins(this.#reader, gateways, pinned, findings));
    const ledgers = await this.#unread.attempt("ledgers", [], () =>
      this.#compareLedgers({ sessions, register: isRead && session === null ? this.#inquiry.domain : null }, marks),
    );
    await this.#unread.attempt("final block", undefined, () => requireStillThere(this.#reader, this.#anchor.block));
    const anchorCount = session === null ? anchors.length : null;
    const verification = this.#verification({
      session,
      anchors: anchorCount,
      sessions,
      ledgers,
      refused: checked.refused,
    });
    if (!isBase) return verification;
    const total = resumption.total(verification);
    const run = { anchor: this.#anchor, verification: total, anchors, areAnchorsKept, checked, intake, buckets };
    const isTold = this.#unread.isEmpty && total.verdict !== "could-not-tell";
    if (session === null && isTold) await this.#options.onEnd?.(resumption.left(run));
    return total;
  }

  #verification(of: Pick<Verification, "session" | "anchors" | "sessions" | "ledgers" | "refused">): Verification {
    const { findings, gateways } = this.#inquiry;
    const { session, anchors, sessions, ledgers, refused } = of;
    const total = sessions.reduce((sum, { entries }) => sum + entries, 0);
    const withPayload = sessions.reduce((sum, checked) => sum + checked.withPayload, 0);
    // Every entry is proven or a finding. Should one ever be neither, it is not for the auditor to call the log sound.
    const complete = this.#unread.isEmpty && withPayload === total;
    return {
      verdict: findings.count > 0 ? "findings" : complete ? "sound" : "could-not-tell",
      session,
      trusted: trustedOf(this.#anchor, gateways),
      entries: { total, withPayload },
      ...{ anchors, sessions, ledgers },
      findings: findings.sorted(),
      findingCount: findings.count,
      unread: this.#unread.all,
      refused,
    };
  }

  #progress(stage: Progress["stage"], done: number, total: number): void {
    this.#options.onProgress?.({ stage, done, total });
  }

  async #take(intake: Intake, session: SessionId | null): Promise<void> {
    const { behind } = this.#resumption;
    const fromBlock = behind === undefined ? (this.#options.fromBlock ?? 0) : behind + 1;
    const blocks = { fromBlock, toBlock: this.#anchor.block.number };
    if (session !== null) return takeSession(this.#reader, intake, blocks, session);
    await this.#resumption.restore(intake);
    return takeAll(this.#reader, intake, blocks, (...done) => {
      if (intake.count > SMALL_LOG) this.#threads?.start();
      this.#progress("reading events", ...done);
    });
  }

  async #checkGateways(namedInSessions: ReadonlySet<GatewayId>): Promise<void> {
    const { gateways } = this.#inquiry;
    const named = new Set([...gateways.all.map(({ gatewayId }) => gatewayId), ...namedInSessions]);
    await mapLimited([...named], HEADS_AT_ONCE, (gatewayId) =>
      this.#unread.attempt(`gateway ${gatewayId}`, undefined, async () =>
        gateways.checkHead(gatewayId, await this.#reader.gatewayOf(gatewayId, this.#anchor.block.number)),
      ),
    );
  }

  /** Of all gateways: the registry may hold anchors of which no event is there. */
  async #checkAnchors(anchors: readonly Anchored[]): Promise<void> {
    const { gateways } = this.#inquiry;
    const { number } = this.#anchor.block;
    const byGateway = Map.groupBy(anchors, ({ gatewayId }) => gatewayId);
    const { anchors: checkedBefore } = this.#resumption;
    const all = new Set([
      ...gateways.all.map(({ gatewayId }) => gatewayId),
      ...byGateway.keys(),
      ...checkedBefore.keys(),
    ]);
    for (const gatewayId of all) {
      const own = byGateway.get(gatewayId) ?? [];
      const what = `anchors of gateway ${gatewayId}`;
      const word = await this.#unread.attempt(what, undefined, () => this.#reader.anchorsOf(gatewayId, number));
      const roots = new Map<number, Hash>();
      await mapLimited(own, HEADS_AT_ONCE, ({ index }) =>
        this.#unread.attempt(what, undefined, async () => {
          roots.set(index, await this.#reader.anchorOf(gatewayId, index, number));
        }),
      );
      checkAnchors(this.#inquiry, gatewayId, own, { word, roots, checked: checkedBefore.get(gatewayId) });
    }
  }

  async #checkSessions(
    grounds: Grounds,
    intake: Intake,
    buckets: readonly Bucket[],
    into: CheckedSessions,
  ): Promise<void> {
    const take = (checked: CheckedBucket) => {
      into.take(checked);
      this.#progress("checking sessions", into.events, intake.count);
    };
    if (this.#threads !== undefined && intake.count > SMALL_LOG) {
      await this.#threads.check(grounds, buckets, take);
      await this.#threads.end();
    } else {
      const check = new BucketCheck(grounds, this.#registry, this.#options.recover);
      for (const bucket of buckets) take(await check.check(bucket));
    }
  }

  async #compareLedgers(transfers: LoggedTransfers, marks: ReadonlyMap<LedgerReader, number>): Promise<LedgerReport[]> {
    if (marks.size === 0) return [];
    this.#progress("comparing ledgers", 0, marks.size);
    const { reports, unread } = await checkLedgers(this.#inquiry.findings, transfers, marks);
    for (const each of unread) this.#unread.add(each);
    return reports;
  }
}

const NONE_LATE: LateSessions = new Map();
