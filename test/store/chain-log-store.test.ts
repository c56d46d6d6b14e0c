import { expect } from "chai";

import type { ChainOptions } from "../../src/chain/chain.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { toHex, ZERO_HASH } from "../../src/entry/hex.ts";
import { factsHashOf, type SessionFacts } from "../../src/entry/session.ts";
import { signClosing, signDecision } from "../../src/entry/signed-statements.ts";
import { entryInput } from "../../src/store/chain-log-calls.ts";
import { logRegistryInterface } from "../../src/chain/contracts.ts";
import { TOPICS } from "../../src/chain/events.ts";
import { LogReader, sizeOf } from "../../src/chain/log-reader.ts";
import { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { makeEntries, makeEntry, type KitGateway } from "../../src/store/conformance/stage.ts";
import { requireAnvil, startAnvil, startHardhat, type AnvilChain, type TestChain } from "../support/chains.ts";
import { createChainWorld, type ChainWorld } from "../support/chain-world.ts";
import { ACCOUNTS } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { withOtherDigit, type Fault } from "../support/faults.ts";
import { until } from "../support/until.ts";

const WHOLE = { from: 0, limit: 250 } as const;
/** Milliseconds; the half of all appends that is faster. Far above what an idle machine needs, for one that is not idle. */
const MEDIAN_LATENCY_MAX_MS = 100;

/** As nodes do that bear questions about so many blocks at once. */
function limitedTo(blocks: number): Fault {
  return {
    kind: "refused",
    methods: ["eth_getLogs"],
    when: ({ params }) => {
      const [filter] = params as [{ fromBlock: string; toBlock: string }];
      return Number(filter.toBlock) - Number(filter.fromBlock) >= blocks;
    },
    code: -32_005,
    message: "query returned more than 10000 results",
  };
}

function logRequests(methods: readonly string[]): number {
  return methods.filter((method) => method === "eth_getLogs").length;
}

describe("ChainLogStore", () => {
  const closers: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function readerBehindProxy(
    world: ChainWorld,
    node: TestChain,
    ...faults: readonly Fault[]
  ): Promise<{ store: ChainLogStore; proxy: FaultProxy }> {
    const proxy = await startFaultProxy(node.rpcUrl, ...faults);
    const chain = node.connect({ url: proxy.rpcUrl, identityIntervalMs: 600_000 });
    closers.push(
      () => proxy.close(),
      () => chain.close(),
    );
    return { store: world.store({ chain, account: ACCOUNTS.bob }), proxy };
  }

  describe("on a Hardhat node", () => {
    let node: TestChain;
    let world: ChainWorld;
    let store: ChainLogStore;

    before(async () => {
      node = await startHardhat("log");
      world = await createChainWorld(node);
      store = world.store();
    });
    after(async () => {
      await world.close();
      await node.close();
    });

    async function written(
      gateway: KitGateway,
      count: number,
    ): Promise<{ facts: SessionFacts; entries: SignedEntry[] }> {
      const facts = await world.open(store);
      const entries = await makeEntries(facts, gateway, count);
      for (const entry of entries) await store.append([entry]);
      return { facts, entries };
    }

    it("appends well within a tenth of a second", async () => {
      const facts = await world.open(store);
      const durations: number[] = [];
      for (const entry of await makeEntries(facts, world.origin, 40)) {
        const start = performance.now();
        await store.append([entry]);
        durations.push(performance.now() - start);
      }
      durations.sort((left, right) => left - right);
      const at = (share: number): number => Math.round(durations[Math.floor(durations.length * share)] ?? 0);
      console.log(`      append: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, of ${durations.length} one after the other`);
      expect(at(0.5)).to.be.lessThan(MEDIAN_LATENCY_MAX_MS);
    });

    it("costs a cold reader what the session is long, not what the chain is high", async () => {
      const { facts, entries } = await written(world.destination, 6);
      const cold = async (): Promise<string[]> => {
        const { store: reader, proxy } = await readerBehindProxy(world, node);
        expect(await reader.read(facts.sessionId, world.destination.gatewayId, WHOLE)).to.have.length(entries.length);
        await reader.session(facts.sessionId);
        return proxy.calls.map(({ method }) => method);
      };
      const few = await cold();
      const other = await world.open(store);
      for (const entry of await makeEntries(other, world.destination, 10)) await store.append([entry]);
      await node.mine(2_000);
      const last = await makeEntry(facts, world.destination, entries.at(-1) ?? null);
      await store.append([last]);
      entries.push(last);
      const many = await cold();
      // One entry more, in one block more.
      expect(many.length).to.be.at.most(few.length + 1);
      expect(logRequests(many)).to.be.at.most(logRequests(few) + 1);
    });

    it("reads what stands in blocks close together with few requests, and block by block where ranges are limited", async () => {
      const count = 24;
      const { facts, entries } = await written(world.origin, count);
      const read = async (...faults: readonly Fault[]): Promise<number> => {
        const { store: reader, proxy } = await readerBehindProxy(world, node, ...faults);
        const found = await reader.read(facts.sessionId, world.origin.gatewayId, WHOLE);
        expect(found.map(({ entryHash }) => entryHash)).to.deep.equal(entries.map(({ entryHash }) => entryHash));
        return logRequests(proxy.calls.map(({ method }) => method));
      };
      expect(await read()).to.be.below(count / 2);
      expect(await read(limitedTo(1))).to.be.above(count);
    });

    it("reads only what is new when it reads again", async () => {
      const { facts, entries } = await written(world.origin, 5);
      const { store: reader, proxy } = await readerBehindProxy(world, node);
      await reader.read(facts.sessionId, world.origin.gatewayId, WHOLE);
      const asked = (): number => proxy.calls.filter(({ method }) => method === "eth_getLogs").length;
      const before = asked();
      await reader.read(facts.sessionId, world.origin.gatewayId, WHOLE);
      expect(asked()).to.equal(before);
      await store.append([await makeEntry(facts, world.origin, entries.at(-1) ?? null)]);
      expect(await reader.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.have.length(6);
      expect(asked()).to.equal(before + 1);
    });

    it("gives out no log that is longer or larger than a reader holds", async () => {
      const { facts } = await written(world.origin, 3);
      const chain = node.connect();
      closers.push(() => chain.close());
      const at = await chain.head();
      const readWith = async (maxLogBytes: number) => {
        const reader = new LogReader(chain, toHex(facts.log!.registry), { maxLogBytes });
        const session = await reader.opened(facts.sessionId, await reader.sessionState(facts.sessionId, at), at);
        return reader.readLog(session, world.origin.gatewayId, at);
      };
      const { entries } = await readWith(10_000);
      expect(entries).to.have.length(3);
      const size = sizeOf(entries);
      expect((await readWith(size)).entries).to.have.length(3);
      await expectRejection(readWith(size - 1), "TOO_LARGE"); // found on the way
      await expectRejection(readWith(1_000), "TOO_LARGE"); // seen by the length alone
    });

    it("reads several entries of one block in order", async () => {
      const facts = await world.open(store);
      const entries = await makeEntries(facts, world.origin, 7);
      await store.append(entries.slice(0, 3));
      await store.append(entries.slice(3));
      const { store: reader, proxy } = await readerBehindProxy(world, node);
      const read = await reader.read(facts.sessionId, world.origin.gatewayId, WHOLE);
      expect(read.map(({ entryHash }) => entryHash)).to.deep.equal(entries.map(({ entryHash }) => entryHash));
      expect(read.map(({ signature }) => signature)).to.deep.equal(entries.map(({ signature }) => signature));
      // The opening, the two blocks, the keys.
      expect(proxy.calls.filter(({ method }) => method === "eth_getLogs").length).to.equal(4);
    });

    it("reads a run under the last entry's signature, with the inner signatures absent", async () => {
      const facts = await world.open(store);
      const entries = await makeEntries(facts, world.origin, 3);
      const inputs = entries.map((entry, place) => {
        const input = entryInput(entry, factsHashOf(facts));
        return place === entries.length - 1 ? input : { ...input, r: ZERO_HASH, vs: ZERO_HASH };
      });
      const data = toHex(logRegistryInterface.encodeFunctionData("appendBatch", [inputs]));
      await world.log.lane.send({ to: world.log.logRegistry, data });
      const read = await store.read(facts.sessionId, world.origin.gatewayId, WHOLE);
      expect(read.map(({ entryHash }) => entryHash)).to.deep.equal(entries.map(({ entryHash }) => entryHash));
      expect(read.map(({ signature }) => signature)).to.deep.equal([null, null, entries[2]?.signature]);
    });

    it("says from when on a decision may be acted on", async () => {
      const facts = await world.open(store);
      const slow = node.connect({ finality: { depth: 4 }, pollIntervalMs: 10 });
      closers.push(() => slow.close());
      const cautious = world.store({ chain: slow, account: ACCOUNTS.bob });
      await store.decide(await signDecision(facts, "ABORT", world.origin.epoch, world.origin.signer));
      const early = (await cautious.session(facts.sessionId)).decision;
      expect(early).to.include({ decision: "ABORT", final: false });
      expect(early.statement).to.include({ ground: "ORIGIN", epoch: 1 });
      await node.mine(4);
      expect((await cautious.session(facts.sessionId)).decision).to.include({ decision: "ABORT", final: true });
    });

    it("does not believe a node that changes an event, or hides one", async () => {
      const { facts } = await written(world.origin, 3);
      const read = async (fault: Fault): Promise<unknown> =>
        (await readerBehindProxy(world, node, fault)).store.read(facts.sessionId, world.origin.gatewayId, WHOLE);
      const events = (change: (data: string) => string | undefined): Fault => ({
        kind: "doctored-logs",
        change: (logs) =>
          logs.flatMap((event) => {
            const data = event.topics[0] === TOPICS.EntryAppended ? change(event.data) : event.data;
            return data === undefined ? [] : [{ ...event, data }];
          }),
      });
      // In causedBy, lastEntryHash, payloadHash, the payload, and r.
      const places = [64 + 20, 2 * 64 + 20, 3 * 64 + 20, 9 * 64 + 20, 5 * 64 + 20].map((offset) => offset + 2);
      for (const place of places)
        await expectRejection(read(events((data) => withOtherDigit(data, place))), "CORRUPT_STORE");
      await expectRejection(read(events(() => undefined)), "STORE_UNAVAILABLE", { event: "EntryAppended" });
      // Nor one whose head is not the last entry's hash: the second word of `logOf`.
      const logOf = logRegistryInterface.getFunction("logOf").selector;
      const otherHead: Fault = {
        kind: "doctored",
        methods: ["eth_call"],
        change: (result, { params }) => {
          const [call] = params as [{ data: string }];
          return call.data.startsWith(logOf) ? withOtherDigit(String(result), 2 + 64 + 20) : result;
        },
      };
      await expectRejection(read(otherHead), "CORRUPT_STORE");
    });

    it("lists sessions with a node that limits ranges, and asks only for what is new the next time", async () => {
      await node.mine(300);
      const first = await world.open(store);
      await node.mine(300);
      const second = await world.open(store);
      const { store: reader, proxy } = await readerBehindProxy(world, node, limitedTo(64));
      const sessions = await reader.sessionsOf(world.destination.gatewayId, { open: false });
      expect(sessions.slice(-2)).to.deep.equal([first.sessionId, second.sessionId]);
      const asked = proxy.calls.length;
      expect(await reader.sessionsOf(world.destination.gatewayId, { open: false })).to.deep.equal(sessions);
      expect(proxy.calls.length - asked).to.be.at.most(1);
      const third = await world.open(store);
      expect((await reader.sessionsOf(world.destination.gatewayId, { open: true })).at(-1)).to.equal(third.sessionId);
    });

    it("writes nothing without an account, and reads all the same", async () => {
      const { facts, entries } = await written(world.origin, 1);
      const reader = new ChainLogStore(
        { chain: world.log.chain, lane: null },
        { registry: world.log.logRegistry, durability: "included" },
      );
      expect(await reader.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.have.length(1);
      await expectRejection(
        reader.append([await makeEntry(facts, world.origin, entries[0] ?? null)]),
        "NOT_SERVED_HERE",
      );
    });

    it("takes a repeat as a success when the first answer was lost, and pays once", async () => {
      const facts = await world.open(store);
      const [entry] = await makeEntries(facts, world.origin, 1);
      if (entry === undefined) throw new Error("one entry was made");
      const results = await Promise.all([store.append([entry]), store.append([entry]), store.append([entry])]);
      expect(results).to.have.length(3);
      expect(await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.have.length(1);
    });

    it("takes no refusal for a verdict that rests on a transaction which is not mined yet", async () => {
      const { facts, entries } = await written(world.origin, 1);
      const { gatewayId, epoch, signer } = world.origin;
      const entry = await makeEntry(facts, world.origin, entries[0] ?? null);
      const decision = await signDecision(facts, "ABORT", epoch, signer);
      const head = { gatewayId, length: 2, lastEntryHash: entry.entryHash, epoch };
      const closing = await signClosing(facts, head, signer);
      // A process that died behind sending, and the one that comes after it and pays from elsewhere.
      const successor = world.store({ account: ACCOUNTS.bob });
      const rpc = (method: string, params: readonly unknown[]) => world.log.chain.rpc(method, params);
      const writes: ((to: ChainLogStore) => Promise<void>)[] = [
        (to) => to.append([entry]),
        (to) => to.decide(decision),
        (to) => to.closeLog(closing),
      ];
      for (const write of writes) {
        await rpc("evm_setAutomine", [false]);
        const sent = write(store);
        const waits = async (): Promise<boolean> =>
          Number(await rpc("eth_getBlockTransactionCountByNumber", ["pending"])) > 0;
        try {
          await until("it waits to be mined", waits);
          await expectRejection(write(successor), "STORE_UNAVAILABLE");
        } finally {
          await rpc("evm_setAutomine", [true]);
          await rpc("evm_mine", []);
          await sent;
        }
        await write(successor);
      }
      expect(await store.read(facts.sessionId, gatewayId, WHOLE)).to.have.length(2);
    });
  });

  describe("on an anvil node", () => {
    let node: AnvilChain;
    let world: ChainWorld;
    before(function () {
      requireAnvil(this);
    });
    beforeEach(async () => {
      node = await startAnvil({ blockTimeMs: 100, name: "log" });
      world = await createChainWorld(node);
    });
    afterEach(async () => {
      await world.close();
      await node.close();
    });

    it("has appends of different logs in flight at once", async () => {
      const store = world.store();
      const sessions = await Promise.all(Array.from({ length: 20 }, () => world.open(store)));
      const entries = await Promise.all(sessions.map(async (facts) => makeEntry(facts, world.origin, null)));
      const before = (await world.log.chain.head()).number;
      await Promise.all(entries.map((entry) => store.append([entry])));
      const blocks = (await world.log.chain.head()).number - before;
      expect(blocks).to.be.lessThan(sessions.length / 2);
    });

    it("promises finality only when there is finality", async () => {
      const finality: Partial<ChainOptions> = { finality: { depth: 5 }, pollIntervalMs: 10 };
      const chain = node.connect(finality);
      closers.push(() => chain.close());
      const store = world.store({ chain, durability: "final", account: ACCOUNTS.alice });
      const facts = await world.open(store);
      const entry = await makeEntry(facts, world.origin, null);
      const appended = store.append([entry]);
      const early = world.store();
      await until(
        "it is in a block",
        async () => (await early.read(facts.sessionId, world.origin.gatewayId, WHOLE)).length === 1,
      );
      expect(await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.deep.equal([]);
      await appended;
      expect(await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.have.length(1);
    });

    it("does not call a repeat final before it is", async () => {
      const chain = node.connect({ finality: { depth: 5 }, pollIntervalMs: 10 });
      closers.push(() => chain.close());
      const store = world.store({ chain, durability: "final", account: ACCOUNTS.alice });
      const facts = await world.open(store);
      const entry = await makeEntry(facts, world.origin, null);
      await world.store().append([entry]);
      await store.append([entry]);
      expect(await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.have.length(1);
    });

    it("forgets what a reorganisation took back, and gets it in again", async () => {
      const chain = node.connect({ finality: { depth: 20 }, pollIntervalMs: 10 });
      closers.push(() => chain.close());
      const store = world.store({ chain, account: ACCOUNTS.alice, lane: { resendAfterMs: 200 } });
      const facts = await world.open(store);
      await node.rpc("evm_setIntervalMining", [0]);
      const entry = await makeEntry(facts, world.origin, null);
      const appended = store.append([entry]);
      await until(
        "it is sent",
        async () => Number(((await node.rpc("txpool_status")) as { pending: string }).pending) === 1,
      );
      await node.mine();
      await appended;
      expect(await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.have.length(1);
      await node.rpc("anvil_reorg", [1, []]);
      expect(await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.deep.equal([]);
      const again = store.append([entry]);
      await until("it is in again", async () => {
        await node.mine();
        return (await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).length === 1;
      });
      await again;
    });

    it("says that the node is gone, and the repeated append stands once", async () => {
      const chain = node.connect({ requestTimeoutMs: 300, pollIntervalMs: 10 });
      closers.push(() => chain.close());
      const store = world.store({ chain, account: ACCOUNTS.alice });
      const facts = await world.open(store);
      const entry = await makeEntry(facts, world.origin, null);
      await node.pause();
      await expectRejection(store.append([entry]), "TIMEOUT");
      node.resume();
      await store.append([entry]);
      await store.append([entry]);
      expect(await store.read(facts.sessionId, world.origin.gatewayId, WHOLE)).to.have.length(1);
    });
  });
});
