import { commandFrom, STEPS, type StepName, type Vote } from "../entry/vocabulary.ts";
import { subjectOf } from "./intake.ts";
import type { CheckedDecision } from "./decision.ts";
import type { Inquiry } from "./inquiry.ts";
import type { WalkedLog } from "./log-walk.ts";
import type { OpenSession, Role } from "./opening.ts";
import type { WeighedEntry } from "./proofs.ts";

/** What must stand before an entry. Own entries and the peer's by mark; the decision by its name. */
interface Rule {
  readonly step: StepName;
  readonly own?: string;
  readonly peer?: string;
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
  "done-commit-final": { step: "commit-final-ack", own: "init-commit-final", peer: "ack-commit-final" },
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
  "exec-complete": { step: "complete", own: "ack-commit-final", peer: "init-complete" },
  "done-complete": { step: "complete", own: "exec-complete" },
};

/** Compensations may be tried again; everything of a rollback stands behind `init-rollback`, and nothing else does (R1). */
const ROLLBACK = /^(exec|done|fail)-rollback(-unlock|-recreate|-cancel)?$|^ack-rollback$/;
/** The recovery handshake and findings about the peer may stand anywhere. */
const ANYWHERE =
  /^(init|exec|done|ack|fail)-(recover|recover-update|recover-update-ack|recover-success|recover-dispute|peer)$/;

/** Whether the session moves an asset by the protocol, so that its entries have an order. Any other log is free to say what it likes. */
export function isTransfer({ facts, destinationGatewayId }: OpenSession): boolean {
  return destinationGatewayId !== null && facts !== null && facts.termsHash !== null;
}

/** Checks order and vocabulary of a transfer. Only for intact logs: where an entry is missing, those behind it are not to blame. */
export function checkOrder(
  inquiry: Inquiry,
  session: OpenSession,
  logs: readonly WalkedLog[],
  decision: CheckedDecision,
): void {
  if (!isTransfer(session) || !decision.intact || !logs.every((log) => log.intact)) return;
  const stood: Record<Role, Set<string>> = { origin: new Set(), destination: new Set() };
  const all = logs.flatMap(({ role, entries }) => entries.map((weighed) => ({ role, weighed })));
  all.sort((a, b) => a.weighed.event.at.order - b.weighed.event.at.order);
  for (const { role, weighed } of all) {
    const mark = markOf(weighed);
    const decided = decision.order < weighed.event.at.order ? decision.decision : "NONE";
    const lacking = lackingBefore(session, role, mark, weighed, { stood, decided });
    if (lacking !== undefined) {
      const noDecision = (lacking === "COMMIT" || lacking === "ABORT") && decision.decision === "NONE";
      const code = noDecision ? "DECISION_MISSING" : "ILLEGAL_ORDER";
      inquiry.findings.add(code, subjectOf(weighed.event), `before ${mark} of the ${role}`, lacking, "not there");
    }
    stood[role].add(mark);
    if (weighed.entry?.vote === "yes") stood[role].add(`${mark} yes`);
  }
}

interface Before {
  readonly stood: Readonly<Record<Role, ReadonlySet<string>>>;
  readonly decided: string;
}

/** What the entry would need before it and lacks, or undefined. */
function lackingBefore(
  session: OpenSession,
  role: Role,
  mark: string,
  weighed: WeighedEntry,
  before: Before,
): string | undefined {
  if (ANYWHERE.test(mark)) return undefined;
  const own = before.stood[role];
  const peer = before.stood[role === "origin" ? "destination" : "origin"];
  if (mark === "init-rollback") {
    if (own.has(mark)) return "no other init-rollback";
    // COMMIT is undone only where it proved impossible: then the outcome is REVERSED (R5).
    const excused = session.facts?.register !== "log" || own.has("fail-assign") || peer.has("fail-assign");
    return before.decided === "ABORT" || excused ? undefined : "ABORT";
  }
  if (ROLLBACK.test(mark)) return own.has("init-rollback") ? undefined : "init-rollback";
  const rule = (role === "origin" ? ORIGIN : DESTINATION)[mark];
  if (rule === undefined || weighed.entry === null) return "an entry of the protocol instead";
  if (own.has("init-rollback")) return "no init-rollback";
  if (own.has(mark)) return `no other ${mark}`;
  if (weighed.entry.step !== STEPS[rule.step]) return `step ${STEPS[rule.step]}, not ${weighed.entry.step}`;
  if (!(rule.votes ?? ["none"]).includes(weighed.entry.vote)) return `vote ${(rule.votes ?? ["none"]).join(" or ")}`;
  if (rule.own !== undefined && !own.has(rule.own)) return rule.own;
  if (rule.peer !== undefined && !peer.has(rule.peer)) return `${rule.peer} of the peer`;
  if (rule.decision !== undefined && session.facts?.register === "log" && before.decided !== rule.decision)
    return rule.decision;
  return mark === "ack-prepare" && weighed.entry.vote === "yes" && !own.has("done-mint") ? "done-mint" : undefined;
}

function markOf({ entry }: WeighedEntry): string {
  return entry === null ? "unreadable" : `${entry.operation}-${commandFrom(entry.command)}`;
}
