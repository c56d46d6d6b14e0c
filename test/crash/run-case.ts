import { statSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseCanonical } from "../../src/entry/canonical.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import type { Decision } from "../../src/entry/statements.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import { markOf, type Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { Outcome } from "../../src/protocol/state.ts";
import { readTerms } from "../../src/protocol/payloads.ts";
import type { Arm } from "../support/mortal-gateway-control.ts";
import type { MortalListener, Stop } from "../support/mortal-gateway-process.ts";
import { checkEnd, checkUntouched } from "./check-end.ts";
import type { CrashCase, Fault } from "./crash-case.ts";
import { FLOWS, GOLD_PER_TRANSFER, type Flow, type Hold, type Scene } from "./flows.ts";
import { ROLES, SIDES } from "./session-logs.ts";
import type { Actor, CrashStage } from "./stage.ts";
import type { ChainName } from "./ways.ts";
import type { CrashWorker } from "./worker.ts";

/** For a whole case; most take a few seconds. */
const CASE_LIMIT_MS = 90_000;
const POLL_MS = 40;
/** Between two questions about something that a flow waits for. */
const QUESTION_MS = 80;
/** What is to happen at the closing of the last log happens within that, or not. */
const LAST_FAULT_MS = 3_000;
/** Between two readings of whether the logs are closed, while the gateways have not said so. */
const LOOK_MS = 1_000;
/** How long a transaction stays unmined once its sender is back at work. */
const LATE_MS = 300;
/** Longer than a few retries. */
const CUT_OFF_MS = 2_000;
const PAST_DEADLINE_S = 11 * 60;
/** A survivor that notices nothing (there may be no session yet) is not waited for longer. */
const STOPPED_MAX_MS = 8_000;
const NO_SESSION_MS = 1_000;

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
  /** Victims that fall again, by the number of points that they get behind them. */
  readonly #again = new Map<Actor, number>();
  readonly #frozen = new Set<ChainName>();
  readonly #busy = new Set<Promise<void>>();
  /** Gateways that have told of the outcome. */
  readonly #told = new Set<Actor>();
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
    this.#faults = new Set(plan.faults);
    this.#holds = new Set(this.#flow.holds ?? []);
  }

  get listener(): (actor: Actor) => MortalListener {
    return (actor) => ({
      at: (stop) => this.#track(this.#at(actor, stop)),
      freeze: ({ id, chainId }) => this.#track(this.#freeze(actor, id, chainId)),
      outcome: () => this.#told.add(actor),
    });
  }

  /** Rejects with what went wrong. */
  async run(): Promise<void> {
    const stage = this.#stage;
    await stage.use(this.#plan.stack, this.listener);
    for (const actor of stage.actors) writeFileSync(stage.traceFile(actor), "");
    const before = await this.#worker.hands.holdings();
    const asset = await this.#flow.asset({ stage, hands: this.#worker.hands });
    try {
      for (const actor of stage.actors) await stage.rearm(actor, this.#arms(actor), this.listener(actor));
      this.#track(this.#request(asset));
      if (this.#flow.beside) this.#track(this.#flow.beside(this.#scene));
      await this.#untilOver();
    } finally {
      for (const name of this.#frozen) await stage.chains[name].thaw();
      await this.#flow.cleanUp?.({ stage, hands: this.#worker.hands });
    }
    const expected = this.#isOutcomeCertain() ? this.#outcome : undefined;
    const after = await this.#worker.hands.holdings();
    if (this.#isTooLate) checkUntouched(before, after);
    else await checkEnd(stage, this.#sessionId, { outcome: expected, amount: GOLD_PER_TRANSFER, before, after });
    await stage.levelClocks();
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
    const marksOf = async (role: Role) => (await this.#stage.logs.read(this.#sessionId, role)).map(markOf).join(" ");
    const logs = { origin: await marksOf("origin"), destination: await marksOf("destination") };
    const open = { faults: [...this.#faults], holds: [...this.#holds], busy: this.#busy.size };
    return JSON.stringify({ sessionId: this.#sessionId, decision: await this.#decision(), ...open, logs }, null, 2);
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
    while (this.#failure === undefined)
      try {
        await net.client("alpha").transfer(request);
        return;
      } catch (error) {
        this.#isTooLate = await this.#isRefusedLate(error);
        if (this.#isTooLate) return;
        if (isGatelogError(error) && error.disposition === "reject") throw error;
        await sleep(POLL_MS);
      }
  }

  /** Whoever stood still before the session was opened, and goes on behind its deadline, is told so by the registry. */
  async #isRefusedLate(error: unknown): Promise<boolean> {
    if (!isGatelogError(error, "INVALID_SESSION") || this.#isOutcomeCertain()) return false;
    return (await this.#stage.logs.facts(this.#sessionId)) === undefined;
  }

  async #freeze(actor: Actor, id: number, chainId: number): Promise<void> {
    const name = this.#stage.chainNamed(chainId);
    await this.#stage.chains[name].freeze();
    this.#frozen.add(name);
    this.#stage.process(actor).go(id);
  }

  async #thaw(): Promise<void> {
    for (const name of [...this.#frozen]) {
      this.#frozen.delete(name);
      await this.#stage.chains[name].thaw();
    }
  }

  async #at(actor: Actor, stop: Stop): Promise<void> {
    const process = this.#stage.process(actor);
    if (this.#again.delete(actor)) {
      await this.#killAndRestart([actor]);
      return;
    }
    const hold = [...this.#holds].find(({ role, point }) => role === actor && point === stop.point);
    if (hold) {
      this.#holds.delete(hold);
      await hold.meanwhile(this.#scene);
    }
    const fault = [...this.#faults].find(({ at, point }) => at === actor && point === stop.point);
    if (fault) await this.#strike(fault, actor, stop);
    if (!process.isOver) process.go(stop.id);
  }

  async #strike(fault: Fault, actor: Actor, stop: Stop): Promise<void> {
    this.#faults.delete(fault); // Once: who is started again passes the same points again.
    if (fault.how === "stopped") await this.#holdPastDeadline(fault.victims);
    else if (fault.how === "cut-off") await this.#cutOff(fault.role);
    else {
      if (fault.again !== undefined) for (const victim of fault.victims) this.#again.set(victim, fault.again);
      await this.#killAndRestart(fault.victims, {
        behind: async () => {
          if (fault.fate === "late") await this.#stirred(actor);
          if (fault.fate === "dropped" && stop.transactionHash !== null)
            for (const name of this.#frozen) await this.#stage.chains[name].drop(stop.transactionHash);
          await this.#thaw();
        },
      });
    }
    await this.#thaw();
  }

  /** Resolves a while after a process that was started again has begun to do something. */
  async #stirred(actor: Actor): Promise<void> {
    const size = () => statSync(this.#stage.traceFile(actor)).size;
    const before = size();
    await eventually("the process does something", () => size() > before, CASE_LIMIT_MS);
    await sleep(LATE_MS);
  }

  /** @param also.while Until then they stay dead; `behind` is done while they start. */
  async #killAndRestart(
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
    const restarted = Promise.all(
      running.map((victim) => this.#stage.start(victim, this.#arms(victim), this.listener(victim))),
    );
    await also.behind?.();
    await restarted;
  }

  /** It goes on without any chain, and finds them again. */
  async #cutOff(role: Role): Promise<void> {
    const mend = await this.#stage.cut(role);
    this.#track(sleep(CUT_OFF_MS).then(mend));
  }

  /** What is stopped stays so until the others have drawn their conclusion, and then goes on where it was. */
  async #holdPastDeadline(victims: readonly Actor[]): Promise<void> {
    const signal = (name: "SIGSTOP" | "SIGCONT") => {
      for (const victim of victims) this.#stage.process(victim).signal(name);
    };
    signal("SIGSTOP");
    await this.#stage.advance(PAST_DEADLINE_S);
    const limit = (await this.#stage.logs.facts(this.#sessionId)) ? STOPPED_MAX_MS : NO_SESSION_MS;
    if (victims.length === 1) await eventually("a decision", () => this.#isDecided(), limit).catch(() => undefined);
    signal("SIGCONT");
  }

  #arms(actor: Actor): Arm[] {
    const session = this.#sessionId;
    const again = this.#again.get(actor);
    return [
      ...[...this.#faults]
        .filter(({ at }) => at === actor)
        .map(({ point, role }) => ({ session, point, writer: this.#stage.gatewayId(role) })),
      ...[...this.#holds].filter(({ role }) => role === actor).map(({ point }) => ({ session, point })),
      ...(again === undefined ? [] : [{ session, nth: again }]),
    ];
  }

  get #scene(): Scene {
    const stage = this.#stage;
    return {
      stage,
      hands: this.#worker.hands,
      decided: () => eventually("a decision", () => this.#isDecided(), CASE_LIMIT_MS),
      logged: (role, mark) => eventually(`${mark} of the ${role}`, () => this.#isLogged(role, mark), CASE_LIMIT_MS),
      terms: () => this.#terms(),
      cancel: () => this.#cancel(),
      away: (role, meanwhile) => this.#killAndRestart([role], { while: meanwhile }),
    };
  }

  async #cancel(): Promise<void> {
    const { url } = this.#stage.net.record.gateways[SIDES.origin];
    await fetch(`${url}/v1/transfers/${this.#sessionId}/cancel`, { method: "POST" });
  }

  async #decision(): Promise<Decision> {
    const { logs } = this.#stage;
    const decision = await logs.decision(this.#sessionId);
    if (decision !== null) return decision;
    const termsHash = (await logs.facts(this.#sessionId))?.termsHash ?? null;
    if (termsHash === null) return "NONE";
    const state = await this.#stage.escrowState("destination", termsHash);
    return state === "ASSIGNED" ? "COMMIT" : state === "CANCELLED" ? "ABORT" : "NONE";
  }

  async #isDecided(): Promise<boolean> {
    return (await this.#decision()) !== "NONE";
  }

  async #isLogged(role: Role, mark: Mark): Promise<boolean> {
    const entries = await this.#stage.logs.read(this.#sessionId, role);
    return entries.some((entry) => markOf(entry) === mark);
  }

  async #terms(): Promise<Terms> {
    const facts = await this.#stage.logs.facts(this.#sessionId);
    const [setup] = await this.#stage.logs.read(this.#sessionId, "origin");
    const terms = facts && setup && readTerms(parseCanonical(setup.payload), facts);
    if (!terms) throw new Error("the session has no terms");
    return terms;
  }
}

/** Waits on what takes a question to a chain or a process to find out. */
async function eventually(what: string, isSo: () => Promise<boolean> | boolean, limitMs: number): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(QUESTION_MS);
  }
}
