import { Command, CommanderError } from "commander";
import { apiCommand } from "./commands/api.ts";
import { configCommand } from "./commands/config.ts";
import { deployCommand } from "./commands/deploy.ts";
import { devnetCommand } from "./commands/devnet.ts";
import { gatewayCommand } from "./commands/gateway.ts";
import { sessionsCommand } from "./commands/sessions.ts";
import { showCommand } from "./commands/show.ts";
import { transferCommand } from "./commands/transfer.ts";
import { verifyCommand } from "./commands/verify.ts";
import { EXIT } from "./output.ts";

const program = new Command("gatelog")
  .description("Crash-proof, audit-ready logging for DLT gateways.")
  .option("--json", "one JSON document on standard output; progress goes to standard error")
  .option("--quiet", "no progress")
  .addHelpText("after", "\nExit codes: 0 done and sound; 1 done, and the answer is bad; 2 not done, or not known.")
  .exitOverride()
  .showSuggestionAfterError();

for (const add of [
  devnetCommand,
  deployCommand,
  gatewayCommand,
  apiCommand,
  transferCommand,
  sessionsCommand,
  showCommand,
  verifyCommand,
  configCommand,
]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has printed what was wrong; help and version count as done.
  process.exitCode = error.exitCode === 0 ? EXIT.sound : EXIT.unknown;
}
