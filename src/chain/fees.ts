import { GatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";
import type { Chain } from "./chain.ts";
import { parseQuantity } from "./rpc-values.ts";

/** What one account pays at most, in wei per gas. */
export interface FeeLimits {
  /** A transaction that would need more waits, visibly (GAS_PRICE_TOO_HIGH, retry). */
  readonly maxGasPrice: bigint;
  /** Tip to the block's producer where the chain has EIP-1559. */
  readonly priorityFee: bigint;
}

const GWEI = 1_000_000_000n;
export const DEFAULT_FEE_LIMITS: FeeLimits = { maxGasPrice: 500n * GWEI, priorityFee: 1n * GWEI };

export type Fees =
  | { readonly type: 2; readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly type: 0; readonly gasPrice: bigint };

/** The base fee may double before the transaction must be replaced: six full blocks. */
const BASE_FEE_HEADROOM = 2n;
/** Nodes ask for 10 % more to replace a transaction; a quarter gets through a busy pool too. */
const REPLACEMENT_NUMERATOR = 5n;
const REPLACEMENT_DENOMINATOR = 4n;

/** Suggested fees are asked anew after this long. */
const FEES_CACHE_MS = 1_000;

/** Fees for an account's next transaction, asked rarely enough for many transactions a second. */
export interface FeeSource {
  readonly limits: FeeLimits;
  /** GAS_PRICE_TOO_HIGH while gas costs more than the limit. */
  current(): Promise<Fees>;
}

/** @param account For messages: whose limit it is. */
export function createFeeSource(chain: Chain, account: Address, limits: FeeLimits): FeeSource {
  let cached: { readonly at: number; readonly fees: Fees } | undefined;
  return {
    limits,
    async current() {
      if (cached === undefined || performance.now() - cached.at > FEES_CACHE_MS)
        cached = { fees: await currentFees(chain, account, limits), at: performance.now() };
      return cached.fees;
    },
  };
}

async function currentFees(chain: Chain, account: Address, limits: FeeLimits): Promise<Fees> {
  const { baseFeePerGas } = await chain.head();
  if (baseFeePerGas === undefined) {
    const gasPrice = parseQuantity(await chain.rpc("eth_gasPrice", []));
    requireAffordable(chain, account, gasPrice, limits);
    return { type: 0, gasPrice };
  }
  requireAffordable(chain, account, baseFeePerGas, limits);
  const maxFeePerGas = smaller(baseFeePerGas * BASE_FEE_HEADROOM + limits.priorityFee, limits.maxGasPrice);
  return { type: 2, maxFeePerGas, maxPriorityFeePerGas: smaller(limits.priorityFee, maxFeePerGas) };
}

/** Fees that replace a transaction sent with `former`, or undefined if the limit leaves no room. */
export function replacementFees(former: Fees, current: Fees, limits: FeeLimits): Fees | undefined {
  if (former.type === 0 || current.type === 0) {
    const floor = former.type === 0 ? former.gasPrice : former.maxFeePerGas;
    const gasPrice = larger(raised(floor), current.type === 0 ? current.gasPrice : current.maxFeePerGas);
    return gasPrice > limits.maxGasPrice ? undefined : { type: 0, gasPrice };
  }
  const maxFeePerGas = larger(raised(former.maxFeePerGas), current.maxFeePerGas);
  const maxPriorityFeePerGas = larger(raised(former.maxPriorityFeePerGas), current.maxPriorityFeePerGas);
  return maxFeePerGas > limits.maxGasPrice ? undefined : { type: 2, maxFeePerGas, maxPriorityFeePerGas };
}

/** Most that the transaction can cost per gas. */
export function pricePerGas(fees: Fees): bigint {
  return fees.type === 0 ? fees.gasPrice : fees.maxFeePerGas;
}

function requireAffordable(chain: Chain, account: Address, price: bigint, { maxGasPrice }: FeeLimits): void {
  if (price <= maxGasPrice) return;
  throw new GatelogError(
    "GAS_PRICE_TOO_HIGH",
    `gas costs ${price} wei on ${chain.name}, and account ${account} pays ${maxGasPrice} at most: it waits until the price falls`,
    { chain: chain.name, account, expected: maxGasPrice.toString(), actual: price.toString() },
  );
}

function raised(value: bigint): bigint {
  // One more, so that a fee of a few wei rises too.
  return (value * REPLACEMENT_NUMERATOR) / REPLACEMENT_DENOMINATOR + 1n;
}

function smaller(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function larger(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
