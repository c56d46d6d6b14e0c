import { expect } from "chai";

import type { ChainOptions } from "../../src/chain/chain.ts";
import { TOPICS } from "../../src/chain/events.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { ErrorCode } from "../../src/entry/errors.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import { signClosing, signDecision } from "../../src/entry/signed-statements.ts";
import type { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { makeEntries } from "../../src/store/conformance/stage.ts";
import { createChainWorld, type ChainWorld } from "../support/chain-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { ACCOUNTS } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { withOtherDigit, type Fault, type LogDoctoring } from "../support/faults.ts";
import { persistently } from "../support/persistently.ts";

const WHOLE = { from: 0, limit: 250 } as const;
/** For a client that is to lose its patience soon. Whoever uses it repeats what a busy machine made time out. */
const IMPATIENT_MS = 500;
const RARELY = 600_000;
const DIGITS_OF_WORD = 64;

// What the chain store does, and what it says, while the way to its node is bad or the node does not tell the truth.
describe("ChainLogStore, between faults", function () {
  this.timeout(120_000);

  let node: TestChain;
  let world: ChainWorld;
  let proxy: FaultProxy;
  const closers: (() => Promise<void> | void)[] = [];

  before(async () => {
    node = await startHardhat("log");
    world = await createChainWorld(node);
  });
  after(async () => {
    await world.close();
    await node.close();
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(node.rpcUrl);
    closers.push(() => proxy.close());
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  /** As after a start: a store that knows nothing yet. */
  function connect(options: Partial<ChainOptions> = {}): ChainLogStore {
    const chain = node.connect({ url: proxy.rpcUrl, pollIntervalMs: 10, identityIntervalMs: RARELY, ...options });
    closers.push(() => chain.close());
    return world.store({ chain, account: ACCOUNTS.bob, lane: { resendAfterMs: 100 } });
  }
  async function sent(entries: readonly SignedEntry[], facts: SessionFacts, store: ChainLogStore): Promise<void> {
    const { gatewayId, epoch, signer } = world.origin;
    const last = entries.at(-1)!;
    const head = { gatewayId, epoch, length: entries.length, lastEntryHash: last.entryHash };
    const decision = await signDecision(facts, "ABORT", epoch, signer);
    const closing = await signClosing(facts, head, signer);
    for (const entry of entries) await persistently(() => store.append([entry]));
    await persistently(() => store.decide(decision));
    await persistently(() => store.closeLog(closing));
  }
  /** A session with three entries of the origin, decided and closed by it. */
  async function written(): Promise<SessionFacts> {
    const store = world.store();
    const facts = await world.open(store);
    await sent(await makeEntries(facts, world.origin, 3), facts, store);
    return facts;
  }
  const eventsOf = async (topic: string, since: number): Promise<number> => {
    const filter = { address: world.log.logRegistry, topics: [topic], fromBlock: `0x${since.toString(16)}` };
    return ((await node.rpc("eth_getLogs", [filter])) as unknown[]).length;
  };

  it("writes each thing once, whichever call loses its answer and however", async () => {
    const facts = await world.open(connect());
    await sent(await makeEntries(facts, world.origin, 1), facts, connect());
    const methods = new Set(proxy.calls.map(({ method }) => method));
    expect(methods).to.include("eth_sendRawTransaction").and.to.include("eth_getTransactionReceipt");
    for (const method of methods)
      for (const hangs of method === "eth_sendRawTransaction" ? [false, true] : [false]) {
        const since = (await world.log.chain.head()).number + 1;
        const session = await world.open(world.store());
        const store = connect(hangs ? { requestTimeoutMs: IMPATIENT_MS } : {});
        const lost = await proxy.arm({ kind: "reply-lost", methods: [method], times: 1, hangs });
        const entries = await makeEntries(session, world.origin, 2);
        await sent(entries, session, store);
        expect(lost.fired, method).to.equal(1);
        for (const [topic, times] of [
          [TOPICS.EntryAppended, entries.length],
          [TOPICS.Decided, 1],
          [TOPICS.LogClosed, 1],
        ] as const)
          expect(await eventsOf(topic, since), method).to.equal(times);
      }
  });

  it("does not say that there is no such session, entry or decision while the node lags", async () => {
    const { sessionId } = await written();
    const { gatewayId } = world.origin;
    const store = connect();
    await store.session(sessionId);
    for (const blocks of [1, 3, 5]) {
      const lag = await proxy.arm({ kind: "stale", blocks });
      const { number } = await world.log.chain.head();
      const behind = { chain: "log", expected: number, actual: number - blocks };
      await expectRejection(store.session(sessionId), "NODE_UNREACHABLE", behind);
      await expectRejection(store.read(sessionId, gatewayId, WHOLE), "NODE_UNREACHABLE", behind);
      await expectRejection(store.sessionsOf(gatewayId, { open: true }), "NODE_UNREACHABLE", behind);
      await lag.disarm();
      expect((await store.session(sessionId)).decision.decision).to.equal("ABORT");
      expect(await store.read(sessionId, gatewayId, WHOLE)).to.have.length(3);
    }
  });

  it("halts when the node comes back shorter and stays so, or empty, and names it", async () => {
    const { sessionId } = await written();
    const empty = await startHardhat("log");
    closers.push(() => empty.close());
    for (const fault of [
      { kind: "shorter", blocks: 4 },
      { kind: "other-node", url: empty.rpcUrl },
    ] as const) {
      const store = connect({ lagGraceMs: 0 });
      await store.session(sessionId);
      const armed = await proxy.arm(fault);
      const { disposition } = await expectRejection(store.session(sessionId), "CHAIN_IDENTITY_CHANGED", {
        chain: "log",
        node: new URL(proxy.rpcUrl).host,
      });
      expect(disposition).to.equal("halt");
      await armed.disarm();
      await expectRejection(store.session(sessionId), "CHAIN_IDENTITY_CHANGED");
    }
  });

  describe("with a node that doctors events", () => {
    let facts: SessionFacts;
    before(async () => {
      facts = await written();
    });

    const only = (topic: string, change: (data: string) => string): Fault => ({
      kind: "doctored-logs",
      change: (logs) => logs.map((log) => (log.topics[0] === topic ? { ...log, data: change(log.data) } : log)),
    });
    const inWord = (word: number, digit: number) => (data: string) =>
      withOtherDigit(data, 2 + word * DIGITS_OF_WORD + digit);

    async function refused(fault: Fault, code: ErrorCode): Promise<void> {
      const store = connect();
      const armed = await proxy.arm(fault);
      const reading = async (): Promise<void> => {
        await store.session(facts.sessionId);
        await store.read(facts.sessionId, world.origin.gatewayId, WHOLE);
      };
      await expectRejection(reading(), code);
      expect(armed.fired, "events changed").to.be.at.least(1);
      await armed.disarm();
      // What was refused is not kept.
      await reading();
    }

    for (const [how, code] of [
      ["data-altered", "CORRUPT_STORE"],
      ["topics-altered", "CORRUPT_STORE"],
      ["hidden", "STORE_UNAVAILABLE"],
      ["last-hidden", "STORE_UNAVAILABLE"],
    ] as const satisfies readonly (readonly [LogDoctoring, ErrorCode])[])
      it(`refuses all events ${how} with ${code}`, () => refused({ kind: "doctored-logs", how }, code));

    it("refuses an entry twice", () =>
      refused(
        {
          kind: "doctored-logs",
          change: (logs) => logs.flatMap((log) => (log.topics[0] === TOPICS.EntryAppended ? [log, log] : [log])),
        },
        "CORRUPT_STORE",
      ));

    for (const [what, topic, member, word, digit] of [
      ["opening", TOPICS.SessionOpened, "deadline", 0, 63],
      ["opening", TOPICS.SessionOpened, "facts", 6, 20],
      ["entry", TOPICS.EntryAppended, "header", 0, 20],
      ["entry", TOPICS.EntryAppended, "causedBy", 1, 20],
      ["entry", TOPICS.EntryAppended, "lastEntryHash", 2, 63],
      ["entry", TOPICS.EntryAppended, "payloadHash", 3, 20],
      ["entry", TOPICS.EntryAppended, "r", 5, 20],
      ["entry", TOPICS.EntryAppended, "payload", 9, 20],
      ["decision", TOPICS.Decided, "decision", 0, 63],
      ["decision", TOPICS.Decided, "epoch", 2, 63],
      ["decision", TOPICS.Decided, "r", 3, 20],
      ["decision", TOPICS.Decided, "vs", 4, 20],
      ["closing", TOPICS.LogClosed, "length", 0, 63],
      ["closing", TOPICS.LogClosed, "lastEntryHash", 1, 63],
    ] as const)
      it(`refuses another ${what}: ${member} altered`, () =>
        refused(only(topic, inWord(word, digit)), "CORRUPT_STORE"));
  });
});
