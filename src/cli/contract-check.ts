import { contractRevert, type Chain } from "../chain/chain.ts";
import { assetEscrowAt, logRegistryAt } from "../chain/contracts.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { ZERO_ADDRESS, ZERO_HASH, type Address } from "../entry/hex.ts";

// A transaction to an address without code succeeds and does nothing: whoever rests on a contract asks first whether it is there.

/** INVALID_CONFIG unless a log registry answers at the address. */
export async function requireLogRegistry(chain: Chain, registry: Address): Promise<void> {
  await requireAnswer(chain, registry, "log registry", async () => {
    try {
      await logRegistryAt(chain, registry).gatewayOf(ZERO_HASH);
    } catch (error) {
      if (!isGatelogError(error, "UNKNOWN_GATEWAY")) throw error;
    }
  });
}

/** INVALID_CONFIG unless an escrow answers at the address. */
export async function requireEscrow(chain: Chain, escrow: Address): Promise<void> {
  await requireAnswer(chain, escrow, "escrow", () => assetEscrowAt(chain, escrow).isAdmitted(ZERO_ADDRESS));
}

async function requireAnswer(
  chain: Chain,
  contract: Address,
  what: string,
  ask: () => Promise<unknown>,
): Promise<void> {
  try {
    await ask();
  } catch (cause) {
    if (!contractRevert(cause)) throw cause;
    const message = `the contract at ${contract} on ${chain.name} is no ${what}`;
    throw new GatelogError("INVALID_CONFIG", message, { chain: chain.name, contract }, { cause });
  }
}
