import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { LogStore } from "./log-store.ts";

export interface SessionsFilter {
  /** Those alone whose log of this gateway is not closed. */
  readonly open: boolean;
  /** Where the page before ended; from the oldest on, if left out. */
  readonly after?: SessionId | undefined;
}

/**
 * The gateway's sessions behind `after`, oldest first, for lists that are given out in pages. A session that was closed since it ended
 * a page still says where the next one starts: nothing that stays open is left out. MALFORMED if `after` is none of the gateway's.
 *
 * Limitations: pages bound what is given out. The store itself reads all ids, each time.
 */
export async function sessionsBehind(
  store: Pick<LogStore, "sessionsOf">,
  gatewayId: GatewayId,
  { open, after }: SessionsFilter,
): Promise<SessionId[]> {
  const wanted = await store.sessionsOf(gatewayId, { open });
  if (after === undefined) return wanted;
  const place = wanted.indexOf(after);
  if (place !== -1) return wanted.slice(place + 1);
  const all = open ? await store.sessionsOf(gatewayId, { open: false }) : [];
  const closedAt = all.indexOf(after);
  if (closedAt === -1)
    throw new GatelogError("MALFORMED", "after: the gateway has no such session", { member: "after" });
  const behind = new Set(all.slice(closedAt + 1));
  return wanted.filter((sessionId) => behind.has(sessionId));
}
