import type { Clock, GatewayOptions, GatewayPorts } from "../ports.ts";
import type { GroupAuthority, Role } from "./authority.ts";
import type { MemberTransport, OtherMember } from "./member-transport.ts";

export interface MemberDeps {
  /** Of the gateway that this member runs while it is primary. */
  readonly ports: GatewayPorts;
  readonly authority: GroupAuthority;
  readonly transport: MemberTransport;
  /** Of which only differences are used: a monotonic one, so that nobody who sets a clock starts a takeover. */
  readonly monotonic: Clock;
  /** Of this process: another one behind the same key has another. */
  readonly instance: string;
}

export interface MemberOptions {
  readonly gateway: GatewayOptions;
  /** All members of the group, this one included. */
  readonly members: readonly OtherMember[];
  readonly timing: MemberTiming;
  /** What it must be when it starts; else it does not start. */
  readonly role?: Role | undefined;
}

/** In milliseconds. */
export interface MemberTiming {
  readonly heartbeat: number;
  /** From the primary's last sign of life until it is taken for dead. */
  readonly silence: number;
  /** The same from this member's start on, as long as the primary has not been heard at all. */
  readonly startGrace: number;
  /** Between two readings of the open sessions while it stands by. */
  readonly refresh: number;
}
