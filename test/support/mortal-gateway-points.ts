import { appendFileSync, readFileSync } from "node:fs";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { FaultPoint } from "../../src/gateway/fault-points.ts";
import type { Arm, Orders, Report, TraceLine } from "./mortal-gateway-control.ts";

/** A step of a session that is under way, as the points name it. */
export interface Step {
  readonly session: string;
  readonly step: string;
  /** Gateway whose entry or statement it is. */
  readonly writer: string | undefined;
}

export type Moment = FaultPoint extends `${string}/${infer Name}` ? Name : never;

/** The points of one process: which of them are armed, and what happens there. */
export class Points {
  readonly #report: (report: Report) => void;
  readonly #waiting = new Map<number, () => void>();
  #orders: Orders = { clock: "/dev/null", arms: [], trace: "/dev/null" };
  #arms: Arm[] = [];
  #passed = 0;
  #ids = 0;

  constructor(report: (report: Report) => void) {
    this.#report = report;
  }

  /** UNIX ms, as the test has it. */
  now(): number {
    return Date.now() + Number(readFileSync(this.#orders.clock, "utf8"));
  }

  obey(orders: Orders): void {
    this.#passed = 0;
    this.#orders = orders;
    this.#arms = [...orders.arms];
  }

  go(id: number): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }

  /** Whether the process will stop at this very point. */
  isArmed({ session, step, writer }: Step, moment: Moment): boolean {
    const point: FaultPoint = `${step}/${moment}`;
    return this.#arms.some(
      (arm) =>
        "point" in arm &&
        arm.session === session &&
        arm.point === point &&
        (arm.writer === undefined || writer === undefined || arm.writer === writer),
    );
  }

  /** Passes the point, or stops there until it is told to go on. */
  async pass(step: Step, moment: Moment, transactionHash: string | null = null): Promise<void> {
    const point: FaultPoint = `${step.step}/${moment}`;
    const { session } = step;
    const isArmed = this.isArmed(step, moment);
    this.#passed += 1;
    const nth = this.#arms.some((arm) => "nth" in arm && arm.session === session && arm.nth === this.#passed);
    this.trace({ passed: point, session });
    if (!isArmed && !nth) return;
    this.#arms = this.#arms.filter((arm) => ("nth" in arm ? !nth : arm.session !== session || arm.point !== point));
    await this.#until((id) => ({ type: "at", id, point, session, transactionHash }));
  }

  /** Resolves once the chain mines no more. */
  frozen(chainId: number): Promise<void> {
    return this.#until((id) => ({ type: "freeze", id, chainId }));
  }

  /** Entries whose bytes are about to leave the process, or to be what the peer may read. */
  letOut(entries: readonly SignedEntry[]): void {
    for (const { sessionId: session, gatewayId, epoch, index, entryHash } of entries)
      this.trace({ out: entryHash, session, gatewayId, epoch, index });
  }

  /** Written at once: a process that is killed here has written it. */
  trace(line: TraceLine): void {
    appendFileSync(this.#orders.trace, `${JSON.stringify(line)}\n`);
  }

  #until(report: (id: number) => Report): Promise<void> {
    const id = (this.#ids += 1);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#report(report(id));
    });
  }
}
