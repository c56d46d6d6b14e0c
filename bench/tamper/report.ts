import type { Finding } from "../../src/audit/findings.ts";
import { isSound, type Judgement, type Mutation } from "./mutation.ts";

/** One row of the table. */
interface Row {
  mutations: number;
  found: number;
  rightEntry: number;
  rightClass: number;
  /** Mutations with which something was blamed that nothing was done to. */
  blamed: number;
}

/** Counts what came of mutations, by row. */
export class Table {
  readonly #rows = new Map<string, Row>();

  add(row: string, judgement: Judgement): void {
    const counts = this.#rows.get(row) ?? { mutations: 0, found: 0, rightEntry: 0, rightClass: 0, blamed: 0 };
    this.#rows.set(row, counts);
    counts.mutations += 1;
    counts.found += Number(judgement.found);
    counts.rightEntry += Number(judgement.rightPlace);
    counts.rightClass += Number(judgement.rightClass);
    counts.blamed += Number(judgement.blamed.length > 0);
  }

  get rows(): ReadonlyMap<string, Readonly<Row>> {
    return this.#rows;
  }

  toString(): string {
    const lines = [...this.#rows].map(
      ([name, row]) =>
        `| ${[name, row.mutations, row.found, row.rightEntry, row.rightClass, row.blamed].join(" | ")} |`,
    );
    return [
      "| what was done | mutations | found | right entry | right class | others blamed |",
      "| --- | --- | --- | --- | --- | --- |",
      ...lines,
    ].join("\n");
  }
}

/** All that is needed to see what went wrong, and to do it again. */
export function describeFault(log: string, mutation: Mutation, judgement: Judgement): string {
  const due = mutation.due.map(({ codes, ...place }) => `    due: ${codes.join(" or ")} ${JSON.stringify(place)}`);
  const blamed = new Set(judgement.blamed);
  const said = judgement.findings
    .slice(0, 8)
    .map((finding) => `    ${blamed.has(finding) ? "BLAMED" : "said"}: ${describe(finding)}`);
  return [`  ${fault(judgement)}: ${mutation.row}`, `    log ${log}: ${mutation.what}`, ...due, ...said].join("\n");
}

function fault(judgement: Judgement): string {
  if (isSound(judgement)) return "sound";
  const { found, rightPlace, rightClass } = judgement;
  return !found ? "NOT FOUND" : !rightPlace ? "NOT NAMED" : !rightClass ? "WRONG CLASS" : "BLAMED ANOTHER";
}

function describe({ code, sessionId, gatewayId, index, block, what, expected, found }: Finding): string {
  return `${code} ${JSON.stringify({ sessionId, gatewayId, index, block })} ${what}: expected ${expected}; found ${found}`;
}
