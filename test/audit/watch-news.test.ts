import { expect } from "chai";
import { existsSync } from "node:fs";
import { watch } from "../../src/audit/checkpoint/watch.ts";
import { CheckpointFolder, PastReader, runOn } from "../support/checkpoints.ts";
import { RegistryWorld, type Party } from "../support/registry-world.ts";

describe("News of a watch", function () {
  this.timeout(60_000);
  let world: RegistryWorld;
  let folder: CheckpointFolder;
  let a: Party;
  let b: Party;

  beforeEach(async () => {
    folder = new CheckpointFolder();
    world = await RegistryWorld.open();
    a = await world.register("a");
    b = await world.register("b");
  });
  afterEach(async () => {
    folder.remove();
    await world.close();
  });

  /** Of the run after each step: whether it has read anything new. */
  const newsAfter = async (steps: readonly (() => Promise<unknown>)[]): Promise<boolean[]> => {
    const file = folder.file("checkpoint");
    const stop = new AbortController();
    const news: boolean[] = [];
    let done = 0;
    const reader = new PastReader(world);
    await watch(reader, () => runOn(reader, { ...(existsSync(file) && { from: file }), to: file }), {
      ...{ everyMs: 1_000, signal: stop.signal },
      onEvent: (event) => {
        if (event.type === "run") news.push(event.isNews);
      },
      sleep: async () => {
        const step = steps[done];
        done += 1;
        if (step === undefined) stop.abort();
        else await step();
      },
    });
    // The first run is news in any case.
    return news.slice(1);
  };
  const nothing = () => world.rpc("evm_mine", []);

  it("is that a session was closed or decided, and not that it is settled then", async () => {
    const session = await world.open(a, b);
    const close = async () => {
      await world.closeLog(session, a);
      await world.closeLog(session, b);
    };
    const decide = () => world.decide(session, "ABORT", true);
    expect(await newsAfter([close, nothing, decide, nothing, nothing])).to.deep.equal([
      true,
      false,
      true,
      false,
      false,
    ]);
  });

  it("is that a session of one gateway was closed, which nobody decides", async () => {
    const session = await world.open(a, null);
    const close = () => world.closeLog(session, a);
    expect(await newsAfter([close, nothing, nothing])).to.deep.equal([true, false, false]);
  });
});
