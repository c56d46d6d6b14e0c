import { AbiCoder, keccak256 } from "ethers";
import { z } from "zod";
import { canonicalBytes, parseCanonical, type Json } from "./canonical.ts";
import { GatelogError } from "./errors.ts";
import {
  addressSchema,
  hashSchema,
  sessionIdSchema,
  sessionIdToBytes16,
  toHex,
  ZERO_HASH,
  type GatewayId,
  type Hash,
  type SessionId,
} from "./hex.ts";

/** Bytes of canonical JSON; the contract refuses more. */
export const MAX_FACTS_SIZE = 2_048;
const MAX_NAME_LENGTH = 128;

const partySchema = z.strictObject({
  gatewayId: hashSchema,
  /** CAIP-2 id such as `eip155:31337`, or any other name of a network. */
  networkId: z.string().min(1).max(MAX_NAME_LENGTH),
  /** CAIP-19 id of the asset there, or null (a session that moves none). */
  asset: z.string().min(1).max(256).nullable(),
});

/**
 * What both gateways agree on before the origin's first entry. The origin signs the facts, the registry keeps them, the
 * destination takes or refuses them whole in 1.2. Their digest, the sessionHash, is part of every entry.
 */
export const sessionFactsSchema = z
  .strictObject({
    sessionId: sessionIdSchema,
    /** Application-level context that may own several sessions (satp-03). */
    contextId: sessionIdSchema,
    origin: partySchema,
    /** Null: a session of one gateway alone (Direct mode, or a draft-01 client), which has no register. */
    destination: partySchema.nullable(),
    /** Amount in the smallest unit (ERC-20), decimal; null for a single item. */
    amount: z.string().regex(/^[1-9][0-9]*$/).max(78).nullable(),
    /** UNIX seconds on the log chain's clock, absolute; 0 without a destination. */
    deadline: z.int().min(0),
    /** Hash of the escrow terms (R1b), or null. */
    termsHash: hashSchema.nullable(),
    /** SHA-256 of the client's request: the same idempotency key with another request is a conflict. */
    requestHash: hashSchema.nullable(),
    profile: z.strictObject({
      logging: z.enum(["local", "shared", "anchored", "chain"]),
      accessControl: z.string().min(1).max(MAX_NAME_LENGTH),
    }),
    /** Where the decision is written: the log registry, or the destination escrow (private logs), or nowhere. */
    register: z.enum(["log", "destination", "none"]),
    log: z.strictObject({ chainId: z.int().positive(), registry: addressSchema }).nullable(),
  })
  .superRefine((facts, context) => {
    const alone = facts.destination === null;
    if (alone !== (facts.register === "none"))
      context.addIssue({ code: "custom", path: ["register"], message: "a register goes with a destination, and only with one" });
    if (alone !== (facts.deadline === 0))
      context.addIssue({ code: "custom", path: ["deadline"], message: "a deadline goes with a destination, and only with one" });
    if (facts.destination?.gatewayId === facts.origin.gatewayId)
      context.addIssue({ code: "custom", path: ["destination", "gatewayId"], message: "a gateway cannot be its own peer" });
  });

export type SessionFacts = z.infer<typeof sessionFactsSchema>;
export type SessionParty = z.infer<typeof partySchema>;

/** A session as its origin opens it: the facts under the origin's signature of `OpenSession`. */
export interface SessionOpening {
  readonly facts: SessionFacts;
  readonly epoch: number;
  readonly signature: Hash;
}

/** The part of the facts that is logged as canonical JSON; the rest are typed arguments of `openSession`. */
export function factsBytes(facts: SessionFacts): Uint8Array {
  const { contextId, amount, termsHash, requestHash, profile, register, log, origin, destination } = facts;
  const place = (party: SessionParty): Json => ({ networkId: party.networkId, asset: party.asset });
  const bytes = canonicalBytes({
    contextId,
    amount,
    termsHash,
    requestHash,
    profile,
    register,
    log,
    origin: place(origin),
    destination: destination && place(destination),
  });
  if (bytes.length > MAX_FACTS_SIZE)
    throw new GatelogError("TOO_LARGE", `the session facts have ${bytes.length} bytes; at most ${MAX_FACTS_SIZE}`, {
      maximum: MAX_FACTS_SIZE,
      actual: bytes.length,
    });
  return bytes;
}

/** What `SessionOpened` carries. */
export interface LoggedFacts {
  readonly sessionId: SessionId;
  readonly originGatewayId: GatewayId;
  readonly destinationGatewayId: GatewayId;
  readonly deadline: number;
  readonly facts: Uint8Array;
}

/** Rebuilds the facts from what was logged; throws INVALID_SESSION if they are not what `factsBytes` makes. */
export function parseFacts(logged: LoggedFacts): SessionFacts {
  const value = parseCanonical(logged.facts);
  const shape = z.looseObject({ origin: z.looseObject({}), destination: z.looseObject({}).nullable() }).safeParse(value);
  const parsed =
    shape.success &&
    sessionFactsSchema.safeParse({
      ...shape.data,
      sessionId: logged.sessionId,
      deadline: logged.deadline,
      origin: { ...shape.data.origin, gatewayId: logged.originGatewayId },
      destination: shape.data.destination && { ...shape.data.destination, gatewayId: logged.destinationGatewayId },
    });
  if (!parsed || !parsed.success || (parsed.data.destination === null) !== (logged.destinationGatewayId === ZERO_HASH))
    throw new GatelogError("INVALID_SESSION", "the logged session facts are malformed", { sessionId: logged.sessionId });
  return parsed.data;
}

/** `keccak256(abi.encode(originGatewayId, destinationGatewayId, deadline, keccak256(facts)))`. */
export function factsHashOf(facts: SessionFacts): Hash {
  return loggedFactsHash(facts.origin.gatewayId, facts.destination?.gatewayId ?? ZERO_HASH, facts.deadline, factsBytes(facts));
}

/** `keccak256(abi.encode(sessionId, factsHash))`: replaces the constant strings in every entry. */
export function sessionHashOf(facts: SessionFacts): Hash {
  return sessionHashFrom(facts.sessionId, factsHashOf(facts));
}

export function loggedFactsHash(origin: GatewayId, destination: GatewayId, deadline: number, facts: Uint8Array): Hash {
  const values = [origin, destination, deadline, keccak256(facts)];
  return toHex(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "uint64", "bytes32"], values)));
}

export function sessionHashFrom(sessionId: SessionId, factsHash: Hash): Hash {
  const values = [sessionIdToBytes16(sessionId), factsHash];
  return toHex(keccak256(AbiCoder.defaultAbiCoder().encode(["bytes16", "bytes32"], values)));
}
