import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { afterChange, type GatewayHistory } from "../../entry/gateway-history.ts";
import type { Address, GatewayId } from "../../entry/hex.ts";
import { checkChangeSignatures, type SignedChange } from "../../entry/signed-changes.ts";
import { gatewayIdOf, type RegistryDomain } from "../../entry/statements.ts";
import { checkStanding } from "./directory-credentials.ts";
import type { SuccessionClaim, SuccessionCredentials } from "./succession-credentials.ts";

/** The registry's own account of a group. */
export interface SignedHistory {
  /** Under which the changes are signed. */
  readonly domain: RegistryDomain;
  /** Every change that is final, oldest first. UNKNOWN_GATEWAY, and what may pass. */
  changes(gatewayId: GatewayId): Promise<readonly SignedChange[]>;
}

/**
 * Goes by the registry's events, and by the signatures in them: the owner's of the list (`BackupsSet`) and of each key that it
 * has changed, the backup's and perhaps the former primary's of the succession (`PrimaryChanged`). So a node that makes events
 * up is found out, and one that leaves some away is believed only in what the others add up to.
 */
export class RegistryCredentials implements SuccessionCredentials {
  readonly #history: SignedHistory;

  constructor(history: SignedHistory) {
    this.#history = history;
  }

  async check(claim: SuccessionClaim): Promise<void> {
    const { gatewayId } = claim;
    const changes = await this.#history.changes(gatewayId);
    const [registered] = changes;
    if (registered?.event !== "GatewayRegistered" || gatewayIdOf(registered.owner, registered.name) !== gatewayId)
      throw new GatelogError("UNKNOWN_GATEWAY", "the registry has no such gateway", { gatewayId });
    let group: GatewayHistory | undefined;
    const ever = new Set<Address>();
    for (const change of changes) {
      checkChangeSignatures(gatewayId, change, registered.owner, this.#history.domain);
      group = followed(gatewayId, group, change);
      for (const key of [...group.backups, ...group.keys.map(({ key }) => key)]) ever.add(key);
    }
    const { keys = [], backups = [] } = group ?? {};
    checkStanding(claim, { keys, backups, ever });
  }
}

/** What does not follow is no account of the group: some of it is missing, and another node may show it. */
function followed(gatewayId: GatewayId, group: GatewayHistory | undefined, change: SignedChange): GatewayHistory {
  try {
    return afterChange(group, change);
  } catch (error) {
    if (!isGatelogError(error, "MALFORMED")) throw error;
    const message = `the node does not show all changes of the gateway: ${error.message}`;
    throw new GatelogError("STORE_UNAVAILABLE", message, { gatewayId }, { cause: error });
  }
}
