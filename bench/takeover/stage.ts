import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { GatelogNet, quickKind, type Side } from "../../test/support/gatelog-net.ts";
import { GroupNet, type NetMember } from "../../test/support/group-net.ts";
import { until } from "../../test/support/until.ts";
import type { Bare } from "./bare-swap.ts";
import { openLogPlace, type LogPlace } from "./log-place.ts";
import type { Options } from "./options.ts";
import { Traffic, type TrafficResult } from "./traffic.ts";

const BACKUPS = 1;
const UNIT = 10n ** 18n;
const ALLOWANCE = 1_000n * UNIT;
/** Longer than a standby's start takes where the primary starts beside it. */
const START_GRACE_MS = 5_000;
const TIMING = { retry: 300, retryMax: 1_000, discovery: 300 };
const SETTLED_LIMIT_MS = 60_000;

/** What the ledgers and the auditor say behind a run; empty if all is right. */
export type Faults = readonly string[];

/** Two ledgers, a log chain that mines at once, and a transfer's two gateways: one alone, and one a group of two processes. */
export class TakeoverStage {
  readonly net: GatelogNet;
  readonly group: GroupNet;
  readonly #side: Side;
  readonly #log: LogPlace;
  readonly #before: Balances;
  /** A run that is broken off leaves nothing behind. */
  readonly #onExit = (): void => {
    for (const { service } of this.members) service?.child.kill("SIGKILL");
    for (const { pid } of this.net.record.processes) killIfThere(pid);
  };

  private constructor(net: GatelogNet, group: GroupNet, side: Side, log: LogPlace, before: Balances) {
    this.net = net;
    this.group = group;
    this.#side = side;
    this.#log = log;
    this.#before = before;
    process.once("exit", this.#onExit);
  }

  /** Everything runs; member 0 of the group is primary. @param side Of the group. Transfers go from alpha to beta. */
  static async open({ log: kind, node, heartbeat, silence }: Options, side: Side): Promise<TakeoverStage> {
    // What the ledgers' nodes take of the machine is the members' loss, and says nothing of a takeover.
    const net = await GatelogNet.open({ alpha: quickKind(), log: node });
    const log = await openLogPlace(kind);
    let stage: TakeoverStage | undefined;
    try {
      if (node === "anvil") await mineAtOnce(net.record.log.rpcUrl);
      await net.approve("alpha", "alice", net.record.alpha.erc20, ALLOWANCE);
      const timing = { heartbeatMs: heartbeat, silenceMs: silence, startGraceMs: START_GRACE_MS, refreshMs: undefined };
      const group = await GroupNet.open(net, side, BACKUPS, { profile: "lan", ...timing }, log.home?.(net, side));
      stage = new TakeoverStage(net, group, side, log, await balances(net));
      const alone: Side = side === "alpha" ? "beta" : "alpha";
      await Promise.all([net.startGateway(alone, stage.#aloneConfig(alone)), group.start(0)]);
      await stage.startMember(1);
      return stage;
    } catch (error) {
      if (stage) await stage.close();
      else await Promise.all([net.stop(), log.close()]);
      throw error;
    }
  }

  get members(): readonly NetMember[] {
    return this.group.members;
  }

  /** Starts a member that is not running. Resolves once one of the two is primary, and the other stands by and hears it. */
  async startMember(place: number): Promise<void> {
    await this.group.start(place);
    await this.settled();
  }

  /** Place of the primary, once one of the two is at work, and the other stands by and hears it. */
  async settled(): Promise<number> {
    return until("a primary, and a standby that hears it", () => this.#primary(), SETTLED_LIMIT_MS);
  }

  async #primary(): Promise<number | undefined> {
    const places = [0, 1] as const;
    const states = await Promise.all(places.map((place) => this.group.state(place).catch(() => undefined)));
    const place = places.find((each) => states[each]?.state === "primary" && states[1 - each]?.state === "standing-by");
    if (place === undefined) return undefined;
    const { primary, members } = await this.group.network(1 - place);
    const isHeard = members.some(({ key, lastHeard }) => key === primary && lastHeard !== null);
    return primary === this.group.member(place).key && isHeard ? place : undefined;
  }

  openBare(): Promise<Bare> {
    return this.#log.openBare(this.net);
  }

  startTraffic(name: string, atOnce: number): Traffic {
    const alone = this.net.record.gateways.alpha.url;
    const [first = alone, ...others] = this.#side === "alpha" ? this.members.map(({ url }) => url) : [alone];
    return new Traffic(this.net, [first, ...others], { name, atOnce });
  }

  /** Behind all traffic: what left one ledger is on the other, and the auditor finds nothing. */
  async faults({ outcomes, stuck }: TrafficResult): Promise<Faults> {
    const committed = BigInt(outcomes["COMMITTED"] ?? 0);
    const now = await balances(this.net);
    const sent = this.#before.alice - now.alice;
    const received = now.bob - this.#before.bob;
    return [
      ...stuck.map((sessionId) => `transfer ${sessionId} has not ended`),
      ...(sent === committed ? [] : [`${committed} transfers are committed, and alpha has given ${sent}`]),
      ...(received === committed ? [] : [`${committed} transfers are committed, and beta has got ${received}`]),
      ...(await this.#log.faults(this.net)),
    ];
  }

  async close(): Promise<void> {
    process.removeListener("exit", this.#onExit);
    await this.group.stop();
    await this.net.stop();
    await this.#log.close();
  }

  #aloneConfig(side: Side): string {
    const [from, settings] = this.#log.alone(this.net, side, this.group);
    const change = (given: Record<string, unknown>) => ({ ...given, ...settings(given), timing: TIMING });
    return this.net.writeConfig(`${side}-alone.yaml`, from, change);
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

interface Balances {
  readonly alice: bigint;
  readonly bob: bigint;
}

async function balances(net: GatelogNet): Promise<Balances> {
  return { alice: await net.goldOf("alpha", "alice"), bob: await net.goldOf("beta", "bob") };
}

/** Development networks have anvil mine by the clock. */
async function mineAtOnce(rpcUrl: string): Promise<void> {
  const rpc = httpJsonRpc(rpcUrl);
  await rpc("evm_setIntervalMining", [0]);
  await rpc("evm_setAutomine", [true]);
}
