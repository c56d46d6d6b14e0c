import { GatelogError } from "./errors.ts";
import { afterChange, type GatewayHistory } from "./gateway-history.ts";
import type { Address, GatewayId } from "./hex.ts";
import { checkChangeSignatures, type SignedChange } from "./signed-changes.ts";
import { gatewayIdOf, type RegistryDomain } from "./statements.ts";

/** A group as its signed changes make it: nothing of it rests on the word of whoever keeps them. */
export interface SignedGroup {
  readonly gatewayId: GatewayId;
  readonly owner: Address;
  readonly name: string;
  readonly history: GatewayHistory;
  /** Whoever was its key or backup at any time. */
  readonly ever: ReadonlySet<Address>;
  /** Takeovers; planned handovers are none. */
  readonly takeovers: number;
  /** The last change of the primary; null if the first one still is it, or the owner has changed the key. */
  readonly lastSuccession: { readonly epoch: number; readonly planned: boolean } | null;
  readonly changes: readonly SignedChange[];
}

/**
 * The group with one more change; `undefined` stands before the registration. Errors: UNKNOWN_GATEWAY, the registration is another
 * gateway's; FOREIGN_SIGNATURE, INVALID_SIGNATURE; MALFORMED, the change does not follow. Intervals are not looked at.
 * @param domain Under which it is signed; null where no registry is.
 */
export function withSignedChange(
  group: SignedGroup | undefined,
  gatewayId: GatewayId,
  change: SignedChange,
  domain: RegistryDomain | null,
): SignedGroup {
  const named = group ?? (change.event === "GatewayRegistered" ? change : undefined);
  if (named === undefined || gatewayIdOf(named.owner, named.name) !== gatewayId)
    throw new GatelogError("UNKNOWN_GATEWAY", "the changes do not begin with the gateway's registration", {
      gatewayId,
    });
  const { owner, name } = named;
  checkChangeSignatures(gatewayId, change, owner, domain);
  const history = afterChange(group?.history, change);
  return {
    ...{ gatewayId, owner, name, history },
    ever: new Set([...(group?.ever ?? []), ...history.backups, ...history.keys.map(({ key }) => key)]),
    takeovers: (group?.takeovers ?? 0) + (change.event === "PrimaryChanged" && !change.planned ? 1 : 0),
    lastSuccession: successionBehind(group, change),
    changes: [...(group?.changes ?? []), change],
  };
}

/** Key of the present epoch. */
export function primaryOf({ history }: SignedGroup): { readonly epoch: number; readonly key: Address } {
  const last = history.keys.at(-1);
  if (last === undefined) throw new GatelogError("MALFORMED", "a group has a key from its registration on");
  return last;
}

function successionBehind(group: SignedGroup | undefined, change: SignedChange): SignedGroup["lastSuccession"] {
  if (change.event === "PrimaryChanged") return { epoch: change.epoch, planned: change.planned };
  return change.event === "KeyRotated" ? null : (group?.lastSuccession ?? null);
}
