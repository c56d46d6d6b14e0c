import { expect } from "chai";
import { audit, kindOf, mutatedLogs, names, recorded } from "../support/doctored.ts";
import { sayRun } from "../support/stories.ts";
import type { Recording } from "../support/recorded-reader.ts";
import type { RegistryWorld } from "../support/registry-world.ts";

/** Two gateways, one with a new key and one moved; a session with answers and a run, committed and closed. */
async function modestStory(world: RegistryWorld): Promise<void> {
  const a = await world.register("a");
  const b = await world.register("b");
  await world.rotate(a);
  await world.moveTo(b, "v");
  const session = await world.open(a, b);
  const asked = await world.say(session, a, "init-prepare", { step: "prepare", payload: 1 });
  await world.say(session, b, "ack-prepare", { step: "prepare-ack", vote: "yes", causedBy: asked.entryHash });
  await sayRun(world, session, a, ["exec-burn", "done-burn"], { step: "burn" });
  await world.decide(session, "COMMIT", true);
  await world.closeLog(session, a);
  await world.closeLog(session, b);
  for (const digit of "78") await world.anchor(a, `0x${digit.repeat(64)}`, 3);
}

/** The kinds of event, and of decision, that the modest story has not: refused, late, and a session of one gateway alone. */
async function otherEnds(world: RegistryWorld): Promise<void> {
  const a = await world.register("a");
  const b = await world.register("b");
  const refused = await world.open(a, b);
  await world.say(refused, b, "ack-prepare", { step: "prepare-ack", vote: "no" });
  await world.decide(refused, "ABORT", false);
  const late = await world.open(a, b, { deadline: (await world.now()) + 100 });
  await world.moveClock(late.facts.deadline);
  await world.decide(late, "ABORT", false);
  const alone = await world.open(a, null);
  await world.say(alone, a, "init-other");
  await world.closeLog(alone, a);
}

/** Changes every byte of the events at these places, one at a time; returns what was not found, or not named. */
async function sweep(
  recording: Recording,
  sweeps: (kind: string) => boolean,
): Promise<{ count: number; missed: string[] }> {
  const missed: string[] = [];
  let count = 0;
  for (const [place, original] of recording.logs.entries()) {
    if (!sweeps(kindOf(original))) continue;
    for (const { where, log } of mutatedLogs(original)) {
      count += 1;
      const { verdict, findings } = await audit(recording, recording.logs.with(place, log));
      if (verdict !== "findings" || !findings.some((finding) => names(finding, original)))
        missed.push(`event ${place} (${kindOf(original)}), ${where}: ${findings.map(({ code }) => code).join(" ")}`);
    }
  }
  return { count, missed };
}

describe("verify over events with one byte changed", function () {
  this.timeout(180_000);

  it("finds every byte of every event, and names the entry, session or gateway", async () => {
    const recording = await recorded(modestStory);
    expect((await audit(recording)).verdict).to.equal("sound");
    const kinds = new Set(recording.logs.map(kindOf));
    expect([...kinds].sort()).to.deep.equal([
      "Anchored",
      "Decided",
      "EndpointsSet",
      "EntryAppended",
      "GatewayRegistered",
      "KeyRotated",
      "LogClosed",
      "SessionClosed",
      "SessionOpened",
    ]);
    const { count, missed } = await sweep(recording, () => true);
    expect(missed).to.deep.equal([]);
    expect(count).to.be.greaterThan(8_000);
  });

  it("finds every byte of decisions without a signature", async () => {
    const recording = await recorded(otherEnds);
    expect((await audit(recording)).verdict).to.equal("sound");
    const { missed } = await sweep(recording, (kind) => kind === "Decided");
    expect(missed).to.deep.equal([]);
  });
});
