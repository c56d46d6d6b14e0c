import { isRedProof, type Mutant, type Proof } from "./mutant.ts";
import { verdictOf, type Verdict } from "./verdict.ts";
import { commandOf, type Workshop } from "./workshop.ts";

/** What became of a mutant. */
export interface Proven {
  readonly mutant: Mutant;
  /** Every proof turned red, or stayed green, as it should, and is green without the patch. */
  readonly isFoundOut: boolean;
  readonly seconds: number;
  /** One for each proof, or why there is none. */
  readonly lines: readonly string[];
}

/** What proofs say of the tree without a patch: run once each, however many mutants they are for. */
export class Baselines {
  readonly #verdicts = new Map<string, Promise<Verdict>>();

  of(proof: Proof, workshop: Workshop): Promise<Verdict> {
    const command = commandOf(proof).join(" ");
    const known = this.#verdicts.get(command);
    if (known) return known;
    const verdict = workshop.run(proof).then((ran) => verdictOf(proof, ran));
    this.#verdicts.set(command, verdict);
    return verdict;
  }
}

export async function proveMutant(mutant: Mutant, workshop: Workshop, baselines: Baselines): Promise<Proven> {
  const started = performance.now();
  const lines: string[] = [];
  let isFoundOut = mutant.proofs.some(isRedProof);
  try {
    for (const proof of mutant.proofs) {
      const { color, text } = await baselines.of(mutant.patch === null ? whole(proof) : proof, workshop);
      if (color === "green") continue;
      isFoundOut = false;
      lines.push(`${nameOf(proof)}: NOT GREEN without the patch: ${text}`);
    }
    if (isFoundOut)
      await workshop.with(mutant.patch, async () => {
        for (const proof of mutant.proofs) {
          const { color, text } = verdictOf(proof, await workshop.run(proof));
          const expected = isRedProof(proof) ? "red" : "green";
          isFoundOut &&= color === expected;
          lines.push(
            `${nameOf(proof)}: ${color === expected ? color : `${color.toUpperCase()}, not ${expected}`}: ${text}`,
          );
        }
      });
  } catch (error) {
    isFoundOut = false;
    lines.push(error instanceof Error ? error.message : String(error));
  }
  return { mutant, isFoundOut, seconds: (performance.now() - started) / 1_000, lines };
}

/** The proof in a world that lacks nothing. */
function whole(proof: Proof): Proof {
  if (proof.kind !== "explore") return proof;
  const { without: _without, ...rest } = proof;
  return rest;
}

function nameOf(proof: Proof): string {
  switch (proof.kind) {
    case "explore":
      return `explore ${proof.run}${proof.without === undefined ? "" : ` without ${proof.without}`}`;
    case "simulate":
      return `simulate ${proof.seeds} seeds`;
    case "mocha":
      return `${proof.file} "${proof.title}"`;
    case "solidity":
      return `${proof.file}#${proof.test}`;
    case "crash":
      return `crash "${proof.name}"`;
  }
}
