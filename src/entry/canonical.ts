import { hash } from "node:crypto";
import canonicalize from "canonicalize";
import { toUtf8String } from "ethers";
import { z } from "zod";
import { GatelogError } from "./errors.ts";
import { toHex, type Hash } from "./hex.ts";

/** JSON as it is logged; `isJson` says what that leaves out at run time. */
export type Json = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly Json[];
export interface JsonObject {
  readonly [member: string]: Json;
}

/** Deepest nesting of arrays and objects. A payload that goes deeper is logged and shown as bytes. */
export const MAX_JSON_DEPTH = 64;

/**
 * Whether a value is JSON that has a canonical form: no lone surrogates (RFC 8785, 3.2.2.2), only finite numbers, nothing
 * nested deeper than MAX_JSON_DEPTH, no undefined, no instance of a class.
 */
export function isJson(value: unknown): value is Json {
  return isJsonWithin(value, MAX_JSON_DEPTH);
}

function isJsonWithin(value: unknown, depth: number): value is Json {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth === 0) return false;
  // Array.from, because `every` alone would skip the holes of a sparse array.
  if (Array.isArray(value)) return Array.from(value).every((element) => isJsonWithin(element, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isJsonWithin(member, depth - 1));
}

/**
 * Whether every whole number is within 2^53 - 1. Beyond it JSON.parse has rounded already, silently (RFC 7493, 2.2): ask
 * this of what no signature covers yet. In a signed payload rounding shows, because the bytes no longer hash to payloadHash.
 */
export function hasExactNumbers(value: Json): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  return typeof value !== "object" || value === null || Object.values(value).every(hasExactNumbers);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Passes a JSON value through as it is. (zod's own `z.json()` drops a member named `__proto__`, which changes the hash.) */
export const jsonSchema = z.unknown().transform((value, context): Json => {
  if (isJson(value)) return value;
  context.addIssue({
    code: "custom",
    message: `JSON without lone surrogates, at most ${MAX_JSON_DEPTH} levels deep`,
  });
  return z.NEVER;
});

/**
 * Whether the canonical form of a value that JSON.parse gave has more than `maximum` bytes for certain: each value and name counts as
 * little as it can. Looks at no more of the value than that takes, so that what is far too large costs nothing.
 */
function isLargerThan(value: unknown, maximum: number): boolean {
  let left = maximum;
  const open: unknown[] = [value];
  while (left >= 0 && open.length > 0) {
    const next = open.pop();
    left -= typeof next === "string" ? next.length + QUOTES : 1;
    if (typeof next !== "object" || next === null) continue;
    // Of a container's own bytes its commas alone are counted; and the quotes and the colon of a name.
    const names = Array.isArray(next) ? [] : Object.keys(next);
    const members: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    left -= members.length + names.reduce((sum, name) => sum + name.length + QUOTES + 1, 0);
    if (left < 0) return true;
    for (const member of members) open.push(member);
  }
  return left < 0;
}

const QUOTES = 2;

/** As `jsonSchema`, of at most `maximum` bytes as far as `isLargerThan` sees: no work goes into what is far larger. */
export function jsonWithin(maximum: number) {
  return z
    .unknown()
    .refine((value) => !isLargerThan(value, maximum), { error: `at most ${maximum} bytes`, abort: true })
    .pipe(jsonSchema);
}

const UTF8 = new TextEncoder();

/** RFC 8785 bytes of a JSON value: what is hashed and logged. Throws MALFORMED if `isJson` is false. */
export function canonicalBytes(value: Json): Uint8Array {
  return UTF8.encode(canonicalText(value));
}

export function canonicalText(value: Json): string {
  const text = isJson(value) ? canonicalize(value) : undefined;
  if (text === undefined) throw new GatelogError("MALFORMED", "no JSON value that has a canonical form");
  return text;
}

/**
 * The value of canonical bytes, or undefined if the bytes are not the canonical form of any value: no JSON, duplicate names,
 * other spacing, a number that is not what it would be written as. So `canonicalBytes` gives back the very same bytes.
 */
export function parseCanonical(bytes: Uint8Array): Json | undefined {
  try {
    const text = toUtf8String(bytes);
    const value: unknown = JSON.parse(text);
    return isJson(value) && canonicalize(value) === text ? value : undefined;
  } catch {
    return undefined; // Bytes that are no UTF-8 or no JSON have no value: the caller shows them as bytes.
  }
}

/** SHA-256 of the payload bytes as logged. */
export function payloadHashOf(payload: Uint8Array): Hash {
  return toHex(`0x${hash("sha256", payload)}`);
}
