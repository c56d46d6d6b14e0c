import type { LogEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { checkContent, checkSignature } from "../entry/log-check.ts";
import { keysOf } from "../store/admission.ts";
import type { SessionRecord } from "../store/log-store.ts";
import type { GatewayPorts } from "./ports.ts";

/**
 * A message where both gateways write to one log: it says that its entry stands there, and does no more than wake. Refused
 * unless one party of a known session has signed it and the other, `own`, has received it.
 */
export async function checkPeerMessage(
  { store, directory }: Pick<GatewayPorts, "store" | "directory">,
  own: GatewayId,
  sessionId: SessionId,
  entry: LogEntry,
): Promise<SessionRecord> {
  if (entry.sessionId !== sessionId)
    throw new GatelogError("MALFORMED", "the entry belongs to another session", { sessionId });
  const record = await store.session(sessionId);
  checkSender(record.opening.facts, own, entry.gatewayId);
  checkContent(entry);
  checkSignature(entry, keysOf(await directory.gateway(entry.gatewayId, entry.epoch)));
  return record;
}

/** UNKNOWN_SESSION unless `own` is one party of the session, and the sender the other. */
export function checkSender(
  { sessionId, origin, destination }: SessionRecord["opening"]["facts"],
  own: GatewayId,
  sender: GatewayId,
): void {
  const parties = [origin.gatewayId, destination?.gatewayId];
  if (parties.includes(own) && parties.includes(sender) && sender !== own) return;
  throw new GatelogError("UNKNOWN_SESSION", "this gateway and the sender are not the session's parties", { sessionId });
}
