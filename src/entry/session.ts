import { z } from "zod";
import { canonicalBytes, parseCanonical, type Json } from "./canonical.ts";
import { GatelogError } from "./errors.ts";
import {
  addressSchema,
  bytesToHex,
  hashSchema,
  isHash,
  sessionIdSchema,
  sessionIdToWord,
  uint256Schema,
  ZERO_HASH,
  type GatewayId,
  type Hash,
  type SessionId,
} from "./hex.ts";
import { keccak } from "./keccak.ts";
import { Memo } from "./memo.ts";
import type { CompactSignature } from "./signature.ts";

/** Bytes of canonical JSON; the contract refuses more. */
export const MAX_FACTS_SIZE = 2_048;
const MAX_NAME_LENGTH = 128;

/** Where a session's log is kept, and so what each side waits for (decision 8). */
export const loggingSchema = z.enum(["local", "shared", "anchored", "chain"]);
export type Logging = z.infer<typeof loggingSchema>;

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
    /** Amount in the smallest unit (ERC-20), decimal, more than zero; null for a single item. */
    amount: uint256Schema.refine((text) => text !== "0", "an amount of more than zero").nullable(),
    /** UNIX seconds on the log chain's clock, absolute; 0 without a destination. */
    deadline: z.int().min(0),
    /** Hash of the escrow terms (R1b), or null. */
    termsHash: hashSchema.nullable(),
    /** SHA-256 of the client's request: the same idempotency key with another request is a conflict. */
    requestHash: hashSchema.nullable(),
    profile: z.strictObject({
      logging: loggingSchema,
      accessControl: z.string().min(1).max(MAX_NAME_LENGTH),
    }),
    /** Where the decision is written: the log registry, or the destination escrow (private logs), or nowhere. */
    register: z.enum(["log", "destination", "none"]),
    log: z.strictObject({ chainId: z.int().positive(), registry: addressSchema }).nullable(),
  })
  .superRefine((facts, context) => {
    const alone = facts.destination === null;
    if (alone !== (facts.register === "none"))
      context.addIssue({
        code: "custom",
        path: ["register"],
        message: "a register goes with a destination, and only with one",
      });
    if (alone !== (facts.deadline === 0))
      context.addIssue({
        code: "custom",
        path: ["deadline"],
        message: "a deadline goes with a destination, and only with one",
      });
    if (facts.register === "log" && facts.log === null)
      context.addIssue({
        code: "custom",
        path: ["log"],
        message: "the register is the log, so the log needs a place on chain",
      });
    if (facts.destination?.gatewayId === facts.origin.gatewayId)
      context.addIssue({
        code: "custom",
        path: ["destination", "gatewayId"],
        message: "a gateway cannot be its own peer",
      });
  });

export type SessionFacts = z.infer<typeof sessionFactsSchema>;
export type SessionParty = z.infer<typeof partySchema>;

/** A session as its origin opens it: the facts under the origin's signature of `OpenSession`. */
export interface SessionOpening {
  readonly facts: SessionFacts;
  readonly epoch: number;
  readonly signature: CompactSignature;
}

/**
 * The part of the facts that is logged as canonical JSON; the rest are typed arguments of `openSession`.
 * Throws TOO_LARGE, and MALFORMED if a name in the facts has lone surrogates.
 */
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

/** The logged part before it is checked: the typed arguments are put beside what stands in it. */
const loggedShape = z.looseObject({ origin: z.looseObject({}), destination: z.looseObject({}).nullable() });

/**
 * Rebuilds the facts from what was logged. Throws INVALID_SESSION unless `factsBytes` of the result gives the very same bytes:
 * facts that are read otherwise than they were signed would have another sessionHash.
 */
export function parseFacts(logged: LoggedFacts): SessionFacts {
  const shape = loggedShape.safeParse(parseCanonical(logged.facts));
  if (!shape.success) throw malformedFacts(logged, "the logged part is no canonical JSON with origin and destination");
  const { origin, destination } = shape.data;
  const parsed = sessionFactsSchema.safeParse({
    ...shape.data,
    sessionId: logged.sessionId,
    deadline: logged.deadline,
    origin: { ...origin, gatewayId: logged.originGatewayId },
    destination: destination && { ...destination, gatewayId: logged.destinationGatewayId },
  });
  if (!parsed.success) throw malformedFacts(logged, "the members do not make session facts", parsed.error);
  if ((destination === null) !== (logged.destinationGatewayId === ZERO_HASH))
    throw malformedFacts(logged, "a destination in the logged part goes with a destination gateway, and only with one");
  if (bytesToHex(factsBytes(parsed.data)) !== bytesToHex(logged.facts))
    throw malformedFacts(logged, "the logged part is not in its one form");
  return parsed.data;
}

function malformedFacts(logged: LoggedFacts, message: string, cause?: unknown): GatelogError {
  return new GatelogError("INVALID_SESSION", message, { sessionId: logged.sessionId }, { cause });
}

/** `keccak256(abi.encode(originGatewayId, destinationGatewayId, deadline, keccak256(facts)))`. */
export function factsHashOf(facts: SessionFacts): Hash {
  return loggedFactsHash(
    facts.origin.gatewayId,
    facts.destination?.gatewayId ?? ZERO_HASH,
    facts.deadline,
    factsBytes(facts),
  );
}

/** `keccak256(abi.encode(sessionId, factsHash))`: replaces the constant strings in every entry. */
export function sessionHashOf(facts: SessionFacts): Hash {
  return knownHashes.of(JSON.stringify(facts), () => sessionHashFrom(facts.sessionId, factsHashOf(facts)));
}

/** Every statement on a session names its hash. About 1 MB when full. */
const knownHashes = new Memo<Hash>(256);

/** As `factsHashOf`, from what `SessionOpened` carries: needs no parsing, so it works for facts that are malformed too. */
export function loggedFactsHash(origin: GatewayId, destination: GatewayId, deadline: number, facts: Uint8Array): Hash {
  if (!isHash(origin) || !isHash(destination) || !Number.isSafeInteger(deadline) || deadline < 0)
    throw new GatelogError("INVALID_SESSION", "no gateway ids, or no deadline", { origin, destination, deadline });
  const deadlineWord = deadline.toString(16).padStart(64, "0");
  return keccak(`0x${origin.slice(2)}${destination.slice(2)}${deadlineWord}${keccak(bytesToHex(facts)).slice(2)}`);
}

/** As `sessionHashOf`, from the digest of the facts. */
export function sessionHashFrom(sessionId: SessionId, factsHash: Hash): Hash {
  return keccak(`${sessionIdToWord(sessionId)}${factsHash.slice(2)}`);
}
