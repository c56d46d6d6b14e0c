import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Role } from "../../src/protocol/order.ts";
import type { Stop } from "../support/mortal-gateway-process.ts";
import { isMember, partOf, type Actor, type MemberName } from "./actors.ts";
import type { Fault } from "./crash-case.ts";
import { eventually, type Questions } from "./questions.ts";
import type { CrashStage } from "./stage.ts";
import type { ChainName } from "./ways.ts";

/** How long a transaction stays unmined once its sender, or whoever is in its place, is back at work. */
const LATE_MS = 300;
const STIR_LIMIT_MS = 120_000;
/** Longer than a few retries. */
const CUT_OFF_MS = 2_000;
const PAST_DEADLINE_S = 11 * 60;
/** A survivor that notices nothing (there may be no session yet) is not waited for longer. */
const STOPPED_MAX_MS = 8_000;
const NO_SESSION_MS = 1_000;

interface StrikesDeps {
  readonly stage: CrashStage;
  readonly questions: Questions;
  /** Starts the process again, with the orders that hold now. */
  readonly start: (actor: Actor) => Promise<void>;
  /** Gives a process that runs the orders that hold now. */
  readonly rearm: (actor: Actor) => Promise<void>;
  /** For what goes on beside. */
  readonly track: (work: Promise<void>) => void;
}

/** What befalls the processes of a case, and the chains with them. */
export class Strikes {
  readonly #deps: StrikesDeps;
  readonly #stage: CrashStage;
  /** Victims that fall again, by the number of points that they get behind them; of a group, whichever member it is. */
  readonly #again = new Map<Actor, number>();
  readonly #frozen = new Set<ChainName>();
  /** What members of the group have told of, and how often. */
  readonly #events = new Map<string, number>();
  #deaths = 0;

  constructor(deps: StrikesDeps) {
    this.#deps = deps;
    this.#stage = deps.stage;
  }

  /** Primaries of the group that were killed. */
  get deaths(): number {
    return this.#deaths;
  }

  /** At which point a process of this part falls again; undefined if it does not. */
  again(actor: Actor): number | undefined {
    return this.#again.get(partOf(actor));
  }

  /** A member of the group has told of it. */
  heard(event: string): void {
    this.#events.set(event, this.#count(event) + 1);
  }

  async freeze(chainId: number): Promise<void> {
    const name = this.#stage.chainNamed(chainId);
    await this.#stage.chains[name].freeze();
    this.#frozen.add(name);
  }

  async thaw(): Promise<void> {
    for (const name of [...this.#frozen]) {
      this.#frozen.delete(name);
      await this.#stage.chains[name].thaw();
    }
  }

  async strike(fault: Fault, actor: Actor, stop: Stop): Promise<void> {
    if (fault.how === "stopped") await this.#holdPastDeadline(fault.victims);
    else if (fault.how === "cut-off") await this.#cutOff(fault.role);
    else if (fault.how === "gone") await this.#loseAt(fault, actor, stop);
    else {
      if (fault.again !== undefined) for (const victim of fault.victims) this.#again.set(victim, fault.again);
      const behind = () => this.#seal(fault, stop, () => this.#stirred([actor]));
      await this.killAndRestart(fault.victims, { behind });
    }
    await this.thaw();
  }

  /** Kills it if that is due behind its first death; else false. */
  async strikeAgain(actor: Actor): Promise<boolean> {
    if (!this.#again.delete(partOf(actor))) return false;
    if (isMember(actor)) await this.#lose(actor);
    else await this.killAndRestart([actor]);
    return true;
  }

  /** @param also.while Until then they stay dead; `behind` is done while they start. */
  async killAndRestart(
    victims: readonly Actor[],
    also: {
      readonly while?: (() => Promise<void>) | undefined;
      readonly behind?: () => Promise<void>;
    } = {},
  ): Promise<void> {
    // Who is away already comes back when the flow says so.
    const running = victims.filter((victim) => this.#stage.isRunning(victim));
    await Promise.all(running.map((victim) => this.#stage.kill(victim)));
    await also.while?.();
    const restarted = Promise.all(running.map((victim) => this.#deps.start(victim)));
    await also.behind?.();
    await restarted;
  }

  /**
   * A group is never away: another member has taken over before the primary that was killed comes back, as a standby. The last one that
   * lives is left alone: a fault that came first has killed the others for good, and the session has been taken over in already.
   */
  async replace(member: MemberName, meanwhile?: () => Promise<void>): Promise<void> {
    if (this.#stage.living.every((other) => other === member)) {
      await meanwhile?.();
      return;
    }
    const { succeeded } = await this.#lose(member);
    await meanwhile?.();
    await succeeded();
    await this.#deps.start(member);
  }

  /** The member at the point is killed, and another one takes over. */
  async #loseAt(fault: Fault, actor: Actor, stop: Stop): Promise<void> {
    if (!isMember(actor)) throw new Error(`the ${actor} has nobody to take over from it`);
    if (fault.again !== undefined) this.#again.set(fault.role, fault.again);
    const { suspected, succeeded } = await this.#lose(actor);
    // Where nothing is mined nobody takes over either: both transactions come into the same block.
    const isUnderWay = this.#frozen.has("log") ? suspected : () => this.#stirred(this.#stage.living);
    await this.#seal(fault, stop, isUnderWay);
    if (fault.returns !== true) return;
    await succeeded();
    await this.#deps.start(actor);
  }

  /** Kills the primary for good. Gives what tells that another member takes it for dead, and that one has taken its place. */
  async #lose(member: MemberName) {
    // Whoever takes over passes the same point, and is not to stop there.
    for (const other of this.#stage.living) if (other !== member) await this.#deps.rearm(other);
    const suspected = this.#next("suspicion");
    // Not until it is at work: it may be the next that dies, on the way there.
    const succeeded = this.#next("took-over");
    await this.#stage.kill(member);
    this.#deaths += 1;
    return { suspected, succeeded };
  }

  #next(event: string): () => Promise<void> {
    const before = this.#count(event);
    return () => eventually(`another ${event}`, () => this.#count(event) > before, STIR_LIMIT_MS);
  }

  #count(event: string): number {
    return this.#events.get(event) ?? 0;
  }

  /** What becomes of the transaction that the victim has sent. */
  async #seal({ fate }: Fault, { transactionHash }: Stop, underWay: () => Promise<void>): Promise<void> {
    if (fate === "late") {
      await underWay();
      await sleep(LATE_MS);
    }
    if (fate === "dropped" && transactionHash !== null)
      for (const name of this.#frozen) await this.#stage.chains[name].drop(transactionHash);
    await this.thaw();
  }

  /** Resolves once one of the processes, started again or in the place of another, has begun to do something. */
  async #stirred(actors: readonly Actor[]): Promise<void> {
    const size = () => actors.reduce((sum, actor) => sum + statSync(this.#stage.traceFile(actor)).size, 0);
    const before = size();
    await eventually("the process does something", () => size() > before, STIR_LIMIT_MS);
  }

  /** It goes on without any chain, and finds them again. */
  async #cutOff(role: Role): Promise<void> {
    const mend = await this.#stage.cut(role);
    this.#deps.track(sleep(CUT_OFF_MS).then(mend));
  }

  /** What is stopped stays so until the others have drawn their conclusion, and then goes on where it was. */
  async #holdPastDeadline(victims: readonly Actor[]): Promise<void> {
    const { questions } = this.#deps;
    const signal = (name: "SIGSTOP" | "SIGCONT") => {
      for (const victim of victims) this.#stage.process(victim).signal(name);
    };
    signal("SIGSTOP");
    await this.#stage.advance(PAST_DEADLINE_S);
    const limit = (await questions.isOpen()) ? STOPPED_MAX_MS : NO_SESSION_MS;
    if (victims.length === 1) await eventually("a decision", () => questions.isDecided(), limit).catch(() => undefined);
    signal("SIGCONT");
  }
}
