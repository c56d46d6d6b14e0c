/** What is used of the package's native addon. Lengths in bytes: signatures 64 (r and s), digests and private keys 32, public keys 65. */
declare module "secp256k1/bindings.js" {
  const addon: {
    ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { readonly signature: Uint8Array; readonly recid: number };
    /** Throws if the signature recovers to no key. */
    ecdsaRecover(signature: Uint8Array, recid: number, digest: Uint8Array, compressed: false): Uint8Array;
  };
  export default addon;
}
