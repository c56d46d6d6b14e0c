import { canonicalText, isJsonObject, type JsonObject } from "../entry/canonical.ts";

/** Members of Figure 9 that a draft-01 client chooses; number and hashes are given, or rewritten, by the service. */
const CHOSEN = [
  "sessionId",
  "phaseId",
  "sourceGatewayId",
  "sourceDltId",
  "targetGatewayId",
  "targetDltId",
  "timestamp",
] as const;
const CHOSEN_PAYLOAD = ["messageType", "message"] as const;

/** Whether a client's entry and a stored one, both in the form of Figure 9, are the same as far as the client says. */
export function sameWords(given: JsonObject | undefined, stored: JsonObject | undefined): boolean {
  return given !== undefined && stored !== undefined && chosenText(given) === chosenText(stored);
}

function chosenText(entry: JsonObject): string {
  const payload = isJsonObject(entry["payload"]) ? entry["payload"] : {};
  const words = [...CHOSEN.map((name) => entry[name] ?? null), ...CHOSEN_PAYLOAD.map((name) => payload[name] ?? null)];
  return canonicalText([...words, payload["votes"] ?? "none"]);
}
