import { INVARIANTS, type Invariant } from "../support/world-oracles.ts";
import { describeViolation } from "../simulator/violation.ts";
import type { Mutant, Proof } from "./mutant.ts";

/** A row of the table, as Markdown. */
export function rowOf({ safeguard, invariant, code, id, proofs }: Mutant): readonly string[] {
  return [safeguard, invariant, `\`${code}\``, id, proofs.map(describe).join("; ")];
}

function describe(proof: Proof): string {
  switch (proof.kind) {
    case "explore": {
      const { run, without, violated, spared } = proof;
      const world = `explore ${run}${without === undefined ? "" : ` without ${without}`}`;
      const red = violated === undefined ? [] : [INVARIANTS[violated]];
      return `${world}: ${[...red, ...greenOf(spared)].join("; ")}`;
    }
    case "simulate": {
      const red = describeViolation({ invariant: proof.violated, text: "" }).replace(/: $/, "");
      return `${proof.seeds} seeds: ${[red, ...greenOf(proof.spared)].join("; ")}`;
    }
    case "mocha":
      return `\`${proof.file} "${proof.title}"\``;
    case "solidity":
      return `\`${proof.file}#${proof.test}\``;
    case "crash":
      return `crash case ${proof.name}`;
  }
}

function greenOf(spared: readonly Invariant[] = []): readonly string[] {
  return spared.length === 0 ? [] : [`green: ${spared.map((each) => INVARIANTS[each]).join(", ")}`];
}
