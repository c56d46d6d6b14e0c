import { expect } from "chai";
import { Restraint } from "../../../src/gateway/failover/restraint.ts";

const SILENCE_MS = 50;
const LIMIT_MS = 60_000;

describe("Restraint", () => {
  it("holds nobody back who has lost nothing", () => {
    expect(new Restraint(SILENCE_MS).leftMs(0)).to.equal(0);
  });

  it("holds back for twice the silence, from the loss on, and for twice as long after each that follows soon", () => {
    const restraint = new Restraint(SILENCE_MS);
    const pauses = [0, 1, 2, 3].map((place) => {
      const at = place * 500;
      restraint.lost(at);
      return restraint.leftMs(at);
    });
    expect(pauses).to.deep.equal([100, 200, 400, 800]);
    expect(restraint.leftMs(1_500 + 799)).to.equal(1);
    expect(restraint.leftMs(1_500 + 800)).to.equal(0);
  });

  it("holds back for a minute at the most, and forgives what is ten times as old as its pause", () => {
    const restraint = new Restraint(SILENCE_MS);
    let now = 0;
    for (let losses = 0; losses < 40; losses += 1) {
      restraint.lost(now);
      expect(restraint.leftMs(now)).to.be.at.most(LIMIT_MS);
      now += restraint.leftMs(now);
    }
    restraint.lost(now);
    expect(restraint.leftMs(now)).to.equal(LIMIT_MS);
    now += 10 * LIMIT_MS + 1;
    restraint.lost(now);
    expect(restraint.leftMs(now)).to.equal(2 * SILENCE_MS);
  });

  it("never holds back for less than the silence that it is told", () => {
    const restraint = new Restraint(2 * LIMIT_MS);
    restraint.lost(0);
    expect(restraint.leftMs(0)).to.equal(2 * LIMIT_MS);
  });
});
