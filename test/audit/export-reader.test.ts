import { expect } from "chai";
import { readdirSync } from "node:fs";
import { EventFile } from "../../src/audit/reading/event-file.ts";
import type { FindingCode } from "../../src/audit/findings.ts";
import { ExportReader } from "../../src/audit/files/export-reader.ts";
import { readLogs, type AuditReader } from "../../src/audit/reading/reader.ts";
import { renderText, toReport } from "../../src/audit/report/report.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { expectationSchema } from "../../src/audit/trust.ts";
import { verify } from "../../src/audit/verify.ts";
import type { VerifyExportOptions } from "../../src/audit/files/export-source.ts";
import { verifyExport } from "../../src/audit/files/verify-export.ts";
import type { Hash } from "../../src/entry/hex.ts";
import { kindOf } from "../support/doctored.ts";
import { expectRejection } from "../support/expect-error.ts";
import { altered, exportOf, fileIn, type Line } from "../support/export-files.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { committedTransfer, lateTransfer, refusedTransfer, sayRun, TRANSFER } from "../support/stories.ts";

interface Entry extends Line {
  readonly entry: Record<string, unknown> & { index: number; gatewayId: string; sessionId: string; signature: string };
}

/** Index of the entry of the first session that is spoiled. */
const SPOILED = 5;
const OTHER_HASH: Hash = `0x${"77".repeat(32)}`;

describe("an exported log, audited without a node", function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let world: RegistryWorld;
  let a: Party;
  let b: Party;
  let committed: WorldSession;
  let open: WorldSession;
  let text: string;

  before(async () => {
    folder = await temporaryFolder();
    world = await RegistryWorld.open();
    a = await world.register("a");
    b = await world.register("b");
    await world.setBackups(a, ["one"]);
    committed = await world.open(a, b, TRANSFER);
    await committedTransfer(world, committed, { midway: () => world.takeOver(a, "one") });
    await refusedTransfer(world, await world.open(b, a, TRANSFER));
    await world.moveTo(b, "elsewhere");
    await world.rotate(b);
    await lateTransfer(world, await world.open(a, b, { ...TRANSFER, deadline: (await world.now()) + 1_000 }));
    open = await world.open(a, null);
    await sayRun(world, open, a, ["init-other", "exec-other", "done-other"]);
    await world.anchor(a, `0x${"22".repeat(32)}`, 3);
    text = await exportOf(world);
  });
  after(async () => {
    await world.close();
    await folder.remove();
  });

  const reader = () => new RpcReader(world.rpc, { registry: world.domain.registry });
  const audit = (content: string, options: VerifyExportOptions = {}) =>
    verifyExport(fileIn(folder.path, content), options);

  it("has every event byte for byte, in the order of the chain", async () => {
    const file = await ExportReader.read(fileIn(folder.path, text));
    const { block } = await file.anchor();
    const query = { fromBlock: 0, toBlock: block.number };
    const ofNode = (await readLogs(reader(), query)).filter((log) => kindOf(log) !== "Anchored");
    expect(await readLogs(file, query)).to.deep.equal(ofNode);
    file.close();
  });

  it("has the verdict, the sessions and the keys that the node has, and says what it believed", async () => {
    const verification = await audit(text);
    expect(verification.findings).to.deep.equal([]);
    expect(verification.verdict).to.equal("sound");
    const [ofFile, ofNode] = [toReport(verification), toReport(await verify(reader()))];
    const { source, ...trusted } = ofFile.trusted;
    expect({ ...ofFile, trusted, anchors: null }).to.deep.equal({ ...ofNode, anchors: null });
    expect(source?.file).to.include({ from: "chain", madeBy: "a test" });
    expect(source?.notes.join()).to.include("as the file says, made by a test at 2026-01-02");
    expect(renderText(verification))
      .to.match(/^VERDICT: sound .*all that the file has/)
      .and.to.include("sha256 0x");
    expect(expectationSchema.safeParse(ofFile.trusted).success).to.equal(true);
  });

  it("is audited session by session, too", async () => {
    const { sessionId } = committed.facts;
    const verification = await audit(text, { session: sessionId });
    expect(verification.verdict).to.equal("sound");
    expect(verification.sessions.map((session) => session.sessionId)).to.deep.equal([sessionId]);
    await expectRejection(audit(text, { session: "00000000-0000-4000-8000-000000000001" }), "UNKNOWN_SESSION");
  });

  it("believes the heads of a node where one is named, and finds what the file's maker has cut off", async () => {
    expect((await audit(text, { node: reader() })).verdict).to.equal("sound");
    const cut = altered(text, cutEnd);
    // Whoever makes a file is believed for its heads, and says so.
    expect((await audit(cut)).verdict).to.equal("sound");
    const { findings } = await audit(cut, { node: reader() });
    expect(findings.map(({ code }) => code)).to.include("TAIL_CUT");
    expect(findings[0]).to.include({ code: "TAIL_CUT", sessionId: open.facts.sessionId, index: 0 });
  });

  it("does not go with a node of another chain, and finds another history of this one", async () => {
    const spoil = (change: object) =>
      altered(text, ([header]) => void Object.assign(header!["source"] as object, change));
    await expectRejection(audit(spoil({ chainId: 7 }), { node: reader() }), "WRONG_CHAIN");
    const block = (await reader().anchor()).block;
    const { findings } = await audit(spoil({ block: { ...block, hash: OTHER_HASH } }), { node: reader() });
    expect(findings.map(({ code, found }) => ({ code, found }))).to.deep.equal([
      { code: "SPLIT_VIEW", found: block.hash },
    ]);
    const later = await audit(spoil({ block: { ...block, number: block.number + 9 } }), { node: behind(reader()) });
    expect(later.verdict).to.equal("could-not-tell");
  });

  it("says that it cannot tell of a pinned block that is not its own", async () => {
    const pinned = await audit(text, { expect: { block: { number: 1, hash: OTHER_HASH } } });
    expect(pinned.verdict).to.equal("could-not-tell");
    expect(pinned.unread).to.have.length(1);
    const { block } = await reader().anchor();
    const own = await audit(text, { expect: { block: { number: block.number, hash: OTHER_HASH } } });
    expect(own.findings.map(({ code }) => code)).to.deep.equal(["TRUST_MISMATCH"]);
  });

  describe("that was altered with care", () => {
    const cases: readonly (readonly [string, FindingCode, (lines: Line[]) => Line[] | undefined])[] = [
      ["a payload", "PAYLOAD_ALTERED", onEntry((entry) => (entry["payload"] = { spoiled: true }))],
      ["a field", "ENTRY_ALTERED", onEntry((entry) => (entry["timestamp"] = 1))],
      ["a link", "ENTRY_ALTERED", onEntry((entry) => (entry["lastEntryHash"] = OTHER_HASH))],
      ["a hash that the file says beside", "ENTRY_ALTERED", onEntry((entry) => (entry["entryHash"] = OTHER_HASH))],
      ["a session's hash that the file says", "ENTRY_ALTERED", onEntry((entry) => (entry["sessionHash"] = OTHER_HASH))],
      ["a missing entry", "ENTRY_MISSING", (lines) => lines.toSpliced(placeOf(lines), 1)],
      ["a doubled entry", "ENTRY_DOUBLED", (lines) => lines.toSpliced(placeOf(lines), 0, lines[placeOf(lines)]!)],
      ["two lines in each other's place", "ENTRY_REORDERED", swapped],
    ];
    for (const [what, code, change] of cases)
      it(`finds ${what}, and names its entry`, async () => {
        const { findings, verdict } = await audit(altered(text, change));
        expect(verdict).to.equal("findings");
        expect(findings.map((finding) => finding.code)).to.include(code);
        expect(findings.find((finding) => finding.code === code)).to.include({
          ...{ sessionId: committed.facts.sessionId, gatewayId: a.gatewayId, index: SPOILED },
        });
      });

    it("finds a signature of somebody else", async () => {
      const signer = sampleSigner("somebody else");
      let digest: `0x${string}` = "0x";
      altered(
        text,
        onEntry((entry) => (digest = entry["entryHash"] as `0x${string}`)),
      );
      const signature = await signer.signDigest(digest);
      const { findings } = await audit(
        altered(
          text,
          onEntry((entry) => (entry.signature = signature)),
        ),
      );
      expect(findings[0]).to.include({ code: "SIGNATURE_FORGED", index: SPOILED, found: signer.address });
    });

    it("finds what is wrong with decisions, closings, heads and gateways", async () => {
      const codesOf = async (change: (lines: Line[]) => Line[] | undefined) =>
        (await audit(altered(text, change))).findings.map(({ code }) => code);
      const without = (kind: string) => (lines: Line[]) =>
        lines.toSpliced(
          lines.findIndex((line) => line.kind === kind),
          1,
        );
      expect(await codesOf(without("decision"))).to.include("DECISION_MISSING");
      expect(await codesOf(without("closing"))).to.include("CLOSING_MISSING");
      expect(await codesOf(without("closed"))).to.include("CLOSING_MISSING");
      expect(await codesOf(without("session"))).to.include("OPENING_MISSING");
      // With its head: then nobody says that it was registered.
      expect(await codesOf(without("gateway"))).to.include("OPENING_ALTERED");
      const onFirst = (kind: string, spoil: (line: Line) => unknown) => (lines: Line[]) =>
        void spoil(lines.find((line) => line.kind === kind)!);
      expect(
        await codesOf(onFirst("decision", (line) => Object.assign(line["statement"] as object, { decision: "ABORT" }))),
      ).to.include("DECISION_ALTERED");
      expect(
        await codesOf(onFirst("closing", (line) => Object.assign(line["statement"] as object, { length: 3 }))),
      ).to.include("CLOSING_ALTERED");
      expect(await codesOf(onFirst("session", (line) => (line["sessionHash"] = OTHER_HASH)))).to.include(
        "OPENING_ALTERED",
      );
      expect(await codesOf(onFirst("session", (line) => (line["closed"] = false)))).to.include("HEAD_MISMATCH");
      expect(await codesOf(onFirst("gateway", (line) => (line["endpoints"] = ["x"])))).to.deep.equal([
        "REGISTRY_ALTERED",
      ]);
      const key = sampleSigner("somebody else").address;
      expect(
        await codesOf(onFirst("gateway", (line) => Object.assign((line["chain"] as Gateway).changes[0]!, { key }))),
      ).to.include("REGISTRY_ALTERED");
    });
  });

  describe("that is not whole", () => {
    const gapsOf = async (content: string) => {
      const { verdict, unread } = await audit(content);
      expect(verdict).to.not.equal("sound");
      return unread.map(({ code, message }) => `${code} ${message}`).join("\n");
    };

    it("names a line that cannot be read by its number, and goes on", async () => {
      const lines = text.split("\n");
      const gaps = await gapsOf(lines.with(6, "{}").join("\n"));
      expect(gaps).to.match(/^MALFORMED line 7: /);
      const spaced = await gapsOf(lines.with(6, ` ${lines[6]!}`).join("\n"));
      expect(spaced).to.include("line 7: the line is no canonical JSON");
    });

    it("is never sound if its end is missing, or is not what the lines before it lead to", async () => {
      const cut = text.split("\n").slice(0, -2).join("\n");
      expect(await gapsOf(`${cut}\n`)).to.include("the file is cut");
      expect(await gapsOf(text.slice(0, -40))).to.include("MALFORMED");
      expect(await gapsOf(text.replace('"by":"a test"', '"by":"a liar"'))).to.include("it says sha256");
      expect(await gapsOf(text.replace(/"entries":\d+,"gateways"/, '"entries":1,"gateways"'))).to.include(
        "it says entries 1",
      );
    });

    it("tells of sessions that its maker left out, or was asked for", async () => {
      const skipped = { kind: "skipped", sessionId: "00000000-0000-4000-8000-000000000001", code: "INVALID_SESSION" };
      expect(await gapsOf(altered(text, (lines) => [...lines, skipped]))).to.include("INVALID_SESSION");
      const { sessionId } = open.facts;
      const named = await exportOf(world, [sessionId]);
      expect((await audit(named)).verdict).to.equal("sound");
      const lacking = altered(named, (lines) => lines.filter(({ kind }) => kind === "header" || kind === "gateway"));
      expect(await gapsOf(lacking)).to.include("the file was made of it, and does not have it");
    });

    it("is refused if it is no log at all", async () => {
      await expectRejection(audit("hello\n"), "MALFORMED");
      await expectRejection(audit(""), "MALFORMED");
      await expectRejection(audit(text.replace('"version":1', '"version":2')), "MALFORMED", { expected: 1 });
      await expectRejection(audit(`${text}${"x".repeat(1_100_000)}`), "TOO_LARGE");
      await expectRejection(verifyExport(`${folder.path}/nothing`), "MALFORMED");
    });
  });

  it("leaves no temporary file behind", async () => {
    const { TMPDIR } = process.env;
    process.env["TMPDIR"] = folder.path;
    try {
      await audit(text);
      await audit(altered(text, (lines) => lines.toSpliced(3, 2)));
      new EventFile(world.domain.registry).close();
    } finally {
      if (TMPDIR === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = TMPDIR;
    }
    expect(readdirSync(folder.path).filter((name) => name.startsWith("gatelog-audit-"))).to.deep.equal([]);
  });

  /** Entries of the last session, with heads that know nothing of them. */
  function cutEnd(lines: Line[]): Line[] {
    const session = lines.find(
      (line) => line.kind === "session" && (line["opening"] as Opening).facts.sessionId === open.facts.sessionId,
    );
    const [log] = session!["logs"] as Record<string, unknown>[];
    const [word] = (session!["chain"] as { logs: Record<string, unknown>[] }).logs;
    const at = (session!["chain"] as { at: { block: number } }).at.block;
    Object.assign(log!, { length: 0, lastEntryHash: `0x${"0".repeat(64)}` });
    Object.assign(word!, { length: 0, lastEntryHash: `0x${"0".repeat(48)}`, lastBlock: at });
    return lines.filter((line) => line.kind !== "entry" || (line as Entry).entry.sessionId !== open.facts.sessionId);
  }

  function placeOf(lines: readonly Line[]): number {
    return lines.findIndex((line) => isSpoiled(line));
  }

  function isSpoiled(line: Line): line is Entry {
    if (line.kind !== "entry") return false;
    const { entry } = line as Entry;
    return entry.sessionId === committed.facts.sessionId && entry.gatewayId === a.gatewayId && entry.index === SPOILED;
  }

  function onEntry(spoil: (entry: Entry["entry"]) => unknown) {
    return (lines: Line[]): undefined => {
      for (const line of lines) if (isSpoiled(line)) spoil(line.entry);
    };
  }

  /** The entry and the line behind it. */
  function swapped(lines: Line[]): Line[] {
    const place = placeOf(lines);
    return lines.with(place, lines[place + 1]!).with(place + 1, lines[place]!);
  }
});

interface Opening {
  readonly facts: { readonly sessionId: string };
}

interface Gateway {
  readonly changes: object[];
}

/** Whatever block it is asked about, it says what it holds now. */
function behind(reader: AuditReader): AuditReader {
  const now = async () => (await reader.anchor()).block.number;
  return {
    anchor: () => reader.anchor(),
    logs: (query) => reader.logs(query),
    logOf: async (session, gateway) => reader.logOf(session, gateway, await now()),
    sessionOf: async (session) => reader.sessionOf(session, await now()),
    decisionOf: async (session) => reader.decisionOf(session, await now()),
    gatewayOf: async (gateway) => reader.gatewayOf(gateway, await now()),
    anchorsOf: async (gateway) => reader.anchorsOf(gateway, await now()),
    anchorOf: async (gateway, index) => reader.anchorOf(gateway, index, await now()),
    blockOf: (block) => reader.blockOf(block),
  };
}
