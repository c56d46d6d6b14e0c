import { expect } from "chai";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { ChainOptions } from "../../src/chain/chain.ts";
import type { OpenSessions } from "../../src/chain/session-scan.ts";
import { OpenSessionsFile } from "../../src/cli/open-sessions-file.ts";
import type { Address, SessionId } from "../../src/entry/hex.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { makeEntries } from "../../src/store/conformance/stage.ts";
import { developmentSigner } from "../support/accounts.ts";
import { createChainWorld, type ChainWorld } from "../support/chain-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { temporaryFolder } from "../support/store-stages.ts";

/** Above what a node is asked for at once, many times. */
const MANY_BLOCKS = 1_000_000;

describe("SessionScan", () => {
  let node: TestChain;
  let world: ChainWorld;
  let proxy: FaultProxy;
  let folder: { readonly path: string; remove(): Promise<void> };
  let file: string;
  const closers: (() => void)[] = [];

  beforeEach(async () => {
    node = await startHardhat("log");
    world = await createChainWorld(node);
    proxy = await startFaultProxy(node.rpcUrl);
    folder = await temporaryFolder();
    file = join(folder.path, "open-sessions.json");
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    await world.close();
    await proxy.close();
    await node.close();
    await folder.remove();
  });

  /** A session that the origin has opened, written to, and closed on its side. */
  async function closed(): Promise<SessionId> {
    const store = world.store();
    const facts = await world.open(store);
    const { gatewayId, epoch, signer } = world.origin;
    const entries = await makeEntries(facts, world.origin, 1);
    await store.append(entries);
    const head = { gatewayId, epoch, length: 1, lastEntryHash: entries[0]!.entryHash };
    await store.closeLog(await signClosing(facts, head, signer));
    return facts.sessionId;
  }
  const open = async (): Promise<SessionId> => (await world.open(world.store())).sessionId;

  /** What a process lists that starts now, and how many calls that takes. */
  async function start(
    options: { readonly fromBlock?: number; readonly chain?: Partial<ChainOptions>; readonly registry?: Address } = {},
  ): Promise<{ sessions: readonly SessionId[]; calls: number }> {
    const chain = node.connect({ url: proxy.rpcUrl, ...options.chain });
    closers.push(() => chain.close());
    const registry = options.registry ?? world.log.logRegistry;
    const { genesisHash } = await chain.identity();
    const memory = new OpenSessionsFile(file, { genesisHash, registry });
    const { fromBlock = 0 } = options;
    const store = new ChainLogStore({ chain, lane: null }, { registry, durability: "included", fromBlock, memory });
    const before = proxy.calls.length;
    const sessions = await store.sessionsOf(world.origin.gatewayId, { open: true });
    return { sessions, calls: proxy.calls.length - before };
  }

  it("lists the sessions whose own log is open, whoever opened them, and not those that only the peer has closed", async () => {
    await closed();
    const own = await open();
    const ofPeer = await world.open(world.store());
    const { gatewayId, epoch, signer } = world.destination;
    const nothing = { gatewayId, epoch, length: 0, lastEntryHash: `0x${"0".repeat(64)}` } as const;
    await world.store().closeLog(await signClosing(ofPeer, nothing, signer));
    expect((await start()).sessions).to.deep.equal([own, ofPeer.sessionId]);
  });

  it("costs a start the same however high the chain is and however many sessions were closed", async () => {
    const first = await open();
    await start();
    const second = await open();
    const short = await start();
    expect(short.sessions).to.deep.equal([first, second]);
    for (let count = 0; count < 5; count += 1) await closed();
    await node.mine(MANY_BLOCKS);
    await start();
    const third = await open();
    const long = await start();
    expect(long.sessions).to.deep.equal([first, second, third]);
    expect(long.calls).to.equal(short.calls);
  });

  it("costs a process that goes on nothing for what was closed", async () => {
    for (let count = 0; count < 5; count += 1) await closed();
    const store = world.store({ chain: connected() });
    await store.sessionsOf(world.origin.gatewayId, { open: true });
    const before = proxy.calls.length;
    expect(await store.sessionsOf(world.origin.gatewayId, { open: true })).to.be.empty;
    expect(proxy.calls.slice(before).map(({ method }) => method)).to.deep.equal(["eth_getBlockByNumber"]);
  });

  it("starts the first time at the block of the registry's deployment", async () => {
    await node.mine(MANY_BLOCKS);
    const fromBlock = (await world.log.chain.head()).number;
    const session = await open();
    const { sessions, calls } = await start({ fromBlock });
    expect(sessions).to.deep.equal([session]);
    expect(calls).to.be.lessThan(10);
  });

  it("keeps nothing that is not final", async () => {
    const depth = 3;
    const chain = { finality: { depth } };
    const session = await open();
    const head = (await world.log.chain.head()).number;
    expect((await start({ chain })).sessions).to.deep.equal([session]);
    expect(kept()).to.deep.equal({ nextBlock: head - depth + 1, sessions: [] });
    await node.mine(depth);
    await start({ chain });
    expect(kept().sessions).to.deep.equal([session]);
  });

  it("looks through the whole registry again without a file that is its own", async () => {
    const session = await open();
    await start();
    for (const document of ["{", JSON.stringify({ nextBlock: 7 })]) {
      writeFileSync(file, document);
      expect((await start()).sessions).to.deep.equal([session]);
    }
    await start({ registry: developmentSigner(1).address });
    expect(JSON.parse(readFileSync(file, "utf8"))).to.include({ registry: developmentSigner(1).address });
    expect((await start()).sessions).to.deep.equal([session]);
  });

  function connected() {
    const chain = node.connect({ url: proxy.rpcUrl, identityIntervalMs: 600_000 });
    closers.push(() => chain.close());
    return chain;
  }
  function kept(): OpenSessions {
    const { gateways } = JSON.parse(readFileSync(file, "utf8")) as { gateways: Record<string, OpenSessions> };
    return gateways[world.origin.gatewayId]!;
  }
});
