import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import type { Gateway } from "../gateway.ts";
import { Mailbox } from "../mailbox.ts";
import { gatelogErrorOf } from "../running-sessions.ts";
import { roleOf, type GroupState, type HandoverConsent } from "./authority.ts";
import { Candidacy } from "./candidacy.ts";
import { HandingOver } from "./handing-over.ts";
import { MemberService } from "./member-service.ts";
import type { MemberDeps, MemberOptions } from "./member-options.ts";
import type { Ballot, Beat } from "./member-transport.ts";
import { networkOf, type NodeNetwork, type NodeService, type NodeState } from "./node.ts";
import { Office } from "./office.ts";
import { patiently, Pauses } from "./patience.ts";
import { Pulse } from "./pulse.ts";
import { Roster } from "./roster.ts";
import { Silence } from "./silence.ts";

/** A process of a group: the gateway as its clients and peers see it, and what the other members and operators ask. */
export interface GroupMember {
  readonly gateway: Gateway;
  readonly node: NodeService;
}

export function createMember(deps: MemberDeps, options: MemberOptions): GroupMember {
  const member = new Member(deps, options);
  const { gatewayId, name, owner, ledgerKeys, loggings } = options.gateway;
  const identity = { gatewayId, name, owner, networks: [...ledgerKeys.keys()], loggings };
  const gateway = { ...member.service, identity, start: () => member.start(), stop: () => member.stop() };
  return { gateway, node: member };
}

/**
 * One process of a group. Primary: it runs the gateway. Standby: it keeps every open session folded, listens for the primary, and
 * takes over when that is silent. Which of the two it is the authority says alone; silence and elections settle who asks it, and when.
 *
 * Guarantees: it acts only between the finality of its own epoch's beginning and the first sign that another one has begun; what it
 * still tries then is refused by the store (fence), and by its valve. It never takes over without being listed.
 * Limitations: the signs of life are not authenticated. Whoever can answer at a member's address can feign a living primary.
 */
class Member implements NodeService {
  readonly #deps: MemberDeps;
  readonly #options: MemberOptions;
  readonly #own: Address;
  readonly #roster: Roster;
  readonly #office: Office;
  readonly #service: MemberService;
  readonly #pulse: Pulse;
  readonly #silence: Silence;
  readonly #candidacy: Candidacy;
  readonly #handingOver: HandingOver;
  readonly #mailbox: Mailbox;
  readonly #stopping = new AbortController();
  #beats = 0;
  /** The group may have changed: the authority is asked at the next look. */
  #isHinted = false;
  #nextPoll = 0;
  readonly #pauses: Pauses;
  /** One change of the role at a time. */
  #changing: Promise<unknown> = Promise.resolve();
  #loops: Promise<unknown> = Promise.resolve();

  constructor(deps: MemberDeps, options: MemberOptions) {
    this.#deps = deps;
    this.#options = options;
    const { ports, transport, monotonic: clock, authority } = deps;
    const { signer, observe } = ports;
    const { timing, gateway } = options;
    this.#own = signer.address;
    this.#roster = new Roster(options.members, this.#own);
    this.#mailbox = new Mailbox(clock);
    this.#pauses = new Pauses(timing.heartbeat);
    const onTrouble = (error: unknown) => this.#tellTrouble(error);
    const isSuperseded = () => this.#isSuperseded();
    const { signal } = this.#stopping;
    const inOffice = { ports, monotonic: clock, signal, isSuperseded, onTrouble };
    this.#office = new Office(inOffice, gateway, timing.heartbeat);
    const { others } = this.#roster;
    this.#pulse = new Pulse({ transport, clock }, others, timing.heartbeat, (beat) => this.#hear(beat));
    this.#silence = new Silence({ pulse: this.#pulse, clock }, timing.silence, timing.startGrace);
    const candidate = { authority, transport, clock, signer, observe, pulse: this.#pulse, silence: this.#silence };
    this.#candidacy = new Candidacy(candidate, { gatewayId: gateway.gatewayId, others, timing });
    this.#service = new MemberService({
      leading: () => (this.#office.phase === "primary" ? this.#office.tenure.gateway : undefined),
      reading: () => this.#office.tenure.gateway,
      primaryUrl: () => this.#handingOver.heirUrl ?? this.#roster.urlOf(this.#office.group?.primary),
      onStale: () => this.#hint(),
    });
    const ending = { authority, transport, clock, signal, office: this.#office, service: this.#service };
    this.#handingOver = new HandingOver({ ...ending, patiently: (work) => this.#patiently(work) });
  }

  get service() {
    return this.#service.service;
  }

  get heartbeatMs(): number {
    return this.#options.timing.heartbeat;
  }

  /**
   * Resolves once it is at work, or stands by. Errors: UNKNOWN_BACKUP, REVOKED, INVALID_CONFIG (another role than it must have, a
   * member that it could not hear), and those of the authority; behind a passing one it may be called again.
   */
  async start(): Promise<void> {
    const { authority } = this.#deps;
    const group = await authority.group("final");
    const role = await roleOf(authority, group, this.#own);
    this.#roster.requireHearing(group);
    if (this.#options.role !== undefined && role !== this.#options.role)
      throw new GatelogError("INVALID_CONFIG", `this member is ${role} of the group, and was to start as another`, {
        expected: this.#options.role,
        actual: role,
        epoch: group.epoch,
      });
    this.#office.know(group);
    this.#pulse.start();
    if (role === "primary") await this.#office.lead(null);
    else this.#office.standBy();
    this.#loops = Promise.all([this.#keepLooking(), this.#office.keepFolding(this.#options.timing.refresh)]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#mailbox.knock();
    await Promise.all([this.#pulse.stop(), this.#loops, this.#changing]);
    await this.#office.tenure.end();
    this.#office.enter("stopped");
  }

  nodeState(): NodeState {
    return { ...this.#office.state(), restraintMs: Math.round(this.#candidacy.restraintMs) };
  }

  network(): NodeNetwork {
    const { group } = this.#office;
    if (!group) throw new GatelogError("NOT_PRIMARY", "this member has not asked for its group yet", {});
    const { ports, monotonic } = this.#deps;
    const { gatewayId } = this.#options.gateway;
    const lastHeard = (key: Address): number | null => {
      const at = key === this.#own ? monotonic.now() : this.#pulse.lastHeard(key);
      return at === undefined ? null : Math.round(ports.clock.now() - (monotonic.now() - at));
    };
    const isOwn = group.primary === this.#own;
    const report = isOwn ? this.#office.report : (this.#pulse.lastBeat(group.primary)?.takeover ?? null);
    return networkOf({ gatewayId, group, members: this.#roster.all, lastHeard, report });
  }

  silenceMs(): number {
    const { role, group } = this.#office;
    return role === "primary" || !group ? 0 : Math.max(0, this.#silence.of(group.primary));
  }

  beat(): Beat {
    this.#beats += 1;
    const { epoch, role, report } = this.#office;
    return { key: this.#own, instance: this.#deps.instance, epoch, role, seq: this.#beats, takeover: report };
  }

  takeBallot(ballot: Ballot): void {
    this.#candidacy.takeBallot(ballot, this.#office.epoch, this.#office.group?.backups ?? []);
  }

  handOver(to?: Address): Promise<GroupState> {
    return this.#exclusively(async () => {
      this.#service.requirePrimary();
      const group = await this.#deps.authority.group("final");
      const heir = this.#roster.heir(group, to, (key) => this.#candidacy.isLiving(key));
      const now = await this.#handingOver.run(group, heir);
      this.#office.know(now);
      this.#silence.restart();
      this.#office.standDown();
      this.#hint();
      return now;
    });
  }

  succeed(consent: HandoverConsent): Promise<GroupState> {
    return this.#exclusively(async () => {
      if (consent.to !== this.#own)
        throw new GatelogError("FOREIGN_SIGNATURE", "the consent is for another member", { expected: this.#own });
      const since = this.#deps.monotonic.now();
      const group = await this.#deps.authority.handover(consent);
      this.#office.know(group);
      if (this.#office.role === "standby") await this.#office.lead({ kind: "HANDOVER", since });
      return group;
    });
  }

  async #keepLooking(): Promise<void> {
    const { monotonic } = this.#deps;
    while (!this.#isStopped) {
      const pause = this.#untilLook();
      const before = monotonic.now();
      const isKnocked = await this.#mailbox.sleep(pause);
      const wasPaused = !isKnocked && monotonic.now() - before - pause > this.#options.timing.heartbeat;
      await this.#exclusively(() => this.#look(wasPaused)).catch(async (error: unknown) => {
        this.#tellTrouble(error);
        await monotonic.sleep(this.#pauses.next(), this.#stopping.signal);
      });
    }
  }

  #untilLook(): number {
    if (this.#isHinted) return 0;
    const { role, group } = this.#office;
    const untilPoll = Math.max(0, this.#nextPoll - this.#deps.monotonic.now());
    if (role === "primary" || !group) return untilPoll;
    // At the limit and not allowed to act: once a heartbeat is often enough.
    const untilLimit = this.#silence.untilLimit(group.primary);
    return Math.min(untilPoll, untilLimit > 0 ? untilLimit : this.#options.timing.heartbeat);
  }

  async #look(wasPaused: boolean): Promise<void> {
    if (this.#isStopped) return;
    if (this.#isHinted || this.#deps.monotonic.now() >= this.#nextPoll) await this.#askAuthority();
    const { group, role, standby } = this.#office;
    if (!group || role === "primary" || this.#silence.untilLimit(group.primary) > 0) return;
    if (!this.#candidacy.mayAttempt(group)) return;
    this.#office.enter("electing");
    const won = await this.#candidacy
      .attempt(group, standby.progress, wasPaused)
      .finally(() => this.#office.enter("standing-by"));
    if (won) {
      this.#office.know(won.group);
      await this.#office.lead(won);
    } else this.#isHinted = true;
  }

  /** Settles the role by what the authority says: stops acting on the first sign, begins on what is final. */
  async #askAuthority(): Promise<void> {
    const { authority, monotonic } = this.#deps;
    this.#isHinted = false;
    this.#nextPoll = monotonic.now() + this.#options.gateway.timing.discovery;
    const latest = await authority.group("latest");
    if (this.#office.role === "primary" && latest.primary !== this.#own) {
      this.#office.enter("standing-down");
      if (latest.lastTakeover?.planned === false) this.#candidacy.lost();
      await this.#office.tenure.end();
      this.#silence.restart();
      this.#office.know(latest);
      this.#office.standDown();
    }
    const final = await authority.group("final");
    this.#pauses.reset();
    const isNews = final.epoch !== this.#office.epoch;
    this.#office.know(final);
    if (isNews) this.#silence.restart();
    if (this.#office.role === "primary") return;
    if (isNews) this.#roster.requireHearing(final);
    if (final.primary === this.#own && latest.epoch === final.epoch) await this.#office.lead(null);
    await this.#candidacy.requireListed(final);
  }

  #hear(beat: Beat): void {
    this.#candidacy.hear(beat);
    if (beat.epoch > this.#office.epoch) this.#hint();
  }

  #hint(): void {
    this.#isHinted = true;
    this.#mailbox.knock();
  }

  /** For a gateway that was refused for a stale epoch; it must not wait for the change of the role, which waits for it. */
  async #isSuperseded(): Promise<boolean> {
    const group = await this.#patiently(() => this.#deps.authority.group("latest"));
    if (group?.primary === this.#own) return false;
    this.#hint();
    return true;
  }

  #patiently<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { monotonic: clock } = this.#deps;
    const onTrouble = (error: unknown) => this.#tellTrouble(error);
    return patiently(work, {
      clock,
      signal: this.#stopping.signal,
      onTrouble,
      pauseMs: this.#options.timing.heartbeat,
    });
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#changing.then(work, work);
    this.#changing = result.catch(() => undefined);
    return result;
  }

  get #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  #tellTrouble(cause: unknown): void {
    const { code, message } = gatelogErrorOf(cause);
    this.#deps.ports.observe({ type: "trouble", sessionId: null, code, message });
  }
}
