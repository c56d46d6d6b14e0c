import { packHeader, type SignedEntry } from "../entry/entry.ts";
import { sessionIdToBytes16, toHex, ZERO_HASH, type Hash, type Hex } from "../entry/hex.ts";
import { factsBytes, type SessionOpening } from "../entry/session.ts";
import { splitSignature } from "../entry/signature.ts";
import { DECISIONS, type ClosingStatement, type DecisionStatement } from "../entry/statements.ts";
import { logRegistryInterface } from "../chain/contracts.ts";

/** What gateways signed, as calls of the log registry. */
export function openSessionCall({ facts, epoch, signature }: SessionOpening): Hex {
  const { r, vs } = splitSignature(signature);
  const session = {
    sessionId: sessionIdToBytes16(facts.sessionId),
    originGatewayId: facts.origin.gatewayId,
    destinationGatewayId: facts.destination?.gatewayId ?? ZERO_HASH,
    deadline: facts.deadline,
    facts: factsBytes(facts),
  };
  return toHex(logRegistryInterface.encodeFunctionData("openSession", [session, epoch, r, vs]));
}

export function appendCall(entry: SignedEntry, factsHash: Hash): Hex {
  return toHex(logRegistryInterface.encodeFunctionData("append", [entryInput(entry, factsHash)]));
}

/** Several calls in one transaction: all of them have their effect, or none. */
export function allOrNone(calls: readonly [Hex, ...Hex[]]): Hex {
  const [only, ...others] = calls;
  return others.length === 0 ? only : toHex(logRegistryInterface.encodeFunctionData("multicall", [[...calls]]));
}

/** Every entry under its own signature. */
export function appendBatchCall(entries: readonly SignedEntry[], factsHash: Hash): Hex {
  const inputs = entries.map((entry) => entryInput(entry, factsHash));
  return toHex(logRegistryInterface.encodeFunctionData("appendBatch", [inputs]));
}

export function decideCall(statement: DecisionStatement, factsHash: Hash, originGatewayId: Hash): Hex {
  const { sessionId, decision, epoch, signature } = statement;
  const { r, vs } = signature === null ? { r: ZERO_HASH, vs: ZERO_HASH } : splitSignature(signature);
  const values = [
    sessionIdToBytes16(sessionId),
    factsHash,
    originGatewayId,
    DECISIONS[decision],
    epoch,
    r,
    vs,
  ] as const;
  return toHex(logRegistryInterface.encodeFunctionData("decide", [...values]));
}

export function closeSessionCall(closing: ClosingStatement, factsHash: Hash): Hex {
  const { sessionId, gatewayId, length, lastEntryHash, epoch, signature } = closing;
  const { r, vs } = splitSignature(signature);
  const values = [sessionIdToBytes16(sessionId), factsHash, gatewayId, length, lastEntryHash, epoch, r, vs] as const;
  return toHex(logRegistryInterface.encodeFunctionData("closeSession", [...values]));
}

/** An entry as `EntryInput` of the contract. */
export function entryInput(entry: SignedEntry, factsHash: Hash) {
  const { sessionId, gatewayId, causedBy, lastEntryHash, payload, signature } = entry;
  const { r, vs } = splitSignature(signature);
  return {
    sessionId: sessionIdToBytes16(sessionId),
    factsHash,
    gatewayId,
    header: packHeader(entry),
    causedBy,
    lastEntryHash,
    payload,
    r,
    vs,
  };
}
