import type { SignedEntry } from "../../src/entry/entry.ts";
import { ZERO_HASH, type Address, type GatewayId, type Hash, type SessionId } from "../../src/entry/hex.ts";
import type { Decision, DecisionStatement } from "../../src/entry/statements.ts";
import type { Certificate, Terms } from "../../src/entry/terms.ts";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import { ERRORS } from "../../src/entry/errors.ts";
import type { EscrowState, LedgerAction } from "../../src/ledger/ledger.ts";
import { markOf, type Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import { breaches, shortfalls, type Ending, type Standing } from "../support/world-oracles.ts";
import { GATEWAY_IDS, NAMES, otherThan, type Name } from "./cast.ts";
import { ENDOWMENT, hashOf, type ChainWitness, type SimChain, type Transaction } from "./sim-chain.ts";
import type { SimClock } from "./sim-clock.ts";
import type { Fault } from "./faults.ts";
import { Primaries, type Actor } from "./primaries.ts";
import type { GrownSession, LogWitness } from "./sim-log.ts";
import { roleOf, type Truth } from "./truth.ts";
import type { Violation } from "./violation.ts";

const MS_PER_SECOND = 1_000;

interface OracleDeps {
  readonly clock: SimClock;
  readonly truth: Truth;
  readonly chains: Readonly<Record<Name, SimChain>>;
  /** Told of what is no breach and worth counting. */
  readonly happened: (fault: Fault, detail: string) => void;
}

/** What an entry says that the writer's escrow finally shows. */
const CLAIMS: Partial<Record<Mark, readonly EscrowState[]>> = {
  "done-lock": ["LOCKED"],
  "done-mint": ["MINTED"],
  "done-burn": ["BURNED"],
  "done-assign": ["ASSIGNED"],
  "done-rollback-unlock": ["UNLOCKED", "REFUSED"],
  "done-rollback-recreate": ["RECREATED"],
  "done-rollback-cancel": ["CANCELLED"],
};
const ENDS_OF_ROLLBACK: readonly EscrowState[] = ["UNLOCKED", "REFUSED", "RECREATED", "CANCELLED"];

/** Watches everything that happens in a simulation and knows what must never. It sees the truth, not what a node answers. */
export class Oracles implements LogWitness, ChainWitness {
  readonly violations: Violation[] = [];
  readonly #deps: OracleDeps;
  /** First entry that was let out for each place in a log (R8). */
  readonly #letOut = new Map<string, Hash>();
  readonly #decided = new Map<SessionId, Decision>();
  /** Actions whose transactions were sent, by chain and terms. */
  readonly #sent = new Set<string>();
  readonly #primaries = new Primaries();

  constructor(deps: OracleDeps) {
    this.#deps = deps;
  }

  // ---- what a gateway lets out

  letOut(entries: readonly SignedEntry[]): void {
    for (const { sessionId, gatewayId, epoch, index, entryHash } of entries) {
      const place = `${sessionId} ${gatewayId} ${epoch} ${index}`;
      const first = this.#letOut.get(place) ?? entryHash;
      this.#letOut.set(place, first);
      if (first !== entryHash) this.#breach("signed", `two entries at index ${index} of ${nameOf(gatewayId)}'s log`);
    }
  }

  messageSent(entry: SignedEntry): void {
    this.letOut([entry]);
    const standing = this.#deps.truth.entries(entry.sessionId, entry.gatewayId)[entry.index];
    if (standing?.entryHash !== entry.entryHash)
      this.#breach("ahead", `${nameOf(entry.gatewayId)} sends ${markOf(entry)} before it stands in the log`);
  }

  /** A backup is primary from this moment on. */
  tookOver(name: Name, epoch: number, account: Address): void {
    this.#primaries.tookOver(name, epoch, account);
    if (this.#primaries.areBothNew) this.#deps.happened("takeover-of-both", name);
  }

  actionAsked(actor: Actor, action: LedgerAction, terms: Terms): void {
    const { name, epoch } = actor;
    const { chains, truth } = this.#deps;
    this.#sent.add(`${name} ${hashOf(terms)} ${action}`);
    if (this.#primaries.isFormer(actor)) this.#deps.happened("zombie-acts", `${action} by ${name} of epoch ${epoch}`);
    const isCompensation = action === "unlock" || action === "recreate" || action === "cancel";
    const announced: Mark = isCompensation ? `exec-rollback-${action}` : `exec-${action}`;
    // R4: what a former primary does was announced by itself or before it, and so before the takeover.
    const own = truth.taken(terms.sessionId, GATEWAY_IDS[name]).filter((entry) => entry.epoch <= epoch);
    const marks = own.map(markOf);
    if (!marks.includes(announced)) this.#breach("ahead", `${name} acts before ${announced} stands in its log`);
    const isRollingBack = marks.includes("init-rollback");
    if (["lock", "mint", "burn"].includes(action) && isRollingBack)
      this.#breach("obeyed", `${name} asks for ${action} behind init-rollback`);
    const peer = chains[otherThan(name)];
    const other = peer.final(hashOf(terms));
    const basis = { recreate: "CANCELLED", assign: "BURNED" } as const;
    if (isBased(action, basis) && other !== basis[action])
      this.#breach("obeyed", `${name} asks for ${action} while the other ledger is finally ${other}`);
    // The lock may be gone again, and the peer not have said so yet: what is minted is the escrow's, and cancelled later.
    if (action === "mint" && !peer.history(hashOf(terms)).includes("LOCKED"))
      this.#breach("ground", `${name} asks for ${action}, and nothing has been locked`);
    if (truth.facts(terms.sessionId)?.register === "log") this.#checkDecided(name, action, terms);
  }

  #checkDecided(name: Name, action: LedgerAction, { sessionId }: Terms): void {
    const { decision, final } = this.#deps.truth.decision(sessionId);
    const needed = { assign: "COMMIT", unlock: "ABORT", cancel: "ABORT" } as const;
    if (isBased(action, needed) && (decision !== needed[action] || !final))
      this.#breach("obeyed", `${name} asks for ${action} while the register holds ${decision}`);
  }

  certified({ fact, termsHash, chainId }: Omit<Certificate, "signatures">): void {
    const chain = NAMES.map((name) => this.#deps.chains[name]).find((each) => each.chainId === chainId);
    const held = chain?.final(termsHash);
    if (fact === "DESTINATION_CANCELLED" && held !== "CANCELLED")
      this.#breach("told", `a certificate says CANCELLED of an escrow that is finally ${held ?? "nowhere"}`);
  }

  observed(name: Name, event: GatewayEvent): void {
    if (
      (event.type === "trouble" || event.type === "alarm") &&
      (ERRORS[event.code].disposition === "halt" || event.code === "INTERNAL")
    )
      this.#breach("halted", `${name} halts with ${event.code}: ${event.message}`);
    if (event.type !== "outcome") return;
    const ended = this.#standing(event.sessionId)?.ended[roleOf(this.#deps.truth, event.sessionId, name)];
    const expected: Ending = event.outcome === "COMMITTED" ? "COMPLETED" : "ROLLED_BACK";
    if (ended !== expected)
      this.#breach("told", `${name} tells of ${event.outcome}, and its log is ${ended ?? "open"}`);
  }

  // ---- what the log takes

  logged({ opening }: GrownSession, entries: readonly SignedEntry[]): void {
    for (const entry of entries) {
      this.#checkFence(entry.gatewayId, entry.epoch, markOf(entry));
      const mark = markOf(entry);
      if (mark === "ack-prepare" && entry.vote === "no") this.#deps.happened("vote-no", nameOf(entry.gatewayId));
      if (mark === "ack-proposal" && this.#deps.truth.marks(entry.sessionId, entry.gatewayId).includes("fail-proposal"))
        this.#deps.happened("proposal-refused", nameOf(entry.gatewayId));
      if (mark === "init-recover-dispute") this.#breach("dispute", `${nameOf(entry.gatewayId)} disputes`);
      const claimed = CLAIMS[mark];
      const { termsHash } = opening.facts;
      if (termsHash === null) continue;
      const name = nameOf(entry.gatewayId);
      const final = this.#deps.chains[name].final(termsHash);
      const was = this.#deps.chains[name].history(termsHash);
      // A state that is final was reached; it may have been left for another one since.
      if (
        claimed &&
        !claimed.some((state) => was.includes(state) && (state === final || was.indexOf(state) < was.indexOf(final)))
      )
        this.#breach("told", `${name} logs ${mark}, and its escrow is finally ${final}`);
      const hasActed = this.#sent.has(`${name} ${termsHash} lock`) || this.#sent.has(`${name} ${termsHash} mint`);
      if (mark === "done-rollback" && hasActed && !ENDS_OF_ROLLBACK.includes(final))
        this.#breach("told", `${name} logs ${mark}, and its escrow is finally ${final}`);
    }
  }

  #checkFence(gatewayId: GatewayId, epoch: number, what: string): void {
    const name = nameOf(gatewayId);
    if (this.#primaries.isFormer({ name, epoch }))
      this.#breach("fenced", `${name}'s ${what} of epoch ${epoch} is taken behind the takeover`);
  }

  decided({ opening }: GrownSession, { decision, ground, epoch, signature }: DecisionStatement): void {
    const { facts } = opening;
    if (signature !== null) this.#checkFence(facts.origin.gatewayId, epoch, decision);
    const { chains, clock, truth } = this.#deps;
    const before = this.#decided.get(facts.sessionId);
    if (before) this.#breach("obeyed", `the register held ${before} and holds ${decision}`);
    this.#decided.set(facts.sessionId, decision);
    if (clock.now() >= facts.deadline * MS_PER_SECOND) this.#deps.happened("deadline-passed", `decided ${decision}`);
    const destination = facts.destination?.gatewayId ?? ZERO_HASH;
    const vote = truth.entries(facts.sessionId, destination).find((entry) => markOf(entry) === "ack-prepare")?.vote;
    if (decision === "COMMIT") {
      const origin = facts.termsHash && chains[nameOf(facts.origin.gatewayId)].final(facts.termsHash);
      if (vote !== "yes" || origin !== "BURNED")
        this.#breach("ground", `COMMIT with vote ${vote ?? "none"} and the origin finally ${origin ?? "nowhere"}`);
    } else if (vote === "yes" && ground !== "ORIGIN" && clock.now() < facts.deadline * MS_PER_SECOND)
      this.#breach("early", `ABORT on the ground ${ground} between YES and the deadline`);
    this.#check(facts.sessionId);
  }

  refused(gatewayId: GatewayId, what: string): void {
    this.#deps.happened("zombie-refused", `${what} of ${nameOf(gatewayId)}`);
  }

  closed(session: GrownSession): void {
    this.#check(session.opening.facts.sessionId);
  }

  // ---- what a ledger does

  mined(chain: SimChain, transaction: Transaction, before: EscrowState, after: EscrowState): void {
    const { action, terms } = transaction;
    if (before === after) return;
    const same = chain.effects.filter((effect) => effect.action === action && hashOf(effect.terms) === hashOf(terms));
    if (same.length > 1) this.#breach("once", `${action} takes effect twice on ${chain.name}`);
    const by = this.#primaries.who(chain.name, transaction.by);
    if (by !== "stranger" && !this.#sent.has(`${chain.name} ${hashOf(terms)} ${action}`))
      this.#breach("ahead", `${action} on ${chain.name} was never asked for`);
    if (by === "former") this.#deps.happened("zombie-mined", `${action} on ${chain.name}`);
    this.#check(terms.sessionId);
    const free = NAMES.flatMap((name) => [...this.#deps.chains[name].free.values()]);
    if (sum(free) > NAMES.length * ENDOWMENT) this.#breach("supply", `${sum(free)} coins can be used`);
  }

  // ---- the end

  /** When everybody has finished and nothing is on its way any more. */
  atEnd(): void {
    const { truth, chains } = this.#deps;
    for (const sessionId of truth.sessionIds) {
      const standing = this.#standing(sessionId);
      if (standing) for (const missing of shortfalls(standing)) this.#breach(missing, describeStanding(standing));
    }
    const free = sum(NAMES.flatMap((name) => [...chains[name].free.values()]));
    const held = sum(NAMES.map((name) => chains[name].held));
    if (free !== NAMES.length * ENDOWMENT || held !== 0)
      this.#breach("supply", `${free} coins in accounts and ${held} in escrows, of ${NAMES.length * ENDOWMENT}`);
  }

  notEnded(text: string): void {
    this.#breach("ended", text);
  }

  #check(sessionId: SessionId): void {
    const standing = this.#standing(sessionId);
    if (standing) for (const broken of breaches(standing)) this.#breach(broken, describeStanding(standing));
  }

  #standing(sessionId: SessionId): Standing | undefined {
    const { truth, chains } = this.#deps;
    const facts = truth.facts(sessionId);
    if (!facts?.destination || facts.register === "none") return undefined;
    const { termsHash, origin, destination, register } = facts;
    const ledger = (gatewayId: GatewayId): EscrowState =>
      termsHash === null ? "NONE" : chains[nameOf(gatewayId)].head(termsHash);
    return {
      register,
      decision: truth.decision(sessionId).decision,
      ledgers: { origin: ledger(origin.gatewayId), destination: ledger(destination.gatewayId) },
      ended: {
        origin: this.#endOf(sessionId, origin.gatewayId),
        destination: this.#endOf(sessionId, destination.gatewayId),
      },
    };
  }

  #endOf(sessionId: SessionId, gatewayId: GatewayId): Ending | null {
    const { truth } = this.#deps;
    if (!truth.isClosed(sessionId, gatewayId)) return null;
    return truth.marks(sessionId, gatewayId).includes("init-rollback") ? "ROLLED_BACK" : "COMPLETED";
  }

  #breach(invariant: Violation["invariant"], text: string): void {
    this.violations.push({ invariant, text });
  }
}

/** Whether the table says anything of the action. */
function isBased<Action extends LedgerAction>(
  action: LedgerAction,
  table: Readonly<Record<Action, string>>,
): action is Action {
  return Object.hasOwn(table, action);
}

function nameOf(gatewayId: GatewayId): Name {
  return gatewayId === GATEWAY_IDS.alpha ? "alpha" : "beta";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function describeStanding({ decision, ledgers, ended }: Standing): string {
  const side = (role: Role): string => `${role} ${ledgers[role]}, ${ended[role] ?? "open"}`;
  return `${decision}; ${side("origin")}; ${side("destination")}`;
}
