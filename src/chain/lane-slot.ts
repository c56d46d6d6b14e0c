import { Signature, Transaction } from "ethers";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { toHex, type Address, type Hash, type Hex } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import type { Chain } from "./chain.ts";
import { pricePerGas, type Fees } from "./fees.ts";
import { wasNeverSent } from "./rpc-transport.ts";
import { RpcError } from "./rpc.ts";
import { parseCount, parseQuantity, type Receipt } from "./rpc-values.ts";

export interface LaneCall {
  /** Null deploys `data`. */
  readonly to: Address | null;
  readonly data: Hex;
}

/** One signed transaction; a slot has several after a replacement, and at most one of them is ever mined. */
export interface Attempt {
  readonly hash: Hash;
  readonly raw: Hex;
  readonly fees: Fees;
}

export interface Waiter {
  readonly until: "included" | "final";
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/** One nonce of the account, from its first broadcast until its transaction is final. */
export interface Slot {
  readonly nonce: number;
  /** Null: sent by an earlier process and known by its nonce alone. */
  readonly call: LaneCall | null;
  readonly gas: bigint;
  readonly attempts: Attempt[];
  readonly openedAt: number;
  sentAt: number;
  mined: Receipt | null;
  /** Since when the nonce is used up without a receipt of ours. */
  lostSince: number | null;
  readonly waiters: Set<Waiter>;
}

/** A transfer of nothing to oneself, which fills a nonce. */
export const GAS_OF_TRANSFER = 21_000n;

export function openSlot(nonce: number, call: LaneCall | null, gas: bigint): Slot {
  const now = performance.now();
  return {
    nonce,
    call,
    gas,
    attempts: [],
    openedAt: now,
    sentAt: now,
    mined: null,
    lostSince: null,
    waiters: new Set(),
  };
}

/** Signs the slot's transaction at these fees. Without a call it is a transfer of nothing to oneself, which fills the nonce. */
export async function signAttempt(slot: Slot, fees: Fees, chainId: number, signer: DigestSigner): Promise<Attempt> {
  const call = slot.call ?? { to: signer.address, data: "0x" };
  const transaction = Transaction.from({
    ...fees,
    chainId,
    nonce: slot.nonce,
    gasLimit: slot.gas,
    to: call.to,
    data: call.data,
  });
  transaction.signature = Signature.from(await signer.signDigest(toHex(transaction.unsignedHash)));
  const raw = toHex(transaction.serialized);
  if (transaction.hash === null) throw new GatelogError("INVARIANT_BROKEN", "a signed transaction has a hash");
  return { hash: toHex(transaction.hash), raw, fees };
}

/** Most that the slot's newest transaction can cost, in wei. */
export function costOf({ gas, attempts }: Slot): bigint {
  const newest = attempts.at(-1);
  return newest === undefined ? 0n : gas * pricePerGas(newest.fees);
}

/** INSUFFICIENT_FUNDS if the account holds less than `cost`, which is what its transactions may cost; undefined if it can pay. */
export async function shortageOf(
  chain: Chain,
  account: Address,
  cost: bigint,
  cause: RpcError,
): Promise<GatelogError | undefined> {
  const balance = parseQuantity(await chain.rpc("eth_getBalance", [account, "latest"]));
  if (balance >= cost) return undefined;
  return new GatelogError(
    "INSUFFICIENT_FUNDS",
    `account ${account} holds ${balance} wei on ${chain.name}, and what it sends may cost ${cost}: fill it up`,
    { chain: chain.name, account, expected: cost.toString(), actual: balance.toString() },
    { cause },
  );
}

/**
 * sent: the node has it. unknown: the node may have it. nonce-used: another transaction has this nonce, or the node expects
 * another one. Everything else rejects, and then the node certainly does not have it.
 */
export type Verdict = "sent" | "unknown" | "nonce-used";

export async function broadcast(
  chain: Chain,
  account: Address,
  slot: Slot,
  attempt: Attempt,
  inFlightCost: bigint,
): Promise<Verdict> {
  try {
    await chain.rpc("eth_sendRawTransaction", [attempt.raw]);
    return "sent";
  } catch (error) {
    if (error instanceof RpcError) {
      const cost = slot.gas * pricePerGas(attempt.fees) + inFlightCost;
      return explain(chain, account, { nonce: slot.nonce, hash: attempt.hash, cost }, error);
    }
    if (!isGatelogError(error) || error.disposition === "halt" || wasNeverSent(error)) throw error;
    return "unknown";
  }
}

/** Nodes word their refusals differently; what they hold tells the reason. */
async function explain(
  chain: Chain,
  account: Address,
  { nonce, hash, cost }: { readonly nonce: number; readonly hash: Hash; readonly cost: bigint },
  refusal: RpcError,
): Promise<Verdict> {
  let shortage: GatelogError | undefined;
  try {
    // Known already; or mined and reverted at once, which Hardhat answers with an error.
    if ((await chain.rpc("eth_getTransactionByHash", [hash])) !== null) return "sent";
    const pending = parseCount(await chain.rpc("eth_getTransactionCount", [account, "pending"]));
    if (pending !== nonce) return "nonce-used";
    shortage = await shortageOf(chain, account, cost, refusal);
  } catch (error) {
    if (!isGatelogError(error) || error.disposition === "halt") throw error;
    return "unknown";
  }
  if (shortage !== undefined) throw shortage;
  throw new GatelogError(
    "TRANSACTION_FAILED",
    `the node refuses the transaction: ${refusal.message.slice(0, 300)}`,
    { chain: chain.name, account, nonce, rpcCode: refusal.rpcCode },
    { cause: refusal },
  );
}
