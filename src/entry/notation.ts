import { isJsonObject, parseCanonical, type Json } from "./canonical.ts";
import type { LogEntry } from "./entry.ts";
import { GatelogError } from "./errors.ts";
import type { GatewayId } from "./hex.ts";
import type { SessionFacts } from "./session.ts";
import { commandFrom, phaseOf, type Operation } from "./vocabulary.ts";

/** What may stand in the notation as a command: no spaces, commas or brackets, so that a line can be read back. */
export const COMMAND_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$/;
const GATEWAYS = /^\((?:GS|GR)(?:->(?:GS|GR))?\)$/;

type Parties = Pick<SessionFacts, "origin" | "destination">;

/**
 * The simplified notation of draft-belchior-gateway-recovery-01, section 3 and Figure 1: `<phase, step,
 * operation-command, gateways>`, such as `<p1, 1, init-validate, (GS->GR)>`. GS is the origin, GR the destination. Throws
 * INVALID_ENTRY if the author is no party to the session.
 */
export function notationOf(entry: LogEntry, facts: Parties): string {
  const step = entry.step % 100;
  const gateways =
    facts.destination === null ? claimedGateways(entry) : gatewaysOf(entry.operation, entry.gatewayId, facts);
  return `<p${phaseOf(entry.step)}, ${step}, ${entry.operation}-${commandNameOf(entry)}, ${gateways}>`;
}

/**
 * Who takes part in a step, from who logs it: init and ack go from the author to its peer, exec, done and fail are the
 * author's alone. A gateway without a peer is always alone.
 */
export function gatewaysOf(operation: Operation, author: GatewayId, facts: Parties): string {
  const isOrigin = author === facts.origin.gatewayId;
  if (!isOrigin && author !== facts.destination?.gatewayId)
    throw new GatelogError("INVALID_ENTRY", "the author is no party to the session", { gatewayId: author });
  const [own, peer] = isOrigin ? ["GS", "GR"] : ["GR", "GS"];
  const isMessage = operation === "init" || operation === "ack";
  return isMessage && facts.destination !== null ? `(${own}->${peer})` : `(${own})`;
}

/**
 * Name of an entry's command. Code 0, and a code that this version does not know, take their name from the payload's member
 * `command`; without one there it is `other`, or `other-` with the code.
 */
export function commandNameOf(entry: Pick<LogEntry, "command" | "payload">): string {
  const known = commandFrom(entry.command);
  if (known !== "other") return known;
  const name = stringMember(parseCanonical(entry.payload), "command");
  if (name !== undefined && COMMAND_NAME.test(name)) return name;
  return entry.command === 0 ? known : `${known}-${entry.command}`;
}

/** A member of a JSON object, if it is a string. */
export function stringMember(value: Json | undefined, name: string): string | undefined {
  const member = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof member === "string" ? member : undefined;
}

/** `(GS->GR)` with or without brackets and spaces in the one form of the notation; undefined if it is something else. */
export function normalGateways(text: string): string | undefined {
  const bare = text.replaceAll(/[\s()]/g, "");
  const normal = `(${bare})`;
  return GATEWAYS.test(normal) ? normal : undefined;
}

/** In a session of one gateway nobody else can say who took part: what its operator gave is shown, else the gateway alone. */
function claimedGateways(entry: LogEntry): string {
  return normalGateways(stringMember(parseCanonical(entry.payload), "gateways") ?? "") ?? "(GS)";
}
