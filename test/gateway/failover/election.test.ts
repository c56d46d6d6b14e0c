import { expect } from "chai";
import { keccak256 } from "ethers";
import { toHex, ZERO_HASH, type Address } from "../../../src/entry/hex.ts";
import { keySigner } from "../../../src/entry/signature.ts";
import { Election } from "../../../src/gateway/failover/election.ts";
import type { Ballot } from "../../../src/gateway/failover/member-transport.ts";
import { expectError } from "../../support/expect-error.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const SIGNERS = [1, 2, 3].map((place) => keySigner(toHex(keccak256(toHex(`0x0${place}`)))));
const KEYS = SIGNERS.map(({ address }) => address);

/** Backups that vote on one clock; `deaf` are reached by nothing. */
class Assembly {
  readonly clock = new FakeClock();
  readonly ballots: Ballot[] = [];
  readonly elections: readonly Election[];
  readonly deaf = new Set<Address>();
  /** Whoever wins goes ahead, and is seen. */
  isSettledByWinner = true;

  constructor() {
    const send = (to: Address, ballot: Ballot) => {
      this.ballots.push(ballot);
      if (!this.deaf.has(to)) this.elections[KEYS.indexOf(to)]?.receive(ballot, 1, KEYS);
    };
    const timing = { repeatMs: 10, phaseMs: 50 };
    this.elections = SIGNERS.map((signer) => new Election({ signer, clock: this.clock, send }, ZERO_HASH, timing));
  }

  /** What each of them comes to, with so many entries folded. */
  async run(progress: readonly number[], living: readonly Address[] = KEYS): Promise<(string | null)[]> {
    const results: (string | null | undefined)[] = progress.map(() => undefined);
    const all: unknown[] = [];
    for (const [place, entries] of progress.entries()) {
      const others = KEYS.filter((_, index) => index !== place);
      const question = { epoch: 1, others, living: others.filter((key) => living.includes(key)), progress: entries };
      const isOver = () => this.isSettledByWinner && results.some((result) => typeof result === "string");
      const running = this.elections[place]?.run({ ...question, isOver });
      all.push(running?.then((result) => (results[place] = result)));
    }
    await this.clock.until(() => results.every((result) => result !== undefined), 1_000);
    await Promise.all(all);
    return results.map((result) => result ?? null);
  }
}

describe("Election", () => {
  it("is won by the backup that is furthest, with the votes of most", async () => {
    expect(await new Assembly().run([5, 9, 7])).to.deep.equal([null, "QUORUM", null]);
  });

  it("is won by one of several that are equally far", async () => {
    const results = await new Assembly().run([4, 4, 4]);
    expect(results.filter((result) => result === "QUORUM")).to.have.length(1);
  });

  it("passes over one that was chosen and has not gone ahead", async () => {
    const assembly = new Assembly();
    assembly.isSettledByWinner = false;
    expect(await assembly.run([5, 9, 7])).to.deep.equal([null, "QUORUM", null]);
    expect(await assembly.run([5, 9, 7])).to.deep.equal([null, "FAILOVER", "QUORUM"]);
  });

  it("lets the only one that lives go ahead without the others, at once", async () => {
    const assembly = new Assembly();
    const before = assembly.clock.now();
    expect(await assembly.run([3], [])).to.deep.equal(["FAILOVER"]);
    expect(assembly.clock.now() - before).to.be.at.most(10);
  });

  it("goes on without one that seems alive and does not answer, when its time is over", async () => {
    const assembly = new Assembly();
    const before = assembly.clock.now();
    expect(await assembly.run([3], KEYS.slice(1, 2))).to.deep.equal(["FAILOVER"]);
    expect(assembly.clock.now() - before).to.be.within(50, 120);
  });

  it("refuses ballots that no backup of the group has signed, or of another epoch", async () => {
    const assembly = new Assembly();
    await assembly.run([3], []);
    const [ballot] = assembly.ballots;
    const [first] = assembly.elections;
    if (!ballot || !first) throw new Error("nobody has voted");
    expectError(() => first.receive({ ...ballot, progress: 99 }, 1, KEYS), "FOREIGN_SIGNATURE");
    expectError(() => first.receive(ballot, 1, KEYS.slice(1)), "FOREIGN_SIGNATURE");
    expectError(() => first.receive(ballot, 7, KEYS), "STALE_EPOCH");
  });
});
