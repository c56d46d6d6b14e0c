import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { LogEntry } from "../entry/entry.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { InclusionProof } from "../entry/inclusion-proof.ts";
import type { GatewayLine, LogFileEnd, LogFileHeader, LogFileRecord } from "./log-file.ts";
import { readEntries } from "./log-reader.ts";
import { homeOf, keepsClosings, type GatewayDirectory, type LogStore, type SessionRecord } from "./log-store.ts";

/** The proof that an entry is in an anchor, as far as that was seen on the chain; null if it is in none. */
export type ProofOf = (entry: LogEntry) => Promise<InclusionProof | null>;

/** What stands in a file before its end. */
export type Exported = Exclude<LogFileRecord, LogFileEnd>;

/** Where records for a file come from: a store, or a chain. */
export interface LogSource {
  readonly header: LogFileHeader;
  /** A gateway as it is now; UNKNOWN_GATEWAY. */
  gateway(gatewayId: GatewayId): Promise<GatewayLine>;
  /** The session's record, and behind it all that it promises. UNKNOWN_SESSION, INVALID_SESSION before the first record. */
  session(sessionId: SessionId): AsyncIterable<Exported>;
}

/**
 * Everything of these sessions in the order of a file, each gateway before the first session that names it. No more is held than
 * the source holds of one session's page.
 */
export async function* exportSessions(
  source: LogSource,
  sessions: AsyncIterable<SessionId> | Iterable<SessionId>,
): AsyncGenerator<Exported, void, undefined> {
  const told = new Set<GatewayId>();
  yield source.header;
  for await (const sessionId of sessions) {
    const records = source.session(sessionId)[Symbol.asyncIterator]();
    const first = await firstOf(records, source.header, sessionId);
    if (first.kind === "session")
      for (const { gatewayId } of first.logs)
        if (!told.has(gatewayId)) {
          told.add(gatewayId);
          yield await source.gateway(gatewayId);
        }
    yield first;
    if (first.kind === "session") yield* rest(records);
  }
}

/** The session's record; or, with all others, that its facts cannot be understood: whoever wrote them must not spoil the file. */
async function firstOf(
  records: AsyncIterator<Exported>,
  { sessions }: LogFileHeader,
  sessionId: SessionId,
): Promise<Exported> {
  try {
    const first = await records.next();
    if (first.done === true) throw new GatelogError("INVARIANT_BROKEN", "a session without a record", { sessionId });
    return first.value;
  } catch (error) {
    if (sessions !== "all" || !isGatelogError(error, "INVALID_SESSION")) throw error;
    return { kind: "skipped", sessionId, code: error.code };
  }
}

async function* rest(records: AsyncIterator<Exported>): AsyncGenerator<Exported, void, undefined> {
  for (let next = await records.next(); next.done !== true; next = await records.next()) yield next.value;
}

/**
 * Sessions of a store as they are when each is come to: entries that are appended meanwhile are left for the next file. Pages of at
 * most MAX_ENTRIES_PER_CALL entries are read as they are asked for. A store that gives out no closings (http) gives a file without.
 *
 * @param deps.proofOf Proofs to put behind entries that are in an anchor; without it there are none.
 */
export function storeSource(
  deps: { readonly store: LogStore; readonly directory: GatewayDirectory; readonly proofOf?: ProofOf | undefined },
  header: LogFileHeader,
): LogSource {
  const { store, directory, proofOf } = deps;
  return {
    header,
    gateway: async (gatewayId) => ({ kind: "gateway", ...(await directory.gateway(gatewayId)), chain: null }),
    session: async function* (sessionId) {
      yield* sessionRecords(await homeOf(store, sessionId), sessionId, proofOf);
    },
  };
}

async function* sessionRecords(
  store: LogStore,
  sessionId: SessionId,
  proofOf: ProofOf = () => Promise.resolve(null),
): AsyncGenerator<Exported, void, undefined> {
  const record = await store.session(sessionId);
  const { opening, sessionHash, decision, logs, closed } = record;
  const known = keepsRegister(store, record) ? decision.decision : null;
  yield { kind: "session", opening, sessionHash, decision: known, logs: [...logs], closed, chain: null };
  for (const { gatewayId, length } of logs)
    for await (const entry of readEntries(store, sessionId, gatewayId, { from: 0, to: length })) {
      yield { kind: "entry", entry, at: null };
      const proof = await proofOf(entry);
      if (proof !== null) yield { kind: "proof", entryHash: entry.entryHash, proof };
    }
  const { statement, final } = decision;
  if (statement !== null) yield { kind: "decision", statement, final, at: null };
  if (!keepsClosings(store) || !logs.some((log) => log.closed)) return;
  const closings = await store.closings(sessionId);
  for (const closing of closings)
    // One that came behind the record is for the next file.
    if (logs.some((log) => log.closed && log.gatewayId === closing.gatewayId))
      yield { kind: "closing", statement: closing, at: null };
}

/** Private stores have no register, and their silence says nothing. */
function keepsRegister({ durability }: LogStore, { opening }: SessionRecord): boolean {
  return opening.facts.register === "log" && durability !== "local" && durability !== "shared";
}
