import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { named, wholeNumber } from "../../scripts/support/option-values.ts";

/** Where the log is, and with it who decides on the primary. */
export const LOGS = ["chain", "postgres"] as const;
export type LogKind = (typeof LOGS)[number];
export const NODES = ["hardhat", "anvil"] as const;
/** The log chain's node; both mine each transaction at once. */
export type MiningNode = (typeof NODES)[number];
/** What a run can measure, in this order. */
export const PARTS = ["kills", "suspicions", "handovers"] as const;
export type Part = (typeof PARTS)[number];

const MOST_KILLS = 10_000;
const MOST_HANDOVERS = 10_000;
const MOST_SECONDS = 86_400;
const MOST_AT_ONCE = 64;
const MOST_BURNERS = 256;
const MOST_MS = 60_000;

export const USAGE = `npm run bench:takeover -- [OPTION ...]

A group of two gateway processes, with transfers under way all the time.
kills       the primary is killed (SIGKILL) in mid-transfer, again and again; the dead one comes back as the standby of the next
            round. Measured: from the last act of the dead primary (its last durable entry or its last heartbeat, whichever is later)
            to the first durable entry of the backup, and what the time goes to; beside a bare compare-and-set of the same run
suspicions  nobody is killed, and the processors are kept busy: how often a living primary is taken for dead, and what comes of it
handovers   clients keep asking for transfers and for what became of them, while the group is handed over, again and again

  --log L          ${LOGS.join(" or ")} (chain)
  --node N         of the log chain: ${NODES.join(" or ")} (hardhat)
  --kills N        (20); fewer than 100 give no p99 but the slowest
  --seconds N      of the suspicions (60)
  --burners N      busy processes beside them (one for each processor)
  --handovers N    (20)
  --at-once N      transfers under way (2)
  --heartbeat MS   between two signs of life (10)
  --silence MS     T: for so long the primary must be silent (50)
  --only PART      ${PARTS.join(", ")}; more of them with commas
  --json FILE      writes all that was measured there, after each part
  --help

Checks that p99 is at most 100 ms beyond T, that every transfer ends right (what left one ledger is on the other, and the auditor
finds nothing), and that no request fails while the group is handed over: a client that is told where the primary is now asks there
by itself, and a request counts as failed if that does not bring it to its answer. Exit 1 if one of them fails, 2 if it could not be
measured. The recorded run:

  npm run bench:takeover -- --kills 200 --seconds 600 --handovers 50
`;

export interface Options {
  readonly log: LogKind;
  readonly node: MiningNode;
  readonly kills: number;
  readonly seconds: number;
  readonly burners: number;
  readonly handovers: number;
  readonly atOnce: number;
  readonly heartbeat: number;
  readonly silence: number;
  readonly parts: readonly Part[];
  readonly json: string | undefined;
}

/** Undefined if help was asked for. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      log: { type: "string", default: "chain" },
      node: { type: "string", default: "hardhat" },
      kills: { type: "string", default: "20" },
      seconds: { type: "string", default: "60" },
      burners: { type: "string", default: String(availableParallelism()) },
      handovers: { type: "string", default: "20" },
      "at-once": { type: "string", default: "2" },
      heartbeat: { type: "string", default: "10" },
      silence: { type: "string", default: "50" },
      only: { type: "string", default: PARTS.join(",") },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    log: named("--log", LOGS, values.log),
    node: named("--node", NODES, values.node),
    kills: wholeNumber("--kills", values.kills, MOST_KILLS),
    seconds: wholeNumber("--seconds", values.seconds, MOST_SECONDS),
    burners: wholeNumber("--burners", values.burners, MOST_BURNERS),
    handovers: wholeNumber("--handovers", values.handovers, MOST_HANDOVERS),
    atOnce: wholeNumber("--at-once", values["at-once"], MOST_AT_ONCE),
    heartbeat: wholeNumber("--heartbeat", values.heartbeat, MOST_MS),
    silence: wholeNumber("--silence", values.silence, MOST_MS),
    parts: values.only.split(",").map((name) => named("--only", PARTS, name)),
    json: values.json,
  };
}
