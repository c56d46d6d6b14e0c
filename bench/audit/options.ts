import { parseArgs } from "node:util";
import { wholeNumber } from "../../scripts/support/option-values.ts";

const MOST_ENTRIES = 10_000_000;
const MOST_CORES = 64;
const MOST_SECONDS = 600;

export const USAGE = `npm run bench:audit -- [OPTION ...]

How fast \`gatelog verify\` is. A real transfer is recorded from real gateways, and copied under other ids, signed anew, until a registry has
as many entries as are wanted; a process answers for it as a node would. The auditor is the one that \`npm run build\` makes, in a
process of its own, over JSON-RPC. Beside each run, before and behind it: how many keys a second the native library recovers, bare, on as
many cores; and behind it, of how many entries a second the libraries alone parse, hash and recover what has to be. Once: an auditor of a
few lines with ethers alone. Then, for each size, a run that goes on from a checkpoint when there are 1,000 new entries.

  --entries LIST   sizes of registries, with commas (10000,100000,1000000)
  --cores LIST     (1,2)
  --plain N        entries for the plain auditor (2000)
  --seconds N      of each look at what the library recovers (3)
  --folder DIR     keeps the registries there, and takes those that it has: a million entries are 1.6 GB, and ten minutes
  --json FILE      writes all that was measured there, after each run
  --help

Checks that each verdict is sound with no entry left out, that a run is at least 15 times as fast as the plain auditor, that it takes at
most 300 MB, and that a run from a checkpoint costs less than a tenth of a whole one where that has 100,000 entries or more. How near
it comes to the bare library is told, and is 70 % or not. Exit 1 if a check fails, 2 if it could not be measured.
`;

export interface Options {
  readonly entries: readonly number[];
  readonly cores: readonly number[];
  readonly plain: number;
  readonly seconds: number;
  readonly folder: string | undefined;
  readonly json: string | undefined;
}

/** Undefined if help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      entries: { type: "string", default: "10000,100000,1000000" },
      cores: { type: "string", default: "1,2" },
      plain: { type: "string", default: "2000" },
      seconds: { type: "string", default: "3" },
      folder: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const list = (name: string, text: string, most: number) =>
    text.split(",").map((each) => wholeNumber(name, each, most));
  return {
    entries: list("--entries", values.entries, MOST_ENTRIES),
    cores: list("--cores", values.cores, MOST_CORES),
    plain: wholeNumber("--plain", values.plain, MOST_ENTRIES),
    seconds: wholeNumber("--seconds", values.seconds, MOST_SECONDS),
    folder: values.folder,
    json: values.json,
  };
}
