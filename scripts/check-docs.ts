// Keeps the documents true to the code: fails where a page names a file, a symbol or a test that is not there, where a link leads
// nowhere, and where a table of codes is not the code's. What is checked:
//
//   `src/protocol/step.ts`             the path exists
//   `src/protocol/step.ts#fold`        and declares the symbol
//   `test/store/outbox.test.ts "…"`    and has a test (or a case) of this name
//   [text](path)                       the path exists

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { FINDINGS } from "../src/audit/findings.ts";
import { ERRORS } from "../src/entry/errors.ts";
import { COMMANDS, STEPS } from "../src/entry/vocabulary.ts";
import type { Mark } from "../src/protocol/marks.ts";
import { legalNext, type Role } from "../src/protocol/order.ts";
import { RECOVERY_TABLE } from "../src/protocol/recovery-table.ts";
import { MUTANTS } from "../test/mutation/mutants.ts";
import { rowOf } from "../test/mutation/table.ts";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDERS = ["bench", "bin", "contracts", "docs", "examples", "scripts", "src", "test"];

/** What a page says that is not so. */
interface Fault {
  readonly page: string;
  readonly line: number;
  readonly what: string;
}

function pages(): string[] {
  const below = ["docs", "examples"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  return ["README.md", "CHANGELOG.md", ...below.filter((file) => file.endsWith(".md"))];
}

const sources = new Map<string, string>();
function sourceOf(path: string): string {
  const source = sources.get(path) ?? readFileSync(join(ROOT, path), "utf8");
  sources.set(path, source);
  return source;
}

const CITATION = new RegExp(`^((?:${FOLDERS.join("|")})/[\\w./-]+)(?:#(\\w+)| "(.+)")?$`);
/** Rows of the drafts' crash table. */
const CRASH_TABLE_ROWS = 29;
const KEYWORDS = "function|const|class|interface|type|enum|struct|error|event|contract|library|modifier";

/** Undefined if the citation is right. */
function faultOf(citation: string): string | undefined {
  const [, path = "", symbol, title] = CITATION.exec(citation) ?? [];
  if (path === "") return undefined; // A code span about something else.
  if (!existsSync(join(ROOT, path))) return `there is no ${path}`;
  if (symbol === undefined && title === undefined) return undefined;
  const source = sourceOf(path);
  if (title !== undefined) return hasTest(source, title) ? undefined : `${path} has no test "${title}"`;
  const declared = new RegExp(
    `\\b(?:${KEYWORDS})\\s+${symbol}\\b|^\\s+(?:(?:async|static|get|readonly)\\s+)*#?${symbol}\\s*[(<]`,
    "m",
  );
  return declared.test(source) ? undefined : `${path} declares no ${symbol}`;
}

function hasTest(source: string, title: string): boolean {
  return ['"', "`"].some((quote) => source.includes(`${quote}${title}${quote}`));
}

function faultsOf(page: string): Fault[] {
  const faults: Fault[] = [];
  let fenced = false;
  for (const [index, text] of sourceOf(page).split("\n").entries()) {
    if (text.startsWith("```")) fenced = !fenced;
    if (fenced) continue;
    const fault = (what: string | undefined) => what !== undefined && faults.push({ page, line: index + 1, what });
    for (const [, citation = ""] of text.matchAll(/`([^`]+)`/g)) fault(faultOf(citation));
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) fault(linkFault(page, target));
  }
  return faults;
}

function linkFault(page: string, target: string): string | undefined {
  if (/^https?:/.test(target)) return undefined;
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, file))) return `there is no ${file}`;
  if (anchor === undefined) return undefined;
  const headings = sourceOf(file).match(/^#+ .*$/gm) ?? [];
  return headings.some((heading) => anchorOf(heading) === anchor) ? undefined : `${file} has no heading for #${anchor}`;
}

function anchorOf(heading: string): string {
  const words = heading.replace(/^#+ /, "").toLowerCase();
  return words.replaceAll(/[^\w\s-]/g, "").replaceAll(" ", "-");
}

/** Rows of the table below a heading, without its head; cells without spaces and backticks. */
function tableBelow(page: string, heading: string): string[][] {
  const lines = sourceOf(page).split("\n");
  const start = lines.indexOf(heading);
  const first = lines.findIndex((line, index) => index > start && line.startsWith("|"));
  if (start === -1 || first === -1) return [];
  const end = lines.findIndex((line, index) => index > first && !line.startsWith("|"));
  const rows = lines.slice(first + 2, end === -1 ? undefined : end);
  return rows.map((row) => row.split("|").slice(1, -1).map(bare));
}

/** Formatting aside. */
function bare(cell: string): string {
  return cell.replaceAll(/[`\s]/g, "");
}

/** Every mark that a log of this role can reach, with what may follow it. */
function orderOf(role: Role): string[][] {
  const rows: string[][] = [];
  const reached = new Set<Mark | undefined>([undefined]);
  for (const last of reached) {
    const next = legalNext(role, last);
    rows.push([last ?? "nothing", next.length === 0 ? "nothing" : next.join(",")]);
    for (const mark of next) reached.add(mark);
  }
  return rows;
}

/** Of a written row the first columns count, unless it is said which do. */
function compare(
  page: string,
  heading: string,
  actual: readonly (readonly string[])[],
  picked: readonly number[] = actual[0]?.map((_, index) => index) ?? [],
): Fault[] {
  const lineOf = sourceOf(page).split("\n").indexOf(heading) + 1;
  const fault = (what: string): Fault => ({ page, line: lineOf, what: `table "${heading}": ${what}` });
  const written = tableBelow(page, heading).map((row) => picked.map((index) => row[index] ?? "").join(" | "));
  const wanted = actual.map((row) => row.join(" | "));
  return [
    ...wanted.filter((row) => !written.includes(row)).map((row) => fault(`lacks ${row}`)),
    ...written.filter((row) => !wanted.includes(row)).map((row) => fault(`has ${row}`)),
  ];
}

/** The rows of the recovery table that answer each row of the drafts' crash table. */
function crashTable(): string[][] {
  const citing = (role: Role, crash: number): string => {
    const rows = RECOVERY_TABLE[role].filter(({ cites }) => cites.includes(crash));
    return rows.map(({ id }) => id).join(",") || "none";
  };
  const numbers = Array.from({ length: CRASH_TABLE_ROWS }, (_, index) => index + 1);
  return numbers.map((crash) => [String(crash), citing("origin", crash), citing("destination", crash)]);
}

const stepName = (code: number) => `${Math.floor(code / 100)}.${code % 100}`;
type Table = readonly [page: string, heading: string, rows: readonly (readonly string[])[], picked?: readonly number[]];
const tables: readonly Table[] = [
  ["docs/PROTOCOL.md", "### Origin", orderOf("origin")],
  ["docs/PROTOCOL.md", "### Destination", orderOf("destination")],
  ["docs/PROTOCOL.md", "## Steps", Object.entries(STEPS).map(([name, code]) => [stepName(code), name])],
  ["docs/PROTOCOL.md", "## Commands", Object.entries(COMMANDS).map(([name, code]) => [String(code), name])],
  ["docs/PROTOCOL.md", "## Crash table", crashTable(), [0, 2, 3]],
  [
    "docs/FACES.md",
    "## Error codes",
    Object.entries(ERRORS).map(([code, row]) => [code, String(row.http), row.disposition]),
  ],
  ["docs/INVARIANTS.md", "## Mutants", MUTANTS.map((mutant) => rowOf(mutant).map(bare))],
  ["docs/FACES.md", "## Verdict of the auditor", Object.entries(FINDINGS).map(([code, row]) => [code, row.severity])],
];

/** I1, I2, … without a gap: other pages and commits name them by number. */
function numbering(page: string): Fault[] {
  const numbers = [...sourceOf(page).matchAll(/^\*\*I(\d+)\.\*\*/gm)].map(([, number]) => Number(number));
  const first = numbers.findIndex((number, index) => number !== index + 1);
  if (numbers.length > 0 && first === -1) return [];
  return [
    {
      page,
      line: 1,
      what: `the invariants are not numbered 1, 2, 3 …: I${String(numbers[first])} is number ${first + 1}`,
    },
  ];
}

const faults = [
  ...pages().flatMap(faultsOf),
  ...tables.flatMap(([page, heading, rows, picked]) => compare(page, heading, rows, picked)),
  ...numbering("docs/INVARIANTS.md"),
];
for (const { page, line, what } of faults) process.stdout.write(`${page}:${line}: ${what}\n`);
process.stdout.write(`${pages().length} pages, ${faults.length} ${faults.length === 1 ? "fault" : "faults"}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
