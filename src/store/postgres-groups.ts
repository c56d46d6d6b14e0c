import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { signedChangeSchema, type SignedChange } from "../entry/signed-changes.ts";
import { primaryOf, type SignedGroup } from "../entry/signed-group.ts";
import { jsonText } from "./entry-rows.ts";
import { PostgresDatabase, type Runner, type StoreNeeds } from "./postgres-database.ts";
import { takeFence } from "./postgres-fence.ts";
import { postgresAddress, type PostgresOptions } from "./postgres-options.ts";
import { statementsFor } from "./postgres-rows.ts";
import { accepted, replayed, type GroupFound, type KeepsGroups } from "./signed-groups.ts";

/** One to ask, one to change: takeovers must not wait for a connection that appends have. */
const CONNECTIONS = 2;

const changeRowSchema = z.object({ change: jsonText.pipe(signedChangeSchema), epoch: z.int() });
type ChangeRow = z.infer<typeof changeRowSchema>;
const sinceRowSchema = z.object({ seconds: z.number().nullable() });

/**
 * Groups in the database of their logs. A change of a group excludes appends, openings and closings of the gateway while it is
 * made (`takeFence`): each of those is committed before it, or finds the new epoch and is refused.
 */
export class PostgresGroups implements KeepsGroups {
  readonly #database: PostgresDatabase;
  readonly #sql;
  /** What has been checked; the next reading begins with its last row. */
  readonly #known = new Map<GatewayId, SignedGroup>();

  constructor(database: PostgresDatabase) {
    this.#database = database;
    this.#sql = statementsFor(database.schema);
  }

  async group(gatewayId: GatewayId): Promise<SignedGroup> {
    const group = await this.#read(this.#database, gatewayId);
    if (group === undefined)
      throw new GatelogError("UNKNOWN_GATEWAY", `${this.#database.name} knows no such group`, { gatewayId });
    this.#known.set(gatewayId, group); // committed: what a transaction has read of itself is kept when it is over
    return group;
  }

  async change(gatewayId: GatewayId, decide: (found: GroupFound) => readonly SignedChange[]): Promise<SignedGroup> {
    const changed = await this.#database.transaction(async (runner) => {
      await takeFence(runner, this.#database.schema, this.#sql, gatewayId);
      // Behind the lock, in statements of their own: they see what its former holder has changed.
      const group = await this.#read(runner, gatewayId);
      const [since] = await runner.run(this.#sql.sinceTakeover, [gatewayId]);
      const secondsSinceTakeover = since === undefined ? null : sinceRowSchema.parse(since).seconds;
      let next = group;
      for (const decided of decide({ group, secondsSinceTakeover })) {
        const change = parseAs(signedChangeSchema, decided, "MALFORMED", "the change"); // as it will be read
        const position = next?.changes.length ?? 0;
        next = accepted(next, gatewayId, change);
        const isTakeover = change.event === "PrimaryChanged" && !change.planned;
        const values = [gatewayId, position, primaryOf(next).epoch, isTakeover, JSON.stringify(change)];
        await runner.run(this.#sql.insertGroupChange, values);
      }
      return next;
    });
    if (changed === undefined) throw new GatelogError("UNKNOWN_GATEWAY", "there is no such group", { gatewayId });
    this.#known.set(gatewayId, changed);
    return changed;
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** As the runner sees it. What is known already is read and checked no second time, as long as it ends with the same change. */
  async #read(runner: Runner, gatewayId: GatewayId): Promise<SignedGroup | undefined> {
    const known = this.#known.get(gatewayId);
    const from = known ? known.changes.length - 1 : 0;
    const rows = await this.#rows(runner, gatewayId, from);
    const [first, ...rest] = rows;
    if (known && first && JSON.stringify(first.change) === JSON.stringify(known.changes.at(-1)))
      return this.#replayed(known, gatewayId, rest);
    return this.#replayed(undefined, gatewayId, known ? await this.#rows(runner, gatewayId, 0) : rows);
  }

  /** The fence goes by the column alone: it must say what the signed changes say. */
  #replayed(known: SignedGroup | undefined, gatewayId: GatewayId, rows: readonly ChangeRow[]): SignedGroup | undefined {
    let group = known;
    for (const { change, epoch } of rows) {
      group = replayed(group, gatewayId, [change], this.#database.name);
      if (group && primaryOf(group).epoch !== epoch) throw this.#altered(gatewayId);
    }
    return group;
  }

  async #rows(runner: Runner, gatewayId: GatewayId, from: number): Promise<ChangeRow[]> {
    const rows = await runner.run(this.#sql.groupChanges, [gatewayId, from]);
    return rows.map((row) => {
      const parsed = changeRowSchema.safeParse(row);
      if (parsed.success) return parsed.data;
      throw this.#altered(gatewayId);
    });
  }

  #altered(gatewayId: GatewayId): GatelogError {
    const message = `${this.#database.name}: a row of table group_change has changed`;
    return new GatelogError("CORRUPT_STORE", message, { gatewayId });
  }
}

/** On connections of its own. Errors as of `connectPostgresLogStore`. */
export async function connectPostgresGroups(
  options: PostgresOptions,
  needs: StoreNeeds = "writable",
): Promise<PostgresGroups> {
  const address = postgresAddress({ ...options, connections: CONNECTIONS });
  return new PostgresGroups(await PostgresDatabase.open(address, needs));
}
