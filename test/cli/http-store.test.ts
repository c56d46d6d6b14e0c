import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { registerGateway } from "../../src/chain/register-gateway.ts";
import { wireSettlement } from "../../src/cli/settle-wiring.ts";
import { openShared } from "../../src/cli/store-wiring.ts";
import { storeSchema } from "../../src/cli/store-config.ts";
import { wiringContext, type WiringContext } from "../../src/cli/wiring-context.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { openApi, storeLike, type ApiWorld } from "../support/api-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { deployLedger, deployLog, type TestLedger, type TestLog } from "../support/deploy.ts";
import { expectRejection } from "../support/expect-error.ts";
import { expectNotDone, gatelog } from "../support/gatelog.ts";
import { makeEntries, sampleGateway, sampleKey, sampleSession, sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const RANGE = { from: 0, limit: 10 };

// A registry on a chain, and in front of it a log API that need not be honest.
describe("a store behind another's log API", function () {
  this.timeout(60_000);

  const gateway = sampleGateway("honest");
  /** The same gateway, in the words of a service that wants to sign for it. */
  const forged = { ...gateway, signer: sampleSigner("forger") };
  let node: TestChain;
  let log: TestLog;
  let ledger: TestLedger;
  let folder: { readonly path: string; remove(): Promise<void> };
  let api: ApiWorld | undefined;

  before(async () => {
    node = await startHardhat("log");
    log = await deployLog(node);
    ledger = await deployLedger(node);
    const owner = sampleSigner("honest owner");
    const group = { owner, name: gateway.name, key: gateway.signer.address, endpoints: ["http://127.0.0.1:1"] };
    await registerGateway({ chain: log.chain, lane: log.lane, registry: log.logRegistry }, group);
  });
  after(async () => {
    await log.close();
    await ledger.close();
    await node.close();
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    mkdirSync(join(folder.path, "data"));
  });
  afterEach(async () => {
    await api?.close();
    api = undefined;
    await folder.remove();
  });

  const domain = () => ({ chainId: node.chainId, registry: log.logRegistry });

  /** An API over a log of the gateway, all of it signed by this one; gives the session. */
  async function serve(signer: typeof gateway, wrap = (store: LogStore) => store) {
    const { gatewayId, epoch } = signer;
    const keys = [{ epoch, key: signer.signer.address }];
    const directory = new MemoryGatewayDirectory([{ gatewayId, epoch, keys, endpoints: [] }]);
    const store = new MemoryLogStore({ directory });
    const { facts, opening } = await sampleSession(signer, null);
    const entries = await makeEntries(facts, signer, 2);
    await store.openSession(opening, entries);
    api = await openApi(wrap(store), directory);
    return { url: api.url, sessionId: facts.sessionId, entries };
  }

  describe("with the registry's keys", () => {
    let context: WiringContext;

    beforeEach(() => {
      context = wiringContext(join(folder.path, "gateway.yaml"), "./data", {});
    });
    afterEach(() => context.cleanup.run());

    async function open(url: string, more: object) {
      const config = storeSchema.parse({ driver: "http", url, ...more });
      if (config.driver !== "http") expect.fail("another driver");
      const { store } = await openShared(config, domain(), context);
      context.cleanup.add(() => store.close());
      return store;
    }

    it("takes what the gateway has signed", async () => {
      const { url, sessionId, entries } = await serve(gateway);
      const store = await open(url, { rpcUrl: node.rpcUrl });
      expect(await store.read(sessionId, gateway.gatewayId, RANGE)).to.deep.equal(entries);
    });

    it("refuses what a service has signed with a key of its own, which nobody else can tell", async () => {
      const { url, sessionId, entries } = await serve(forged);
      const store = await open(url, { rpcUrl: node.rpcUrl });
      await expectRejection(store.session(sessionId), "CORRUPT_STORE");
      await expectRejection(store.read(sessionId, gateway.gatewayId, RANGE), "CORRUPT_STORE");
      // Without a node it is taken: the service is asked for the keys, too.
      expect(await (await open(url, {})).read(sessionId, gateway.gatewayId, RANGE)).to.deep.equal(entries);
    });

    it("has them for a session that is settled, too", async () => {
      const { url: api, sessionId } = await serve(forged);
      const nothing = { ledger: [], certifyKeyFile: [], certifyKeyEnv: [], certificate: [], finality: new Map() };
      const settling = (more: object) =>
        wireSettlement({ ...nothing, api, ...more }, { sends: false }, {}, context.cleanup);
      const named = await settling({ rpcUrl: node.rpcUrl, logRegistry: log.logRegistry });
      await expectRejection(named.store.session(sessionId), "CORRUPT_STORE");
      expect((await (await settling({})).store.session(sessionId)).logs).to.have.length(1);
      await expectRejection(settling({ rpcUrl: node.rpcUrl }), "MALFORMED");
    });

    it("has them for what a command shows, too", async () => {
      const { url, sessionId } = await serve(forged);
      const registry = ["--rpc-url", node.rpcUrl, "--log-registry", log.logRegistry];
      const [without, half, withIt] = await Promise.all([
        gatelog(["--json", "show", sessionId, "--api", url]),
        gatelog(["--json", "show", sessionId, "--api", url, ...registry.slice(0, 2)]),
        gatelog(["--json", "show", sessionId, "--api", url, ...registry]),
      ]);
      expect(without.code, without.stderr).to.equal(0);
      expectNotDone(half, "MALFORMED");
      expectNotDone(withIt, "CORRUPT_STORE");
    });
  });

  describe("of a gateway that is told to stop before it is ready", () => {
    let child: ChildProcess;
    let lines: string[];
    let waiting: (() => void)[];

    function start(url: string): void {
      const [ledgerId, logKey] = [`eip155:${node.chainId}`, { env: "LOG_KEY" }];
      const config = {
        ...{ name: gateway.name, owner: gateway.owner, logKey, log: domain() },
        store: { driver: "http", url, rpcUrl: node.rpcUrl },
        ledgers: [{ networkId: ledgerId, rpcUrl: node.rpcUrl, chainId: node.chainId, escrow: ledger.escrow }],
      };
      const file = join(folder.path, "gateway.yaml");
      writeFileSync(file, stringify(config));
      child = spawn(process.execPath, [MAIN, "gateway", "start", "--config", file], {
        env: { PATH: process.env["PATH"], LOG_KEY: sampleKey("honest epoch 1") },
        stdio: ["ignore", "ignore", "pipe"],
      });
      lines = [];
      waiting = [];
      createInterface({ input: child.stderr! }).on("line", (line) => {
        lines.push(line);
        for (const look of waiting.splice(0)) look();
      });
    }
    afterEach(() => child.kill("SIGKILL"));

    async function said(message: string): Promise<Record<string, unknown>> {
      for (;;) {
        const line = lines.find((each) => each.includes(`"${message}"`));
        if (line !== undefined) return JSON.parse(line) as Record<string, unknown>;
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended: ${lines.join("\n")}`);
        const next = new Promise<void>((resolve) => waiting.push(resolve));
        await Promise.race([next, once(child, "exit")]);
      }
    }

    it("answers what it has in hand, ends soundly, and takes two signals at once for one", async () => {
      const { promise: asked, resolve: wasAsked } = Promise.withResolvers<null>();
      const { promise: gate, resolve: letGo } = Promise.withResolvers<null>();
      const held = (store: LogStore): LogStore => ({
        ...storeLike(store),
        // The gateway's start hangs there …
        sessionsOf: async (...given) => gate.then(() => store.sessionsOf(...given)),
        // … and the request of a client here.
        session: async (sessionId) => {
          wasAsked(null);
          await gate;
          return store.session(sessionId);
        },
      });
      const { url, sessionId } = await serve(gateway, held);
      start(url);
      const { url: own } = await said("listening");
      const answer = fetch(`${String(own)}/v1/sessions/${sessionId}/length`).then(
        (response) => response.json(),
        String,
      );
      await asked;
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      child.kill("SIGINT");
      await said("stopping").finally(() => letGo(null));
      expect(await answer).to.deep.equal({ success: true, response_data: "2" });
      expect(await exited).to.deep.equal([0, null]);
      expect(lines.filter((line) => line.includes('"ready"'))).to.deep.equal([]);
    });
  });
});
