import type { Address } from "../../entry/hex.ts";
import type { Clock } from "../ports.ts";
import type { GroupAuthority, GroupState } from "./authority.ts";
import type { MemberService } from "./member-service.ts";
import type { MemberTransport, OtherMember } from "./member-transport.ts";
import type { Office } from "./office.ts";
import type { Questions } from "./questions.ts";
import type { Roster } from "./roster.ts";

/** How long requests under way may take. */
const DRAIN_MS = 10_000;
const DRAIN_LOOK_MS = 10;

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
 * only then does the consent leave. If nothing comes of it this member goes on as primary.
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
    return this.#run(
      group,
      roster.heir(group, to, (key) => isReady(key, group.epoch)),
    );
  }

  async #run({ epoch }: GroupState, heir: OtherMember): Promise<GroupState> {
    const { authority, transport, questions, office, signal, onTrouble } = this.#deps;
    office.enter("draining");
    this.#heir = heir;
    try {
      await this.#drained();
      await office.tenure.end();
      return await transport.succeed(heir, await authority.signHandover(epoch, heir.key), signal);
    } catch (error) {
      // It may have come true all the same. Where nobody can say so, to go on is safe: the store refuses what is not right.
      await questions.latest().catch(onTrouble);
      const found = questions.newest(undefined);
      if (found && found.epoch > epoch) return found;
      // What keeps it from going on is told, and tried again later; the caller hears why the handover came to nothing.
      if (!signal.aborted) await office.lead(null).catch(onTrouble);
      throw error;
    } finally {
      this.#heir = undefined;
    }
  }

  async #drained(): Promise<void> {
    const { clock, service, signal } = this.#deps;
    const end = clock.now() + DRAIN_MS;
    while (service.busy > 0 && clock.now() < end && !signal.aborted) await clock.sleep(DRAIN_LOOK_MS, signal);
  }
}
