import { parseArgs } from "node:util";
import { named, wholeNumber } from "../../scripts/support/option-values.ts";

/** What a run can measure, in this order. */
export const PARTS = ["registries", "sessions"] as const;
export type Part = (typeof PARTS)[number];

const MOST_SESSION_ENTRIES = 80_000;
const MOST_REGISTRY_ENTRIES = 10_000_000;
const MOST_RESTARTS = 10_000;
/** One transaction holds so many entries that are signed each for itself, and not many more. */
const MOST_PER_BLOCK = 150;

export const USAGE = `npm run bench:restart -- [OPTION ...]

From the spawning of a killed gateway to the first durable entry of its open session, for sessions of several lengths and for
registries of several sizes, the sizes by turns, against a gateway of the same kind that has no open session.

  --entries A,B    entries of the open session, both logs together (100,1000)
  --per-block N    entries of it that a block holds (1)
  --registry A,B   entries of other sessions in the registry (1000,20000)
  --restarts N     of each (20); fewer than 100 give no p99 but the slowest
  --only PART      ${PARTS.join(" or ")} alone
  --json FILE      writes all that was measured there, after each part
  --help

The registry's size must not matter: the first durable step of each larger registry takes at most 1.2 times that of the smallest,
in the median and in p99. Exit 1 if it takes longer, 2 if it could not be measured. The recorded run:

  npm run bench:restart -- --entries 100,10000 --registry 1000,1000000 --restarts 100
`;

export interface Options {
  readonly entries: readonly number[];
  readonly perBlock: number;
  readonly registry: readonly number[];
  readonly restarts: number;
  readonly parts: readonly Part[];
  readonly json: string | undefined;
}

/** Undefined if help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      entries: { type: "string", default: "100,1000" },
      "per-block": { type: "string", default: "1" },
      registry: { type: "string", default: "1000,20000" },
      restarts: { type: "string", default: "20" },
      only: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    entries: sizes("--entries", values.entries, MOST_SESSION_ENTRIES),
    perBlock: wholeNumber("--per-block", values["per-block"], MOST_PER_BLOCK),
    registry: sizes("--registry", values.registry, MOST_REGISTRY_ENTRIES),
    restarts: wholeNumber("--restarts", values.restarts, MOST_RESTARTS),
    parts: values.only === undefined ? PARTS : [named("--only", PARTS, values.only)],
    json: values.json,
  };
}

/** Ascending: the smallest is what the others are compared with. */
function sizes(option: string, text: string, maximum: number): number[] {
  const all = text.split(",").map((size) => wholeNumber(option, size, maximum));
  if (new Set(all).size < all.length) throw new RangeError(`${option} names a size twice: ${text}`);
  return all.sort((one, other) => one - other);
}
