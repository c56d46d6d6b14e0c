import type { Command } from "commander";
import { httpJsonRpc } from "../../audit/reading/json-rpc.ts";
import { checkProof, entryProofSchema, renderProof } from "../../audit/files/proof-check.ts";
import { toDisputeFile, toReportFile } from "../../audit/report/report-file.ts";
import { renderText, toReport } from "../../audit/report/report.ts";
import { RpcLedgerReader } from "../../audit/reading/rpc-ledger-reader.ts";
import type { Finality } from "../../audit/reading/rpc-calls.ts";
import { expectationSchema, type Expectation } from "../../audit/trust.ts";
import { renderCopies, toCopiesReport, verifyCopies } from "../../audit/verify-copies.ts";
import type { VerifyExportOptions } from "../../audit/files/export-source.ts";
import { GatelogError } from "../../entry/errors.ts";
import { sessionIdSchema } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import { createAuditProgress } from "../audit-progress.ts";
import { answering, type CommandContext } from "../command.ts";
import { readJsonFile, writeJsonFile } from "../files.ts";
import { address, collect, finality, httpUrls, integer, namedLedgers, type NamedLedger } from "../option-types.ts";
import { auditOn, checkpointOptions, planCheckpoint, renderKept, type CheckpointOptions } from "../checkpointing.ts";
import { fallbacks } from "../fallbacks.ts";
import { keepHeapSmall } from "../memory.ts";
import { EXIT_OF, type Answer } from "../output.ts";
import {
  planReport,
  renderWritten,
  repeating,
  reportOptions,
  writeReport,
  type ReportOptions,
  type WrittenReport,
} from "../report-writing.ts";
import { createTicker } from "../ticker.ts";
import { sourcesOf, type SourceOptions, type Sources } from "../verify-sources.ts";
import { requireWatch, runWatch, stoppable, watchOptions, type WatchOptions } from "../verify-watch.ts";

interface VerifyOptions extends ReportOptions, SourceOptions, CheckpointOptions, WatchOptions {
  readonly proof?: string;
  readonly session?: string;
  readonly ledger: readonly NamedLedger[];
  readonly fromBlock: number;
  readonly expect?: string;
  readonly pin?: string;
}

export function verifyCommand(program: Command): void {
  const command = program
    .command("verify")
    .description(
      "the auditor: checks a log registry from contract events and heads alone; needs no gateway, no API, no key",
    )
    .option(
      "--rpc-url <url>",
      "any JSON-RPC node of the log chain; of two, each answer of the one is held against the other's; a proof or a file needs none",
      httpUrls,
    )
    .option("--log-registry <address>", "the registry; goes with --rpc-url", address)
    .option(
      "--export <file>",
      "a log as gatelog export has written it, without a node or with its heads; two files are compared",
      collect,
    )
    .option(
      "--proof <file>",
      "check the proof of one entry, as GET /v1/sessions/:id/proof/:n gives it; without a node it says what it takes on trust",
    )
    .option("--session <id>", "one session and the keys that it rests on, instead of the whole registry")
    .option("--ledger <name=url,escrow>", "compare with this ledger too; may be given several times", namedLedgers, [])
    .option(
      "--from-block <n>",
      "block of the registry's deployment, or an earlier one",
      integer(0, Number.MAX_SAFE_INTEGER),
      0,
    )
    .option("--finality <how>", "instant, finalized, or a number of blocks", finality, "instant")
    .option("--expect <file>", "refuse any other chain, contract or key than this file pins (see --pin)")
    .option("--pin <file>", "write what this verdict trusted, for --expect of the next")
    .addHelpText("after", "\nExit codes: 0 sound; 1 findings; 2 could not tell.")
    .action(answering(run));
  for (const option of [...reportOptions(), ...checkpointOptions(), ...watchOptions()]) command.addOption(option);
}

async function run(context: CommandContext, options: VerifyOptions, command?: unknown): Promise<Answer> {
  keepHeapSmall();
  for (const fallback of fallbacks()) context.progress(fallback);
  if (options.proof !== undefined) return runProof(options.proof, options);
  if (requireWatch(options)) return runWatched(context, options, command as Command);
  const sources = sourcesOf(options);
  if (sources !== undefined) return runAudit(context, sources, options, command as Command);
  const message =
    "name the node and the registry with --rpc-url and --log-registry, or a file with --export or --proof";
  throw new GatelogError("MALFORMED", message);
}

/** Options that are about a log. The proof of one entry serves none of them, and a check that is not made must not seem to be. */
const NOT_OF_A_PROOF: Readonly<Partial<Record<keyof VerifyOptions, string>>> = {
  ...{ export: "--export", session: "--session", ledger: "--ledger", pin: "--pin" },
  ...{ report: "--report", reportOut: "--report-out", signKeyFile: "--sign-key-file", signKeyEnv: "--sign-key-env" },
  ...{ checkpoint: "--checkpoint", auditor: "--auditor", watch: "--watch", every: "--every", metrics: "--metrics" },
  ...{ exitOnFinding: "--exit-on-finding", force: "--force" },
};

function requireOfProof(options: VerifyOptions): void {
  const given = Object.entries(options).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  const names = new Map(Object.entries(NOT_OF_A_PROOF));
  for (const [name] of given) {
    const option = names.get(name);
    if (option === undefined) continue;
    throw new GatelogError("MALFORMED", `${option} is about a log: leave it out, or --proof`, { option });
  }
  if ((options.rpcUrl ?? []).length > 1) throw new GatelogError("MALFORMED", "beside a proof goes one node");
}

async function runProof(file: string, options: VerifyOptions): Promise<Answer> {
  requireOfProof(options);
  const { node } = sourcesOf(options) ?? {};
  const proof = readJsonFile(file, entryProofSchema, "MALFORMED");
  if (proof === undefined) throw new GatelogError("INVALID_CONFIG", `there is no file ${file}`, { file });
  const expect = options.expect === undefined ? {} : readExpectation(options.expect);
  const report = await checkProof(proof, node, options.fromBlock, expect);
  return { exit: EXIT_OF[report.verdict], text: renderProof(report), json: report };
}

async function runAudit(
  { progress, env }: CommandContext,
  { audit, copies, node }: Sources,
  options: VerifyOptions,
  command: Command,
): Promise<Answer> {
  const plan = planReport(options, env);
  const keeping = planCheckpoint(options, env);
  const tellBytes = createTicker(progress);
  const session =
    options.session === undefined ? undefined : parseAs(sessionIdSchema, options.session, "MALFORMED", "--session");
  const asked: VerifyExportOptions = {
    ...(session === undefined ? {} : { session }),
    fromBlock: options.fromBlock,
    ledgers: options.ledger.map((ledger) => ledgerReader(ledger, options.finality)),
    expect: options.expect === undefined ? {} : readExpectation(options.expect),
    stories: plan !== null,
    onProgress: createAuditProgress(progress),
    onBytes: (bytes) => tellBytes(() => `reading the file: ${bytes.toLocaleString("en")} bytes`),
  };
  if (copies !== null) {
    if (options.pin !== undefined) throw new GatelogError("MALFORMED", "--pin is about one verdict: name one file");
    const compared = await verifyCopies(copies, { ...asked, ...(node && { node }) });
    const report = toCopiesReport(compared);
    const toFile: ToFile = (...made) => toDisputeFile(report, ...made);
    const answer = { exit: EXIT_OF[compared.verdict], text: renderCopies(compared), json: report };
    return plan === null ? answer : withReport(answer, await writeReport(plan, toFile, repeating(command)));
  }
  const { verification, kept } =
    keeping === null ? { verification: await audit(asked), kept: null } : await auditOn(keeping, audit, asked);
  const report = toReport(verification);
  if (options.pin !== undefined) writeJsonFile(options.pin, report.trusted);
  const toFile: ToFile = (...made) => toReportFile(report, ...made);
  const text = [renderText(verification).trimEnd(), ...(kept === null ? [] : ["", renderKept(kept)])].join("\n");
  const json = kept === null ? report : { ...report, checkpoint: kept };
  const answer = { exit: EXIT_OF[verification.verdict], text, json };
  return plan === null ? answer : withReport(answer, await writeReport(plan, toFile, repeating(command)));
}

/** Run after run, each on from the checkpoint. */
function runWatched({ env }: CommandContext, options: VerifyOptions, command: Command): Promise<Answer> {
  const keeping = planCheckpoint(options, env);
  if (keeping === null)
    throw new GatelogError("MALFORMED", "--watch goes on from run to run: name a file with --checkpoint");
  if ((options.report ?? options.pin) !== undefined)
    throw new GatelogError("MALFORMED", "--report and --pin are about one run: leave them out, or --watch");
  const expect = options.expect === undefined ? {} : readExpectation(options.expect);
  const { quiet: isQuiet = false } = command.optsWithGlobals<{ quiet?: boolean }>();
  return runWatch(options, { isQuiet }, (signal) => {
    const { node, audit } = sourcesOf(options, stoppable(signal)) ?? {};
    if (node === undefined || audit === undefined)
      throw new GatelogError("MALFORMED", "name the node and the registry with --rpc-url and --log-registry");
    const asked = { fromBlock: options.fromBlock, expect };
    return { reader: node, audit: async () => (await auditOn(keeping, audit, asked)).verification };
  });
}

type ToFile = Parameters<typeof writeReport>[1];

function withReport({ exit, text, json }: Answer & { readonly json: object }, written: WrittenReport): Answer {
  return { exit, text: `${text}\n\n${renderWritten(written)}`, json: { ...json, report: written } };
}

function ledgerReader({ name, url, escrow }: NamedLedger, finality: Finality): RpcLedgerReader {
  return new RpcLedgerReader(httpJsonRpc(url), { name, escrow, finality });
}

function readExpectation(file: string): Expectation {
  const pinned = readJsonFile(file, expectationSchema, "INVALID_CONFIG");
  if (pinned === undefined) throw new GatelogError("INVALID_CONFIG", `there is no file ${file}`, { file });
  return pinned;
}
