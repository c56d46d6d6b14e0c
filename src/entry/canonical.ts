import canonicalize from "canonicalize";
import { sha256, toUtf8Bytes, toUtf8String } from "ethers";
import { GatelogError } from "./errors.ts";
import { toHex, type Hash } from "./hex.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** RFC 8785 bytes of a JSON value: what is hashed and logged. */
export function canonicalBytes(value: Json): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new GatelogError("MALFORMED", "not a JSON value");
  return toUtf8Bytes(text);
}

/** The value of canonical bytes, or undefined if the bytes are not the canonical form of any JSON value. */
export function parseCanonical(bytes: Uint8Array): Json | undefined {
  try {
    const text = toUtf8String(bytes);
    const value = JSON.parse(text) as Json;
    return canonicalize(value) === text ? value : undefined;
  } catch {
    return undefined; // Bytes that are no JSON have no value: the caller shows them as bytes.
  }
}

/** SHA-256 of the payload bytes as logged. */
export function payloadHashOf(payload: Uint8Array): Hash {
  return toHex(sha256(payload));
}
