import type { FindingList } from "../findings.ts";
import type { EffectName } from "../reading/ledger-reader.ts";
import type { HeldSide } from "./transfer-check.ts";
import type { TransferView } from "./transfer-view.ts";

type Terms = TransferView["terms"];

interface Pair {
  readonly name: string;
  /** Burned less recreated. */
  extinguished: bigint;
  /** Assigned. */
  arrived: bigint;
}

/** Of each pair of tokens, all transfers of this log together: what has arrived was extinguished where it came from, as the tokens say. */
export class SupplyBook {
  readonly #pairs = new Map<string, Pair>();

  add(terms: Terms, origin: HeldSide, destination: HeldSide): void {
    const pair = this.#pairOf(terms, origin, destination);
    pair.extinguished += movedBy(origin, "Burned", Infinity) - movedBy(origin, "Recreated", Infinity);
    // The burn of a younger one may be younger than what was read of the origin.
    pair.arrived += movedBy(destination, "Assigned", destination.ledger.mark);
  }

  check(findings: FindingList): void {
    for (const { name, extinguished, arrived } of this.#pairs.values())
      if (arrived > extinguished)
        findings.add(
          "SUPPLY_NOT_CONSERVED",
          {},
          `arrived of ${name}`,
          `at most ${extinguished}, as extinguished`,
          arrived,
        );
  }

  #pairOf(terms: Terms, origin: HeldSide, destination: HeldSide): Pair {
    const sideName = ({ ledger }: HeldSide, role: "origin" | "destination") =>
      `${terms[role].token} on ${ledger.reader.name}`;
    const key = `${terms.origin.chainId} ${sideName(origin, "origin")} ${terms.destination.chainId} ${sideName(destination, "destination")}`;
    const pair = this.#pairs.get(key) ?? {
      name: `${sideName(origin, "origin")} at ${sideName(destination, "destination")}`,
      extinguished: 0n,
      arrived: 0n,
    };
    this.#pairs.set(key, pair);
    return pair;
  }
}

function movedBy({ effects }: HeldSide, name: EffectName, upTo: number): bigint {
  return effects.reduce((sum, effect) => (effect.name === name && effect.block <= upTo ? sum + effect.moved : sum), 0n);
}
