import type { LogEntry } from "../../entry/entry.ts";
import { isGatelogError, type GatelogError } from "../../entry/errors.ts";
import type { GatewayId, SessionId } from "../../entry/hex.ts";
import type { GatewayDirectory, LogStore, SessionRecord } from "../../store/log-store.ts";
import { pagesOf } from "../session-reader.ts";
import type { LearningCredentials } from "./learning-credentials.ts";
import { claimIn, isClaim, type SuccessionClaim } from "./succession-credentials.ts";

/** Sessions whose ends are looked at when a process starts, the newest first. A takeover that none of them shows is a configuration's to name. */
const MAX_SESSIONS = 20_000;

interface RecallPorts {
  readonly store: Pick<LogStore, "sessionsOf" | "session" | "read">;
  readonly directory: GatewayDirectory;
  readonly credentials: Pick<LearningCredentials, "recall">;
  /** Told of a backup in the logs that is not believed again; an entry behind it cannot be read. */
  readonly onRefused: (sessionId: SessionId, error: GatelogError) => void;
}

/** Told of what stands where a claim should: a peer can write that, and must not keep this gateway from starting. */
type Refused = (error: unknown) => void;

/**
 * Has the keys of peers' backups known again that this gateway has believed before: the RECOVER that introduced each stands in
 * the copy of its log. To be done before a session is run. Reads one entry of each session, and logs with a newer epoch whole.
 * @param among By default the newest of all that the store has.
 */
export async function recallBackups(ports: RecallPorts, own: GatewayId, among?: readonly SessionId[]): Promise<void> {
  const { store, credentials, onRefused } = ports;
  const found: { readonly sessionId: SessionId; readonly claim: SuccessionClaim }[] = [];
  const sessions = among ?? (await store.sessionsOf(own, { open: false })).toReversed().slice(0, MAX_SESSIONS);
  const refusedIn = (sessionId: SessionId) => (error: unknown) => {
    if (!isGatelogError(error) || error.disposition !== "reject") throw error;
    onRefused(sessionId, error);
  };
  for (const sessionId of sessions) {
    const record = await store.session(sessionId);
    for (const claim of await claimsIn(ports, own, record, refusedIn(sessionId))) found.push({ sessionId, claim });
  }
  for (const { sessionId, claim } of found.toSorted((one, other) => one.claim.epoch - other.claim.epoch))
    try {
      await credentials.recall(claim);
    } catch (error) {
      // Said again in another session, behind a later takeover: known already.
      if (!isGatelogError(error)) throw error;
      if (error.code !== "STALE_EPOCH") onRefused(sessionId, error);
    }
}

async function claimsIn(
  { store, directory }: RecallPorts,
  own: GatewayId,
  { opening, logs }: SessionRecord,
  onRefused: Refused,
): Promise<SuccessionClaim[]> {
  const { sessionId } = opening.facts;
  const claims: SuccessionClaim[] = [];
  for (const { gatewayId, length } of logs) {
    if (gatewayId === own || length === 0) continue;
    const [last] = await store.read(sessionId, gatewayId, { from: length - 1, limit: 1 });
    if (last === undefined || last.epoch <= (await epochOf(directory, gatewayId))) continue;
    let before: LogEntry | undefined;
    for await (const page of pagesOf(store, sessionId, gatewayId, 0))
      for (const entry of page) {
        const claim = entry.epoch > (before?.epoch ?? 0) ? claimOf(entry, before, onRefused) : undefined;
        if (claim) claims.push(claim);
        before = entry;
      }
  }
  return claims;
}

/** Of a gateway that is not in the configuration any more nothing is newer. */
async function epochOf(directory: GatewayDirectory, gatewayId: GatewayId): Promise<number> {
  try {
    return (await directory.gateway(gatewayId)).epoch;
  } catch (error) {
    if (!isGatelogError(error, "UNKNOWN_GATEWAY")) throw error;
    return Infinity;
  }
}

function claimOf(entry: LogEntry, before: LogEntry | undefined, onRefused: Refused): SuccessionClaim | undefined {
  try {
    return isClaim(entry) ? claimIn(entry, before) : undefined;
  } catch (error) {
    onRefused(error);
    return undefined;
  }
}
