import { NATIVE_CURVE } from "../entry/curve.ts";
import { WASM_KECCAK } from "../entry/keccak.ts";

/** What is slower on this platform than it is elsewhere, a sentence each; right it is all the same. */
export function fallbacks(
  { curve, keccak }: { readonly curve: object | null; readonly keccak: object | null } = {
    curve: NATIVE_CURVE,
    keccak: WASM_KECCAK,
  },
): string[] {
  return [
    ...(curve === null
      ? ["no native secp256k1 for this platform: checking a signature takes some twenty times as long"]
      : []),
    ...(keccak === null ? ["no WebAssembly: hashing an entry takes some ten times as long"] : []),
  ];
}
