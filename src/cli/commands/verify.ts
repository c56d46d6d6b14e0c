import type { Command } from "commander";
import { httpJsonRpc } from "../../audit/json-rpc.ts";
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

interface VerifyOptions {
  readonly rpcUrl: string;
  readonly logRegistry: Address;
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
    .requiredOption("--rpc-url <url>", "any JSON-RPC node of the log chain", httpUrl)
    .requiredOption("--log-registry <address>", "the registry", address)
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

async function run({ progress }: CommandContext, options: VerifyOptions): Promise<Answer> {
  const reader = new RpcReader(httpJsonRpc(options.rpcUrl), {
    registry: options.logRegistry,
    finality: options.finality,
  });
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
  const exit = { sound: EXIT.sound, findings: EXIT.bad, "could-not-tell": EXIT.unknown }[verification.verdict];
  return { exit, text: renderText(verification).trimEnd(), json: report };
}

function ledgerReader({ name, url, escrow }: NamedLedger, finality: Finality): RpcLedgerReader {
  return new RpcLedgerReader(httpJsonRpc(url), { name, escrow, finality });
}

function readExpectation(file: string): Expectation {
  const pinned = readJsonFile(file, expectationSchema, "INVALID_CONFIG");
  if (pinned === undefined) throw new GatelogError("INVALID_CONFIG", `there is no file ${file}`, { file });
  return pinned;
}
