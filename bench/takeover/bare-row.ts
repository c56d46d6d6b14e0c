import type { Client } from "pg";

import type { Bare } from "./bare-swap.ts";

/** A compare-and-set of one row, committed, on a connection that is there. */
export class BareRow implements Bare {
  readonly #client: Client;
  #value = 0;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** @param client Connected; it is ended with this. */
  static async open(client: Client): Promise<BareRow> {
    await client.query("CREATE SCHEMA bare");
    await client.query("CREATE TABLE bare.swap (value bigint NOT NULL)");
    await client.query("INSERT INTO bare.swap VALUES (0)");
    return new BareRow(client);
  }

  async swap(): Promise<number> {
    const before = performance.now();
    const { rowCount } = await this.#client.query("UPDATE bare.swap SET value = $2 WHERE value = $1", [
      this.#value,
      this.#value + 1,
    ]);
    if (rowCount !== 1) throw new Error("a bare compare-and-set has failed");
    this.#value += 1;
    return performance.now() - before;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}
