import { setTimeout as sleep } from "node:timers/promises";
import { parseCanonical } from "../../src/entry/canonical.ts";
import type { Decision } from "../../src/entry/statements.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { markOf, type Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import { readTerms } from "../../src/protocol/payloads.ts";
import type { CrashStage } from "./stage.ts";

/** Between two questions about something that a flow waits for. */
const QUESTION_MS = 80;

/** What a case asks about its session, past the gateways. */
export class Questions {
  readonly #stage: CrashStage;
  readonly #sessionId: string;

  constructor(stage: CrashStage, sessionId: string) {
    this.#stage = stage;
    this.#sessionId = sessionId;
  }

  async decision(): Promise<Decision> {
    const { logs } = this.#stage;
    const decision = await logs.decision(this.#sessionId);
    if (decision !== null) return decision;
    const termsHash = (await logs.facts(this.#sessionId))?.termsHash ?? null;
    if (termsHash === null) return "NONE";
    const state = await this.#stage.escrowState("destination", termsHash);
    return state === "ASSIGNED" ? "COMMIT" : state === "CANCELLED" ? "ABORT" : "NONE";
  }

  async isDecided(): Promise<boolean> {
    return (await this.decision()) !== "NONE";
  }

  async isLogged(role: Role, mark: Mark): Promise<boolean> {
    return (await this.marks(role)).includes(mark);
  }

  async marks(role: Role): Promise<readonly Mark[]> {
    return (await this.#stage.logs.read(this.#sessionId, role)).map(markOf);
  }

  async terms(): Promise<Terms> {
    const facts = await this.#stage.logs.facts(this.#sessionId);
    const [setup] = await this.#stage.logs.read(this.#sessionId, "origin");
    const terms = facts && setup && readTerms(parseCanonical(setup.payload), facts);
    if (!terms) throw new Error("the session has no terms");
    return terms;
  }

  /** Whether there is a session at all. */
  async isOpen(): Promise<boolean> {
    return (await this.#stage.logs.facts(this.#sessionId)) !== undefined;
  }
}

/** Waits on what takes a question to a chain or a process to find out. */
export async function eventually(what: string, isSo: () => Promise<boolean> | boolean, limitMs: number): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(QUESTION_MS);
  }
}
