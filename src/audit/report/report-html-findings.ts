import { code, foreign, html, type Html } from "./html.ts";
import { commandLine, counted, gatewayName, momentOf } from "./report-words.ts";
import type { FindingReport, ReportFile } from "./report.ts";

/** Findings, and things that were not read, that are listed; the data has more. */
const MAX_LISTED = 200;

export function findingsSection(report: ReportFile): Html {
  const { findings, findingCount } = report;
  const listed = findings.slice(0, MAX_LISTED);
  const rest = findingCount - listed.length;
  return html`<section aria-labelledby="findings">
    <h2 id="findings">Findings</h2>
    ${findingCount === 0 ? html`<p>None.</p>` : html`<p>${counted(findingCount, "finding")}, in the order of the chain. What is named is the first bad entry; what stands on it is not blamed.</p>`}
    ${listed.map((finding, at) => findingOf(report, finding, at + 1))}${rest > 0 ? html`<p>${counted(rest, "finding")} left out here.</p>` : null}
  </section>`;
}

function findingOf({ trusted }: ReportFile, finding: FindingReport, number: number): Html {
  const { code: name, severity, fault, meaning, sessionId, gatewayId, index, block, what, expected, found } = finding;
  const row = (label: string, value: Html | string | number) =>
    html`<dt>${label}</dt>
      <dd>${value}</dd>`;
  return html`<article class="finding">
    <h3 id="finding-${number}">
      ${number}. ${name} <span class="badge findings">${severity}</span> <small>${fault}</small>
    </h3>
    <p>${meaning}</p>
    <dl>
      ${sessionId === null ? null : row("session", code(sessionId))}${
        gatewayId === null
          ? null
          : row("gateway", html`${gatewayName(trusted, gatewayId)} <small>${code(gatewayId)}</small>`)
      }${index === null ? null : row("first bad entry", `index ${index}`)}${block === null ? null : row("block", block)}${row("about", foreign(what))}${row("expected", code(expected))}${row("found", code(found))}
    </dl>
  </article> `;
}

export function unreadSection({ unread }: ReportFile): Html {
  const listed = unread.slice(0, MAX_LISTED);
  const rest = unread.length - listed.length;
  return html`<section aria-labelledby="unread">
    <h2 id="unread">What could not be read</h2>
    ${
      unread.length === 0
        ? html`<p>Nothing: all that was asked for was answered.</p>`
        : html`<table>
            <caption>
              Nobody vouches for these. The same check may get further when it is repeated, or with another node.
            </caption>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">Why</th>
                <th scope="col">In words</th>
              </tr>
            </thead>
            <tbody>
              ${listed.map(
                ({ what, code: name, message }) =>
                  html`<tr>
                    <th scope="row">${foreign(what)}</th>
                    <td><code>${name}</code></td>
                    <td>${foreign(message)}</td>
                  </tr> `,
              )}
            </tbody>
          </table>`
    }${rest > 0 ? html`<p>${counted(rest, "thing")} more in the data of this file.</p>` : null}
  </section>`;
}

export function repeatSection({ made, signed, trusted }: ReportFile): Html {
  const needed = trusted.source?.file ? "the file that is named above" : "any node of the chains that are named above";
  const auditor = signed === null ? "" : ` --auditor ${signed.auditor}`;
  return html`<section aria-labelledby="repeat">
    <h2 id="repeat">How to repeat the check</h2>
    <p>It needs Gatelog ${foreign(made.by)} and ${needed}: no gateway, no API and no key.</p>
    <ol>
      <li>
        Check that this file is what its auditor made, and take from it what was trusted:
        <pre>gatelog verify-report report.html${auditor} --pin trusted.json</pre>
      </li>
      <li>
        Check the log again, on the same chain and with the same keys or not at all. The result is about all blocks that
        are final by then:
        <pre>${commandLine(made.command)} --expect trusted.json</pre>
      </li>
    </ol>
    <p>An address of a node that may hold a secret is not written here in full: put your own in its place.</p>
  </section>`;
}

/** @param schema Name of the schema that the report has. */
export function aboutSection(
  { made, signed }: Pick<ReportFile, "made" | "signed">,
  digest: string,
  schema = "report",
): Html {
  const row = (name: string, what: Html | string) =>
    html`<tr>
      <th scope="row">${name}</th>
      <td>${what}</td>
    </tr>`;
  return html`<section aria-labelledby="about">
    <h2 id="about">About this report</h2>
    <table class="checks">
      <tbody>
        ${row("Made", html`${momentOf(made.at)}, by Gatelog ${foreign(made.by)}`)}
        ${row("Digest", html`${code(digest)}<small>EIP-712, domain “Gatelog Audit Report”, over the data in this file (RFC 8785)</small>`)}
        ${row("Signed by", signed === null ? "Nobody: whoever has had this file may have changed it." : code(signed.auditor))}
        ${signed === null ? null : row("Signature", html`${code(signed.signature)}<small>A page cannot vouch for itself: the first command above does, and says who signed.</small>`)}
      </tbody>
    </table>
    <p class="muted">
      The whole report is in this file as JSON too (<code>gatelog config schema ${schema}</code> describes it). Nothing
      is loaded from elsewhere, and no script runs.
    </p>
  </section>`;
}
