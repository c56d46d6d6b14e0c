import { expect } from "chai";
import { FINDINGS } from "../../src/audit/findings.ts";
import { renderText, toReport } from "../../src/audit/report/report.ts";
import { audit, kindOf, recorded, withByte } from "../support/doctored.ts";
import type { Recording } from "../support/recorded-reader.ts";
import { SOUND_STORIES, tellStory } from "../support/recovery-stories.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";

describe("the report", () => {
  let recording: Recording;
  before(async () => {
    recording = await recorded(async (world) => {
      const [a, b] = [await world.register("a"), await world.register("b")];
      await committedTransfer(world, await world.open(a, b, TRANSFER));
    });
  });

  const doctored = () => {
    const place = recording.logs.findLastIndex((log) => kindOf(log) === "EntryAppended");
    const log = recording.logs[place]!;
    return recording.logs.with(place, { ...log, data: withByte(log.data, 20, 1) });
  };

  it("says first what the verdict is and up to which block, and then what it rests on", async () => {
    const lines = renderText(await audit(recording)).split("\n");
    const { block, registry, genesisHash } = recording.anchor;
    expect(lines[0]).to.equal(
      `VERDICT: sound up to block ${block.number}, with the payloads of 44 of 44 entries (the whole registry)`,
    );
    expect(lines.join("\n")).to.include(registry).and.include(genesisHash).and.include("epoch 1: 0x");
    expect(lines.join("\n")).to.match(/COMMITTED \(ORIGIN\), closed; entries: 20 by the origin, 24 by the destination/);
  });

  it("names the first bad entry below the verdict, and each finding with what was expected and found", async () => {
    const text = renderText(await audit(recording, doctored()));
    expect(text).to.match(/^VERDICT: findings, 1 up to block/);
    expect(text).to.match(/First bad entry: session .+, gateway 0x\w{64}, index 23: entry altered/);
    expect(text).to.match(
      /ENTRY_ALTERED \(entry altered, critical\): session .+, index 23, block \d+\n.+\n {4}fields and signature: expected 0x\w{40}; found/,
    );
  });

  it("says what each ledger's escrow has beside what it owes, and how much of it was another log's", async () => {
    const { registry } = recording.anchor;
    const token = {
      ...({ token: registry, standard: "erc20", mode: "VAULT" } as const),
      ...{ owed: "7", extinguished: "5", balance: "12" },
    };
    const ledger = { name: "alpha", chainId: 31337, escrow: registry, block: 9, ofOthers: 2, tokens: [token] };
    const text = renderText({ ...(await audit(recording)), ledgers: [ledger, { ...ledger, ofOthers: 0, tokens: [] }] });
    expect(text).to.include(
      [
        "Ledgers",
        "  alpha: 1 token; 2 transfers of other logs, not looked at",
        `    erc20 ${registry}, mode vault: held 12, owed 7, extinguished 5`,
        "  alpha: no token",
      ].join("\n"),
    );
  });

  it("names the outcome by what was done: COMMIT that was undone is REVERSED (R5)", async () => {
    const reversed = await recorded(async (world) => {
      const [a, b] = [await world.register("a"), await world.register("b")];
      const story = SOUND_STORIES["the clock cancelled the mint, and both went back"];
      await tellStory(world, await world.open(a, b, TRANSFER), story);
    });
    const [session] = toReport(await audit(reversed)).sessions;
    expect(session).to.include({ outcome: "REVERSED", ground: "ORIGIN", findings: 0 });
  });

  it("is JSON with the same content", async () => {
    const report: unknown = JSON.parse(JSON.stringify(toReport(await audit(recording, doctored()))));
    expect(report).to.have.all.keys(
      ...["verdict", "session", "trusted", "entries", "anchors", "sessions", "ledgers", "findings"],
      ...["findingCount", "firstBadEntry", "unread", "refused"],
    );
    expect(report).to.have.nested.property("findings[0].code", "ENTRY_ALTERED");
    expect(report).to.have.nested.property("findings[0].meaning", FINDINGS.ENTRY_ALTERED.meaning);
    expect(report).to.have.nested.property("firstBadEntry.index", 23);
    expect(report).to.have.nested.property("sessions[0].outcome", "COMMITTED");
  });
});
