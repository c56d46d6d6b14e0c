import { GatelogError } from "../../entry/errors.ts";
import { Mailbox } from "../mailbox.ts";
import type { Clock, GatewayOptions, GatewayPorts } from "../ports.ts";
import type { GroupState, Role } from "./authority.ts";
import type { OpeningKind, TakeoverReport } from "./member-transport.ts";
import type { MemberPhase, NodeState } from "./node.ts";
import { patiently, Pauses, unlessAborted } from "./patience.ts";
import { PeerBackups } from "./peer-backups.ts";
import { Standby } from "./standby.ts";
import { Tenure } from "./tenure.ts";

interface OfficeDeps {
  readonly ports: GatewayPorts;
  readonly monotonic: Clock;
  /** This member is to stop. */
  readonly signal: AbortSignal;
  /** Asked by the gateway when it is refused for a stale epoch. */
  readonly isSuperseded: () => Promise<boolean>;
  readonly onTrouble: (error: unknown) => void;
  /** What is waited for has answered. */
  readonly onWork: () => void;
}

/** How this member has come to the group's present epoch. */
interface Opening {
  readonly kind: OpeningKind;
  /** Last sign of life of the predecessor, by the monotonic clock. */
  readonly since: number;
}

/**
 * What a member is just now, and how it becomes the other: as primary a gateway that is at work, as standby the open sessions, folded.
 * Whether it may is not asked here.
 */
export class Office {
  readonly #deps: OfficeDeps;
  readonly #options: GatewayOptions;
  readonly #retryMs: number;
  readonly #folding: Mailbox;
  readonly #peerBackups: PeerBackups;
  #group: GroupState | undefined;
  #role: Role = "standby";
  #phase: MemberPhase = "starting";
  #standby: Standby;
  #tenure: Tenure;
  #report: TakeoverReport | null = null;
  /** The last epoch that this process has begun. */
  #begun: { readonly epoch: number; readonly kind: OpeningKind } | undefined;
  #heldBack = 0;
  #isTakeoverLikely = false;

  constructor(deps: OfficeDeps, options: GatewayOptions, retryMs: number) {
    this.#deps = deps;
    this.#options = options;
    this.#retryMs = retryMs;
    this.#folding = new Mailbox(deps.monotonic);
    this.#peerBackups = new PeerBackups(deps.ports);
    this.#tenure = this.#newTenure();
    this.#standby = this.#newStandby();
  }

  get group(): GroupState | undefined {
    return this.#group;
  }

  get epoch(): number {
    return this.#group?.epoch ?? 0;
  }

  get role(): Role {
    return this.#role;
  }

  get phase(): MemberPhase {
    return this.#phase;
  }

  get standby(): Standby {
    return this.#standby;
  }

  get tenure(): Tenure {
    return this.#tenure;
  }

  get report(): TakeoverReport | null {
    return this.#report;
  }

  state(): Omit<NodeState, "restraintMs"> {
    const isStandby = this.#role === "standby";
    const isBehind = this.#phase === "standing-by" && !this.#standby.hasPassed;
    const foldedSessions = isStandby ? this.#standby.folded.length : 0;
    return {
      ...{ nodeId: this.#own, gatewayId: this.#options.gatewayId, role: this.#role },
      state: isBehind ? "catching-up" : this.#phase,
      ...{ epoch: this.epoch, outbound: this.#heldBack, foldedSessions },
      next: isStandby ? this.#standby.next : {},
    };
  }

  /** Keeps the open sessions folded while this member stands by; ends when it is to stop, and is told to look. */
  async keepFolding(refreshMs: number): Promise<void> {
    const { monotonic, signal, onTrouble } = this.#deps;
    const pauses = new Pauses(refreshMs);
    while (!signal.aborted)
      try {
        if (this.#role === "standby") await this.#fold();
        pauses.reset();
        await this.#folding.sleep(refreshMs);
      } catch (error) {
        onTrouble(error);
        await monotonic.sleep(pauses.next(), signal);
      }
  }

  async #fold(): Promise<void> {
    const isTakeoverLikely = this.#isTakeoverLikely;
    this.#isTakeoverLikely = false;
    await this.#standby.pass();
    const { folded } = this.#standby;
    await this.#peerBackups.learnFrom(folded);
    // No peer that is slow to answer keeps this member from stopping.
    if (isTakeoverLikely) await unlessAborted(this.#tenure.gateway.prepare(folded), this.#deps.signal);
  }

  /** They are folded once more, now. */
  foldNow(): void {
    this.#folding.knock();
  }

  /** The same, and what a takeover begins with is prepared. */
  getReady(): void {
    this.#isTakeoverLikely = true;
    this.foldNow();
  }

  /** What the authority says is final. */
  know(group: GroupState): void {
    this.#group = group;
  }

  enter(phase: MemberPhase): void {
    this.#phase = phase;
  }

  /**
   * From the authority's word to a gateway that is at work. Rejects with what will not pass, and stands by then: it may be called again.
   * @param opening Null where the epoch had begun before.
   */
  async lead(opening: Opening | null): Promise<void> {
    try {
      await this.#lead(opening);
    } catch (error) {
      await this.#tenure.end();
      this.standBy();
      throw error;
    }
  }

  async #lead(opening: Opening | null): Promise<void> {
    const { ports, monotonic, signal } = this.#deps;
    const { epoch } = this;
    const isStopped = () => signal.aborted;
    this.#role = "primary";
    this.#phase = "taking-over";
    if (this.#report?.epoch !== epoch) this.#report = null;
    if (opening) {
      this.#begun = { epoch, kind: opening.kind };
      ports.observe({ type: "took-over", sessionId: null, epoch, kind: opening.kind });
    }
    // What nobody here has written to is looked at as at any start: anybody can open sessions.
    const { folded: all } = this.#standby;
    this.#standby.leave();
    const folded = all.filter(({ state }) => state.role === "origin" || state.own.length > 0);
    // Taken once: behind this tenure they are old.
    this.#standby = this.#newStandby();
    if (!this.#tenure.isFresh) this.#tenure = this.#newTenure();
    // R4: the logs are read up to the block of the takeover, which whoever shows the epoch has seen.
    await this.#patiently(async () => {
      const shown = await ports.directory.gateway(this.#options.gatewayId, epoch);
      if (shown.epoch < epoch) throw new GatelogError("STORE_UNAVAILABLE", "the store does not show the epoch yet", {});
    });
    await this.#patiently(() => this.#peerBackups.learnFrom(all));
    if (isStopped()) return;
    this.#tenure.open();
    await this.#patiently(() => this.#tenure.gateway.start(folded));
    if (isStopped()) return;
    this.#phase = "primary";
    const kind = opening?.kind ?? null;
    const durationMs = opening && Math.round(monotonic.now() - opening.since);
    if (kind !== null && durationMs !== null)
      this.#report = { epoch, kind, durationMs, at: Math.round(ports.clock.now()) };
    ports.observe({ type: "primary", sessionId: null, epoch, kind, durationMs, folded: folded.length });
  }

  /** Rejects where the place of the log does not answer: a primary is fit for nothing then. */
  async requireStore(): Promise<void> {
    await this.#deps.ports.directory.gateway(this.#options.gatewayId);
    this.#deps.onWork();
  }

  /** Another member is primary by this word, final or not, and this one begins nothing any more. */
  standDown({ epoch, primary }: GroupState): void {
    this.#deps.ports.observe({ type: "stood-down", sessionId: null, epoch, primary });
    this.standBy();
  }

  standBy(): void {
    this.#role = "standby";
    this.#phase = "standing-by";
    this.#report = null;
    this.#tenure = this.#newTenure();
    this.#standby = this.#newStandby();
    this.foldNow();
    const { epoch, primary } = this.#group ?? { epoch: 0, primary: this.#own };
    this.#deps.ports.observe({ type: "standing-by", sessionId: null, epoch, primary });
  }

  get #own() {
    return this.#deps.ports.signer.address;
  }

  #newStandby(): Standby {
    return new Standby(this.#deps.ports, this.#options.gatewayId);
  }

  #newTenure(): Tenure {
    const { ports, monotonic, isSuperseded } = this.#deps;
    const succession = (epoch: number) => this.#successionOf(epoch);
    return new Tenure({ ...ports, isSuperseded, succession }, this.#options, monotonic, () => {
      if (this.#role === "standby") this.#heldBack += 1;
    });
  }

  /** How the epoch began, if this process has begun it, and what shows its right to it where no registry is. */
  #successionOf(epoch: number) {
    const given = this.#deps.ports.succession?.(epoch);
    if (this.#begun?.epoch !== epoch) return given;
    return { ...given, kind: this.#begun.kind, credentials: given?.credentials ?? null };
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { monotonic: clock, signal, onTrouble, onWork } = this.#deps;
    const result = await patiently(work, { clock, signal, onTrouble, pauseMs: this.#retryMs });
    onWork();
    return result;
  }
}
