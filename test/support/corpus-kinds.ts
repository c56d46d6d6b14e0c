import { decodeEvent } from "../../src/audit/reading/event-decoder.ts";
import { unpackHeader } from "../../src/entry/entry.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { commandFrom } from "../../src/entry/vocabulary.ts";
import type { SoundLog } from "./corpus.ts";

/** What can be said of a session; several at once. */
export const KINDS = [
  "committed",
  "aborted",
  "reversed",
  "under way",
  "direct, of one gateway alone",
  "rolled back",
  "recovered",
  "taken over",
  "disputed",
  "written while processes died",
] as const;
export type Kind = (typeof KINDS)[number];

const OUTCOMES: Readonly<Record<string, Kind>> = {
  COMMITTED: "committed",
  ABORTED: "aborted",
  REVERSED: "reversed",
  UNDECIDED: "under way",
  NO_REGISTER: "direct, of one gateway alone",
};

/** By their marks. */
const MARKS: Readonly<Record<string, Kind>> = {
  "done-rollback": "rolled back",
  "init-recover": "recovered",
  "init-recover-dispute": "disputed",
};

/** Of every session of the log, what it is. */
export function kindsOf({ recording, verification, crashes }: SoundLog): Map<SessionId, Set<Kind>> {
  const kinds = new Map<SessionId, Set<Kind>>();
  const epochs = new Map<string, number>();
  for (const { sessionId, outcome } of verification.sessions) {
    const kind = OUTCOMES[outcome];
    kinds.set(
      sessionId,
      new Set([...(kind ? [kind] : []), ...(crashes > 0 ? (["written while processes died"] as const) : [])]),
    );
  }
  for (const [order, log] of recording.logs.entries()) {
    const at = { block: log.blockNumber, logIndex: log.logIndex, transactionHash: log.transactionHash, order };
    const { event } = decodeEvent(log, at);
    if (event?.kind !== "EntryAppended") continue;
    const { operation, command, epoch } = unpackHeader(event.header);
    const own = kinds.get(event.sessionId);
    const kind = MARKS[`${operation}-${commandFrom(command)}`];
    if (kind !== undefined) own?.add(kind);
    const writer = event.sessionId + event.gatewayId;
    if ((epochs.get(writer) ?? epoch) !== epoch && isTakenOver(recording.logs, event.gatewayId)) own?.add("taken over");
    epochs.set(writer, epoch);
  }
  return kinds;
}

/** By a backup, not by its owner's rotation alone. */
function isTakenOver(logs: SoundLog["recording"]["logs"], gatewayId: string): boolean {
  return logs.some((log, order) => {
    const at = { block: log.blockNumber, logIndex: log.logIndex, transactionHash: log.transactionHash, order };
    const { event } = decodeEvent(log, at);
    return event?.kind === "PrimaryChanged" && event.gatewayId === gatewayId;
  });
}
