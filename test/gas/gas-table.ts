import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const SNAPSHOT = fileURLToPath(new URL("../../snapshots/gas.json", import.meta.url));
const UPDATE_FLAG = "UPDATE_GAS";

/**
 * Named rows of gas, compared with `snapshots/gas.json` to the unit: keys, payloads and times of the measured transactions are
 * fixed. A test run never writes that file: `UPDATE_GAS=1` does, and the change is committed with its reason.
 */
export class GasTable {
  readonly #rows = new Map<string, number>();

  set(row: string, gas: number): void {
    if (this.#rows.has(row)) throw new Error(`the row "${row}" was measured twice`);
    this.#rows.set(row, Math.round(gas));
  }

  get(row: string): number {
    const gas = this.#rows.get(row);
    if (gas === undefined) throw new Error(`the row "${row}" was not measured`);
    return gas;
  }

  /** Rows that are new, gone or changed, in words; empty if the snapshot holds. */
  differences(): string[] {
    if (process.env[UPDATE_FLAG] === "1") this.#write();
    const kept = this.#read();
    const names = new Set([...this.#rows.keys(), ...kept.keys()]);
    return [...names].flatMap((name) => {
      const [before, now] = [kept.get(name), this.#rows.get(name)];
      if (before === now) return [];
      return [`${name}: ${before ?? "no row"} in the snapshot, ${now ?? "not measured"} now`];
    });
  }

  toString(): string {
    const width = Math.max(...[...this.#rows.keys()].map((name) => name.length));
    return [...this.#rows]
      .map(([name, gas]) => `${name.padEnd(width)}  ${gas.toLocaleString("en").padStart(9)}`)
      .join("\n");
  }

  #read(): Map<string, number> {
    if (!existsSync(SNAPSHOT)) return new Map();
    const parsed: unknown = JSON.parse(readFileSync(SNAPSHOT, "utf8"));
    if (typeof parsed !== "object" || parsed === null) throw new Error(`${SNAPSHOT} is not an object`);
    return new Map(Object.entries(parsed).map(([name, gas]) => [name, Number(gas)]));
  }

  #write(): void {
    mkdirSync(dirname(SNAPSHOT), { recursive: true });
    writeFileSync(SNAPSHOT, `${JSON.stringify(Object.fromEntries(this.#rows), null, 2)}\n`);
  }
}
