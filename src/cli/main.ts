import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { apiCommand } from "./commands/api.ts";
import { checkpointCommand } from "./commands/checkpoint.ts";
import { configCommand } from "./commands/config.ts";
import { deployCommand } from "./commands/deploy.ts";
import { devnetCommand } from "./commands/devnet.ts";
import { exportCommand } from "./commands/export.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { importCommand } from "./commands/import.ts";
import { recoverCommands } from "./commands/recover.ts";
import { sessionsCommand } from "./commands/sessions.ts";
import { settleCommand } from "./commands/settle.ts";
import { showCommand } from "./commands/show.ts";
import { transferCommand } from "./commands/transfer.ts";
import { verifyCommand } from "./commands/verify.ts";
import { verifyReportCommand } from "./commands/verify-report.ts";
import { GatelogError } from "../entry/errors.ts";
import { EXIT, printFailure } from "./output.ts";
import { programVersion } from "./version.ts";

/** Runs one command of `gatelog`; sets the process's exit code and resolves when the command is done. */
export async function runCli(args: readonly string[]): Promise<void> {
  const program = new Command("gatelog")
    .description("Crash-proof, audit-ready logging for DLT gateways.")
    .option("--json", "one JSON document on standard output; progress goes to standard error")
    .option("--quiet", "no progress")
    .version(programVersion())
    .addHelpText("after", "\nExit codes: 0 done and sound; 1 done, and the answer is bad; 2 not done, or not known.")
    .exitOverride()
    // Commander throws what was wrong as well; it is said once, in the form of every other failure.
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError();
  for (const add of COMMANDS) add(program);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0)
      process.exitCode = EXIT.sound; // help and version were asked for, and are printed
    else printFailure(usageError(error), { json: program.opts<{ json?: boolean }>().json ?? args.includes("--json") });
  }
}

/** Commander prints the help of a command that lacks its subcommand, and has nothing to say but that. */
function usageError({ code, message }: CommanderError): GatelogError {
  const text =
    code === "commander.help" ? "a command is expected; its help says which" : message.replace(/^error: /, "");
  return new GatelogError("MALFORMED", text, { usage: code });
}

const COMMANDS = [
  devnetCommand,
  deployCommand,
  gatewayCommand,
  apiCommand,
  transferCommand,
  sessionsCommand,
  recoverCommands,
  settleCommand,
  showCommand,
  verifyCommand,
  verifyReportCommand,
  checkpointCommand,
  exportCommand,
  importCommand,
  configCommand,
];

const startedAs = process.argv[1];
if (startedAs !== undefined && realpathSync(startedAs) === fileURLToPath(import.meta.url))
  await runCli(process.argv.slice(2));
