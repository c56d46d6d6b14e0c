import { resolve } from "node:path";
import { Option, type Command } from "commander";
import { z } from "zod";
import { renderHtml } from "../audit/report/report-html.ts";
import { renderReportJson, reportDigest, type AnyReportFile } from "../audit/report/report-file.ts";
import type { Made } from "../audit/report/report.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address, Hash } from "../entry/hex.ts";
import { keySigner, type DigestSigner } from "../entry/signature.ts";
import { readKey } from "./secrets.ts";
import { programVersion } from "./version.ts";
import { requireFree, writeWholeFile } from "./whole-file.ts";

/** Where the auditor's key is. */
export interface AuditorKeyOptions {
  readonly signKeyFile?: string;
  readonly signKeyEnv?: string;
}

export interface ReportOptions extends AuditorKeyOptions {
  readonly report?: ReportForm;
  readonly reportOut?: string;
  /** Signed too, by the same key. */
  readonly checkpoint?: string;
  readonly force?: boolean;
}

const FORMS = ["html", "json"] as const;
type ReportForm = (typeof FORMS)[number];

/** Options of a command that can write its report into a file. */
export function reportOptions(): Option[] {
  return [
    new Option("--report <form>", "write a report as well: one HTML page, or JSON").choices(FORMS),
    new Option("--report-out <file>", "where to; goes with --report"),
    new Option("--sign-key-file <file>", "the auditor's private key: sign the report, the checkpoint, or both"),
    new Option("--sign-key-env <name>", "the same, in a variable of the environment"),
    new Option("--force", "replace the report's file if it is there"),
  ];
}

/** A report that is to be written. */
export interface ReportPlan {
  readonly form: ReportForm;
  readonly file: string;
  readonly force: boolean;
  readonly signer: DigestSigner | null;
}

export interface WrittenReport {
  readonly file: string;
  readonly form: ReportForm;
  readonly digest: Hash;
  readonly auditor: Address | null;
}

/**
 * What the options ask for, null if that is no report. Before the check that it is about, which may take long: MALFORMED if options do
 * not go together or the file is there, INVALID_CONFIG if there is no key.
 */
export function planReport(options: ReportOptions, env: NodeJS.ProcessEnv): ReportPlan | null {
  const { report: form, reportOut: file, signKeyFile, signKeyEnv, force = false } = options;
  const hasKey = (signKeyFile ?? signKeyEnv) !== undefined;
  if (form === undefined && (file !== undefined || (hasKey && options.checkpoint === undefined)))
    throw new GatelogError("MALFORMED", "--report-out and the keys that sign go with --report html or --report json");
  if (form === undefined) return null;
  if (file === undefined) throw new GatelogError("MALFORMED", "name the report's file with --report-out");
  requireFree(file, force);
  return { form, file, force, signer: auditorKey(options, env) };
}

/** Null: the options name no key. MALFORMED if they name two, INVALID_CONFIG if there is none where they say. */
export function auditorKey(
  { signKeyFile, signKeyEnv }: AuditorKeyOptions,
  env: NodeJS.ProcessEnv,
): DigestSigner | null {
  if (signKeyFile !== undefined && signKeyEnv !== undefined)
    throw new GatelogError("MALFORMED", "an auditor has one signature: --sign-key-file or --sign-key-env");
  const source =
    signKeyFile !== undefined ? { file: resolve(signKeyFile) } : signKeyEnv === undefined ? null : { env: signKeyEnv };
  return source && keySigner(readKey(source, ".", env));
}

/**
 * @param toFile Makes the report a file, of one log or of two copies.
 * @param command Repeats the check; see `repeating`.
 */
export async function writeReport(
  plan: ReportPlan,
  toFile: (made: Made, signer: DigestSigner | null) => Promise<AnyReportFile>,
  command: readonly string[],
): Promise<WrittenReport> {
  const { form, file, force, signer } = plan;
  const version = programVersion();
  const made = { at: new Date().toISOString(), by: version, command };
  const whole = await toFile(made, signer);
  await writeWholeFile(file, [form === "html" ? renderHtml(whole, version) : renderReportJson(whole)], { force });
  return { file, form, digest: reportDigest(whole), auditor: signer?.address ?? null };
}

/** For people. */
export function renderWritten({ file, form, digest, auditor }: WrittenReport): string {
  return `Report (${form}): ${file}, digest ${digest}${auditor === null ? ", not signed" : `, signed by ${auditor}`}`;
}

/** Options that say what becomes of a verdict, and not what it is about; what was pinned the report pins itself. */
const NOT_REPEATED: ReadonlySet<string> = new Set([
  "pin",
  "expect",
  // Whoever repeats the check has no earlier run: it is repeated whole.
  "checkpoint",
  "auditor",
  ...reportOptions().map((option) => option.attributeName()),
]);

/** The command as it was given, for whoever repeats the check: no option of reports, and no secret. */
export function repeating(command: Command): string[] {
  const given = command.options.filter((option) => {
    const name = option.attributeName();
    return command.getOptionValueSource(name) === "cli" && !NOT_REPEATED.has(name);
  });
  const words = given.flatMap((option) => {
    const value: unknown = command.getOptionValue(option.attributeName());
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.flatMap((each) => [option.long ?? option.flags, ...(each === true ? [] : [spelled(each)])]);
  });
  return ["gatelog", command.name(), ...words];
}

const ledgerShape = z.object({ name: z.string(), url: z.string(), escrow: z.string() });
const depthShape = z.object({ depth: z.number() });

/** A value as the command line has it; see `option-types.ts`. */
function spelled(value: unknown): string {
  const ledger = ledgerShape.safeParse(value).data;
  if (ledger !== undefined) return `${ledger.name}=${withoutSecrets(ledger.url)},${ledger.escrow}`;
  const depth = depthShape.safeParse(value).data;
  return depth === undefined ? withoutSecrets(String(value)) : String(depth.depth);
}

/** An address as others may see it: a provider's often has a key in its path, its query, or before its host. */
function withoutSecrets(text: string): string {
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  if (url === null) return text;
  const { protocol, host, pathname, search, username, password } = url;
  const isPlain = username === "" && password === "" && search === "" && pathname === "/";
  return isPlain ? text : `${protocol}//${host}/...`;
}
