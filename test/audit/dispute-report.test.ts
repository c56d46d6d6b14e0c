import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "chai";
import { z } from "zod";
import { disputeFileSchema } from "../../src/audit/report/dispute-schema.ts";
import type { DisputeFile } from "../../src/audit/report/dispute.ts";
import { checkReport, renderReportCheck } from "../../src/audit/report/report-check.ts";
import { renderReportJson, toDisputeFile } from "../../src/audit/report/report-file.ts";
import { renderHtml } from "../../src/audit/report/report-html.ts";
import { toCopiesReport, verifyCopies } from "../../src/audit/verify-copies.ts";
import { altered, fileIn, type Line } from "../support/export-files.ts";
import { privateCopies, type PrivateCopies } from "../support/private-copies.ts";
import { HOSTILE } from "../support/report-world.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const VERSION = "1.2.3";
const MADE = { at: "2026-01-02T03:04:05.678Z", by: VERSION, command: ["gatelog", "verify"] };
const auditor = sampleSigner("auditor");

describe("the report about two copies", function () {
  this.timeout(30_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let copies: PrivateCopies;
  let parted: DisputeFile;
  let agreeing: DisputeFile;
  before(async () => {
    folder = await temporaryFolder();
    copies = await privateCopies();
    parted = await compare(copies.ofAlpha, copies.forked);
    agreeing = await compare(copies.ofAlpha, copies.ofBeta);
  });
  after(() => folder.remove());

  async function compare(first: string, second: string): Promise<DisputeFile> {
    const report = toCopiesReport(await verifyCopies([fileIn(folder.path, first), fileIn(folder.path, second)]));
    return toDisputeFile(report, MADE, auditor);
  }

  const page = (file: DisputeFile): string => renderHtml(file, VERSION);
  const check = (text: string) => checkReport(text, "the file", { version: VERSION });
  const textOf = (markup: string): string =>
    markup
      .replaceAll(/<(script|style)\b[^]*?<\/\1>/g, "")
      .replaceAll(/<\/?(?:a|b|bdi|code|i)\b[^>]*>/g, "")
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll("&#39;", "'")
      .replaceAll("&quot;", '"')
      .replaceAll(/\s+/g, " ");

  it("has both logs around the place where they part, and who signed each of the two", () => {
    const { index, beta, sessionId } = copies;
    const [parting, ...others] = parted.partings;
    expect(others).to.deep.equal([]);
    expect(parting).to.deep.include({ sessionId, gatewayId: beta, index });
    const [first, second] = parting!.sides;
    const marks = ["done-assign", "ack-commit-final", "exec-complete", "done-complete"];
    for (const side of [first, second]) {
      expect(side.length).to.equal(24);
      expect(side.entries.map(({ mark }) => mark)).to.deep.equal(marks);
    }
    const same = first.entries.map(({ entryHash }, at) => entryHash === second.entries[at]?.entryHash);
    expect(same).to.deep.equal([true, true, false, false]);
    const { key } = parted.files[0].trusted.gateways.find(({ gatewayId }) => gatewayId === beta)!.keys[0]!;
    const signers = [first, second].map(({ entries }) => entries[2]?.signer);
    expect(signers).to.deep.equal([key, key]);
    expect([first, second].map(({ entries }) => entries[2]?.payload)).to.deep.equal(["{}", '{"another":"story"}']);
  });

  it("says first whether they contradict each other, then where, side by side", () => {
    const text = textOf(page(parted));
    expect(text).to.match(
      /^ ?Dispute report: They contradict each other in 1 place Gatelog dispute report 2026-01-02 03:04:05 UTC They contradict each other in 1 place Two copies/,
    );
    expect(text).to.include(`Entry ${copies.index} in the log of the destination's gateway ${copies.beta}`);
    expect(text).to.include("there are two, and it has signed both");
    expect(text).to.match(/22 here they part exec-complete 3\.9 hash 0x\w{64} signed by its key of epoch 1, 0x\w{40} /);
    expect(textOf(page(agreeing)))
      .to.match(/They agree, and both are sound Two copies/)
      .and.include("Nowhere: what both files have is the same in both.");
  });

  it("takes a peer's log for whole where its own file has it closed at that entry, and for open where it goes on", async () => {
    const [alone] = (await compare(copies.ofAlpha, copies.ofAlpha)).files;
    expect(alone.verdict).to.equal("could-not-tell");
    expect(alone.unread.map(({ what }) => what)).to.deep.equal([
      `end of the log of ${copies.beta} in session ${copies.sessionId}`,
    ]);
    const [beside] = agreeing.files;
    expect(beside.verdict).to.equal("sound");
    expect(beside.trusted.source?.notes).to.include("logs whose end is signed in the other file alone: 1");
    // Beta's own file closes another log than the one that alpha has a copy of.
    expect(parted.files.map(({ verdict }) => verdict)).to.deep.equal(["could-not-tell", "sound"]);
  });

  it("says of nobody that it has signed two, where a file lacks an entry or has one that nobody has signed", async () => {
    const { beta, index } = copies;
    const isTouched = (line: Line): boolean => {
      const { entry } = line as { readonly entry?: { readonly gatewayId: string; readonly index: number } };
      return entry?.gatewayId === beta && entry.index === index;
    };
    const lacking = altered(copies.ofBeta, (lines) => lines.filter((line) => !isTouched(line)));
    const invented = altered(copies.ofBeta, (lines) =>
      lines.map((line) =>
        isTouched(line) ? { ...line, entry: { ...(line["entry"] as object), timestamp: 7, signature: null } } : line,
      ),
    );
    for (const text of [lacking, invented]) {
      const file = await compare(copies.ofBeta, text);
      expect(file.verdict).to.equal("findings");
      expect(file.comparison.findingCount).to.equal(0);
      expect(textOf(page(file))).to.not.match(/contradict each other in|signed both|both signed/);
    }
  });

  it("names what is no entry too: two closings of one log", async () => {
    const closings = await compare(copies.ofBeta, copies.forked);
    const text = textOf(page(closings));
    expect(text).to.match(/They contradict each other in 2 places/);
    expect(text).to.match(
      /What else is there twice .+ closing by the destination's gateway .+ 24 entries, the last 0x/,
    );
  });

  it("is one page that loads nothing, whose elements are closed, and whose links lead somewhere", () => {
    for (const file of [parted, agreeing]) {
      const markup = page(file);
      expect(markup).to.not.match(/\s(?:src|style|on\w+)=|url\(|@import|<(?:link|img|iframe|form|base)\b/);
      const rest = markup.replaceAll(/<(style|script)\b[^]*?<\/\1>/g, "");
      const open: string[] = [];
      for (const [, slash, name = "", attributes = ""] of rest.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g))
        if (slash === "/") expect(open.pop()).to.equal(name);
        else if (!attributes.endsWith("/")) open.push(name);
      expect(open).to.deep.equal([]);
      const ids = [...rest.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).to.equal(ids.length);
      for (const [, target] of rest.matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g)) expect(ids).to.include(target);
    }
  });

  it("shows markup in what the files say as text", async () => {
    const hostile = altered(copies.ofAlpha, ([header, ...lines]) => [
      { ...header!, exported: { ...(header!["exported"] as object), by: HOSTILE.markup, program: HOSTILE.turned } },
      ...lines,
    ]);
    const markup = page(await compare(hostile, copies.forked));
    expect(markup).to.include("&lt;/script&gt;&lt;script&gt;alert(1)").and.include("\u27e8U+202E\u27e9gnp.txt");
    expect(markup.split(/<script\b/)).to.have.length(2);
  });

  it("is signed as a whole: what is changed is found, in the data and on the page", () => {
    for (const text of [renderReportJson(parted), page(parted)]) {
      const checked = check(text);
      expect(checked).to.include({ verdict: "sound", auditor: auditor.address, says: null });
      expect(checked.dispute).to.deep.include({ verdict: "findings", findingCount: 1 });
      expect(renderReportCheck(checked)).to.include("findings, 1 place where two files contradict each other");
    }
    const { comparison } = parted;
    const softened = renderReportJson({ ...parted, comparison: { ...comparison, findings: [], findingCount: 0 } });
    expect(check(softened).verdict).to.equal("findings");
    expect(check(page(parted).replace("has signed both", "has signed one")).findings[0]).to.match(/^page: /);
  });

  it("has a schema, which takes what is written and nothing that lacks a member", () => {
    const validate = new Ajv2020({ strict: true }).compile(
      z.toJSONSchema(disputeFileSchema, { io: "input", unrepresentable: "any" }),
    );
    for (const file of [parted, agreeing]) expect(validate(JSON.parse(renderReportJson(file)))).to.equal(true);
    expect(validate({ ...parted, partings: undefined })).to.equal(false);
  });
});
