import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { RpcLedgerReader } from "../../src/audit/reading/rpc-ledger-reader.ts";
import type { GatewayClient } from "../../src/client/gateway-client.ts";
import type { GatewayId, Hash } from "../../src/entry/hex.ts";
import type { Logging } from "../../src/gateway/fault-points.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { LedgerState } from "../../src/protocol/state.ts";
import { GatelogNet } from "../support/gatelog-net.ts";
import type { Arm } from "../support/mortal-gateway-control.ts";
import { MortalProcess, type MortalListener } from "../support/mortal-gateway-process.ts";
import { partOf, type Actor, type MemberName } from "./actors.ts";
import { anvilControl, hardhatControl, type ChainControl } from "./chain-control.ts";
import { writeGatewayConfig } from "./configs.ts";
import type { GroupPlan } from "./crash-case.ts";
import { CHAINS, Ways, type ChainName } from "./ways.ts";
import { eventually } from "./questions.ts";
import { gatewayIdOf, privateLogs, ROLES, sharedLogs, SIDES, type SessionLogs } from "./session-logs.ts";
import { StagedGroup, type Standing } from "./staged-group.ts";

/**
 * Where the logs are: in the log chain, to which each gateway carries its own; in a file of each gateway's; or behind the log
 * API. `cut` is `chain` with ways to the chains that can be cut.
 */
export const STACKS = ["chain", "private", "http", "cut"] as const;
/** `postgres`, of groups alone: in a database, where each gateway has a schema of its own. */
export type Stack = (typeof STACKS)[number] | "postgres";

export function loggingOf(stack: Stack): Logging {
  return stack === "private" || stack === "postgres" ? "local" : "outboxed";
}

const OUTCOME_LIMIT_MS = 60_000;

/**
 * Two ledgers, a log chain and the processes of a transfer; one of the gateways may be a group. It stays for many cases: the chains
 * go on, and a process is started anew only when it was killed. One case at a time.
 */
export class CrashStage {
  readonly net: GatelogNet;
  readonly chains: Readonly<Record<ChainName, ChainControl>>;
  /** Null where each gateway is one process. */
  readonly group: StagedGroup | null;
  readonly #logs: Readonly<Record<(typeof STACKS)[number], SessionLogs>>;
  readonly #processes = new Map<Actor, MortalProcess>();
  readonly #starts = new Map<Actor, number>();
  readonly #ahead: Record<ChainName | "gateways", number> = { alpha: 0, beta: 0, log: 0, gateways: 0 };
  #spare = new MortalProcess();
  #stack: Stack | undefined;
  #ways: Ways | undefined;

  private constructor(net: GatelogNet, chains: Readonly<Record<ChainName, ChainControl>>, group: StagedGroup | null) {
    this.net = net;
    this.chains = chains;
    this.group = group;
    const shared = sharedLogs(net);
    this.#logs = { chain: shared, http: shared, cut: shared, private: privateLogs(net) };
    this.#writeClock();
  }

  static async open(plan: GroupPlan | undefined): Promise<CrashStage> {
    const net = await GatelogNet.open();
    try {
      return await CrashStage.#on(net, plan);
    } catch (error) {
      await net.stop();
      throw error;
    }
  }

  static async #on(net: GatelogNet, plan: GroupPlan | undefined): Promise<CrashStage> {
    const group = plan ? await StagedGroup.open(net, plan) : null;
    const { alpha, beta, log } = net.record;
    // Where there is no anvil for the platform, beta is a Hardhat node as well.
    const isAnvil = net.record.processes.some(({ name }) => name.startsWith("beta") && name.includes("anvil"));
    const chains = {
      alpha: hardhatControl(alpha.rpcUrl),
      beta: isAnvil ? await anvilControl(beta.rpcUrl) : hardhatControl(beta.rpcUrl),
      log: hardhatControl(log.rpcUrl),
    };
    return new CrashStage(net, chains, group);
  }

  /** The processes of this stack run afterwards, those of another one no more. */
  async use(stack: Stack, listenerOf: (actor: Actor) => MortalListener): Promise<void> {
    if (this.#stack !== stack) {
      await Promise.all([...this.#processes.keys()].map((actor) => this.kill(actor)));
      this.#stack = stack;
      if (stack === "cut") this.#ways ??= await Ways.open(this.net);
    }
    for (const actor of this.actors) if (!this.isRunning(actor)) await this.start(actor, [], listenerOf(actor));
  }

  gatewayId(role: Role): GatewayId {
    return gatewayIdOf(this.net, role);
  }

  chainNamed(chainId: number): ChainName {
    const name = CHAINS.find((each) => this.net.record[each].chainId === chainId);
    if (name === undefined) throw new Error(`there is no chain ${chainId} here`);
    return name;
  }

  get isPrivate(): boolean {
    return loggingOf(this.#stackInUse) === "local";
  }

  /** The logs of the stack that is in use. */
  get logs(): SessionLogs {
    const stack = this.#stackInUse;
    const logs = stack === "postgres" ? this.group?.logs : this.#logs[stack];
    if (!logs) throw new Error(`there are no logs of the stack ${stack}`);
    return logs;
  }

  /** The escrow's state under these terms, as an auditor reads it. */
  async escrowState(role: Role, termsHash: Hash): Promise<LedgerState> {
    const reader = this.ledgerReader(role);
    return reader.stateOf(termsHash, await reader.finalBlock());
  }

  ledgerReader(role: Role): RpcLedgerReader {
    const { rpcUrl, escrow } = this.net.record[SIDES[role]];
    return new RpcLedgerReader(httpJsonRpc(rpcUrl), { name: SIDES[role], escrow });
  }

  get #stackInUse(): Stack {
    if (this.#stack === undefined) throw new Error("no stack is in use yet");
    return this.#stack;
  }

  get actors(): readonly Actor[] {
    const gateways = ROLES.flatMap((role) => this.actorsOf(role));
    return this.#stack === "http" ? ["api", ...gateways] : gateways;
  }

  actorsOf(role: Role): readonly Actor[] {
    return this.group?.plan.role === role ? this.group.members : [role];
  }

  /** Members of the group that run. */
  get living(): readonly MemberName[] {
    return this.group?.members.filter((member) => this.isRunning(member)) ?? [];
  }

  /** What to ask the gateway through: each of its processes that run. */
  clients(role: Role): readonly GatewayClient[] {
    const { group } = this;
    return group?.plan.role === role
      ? this.living.map((member) => group.client(member))
      : [this.net.client(SIDES[role])];
  }

  /** What the gateway says has become of the session, once it knows; of a group each of its processes that run. */
  async outcome(role: Role, sessionId: string): Promise<string> {
    const outcomes = new Set<string>();
    for (const client of this.clients(role)) outcomes.add(await outcomeAt(client, sessionId));
    return [...outcomes].join(" and ");
  }

  /** What the group's living members say together; undefined where there is no group. */
  async standing(): Promise<Standing | undefined> {
    return this.group?.settled(this.living);
  }

  /** How often the gateways were started that are one process. */
  get peerStarts(): number {
    return ROLES.reduce((sum, role) => sum + this.#startsOf(role), 0);
  }

  isRunning(actor: Actor): boolean {
    return this.#processes.has(actor);
  }

  process(actor: Actor): MortalProcess {
    const process = this.#processes.get(actor);
    if (process === undefined) throw new Error(`no process of ${actor} is running`);
    return process;
  }

  /** Starts a process, or starts it again after it was killed. Resolves once it takes requests. */
  async start(actor: Actor, arms: readonly Arm[], listener: MortalListener): Promise<void> {
    const process = this.#spare;
    this.#spare = new MortalProcess();
    this.#processes.set(actor, process);
    this.#starts.set(actor, this.#startsOf(actor) + 1);
    const part = partOf(actor);
    const kind = part === "api" ? "api" : "gateway";
    const config = part === "api" ? this.net.record.api.config : this.#gatewayConfig(actor, part);
    await process.start({ kind, config, logFile: this.logFile(actor), ...this.#orders(actor, arms) }, listener);
  }

  async rearm(actor: Actor, arms: readonly Arm[], listener: MortalListener): Promise<void> {
    await this.process(actor).obey(this.#orders(actor, arms), listener);
  }

  async kill(actor: Actor): Promise<void> {
    const process = this.process(actor);
    this.#processes.delete(actor);
    await process.kill();
  }

  logFile(actor: Actor): string {
    return join(this.net.dir, `${actor}.log`);
  }

  traceFile(actor: Actor): string {
    return join(this.net.dir, `${actor}.trace`);
  }

  /** No chain answers the gateway any more. Gives what makes them answer again. */
  async cut(role: Role): Promise<() => Promise<void>> {
    if (this.#ways === undefined) throw new Error("the ways to the chains are straight");
    return this.#ways.cut(role);
  }

  /** Moves clocks forward: those of the chains named, and the gateways' too unless only some chains are. */
  async advance(seconds: number, ...only: readonly ChainName[]): Promise<void> {
    for (const name of only.length === 0 ? CHAINS : only) await this.#moveChain(name, seconds);
    if (only.length > 0) return;
    this.#ahead.gateways += seconds;
    this.#writeClock();
  }

  /** All clocks as far ahead as the one that is furthest. */
  async levelClocks(): Promise<void> {
    const furthest = Math.max(...Object.values(this.#ahead));
    for (const name of CHAINS)
      if (this.#ahead[name] < furthest) await this.#moveChain(name, furthest - this.#ahead[name]);
    this.#ahead.gateways = furthest;
    this.#writeClock();
  }

  async close(): Promise<void> {
    for (const process of [...this.#processes.values(), this.#spare]) await process.kill();
    await Promise.all(Object.values(this.chains).map((chain) => chain.stop()));
    await this.#ways?.close();
    await this.#logs.chain.close();
    await this.#logs.private.close();
    await this.group?.close();
    await this.net.stop();
  }

  async #moveChain(name: ChainName, seconds: number): Promise<void> {
    await this.chains[name].advance(seconds);
    this.#ahead[name] += seconds;
  }

  #writeClock(): void {
    writeFileSync(this.#clockFile, String(this.#ahead.gateways * 1_000));
  }

  get #clockFile(): string {
    return join(this.net.dir, "clock");
  }

  #startsOf(actor: Actor): number {
    return this.#starts.get(actor) ?? 0;
  }

  #gatewayConfig(actor: Actor, role: Role): string {
    if (this.group) return this.group.config(actor);
    const stack = this.#stackInUse;
    return writeGatewayConfig(this.net, stack, role, stack === "cut" ? this.#ways : undefined);
  }

  #orders(actor: Actor, arms: readonly Arm[]) {
    return { clock: this.#clockFile, arms, trace: this.traceFile(actor) };
  }
}

async function outcomeAt(client: GatewayClient, sessionId: string): Promise<string> {
  let outcome = "IN_DOUBT";
  const isKnown = async (): Promise<boolean> => {
    ({ outcome } = await client.status(sessionId));
    return outcome !== "IN_DOUBT";
  };
  await eventually(`an outcome of ${sessionId}`, isKnown, OUTCOME_LIMIT_MS);
  return outcome;
}
