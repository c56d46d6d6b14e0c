import { foreign, html, type Html } from "./html.ts";
import { outcomeBadge, sessionAnchor } from "./report-html-sessions.ts";
import { inRank, sessionCount } from "./report-rank.ts";
import { counted, gatewayName, stepOf, timeOf } from "./report-words.ts";
import type { ReportFile, SessionReport } from "./report.ts";
import type { Timeline, TimelineEntry, TimelineEvent, TimelineStep } from "../checks/session-story.ts";

/** What stands in one block, or in the gap that a limit leaves. */
interface Row {
  readonly block: number;
  readonly steps: TimelineStep[];
}

/** Number of the first finding about an entry, by role and index. */
type Marks = ReadonlyMap<string, number>;

export function timelinesSection(report: ReportFile): Html {
  const told = inRank(report.sessions).filter(({ timeline }) => timeline !== null);
  const rest = sessionCount(report.outcomes) - told.length;
  return html`<section aria-labelledby="timelines">
    <h2 id="timelines">Time lines</h2>
    <p>
      Both gateways' steps side by side, block by block. In front of each step stands its sequence number, which grows
      from step to step through both logs; behind it the step of the protocol. Times are what the gateways claim;
      nothing rests on them.
    </p>
    ${rest > 0 ? html`<p>${counted(rest, "time line")} left out: those of sessions with findings come first, then those of the newest. For any other add <code>--session</code> and its id to the command below.</p>` : null}
    ${told.map((session) => timelineOf(report, session))}
  </section>`;
}

function timelineOf(report: ReportFile, session: SessionReport): Html {
  const { sessionId, logs, timeline } = session;
  if (timeline === null) return html``;
  const nameOf = (role: string) => {
    const log = logs.find((each) => each.role === role);
    return log === undefined ? "none" : gatewayName(report.trusted, log.gatewayId);
  };
  const first = timeline.steps.find((step) => step.type === "entry" && step.timestamp !== null);
  const day = first?.type === "entry" && first.timestamp !== null ? timeOf(first.timestamp).day : "";
  const marks = marksOf(report, session);
  return html`<section aria-labelledby="${sessionAnchor(sessionId)}">
    <h3 id="${sessionAnchor(sessionId)}"><code>${sessionId}</code> ${outcomeBadge(session)}</h3>
    <div class="scroll">
      <table class="timeline">
        <caption>
          ${day === "" ? "" : `${day}, UTC`}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="block">Block</th>
            <th scope="col">Origin<small>${nameOf("origin")}</small></th>
            <th scope="col" class="register">Register</th>
            <th scope="col">Destination<small>${nameOf("destination")}</small></th>
          </tr>
        </thead>
        <tbody>
          ${rowsOf(timeline).map((row) => html`${row === null ? gapRow(timeline) : blockRow(row, day, marks)} `)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function marksOf({ findings }: ReportFile, { sessionId, logs }: SessionReport): Marks {
  const marks = new Map<string, number>();
  for (const [at, finding] of findings.entries()) {
    const role = logs.find(({ gatewayId }) => gatewayId === finding.gatewayId)?.role;
    const key = `${role} ${finding.index}`;
    if (finding.sessionId === sessionId && role !== undefined && !marks.has(key)) marks.set(key, at + 1);
  }
  return marks;
}

/** Steps by block; null where steps are left out. */
function rowsOf({ steps, leftOut }: Timeline): (Row | null)[] {
  const rows: (Row | null)[] = [];
  for (const [at, step] of steps.entries()) {
    if (leftOut > 0 && at === steps.length >> 1) rows.push(null);
    const last = rows.at(-1);
    if (last?.block === step.block) last.steps.push(step);
    else rows.push({ block: step.block, steps: [step] });
  }
  return rows;
}

function gapRow({ leftOut }: Timeline): Html {
  return html`<tr>
    <td colspan="4" class="muted">${counted(leftOut, "step")} left out here</td>
  </tr>`;
}

function blockRow({ block, steps }: Row, day: string, marks: Marks): Html {
  const entries = steps.filter((step) => step.type === "entry");
  const events = steps.filter((step) => step.type !== "entry");
  const cell = (role: string) => [
    ...entries.filter((entry) => entry.role === role).map((entry) => entryStep(entry, marks)),
    ...events.filter((event) => event.role === role).map(eventStep),
  ];
  const time = entries.find(({ timestamp }) => timestamp !== null)?.timestamp ?? null;
  const decides = events.some(({ type }) => type === "decided");
  return html`<tr${decides ? html` class="row-register"` : null}><th scope="row">${block}${time === null ? null : clock(time, day)}</th><td>${cell("origin")}</td><td>${events
    .filter(({ role }) => role === null)
    .map(eventStep)}</td><td>${cell("destination")}</td></tr>`;
}

function clock(timestamp: number, day: string): Html {
  const own = timeOf(timestamp);
  return html`<small>${own.day === day ? "" : `${own.day} `}${own.time}</small>`;
}

function entryStep({ role, index, mark, step, vote, seqNumber, epoch, proven }: TimelineEntry, marks: Marks): Html {
  const finding = marks.get(`${role} ${index}`);
  const notes = [
    step === null ? null : html` <small>${stepOf(step)}</small>`,
    vote === null || vote === "none" ? null : html` <b>${vote.toUpperCase()}</b>`,
    epoch === null || epoch === 1 ? null : html` <small>epoch ${epoch}</small>`,
    proven ? null : html` <span class="bad">not proven</span>`,
    finding === undefined ? null : html` <a class="bad" href="#finding-${finding}">(finding ${finding})</a>`,
  ];
  return html`<span class="step"><span class="seq">${seqNumber ?? "?"}</span> ${foreign(mark)}${notes}</span>`;
}

const EVENTS: Readonly<Record<TimelineEvent["type"], string>> = {
  opened: "session opened",
  decided: "",
  "log-closed": "log closed",
  "session-closed": "session closed",
};

function eventStep({ type, detail }: TimelineEvent): Html {
  const words = EVENTS[type];
  return html`<span class="step">${words === "" ? html`<b>${detail ?? "decided"}</b>` : words}</span>`;
}
