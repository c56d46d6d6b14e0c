import type { Command } from "commander";
import { CheckpointFile } from "../../audit/checkpoint/checkpoint-file.ts";
import { compareCheckpoints, renderComparison } from "../../audit/checkpoint/compare.ts";
import { cosign } from "../../audit/checkpoint/cosign.ts";
import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { answering, type CommandContext } from "../command.ts";
import { EXIT, type Answer } from "../output.ts";
import { auditorKey, type AuditorKeyOptions } from "../report-writing.ts";
import { writeWholeFile } from "../whole-file.ts";

interface CosignOptions extends AuditorKeyOptions {
  readonly own: string;
}

export function checkpointCommand(program: Command): void {
  const checkpoint = program
    .command("checkpoint")
    .description("what verify --checkpoint writes: compared between auditors, and signed by several");
  checkpoint
    .command("compare")
    .argument("<first>", "a checkpoint")
    .argument("<second>", "another one, of the same registry")
    .description("whether two auditors have come to the same heads, and else where they part")
    .addHelpText("after", "\nExit codes: 0 equal; 1 different; 2 of two blocks, without a contradiction, or not known.")
    .action(answering(runCompare));
  checkpoint
    .command("cosign")
    .argument("<file>", "a checkpoint of another auditor; the signature is added to it")
    .requiredOption("--own <file>", "the signer's own checkpoint of the same block: nothing else is signed")
    .option("--sign-key-file <file>", "the auditor's private key")
    .option("--sign-key-env <name>", "the same, in a variable of the environment")
    .description("add a signature to a checkpoint whose heads and state are those of one's own")
    .addHelpText("after", "\nExit codes: 0 signed; 1 refused, the two are not the same; 2 not done.")
    .action(answering(runCosign));
}

const EXIT_OF_COMPARISON = { equal: EXIT.sound, different: EXIT.bad, "could-not-tell": EXIT.unknown };

async function runCompare(_context: CommandContext, first: string, second: string): Promise<Answer> {
  const comparison = await compareCheckpoints(await CheckpointFile.open(first), await CheckpointFile.open(second));
  return { exit: EXIT_OF_COMPARISON[comparison.verdict], text: renderComparison(comparison), json: comparison };
}

async function runCosign({ env }: CommandContext, path: string, options: CosignOptions): Promise<Answer> {
  const signer = auditorKey(options, env);
  if (signer === null) throw new GatelogError("MALFORMED", "name the key with --sign-key-file or --sign-key-env");
  const [file, own] = [await CheckpointFile.open(path), await CheckpointFile.open(options.own)];
  try {
    const lines = await cosign(file, own, signer);
    if (lines !== null) await writeWholeFile(path, lines, { force: true });
  } catch (error) {
    if (!isGatelogError(error, "REFUSED")) throw error;
    const { context, message } = error;
    return { exit: EXIT.bad, text: `Not signed: ${message}`, json: { file: path, signed: false, refusal: context } };
  }
  const { end } = await CheckpointFile.open(path, { auditor: signer.address });
  const auditors = end.signatures.map(({ auditor }) => auditor);
  const json = { file: path, signed: true, block: end.block.number, headsHash: end.headsHash, auditors };
  return { exit: EXIT.sound, text: `${path}: block ${end.block.number}, signed by ${auditors.join(" and ")}`, json };
}
