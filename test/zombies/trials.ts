import type { SessionId } from "../../src/entry/hex.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { GatelogNet } from "../support/gatelog-net.ts";
import { until } from "../support/until.ts";
import { Disturbance } from "./disturbance.ts";
import { Evidence, type Mark } from "./evidence.ts";
import type { Stack } from "./homes.ts";
import { describeStop, planOf, type Plan, type Stop, type Usual } from "./plan.ts";
import { ZombieStage, type Scene } from "./stage.ts";
import { AMOUNT, balances, LIMIT_MS, outcomesOf, startTransfer, usualOf } from "./transfers.ts";

/** In flight beside each other, in the same process. */
const TRANSFERS = 2;
/** A drawn point may lie behind the transfer when it is armed. */
const MOST_ATTEMPTS = 20;

export interface TrialResult {
  readonly trial: number;
  readonly role: Role;
  readonly stack: Stack;
  readonly stop: Stop;
  readonly isOver: boolean;
  readonly epochs: readonly [stopped: number, end: number];
  readonly outcomes: readonly string[];
  /** Of the group, accepted during the trial; and of these, in another epoch than theirs. */
  readonly accepted: number;
  readonly stale: number;
  /** Writes of its old epoch that the stopped process tried when it went on, and how the log refused those that it refused. */
  readonly tried: number;
  readonly refusals: readonly string[];
  /** Transactions of its that were in flight, and that the registry refused behind the takeover. */
  readonly reverted: number;
  /** Ledger actions of the process that was stopped. */
  readonly deeds: number;
  readonly faults: readonly string[];
  readonly seconds: number;
}

/**
 * Stops the primary with SIGSTOP while transfers are under way, lets the backup take over, and lets the old one go on. One trial after
 * the other on the same stage; roles change with each.
 */
export class ZombieTrials {
  readonly stage: ZombieStage;
  readonly #evidence: Evidence;
  readonly #usual: Usual;
  readonly #before: readonly [alice: bigint, bob: bigint];
  #committed = AMOUNT; // the one by which the usual was found

  private constructor(stage: ZombieStage, usual: Usual, before: readonly [bigint, bigint]) {
    this.stage = stage;
    this.#evidence = new Evidence(stage);
    this.#usual = usual;
    this.#before = before;
  }

  /** @param net As `ZombieStage.open` has it. */
  static async open(net: GatelogNet, scene: Scene): Promise<ZombieTrials> {
    const stage = await ZombieStage.open(net, scene);
    try {
      const before = await balances(stage);
      return new ZombieTrials(stage, await usualOf(stage), before);
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Rejects only if it could not be carried out; what is wrong is in the result. @param given In place of drawn plans. */
  async run(seed: number, trial: number, given?: Plan): Promise<TrialResult> {
    const startedAt = performance.now();
    const { role, stack } = this.stage;
    const { plan, place, reign, since, disturbance, sessions } = await this.#disturb(seed, trial, given);
    const outcomes = await outcomesOf(this.stage, await Promise.all(sessions));
    const epoch = await until("the old primary in the new epoch", () => this.#epochBehind(reign.epoch), LIMIT_MS).catch(
      (cause: unknown) => this.#giveUp(trial, reign.epoch, cause),
    );
    const { tried, refusals } = disturbance.attempts(reign.epoch);
    await Promise.all([0, 1].map((each) => this.stage.disarm(each)));
    const { faults, accepted, stale, deeds } = await this.#evidence.findings(since);
    const account = this.stage.ledgerAccount(place);
    return {
      ...{ trial, role, stack, stop: plan.stop, isOver: plan.isOver, epochs: [reign.epoch, epoch] },
      ...{ outcomes, accepted, stale, tried, refusals, reverted: disturbance.reverted },
      deeds: deeds.filter(({ by }) => by === account).length,
      faults: [...faults, ...(await this.#ledgerFaults(outcomes))],
      seconds: (performance.now() - startedAt) / 1_000,
    };
  }

  async close(): Promise<void> {
    this.#evidence.close();
    await this.stage.close();
  }

  /** Its place, once the other one stands by. */
  async #primary(): Promise<number | undefined> {
    const states = await this.#states();
    const place = states.findIndex(({ state }) => state === "primary");
    return states[1 - place]?.state === "standing-by" ? place : undefined;
  }

  /** Whoever is primary then: where one that lives was taken for dead it may be any of them again. */
  async #epochBehind(epoch: number): Promise<number | undefined> {
    if ((await this.#primary()) === undefined) return undefined;
    const [one, other] = (await this.#states()).map((state) => state.epoch);
    return one !== undefined && one === other && one > epoch ? one : undefined;
  }

  /** With what whoever looks for the reason will want to know. */
  async #giveUp(trial: number, epoch: number, cause: unknown): Promise<never> {
    const states = JSON.stringify(await this.#states());
    const said = [0, 1].map((place) => `member ${place}:\n${this.stage.lastWordsOf(place)}`).join("\n");
    throw new Error(`trial ${trial}, epoch ${epoch}: the members ended as ${states}\n${said}`, { cause });
  }

  #states() {
    return Promise.all([0, 1].map((place) => this.stage.group.state(place)));
  }

  /** Until a primary was stopped where the plan says. What is wrong is looked for from the first attempt on. */
  async #disturb(seed: number, trial: number, given: Plan | undefined) {
    const sessions: Promise<SessionId>[] = [];
    let since: Mark | undefined;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const place = await until("a primary", () => this.#primary(), LIMIT_MS);
      const mark = await this.#evidence.mark(place);
      since ??= mark;
      const name = `${this.stage.name}-${trial}-${attempt}`;
      const plan = given ?? planOf(name, seed, this.#usual);
      const started = Array.from({ length: TRANSFERS }, (_, each) => startTransfer(this.stage, `${name}-${each}`));
      sessions.push(...started);
      const disturbance = new Disturbance(this.stage, place, started, name);
      const isStopped = await disturbance.pass(plan);
      if (isStopped) return { plan, place, reign: mark.reign, since, disturbance, sessions };
      await outcomesOf(this.stage, await Promise.all(started));
    }
    throw new Error(`trial ${trial}: none of ${MOST_ATTEMPTS} drawn points was passed`);
  }

  /** What has left one ledger is on the other, all in all, and everybody says the same of each transfer. */
  async #ledgerFaults(outcomes: readonly string[]): Promise<string[]> {
    this.#committed += AMOUNT * BigInt(outcomes.filter((outcome) => outcome === "COMMITTED").length);
    const [alice, bob] = await balances(this.stage);
    const [given, got] = [this.#before[0] - alice, bob - this.#before[1]];
    const odd = outcomes.filter((outcome) => outcome !== "COMMITTED" && outcome !== "ABORTED");
    return [
      ...odd.map((outcome) => `a transfer ended ${outcome}`),
      ...(given === this.#committed && got === this.#committed
        ? []
        : [`${this.#committed} were committed, alpha has given ${given}, and beta has got ${got}`]),
    ];
  }
}

/** One line about a trial. */
export function describeTrial(result: TrialResult): string {
  const { role, stack, stop, isOver, epochs, outcomes, accepted, tried, refusals, reverted, deeds, seconds } = result;
  const back = isOver ? "back behind the end" : "back behind the takeover";
  return (
    `${stack} ${role} stopped ${describeStop(stop)}, ${back}; epochs ${epochs.join(" to ")}, ${outcomes.join(", ")}; ` +
    `${accepted} writes accepted; the old one: ${tried} writes tried, ${refusals.length} refused, ` +
    `${reverted} transactions reverted, ${deeds} ledger actions; ${seconds.toFixed(1)} s`
  );
}
