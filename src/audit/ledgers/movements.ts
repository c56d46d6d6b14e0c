import type { Address } from "../../entry/hex.ts";
import type { Standard } from "../../entry/terms.ts";
import type { Move } from "../reading/ledger-reader.ts";
import type { Way } from "./escrow-effects.ts";

/** What an effect should have moved. */
export interface Expected extends Way {
  readonly token: Address;
  /** Null if nobody has said which; then both serve. */
  readonly standard: Standard | null;
  /** Amount, or id. */
  readonly value: bigint;
}

/** An expectation that was not met, and what went that way instead. */
export interface Miss<Item extends Expected> {
  readonly expected: Item;
  /** In words. */
  readonly found: string;
  /** Of an amount, how much of it; of an id 0. */
  readonly moved: bigint;
}

/**
 * Holds what the effects of one transaction should have moved against what the tokens say moved in it. Moves that fit belong to their
 * effects whatever the order; of the rest, all of an amount that went the expected way counts together, since a token may deliver in
 * pieces or keep a fee: what arrived counts. What is left belongs to no effect.
 */
export function settle<Item extends Expected>(
  expectations: readonly Item[],
  moves: readonly Move[],
): { readonly misses: readonly Miss<Item>[]; readonly left: readonly Move[] } {
  const left = new Set(moves);
  const open = expectations.filter((expected) => {
    for (const move of left)
      if (goesTheWayOf(expected, move) && move.value === expected.value) return !left.delete(move);
    return true;
  });
  const misses: Miss<Item>[] = [];
  for (const expected of open) {
    const same = [...left].filter((move) => goesTheWayOf(expected, move));
    for (const move of same) left.delete(move);
    const isId = expected.standard === "erc721" || same.some(({ standard }) => standard === "erc721");
    const moved = isId ? 0n : same.reduce((sum, { value }) => sum + value, 0n);
    if (moved === expected.value && same.length > 0 && !isId) continue;
    misses.push({ expected, moved, found: isId ? idsIn(same) : same.length === 0 ? NOTHING : String(moved) });
  }
  return { misses, left: [...left] };
}

const NOTHING = "nothing moved";
/** Ids that are named. */
const MAX_IDS = 3;

function idsIn(moves: readonly Move[]): string {
  const named = moves.slice(0, MAX_IDS).map(({ value }) => `id ${value}`);
  return moves.length === 0 ? NOTHING : [...named, ...(moves.length > MAX_IDS ? ["…"] : [])].join(", ");
}

function goesTheWayOf(expected: Expected, { token, standard, from, to }: Move): boolean {
  const isKind = expected.standard === null || expected.standard === standard;
  return isKind && token === expected.token && from === expected.from && to === expected.to;
}
