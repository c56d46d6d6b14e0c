import type { Command } from "commander";
import { createProgress, printAnswer, printFailure, type Answer, type Progress } from "./output.ts";

/** What every command gets beside its own arguments. */
export interface CommandContext {
  readonly progress: Progress;
  readonly env: NodeJS.ProcessEnv;
}

/** Runs a command's work and prints its one answer, or the error and what to do about it. The only place that sets exit codes. */
export function answering<Arguments extends readonly unknown[]>(
  work: (context: CommandContext, ...args: Arguments) => Promise<Answer | undefined>,
): (this: Command, ...args: [...Arguments, ...unknown[]]) => Promise<void> {
  return async function (this: Command, ...args) {
    const { json = false, quiet = false } = this.optsWithGlobals<{ json?: boolean; quiet?: boolean }>();
    try {
      const context = { progress: createProgress({ quiet }), env: process.env };
      // Commander appends the command object to what the command declared.
      const answer = await work(context, ...(args as unknown as Arguments));
      if (answer) printAnswer(answer, { json });
    } catch (error) {
      printFailure(error, { json });
    }
  };
}
