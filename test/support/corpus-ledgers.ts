import type { EffectName } from "../../src/audit/reading/ledger-reader.ts";
import type { Address, Hash } from "../../src/entry/hex.ts";
import type { Terms } from "../../src/entry/terms.ts";
import type { EscrowState } from "../../src/ledger/ledger.ts";
import { NAMES, type Name } from "../simulator/cast.ts";
import { BLOCK_MS, hashOf, type SimChain } from "../simulator/sim-chain.ts";
import { ScriptedLedger, type Deed } from "./scripted-ledger.ts";
import { escrowAfter } from "./world-ledger.ts";

const MS_PER_SECOND = 1_000;

/** Something that an escrow did. */
export interface LedgerDeed {
  readonly name: EffectName;
  readonly terms: Terms;
  readonly termsHash: Hash;
  readonly block: number;
  /** Where it is not what an honest escrow does. */
  readonly otherwise?: Deed;
}

/** All that an escrow did for the transfers of a log, in its order, as plain data. */
export interface LedgerStory {
  readonly name: string;
  readonly chainId: number;
  readonly escrow: Address;
  readonly deeds: readonly LedgerDeed[];
  readonly final: number;
  readonly newest: number;
  /** UNIX seconds of block 0, if there had been one at that pace. */
  readonly since: number;
}

const EFFECT_OF: Readonly<Record<Exclude<EscrowState, "NONE">, EffectName>> = {
  LOCKED: "Locked",
  UNLOCKED: "Unlocked",
  REFUSED: "Refused",
  BURNED: "Burned",
  RECREATED: "Recreated",
  MINTED: "Minted",
  ASSIGNED: "Assigned",
  CANCELLED: "Cancelled",
};

/** What two simulated ledgers did up to a moment, and what of it they call final; Infinity: all of it is. */
export function storiesOf(chains: Readonly<Record<Name, SimChain>>, until: number): LedgerStory[] {
  return NAMES.map((name) => storyOf(chains[name], until));
}

function storyOf(chain: SimChain, until: number): LedgerStory {
  const states = new Map<Hash, EscrowState>();
  const deeds: LedgerDeed[] = [];
  for (const { action, terms, minedAt } of chain.effects) {
    if (minedAt === undefined || minedAt > until) continue;
    const termsHash = hashOf(terms);
    const state = escrowAfter(states.get(termsHash) ?? "NONE", action);
    if (state === undefined || state === "NONE") throw new Error(`${action} on ${chain.name}, which no escrow does`);
    states.set(termsHash, state);
    deeds.push({ name: EFFECT_OF[state], terms, termsHash, block: chain.blockAt(minedAt) });
  }
  const newest = until === Infinity ? (deeds.at(-1)?.block ?? 0) + 1 : chain.blockAt(until);
  const final = until === Infinity ? newest : Math.max(0, chain.blockAt(until - chain.finalityMs));
  // Any moment tells at which pace blocks and clock go on together.
  const since = Math.floor((0 - chain.blockAt(0) * BLOCK_MS) / MS_PER_SECOND);
  const { name, chainId, escrow } = chain;
  return { name, chainId, escrow, deeds, final, newest, since };
}

/** A ledger on which the story has happened: everything that it answers follows from that. */
export class StoryLedger extends ScriptedLedger {
  readonly #final: number;
  readonly #newest: number;

  constructor({ name, chainId, escrow, deeds, final, newest, since }: LedgerStory) {
    super(name, chainId, escrow);
    for (const { name: effect, block, otherwise, ...transfer } of deeds)
      this.act(effect, transfer, { ...otherwise, at: block });
    this.#final = final;
    this.#newest = newest;
    this.partBlocks = Infinity;
    this.clockAt = (block) => since + (block * BLOCK_MS) / MS_PER_SECOND;
  }

  override finalBlock(): Promise<number> {
    return Promise.resolve(this.#final);
  }

  override newestBlock(): Promise<number> {
    return Promise.resolve(this.#newest);
  }
}
