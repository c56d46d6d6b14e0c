import { z } from "zod";
import type { GatewayId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import type { Runner } from "./postgres-database.ts";
import { advisoryLock } from "./postgres-locks.ts";
import type { PostgresStatements } from "./postgres-rows.ts";

/**
 * Between writers to a gateway's logs and changes of its group. A writer shares the fence to the end of its transaction and reads the
 * group's epoch behind it; a change takes it alone. So a write is committed before the change, or finds the epoch that has begun.
 *
 * Advisory locks, and not the group's row: they are given in the order in which they are asked for, so that a takeover waits for
 * the writes that have begun and for no later one; and sharing one leaves nothing in the table. Whoever takes several locks takes them
 * in this order: opening, fences (by number), rows of logs.
 */
const epochRowSchema = z.object({ epoch: z.number().nullable() });

/** Waits for changes that are under way. */
export async function shareFences(
  runner: Runner,
  schema: string,
  sql: PostgresStatements,
  gatewayIds: readonly GatewayId[],
): Promise<void> {
  const locks = gatewayIds.map((gatewayId) => advisoryLock("fence", schema, gatewayId));
  const numbers = [...new Set(locks.map(([, number]) => number))].sort((one, other) => one - other);
  await runner.run(sql.shareFences, [locks[0]?.[0] ?? 0, numbers]);
}

/** Waits for writes and changes that are under way. */
export async function takeFence(
  runner: Runner,
  schema: string,
  sql: PostgresStatements,
  gatewayId: GatewayId,
): Promise<void> {
  await runner.run(sql.takeFence, advisoryLock("fence", schema, gatewayId));
}

/** Epoch of a gateway's group, by the row that a statement has read behind the fence; 0 where it has none. CORRUPT_STORE if it cannot be read. */
export function epochIn(row: unknown): number {
  return parseAs(epochRowSchema, row, "CORRUPT_STORE", "the epoch in the table group_change").epoch ?? 0;
}
