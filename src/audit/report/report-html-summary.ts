import { code, foreign, html, type Html } from "./html.ts";
import { counted, earlierSessions, gatewayName, isOfStore, OUTCOMES, VERDICTS } from "./report-words.ts";
import { allSessions } from "./report-rank.ts";
import type { FindingReport, ReportFile } from "./report.ts";

/** Findings, and things that were not read, that stand below the verdict; the rest is further down. */
const MAX_IN_VERDICT = 5;

export const ICONS = {
  sound: html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="10" />
    <path d="M7 12.5l3.4 3.4L17 9" />
  </svg>`,
  findings: html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <path d="M8 2h8l6 6v8l-6 6H8l-6-6V8zM8.5 8.5l7 7M15.5 8.5l-7 7" />
  </svg>`,
  "could-not-tell": html`<svg viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="10" />
    <path d="M9 9.2a3 3 0 1 1 4.4 2.7c-.9.5-1.4 1-1.4 2.1M12 17.4v.1" />
  </svg>`,
};

/** What a person must see first: the verdict, what it is about, and what speaks against it. */
export function verdictSection(report: ReportFile): Html {
  const { verdict } = report;
  const { word, mood } = VERDICTS[verdict];
  const number = verdict === "findings" ? `: ${report.findingCount}` : "";
  return html`<section class="verdict ${mood}" aria-labelledby="verdict">
      <h2 class="word" id="verdict">${ICONS[verdict]}<span>${word}${number}</span></h2>
      <p class="what">${whatWasChecked(report)}${believed(report)}</p>
      ${against(report)}
    </section>
    ${figures(report)}`;
}

function whatWasChecked(report: ReportFile): Html {
  const { verdict, session, trusted, entries, ledgers } = report;
  const { registry, chainId, block, source } = trusted;
  const place =
    source?.file?.from === "store"
      ? html`Logs in the file ${code(source.file.path)}`
      : html`Log registry ${code(registry)} on chain ${chainId}, checked up to block ${block.number}`;
  const number = counted(entries.total, "entry", "entries");
  const what =
    session === null
      ? `${number} of ${counted(allSessions(report), "session")}`
      : html`${number} of session ${code(session)}`;
  const names = ledgers.map(
    ({ name }, at) => html`${at === 0 ? "" : at === ledgers.length - 1 ? " and " : ", "}${foreign(name)}`,
  );
  const shown = ledgers.length === 0 ? null : names;
  switch (verdict) {
    case "sound":
      return shown === null
        ? html`${place}: ${what}. Nothing is wrong with them.`
        : html`${place}: ${what}. Nothing is wrong with them, and they match what the ledgers ${shown} show.`;
    case "findings":
      return html`Something is wrong. ${place}: ${what}${shown && html`, and what the ledgers ${shown} show`}.`;
    case "could-not-tell":
      return html`Nothing was found in what was read, but that was not all, and what was not read is vouched for by
      nobody. ${place}: ${what}.`;
  }
}

/** What the verdict counts, and this run has not looked at. */
function believed({ earlier }: ReportFile): Html | null {
  return earlier === undefined
    ? null
    : html` Not looked at again: ${earlierSessions(earlier)}. What that run found of them is believed.`;
}

function against({ firstBadEntry, findings, findingCount, unread, trusted }: ReportFile): Html {
  const first =
    firstBadEntry &&
    html`<p class="first">
      First bad entry: session ${code(firstBadEntry.sessionId ?? "unknown")},
      ${firstBadEntry.gatewayId === null ? "gateway unknown" : gatewayName(trusted, firstBadEntry.gatewayId)}, index
      ${firstBadEntry.index}: ${firstBadEntry.fault}
    </p>`;
  const found = findings
    .slice(0, MAX_IN_VERDICT)
    .map(
      (finding, at) =>
        html`<li><a href="#finding-${at + 1}">${finding.code}</a>${placeOf(trusted, finding)}: ${finding.meaning}</li>`,
    );
  const more = findingCount - found.length;
  const lacking = unread
    .slice(0, MAX_IN_VERDICT)
    .map(({ what, code: name }) => html`<li>Not read: ${foreign(what)} (${name})</li>`);
  const moreLacking = unread.length - lacking.length;
  if (found.length + lacking.length === 0) return html`${first}`;
  return html`${first}
    <ul>
      ${found}${more > 0 ? html`<li>and ${more} more</li>` : null}${lacking}${
        moreLacking > 0 ? html`<li>and ${moreLacking} more that were not read</li>` : null
      }
    </ul>`;
}

/** Whose log, and which entry of it. */
function placeOf(trusted: ReportFile["trusted"], { gatewayId, index }: FindingReport): Html | null {
  if (gatewayId === null) return null;
  return html`, ${gatewayName(trusted, gatewayId)}${index === null ? null : `, index ${index}`}`;
}

function figures(report: ReportFile): Html {
  const { verdict, trusted, entries, outcomes, findingCount, ledgers, unread, signed, earlier } = report;
  // In an order of its own: members of JSON have none.
  const ended = Object.keys(OUTCOMES).flatMap((name) => {
    const count = Object.entries(outcomes).find(([outcome]) => outcome === name)?.[1];
    return count === undefined ? [] : `${count} ${name.toLowerCase().replace("_", " ")}`;
  });
  const before = earlier === undefined ? [] : [`${earlier.sessions} of an earlier run`];
  const figure = (name: string, value: Html | string | number, note: Html | string) =>
    html`<div>
      <dt>${name}<br />${note}</dt>
      <dd><b>${value}</b></dd>
    </div>`;
  const whole = entries.withPayload === entries.total;
  return html`<dl class="figures">
      ${figure("findings", findingCount, findingCount > 0 ? "listed below" : verdict === "sound" ? "none" : "in what was read")}
      ${figure("sessions", allSessions(report), [...ended, ...before].join(", ") || "none")}
      ${figure("entries", whole ? entries.total : `${entries.withPayload} of ${entries.total}`, "proven, with payload")}
      ${isOfStore(trusted) ? figure("read", "1", "file of a store") : figure("up to block", trusted.block.number, `of chain ${trusted.chainId}`)}
      ${figure("ledgers compared", ledgers.length, ledgers.length === 0 ? "the log alone" : html`${ledgers.map(({ name }, at) => html`${at === 0 ? "" : ", "}${foreign(name)}`)}`)}
      ${figure("not read", unread.length, unread.length === 0 ? "all was answered" : "listed below")}
    </dl>
    <p class="muted">
      ${
        signed === null
          ? "Signed by nobody."
          : html`Signed by the auditor ${code(signed.auditor)}. Whether that holds,
              <code>gatelog verify-report</code> says.`
      }
    </p>`;
}
