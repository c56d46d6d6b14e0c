import { expect } from "chai";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import type { ClosingStatement } from "../../src/entry/statements.ts";
import { publicKeyOf } from "../../src/gateway/backups.ts";
import { logPageSchema, logRunSchema, runToJson, type PeerRun } from "../../src/gateway/runs.ts";
import { markOf } from "../../src/protocol/marks.ts";
import { ALPHA, BETA, ExchangeWorld } from "../support/exchange-side.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatewayStage } from "../support/gateway-stage.ts";
import {
  makeEntries,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  sampleSigner,
  type SampleGateway,
} from "../support/sample-log.ts";

const [SECOND, THIRD] = [sampleGateway("alpha", 2), sampleGateway("alpha", 3)];

describe("the end of a log that was closed in an earlier epoch", () => {
  let world: ExchangeWorld;
  let entries: SignedEntry[];

  /** The peer has two of four entries; the log is closed, and then its gateway has another key. */
  beforeEach(async () => {
    world = await ExchangeWorld.create();
    const { origin } = world;
    const first = await world.write(origin, 2);
    await world.send(origin, first[1]);
    entries = [...first, ...(await world.write(origin, 2))];
    await world.close(origin);
    world.directory.rotateKey(ALPHA.gatewayId, SECOND.signer.address);
  });

  const copy = () => world.destination.log(world.sessionId, ALPHA);
  const page = (from = 2): Promise<PeerRun> =>
    world.origin.exchange.page(world.sessionId, { gatewayId: ALPHA.gatewayId, from });
  const receive = (run: PeerRun) => world.destination.exchange.receive(world.sessionId, run);

  async function closingOf(change: Partial<ClosingStatement> = {}, by: SampleGateway = SECOND) {
    const { facts } = world.session;
    const { gatewayId, epoch, signer } = by;
    const head = { gatewayId, epoch, length: 4, lastEntryHash: entries[3]!.entryHash };
    return signClosing(facts, { ...head, ...change }, signer);
  }

  describe("reaches the peer", () => {
    beforeEach(() => world.origin.restart(undefined, { gateway: SECOND }));

    it("that asks for it", async () => {
      const [news] = await world.write(world.destination, 1);
      await world.send(world.destination, news);
      expect(await copy()).to.deep.equal(entries);
      expect(world.destination.troubles).to.be.empty;
      expect(world.destination.news).to.deep.equal([2, 4]);
    });

    it("that it is brought to", async () => {
      await world.send(world.origin, entries[3]);
      expect(await copy()).to.deep.equal(entries);
    });

    it("with what shows the right to an epoch that the peer has not heard of", async () => {
      const { origin, destination } = world;
      const succession = () => ({ kind: "FAILOVER", credentials: "a list" }) as const;
      origin.restart(undefined, { gateway: THIRD, ports: { directory: sampleDirectory(THIRD, BETA), succession } });
      const shown: unknown[] = [];
      const credentials = {
        check: (claim: { epoch: number; credentials: unknown }) => {
          shown.push([claim.epoch, claim.credentials]);
          world.directory.rotateKey(ALPHA.gatewayId, THIRD.signer.address);
          return Promise.resolve();
        },
      };
      destination.restart(undefined, { ports: { credentials } });
      const [news] = await world.write(destination, 1);
      await world.send(destination, news);
      expect(shown).to.deep.equal([[3, "a list"]]);
      expect([await copy(), destination.troubles]).to.deep.equal([entries, []]);
    });
  });

  it("is refused if nothing of the current epoch stands behind it, and nothing of it is kept", async () => {
    const tail = entries.slice(2);
    const refused = async (closing: ClosingStatement | undefined, code: "STALE_EPOCH" | "FOREIGN_SIGNATURE") => {
      const expected = code === "STALE_EPOCH" ? { expected: 2, actual: 1 } : {};
      await expectRejection(receive({ entries: tail, closing }), code, expected);
    };
    await refused(undefined, "STALE_EPOCH");
    await refused(await closingOf({}, ALPHA), "STALE_EPOCH");
    await refused(await closingOf({ length: 3 }), "STALE_EPOCH");
    await refused(await closingOf({ lastEntryHash: entries[2]!.entryHash }), "STALE_EPOCH");
    await refused(await closingOf({ gatewayId: sampleGateway("gamma").gatewayId }), "STALE_EPOCH");
    const another = await sampleSession(ALPHA, sampleGateway("beta"));
    const head = { gatewayId: ALPHA.gatewayId, epoch: 2, length: 4, lastEntryHash: entries[3]!.entryHash };
    await refused(await signClosing(another.facts, head, SECOND.signer), "STALE_EPOCH");
    await refused(await closingOf({}, { ...SECOND, signer: ALPHA.signer }), "FOREIGN_SIGNATURE");
    await refused({ ...(await closingOf()), length: 5 }, "STALE_EPOCH");
    expect(await copy()).to.deep.equal(entries.slice(0, 2));
    expect(await receive({ entries: tail, closing: await closingOf() })).to.include({ holds: 4 });
  });

  it("is not what a former primary alone knows of", async () => {
    const { session } = world;
    const rival = await makeEntries(session.facts, ALPHA, 2, entries[1]);
    const other = await makeEntries(session.facts, { ...ALPHA, signer: sampleSigner("somebody") }, 1, entries[1]);
    for (const tail of [
      [rival[0]!],
      [...entries.slice(2), ...(await makeEntries(session.facts, ALPHA, 1, entries[3]))],
    ])
      await expectRejection(receive({ entries: tail, closing: await closingOf() }), "STALE_EPOCH");
    const claimed = [entries[2]!, { ...other[0]!, index: 3, entryHash: entries[3]!.entryHash }];
    await expectRejection(receive({ entries: claimed, closing: await closingOf() }), "INVALID_ENTRY");
    expect(await copy()).to.deep.equal(entries.slice(0, 2));
  });

  it("does not let in what is of a later epoch than the closing", async () => {
    const [late] = await makeEntries(world.session.facts, THIRD, 1, entries[1]);
    const closing = await closingOf({ length: 3, lastEntryHash: late!.entryHash });
    await expectRejection(receive({ entries: [late!], closing }), "STALE_EPOCH", { expected: 2, actual: 3 });
  });

  describe("is vouched for", () => {
    it("only where it is the end, by the writer's gateway, and only as long as that is primary", async () => {
      const { origin, destination, sessionId } = world;
      expect(await page(), "by the former primary").to.deep.equal({ entries: entries.slice(2) });
      origin.restart(undefined, { gateway: SECOND });
      expect((await page()).closing).to.deep.equal(await closingOf());
      expect(await page(4), "behind the end").to.deep.equal({ entries: [] });
      const theirs = await destination.exchange.page(sessionId, { gatewayId: ALPHA.gatewayId, from: 1 });
      expect(theirs, "by the peer").to.deep.equal({ entries: entries.slice(1, 2) });
    });

    it("only if the log is closed", async () => {
      const { destination, directory, sessionId } = world;
      const written = await world.write(destination, 1);
      const second = sampleGateway("beta", 2);
      directory.rotateKey(BETA.gatewayId, second.signer.address);
      destination.restart(undefined, { gateway: second });
      const given = await destination.exchange.page(sessionId, { gatewayId: BETA.gatewayId, from: 0 });
      expect(given).to.deep.equal({ opening: world.session.opening, entries: written });
    });
  });

  it("travels as JSON, both ways", async () => {
    world.origin.restart(undefined, { gateway: SECOND });
    const introduction = { epoch: 2, publicKey: await publicKeyOf(SECOND.signer), credentials: ["a list"] };
    const run = { ...(await page(0)), introduction };
    expect(run.closing?.epoch).to.equal(2);
    const json: unknown = JSON.parse(JSON.stringify(runToJson(run)));
    expect(logPageSchema.parse(json)).to.deep.equal(run);
    expect(logRunSchema.parse(json)).to.deep.equal(run);
  });
});

describe("a transfer whose origin had closed its log when it got another key", () => {
  it("ends at its destination too, though the last run was lost", async () => {
    const stage = new GatewayStage("local");
    const { gatewayId } = stage.parties.alpha;
    stage.peers.drops = (entry) => entry.gatewayId === gatewayId && markOf(entry) === "init-complete";
    let closed = false;
    stage.watch("alpha", (point) => {
      if (point !== "close") return;
      closed = true;
      stage.kill("alpha");
    });
    await stage.start();
    const sessionId = await stage.transfer("alpha");
    await stage.clock.until(() => closed);
    stage.watch("alpha", () => undefined);
    stage.peers.drops = () => false;
    const { length } = await stage.marks("alpha", sessionId);
    const held = await stage.parties.beta.log.read(sessionId, gatewayId, { from: 0, limit: 250 });
    expect(held.length).to.be.lessThan(length);
    stage.rotateKey("alpha");
    await stage.start("alpha");
    await stage.untilClosed(sessionId);
    expect(await stage.status("beta", sessionId)).to.include({ outcome: "COMMITTED" });
    await stage.stop();
  });
});
