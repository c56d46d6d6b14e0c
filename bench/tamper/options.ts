import { parseArgs } from "node:util";
import { wholeNumber } from "../../scripts/support/option-values.ts";

const MOST_MUTATIONS = 10_000_000;
const MOST_LOGS = 1_000_000;
const MOST_SEED = 1_000;

export const USAGE = `npm run bench:tamper -- [OPTION ...]

Sound logs, written by real gateways in simulated worlds and carried to a real registry, or written to it directly: the auditor must find
nothing in them, nor in what the ledgers of those worlds show, and of those that are kept nothing by two nodes, in two files, and in an
anchored store. Then mutations: every field of every event; events missing, doubled, elsewhere or forged; heads that lie; two at once; two
nodes or two gateways that tell two histories; anchors and proofs that do not fit; ledgers that did something else than the log says, or of
which a node does not tell the truth. Each must be found, with the right entry and the right class, and nothing else may be blamed.

  --mutations N    (10000)
  --logs N         sound logs (1000)
  --seed N         of both (1); the same seed gives the same
  --keep N         logs that mutations are made of, evenly spread (150)
  --show N         of what was missed, so many in full (20)
  --json FILE      writes the numbers there
  --help

Exit 1 if a sound log has a finding, a mutation was not found, not named, or blamed on another, or a class had no mutation.
`;

export interface Options {
  readonly mutations: number;
  readonly logs: number;
  readonly seed: number;
  readonly keep: number;
  readonly show: number;
  readonly json: string | undefined;
}

/** Undefined if help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mutations: { type: "string", default: "10000" },
      logs: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      keep: { type: "string", default: "150" },
      show: { type: "string", default: "20" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    mutations: wholeNumber("--mutations", values.mutations, MOST_MUTATIONS),
    logs: wholeNumber("--logs", values.logs, MOST_LOGS),
    seed: wholeNumber("--seed", values.seed, MOST_SEED),
    keep: wholeNumber("--keep", values.keep, MOST_LOGS),
    show: wholeNumber("--show", values.show, MOST_MUTATIONS),
    json: values.json,
  };
}
