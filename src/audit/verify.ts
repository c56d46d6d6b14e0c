import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { sessionIdToWord, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { recoverSigner } from "../entry/signature.ts";
import { checkAnchors } from "./anchors.ts";
import { FindingList } from "./findings.ts";
import { Gateways, type Recover } from "./gateways.ts";
import type { Inquiry } from "./inquiry.ts";
import { gatewaysOf, takeIn, type Intake, type SessionEvents } from "./intake.ts";
import { checkLedgers, markLedgers } from "./ledger-check.ts";
import type { LedgerReader } from "./ledger-reader.ts";
import { mapLimited } from "./map-limited.ts";
import { checkOpening, type OpenSession } from "./opening.ts";
import type { Anchor, AuditReader, RawLog } from "./reader.ts";
import { checkSession, readHeads, type CheckedSession, type SessionHeads } from "./session-check.ts";
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
  readonly recover?: Recover;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly stage: "reading events" | "reading heads" | "checking sessions" | "comparing ledgers";
  readonly done: number;
  readonly total: number;
}

/** Heads that are asked for at once. */
const HEADS_AT_ONCE = 8;

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
    const { recover = recoverSigner } = options;
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
    const { findings, gateways } = this.#inquiry;
    const logs = await this.#attempt("events", [], () => (session === null ? this.#allLogs() : this.#logsOf(session)));
    const intake = takeIn(logs, this.#anchor, findings);
    for (const event of intake.gatewayEvents) gateways.replay(event);
    await this.#checkGateways(intake);
    if (session === null) await this.#checkAnchors(intake);
    const sessions = await this.#checkSessions(intake);
    await this.#attempt("pinned block", undefined, () => checkPins(this.#reader, gateways, expect, findings));
    const ledgers = await this.#attempt("ledgers", [], () => this.#compareLedgers(sessions, marks));
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
      anchors: session === null ? intake.anchors.length : null,
      sessions,
      ledgers,
      findings: findings.sorted(),
      findingCount: findings.count,
      unread: this.#unread,
      refused: intake.refused,
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

  #allLogs(): Promise<RawLog[]> {
    const { fromBlock = 0 } = this.#options;
    this.#progress("reading events", fromBlock, this.#anchor.block.number);
    return this.#reader.logs({ fromBlock, toBlock: this.#anchor.block.number });
  }

  /** The events of one session and of the gateways that they name. */
  async #logsOf(sessionId: SessionId): Promise<RawLog[]> {
    const { fromBlock = 0 } = this.#options;
    const toBlock = this.#anchor.block.number;
    this.#progress("reading events", fromBlock, toBlock);
    const { openBlock } = await this.#reader.sessionOf(sessionId, toBlock);
    const own = await this.#reader.logs({
      fromBlock: Math.max(fromBlock, openBlock),
      toBlock,
      firstTopics: [sessionIdToWord(sessionId)],
    });
    if (own.length === 0 && openBlock === 0)
      throw new GatelogError("UNKNOWN_SESSION", `the registry has no session ${sessionId}`, { sessionId });
    const named = new Set<Hash>();
    // Read once for the names alone: what is wrong with these events is found when all of them are taken in.
    for (const session of takeIn(own, this.#anchor, new FindingList()).sessions.values())
      for (const id of gatewaysOf(session)) named.add(id);
    const ofGateways = named.size === 0 ? [] : await this.#reader.logs({ fromBlock, toBlock, firstTopics: [...named] });
    return mergeByPlace(ofGateways, own);
  }

  async #checkGateways(intake: Intake): Promise<void> {
    const { gateways } = this.#inquiry;
    const named = new Set<GatewayId>(gateways.all.map(({ gatewayId }) => gatewayId));
    for (const session of intake.sessions.values()) for (const id of gatewaysOf(session)) named.add(id);
    await mapLimited([...named], HEADS_AT_ONCE, (gatewayId) =>
      this.#attempt(`gateway ${gatewayId}`, undefined, async () =>
        gateways.checkHead(gatewayId, await this.#reader.gatewayOf(gatewayId, this.#anchor.block.number)),
      ),
    );
  }

  /** Of all gateways: the registry may hold anchors of which no event is there. */
  async #checkAnchors({ anchors }: Intake): Promise<void> {
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

  async #checkSessions(intake: Intake): Promise<CheckedSession[]> {
    const all = [...intake.sessions.values()];
    let read = 0;
    const opened = await mapLimited(all, HEADS_AT_ONCE, async (events) => {
      const opening = checkOpening(this.#inquiry, events);
      const heads = await this.#readHeads(events, opening);
      this.#progress("reading heads", (read += 1), all.length);
      return { events, opening, heads };
    });
    const checked: CheckedSession[] = [];
    for (const { events, opening, heads } of opened) {
      checked.push(await checkSession(this.#inquiry, events, opening, heads, (block) => this.#timestampOf(block)));
      this.#progress("checking sessions", checked.length, all.length);
    }
    return checked;
  }

  #readHeads({ sessionId }: SessionEvents, opening: OpenSession | undefined): Promise<SessionHeads> {
    const nothing: SessionHeads = { session: undefined, decision: undefined, logs: new Map() };
    const { number } = this.#anchor.block;
    return this.#attempt(`heads of session ${sessionId}`, nothing, () =>
      readHeads(this.#reader, opening, sessionId, number),
    );
  }

  /** Infinity where the block cannot be read: no deadline is broken by that, and the verdict is not sound. */
  #timestampOf(block: number): Promise<number> {
    return this.#attempt(`block ${block}`, Infinity, async () => (await this.#reader.blockOf(block)).timestamp);
  }

  async #compareLedgers(
    sessions: readonly CheckedSession[],
    marks: ReadonlyMap<LedgerReader, number>,
  ): Promise<LedgerReport[]> {
    if (marks.size === 0) return [];
    this.#progress("comparing ledgers", 0, marks.size);
    const { reports, unread } = await checkLedgers(this.#inquiry.findings, sessions, marks);
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
