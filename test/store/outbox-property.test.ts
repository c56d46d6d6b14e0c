import { expect } from "chai";
import fc from "fast-check";
import { join } from "node:path";
import { GatelogError, isGatelogError } from "../../src/entry/errors.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { makeEntry, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { FlakyStore, LaggingStore } from "../support/store-doubles.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");

/** What happens between two attempts of a gateway to write its next entry. */
type Mishap = "unheard" | "cut" | "refused" | "unreachable" | "lost reply" | "caught up" | "restart";
const mishap = fc.constantFrom<Mishap>(
  "unheard",
  "cut",
  "refused",
  "unreachable",
  "lost reply",
  "caught up",
  "restart",
);

describe("an outbox in front of a store that lags, refuses and fails at random", () => {
  it("lets out one entry for each index, and never leaves a session without a way on (R8)", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(fc.array(mishap, { minLength: 3, maxLength: 14 }), async (mishaps) => {
        const gateway = await Writer.start();
        try {
          for (const each of mishaps) {
            await gateway.suffer(each);
            await gateway.write();
          }
          gateway.heal();
          const before = await gateway.length();
          for (let attempts = 0; (await gateway.length()) === before; attempts += 1) {
            expect(attempts, "attempts without progress").to.be.below(3);
            await gateway.write();
          }
          gateway.expectOneEntryPerIndex();
          expect(await gateway.evidence()).to.be.empty;
        } finally {
          await gateway.stop();
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** A gateway that knows nothing but the log: flush, read, sign what comes next, send. Each time it signs, it signs other bytes. */
class Writer {
  readonly #inner: MemoryLogStore;
  readonly #node: LaggingStore;
  readonly #flaky: FlakyStore;
  readonly #folder: Awaited<ReturnType<typeof temporaryFolder>>;
  readonly #facts: SessionFacts;
  #store: OutboxedLogStore;
  #signed = 0;

  private constructor(folder: Awaited<ReturnType<typeof temporaryFolder>>, facts: SessionFacts) {
    this.#folder = folder;
    this.#facts = facts;
    this.#inner = new MemoryLogStore({ directory: sampleDirectory(origin, destination) });
    this.#node = new LaggingStore(this.#inner);
    this.#flaky = new FlakyStore(this.#node);
    this.#store = this.#open();
  }

  static async start(): Promise<Writer> {
    const { facts, opening } = await sampleSession(origin, destination);
    const writer = new Writer(await temporaryFolder(), facts);
    await writer.#store.openSession(opening);
    return writer;
  }

  async suffer(mishap: Mishap): Promise<void> {
    const { sessionId } = this.#facts;
    switch (mishap) {
      case "unheard":
        this.#node.unheard.add(sessionId);
        return;
      case "cut":
        this.#node.cut(sessionId, origin.gatewayId, Math.floor((await this.length()) / 2));
        return;
      case "refused":
        this.#flaky.failure = new GatelogError("FOREIGN_SIGNATURE", "refused");
        return;
      case "unreachable":
        this.#flaky.failure = new GatelogError("TIMEOUT", "no answer");
        return;
      case "lost reply":
        this.#flaky.failure = new GatelogError("TIMEOUT", "no answer");
        this.#flaky.lands = true;
        return;
      case "caught up":
        this.heal();
        return;
      case "restart":
        await this.#store.close();
        this.#store = this.#open();
    }
  }

  /** One attempt; what fails is left for the next. */
  async write(): Promise<void> {
    try {
      await this.#store.flush(this.#facts.sessionId);
      const log = await this.#store.read(this.#facts.sessionId, origin.gatewayId, { from: 0, limit: 250 });
      const timestamp = (this.#signed += 1);
      await this.#store.append([await makeEntry(this.#facts, origin, log.at(-1) ?? null, { timestamp })]);
    } catch (error) {
      if (!isGatelogError(error)) throw error;
    }
  }

  heal(): void {
    this.#node.catchUp();
    this.#flaky.failure = null;
    this.#flaky.lands = false;
  }

  async length(): Promise<number> {
    return (await this.#inner.session(this.#facts.sessionId)).logs[0]?.length ?? 0;
  }

  expectOneEntryPerIndex(): void {
    const seen = new Map<number, string>();
    for (const { index, entryHash } of this.#node.letOut) {
      expect(entryHash, `index ${index}`).to.equal(seen.get(index) ?? entryHash);
      seen.set(index, entryHash);
    }
  }

  evidence() {
    return this.#inner.evidence(this.#facts.sessionId);
  }

  async stop(): Promise<void> {
    await this.#store.close();
    await this.#folder.remove();
  }

  #open(): OutboxedLogStore {
    return new OutboxedLogStore({
      store: this.#flaky,
      outbox: new Outbox({ path: join(this.#folder.path, "outbox.sqlite") }),
    });
  }
}
