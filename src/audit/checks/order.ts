import { z } from "zod";
import { parseCanonical } from "../../entry/canonical.ts";
import { commandFrom, STEPS, type StepName, type Vote } from "../../entry/vocabulary.ts";
import { emptyCourse, isBeside, lackingBeside, noteBeside, type Course } from "./beside-order.ts";
import { subjectOf } from "../intake.ts";
import type { CheckedDecision } from "./decision.ts";
import type { Inquiry } from "../inquiry.ts";
import type { WalkedLog } from "./log-walk.ts";
import type { OpenSession, Role } from "./opening.ts";
import type { WeighedEntry } from "./proofs.ts";
import type { Entry } from "../../entry/entry.ts";

/** What must stand before an entry. Own entries and the peer's by mark; the decision by its name. */
interface Rule {
  readonly step: StepName;
  readonly own?: string;
  readonly peer?: string;
  /** Not needed of a peer that has crashed definitely, or whose log makes no sense: the ledger stands in for its word. */
  readonly unlessGone?: true;
  readonly decision?: "COMMIT" | "ABORT";
  readonly votes?: readonly Vote[];
}

/**
 * The vocabulary of a transfer and its order (docs/PROTOCOL.md, "Transitions" and "Legal order"), as the auditor reads it: for
 * each entry that a role may write, what must stand before it in its own log, in the peer's, and in the register. Written
 * from the protocol and not from the gateway's code, so that the two are checked against each other.
 */
const ORIGIN: Readonly<Record<string, Rule>> = {
  "init-setup": { step: "setup" },
  "init-proposal": { step: "proposal", own: "init-setup", peer: "ack-setup" },
  "done-proposal": { step: "proposal-ack", own: "init-proposal", peer: "ack-proposal" },
  "fail-proposal": { step: "proposal-ack", own: "init-proposal", peer: "ack-proposal" },
  "init-commence": { step: "commence", own: "done-proposal" },
  "done-commence": { step: "commence-ack", own: "init-commence", peer: "ack-commence" },
  "init-lock": { step: "lock", own: "done-commence" },
  "exec-lock": { step: "lock", own: "init-lock" },
  "done-lock": { step: "lock", own: "exec-lock" },
  "fail-lock": { step: "lock", own: "exec-lock" },
  "init-lock-assert": { step: "lock-assert", own: "done-lock" },
  "done-lock-assert": { step: "lock-assert-ack", own: "init-lock-assert", peer: "ack-lock-assert" },
  "fail-lock-assert": { step: "lock-assert-ack", own: "init-lock-assert", peer: "ack-lock-assert" },
  "init-prepare": { step: "prepare", own: "done-lock-assert" },
  "done-prepare": { step: "prepare-ack", own: "init-prepare", peer: "ack-prepare yes" },
  "fail-prepare": { step: "prepare-ack", own: "init-prepare", peer: "ack-prepare" },
  "init-burn": { step: "burn", own: "done-prepare" },
  "exec-burn": { step: "burn", own: "init-burn" },
  "done-burn": { step: "burn", own: "exec-burn" },
  "fail-burn": { step: "burn", own: "exec-burn" },
  "init-commit-final": { step: "commit-final", own: "done-burn", decision: "COMMIT" },
  "done-commit-final": {
    step: "commit-final-ack",
    own: "init-commit-final",
    peer: "ack-commit-final",
    unlessGone: true,
  },
  "exec-record": { step: "record", own: "done-commit-final" },
  "done-record": { step: "record", own: "exec-record" },
  "init-complete": { step: "complete", own: "done-commit-final" },
};

const DESTINATION: Readonly<Record<string, Rule>> = {
  "exec-setup": { step: "setup", peer: "init-setup" },
  "done-setup": { step: "setup", own: "exec-setup" },
  "ack-setup": { step: "setup-ack", own: "done-setup" },
  "exec-proposal": { step: "proposal", own: "ack-setup", peer: "init-proposal" },
  "done-proposal": { step: "proposal", own: "exec-proposal" },
  "fail-proposal": { step: "proposal", own: "exec-proposal" },
  "ack-proposal": { step: "proposal-ack", own: "exec-proposal" },
  "exec-commence": { step: "commence", own: "ack-proposal", peer: "init-commence" },
  "done-commence": { step: "commence", own: "exec-commence" },
  "ack-commence": { step: "commence-ack", own: "done-commence" },
  "exec-lock-assert": { step: "lock-assert", own: "ack-commence", peer: "init-lock-assert" },
  "done-lock-assert": { step: "lock-record", own: "exec-lock-assert" },
  "fail-lock-assert": { step: "lock-record", own: "exec-lock-assert" },
  "ack-lock-assert": { step: "lock-assert-ack", own: "exec-lock-assert" },
  "exec-prepare": { step: "prepare", own: "ack-lock-assert", peer: "init-prepare" },
  "init-mint": { step: "mint", own: "exec-prepare" },
  "exec-mint": { step: "mint", own: "init-mint" },
  "done-mint": { step: "mint", own: "exec-mint" },
  "fail-mint": { step: "mint", own: "exec-mint" },
  "ack-prepare": { step: "prepare-ack", own: "exec-prepare", votes: ["yes", "no"] },
  "exec-commit-final": { step: "commit-final", own: "ack-prepare yes", decision: "COMMIT" },
  "init-assign": { step: "assign", own: "exec-commit-final", decision: "COMMIT" },
  "exec-assign": { step: "assign", own: "init-assign" },
  "done-assign": { step: "assign", own: "exec-assign" },
  "fail-assign": { step: "assign", own: "exec-assign" },
  "ack-commit-final": { step: "commit-final-ack", own: "done-assign" },
  "exec-complete": { step: "complete", own: "ack-commit-final", peer: "init-complete", unlessGone: true },
  "done-complete": { step: "complete", own: "exec-complete" },
};

/**
 * What may stand behind `init-rollback`, and nothing else may (R1). Of each action once: about to, refused for now
 * (ROLLBACK_FAILED, said once, whatever often it is tried), done.
 */
const ROLLBACK: Readonly<Record<Role, Readonly<Record<string, Rule>>>> = {
  origin: {
    "exec-rollback-unlock": { step: "rollback", own: "init-lock" },
    "fail-rollback-unlock": { step: "rollback", own: "exec-rollback-unlock" },
    "done-rollback-unlock": { step: "rollback", own: "exec-rollback-unlock" },
    "exec-rollback-recreate": { step: "rollback", own: "init-burn" },
    "fail-rollback-recreate": { step: "rollback", own: "exec-rollback-recreate" },
    "done-rollback-recreate": { step: "rollback", own: "exec-rollback-recreate" },
    "done-rollback": { step: "rollback" },
    "ack-rollback": { step: "rollback-ack", own: "done-rollback" },
  },
  destination: {
    "exec-rollback-cancel": { step: "rollback", own: "init-mint" },
    "fail-rollback-cancel": { step: "rollback", own: "exec-rollback-cancel" },
    "done-rollback-cancel": { step: "rollback", own: "exec-rollback-cancel" },
    "done-rollback": { step: "rollback" },
    "ack-rollback": { step: "rollback-ack", own: "done-rollback" },
  },
};

/** What each announced action stands for in the drafts' rollback list. */
const ROLLBACK_LIST: readonly (readonly [string, string])[] = [
  ["init-lock", "UNLOCK"],
  ["init-burn", "RECREATE"],
  ["init-mint", "CANCEL"],
];

/** Whether the session moves an asset by the protocol, so that its entries have an order. Any other log is free to say what it likes. */
export function isTransfer({
  facts,
  destinationGatewayId,
}: Pick<OpenSession, "facts" | "destinationGatewayId">): boolean {
  return destinationGatewayId !== null && facts !== null && facts.termsHash !== null;
}

/** Checks order and vocabulary of a transfer. Only for intact logs: where an entry is missing, those behind it are not to blame. */
export function checkOrder(
  { findings }: Pick<Inquiry, "findings">,
  session: Pick<OpenSession, "facts" | "destinationGatewayId">,
  logs: readonly Pick<WalkedLog, "role" | "entries" | "intact">[],
  decision: Pick<CheckedDecision, "decision" | "order" | "intact">,
): void {
  if (!isTransfer(session) || !decision.intact || !logs.every((log) => log.intact)) return;
  const courses: Record<Role, Course> = { origin: emptyCourse(), destination: emptyCourse() };
  const all = logs.flatMap(({ role, entries }) => entries.map((weighed) => ({ role, weighed })));
  all.sort((a, b) => a.weighed.event.at.order - b.weighed.event.at.order);
  for (const { role, weighed } of all) {
    const mark = markOf(weighed);
    const own = courses[role];
    const peer = courses[role === "origin" ? "destination" : "origin"];
    const decided = decision.order < weighed.event.at.order ? decision.decision : "NONE";
    const before: Before = { role, own, peer, decided, register: session.facts?.register };
    const lacking = isBeside(mark) ? lackingBeside(mark, weighed, own, peer) : lackingBefore(mark, weighed, before);
    if (lacking !== undefined) {
      const noDecision = (lacking === "COMMIT" || lacking === "ABORT") && decision.decision === "NONE";
      const code = noDecision ? "DECISION_MISSING" : "ILLEGAL_ORDER";
      findings.add(code, subjectOf(weighed.event), `before ${mark} of the ${role}`, lacking, "not there");
      own.isBroken = true;
    }
    if (isBeside(mark)) noteBeside(own, mark, weighed);
    own.marks.add(mark);
    if (weighed.entry?.vote === "yes") own.marks.add(`${mark} yes`);
  }
}

/** What stands before an entry: both logs, and the register where it is one. */
interface Before {
  readonly role: Role;
  readonly own: Course;
  readonly peer: Course;
  readonly decided: string;
  readonly register: string | undefined;
}

/** What an entry of the transfer would need before it and lacks, or undefined. */
function lackingBefore(mark: string, weighed: WeighedEntry, before: Before): string | undefined {
  const { role, own } = before;
  const isUndoing = own.marks.has("init-rollback");
  const tables = isUndoing ? ROLLBACK[role] : role === "origin" ? ORIGIN : DESTINATION;
  const rule = mark === "init-rollback" ? UNDOING : tables[mark];
  if (own.isDisputed) return "no dispute that is open";
  if (own.marks.has(mark)) return `no other ${mark}`;
  if (rule === undefined || weighed.entry === null) {
    if (ROLLBACK[role][mark] !== undefined) return "init-rollback";
    return isUndoing && (ORIGIN[mark] ?? DESTINATION[mark]) ? "no init-rollback" : "an entry of the protocol instead";
  }
  if (own.marks.has("done-rollback") && mark !== "ack-rollback") return "no done-rollback";
  return lackingOf(rule, weighed.entry, before) ?? lackingOfItsOwn(mark, weighed, before);
}

const UNDOING: Rule = { step: "rollback" };

function lackingOf(rule: Rule, { step, vote }: Entry, { own, peer, decided, register }: Before): string | undefined {
  const { votes = ["none"], decision } = rule;
  if (step !== STEPS[rule.step]) return `step ${STEPS[rule.step]}, not ${step}`;
  if (!votes.includes(vote)) return `vote ${votes.join(" or ")}`;
  if (rule.own !== undefined && !own.marks.has(rule.own)) return rule.own;
  const isGone = own.peerState === "CRASHED_DEFINITELY" || peer.isBroken;
  if (rule.peer !== undefined && !peer.marks.has(rule.peer) && !(rule.unlessGone && isGone))
    return `${rule.peer} of the peer`;
  return decision !== undefined && register === "log" && decided !== decision ? decision : undefined;
}

/** What two kinds of entries need beside what the tables say. */
function lackingOfItsOwn(mark: string, weighed: WeighedEntry, before: Before): string | undefined {
  const { role, own, decided, register } = before;
  if (mark === "ack-prepare")
    return weighed.entry?.vote === "yes" && !own.marks.has("done-mint") ? "done-mint" : undefined;
  if (mark !== "init-rollback") return undefined;
  // COMMIT is undone only where it proved impossible (R5): the destination has said so, or the origin has read it there. Whether
  // it was is the ledgers' to show.
  const impossible = role === "origin" ? "init-commit-final" : "fail-assign";
  if (register === "log" && decided !== "ABORT" && !own.marks.has(impossible)) return "ABORT";
  const started = ROLLBACK_LIST.flatMap(([started, action]) => (own.marks.has(started) ? [action] : []));
  const listed = rollbackListIn(weighed);
  return listed === undefined || listed.join() === started.join() ? undefined : `rollback list of ${started.join(" ")}`;
}

const noticeSchema = z.looseObject({ rollbackList: z.array(z.string()) });

function rollbackListIn({ event }: WeighedEntry): readonly string[] | undefined {
  const parsed = noticeSchema.safeParse(parseCanonical(event.payload));
  return parsed.success ? parsed.data.rollbackList : undefined;
}

function markOf({ entry }: WeighedEntry): string {
  return entry === null ? "unreadable" : `${entry.operation}-${commandFrom(entry.command)}`;
}
