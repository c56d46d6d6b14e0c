import { setTimeout as sleep } from "node:timers/promises";
import { GatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import type { Chain } from "./chain.ts";
import { contractError } from "./contract-errors.ts";
import { createFeeSource, DEFAULT_FEE_LIMITS, type FeeLimits, type FeeSource } from "./fees.ts";
import { broadcast, GAS_OF_TRANSFER, openSlot, signAttempt, type LaneCall, type Slot } from "./lane-slot.ts";
import { LaneWatch } from "./lane-watch.ts";
import { RpcError } from "./rpc.ts";
import { parseCount, parseQuantity, type Receipt } from "./rpc-values.ts";

/**
 * The one way by which an account sends transactions: numbers them without gaps, keeps several in flight, sends a dropped one
 * again and replaces a stuck one under the same nonce at a higher fee.
 *
 * Guarantees: of one `send` at most one transaction is mined. After a restart the lane goes on behind what the node already
 * has from the account, and fills a nonce that never gets mined. An empty account (INSUFFICIENT_FUNDS) and gas above the limit
 * (GAS_PRICE_TOO_HIGH) are told to whoever waits; what was sent before goes on by itself once that is over.
 * Limitations: one lane per account; a second process with the same key costs both of them repeated sends. A rejected `send`
 * (TIMEOUT, NODE_UNREACHABLE, the two above) does not say that nothing will land: read the contract before concluding.
 */
export interface Lane {
  readonly account: Address;
  /**
   * Resolves with the receipt of a successful transaction once it is in a block (or final). A revert rejects with the code of
   * the contract's error, mostly before anything was sent.
   */
  send(call: LaneCall, wait?: LaneWait): Promise<Receipt>;
  /**
   * Asks the node beforehand what a `send` of the same call needs (gas, fees, the account's next number), so that within PREPARED_MS that is one
   * request. Sends nothing. Rejects as `send` does before it sends; what would revert by then is mined then, and paid.
   */
  prepare(call: LaneCall): Promise<void>;
  /** Takes no more, waits shortly for what is in flight, gives up the rest. */
  close(): Promise<void>;
}

export interface LaneWait {
  readonly until: "included" | "final";
  readonly timeoutMs?: number;
}

export interface LaneOptions {
  readonly fees?: FeeLimits;
  /** A transaction that is not mined is sent again, unchanged, every so often … */
  readonly resendAfterMs?: number;
  /** … and replaced at a higher fee every so often, if it is the account's next. */
  readonly replaceAfterMs?: number;
  /** Unmined transactions at a time; more sends wait. */
  readonly maxInFlight?: number;
  /** How long `close` waits for what is in flight. */
  readonly closeGraceMs?: number;
}

const DEFAULT_RESEND_AFTER_MS = 3_000;
const DEFAULT_REPLACE_AFTER_MS = 30_000;
/** Nodes hold some 64 executable transactions per account by default. */
const DEFAULT_MAX_IN_FLIGHT = 64;
const DEFAULT_CLOSE_GRACE_MS = 5_000;
const DEFAULT_INCLUSION_TIMEOUT_MS = 60_000;
/** Ethereum's `finalized` is some 15 minutes behind its head. */
export const DEFAULT_FINALITY_TIMEOUT_MS = 30 * 60_000;
/** Most gas of one transaction: the cap of EIP-7825, which Hardhat's and Ethereum's current rules enforce. */
const GAS_LIMIT_MAX = 16_777_216n;

/** An estimate is exact for the state it was made on; another transaction may come between. */
const GAS_HEADROOM_PERCENT = 20n;
/** How old an estimate of gas may be that was made beforehand. */
const PREPARED_MS = 1_000;
/** A nonce that another process took is moved on from so often. */
const MAX_NONCE_ATTEMPTS = 5;

export function createLane(chain: Chain, signer: DigestSigner, options: LaneOptions = {}): Lane {
  return new TransactionLane(chain, signer, options);
}

class TransactionLane implements Lane {
  readonly account: Address;
  readonly #chain: Chain;
  readonly #signer: DigestSigner;
  readonly #fees: FeeSource;
  readonly #watch: LaneWatch;
  readonly #maxInFlight: number;
  readonly #closeGraceMs: number;
  #next: number | undefined;
  #prepared: { readonly call: LaneCall; readonly at: number; readonly gas: Promise<bigint> } | undefined;
  #launches: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(chain: Chain, signer: DigestSigner, options: LaneOptions) {
    this.account = signer.address;
    this.#chain = chain;
    this.#signer = signer;
    this.#fees = createFeeSource(chain, signer.address, options.fees ?? DEFAULT_FEE_LIMITS);
    this.#maxInFlight = options.maxInFlight ?? DEFAULT_MAX_IN_FLIGHT;
    this.#closeGraceMs = options.closeGraceMs ?? DEFAULT_CLOSE_GRACE_MS;
    this.#watch = new LaneWatch(chain, signer, this.#fees, {
      resendAfterMs: options.resendAfterMs ?? DEFAULT_RESEND_AFTER_MS,
      replaceAfterMs: options.replaceAfterMs ?? DEFAULT_REPLACE_AFTER_MS,
    });
  }

  async send(call: LaneCall, wait: LaneWait = { until: "included" }): Promise<Receipt> {
    if (this.#closed) throw new GatelogError("STORE_UNAVAILABLE", "the lane is closed", { account: this.account });
    const soon = wait.until === "included" || this.#chain.finality === "instant";
    const timeoutMs = wait.timeoutMs ?? (soon ? DEFAULT_INCLUSION_TIMEOUT_MS : DEFAULT_FINALITY_TIMEOUT_MS);
    // Begun here, so that those of several sends run beside each other, and each beside what its own launch asks for.
    const gas = awaitedLater(this.#gasFor(call));
    const launch = this.#launches.then(async () => {
      await this.#room(timeoutMs);
      return this.#launch(call, gas);
    });
    // The next launch waits for this one, whatever becomes of it.
    this.#launches = launch.catch(() => undefined);
    return this.#watch.outcome(await launch, wait.until, timeoutMs);
  }

  async prepare(call: LaneCall): Promise<void> {
    const gas = awaitedLater(this.#estimate(call));
    this.#prepared = { call, at: performance.now(), gas };
    const adopted = this.#launches.then(async () => (this.#next ??= await this.#adopt()));
    this.#launches = adopted.catch(() => undefined);
    await Promise.all([gas, this.#fees.current(), adopted]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const giveUpAt = performance.now() + this.#closeGraceMs;
    await this.#launches;
    while (this.#watch.isAwaited() && performance.now() < giveUpAt) await sleep(this.#chain.pollIntervalMs);
    this.#watch.stop(new GatelogError("TIMEOUT", "closed with the transaction in flight", { account: this.account }));
  }

  /** An estimate that failed beforehand is made again: the reason may have passed. */
  #gasFor(call: LaneCall): Promise<bigint> {
    const { call: prepared, at, gas } = this.#prepared ?? {};
    const isAtHand = prepared?.to === call.to && prepared.data === call.data;
    if (!isAtHand || gas === undefined || performance.now() - (at ?? -Infinity) > PREPARED_MS)
      return this.#estimate(call);
    return gas.catch(() => this.#estimate(call));
  }

  async #estimate({ to, data }: LaneCall): Promise<bigint> {
    let estimate: bigint;
    try {
      const call = { from: this.account, data, ...(to === null ? {} : { to }) };
      estimate = parseQuantity(await this.#chain.rpc("eth_estimateGas", [call]));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (error.data !== undefined) throw contractError(error.data, error);
      const message = `the node cannot estimate the transaction: ${error.message.slice(0, 300)}`;
      throw new GatelogError(
        "TRANSACTION_FAILED",
        message,
        { chain: this.#chain.name, rpcCode: error.rpcCode },
        { cause: error },
      );
    }
    if (estimate > GAS_LIMIT_MAX)
      throw new GatelogError("TOO_LARGE", `the transaction needs ${estimate} gas; at most ${GAS_LIMIT_MAX} are sent`, {
        maximum: Number(GAS_LIMIT_MAX),
        actual: estimate.toString(),
      });
    const generous = estimate + (estimate * GAS_HEADROOM_PERCENT) / 100n;
    return generous < GAS_LIMIT_MAX ? generous : GAS_LIMIT_MAX;
  }

  async #room(timeoutMs: number): Promise<void> {
    const giveUpAt = performance.now() + timeoutMs;
    while (this.#watch.unmined().length >= this.#maxInFlight) {
      if (performance.now() > giveUpAt)
        throw new GatelogError("OVERLOADED", `${this.#maxInFlight} transactions of the account wait to be mined`, {
          account: this.account,
        });
      await sleep(this.#chain.pollIntervalMs);
    }
  }

  /** Gives the transaction the next nonce and broadcasts it. When it rejects, the nonce is still free. */
  async #launch(call: LaneCall, estimate: Promise<bigint>): Promise<Slot> {
    this.#watch.requireRunning();
    for (let attempts = 0; attempts < MAX_NONCE_ATTEMPTS; attempts += 1) {
      const fees = awaitedLater(this.#fees.current());
      const next = awaitedLater(this.#next === undefined ? this.#adopt() : Promise.resolve(this.#next));
      const gas = await estimate;
      this.#next = await next;
      const slot = openSlot(this.#next, call, gas);
      const attempt = await signAttempt(slot, await fees, this.#chain.chainId, this.#signer);
      const verdict = await broadcast(this.#chain, this.account, slot, attempt, this.#watch.cost());
      if (verdict !== "nonce-used") {
        slot.attempts.push(attempt);
        this.#watch.add(slot);
        this.#next = slot.nonce + 1;
        return slot;
      }
      this.#next = undefined;
    }
    throw new GatelogError("TRANSACTION_FAILED", "another process keeps sending from the account", {
      account: this.account,
    });
  }

  /** Next nonce behind everything that the node and this lane have; takes over what an earlier process left unmined. */
  async #adopt(): Promise<number> {
    const [latest, pending] = await Promise.all([this.#count("latest"), this.#count("pending")]);
    const next = Math.max(pending, ...this.#watch.unmined().map((slot) => slot.nonce + 1));
    for (let nonce = latest; nonce < next; nonce += 1)
      if (!this.#watch.has(nonce)) this.#watch.add(openSlot(nonce, null, GAS_OF_TRANSFER));
    return next;
  }

  async #count(tag: "latest" | "pending"): Promise<number> {
    return parseCount(await this.#chain.rpc("eth_getTransactionCount", [this.account, tag]));
  }
}

/** The same promise: that it is rejected before somebody waits for it is no fault. */
function awaitedLater<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
