import type { Command } from "commander";
import { httpJsonRpc } from "../../audit/json-rpc.ts";
import { checkProof, entryProofSchema, renderProof } from "../../audit/proof-check.ts";
import { renderText, toReport } from "../../audit/report.ts";
import { RpcLedgerReader } from "../../audit/rpc-ledger-reader.ts";
import { RpcReader } from "../../audit/rpc-reader.ts";
import type { Finality } from "../../audit/rpc-calls.ts";
import { expectationSchema, type Expectation } from "../../audit/trust.ts";
import { verify } from "../../audit/verify.ts";
import { GatelogError } from "../../entry/errors.ts";
import { sessionIdSchema, type Address } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import { answering, type CommandContext } from "../command.ts";
import { readJsonFile, writeJsonFile } from "../files.ts";
import { address, finality, httpUrl, integer, namedLedgers, type NamedLedger } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";

const EXIT_OF = { sound: EXIT.sound, findings: EXIT.bad, "could-not-tell": EXIT.unknown };

interface VerifyOptions {
  readonly rpcUrl?: string;
  readonly logRegistry?: Address;
  readonly proof?: string;
  readonly session?: string;
  readonly ledger: readonly NamedLedger[];
  readonly fromBlock: number;
  readonly finality: Finality;
  readonly expect?: string;
  readonly pin?: string;
}

export function verifyCommand(program: Command): void {
  program
    .command("verify")
    .description(
      "the auditor: checks a log registry from contract events and heads alone; needs no gateway, no API, no key",
    )
    .option(
      "--rpc-url <url>",
      "any JSON-RPC node of the log chain; needed unless a proof is checked by itself",
      httpUrl,
    )
    .option("--log-registry <address>", "the registry; goes with --rpc-url", address)
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
}

async function run(context: CommandContext, options: VerifyOptions): Promise<Answer> {
  const reader = readerOf(options);
  if (options.proof !== undefined) return runProof(options.proof, reader, options);
  if (reader !== undefined) return runAudit(context, reader, options);
  throw new GatelogError("MALFORMED", "name the node and the registry with --rpc-url and --log-registry, or a --proof");
}

/** Undefined where no node is named: a proof can be checked by itself. */
function readerOf({ rpcUrl, logRegistry: registry, finality: final }: VerifyOptions): RpcReader | undefined {
  if (rpcUrl !== undefined && registry !== undefined)
    return new RpcReader(httpJsonRpc(rpcUrl), { registry, finality: final });
  if (rpcUrl === undefined && registry === undefined) return undefined;
  throw new GatelogError("MALFORMED", "--rpc-url and --log-registry go together");
}

async function runProof(file: string, reader: RpcReader | undefined, { fromBlock }: VerifyOptions): Promise<Answer> {
  const proof = readJsonFile(file, entryProofSchema, "MALFORMED");
  if (proof === undefined) throw new GatelogError("INVALID_CONFIG", `there is no file ${file}`, { file });
  const report = await checkProof(proof, reader, fromBlock);
  return { exit: EXIT_OF[report.verdict], text: renderProof(report), json: report };
}

async function runAudit({ progress }: CommandContext, reader: RpcReader, options: VerifyOptions): Promise<Answer> {
  const session =
    options.session === undefined ? undefined : parseAs(sessionIdSchema, options.session, "MALFORMED", "--session");
  const verification = await verify(reader, {
    ...(session === undefined ? {} : { session }),
    fromBlock: options.fromBlock,
    ledgers: options.ledger.map((ledger) => ledgerReader(ledger, options.finality)),
    expect: options.expect === undefined ? {} : readExpectation(options.expect),
    onProgress: ({ stage, done, total }) => progress(`${stage}: ${done} of ${total}`),
  });
  const report = toReport(verification);
  if (options.pin !== undefined) writeJsonFile(options.pin, report.trusted);
  return { exit: EXIT_OF[verification.verdict], text: renderText(verification).trimEnd(), json: report };
}

function ledgerReader({ name, url, escrow }: NamedLedger, finality: Finality): RpcLedgerReader {
  return new RpcLedgerReader(httpJsonRpc(url), { name, escrow, finality });
}

function readExpectation(file: string): Expectation {
  const pinned = readJsonFile(file, expectationSchema, "INVALID_CONFIG");
  if (pinned === undefined) throw new GatelogError("INVALID_CONFIG", `there is no file ${file}`, { file });
  return pinned;
}
