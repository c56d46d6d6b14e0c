import type { LogEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import { sessionIdToWord, type Address, type GatewayId } from "../entry/hex.ts";
import type { Chain } from "./chain.ts";
import { byPlace, TOPICS } from "./events.ts";
import { logEvent, type OpenedSession } from "./log-events.ts";
import type { LogState } from "./log-reader.ts";
import type { ChainEvent } from "./rpc-values.ts";

/**
 * The event of an entry: found as the log is read, from its head back, so that it costs what lies between. The entry must have been
 * verified; what stands at its index is compared with it. CORRUPT_STORE if it is another one, STORE_UNAVAILABLE if the node
 * does not show what the registry's state promises, UNKNOWN_ENTRY if the log does not go so far.
 */
export async function findEvent(
  { chain, registry }: { readonly chain: Chain; readonly registry: Address },
  session: OpenedSession,
  entry: LogEntry,
  state: LogState,
): Promise<ChainEvent> {
  const { gatewayId, index } = entry;
  if (index >= state.length) throw new GatelogError("UNKNOWN_ENTRY", "the log has no such entry", { gatewayId, index });
  for (let block = state.lastBlock; ;) {
    const events = await eventsOf(chain, registry, session, gatewayId, block);
    const [first] = events;
    if (first === undefined) throw missing(index, block);
    const found = events.find(({ parsed }) => parsed.kind === "entry" && parsed.entry.index === index);
    if (found !== undefined) {
      if (found.parsed.kind === "entry" && found.parsed.entry.entryHash === entry.entryHash) return found.event;
      throw new GatelogError("CORRUPT_STORE", "the node shows another entry at this index", {
        gatewayId,
        index,
        block,
      });
    }
    // Each step back must lead back, or a faulty node could keep us walking.
    if (first.parsed.previousBlock >= block) throw missing(index, first.parsed.previousBlock);
    block = first.parsed.previousBlock;
  }
}

async function eventsOf(chain: Chain, registry: Address, session: OpenedSession, gatewayId: GatewayId, block: number) {
  const topics = [[TOPICS.EntryAppended, TOPICS.LogClosed], sessionIdToWord(session.sessionId), gatewayId] as const;
  const events = await chain.events({ address: registry, topics, fromBlock: block, toBlock: block });
  return events.sort(byPlace).map((event) => ({ event, parsed: logEvent(event, session) }));
}

function missing(index: number, block: number): GatelogError {
  return new GatelogError("STORE_UNAVAILABLE", "the node does not show the event of an entry that the registry holds", {
    index,
    block,
  });
}
