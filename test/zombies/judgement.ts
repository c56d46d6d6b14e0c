import type { Address } from "../../src/entry/hex.ts";

/** Where something stands: its block and the place in it; in a database the microsecond of its commit, and 0. */
export type Place = readonly [number, number];

/** Something that the group signed in an epoch, as the place of the logs shows it: an entry's mark, a decision, an opening, a closing. */
export interface Signed {
  readonly what: string;
  readonly session: string;
  readonly epoch: number;
  readonly at: Place;
}

/** An epoch of the group: from its takeover on. */
export interface Reign {
  readonly epoch: number;
  /** Log key of its primary, in lower case. */
  readonly key: string;
  /** Null: it had begun before the evidence does. */
  readonly since: Place | null;
}

/** Something that was done on the group's ledger. */
export interface Deed {
  readonly effect: string;
  readonly session: string;
  /** Account that sent it, in lower case. */
  readonly by: Address;
}

/** A member's log key, and the account by which it acts on the ledger; both in lower case. */
export interface Member {
  readonly key: string;
  readonly account: Address;
}

export interface Shown {
  /** In their order; at least one. */
  readonly reigns: readonly Reign[];
  readonly signed: readonly Signed[];
  readonly deeds: readonly Deed[];
  readonly members: readonly Member[];
}

/** What must stand in the group's log before it does this on its ledger. */
const ANNOUNCED_BY: Readonly<Record<string, string>> = {
  Locked: "exec-lock",
  Burned: "exec-burn",
  Unlocked: "exec-rollback-unlock",
  Refused: "exec-rollback-unlock",
  Recreated: "exec-rollback-recreate",
  Minted: "exec-mint",
  Assigned: "exec-assign",
  Cancelled: "exec-rollback-cancel",
};

/** What was accepted in another epoch than it was signed in. */
export function staleIn({ reigns, signed }: Pick<Shown, "reigns" | "signed">): Signed[] {
  return signed.filter(({ epoch, at }) => reignAt(reigns, at)?.epoch !== epoch);
}

/** What was done by somebody who is no member, or was not announced in the log before its member's last epoch was over. */
export function unannouncedIn({ reigns, signed, deeds, members }: Shown): Deed[] {
  return deeds.filter(({ effect, session, by }) => {
    const member = members.find(({ account }) => account === by);
    if (!member) return true;
    const last = reigns.findLastIndex(({ key }) => key === member.key);
    const end = last < 0 ? reigns[0]?.since : reigns[last + 1]?.since;
    return !signed.some(
      ({ what, session: of, at }) =>
        of === session && what === ANNOUNCED_BY[effect] && (last === reigns.length - 1 || isBefore(at, end ?? null)),
    );
  });
}

function reignAt(reigns: readonly Reign[], at: Place): Reign | undefined {
  return reigns.findLast(({ since }) => since === null || isBefore(since, at));
}

/** Nothing is before what is not there. */
function isBefore(one: Place, other: Place | null): boolean {
  if (other === null) return false;
  return one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);
}
