import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Option, type Command } from "commander";
import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import { answering } from "../command.ts";
import { NODE_KINDS, type NodeKind } from "../devnet-chains.ts";
import { DEFAULT_BLOCK_TIME_MS, DEFAULT_DIR, DEFAULT_PORT_BASE, startDevnet } from "../devnet.ts";
import { readJsonFile } from "../files.ts";
import { integer } from "../option-types.ts";
import { EXIT } from "../output.ts";

interface UpOptions {
  readonly dir: string;
  readonly alpha: NodeKind;
  readonly beta: NodeKind;
  readonly log: NodeKind | "alpha" | "beta";
  readonly blockTime: number;
  readonly portBase: number;
}

const END_TIMEOUT_MS = 5_000;
const END_POLL_MS = 50;

interface NodeProcess {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
}

const processesSchema = z.object({ processes: z.array(z.object({ name: z.string(), pid: z.int(), port: z.int() })) });

/** State of the ended chains: none of it means anything to the next ones. The nodes' output (`*.log`) stays. */
const WRITTEN = ["devnet.json", "alpha.yaml", "beta.yaml", "api.yaml", "keys", "alpha-data", "beta-data", "api-data"];

export function devnetCommand(program: Command): void {
  const devnet = program.command("devnet").description("two ledgers and a log chain on this machine, for development");
  const kinds = NODE_KINDS as readonly string[];
  devnet
    .command("up")
    .description("start the chains, deploy, register two gateways, write devnet.json and ready configurations")
    .option("--dir <folder>", "where everything is written", DEFAULT_DIR)
    .addOption(new Option("--alpha <kind>", "node of ledger alpha").choices(kinds).default("hardhat"))
    .addOption(new Option("--beta <kind>", "node of ledger beta").choices(kinds).default("hardhat"))
    .addOption(
      new Option("--log <kind>", "node of the log chain, or the ledger that carries the log")
        .choices([...kinds, "alpha", "beta"])
        .default("hardhat"),
    )
    .option("--block-time <ms>", "between two blocks of an anvil node", integer(50, 60_000), DEFAULT_BLOCK_TIME_MS)
    .option(
      "--port-base <port>",
      "first of six ports in a row; 0 takes free ones",
      integer(0, 65_530),
      DEFAULT_PORT_BASE,
    )
    .action(
      answering(async ({ progress }, options: UpOptions) => {
        const dir = resolve(options.dir);
        refuseSecondRun(join(dir, "devnet.json"));
        const { blockTime: blockTimeMs, ...rest } = options;
        const { record, file } = await startDevnet({ ...rest, dir, blockTimeMs, detached: true }, progress);
        const { gateways, api } = record;
        const text = [
          `The development chains are up; everything is in ${file}`,
          `  log API        npx gatelog api start --config ${api.config}`,
          `  alpha gateway  npx gatelog gateway start --config ${gateways.alpha.config}`,
          `  beta gateway   npx gatelog gateway start --config ${gateways.beta.config}`,
          `  end            npx gatelog devnet down${options.dir === DEFAULT_DIR ? "" : ` --dir ${options.dir}`}`,
        ].join("\n");
        return { exit: EXIT.sound, text, json: { file, ...record } };
      }),
    );

  devnet
    .command("down")
    .description("end the chains that `devnet up` started; what they held is gone")
    .option("--dir <folder>", "as given to `devnet up`", DEFAULT_DIR)
    .action(
      answering(async (_context, options: { readonly dir: string }) => {
        const file = join(resolve(options.dir), "devnet.json");
        const record = readJsonFile(file, processesSchema, "CORRUPT_STORE");
        if (record === undefined)
          throw new GatelogError("NOT_FOUND", `no development chains were started in ${options.dir}`, { file });
        const running = record.processes.filter(isOurs);
        await Promise.all(running.map(endProcess));
        const ended = running.map(({ name }) => name);
        // Everything that `up` and its gateways wrote, by name: the folder may hold other things.
        for (const name of WRITTEN) rmSync(join(resolve(options.dir), name), { recursive: true, force: true });
        return { exit: EXIT.sound, text: `Ended: ${ended.join(", ") || "nothing was running"}`, json: { ended } };
      }),
    );
}

function refuseSecondRun(file: string): void {
  const record = readJsonFile(file, processesSchema, "CORRUPT_STORE");
  if (record?.processes.some(isOurs))
    throw new GatelogError(
      "INVALID_CONFIG",
      `development chains are running already, see ${file}; end them with: gatelog devnet down`,
      { file },
    );
}

/** Process ids are used again: only a process that still serves the recorded port is ours to end. */
function isOurs({ pid, port }: NodeProcess): boolean {
  return `${commandLineOf(pid).trim()} `.includes(`--port ${port} `);
}

/** Empty if there is no such process. Linux tells it by a file; slim images have no `ps`. */
function commandLineOf(pid: number): string {
  try {
    if (existsSync("/proc/self/cmdline")) return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** Resolves once it is gone: its port can then be had again. */
async function endProcess(node: NodeProcess): Promise<void> {
  process.kill(node.pid, "SIGTERM");
  const until = Date.now() + END_TIMEOUT_MS;
  while (isOurs(node)) {
    if (Date.now() > until) process.kill(node.pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, END_POLL_MS));
  }
}
