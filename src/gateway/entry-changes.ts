import { parseCanonical } from "../entry/canonical.ts";
import type { SignedEntry } from "../entry/entry.ts";
import { markOf } from "../protocol/marks.ts";
import { readPeerState } from "../protocol/payloads.ts";
import type { GatewayEvent } from "./public.ts";

/** What an operator must hear of when the entry is written; the status shows it for as long as it lasts. */
export function changeIn({ sessionId, operation, command, payload }: SignedEntry): GatewayEvent | undefined {
  const mark = markOf({ operation, command });
  if (mark === "done-peer") return { type: "peer-state", sessionId, state: "OK" };
  if (mark === "fail-peer")
    return { type: "peer-state", sessionId, state: readPeerState({ payload: parseCanonical(payload) }) };
  if (mark === "init-recover-dispute") {
    const message = "the two logs exclude each other: neither side acts until an operator asks for a recovery";
    return { type: "alarm", sessionId, code: "DISPUTED", message };
  }
  if (mark.startsWith("fail-rollback-")) {
    const message = `${mark.slice("fail-rollback-".length)} is refused by the ledger; it is tried until it is done`;
    return { type: "alarm", sessionId, code: "ROLLBACK_FAILED", message };
  }
  return undefined;
}
