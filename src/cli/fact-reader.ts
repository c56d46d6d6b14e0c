import type { Chain } from "../chain/chain.ts";
import { assetEscrowAt } from "../chain/contracts.ts";
import { LogReader } from "../chain/log-reader.ts";
import type { Block } from "../chain/rpc-values.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";
import { termsHashOf, type CertificateFact, type Terms } from "../entry/terms.ts";
import type { FactBlock, FactReader } from "../gateway/settle-reading.ts";
import { ESCROW_STATES } from "../ledger/ledger.ts";

/** Reads facts for certificates from the log chain, if there is one, and the destination's ledger. */
export function createFactReader(
  log: { readonly chain: Chain; readonly registry: Address } | null,
  destinationOf: (terms: Terms) => Chain,
): FactReader {
  const reader = log && new LogReader(log.chain, log.registry);

  async function decisionAt({ sessionId }: Terms, block: Block) {
    try {
      return (await reader?.sessionState(sessionId, block))?.decision ?? "NONE";
    } catch (error) {
      if (isGatelogError(error, "UNKNOWN_SESSION")) return "NONE"; // not opened by that block
      throw error;
    }
  }

  async function isCancelledAt(terms: Terms, chain: Chain, block: Block): Promise<boolean> {
    const escrow = assetEscrowAt(chain, terms.destination.escrow);
    const { state } = await escrow.stateOf(termsHashOf(terms), { blockTag: block.hash });
    return ESCROW_STATES[Number(state)] === "CANCELLED";
  }

  async function where(fact: CertificateFact, terms: Terms, at?: FactBlock): Promise<FactBlock | null> {
    const chain = fact === "DESTINATION_CANCELLED" ? destinationOf(terms) : log?.chain;
    if (chain === undefined)
      throw new GatelogError("NO_REGISTER", `without a log chain nobody can read ${fact}`, { fact });
    const final = await chain.finalBlock();
    const block = at === undefined ? final : await chain.block(at.blockNumber);
    if (block === null || block.number > final.number || (at !== undefined && block.hash !== at.blockHash)) return null;
    const holds =
      fact === "DESTINATION_CANCELLED"
        ? await isCancelledAt(terms, chain, block)
        : (await decisionAt(terms, block)) === (fact === "REGISTER_COMMIT" ? "COMMIT" : "ABORT");
    return holds ? { blockNumber: block.number, blockHash: block.hash } : null;
  }

  return { where, logTime: async () => (log === null ? 0 : (await log.chain.finalBlock()).timestamp) };
}
