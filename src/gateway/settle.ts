import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { Address, Hash, SessionId } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { abortWithoutSignature } from "../entry/signed-statements.ts";
import type { Decision } from "../entry/statements.ts";
import { termsHashOf, type Certificate, type CertificateFact, type Terms } from "../entry/terms.ts";
import type { LedgerState, Outcome } from "../protocol/state.ts";
import {
  canState,
  CERTIFIABLE,
  missingSignatures,
  requireSignatory,
  signCertificate,
  sourceOf,
  whoMay,
} from "./settle-certificates.ts";
import {
  isDoing,
  planSettlement,
  sideOf,
  stepName,
  type DoingStep,
  type HeldRights,
  type SettlePlan,
  type SettleStep,
} from "./settle-plan.ts";
import {
  readCase,
  readView,
  situationOf,
  type SettleCase,
  type SettleSources,
  type SettleView,
} from "./settle-reading.ts";

export interface SettlePorts extends SettleSources {
  /** Account that acts and pays on both ledgers; null for a caller that only looks. */
  readonly account: Address | null;
  /** Keys that may state what this caller has read itself. */
  readonly certifiers: readonly DigestSigner[];
  /** Made elsewhere. Carried only where what they say is what this caller has read itself. */
  readonly certificates: readonly Certificate[];
  /** Told of each step that was done. */
  readonly observe: (done: SettledStep) => void;
}

export interface SettleOptions {
  /** Cancel under COMMIT once `cancelAfter` has passed and nobody at hand can state COMMIT. The outcome is then REVERSED. */
  readonly reverse: boolean;
  /** How long to wait, all in all, for what others have written to become final. */
  readonly waitMs: number;
}

export interface SettledStep {
  readonly step: DoingStep;
  /** State that the escrow, or ABORT that the register, has reached; final. */
  readonly state: LedgerState | "ABORT";
  readonly blockNumber: number | null;
  /** Null if the effect stood already. */
  readonly transactionHash: Hash | null;
}

export interface Settlement {
  readonly known: SettleCase;
  readonly decision: Decision;
  readonly origin: LedgerState;
  readonly destination: LedgerState;
  /** Null as long as it has not ended, or has ended as it never should. */
  readonly outcome: Outcome | null;
  readonly broken: string | null;
  readonly done: readonly SettledStep[];
  /** What is left, each with its reason; before `settle`, what it would do. */
  readonly left: readonly SettleStep[];
  /** What register and ledgers said to steps that were tried, by the step's name. */
  readonly refusals: ReadonlyMap<string, string>;
}

/** Times that something is done and everything read again. A session needs four: decide, cancel, unlock or recreate, look. */
const MAX_ROUNDS = 12;
const POLL_MS = 1_000;

/**
 * Carries what R3 and R5 allow for a session whose gateways are gone for good, until both ledgers are in an end state or
 * nothing can be done yet. Every step may be repeated and may run beside a living gateway, or another caller: the contracts
 * let one of them through. Rejects with what store and ledgers reject with, and FOREIGN_SIGNATURE, INVALID_SIGNATURE or
 * INVALID_TERMS if a key or certificate is of no use to this session.
 */
export async function settle(ports: SettlePorts, sessionId: SessionId, options: SettleOptions): Promise<Settlement> {
  const known = await readCase(ports, sessionId);
  const rights = rightsOf(ports, known.terms, options);
  const refusals = new Map<string, string>();
  const done: SettledStep[] = [];
  const giveUpAt = ports.clock.now() + options.waitMs;
  for (let rounds = 0; ;) {
    const seen = await look(ports, known, { ...rights, refused: new Set(refusals.keys()) });
    const todo = seen.plan.steps.filter(isDoing);
    const isWaiting = seen.plan.steps.some(({ type }) => type === "wait") && ports.clock.now() < giveUpAt;
    if (todo.length === 0 && !isWaiting) return settlement(known, seen, done, refusals);
    if (todo.length === 0) {
      await ports.clock.sleep(POLL_MS);
      continue;
    }
    rounds += 1;
    if (rounds > MAX_ROUNDS)
      throw new GatelogError("TIMEOUT", "the session's states keep moving: somebody else is at work on it", {
        sessionId,
      });
    for (const step of todo) {
      const settled = await perform(ports, known, step, refusals);
      if (settled === null) continue;
      done.push(settled);
      ports.observe(settled);
    }
  }
}

/** What `settle` would do first, and why. Does nothing. */
export async function explainSettlement(
  ports: SettlePorts,
  sessionId: SessionId,
  options: SettleOptions,
): Promise<Settlement> {
  const known = await readCase(ports, sessionId);
  const seen = await look(ports, known, rightsOf(ports, known.terms, options));
  return settlement(known, seen, [], new Map());
}

interface Seen {
  readonly view: SettleView;
  readonly plan: SettlePlan;
}

/** What was read one after the other may fit together badly while somebody else is at work: then it is read once more. */
async function look(ports: SettlePorts, known: SettleCase, rights: HeldRights): Promise<Seen> {
  const once = async (): Promise<Seen> => {
    const view = await readView(ports, known);
    return { view, plan: planSettlement(situationOf(known, view, rights)) };
  };
  const seen = await once();
  if (seen.plan.broken === null) return seen;
  await ports.clock.sleep(POLL_MS);
  return once();
}

/** Everything that somebody with every certificate and nothing else could need. */
const ANY_CERTIFICATE: HeldRights = {
  keyOf: { origin: false, destination: false },
  originator: false,
  facts: new Set(CERTIFIABLE),
  reverse: false,
  refused: new Set(),
};

/**
 * The certificate that the next step needs, signed by the keys at hand; it adds to a given one, if its block holds too. Reads
 * first what it says: the register or the destination's escrow, and for COMMIT the burn on the origin ledger. REFUSED if no
 * step needs one now.
 */
export async function certifySettlement(
  ports: SettlePorts,
  sessionId: SessionId,
): Promise<{ readonly certificate: Certificate; readonly terms: Terms }> {
  const known = await readCase(ports, sessionId);
  const { terms } = known;
  const { plan } = await look(ports, known, ANY_CERTIFICATE);
  const fact = plan.steps
    .filter(isDoing)
    .map(factOf)
    .find((needed) => needed !== null);
  if (terms === null || fact === undefined) {
    const why = plan.broken ?? plan.steps[0]?.why ?? "nothing is left to be done";
    throw new GatelogError("REFUSED", `no certificate is needed now: ${why}`, { sessionId });
  }
  for (const { address } of ports.certifiers) requireSignatory(terms, address);
  const begun = ports.certificates.find((certificate) => certificate.fact === fact);
  if (begun !== undefined) missingSignatures(terms, begun);
  return { certificate: await certificateOf(ports, terms, fact, begun), terms };
}

function rightsOf(ports: SettlePorts, terms: Terms | null, { reverse }: SettleOptions): HeldRights {
  if (terms === null) return { ...ANY_CERTIFICATE, facts: new Set(), reverse };
  const { account, certifiers, certificates } = ports;
  for (const { address } of certifiers) requireSignatory(terms, address);
  for (const certificate of certificates) requireComplete(terms, certificate);
  const accounts = certifiers.map(({ address }) => address);
  const isAtHand = (fact: CertificateFact): boolean =>
    canState(terms, fact, accounts) || certificates.some((certificate) => certificate.fact === fact);
  return {
    keyOf: {
      origin: account !== null && terms.origin.keys.includes(account),
      destination: account !== null && terms.destination.keys.includes(account),
    },
    originator: account === terms.originator,
    facts: new Set(CERTIFIABLE.filter(isAtHand)),
    reverse,
    refused: new Set(),
  };
}

function requireComplete(terms: Terms, certificate: Certificate): void {
  const missing = missingSignatures(terms, certificate);
  if (missing === 0) return;
  const asked = whoMay(terms, certificate.fact);
  throw new GatelogError("INVALID_SIGNATURE", `the certificate lacks ${missing} of its signatures: ${asked}`, {
    fact: certificate.fact,
    missing,
  });
}

/** Null if it was refused, or others were first: the states are read again (R2). */
async function perform(
  ports: SettlePorts,
  known: SettleCase,
  step: DoingStep,
  refusals: Map<string, string>,
): Promise<SettledStep | null> {
  try {
    return await attempt(ports, known, step);
  } catch (error) {
    if (!isGatelogError(error)) throw error;
    if (error.code === "LEDGER_CONFLICT" || error.code === "ALREADY_DECIDED") return null;
    // By the chain's own clock it is too early, say, or the token refuses. The next right may do better.
    if (error.disposition !== "reject") throw error;
    refusals.set(stepName(step), `${error.code}: ${error.message}`);
    return null;
  }
}

async function attempt(ports: SettlePorts, { facts, terms }: SettleCase, step: DoingStep): Promise<SettledStep> {
  if (step.type === "decide") {
    await ports.store.decide(abortWithoutSignature(facts, step.ground));
    return { step, state: "ABORT", blockNumber: null, transactionHash: null };
  }
  if (terms === null)
    throw new GatelogError("INVARIANT_BROKEN", "a ledger action without terms", { sessionId: facts.sessionId });
  const fact = factOf(step);
  const certificate = fact === null ? undefined : await certificateOf(ports, terms, fact);
  const ledger = ports.ledgerOf(terms[sideOf(step.action)]);
  const { state, blockNumber, transactionHash } = await ledger.act(step.action, terms, certificate);
  return { step, state, blockNumber, transactionHash };
}

/** A certificate of what was just read at finality: one that was brought, or one that is signed now. */
async function certificateOf(
  ports: SettlePorts,
  terms: Terms,
  fact: CertificateFact,
  begun?: Certificate,
): Promise<Certificate> {
  const brought = ports.certificates.find((certificate) => certificate.fact === fact);
  if (begun === undefined && brought !== undefined) return brought;
  const block = await ports.facts.where(fact, terms, begun);
  if (block === null)
    throw new GatelogError(
      "REFUSED",
      `${fact} is not what the chain finally holds${begun ? " at the block that the certificate names" : ""}: it is not stated`,
      {
        fact,
      },
    );
  const claim = { termsHash: termsHashOf(terms), fact, ...sourceOf(terms, fact), ...block };
  return signCertificate(terms, { ...claim, signatures: begun?.signatures ?? [] }, ports.certifiers);
}

function settlement(
  known: SettleCase,
  { view, plan }: Seen,
  done: readonly SettledStep[],
  refusals: ReadonlyMap<string, string>,
): Settlement {
  const { steps: left, outcome, broken } = plan;
  const { decision, origin, destination } = view;
  const states = { origin: origin?.state ?? "NONE", destination: destination?.state ?? "NONE" } as const;
  return { known, decision: decision.decision, ...states, outcome, broken, done, left, refusals };
}

function factOf(step: DoingStep): CertificateFact | null {
  return step.type === "act" ? (CERTIFIABLE.find((fact) => fact === step.by) ?? null) : null;
}
