import { canonicalText } from "../../entry/canonical.ts";
import type { Hash } from "../../entry/hex.ts";
import { DISPUTE_FORMAT, type DisputeFile } from "./dispute.ts";
import { partingsSection } from "./dispute-html-partings.ts";
import {
  DISPUTE_PARTS,
  disputeKeysSection,
  disputeRepeatSection,
  disputeTitle,
  disputeVerdict,
  filesSection,
  ownFindingsSection,
} from "./dispute-html.ts";
import { dataMarkup, html, Html } from "./html.ts";
import { DATA_END, DATA_START } from "./report-html-data.ts";
import { aboutSection, findingsSection, repeatSection, unreadSection } from "./report-html-findings.ts";
import { checksSection, trustedSection } from "./report-html-grounds.ts";
import { transfersSection } from "./report-html-sessions.ts";
import { styleOf } from "./report-html-style.ts";
import { verdictSection } from "./report-html-summary.ts";
import { timelinesSection } from "./report-html-timelines.ts";
import { reportDigest, toJson, wellFormed, type AnyReportFile } from "./report-file.ts";
import { momentOf, reachOf, VERDICTS } from "./report-words.ts";
import type { ReportFile } from "./report.ts";

/**
 * The report as one page that needs nothing from elsewhere and runs no script. A pure function of the report as JSON and the
 * version of the program that makes the page, so that whoever has the report can tell whether a page is its own.
 *
 * All that comes from a chain is hostile: it is text, whatever it says, shown so that it cannot pass for anything else.
 */
export function renderHtml(given: AnyReportFile, version: string): string {
  const file = wellFormed(given);
  const digest = reportDigest(file);
  return file.format === DISPUTE_FORMAT ? renderDispute(file, digest, version) : renderReport(file, digest, version);
}

function renderReport(file: ReportFile, digest: Hash, version: string): string {
  const title = `${VERDICTS[file.verdict].word} ${reachOf(file.trusted)}`;
  const body = html`${verdictSection(file)} ${navigation(PARTS)} ${checksSection(file)} ${trustedSection(file)}
  ${transfersSection(file)} ${timelinesSection(file)} ${findingsSection(file)} ${unreadSection(file)}
  ${repeatSection(file)} ${aboutSection(file, digest)}`;
  return pageOf({ file, digest, version, kind: "audit report", title, body });
}

function renderDispute(file: DisputeFile, digest: Hash, version: string): string {
  const title = disputeTitle(file);
  const body = html`${disputeVerdict(file)} ${navigation(DISPUTE_PARTS)} ${partingsSection(file)} ${filesSection(file)}
  ${ownFindingsSection(file)} ${disputeKeysSection(file)} ${disputeRepeatSection(file)}
  ${aboutSection(file, digest, "dispute-report")}`;
  return pageOf({ file, digest, version, kind: "dispute report", title, body });
}

interface Page {
  readonly file: AnyReportFile;
  readonly digest: Hash;
  readonly version: string;
  readonly kind: string;
  readonly title: string;
  readonly body: Html;
}

function pageOf({ file, digest, version, kind, title, body }: Page): string {
  const { style, policy } = styleOf(`Gatelog ${kind}`, `${title}, digest ${digest.slice(0, 18)}`);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="gatelog ${version}" />
        <title>${kind === "audit report" ? "Audit report" : "Dispute report"}: ${title}</title>
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <main>
          <header>
            <h1>Gatelog ${kind}</h1>
            <span>${momentOf(file.made.at)}</span>
          </header>
          ${body}
        </main>
        ${new Html(DATA_START)}${dataMarkup(canonicalText(toJson(file)))}${new Html(DATA_END)}
      </body>
    </html> `;
  return page.markup;
}

const PARTS = {
  checked: "What was checked",
  trusted: "What was trusted",
  transfers: "Transfers",
  timelines: "Time lines",
  findings: "Findings",
  unread: "What could not be read",
  repeat: "How to repeat the check",
  about: "About this report",
};

function navigation(parts: Readonly<Record<string, string>>): Html {
  return html`<nav aria-label="Parts of this report">
    ${Object.entries(parts).map(([id, name]) => html`<a href="#${id}">${name}</a> `)}
  </nav>`;
}
