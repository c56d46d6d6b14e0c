import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toDisputeFile, type AnyReportFile } from "../../src/audit/report/report-file.ts";
import { renderHtml } from "../../src/audit/report/report-html.ts";
import { toCopiesReport, verifyCopies } from "../../src/audit/verify-copies.ts";
import { BrowserPage } from "../support/browser.ts";
import { audit, kindOf, recorded, withByte } from "../support/doctored.ts";
import { fileIn } from "../support/export-files.ts";
import { privateCopies } from "../support/private-copies.ts";
import { fileOf, tellReported } from "../support/report-world.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const WINDOWS = { desk: { width: 1200, height: 800 }, telephone: { width: 390, height: 844 } };
const TITLES = { sound: "Sound", findings: "Findings: 1", dispute: "They contradict each other in 1 place" };

/** What a person has before their eyes. */
const VIEW = `(() => {
  const bottom = (of) => document.querySelector(of).getBoundingClientRect().bottom;
  return {
    word: document.querySelector("#verdict").textContent.trim(),
    verdictBottom: bottom(".verdict .what"),
    height: innerHeight,
    leftOver: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
})()`;

describe("a report in a browser", function () {
  this.timeout(180_000);
  this.slow(30_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>> | undefined;
  let page: BrowserPage | undefined;
  const place = (name: string): string => join(folder?.path ?? "", `${name}.html`);

  before(async () => {
    folder = await temporaryFolder();
    for (const [name, file] of Object.entries(await reports(folder.path)))
      writeFileSync(place(name), renderHtml(file, "1.2.3"));
    page = await BrowserPage.open();
  });
  after(async () => {
    await page?.close();
    await folder?.remove();
  });

  for (const [name, word] of Object.entries(TITLES)) {
    for (const [window, size] of Object.entries(WINDOWS))
      it(`shows the verdict without scrolling, ${name}, on a ${window}`, async () => {
        await page?.show(place(name), size);
        const view = (await page?.evaluate(VIEW)) as Readonly<Record<string, unknown>>;
        expect(view, "nothing stands beyond the window's edge").to.include({ word, height: size.height, leftOver: 0 });
        expect(view["verdictBottom"]).to.be.below(size.height);
      });

    it(`prints with the verdict on the first page: ${name}`, async () => {
      await page?.show(place(name), WINDOWS.desk);
      const pdf = (await page?.print())?.toString("latin1") ?? "";
      const [first] = kidsOf(pdf);
      expect(pageOf(pdf, word), "page of the verdict").to.equal(first);
      expect(pageOf(pdf, "About this report")).to.not.equal(first);
    });
  }

  it("asked for nothing but itself, and had nothing to complain of", () => {
    expect(new Set(page?.requests)).to.deep.equal(new Set(Object.keys(TITLES).map((name) => `file://${place(name)}`)));
    expect(page?.complaints).to.deep.equal([]);
  });
});

async function reports(folder: string): Promise<Record<keyof typeof TITLES, AnyReportFile>> {
  const recording = await recorded(tellReported);
  const at = recording.logs.findLastIndex((log) => kindOf(log) === "EntryAppended");
  const log = recording.logs[at]!;
  const doctored = recording.logs.with(at, { ...log, data: withByte(log.data, 20, 1) });
  const { ofAlpha, forked } = await privateCopies();
  const copies = toCopiesReport(await verifyCopies([fileIn(folder, ofAlpha), fileIn(folder, forked)]));
  const signer = sampleSigner("auditor");
  const sound = await fileOf(await audit(recording, undefined, { stories: true }), signer);
  const findings = await fileOf(await audit(recording, doctored, { stories: true }), signer);
  return { sound, findings, dispute: await toDisputeFile(copies, sound.made, signer) };
}

/** Object numbers of the pages, in their order. */
function kidsOf(pdf: string): string[] {
  const [, kids = ""] = /\/Type \/Pages\s[^]*?\/Kids \[([^\]]*)\]/.exec(pdf) ?? [];
  return [...kids.matchAll(/(\d+) 0 R/g)].map(([, number]) => number ?? "");
}

/** Object number of the page to which the outline's line with this title leads. Where a title is broken into lines it has no space. */
function pageOf(pdf: string, title: string): string | undefined {
  const bare = (text: string | undefined) => text?.replaceAll(" ", "");
  const isLine = (text: string) => bare(/\/Title \(([^)]*)\)/.exec(text)?.[1]) === bare(title);
  return /\/Dest \[(\d+) 0 R/.exec(pdf.split("endobj").find(isLine) ?? "")?.[1];
}
