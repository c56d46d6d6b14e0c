import { join } from "node:path";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { GatelogNet } from "../support/gatelog-net.ts";
import { GroupNet } from "../support/group-net.ts";
import { postgresHome } from "../support/postgres-group-net.ts";
import { isMember, memberName, type Actor, type MemberName } from "./actors.ts";
import { TIMING, writeGatewayConfig } from "./configs.ts";
import type { GroupPlan } from "./crash-case.ts";
import { PostgresLogs } from "./postgres-logs.ts";
import { eventually } from "./questions.ts";
import { SIDES, type SessionLogs } from "./session-logs.ts";

/** For a machine that has other work to do: silence of ten heartbeats is a death, and a wrong suspicion costs an epoch. */
const GROUP_TIMING = { heartbeatMs: 50, silenceMs: 500, refreshMs: 200, startGraceMs: 3_000 } as const;
const LIMIT_MS = 60_000;
const ANSWER_LIMIT_MS = 5_000;

/** What the living members of a group say together. */
export interface Standing {
  readonly epoch: number;
  readonly primary: MemberName;
  /** Takeovers so far. */
  readonly recoveryCount: number;
  /** What standbys would have let out. */
  readonly outbound: number;
}

/** A gateway that is a group, and its peer, their processes aside: their configurations, and what members are asked. */
export class StagedGroup {
  readonly plan: GroupPlan;
  readonly #net: GroupNet;
  readonly #configs: readonly string[];
  readonly #peerConfig: string;
  readonly #database: PostgresLogs | null;

  private constructor(plan: GroupPlan, net: GroupNet, peerConfig: string, database: PostgresLogs | null) {
    this.plan = plan;
    this.#net = net;
    this.#configs = net.members.map(({ config }) => config);
    this.#peerConfig = peerConfig;
    this.#database = database;
  }

  static async open(net: GatelogNet, plan: GroupPlan): Promise<StagedGroup> {
    const { role, backups, stack } = plan;
    const side = SIDES[role];
    const peer: Role = role === "origin" ? "destination" : "origin";
    const database = stack === "postgres" ? await PostgresLogs.open(net) : null;
    const home = database ? postgresHome(net, side, database.store(role)) : undefined;
    const group = await GroupNet.open(net, side, backups, GROUP_TIMING, home);
    for (const { name, config } of group.members)
      net.writeConfig(`${name}.yaml`, config, (given) => ({ ...given, timing: TIMING }));
    const endpoints = group.members.map(({ url }) => url);
    const peerConfig = database
      ? writePeerConfig(net, peer, { store: database.store(peer), endpoints })
      : writeGatewayConfig(net, "chain", peer, undefined);
    return new StagedGroup(plan, group, peerConfig, database);
  }

  /** Of private logs; null where they are in the log chain. */
  get logs(): SessionLogs | null {
    return this.#database?.logs ?? null;
  }

  get members(): readonly MemberName[] {
    return this.#configs.map((_, place) => memberName(this.plan.role, place));
  }

  config(actor: Actor): string {
    const config = isMember(actor) ? this.#configs[this.#placeOf(actor)] : this.#peerConfig;
    if (config === undefined) throw new Error(`${actor} has no configuration`);
    return config;
  }

  client(member: MemberName): GatewayClient {
    // Asked again and again anyway.
    const { url } = this.#net.member(this.#placeOf(member));
    return new GatewayClient({ baseUrl: url, maxAttempts: 1, timeoutMs: ANSWER_LIMIT_MS });
  }

  /** Resolves once one of them is at work, and all others stand by and have heard it. */
  async settled(living: readonly MemberName[]): Promise<Standing> {
    let standing: Standing | string = "nobody was asked";
    const isSettled = async () => typeof (standing = await this.#standing(living)) !== "string";
    await eventually("a primary and its standbys", isSettled, LIMIT_MS).catch(() => undefined);
    if (typeof standing === "string")
      throw new Error(`not a primary and its standbys within ${LIMIT_MS} ms: ${standing}`);
    return standing;
  }

  /** As they say it; a sentence about it while they do not agree. */
  async #standing(living: readonly MemberName[]): Promise<Standing | string> {
    try {
      const told = await Promise.all(living.map((member) => this.#ask(member)));
      const primaries = told.filter(({ state }) => state === "primary");
      const standbys = told.filter(({ state, hearsPrimary }) => state === "standing-by" && hearsPrimary);
      const [primary] = primaries;
      const isOne = new Set(told.map(({ epoch, recoveryCount }) => `${epoch} ${recoveryCount}`)).size === 1;
      if (primaries.length !== 1 || !primary || standbys.length !== living.length - 1 || !isOne)
        return JSON.stringify(told);
      const { epoch, recoveryCount, member } = primary;
      const outbound = told.reduce((sum, each) => sum + each.outbound, 0);
      return { epoch, primary: member, recoveryCount, outbound };
    } catch (error) {
      return String(error); // one of them does not answer yet
    }
  }

  async #ask(member: MemberName) {
    const place = this.#placeOf(member);
    const { state, epoch, outbound } = await this.#net.state(place);
    const { recoveryCount, primary, members } = await this.#net.network(place);
    const heard = members.find(({ key }) => key === primary)?.lastHeard ?? null;
    return { member, state, epoch, outbound, recoveryCount, hearsPrimary: heard !== null };
  }

  async close(): Promise<void> {
    await this.#database?.close();
  }

  #placeOf(member: MemberName): number {
    return Number(member.slice(member.lastIndexOf("-") + 1));
  }
}

/** Private logs. The group's key is the first primary's: of later ones a peer is shown that they may. */
export function writePeerConfig(
  net: GatelogNet,
  role: Role,
  { store, endpoints }: { readonly store: object; readonly endpoints: readonly string[] },
): string {
  const side = SIDES[role];
  return net.writeConfig(`${side}-peer.yaml`, join(net.dir, `${side}-private.yaml`), (given) => ({
    ...given,
    ...{ store, timing: TIMING },
    peers: (given["peers"] as readonly object[]).map((peer) => ({ ...peer, endpoints })),
  }));
}
