import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import type { GroupState } from "./authority.ts";
import type { OtherMember } from "./member-transport.ts";

/** In the order in which they are asked. */
export type Heirs = readonly [OtherMember, ...OtherMember[]];

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

  /** The backups that are ready, in the owner's order, at least one; or the one that is asked for. */
  heirs({ backups }: GroupState, to: Address | undefined, isReady: (key: Address) => boolean): Heirs {
    const keys = to === undefined ? backups : backups.filter((key) => key === to);
    const heirs = keys.flatMap((key) => this.others.filter((member) => member.key === key));
    const [first, ...others] = heirs.filter(({ key }) => isReady(key));
    if (first) return [first, ...others];
    if (heirs.length > 0)
      throw new GatelogError("PEER_UNREACHABLE", "no backup shows a sign of life in the present epoch", {});
    throw new GatelogError("UNKNOWN_BACKUP", "there is no such backup in the group", { key: to ?? "any" });
  }
}
