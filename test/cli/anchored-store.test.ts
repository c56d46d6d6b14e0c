import { expect } from "chai";
import { id } from "ethers";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listen, type Listener } from "../../src/api/listen.ts";
import { createLogApi } from "../../src/api/log-api.ts";
import { wireApi } from "../../src/cli/api-wiring.ts";
import { apiConfigSchema, checkedConfig } from "../../src/cli/config.ts";
import { wiringContext, type WiringContext } from "../../src/cli/wiring-context.ts";
import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { checkProof, entryProofSchema, renderProof } from "../../src/audit/files/proof-check.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import type { Expectation } from "../../src/audit/trust.ts";
import { verify } from "../../src/audit/verify.ts";
import type { Proof } from "../../src/client/log-answers.ts";
import { LogClient } from "../../src/client/log-client.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { Address } from "../../src/entry/hex.ts";
import { verifyInclusionProof } from "../../src/entry/inclusion-proof.ts";
import { developmentKey } from "../support/accounts.ts";
import { createAnchorWorld, type AnchorWorld } from "../support/anchor-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { freePort } from "../../src/cli/processes.ts";
import { ACCOUNTS } from "../support/deploy.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { expectNotDone, gatelog } from "../support/gatelog.ts";
import { makeEntries, sampleSession } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

describe("a log API with an anchored store", () => {
  let node: TestChain;
  let world: AnchorWorld;
  let context: WiringContext;
  let listener: Listener;

  before(async () => (node = await startHardhat("log")));
  after(() => node.close());
  beforeEach(async () => {
    world = await createAnchorWorld(node);
    mkdirSync(join(world.folder, "data"));
    writeFileSync(join(world.folder, "carrier.key"), developmentKey(ACCOUNTS.carrier), { mode: 0o600 });
  });
  afterEach(async () => {
    await listener.close();
    await context.cleanup.run();
    await world.close();
  });

  const configured = (rpcUrl: string, more: object = {}) => ({
    store: {
      driver: "anchored",
      store: { driver: "sqlite", path: "./data/logs.sqlite" },
      log: { chainId: node.chainId, registry: world.log.logRegistry },
      rpcUrl,
      carrierKey: { file: "./carrier.key" },
      ...more,
    },
    operator: { name: world.gateway.name, owner: world.gateway.owner, logKey: { env: "LOG_KEY" } },
  });

  /** Serves what is wired from the configuration; gives what it warns of. */
  async function serve(document: object): Promise<{ client: LogClient; warnings: readonly string[] }> {
    const file = join(world.folder, "api.yaml");
    const config = checkedConfig(document, apiConfigSchema, {}, "the test's");
    context = wiringContext(file, config.dataDir, { LOG_KEY: id(`${world.gateway.name} epoch 1`) });
    const { store, directory, operator, warnings, storeMetrics } = await wireApi(config, context);
    const deps = { store, directory, metrics: storeMetrics, ...(operator && { operator: operator.log }) };
    listener = await listen(createLogApi(deps));
    return { client: new LogClient({ baseUrl: listener.url }), warnings };
  }

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${listener.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1] ?? NaN);
  }

  async function write(client: LogClient) {
    const { facts, opening } = await sampleSession(world.gateway, null);
    const entries = await makeEntries(facts, world.gateway, 2);
    await client.openSession(opening);
    await client.append(facts.sessionId, entries);
    return { entries, log: { sessionId: facts.sessionId, gatewayId: world.gateway.gatewayId } };
  }

  it("gives the proof of an entry, once it is anchored", async () => {
    const { client, warnings } = await serve(configured(node.rpcUrl, { entries: 2 }));
    expect(warnings).to.deep.equal([]);
    const { entries, log } = await write(client);
    const proof = await until("it is anchored", async () => (await client.proof(log, 1)).inclusion ?? false);
    expect(verifyInclusionProof(entries[1]!, proof)).to.equal(true);
    expect(await world.roots()).to.deep.equal([proof.anchor.root]);
    expect(await metric("gatelog_unanchored_entries")).to.equal(0);
    expect(await metric("gatelog_anchoring_failing")).to.equal(0);
  });

  describe("an auditor who is handed the proof", function () {
    this.timeout(60_000);
    let proof: Proof;

    beforeEach(async () => {
      const { client } = await serve(configured(node.rpcUrl, { entries: 2 }));
      const { log } = await write(client);
      proof = await until("it is anchored", async () => {
        const found = await client.proof(log, 1);
        return found.inclusion !== null && found;
      });
    });

    const reader = () => new RpcReader(httpJsonRpc(node.rpcUrl), { registry: world.log.logRegistry });
    const codesOf = async (altered: unknown) => {
      const report = await checkProof(entryProofSchema.parse(altered), reader());
      expect(report.verdict).to.equal("findings");
      return report.findings.map(({ code }) => code);
    };
    /** As it goes over the wire. */
    const wire = () => ({ ...proof, entries: proof.entries.map(entryToJson) });

    it("checks it by itself, or against the chain, with `gatelog verify`", async () => {
      const file = join(world.folder, "proof.json");
      writeFileSync(file, JSON.stringify({ success: true, response_data: wire() }));
      const alone = await gatelog(["--json", "verify", "--proof", file]);
      expect(alone.code, alone.stderr).to.equal(0);
      expect(alone.json).to.have.property("trusted").with.length(2);
      const chain = ["--rpc-url", node.rpcUrl, "--log-registry", world.log.logRegistry];
      const whole = await gatelog(["verify", "--proof", file, ...chain]);
      expect(whole.code, whole.stderr).to.equal(0);
      expect(whole.stdout)
        .to.match(/^VERDICT: sound/)
        .and.not.include("Trusted");
    });

    it("finds another payload, index, signer, way, root, anchor and hash", async () => {
      const given = wire();
      const [entry] = given.entries;
      const { inclusion } = given;
      const other = id("other");
      expect(await codesOf({ ...given, entries: [{ ...entry, payload: { message: "x" } }] })).to.include(
        "WRONG_PAYLOAD_HASH",
      );
      expect(await codesOf({ ...given, entries: [{ ...entry, index: 0 }] })).to.include("INVALID_ENTRY");
      expect(await codesOf({ ...given, entryHash: other })).to.include("INVALID_ENTRY");
      expect(await codesOf({ ...given, signer: world.peer.signer.address })).to.deep.equal([
        "FOREIGN_SIGNATURE",
        "FOREIGN_SIGNATURE",
      ]);
      expect(await codesOf({ ...given, inclusion: { ...inclusion, path: [other] } })).to.deep.equal(["INVALID_ENTRY"]);
      const anchored = (change: object) => ({
        ...given,
        inclusion: { ...inclusion, anchor: { ...inclusion?.anchor, ...change } },
      });
      expect(await codesOf(anchored({ root: other }))).to.deep.equal(["INVALID_ENTRY", "INVALID_ENTRY"]);
      expect(await codesOf(anchored({ index: 7 }))).to.deep.equal(["INVALID_ENTRY"]);
      const elsewhere = entryProofSchema.parse(anchored({ registry: world.gateway.owner }));
      await expectRejection(checkProof(elsewhere, reader()), "WRONG_CHAIN");
    });

    it("holds it against what is pinned: the chain, the contract, the block and the key", async () => {
      const { block, ...place } = await reader().anchor();
      const { epoch, gatewayId, signer } = world.gateway;
      const keys = (key: Address) => ({ gateways: [{ gatewayId, keys: [{ epoch, key }] }] });
      const pinned = { ...place, block: { number: block.number, hash: block.hash }, ...keys(signer.address) };
      const check = (expected: Expectation, node?: RpcReader) =>
        checkProof(entryProofSchema.parse(wire()), node, 0, { ...pinned, ...expected });
      expect((await check({}, reader())).verdict).to.equal("sound");
      // Of two things that are taken on trust without a node, one is pinned.
      expect((await check({})).trusted).to.have.length(1);
      for (const change of [{ chainId: 1 }, { registry: world.gateway.owner }]) {
        await expectRejection(check(change, reader()), "WRONG_CHAIN");
        await expectRejection(check(change), "WRONG_CHAIN");
      }
      await expectRejection(check({ genesisHash: block.hash }, reader()), "WRONG_CHAIN");
      const found = async (expected: Expectation, node?: RpcReader) =>
        (await check(expected, node)).findings.map(({ code }) => code);
      expect(await found(keys(world.peer.signer.address))).to.deep.equal(["FOREIGN_SIGNATURE"]);
      expect(await found({ block: { number: 0, hash: block.hash } }, reader())).to.deep.equal(["WRONG_CHAIN"]);
      const file = join(world.folder, "pinned.json");
      writeFileSync(file, JSON.stringify({ chainId: 1 }));
      writeFileSync(join(world.folder, "proof.json"), JSON.stringify(wire()));
      const args = ["--json", "verify", "--proof", join(world.folder, "proof.json"), "--expect", file];
      expectNotDone(await gatelog(args), "WRONG_CHAIN");
    });

    it("could not tell where the anchor is not final and not there yet, and finds one that is said to be final", async () => {
      const given = wire();
      const ahead = (final: boolean) => {
        const anchor = { ...given.inclusion?.anchor, index: 7, final };
        return entryProofSchema.parse({ ...given, inclusion: { ...given.inclusion, anchor } });
      };
      const report = await checkProof(ahead(false), reader());
      expect({ verdict: report.verdict, findings: report.findings }).to.deep.equal({
        verdict: "could-not-tell",
        findings: [],
      });
      expect(renderProof(report)).to.match(/^VERDICT: could not tell: its anchor is not final/);
      expect((await checkProof(ahead(true), reader())).verdict).to.equal("findings");
    });

    it("could not tell where the entry is in no anchor", async () => {
      const { verdict } = await checkProof(entryProofSchema.parse({ ...wire(), inclusion: null }), reader());
      expect(verdict).to.equal("could-not-tell");
    });

    it("counts the anchor among what a whole registry holds", async () => {
      const { verdict, anchors, findings } = await verify(reader());
      expect({ verdict, anchors, findings }).to.deep.equal({ verdict: "sound", anchors: 1, findings: [] });
    });
  });

  it("starts and takes entries though the chain is away, and says so", async () => {
    const { client, warnings } = await serve(configured(`http://127.0.0.1:${await freePort()}`, { entries: 1 }));
    expect(warnings).to.have.length(1);
    const { log } = await write(client);
    expect((await client.proof(log, 0)).inclusion).to.equal(null);
    await until("it fails", async () => (await metric("gatelog_anchoring_failing")) === 1);
    expect(await metric("gatelog_unanchored_entries")).to.equal(2);
    expect(await metric("gatelog_unanchored_oldest_seconds")).to.be.greaterThan(0);
  });

  it("refuses a configuration that cannot anchor", async () => {
    await serve(configured(node.rpcUrl));
    const read = (document: object) => () => checkedConfig(document, apiConfigSchema, {}, "the test's");
    const members = (document: object) => expectError(read(document), "INVALID_CONFIG").context["members"];
    expect(members({ ...configured(node.rpcUrl), operator: undefined })).to.equal("operator");
    expect(members(configured(node.rpcUrl, { entries: 0, every: 0 }))).to.equal("store.entries store.every");
    expect(members(configured(node.rpcUrl, { store: { driver: "memory" } }))).to.equal("store.store.driver");
  });
});
