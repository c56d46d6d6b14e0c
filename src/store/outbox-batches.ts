import { MAX_ENTRIES_PER_CALL } from "./log-store.ts";
import type { OutboxItem } from "./outbox-items.ts";

/**
 * Joins groups into what one call to the store takes: one statement, consecutive entries of one log, or an opening with the first
 * of them.
 */
export function batchesOf(items: readonly OutboxItem[]): OutboxItem[][] {
  const batches: OutboxItem[][] = [];
  for (const group of groupsOf(items)) {
    const batch = batches.at(-1);
    const joins =
      batch !== undefined && batch.length + group.length <= MAX_ENTRIES_PER_CALL && follows(batch.at(-1), group[0]);
    if (joins) batch.push(...group);
    else batches.push(group);
  }
  return batches;
}

function follows(last: OutboxItem | undefined, next: OutboxItem | undefined): boolean {
  if (last?.kind !== "entry" || next?.kind !== "entry") return false;
  const { gatewayId, sessionHash, index } = last.entry;
  return next.entry.gatewayId === gatewayId && next.entry.sessionHash === sessionHash && next.entry.index === index + 1;
}

export function groupsOf<T extends OutboxItem>(items: readonly T[]): T[][] {
  return [...Map.groupBy(items, (item) => item.group).values()];
}
