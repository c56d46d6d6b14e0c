import { canonicalText, isJsonObject, type JsonObject } from "../entry/canonical.ts";
import { stringMember } from "../entry/notation.ts";
import type { ForeignEntry } from "../entry/odap-01.ts";

/** Members of Figure 9 that a draft-01 client chooses; number and hashes are given, or rewritten, by the service. */
const CHOSEN = ["phaseId", "sourceGatewayId", "sourceDltId", "targetGatewayId", "targetDltId"] as const;
const CHOSEN_PAYLOAD = ["messageType", "message"] as const;

/**
 * How many of a client's entries are, one after the other, the stored ones in the form of Figure 9, as far as the client says. Session and
 * time are compared as they are understood: capitals in a UUID and zeros before a number make no other entry.
 */
export function commonWords(given: readonly ForeignEntry[], stored: readonly JsonObject[]): number {
  const differing = given.findIndex(({ words }, index) => {
    const standing = stored[index];
    return standing === undefined || chosenText(words) !== chosenText(standing);
  });
  return differing === -1 ? given.length : differing;
}

function chosenText(entry: JsonObject): string {
  const payload = isJsonObject(entry["payload"]) ? entry["payload"] : {};
  return canonicalText([
    (stringMember(entry, "sessionId") ?? "").toLowerCase(),
    (stringMember(entry, "timestamp") ?? "").replace(/^0+(?=[0-9])/, ""),
    ...CHOSEN.map((name) => entry[name] ?? null),
    ...CHOSEN_PAYLOAD.map((name) => payload[name] ?? null),
    payload["votes"] ?? "none",
  ]);
}
