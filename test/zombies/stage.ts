import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { computeAddress } from "ethers";
import { parse } from "yaml";
import { z } from "zod";
import { toHex, type Address, type GatewayId } from "../../src/entry/hex.ts";
import type { Role } from "../../src/protocol/order.ts";
import { anvilControl, hardhatControl, type ChainControl } from "../crash/chain-control.ts";
import { GatelogNet, type Side } from "../support/gatelog-net.ts";
import { GroupNet } from "../support/group-net.ts";
import type { Arm } from "../support/mortal-gateway-control.ts";
import { MortalProcess, type MortalListener } from "../support/mortal-gateway-process.ts";

export const SIDES = { origin: "alpha", destination: "beta" } as const satisfies Readonly<Record<Role, Side>>;

/** On a machine with other work to do. A wrong suspicion costs an epoch, and the trial's proof covers that too. */
const GROUP_TIMING = { heartbeatMs: 20, silenceMs: 200, refreshMs: 100, startGraceMs: 3_000 } as const;
const TIMING = { retry: 300, retryMax: 1_000, discovery: 300 };
const BACKUPS = 1;
const UNIT = 10n ** 18n;
const NOBODY: MortalListener = { at: () => undefined, freeze: () => undefined, event: () => undefined };

const configSchema = z.looseObject({
  ledgers: z.array(z.looseObject({ key: z.looseObject({ file: z.string() }).optional() })),
});

/** Transfers from alpha to beta, of which one gateway is a group of two processes that can be stopped at each of their fault points. */
export class ZombieStage {
  readonly net: GatelogNet;
  readonly group: GroupNet;
  readonly role: Role;
  readonly log: ChainControl;
  /** That of the group. */
  readonly ledger: ChainControl;
  readonly #peer: ChainControl;
  readonly #members: readonly MortalProcess[] = [new MortalProcess(), new MortalProcess()];

  private constructor(net: GatelogNet, group: GroupNet, role: Role, chains: Readonly<Record<Side, ChainControl>>) {
    this.net = net;
    this.group = group;
    this.role = role;
    this.log = hardhatControl(net.record.log.rpcUrl);
    this.ledger = chains[SIDES[role]];
    this.#peer = chains[role === "origin" ? "beta" : "alpha"];
    writeFileSync(this.#clockFile, "0");
  }

  /** Everything runs, and member 0 is primary. */
  static async open(role: Role): Promise<ZombieStage> {
    const net = await GatelogNet.open();
    let stage: ZombieStage | undefined;
    try {
      const side = SIDES[role];
      const other = side === "alpha" ? "beta" : "alpha";
      await net.approve("alpha", "alice", net.record.alpha.erc20, 1_000n * UNIT);
      const group = await GroupNet.open(net, side, BACKUPS, GROUP_TIMING);
      const isAnvil = net.record.processes.some(({ name }) => name.startsWith("beta") && name.includes("anvil"));
      const beta = isAnvil ? await anvilControl(net.record.beta.rpcUrl) : hardhatControl(net.record.beta.rpcUrl);
      stage = new ZombieStage(net, group, role, { alpha: hardhatControl(net.record.alpha.rpcUrl), beta });
      await Promise.all([net.startGateway(other, peerConfig(net, other)), stage.#start(0)]);
      await stage.#start(1);
      await group.untilRole(1, "standby");
      return stage;
    } catch (error) {
      await (stage ? stage.close() : net.stop());
      throw error;
    }
  }

  get gatewayId(): GatewayId {
    return toHex(this.net.record.gateways[SIDES[this.role]].gatewayId);
  }

  process(place: number): MortalProcess {
    const process = this.#members[place];
    if (process === undefined) throw new Error(`there is no member ${place}`);
    return process;
  }

  /** What the member stops at from now on, and who hears of it. @param trace Where the points that it passes are written. */
  async arm(place: number, arms: readonly Arm[], listener: MortalListener, trace = "/dev/null"): Promise<void> {
    await this.process(place).obey({ clock: this.#clockFile, arms, trace }, listener);
  }

  disarm(place: number): Promise<void> {
    return this.arm(place, [], NOBODY);
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
    await Promise.all([this.ledger, this.#peer, this.log].map((chain) => chain.stop()));
    await this.net.stop();
  }

  async #start(place: number): Promise<void> {
    const { config, name } = this.group.member(place);
    const orders = { clock: this.#clockFile, arms: [], trace: "/dev/null" };
    const logFile = join(this.net.dir, `${name}.log`);
    await this.process(place).start({ kind: "gateway", config, logFile, ...orders }, NOBODY);
  }

  get #clockFile(): string {
    return join(this.net.dir, "clock");
  }
}

function peerConfig(net: GatelogNet, side: Side): string {
  const carrier = net.writeKey(side === "alpha" ? "carrier" : "betaOwner");
  return net.writeConfig(`${side}-alone.yaml`, net.record.gateways[side].config, (given) => ({
    ...given,
    store: { driver: "chain", rpcUrl: net.record.log.rpcUrl, carrierKey: { file: carrier } },
    timing: TIMING,
  }));
}
