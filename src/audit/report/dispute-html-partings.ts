import { code, foreign, html, type Html } from "./html.ts";
import type { DisputeFile } from "./dispute.ts";
import { counted, stepOf } from "./report-words.ts";
import type { FindingReport, Report } from "./report.ts";
import type { PartedEntry, Parting } from "../files/partings.ts";
import type { TrustedGateway } from "../trust.ts";

/** Contradictions that are listed; the data has more. */
const MAX_LISTED = 200;

/** Gateways as either file knows them. */
export function gatewaysOf({ files: [first, second] }: DisputeFile): { readonly gateways: readonly TrustedGateway[] } {
  return { gateways: [...first.trusted.gateways, ...second.trusted.gateways] };
}

/** Whose log it is: its name, or what it is in the session, since a store's file has no names. */
export function writerOf(file: DisputeFile, gatewayId: string, sessionId: string | null): Html {
  const { name = "" } = gatewaysOf(file).gateways.find((each) => each.gatewayId === gatewayId) ?? {};
  if (name !== "") return foreign(name);
  const sessions = file.files.flatMap((report) => report.sessions.filter((session) => session.sessionId === sessionId));
  const log = sessions.flatMap(({ logs }) => logs).find((each) => each.gatewayId === gatewayId);
  return html`${log === undefined ? "gateway" : `the ${log.role}'s gateway`} ${code(gatewayId)}`;
}

export function pathOf({ trusted }: Report): string {
  return trusted.source?.file?.path ?? "";
}

/** Heads of the two columns, with the files' names. */
export function sideHeads({ files }: DisputeFile): Html[] {
  return files.map((report, at) => html`<th scope="col">${SIDES[at] ?? ""}<small>${code(pathOf(report))}</small></th>`);
}

const SIDES = ["First file", "Second file"];

export function partingsSection(file: DisputeFile): Html {
  const { partings, comparison } = file;
  const { findings, findingCount } = comparison;
  const shown = new Set(partings.map(({ sessionId, gatewayId, index }) => `${sessionId} ${gatewayId} ${index}`));
  const others = findings.filter((finding) => !shown.has(nameOf(finding)));
  const listed = others.slice(0, MAX_LISTED);
  const rest = findingCount - partings.length - listed.length;
  return html`<section aria-labelledby="parted">
    <h2 id="parted">Where they part</h2>
    ${
      findingCount === 0
        ? html`<p>Nowhere: what both files have is the same in both.</p>`
        : html`<p>
            Two different things at one place of a log, each with the signature of the gateway that the log belongs to.
            Nobody else can have made them: that gateway has told each reader another story. Of each log the first
            difference is marked; all behind it follow from it.
          </p>`
    }
    ${partings.map((parting, at) => partingOf(file, parting, at + 1))}
    ${listed.length === 0 ? null : statements(file, listed)}
    ${rest > 0 ? html`<p>${counted(rest, "contradiction")} left out here.</p>` : null} ${longer(file)}
  </section>`;
}

function nameOf({ sessionId, gatewayId, index }: FindingReport): string {
  return `${sessionId} ${gatewayId} ${index}`;
}

function partingOf(file: DisputeFile, { sessionId, gatewayId, index, sides }: Parting, number: number): Html {
  const [first, second] = sides;
  const name = writerOf(file, gatewayId, sessionId);
  const indices = [...new Set(sides.flatMap(({ entries }) => entries.map((entry) => entry.index)))].sort(
    (a, b) => a - b,
  );
  const lengths =
    first.length === second.length
      ? `${first.length} entries in both`
      : `${first.length} entries in the first file, ${second.length} in the second`;
  return html`<h3 id="parting-${number}">Entry ${index} in the log of ${name}</h3>
    <p>Session ${code(sessionId)}, ${lengths}${index === 0 ? null : `; up to entry ${index - 1} both are the same`}.</p>
    <div class="scroll">
      <table class="parted">
        <thead>
          <tr>
            <th scope="col" class="index">Entry</th>
            ${sideHeads(file)}
          </tr>
        </thead>
        <tbody>
          ${indices.map((at) => html`${partedRow(file, sides, at, index)} `)}
        </tbody>
      </table>
    </div>`;
}

function partedRow(file: DisputeFile, [first, second]: Parting["sides"], at: number, parting: number): Html {
  const cell = ({ entries }: Parting["sides"][number]): Html => {
    const entry = entries.find(({ index }) => index === at);
    return html`<td>${entry === undefined ? "none" : entryOf(file, entry, at === parting)}</td>`;
  };
  const mark = at < parting ? html` class="same"` : at === parting ? html` class="parts"` : null;
  const note = at < parting ? "the same" : at === parting ? html`<b class="bad">here they part</b>` : "follows from it";
  return html`<tr${mark}><th scope="row">${at}<small>${note}</small></th>${cell(first)}${cell(second)}</tr>`;
}

function entryOf(file: DisputeFile, entry: PartedEntry, isParting: boolean): Html {
  const { mark, step, vote, seqNumber, timestamp, entryHash, signer, epoch, payload } = entry;
  const time = new Date(Math.min(timestamp, MAX_DATE_MS)).toISOString();
  const who = signer === null ? "no signature of its own" : html`signed by ${signerName(file, signer, epoch)}`;
  const words = html`<b>${foreign(mark)}</b>
    <span class="muted">${stepOf(step)}</span>${vote === "none" ? null : html` <b>${vote.toUpperCase()}</b>`}<small
      >hash ${code(entryHash)}</small
    ><small>${who}</small>`;
  if (!isParting) return words;
  return html`${words}<small>sequence number ${seqNumber}, ${time} as it claims</small>
    <pre>${foreign(payload)}</pre>`;
}

const MAX_DATE_MS = 8.64e15;

/** By the keys that the files name. */
function signerName(file: DisputeFile, signer: string, epoch: number): Html {
  const owner = gatewaysOf(file).gateways.find(({ keys }) => keys.some((each) => each.key === signer));
  if (owner === undefined) return html`${code(signer)}, a key of nobody in these files`;
  return html`${owner.name === "" ? "its" : html`${foreign(owner.name)}'s`} key of epoch ${epoch}, ${code(signer)}`;
}

/** Openings, decisions, closings and keys of which there are two. */
function statements(file: DisputeFile, findings: readonly FindingReport[]): Html {
  return html`<h3>What else is there twice</h3>
    <div class="scroll">
      <table class="sides">
        <thead>
          <tr>
            <th scope="col">What</th>
            ${sideHeads(file)}
          </tr>
        </thead>
        <tbody>
          ${findings.map(
            ({ what, sessionId, gatewayId, expected, found }) =>
              html`<tr>
                <th scope="row">
                  ${foreign(what.replace(/, in the first file and in the second$/, ""))}${
                    gatewayId === null ? null : html`<small>by ${writerOf(file, gatewayId, sessionId)}</small>`
                  }${sessionId === null ? null : html`<small>session ${code(sessionId)}</small>`}
                </th>
                <td>${foreign(expected)}</td>
                <td>${foreign(found)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}

function longer(file: DisputeFile): Html | null {
  const { longer: logs, longerCount } = file.comparison;
  if (longerCount === 0) return null;
  const rest = longerCount - logs.length;
  return html`<h3>Logs of which one file has more</h3>
    <p>That is no contradiction: the other may have been made earlier, or may keep something back.</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col">Log of</th>
            <th scope="col" class="number">First file</th>
            <th scope="col" class="number">Second file</th>
          </tr>
        </thead>
        <tbody>
          ${logs.map(
            ({ sessionId, gatewayId, first, second }) =>
              html`<tr>
                <th scope="row">${code(sessionId)}</th>
                <td>${writerOf(file, gatewayId, sessionId)}</td>
                <td class="number">${counted(first, "entry", "entries")}</td>
                <td class="number">${counted(second, "entry", "entries")}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${rest > 0 ? html`<p class="muted">${counted(rest, "log")} more that are not named.</p>` : null}`;
}
