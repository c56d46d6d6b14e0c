import type { Clock } from "../ports.ts";
import type { GroupAuthority, GroupState } from "./authority.ts";
import type { MemberService } from "./member-service.ts";
import type { MemberTransport, OtherMember } from "./member-transport.ts";
import type { Office } from "./office.ts";

/** How long requests under way may take. */
const DRAIN_MS = 10_000;
const DRAIN_LOOK_MS = 10;

interface HandingOverDeps {
  readonly authority: GroupAuthority;
  readonly transport: MemberTransport;
  readonly office: Office;
  readonly service: MemberService;
  readonly clock: Clock;
  /** This member is to stop. */
  readonly signal: AbortSignal;
  /** Tries until it is done; undefined if this member is to stop. */
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T | undefined>;
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

  /** Resolves with what the group is then, once nothing leaves this member any more. */
  async run(group: GroupState, heir: OtherMember): Promise<GroupState> {
    const { authority, transport, office, signal } = this.#deps;
    const { primary: own, epoch } = group;
    office.enter("draining");
    this.#heir = heir;
    try {
      await this.#drained();
      await office.tenure.end();
      return await transport.succeed(heir, await authority.signHandover(epoch, heir.key), signal);
    } catch (error) {
      // It may have come true all the same.
      const found = await this.#deps.patiently(() => authority.group("latest"));
      if (found !== undefined && found.primary !== own) return found;
      if (found !== undefined) await office.lead(null);
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
