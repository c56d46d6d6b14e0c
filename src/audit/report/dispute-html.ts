import { code, foreign, html, type Html } from "./html.ts";
import type { DisputeFile } from "./dispute.ts";
import { gatewaysOf, pathOf, sideHeads, writerOf } from "./dispute-html-partings.ts";
import { ICONS } from "./report-html-summary.ts";
import { commandLine, counted, gatewayName, isOfStore, reachOf, VERDICTS } from "./report-words.ts";
import type { FindingReport, Report } from "./report.ts";

/** Contradictions that stand below the verdict, and findings of each file by itself that are listed; the data has more. */
const MAX_IN_VERDICT = 5;
const MAX_LISTED = 50;

export const DISPUTE_PARTS = {
  parted: "Where they part",
  files: "The two files",
  own: "Each file",
  keys: "Whose keys",
  repeat: "How to repeat the check",
  about: "About this report",
};

/** The first thing to be known of two copies is whether they contradict each other. */
export function disputeTitle({ verdict, comparison }: DisputeFile): string {
  const { findingCount } = comparison;
  if (findingCount > 0) return `They contradict each other in ${counted(findingCount, "place")}`;
  switch (verdict) {
    case "sound":
      return "They agree, and both are sound";
    case "findings":
      return "They do not contradict each other, but something is wrong";
    case "could-not-tell":
      return "They agree in what both have; the rest nobody could tell";
  }
}

export function disputeVerdict(file: DisputeFile): Html {
  const { verdict, comparison, signed } = file;
  const { sessions, sameEntries, findings, findingCount } = comparison;
  const [first, second] = file.files.map(pathOf);
  const both = `${counted(sessions.both, "session")} in both, ${counted(sameEntries, "entry", "entries")} the same in both`;
  const listed = findings.slice(0, MAX_IN_VERDICT).map((finding) => html`<li>${inWords(file, finding)}</li>`);
  const more = findingCount - listed.length;
  return html`<section class="verdict ${VERDICTS[verdict].mood}" aria-labelledby="verdict">
      <h2 class="word" id="verdict">${ICONS[verdict]}<span>${disputeTitle(file)}</span></h2>
      <p class="what">
        Two copies of the same logs were held against each other, ${code(first ?? "")} and ${code(second ?? "")}:
        ${both}.
      </p>
      ${
        findingCount === 0
          ? null
          : html`<ul>
              ${listed}${more > 0 ? html`<li>and ${more} more</li>` : null}
            </ul>`
      }
    </section>
    ${figures(file)}
    <p class="muted">
      ${
        signed === null
          ? "Signed by nobody."
          : html`Signed by the auditor ${code(signed.auditor)}. Whether that holds,
              <code>gatelog verify-report</code> says.`
      }
    </p>`;
}

function inWords(file: DisputeFile, { what, sessionId, gatewayId, index }: FindingReport): Html {
  const thing = foreign(what.replace(/, in the first file and in the second$/, ""));
  const session = sessionId === null ? null : html` of session ${code(sessionId)}`;
  const writer = gatewayId === null ? "the origin" : writerOf(file, gatewayId, sessionId);
  if (sessionId === null)
    return html`${thing} of ${writer}: each file says another one; who is right, a pinned key tells`;
  return index === null
    ? html`${thing}${session}: there are two, both signed by ${writer}; each file has one of them`
    : html`<b>Entry ${index}</b> in the log of ${writer}${session}: <b>there are two, and it has signed both</b>; each
        file has one of them`;
}

function figures({ files: [first, second], comparison }: DisputeFile): Html {
  const { sessions, sameEntries, findingCount, longerCount } = comparison;
  const figure = (name: string, value: string | number, note: string) =>
    html`<div>
      <dt>${name}<br />${note}</dt>
      <dd><b>${value}</b></dd>
    </div>`;
  return html`<dl class="figures">
    ${figure("contradictions", findingCount, findingCount === 0 ? "between the two" : "listed below")}
    ${figure("sessions in both", sessions.both, `${sessions.onlyFirst} + ${sessions.onlySecond} in one alone`)}
    ${figure("same entries", sameEntries, "byte for byte")}
    ${figure("logs of unlike length", longerCount, "no finding by itself")}
    ${figure("first file", VERDICTS[first.verdict].word, counted(first.findingCount, "finding"))}
    ${figure("second file", VERDICTS[second.verdict].word, counted(second.findingCount, "finding"))}
  </dl>`;
}

export function filesSection(file: DisputeFile): Html {
  const { files } = file;
  const row = (name: string, what: (report: Report) => Html | string | number) =>
    html`<tr>
      <th scope="row">${name}</th>
      ${files.map((report) => html`<td>${what(report)}</td>`)}
    </tr>`;
  return html`<section aria-labelledby="files">
    <h2 id="files">The two files</h2>
    <div class="scroll">
      <table class="sides">
        <thead>
          <tr>
            <th scope="col">File</th>
            ${sideHeads(file)}
          </tr>
        </thead>
        <tbody>
          ${row("SHA-256", ({ trusted }) => code(trusted.source?.file?.sha256 ?? "none"))}
          ${row("Made, as it says", ({ trusted: { source } }) => html`${foreign(source?.file?.madeAt ?? "")} by ${foreign(source?.file?.madeBy ?? "nobody named")}<small>${foreign(source?.file?.program ?? "")}</small>`)}
          ${row("From", ({ trusted }) => (isOfStore(trusted) ? "a store" : html`registry ${code(trusted.registry)} ${reachOf(trusted)}`))}
          ${row("Verdict", ({ verdict }) => html`<span class="badge ${VERDICTS[verdict].mood}">${VERDICTS[verdict].word}</span>`)}
          ${row("Sessions", ({ sessions }) => sessions.length)}
          ${row("Entries", ({ entries }) => `${entries.withPayload} of ${entries.total} proven, with payload`)}
          ${row("Findings", ({ findingCount }) => findingCount)} ${row("Not read", ({ unread }) => unread.length)}
          ${row("Believed of it", ({ trusted: { source } }) => html`${(source?.notes ?? []).map((note) => html`<small>${foreign(note)}</small>`)}`)}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** What one file alone shows to be wrong, or does not show. */
export function ownFindingsSection({ files }: DisputeFile): Html {
  const rows = files.flatMap((report, at) => ownRows(report, at === 0 ? "first" : "second"));
  const total = files.reduce((sum, { findingCount, unread }) => sum + findingCount + unread.length, 0);
  const rest = total - rows.length;
  return html`<section aria-labelledby="own">
    <h2 id="own">Each file</h2>
    ${
      rows.length === 0
        ? html`<p>Nothing is wrong with either file, and all of it was read.</p>`
        : html`<div class="scroll">
            <table class="own">
              <thead>
                <tr>
                  <th scope="col">File</th>
                  <th scope="col">What</th>
                  <th scope="col">In words</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }${rest > 0 ? html`<p>${rest} more in the data of this file.</p>` : null}
  </section>`;
}

function ownRows({ findings, unread }: Report, file: string): Html[] {
  const row = (name: string, place: Html | null, words: Html) =>
    html`<tr>
      <th scope="row">${file}</th>
      <td><code>${name}</code>${place}</td>
      <td>${words}</td>
    </tr> `;
  const found = findings.map(({ code: name, meaning, sessionId, index }) =>
    row(
      name,
      sessionId === null
        ? null
        : html`<small>session ${code(sessionId)}${index === null ? null : `, entry ${index}`}</small>`,
      html`${meaning}`,
    ),
  );
  const lacking = unread.map(({ what, code: name, message }) =>
    row(name, html`<small>not read: ${foreign(what)}</small>`, foreign(message)),
  );
  return [...found, ...lacking].slice(0, MAX_LISTED);
}

/** Whoever believes other keys than these gets another verdict. */
export function disputeKeysSection(file: DisputeFile): Html {
  const [first, second] = file.files.map(keysOf);
  const names = [...new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])])];
  return html`<section aria-labelledby="keys">
    <h2 id="keys">Whose keys</h2>
    <p>The verdict rests on these keys and cannot prove them. Compare them with what you know from elsewhere.</p>
    <div class="scroll">
      <table class="sides wide">
        <thead>
          <tr>
            <th scope="col">Gateway</th>
            ${sideHeads(file)}
          </tr>
        </thead>
        <tbody>
          ${names.map((name) => {
            const [gatewayId = "", epoch] = name.split(" ");
            const cell = (key: string | undefined) => html`<td>${key === undefined ? "not named" : code(key)}</td>`;
            return html`<tr>
              <th scope="row">${gatewayName(gatewaysOf(file), gatewayId)}<small>epoch ${epoch ?? ""}</small></th>
              ${cell(first?.get(name))} ${cell(second?.get(name))}
            </tr> `;
          })}
        </tbody>
      </table>
    </div>
  </section>`;
}

function keysOf({ trusted }: Report): Map<string, string> {
  return new Map(
    trusted.gateways.flatMap(({ gatewayId, keys }) =>
      keys.map(({ epoch, key }): [string, string] => [`${gatewayId} ${epoch}`, key]),
    ),
  );
}

export function disputeRepeatSection({ made, signed }: DisputeFile): Html {
  const auditor = signed === null ? "" : ` --auditor ${signed.auditor}`;
  return html`<section aria-labelledby="repeat">
    <h2 id="repeat">How to repeat the check</h2>
    <p>It needs Gatelog ${foreign(made.by)} and the two files, by their SHA-256: no gateway, no API and no key.</p>
    <pre>gatelog verify-report report.html${auditor}</pre>
    <pre>${commandLine(made.command)}</pre>
  </section>`;
}
