import { GatelogError } from "../../entry/errors.ts";
import { sessionIdToBytes16, type GatewayId, type SessionId } from "../../entry/hex.ts";
import type { CheckedSessions } from "../checked-sessions.ts";
import { NO_ANCHORS } from "../checks/anchors.ts";
import type { FindingList } from "../findings.ts";
import type { Intake } from "../intake.ts";
import { sessionWordOf } from "../intake.ts";
import { kindOf } from "../reading/event-decoder.ts";
import type { Anchored } from "../reading/events.ts";
import type { Anchor, AnchorsWord, AuditReader } from "../reading/reader.ts";
import { eventsIn, type Bucket } from "../spool.ts";
import type { Given } from "../stored-event.ts";
import type { TrustedSource } from "../trust.ts";
import type { Verification } from "../verification.ts";
import type { Left } from "./checkpoint-lines.ts";
import type { Earlier, Footings, SessionHeadLine } from "./earlier.ts";
import type { LateSessions } from "./late-events.ts";

/**
 * What differs in an audit that goes on from an earlier one. Without an earlier one it is a whole audit, from the first block on.
 *
 * What the earlier run has settled is believed: its auditor has checked it. All else is checked again with what is new, and what was
 * found then is found again, because the events that it was found in are kept.
 */
export class Resumption {
  readonly #earlier: Earlier | undefined;

  constructor(earlier: Earlier | undefined) {
    this.#earlier = earlier;
  }

  /** The last block that was read already. */
  get behind(): number | undefined {
    return this.#earlier?.place.block.number;
  }

  /** How far the anchors of gateways are checked. */
  get anchors(): ReadonlyMap<GatewayId, AnchorsWord> {
    return this.#earlier?.anchors ?? new Map();
  }

  /**
   * Whether the block up to which the earlier run has read is still there: if not, what it read and what is there now are of two
   * histories, and nothing follows from them together. NODE_UNREACHABLE if the node is not as far.
   */
  async stands(reader: AuditReader, anchor: Anchor, findings: FindingList): Promise<boolean> {
    if (this.#earlier === undefined) return true;
    const { number, hash } = this.#earlier.place.block;
    if (anchor.block.number < number)
      throw new GatelogError(
        "NODE_UNREACHABLE",
        `the node's final block is ${anchor.block.number}, and the checkpoint is of block ${number}: the node is behind, or has lost blocks`,
        { expected: number, actual: anchor.block.number },
      );
    const now = await reader.blockOf(number);
    if (now.hash === hash) return true;
    findings.add("REORGANISED", { block: number }, `hash of block ${number}`, hash, now.hash);
    return false;
  }

  /** Where the walks of long logs go on. */
  get footings(): Footings {
    return this.#earlier?.footings ?? new Map();
  }

  /** Takes what is looked at again. */
  async restore(intake: Intake): Promise<void> {
    if (this.#earlier === undefined) return;
    for await (const given of this.#earlier.events()) intake.takeAgain(given);
  }

  /** Sessions that were settled and of which events are there all the same. */
  async late({ sessionWords }: Intake): Promise<LateSessions> {
    const late = new Map<SessionId, SessionHeadLine>();
    if (this.#earlier === undefined || sessionWords.size === 0) return late;
    for await (const head of this.#earlier.settled())
      if (sessionWords.has(sessionIdToBytes16(head.sessionId))) late.set(head.sessionId, head);
    return late;
  }

  /** The verification of both runs together; `sessions` are those of this one. */
  total(verification: Verification): Verification {
    if (this.#earlier === undefined) return verification;
    const { place, counts, notes } = this.#earlier;
    const { entries, anchors, refused, trusted } = verification;
    const source: TrustedSource = { file: null, notes: [...notes] };
    // Those before a footing are counted with their session.
    const walked = [...this.footings.values()].reduce((sum, { index }) => sum + index, 0);
    const settled = counts.entries - walked;
    return {
      ...verification,
      entries: { total: entries.total + settled, withPayload: entries.withPayload + settled },
      anchors: anchors === null ? null : anchors + counts.anchors,
      refused: refused + counts.refused,
      trusted: { ...trusted, source },
      earlier: { block: place.block.number, ...counts },
    };
  }

  /** What this run leaves. INVARIANT_BROKEN if it could not tell: a checkpoint of it would say otherwise, signed. */
  left(run: Run): Left {
    const { anchor, verification, anchors, checked, intake, buckets } = run;
    const { unsettled, footed, refusedOfUnsettled } = checked;
    const isKept = ({ log }: Given) => run.areAnchorsKept || kindOf(log) !== "Anchored";
    const isNeeded = ({ log }: Given) => {
      const word = sessionWordOf(log);
      return unsettled.has(word) || (footed.has(word) && kindOf(log) === "SessionOpened");
    };
    const { chainId, genesisHash, registry, block } = anchor;
    const { verdict } = verification;
    if (verdict === "could-not-tell")
      throw new GatelogError("INVARIANT_BROKEN", "a run that could not tell leaves nothing to go on from");
    return {
      place: { chainId, genesisHash, registry, block: { number: block.number, hash: block.hash } },
      verdict,
      findingCount: verification.findingCount,
      refused: verification.refused - refusedOfUnsettled,
      anchors: run.areAnchorsKept ? this.anchors : anchorsAfter(this.anchors, anchors),
      sessions: verification.sessions,
      settled: () => this.#earlier?.settled() ?? nothing(),
      *events() {
        yield* intake.rawOthers.filter(isKept);
        for (const bucket of buckets) for (const given of eventsIn(bucket)) if (isNeeded(given)) yield given;
      },
    };
  }
}

/** A run that has come to its end. */
export interface Run {
  readonly anchor: Anchor;
  /** As `total` has made it. */
  readonly verification: Verification;
  readonly anchors: readonly Anchored[];
  /** Something was found in the registry's events of gateways and anchors: then anchors are looked at again. */
  readonly areAnchorsKept: boolean;
  readonly checked: CheckedSessions;
  readonly intake: Intake;
  readonly buckets: readonly Bucket[];
}

function anchorsAfter(
  before: ReadonlyMap<GatewayId, AnchorsWord>,
  anchors: readonly Anchored[],
): Map<GatewayId, AnchorsWord> {
  const after = new Map(before);
  for (const { gatewayId, at } of anchors) {
    const { count } = after.get(gatewayId) ?? NO_ANCHORS;
    after.set(gatewayId, { count: count + 1, lastBlock: at.block });
  }
  return after;
}

async function* nothing(): AsyncGenerator<never> {
  await Promise.resolve();
  yield* [];
}
