import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { DigestSigner } from "../entry/signature.ts";
import type { Chain } from "./chain.ts";
import { pricePerGas, replacementFees, type Fees, type FeeSource } from "./fees.ts";
import { costOf, shortageOf, signAttempt, type Attempt, type Slot, type Waiter } from "./lane-slot.ts";
import { RpcError } from "./rpc.ts";
import { parseCount, type Receipt } from "./rpc-values.ts";

export interface WatchOptions {
  readonly resendAfterMs: number;
  readonly replaceAfterMs: number;
}

/** Nodes may show the new nonce before they have indexed the receipt. */
const RECEIPT_GRACE_MS = 5_000;

/**
 * Sees to it that every nonce of the account gets mined and stays so until it is final. Runs while there are any, whether or
 * not somebody waits for them, because an unmined nonce blocks all later ones.
 */
export class LaneWatch {
  readonly #chain: Chain;
  readonly #signer: DigestSigner;
  readonly #fees: FeeSource;
  readonly #options: WatchOptions;
  readonly #slots = new Map<number, Slot>();
  #isRunning = false;
  /** Something came during a look: look again at once. */
  #again = false;
  #wake: (() => void) | undefined;
  #stoppedBy: Error | undefined;
  #lastError: unknown;

  constructor(chain: Chain, signer: DigestSigner, fees: FeeSource, options: WatchOptions) {
    this.#chain = chain;
    this.#signer = signer;
    this.#fees = fees;
    this.#options = options;
  }

  has(nonce: number): boolean {
    return this.#slots.has(nonce);
  }

  /** By nonce, ascending. */
  unmined(): Slot[] {
    return [...this.#slots.values()]
      .filter((slot) => slot.mined === null)
      .sort((left, right) => left.nonce - right.nonce);
  }

  /** Most that what is not mined yet can cost, in wei. */
  cost(): bigint {
    return this.unmined().reduce((sum, slot) => sum + costOf(slot), 0n);
  }

  isAwaited(): boolean {
    return [...this.#slots.values()].some((slot) => slot.waiters.size > 0);
  }

  requireRunning(): void {
    if (this.#stoppedBy !== undefined) throw this.#stoppedBy;
  }

  add(slot: Slot): void {
    this.#slots.set(slot.nonce, slot);
    this.#start();
  }

  /** Settles when the slot's transaction is included or final, or after `timeoutMs`; the slot is watched on in any case. */
  outcome(slot: Slot, until: Waiter["until"], timeoutMs: number): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const settle =
        <Value>(settled: (value: Value) => void): ((value: Value) => void) =>
        (value) => {
          clearTimeout(timer);
          slot.waiters.delete(waiter);
          settled(value);
        };
      const waiter: Waiter = { until, resolve: settle(resolve), reject: settle(reject) };
      const timer = setTimeout(() => {
        const context = { chain: this.#chain.name, account: this.#signer.address, nonce: slot.nonce };
        if (isGatelogError(this.#lastError)) waiter.reject(this.#lastError);
        else
          waiter.reject(
            new GatelogError("TIMEOUT", `the transaction was not ${until} within ${timeoutMs} ms`, context),
          );
      }, timeoutMs);
      slot.waiters.add(waiter);
      this.#start();
    });
  }

  stop(error: Error): void {
    this.#stoppedBy ??= error;
    for (const slot of this.#slots.values()) for (const waiter of [...slot.waiters]) waiter.reject(error);
    this.#slots.clear();
    this.#wake?.();
  }

  #start(): void {
    this.#again = true;
    this.#wake?.();
    if (this.#isRunning || this.#stoppedBy !== undefined) return;
    this.#isRunning = true;
    // It keeps errors of the node for those who wait; what comes out here is a defect of ours, and ends the lane.
    this.#run().catch((error: unknown) => this.stop(error instanceof Error ? error : new Error(String(error))));
  }

  async #run(): Promise<void> {
    while (this.#slots.size > 0) {
      this.#again = false;
      try {
        await this.#look();
        this.#lastError = undefined;
      } catch (error) {
        this.#lastError = error;
        if (isGatelogError(error) && error.disposition === "halt") this.stop(error);
      }
      await this.#pause();
    }
    this.#isRunning = false;
  }

  /** Until the next look is due, or there is something new to look at. */
  #pause(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#again || this.#slots.size === 0) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, this.#chain.pollIntervalMs);
      // Nobody waits: what is left is watched only as long as the process has other things to do.
      if (!this.isAwaited()) timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #look(): Promise<void> {
    const [next, ...later] = this.unmined();
    if (next) {
      // Where blocks are quick the next one is mostly there: its receipt is not asked for behind the number, but beside it.
      const count = this.#chain.rpc("eth_getTransactionCount", [this.#signer.address, "latest"]);
      const [used] = await Promise.all([count.then(parseCount), this.#lookForNewest(next)]);
      const open = next.mined === null ? [next, ...later] : later;
      await Promise.all(open.filter((slot) => slot.nonce < used).map((slot) => this.#lookForReceipt(slot)));
    }
    await this.#lookForFinality();
    for (const [place, slot] of this.unmined().entries()) await this.#push(slot, place === 0);
  }

  async #lookForFinality(): Promise<void> {
    const mined = [...this.#slots.values()].filter((slot) => slot.mined !== null);
    if (mined.length === 0) return;
    const final = await this.#chain.finalBlock();
    await Promise.all(mined.map((slot) => this.#finish(slot, final.number)));
  }

  async #lookForNewest(slot: Slot): Promise<void> {
    const newest = slot.attempts.at(-1);
    const receipt = newest && (await this.#chain.receipt(newest.hash));
    if (receipt) await this.#included(slot, receipt);
  }

  async #lookForReceipt(slot: Slot): Promise<void> {
    for (const attempt of [...slot.attempts].reverse()) {
      const receipt = await this.#chain.receipt(attempt.hash);
      if (receipt) return this.#included(slot, receipt);
    }
    slot.lostSince ??= performance.now();
    if (slot.call !== null && performance.now() - slot.lostSince < RECEIPT_GRACE_MS) return;
    // An earlier process's transaction was mined, or another process took the nonce.
    this.#slots.delete(slot.nonce);
    const context = { chain: this.#chain.name, account: this.#signer.address, nonce: slot.nonce };
    const error = new GatelogError("TRANSACTION_FAILED", "another process used the transaction's nonce", context);
    for (const waiter of [...slot.waiters]) waiter.reject(error);
  }

  async #included(slot: Slot, receipt: Receipt): Promise<void> {
    const isFinal = this.#chain.finality === "instant";
    const failure = receipt.status === 1 ? undefined : await this.#reasonOf(slot, receipt);
    slot.mined = receipt;
    slot.lostSince = null;
    if (isFinal) this.#slots.delete(slot.nonce);
    for (const waiter of [...slot.waiters]) {
      if (failure !== undefined) waiter.reject(failure);
      else if (isFinal || waiter.until === "included") waiter.resolve(receipt);
    }
  }

  async #finish(slot: Slot, finalNumber: number): Promise<void> {
    if (slot.mined === null || slot.mined.blockNumber > finalNumber) return;
    const receipt = await this.#chain.receipt(slot.mined.transactionHash);
    if (receipt?.blockHash === slot.mined.blockHash) {
      this.#slots.delete(slot.nonce);
      for (const waiter of [...slot.waiters]) waiter.resolve(receipt);
    } else slot.mined = null; // Reorganised: found in its new block by the next look, or sent again.
  }

  /** What the contract says to the same call now. The block may have held other transactions before this one. */
  async #reasonOf(slot: Slot, receipt: Receipt): Promise<unknown> {
    const { transactionHash, blockNumber } = receipt;
    const context = {
      chain: this.#chain.name,
      transactionHash,
      blockNumber,
      gasUsed: receipt.gasUsed.toString(),
      reverted: true,
    };
    const unexplained = new GatelogError("TRANSACTION_FAILED", "the transaction was mined and reverted", context);
    const to = slot.call?.to;
    if (!slot.call || !to) return unexplained;
    try {
      await this.#chain.call({ data: slot.call.data, to, from: this.#signer.address }, blockNumber);
      return unexplained;
    } catch (error) {
      return isGatelogError(error) && error.context["reverted"] === true ? error : unexplained;
    }
  }

  /** Sends again what is not mined for long; replaces it if it is the account's next and repeating has not helped. */
  async #push(slot: Slot, isNext: boolean): Promise<void> {
    const now = performance.now();
    if (now - slot.sentAt < this.#options.resendAfterMs) return;
    const age = now - slot.openedAt;
    const isStuck = isNext && age >= this.#options.replaceAfterMs * Math.max(1, slot.attempts.length);
    const attempt = isStuck ? await this.#replacement(slot) : slot.attempts.at(-1);
    slot.sentAt = now;
    if (attempt === undefined) return;
    try {
      await this.#chain.rpc("eth_sendRawTransaction", [attempt.raw]);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      // Known already or mined meanwhile: the next look tells. Else it may be that nobody pays.
      if ((await this.#chain.rpc("eth_getTransactionByHash", [attempt.hash])) !== null) return;
      const shortage = await shortageOf(this.#chain, this.#signer.address, slot.gas * pricePerGas(attempt.fees), error);
      if (shortage !== undefined) this.#tell(shortage);
    }
  }

  /** An operator must see why nothing is mined; later transactions wait for the earlier ones. They are all watched on. */
  #tell(reason: GatelogError): void {
    for (const slot of this.unmined()) for (const waiter of [...slot.waiters]) waiter.reject(reason);
  }

  /** What was sent last, if anything was, while the limit of fees leaves nothing but to wait. */
  async #replacement(slot: Slot): Promise<Attempt | undefined> {
    const former = slot.attempts.at(-1);
    const fees = await this.#raisedFees(former?.fees);
    if (fees === undefined) return former;
    const attempt = await signAttempt(slot, fees, this.#chain.chainId, this.#signer);
    slot.attempts.push(attempt);
    return attempt;
  }

  async #raisedFees(former: Fees | undefined): Promise<Fees | undefined> {
    try {
      const current = await this.#fees.current();
      return replacementFees(former ?? current, current, this.#fees.limits);
    } catch (error) {
      if (!isGatelogError(error, "GAS_PRICE_TOO_HIGH")) throw error;
      this.#tell(error);
      return undefined;
    }
  }
}
