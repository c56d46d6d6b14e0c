import { expect } from "chai";
import fc from "fast-check";

import { pricePerGas, replacementFees, type Fees } from "../../src/chain/fees.ts";

const GWEI = 1_000_000_000n;
const limits = { maxGasPrice: 500n * GWEI, priorityFee: GWEI };
const dynamic = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint): Fees => ({
  type: 2,
  maxFeePerGas,
  maxPriorityFeePerGas,
});
const wei = fc.bigInt({ min: 0n, max: 400n * GWEI });

describe("replacementFees", () => {
  it("offers at least a tenth more of both fees, which nodes ask for, and no less than the market", () => {
    fc.assert(
      fc.property(wei, wei, wei, wei, (fee, tip, currentFee, currentTip) => {
        const fees = replacementFees(dynamic(fee, tip), dynamic(currentFee, currentTip), limits);
        if (fees === undefined) return pricePerGas(dynamic(fee, tip)) * 5n >= limits.maxGasPrice * 4n - 8n;
        return (
          fees.type === 2 &&
          fees.maxFeePerGas * 10n >= fee * 11n &&
          fees.maxPriorityFeePerGas * 10n >= tip * 11n &&
          fees.maxFeePerGas > fee &&
          fees.maxFeePerGas >= currentFee &&
          fees.maxPriorityFeePerGas >= currentTip
        );
      }),
    );
  });

  it("raises a plain gas price on chains without a base fee", () => {
    const current: Fees = { type: 0, gasPrice: GWEI };
    expect(replacementFees({ type: 0, gasPrice: 4n * GWEI }, current, limits)).to.deep.equal({
      type: 0,
      gasPrice: 5n * GWEI + 1n,
    });
  });

  it("stops at the limit", () => {
    expect(replacementFees(dynamic(limits.maxGasPrice, GWEI), dynamic(GWEI, GWEI), limits)).to.equal(undefined);
  });
});
