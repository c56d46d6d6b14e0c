// The main job, end to end, on this machine: two ledgers, a log chain, two gateways and the log API as real processes; assets
// move both ways, one transfer is refused, one gateway is killed in mid-transfer and goes on after its restart. The other gateway
// is a group of two processes: in the second scene its primary is killed for good, and the backup ends the transfer. An auditor
// that sees contract events and heads alone gives the verdict. Exit 0 only if all of it held.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wallet } from "ethers";
import { DEFAULT_BLOCK_TIME_MS, startDevnet, type Devnet } from "../src/cli/devnet.ts";
import { toHex } from "../src/entry/hex.ts";
import { sessionIdFor } from "../src/gateway/request.ts";
import { approveAll, conservationFaults, readHoldings, type Holdings } from "./demo/assets.ts";
import { makeGroup } from "./demo/group.ts";
import { readOptions, type DemoOptions } from "./demo/options.ts";
import { idempotencyKeyOf, KILL_POINTS, SCENES, secondScene, type Side } from "./demo/scenes.ts";
import { runCommand } from "./demo/services.ts";
import { DemoStage } from "./demo/stage.ts";

const GOLD_UNIT = 10n ** 18n;

const started = performance.now();
const say = (line = ""): void => void process.stdout.write(`${line}\n`);
const stamp = (): string => `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`;
const tell = { say, stamped: (line: string) => say(`${stamp()}  ${line}`) };

async function main(): Promise<boolean> {
  const options = readOptions();
  if (typeof options === "string") {
    say(options);
    return true;
  }
  const dir = mkdtempSync(join(tmpdir(), "gatelog-demo-"));
  say(
    `Gatelog demo. A gateway will be killed at step "${options.killAt}"${options.drawn ? " (drawn by lot; --kill-at fixes it)" : ""}.`,
  );
  if (options.beta === "hardhat") say("Ledger beta is a Hardhat node too (no anvil for this platform, or by --beta).");
  const { beta, log, keep } = options;
  const chains = { alpha: "hardhat", beta, log, blockTimeMs: DEFAULT_BLOCK_TIME_MS, portBase: 0 } as const;
  const devnet = await startDevnet({ dir, ...chains, detached: keep }, say);
  let stage: DemoStage | undefined;
  let held = false;
  try {
    // The one that is not killed in the first scene.
    const side = KILL_POINTS[options.killAt].side === "alpha" ? "beta" : "alpha";
    const group = await makeGroup(devnet.record, dir, side);
    stage = new DemoStage(options, devnet, group, { dir, tell });
    held = await play(stage, devnet, { dir, side, options });
  } finally {
    if (!keep) await (stage ?? devnet).stop();
  }
  say();
  say(
    `${held ? "All held" : "NOT ALL HELD"} after ${stamp().trim()}. Logs of all processes, and the auditor's report: ${dir}`,
  );
  if (keep) say(`Still running; addresses in ${devnet.file}`);
  return held;
}

interface Play {
  readonly dir: string;
  /** The gateway that is a group. */
  readonly side: Side;
  readonly options: DemoOptions;
}

async function play(stage: DemoStage, devnet: Devnet, { dir, side, options }: Play): Promise<boolean> {
  const { record } = devnet;
  await stage.startServices();
  await approveAll(SCENES, record);
  const before = await readHoldings(record);
  say();
  showHoldings("Before", before);
  say();
  const ids = SCENES.map((scene, index) =>
    sessionIdFor(toHex(record.gateways[scene.from].gatewayId), idempotencyKeyOf(index)),
  );
  for (const [index, scene] of SCENES.entries()) stage.nameSession(ids[index] ?? "", scene.title);
  const outcomes = await stage.firstScene();

  const second = secondScene(side);
  const secondId = sessionIdFor(toHex(record.gateways[second.from].gatewayId), idempotencyKeyOf(SCENES.length));
  stage.nameSession(secondId, second.title);
  say();
  say(
    `Second scene: gateway ${side} is a group of two processes. Its primary will be killed, and nobody starts it again.`,
  );
  const last = await stage.secondScene();

  const after = await readHoldings(record);
  say();
  showHoldings("After", after);
  const faults = [...stage.faults, ...conservationFaults(before, after)];
  for (const [index, scene] of [...SCENES, second].entries()) {
    const { outcome = "unknown", reason } = (scene === second ? last : outcomes.get(ids[index] ?? "")) ?? {};
    say(`  ${outcome.padEnd(9)}  ${scene.title}${reason ? `  (${reason.code}: ${reason.message})` : ""}`);
    if (outcome !== scene.expected) faults.push(`${scene.title}: ${outcome}, expected ${scene.expected}`);
  }
  say(`  supply: ${faults.length === 0 ? "conserved" : faults.join("; ")}`);
  say();
  say("The auditor, from contract events and heads alone:");
  const verdict = await audit(record, dir);
  if (options.keep) await stage.startAgain();
  return faults.length === 0 && verdict === 0;
}

/** With a report for whoever was not there, signed by an auditor who is made for the demo. */
function audit(record: Devnet["record"], dir: string): Promise<number> {
  const key = join(dir, "keys", "auditor.key");
  writeFileSync(key, `${Wallet.createRandom().privateKey}\n`, { mode: 0o600 });
  const report = ["--report", "html", "--report-out", join(dir, "audit-report.html"), "--sign-key-file", key];
  const ledgers = (["alpha", "beta"] as const).flatMap((side) => [
    "--ledger",
    `${side}=${record[side].rpcUrl},${record[side].escrow}`,
  ]);
  const { rpcUrl, logRegistry } = record.log;
  const log = ["--rpc-url", rpcUrl, "--log-registry", logRegistry];
  return runCommand(["verify", "--quiet", ...log, ...ledgers, ...report]);
}

function showHoldings(when: string, { gold, deeds }: Holdings): void {
  const amount = (value: bigint) => String(value / GOLD_UNIT);
  say(
    `${when}: gold on alpha: alice ${amount(gold.alpha.alice)}, bob ${amount(gold.alpha.bob)}; on beta: alice ${amount(gold.beta.alice)}, bob ${amount(gold.beta.bob)}`,
  );
  for (const [deed, owners] of deeds) say(`  deed ${deed}: ${owners.join(" and ")}`);
}

process.exitCode = (await main()) ? 0 : 1;
