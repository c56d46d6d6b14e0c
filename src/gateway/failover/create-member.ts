import type { Gateway } from "../gateway.ts";
import type { OperatorAccess } from "./member-service.ts";
import type { MemberDeps, MemberOptions } from "./member-options.ts";
import { Member } from "./member.ts";
import type { NodeService } from "./node.ts";

/** A process of a group: the gateway as its clients and peers see it, and what the other members and operators ask. */
export interface GroupMember {
  readonly gateway: Gateway;
  readonly node: NodeService;
  readonly operator: OperatorAccess;
}

export function createMember(deps: MemberDeps, options: MemberOptions): GroupMember {
  const member = new Member(deps, options);
  const { gatewayId, name, owner, ledgerKeys, loggings } = options.gateway;
  const identity = { gatewayId, name, owner, networks: [...ledgerKeys.keys()], loggings };
  const { service, operator } = member.service;
  const gateway = { ...service, identity, start: () => member.start(), stop: () => member.stop() };
  return { gateway, node: member, operator };
}
