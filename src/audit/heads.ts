import { GatelogError } from "../entry/errors.ts";
import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import type { Registry } from "./bucket-check.ts";
import type { SessionHeads } from "./checks/session-check.ts";
import type { AuditReader, BlockInfo } from "./reading/reader.ts";
import type { UnreadList } from "./unread-list.ts";

/** Whose heads: those of the session's logs only if the hash under which the registry has them is known. */
interface SessionInRegistry {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash | null;
  readonly gatewayIds: readonly GatewayId[];
}

/** What the registry holds of a session at the end of a block. Rejects with what the reader could not read. */
async function readHeads(
  reader: AuditReader,
  block: number,
  { sessionId, sessionHash, gatewayIds }: SessionInRegistry,
): Promise<SessionHeads> {
  const ofLogs = sessionHash === null ? [] : gatewayIds;
  const [session, decision, ...logs] = await Promise.all([
    reader.sessionOf(sessionId, block),
    reader.decisionOf(sessionId, block),
    ...ofLogs.map(async (gatewayId) => {
      const word = await reader.logOf(sessionHash ?? ZERO_HASH, gatewayId, block);
      return [gatewayId, word] as const;
    }),
  ]);
  return { session, decision, logs: new Map(logs) };
}

/** A registry as a reader tells of it at a block. What cannot be read is in `unread`. */
export function registryOf(reader: AuditReader, block: number, unread: UnreadList): Registry {
  const nothing: SessionHeads = { session: undefined, decision: undefined, logs: new Map() };
  return {
    headsOf: (sessionId, sessionHash, gatewayIds) =>
      unread.attemptOfMany(`heads of session ${sessionId}`, nothing, () =>
        readHeads(reader, block, { sessionId, sessionHash, gatewayIds }),
      ),
    // Infinity where the block cannot be read: no deadline is broken by that, and the verdict is not sound.
    timestampOf: (number) =>
      unread.attemptOfMany(`block ${number}`, Infinity, async () => (await reader.blockOf(number)).timestamp),
  };
}

/** CHAIN_IDENTITY_CHANGED if a block that was final is another now: what was read is of two histories. */
export async function requireStillThere(reader: AuditReader, { number, hash }: BlockInfo): Promise<void> {
  const now = await reader.blockOf(number);
  if (now.hash === hash) return;
  throw new GatelogError("CHAIN_IDENTITY_CHANGED", `block ${number} was replaced while it was read: it was not final`, {
    expected: hash,
    actual: now.hash,
  });
}
