import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isGatelogError } from "../../src/entry/errors.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import type { Outcome } from "../../src/protocol/state.ts";
import type { Arm } from "../support/mortal-gateway-control.ts";
import type { MortalListener, Stop } from "../support/mortal-gateway-process.ts";
import { isMember, partOf, type Actor } from "./actors.ts";
import { checkEnd, checkUntouched } from "./check-end.ts";
import { needlessTakeovers, type GroupHistory } from "./check-group.ts";
import type { CrashCase, Fault } from "./crash-case.ts";
import { FLOWS, GOLD_PER_TRANSFER, type Flow, type Hold, type Scene } from "./flows.ts";
import { eventually, Questions } from "./questions.ts";
import { ROLES } from "./session-logs.ts";
import type { CrashStage } from "./stage.ts";
import type { Standing } from "./staged-group.ts";
import { Strikes } from "./strikes.ts";
import type { CrashWorker } from "./worker.ts";

/** For a whole case; most take a few seconds, on a machine that has nothing else to do. */
const CASE_LIMIT_MS = 180_000;
const POLL_MS = 40;
/** What is to happen at the closing of the last log happens within that, or not. */
const LAST_FAULT_MS = 3_000;
/** Between two readings of whether the logs are closed, while the gateways have not said so. */
const LOOK_MS = 1_000;
/** One transfer with what befalls its gateways, from the request to the checks behind its end. */
export class CaseRun {
  readonly #worker: CrashWorker;
  readonly #stage: CrashStage;
  readonly #plan: CrashCase;
  readonly #flow: Flow;
  readonly #sessionId: string;
  readonly #key: string;
  readonly #faults: Set<Fault>;
  readonly #holds: Set<Hold>;
  readonly #questions: Questions;
  readonly #strikes: Strikes;
  /** How often the flow has had a gateway away that is one process. */
  #aways = 0;
  readonly #busy = new Set<Promise<void>>();
  /** Gateways that have told of the outcome. */
  readonly #told = new Set<string>();
  #failure: Error | undefined;
  #wasHeld = true;
  /** The deadline was past when the session was to be opened: there is none. */
  #isTooLate = false;

  constructor(worker: CrashWorker, stage: CrashStage, plan: CrashCase, key: string) {
    this.#worker = worker;
    this.#stage = stage;
    this.#plan = plan;
    this.#flow = FLOWS[plan.flow];
    this.#key = key;
    this.#sessionId = sessionIdFor(stage.gatewayId("origin"), key);
    this.#questions = new Questions(stage, this.#sessionId);
    this.#strikes = new Strikes({
      stage,
      questions: this.#questions,
      start: (actor) => stage.start(actor, this.#arms(actor), this.listener(actor)),
      rearm: (actor) => this.#rearm(actor),
      track: (work) => this.#track(work),
    });
    this.#faults = new Set(plan.faults);
    this.#holds = new Set(this.#flow.holds ?? []);
  }

  get listener(): (actor: Actor) => MortalListener {
    const stage = this.#stage;
    return (actor) => ({
      at: (stop) => this.#track(this.#at(actor, stop)),
      freeze: ({ id, chainId }) => this.#track(this.#strikes.freeze(chainId).then(() => stage.process(actor).go(id))),
      event: (name) => {
        if (name === "outcome") this.#told.add(partOf(actor));
        if (isMember(actor)) this.#strikes.heard(name);
      },
    });
  }

  /** Rejects with what went wrong; gives what is remarkable about a case in which nothing did. */
  async run(): Promise<string | undefined> {
    const stage = this.#stage;
    await stage.use(this.#plan.stack, this.listener);
    const standing = await stage.standing();
    const peerStarts = stage.peerStarts;
    for (const actor of stage.actors) writeFileSync(stage.traceFile(actor), "");
    const before = await this.#worker.hands.holdings();
    const asset = await this.#flow.asset({ stage, hands: this.#worker.hands });
    try {
      for (const actor of stage.actors) await this.#rearm(actor);
      this.#track(this.#request(asset));
      if (this.#flow.beside) this.#track(this.#flow.beside(this.#sceneAt()));
      await this.#untilOver();
    } finally {
      await this.#strikes.thaw();
      await this.#flow.cleanUp?.({ stage, hands: this.#worker.hands });
    }
    const expected = this.#isOutcomeCertain() ? this.#outcome : undefined;
    const after = await this.#worker.hands.holdings();
    const group = await this.#history(standing, peerStarts);
    const end = { outcome: expected, amount: GOLD_PER_TRANSFER, before, after, group };
    if (this.#isTooLate) checkUntouched(before, after);
    else await checkEnd(stage, this.#sessionId, end);
    await stage.levelClocks();
    const needless = group ? needlessTakeovers(group) : 0;
    return needless > 0 ? `${needless} takeovers of a primary that lived` : undefined;
  }

  async #history(before: Standing | undefined, peerStarts: number): Promise<GroupHistory | undefined> {
    const after = await this.#stage.standing();
    if (!before || !after) return undefined;
    const peer = { starts: this.#stage.peerStarts - peerStarts, asked: this.#aways };
    return { before, after, deaths: this.#strikes.deaths, peer };
  }

  get #outcome(): Outcome {
    const { outcome, outcomeOfPrivate = outcome } = this.#flow;
    return this.#stage.isPrivate ? outcomeOfPrivate : outcome;
  }

  /** A hold that was never reached, or a gateway that stood still past the deadline, leaves the outcome open. */
  #isOutcomeCertain(): boolean {
    return this.#wasHeld && this.#plan.faults.every(({ how }) => how !== "stopped");
  }

  async #untilOver(): Promise<void> {
    const isOver = async (): Promise<boolean> => {
      if (this.#failure !== undefined) throw this.#failure;
      return this.#busy.size === 0 && (this.#isTooLate || (await this.#stage.logs.areClosed(this.#sessionId)));
    };
    const giveUpAt = performance.now() + CASE_LIMIT_MS;
    while (!(await isOver())) {
      if (performance.now() > giveUpAt) throw new Error(`not over within ${CASE_LIMIT_MS} ms: ${await this.#state()}`);
      // Who dies at its last step may have told of the outcome or not: it is looked for in any case, but not all the time.
      const nextLook = performance.now() + LOOK_MS;
      while (
        !this.#isTooLate &&
        this.#told.size < ROLES.length &&
        this.#failure === undefined &&
        performance.now() < nextLook
      )
        await sleep(POLL_MS);
      await sleep(POLL_MS);
    }
    // What comes last, at the closing of a log, may be told of behind it.
    const isQuiet = () => this.#faults.size === 0 && this.#busy.size === 0;
    await eventually("every fault has happened", isQuiet, LAST_FAULT_MS).catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
    this.#wasHeld = this.#holds.size === 0;
    const [missed] = this.#faults;
    if (missed) throw new Error(`the ${missed.role} never passed ${missed.point} in the flow ${this.#plan.flow}`);
  }

  async #state(): Promise<string> {
    const questions = this.#questions;
    const logs = {
      origin: (await questions.marks("origin")).join(" "),
      destination: (await questions.marks("destination")).join(" "),
    };
    const open = { faults: [...this.#faults], holds: [...this.#holds], busy: this.#busy.size };
    return JSON.stringify({ sessionId: this.#sessionId, decision: await questions.decision(), ...open, logs }, null, 2);
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => this.#busy.delete(tracked));
    this.#busy.add(tracked);
  }

  /** The client asks until it has an answer: that is all that anybody has to do. */
  async #request(asset: object): Promise<void> {
    const { net } = this.#stage;
    const request = net.request("alpha", { idempotencyKey: this.#key, asset });
    while (this.#failure === undefined) {
      for (const client of this.#stage.clients("origin"))
        try {
          await client.transfer(request);
          return;
        } catch (error) {
          this.#isTooLate = await this.#isRefusedLate(error);
          if (this.#isTooLate) return;
          if (isGatelogError(error) && error.disposition === "reject") throw error;
        }
      await sleep(POLL_MS);
    }
  }

  /** Whoever stood still before the session was opened, and goes on behind its deadline, is told so by the registry. */
  async #isRefusedLate(error: unknown): Promise<boolean> {
    if (!isGatelogError(error, "INVALID_SESSION") || this.#isOutcomeCertain()) return false;
    return !(await this.#questions.isOpen());
  }

  async #at(actor: Actor, stop: Stop): Promise<void> {
    if (!this.#stage.isRunning(actor)) return; // its last word
    const process = this.#stage.process(actor);
    const part = partOf(actor);
    if (await this.#strikes.strikeAgain(actor)) return;
    const hold = [...this.#holds].find(({ role, point }) => role === part && point === stop.point);
    if (hold) {
      this.#holds.delete(hold);
      await hold.meanwhile(this.#sceneAt(actor));
    }
    const fault = [...this.#faults].find(({ at, point }) => at === part && point === stop.point);
    if (fault) {
      this.#faults.delete(fault); // Once: who is started again passes the same points again.
      await this.#strikes.strike(fault, actor, stop);
    }
    if (!process.isOver) process.go(stop.id);
  }

  #rearm(actor: Actor): Promise<void> {
    return this.#stage.rearm(actor, this.#arms(actor), this.listener(actor));
  }

  #arms(actor: Actor): Arm[] {
    const session = this.#sessionId;
    const part = partOf(actor);
    const again = this.#strikes.again(actor);
    return [
      ...[...this.#faults]
        .filter(({ at }) => at === part)
        .map(({ point, role }) => ({ session, point, writer: this.#stage.gatewayId(role) })),
      ...[...this.#holds].filter(({ role }) => role === part).map(({ point }) => ({ session, point })),
      ...(again === undefined ? [] : [{ session, nth: again }]),
    ];
  }

  /** @param actor Who stands still meanwhile, if anybody does. */
  #sceneAt(actor?: Actor): Scene {
    const questions = this.#questions;
    return {
      stage: this.#stage,
      hands: this.#worker.hands,
      decided: () => eventually("a decision", () => questions.isDecided(), CASE_LIMIT_MS),
      logged: (role, mark) => eventually(`${mark} of the ${role}`, () => questions.isLogged(role, mark), CASE_LIMIT_MS),
      terms: () => questions.terms(),
      cancel: () => this.#cancel(),
      away: async (role, meanwhile) => {
        if (actor !== undefined && isMember(actor) && partOf(actor) === role)
          return this.#strikes.replace(actor, meanwhile);
        this.#aways += 1;
        return this.#strikes.killAndRestart([role], { while: meanwhile });
      },
    };
  }

  async #cancel(): Promise<void> {
    const isHeard = async (): Promise<boolean> => {
      for (const client of this.#stage.clients("origin"))
        try {
          await client.cancel(this.#sessionId);
          return true;
        } catch (error) {
          if (!isGatelogError(error)) throw error;
          if (error.disposition === "reject") return true;
        }
      return false;
    };
    await eventually("the client's wish is heard", isHeard, CASE_LIMIT_MS);
  }
}
