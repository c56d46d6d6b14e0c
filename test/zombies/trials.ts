import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import type { FaultPoint } from "../../src/gateway/fault-points.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { ChainControl } from "../crash/chain-control.ts";
import type { Arm } from "../support/mortal-gateway-control.ts";
import { until } from "../support/until.ts";
import { Evidence } from "./evidence.ts";
import { describeStop, planOf, type Plan, type Stop, type Usual } from "./plan.ts";
import { rawTransaction } from "./raw-transaction.ts";
import { ZombieStage } from "./stage.ts";

/** In flight beside each other, in the same process. */
const TRANSFERS = 2;
const AMOUNT = 1n;
const LIMIT_MS = 60_000;
/** A process that stands still answers nobody: whoever asked it goes elsewhere. */
const ANSWER_LIMIT_MS = 2_000;
/** What a gateway still does behind the outcome: it closes its log. */
const CLOSING_MS = 1_000;
/** A session is known, and can be armed, only behind these. */
const BEFORE_ARMING = /^(open|append init-setup)\//;
/** A drawn point may lie behind the transfer when it is armed. */
const MOST_ATTEMPTS = 20;

export interface TrialResult {
  readonly trial: number;
  readonly role: Role;
  readonly stop: Stop;
  readonly isOver: boolean;
  readonly epochs: readonly [stopped: number, end: number];
  readonly outcomes: readonly string[];
  /** Of the group, accepted during the trial; and of these, in another epoch than theirs. */
  readonly accepted: number;
  readonly stale: number;
  /** Ledger actions of the process that was stopped. */
  readonly deeds: number;
  readonly faults: readonly string[];
  readonly seconds: number;
}

/** What the stopped process stands at, if it is at a point. */
interface Stopped {
  readonly id: number | null;
  readonly transactionHash: string | null;
}

/**
 * Stops the primary with SIGSTOP while transfers are under way, lets the backup take over, and lets the old one go on. One trial after
 * the other on the same stage; roles change with each.
 */
export class ZombieTrials {
  readonly #stage: ZombieStage;
  readonly #evidence: Evidence;
  readonly #usual: Usual;
  readonly #before: readonly [alice: bigint, bob: bigint];
  #committed = 1n; // the one by which the usual was found

  private constructor(stage: ZombieStage, usual: Usual, before: readonly [bigint, bigint]) {
    this.#stage = stage;
    this.#evidence = new Evidence(stage);
    this.#usual = usual;
    this.#before = before;
  }

  /** @param role Of the group. */
  static async open(role: Role): Promise<ZombieTrials> {
    const stage = await ZombieStage.open(role);
    try {
      const before = await balances(stage);
      return new ZombieTrials(stage, await usualOf(stage), before);
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Rejects only if it could not be carried out; what is wrong is in the result. */
  async run(seed: number, trial: number): Promise<TrialResult> {
    const startedAt = performance.now();
    const place = await until("a primary", () => this.#primary(), LIMIT_MS);
    const mark = await this.#evidence.mark(place);
    const { plan, sessions } = await this.#disturb(seed, trial, place);
    const outcomes = await this.#outcomes(await Promise.all(sessions));
    const { epoch } = await this.#stage.group.untilRole(place, "standby");
    await Promise.all([0, 1].map((each) => this.#stage.disarm(each)));
    const { faults, accepted, stale, deeds } = await this.#evidence.findings(mark);
    const account = this.#stage.ledgerAccount(place);
    return {
      ...{ trial, role: this.#stage.role, stop: plan.stop, isOver: plan.isOver },
      epochs: [mark.reign.epoch, epoch],
      ...{ outcomes, accepted, stale, deeds: deeds.filter(({ by }) => by === account).length },
      faults: [...faults, ...(await this.#ledgerFaults(outcomes))],
      seconds: (performance.now() - startedAt) / 1_000,
    };
  }

  async close(): Promise<void> {
    this.#evidence.close();
    await this.#stage.close();
  }

  async #primary(): Promise<number | undefined> {
    const { group } = this.#stage;
    const states = await Promise.all([0, 1].map((place) => group.state(place)));
    const place = states.findIndex(({ state }) => state === "primary");
    return states[1 - place]?.state === "standing-by" ? place : undefined;
  }

  /** From the transfers' beginning until the old primary goes on. */
  async #disturb(seed: number, trial: number, place: number) {
    const sessions: Promise<SessionId>[] = [];
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const name = `${this.#stage.role}-${trial}-${attempt}`;
      const plan = planOf(name, seed, this.#usual);
      const started = Array.from({ length: TRANSFERS }, (_, each) => startTransfer(this.#stage, `${name}-${each}`));
      sessions.push(...started);
      if (await this.#stopAndGo(plan, place, started)) return { plan, sessions };
      await this.#outcomes(await Promise.all(started));
    }
    throw new Error(`trial ${trial}: none of ${MOST_ATTEMPTS} drawn points was passed`);
  }

  /** False if the transfers ended without coming to where they were to be stopped. */
  async #stopAndGo({ stop, isOver, pauseMs }: Plan, place: number, sessions: readonly Promise<SessionId>[]) {
    const { group } = this.#stage;
    const process = this.#stage.process(place);
    const frozen: ChainControl[] = [];
    const stopped = await this.#stopAt(stop, place, sessions, frozen);
    if (!stopped) return false;
    const release = await this.#holdBack(stop, stopped, frozen);
    await group.untilRole(1 - place, "primary");
    await release();
    if (isOver) await this.#outcomesAt(1 - place, await Promise.all(sessions));
    await sleep(pauseMs);
    process.signal("SIGCONT");
    if (stopped.id !== null) process.go(stopped.id);
    return true;
  }

  async #stopAt(
    stop: Stop,
    place: number,
    sessions: readonly Promise<SessionId>[],
    frozen: ChainControl[],
  ): Promise<Stopped | undefined> {
    const process = this.#stage.process(place);
    if (stop.how === "moment") {
      await sleep(stop.afterMs);
      process.signal("SIGSTOP");
      return { id: null, transactionHash: null };
    }
    const armed = await Promise.all(sessions);
    const [session] = armed;
    if (session === undefined) return undefined;
    // The so-many-th point is of whichever transfer comes to it.
    const arms: Arm[] =
      stop.how === "point"
        ? armed.map((each) => ({ session: each, nth: stop.nth }))
        : [{ session, point: stop.point as FaultPoint }];
    const { promise, resolve, reject } = Promise.withResolvers<Stopped | undefined>();
    const freeze = async (id: number, chainId: number): Promise<void> => {
      const chain = chainId === this.#stage.net.record.log.chainId ? this.#stage.log : this.#stage.ledger;
      await chain.freeze();
      frozen.push(chain);
      process.go(id);
    };
    await this.#stage.arm(place, arms, {
      at: ({ id, transactionHash }) => {
        process.signal("SIGSTOP");
        resolve({ id, transactionHash });
      },
      freeze: ({ id, chainId }) => void freeze(id, chainId).catch(reject),
      event: () => undefined,
    });
    this.#past(place, session).then(() => resolve(undefined), reject);
    return promise;
  }

  /** The transfer has passed everything that it passes, or its process stands still. */
  async #past(place: number, session: SessionId): Promise<void> {
    const client = new GatewayClient({ baseUrl: this.#stage.group.member(place).url, timeoutMs: ANSWER_LIMIT_MS });
    await outcomeAt(client, session).catch(nothing);
    await sleep(CLOSING_MS);
  }

  /** Sees to it that what is in flight gets into a block when it should. @returns What is to be done behind the takeover. */
  async #holdBack(stop: Stop, { transactionHash }: Stopped, frozen: readonly ChainControl[]) {
    const [chain] = frozen;
    if (!chain) return () => Promise.resolve();
    const isBehind = stop.how === "in-flight" && stop.fate === "behind" && transactionHash !== null;
    if (isBehind && chain === this.#stage.ledger) return () => chain.thaw();
    if (!isBehind) {
      await chain.thaw();
      return () => Promise.resolve();
    }
    // The takeover needs the log chain: what was to be mined is taken out, and sent again behind it.
    const raw = await rawTransaction(chain.rpc, transactionHash);
    await chain.drop(transactionHash);
    await chain.thaw();
    // Refused or reverted: the node says either with an error.
    return () => chain.rpc("eth_sendRawTransaction", [raw]).then(nothing, nothing);
  }

  async #outcomes(sessions: readonly SessionId[]): Promise<string[]> {
    const told = await Promise.all([0, 1].map((place) => this.#outcomesAt(place, sessions)));
    const peer = this.#stage.net.client(this.#stage.role === "origin" ? "beta" : "alpha");
    const atPeer = await Promise.all(sessions.map((sessionId) => outcomeAt(peer, sessionId)));
    return atPeer.map((outcome, each) => [...new Set([outcome, ...told.map((all) => all[each])])].join(" and "));
  }

  #outcomesAt(place: number, sessions: readonly SessionId[]): Promise<string[]> {
    const { url } = this.#stage.group.member(place);
    const client = new GatewayClient({ baseUrl: url, timeoutMs: ANSWER_LIMIT_MS });
    return Promise.all(sessions.map((sessionId) => outcomeAt(client, sessionId)));
  }

  /** What has left one ledger is on the other, all in all, and everybody says the same of each transfer. */
  async #ledgerFaults(outcomes: readonly string[]): Promise<string[]> {
    this.#committed += AMOUNT * BigInt(outcomes.filter((outcome) => outcome === "COMMITTED").length);
    const [alice, bob] = await balances(this.#stage);
    const [given, got] = [this.#before[0] - alice, bob - this.#before[1]];
    const odd = outcomes.filter((outcome) => outcome !== "COMMITTED" && outcome !== "ABORTED");
    return [
      ...odd.map((outcome) => `a transfer ended ${outcome}`),
      ...(given === this.#committed && got === this.#committed
        ? []
        : [`${this.#committed} were committed, alpha has given ${given}, and beta has got ${got}`]),
    ];
  }
}

/** One line about a trial. */
export function describeTrial({ role, stop, isOver, epochs, outcomes, accepted, deeds, seconds }: TrialResult): string {
  const back = isOver ? "back behind the end" : "back behind the takeover";
  return (
    `${role} stopped ${describeStop(stop)}, ${back}; epochs ${epochs.join(" to ")}, ${outcomes.join(", ")}; ` +
    `${accepted} writes accepted, ${deeds} ledger actions of the old one; ${seconds.toFixed(1)} s`
  );
}

async function startTransfer(stage: ZombieStage, idempotencyKey: string): Promise<SessionId> {
  const { net, group, role } = stage;
  const [baseUrl = "", ...others] =
    role === "origin" ? group.members.map(({ url }) => url) : [net.record.gateways.alpha.url];
  const client = new GatewayClient({ baseUrl, others, timeoutMs: ANSWER_LIMIT_MS, maxAttempts: MOST_ATTEMPTS });
  const request = net.request("alpha", { idempotencyKey, asset: net.gold("alpha", AMOUNT) });
  return (await client.transfer(request)).sessionId;
}

/** What a transfer passes at the group's primary, and how long it takes. */
async function usualOf(stage: ZombieStage): Promise<Usual> {
  const trace = join(stage.net.dir, "usual.trace");
  const silent = { at: nothing, freeze: nothing, event: nothing };
  await stage.arm(0, [], silent, trace);
  const startedAt = performance.now();
  const sessionId = await startTransfer(stage, "usual");
  await outcomeAt(stage.net.client(stage.role === "origin" ? "beta" : "alpha"), sessionId);
  await outcomeAt(new GatewayClient({ baseUrl: stage.group.member(0).url }), sessionId);
  const durationMs = Math.round(performance.now() - startedAt);
  await stage.disarm(0);
  const lines = readFileSync(trace, "utf8").split("\n").filter(Boolean);
  const points = lines.flatMap((line) => (JSON.parse(line) as { readonly passed?: string }).passed ?? []);
  return { durationMs, points: points.filter((point) => !BEFORE_ARMING.test(point)) };
}

async function outcomeAt(client: GatewayClient, sessionId: SessionId): Promise<string> {
  return until(
    `an outcome of ${sessionId}`,
    async () => {
      const status = await client.status(sessionId).catch(() => undefined);
      return status && status.outcome !== "IN_DOUBT" && status.outcome;
    },
    LIMIT_MS,
  );
}

async function balances({ net }: ZombieStage): Promise<readonly [alice: bigint, bob: bigint]> {
  return [await net.goldOf("alpha", "alice"), await net.goldOf("beta", "bob")];
}

function nothing(): void {
  // Whatever it is, nobody waits for it.
}
