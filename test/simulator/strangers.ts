import type { SessionId } from "../../src/entry/hex.ts";
import { abortWithoutSignature } from "../../src/entry/signed-statements.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { readTerms } from "../../src/protocol/payloads.ts";
import { parseCanonical } from "../../src/entry/canonical.ts";
import { NAMES, OWNERS, type Name } from "./cast.ts";
import type { Faults } from "./faults.ts";
import type { Plan } from "./plan.ts";
import type { Random } from "./random.ts";
import { BLOCK_MS, hashOf, type SimChain } from "./sim-chain.ts";
import type { SimClock } from "./sim-clock.ts";
import type { GrownSession, SimLog } from "./sim-log.ts";
import type { Truth } from "./truth.ts";

const MS_PER_SECOND = 1_000;
const LOOK_MS = 5_000;
/** They act some time behind the moment from which on they may, or not at all. */
const LATEST_MS = 5_000;

interface StrangerDeps {
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly truth: Truth;
  /** The chain's log; without it there is no decision to write. */
  readonly log: SimLog | undefined;
  readonly chains: Readonly<Record<Name, SimChain>>;
  readonly random: Random;
}

/** Neither gateway: whoever may write ABORT behind the deadline, cancel behind cancelAfter, or unlock what is the own. */
export class Strangers {
  readonly #plan: Plan;
  readonly #deps: StrangerDeps;
  readonly #known = new Set<SessionId>();

  constructor(plan: Plan, deps: StrangerDeps) {
    this.#plan = plan;
    this.#deps = deps;
  }

  /** Looks for new sessions from time to time, as long as there is anything that they would do. */
  start(): void {
    const { abort, cancel, unlock } = this.#plan.strangers;
    if (abort || cancel || unlock) this.#look();
  }

  #look(): void {
    const { clock, truth, faults } = this.#deps;
    for (const sessionId of truth.sessionIds) {
      const session = truth.session(sessionId);
      const terms = session && termsOf(session);
      if (this.#known.has(sessionId) || !terms) continue;
      this.#known.add(sessionId);
      this.#watch(session, terms);
    }
    if (!faults.isCalm) clock.at(clock.now() + LOOK_MS, () => this.#look());
  }

  #watch(session: GrownSession, terms: Terms): void {
    const { clock, random } = this.#deps;
    const { abort, cancel, unlock } = this.#plan.strangers;
    const behind = (seconds: number): number => seconds * MS_PER_SECOND + random.whole(0, LATEST_MS);
    if (abort) clock.at(behind(session.opening.facts.deadline), () => this.#abort(session));
    if (cancel) clock.at(behind(terms.cancelAfter), () => this.#cancel(terms));
    if (unlock) clock.at(behind(terms.lockExpiry), () => this.#unlock(terms));
  }

  #abort({ opening, decision }: GrownSession): void {
    const { log, faults } = this.#deps;
    if (decision !== null) return;
    log?.decide(abortWithoutSignature(opening.facts, "DEADLINE")).then(
      () => faults.happened("aborted-by-anyone", opening.facts.sessionId),
      () => undefined, // somebody was faster
    );
  }

  #cancel(terms: Terms): void {
    const { chains, faults } = this.#deps;
    const chain = chains[nameOfChain(terms.destination.chainId, chains)];
    if (chain.head(hashOf(terms)) !== "MINTED") return;
    faults.happened("cancelled-by-anyone", terms.sessionId);
    chain.send({ by: OWNERS[chain.name], action: "cancel", terms, certificate: undefined }, BLOCK_MS);
  }

  #unlock(terms: Terms): void {
    const { chains, faults } = this.#deps;
    const chain = chains[nameOfChain(terms.origin.chainId, chains)];
    if (chain.head(hashOf(terms)) !== "LOCKED") return;
    faults.happened("unlocked-by-owner", terms.sessionId);
    chain.send({ by: terms.originator, action: "unlock", terms, certificate: undefined }, BLOCK_MS);
  }
}

/** As anybody reads them from the log. */
function termsOf({ opening, logs }: GrownSession): Terms | null {
  const first = logs.get(opening.facts.origin.gatewayId)?.entries[0];
  return first ? readTerms(parseCanonical(first.payload), opening.facts) : null;
}

function nameOfChain(chainId: number, chains: Readonly<Record<Name, SimChain>>): Name {
  return NAMES.find((name) => chains[name].chainId === chainId) ?? "alpha";
}
