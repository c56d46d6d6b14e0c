import { expect } from "chai";
import type { SessionId } from "../../src/entry/hex.ts";
import type { Logging } from "../../src/entry/session.ts";
import { createExchange } from "../../src/gateway/exchange.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import type { GatewayOptions } from "../../src/gateway/ports.ts";
import type { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { routeLogs, type RoutedLogStore, type RoutedMember } from "../../src/store/routed-log-store.ts";
import { SessionHomes } from "../../src/store/session-homes.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";
import { Mortal } from "../support/mortal.ts";

const LOGGINGS = ["local", "chain"] as const satisfies readonly Logging[];

/** Two gateways that serve private logs and the shared one, in one process. */
class SeveralLogs {
  readonly stage = new GatewayStage("chain");
  readonly files: Readonly<Record<Name, MemoryLogStore>> = { alpha: this.stage.newLog(), beta: this.stage.newLog() };
  readonly stores: Partial<Record<Name, RoutedLogStore>> = {};

  constructor() {
    this.stage.peers.onSend = () => Promise.resolve(); // the stage looks in the shared log alone
  }

  optionsOf(name: Name): GatewayOptions {
    return { ...this.stage.parties[name].options, loggings: LOGGINGS };
  }

  portsOf(name: Name) {
    const { stage } = this;
    const settled = () => Promise.resolve();
    const members = new Map<Logging, RoutedMember>([
      ["local", { store: this.files[name], flush: settled }],
      ["chain", { store: stage.log, flush: settled }],
    ]);
    const store = routeLogs(members, new SessionHomes());
    this.stores[name] = store;
    const { process } = stage.parties[name];
    const ports = { ...stage.portsOf(name), store: process.wrap(store), outbox: process.wrap(store) };
    return { ...ports, privateLogs: { copies: store.copies(), runs: process.wrap(stage.peers) } };
  }

  async start(...names: readonly Name[]): Promise<void> {
    for (const name of names) {
      const party = this.stage.parties[name];
      party.process = new Mortal();
      party.gateway = createGateway(this.portsOf(name), this.optionsOf(name));
      await party.gateway.start();
      this.stage.connect(name);
    }
  }

  async transfer(key: string, logging: Logging | undefined, from: Name = "alpha"): Promise<SessionId> {
    return this.stage.transfer(from, key, logging ? { profile: { logging } } : {});
  }

  async untilDone(sessionId: SessionId): Promise<void> {
    await this.stage.clock.until(async () => {
      const outcomes = await Promise.all(NAMES.map((name) => this.outcome(name, sessionId)));
      return outcomes.every((outcome) => outcome !== "IN_DOUBT");
    });
  }

  /** IN_DOUBT too as long as the gateway has not heard of it. */
  async outcome(name: Name, sessionId: SessionId): Promise<string> {
    return this.stage.status(name, sessionId).then(
      ({ outcome }) => outcome,
      () => "IN_DOUBT",
    );
  }
}

describe("Gateways with private logs and a shared one", () => {
  let world: SeveralLogs;

  beforeEach(async () => {
    world = new SeveralLogs();
    await world.start(...NAMES);
  });
  afterEach(() => world.stage.stop());

  const expectCommitted = async (sessionId: SessionId): Promise<void> => {
    for (const name of NAMES) expect(await world.outcome(name, sessionId), name).to.equal("COMMITTED");
  };

  for (const logging of LOGGINGS) {
    it(`commit a session whose log is ${logging}, and keep it there alone`, async () => {
      const sessionId = await world.transfer("one", logging);
      await world.untilDone(sessionId);
      await expectCommitted(sessionId);
      const { facts } = await world.stage.status("beta", sessionId);
      const log = logging === "chain" ? world.stage.parties.beta.options.log : null;
      expect(facts).to.deep.include({ register: logging === "chain" ? "log" : "destination", log });
      const { stage, files } = world;
      const elsewhere = logging === "chain" ? [files.alpha, files.beta] : [stage.log];
      for (const store of elsewhere) await expectRejection(store.session(sessionId), "UNKNOWN_SESSION");
    });

    it(`go on with a session whose log is ${logging} once both are started again`, async () => {
      const { stage } = world;
      const { chain } = stage.parties.beta;
      chain.onMined = (action) => {
        if (action === "mint") for (const name of NAMES) stage.kill(name);
      };
      const sessionId = await world.transfer("killed", logging);
      await stage.clock.until(() => stage.parties.beta.process.isDead);
      chain.onMined = () => undefined;
      await world.start(...NAMES);
      await world.untilDone(sessionId);
      await expectCommitted(sessionId);
      for (const name of NAMES) {
        const told = stage.parties[name].events.filter((event) => event.type === "resumed");
        expect(told.map((event) => event.sessionId)).to.deep.equal([sessionId]);
      }
    });
  }

  it("commit sessions of both at once, in both directions", async () => {
    const sessions = [
      await world.transfer("a", "local"),
      await world.transfer("b", "chain"),
      await world.transfer("c", "local", "beta"),
      await world.transfer("d", "chain", "beta"),
    ];
    for (const sessionId of sessions) await world.untilDone(sessionId);
    for (const sessionId of sessions) await expectCommitted(sessionId);
    const { alpha } = world.stage.parties;
    expect((await alpha.gateway.sessions({ open: false })).map((status) => status.sessionId)).to.have.members(sessions);
  });

  it("take their default where a request names none, and refuse what they do not serve", async () => {
    const sessionId = await world.transfer("default", undefined);
    await world.untilDone(sessionId);
    expect((await world.stage.status("alpha", sessionId)).facts.profile.logging).to.equal("local");
    const asked = world.transfer("shared", "shared");
    await expectRejection(asked, "NOT_SERVED_HERE", { expected: "local chain", actual: "shared" });
    const { alpha, beta } = world.stage.parties;
    expect(alpha.gateway.identity.loggings).to.deep.equal(LOGGINGS);
    const query = {
      networkId: beta.chain.networkId,
      originChainId: alpha.chain.chainId,
      originToken: beta.chain.escrow,
    };
    expect(await beta.gateway.offer(query)).to.deep.include({ logging: "local", loggings: LOGGINGS });
  });

  it("propose nothing that the peer does not serve", async () => {
    const { beta } = world.stage.parties;
    const offered = beta.gateway.offer.bind(beta.gateway);
    beta.gateway.offer = async (query) => ({ ...(await offered(query)), logging: "chain", loggings: ["chain"] });
    await expectRejection(world.transfer("one", "local"), "NOT_SERVED_HERE", { expected: "chain", actual: "local" });
    await world.untilDone(await world.transfer("two", "chain"));
  });

  it("take entries of private logs, and word of the shared one, and neither in place of the other", async () => {
    const { alpha, beta } = world.stage.parties;
    const entryOf = async (sessionId: SessionId) => {
      const [entry] = (await world.stores.alpha?.read(sessionId, alpha.gatewayId, { from: 0, limit: 1 })) ?? [];
      if (!entry?.signature) expect.fail("no entry");
      return { ...entry, signature: entry.signature };
    };
    const local = await world.transfer("local", "local");
    const chain = await world.transfer("chain", "chain");
    for (const sessionId of [local, chain]) await world.untilDone(sessionId);
    await expectRejection(beta.gateway.onPeerMessage(local, await entryOf(local)), "NOT_SERVED_HERE");
    await beta.gateway.onPeerMessage(chain, await entryOf(chain));
    await expectRejection(beta.gateway.onPeerRun(chain, { entries: [await entryOf(chain)] }), "NOT_SERVED_HERE");
    await expectRejection(beta.gateway.peerLog(chain, { gatewayId: alpha.gatewayId, from: 0 }), "NOT_SERVED_HERE");
    expect((await beta.gateway.peerLog(local, { gatewayId: alpha.gatewayId, from: 0 })).entries).not.to.be.empty;
  });

  it("refuse at 1.2 what stands in another log than it says", async () => {
    // As somebody's gateway would do that opens a session of private logs in the registry.
    const routed = world.stores.alpha;
    if (!routed) expect.fail("no store");
    routed.openSession = (opening, first) => world.stage.log.openSession(opening, first);
    const sessionId = await world.transfer("misplaced", "local");
    await world.untilDone(sessionId);
    expect(await world.stage.status("beta", sessionId)).to.include({ outcome: "ABORTED" });
    expect((await world.stage.status("alpha", sessionId)).reason).to.include({ code: "INVALID_SESSION" });
  });

  it("are INVALID_CONFIG without what they need", () => {
    const ports = world.portsOf("alpha");
    const hooks = { onNews: () => undefined, onDispute: () => undefined, requireRoom: () => undefined };
    const options = world.optionsOf("alpha");
    const { privateLogs: _none, ...without } = ports;
    expectError(() => createExchange(without, options, hooks), "INVALID_CONFIG");
    expectError(() => createExchange(ports, { ...options, log: null }, hooks), "INVALID_CONFIG");
    expectError(() => createExchange(ports, { ...options, loggings: ["chain"] }, hooks), "INVALID_CONFIG");
    expectError(() => createExchange(ports, { ...options, loggings: ["local"] }, hooks), "INVALID_CONFIG");
  });
});
