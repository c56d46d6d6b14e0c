import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CrashCase, GroupPlan } from "./crash-case.ts";
import { Hands } from "./hands.ts";
import { CaseRun } from "./run-case.ts";
import { CrashStage } from "./stage.ts";

/** Logs and traces of cases that failed are left there. */
const KEPT = fileURLToPath(new URL("../../.cache/crash", import.meta.url));
/** A network grows with what it has seen; behind so many cases a new one is cheaper. */
const CASES_PER_STAGE = 100;

const MAX_OPEN_ATTEMPTS = 3;

export interface CaseResult {
  readonly plan: CrashCase;
  readonly seconds: number;
  /** Undefined if all is well. */
  readonly failure: string | undefined;
  /** What else there is to say of it. */
  readonly remark: string | undefined;
}

type Verdict = Pick<CaseResult, "failure" | "remark">;

/** Runs cases one after the other on a network of its own. */
export class CrashWorker {
  #stage: CrashStage | undefined;
  #hands: Hands | undefined;
  #cases = 0;

  get hands(): Hands {
    if (this.#hands === undefined) throw new Error("the network is not up");
    return this.#hands;
  }

  async run(plan: CrashCase): Promise<CaseResult> {
    const started = performance.now();
    const verdict = await this.#attempt(plan);
    return { plan, seconds: (performance.now() - started) / 1_000, ...verdict };
  }

  async close(): Promise<void> {
    const [hands, stage] = [this.#hands, this.#stage];
    this.#hands = undefined;
    this.#stage = undefined;
    await hands?.close();
    await stage?.close();
  }

  async #attempt(plan: CrashCase): Promise<Verdict> {
    try {
      if (this.#cases % CASES_PER_STAGE === 0 || !isOf(plan.group, this.#stage?.group?.plan)) await this.close();
      this.#cases += 1;
      const stage = await this.#open(plan.group);
      const remark = await new CaseRun(this, stage, plan, `${plan.name} ${this.#cases}`).run();
      return { failure: undefined, remark };
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const kept = this.#keep(plan);
      // The next case gets a network on which nothing is left over; what cannot be closed any more is left alone.
      await this.close().catch(() => undefined);
      const failure = `${text}\nlogs: ${kept}\nagain: npm run test:crash -- --only '${plan.name}'`;
      return { failure, remark: undefined };
    }
  }

  async #open(group: GroupPlan | undefined): Promise<CrashStage> {
    if (this.#stage !== undefined) return this.#stage;
    const stage = await openPatiently(group);
    this.#stage = stage;
    this.#hands = new Hands(stage.net);
    await this.#hands.approveGold();
    return stage;
  }

  #keep(plan: CrashCase): string {
    const folder = join(KEPT, plan.name.replaceAll(/[^a-zA-Z0-9]+/g, "-"));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    if (this.#stage) cpSync(this.#stage.net.dir, folder, { recursive: true, filter: (file) => !file.includes("keys") });
    return folder;
  }
}

/** Who the members of a group are is settled when its network is set up. */
function isOf(wanted: GroupPlan | undefined, staged: GroupPlan | undefined): boolean {
  return JSON.stringify(wanted) === JSON.stringify(staged);
}

/** Nodes that do not start on a machine that is busy with other things say nothing about gateways. */
async function openPatiently(group: GroupPlan | undefined): Promise<CrashStage> {
  for (let attempts = 1; ; attempts += 1)
    try {
      return await CrashStage.open(group);
    } catch (error) {
      if (attempts === MAX_OPEN_ATTEMPTS) throw error;
    }
}
