import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import { Mailbox } from "../mailbox.ts";
import { hasEnded, requireRole, roleOf, type GroupState, type HandoverConsent } from "./authority.ts";
import { Candidacy } from "./candidacy.ts";
import { Complaints } from "./complaints.ts";
import { Fitness } from "./fitness.ts";
import { HandingOver } from "./handing-over.ts";
import { MemberService } from "./member-service.ts";
import type { MemberDeps, MemberOptions } from "./member-options.ts";
import type { Ballot, Beat } from "./member-transport.ts";
import { networkOf, type NodeNetwork, type NodeService, type NodeState } from "./node.ts";
import { Office } from "./office.ts";
import { patiently, Pauses, shared, unlessAborted } from "./patience.ts";
import { Pulse } from "./pulse.ts";
import { Questions } from "./questions.ts";
import { Roster } from "./roster.ts";
import { Silence } from "./silence.ts";

/**
 * One process of a group. Primary: it runs the gateway. Standby: it keeps every open session folded, listens for the primary, and
 * takes over when that is silent. Which of the two it is the authority says alone; silence and elections settle who asks it, and when.
 *
 * Guarantees: it acts only between the finality of its own epoch's beginning and the first sign that another one has begun; what it
 * still tries then is refused by the store (fence), and by its valve. It never takes over without being listed.
 * Limitations: the signs of life are not authenticated. Whoever can answer at a member's address can feign a living primary.
 */
export class Member implements NodeService {
  readonly service: MemberService;
  readonly #deps: MemberDeps;
  readonly #options: MemberOptions;
  readonly #own: Address;
  readonly #roster: Roster;
  readonly #office: Office;
  readonly #pulse: Pulse;
  readonly #silence: Silence;
  readonly #candidacy: Candidacy;
  readonly #handingOver: HandingOver;
  readonly #mailbox: Mailbox;
  readonly #stopping = new AbortController();
  readonly #questions: Questions;
  readonly #fitness: Fitness;
  readonly #complaints: Complaints;
  readonly #looks: Pauses;
  readonly #asks: Pauses;
  #beats = 0;
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
    this.#looks = new Pauses(timing.heartbeat);
    this.#asks = new Pauses(timing.heartbeat);
    this.#questions = new Questions(
      { authority, clock },
      { pollMs: gateway.timing.discovery, firstMs: timing.heartbeat },
    );
    this.#fitness = new Fitness(clock, timing.silence);
    this.#complaints = new Complaints(clock, observe);
    const onTrouble = (error: unknown) => this.#failed(error);
    const isSuperseded = shared(() => this.#isSuperseded());
    const { signal } = this.#stopping;
    const onWork = () => this.#fitness.worked();
    const inOffice = { ports, monotonic: clock, signal, isSuperseded, onTrouble, onWork };
    this.#office = new Office(inOffice, gateway, timing.heartbeat);
    const { others } = this.#roster;
    this.#pulse = new Pulse({ transport, clock }, others, timing.heartbeat, (beat) => this.#hear(beat));
    this.#silence = new Silence({ pulse: this.#pulse, clock }, timing.silence, timing.startGrace);
    const candidate = { authority, transport, clock, signer, observe, signal };
    this.#candidacy = new Candidacy(
      { ...candidate, pulse: this.#pulse, silence: this.#silence },
      { gatewayId: gateway.gatewayId, others, timing },
    );
    this.service = new MemberService({
      office: this.#office,
      primaryUrl: () =>
        this.#handingOver.heirUrl ?? this.#roster.urlOf(this.#questions.newest(this.#office.group)?.primary),
      onStale: () => this.#hint(),
    });
    const isReady = (key: Address, epoch: number) => this.#candidacy.isReady(key, epoch);
    const by = { own: this.#own, roster: this.#roster, questions: this.#questions, office: this.#office };
    const ending = { authority, transport, clock, signal, service: this.service, onTrouble, isReady };
    this.#handingOver = new HandingOver({ ...by, ...ending });
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
    requireRole(role, this.#options.role, group.epoch);
    this.#office.know(group);
    this.#silence.begin();
    this.#pulse.start();
    // What is final may have an end that is not: it leads if nobody has begun another epoch.
    if (role === "primary") await this.#patiently(() => this.#askAuthority());
    if (this.#office.role !== "primary") this.#office.standBy();
    const folding = this.#office.keepFolding(this.#options.timing.refresh);
    this.#loops = Promise.all([this.#keepLooking(), this.#keepAsking(), folding]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#mailbox.knock();
    this.#office.foldNow();
    await Promise.all([this.#pulse.stop(), this.#loops, this.#changing]);
    await this.#office.tenure.end();
    this.#office.enter("stopped");
  }

  nodeState(): NodeState {
    return { ...this.#office.state(), restraintMs: Math.round(this.#candidacy.restraintMs) };
  }

  network(): NodeNetwork {
    const group = this.#questions.newest(this.#office.group);
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
    return role === "primary" || !group ? 0 : Math.max(0, this.#silence.of(group));
  }

  beat(): Beat {
    this.#beats += 1;
    const { epoch, report } = this.#office;
    const role = this.#fitness.isFit ? this.#office.role : "standby";
    return { key: this.#own, instance: this.#deps.instance, epoch, role, seq: this.#beats, takeover: report };
  }

  isMember(key: Address): boolean {
    return this.#roster.urlOf(key) !== undefined;
  }

  takeBallot(ballot: Ballot): void {
    this.#candidacy.takeBallot(ballot, this.#office.epoch, this.#office.group?.backups ?? []);
  }

  handOver(to?: Address): Promise<GroupState> {
    return this.#exclusively(async () => {
      const now = await this.#handingOver.run(to).finally(() => this.#hint());
      this.#questions.learn(now);
      this.#silence.restart();
      this.#office.standDown(now);
      return now;
    });
  }

  async succeed(consent: HandoverConsent): Promise<GroupState> {
    // Before it may stand in front of a look that would take over.
    await this.#deps.authority.checkConsent(consent);
    return this.#exclusively(async () => {
      const since = this.#deps.monotonic.now();
      const group = this.#isStopped
        ? undefined
        : await unlessAborted(this.#deps.authority.handover(consent), this.#stopping.signal);
      if (group === undefined) throw this.service.elsewhere("this member is to stop");
      this.#office.know(group);
      if (this.#office.role === "standby") await this.#office.lead({ kind: "HANDOVER", since });
      return group;
    });
  }

  /** Watches the primary. Whoever is asked meanwhile who that is may take as long as it likes: no look waits for an answer. */
  async #keepLooking(): Promise<void> {
    const { monotonic } = this.#deps;
    const { signal } = this.#stopping;
    while (!this.#isStopped) {
      const { role, group } = this.#office;
      const untilAct = role === "standby" && group ? this.#candidacy.untilAct(group) : Infinity;
      // Nothing is due any sooner behind a change of the role, nor behind a first sign of life.
      const pause = Math.min(untilAct, this.#options.timing.silence / 2);
      const before = monotonic.now();
      await monotonic.sleep(pause, signal);
      const wasPaused = monotonic.now() - before - pause > this.#options.timing.heartbeat;
      await this.#tried(() => this.#exclusively(() => this.#look(wasPaused)), this.#looks);
    }
  }

  async #look(wasPaused: boolean): Promise<void> {
    const { group, role, standby } = this.#office;
    if (this.#isStopped || !group || role === "primary") return;
    if (this.#candidacy.getReady(group)) this.#office.getReady();
    if (this.#silence.untilLimit(group) > 0) return;
    // Somebody has taken over already where it is not final yet.
    if (this.#questions.newest(group) !== group || !this.#candidacy.mayAttempt(group)) return;
    this.#office.enter("electing");
    const won = await this.#candidacy
      .attempt(group, standby.progress, wasPaused)
      .finally(() => this.#office.enter("standing-by"));
    if (won) {
      this.#office.know(won.group);
      await this.#office.lead(won);
    } else this.#hint();
  }

  async #keepAsking(): Promise<void> {
    while (!this.#isStopped) {
      await this.#mailbox.sleep(this.#questions.untilNext);
      if (this.#questions.untilNext === 0) await this.#tried(() => this.#askAuthority(), this.#asks);
    }
  }

  /** Settles the role by what the authority says: stops acting on the first sign, begins on what is final. */
  async #askAuthority(): Promise<void> {
    if (this.#isStopped) return;
    this.#questions.asked();
    const latest = await this.#questions.latest();
    await this.#exclusively(() => this.#obey(latest));
    const final = await this.#deps.authority.group("final");
    await this.#exclusively(() => this.#settle(final));
  }

  async #obey(latest: GroupState): Promise<void> {
    if (this.#office.role !== "primary" || !hasEnded(latest, this.#office.epoch, this.#own)) return;
    this.#office.enter("standing-down");
    if (latest.lastTakeover?.planned === false) this.#candidacy.lost();
    await this.#office.tenure.end();
    this.#silence.restart();
    this.#office.standDown(latest);
  }

  async #settle(final: GroupState): Promise<void> {
    // Older than what is known: of a node that is behind another one, or from before a takeover of this member's own.
    if (this.#isStopped || final.epoch < this.#office.epoch) return;
    // Another may have taken over since the question before this one; once the epoch is known, nothing shows any more that it ended this one's.
    await this.#obey(final);
    const isNews = final.epoch !== this.#office.epoch;
    this.#office.know(final);
    if (isNews) {
      this.#silence.restart();
      this.#questions.hadNews();
    }
    if (this.#office.role === "primary") return this.#office.requireStore();
    if (isNews) this.#roster.requireHearing(final);
    if (final.primary === this.#own && this.#questions.newest(final) === final) await this.#office.lead(null);
    await this.#candidacy.requireListed(final);
  }

  /** What fails is told, and tried again after a pause. */
  async #tried(work: () => Promise<void>, pauses: Pauses): Promise<void> {
    try {
      await work();
      pauses.reset();
    } catch (error) {
      this.#failed(error);
      this.#hint();
      await this.#deps.monotonic.sleep(pauses.next(), this.#stopping.signal);
    }
  }

  #hear(beat: Beat): void {
    this.#candidacy.hear(beat);
    if (beat.epoch > this.#office.epoch) this.#hint();
  }

  #hint(): void {
    if (this.#questions.hint()) this.#mailbox.knock();
  }

  /** For a gateway that was refused for a stale epoch; it must not wait for the change of the role, which waits for it. */
  async #isSuperseded(): Promise<boolean> {
    await this.#patiently(() => this.#questions.latest());
    const isSuperseded = this.#questions.newest(this.#office.group)?.primary !== this.#own || this.#isStopped;
    if (isSuperseded) this.#hint();
    return isSuperseded;
  }

  #patiently<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { monotonic: clock } = this.#deps;
    const onTrouble = (error: unknown) => this.#failed(error);
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

  #failed(cause: unknown): void {
    this.#fitness.failed();
    this.#complaints.tell(cause);
  }
}
