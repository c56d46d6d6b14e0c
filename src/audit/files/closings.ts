import type { GatewayId, SessionId } from "../../entry/hex.ts";
import type { ExportedClosing } from "./export-format.ts";
import { ExportLines } from "./export-lines.ts";
import { bytesOf, type ClosingsElsewhere } from "./export-source.ts";

type Closing = ExportedClosing["statement"];

/** Closings of one file that are kept, some 500 bytes each; of those behind them nothing is known. */
const MAX_CLOSINGS = 200_000;

/**
 * The closings that a store's file has. A gateway signs the end of its own log, and its peer's copy may lack that: whoever has both
 * files can tell by the one where the logs of the other end. Nothing is checked here.
 */
export class Closings implements ClosingsElsewhere {
  readonly #statements = new Map<string, Closing>();

  /** None of a file from a chain, which has heads. MALFORMED if it cannot be read. */
  static async in(path: string): Promise<Closings> {
    const closings = new Closings();
    const lines = new ExportLines(bytesOf(path));
    for await (const record of lines.records()) {
      if (lines.read.header.source.kind === "chain") break;
      if (record.kind === "closing") closings.#add(record.statement);
    }
    return closings;
  }

  of(sessionId: SessionId, gatewayId: GatewayId): Closing | undefined {
    return this.#statements.get(`${sessionId} ${gatewayId}`);
  }

  #add(statement: Closing): void {
    const { sessionId, gatewayId } = statement;
    if (this.#statements.size < MAX_CLOSINGS) this.#statements.set(`${sessionId} ${gatewayId}`, statement);
  }
}
