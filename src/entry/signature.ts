import { recoverAddress, Signature, SigningKey, computeAddress } from "ethers";
import { GatelogError } from "./errors.ts";
import { toHex, type Address, type Hash, type Hex } from "./hex.ts";

/** ERC-2098 compact signature: r and yParityAndS, 64 bytes. */
export type CompactSignature = Hex;

/** The seam for keystores and KMS: whoever can sign a digest. Signatures need not be deterministic. */
export interface DigestSigner {
  readonly address: Address;
  signDigest(digest: Hash): Promise<CompactSignature>;
}

/** Signs with a raw private key held in memory. */
export function keySigner(privateKey: Hex): DigestSigner {
  const key = new SigningKey(privateKey);
  return {
    address: toHex(computeAddress(key.publicKey)),
    signDigest: (digest) => Promise.resolve(toHex(key.sign(digest).compactSerialized)),
  };
}

export function splitSignature(signature: CompactSignature): { r: Hash; vs: Hash } {
  return { r: toHex(signature.slice(0, 66)), vs: toHex(`0x${signature.slice(66)}`) };
}

export function joinSignature(r: string, vs: string): CompactSignature {
  return toHex(r + vs.slice(2));
}

/** 65 bytes, as contracts that take `bytes` expect them. */
export function expandSignature(signature: CompactSignature): Hex {
  return toHex(Signature.from(signature).serialized);
}

/** Signer of the digest; throws INVALID_SIGNATURE if the bytes are no signature (high s included). */
export function recoverSigner(digest: Hash, signature: CompactSignature): Address {
  try {
    return toHex(recoverAddress(digest, Signature.from(signature)));
  } catch (cause) {
    throw new GatelogError("INVALID_SIGNATURE", "the signature does not recover to any key", { signature }, { cause });
  }
}
