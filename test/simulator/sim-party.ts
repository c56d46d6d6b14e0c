import { GatelogError, isGatelogError } from "../../src/entry/errors.ts";
import type { Address, SessionId } from "../../src/entry/hex.ts";
import { MemoryGroup } from "../../src/gateway/failover/memory-authority.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { TransferStatus } from "../../src/gateway/public.ts";
import { GATEWAY_IDS, type Name } from "./cast.ts";
import { START } from "./sim-clock.ts";
import { SIGNERS, SimMember, type PartyDeps } from "./sim-member.ts";
import type { PlannedTakeover } from "./takeover-plan.ts";
import type { Station } from "./points.ts";

/** What the simulation is told of. */
interface Told {
  /** A backup is primary, and is to be started. */
  readonly onPrimary: (name: Name, epoch: number, key: Address) => void;
  /** Something fails only if the simulation is broken. */
  readonly spawn: (work: Promise<unknown>) => void;
}

/** One gateway group: a primary, and backups that stand by. */
export class SimParty {
  readonly name: Name;
  readonly #deps: PartyDeps;
  readonly #group: MemoryGroup;
  readonly #members: readonly SimMember[];
  readonly #planned: Set<PlannedTakeover>;
  /** The primary is dead for good, and nobody has taken over yet. */
  #isForsaken = false;
  #isTakenOver = false;
  #primary: SimMember;
  #starts = 0;
  readonly #told: Told;

  constructor(name: Name, deps: PartyDeps, told: Told) {
    this.name = name;
    this.#deps = deps;
    this.#told = told;
    const { crashes, directory, plan } = deps;
    const [first, ...backups] = SIGNERS[name].map(({ address }) => address);
    directory.register(GATEWAY_IDS[name], first ?? "0x");
    this.#group = new MemoryGroup(directory, GATEWAY_IDS[name], backups);
    const isPrimary = (member: SimMember): boolean => member === this.#primary;
    const hooks = {
      pass: (member: SimMember, station: Station) => isPrimary(member) && this.#pass(station),
      call: (member: SimMember) => {
        if (isPrimary(member)) crashes.call(name);
      },
      dying: (member: SimMember) => (isPrimary(member) ? crashes.dyingWrite(name) : undefined),
    };
    this.#members = SIGNERS[name].map((_, number) => new SimMember(name, number, deps, hooks));
    const [primary] = this.#members;
    if (primary === undefined) throw new RangeError("a group without members");
    this.#primary = primary;
    this.#planned = new Set(plan.takeovers.filter((takeover) => takeover.name === name));
    for (const takeover of this.#planned)
      if (takeover.trigger.kind === "moment") deps.clock.at(START + takeover.trigger.at, () => this.#begin(takeover));
  }

  /** The primary's, while it runs. */
  get gateway(): Gateway | undefined {
    return this.#primary.gateway;
  }

  get isDown(): boolean {
    return this.#primary.isDown;
  }

  /** Of the primary. Resolves once the sessions are under way, with false if the process could not start. */
  async start(): Promise<boolean> {
    const { name } = this;
    const { crashes, trace } = this.#deps;
    const primary = this.#primary;
    if (this.#isForsaken || !primary.isDown) return true;
    this.#starts += 1;
    trace.note(this.#starts > 1 ? `${name} starts again` : `${name} starts`);
    crashes.started(name, this.#starts);
    const hasStarted = await primary.start();
    if (hasStarted && !this.isDown && primary === this.#primary) crashes.resumed(name);
    return hasStarted || primary !== this.#primary;
  }

  /** The primary's process is gone. */
  crash(): void {
    this.#primary.end();
    this.#primary.loseUnsynced();
  }

  /** All processes are gone. */
  end(): void {
    for (const member of this.#members) member.end();
  }

  /** What the gateway says of a session, if it says anything within that time. */
  status(sessionId: SessionId, withinMs: number): Promise<TransferStatus | undefined> {
    return this.#primary.status(sessionId, withinMs);
  }

  #pass(station: Station): boolean {
    for (const takeover of this.#planned) {
      const { trigger } = takeover;
      if (trigger.kind !== "point" || trigger.role !== station.role || trigger.point !== station.point) continue;
      this.#begin(takeover);
      if (this.#primary.isDown) return true;
      break;
    }
    return this.#deps.crashes.pass(this.name, station);
  }

  #begin(takeover: PlannedTakeover): void {
    const { clock, faults, trace } = this.#deps;
    this.#planned.delete(takeover);
    if (faults.isCalm || this.#isTakenOver) return;
    this.#isTakenOver = true;
    const { former, delayMs } = takeover;
    trace.note(`${this.name} is silent: ${former}`);
    if (former === "dead" || this.isDown) {
      this.#isForsaken = true;
      this.crash();
    } else if (former === "stopped") this.#primary.stop();
    clock.at(clock.now() + delayMs, () => this.#told.spawn(this.#takeOver(takeover)));
  }

  async #takeOver(takeover: PlannedTakeover): Promise<void> {
    const { faults, oracles, trace } = this.#deps;
    const { name } = this;
    const former = this.#primary;
    const expected = former.view.epoch;
    const backups = this.#members.filter((member) => member !== former && member.view.epoch === 1 && member.isDown);
    const racers = backups.slice(0, takeover.racers);
    const outcomes = await Promise.all(
      racers.map(async (member) => {
        try {
          const { epoch } = await this.#group.authorityOf(member.signer).takeover(expected);
          return { member, epoch };
        } catch (error) {
          if (!isGatelogError(error, "STALE_EPOCH")) throw error;
          faults.happened("takeover-race", `${name}: ${error.message}`);
          return undefined;
        }
      }),
    );
    const [winner, ...others] = outcomes.filter((outcome) => outcome !== undefined);
    if (!winner || others.length > 0)
      throw new GatelogError("INVARIANT_BROKEN", `${others.length + 1} of ${racers.length} backups have won`);
    const { member, epoch } = winner;
    trace.note(`${name} is taken over: epoch ${epoch}`);
    oracles.tookOver(name, epoch, member.account);
    faults.happened(former.isDown ? "takeover" : "takeover-false", name);
    if (epoch > 2) faults.happened("takeover-again", name);
    [member.view.epoch, member.view.since] = [epoch, this.#deps.clock.now()];
    this.#primary = member;
    [this.#isForsaken, this.#isTakenOver] = [false, false];
    if (!former.isDown) this.#depose(former, takeover);
    this.#told.onPrimary(name, epoch, member.signer.address);
  }

  /** It goes on until it sees that there is another one, and stands down. */
  #depose(former: SimMember, { former: fate, stoppedMs, blindMs }: PlannedTakeover): void {
    const { clock, faults } = this.#deps;
    const wakesAt = clock.now() + (fate === "stopped" ? stoppedMs : 0);
    former.view.blindUntil = wakesAt + blindMs;
    if (fate === "stopped")
      clock.at(wakesAt, () => {
        faults.happened("zombie-wakes", this.name);
        former.goOn();
      });
    clock.at(former.view.blindUntil + STAND_DOWN_MS, () => former.end());
  }
}

/** From then on until a former primary is gone: its sessions come to the end of what they are in. */
const STAND_DOWN_MS = 2_000;
