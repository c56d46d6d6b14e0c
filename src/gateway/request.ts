import { sha256, toUtf8Bytes, keccak256, concat, getBytes } from "ethers";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { canonicalBytes, jsonSchema, payloadHashOf } from "../entry/canonical.ts";
import { loggingSchema, type Logging } from "../entry/session.ts";
import {
  addressSchema,
  bytesToHex,
  hashSchema,
  sessionIdFromBytes16,
  uint256Schema,
  ZERO_ADDRESS,
  type GatewayId,
  type Hash,
  type SessionId,
} from "../entry/hex.ts";

const MAX_KEY_LENGTH = 200;
/** Ten years: what lies further ahead is a mistake, and not every clock and date can tell it. */
const MAX_PERIOD_MS = 10 * 365 * 24 * 60 * 60 * 1_000;
const decimal = z.union([uint256Schema, z.int().min(0).transform(String)]);
const party = addressSchema.refine((address) => address !== ZERO_ADDRESS, "not the zero address");

/** REQUEST.json: what a client asks its gateway for. */
export const transferRequestSchema = z.strictObject({
  /** Chosen by the client; the same key gives the same session, however often it is sent. */
  idempotencyKey: z.string().min(1).max(MAX_KEY_LENGTH),
  asset: z.discriminatedUnion("standard", [
    z.strictObject({
      standard: z.literal("erc20"),
      address: addressSchema,
      amount: decimal.refine((text) => text !== "0", "more than zero"),
    }),
    z.strictObject({ standard: z.literal("erc721"), address: addressSchema, tokenId: decimal }),
  ]),
  /** Owner of the asset on the origin ledger; has approved the escrow. */
  originator: party,
  /** Account on the destination ledger. */
  beneficiary: party,
  destination: z.strictObject({ gatewayId: hashSchema, networkId: z.string().min(1).max(128) }),
  /** Network of the asset, if the gateway serves several. */
  originNetworkId: z.string().min(1).max(128).optional(),
  /** Milliseconds from now until anyone may abort an undecided transfer. */
  deadlineMs: z.int().positive().max(MAX_PERIOD_MS).optional(),
  /** Milliseconds from now until the originator may unlock; later than the deadline. */
  lockExpiryMs: z.int().positive().max(MAX_PERIOD_MS).optional(),
  profile: z
    .strictObject({
      /** Which of its logs the gateway keeps the session in; its default, if left out. */
      logging: loggingSchema.optional(),
      accessControl: z.string().min(1).max(128).default("parties"),
    })
    .default({ accessControl: "parties" }),
});

export type TransferRequest = z.infer<typeof transferRequestSchema>;

/** A request in which nothing is left to the gateway. */
export type SettledRequest = TransferRequest & { readonly profile: { readonly logging: Logging } };

export function settleRequest(request: TransferRequest, logging: Logging): SettledRequest {
  return { ...request, profile: { ...request.profile, logging: request.profile.logging ?? logging } };
}

/** SHA-256 of the request's canonical JSON: tells a repeated request from another one under the same key. */
export function requestHashOf(request: SettledRequest): Hash {
  const { deadlineMs, lockExpiryMs, originNetworkId, ...rest } = request;
  const optional = Object.entries({ deadlineMs, lockExpiryMs, originNetworkId }).filter(
    ([, value]) => value !== undefined,
  );
  return payloadHashOf(canonicalBytes(jsonSchema.parse({ ...rest, ...Object.fromEntries(optional) })));
}

/** IDEMPOTENCY_CONFLICT unless the session under the key was opened for this very request. */
export function checkSameRequest(sessionId: SessionId, expected: Hash | null, request: SettledRequest): void {
  const actual = requestHashOf(request);
  if (expected === actual) return;
  const message = "the idempotency key belongs to another request";
  throw new GatelogError("IDEMPOTENCY_CONFLICT", message, { sessionId, expected: expected ?? "", actual });
}

const VERSION_8 = 0x80;
const VARIANT = 0x80;

/**
 * The session id follows from gateway and idempotency key (UUID version 8, RFC 9562), so that a request repeated after any crash
 * finds its session in the log, and no second durable place is needed to remember the pair.
 */
export function sessionIdFor(gatewayId: GatewayId, idempotencyKey: string): SessionId {
  const digest = getBytes(keccak256(concat([gatewayId, sha256(toUtf8Bytes(idempotencyKey))]))).slice(0, 16);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | VERSION_8;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | VARIANT;
  return sessionIdFromBytes16(bytesToHex(digest));
}
