import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Command } from "commander";
import { GatelogError } from "../../entry/errors.ts";
import { importLogFile, type ImportedSession, type ImportReport } from "../../store/log-file-import.ts";
import { answering, type CommandContext } from "../command.ts";
import { openLog, type LogOptions } from "../log-access.ts";
import { httpUrl } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";
import { createTicker } from "../ticker.ts";
import { Cleanup } from "../wiring-context.ts";
import { kindOption } from "./export.ts";

/** Sessions that the text names one by one, beside those that were refused. */
const MAX_LINES = 20;

export function importCommand(program: Command): void {
  program
    .command("import")
    .argument("<file>", "as gatelog export has written it")
    .description("take the sessions of a file over into a store: all is checked before anything is written")
    .option("--config <file>", "configuration whose store takes them")
    .addOption(kindOption())
    .option("--url <url>", "log API that takes them", httpUrl)
    .addHelpText("after", "\nExit codes: 0 all of it is there; 1 sessions were refused; 2 not done, or not known.")
    .action(answering(run));
}

async function run({ progress, env }: CommandContext, file: string, options: LogOptions): Promise<Answer> {
  await requireReadable(file);
  const cleanup = new Cleanup();
  try {
    const { store, directory } = await openLog(options, "writable", env, cleanup);
    const tick = createTicker(progress);
    const report = await importLogFile({
      ...{ store, directory },
      open: () => createReadStream(file),
      onProgress: ({ stage, line }) => {
        tick(() => `${stage}: line ${line}`);
      },
    });
    return answerOf(file, report);
  } finally {
    await cleanup.run();
  }
}

/** Before a store is opened, which may make one. */
async function requireReadable(file: string): Promise<void> {
  try {
    await (await open(file, "r")).close();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GatelogError("MALFORMED", `${file} cannot be read: ${reason}`, { file }, { cause });
  }
}

function answerOf(file: string, { sessions, sha256 }: ImportReport): Answer {
  const count = (state: ImportedSession["state"]): number =>
    sessions.filter((session) => session.state === state).length;
  const refused = sessions.filter(({ state }) => state === "refused");
  const shown = sessions.length <= MAX_LINES ? sessions : refused.slice(0, MAX_LINES);
  const left =
    refused.length > MAX_LINES ? [`  and ${refused.length - MAX_LINES} more that were refused (--json)`] : [];
  const counts = `${count("imported")} imported, ${count("completed")} completed, ${count("present")} there already, ${refused.length} refused`;
  const text = [`${file}: ${counts}`, ...shown.map(lineOf), ...left].join("\n");
  return { exit: refused.length === 0 ? EXIT.sound : EXIT.bad, text, json: { file, sha256, sessions } };
}

function lineOf({ sessionId, state, entries, decisionNotKept, refusal }: ImportedSession): string {
  const kept = decisionNotKept ? "; its decision stands in a register elsewhere" : "";
  const why = refusal === null ? "" : `  ${refusal.code}: ${refusal.message}`;
  return `  ${sessionId}  ${state}, ${entries} entries written${kept}${why}`;
}
