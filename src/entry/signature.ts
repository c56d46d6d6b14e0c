import { computeAddress, Signature, SigningKey } from "ethers";
import { z } from "zod";
import { curve } from "./curve.ts";
import { GatelogError } from "./errors.ts";
import { toHex, type Address, type Hash, type Hex } from "./hex.ts";
import { Memo } from "./memo.ts";

/** ERC-2098 compact signature: r and yParityAndS, 64 bytes. */
export type CompactSignature = Hex;

const COMPACT = /^0x[0-9a-f]{128}$/;
/** Half of the order of secp256k1: of the two signatures s and n - s only the smaller counts (EIP-2), as in OpenZeppelin. */
const HALF_ORDER = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
/** Digits of a signature before yParityAndS. */
const VS_START = 66;

export const compactSignatureSchema = z.string().regex(COMPACT, "64 bytes: r and yParityAndS").transform(toHex);

/** A point of secp256k1, compressed: 33 bytes. */
export const publicKeySchema = z
  .string()
  .regex(/^0x0[23][0-9a-f]{64}$/, "33 bytes: a compressed public key")
  .transform(toHex);

/** The seam for keystores and KMS: whoever can sign a digest. Signatures need not be deterministic. */
export interface DigestSigner {
  readonly address: Address;
  signDigest(digest: Hash): Promise<CompactSignature>;
}

/** Signs with a raw private key held in memory. */
export function keySigner(privateKey: Hex): DigestSigner {
  const address = toHex(computeAddress(privateKey));
  return {
    address,
    signDigest: (digest) => {
      const signature = curve.sign(digest, privateKey);
      rememberSigner(digest, signature, address);
      return Promise.resolve(signature);
    },
  };
}

/** Address of a compressed public key; INVALID_SIGNATURE if the bytes are no point of the curve. */
export function addressOfKey(publicKey: Hex): Address {
  try {
    return toHex(computeAddress(publicKey));
  } catch (cause) {
    throw new GatelogError("INVALID_SIGNATURE", "the public key is no point of the curve", { publicKey }, { cause });
  }
}

/** Compressed public key that made the signature, which is one of a `DigestSigner`. */
export function recoverPublicKey(digest: Hash, signature: CompactSignature): Hex {
  return toHex(SigningKey.computePublicKey(SigningKey.recoverPublicKey(digest, signature), true));
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

/** Of the two signatures that differ in s alone only one is. */
export function isCompactSignature(signature: CompactSignature): boolean {
  if (!COMPACT.test(signature)) return false;
  // Without the bit for y, which is the first digit's highest. Digits of one length and case are ordered as the numbers are.
  const first = signature.charAt(VS_START);
  return (first !== "7" && first !== "f") || signature.slice(VS_START + 1) <= HALF_ORDER.slice(1);
}

/** Signers by digest and signature: about 1.5 MB when full. */
const knownSigners = new Memo<Address>(4_096);

/**
 * Saves recovering the key where the same signature is checked more than once: when a message arrives, when the entry is
 * appended, when it is read back. The signature is part of the key, so that any other
 * bytes under the same digest are recovered for themselves.
 *
 * Trust: whoever calls it vouches that `address` made the signature, and that it is a compact one. For signers, of what they have just
 * signed, and for whoever has recovered it elsewhere.
 */
export function rememberSigner(digest: Hash, signature: CompactSignature, address: Address): void {
  knownSigners.set(digest + signature, address);
}

/** Whether `recoverSigner` would not have to recover. */
export function isSignerKnown({
  digest,
  signature,
}: {
  readonly digest: Hash;
  readonly signature: CompactSignature;
}): boolean {
  return knownSigners.get(digest + signature) !== undefined;
}

/**
 * Signer of the digest. Throws INVALID_SIGNATURE if the bytes are no compact signature: another length, s in the upper half
 * of the order, or no point of the curve. So the bytes of a signature cannot be changed into another valid one by a third party.
 */
export function recoverSigner(digest: Hash, signature: CompactSignature): Address {
  const known = knownSigners.get(digest + signature);
  if (known !== undefined) return known;
  const signer = recoverAfresh(digest, signature);
  rememberSigner(digest, signature, signer);
  return signer;
}

/** As `recoverSigner`, and remembers nothing: for whoever sees each signature once. */
export function recoverAfresh(digest: Hash, signature: CompactSignature): Address {
  if (!isCompactSignature(signature))
    throw new GatelogError("INVALID_SIGNATURE", "not a compact signature with s in the lower half", { signature });
  try {
    return curve.recover(digest, signature);
  } catch (cause) {
    throw new GatelogError("INVALID_SIGNATURE", "the signature does not recover to any key", { signature }, { cause });
  }
}
