import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** It could not run: nothing is shown either way. */
const NOT_RUN = 2;

/**
 * The options of a script whose leading comment is its help: `--help` prints that, and ends the process. An option that is none ends it with 2
 * and says where to look.
 */
export function parseCommandLine<Config extends ParseArgsConfig>(
  script: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  if ((config.args ?? process.argv.slice(2)).includes("--help")) {
    process.stdout.write(`${helpOf(script)}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    // Of the whole command line: node:util throws nothing else here.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}; --help says what there is\n`);
    process.exit(NOT_RUN);
  }
}

function helpOf(script: string): string {
  const lines = readFileSync(script, "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines
    .slice(0, end)
    .map((line) => line.slice(3))
    .join("\n");
}
