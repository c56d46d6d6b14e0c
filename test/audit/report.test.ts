import { expect } from "chai";
import { FINDINGS } from "../../src/audit/findings.ts";
import { renderComparison, type CheckpointComparison } from "../../src/audit/checkpoint/compare.ts";
import { renderProof, type ProofReport } from "../../src/audit/files/proof-check.ts";
import { renderText, toReport } from "../../src/audit/report/report.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { renderCopies } from "../../src/audit/verify-copies.ts";
import { ZERO_ADDRESS, ZERO_HASH } from "../../src/entry/hex.ts";
import { audit, kindOf, recorded, withByte } from "../support/doctored.ts";
import type { Recording } from "../support/recorded-reader.ts";
import { HOSTILE } from "../support/report-world.ts";
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

  describe("for a terminal", () => {
    const TEXT = HOSTILE.terminal;
    const SHOWN = "⟨U+001B⟩[2J⟨U+001B⟩[HVERDICT: sound⟨U+001B⟩[8m⟨U+202E⟩⟨U+000A⟩VERDICT: sound";

    /** With that text wherever a chain, a node or a file may have put it. */
    const hostile = async (): Promise<Verification> => {
      const verification = await audit(recording, doctored());
      const { trusted, findings } = verification;
      const file = {
        path: "a.jsonl",
        sha256: ZERO_HASH,
        from: "chain",
        madeAt: TEXT,
        madeBy: TEXT,
        program: TEXT,
      } as const;
      return {
        ...verification,
        trusted: {
          ...trusted,
          gateways: trusted.gateways.map((gateway) => ({ ...gateway, name: TEXT })),
          source: { file, notes: [TEXT] },
        },
        ledgers: [{ name: TEXT, chainId: 1, escrow: ZERO_ADDRESS, block: 1, ofOthers: 0, tokens: [] }],
        findings: findings.map((finding) => ({ ...finding, what: TEXT, expected: TEXT, found: TEXT })),
        unread: [{ what: TEXT, code: "TIMEOUT", message: TEXT }],
      };
    };

    const expectShown = (text: string, verdicts: number): void => {
      expect(text).to.include(SHOWN);
      expect(text).to.not.match(/[^\n\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/u);
      expect(text.split("\n").filter((line) => line.startsWith("VERDICT"))).to.have.length(verdicts);
    };

    it("shows what others have written by its number, and line for line", async () => {
      const text = renderText(await hostile());
      expectShown(text, 1);
      // Names of two gateways, the ledger twice, the file's two members, a note, a finding's three, what was not read.
      expect(text.split(SHOWN)).to.have.length(2 + 2 + 2 + 1 + 3 + 2 + 1);
    });

    it("does so of two files, of a proof, and of two checkpoints", async () => {
      const verification = await hostile();
      const findings = toReport(verification).findings;
      const comparison = {
        ...{ sessions: { both: 1, onlyFirst: 0, onlySecond: 0 }, sameEntries: 1, longer: [], longerCount: 0 },
        ...{ findings, findingCount: findings.length },
      };
      const copies = { verdict: "findings", files: [verification, verification], comparison, partings: [] } as const;
      expectShown(renderCopies(copies), 3);
      const proof: ProofReport = {
        ...{ verdict: "findings", signer: ZERO_ADDRESS, anchor: null, checked: [TEXT], trusted: [TEXT] },
        entry: { sessionId: "", gatewayId: ZERO_HASH, index: 0, epoch: 1, entryHash: ZERO_HASH },
        findings: [{ code: "INVALID_ENTRY", message: TEXT }],
      };
      expectShown(renderProof(proof), 1);
      const side = {
        ...{ file: TEXT, block: { number: 1, hash: ZERO_HASH }, headsHash: ZERO_HASH, stateHash: ZERO_HASH },
        ...({ verdict: "sound", auditors: [] } as const),
      };
      const checkpoints: CheckpointComparison = { verdict: "equal", files: [side, side], parting: null };
      expectShown(renderComparison(checkpoints), 0);
    });
  });

  it("says how many sessions an earlier run had, and that they are believed", async () => {
    const verification = await audit(recording);
    const counts = { sessions: 3, entries: 40, anchors: 0, refused: 0 };
    const text = renderText({ ...verification, earlier: { ...counts, block: 7 } });
    expect(text)
      .to.include("Sessions (1)\n")
      .and.include("\n  … and 3 sessions of an earlier run, up to block 7, believed\n");
    expect(renderText(verification)).to.not.include("earlier run");
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
