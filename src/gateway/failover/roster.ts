import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import type { GroupState } from "./authority.ts";
import type { OtherMember } from "./member-transport.ts";

/** The processes of a group as a member's configuration names them. */
export class Roster {
  readonly #members: readonly OtherMember[];
  readonly #own: Address;

  constructor(members: readonly OtherMember[], own: Address) {
    this.#members = members;
    this.#own = own;
  }

  get all(): readonly OtherMember[] {
    return this.#members;
  }

  get others(): readonly OtherMember[] {
    return this.#members.filter(({ key }) => key !== this.#own);
  }

  urlOf(key: Address | undefined): string | undefined {
    return this.#members.find((member) => member.key === key)?.url;
  }

  /** Whoever is not heard would be taken for dead: INVALID_CONFIG unless all that the group's owner has listed are named. */
  requireHearing({ primary, backups }: GroupState): void {
    for (const key of [primary, ...backups])
      if (this.urlOf(key) === undefined)
        throw new GatelogError("INVALID_CONFIG", `group.members lacks a member of the group: ${key}`, { key });
  }

  /** The first backup that is ready, or the one that is asked for. */
  heir({ backups }: GroupState, to: Address | undefined, isReady: (key: Address) => boolean): OtherMember {
    const keys = to === undefined ? backups : backups.filter((key) => key === to);
    const heirs = keys.flatMap((key) => this.others.filter((member) => member.key === key));
    const ready = heirs.find(({ key }) => isReady(key));
    if (ready) return ready;
    if (heirs.length > 0)
      throw new GatelogError("PEER_UNREACHABLE", "no backup shows a sign of life in the present epoch", {});
    throw new GatelogError("UNKNOWN_BACKUP", "there is no such backup in the group", { key: to ?? "any" });
  }
}
