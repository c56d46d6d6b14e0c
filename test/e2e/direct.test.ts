import { expect } from "chai";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startService } from "../../scripts/demo/services.ts";
import { GATEWAY_NAMES } from "../../src/cli/devnet-deploy.ts";
import { freePort } from "../../src/cli/processes.ts";
import { startFaultProxy } from "../support/fault-proxy.ts";
import { GatelogNet } from "../support/gatelog-net.ts";
import { gatelog } from "../support/gatelog.ts";
import { until } from "../support/until.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/direct/index.ts", import.meta.url));
const UNIT = 10n ** 18n;
const LIMIT_MS = 60_000;

interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly answer: { readonly sessionId: string; readonly outcome: string; readonly transactionHash?: string } | null;
  readonly stderr: string;
}

describe("Direct mode", function () {
  this.timeout(240_000);

  let net: GatelogNet;

  before(async () => {
    net = await GatelogNet.open({ beta: "hardhat", log: "alpha" });
    await net.startApi();
  });
  after(() => net.stop());

  /** The example, as a process of its own: pays Bob. */
  async function pay(key: string, amount: bigint, ...options: readonly string[]): Promise<Run> {
    const place = ["--devnet", join(net.dir, "devnet.json"), "--data", join(net.dir, "direct")];
    const request = [key, net.record.accounts.bob.address, amount.toString()];
    const args = ["--disable-warning=ExperimentalWarning", EXAMPLE, ...request, ...place, ...options];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => child.kill("SIGTERM"), LIMIT_MS);
    const ended = new Promise<Pick<Run, "code" | "signal">>((resolve) =>
      child.once("close", (code, signal) => resolve({ code, signal })),
    );
    const [stdout, stderr, { code, signal }] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    clearTimeout(timer);
    return { code, signal, stderr, answer: stdout === "" ? null : (JSON.parse(stdout) as Run["answer"]) };
  }

  /** The log of a payment, in the draft's notation. */
  async function log(sessionId: string): Promise<string[]> {
    const run = await gatelog(["show", sessionId, "--notation", "draft", "--api", net.record.api.url]);
    return run.stdout.trim().split("\n");
  }

  const PAID = ["<p1, 1, init-pay, (GS)>", "<p1, 2, exec-pay, (GS)>", "<p1, 3, done-pay, (GS)>"];

  it("logs the decision, does the transaction and answers", async () => {
    const run = await pay("rent", 3n * UNIT);
    expect(run.code, run.stderr).to.equal(0);
    expect(run.answer).to.include({ outcome: "PAID" });
    expect(await net.goldOf("alpha", "bob")).to.equal(3n * UNIT);
    expect(await log(run.answer!.sessionId)).to.deep.equal(PAID);
  });

  it("gives a repeated request the same answer and does nothing more", async () => {
    const first = await pay("rent", 3n * UNIT);
    const second = await pay("rent", 3n * UNIT);
    expect(second.answer).to.deep.equal(first.answer);
    expect(await net.goldOf("alpha", "bob")).to.equal(3n * UNIT);
  });

  it("refuses another request under the same key", async () => {
    const run = await pay("rent", 4n * UNIT);
    expect(run).to.include({ code: 1, answer: null });
    expect(run.stderr).to.include("IDEMPOTENCY_CONFLICT");
    expect(await net.goldOf("alpha", "bob")).to.equal(3n * UNIT);
  });

  it("logs and answers that the ledger refuses", async () => {
    const run = await pay("too-much", 10_000n * UNIT);
    expect(run.code, run.stderr).to.equal(1);
    expect(run.answer).to.include({ outcome: "FAILED", code: "LEDGER_REJECTED" });
    expect(await log(run.answer!.sessionId)).to.deep.equal([PAID[0], "<p1, 3, fail-pay, (GS)>"]);
  });

  for (const [moment, moved] of [
    ["decided", 0n],
    ["prepared", 0n],
    ["sent", 5n * UNIT],
  ] as const)
    it(`pays once if the process is killed when the payment was ${moment}`, async () => {
      const had = await net.goldOf("alpha", "bob");
      const killed = await pay(`killed-${moment}`, 5n * UNIT, "--die-when", moment);
      expect(killed).to.include({ signal: "SIGKILL", answer: null });
      // A Hardhat node mines what it takes at once.
      expect(await net.goldOf("alpha", "bob")).to.equal(had + moved);
      const again = await pay(`killed-${moment}`, 5n * UNIT);
      expect(again.code, again.stderr).to.equal(0);
      expect(again.stderr).to.include("recovered: ");
      expect(await net.goldOf("alpha", "bob")).to.equal(had + 5n * UNIT);
      expect(await log(again.answer!.sessionId)).to.deep.equal(PAID);
    });

  it("finishes what was begun before it takes a new payment", async () => {
    const had = await net.goldOf("alpha", "bob");
    await pay("begun", 1n * UNIT, "--die-when", "prepared");
    const next = await pay("next", 2n * UNIT);
    expect(next.code, next.stderr).to.equal(0);
    expect(await net.goldOf("alpha", "bob")).to.equal(had + 3n * UNIT);
  });

  // The same by HTTP: a log API that belongs to a gateway signs for its operator.
  it("sends what it had signed before anything newer if the log API is killed while the log is away", async () => {
    const { log: place, accounts, api } = net.record;
    const proxy = await startFaultProxy(place.rpcUrl);
    const port = await freePort();
    const config = net.writeConfig("operator.yaml", api.config, (given) => ({
      ...given,
      listen: `127.0.0.1:${port}`,
      store: { driver: "chain", rpcUrl: proxy.rpcUrl, carrierKey: { file: net.writeKey("betaOwner") } },
      operator: {
        name: GATEWAY_NAMES.beta,
        owner: accounts.betaOwner.address,
        logKey: { file: net.writeKey("betaLog") },
      },
      dataDir: "./operator-data",
    }));
    const url = `http://127.0.0.1:${port}`;
    const start = () => startService("api", { name: "operator-api", config, url, dir: net.dir });
    const path = `${url}/v1/sessions/${crypto.randomUUID()}`;
    const write = async (step: number) => {
      const body = JSON.stringify({ phase: 1, step, operation: "exec-count" });
      const headers = { "Content-Type": "application/json" };
      const response = await fetch(`${path}/entries`, { method: "POST", headers, body });
      return response.json();
    };

    let service = await start();
    try {
      expect(await write(1)).to.deep.equal({ success: true, response_data: "0" });
      await proxy.arm({
        kind: "refused",
        methods: ["eth_sendRawTransaction"],
        code: -32_005,
        message: "limit exceeded",
      });
      const asked = proxy.calls.length;
      const unanswered = write(2).catch(() => "no answer");
      await until(
        "the entry is on its way",
        () => proxy.calls.slice(asked).some(({ method }) => method === "eth_sendRawTransaction"),
        LIMIT_MS,
      );
      service.child.kill("SIGKILL");
      await service.child.exited;
      await unanswered;
      await proxy.calm();
      service = await start();
      expect(await write(3)).to.deep.equal({ success: true, response_data: "2" });
      const response = await fetch(`${path}/entries`);
      const { log: entries } = ((await response.json()) as { response_data: { log: { step: number }[] } })
        .response_data;
      expect(entries.map(({ step }) => step)).to.deep.equal([101, 102, 103]);
    } finally {
      await service.child.stop();
      await proxy.close();
    }
  });

  it("leaves a log that an auditor calls sound", async () => {
    const { rpcUrl, logRegistry } = net.record.log;
    const run = await gatelog(["--json", "verify", "--rpc-url", rpcUrl, "--log-registry", logRegistry]);
    expect(run.code, run.stderr).to.equal(0);
  });
});
