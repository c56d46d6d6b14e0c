import { SigningKey, computeAddress } from "ethers";
import { toHex, type Hash, type Hex } from "../../src/entry/hex.ts";
import { rememberSigner, type CompactSignature, type DigestSigner } from "../../src/entry/signature.ts";

/** Order of secp256k1 and the x coordinate of its generator G. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const GENERATOR_X = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
const HALF_ORDER = ORDER >> 1n;
const PARITY_BIT = 1n << 255n;

/**
 * Real signatures, a hundred times faster than real signing: the nonce is always 1, so that R is G and no point is multiplied.
 * Whoever sees one of them knows the key. What is signed here is remembered, so that it need not be recovered either; any other
 * signature is.
 */
export function simulationSigner(privateKey: Hex): DigestSigner {
  const key = BigInt(privateKey);
  const address = toHex(computeAddress(new SigningKey(privateKey).publicKey));
  return {
    address,
    signDigest: (digest) => {
      const signature = signatureOf(digest, key);
      rememberSigner(digest, signature, address);
      return Promise.resolve(signature);
    },
  };
}

function signatureOf(digest: Hash, key: bigint): CompactSignature {
  const s = (BigInt(digest) + GENERATOR_X * key) % ORDER;
  // G's y is even; of s and -s the smaller one counts (EIP-2), and -s belongs to the odd y.
  const vs = s <= HALF_ORDER ? s : (ORDER - s) | PARITY_BIT;
  return `0x${word(GENERATOR_X)}${word(vs)}`;
}

function word(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}
