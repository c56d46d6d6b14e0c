import { isGatelogError } from "../../entry/errors.ts";
import type { Address, Hash } from "../../entry/hex.ts";
import type { CompactSignature } from "../../entry/signature.ts";

/** Signer of a digest; throws INVALID_SIGNATURE. A seam for native code: `recoverSigner` of src/entry is what it must agree with. */
export type Recover = (digest: Hash, signature: CompactSignature) => Address;

/** Who a signature is from, or undefined if it is none. */
export function signerOf(recover: Recover, digest: Hash, signature: CompactSignature): Address | undefined {
  try {
    return recover(digest, signature);
  } catch (error) {
    if (isGatelogError(error, "INVALID_SIGNATURE")) return undefined;
    throw error;
  }
}
