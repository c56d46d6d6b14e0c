import { parseArgs } from "node:util";
import { findAnvil, NODE_KINDS, type NodeKind } from "../../src/cli/devnet-chains.ts";
import { isKillPoint, KILL_POINTS, type KillPoint, type Side } from "./scenes.ts";

const USAGE = `npm run demo -- [options]
  --kill-at STEP   kill a gateway there instead of at a step drawn by lot: ${Object.keys(KILL_POINTS).join(", ")}
  --beta KIND      node of ledger beta: anvil (default where it runs) or hardhat
  --log WHERE      hardhat (default: a chain of its own), anvil, or alpha | beta: on that ledger
  --keep           leave everything running and print the addresses
  --verbose        every entry of every session, not only the milestones`;

export interface DemoOptions {
  readonly killAt: KillPoint;
  readonly drawn: boolean;
  readonly beta: NodeKind;
  readonly log: NodeKind | Side;
  readonly keep: boolean;
  readonly verbose: boolean;
}

/** What the command line asks for; a string is what is to be printed instead. Throws on what means nothing. */
export function readOptions(): DemoOptions | string {
  const { values } = parseArgs({
    options: {
      "kill-at": { type: "string" },
      beta: { type: "string" },
      log: { type: "string", default: "hardhat" },
      keep: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return USAGE;
  const points = Object.keys(KILL_POINTS);
  const killAt = values["kill-at"] ?? points[Math.floor(Math.random() * points.length)] ?? "";
  if (!isKillPoint(killAt)) throw new TypeError(`--kill-at ${killAt}: one of ${points.join(", ")} is expected`);
  const beta = values.beta ?? (findAnvil() === undefined ? "hardhat" : "anvil");
  const log = values.log;
  if (!isNodeKind(beta) || !(isNodeKind(log) || log === "alpha" || log === "beta"))
    throw new TypeError(`--beta or --log: unknown value\n${USAGE}`);
  return { killAt, drawn: values["kill-at"] === undefined, beta, log, keep: values.keep, verbose: values.verbose };
}

function isNodeKind(text: string): text is NodeKind {
  return (NODE_KINDS as readonly string[]).includes(text);
}
