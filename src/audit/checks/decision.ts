import { COMMANDS, STEPS } from "../../entry/vocabulary.ts";
import { DECISIONS, GROUNDS, statementDigest, type Decision, type Ground } from "../../entry/statements.ts";
import type { Entry } from "../../entry/entry.ts";
import type { Decided } from "../reading/events.ts";
import { signerOf } from "./signers.ts";
import { subjectOf } from "../intake.ts";
import type { Inquiry } from "../inquiry.ts";
import type { LogFooting } from "./log-footing.ts";
import type { OpenSession, Role } from "./opening.ts";
import type { SessionWord } from "../reading/reader.ts";

/** What the registry has seen arrive (R9), and where; Infinity: nowhere. */
export interface Evidence {
  readonly votedYes: number;
  readonly votedNo: number;
  readonly burned: number;
}

/** The decision by the events; `order` is its place among all events. */
export interface CheckedDecision {
  readonly decision: Decision;
  readonly ground: Ground;
  readonly order: number;
  readonly intact: boolean;
}

const UNDECIDED: CheckedDecision = { decision: "NONE", ground: "NONE", order: Infinity, intact: true };

/** An entry, and its place among all events. */
interface PlacedEntry {
  readonly entry: Entry | null;
  readonly event: { readonly at: { readonly order: number } };
}

/** Replays the registry's evidence bits: the destination's first vote counts, and any done-burn of the origin. */
export function evidenceIn(
  logs: readonly {
    readonly role: Role;
    readonly entries: readonly PlacedEntry[];
    readonly since?: LogFooting | null;
  }[],
): Evidence {
  let yes = Infinity;
  let no = Infinity;
  let burned = Infinity;
  for (const { role, entries, since } of logs) {
    if (since?.burned === true) burned = 0;
    for (const { entry, event } of entries) {
      if (entry === null) continue;
      const { order } = event.at;
      if (isBurn(role, entry)) burned = Math.min(burned, order);
      else if (isVote(role, entry) && entry.vote === "yes") yes = Math.min(yes, order);
      else if (isVote(role, entry)) no = Math.min(no, order);
    }
  }
  return { votedYes: yes < no ? yes : Infinity, votedNo: no < yes ? no : Infinity, burned };
}

export function isBurn(role: Role, { step, command, operation, vote }: Entry): boolean {
  return (
    role === "origin" && step === STEPS.burn && command === COMMANDS.burn && operation === "done" && vote === "none"
  );
}

export function isVote(role: Role, { step, command, operation, vote }: Entry): boolean {
  const isAnswer = step === STEPS["prepare-ack"] && command === COMMANDS.prepare && operation === "ack";
  return role === "destination" && isAnswer && vote !== "none";
}

/**
 * Checks the decision of a session: written once, signed or grounded as its kind needs, and what the register holds.
 * Without evidence (the logs are not intact) its ground is not judged: what it rests on may be what is missing.
 */
export async function checkDecision(
  inquiry: Inquiry,
  session: OpenSession,
  events: readonly Decided[],
  evidence: Evidence | undefined,
  word: SessionWord | undefined,
  timestampOf: (block: number) => Promise<number>,
): Promise<CheckedDecision> {
  const { findings } = inquiry;
  const { sessionId } = session;
  const before = findings.count;
  const [event, ...others] = events;
  for (const other of others) findings.add("DECISION_DOUBLED", subjectOf(other), "decision", "one", "another");
  if (event === undefined) {
    if (word === undefined || (word.decision === "NONE" && word.decidedBlock === 0)) return UNDECIDED;
    if (word.decision === "NONE") {
      findings.add("HEAD_MISMATCH", { sessionId }, "block of the decision", word.decidedBlock, "none");
      return { ...UNDECIDED, intact: false };
    }
    findings.add("DECISION_MISSING", { sessionId }, "decision", word.decision, "none");
    return { ...UNDECIDED, intact: false };
  }

  const subject = subjectOf(event);
  const decision = nameOf(DECISIONS, event.decision);
  const ground = nameOf(GROUNDS, event.ground);
  if (decision === undefined || decision === "NONE")
    findings.add("DECISION_ALTERED", subject, "decision", "COMMIT or ABORT", event.decision);
  else if (word !== undefined && word.decision !== decision)
    findings.add("DECISION_ALTERED", subject, "decision", word.decision, decision);
  if (word !== undefined && word.decidedBlock !== event.at.block)
    findings.add("DECISION_ALTERED", subject, "block of the decision", word.decidedBlock, event.at.block);
  if (session.destinationGatewayId === null)
    findings.add("DECISION_WITHOUT_GROUND", subject, "decision", "none: the session has no register", event.decision);

  if (ground === "ORIGIN") checkSigned(inquiry, session, event);
  else if (event.signature !== null || event.epoch !== 0)
    findings.add(
      "DECISION_ALTERED",
      subject,
      `signature on the ground ${ground ?? event.ground}`,
      "none",
      `epoch ${event.epoch}`,
    );
  const timestamp = ground === "DEADLINE" ? await timestampOf(event.at.block) : 0;
  const lacking = evidence && lackingGround(decision, ground, event.at.order, evidence, session.deadline, timestamp);
  if (lacking !== undefined)
    findings.add(
      "DECISION_WITHOUT_GROUND",
      subject,
      `ground of ${decision ?? "the decision"}`,
      lacking,
      ground ?? event.ground,
    );
  return {
    decision: decision ?? "NONE",
    ground: ground ?? "NONE",
    order: event.at.order,
    intact: findings.count === before,
  };
}

function checkSigned({ gateways, domain, recover, findings }: Inquiry, session: OpenSession, event: Decided): void {
  const { originGatewayId, sessionHash } = session;
  const { decision, epoch, signature, at } = event;
  const subject = { ...subjectOf(event), gatewayId: originGatewayId };
  const current = gateways.keyAt(originGatewayId, at.order);
  // An unproven key or opening (which needs a registered origin) is found wanting already; with it nothing can be told.
  if (current?.proven !== true || !session.proven) return;
  const digest = statementDigest(domain, "Decide", { sessionHash, decision, epoch });
  const signer = signature === null ? undefined : signerOf(recover, digest, signature);
  if (signer !== current.key)
    findings.add(
      "DECISION_ALTERED",
      subject,
      `the origin's signature, epoch ${epoch}`,
      current.key,
      signer ?? "no signature",
    );
  else if (epoch !== current.epoch)
    findings.add("KEY_NOT_VALID", subject, "epoch of the decision", current.epoch, epoch);
}

/** What the ground would need and lacks, or undefined. The registry takes the first that holds: NO before the deadline. */
function lackingGround(
  decision: Decision | undefined,
  ground: Ground | undefined,
  order: number,
  evidence: Evidence,
  deadline: number,
  timestamp: number,
): string | undefined {
  if (decision === "COMMIT") {
    if (ground !== "ORIGIN") return "the origin's signature";
    if (evidence.votedYes >= order) return "YES before it";
    return evidence.burned >= order ? "done-burn before it" : undefined;
  }
  if (ground === "ORIGIN") return undefined;
  const votedNo = evidence.votedNo < order;
  if (ground === "VOTE_NO") return votedNo ? undefined : "NO before it";
  if (ground !== "DEADLINE") return "a ground";
  if (votedNo) return "VOTE_NO";
  return timestamp >= deadline ? undefined : `a block of ${deadline} or later, not of ${timestamp}`;
}

function nameOf<Name extends string>(codes: Readonly<Record<Name, number>>, code: number): Name | undefined {
  // Object.keys forgets that the names are the table's.
  return (Object.keys(codes) as Name[]).find((name) => codes[name] === code);
}
