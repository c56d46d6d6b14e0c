import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { computeAddress } from "ethers";
import { parse } from "yaml";
import { z } from "zod";
import type { Service } from "../../scripts/demo/services.ts";
import { toHex, type Address } from "../../src/entry/hex.ts";
import type { Role } from "../../src/protocol/order.ts";
import { anvilControl, hardhatControl, type ChainControl } from "../crash/chain-control.ts";
import { ROLES, SIDES } from "../crash/session-logs.ts";
import type { GatelogNet, Side } from "../support/gatelog-net.ts";
import { GroupNet } from "../support/group-net.ts";
import type { Arm } from "../support/mortal-gateway-control.ts";
import { MortalProcess, type MortalListener } from "../support/mortal-gateway-process.ts";
import { openHome, STACKS, type Home, type Stack } from "./homes.ts";
import type { LogRecord } from "./log-record.ts";

/** On a machine with other work to do. A wrong suspicion costs an epoch, and the trial's proof covers that too. */
const GROUP_TIMING = { heartbeatMs: 20, silenceMs: 200, refreshMs: 100, startGraceMs: 3_000 } as const;
const BACKUPS = 1;
const UNIT = 10n ** 18n;
/** Lines of a member's log that are shown where a trial is given up. */
const LAST_WORDS = 40;
const NOBODY: MortalListener = { at: () => undefined, freeze: () => undefined, event: () => undefined };

const configSchema = z.looseObject({
  ledgers: z.array(z.looseObject({ key: z.looseObject({ file: z.string() }).optional() })),
});

/** Which gateway is the group, and where its logs are. */
export interface Scene {
  readonly role: Role;
  readonly stack: Stack;
}

export const SCENES: readonly Scene[] = ROLES.flatMap((role) => STACKS.map((stack) => ({ role, stack })));

type Chains = Readonly<Record<Side, ChainControl>>;

/** Transfers from alpha to beta, of which one gateway is a group of two processes that can be stopped at each of their fault points. */
export class ZombieStage {
  readonly net: GatelogNet;
  readonly group: GroupNet;
  readonly role: Role;
  readonly stack: Stack;
  readonly log: ChainControl;
  /** That of the group. */
  readonly ledger: ChainControl;
  readonly #chains: Chains;
  readonly #home: Home;
  readonly #members: readonly MortalProcess[] = [new MortalProcess(), new MortalProcess()];
  #peer: Service | undefined;

  private constructor(net: GatelogNet, { role, stack }: Scene, home: Home, group: GroupNet, chains: Chains) {
    this.net = net;
    this.group = group;
    this.role = role;
    this.stack = stack;
    this.log = hardhatControl(net.record.log.rpcUrl);
    this.ledger = chains[SIDES[role]];
    this.#chains = chains;
    this.#home = home;
    writeFileSync(this.#clockFile, "0");
  }

  /** Everything runs, and member 0 is primary. @param net Its chains go on behind this; of each role it has one group in the log chain. */
  static async open(net: GatelogNet, scene: Scene): Promise<ZombieStage> {
    const side = SIDES[scene.role];
    const isAnvil = net.record.processes.some(({ name }) => name.startsWith("beta") && name.includes("anvil"));
    const beta = isAnvil ? await anvilControl(net.record.beta.rpcUrl) : hardhatControl(net.record.beta.rpcUrl);
    const chains = { alpha: hardhatControl(net.record.alpha.rpcUrl), beta };
    let stage: ZombieStage | undefined;
    let home: Home | undefined;
    try {
      await net.approve("alpha", "alice", net.record.alpha.erc20, 1_000n * UNIT);
      home = await openHome(net, scene);
      const group = await GroupNet.open(net, side, BACKUPS, GROUP_TIMING, home.group);
      stage = new ZombieStage(net, scene, home, group, chains);
      await stage.#startAll();
      return stage;
    } catch (error) {
      if (stage) await stage.close();
      else await Promise.all([home?.close(), beta.stop()]);
      throw error;
    }
  }

  get name(): string {
    return `${this.stack}-${this.role}`;
  }

  /** What the place of the logs shows of the group. */
  get record(): LogRecord {
    return this.#home.record;
  }

  process(place: number): MortalProcess {
    const process = this.#members[place];
    if (process === undefined) throw new Error(`there is no member ${place}`);
    return process;
  }

  /** What the member stops at from now on, and who hears of it. @param trace Where is written what it passes. */
  async arm(place: number, arms: readonly Arm[], listener: MortalListener, trace: string): Promise<void> {
    await this.process(place).obey({ clock: this.#clockFile, arms, trace }, listener);
  }

  disarm(place: number): Promise<void> {
    return this.arm(place, [], NOBODY, "/dev/null");
  }

  /** The end of what the member has said. */
  lastWordsOf(place: number): string {
    return readFileSync(this.#logFile(place), "utf8").split("\n").slice(-LAST_WORDS).join("\n");
  }

  /** The account by which the member acts on the group's ledger, in lower case. */
  ledgerAccount(place: number): Address {
    const { config } = this.group.member(place);
    const { ledgers } = configSchema.parse(parse(readFileSync(config, "utf8")));
    const file = ledgers.find(({ key }) => key !== undefined)?.key?.file ?? "";
    return toHex(computeAddress(readFileSync(join(dirname(config), file), "utf8").trim()).toLowerCase());
  }

  async close(): Promise<void> {
    for (const process of this.#members) {
      process.signal("SIGCONT");
      await process.kill();
    }
    await this.#peer?.child.stop();
    await Promise.all([this.#chains.alpha, this.#chains.beta, this.log].map((chain) => chain.stop()));
    await this.#home.close();
  }

  async #startAll(): Promise<void> {
    const other = this.role === "origin" ? "beta" : "alpha";
    const endpoints = this.group.members.map(({ url }) => url);
    const [peer] = await Promise.all([
      this.net.startGateway(other, this.#home.peerConfig(other, endpoints)),
      this.#start(0),
    ]);
    this.#peer = peer;
    await this.#start(1);
    await this.group.untilRole(1, "standby");
  }

  async #start(place: number): Promise<void> {
    const { config } = this.group.member(place);
    const orders = { clock: this.#clockFile, arms: [], trace: "/dev/null" };
    const logFile = this.#logFile(place);
    await this.process(place).start({ kind: "gateway", config, logFile, ...orders }, NOBODY);
  }

  #logFile(place: number): string {
    return join(this.net.dir, `${this.group.member(place).name}.log`);
  }

  get #clockFile(): string {
    return join(this.net.dir, "clock");
  }
}
