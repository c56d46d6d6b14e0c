import { isGatelogError } from "../../entry/errors.ts";
import type { Address, GatewayId } from "../../entry/hex.ts";
import type { DigestSigner } from "../../entry/signature.ts";
import type { Clock, GatewayPorts } from "../ports.ts";
import { roleOf, type GroupAuthority, type GroupState } from "./authority.ts";
import { Election } from "./election.ts";
import type { Ballot, Beat, MemberTransport, OpeningKind, OtherMember } from "./member-transport.ts";
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

/** After a pause of its own a member first takes in what has come meanwhile. */
const CATCH_UP_BEATS = 2;

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
  #notBefore = 0;
  #isListed = true;
  /** Taken for dead: that process, until it is heard again. */
  #suspected: { readonly key: Address; readonly instance: string | undefined } | undefined;

  constructor(deps: CandidacyDeps, options: CandidacyOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#own = deps.signer.address;
    this.#restraint = new Restraint(options.timing.silence);
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

  /** Whether there is anything to attempt: this member is listed, and need not hold back. */
  mayAttempt({ backups }: GroupState): boolean {
    return backups.includes(this.#own) && this.#deps.clock.now() >= this.#notBefore && this.restraintMs === 0;
  }

  /**
   * Null if it came to nothing, for whatever reason: the group is to be asked for, and then looked at again.
   * @param wasPaused This process has slept longer than it wanted: the silence may be its own.
   */
  async attempt(group: GroupState, progress: number, wasPaused: boolean): Promise<Won | null> {
    const { clock, silence, observe, authority, pulse } = this.#deps;
    const { heartbeat } = this.#options.timing;
    const { epoch, primary } = group;
    if (wasPaused) await clock.sleep(CATCH_UP_BEATS * heartbeat);
    if (silence.untilLimit(primary) > 0) return null;
    const silentMs = silence.of(primary);
    const since = clock.now() - silentMs;
    this.#suspected = { key: primary, instance: pulse.lastBeat(primary)?.instance };
    observe({ type: "suspicion", sessionId: null, primary, epoch, silentMs: Math.round(silentMs) });
    const kind = await this.#elect(group, progress);
    if (kind === null) return null;
    try {
      return { group: await authority.takeover(epoch), kind, since };
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.#notBefore = clock.now() + this.#options.timing.silence;
      if (error.code !== "STALE_EPOCH")
        observe({ type: "trouble", sessionId: null, code: error.code, message: `no takeover: ${error.message}` });
      return null;
    }
  }

  /** A single backup asks nobody. */
  async #elect({ epoch, primary, backups }: GroupState, progress: number): Promise<"QUORUM" | "FAILOVER" | null> {
    const { silence, pulse } = this.#deps;
    const others = backups.filter((key) => key !== this.#own);
    if (others.length === 0) return "FAILOVER";
    const isNewer = (key: Address) => (pulse.lastBeat(key)?.epoch ?? 0) > epoch;
    const isOver = () => silence.untilLimit(primary) > 0 || others.some(isNewer);
    return this.#election.run({ epoch, others, living: others.filter((key) => this.isLiving(key)), progress, isOver });
  }

  /** It has given a sign of life a moment ago. */
  isLiving(key: Address): boolean {
    const heard = this.#deps.pulse.lastHeard(key);
    return heard !== undefined && this.#deps.clock.now() - heard < this.#options.timing.silence;
  }

  /** What does not arrive is sent again by the election. */
  #post(to: Address, ballot: Ballot): void {
    const member = this.#options.others.find(({ key }) => key === to);
    if (member) this.#deps.transport.ballot(member, ballot).catch(() => undefined);
  }
}
