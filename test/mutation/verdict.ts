import { stripVTControlCharacters } from "node:util";
import { describeViolation } from "../simulator/violation.ts";
import { INVARIANTS, type Invariant } from "../support/world-oracles.ts";
import type { Proof } from "./mutant.ts";

/** How a proof ended. Only `red` and `green` say something of the tree that it ran in. */
export interface Verdict {
  readonly color: "red" | "green" | "unclear";
  readonly text: string;
}

/** What a run printed, and its exit code; null: it took too long, and was ended. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Behind a failure's title: what it says, as far as it is of use. */
const LINES_TOLD = 30;

export function verdictOf(proof: Proof, { code, output }: Ran): Verdict {
  if (code === null) return unclear("it took too long");
  const text = stripVTControlCharacters(output);
  switch (proof.kind) {
    case "explore":
      return explored(proof, code, text);
    case "simulate":
      return simulated(proof, code, text);
    case "mocha":
      return tested(proof, code, text);
    case "solidity":
      return testedInSolidity(proof.test, code, text);
    case "crash":
      return crashed(proof, code, text);
  }
}

function explored({ violated, spared = [] }: Extract<Proof, { kind: "explore" }>, code: number, text: string): Verdict {
  if (!/^\d+ passed, \d+ failed$/m.test(text)) return unclear(`it broke off: ${lastLines(text)}`);
  const broken = spared.find((invariant) => statesThatBreak(invariant, text) !== undefined);
  if (broken !== undefined) return unclear(`should have held: ${INVARIANTS[broken]}`);
  if (code === 0) return { color: "green", text: "0 violations" };
  if (violated === undefined || spared.length > 0)
    if (text.includes("CUT OFF")) return unclear("it was cut off, so nothing is shown to hold");
  const states = violated === undefined ? undefined : statesThatBreak(violated, text);
  if (violated !== undefined && states !== undefined)
    return { color: "red", text: `${INVARIANTS[violated]} (${states} states)` };
  const others = [...text.matchAll(/^violated: (.*) \(\d+ states\)/gm)].map(([, rule]) => rule);
  if (violated === undefined) return { color: "green", text: `holds; what does not: ${others.join("; ")}` };
  return unclear(`violated instead: ${others.join("; ") || lastLines(text)}`);
}

function statesThatBreak(invariant: Invariant, text: string): string | undefined {
  const start = `violated: ${INVARIANTS[invariant]} (`;
  const line = text.split("\n").find((one) => one.startsWith(start));
  return line?.slice(start.length).split(" ")[0];
}

function simulated(
  { violated, spared = [] }: Extract<Proof, { kind: "simulate" }>,
  code: number,
  text: string,
): Verdict {
  if (!/^\d+ passed, \d+ failed$/m.test(text)) return unclear(`it broke off: ${lastLines(text)}`);
  if (code === 0) return { color: "green", text: "every seed keeps every invariant" };
  const seeds = [...violationsBySeed(text).values()];
  const breaking = (invariant: typeof violated): number => {
    const rule = describeViolation({ invariant, text: "" });
    return seeds.filter((lines) => lines.some((line) => line.startsWith(rule))).length;
  };
  const unspared = spared.find((invariant) => breaking(invariant) > 0);
  if (unspared !== undefined) return unclear(`should have held: ${INVARIANTS[unspared]}`);
  const broken = breaking(violated);
  const rule = describeViolation({ invariant: violated, text: "" }).replace(/: $/, "");
  if (broken > 0) return { color: "red", text: `${rule} (${broken} seeds)` };
  const others = new Set(seeds.flat().map((line) => line.split(":")[0]));
  return unclear(`broken instead: ${[...others].join("; ")}`);
}

/** A seed that breaks is told of at once, and again at the end: the lines that are set in by two, before its trace. */
function violationsBySeed(text: string): Map<string, string[]> {
  const told = text.matchAll(/^seed (\d+) breaks:\n((?: {2}[^ …].*\n)*)/gm);
  const linesOf = (block: string): string[] => block.split("\n").map((line) => line.trim());
  return new Map([...told].map(([, seed = "", block = ""]) => [seed, linesOf(block)]));
}

function tested({ title, says = "" }: Extract<Proof, { kind: "mocha" }>, code: number, text: string): Verdict {
  const summary = /^ +(\d+) passing\b/m.exec(text);
  if (!summary) return unclear(`it broke off: ${lastLines(text)}`);
  if (code === 0)
    return summary[1] === "0" ? unclear("there is no such test") : { color: "green", text: `${summary[1]} passing` };
  const failures = failuresOf(text, title);
  if (failures.length === 0) return unclear(`another test failed: ${lastLines(text)}`);
  const said = failures.find((failure) => failure.includes(says));
  if (said === undefined) return unclear(`it fails with another reason: ${failures[0]}`);
  // A test that waits too long may do so because the machine is slow, unless that is what it is there to find.
  if (says === "" && said.includes("Error: Timeout of ")) return unclear("the test timed out");
  return { color: "red", text: says === "" ? firstWords(said) : says };
}

/** What mocha says of the failures of this test, its hooks behind it among them: those before it do not test it. */
function failuresOf(text: string, title: string): string[] {
  const lines = text.split("\n");
  const heads = [`${title}:`, `"after each" hook for "${title}":`];
  return lines.flatMap((line, index) => {
    if (!heads.includes(line.trim())) return [];
    const rest = lines.slice(index + 1, index + 1 + LINES_TOLD);
    const end = rest.findIndex((one) => /^ {2}\d+\) /.test(one));
    return [rest.slice(0, end === -1 ? undefined : end).join("\n")];
  });
}

function testedInSolidity(test: string, code: number, text: string): Verdict {
  if (code === 0)
    return text.includes(`✔ ${test}(`) ? { color: "green", text: "passes" } : unclear("there is no such test");
  const failure = new RegExp(`^ +\\d+\\) \\w+#${test}\\(.*\\n +(.*)$`, "m").exec(text);
  return failure?.[1] === undefined
    ? unclear(`another test failed, or none was run: ${lastLines(text)}`)
    : { color: "red", text: firstWords(failure[1]) };
}

function crashed({ name, says }: Extract<Proof, { kind: "crash" }>, code: number, text: string): Verdict {
  if (code === 0)
    return /^1 passed, 0 failed$/m.test(text) ? { color: "green", text: "ends well" } : unclear("not run");
  const failed = text.split("\n").find((line) => line.startsWith("FAILED") && line.includes(name));
  if (failed !== undefined && text.includes(says)) return { color: "red", text: says };
  return unclear(`it says something else: ${lastLines(text)}`);
}

function unclear(text: string): Verdict {
  return { color: "unclear", text };
}

function firstWords(text: string): string {
  return text.trim().split("\n")[0]?.trim().slice(0, 160) ?? "";
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-LINES_TOLD).join("\n");
}
