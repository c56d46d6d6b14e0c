import { getBytes } from "ethers";
import { entryHashOf, unpackHeader, type LogEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import { sessionIdFromBytes16, toHex, ZERO_HASH, type Hash, type SessionId } from "../entry/hex.ts";
import { loggedFactsHash, parseFacts, sessionHashFrom, type SessionOpening } from "../entry/session.ts";
import { joinSignature } from "../entry/signature.ts";
import type { ClosingStatement, DecisionStatement, Ground } from "../entry/statements.ts";
import { contractError } from "./contract-errors.ts";
import { decodeEvent, TOPICS } from "./events.ts";
import type { ChainEvent } from "./rpc-values.ts";

/** What of a session does not change any more once it was opened. */
export interface OpenedSession {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly factsHash: Hash;
  readonly openBlock: number;
  readonly originGatewayId: Hash;
  /** Zero for a session of one gateway. */
  readonly destinationGatewayId: Hash;
  /** INVALID_SESSION if the facts are not ours to understand. */
  opening(): SessionOpening;
}

export function openedSession(event: ChainEvent): OpenedSession {
  const opened = decodeEvent("SessionOpened", event);
  const sessionId = sessionIdFromBytes16(opened.sessionId);
  const originGatewayId = toHex(opened.originGatewayId);
  const destinationGatewayId = toHex(opened.destinationGatewayId);
  const deadline = Number(opened.deadline);
  const facts = getBytes(opened.facts);
  const factsHash = loggedFactsHash(originGatewayId, destinationGatewayId, deadline, facts);
  return {
    sessionId,
    sessionHash: sessionHashFrom(sessionId, factsHash),
    factsHash,
    openBlock: event.blockNumber,
    originGatewayId,
    destinationGatewayId,
    opening: () => ({
      facts: parseFacts({ sessionId, originGatewayId, destinationGatewayId, deadline, facts }),
      epoch: Number(opened.epoch),
      signature: joinSignature(opened.r, opened.vs),
    }),
  };
}

/** An entry or the closing of a log, and where the log's event before it stands. */
export type LogEvent =
  | { readonly kind: "entry"; readonly entry: LogEntry; readonly blockNumber: number; readonly previousBlock: number }
  | {
      readonly kind: "closing";
      readonly closing: ClosingStatement;
      readonly blockNumber: number;
      readonly previousBlock: number;
    };

export function logEvent(event: ChainEvent, session: Pick<OpenedSession, "sessionHash">): LogEvent {
  const { blockNumber } = event;
  if (event.topics[0] === TOPICS.LogClosed) {
    const closed = decodeEvent("LogClosed", event);
    const closing = {
      sessionId: sessionIdFromBytes16(closed.sessionId),
      sessionHash: session.sessionHash,
      gatewayId: toHex(closed.gatewayId),
      length: Number(closed.length),
      lastEntryHash: toHex(closed.lastEntryHash),
      epoch: Number(closed.epoch),
      signature: joinSignature(closed.r, closed.vs),
    };
    return { kind: "closing", closing, blockNumber, previousBlock: Number(closed.previousBlock) };
  }
  const appended = decodeEvent("EntryAppended", event);
  const inRun = appended.r === ZERO_HASH && appended.vs === ZERO_HASH;
  const fields = {
    ...unpackHeader(toHex(appended.header)),
    sessionId: sessionIdFromBytes16(appended.sessionId),
    sessionHash: session.sessionHash,
    gatewayId: toHex(appended.gatewayId),
    causedBy: toHex(appended.causedBy),
    payloadHash: toHex(appended.payloadHash),
    lastEntryHash: toHex(appended.lastEntryHash),
  };
  const entry: LogEntry = {
    ...fields,
    payload: getBytes(appended.payload),
    entryHash: entryHashOf(fields),
    signature: inRun ? null : joinSignature(appended.r, appended.vs),
  };
  return { kind: "entry", entry, blockNumber, previousBlock: Number(appended.previousBlock) };
}

const DECISION_NAMES = ["NONE", "COMMIT", "ABORT"] as const;
const GROUND_NAMES = ["NONE", "ORIGIN", "VOTE_NO", "DEADLINE"] as const satisfies readonly Ground[];

export function decisionFrom(code: bigint): (typeof DECISION_NAMES)[number] {
  return nameOf(DECISION_NAMES, code, "decision");
}

export function decisionStatement(
  event: ChainEvent,
  session: Pick<OpenedSession, "sessionId" | "sessionHash">,
): DecisionStatement {
  const decided = decodeEvent("Decided", event);
  const decision = decisionFrom(decided.decision);
  const ground = nameOf(GROUND_NAMES, decided.ground, "ground");
  if (decision === "NONE" || ground === "NONE")
    throw new GatelogError("CORRUPT_STORE", "the registry decided nothing, or on no ground", {
      sessionId: session.sessionId,
    });
  return {
    sessionId: session.sessionId,
    sessionHash: session.sessionHash,
    decision,
    ground,
    epoch: Number(decided.epoch),
    signature: ground === "ORIGIN" ? joinSignature(decided.r, decided.vs) : null,
  };
}

function nameOf<Name extends string>(names: readonly Name[], code: bigint, what: string): Name {
  const name = names[Number(code)];
  if (name === undefined)
    throw new GatelogError("CORRUPT_STORE", `the registry holds an unknown ${what}`, { actual: code.toString() });
  return name;
}

/** The reason of the first entry that a batch's receipt names as refused. */
export function refusalIn(events: readonly ChainEvent[]): GatelogError | undefined {
  const event = events.find(({ topics }) => topics[0] === TOPICS.EntryRefused);
  if (event === undefined) return undefined;
  const { reason } = decodeEvent("EntryRefused", event);
  return contractError(toHex(reason));
}
