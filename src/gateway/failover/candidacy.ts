import { isGatelogError, type ErrorCode } from "../../entry/errors.ts";
import type { Address, GatewayId } from "../../entry/hex.ts";
import type { DigestSigner } from "../../entry/signature.ts";
import type { Clock, GatewayPorts } from "../ports.ts";
import { roleOf, type GroupAuthority, type GroupState } from "./authority.ts";
import { Election } from "./election.ts";
import type { Ballot, Beat, MemberTransport, OpeningKind, OtherMember } from "./member-transport.ts";
import { Pauses, unlessAborted } from "./patience.ts";
import type { Pulse } from "./pulse.ts";
import { Restraint } from "./restraint.ts";
import type { Silence } from "./silence.ts";

interface CandidacyDeps {
  readonly authority: GroupAuthority;
  readonly transport: MemberTransport;
  readonly clock: Clock;
  readonly signer: DigestSigner;
  readonly observe: GatewayPorts["observe"];
  readonly pulse: Pulse;
  readonly silence: Silence;
  /** This member is to stop. */
  readonly signal: AbortSignal;
}

interface CandidacyOptions {
  readonly gatewayId: GatewayId;
  readonly others: readonly OtherMember[];
  readonly timing: { readonly heartbeat: number; readonly silence: number };
}

/** An epoch that this member has begun. */
export interface Won {
  readonly group: GroupState;
  readonly kind: OpeningKind;
  /** Last sign of life of the predecessor, by the clock. */
  readonly since: number;
}

/** Another was first; and what `requireListed` says behind it. */
const TOLD_ELSEWHERE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["STALE_EPOCH", "UNKNOWN_BACKUP", "REVOKED"]);
/** After a pause of its own a member first takes in what has come meanwhile. */
const CATCH_UP_BEATS = 2;
/** Between two attempts while the owner's interval is not over; it may be hours. */
const MAX_TOO_SOON_PAUSE_MS = 10_000;

/**
 * What a standby does about a primary that is silent: it suspects it, agrees with the other backups who tries first, and asks the
 * authority. Being wrong about the primary costs an epoch and nothing else.
 */
export class Candidacy {
  readonly #deps: CandidacyDeps;
  readonly #options: CandidacyOptions;
  readonly #own: Address;
  readonly #election: Election;
  readonly #restraint: Restraint;
  readonly #pauses: Pauses;
  readonly #tooSoonPauses: Pauses;
  #notBefore = 0;
  /** The epoch that it has tried to end last, and what was told of it: each thing once. */
  #tried = 0;
  readonly #told = new Set<ErrorCode>();
  #suspect: string | undefined;
  /** The silence that it got ready in. */
  #readySince: number | undefined;
  #isListed = true;
  /** Taken for dead: that process, until it is heard again. */
  #suspected: { readonly key: Address; readonly instance: string | undefined } | undefined;

  constructor(deps: CandidacyDeps, options: CandidacyOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#own = deps.signer.address;
    this.#restraint = new Restraint(options.timing.silence);
    this.#pauses = new Pauses(options.timing.silence);
    this.#tooSoonPauses = new Pauses(options.timing.silence, MAX_TOO_SOON_PAUSE_MS);
    const { signer, clock } = deps;
    const timing = { repeatMs: options.timing.heartbeat, phaseMs: options.timing.silence };
    const send = (to: Address, ballot: Ballot) => this.#post(to, ballot);
    this.#election = new Election({ signer, clock, send }, options.gatewayId, timing);
  }

  takeBallot(ballot: Ballot, epoch: number, backups: readonly Address[]): void {
    this.#election.receive(ballot, epoch, backups);
  }

  /** A process that was taken for dead, and lives. */
  hear(beat: Beat): void {
    if (this.#suspected?.key !== beat.key || this.#suspected.instance !== beat.instance) return;
    this.#suspected = undefined;
    this.#suspect = undefined;
    const { key: primary, epoch } = beat;
    this.#deps.observe({ type: "false-suspicion", sessionId: null, primary, epoch });
  }

  /** This member was primary, and another one has taken over from it while it lived. */
  lost(): void {
    this.#restraint.lost(this.#deps.clock.now());
  }

  /** Milliseconds for which it will not try, because it has lost the group before; 0 if it may. */
  get restraintMs(): number {
    return this.#restraint.leftMs(this.#deps.clock.now());
  }

  /** Rejects once when the group no longer has this member's key: UNKNOWN_BACKUP, REVOKED, and errors of the authority. */
  async requireListed(group: GroupState): Promise<void> {
    const wasListed = this.#isListed;
    this.#isListed = group.primary === this.#own || group.backups.includes(this.#own);
    if (wasListed && !this.#isListed) await roleOf(this.#deps.authority, group, this.#own);
  }

  /** Milliseconds until there is something to do about a primary that goes on being silent. */
  untilAct(group: GroupState): number {
    const { silence } = this.#deps;
    const untilLimit = silence.untilLimit(group);
    // At the limit and not allowed to act: once a heartbeat is often enough.
    if (untilLimit === 0) return this.#options.timing.heartbeat;
    return this.#readySince === silence.since(group) ? untilLimit : silence.untilLikely(group);
  }

  /** Once in each silence that may well come to last too long, where this member would attempt something then: true, and it gets ready. */
  getReady(group: GroupState): boolean {
    const { silence, authority } = this.#deps;
    const since = silence.since(group);
    if (silence.untilLikely(group) > 0 || this.#readySince === since) return false;
    this.#readySince = since;
    if (!this.mayAttempt(group)) return false;
    // Whatever is in the way, the attempt meets it again, and tells it.
    authority.prepareTakeover(group.epoch).catch(() => undefined);
    return true;
  }

  /** Whether there is anything to attempt: this member is listed, need not hold back, and nobody is heard who has taken over. */
  mayAttempt(group: GroupState): boolean {
    if (!group.backups.includes(this.#own) || this.restraintMs > 0 || this.#isFollowed(group)) return false;
    return group.epoch !== this.#tried || this.#deps.clock.now() >= this.#notBefore;
  }

  /**
   * Null if it came to nothing, for whatever reason: the group is to be asked for, and then looked at again.
   * @param wasPaused This process has slept longer than it wanted: the silence may be its own.
   */
  async attempt(group: GroupState, progress: number, wasPaused: boolean): Promise<Won | null> {
    const { clock, silence, authority, signal } = this.#deps;
    const { epoch } = group;
    this.#about(epoch);
    if (wasPaused) await clock.sleep(CATCH_UP_BEATS * this.#options.timing.heartbeat, signal);
    if (silence.untilLimit(group) > 0 || signal.aborted) return null;
    const since = clock.now() - silence.of(group);
    this.#tellSuspicion(group);
    const kind = await this.#elect(group, progress);
    if (kind === null) {
      this.#pause(this.#pauses);
      return null;
    }
    try {
      const won = await unlessAborted(authority.takeover(epoch), signal);
      return won ? { group: won, kind, since } : null;
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.#pause(error.code === "TOO_SOON" ? this.#tooSoonPauses : this.#pauses);
      const { code, message } = error;
      if (!TOLD_ELSEWHERE.has(code) && !this.#told.has(code))
        this.#deps.observe({ type: "trouble", sessionId: null, code, message: `no takeover: ${message}` });
      this.#told.add(code);
      return null;
    }
  }

  /** Each process that has the key is suspected once in an epoch, however often this member then tries. */
  #tellSuspicion(group: GroupState): void {
    const { primary, epoch } = group;
    const { silence, pulse, observe } = this.#deps;
    const instance = pulse.lastBeat(primary)?.instance;
    const suspect = `${epoch} ${primary} ${instance ?? ""}`;
    if (this.#suspect === suspect) return;
    this.#suspect = suspect;
    // Whoever is heard, and does not lead, is not taken for dead.
    this.#suspected = this.isLiving(primary) ? undefined : { key: primary, instance };
    observe({ type: "suspicion", sessionId: null, primary, epoch, silentMs: Math.round(silence.of(group)) });
  }

  /** A single backup asks nobody. */
  async #elect(group: GroupState, progress: number): Promise<"QUORUM" | "FAILOVER" | null> {
    const { silence, signal } = this.#deps;
    const { epoch } = group;
    const others = group.backups.filter((key) => key !== this.#own);
    if (others.length === 0) return "FAILOVER";
    const isOver = () => signal.aborted || silence.untilLimit(group) > 0 || this.#isFollowed(group);
    return this.#election.run({ epoch, others, living: others.filter((key) => this.isLiving(key)), progress, isOver });
  }

  /** Another backup lives that knows a later epoch. */
  #isFollowed({ backups, epoch }: GroupState): boolean {
    return backups.some((key) => key !== this.#own && this.isReady(key, epoch + 1));
  }

  #about(epoch: number): void {
    if (this.#tried === epoch) return;
    this.#tried = epoch;
    this.#told.clear();
    this.#pauses.reset();
    this.#tooSoonPauses.reset();
  }

  #pause(pauses: Pauses): void {
    this.#notBefore = this.#deps.clock.now() + pauses.next();
  }

  /** It has given a sign of life a moment ago. */
  isLiving(key: Address): boolean {
    const heard = this.#deps.pulse.lastHeard(key);
    return heard !== undefined && this.#deps.clock.now() - heard < this.#options.timing.silence;
  }

  /** It lives, and knows at least this epoch. */
  isReady(key: Address, epoch: number): boolean {
    return this.isLiving(key) && (this.#deps.pulse.lastBeat(key)?.epoch ?? 0) >= epoch;
  }

  /** What does not arrive is sent again by the election. */
  #post(to: Address, ballot: Ballot): void {
    const member = this.#options.others.find(({ key }) => key === to);
    if (member) this.#deps.transport.ballot(member, ballot).catch(() => undefined);
  }
}
