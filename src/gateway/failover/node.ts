import type { z } from "zod";
import type { Address, GatewayId } from "../../entry/hex.ts";
import type { Effect } from "../../protocol/state.ts";
import type { GroupState, HandoverConsent, Role } from "./authority.ts";
import type { Ballot, Beat, TakeoverReport, openingKindSchema } from "./member-transport.ts";

/** What a member is at. `catching-up`: it stands by, and has not folded every open session once yet. Only `primary` takes requests; only from `taking-over` to `draining` does anything leave it. */
export type MemberPhase =
  | "starting"
  | "catching-up"
  | "standing-by"
  | "electing"
  | "taking-over"
  | "primary"
  | "draining"
  | "standing-down"
  | "stopped";

/** Sessions by what would be done in them; one with several effects counts under each kind. */
export type NextEffects = Readonly<Partial<Record<Effect["type"] | "halt", number>>>;

export interface NodeState {
  /** The member's log key. */
  readonly nodeId: Address;
  readonly gatewayId: GatewayId;
  readonly role: Role;
  readonly state: MemberPhase;
  readonly epoch: number;
  /** Things that would have left a standby, and were held back: 0, or something is wrong with this program. */
  readonly outbound: number;
  /** Open sessions that a standby has at hand. */
  readonly foldedSessions: number;
  /** What it would do in them as primary, and does not. */
  readonly next: NextEffects;
  /** Milliseconds for which it takes nothing over, because the group was taken from it while it lived; else 0. */
  readonly restraintMs: number;
}

export interface NodeNetwork {
  readonly gatewayId: GatewayId;
  readonly epoch: number;
  readonly primary: Address;
  readonly members: readonly NetworkMember[];
  /** Takeovers so far; planned handovers are none. */
  readonly recoveryCount: number;
  /** Kind, duration and time are the primary's to tell: null while it is not heard, or was started anew since. */
  readonly lastTakeover: {
    readonly epoch: number;
    readonly kind: z.infer<typeof openingKindSchema> | null;
    readonly durationMs: number | null;
    readonly at: number | null;
  } | null;
}

export interface NetworkMember {
  readonly key: Address;
  readonly url: string | null;
  /** By the authority; `none` if the group's owner has not listed it. */
  readonly role: Role | "none";
  /** UNIX ms of its last sign of life; null if it gave none to this member. */
  readonly lastHeard: number | null;
}

/** What a member of a group is asked beside the gateway's own. Errors: NOT_PRIMARY where it is none, and those of the authority. */
export interface NodeService {
  nodeState(): NodeState;
  network(): NodeNetwork;
  /** Since the primary's last sign of life; 0 at the primary itself. */
  silenceMs(): number;
  /** The next sign of life. */
  beat(): Beat;
  readonly heartbeatMs: number;
  /** Whether the configuration names a process with this key. */
  isMember(key: Address): boolean;
  takeBallot(ballot: Ballot): void;
  /** Makes another member primary: this one ends what is under way first. By default the first backup that is alive. */
  handOver(to?: Address): Promise<GroupState>;
  /** Follows the primary with its consent. Resolves once this member is at work. */
  succeed(consent: HandoverConsent): Promise<GroupState>;
}

interface Seen {
  readonly gatewayId: GatewayId;
  readonly group: GroupState;
  readonly members: readonly { readonly key: Address; readonly url: string }[];
  /** UNIX ms. */
  readonly lastHeard: (key: Address) => number | null;
  /** What the primary says of how it became one. */
  readonly report: TakeoverReport | null;
}

export function networkOf({ gatewayId, group, members, lastHeard, report }: Seen): NodeNetwork {
  const { epoch, primary, backups, recoveryCount, lastTakeover } = group;
  const keys = new Set([primary, ...backups, ...members.map(({ key }) => key)]);
  const told = report?.epoch === epoch ? report : null;
  return {
    ...{ gatewayId, epoch, primary, recoveryCount },
    members: [...keys].map((key) => ({
      key,
      url: members.find((member) => member.key === key)?.url ?? null,
      role: key === primary ? "primary" : backups.includes(key) ? "standby" : "none",
      lastHeard: lastHeard(key),
    })),
    lastTakeover: lastTakeover && {
      epoch: lastTakeover.epoch,
      kind: told?.kind ?? (lastTakeover.planned ? "HANDOVER" : null),
      durationMs: told?.durationMs ?? null,
      at: told?.at ?? null,
    },
  };
}
