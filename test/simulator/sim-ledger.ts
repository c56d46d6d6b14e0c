import { GatelogError } from "../../src/entry/errors.ts";
import { toHex, type Address, type Hash } from "../../src/entry/hex.ts";
import type { Certificate, Terms } from "../../src/entry/terms.ts";
import type {
  EscrowState,
  Ledger,
  LedgerAction,
  LedgerReceipt,
  LedgerView,
  TokenInfo,
} from "../../src/ledger/ledger.ts";
import type { Name } from "./cast.ts";
import type { Faults } from "./faults.ts";
import { BLOCK_MS, hashOf, type SimChain, type Transaction } from "./sim-chain.ts";
import type { SimClock } from "./sim-clock.ts";

const MS_PER_SECOND = 1_000;
const ROUND_TRIP_MS = 20;
/** How long a sender waits for its transaction to be final. */
const GIVE_UP_MS = 15_000;
/** After this time without a block a sender takes its transaction for dropped and sends another. */
const RESEND_MS = 4_000;
/** A transaction that is pending is mined within this time. */
const LATEST_MS = 60_000;

/** States in which an action has had its effect. */
const DONE: Readonly<Record<LedgerAction, readonly EscrowState[]>> = {
  lock: ["LOCKED"],
  unlock: ["UNLOCKED", "REFUSED"],
  burn: ["BURNED"],
  recreate: ["RECREATED"],
  mint: ["MINTED"],
  assign: ["ASSIGNED"],
  cancel: ["CANCELLED"],
};

/** The newest moment that one gateway has seen to be final on a chain; it outlives the process, as `ChainPins` does. */
export interface Pin {
  moment: number;
}

interface LedgerDeps {
  readonly chain: SimChain;
  readonly pin: Pin;
  readonly clock: SimClock;
  readonly faults: Faults;
  /** Told when an action is asked for, when a node has its transaction, and when it is done: the process may die there. */
  readonly onAct: (stage: "asked" | "pending" | "unanswered", action: LedgerAction, terms: Terms) => void;
  readonly onCertify: (certificate: Omit<Certificate, "signatures">) => void;
}

/** A chain as one gateway reaches it. It behaves as `EvmLedger` over a transaction lane does. */
export class SimLedger implements Ledger {
  readonly networkId: string;
  readonly chainId: number;
  readonly escrow: Address;
  readonly account: Address | null;
  readonly #name: Name;
  readonly #deps: LedgerDeps;

  /** @param name Whose view it is. @param account With which it acts on its own ledger. */
  constructor(name: Name, account: Address, deps: LedgerDeps) {
    const { chain } = deps;
    this.#name = name;
    this.#deps = deps;
    ({ networkId: this.networkId, chainId: this.chainId, escrow: this.escrow } = chain);
    this.account = chain.name === name ? account : null;
  }

  async read(terms: Terms): Promise<LedgerView> {
    const { chain, faults } = this.#deps;
    const moment = await this.#reach();
    const final = this.#finalAt(moment);
    const termsHash = hashOf(terms);
    const [state, headState] = [chain.head(termsHash, final), chain.head(termsHash, moment)];
    if (headState !== chain.head(termsHash) || state !== chain.final(termsHash))
      faults.happened("ledger-read-stale", `${this.#name} reads ${state} on ${chain.name}`);
    if (headState !== state) faults.happened("ledger-not-final", `${this.#name} reads ${state} on ${chain.name}`);
    const blockNumber = chain.blockAt(final);
    return {
      state,
      headState,
      blockNumber,
      blockHash: blockHashOf(blockNumber),
      timestamp: Math.floor(final / MS_PER_SECOND),
    };
  }

  /** What was final stays so: an older block is no news, whatever the node says now. */
  #finalAt(moment: number): number {
    const { chain, pin } = this.#deps;
    pin.moment = Math.max(pin.moment, moment - chain.finalityMs);
    return pin.moment;
  }

  async act(action: LedgerAction, terms: Terms, certificate?: Certificate): Promise<LedgerReceipt> {
    const { chain, clock, faults, onAct } = this.#deps;
    if (this.account === null) throw new GatelogError("NOT_SERVED_HERE", `no account acts on ${this.networkId}`);
    onAct("asked", action, terms);
    const moment = await this.#reach();
    const giveUpAt = clock.now() + GIVE_UP_MS;
    if (DONE[action].includes(chain.head(hashOf(terms), moment)))
      return this.#settled(action, terms, undefined, giveUpAt);
    const request = { by: this.account, action, terms, certificate };
    const refusal = chain.refusal(request, moment);
    if (refusal) throw refusal;
    const transaction = this.#send(request);
    onAct("pending", action, terms);
    const final = await this.#untilFinal(transaction, giveUpAt);
    if (final.reverted) throw final.reverted;
    const receipt = await this.#settled(action, terms, final, giveUpAt);
    onAct("unanswered", action, terms);
    if (!faults.strikes("ledger-reply-lost")) return receipt;
    faults.happened("ledger-reply-lost", `${action} on ${chain.name}`);
    throw new GatelogError("TIMEOUT", "the node does not answer any more");
  }

  async token(token: Address, tokenId?: bigint): Promise<TokenInfo> {
    await this.#reach();
    const info = this.#deps.chain.tokens.get(token);
    if (!info) throw new GatelogError("UNMAPPED_TOKEN", "the escrow does not hold this token", { token });
    return tokenId === undefined ? { ...info, owner: null } : info;
  }

  async mappedToken(originChainId: number, originToken: Address): Promise<Address> {
    await this.#reach();
    const token = this.#deps.chain.mapped.get(`${originChainId} ${originToken}`);
    if (!token) throw new GatelogError("UNMAPPED_TOKEN", "no token is mapped", { originChainId, originToken });
    return token;
  }

  certify(claim: Omit<Certificate, "signatures">): Promise<Certificate> {
    this.#deps.onCertify(claim);
    return Promise.resolve({ ...claim, signatures: ["0x00"] });
  }

  /** Resolves with the moment at which the chain of the node that answers ends. */
  async #reach(): Promise<number> {
    const { chain, clock, faults } = this.#deps;
    await clock.sleep(faults.between(1, ROUND_TRIP_MS));
    if (faults.spell("ledger-away", `${this.#name} ${chain.name}`)) {
      faults.happened("ledger-away", `${this.#name} cannot reach ${chain.name}`);
      throw new GatelogError("NODE_UNREACHABLE", "the node does not answer", { networkId: this.networkId });
    }
    const moment = clock.now() - faults.lag("ledger-read-stale", `${this.#name} ${chain.name}`);
    if (moment >= this.#deps.pin.moment) return moment;
    faults.happened("ledger-lags", `${chain.name} for ${this.#name}`);
    throw new GatelogError("NODE_UNREACHABLE", "the node is behind a block that it has had", {
      networkId: this.networkId,
    });
  }

  #send(request: Pick<Transaction, "by" | "action" | "terms" | "certificate">): Transaction {
    const { chain, faults } = this.#deps;
    const detail = `${request.action} on ${chain.name}`;
    if (faults.strikes("ledger-dropped")) {
      faults.happened("ledger-dropped", detail);
      return chain.send(request, Infinity);
    }
    if (faults.strikes("ledger-pending")) {
      faults.happened("ledger-pending", detail);
      return chain.send(request, faults.between(GIVE_UP_MS, LATEST_MS));
    }
    return chain.send(request, faults.between(1, BLOCK_MS));
  }

  /** The transaction or a copy of it, once one is in a final block. */
  async #untilFinal(first: Transaction, giveUpAt: number): Promise<Transaction> {
    const { chain, clock } = this.#deps;
    const { by, action, terms, certificate } = first;
    const copies = [first];
    let resendAt = clock.now() + RESEND_MS;
    for (;;) {
      const now = clock.now();
      const mined = copies.find(({ minedAt }) => minedAt !== undefined);
      if (mined?.minedAt !== undefined) {
        const wait = mined.minedAt + chain.finalityMs - now;
        if (wait <= 0) return mined;
        await clock.sleep(wait); // and its block may be taken back meanwhile
        continue;
      }
      if (now >= giveUpAt)
        throw new GatelogError("TIMEOUT", `${action} is not mined within ${GIVE_UP_MS} ms`, { action });
      if (now >= resendAt) {
        resendAt = now + RESEND_MS;
        if (copies.every(({ due }) => due === Infinity)) copies.push(this.#send({ by, action, terms, certificate }));
      }
      await clock.sleep(Math.max(0, Math.min(...copies.map(({ due }) => due), resendAt, giveUpAt) - now));
    }
  }

  /** Waits until the effect is final, and looks whether it is what the action is for. */
  async #settled(
    action: LedgerAction,
    terms: Terms,
    transaction: Transaction | undefined,
    giveUpAt: number,
  ): Promise<LedgerReceipt> {
    const { chain, clock } = this.#deps;
    const termsHash = hashOf(terms);
    while (chain.final(termsHash) !== chain.head(termsHash)) {
      if (clock.now() >= giveUpAt) throw new GatelogError("TIMEOUT", `${action} is not final yet`, { action });
      await clock.sleep(BLOCK_MS);
    }
    this.#finalAt(clock.now());
    const state = chain.history(termsHash).find((reached) => DONE[action].includes(reached));
    if (state === undefined)
      throw new GatelogError("LEDGER_CONFLICT", `${action} had no effect`, { action, actual: chain.final(termsHash) });
    const transactionHash = transaction ? toHex(`0x${transaction.id.toString(16).padStart(64, "0")}`) : null;
    return { action, state, transactionHash, blockNumber: chain.blockAt(clock.now() - chain.finalityMs) };
  }
}

function blockHashOf(blockNumber: number): Hash {
  return `0x${blockNumber.toString(16).padStart(64, "0")}`;
}
