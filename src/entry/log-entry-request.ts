import { z } from "zod";
import { canonicalBytes, hasExactNumbers, isJsonObject, jsonWithin, type JsonObject } from "./canonical.ts";
import { MAX_PAYLOAD_SIZE, type Entry } from "./entry.ts";
import { GatelogError } from "./errors.ts";
import type { GatewayId } from "./hex.ts";
import { COMMAND_NAME, gatewaysOf, normalGateways } from "./notation.ts";
import { FOREIGN_MEMBER, phaseFrom, type ForeignEntry } from "./odap-01.ts";
import type { SessionFacts } from "./session.ts";
import { commandCode, COMMANDS, OPERATION_NAMES, VOTE_NAMES, type Operation, type Vote } from "./vocabulary.ts";

/** Steps within a phase; the code of a step has two digits for them. */
const STEPS_PER_PHASE = 100;
const MAX_PHASE = 654;
const MAX_COMMAND_LENGTH = 64;

/**
 * A log-entry request as understood (draft-01, section 3): what an operator tells its own gateway to log. The gateway's
 * service fills in index, seqNumber, lastEntryHash and epoch, and signs.
 */
export interface LogEntryRequest extends Pick<Entry, "step" | "operation" | "vote" | "command"> {
  /** Canonical JSON, at most MAX_PAYLOAD_SIZE bytes. */
  readonly payload: Uint8Array;
  /** `(GS->GR)`, or null if the request does not say; see `checkGateways`. */
  readonly gateways: string | null;
  /** Least seqNumber that the writer asks for, or 0. Lamport: it may be raised, never lowered. */
  readonly seqNumber: number;
  /** UNIX milliseconds as the writer gives it, or null for the service's own clock. */
  readonly timestamp: number | null;
}

const phaseSchema = z.union([z.int().min(0).max(MAX_PHASE), z.string()]).transform((phase, context) => {
  const number = typeof phase === "number" ? phase : phaseFrom(phase);
  if (number !== undefined && number <= MAX_PHASE) return number;
  context.addIssue({ code: "custom", message: "a phase such as 1, p1 or lock" });
  return z.NEVER;
});

const commandSchema = z.string().regex(COMMAND_NAME, "1 to 64 letters, digits, and .-_ between them");

const gatewaysSchema = z.string().transform((text, context) => {
  const normal = normalGateways(text);
  if (normal === undefined) context.addIssue({ code: "custom", message: "gateways such as (GS->GR) or (GR)" });
  return normal ?? z.NEVER;
});

const payloadSchema = jsonWithin(MAX_PAYLOAD_SIZE).transform((value, context): JsonObject => {
  if (isJsonObject(value) && hasExactNumbers(value)) return value;
  context.addIssue({ code: "custom", message: "an object, and whole numbers beyond 2^53 - 1 in it as strings" });
  return z.NEVER;
});

/**
 * JSON form `{phase, step, operation, command?, gateways?, vote?, payload?}`. `operation` is `init`, or `init-validate` as in
 * the draft's notation, then without `command`. The name of a command that is not in `COMMANDS` goes into the payload, as its
 * member `command`; so do `gateways` if they are given.
 */
export const logEntryRequestSchema: z.ZodType<LogEntryRequest> = z
  .strictObject({
    phase: phaseSchema,
    step: z
      .int()
      .min(0)
      .max(STEPS_PER_PHASE - 1),
    operation: z.string(),
    command: commandSchema.optional(),
    gateways: gatewaysSchema.optional(),
    vote: z.enum(VOTE_NAMES).default("none"),
    payload: payloadSchema.optional(),
  })
  .transform((request, context) => {
    const issue = (path: string, message: string): never => {
      context.addIssue({ code: "custom", path: [path], message });
      return z.NEVER;
    };
    const { phase, step, gateways, vote, payload = {} } = request;
    const operation = OPERATION_NAMES.find(
      (name) => request.operation === name || request.operation.startsWith(`${name}-`),
    );
    if (operation === undefined) return issue("operation", "init, exec, done, ack or fail, alone or before -command");
    const suffix = request.operation === operation ? undefined : request.operation.slice(operation.length + 1);
    const command = request.command ?? suffix;
    if (command === undefined || (suffix !== undefined && suffix !== command) || !COMMAND_NAME.test(command))
      return issue("command", "one command, beside the operation or behind its dash");
    const code = commandCode(command) ?? COMMANDS.other;
    const added = { ...(code === COMMANDS.other ? { command } : {}), ...(gateways === undefined ? {} : { gateways }) };
    for (const [name, value] of Object.entries(added))
      if (Object.hasOwn(payload, name) && payload[name] !== value)
        return issue("payload", `${name} says something else`);
    const bytes = canonicalBytes({ ...payload, ...added });
    if (bytes.length > MAX_PAYLOAD_SIZE) return issue("payload", `at most ${MAX_PAYLOAD_SIZE} bytes`);
    return {
      ...{ step: phase * STEPS_PER_PHASE + step, operation, vote, command: code },
      ...{ payload: bytes, gateways: gateways ?? null, seqNumber: 0, timestamp: null },
    };
  });

/**
 * The request that an entry of Figure 9 amounts to. The figure has no step (the request's is 0 within its phase; phase 0 if
 * the `phaseId` means nothing here) and no operation: that is read from the message, `LOCK_ASSET_ACK` being ack and
 * `init-lock` init; a message that says nothing of it is init, because logs are written ahead. The command is always
 * another client's, so such an entry never speaks to the register of decisions. The entry is kept in the payload word for
 * word, claimed hashes included. Throws TOO_LARGE.
 */
export function requestFromFigure9(entry: ForeignEntry): LogEntryRequest {
  const { operation, command } = operationOf(entry.message);
  const payload = canonicalBytes({ command, [FOREIGN_MEMBER]: entry.words });
  if (payload.length > MAX_PAYLOAD_SIZE)
    throw new GatelogError(
      "TOO_LARGE",
      `the entry makes ${payload.length} bytes; at most ${MAX_PAYLOAD_SIZE} are logged`,
      {
        maximum: MAX_PAYLOAD_SIZE,
        actual: payload.length,
      },
    );
  return {
    step: (entry.phase ?? 0) * STEPS_PER_PHASE,
    operation,
    vote: voteOf(entry.votes),
    command: COMMANDS.other,
    payload,
    gateways: null,
    seqNumber: entry.seqNumber,
    timestamp: entry.timestamp,
  };
}

/**
 * Checks that the gateways of a request are those that follow from operation and author; in a session of one gateway the
 * request may say what it likes. Throws MALFORMED.
 */
export function checkGateways(request: LogEntryRequest, author: GatewayId, facts: SessionFacts): void {
  if (request.gateways === null || facts.destination === null) return;
  const expected = gatewaysOf(request.operation, author, facts);
  if (request.gateways !== expected)
    throw new GatelogError("MALFORMED", "the gateways do not follow from operation and author", {
      member: "gateways",
      expected,
      actual: request.gateways,
    });
}

function operationOf(message: string): { operation: Operation; command: string } {
  const word = commandWord(message);
  const operation = OPERATION_NAMES.find((name) => word.startsWith(`${name}-`));
  if (operation !== undefined) return { operation, command: word.slice(operation.length + 1) };
  if (word.endsWith("-ack")) return { operation: "ack", command: word.slice(0, -"-ack".length) };
  return { operation: "init", command: word === "" ? "other" : word };
}

/** LOCK_ASSET becomes lock-asset; whatever may not stand in a command becomes a dash. */
function commandWord(message: string): string {
  const dashed = message.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-");
  return dashed.slice(0, MAX_COMMAND_LENGTH).replaceAll(/^[-.]+|[-.]+$/g, "");
}

function voteOf(votes: string): Vote {
  return VOTE_NAMES.find((vote) => vote === votes.toLowerCase()) ?? "none";
}
