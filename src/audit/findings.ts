import type { GatewayId, SessionId } from "../entry/hex.ts";

/**
 * What an audit can find. Codes are stable and never reused; whoever matches, matches on the code. Severity: `critical`
 * (evidence is forged, altered or withheld, or an asset is at risk) or `error` (the evidence stands, but a rule was broken or
 * something does not fit). Every finding takes the verdict; none is a mere remark.
 */
export const FINDINGS = {
  PAYLOAD_ALTERED: row("critical", "payload altered", "The payload is not the one that the gateway signed."),
  ENTRY_ALTERED: row("critical", "entry altered", "A field of the entry is not what was signed or recorded."),
  SIGNATURE_FORGED: row(
    "critical",
    "forged or foreign signature",
    "The fields are right, but the signature is not the writer's.",
  ),
  KEY_NOT_VALID: row(
    "critical",
    "key not valid in that epoch",
    "The signing key was not the gateway's current key in that block.",
  ),
  ENTRY_MISSING: row("critical", "missing", "An entry that others follow is not there."),
  ENTRY_DOUBLED: row("critical", "doubled", "The same entry stands twice."),
  ENTRY_REORDERED: row("critical", "reordered", "Entries do not stand in the order of their indices."),
  ENTRY_INSERTED: row("critical", "inserted", "An entry stands where the registry accepted none."),
  TAIL_CUT: row("critical", "cut tail", "The registry holds more entries than there are events."),
  TWO_AT_ONE_INDEX: row(
    "critical",
    "two entries at one index",
    "Two different entries claim the same place of one log.",
  ),
  CAUSE_BROKEN: row(
    "error",
    "order between the logs",
    "The entry answers none that stands earlier in the peer's log, or its number does not grow.",
  ),
  ILLEGAL_ORDER: row("error", "illegal order", "The entry is none that the protocol permits at this place."),
  OPENING_ALTERED: row(
    "critical",
    "session opening altered",
    "The session facts are not those that the origin signed, or not well formed.",
  ),
  OPENING_MISSING: row("critical", "session opening missing", "Events name a session of which no opening is there."),
  DECISION_MISSING: row(
    "critical",
    "decision missing",
    "The register holds a decision, or entries rest on one, of which no event is there.",
  ),
  DECISION_DOUBLED: row("critical", "decision doubled", "The decision was written more than once."),
  DECISION_ALTERED: row(
    "critical",
    "decision altered",
    "The decision is not what the origin signed or the register holds.",
  ),
  DECISION_WITHOUT_GROUND: row(
    "critical",
    "decision without its ground",
    "COMMIT without YES and burn, or ABORT without signature, NO or deadline.",
  ),
  CLOSING_ALTERED: row(
    "critical",
    "closing altered",
    "The closing is not what the gateway signed or the registry holds.",
  ),
  CLOSING_MISSING: row(
    "critical",
    "closing missing",
    "The registry holds the log or session as closed, and no event says so.",
  ),
  REGISTRY_ALTERED: row(
    "critical",
    "registry event altered",
    "A gateway's registration or change is not what its owner signed.",
  ),
  REGISTRY_INCOMPLETE: row("critical", "registry event missing", "A registration or change of a gateway is not there."),
  PRIMARY_ALTERED: row(
    "critical",
    "change of the primary altered",
    "A takeover or handover is not what the new primary, or both, signed, or does not follow from what stands before it.",
  ),
  TAKEOVER_WITHOUT_RIGHT: row(
    "critical",
    "takeover without the right to it",
    "The owner had not listed the new primary at that time, or the interval between takeovers had not passed.",
  ),
  ANCHOR_ALTERED: row("critical", "anchor altered", "The anchor is not what the gateway signed or the registry holds."),
  ANCHOR_MISSING: row(
    "critical",
    "anchor missing",
    "The registry holds more anchors of the gateway than there are events.",
  ),
  SPLIT_VIEW: row(
    "critical",
    "split view",
    "Two who were asked for the same thing have given different answers, and each of them stands for one history.",
  ),
  UNANCHORED: row(
    "critical",
    "unanchored",
    "The entry is in no anchor, though a younger one of its log is, or its anchor is not in the registry.",
  ),
  ROOT_MISMATCH: row("critical", "root mismatch", "The entry is not the one that was anchored."),
  HEAD_MISMATCH: row("critical", "head mismatch", "What the registry holds is not what its events add up to."),
  EVENT_DOUBLED: row("critical", "doubled", "An event that can be there once is there twice."),
  EVENT_REORDERED: row("critical", "reordered", "The node gave events out of the order of their places in the chain."),
  UNREADABLE: row("critical", "unreadable", "The bytes are no event of this registry in its canonical form."),
  TRUST_MISMATCH: row("critical", "not what was expected", "What the verdict would rest on is not what was pinned."),
  TERMS_ALTERED: row(
    "critical",
    "terms altered",
    "The escrow terms in the log are missing or not those that the facts bind.",
  ),
  EFFECT_WITHOUT_ENTRY: row(
    "critical",
    "effect without entry",
    "A ledger shows an action of which the log has no entry or decision.",
  ),
  ENTRY_WITHOUT_EFFECT: row(
    "critical",
    "entry without effect",
    "The log says done, and the ledger shows no such action.",
  ),
  WRONG_EFFECT: row(
    "critical",
    "wrong amount or owner",
    "A ledger action moved another asset, or to another owner, than the terms say.",
  ),
  EFFECT_OUT_OF_ORDER: row(
    "critical",
    "effect out of order",
    "An escrow did what its own state excludes: its events are not those of the contract that it should be.",
  ),
  NOT_FINAL: row(
    "critical",
    "not final",
    "The log says done, and the action stands in a block that the ledger may take back.",
  ),
  SUPPLY_NOT_CONSERVED: row(
    "critical",
    "supply not conserved",
    "An escrow has less than it owes, has given away what no transfer asked for, or more arrived than was extinguished.",
  ),
  REORGANISED: row(
    "critical",
    "final block replaced",
    "A block that an earlier audit took for final is not in the chain any more: what was sound then may never have happened.",
  ),
  TWO_LIVE_COPIES: row("critical", "two live copies", "The asset is usable on both ledgers, or was at some block."),
} as const;

export type FindingCode = keyof typeof FINDINGS;

export interface Finding {
  readonly code: FindingCode;
  readonly sessionId: SessionId | null;
  readonly gatewayId: GatewayId | null;
  /** Index of the first bad entry, where the finding is about entries. */
  readonly index: number | null;
  /** Block of the event that it was found at, or null if an event is missing. */
  readonly block: number | null;
  /** What is wrong, in a few words. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** What a finding is about; `order` is the place of the event among all events read, so that the first comes first. */
export interface Subject {
  readonly sessionId?: SessionId | undefined;
  readonly gatewayId?: GatewayId | undefined;
  readonly index?: number | undefined;
  readonly block?: number | undefined;
  readonly order?: number | undefined;
}

/** Findings that are kept; a log that is wrong throughout says no more with the rest, which are counted. */
const MAX_FINDINGS = 1_000;

/** Findings of one part of an audit, as they go from thread to thread. */
export interface Found {
  /** `order` is the place of the event that it was found at. */
  readonly list: readonly { readonly finding: Finding; readonly order: number }[];
  /** Also of those that were not kept. */
  readonly count: number;
}

/** Collects findings. */
export class FindingList {
  #found: Found["list"][number][] = [];
  #count = 0;

  add(code: FindingCode, subject: Subject, what: string, expected: unknown, found: unknown): void {
    this.#count += 1;
    if (this.#found.length >= MAX_FINDINGS) return;
    const { sessionId = null, gatewayId = null, index = null, block = null, order = Infinity } = subject;
    const finding = {
      code,
      sessionId,
      gatewayId,
      index,
      block,
      what,
      expected: String(expected),
      found: String(found),
    };
    this.#found.push({ finding, order });
  }

  get found(): Found {
    return { list: this.#found, count: this.#count };
  }

  /** In the order of the events, and then by all that tells them apart: for whoever asks many things at once, of which any may be answered first. */
  get foundInOrder(): Found {
    const list = this.#found.toSorted((a, b) => ascending(a.order, b.order) || byPlace(a.finding, b.finding));
    return { list, count: this.#count };
  }

  /** Takes what another one has found; of too many the first in the chain are kept, whoever finds them. */
  take({ list, count }: Found): void {
    this.#count += count;
    this.#found.push(...list);
    if (this.#found.length > MAX_FINDINGS) this.#found = this.#inOrder().slice(0, MAX_FINDINGS);
  }

  /** Number of findings, also of those that were not kept. */
  get count(): number {
    return this.#count;
  }

  /**
   * In the order of the events that they were found at; behind them those without an event, by their sessions, and of one session as they were
   * found: whichever thread ends first, it is the same order.
   */
  sorted(): Finding[] {
    return this.#inOrder().map(({ finding }) => finding);
  }

  #inOrder(): Found["list"][number][] {
    return this.#found.toSorted((a, b) => ascending(a.order, b.order) || bySession(a.finding, b.finding));
  }
}

/** What is of no session comes last: it is found behind them. */
function bySession(a: Finding, b: Finding): number {
  if (a.sessionId === null || b.sessionId === null) return Number(a.sessionId === null) - Number(b.sessionId === null);
  return ascending(a.sessionId, b.sessionId);
}

/** What tells apart findings of one order, the weightiest first. */
const PLACE = ["sessionId", "gatewayId", "block", "index", "code", "what", "expected", "found"] as const;

function byPlace(a: Finding, b: Finding): number {
  for (const member of PLACE) {
    const order = ascending(a[member], b[member]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Null first: what is about more comes before what is about less. Texts by their code units, whatever the locale. */
export function ascending(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

function row<Severity extends "critical" | "error", Fault extends string>(
  severity: Severity,
  fault: Fault,
  meaning: string,
) {
  return { severity, fault, meaning };
}
