import { expect } from "chai";
import { shared, unlessAborted } from "../../../src/gateway/failover/patience.ts";

describe("work that many wait for", () => {
  it("is done once for all who ask while it is under way, and anew for who asks later", async () => {
    let times = 0;
    const ask = shared(() => Promise.resolve((times += 1)));
    expect(await Promise.all([ask(), ask(), ask()])).to.deep.equal([1, 1, 1]);
    expect(await ask()).to.equal(2);
  });

  it("is waited for until somebody gives up, and its failure is no news then", async () => {
    const stopping = new AbortController();
    const { promise, reject } = Promise.withResolvers<number>();
    const waited = unlessAborted(promise, stopping.signal);
    stopping.abort();
    expect(await waited).to.equal(undefined);
    reject(new Error("nobody waits for it"));
    expect(await unlessAborted(Promise.resolve(7), new AbortController().signal)).to.equal(7);
  });
});
