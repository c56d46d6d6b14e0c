import type { Name } from "./cast.ts";
import type { Faults } from "./faults.ts";
import type { Plan, PlannedCrash } from "./plan.ts";
import type { Station } from "./points.ts";
import type { Random } from "./random.ts";
import type { DyingWrite } from "./sim-outbox.ts";

/** A process that dies again in its recovery or rollback does so within this number of calls. */
const SOON_CALLS = 15;
const SHORT_MS = 2_000;

interface CrashDeps {
  readonly random: Random;
  readonly faults: Faults;
  readonly kill: (name: Name, downMs: number) => void;
}

/** What is counted of one party's processes. */
interface Watch {
  calls: number;
  isResuming: boolean;
  /** Sessions that are between init-rollback and done-rollback here, as far as points were passed. */
  isRollingBack: boolean;
  /** Number of calls after which the process dies again. */
  countdown: number;
}

/** Kills the processes where the plan says. Each planned crash happens once at most. */
export class CrashPlan {
  readonly #plan: Plan;
  readonly #deps: CrashDeps;
  readonly #open: Set<PlannedCrash>;
  readonly #watches: Readonly<Record<Name, Watch>> = { alpha: newWatch(), beta: newWatch() };

  constructor(plan: Plan, deps: CrashDeps) {
    this.#plan = plan;
    this.#deps = deps;
    this.#open = new Set(plan.crashes);
  }

  started(name: Name, starts: number): void {
    const watch = this.#watches[name];
    const { random, faults } = this.#deps;
    Object.assign(watch, { isResuming: starts > 1, isRollingBack: false, countdown: Infinity });
    if (starts > 1 && !faults.isCalm && random.chance(this.#plan.diesAgain.inRecovery))
      watch.countdown = random.whole(1, SOON_CALLS);
  }

  resumed(name: Name): void {
    this.#watches[name].isResuming = false;
  }

  /** The process calls something outside itself. */
  call(name: Name): void {
    const watch = this.#watches[name];
    watch.calls += 1;
    watch.countdown -= 1;
    if (watch.countdown <= 0) {
      watch.countdown = Infinity;
      if (watch.isResuming || watch.isRollingBack)
        this.#deps.faults.happened(watch.isResuming ? "crash-in-recovery" : "crash-in-rollback", name);
      this.#deps.kill(name, this.#deps.random.whole(0, SHORT_MS));
      return;
    }
    for (const crash of this.#open)
      if (crash.name === name && crash.trigger.kind === "call" && watch.calls === crash.trigger.nth)
        this.#fire(crash, name);
  }

  atMoment(crash: PlannedCrash): void {
    if (crash.name !== null) this.#fire(crash, crash.name);
  }

  /** True if the process has died at the point. */
  pass(name: Name, { role, point }: Station): boolean {
    const { random, faults } = this.#deps;
    const watch = this.#watches[name];
    if (point === "append init-rollback/after") {
      watch.isRollingBack = true;
      if (!faults.isCalm && random.chance(this.#plan.diesAgain.inRollback))
        watch.countdown = random.whole(1, SOON_CALLS);
    }
    if (point === "append done-rollback/before") watch.isRollingBack = false;
    for (const crash of this.#open) {
      const { trigger } = crash;
      if ((crash.name ?? name) !== name || trigger.kind !== "point" || trigger.role !== role || trigger.point !== point)
        continue;
      faults.happened("crash-at-point", `${name}, ${role}: ${point}`);
      faults.passed(this.#plan.register, role, point);
      this.#fire(crash, name);
      return true;
    }
    return false;
  }

  /** Whether the process dies in the write to its disk that it is at. */
  dyingWrite(name: Name): DyingWrite | undefined {
    const { random, faults } = this.#deps;
    if (!faults.strikes("outbox-write-lost")) return undefined;
    const end = random.pick(["lost", "torn", "kept"] as const);
    faults.happened(`outbox-write-${end}`, name);
    this.#deps.kill(name, random.whole(0, SHORT_MS));
    return end;
  }

  #fire(crash: PlannedCrash, name: Name): void {
    this.#open.delete(crash);
    this.#deps.kill(name, crash.downMs);
  }
}

function newWatch(): Watch {
  return { calls: 0, isResuming: false, isRollingBack: false, countdown: Infinity };
}
