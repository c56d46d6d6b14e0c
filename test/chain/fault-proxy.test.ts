import { expect } from "chai";
import { keccak256, Transaction, Wallet } from "ethers";

import { toHex } from "../../src/entry/hex.ts";
import { developmentKey, developmentSigner } from "../support/accounts.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { spawnFaultProxy } from "../support/fault-proxy-process.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import type { Fault, NodeLog } from "../support/faults.ts";
import { until } from "../support/until.ts";

const PAYER = new Wallet(developmentKey(3));
const PAYEE = developmentSigner(4).address;
/** Emits an empty event at every call. */
const EMITS = "0x6005600c60003960056000f360006000a0";
const SLOW_MS = 200;

type Body = Record<string, unknown>;

describe("Fault proxy", () => {
  let node: TestChain;
  let proxy: FaultProxy;

  before(async () => {
    node = await startHardhat("alpha");
  });
  after(() => node.close());
  beforeEach(async () => {
    proxy = await startFaultProxy(node.rpcUrl);
  });
  afterEach(() => proxy.close());

  async function post(body: string, url = proxy.rpcUrl): Promise<unknown> {
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const text = await response.text();
    return text === "" ? undefined : JSON.parse(text);
  }
  const request = (method: string, params: readonly unknown[] = [], id: number | string = 1): Body => ({
    jsonrpc: "2.0",
    id,
    method,
    params,
  });
  async function ask(method: string, ...params: readonly unknown[]): Promise<unknown> {
    const answer = (await post(JSON.stringify(request(method, params)))) as Body;
    if ("error" in answer) throw new Error(JSON.stringify(answer["error"]));
    return answer["result"];
  }
  /** Undefined if there was no answer; else whether the connection was cut, or refused. */
  async function failure(asked: Promise<unknown>): Promise<string | undefined> {
    try {
      await asked;
      return undefined;
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } };
      return cause?.code ?? String(error);
    }
  }
  async function signed(to: string | null = PAYEE, data = "0x"): Promise<string> {
    const nonce = Number(await node.rpc("eth_getTransactionCount", [PAYER.address, "pending"]));
    const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n };
    return PAYER.signTransaction({ type: 2, chainId: node.chainId, nonce, gasLimit: 100_000, to, data, ...fees });
  }
  const head = async (): Promise<number> => Number(await node.rpc("eth_blockNumber"));

  describe("without a fault", () => {
    it("passes answers and errors on as they are", async () => {
      for (const [method, params] of [
        ["eth_chainId", []],
        ["eth_getBlockByNumber", ["0x0", false]],
        ["eth_getBalance", ["nonsense", "latest"]],
        ["no_such_method", []],
      ] as const) {
        const body = JSON.stringify(request(method, params));
        expect(await post(body)).to.deep.equal(await post(body, node.rpcUrl));
      }
      expect(proxy.calls.map(({ method }) => method)).to.include("no_such_method");
    });

    it("answers a batch in its order, under its ids, its errors among the results, and no notification", async () => {
      const { id: _id, ...notification } = request("eth_chainId");
      const batch = [
        request("eth_chainId", [], "a"),
        notification,
        request("nonsense", [], 7),
        request("eth_chainId", [], 8),
      ];
      const answers = (await post(JSON.stringify(batch))) as Body[];
      expect(answers.map(({ id }) => id)).to.deep.equal(["a", 7, 8]);
      expect(answers.map((answer) => "result" in answer)).to.deep.equal([true, false, true]);
    });

    it("leaves to the node what is no JSON-RPC", async () => {
      for (const body of ["{", "[]", "7"]) expect(await post(body)).to.deep.equal(await post(body, node.rpcUrl));
    });
  });

  describe("switched on", () => {
    it("dead: refuses connections, and listens at the same port again", async () => {
      await ask("eth_chainId");
      const dead = await proxy.arm({ kind: "dead" });
      expect(await failure(ask("eth_chainId"))).to.equal("ECONNREFUSED");
      await dead.disarm();
      expect(Number(await ask("eth_chainId"))).to.equal(node.chainId);
      expect(dead.fired).to.equal(1);
    });

    it("dead for a method: cuts the connection before the node gets the call, and lets others through", async () => {
      const before = await head();
      await proxy.arm({ kind: "dead", methods: ["eth_sendRawTransaction"] });
      expect(await failure(ask("eth_sendRawTransaction", await signed()))).to.be.a("string");
      expect(await head()).to.equal(before);
      expect(Number(await ask("eth_chainId"))).to.equal(node.chainId);
      expect(proxy.fired.dead).to.equal(1);
    });

    it("slow: the node gets the call later", async () => {
      await proxy.arm({ kind: "slow", delayMs: SLOW_MS });
      const start = performance.now();
      await ask("eth_chainId");
      expect(performance.now() - start).to.be.at.least(SLOW_MS - 1);
      expect(proxy.fired.slow).to.equal(1);
    });

    it("reply lost: the node does it, and the asker is cut off or waits in vain", async () => {
      for (const hangs of [false, true]) {
        const before = await head();
        const lost = await proxy.arm({ kind: "reply-lost", methods: ["eth_sendRawTransaction"], hangs });
        const asked = ask("eth_sendRawTransaction", await signed());
        const answered = failure(asked);
        const mined = until("the node has mined it", async () => (await head()) > before);
        if (hangs) expect(await Promise.race([answered, mined])).to.equal(true);
        else expect(await answered).to.be.a("string");
        expect(await head()).to.equal(before + 1);
        expect(lost.fired).to.equal(1);
        await lost.disarm();
      }
    });

    it("refused: an error in place of the node's answer", async () => {
      await proxy.arm({ kind: "refused", methods: ["eth_chainId"], code: -32_005, message: "limit exceeded" });
      expect(await post(JSON.stringify(request("eth_chainId")))).to.deep.equal({
        jsonrpc: "2.0",
        id: 1,
        error: { code: -32_005, message: "limit exceeded" },
      });
    });

    it("dropped: a transaction is answered with its hash and goes nowhere", async () => {
      const before = await head();
      await proxy.arm({ kind: "dropped" });
      const raw = await signed();
      expect(await ask("eth_sendRawTransaction", raw))
        .to.equal(keccak256(raw))
        .and.to.equal(Transaction.from(raw).hash);
      expect(await head()).to.equal(before);
      expect(await ask("eth_getTransactionByHash", keccak256(raw))).to.equal(null);
      expect(proxy.fired.dropped).to.equal(1);
    });

    it("other node: an empty one behind the same URL, until it is switched off", async () => {
      await node.mine();
      const empty = await startHardhat("alpha");
      const other = await proxy.arm({ kind: "other-node", url: empty.rpcUrl });
      expect(Number(await ask("eth_blockNumber"))).to.equal(0);
      await other.disarm();
      expect(Number(await ask("eth_blockNumber"))).to.equal(await head());
      await empty.close();
    });

    it("only as many times as it was told", async () => {
      await proxy.arm({ kind: "refused", times: 2, code: 1, message: "not now" });
      const answers = await Promise.all(
        ["a", "b", "c"].map((id) => post(JSON.stringify(request("eth_chainId", [], id)))),
      );
      expect(answers.filter((answer) => "error" in (answer as Body))).to.have.length(2);
      expect(proxy.fired.refused).to.equal(2);
    });

    it("meets single calls of a batch", async () => {
      await proxy.arm({ kind: "refused", methods: ["eth_blockNumber"], code: 1, message: "not now" });
      const batch = [request("eth_chainId", [], 1), request("eth_blockNumber", [], 2)];
      const answers = (await post(JSON.stringify(batch))) as Body[];
      expect(answers.map((answer) => "error" in answer)).to.deep.equal([false, true]);
    });

    it("several, and all off at once", async () => {
      await proxy.arm({ kind: "slow", delayMs: 1 });
      await proxy.arm({ kind: "doctored", methods: ["eth_chainId"], change: () => "0x1" });
      expect(await ask("eth_chainId")).to.equal("0x1");
      expect(proxy.fired).to.include({ slow: 1, doctored: 1 });
      await proxy.calm();
      expect(Number(await ask("eth_chainId"))).to.equal(node.chainId);
    });
  });

  describe("with doctored logs", () => {
    let filter: Body;
    before(async () => {
      const raw = await signed(null, EMITS);
      const hash = String(await node.rpc("eth_sendRawTransaction", [raw]));
      const { contractAddress } = (await node.rpc("eth_getTransactionReceipt", [hash])) as { contractAddress: string };
      for (let calls = 0; calls < 3; calls += 1)
        await node.rpc("eth_sendRawTransaction", [await signed(contractAddress)]);
      filter = { address: contractAddress, fromBlock: "0x0", toBlock: "latest" };
    });

    async function logs(fault?: Fault): Promise<readonly NodeLog[]> {
      if (fault) await proxy.arm(fault);
      return (await ask("eth_getLogs", filter)) as readonly NodeLog[];
    }

    it("alters, hides and doubles them as told", async () => {
      const sound = await logs();
      expect(sound).to.have.length(3);
      for (const [how, expected] of [
        ["hidden", []],
        ["last-hidden", sound.slice(0, 2)],
        ["doubled", sound.flatMap((log) => [log, log])],
      ] as const) {
        expect(await logs({ kind: "doctored-logs", how })).to.deep.equal(expected);
        await proxy.calm();
      }
      expect(await logs({ kind: "doctored-logs", change: ([first]) => (first ? [first] : []) })).to.have.length(1);
      expect(proxy.fired["doctored-logs"]).to.equal(4);
    });

    it("does not count what has changed nothing", async () => {
      await logs({ kind: "doctored-logs", how: "topics-altered" });
      expect(proxy.fired["doctored-logs"]).to.equal(0);
    });
  });

  describe("with a head that is behind", () => {
    const LAG = 3;
    let raw: string;
    let receipt: { blockNumber: string; blockHash: string; transactionHash: string };
    let stale: number;

    beforeEach(async () => {
      await node.mine(5);
      raw = await signed();
      const hash = String(await node.rpc("eth_sendRawTransaction", [raw]));
      receipt = (await node.rpc("eth_getTransactionReceipt", [hash])) as typeof receipt;
      await node.mine(LAG - 1);
      stale = (await head()) - LAG;
    });

    for (const kind of ["stale", "shorter"] as const)
      it(`${kind}: answers everything as of ${LAG} blocks ago`, async () => {
        await proxy.arm({ kind, blocks: LAG });
        expect(Number(await ask("eth_blockNumber"))).to.equal(stale);
        for (const tag of ["latest", "pending"])
          expect(Number(((await ask("eth_getBlockByNumber", tag, false)) as { number: string }).number)).to.equal(
            stale,
          );
        expect(await ask("eth_getBlockByNumber", receipt.blockNumber, false)).to.equal(null);
        expect(await ask("eth_getBlockByHash", receipt.blockHash, false)).to.equal(null);
        expect(await ask("eth_getTransactionReceipt", receipt.transactionHash)).to.equal(null);
        expect(await ask("eth_getTransactionByHash", receipt.transactionHash)).to.equal(null);
        const used = Transaction.from(raw).nonce;
        expect(Number(await ask("eth_getTransactionCount", PAYER.address, "latest"))).to.equal(used);
        expect(Number(await ask("eth_getTransactionCount", PAYER.address, "pending"))).to.equal(used);
        const then = await node.rpc("eth_getBalance", [PAYEE, toHex(`0x${stale.toString(16)}`)]);
        expect(await ask("eth_getBalance", PAYEE, "latest")).to.equal(then);
        expect(await ask("eth_call", { to: PAYEE }, "latest")).to.equal("0x");
        expect(await failure(ask("eth_call", { to: PAYEE }, receipt.blockNumber))).to.include("header not found");
        const byHash = { blockHash: receipt.blockHash, requireCanonical: true };
        expect(await failure(ask("eth_call", { to: PAYEE }, byHash))).to.include("header not found");
        expect(await ask("eth_getLogs", { fromBlock: receipt.blockNumber, toBlock: "latest" })).to.deep.equal([]);
        expect(proxy.fired[kind]).to.be.at.least(12);
        expect(Number(await ask("eth_chainId"))).to.equal(node.chainId);
      });

    it("stale: follows the node at a distance; shorter: stands still until it is switched off", async () => {
      const armed = await proxy.arm({ kind: "stale", blocks: LAG });
      await node.mine(2);
      expect(Number(await ask("eth_blockNumber"))).to.equal(stale + 2);
      await armed.disarm();
      await proxy.arm({ kind: "shorter", blocks: LAG });
      await node.mine(2);
      expect(Number(await ask("eth_blockNumber"))).to.equal(stale + 2);
      await proxy.calm();
      expect(Number(await ask("eth_blockNumber"))).to.equal(await head());
    });
  });

  describe("as a process of its own", () => {
    it("does the same, and says how often what fired", async () => {
      const other = await spawnFaultProxy(node.rpcUrl);
      const at = async (method: string): Promise<Body> =>
        (await post(JSON.stringify(request(method)), other.rpcUrl)) as Body;
      expect(Number((await at("eth_chainId"))["result"])).to.equal(node.chainId);
      const refused = await other.arm({ kind: "refused", methods: ["eth_blockNumber"], code: 1, message: "not now" });
      expect(await at("eth_blockNumber")).to.have.property("error");
      expect(await other.disarm(refused)).to.equal(1);
      await other.arm({ kind: "dead" });
      expect(await failure(at("eth_chainId"))).to.equal("ECONNREFUSED");
      expect(await other.calm()).to.include({ refused: 1, dead: 1, slow: 0 });
      expect(Number((await at("eth_chainId"))["result"])).to.equal(node.chainId);
      await other.close();
    });
  });
});
