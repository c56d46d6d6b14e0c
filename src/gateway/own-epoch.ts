import { GatelogError } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import type { GatewayPorts } from "./ports.ts";

/**
 * The epoch under which this process signs: the group's present one, as long as the key of it is this process's. STALE_EPOCH
 * otherwise: another member has taken over, or the owner has changed the key.
 */
export async function ownEpoch(
  { directory, signer }: Pick<GatewayPorts, "directory" | "signer">,
  gatewayId: GatewayId,
): Promise<number> {
  const { epoch, keys } = await directory.gateway(gatewayId);
  const current = keys.at(-1)?.key ?? "none";
  if (current === signer.address) return epoch;
  throw new GatelogError("STALE_EPOCH", `the key of epoch ${epoch} is another one than this gateway's`, {
    epoch,
    expected: current,
    actual: signer.address,
  });
}
