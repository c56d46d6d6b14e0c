import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import { ALPHA, ExchangeWorld } from "../support/exchange-side.ts";

/** Longer than what was compared beforehand counts. */
const STALE_MS = 1_001;

describe("the own log, compared with the peer's copy before it counts", () => {
  let world: ExchangeWorld;
  let pulls: number;

  beforeEach(async () => {
    world = await ExchangeWorld.create();
    const entries = await world.write(world.origin, 3);
    await world.send(world.origin, entries[2]);
    world.origin.fault = (call) => {
      if (call === "pull") pulls += 1;
    };
    pulls = 0;
  });

  async function prepared(): Promise<void> {
    await world.origin.exchange.prepare([await world.origin.store.session(world.sessionId)]);
    expect(pulls).to.be.at.least(1);
    pulls = 0;
  }
  const flush = () => world.origin.exchange.flush(world.sessionId);

  it("is not asked for again a moment later", async () => {
    await prepared();
    await flush();
    expect(pulls).to.equal(0);
  });

  it("is asked for again once it has grown, or a while has gone by", async () => {
    await prepared();
    await world.write(world.origin, 1);
    await flush();
    expect(pulls, "grown").to.be.at.least(1);
    await prepared();
    await world.clock.pass(STALE_MS);
    await flush();
    expect(pulls, "old").to.be.at.least(1);
  });

  it("is asked for again where the peer has more, and only then is it taken", async () => {
    const { origin, sessionId } = world;
    origin.restart(await world.backup(origin, 2));
    await prepared();
    expect(await origin.log(sessionId, ALPHA), "nothing is changed beforehand").to.have.length(2);
    await flush();
    expect(pulls).to.be.at.least(1);
    expect(await origin.log(sessionId, ALPHA)).to.have.length(3);
  });

  it("is asked for again of a peer that could not be asked", async () => {
    const { fault } = world.origin;
    world.origin.fault = () => {
      pulls += 1;
      throw new GatelogError("PEER_UNREACHABLE", "the line is cut", {});
    };
    await prepared();
    world.origin.fault = fault;
    await flush();
    expect(pulls).to.be.at.least(1);
  });
});
