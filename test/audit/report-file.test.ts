import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { z } from "zod";
import { verifyExport } from "../../src/audit/files/verify-export.ts";
import { checkReport, renderReportCheck } from "../../src/audit/report/report-check.ts";
import {
  MAX_SESSIONS,
  readReport,
  renderReportJson,
  reportDigest,
  toDisputeFile,
  toJson,
  toReportFile,
  wellFormed,
} from "../../src/audit/report/report-file.ts";
import { renderHtml } from "../../src/audit/report/report-html.ts";
import { reportFileSchema } from "../../src/audit/report/report-schema.ts";
import type { ReportFile } from "../../src/audit/report/report.ts";
import { toCopiesReport, verifyCopies } from "../../src/audit/verify-copies.ts";
import { canonicalText } from "../../src/entry/canonical.ts";
import { statementDigest } from "../../src/entry/statements.ts";
import { CheckpointFolder, PastReader, runOn } from "../support/checkpoints.ts";
import { audit, kindOf, recorded, withByte } from "../support/doctored.ts";
import { expectError } from "../support/expect-error.ts";
import { altered, asOfStore, exportOf, fileIn } from "../support/export-files.ts";
import { privateCopies } from "../support/private-copies.ts";
import { RecordedReader, type Recording } from "../support/recorded-reader.ts";
import { RegistryWorld } from "../support/registry-world.ts";
import { fileOf, HOSTILE, tellReported } from "../support/report-world.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { verify } from "../../src/audit/verify.ts";
import { GatelogError } from "../../src/entry/errors.ts";

const VERSION = "1.2.3";
const auditor = sampleSigner("auditor");

/** A node that holds back what the registry says of sessions. */
class SilentReader extends RecordedReader {
  override sessionOf(): Promise<never> {
    return Promise.reject(new GatelogError("TIMEOUT", "no answer \ud800"));
  }
}

describe("a report as a file", function () {
  this.timeout(30_000);
  let recording: Recording;
  let sound: ReportFile;
  let signed: ReportFile;
  let found: ReportFile;
  before(async () => {
    recording = await recorded(tellReported);
    const verification = await audit(recording, undefined, { stories: true });
    sound = await fileOf(verification);
    signed = await fileOf(verification, auditor);
    const place = recording.logs.findLastIndex((log) => kindOf(log) === "EntryAppended");
    const log = recording.logs[place]!;
    const doctored = recording.logs.with(place, { ...log, data: withByte(log.data, 20, 1) });
    found = await fileOf(await audit(recording, doctored, { stories: true }), auditor);
  });

  const check = (text: string, options: { auditor?: typeof auditor.address; version?: string } = {}) =>
    checkReport(text, "the file", { version: VERSION, ...options });
  /** The file with a member changed, in both its forms. */
  const changed = (change: object): string => renderReportJson({ ...signed, ...change });
  const page = (file: ReportFile, version = VERSION): string => renderHtml(file, version);

  describe("its schema", () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
      z.toJSONSchema(reportFileSchema, { io: "input", unrepresentable: "any" }),
    );
    const errorsOf = (value: unknown) =>
      validate(value) ? [] : validate.errors?.map(({ instancePath }) => instancePath);

    it("is of the year 2020-12 and takes what the auditor writes: sound, with findings, of one session, could not tell", async () => {
      expect(z.toJSONSchema(reportFileSchema, { io: "input" }).$schema).to.equal(
        "https://json-schema.org/draft/2020-12/schema",
      );
      const unread = await fileOf(await verify(new SilentReader(recording), { stories: true }));
      const alone = await fileOf(await audit(recording, undefined, { session: sound.sessions[0]!.sessionId }));
      expect([sound, found, unread, alone].map(({ verdict }) => verdict)).to.deep.equal([
        ...["sound", "findings", "could-not-tell", "sound"],
      ]);
      for (const file of [sound, signed, found, unread, alone])
        expect(errorsOf(JSON.parse(renderReportJson(file)))).to.deep.equal([]);
    });

    it("allows members that a later version may add, and refuses one that is missing or of another kind", () => {
      const written = JSON.parse(renderReportJson(signed)) as ReportFile;
      expect(errorsOf({ ...written, added: 1 })).to.deep.equal([]);
      expect(errorsOf({ ...written, verdict: "perfect" })).to.deep.equal(["/verdict"]);
      expect(errorsOf({ ...written, findings: undefined })).to.deep.equal([""]);
    });
  });

  describe("its signature", () => {
    it("is the auditor's over all that the file says, as JSON and as a page", () => {
      for (const text of [renderReportJson(signed), page(signed), renderReportJson(found), page(found)]) {
        const { verdict, auditor: by, findings, unknown } = check(text, { auditor: auditor.address });
        expect({ verdict, by, findings, unknown }).to.deep.equal({
          ...{ verdict: "sound", by: auditor.address, findings: [], unknown: [] },
        });
      }
      expect(renderReportCheck(check(page(found)))).to.match(
        /^SIGNED by 0x\w{40}, and the page .+\n.+\n\nIt says: findings, 1/,
      );
    });

    it("does not hold for any member that was changed, dropped or added", () => {
      const members = Object.keys(signed).filter((member) => member !== "signed");
      for (const member of members) {
        const { [member]: _dropped, ...rest } = JSON.parse(renderReportJson(signed)) as Record<string, unknown>;
        expect(() => check(JSON.stringify(rest)), member).to.throw(GatelogError);
      }
      const { entries, made, trusted, sessions } = signed;
      const changes = [
        { verdict: "findings" },
        { entries: { ...entries, total: entries.total + 1 } },
        { made: { ...made, at: "2026-01-02T03:04:05.679Z" } },
        { trusted: { ...trusted, block: { ...trusted.block, number: trusted.block.number + 1 } } },
        { sessions: sessions.slice(1) },
        { added: true },
      ];
      for (const change of changes) {
        const { verdict, auditor: by, findings } = check(changed(change));
        expect({ verdict, by }, JSON.stringify(change)).to.deep.equal({ verdict: "findings", by: null });
        expect(findings.join("\n"))
          .to.match(/digest of the report/)
          .and.match(/signature: not one of/);
      }
    });

    it("is not another's than the one that is asked for", () => {
      const other = sampleSigner("another auditor").address;
      expect(check(changed({}), { auditor: other }).findings).to.deep.equal([
        `signer: expected ${other}; found ${auditor.address}`,
      ]);
      const claimed = { ...signed.signed!, auditor: other };
      expect(check(changed({ signed: claimed }), { auditor: other })).to.deep.include({
        verdict: "findings",
        auditor: null,
      });
    });

    it("is over a digest that nothing else has: no statement, and no entry", () => {
      const { registry, chainId } = signed.trusted;
      const statement = { sessionHash: reportDigest(signed), decision: 1, epoch: 1 };
      for (const domain of [null, { chainId, registry }])
        expect(statementDigest(domain, "Decide", statement)).to.not.equal(reportDigest(signed));
      expect(reportDigest(signed)).to.equal(reportDigest(sound)).and.equal(signed.signed!.digest);
    });

    it("could not be told of where nobody has signed, unless somebody must have", () => {
      expect(check(renderReportJson(sound))).to.include({ verdict: "could-not-tell", auditor: null });
      expect(check(page(sound))).to.include({ verdict: "could-not-tell", auditor: null });
      expect(check(page(sound), { auditor: auditor.address }).verdict).to.equal("findings");
    });
  });

  describe("its page", () => {
    it("shows what was signed, or it is found that it does not", () => {
      const genuine = page(found);
      for (const [was, is] of [
        ["Findings: 1", "Findings: 0"],
        ["</main>", "<p>All is well.</p></main>"],
        ["<body>", "<body hidden>"],
      ] as const) {
        expect(genuine).to.include(was);
        const { verdict, findings, auditor: by } = check(genuine.replace(was, is));
        expect({ verdict, by }, is).to.deep.equal({ verdict: "findings", by: auditor.address });
        expect(findings).to.have.length(1);
        expect(findings[0]).to.match(/^page: /);
      }
    });

    it("shows what was signed whatever a node has said, text that is none among it", async () => {
      const unread = await fileOf(await verify(new SilentReader(recording)), auditor);
      expect(unread.unread[0]?.message).to.include("\ud800");
      expect(check(page(unread), { auditor: auditor.address })).to.include({ verdict: "sound" });
    });

    it("could not be told of where another version has made it", () => {
      const { verdict, unknown } = check(page(found, "0.9.0"));
      expect(verdict).to.equal("could-not-tell");
      expect(unknown).to.have.length(1);
      expect(unknown[0]).to.include("version 0.9.0");
    });

    it("is read whatever stands in it, and gives back the very same report", () => {
      for (const file of [sound, signed, found]) {
        const { file: read, digest } = readReport(page(file), "the page");
        expect(canonicalText(toJson(read)) === canonicalText(toJson(file))).to.equal(true);
        expect(digest).to.equal(reportDigest(file));
      }
    });
  });

  describe("of any source", () => {
    let folder: CheckpointFolder;
    /** Of a run that goes on from another one, of a chain's file, of a store's. */
    let onward: ReportFile;
    let ofChain: ReportFile;
    let ofStore: ReportFile;
    before(async () => {
      folder = new CheckpointFolder();
      const world = await RegistryWorld.open();
      try {
        const { committed } = await tellReported(world);
        await runOn(new PastReader(world), { to: folder.file("first") });
        const files = { from: folder.file("first"), to: folder.file("second") };
        onward = await fileOf(await runOn(new PastReader(world), files, { stories: true }), auditor);
        const text = await exportOf(world, [committed]);
        ofChain = await fileOf(await verifyExport(fileIn(folder.path, text)), auditor);
        ofStore = await fileOf(await verifyExport(fileIn(folder.path, altered(text, asOfStore))), auditor);
      } finally {
        await world.close();
      }
    });
    after(() => folder.remove());

    it("is signed with all that it has, and its schema drops none of it", async () => {
      const { ofAlpha, forked } = await privateCopies();
      const compared = await verifyCopies([fileIn(folder.path, ofAlpha), fileIn(folder.path, forked)]);
      const dispute = await toDisputeFile(toCopiesReport(compared), sound.made, auditor);
      const unread = await fileOf(await verify(new SilentReader(recording)), auditor);
      const { registry } = sound.trusted;
      const amounts = { owed: "7", extinguished: "5", balance: "12" };
      const token = { token: registry, standard: "erc20", mode: "VAULT", ...amounts } as const;
      const ledger = { name: "alpha", chainId: 1, escrow: registry, block: 9, ofOthers: 2, tokens: [token] };
      const beside = await toReportFile({ ...sound, ledgers: [ledger] }, sound.made, auditor);
      expect(onward.earlier).to.deep.include({ sessions: 2, entries: 78 });
      for (const file of [signed, found, unread, beside, onward, ofChain, ofStore, dispute]) {
        expect(wellFormed(file)).to.deep.equal(toJson(file));
        for (const text of [renderReportJson(file), renderHtml(file, VERSION)])
          expect(check(text, { auditor: auditor.address })).to.deep.include({ verdict: "sound", findings: [] });
      }
    });

    it("is said to be about what it is about: the file and what it has, and a chain only if there is one", () => {
      const lines = (file: ReportFile) => renderReportCheck(check(renderReportJson(file))).split("\n");
      const { sha256, path } = ofChain.trusted.source!.file!;
      const [, , , said, first, second] = lines(ofChain);
      expect(said).to.match(/^It says: sound, 0 findings, 44 of 44 entries proven \(all that the file has\)$/);
      expect(first).to.equal(`  file ${path}, sha256 ${sha256}`);
      expect(second).to.match(/^ {2}chain 31339, registry 0x\w{40}, up to block \d+ 0x\w{64}$/);
      const stored = lines(ofStore).join("\n");
      expect(stored)
        .to.include("(all that the file has)")
        .and.include(ofStore.trusted.source!.file!.sha256)
        .and.not.match(/chain 0|block 0/);
      const { chainId, registry, block } = ofChain.trusted;
      const besideNode = { ...ofStore, trusted: { ...ofStore.trusted, chainId, registry, block } };
      expect(lines(besideNode)).to.include(
        `  chain ${chainId}, registry ${registry}, keys and roots at block ${block.number} ${block.hash}`,
      );
      expect(lines(sound)[4]).to.match(/\(the whole registry\)$/);
    });

    it("says of anchors what one of the file's notes says, whose word it is", () => {
      for (const file of [ofChain, ofStore]) {
        expect(file.anchors).to.equal(null);
        const [, told] = /<th scope="row">Anchors<\/th>\s*<td>(.+?)<\/td>/.exec(page(file)) ?? [];
        expect(told).to.match(/^<bdi>anchors.*: .+<\/bdi>$/);
      }
    });

    it("is told without anything that a terminal would obey", () => {
      const made = { ...sound.made, by: HOSTILE.terminal };
      const { trusted } = ofStore;
      const source = { ...trusted.source!, file: { ...trusted.source!.file!, path: HOSTILE.terminal } };
      const file = { ...ofStore, made, trusted: { ...trusted, source } };
      const text = renderReportCheck(check(renderReportJson(file)));
      expect(text.split("⟨U+001B⟩[2J⟨U+001B⟩[HVERDICT: sound⟨U+001B⟩[8m⟨U+202E⟩⟨U+000A⟩VERDICT: sound")).to.have.length(
        3,
      );
      expect(text).to.not.match(/[^\n\P{Cc}]|\u202e/u);
    });
  });

  it("of very many sessions has those with findings and the newest, and how many ended how", async () => {
    const [committed] = sound.sessions;
    const many = Array.from({ length: MAX_SESSIONS + 10 }, (_, at) => ({ ...committed!, findings: at === 3 ? 1 : 0 }));
    const { sessions, outcomes } = await toReportFile({ ...sound, sessions: many }, sound.made, null);
    expect(sessions).to.have.length(MAX_SESSIONS);
    expect(sessions[0]).to.equal(many[3]);
    expect(sessions.at(-1)).to.equal(many.at(-1));
    expect(sessions[1]).to.equal(many[11]);
    expect(outcomes).to.deep.equal({ COMMITTED: MAX_SESSIONS + 10 });
  });

  describe("reading one", () => {
    it("refuses what is none", () => {
      const twice = page(signed).replace("</main>", `</main><script type="application/json" id="report">{}</script>`);
      const cases = [
        "",
        "{}",
        "[]",
        "{",
        "null",
        "<html></html>",
        twice,
        '{"format":"gatelog-audit-report","version":2}',
      ];
      for (const text of cases) expectError(() => check(text), "MALFORMED");
      expectError(() => check(changed({ refused: 2 ** 53 })), "MALFORMED");
    });
  });
});
