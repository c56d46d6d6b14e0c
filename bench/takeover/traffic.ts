import { setTimeout as sleep } from "node:timers/promises";

import { GatewayClient } from "../../src/client/gateway-client.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import type { GatelogNet } from "../../test/support/gatelog-net.ts";

/** Between two questions for what became of a transfer. */
const POLL_MS = 50;
/** Until a transfer must have ended: far behind everything that a takeover may cost it. */
const END_LIMIT_MS = 120_000;
/** What one transfer moves, in the token's smallest unit. */
const AMOUNT = 1n;

export interface TrafficResult {
  /** Transfers by what became of them. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Requests of the clients, and how long each took, in milliseconds. */
  readonly latencies: readonly number[];
  /** Requests that did not come to an answer, by code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Answers with 503, which the client goes on from by itself. */
  readonly redirected: number;
  /** Transfers that did not end in time. */
  readonly stuck: readonly string[];
}

/**
 * Clients of the origin, each with one transfer under way all the time: it asks for one, asks what became of it until that is
 * known, and asks for the next.
 */
export class Traffic {
  readonly #net: GatelogNet;
  readonly #client: GatewayClient;
  readonly #name: string;
  readonly #runs: readonly Promise<void>[];
  readonly #outcomes = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #latencies: number[] = [];
  readonly #stuck: string[] = [];
  #redirected = 0;
  #isOver = false;

  /** @param urls Of the origin: of every member, where it is a group. */
  constructor(net: GatelogNet, urls: readonly [string, ...string[]], options: { name: string; atOnce: number }) {
    const [baseUrl, ...others] = urls;
    const asked: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (response.status === 503) this.#redirected += 1;
      return response;
    };
    this.#net = net;
    this.#name = options.name;
    this.#client = new GatewayClient({ baseUrl, others, fetch: asked });
    this.#runs = Array.from({ length: options.atOnce }, (_, slot) => this.#run(slot));
  }

  get outcomes(): number {
    return [...this.#outcomes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Starts no more; resolves when the last transfer has ended. */
  async stop(): Promise<TrafficResult> {
    this.#isOver = true;
    await Promise.all(this.#runs);
    return {
      outcomes: Object.fromEntries(this.#outcomes),
      latencies: this.#latencies,
      failures: Object.fromEntries(this.#failures),
      redirected: this.#redirected,
      stuck: this.#stuck,
    };
  }

  async #run(slot: number): Promise<void> {
    for (let turn = 0; !this.#isOver; turn += 1) {
      const idempotencyKey = `${this.#name}-${slot}-${turn}`;
      const asset = this.#net.gold("alpha", AMOUNT);
      const request = this.#net.request("alpha", { idempotencyKey, asset });
      const started = await this.#timed(() => this.#client.transfer(request));
      if (started) await this.#ended(started.sessionId);
      else await sleep(POLL_MS);
    }
  }

  async #ended(sessionId: SessionId): Promise<void> {
    const giveUpAt = performance.now() + END_LIMIT_MS;
    while (performance.now() < giveUpAt) {
      const status = await this.#timed(() => this.#client.status(sessionId));
      if (status && status.outcome !== "IN_DOUBT") {
        this.#outcomes.set(status.outcome, (this.#outcomes.get(status.outcome) ?? 0) + 1);
        return;
      }
      await sleep(POLL_MS);
    }
    this.#stuck.push(sessionId);
  }

  /** Undefined, and counted, if it failed. */
  async #timed<T>(request: () => Promise<T>): Promise<T | undefined> {
    const before = performance.now();
    try {
      return await request();
    } catch (error) {
      const code = isGatelogError(error) ? error.code : String(error);
      this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
      return undefined;
    } finally {
      this.#latencies.push(performance.now() - before);
    }
  }
}
