import { INVARIANTS, type Invariant } from "../support/world-oracles.ts";

export interface Violation {
  readonly invariant: Invariant | "told" | "supply";
  readonly text: string;
}

const OWN_INVARIANTS = {
  told: "what a log or a gateway says is done is done, finally",
  supply: "what there was at the start is there at the end",
} as const;

export function describeViolation({ invariant, text }: Violation): string {
  const rule = invariant === "told" || invariant === "supply" ? OWN_INVARIANTS[invariant] : INVARIANTS[invariant];
  return `${rule}: ${text}`;
}
