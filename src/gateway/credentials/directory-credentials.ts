import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import type { GatewayDirectory } from "../../store/log-store.ts";
import type { SuccessionClaim, SuccessionCredentials } from "./succession-credentials.ts";

/** Believes the directory: who has the current epoch's key there is primary. Signatures behind it are the directory's affair. */
export class DirectoryCredentials implements SuccessionCredentials {
  readonly #directory: GatewayDirectory;

  constructor(directory: GatewayDirectory) {
    this.#directory = directory;
  }

  async check(claim: SuccessionClaim): Promise<void> {
    const { keys, backups } = await this.#directory.gateway(claim.gatewayId);
    checkStanding(claim, { keys, backups, ever: new Set(keys.map(({ key }) => key)) });
  }
}

/** A group as far as its keys go. */
export interface GroupKeys {
  /** By epoch, the current one last. */
  readonly keys: readonly { readonly epoch: number; readonly key: Address }[];
  /** Undefined where no list is at hand. */
  readonly backups: readonly Address[] | undefined;
  /** Whoever was the group's key or backup at any time. */
  readonly ever: ReadonlySet<Address>;
}

/** STALE_EPOCH, REVOKED or UNKNOWN_BACKUP unless the claim is what the group has. */
export function checkStanding(claim: SuccessionClaim, { keys, backups, ever }: GroupKeys): void {
  const { gatewayId, epoch, key } = claim;
  const current = keys.at(-1);
  const expected = current?.epoch ?? 0;
  if (epoch === expected && key === current?.key) return;
  const context = { gatewayId, expected, actual: epoch };
  // Where no list is at hand, whoever comes later in the same epoch may have had a right to it, and has it no more.
  if (epoch < expected || (epoch === expected && backups === undefined))
    throw new GatelogError("STALE_EPOCH", `the group's epoch is ${expected}: another has taken over`, context);
  if (key === current?.key || backups?.includes(key) === true)
    throw new GatelogError("STALE_EPOCH", `the group's epoch is ${expected}, and the backup's has not begun`, context);
  if (ever.has(key))
    throw new GatelogError("REVOKED", "the key was the group's, and is not any more", { gatewayId, actual: key });
  throw new GatelogError("UNKNOWN_BACKUP", "the key is none of the group's", { gatewayId, actual: key });
}
