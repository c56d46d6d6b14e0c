import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { CheckpointFile } from "../../src/audit/checkpoint/checkpoint-file.ts";
import { compareCheckpoints, renderComparison } from "../../src/audit/checkpoint/compare.ts";
import { cosign } from "../../src/audit/checkpoint/cosign.ts";
import { sessionIdToWord, type SessionId } from "../../src/entry/hex.ts";
import { CheckpointFolder, PastReader, runOn } from "../support/checkpoints.ts";
import { expectRejection } from "../support/expect-error.ts";
import { indexOf, kindOf } from "../support/doctored.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";

describe("Checkpoints of two auditors", function () {
  this.timeout(60_000);
  let world: RegistryWorld;
  let folder: CheckpointFolder;
  let a: Party;
  let b: Party;
  let open: WorldSession;

  beforeEach(async () => {
    folder = new CheckpointFolder();
    world = await RegistryWorld.open();
    a = await world.register("a");
    b = await world.register("b");
    await committedTransfer(world, await world.open(a, b, TRANSFER));
    open = await world.open(a, b);
    await world.say(open, a, "init-other");
  });
  afterEach(async () => {
    folder.remove();
    await world.close();
  });

  const [one, two] = [sampleSigner("auditor one"), sampleSigner("auditor two")];
  /** By another way: in two runs. */
  const makeTwo = async () => {
    const { number } = (await new PastReader(world).anchor()).block;
    await runOn(new PastReader(world), { to: folder.file("one") }, { made: { signer: one } });
    await runOn(new PastReader(world, number >> 1), { to: folder.file("half") });
    await runOn(
      new PastReader(world),
      { from: folder.file("half"), to: folder.file("two") },
      { made: { signer: two, at: "later", finality: "depth 3" } },
    );
  };
  const opened = (name: string) => CheckpointFile.open(folder.file(name));
  const compare = async (first: string, second: string) =>
    compareCheckpoints(await opened(first), await opened(second));

  it("are equal, whatever runs they took, and then both can sign one", async () => {
    await makeTwo();
    const comparison = await compare("one", "two");
    expect(comparison).to.deep.include({ verdict: "equal", parting: null });
    expect(comparison.files.map(({ auditors }) => auditors)).to.deep.equal([[one.address], [two.address]]);
    const lines = await cosign(await opened("one"), await opened("two"), two);
    writeFileSync(folder.file("both"), await textOf(lines!));
    const both = await opened("both");
    expect(both.end.signatures.map(({ auditor }) => auditor)).to.deep.equal([one.address, two.address]);
    for (const { address: auditor } of [one, two]) await CheckpointFile.open(folder.file("both"), { auditor });
    expect(await cosign(both, await opened("two"), two)).to.equal(null);
  });

  it("are different where a node has shown one of them something else, and nobody signs the other's", async () => {
    await makeTwo();
    const withoutLast = new PastReader(world, undefined, (logs) =>
      logs.filter((log) => !(kindOf(log) === "EntryAppended" && log === logs.at(-1) && indexOf(log) === 0)),
    );
    await runOn(withoutLast, { to: folder.file("cut") });
    const comparison = await compare("one", "cut");
    expect(comparison.verdict).to.equal("different");
    expect(comparison.parting).to.have.property("sessionId", open.facts.sessionId);
    expect(comparison.parting?.first?.logs.map(({ length }) => length)).to.deep.equal([1, 0]);
    expect(comparison.parting?.second?.logs.map(({ length }) => length)).to.deep.equal([0, 0]);
    expect(renderComparison(comparison)).to.include(`different: first in session ${open.facts.sessionId}`);
    await expectRejection(cosign(await opened("cut"), await opened("two"), two), "REFUSED", { what: "heads" });
    const { path } = await opened("one");
    await expectRejection(cosign(await opened("one"), await opened("one"), two), "REFUSED", { file: path });
  });

  it("are different where one has a session that the other has not", async () => {
    await makeTwo();
    const { sessionId } = open.facts;
    const word = `0x${sessionId.replaceAll("-", "")}${"0".repeat(32)}`;
    const withheld = new PastReader(world, undefined, (logs) => logs.filter(({ topics }) => topics[1] !== word));
    await runOn(withheld, { to: folder.file("withheld") });
    for (const [first, second, side] of [
      ["one", "withheld", "second"],
      ["withheld", "one", "first"],
    ] as const) {
      const { verdict, parting } = await compare(first, second);
      expect(verdict).to.equal("different");
      expect(parting).to.deep.include({ sessionId, [side]: null });
    }
  });

  it("of two blocks do not contradict each other if the later can have become of the earlier", async () => {
    await makeTwo();
    await world.say(open, a, "done-other");
    await world.closeLog(open, a);
    await world.closeLog(open, b);
    await runOn(new PastReader(world), { from: folder.file("one"), to: folder.file("later") });
    await world.decide(open, "ABORT", true);
    await world.open(b, a);
    await runOn(new PastReader(world), { from: folder.file("later"), to: folder.file("last") });
    for (const [first, second] of [
      ["one", "later"],
      ["later", "one"],
      ["later", "last"],
      ["half", "last"],
    ] as const)
      expect(await compare(first, second)).to.deep.include({ verdict: "could-not-tell", parting: null });
    await expectRejection(cosign(await opened("one"), await opened("later"), two), "REFUSED", { what: "block" });
  });

  it("of two blocks do not contradict each other by sessions that are new, where the earlier has one without an opening", async () => {
    const unopened = (...ids: readonly SessionId[]) =>
      new PastReader(world, undefined, (logs) =>
        logs.filter(
          (log) => kindOf(log) !== "SessionOpened" || !ids.some((id) => log.topics[1] === sessionIdToWord(id)),
        ),
      );
    const { sessionId } = open.facts;
    await runOn(unopened(sessionId), { to: folder.file("earlier") });
    await world.open(b, a);
    await runOn(unopened(sessionId), { to: folder.file("later") });
    // Less than any other id, and so before the one that both have without an opening.
    const next = await world.open(a, b, { sessionId: "00000000-0000-4000-8000-000000000001" });
    await world.say(next, a, "init-other");
    await runOn(unopened(sessionId, next.facts.sessionId), { to: folder.file("last") });
    for (const [first, second] of [
      ["earlier", "later"],
      ["later", "earlier"],
      ["earlier", "last"],
      ["later", "last"],
    ] as const)
      expect(await compare(first, second)).to.deep.include({ verdict: "could-not-tell", parting: null });
  });

  it("of two blocks are different if the later has a session of before that the earlier has not, the last one too", async () => {
    const { sessionId } = open.facts;
    const withheld = new PastReader(world, undefined, (logs) =>
      logs.filter(({ topics }) => topics[1] !== sessionIdToWord(sessionId)),
    );
    await runOn(withheld, { to: folder.file("withheld") });
    await world.open(b, a);
    await runOn(new PastReader(world), { to: folder.file("later") });
    for (const [first, second, side] of [
      ["withheld", "later", "first"],
      ["later", "withheld", "second"],
    ] as const) {
      const { verdict, parting } = await compare(first, second);
      expect(verdict).to.equal("different");
      expect(parting).to.deep.include({ sessionId, [side]: null });
    }
  });

  it("of two blocks are different if something is gone that was there", async () => {
    await makeTwo();
    const withoutEntry = new PastReader(world, undefined, (logs) =>
      logs.filter(
        (log) =>
          kindOf(log) !== "EntryAppended" ||
          log.topics[1] !== logs.findLast((each) => kindOf(each) === "EntryAppended")?.topics[1],
      ),
    );
    await world.rpc("evm_mine", []);
    await runOn(withoutEntry, { to: folder.file("gone") });
    const { verdict, parting } = await compare("one", "gone");
    expect(verdict).to.equal("different");
    expect(parting).to.have.property("sessionId", open.facts.sessionId);
  });

  it("of two registries have nothing to do with each other", async () => {
    await makeTwo();
    const other = await RegistryWorld.open(new Date(Date.now() - 3_600_000));
    try {
      await runOn(new PastReader(other), { to: folder.file("other") });
    } finally {
      await other.close();
    }
    await expectRejection(compare("one", "other"), "WRONG_CHAIN");
  });
});

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const line of lines) text += line;
  return text;
}
