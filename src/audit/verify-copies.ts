import { visibleLines } from "../entry/visible.ts";
import { Closings } from "./files/closings.ts";
import { compareExports, type ExportComparison } from "./files/export-comparison.ts";
import type { VerifyExportOptions } from "./files/export-source.ts";
import { FINDINGS, FindingList } from "./findings.ts";
import { renderText, toReport, type FindingReport, type Report } from "./report/report.ts";
import type { Unread, Verdict, Verification } from "./verification.ts";
import { withBeside } from "./verification-parts.ts";
import { readPartings, type Parting } from "./files/partings.ts";
import { verifyExport } from "./files/verify-export.ts";

/** Two files of the same logs: each by itself, and where they part. */
export interface CopiesVerification {
  /** findings: in one of them, or between them. sound: both are, and they do not contradict each other. */
  readonly verdict: Verdict;
  readonly files: readonly [Verification, Verification];
  readonly comparison: ExportComparison & {
    readonly findings: readonly FindingReport[];
    readonly findingCount: number;
  };
  /** The logs that part, side by side around the place where they do; so many are shown. */
  readonly partings: readonly Parting[];
}

/** The same as JSON. Stable: members are added, never changed or dropped. */
export interface CopiesReport extends Omit<CopiesVerification, "files"> {
  readonly files: readonly [Report, Report];
}

/**
 * Audits two files and compares them: the two gateways' own logs, or two copies of one log that were taken at different times or from
 * different places. Errors: those of `verifyExport`.
 */
export async function verifyCopies(
  paths: readonly [string, string],
  options: VerifyExportOptions = {},
): Promise<CopiesVerification> {
  const closings = [await Closings.in(paths[0]), await Closings.in(paths[1])] as const;
  const first = await verifyExport(paths[0], { ...options, closings: closings[1] });
  const second = await verifyExport(paths[1], { ...options, closings: closings[0] });
  const found = new FindingList();
  const { comparison, unread } = await compareExports(
    { path: paths[0], trusted: first.trusted },
    { path: paths[1], trusted: second.trusted },
    found,
    options.session,
  );
  const files = [withUnread(first, unread[0]), withUnread(second, unread[1])] as const;
  const verdicts = files.map(({ verdict }) => verdict);
  const isBad = found.count > 0 || verdicts.includes("findings");
  // As they were come to: where a log parts goes before the closings that follow from it.
  const findings = found.found.list.map(({ finding }) => ({ ...finding, ...FINDINGS[finding.code] }));
  return {
    verdict: isBad ? "findings" : verdicts.includes("could-not-tell") ? "could-not-tell" : "sound",
    files,
    comparison: { ...comparison, findings, findingCount: found.count },
    partings: await readPartings(paths, findings),
  };
}

/** Beside the other file this one cannot be told to be right in all that it says. */
function withUnread(verification: Verification, unread: readonly Unread[]): Verification {
  return withBeside(verification, { found: new FindingList().found, unread, trusted: {} });
}

export function toCopiesReport({ files: [first, second], ...rest }: CopiesVerification): CopiesReport {
  return { ...rest, files: [toReport(first), toReport(second)] };
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  sound: "sound, both files, and they do not contradict each other",
  findings: "findings",
  "could-not-tell": "could not tell; the files do not contradict each other in what both have",
};

/** For people: how the two compare first, then each by itself. */
export function renderCopies({ verdict, files, comparison }: CopiesVerification): string {
  const { sessions, sameEntries, longer, longerCount, findings } = comparison;
  const has = `${sessions.both} sessions in both files, ${sessions.onlyFirst} in the first alone, ${sessions.onlySecond} in the second alone`;
  const more = longerCount - longer.length;
  return visibleLines([
    `VERDICT: ${VERDICTS[verdict]}`,
    `  ${has}; ${sameEntries} entries are the same in both`,
    ...longer.map(
      ({ sessionId, gatewayId, first, second }) =>
        `  log of ${gatewayId} in session ${sessionId}: ${first} entries in the first, ${second} in the second`,
    ),
    ...(more > 0 ? [`  … and ${more} more logs of which one file has more (--json names ${longer.length})`] : []),
    ...findings.flatMap(({ code, fault, meaning, sessionId, gatewayId, index, what, expected, found }) => [
      `  ${code} (${fault}): session ${sessionId ?? "-"}, gateway ${gatewayId ?? "-"}${index === null ? "" : `, index ${index}`}`,
      `    ${meaning}`,
      `    ${what}: ${expected}; ${found}`,
    ]),
    ...files.flatMap((verification) => [
      "",
      `File ${verification.trusted.source?.file?.path}`,
      ...renderText(verification).trimEnd().split("\n"),
    ]),
  ]);
}
