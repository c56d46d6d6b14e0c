import { expect } from "chai";
import type { SessionFacts } from "../../src/entry/session.ts";
import type { SessionRecord } from "../../src/store/log-store.ts";
import { LogReader } from "../../src/chain/log-reader.ts";
import type { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { ChainBoundLogStore } from "../../src/store/chain-bound-log-store.ts";
import { makeEntries } from "../../src/store/conformance/stage.ts";
import { createChainWorld, type ChainWorld } from "../support/chain-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { expectRejection } from "../support/expect-error.ts";

describe("a registry's log behind a service", () => {
  let node: TestChain;
  let world: ChainWorld;
  let store: ChainLogStore;
  let facts: SessionFacts;

  before(async () => {
    node = await startHardhat("log");
    world = await createChainWorld(node);
    store = world.store();
    facts = await world.open(store);
    await store.append(await makeEntries(facts, world.origin, 2));
  });
  after(async () => {
    await world.close();
    await node.close();
  });

  /** The log as a service shows it that changes the answer. */
  function shown(change: (record: SessionRecord) => SessionRecord | Promise<never>): ChainBoundLogStore {
    const { chain, logRegistry } = world.log;
    const service = new Proxy(store, {
      get: (target, name) => {
        if (name === "session") return async (sessionId: string) => change(await target.session(sessionId));
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === "function"
          ? (...args: unknown[]): unknown => Reflect.apply(member, target, args)
          : member;
      },
    });
    return new ChainBoundLogStore({ store: service, chain, reader: new LogReader(chain, logRegistry) });
  }
  const withLength = (length: number) => (record: SessionRecord) => ({
    ...record,
    logs: record.logs.map((log) => (log.gatewayId === world.origin.gatewayId ? { ...log, length } : log)),
  });

  it("is passed on where it has what the registry holds, or more", async () => {
    const { sessionId } = facts;
    expect(await shown((record) => record).session(sessionId)).to.deep.equal(await store.session(sessionId));
    expect((await shown(withLength(3)).session(sessionId)).logs[0]?.length).to.equal(3);
    const range = { from: 0, limit: 9 };
    expect(await shown((record) => record).read(sessionId, world.origin.gatewayId, range)).to.have.length(2);
  });

  it("is no answer where its end is cut off, or the session is denied", async () => {
    const { sessionId } = facts;
    await expectRejection(shown(withLength(1)).session(sessionId), "STORE_UNAVAILABLE", { expected: 2, actual: 1 });
    const unknown = `00000000-0000-8000-8000-${"0".repeat(12)}`;
    const denying = shown(() => store.session(unknown) as Promise<never>);
    await expectRejection(denying.session(sessionId), "STORE_UNAVAILABLE", { sessionId });
  });

  it("says of a session that nobody has opened that there is none", async () => {
    const unknown = `00000000-0000-8000-8000-${"0".repeat(12)}`;
    await expectRejection(shown((record) => record).session(unknown), "UNKNOWN_SESSION");
  });
});
