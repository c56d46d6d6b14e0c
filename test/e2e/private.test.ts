import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { conservationFaults, readHoldings, type Holdings } from "../../scripts/demo/assets.ts";
import type { Service } from "../../scripts/demo/services.ts";
import { parseCanonical } from "../../src/entry/canonical.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { hashSchema, type GatewayId } from "../../src/entry/hex.ts";
import { checkLog, startOfLog } from "../../src/entry/log-check.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { StaticGatewayDirectory } from "../../src/store/static-gateway-directory.ts";
import { GatelogNet, type Side } from "../support/gatelog-net.ts";
import { gatelog } from "../support/gatelog.ts";
import { until } from "../support/until.ts";

const UNIT = 10n ** 18n;
/** Far more than a case takes on a quiet machine; waiting inside has limits of its own. */
const CASE_LIMIT_MS = 240_000;
/** Until what is under way must have arrived. */
const LIMIT_MS = 60_000;
const SIDES = ["alpha", "beta"] as const satisfies readonly Side[];
/** Entries that name what was done on the writer's ledger. */
const DONE = /^done-(lock|burn|mint|assign|rollback-(unlock|recreate|cancel))$/;
const headsSchema = z.object({
  response_data: z.object({ logs: z.array(z.object({ length: z.int(), closed: z.boolean() })) }),
});
const receiptSchema = z.looseObject({ transactionHash: hashSchema.nullable(), blockNumber: z.int() });

// Two real ledgers and two real gateways, each with its logs in a file of its own: no process writes to the log chain.
describe("A transfer with private logs", function () {
  this.timeout(CASE_LIMIT_MS);

  let net: GatelogNet;
  let holdings: Holdings;
  const gateways = new Map<Side, Service>();
  const sessions: string[] = [];

  before(async () => {
    net = await GatelogNet.open();
    holdings = await readHoldings(net.record);
    await Promise.all(SIDES.map(start));
    const { alpha, beta } = net.record;
    await net.approve("alpha", "alice", alpha.erc20, 1_000n * UNIT);
    await net.approve("beta", "bob", beta.erc20, 1_000n * UNIT);
    for (const deed of [7n, 9n]) await net.approve("alpha", "alice", alpha.erc721, deed);
  });
  after(() => net.stop());

  async function start(side: Side): Promise<void> {
    gateways.set(side, await net.startGateway(side, join(net.dir, `${side}-private.yaml`)));
  }

  async function ended(side: Side, signal: NodeJS.Signals) {
    const gateway = gateways.get(side);
    gateway?.child.kill(signal);
    return gateway?.child.exited;
  }

  async function transfer(from: Side, idempotencyKey: string, asset: object): Promise<string> {
    const { sessionId } = await net.client(from).transfer(net.request(from, { idempotencyKey, asset }));
    sessions.push(sessionId);
    return sessionId;
  }

  /** Of the origin, and of the destination, which knows the session only when the first message has come. */
  async function outcomes(sessionId: string, from: Side = "alpha"): Promise<string[]> {
    const order = from === "alpha" ? SIDES : SIDES.toReversed();
    const found: string[] = [];
    for (const side of order) found.push((await net.outcome(side, sessionId)).outcome);
    return found;
  }

  it("commits: the deed is gone on alpha and the beneficiary's on beta", async () => {
    const file = net.writeRequest("alpha", { idempotencyKey: "deed-7", asset: net.deed("alpha", 7n) });
    const run = await gatelog(["--json", "transfer", file, "--gateway", net.record.gateways.alpha.url, "--wait"]);
    expect(run.code, run.stderr).to.equal(0);
    const status = run.json as { sessionId: string; outcome: string; facts: object };
    expect(status.outcome).to.equal("COMMITTED");
    expect(status.facts).to.deep.include({ register: "destination", log: null });
    sessions.push(status.sessionId);
    expect(await outcomes(status.sessionId)).to.deep.equal(["COMMITTED", "COMMITTED"]);
    expect([await net.ownerOf("alpha", 7n), await net.ownerOf("beta", 7n)]).to.deep.equal([
      null,
      net.record.accounts.bob.address,
    ]);
  });

  it("is unlocked again if the destination votes no", async () => {
    const sessionId = await transfer("alpha", "deed-9", net.deed("alpha", 9n));
    expect(await outcomes(sessionId)).to.deep.equal(["ABORTED", "ABORTED"]);
    expect(await net.ownerOf("alpha", 9n)).to.equal(net.record.accounts.alice.address);
  });

  it("is unlocked again if its client cancels it", async () => {
    const had = await net.goldOf("alpha", "alice");
    const sessionId = await transfer("alpha", "cancelled", net.gold("alpha", 5n * UNIT));
    const url = `${net.record.gateways.alpha.url}/v1/transfers/${sessionId}/cancel`;
    expect((await fetch(url, { method: "POST" })).status).to.equal(202);
    expect((await net.outcome("alpha", sessionId)).outcome).to.equal("ABORTED");
    expect(await net.goldOf("alpha", "alice")).to.equal(had);
  });

  for (const [from, killed, mark] of [
    ["alpha", "beta", "exec-mint"],
    ["alpha", "alpha", "exec-burn"],
    ["beta", "alpha", "exec-assign"],
    ["beta", "beta", "done-lock"],
  ] as const)
    it(`commits from ${from} once ${killed} is started again after a SIGKILL at ${mark}`, async () => {
      const sessionId = await transfer(from, `${killed}-${mark}`, net.gold(from, 7n * UNIT));
      await net.seen(killed, sessionId, { event: "entry", mark });
      expect(await ended(killed, "SIGKILL")).to.deep.equal({ code: null, signal: "SIGKILL" });
      await start(killed);
      expect(await outcomes(sessionId, from)).to.deep.equal(["COMMITTED", "COMMITTED"]);
    });

  it("commits once both are started again, and one of them has lost its file but for a backup from before", async () => {
    // What ends behind the backup would be ended a second time, in other words: an older backup may start only where its peer answers.
    for (const each of sessions) await until(`both copies of ${each}`, () => isWhole(each), LIMIT_MS);
    expect(await ended("alpha", "SIGTERM")).to.deep.equal({ code: 0, signal: null });
    const file = join(net.dir, "alpha-private", "logs.sqlite");
    copyFileSync(file, `${file}.backup`);
    await start("alpha");
    const sessionId = await transfer("alpha", "backup", net.gold("alpha", 3n * UNIT));
    await net.seen("beta", sessionId, { event: "entry", mark: "exec-mint" });
    await ended("beta", "SIGKILL");
    await ended("alpha", "SIGKILL");
    for (const suffix of ["-wal", "-shm"]) if (existsSync(file + suffix)) rmSync(file + suffix);
    copyFileSync(`${file}.backup`, file);
    await start("alpha");
    const unknown = await fetch(`${net.record.gateways.alpha.url}/v1/transfers/${sessionId}`);
    expect(unknown.status, "the backup knows nothing of it").to.equal(404);
    await start("beta");
    await net.seen("alpha", sessionId, { event: "peer-entry", mark: "init-recover" });
    expect(await outcomes(sessionId)).to.deep.equal(["COMMITTED", "COMMITTED"]);
  });

  it("leaves the same logs on both sides, sound in themselves and true of the ledgers", async () => {
    for (const sessionId of sessions) await until(`both copies of ${sessionId}`, () => isWhole(sessionId), LIMIT_MS);
    for (const side of SIDES) expect(await ended(side, "SIGTERM")).to.deep.equal({ code: 0, signal: null });
    const { directory, keyOf } = directoryOf(net);
    const stores = SIDES.map(
      (side) => new SqliteLogStore({ directory }, { path: join(net.dir, `${side}-private`, "logs.sqlite") }),
    );
    for (const sessionId of sessions) {
      const records = await Promise.all(stores.map((store) => store.session(sessionId)));
      expect(records[0]?.opening, "one opening").to.deep.equal(records[1]?.opening);
      for (const [place, side] of SIDES.entries()) {
        const gatewayId = net.record.gateways[side].gatewayId as GatewayId;
        expect(
          records[place]?.logs.find((log) => log.gatewayId === gatewayId)?.closed,
          "its own log is closed",
        ).to.equal(true);
        const [atAlpha = [], atBeta = []] = await Promise.all(
          stores.map((store) => store.read(sessionId, gatewayId, { from: 0, limit: 250 })),
        );
        expect(atAlpha.map(markOf), `${side}'s log of ${sessionId}`).to.deep.equal(atBeta.map(markOf));
        expect(atAlpha).to.deep.equal(atBeta);
        checkLog(startOfLog(sessionId, records[0]?.sessionHash ?? "0x", gatewayId), atAlpha, keyOf);
        await expectOnLedger(side, atAlpha);
      }
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  it("makes and loses nothing", async () => {
    expect(conservationFaults(holdings, await readHoldings(net.record))).to.deep.equal([]);
  });

  /** Both have closed their logs, and have all of each other's. */
  async function isWhole(sessionId: string): Promise<boolean> {
    const heads = await Promise.all(
      SIDES.map(async (side) => {
        const response = await fetch(`${net.record.gateways[side].url}/v1/sessions/${sessionId}`);
        return headsSchema.parse(await response.json()).response_data.logs;
      }),
    );
    const lengths = heads.map((logs) => logs.map(({ length }) => length).join(" "));
    return lengths[0] === lengths[1] && heads.every((logs) => logs.some(({ closed }) => closed));
  }

  /** What the log says was done is a transaction to the escrow that succeeded, in that block. */
  async function expectOnLedger(side: Side, log: readonly LogEntry[]): Promise<void> {
    const { rpcUrl, chainId, escrow } = net.record[side];
    const provider = new JsonRpcProvider(rpcUrl, chainId, { staticNetwork: true });
    for (const entry of log.filter((each) => DONE.test(markOf(each)))) {
      const { transactionHash, blockNumber } = receiptSchema.parse(parseCanonical(entry.payload));
      if (transactionHash === null) continue; // found done by a process that had not sent it
      const receipt = await provider.getTransactionReceipt(transactionHash);
      expect([receipt?.status, receipt?.to, receipt?.blockNumber], markOf(entry)).to.deep.equal([
        1,
        escrow,
        blockNumber,
      ]);
    }
    provider.destroy();
  }
});

/** Both gateways' keys, as each has them in its configuration. */
function directoryOf({ record }: GatelogNet) {
  const records = SIDES.map((side) => ({
    gatewayId: record.gateways[side].gatewayId as GatewayId,
    epoch: 1,
    keys: [{ epoch: 1, key: record.accounts[`${side}Log`].address }],
    endpoints: [],
  }));
  const keyOf = (gatewayId: GatewayId) => records.find((each) => each.gatewayId === gatewayId)?.keys[0]?.key;
  return { directory: new StaticGatewayDirectory(records), keyOf };
}
