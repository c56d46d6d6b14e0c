import type { SessionId } from "../../entry/hex.ts";
import { code, foreign, html, type Html } from "./html.ts";
import {
  amountOf,
  counted,
  earlierSessions,
  gatewayName,
  GROUNDS,
  isOfStore,
  networkName,
  OUTCOMES,
} from "./report-words.ts";
import { inRank, sessionCount } from "./report-rank.ts";
import type { ReportFile, SessionReport } from "./report.ts";
import type { TransferEnd, TransferSummary } from "../checks/session-story.ts";

/** Sessions that the table lists; the data has more. */
const MAX_LISTED = 500;

export function sessionAnchor(sessionId: SessionId): string {
  return `session-${sessionId}`;
}

export function transfersSection(report: ReportFile): Html {
  const { sessions, outcomes, earlier } = report;
  const total = sessionCount(outcomes);
  const listed = sessions.length > MAX_LISTED ? inRank(sessions).slice(0, MAX_LISTED) : sessions;
  const rest = total - listed.length;
  const heads = ["Session", "Outcome", "Asset", "From", "To"].map((name) => html`<th scope="col">${name}</th>`);
  return html`<section aria-labelledby="transfers">
    <h2 id="transfers">Transfers</h2>
    ${
      sessions.length === 0
        ? html`<p>${noSession(report)}</p>`
        : html`<div class="scroll">
            <table class="transfers">
              <caption>
                ${counted(total, "session")}, in the order of their openings. Amounts are in the token's smallest unit.
              </caption>
              <thead>
                <tr>
                  ${heads}
                  <th scope="col" class="number">Entries</th>
                  <th scope="col" class="number">Findings</th>
                </tr>
              </thead>
              <tbody>
                ${listed.map((session) => html`${transferRow(report, session)} `)}
              </tbody>
            </table>
          </div>`
    }${rest > 0 ? html`<p>${counted(rest, "session")} left out here: those with findings and the newest are listed.</p>` : null}
    ${
      earlier === undefined
        ? null
        : html`<p>
            Not among them: ${earlierSessions(earlier)}. Those are closed, that run found nothing in them, and it is
            believed.
          </p>`
    }
  </section>`;
}

function noSession({ earlier, trusted }: ReportFile): string {
  if (earlier !== undefined) return "This run had none to look at.";
  return isOfStore(trusted) ? "There is no session in the file." : "There is no session up to this block.";
}

function transferRow(report: ReportFile, session: SessionReport): Html {
  const { sessionId, ground, closed, logs, findings, transfer, timeline } = session;
  const id = timeline === null ? code(sessionId) : html`<a href="#${sessionAnchor(sessionId)}">${code(sessionId)}</a>`;
  const entries = logs.reduce((sum, log) => sum + log.entries, 0);
  return html`<tr>
    <th scope="row">${id}<small>${closed ? "closed" : "open"}</small></th>
    <td>${outcomeBadge(session)}<small>${GROUNDS[ground] ?? ""}</small></td>
    ${transfer === null ? html`<td colspan="3" class="muted">moves no asset that its signed facts name</td>` : transferCells(report, transfer)}
    <td class="number">${entries}<small>${logs.map((log) => log.entries).join(" + ")}</small></td>
    <td class="number">${findings === 0 ? "0" : html`<span class="bad">${findings}</span>`}</td>
  </tr>`;
}

export function outcomeBadge({ outcome }: SessionReport): Html {
  const { mood, meaning } = OUTCOMES[outcome];
  return html`<span class="badge ${mood}" title="${meaning}">${outcome.replace("_", " ")}</span>`;
}

function transferCells(report: ReportFile, { amount, from, to }: TransferSummary): Html {
  return html`<td>${assetOf(from.asset, amount)}</td>
    <td>${endOf(report, from)}</td>
    <td>${endOf(report, to)}</td>`;
}

/** CAIP-19: network, then standard and contract, then the item. */
const ASSET = /^[^/]+\/(erc20|erc721):(0x[0-9a-fA-F]{40})(?:\/([0-9]{1,78}))?$/;
const STANDARDS: Readonly<Record<string, string>> = { erc20: "ERC-20", erc721: "ERC-721" };

function assetOf(asset: string | null, amount: string | null): Html {
  const number = amount === null ? "one item" : amountOf(amount);
  if (asset === null) return html`${amount === null ? "not named" : number}`;
  const [, standard = "", token = "", item] = ASSET.exec(asset) ?? [];
  if (token === "") return html`${number}<small>${foreign(asset)}</small>`;
  const what = item === undefined ? number : html`no. ${foreign(item)}`;
  return html`${STANDARDS[standard] ?? ""} ${what}<small>${code(token)}</small>`;
}

function endOf({ trusted, ledgers }: ReportFile, { account, networkId, gatewayId }: TransferEnd): Html {
  const ledger = ledgers.find(({ chainId }) => networkName(chainId) === networkId);
  const network = ledger === undefined ? foreign(networkId) : html`${foreign(ledger.name)}, ${foreign(networkId)}`;
  return html`${account === null ? "account not known" : code(account)}<small>${network}</small
    ><small>by ${gatewayName(trusted, gatewayId)}</small>`;
}
