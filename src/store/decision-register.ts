import { GatelogError } from "../entry/errors.ts";
import type { Entry } from "../entry/entry.ts";
import type { SessionFacts } from "../entry/session.ts";
import { checkDecisionSignature } from "../entry/signed-statements.ts";
import type { DecisionStatement, Ground } from "../entry/statements.ts";
import { COMMANDS, STEPS, type Operation, type Vote } from "../entry/vocabulary.ts";
import { currentKey } from "./admission.ts";
import type { DecisionRecord, GatewayRecord } from "./log-store.ts";

/** Kinds of entries that the register understands, by their signed header fields alone. */
const YES = { operation: "ack", vote: "yes", step: STEPS["prepare-ack"], command: COMMANDS.prepare } as const;
const NO = { ...YES, vote: "no" } as const;
const BURNED = { operation: "done", vote: "none", step: STEPS.burn, command: COMMANDS.burn } as const;

/** The decision register of one session, rule for rule what `LogRegistry.decide` does (R9). First writer wins, for good. */
export class DecisionRegister {
  readonly #facts: SessionFacts;
  #vote: Vote = "none";
  #burned = false;
  #statement: DecisionStatement | null = null;

  constructor(facts: SessionFacts) {
    this.#facts = facts;
  }

  /** Takes note of an entry that now stands in one of the session's logs. The first vote counts. */
  observe(entry: Entry): void {
    if (entry.gatewayId === this.#facts.origin.gatewayId) {
      if (isKind(entry, BURNED)) this.#burned = true;
    } else if (this.#vote === "none" && (isKind(entry, YES) || isKind(entry, NO))) {
      this.#vote = entry.vote;
    }
  }

  record(): DecisionRecord {
    const statement = this.#statement;
    return { decision: statement?.decision ?? "NONE", final: statement !== null, statement };
  }

  /** @param now UNIX seconds. */
  decide(statement: DecisionStatement, origin: GatewayRecord, now: number): void {
    const { sessionId, register } = this.#facts;
    if (register !== "log")
      throw new GatelogError("NO_REGISTER", `the register of this session is: ${register}`, { sessionId, register });
    if (this.#statement !== null) {
      if (this.#statement.decision === statement.decision) return;
      throw new GatelogError("ALREADY_DECIDED", `${this.#statement.decision} stands`, {
        sessionId,
        actual: this.#statement.decision,
      });
    }
    if (statement.signature !== null)
      checkDecisionSignature(this.#facts, statement, currentKey(origin, statement.epoch));
    const ground = this.#groundOf(statement, now);
    if (ground === null)
      throw new GatelogError(
        "DECISION_WITHOUT_GROUND",
        `nothing that stands in the logs allows ${statement.decision}`,
        {
          sessionId,
          vote: this.#vote,
          burned: this.#burned,
          deadline: this.#facts.deadline,
          actual: now,
        },
      );
    this.#statement = { ...statement, ground };
  }

  #groundOf(statement: DecisionStatement, now: number): Exclude<Ground, "NONE"> | null {
    const signed = statement.signature !== null;
    if (statement.decision === "COMMIT") return signed && this.#vote === "yes" && this.#burned ? "ORIGIN" : null;
    if (signed) return "ORIGIN";
    if (this.#vote === "no") return "VOTE_NO";
    return now >= this.#facts.deadline ? "DEADLINE" : null;
  }
}

interface Kind {
  readonly operation: Operation;
  readonly vote: Vote;
  readonly step: number;
  readonly command: number;
}

function isKind(entry: Entry, kind: Kind): boolean {
  return (
    entry.operation === kind.operation &&
    entry.vote === kind.vote &&
    entry.step === kind.step &&
    entry.command === kind.command
  );
}
