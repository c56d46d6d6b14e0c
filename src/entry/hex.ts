import { getAddress, isHexString } from "ethers";
import { z } from "zod";
import { GatelogError } from "./errors.ts";
import { Memo } from "./memo.ts";

/** Bytes as hex with 0x; lower case, but for the checksum of an address. */
export type Hex = `0x${string}`;
/** 32 bytes. */
export type Hash = Hex;
/** 20 bytes, EIP-55 checksummed. */
export type Address = Hex;
/** UUID (RFC 9562), lower case, any version. */
export type SessionId = string;
/** `keccak256(abi.encode(owner, name))`: the group that writes a log, the same on every chain. */
export type GatewayId = Hash;

export const ZERO_HASH: Hash = `0x${"0".repeat(64)}`;
export const ZERO_ADDRESS: Address = `0x${"0".repeat(40)}`;

const NIL_UUID = "00000000-0000-0000-0000-000000000000";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const HEX = /^0x(?:[0-9a-f]{2})*$/;
const HASH = /^0x[0-9a-f]{64}$/;
/** 16 bytes, alone or at the left of a word that is zero otherwise. */
const BYTES16 = /^0x[0-9a-f]{32}(?:0{32})?$/i;

export const hexSchema = z.string().regex(HEX, "lower-case hex with 0x").transform(toHex);
export const hashSchema = z.string().regex(HASH, "32 bytes as lower-case hex with 0x").transform(toHex);
/** Takes either case, gives lower case. Not the nil UUID, which stands for none. */
export const sessionIdSchema = z
  .string()
  .toLowerCase()
  .regex(UUID, "a UUID")
  .refine((text) => text !== NIL_UUID, "a UUID that is not nil")
  // For descriptions: what it takes.
  .meta({ pattern: UUID.source.replaceAll("a-f", "a-fA-F") });
/** Whole number of 256 bits as the contracts take it: decimal, no sign, no leading zero. */
export const uint256Schema = z
  .string()
  // Without `abort` zod would go on to the refinement, which throws on what is no number.
  .regex(/^(?:0|[1-9][0-9]{0,77})$/, { error: "a decimal number", abort: true })
  .refine((text) => BigInt(text) < 1n << 256n, "a number below 2^256");
/** Takes all lower case or a right checksum, gives the checksum. */
export const addressSchema = z
  .string()
  .refine((text) => isHexString(text, 20), "a 20-byte address with 0x")
  .transform((text, context) => {
    try {
      return addresses.of(text, () => toHex(getAddress(text)));
    } catch {
      context.addIssue({ code: "custom", message: "an address with a right checksum, or all lower case" });
      return z.NEVER;
    }
  });

/** A checksum is costly, and the same addresses come again and again. */
const addresses = new Memo<Address>(256);

function isHex(text: string): text is Hex {
  return isHexString(text);
}

/** Narrows a string that is known to be hex; throws on anything else, because that is a defect of ours. */
export function toHex(text: string): Hex {
  if (!isHex(text)) throw new TypeError(`not hex: ${text.slice(0, 80)}`);
  return text;
}

/** Whether the text is 32 bytes in the one form that hashes have here: lower-case hex with 0x. */
export function isHash(text: string): text is Hash {
  return HASH.test(text);
}

/** UUID as the 16 bytes that contracts and digests use; MALFORMED if it is not in its one form. */
export function sessionIdToBytes16(sessionId: SessionId): Hex {
  if (!UUID.test(sessionId)) throw new GatelogError("MALFORMED", "not a UUID in lower case", { sessionId });
  return toHex(`0x${sessionId.replaceAll("-", "")}`);
}

/** Takes 16 bytes, or the 32-byte word of an event topic whose last 16 bytes are zero; MALFORMED on anything else. */
export function sessionIdFromBytes16(bytes: string): SessionId {
  if (!BYTES16.test(bytes)) throw new GatelogError("MALFORMED", "not the 16 bytes of a session id", { bytes });
  const digits = bytes.slice(2, 34).toLowerCase();
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join("-");
}

/** Left-aligned in a 32-byte word, as Solidity's bytes16 and a topic are. */
export function sessionIdToWord(sessionId: SessionId): Hash {
  return `${sessionIdToBytes16(sessionId)}${"0".repeat(32)}`;
}

export function bytesToHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

/** The bytes of what is known to be hex of whole bytes. (ethers' `getBytes`, which checks it, takes fifteen times as long.) */
export function hexToBytes(hex: Hex): Uint8Array {
  return Buffer.from(hex.slice(2), "hex");
}
