import { expect } from "chai";

import type { Chain, ChainOptions } from "../../src/chain/chain.ts";
import { erc20At } from "../../src/chain/contracts.ts";
import { createLane, type Lane } from "../../src/chain/lane.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { EvmLedger } from "../../src/ledger/evm-ledger.ts";
import { developmentSigner } from "../support/accounts.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { ACCOUNTS, deployLedger, mapBothWays, type TestLedger } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { persistently } from "../support/persistently.ts";
import { approve, makeTerms } from "../support/terms.ts";
import { until } from "../support/until.ts";

const AMOUNT = 250n;
const SIGNER = developmentSigner(ACCOUNTS.ledgerKeyA);
/** For a client that is to lose its patience soon. Whoever uses it repeats what a busy machine made time out. */
const IMPATIENT_MS = 500;

// What a ledger does, and what it says, while the way to its node is bad.
describe("EvmLedger, between faults", function () {
  this.timeout(120_000);

  let nodes: readonly [TestChain, TestChain];
  let here: TestLedger;
  let there: TestLedger;
  let alice: Lane;
  let proxy: FaultProxy;
  const closers: (() => Promise<void> | void)[] = [];

  before(async () => {
    nodes = await Promise.all([startHardhat("alpha"), startHardhat("beta")]);
    [here, there] = await Promise.all([deployLedger(nodes[0]), deployLedger(nodes[1])]);
    await mapBothWays(here, there);
    await here.admit(SIGNER.address);
    alice = createLane(here.chain, developmentSigner(ACCOUNTS.alice));
  });
  after(async () => {
    await alice.close();
    await Promise.all([here.close(), there.close()]);
    await Promise.all(nodes.map((node) => node.close()));
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(nodes[0].rpcUrl);
    closers.push(() => proxy.close());
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  /** As after a start: a client that knows nothing yet. */
  function connect(options: Partial<ChainOptions> = {}): { ledger: EvmLedger; chain: Chain } {
    const chain = nodes[0].connect({ url: proxy.rpcUrl, pollIntervalMs: 10, ...options });
    const lane = createLane(chain, SIGNER, { resendAfterMs: 100, closeGraceMs: 0 });
    closers.push(
      () => chain.close(),
      () => lane.close(),
    );
    return { ledger: new EvmLedger({ chain, account: { lane, signer: SIGNER } }, { escrow: here.escrow }), chain };
  }
  async function fundedTerms(): Promise<Terms> {
    const terms = makeTerms(here, there, { standard: "erc20", value: AMOUNT.toString() });
    await here.mintErc20(alice.account, AMOUNT);
    await approve(alice, here, terms);
    return terms;
  }
  const goldOf = (account: string): Promise<bigint> => erc20At(here.chain, here.erc20).balanceOf(account);
  const sent = (): string[] =>
    proxy.calls.flatMap(({ method, params }) => (method === "eth_sendRawTransaction" ? [String(params[0])] : []));

  it("locks once, and says so in the end, whichever call loses its answer and however", async () => {
    await connect().ledger.act("lock", await fundedTerms());
    const methods = new Set(proxy.calls.map(({ method }) => method));
    expect(methods).to.include("eth_sendRawTransaction").and.to.include("eth_getTransactionReceipt");
    for (const method of methods)
      for (const hangs of method === "eth_sendRawTransaction" ? [false, true] : [false]) {
        const terms = await fundedTerms();
        const before = await goldOf(here.escrow);
        const { ledger } = connect(hangs ? { requestTimeoutMs: IMPATIENT_MS } : {});
        const lost = await proxy.arm({ kind: "reply-lost", methods: [method], times: 1, hangs });
        const receipt = await persistently(() => ledger.act("lock", terms));
        expect(receipt, method).to.include({ action: "lock", state: "LOCKED" });
        expect(lost.fired, method).to.equal(1);
        expect((await goldOf(here.escrow)) - before, method).to.equal(AMOUNT);
        expect((await persistently(() => ledger.read(terms))).state, method).to.equal("LOCKED");
      }
  });

  it("sends the same bytes again if the node took the transaction and never passed it on", async () => {
    const terms = await fundedTerms();
    const { ledger } = connect();
    await proxy.arm({ kind: "dropped", times: 2 });
    const { transactionHash } = await ledger.act("lock", terms);
    expect(sent()).to.have.length(3);
    expect(new Set(sent()).size).to.equal(1);
    expect((await here.chain.receipt(transactionHash!))?.status).to.equal(1);
    expect(proxy.fired.dropped).to.equal(2);
  });

  it("does not say NONE of what it has seen locked, while the node lags, and says LOCKED again behind it", async () => {
    const terms = await fundedTerms();
    const { ledger } = connect();
    const { blockNumber } = await ledger.act("lock", terms);
    const lag = await proxy.arm({ kind: "stale", blocks: 1 });
    const behind = { chain: "alpha", expected: blockNumber, actual: blockNumber - 1 };
    await expectRejection(ledger.read(terms), "NODE_UNREACHABLE", behind);
    await expectRejection(ledger.act("unlock", terms), "NODE_UNREACHABLE", behind);
    expect(sent()).to.have.length(1);
    await lag.disarm();
    expect((await ledger.read(terms)).state).to.equal("LOCKED");
  });

  it("locks nothing twice after a start with a node that does not show the lock yet", async () => {
    const terms = await fundedTerms();
    const first = await connect().ledger.act("lock", terms);
    const before = await goldOf(here.escrow);
    const lag = await proxy.arm({ kind: "stale", blocks: 1 });
    const { ledger, chain } = connect();
    expect((await ledger.read(terms)).blockNumber).to.be.lessThan(first.blockNumber);
    let done = false;
    const again = ledger.act("lock", terms).finally(() => (done = true));
    await until("the node shows more and more", async () => {
      await nodes[0].mine();
      return done;
    });
    expect(await again).to.include({ state: "LOCKED", blockNumber: first.blockNumber, transactionHash: null });
    expect(await goldOf(here.escrow)).to.equal(before);
    await lag.disarm();
    expect((await chain.head()).number).to.be.greaterThan(first.blockNumber);
  });

  it("concludes nothing while nobody listens, and goes on when somebody does", async () => {
    const terms = await fundedTerms();
    const { ledger } = connect();
    const dead = await proxy.arm({ kind: "dead" });
    await expectRejection(ledger.read(terms), "NODE_UNREACHABLE", { chain: "alpha", reason: "ECONNREFUSED" });
    await expectRejection(ledger.act("lock", terms), "NODE_UNREACHABLE");
    await dead.disarm();
    expect((await ledger.act("lock", terms)).state).to.equal("LOCKED");
    expect(sent()).to.have.length(1);
  });

  it("waits for a slow node, and gives up on one that is too slow without concluding anything", async () => {
    const terms = await fundedTerms();
    const slow = await proxy.arm({ kind: "slow", delayMs: IMPATIENT_MS / 5 });
    expect((await connect().ledger.read(terms)).state).to.equal("NONE");
    await slow.disarm();
    const { ledger } = connect({ requestTimeoutMs: IMPATIENT_MS });
    const tooSlow = await proxy.arm({ kind: "slow", delayMs: 2 * IMPATIENT_MS });
    await expectRejection(ledger.read(terms), "TIMEOUT", { chain: "alpha" });
    await tooSlow.disarm();
    expect((await persistently(() => ledger.read(terms))).state).to.equal("NONE");
  });

  it("halts when the node comes back empty, without it, or as another chain, and names it", async () => {
    const terms = await fundedTerms();
    const empty = await startHardhat("alpha");
    closers.push(() => empty.close());
    for (const [fault, code] of [
      [{ kind: "other-node", url: empty.rpcUrl }, "CHAIN_IDENTITY_CHANGED"],
      [{ kind: "other-node", url: nodes[1].rpcUrl }, "CHAIN_IDENTITY_CHANGED"],
    ] as const) {
      const { ledger } = connect();
      await ledger.read(terms);
      const armed = await proxy.arm(fault);
      const { message, disposition } = await expectRejection(ledger.read(terms), code, {
        chain: "alpha",
        node: new URL(proxy.rpcUrl).host,
      });
      expect(disposition).to.equal("halt");
      expect(message).to.include("alpha").and.to.include(new URL(proxy.rpcUrl).host);
      await armed.disarm();
      await expectRejection(ledger.act("lock", terms), code);
    }
    expect(sent()).to.be.empty;
  });
});
