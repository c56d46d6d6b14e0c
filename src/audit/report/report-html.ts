import { canonicalText } from "../../entry/canonical.ts";
import { dataMarkup, html, Html } from "./html.ts";
import { DATA_END, DATA_START } from "./report-html-data.ts";
import { aboutSection, findingsSection, repeatSection, unreadSection } from "./report-html-findings.ts";
import { checksSection, trustedSection } from "./report-html-grounds.ts";
import { transfersSection } from "./report-html-sessions.ts";
import { styleOf } from "./report-html-style.ts";
import { verdictSection } from "./report-html-summary.ts";
import { timelinesSection } from "./report-html-timelines.ts";
import { reportDigest, toJson } from "./report-file.ts";
import { momentOf, reachOf, VERDICTS } from "./report-words.ts";
import type { ReportFile } from "./report.ts";

/**
 * The report as one page that needs nothing from elsewhere and runs no script. A pure function of the report and the version of
 * the program that makes the page, so that whoever has the report can tell whether a page is its own.
 *
 * All that comes from a chain is hostile: it is text, whatever it says, shown so that it cannot pass for anything else.
 */
export function renderHtml(file: ReportFile, version: string): string {
  const digest = reportDigest(file);
  const title = `${VERDICTS[file.verdict].word} ${reachOf(file.trusted)}`;
  const { style, policy } = styleOf(`${title}, digest ${digest.slice(0, 18)}`);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="gatelog ${version}" />
        <title>Audit report: ${title}</title>
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <main>
          <header>
            <h1>Gatelog audit report</h1>
            <span>${momentOf(file.made.at)}</span>
          </header>
          ${verdictSection(file)} ${navigation()} ${checksSection(file)} ${trustedSection(file)}
          ${transfersSection(file)} ${timelinesSection(file)} ${findingsSection(file)} ${unreadSection(file)}
          ${repeatSection(file)} ${aboutSection(file, digest)}
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

function navigation(): Html {
  return html`<nav aria-label="Parts of this report">
    ${Object.entries(PARTS).map(([id, name]) => html`<a href="#${id}">${name}</a> `)}
  </nav>`;
}
