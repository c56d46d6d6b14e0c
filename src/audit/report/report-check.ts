import { isGatelogError } from "../../entry/errors.ts";
import type { Address, Hash } from "../../entry/hex.ts";
import { recoverSigner } from "../../entry/signature.ts";
import { visibleLines } from "../../entry/visible.ts";
import { DISPUTE_FORMAT, type DisputeFile } from "./dispute.ts";
import { readReport, type AnyReportFile, type FoundReport } from "./report-file.ts";
import { renderHtml } from "./report-html.ts";
import { isOfStore, scopeOf } from "./report-words.ts";
import type { Made, ReportFile } from "./report.ts";
import type { Trusted } from "../trust.ts";
import type { Verdict } from "../verification.ts";

/** What can be said of a report file without the log that it is about. */
export interface ReportCheck {
  /**
   * sound: the auditor that it names has signed it as it is. findings: it was changed, or another has signed it than was expected.
   * could-not-tell: nobody has signed it, or its page is another version's.
   */
  readonly verdict: Verdict;
  readonly form: "json" | "html";
  readonly digest: Hash;
  /** Whose signature it has, whatever it says itself; null: nobody's. */
  readonly auditor: Address | null;
  readonly findings: readonly string[];
  readonly unknown: readonly string[];
  readonly made: Made;
  /** What it says of the log. Worth what the auditor's word is worth. Null: it is about two files. */
  readonly says: Pick<ReportFile, "verdict" | "session" | "findingCount" | "entries" | "trusted"> | null;
  /** What it says of two files; null: it is about one log. */
  readonly dispute: SaidOfTwo | null;
}

export interface SaidOfTwo extends Pick<DisputeFile, "verdict"> {
  /** Places where the two contradict each other. */
  readonly findingCount: number;
  readonly files: readonly { readonly path: string; readonly sha256: Hash; readonly verdict: Verdict }[];
}

export interface ReportExpectation {
  /** Who must have signed it. */
  readonly auditor?: Address;
  /** Of the program that checks: what it makes of a report can be compared with the page. */
  readonly version: string;
}

/**
 * Checks who signed a report, and that its page shows what was signed and nothing else: the page is made again and compared.
 * MALFORMED, TOO_LARGE: it is no report.
 */
export function checkReport(text: string, name: string, expected: ReportExpectation): ReportCheck {
  const found = readReport(text, name);
  const { form, file, digest } = found;
  const signature = checkSignature(found, expected.auditor);
  const page = form === "html" ? checkPage(text, file, expected.version) : NOTHING;
  const findings = [...signature.findings, ...page.findings];
  const unknown = [...signature.unknown, ...page.unknown];
  return {
    verdict: findings.length > 0 ? "findings" : unknown.length > 0 ? "could-not-tell" : "sound",
    ...{ form, digest, auditor: signature.auditor, findings, unknown, made: file.made },
    ...(file.format === DISPUTE_FORMAT
      ? { says: null, dispute: saidOfTwo(file) }
      : { says: saidOfOne(file), dispute: null }),
  };
}

function saidOfOne({ verdict, session, findingCount, entries, trusted }: ReportFile) {
  return { verdict, session, findingCount, entries, trusted };
}

function saidOfTwo({ verdict, comparison, files }: DisputeFile): SaidOfTwo {
  const described = files.flatMap(({ verdict: own, trusted: { source } }) =>
    source?.file ? [{ path: source.file.path, sha256: source.file.sha256, verdict: own }] : [],
  );
  return { verdict, findingCount: comparison.findingCount, files: described };
}

interface Part {
  readonly findings: readonly string[];
  readonly unknown: readonly string[];
}

const NOTHING: Part = { findings: [], unknown: [] };

function checkSignature(
  { file: { signed }, digest }: FoundReport,
  expected: Address | undefined,
): Part & { readonly auditor: Address | null } {
  if (signed === null) {
    const lacking = "nobody has signed it: whoever has had the file may have changed it";
    return expected === undefined
      ? { ...NOTHING, auditor: null, unknown: [lacking] }
      : { ...NOTHING, auditor: null, findings: [`signer: expected ${expected}; found none`] };
  }
  const auditor = signerOf(digest, signed.signature);
  const findings: string[] = [];
  if (signed.digest !== digest) findings.push(`digest of the report: ${signed.digest} stands in it; it is ${digest}`);
  if (auditor !== signed.auditor)
    findings.push(`signature: not one of ${signed.auditor}, whom it names, over this report`);
  else if (expected !== undefined && auditor !== expected)
    findings.push(`signer: expected ${expected}; found ${auditor}`);
  // Over another digest any signature recovers to somebody.
  return { findings, unknown: [], auditor: auditor === signed.auditor ? auditor : null };
}

function signerOf(digest: Hash, signature: Hash): Address | null {
  try {
    return recoverSigner(digest, signature);
  } catch (error) {
    if (isGatelogError(error, "INVALID_SIGNATURE")) return null;
    throw error;
  }
}

function checkPage(page: string, file: AnyReportFile, version: string): Part {
  if (page === renderHtml(file, version)) return NOTHING;
  const maker = /<meta name="generator" content="gatelog ([\w.+-]{1,64})" \/>/.exec(page)?.[1];
  if (maker === undefined || maker === version)
    return { findings: ["page: not what the report in it makes; what it shows is somebody else's"], unknown: [] };
  return {
    findings: [],
    unknown: [
      `page: made by version ${maker}, and this is ${version}: that it shows what is in it that version can tell, or write a page with --out`,
    ],
  };
}

/** For people: what it is worth, then what it says. */
export function renderReportCheck(check: ReportCheck): string {
  const { verdict, auditor, digest, form, findings, unknown, made } = check;
  const first = {
    sound: `SIGNED by ${auditor ?? ""}${form === "html" ? ", and the page shows what was signed" : ""}`,
    findings: "NOT GENUINE",
    "could-not-tell": "COULD NOT TELL whether it is genuine",
  };
  return visibleLines([
    first[verdict],
    ...[...findings, ...unknown].map((line) => `  ${line}`),
    `  digest ${digest}`,
    "",
    ...saidLines(check),
    `  made ${made.at} by version ${made.by}`,
  ]);
}

function saidLines({ says, dispute }: ReportCheck): string[] {
  if (says !== null) {
    const { verdict, findingCount, trusted, entries } = says;
    return [
      `It says: ${verdict}, ${findingCount} findings, ${entries.withPayload} of ${entries.total} entries proven (${scopeOf(says)})`,
      ...placeLines(trusted),
    ];
  }
  if (dispute === null) return [];
  const { verdict, findingCount, files } = dispute;
  return [
    `It says: ${verdict}, ${findingCount} ${findingCount === 1 ? "place" : "places"} where two files contradict each other`,
    ...files.map(({ path, sha256, verdict: own }) => `  ${path}, sha256 ${sha256}: ${own}`),
  ];
}

/** Of a store's file a chain has at most the keys and roots: then its block is no end of what was checked. */
function placeLines(trusted: Trusted): string[] {
  const { chainId, registry, block, source } = trusted;
  const end = isOfStore(trusted) ? "keys and roots at" : "up to";
  return [
    ...(source?.file ? [`  file ${source.file.path}, sha256 ${source.file.sha256}`] : []),
    ...(chainId === 0 ? [] : [`  chain ${chainId}, registry ${registry}, ${end} block ${block.number} ${block.hash}`]),
  ];
}
