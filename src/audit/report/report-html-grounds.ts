import { ZERO_ADDRESS } from "../../entry/hex.ts";
import { code, foreign, html, type Html } from "./html.ts";
import { amountOf, counted, isOfStore, networkName } from "./report-words.ts";
import type { ReportFile } from "./report.ts";
import type { Trusted } from "../trust.ts";
import type { LedgerReport } from "../verification.ts";

/** Gateways, and tokens of each ledger, that are listed; the data has them all. */
const MAX_GATEWAYS = 60;
const MAX_TOKENS = 40;

function row(name: string, what: Html | string | number): Html {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${what}</td>
  </tr>`;
}

export function checksSection(report: ReportFile): Html {
  const { entries, ledgers, refused, session, trusted, earlier } = report;
  const ends = isOfStore(trusted)
    ? "Numbers and chain of hashes of each log; where it ends, by its signed closing."
    : "Numbers, chain of hashes, length and last hash of each log, against what the registry holds.";
  const proven = `${entries.withPayload} of ${entries.total} are proven, with the payload that was signed.`;
  const believed =
    earlier && earlier.entries > 0
      ? ` Of these ${earlier.entries} are believed: an earlier run had checked them, up to block ${earlier.block}.`
      : "";
  const refusals = `${counted(refused, "entry", "entries")} that the registry refused, and says so itself; nothing rests on them.`;
  return html`<section aria-labelledby="checked">
    <h2 id="checked">What was checked</h2>
    <table class="checks">
      <tbody>
        ${row("Entries", `Payload, hash, signature, and the key of its epoch: ${proven}${believed}`)}
        ${row("Logs", ends)}
        ${row("Sessions", "Order of the protocol, answers between the two logs, votes, the decision and its ground, closings.")}
        ${row("Gateways", "Registrations, the owners' changes of keys and backups, takeovers and handovers.")}
        ${session === null ? row("Anchors", anchorsChecked(report)) : null} ${row("Ledgers", ledgersCompared(ledgers))}
        ${refused === 0 ? null : row("Refused", refusals)}
      </tbody>
    </table>
    ${ledgers.some(({ tokens }) => tokens.length > 0) ? stocks(ledgers) : null}
  </section>`;
}

/** Of a file they are not counted; what was made of them one of its notes says. */
function anchorsChecked({ anchors, trusted }: ReportFile): Html {
  if (anchors === 0) return html`There are none.`;
  if (anchors !== null) return html`${anchors}, each signed, against what the registry holds.`;
  const note = trusted.source?.notes.find((each) => each.startsWith("anchors"));
  return note === undefined ? html`Not looked at.` : foreign(note);
}

function ledgersCompared(ledgers: readonly LedgerReport[]): Html {
  if (ledgers.length === 0)
    return html`Not compared: none was given. Whether assets moved as the log says is not part of this verdict.`;
  const each = ledgers.map(
    ({ name, chainId, escrow, block, ofOthers }) =>
      html`<br />${foreign(name)}: chain ${chainId}, escrow ${code(escrow)}, up to block
        ${block}${ofOthers === 0 ? null : `; ${counted(ofOthers, "transfer")} of other logs, not looked at`}`,
  );
  return html`Locks, burns, mints, assignments and what undid them, against the entries.${each}`;
}

/** What each escrow holds of each token, beside what it owes. */
function stocks(ledgers: readonly LedgerReport[]): Html {
  const all = ledgers.flatMap(({ name, tokens }) => tokens.map((token) => ({ name, ...token })));
  const rest = all.length - MAX_TOKENS;
  return html`<div class="scroll">
      <table>
        <caption>
          What the escrows hold, in the token's smallest unit or, of an ERC-721, in items.
        </caption>
        <thead>
          <tr>
            <th scope="col">Ledger</th>
            <th scope="col">Token</th>
            <th scope="col" class="number">Held</th>
            <th scope="col" class="number">Owed</th>
            <th scope="col" class="number">Extinguished</th>
          </tr>
        </thead>
        <tbody>
          ${all.slice(0, MAX_TOKENS).map(
            ({ name, token, balance, owed, extinguished }) =>
              html`<tr>
                <th scope="row">${foreign(name)}</th>
                <td>${code(token)}</td>
                <td class="number">${amountOf(balance)}</td>
                <td class="number">${amountOf(owed)}</td>
                <td class="number">${amountOf(extinguished)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${rest > 0 ? html`<p class="muted">${counted(rest, "token")} more in the data of this file.</p>` : null}`;
}

export function trustedSection({ trusted }: ReportFile): Html {
  const { gateways } = trusted;
  const rest = gateways.length - MAX_GATEWAYS;
  const keysOf = gateways.slice(0, MAX_GATEWAYS).map(
    ({ name, gatewayId, owner, keys }) =>
      html`<div class="keys">
        <h3>Gateway ${name === "" ? "without a name" : foreign(name)}</h3>
        <dl>
          <dt>id</dt>
          <dd>${code(gatewayId)}</dd>
          <dt>owner</dt>
          <dd>${owner === ZERO_ADDRESS ? "not known" : code(owner)}</dd>
          ${keys.map(
            ({ epoch, key }) =>
              html`<dt>key of epoch ${epoch}</dt>
                <dd>${code(key)}</dd>`,
          )}
        </dl>
      </div>`,
  );
  return html`<section aria-labelledby="trusted">
    <h2 id="trusted">What was trusted</h2>
    <p>The verdict rests on this and cannot prove it. Compare it with what you know from elsewhere.</p>
    <table class="checks">
      <tbody>
        ${chainRows(trusted)} ${sourceRows(trusted)}
      </tbody>
    </table>
    ${keysOf} ${rest > 0 ? html`<p class="muted">${counted(rest, "gateway")} more in the data of this file.</p>` : null}
    <p class="muted">
      Not promised: that there is no further session. The registry counts none, so one that is withheld whole is missed
      unless it is asked for by its id.
    </p>
  </section>`;
}

function chainRows(trusted: Trusted): Html | null {
  if (isOfStore(trusted)) return null;
  const { chainId, genesisHash, registry, block } = trusted;
  return html`${row("Chain", `${chainId} (${networkName(chainId)})`)} ${row("Genesis block", code(genesisHash))}
  ${row("Log registry", code(registry))} ${row("Last block", html`${block.number}, ${code(block.hash)}`)}`;
}

const NODE =
  "What it says the registry holds at that block, and which blocks are final. Events are believed for what they prove, and nothing else of the node's.";

function sourceRows({ source }: Trusted): Html {
  const { file = null, notes = [] } = source ?? {};
  if (file === null) return html`${row("The node", NODE)} ${notes.map((note) => row("And", foreign(note)))}`;
  const { path, sha256, madeAt, madeBy, program } = file;
  const maker = madeBy === null ? program : `${madeBy}, ${program}`;
  return html`${row(
    "File",
    html`${code(path)}, made ${foreign(madeAt)} by ${foreign(maker)}, as it says<small>SHA-256 ${code(sha256)}</small>`,
  )}
  ${notes.map((note) => row("Of it", foreign(note)))}`;
}
