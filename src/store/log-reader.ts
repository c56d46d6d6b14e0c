import type { LogEntry } from "../entry/entry.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { MAX_ENTRIES_PER_CALL, type LogStore, type SessionRecord } from "./log-store.ts";

/**
 * Entries `[from, to)` of one log, page by page, so that a long log needs little memory.
 * @param pageSize Entries that are in memory at once.
 */
export async function* readEntries(
  store: LogStore,
  sessionId: SessionId,
  gatewayId: GatewayId,
  range: { readonly from: number; readonly to: number },
  pageSize: number = MAX_ENTRIES_PER_CALL,
): AsyncGenerator<LogEntry, void, undefined> {
  for (let from = range.from; from < range.to;) {
    const limit = Math.min(range.to - from, pageSize);
    const page = await store.read(sessionId, gatewayId, { from, limit });
    if (page.length === 0) return;
    yield* page;
    from += page.length;
  }
}

/**
 * The session's story: the entries of all its logs as they were when `record` was read, by seqNumber, the origin's first on a
 * tie. Each log keeps its own order. An entry that comes later may belong before one that was told: the story grows inside too.
 */
export async function* readStory(
  store: LogStore,
  record: SessionRecord,
  pageSize: number = MAX_ENTRIES_PER_CALL,
): AsyncGenerator<LogEntry, void, undefined> {
  const { sessionId, origin } = record.opening.facts;
  const originFirst = record.logs.toSorted((left, right) => rank(left.gatewayId) - rank(right.gatewayId));
  function rank(gatewayId: GatewayId): number {
    return gatewayId === origin.gatewayId ? 0 : 1;
  }
  const tellers = originFirst.map(
    (log) => new Teller(readEntries(store, sessionId, log.gatewayId, { from: 0, to: log.length }, pageSize)),
  );
  for (const teller of tellers) await teller.advance();
  for (;;) {
    let next: Teller | undefined;
    for (const teller of tellers)
      if (teller.entry !== undefined && (next?.entry === undefined || teller.entry.seqNumber < next.entry.seqNumber))
        next = teller;
    if (next?.entry === undefined) return;
    yield next.entry;
    await next.advance();
  }
}

/** One log's next entry. */
class Teller {
  entry: LogEntry | undefined;
  readonly #entries: AsyncGenerator<LogEntry, void, undefined>;

  constructor(entries: AsyncGenerator<LogEntry, void, undefined>) {
    this.#entries = entries;
  }

  async advance(): Promise<void> {
    const { value } = await this.#entries.next();
    this.entry = value ?? undefined;
  }
}
