import { expect } from "chai";
import { readLogs } from "../../src/audit/reading/reader.ts";
import { kindOf } from "../../src/audit/reading/event-decoder.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { Spool } from "../../src/audit/spool.ts";
import { UnreadList } from "../../src/audit/unread-list.ts";
import { verify } from "../../src/audit/verify.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { PastReader } from "../support/checkpoints.ts";
import { expectRejection } from "../support/expect-error.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { sampleGateway, sampleSession } from "../support/sample-log.ts";

describe("What an audit does not call sound", function () {
  this.timeout(60_000);
  let world: RegistryWorld;
  let a: Party;
  let b: Party;
  let session: WorldSession;

  before(async () => {
    world = await RegistryWorld.open();
    [a, b] = [await world.register("a"), await world.register("b")];
    session = await world.open(a, b);
    await world.say(session, a, "init-other");
  });
  after(() => world.close());

  const asked = (change: Partial<PastReader> = {}) => Object.assign(new PastReader(world), change);

  it("is a session that the registry has, and of which the node gives nothing", async () => {
    const { sessionId } = session.facts;
    const silent = new PastReader(world, undefined, (logs) =>
      logs.filter((log) => kindOf(log) === "GatewayRegistered"),
    );
    const { verdict, findings } = await verify(silent, { session: sessionId });
    expect(verdict).to.equal("findings");
    expect(findings.map(({ code, sessionId: named }) => [code, named])).to.deep.equal([["OPENING_MISSING", sessionId]]);
  });

  it("is nothing of which there are refused entries alone: anybody can have one refused under any id", async () => {
    const { facts } = await sampleSession(sampleGateway("stranger"), sampleGateway("other"));
    const foreign: WorldSession = { facts, origin: a, destination: b, seqNumber: 0, logs: new Map() };
    await world.batch([[foreign, await world.make(foreign, a, "init-other")]]);
    const { block } = await new PastReader(world).anchor();
    const logs = await readLogs(new PastReader(world), { fromBlock: block.number, toBlock: block.number });
    expect(logs.map(kindOf)).to.deep.equal(["EntryRefused"]);
    await expectRejection(verify(asked(), { session: facts.sessionId }), "UNKNOWN_SESSION");
  });

  it("is a session that began before the block from which it should be read", async () => {
    const { block } = await asked().anchor();
    const { verdict, entries } = await verify(asked(), { session: session.facts.sessionId, fromBlock: block.number });
    expect({ verdict, entries: entries.total }).to.deep.equal({ verdict: "findings", entries: 1 });
  });

  it("is no block at all", async () => {
    const { block } = await asked().anchor();
    await expectRejection(verify(asked(), { fromBlock: block.number + 1 }), "MALFORMED", { block: block.number });
  });

  it("is what has more events in one place than are looked at", async () => {
    const logs = await readLogs(new RpcReader(world.rpc, { registry: world.domain.registry }), {
      fromBlock: 0,
      toBlock: 9,
    });
    const spool = new Spool(1_500);
    const entry = logs.find((log) => kindOf(log) === "EntryAppended")!;
    spool.add({ log: entry, turn: "in turn" });
    expect(() => {
      for (let more = 0; more < 3; more += 1) spool.add({ log: entry, turn: "in turn" });
    })
      .to.throw(GatelogError, "more than 1500 bytes")
      .with.property("code", "TOO_LARGE");
    spool.close();
  });
});

describe("What could not be read", () => {
  const unread = (code: "TIMEOUT" | "MALFORMED", number: number) => ({
    what: `heads ${number}`,
    code,
    message: "slow",
  });

  it("is named up to a limit, and counted behind it", () => {
    const list = new UnreadList();
    expect(list.isEmpty).to.equal(true);
    for (let number = 0; number < 203; number += 1) list.add(unread("MALFORMED", number));
    expect(list.all).to.have.length(201);
    expect(list.all.at(-1)).to.include({ what: "more of the same", message: "3 times" });
    expect(list.isNodeLost, "an answer that makes no sense is one").to.equal(false);
  });

  it("tells that a node is gone by what it has left unanswered in a row", () => {
    const list = new UnreadList();
    for (let number = 0; number < 31; number += 1) list.add(unread("TIMEOUT", number));
    list.answered();
    for (let number = 0; number < 31; number += 1) list.add(unread("TIMEOUT", number));
    expect(list.isNodeLost).to.equal(false);
    list.add(unread("TIMEOUT", 32));
    expect(list.isNodeLost).to.equal(true);
  });

  it("is not asked for any more where the node is gone", async () => {
    const world = await RegistryWorld.open();
    try {
      const a = await world.register("a");
      for (let number = 0; number < 40; number += 1) await world.open(a, null);
      let questions = 0;
      const sessionOf = () => {
        questions += 1;
        return Promise.reject(new GatelogError("TIMEOUT", "slow"));
      };
      const { verdict, unread: named } = await verify(Object.assign(new PastReader(world), { sessionOf }), {
        threads: 1,
      });
      expect(verdict).to.equal("could-not-tell");
      expect(named.filter(({ what }) => what.startsWith("heads of"))).to.have.length(40);
      expect(questions).to.be.within(32, 39);
    } finally {
      await world.close();
    }
  });
});
