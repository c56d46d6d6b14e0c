import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { JsonRpc } from "../../src/audit/reading/json-rpc.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import type { FaultPoint } from "../../src/gateway/fault-points.ts";
import type { ChainControl } from "../crash/chain-control.ts";
import type { Arm } from "../support/mortal-gateway-control.ts";
import { attemptsIn, traceLength, type Attempts } from "./attempts.ts";
import type { Plan, Stop } from "./plan.ts";
import { rawTransaction } from "./raw-transaction.ts";
import type { ZombieStage } from "./stage.ts";
import { outcomeAtMember } from "./transfers.ts";

/** What a gateway still does behind the outcome: it closes its log. */
const CLOSING_MS = 1_000;
const FAILED = "0x0";

const receiptSchema = z.object({ status: z.string() }).nullable();

/** What the stopped process stands at, if it is at a point. */
interface Stopped {
  readonly id: number | null;
  readonly transactionHash: string | null;
}

/** A primary that is stopped while transfers are under way, and goes on when it is none any more. */
export class Disturbance {
  readonly #stage: ZombieStage;
  readonly #place: number;
  readonly #sessions: readonly Promise<SessionId>[];
  readonly #trace: string;
  readonly #frozen: ChainControl[] = [];
  #goesOnAt = 0;
  #reverted = 0;

  /** @param place Of the primary. @param name Of its own. */
  constructor(stage: ZombieStage, place: number, sessions: readonly Promise<SessionId>[], name: string) {
    this.#stage = stage;
    this.#place = place;
    this.#sessions = sessions;
    this.#trace = join(stage.net.dir, `${name}.trace`);
  }

  /** From the transfers' beginning until the old primary goes on. False if they ended without coming to where they were to be stopped. */
  async pass({ stop, isOver, pauseMs }: Plan): Promise<boolean> {
    const stopped = await (stop.how === "moment" ? this.#stopAfter(stop.afterMs) : this.#stopAt(stop));
    if (!stopped) return false;
    const release = await this.#holdBack(stop, stopped);
    const successor = 1 - this.#place;
    await this.#stage.group.untilRole(successor, "primary");
    await release();
    if (isOver) for (const session of this.#sessions) await outcomeAtMember(this.#stage, successor, await session);
    await sleep(pauseMs);
    this.#goesOnAt = traceLength(this.#trace);
    const process = this.#stage.process(this.#place);
    process.signal("SIGCONT");
    if (stopped.id !== null) process.go(stopped.id);
    return true;
  }

  /** Of its old epoch, since it goes on. */
  attempts(epoch: number): Attempts {
    return attemptsIn(this.#trace, this.#goesOnAt, epoch);
  }

  /** Transactions of the stopped process that the registry has refused behind the takeover. */
  get reverted(): number {
    return this.#reverted;
  }

  async #stopAfter(ms: number): Promise<Stopped> {
    const ignored = { at: () => undefined, freeze: () => undefined, event: () => undefined };
    await this.#stage.arm(this.#place, [], ignored, this.#trace);
    await sleep(ms);
    this.#stage.process(this.#place).signal("SIGSTOP");
    return { id: null, transactionHash: null };
  }

  async #stopAt(stop: Exclude<Stop, { how: "moment" }>): Promise<Stopped | undefined> {
    const process = this.#stage.process(this.#place);
    const armed = await Promise.all(this.#sessions);
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
      this.#frozen.push(chain);
      process.go(id);
    };
    const listener = {
      at: ({ id, transactionHash }: { readonly id: number; readonly transactionHash: string | null }) => {
        process.signal("SIGSTOP");
        resolve({ id, transactionHash });
      },
      freeze: ({ id, chainId }: { readonly id: number; readonly chainId: number }) =>
        void freeze(id, chainId).catch(reject),
      event: () => undefined,
    };
    await this.#stage.arm(this.#place, arms, listener, this.#trace);
    this.#past(session).then(() => resolve(undefined), reject);
    return promise;
  }

  /** The transfer has passed everything that it passes, or its process stands still. */
  async #past(session: SessionId): Promise<void> {
    await outcomeAtMember(this.#stage, this.#place, session).catch(() => undefined);
    await sleep(CLOSING_MS);
  }

  /** Sees to it that what is in flight gets into a block when it should. @returns What is to be done behind the takeover. */
  async #holdBack(stop: Stop, { transactionHash }: Stopped): Promise<() => Promise<void>> {
    const [chain] = this.#frozen;
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
    return async () => {
      if (await isReverted(chain.rpc, raw, transactionHash)) this.#reverted += 1;
    };
  }
}

/** Sends it, and says whether the contract has refused it. A node that mines at once says so with an error, and mines it. */
async function isReverted(rpc: JsonRpc, raw: string, transactionHash: string): Promise<boolean> {
  await rpc("eth_sendRawTransaction", [raw]).catch(() => undefined);
  return receiptSchema.parse(await rpc("eth_getTransactionReceipt", [transactionHash]))?.status === FAILED;
}
