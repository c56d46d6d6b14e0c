import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { checkReport, renderReportCheck } from "../../audit/report/report-check.ts";
import { readReport } from "../../audit/report/report-file.ts";
import { renderHtml } from "../../audit/report/report-html.ts";
import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import { answering } from "../command.ts";
import { writeJsonFile } from "../files.ts";
import { address } from "../option-types.ts";
import { EXIT_OF, type Answer } from "../output.ts";
import { programVersion } from "../version.ts";
import { requireFree, writeWholeFile } from "../whole-file.ts";

interface VerifyReportOptions {
  readonly auditor?: Address;
  readonly pin?: string;
  readonly out?: string;
  readonly force?: boolean;
}

export function verifyReportCommand(program: Command): void {
  program
    .command("verify-report")
    .argument("<file>", "a report that verify wrote, HTML or JSON")
    .description("who signed a report, and whether its page shows what was signed; needs no node")
    .option("--auditor <address>", "who must have signed it", address)
    .option("--pin <file>", "write what its verdict trusted, for --expect of verify; not of a report that was changed")
    .option("--out <file>", "write the page anew from the data in the report")
    .option("--force", "replace the page's file if it is there")
    .addHelpText("after", "\nExit codes: 0 signed as it is; 1 changed, or signed by another; 2 could not tell.")
    .action(answering(run));
}

async function run(_context: unknown, file: string, options: VerifyReportOptions): Promise<Answer> {
  const { auditor, pin, out, force = false } = options;
  if (out !== undefined) requireFree(out, force);
  const version = programVersion();
  const text = readText(file);
  const check = checkReport(text, file, { version, ...(auditor === undefined ? {} : { auditor }) });
  // What somebody has changed must not become what the next check rests on.
  if (pin !== undefined && check.says === null)
    throw new GatelogError("MALFORMED", "--pin is about one verdict: this report is about two files", { file });
  const isPinned = pin !== undefined && check.says !== null && check.verdict !== "findings";
  if (isPinned) writeJsonFile(pin, check.says.trusted);
  if (out !== undefined) await writeWholeFile(out, [renderHtml(readReport(text, file).file, version)], { force });
  const refusal = pin === undefined || isPinned ? "" : `\n  ${pin} is not written: nothing should rest on this report`;
  return { exit: EXIT_OF[check.verdict], text: renderReportCheck(check) + refusal, json: check };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GatelogError("MALFORMED", `${file} cannot be read: ${reason}`, { file }, { cause });
  }
}
