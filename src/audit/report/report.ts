import { ZERO_ADDRESS, type Address, type Hash } from "../../entry/hex.ts";
import type { CompactSignature } from "../../entry/signature.ts";
import { visibleLines } from "../../entry/visible.ts";
import { FINDINGS, type Finding } from "../findings.ts";
import type { CheckedSession, Outcome } from "../checks/session-check.ts";
import type { Timeline, TransferSummary } from "../checks/session-story.ts";
import type { Trusted } from "../trust.ts";
import type { EarlierRun, LedgerReport, Unread, Verdict, Verification } from "../verification.ts";
import { earlierSessions, isOfStore, scopeOf } from "./report-words.ts";

/** Findings and sessions that the text lists; the JSON has them all. */
const MAX_LISTED = 50;

/**
 * The report as JSON. Stable: members are added, never changed or dropped. `trusted` has the shape of an expectation, so that
 * what one audit trusted can be pinned for the next.
 */
export interface Report {
  readonly verdict: Verdict;
  /** The session that the verdict is about, or null: the whole registry. */
  readonly session: string | null;
  readonly trusted: Trusted;
  readonly entries: { readonly total: number; readonly withPayload: number };
  /** Anchors of all gateways; null where only one session was asked for. */
  readonly anchors: number | null;
  readonly sessions: readonly SessionReport[];
  readonly ledgers: readonly LedgerReport[];
  readonly findings: readonly FindingReport[];
  readonly findingCount: number;
  /** The first finding that names an entry. */
  readonly firstBadEntry: {
    readonly sessionId: string | null;
    readonly gatewayId: string | null;
    readonly index: number;
    readonly fault: string;
  } | null;
  readonly unread: readonly Unread[];
  readonly refused: number;
  /**
   * What an earlier run had checked, up to which block, and this one believed. It is counted in `entries`, `anchors` and `refused`;
   * `sessions` has none of it. Left out where there was no earlier run.
   */
  readonly earlier?: EarlierRun | undefined;
}

export interface SessionReport {
  readonly sessionId: string;
  readonly outcome: Outcome;
  readonly ground: string;
  readonly closed: boolean;
  readonly logs: readonly { readonly gatewayId: string; readonly role: string; readonly entries: number }[];
  readonly findings: number;
  /** Both null where no report was asked for. */
  readonly transfer: TransferSummary | null;
  readonly timeline: Timeline | null;
}

export interface FindingReport extends Finding {
  readonly severity: string;
  readonly fault: string;
  readonly meaning: string;
}

export const REPORT_FORMAT = "gatelog-audit-report";
export const REPORT_VERSION = 1;

/** The report as a file: who made it, when, and how the check is repeated; and what an auditor's signature is about. */
export interface UnsignedReport extends Report {
  readonly format: typeof REPORT_FORMAT;
  readonly version: typeof REPORT_VERSION;
  readonly made: Made;
  /** How many sessions of this run ended how: of all, also of those that a very long report leaves out of `sessions`. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

export interface Made {
  /** ISO 8601, UTC, by the clock of whoever made it. */
  readonly at: string;
  /** Version of this program. */
  readonly by: string;
  /** Program and arguments that repeat the check. Of addresses what may be a secret is left out. */
  readonly command: readonly string[];
}

export interface ReportFile extends UnsignedReport {
  readonly signed: ReportSignature | null;
}

export interface ReportSignature {
  readonly auditor: Address;
  readonly digest: Hash;
  readonly signature: CompactSignature;
}

export function toReport(verification: Verification): Report {
  const { findings, sessions, ...rest } = verification;
  const first = findings.find(({ index }) => index !== null);
  return {
    ...rest,
    sessions: sessions.map((session) => toSessionReport(session, findings)),
    findings: findings.map((finding) => ({ ...finding, ...FINDINGS[finding.code] })),
    firstBadEntry: first
      ? {
          sessionId: first.sessionId,
          gatewayId: first.gatewayId,
          index: first.index ?? 0,
          fault: FINDINGS[first.code].fault,
        }
      : null,
  };
}

function toSessionReport(session: CheckedSession, findings: readonly Finding[]): SessionReport {
  const { sessionId, outcome, ground, closed, logs, story } = session;
  const own = findings.filter((finding) => finding.sessionId === sessionId);
  const { transfer = null, timeline = null } = story ?? {};
  return { sessionId, outcome, ground, closed, logs, findings: own.length, transfer, timeline };
}

/** The report for people: verdict first, what it rests on, sessions, findings. */
export function renderText(verification: Verification): string {
  const report = toReport(verification);
  const lines = [
    ...verdictLines(report),
    "",
    ...trustLines(report),
    "",
    ...listed(`Sessions (${report.sessions.length})`, report.sessions, (session) => [sessionLine(session)]),
    ...(report.earlier === undefined ? [] : [`  … and ${earlierSessions(report.earlier)}, believed`]),
    ...(report.ledgers.length === 0 ? [] : ["", "Ledgers", ...report.ledgers.flatMap(ledgerLines)]),
    ...(report.findings.length === 0
      ? []
      : ["", ...listed(`Findings (${report.findingCount})`, report.findings, findingLines)]),
    ...(report.unread.length === 0
      ? []
      : ["", ...listed("Not read", report.unread, ({ what, code, message }) => [`  ${what}: ${code}, ${message}`])]),
    "",
  ];
  return visibleLines(lines);
}

function verdictLines(report: Report): string[] {
  const { entries, trusted, anchors } = report;
  const scope = scopeOf(report);
  const end = isOfStore(trusted) ? "by the signatures in it" : `up to block ${trusted.block.number}`;
  const upTo = `${end}, with the payloads of ${entries.withPayload} of ${entries.total} entries`;
  const refused =
    report.refused === 0
      ? []
      : [
          `  The registry refused ${report.refused} ${report.refused === 1 ? "entry" : "entries"} and says so itself; nothing rests on them.`,
        ];
  const anchored =
    anchors === null || anchors === 0 ? [] : [`  Anchors of logs that stand elsewhere: ${anchors}, each signed.`];
  if (report.verdict === "sound") return [`VERDICT: sound ${upTo} (${scope})`, ...anchored, ...refused];
  if (report.verdict === "could-not-tell")
    return [
      `VERDICT: could not tell (${scope})`,
      "  Nothing was found in what was read; what was not read is named below, and counts as nothing.",
      ...refused,
    ];
  const first = report.firstBadEntry;
  const where =
    first &&
    `  First bad entry: session ${first.sessionId ?? "?"}, gateway ${first.gatewayId ?? "?"}, index ${first.index}: ${first.fault}`;
  return [`VERDICT: findings, ${report.findingCount} ${upTo} (${scope})`, ...(where ? [where] : []), ...refused];
}

function trustLines({ trusted, ledgers }: Report): string[] {
  const keys = trusted.gateways.flatMap(({ name, gatewayId, owner, keys: list }) => [
    `  gateway ${name === "" ? "" : `${name} `}${gatewayId}, owner ${owner === ZERO_ADDRESS ? "not known" : owner}`,
    ...list.map(({ epoch, key }) => `    epoch ${epoch}: ${key}`),
  ]);
  const { source } = trusted;
  const chain = [
    `  chain ${trusted.chainId}, genesis ${trusted.genesisHash}`,
    `  registry ${trusted.registry}, heads at block ${trusted.block.number} ${trusted.block.hash}`,
  ];
  return [
    "Trusted",
    ...(trusted.chainId === 0 ? [] : chain),
    ...sourceLines(source),
    ...keys,
    ...ledgers.map(
      ({ name, chainId, escrow, block }) =>
        `  ledger ${name}: chain ${chainId}, escrow ${escrow}, up to block ${block}`,
    ),
  ];
}

/** What stood in a node's place, or beside it. */
function sourceLines(source: Trusted["source"]): string[] {
  if (source === undefined) return [];
  const { file, notes } = source;
  const made =
    file &&
    `  file ${file.path} of a ${file.from}, sha256 ${file.sha256}, made by ${file.madeBy ?? "nobody named"} at ${file.madeAt}`;
  return [...(made === null ? [] : [made]), ...notes.map((note) => `  ${note}`)];
}

function sessionLine({ sessionId, outcome, ground, closed, logs, findings }: SessionReport): string {
  const entries = logs.map((log) => `${log.entries} by the ${log.role}`).join(", ");
  const by = ground === "NONE" ? "" : ` (${ground})`;
  return `  ${sessionId}  ${outcome}${by}, ${closed ? "closed" : "open"}; entries: ${entries || "none"}${findings === 0 ? "" : `; FINDINGS: ${findings}`}`;
}

/** What each escrow has of each token beside what it owes, and what it did for other logs. */
function ledgerLines({ name, ofOthers, tokens }: LedgerReport): string[] {
  const rest = tokens.length - MAX_LISTED;
  const others = ofOthers === 1 ? "1 transfer" : `${ofOthers} transfers`;
  return [
    `  ${name}: ${tokens.length === 0 ? "no token" : tokens.length === 1 ? "1 token" : `${tokens.length} tokens`}${ofOthers === 0 ? "" : `; ${others} of other logs, not looked at`}`,
    ...tokens
      .slice(0, MAX_LISTED)
      .map(
        ({ token, standard, mode, balance, owed, extinguished }) =>
          `    ${standard ?? "token"} ${token}${mode === "NONE" ? "" : `, mode ${mode.toLowerCase()}`}: held ${balance}, owed ${owed}, extinguished ${extinguished}`,
      ),
    ...(rest > 0 ? [`    … and ${rest} more (--json has them all)`] : []),
  ];
}

function findingLines(finding: FindingReport): string[] {
  const { code, severity, fault, meaning, sessionId, gatewayId, index, block, what, expected, found } = finding;
  const named = [
    sessionId && `session ${sessionId}`,
    gatewayId && `gateway ${gatewayId}`,
    index === null ? undefined : `index ${index}`,
    block === null ? undefined : `block ${block}`,
  ].filter(Boolean);
  return [
    `  ${code} (${fault}, ${severity})${named.length === 0 ? "" : `: ${named.join(", ")}`}`,
    `    ${meaning}`,
    `    ${what}: expected ${expected}; found ${found}`,
  ];
}

function listed<Item>(title: string, items: readonly Item[], linesOf: (item: Item) => readonly string[]): string[] {
  const rest = items.length - MAX_LISTED;
  return [
    title,
    ...items.slice(0, MAX_LISTED).flatMap(linesOf),
    ...(rest > 0 ? [`  … and ${rest} more (--json has them all)`] : []),
  ];
}
