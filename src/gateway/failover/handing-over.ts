import type { Address } from "../../entry/hex.ts";
import type { Clock } from "../ports.ts";
import type { GroupAuthority, GroupState } from "./authority.ts";
import type { MemberService } from "./member-service.ts";
import type { MemberTransport, OtherMember } from "./member-transport.ts";
import type { Office } from "./office.ts";
import type { Questions } from "./questions.ts";
import type { Heirs, Roster } from "./roster.ts";

/** How long requests under way may take. */
const DRAIN_MS = 10_000;
const DRAIN_LOOK_MS = 10;
/** From the drain on: after that no further heir is asked, and the member goes on as primary. */
const HEIRS_MS = 20_000;

interface HandingOverDeps {
  readonly authority: GroupAuthority;
  readonly transport: MemberTransport;
  readonly own: Address;
  readonly roster: Roster;
  readonly questions: Questions;
  readonly office: Office;
  readonly service: MemberService;
  readonly clock: Clock;
  /** This member is to stop. */
  readonly signal: AbortSignal;
  readonly onTrouble: (error: unknown) => void;
  /** A member that lives and knows this epoch. */
  readonly isReady: (key: Address, epoch: number) => boolean;
}

/**
 * The planned end of a primary: requests under way end, new ones are sent to the heir, sessions come to the end of what they are in, and
 * only then does the consent leave. Where the heir does not follow the next one is asked: of several consents to one epoch the authority takes
 * the first. If nothing comes of it this member goes on as primary.
 */
export class HandingOver {
  readonly #deps: HandingOverDeps;
  #heir: OtherMember | undefined;

  constructor(deps: HandingOverDeps) {
    this.#deps = deps;
  }

  /** Where clients are sent meanwhile. */
  get heirUrl(): string | undefined {
    return this.#heir?.url;
  }

  /** Resolves with what the group is then, once nothing leaves this member any more. @param to By default the first backup that is ready. */
  async run(to: Address | undefined): Promise<GroupState> {
    const { own, roster, questions, service, isReady } = this.#deps;
    service.requirePrimary();
    const group = await questions.latest();
    if (group.primary !== own) throw service.elsewhere("another member has taken over");
    const heirs = roster.heirs(group, to, (key) => isReady(key, group.epoch));
    const { office, clock, signal, onTrouble } = this.#deps;
    office.enter("draining");
    this.#heir = heirs[0];
    try {
      await this.#drained();
      await office.tenure.end();
      return await this.#askHeirs(group.epoch, heirs, clock.now() + HEIRS_MS);
    } catch (error) {
      // What keeps it from going on is told, and tried again later; the caller hears why the handover came to nothing.
      if (!signal.aborted) await office.lead(null).catch(onTrouble);
      throw error;
    } finally {
      this.#heir = undefined;
    }
  }

  /** Rejects with the last one's error. @param end No further one is asked then. */
  async #askHeirs(epoch: number, [heir, ...others]: Heirs, end: number): Promise<GroupState> {
    const { clock, signal, onTrouble } = this.#deps;
    try {
      return await this.#ask(epoch, heir);
    } catch (error) {
      const [next, ...rest] = others;
      if (next === undefined || signal.aborted || clock.now() >= end) throw error;
      onTrouble(error);
      return this.#askHeirs(epoch, [next, ...rest], end);
    }
  }

  async #ask(epoch: number, heir: OtherMember): Promise<GroupState> {
    const { authority, transport, questions, signal, onTrouble } = this.#deps;
    this.#heir = heir;
    try {
      return await transport.succeed(heir, await authority.signHandover(epoch, heir.key), signal);
    } catch (error) {
      // It may have come true all the same. Where nobody can say so, to go on is safe: the store refuses what is not right.
      await questions.latest().catch(onTrouble);
      const found = questions.newest(undefined);
      if (found && found.epoch > epoch) return found;
      throw error;
    }
  }

  async #drained(): Promise<void> {
    const { clock, service, signal } = this.#deps;
    const end = clock.now() + DRAIN_MS;
    while (service.busy > 0 && clock.now() < end && !signal.aborted) await clock.sleep(DRAIN_LOOK_MS, signal);
  }
}
