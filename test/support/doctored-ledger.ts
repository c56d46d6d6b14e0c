import type { Effect, LedgerReader, Move } from "../../src/audit/reading/ledger-reader.ts";

export interface LedgerLies {
  readonly effects?: (effects: readonly Effect[]) => readonly Effect[];
  readonly moves?: (moves: readonly Move[]) => readonly Move[];
}

/** An honest reader of a real ledger, but for what is altered on the way. */
export function doctoredLedger(
  honest: LedgerReader,
  { effects = (all) => all, moves = (all) => all }: LedgerLies,
): LedgerReader {
  return {
    name: honest.name,
    escrow: honest.escrow,
    chainId: () => honest.chainId(),
    finalBlock: () => honest.finalBlock(),
    newestBlock: () => honest.newestBlock(),
    async *effects(range) {
      for await (const part of honest.effects(range)) yield { ...part, effects: effects(part.effects) };
    },
    moves: async (tokens, range) => moves(await honest.moves(tokens, range)),
    stateOf: (termsHash, block) => honest.stateOf(termsHash, block),
    tokenAt: (token, block) => honest.tokenAt(token, block),
    inputOf: (transactionHash) => honest.inputOf(transactionHash),
    timestampOf: (block) => honest.timestampOf(block),
  };
}
