import type { Finding } from "../../src/audit/findings.ts";
import { isSound, type Deed, type Judgement } from "./mutation.ts";

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

  /** @param names Rows that stand first, and are there even if nothing is counted in them. */
  constructor(names: readonly string[] = []) {
    for (const name of names) this.#rowOf(name);
  }

  add(name: string, judgement: Judgement): void {
    const counts = this.#rowOf(name);
    counts.mutations += 1;
    counts.found += Number(judgement.found);
    counts.rightEntry += Number(judgement.rightPlace);
    counts.rightClass += Number(judgement.rightClass);
    counts.blamed += Number(judgement.blamed.length > 0);
  }

  get rows(): ReadonlyMap<string, Readonly<Row>> {
    return this.#rows;
  }

  #rowOf(name: string): Row {
    const row = this.#rows.get(name) ?? { mutations: 0, found: 0, rightEntry: 0, rightClass: 0, blamed: 0 };
    this.#rows.set(name, row);
    return row;
  }

  /** @param what Stands over the first column. */
  toString(what: string): string {
    const lines = [...this.#rows].map(
      ([name, row]) =>
        `| ${[name, row.mutations, row.found, row.rightEntry, row.rightClass, row.blamed].join(" | ")} |`,
    );
    return [
      `| ${what} | mutations | found | right entry | right class | others blamed |`,
      "| --- | --- | --- | --- | --- | --- |",
      ...lines,
    ].join("\n");
  }
}

/** All that is needed to see what went wrong, and to do it again. */
export function describeFault(log: string, deed: Deed, judgement: Judgement): string {
  const due = deed.due.map(({ codes, ...place }) => `    due: ${codes.join(" or ")} ${JSON.stringify(place)}`);
  const blamed = new Set(judgement.blamed);
  const said = judgement.findings
    .slice(0, 8)
    .map((finding) => `    ${blamed.has(finding) ? "BLAMED" : "said"}: ${describe(finding)}`);
  return [`  ${fault(judgement)}: ${deed.row}`, `    log ${log}: ${deed.what}`, ...due, ...said].join("\n");
}

function fault(judgement: Judgement): string {
  if (isSound(judgement)) return "sound";
  const { found, rightPlace, rightClass } = judgement;
  return !found ? "NOT FOUND" : !rightPlace ? "NOT NAMED" : !rightClass ? "WRONG CLASS" : "BLAMED ANOTHER";
}

function describe({ code, sessionId, gatewayId, index, block, what, expected, found }: Finding): string {
  return `${code} ${JSON.stringify({ sessionId, gatewayId, index, block })} ${what}: expected ${expected}; found ${found}`;
}
