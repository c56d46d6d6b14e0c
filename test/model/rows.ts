import type { SessionState } from "../../src/protocol/state.ts";
import { RECOVERY_TABLE, rowFor, situationOf } from "./core.ts";

/** How often each row of the recovery table was met: once for each state of a gateway that is different from all others. */
export class RowCounts {
  readonly counts = new Map<string, number>();

  /** False if the row is one that cannot be. */
  meet(state: SessionState): boolean {
    const row = rowFor(situationOf(state));
    this.counts.set(row.id, (this.counts.get(row.id) ?? 0) + 1);
    return row.outcome !== "HALT";
  }

  /** Rows that are possible, by the table, and were not met. */
  static unmet(counts: ReadonlyMap<string, number>): string[] {
    return Object.values(RECOVERY_TABLE)
      .flat()
      .flatMap(({ id, outcome }) => (outcome === "HALT" || counts.has(id) ? [] : [id]));
  }
}
