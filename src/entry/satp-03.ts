import { z } from "zod";
import { parseCanonical, type Json, type JsonObject } from "./canonical.ts";
import { decodeDraft, draftPayload, EXTENSION, extensionOf, requireFactsOf, toDraftHex } from "./draft-form.ts";
import type { LogEntry } from "./entry.ts";
import { sessionIdSchema } from "./hex.ts";
import { foreignWords, phaseIdOf, secondsOf } from "./odap-01.ts";
import type { SessionFacts } from "./session.ts";
import { COMMANDS, commandFrom, OPERATION_NAMES, phaseOf } from "./vocabulary.ts";

// Log entries in the words of draft-belchior-satp-gateway-recovery-03: the members of its second example, and those that it
// calls required beside them (version, operation, profiles, hash of the entry before, signature). The draft names the latter in
// prose alone; here they are spelled as the example spells its own.

/** Major and minor, as the draft asks for. */
const VERSION_MINOR = 0;

/** Commands whose entries the draft calls recovery messages. */
const RECOVERY_COMMANDS: ReadonlySet<number> = new Set([
  COMMANDS.recover,
  COMMANDS["recover-update"],
  COMMANDS["recover-update-ack"],
  COMMANDS["recover-success"],
  COMMANDS["recover-dispute"],
  COMMANDS.rollback,
]);

/**
 * An entry in the words of satp-03, plus the member `gatelog`. Origin and destination are the transfer's, not the author. What a
 * client of one gateway said of its own session is shown, as in `toOdap01`. `timestamp` is in seconds, hashes and signature are
 * upper-case hex without 0x; `messageSignature` is null inside a run, whose last entry carries the signature. An entry of a
 * recovery or a rollback has `recoveryMessage`, and `recoveryPayload` if its payload is JSON. Throws INVALID_SESSION if the facts
 * are another session's.
 */
export function toSatp03(entry: LogEntry, facts: SessionFacts): JsonObject {
  requireFactsOf(entry, facts);
  const logged = parseCanonical(entry.payload);
  const foreign = foreignWords(logged, facts);
  const payload = foreign?.payload ?? draftPayload(entry, logged);
  return {
    version: `${entry.version}.${VERSION_MINOR}`,
    sessionId: entry.sessionId,
    contextId: facts.contextId,
    seqNumber: entry.seqNumber,
    phaseId: foreign?.phaseId ?? phaseIdOf(phaseOf(entry.step)),
    originGatewayId: foreign?.sourceGatewayId ?? facts.origin.gatewayId,
    originNetworkId: foreign?.sourceDltId ?? facts.origin.networkId,
    destinationGatewayId: foreign?.targetGatewayId ?? facts.destination?.gatewayId ?? "",
    destinationNetworkId: foreign?.targetDltId ?? facts.destination?.networkId ?? "",
    timestamp: secondsOf(entry),
    operation: entry.operation,
    payload,
    payloadHash: toDraftHex(entry.payloadHash),
    ...recoveryOf(entry, logged),
    loggingProfile: facts.profile.logging,
    accessControlProfile: facts.profile.accessControl,
    lastEntryHash: toDraftHex(entry.lastEntryHash),
    logEntryHash: toDraftHex(entry.entryHash),
    messageSignature: entry.signature === null ? null : toDraftHex(entry.signature),
    [EXTENSION]: extensionOf(entry, logged, payload),
  };
}

/** The entry that `toSatp03` rendered, byte for byte; see `decodeDraft`. */
export function fromSatp03(value: unknown, facts: SessionFacts): LogEntry {
  return decodeDraft(value, facts, { name: "satp-03", render: toSatp03 });
}

/** JSON form of `toSatp03`, for descriptions. */
export const satp03EntrySchema = z.looseObject({
  version: z.string().regex(/^[0-9]{1,3}\.[0-9]$/),
  sessionId: sessionIdSchema,
  contextId: sessionIdSchema,
  seqNumber: z.int().min(0),
  phaseId: z.string(),
  originGatewayId: z.string(),
  originNetworkId: z.string(),
  destinationGatewayId: z.string(),
  destinationNetworkId: z.string(),
  timestamp: z.string().regex(/^[0-9]{1,13}$/),
  operation: z.enum(OPERATION_NAMES),
  payload: z.looseObject({ messageType: z.string(), message: z.string(), votes: z.string() }),
  payloadHash: z.string(),
  recoveryMessage: z.string().optional(),
  recoveryPayload: z.unknown().optional(),
  loggingProfile: z.string(),
  accessControlProfile: z.string(),
  lastEntryHash: z.string(),
  logEntryHash: z.string(),
  messageSignature: z.string().nullable(),
  [EXTENSION]: z.looseObject({}),
});

/** `RECOVER-UPDATE` and the like, with what it says. */
function recoveryOf({ command }: LogEntry, logged: Json | undefined): JsonObject {
  if (!RECOVERY_COMMANDS.has(command)) return {};
  return {
    recoveryMessage: commandFrom(command).toUpperCase(),
    ...(logged === undefined ? {} : { recoveryPayload: logged }),
  };
}
