import { expect } from "chai";
import { setBackups, takeover } from "../../../src/chain/gateway-succession.ts";
import type { Chain } from "../../../src/chain/chain.ts";
import { createLane, type Lane } from "../../../src/chain/lane.ts";
import { RegistryReader } from "../../../src/chain/registry-reader.ts";
import { hasEnded } from "../../../src/gateway/failover/authority.ts";
import { RegistryAuthority } from "../../../src/gateway/failover/registry-authority.ts";
import { developmentSigner } from "../../support/accounts.ts";
import { startHardhat, type TestChain } from "../../support/chains.ts";
import { ACCOUNTS, deployLog, registerTestGateway, type TestGateway, type TestLog } from "../../support/deploy.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { codeOf } from "../../support/store-doubles.ts";
import { until } from "../../support/until.ts";

const DEPTH = 4;

describe("RegistryAuthority", () => {
  const [bob, alice] = [developmentSigner(ACCOUNTS.bob), developmentSigner(ACCOUNTS.alice)];
  let node: TestChain;
  let log: TestLog;
  let gateway: TestGateway;
  let chain: Chain;
  let lane: Lane;

  // Blocks are final when four others stand on them, and nobody but the test mines those.
  beforeEach(async () => {
    node = await startHardhat("log");
    log = await deployLog(node);
    gateway = await registerTestGateway(log, "A");
    const access = { chain: log.chain, lane: log.lane, registry: log.logRegistry };
    const backups = [bob.address, alice.address];
    await setBackups(access, gateway.owner, gateway.gatewayId, { backups, takeoverInterval: 0 });
    await node.mine(DEPTH);
    chain = node.connect({ finality: { depth: DEPTH } });
    lane = createLane(chain, developmentSigner(ACCOUNTS.carrier));
  });
  afterEach(async () => {
    await lane.close();
    chain.close();
    await log.close();
    await node.close();
  });

  const access = () => ({ chain, lane, registry: log.logRegistry });
  const reader = () => new RegistryReader(chain, log.logRegistry);
  const authorityOf = (signer: typeof bob, of: RegistryReader = reader()) =>
    new RegistryAuthority({ access: access(), reader: of, signer }, gateway.gatewayId);
  /** By somebody else, over another connection, for which every block is final. */
  const takenOver = (by: typeof bob, expectedEpoch: number) =>
    takeover({ chain: log.chain, lane: log.lane, registry: log.logRegistry }, by, {
      gatewayId: gateway.gatewayId,
      expectedEpoch,
    });
  /** Blocks come until the work is done. */
  async function mining<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const done = work.finally(() => (isOver = true));
    done.catch(() => undefined);
    await until("the end of it", async () => {
      await node.mine();
      return isOver;
    });
    return done;
  }
  /** A node that is behind: it shows the group as it was. */
  async function lagging(): Promise<{ readonly reader: RegistryReader; catchUp: () => void }> {
    const old = await reader().succession(gateway.gatewayId);
    const current = reader();
    let isBehind = true;
    const behind = new Proxy(current, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name, object);
        if (name === "succession" && isBehind) return () => Promise.resolve(old);
        return typeof member === "function" ? (member.bind(object) as unknown) : member;
      },
    });
    return { reader: behind, catchUp: () => (isBehind = false) };
  }

  it("tells what the newest block says from what is final", async () => {
    const authority = authorityOf(alice);
    await takenOver(bob, 1);
    expect(await authority.group("latest")).to.deep.include({ epoch: 2, primary: bob.address, recoveryCount: 1 });
    const before = { epoch: 1, primary: gateway.logSigner.address, recoveryCount: 0, lastTakeover: null };
    expect(await authority.group("final")).to.deep.include(before);
    await node.mine(DEPTH - 1);
    expect(await authority.group("final"), "a block too early").to.deep.include(before);
    await node.mine();
    expect(await authority.group("final")).to.deep.equal(await authority.group("latest"));
  });

  it("has begun an epoch only when that is final", async () => {
    const authority = authorityOf(bob);
    let begun: unknown;
    const takingOver = authority.takeover(1).then((state) => (begun = state));
    await until("the takeover in a block", async () => (await authority.group("latest")).epoch === 2);
    await node.mine(DEPTH - 1);
    expect(await authority.group("final")).to.include({ epoch: 1 });
    expect(begun, "before it is final").to.equal(undefined);
    await node.mine();
    expect(await takingOver).to.include({ epoch: 2, primary: bob.address });
  });

  it("takes the answer of a node that is behind for none, and the takeover again for done", async () => {
    const { reader: behind, catchUp } = await lagging();
    const authority = authorityOf(bob, behind);
    await takenOver(bob, 1);
    await expectRejection(mining(authority.takeover(1)), "NODE_UNREACHABLE", { expected: 2, actual: 1 });
    catchUp();
    expect(await mining(authority.takeover(1))).to.include({ epoch: 2, primary: bob.address });
  });

  it("has begun none where somebody else has followed, or was first", async () => {
    await takenOver(bob, 1);
    expect(await codeOf(authorityOf(alice).takeover(1)), "another was first").to.equal("STALE_EPOCH");
    await takenOver(alice, 2);
    await node.mine(DEPTH);
    expect(await codeOf(authorityOf(bob).takeover(1)), "another has followed").to.equal("STALE_EPOCH");
  });

  it("ends no epoch by an answer of an older one, nor by one that names its own primary", () => {
    const state = { backups: [], recoveryCount: 0, lastTakeover: null };
    const ended = (epoch: number, primary: typeof bob) =>
      hasEnded({ ...state, epoch, primary: primary.address }, 2, bob.address);
    expect([ended(1, alice), ended(2, bob), ended(2, alice), ended(3, bob)]).to.deep.equal([
      false,
      false,
      false,
      false,
    ]);
    expect(ended(3, alice)).to.equal(true);
  });
});
