import { computeAddress, recoverAddress, Signature, SigningKey } from "ethers";
import { bytesToHex, hexToBytes, toHex, type Address, type Hash, type Hex } from "./hex.ts";
import { Memo } from "./memo.ts";

/** Signing and recovering on secp256k1. Both implementations give the same for the same; who calls checks what it gives them. */
export interface Curve {
  /** Deterministic (RFC 6979), s in the lower half of the order. 64 bytes: r and yParityAndS (ERC-2098). */
  sign(digest: Hash, privateKey: Hex): Hex;
  /** @param signature r and yParityAndS, s in the lower half. Throws if it recovers to no key. */
  recover(digest: Hash, signature: Hex): Address;
}

const S_START = 32;
/** The top bit of yParityAndS. */
const PARITY = 0x80;

export const PLAIN_CURVE: Curve = {
  sign: (digest, privateKey) => toHex(new SigningKey(privateKey).sign(digest).compactSerialized),
  recover: (digest, signature) => toHex(recoverAddress(digest, Signature.from(signature))),
};

const addon = await import("secp256k1/bindings.js").catch(() => null);

/**
 * libsecp256k1, or null where the package has no build for the platform (it has them for linux-x64, darwin-arm64 and win32-x64).
 * The package's own substitute is never loaded: `PLAIN_CURVE` takes its place.
 */
export const NATIVE_CURVE: Curve | null = addon && {
  sign: (digest, privateKey) => {
    const { signature, recid } = addon.default.ecdsaSign(hexToBytes(digest), hexToBytes(privateKey));
    if (recid === 1) signature[S_START] = (signature[S_START] ?? 0) | PARITY;
    return bytesToHex(signature);
  },
  recover: (digest, compact) => {
    const { rAndS, recid } = splitCompact(compact);
    return addressOf(addon.default.ecdsaRecover(rAndS, recid, hexToBytes(digest), false));
  },
};

/** The fast one if there is one: it recovers in 50 µs, the plain one in more than a millisecond. */
export const curve: Curve = NATIVE_CURVE ?? PLAIN_CURVE;

/** The two numbers, 32 bytes each, and which of the two points that have this r is meant. */
export function splitCompact(signature: Hex): { readonly rAndS: Uint8Array; readonly recid: 0 | 1 } {
  const rAndS = hexToBytes(signature);
  const yParityAndS = rAndS[S_START] ?? 0;
  rAndS[S_START] = yParityAndS & ~PARITY;
  return { rAndS, recid: yParityAndS & PARITY ? 1 : 0 };
}

/** Addresses by public key: writers are few, and hashing takes as long as recovering. */
const addresses = new Memo<Address>(1_024);

/** @param publicKey 65 bytes, uncompressed. */
export function addressOf(publicKey: Uint8Array): Address {
  const key = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.byteLength);
  return addresses.of(key.toString("latin1"), () => toHex(computeAddress(bytesToHex(publicKey))));
}
