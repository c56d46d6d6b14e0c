import { INVARIANTS } from "../support/world-oracles.ts";
import { describeViolation } from "../simulator/oracles.ts";
import type { Mutant, Proof } from "./mutant.ts";

/** A row of the table, as Markdown. */
export function rowOf({ safeguard, invariant, code, id, proofs }: Mutant): readonly string[] {
  return [safeguard, invariant, `\`${code}\``, id, proofs.map(describe).join("; ")];
}

function describe(proof: Proof): string {
  switch (proof.kind) {
    case "explore": {
      const { run, without, violated, spared = [] } = proof;
      const world = `explore ${run}${without === undefined ? "" : ` without ${without}`}`;
      const red = violated === undefined ? [] : [INVARIANTS[violated]];
      const green = spared.length === 0 ? [] : [`green: ${spared.map((each) => INVARIANTS[each]).join(", ")}`];
      return `${world}: ${[...red, ...green].join("; ")}`;
    }
    case "simulate":
      return `${proof.seeds} seeds: ${describeViolation({ invariant: proof.violated, text: "" }).replace(/: $/, "")}`;
    case "mocha":
      return `\`${proof.file} "${proof.title}"\``;
    case "solidity":
      return `\`${proof.file}#${proof.test}\``;
    case "crash":
      return `crash case ${proof.name}`;
  }
}
