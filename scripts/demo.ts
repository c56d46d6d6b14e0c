// The main job, end to end, on this machine: two ledgers, a log chain, two gateways and the log API as real processes; assets
// move both ways, one transfer is refused, one gateway is killed in mid-transfer and goes on after its restart; an auditor that
// sees contract events and heads alone gives the verdict. Exit 0 only if all of it held.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findAnvil, NODE_KINDS, type NodeKind } from "../src/cli/devnet-chains.ts";
import { startDevnet, type Devnet } from "../src/cli/devnet.ts";
import { DEFAULT_BLOCK_TIME_MS } from "../src/cli/devnet.ts";
import type { TransferStatus } from "../src/client/gateway-answers.ts";
import { GatewayClient } from "../src/client/gateway-client.ts";
import { approveAll, conservationFaults, readHoldings, type Holdings } from "./demo/assets.ts";
import { toHex } from "../src/entry/hex.ts";
import {
  idempotencyKeyOf,
  isKillPoint,
  KILL_POINTS,
  KILLED_SCENE,
  requestOf,
  SCENES,
  type KillPoint,
  type Side,
} from "./demo/scenes.ts";
import { sessionIdFor } from "../src/gateway/request.ts";
import { runCommand, startService, type Service, type ServiceEvent } from "./demo/services.ts";

const USAGE = `npm run demo -- [options]
  --kill-at STEP   kill a gateway there instead of at a step drawn by lot: ${Object.keys(KILL_POINTS).join(", ")}
  --beta KIND      node of ledger beta: anvil (default where it runs) or hardhat
  --log WHERE      hardhat (default: a chain of its own), anvil, or alpha | beta: on that ledger
  --keep           leave everything running and print the addresses
  --verbose        every entry of every session, not only the milestones`;

const TRANSFERS_TIMEOUT_MS = 90_000;
const POLL_MS = 100;
const GOLD_UNIT = 10n ** 18n;

interface Options {
  readonly killAt: KillPoint;
  readonly drawn: boolean;
  readonly beta: NodeKind;
  readonly log: NodeKind | Side;
  readonly keep: boolean;
  readonly verbose: boolean;
}

const started = performance.now();
const say = (line = ""): void => void process.stdout.write(`${line}\n`);
const stamp = (): string => `${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`;

class Demo {
  readonly #options: Options;
  readonly #devnet: Devnet;
  readonly #dir: string;
  readonly #services = new Map<string, Service>();
  readonly #titles = new Map<string, string>();
  #killed: Promise<void> | undefined;

  constructor(options: Options, devnet: Devnet, dir: string) {
    this.#options = options;
    this.#devnet = devnet;
    this.#dir = dir;
  }

  async startServices(): Promise<void> {
    const { api } = this.#devnet.record;
    this.#services.set(
      "api",
      await startService("api", { name: "log-api", config: api.config, url: api.url, dir: this.#dir }),
    );
    await Promise.all([this.#startGateway("alpha"), this.#startGateway("beta")]);
    say(`${stamp()}  log API ${api.url}, gateways ${this.#url("alpha")} and ${this.#url("beta")}`);
  }

  /** Asks for every transfer at once and waits until each has its outcome on both sides. */
  async runTransfers(): Promise<Map<string, TransferStatus>> {
    const asked = await Promise.all(
      SCENES.map(async (scene, index) => {
        const { sessionId } = await new GatewayClient({ baseUrl: this.#url(scene.from) }).transfer(
          requestOf(scene, index, this.#devnet.record),
        );
        return sessionId;
      }),
    );
    return this.#outcomes(asked);
  }

  async #outcomes(sessions: readonly string[]): Promise<Map<string, TransferStatus>> {
    const until = performance.now() + TRANSFERS_TIMEOUT_MS;
    const outcomes = new Map<string, TransferStatus>();
    for (const [index, sessionId] of sessions.entries())
      for (const side of ["alpha", "beta"] as const)
        for (;;) {
          await this.#killed;
          // A gateway that has just been killed does not answer; it is started again, and asked again.
          const status = await new GatewayClient({ baseUrl: this.#url(side) }).status(sessionId).catch(() => undefined);
          if (status && status.outcome !== "IN_DOUBT") {
            if (side === SCENES[index]?.from) outcomes.set(sessionId, status);
            break;
          }
          if (performance.now() > until)
            throw new Error(
              `session ${sessionId} has no outcome after ${TRANSFERS_TIMEOUT_MS / 1000} s; see ${this.#dir}`,
            );
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        }
    return outcomes;
  }

  /** A session's id follows from gateway and idempotency key, so that it has a name before it is there. */
  nameSession(sessionId: string, title: string): void {
    this.#titles.set(sessionId, title);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#services.values()].map(({ child }) => child.stop()));
    await this.#devnet.stop();
  }

  async #startGateway(side: Side): Promise<void> {
    const { config } = this.#devnet.record.gateways[side];
    const onEvent = (event: ServiceEvent) => this.#onEvent(side, event);
    this.#services.set(
      side,
      await startService("gateway", { name: `${side}-gateway`, config, url: this.#url(side), dir: this.#dir, onEvent }),
    );
  }

  #url(side: Side): string {
    return this.#devnet.record.gateways[side].url;
  }

  #onEvent(side: Side, event: ServiceEvent): void {
    const title = this.#titles.get(event.session ?? "") ?? event.session?.slice(0, 8) ?? "";
    const line = describe(event, this.#options.verbose);
    if (line) say(`${stamp()}  ${side.padEnd(5)} ${title.padEnd(24)} ${line}`);
    this.#perhapsKill(side, event);
  }

  /** SIGKILL from outside, by the process's own id, the moment its entry is seen to be durable. */
  #perhapsKill(side: Side, event: ServiceEvent): void {
    const point = KILL_POINTS[this.#options.killAt];
    if (this.#killed || side !== point.side || event.event !== "entry" || event.mark !== point.mark) return;
    if (this.#titles.get(event.session ?? "") !== SCENES[KILLED_SCENE]?.title) return;
    const service = this.#services.get(side);
    if (!service) return;
    service.child.kill("SIGKILL");
    say(
      `${stamp()}  ${side.padEnd(5)} ** gateway ${service.child.pid} killed (SIGKILL) right after ${point.mark}, step "${this.#options.killAt}"`,
    );
    this.#killed = this.#restart(side, service);
  }

  async #restart(side: Side, killed: Service): Promise<void> {
    const { signal } = await killed.child.exited;
    if (signal !== "SIGKILL") throw new Error(`the gateway ended with ${String(signal)}, not by the kill`);
    await this.#startGateway(side);
    say(`${stamp()}  ${side.padEnd(5)} ** gateway restarted as ${this.#services.get(side)?.child.pid}`);
  }

  get wasKilled(): boolean {
    return this.#killed !== undefined;
  }
}

const MILESTONES: ReadonlySet<string> = new Set([
  "init-setup",
  "fail-proposal",
  "ack-prepare",
  "init-commit-final",
  "init-rollback",
]);

function describe(event: ServiceEvent, verbose: boolean): string | undefined {
  switch (event.event) {
    case "entry":
      return verbose || MILESTONES.has(event.mark ?? "") ? `logged ${event.mark}` : undefined;
    case "ledger":
      return `ledger: ${event.action}, now ${event.state}`;
    case "decision":
      return `the register holds ${event.decision}`;
    case "resumed":
      return `resumed after ${event.lastEntry ?? "its opening"}`;
    case "outcome":
      return event.outcome;
    case "trouble":
      return verbose ? `${event.code}: ${event.message}` : undefined;
    default:
      return undefined;
  }
}

function readOptions(): Options {
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
  if (values.help) {
    say(USAGE);
    process.exit(0);
  }
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

async function main(): Promise<boolean> {
  const options = readOptions();
  const dir = mkdtempSync(join(tmpdir(), "gatelog-demo-"));
  say(
    `Gatelog demo. A gateway will be killed at step "${options.killAt}"${options.drawn ? " (drawn by lot; --kill-at fixes it)" : ""}.`,
  );
  if (options.beta === "hardhat") say("Ledger beta is a Hardhat node too (no anvil for this platform, or by --beta).");
  const devnet = await startDevnet(
    {
      dir,
      alpha: "hardhat",
      beta: options.beta,
      log: options.log,
      blockTimeMs: DEFAULT_BLOCK_TIME_MS,
      portBase: 0,
      detached: options.keep,
    },
    say,
  );
  const demo = new Demo(options, devnet, dir);
  let held = false;
  try {
    held = await play(demo, devnet);
  } finally {
    if (!options.keep) await demo.stop();
  }
  say();
  say(`${held ? "All held" : "NOT ALL HELD"} after ${stamp().trim()}. Logs of all processes: ${dir}`);
  if (options.keep) say(`Still running; addresses in ${devnet.file}`);
  return held;
}

async function play(demo: Demo, devnet: Devnet): Promise<boolean> {
  const { record } = devnet;
  await demo.startServices();
  await approveAll(SCENES, record);
  const before = await readHoldings(record);
  say();
  showHoldings("Before", before);
  say();
  const ids = SCENES.map((scene, index) =>
    sessionIdFor(toHex(record.gateways[scene.from].gatewayId), idempotencyKeyOf(index)),
  );
  for (const [index, scene] of SCENES.entries()) demo.nameSession(ids[index] ?? "", scene.title);
  const outcomes = await demo.runTransfers();
  const after = await readHoldings(record);
  say();
  showHoldings("After", after);
  const faults = conservationFaults(before, after);
  for (const [index, scene] of SCENES.entries()) {
    const { outcome = "unknown", reason } = outcomes.get(ids[index] ?? "") ?? {};
    say(`  ${outcome.padEnd(9)}  ${scene.title}${reason ? `  (${reason.code}: ${reason.message})` : ""}`);
    if (outcome !== scene.expected) faults.push(`${scene.title}: ${outcome}, expected ${scene.expected}`);
  }
  if (!demo.wasKilled) faults.push("no gateway was killed");
  say(`  supply: ${faults.length === 0 ? "conserved" : faults.join("; ")}`);
  say();
  say("The auditor, from contract events and heads alone:");
  const ledgers = (["alpha", "beta"] as const).flatMap((side) => [
    "--ledger",
    `${side}=${record[side].rpcUrl},${record[side].escrow}`,
  ]);
  const verdict = await runCommand([
    "verify",
    "--quiet",
    "--rpc-url",
    record.log.rpcUrl,
    "--log-registry",
    record.log.logRegistry,
    ...ledgers,
  ]);
  return faults.length === 0 && verdict === 0;
}

function showHoldings(when: string, { gold, deeds }: Holdings): void {
  const amount = (value: bigint) => String(value / GOLD_UNIT);
  say(
    `${when}: gold on alpha: alice ${amount(gold.alpha.alice)}, bob ${amount(gold.alpha.bob)}; on beta: alice ${amount(gold.beta.alice)}, bob ${amount(gold.beta.bob)}`,
  );
  for (const [deed, owners] of deeds) say(`  deed ${deed}: ${owners.join(" and ")}`);
}

process.exitCode = (await main()) ? 0 : 1;
