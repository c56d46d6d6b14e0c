import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { QUICK_RUNS } from "../model/runs.ts";
import { isRedProof, patched, SAFEGUARDS, type Proof } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { commandOf } from "./workshop.ts";
import { verdictOf } from "./verdict.ts";

const ROOT = resolve(import.meta.dirname, "..", "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

// That each is found out is for `npm run mutate` to show; that none has become stale is seen here, at every run of the tests.
describe("the mutants", () => {
  it("switch each safeguard off, under names of their own", () => {
    expect(new Set(MUTANTS.map(({ id }) => id)).size).to.equal(MUTANTS.length);
    expect(new Set(MUTANTS.map(({ safeguard }) => safeguard))).to.deep.equal(new Set(Object.keys(SAFEGUARDS)));
  });

  it("change what stands exactly once, or lack a safeguard of the explored world", () => {
    for (const { id, patch, proofs } of MUTANTS) {
      if (patch === null) {
        expect(
          proofs.every((proof) => proof.kind === "explore" && proof.without !== undefined),
          id,
        ).to.equal(true);
        continue;
      }
      expect(() => patched(read(patch.file), patch), id).not.to.throw();
    }
  });

  it("are proven by something that turns red, by runs and tests that are there", () => {
    for (const { id, proofs } of MUTANTS) {
      expect(proofs.some(isRedProof), id).to.equal(true);
      for (const proof of proofs) expect(isThere(proof), `${id}: ${commandOf(proof).join(" ")}`).to.equal(true);
    }
  });

  function isThere(proof: Proof): boolean {
    switch (proof.kind) {
      case "explore":
        return QUICK_RUNS.some(({ name }) => name === proof.run);
      case "mocha":
        return ['"', "`"].some((quote) => read(proof.file).includes(`${quote}${proof.title}${quote}`));
      case "solidity":
        return read(proof.file).includes(`function ${proof.test}(`);
      case "simulate":
      case "crash":
        return true;
    }
  }

  it("are stale once their place is gone, or stands there twice", () => {
    const patch = { file: "a file", find: "if (a)", replace: "if (b)" };
    expect(patched("x; if (a) y;", patch)).to.equal("x; if (b) y;");
    for (const text of ["x", "if (a) if (a)"]) expect(() => patched(text, patch)).to.throw("stale");
    expect(() => patched("if (a)", { ...patch, replace: "if (a)" })).to.throw("stale");
  });
});

describe("the verdict on a mutant", () => {
  const colorOf = (proof: Proof, code: number | null, output: string): string =>
    verdictOf(proof, { code, output }).color;

  it("is red by an exploration on the named invariant alone, and on none that must hold", () => {
    const proof = { kind: "explore", run: "log", violated: "closed", spared: ["copies"] } as const;
    const broken = (rules: readonly string[], words = ""): string =>
      `${rules.map((rule) => `violated: ${rule} (12 states); the shortest way there:\n    1 origin waits`).join("\n")}
${words}\n0 passed, 1 failed\n`;
    const closed = "what is closed stays settled";
    expect(colorOf(proof, 0, "1 passed, 0 failed")).to.equal("green");
    expect(colorOf(proof, 1, broken([closed]))).to.equal("red");
    expect(colorOf(proof, 1, broken([closed, "every effect at most once"]))).to.equal("red");
    expect(colorOf(proof, 1, broken(["every effect at most once"]))).to.equal("unclear");
    expect(colorOf(proof, 1, broken([closed, "never two live copies"]))).to.equal("unclear");
    expect(colorOf(proof, 2, broken([closed], "CUT OFF"))).to.equal("unclear");
    expect(colorOf(proof, 1, "SyntaxError: Unexpected token")).to.equal("unclear");
    expect(colorOf(proof, null, broken([closed]))).to.equal("unclear");
    const holds = { kind: "explore", run: "log", spared: ["copies"] } as const;
    expect(colorOf(holds, 1, broken([closed]))).to.equal("green");
    expect(colorOf(holds, 1, broken(["never two live copies"]))).to.equal("unclear");
    expect(colorOf(holds, 1, "1 failed")).to.equal("unclear");
  });

  it("is red by simulation if a seed breaks the named invariant", () => {
    const proof = { kind: "simulate", seeds: 2, violated: "told" } as const;
    const broken = (rule: string): string => `
seed 7 breaks:
  ${rule}: alpha logs done-lock
  … 12 lines before
      what a log or a gateway says is done is done, finally: only in the trace
      every effect at most once: only in the trace
0 passed, 1 failed`;
    expect(colorOf(proof, 0, "2 passed, 0 failed")).to.equal("green");
    expect(colorOf(proof, 1, broken("what a log or a gateway says is done is done, finally"))).to.equal("red");
    expect(colorOf(proof, 1, broken("never two live copies"))).to.equal("unclear");
    expect(colorOf(proof, 2, "it could not run")).to.equal("unclear");
    const sparing = { ...proof, violated: "closed", spared: ["copies", "once"] } as const;
    const closed = broken("what is closed stays settled");
    expect(colorOf(sparing, 1, closed), "only in the trace").to.equal("red");
    expect(colorOf(sparing, 1, `${closed}${broken("never two live copies")}`)).to.equal("unclear");
  });

  it("is red by a test that fails itself, with the words that are asked for", () => {
    const proof = { kind: "mocha", file: "a.test.ts", title: "holds (R1)" } as const;
    const ended = (title: string, words: string): string =>
      `  3 passing (2s)\n  1 failing\n\n  1) a suite\n       ${title}:\n     ${words}\n`;
    expect(colorOf(proof, 0, "  1 passing (2s)")).to.equal("green");
    expect(colorOf(proof, 0, "  0 passing (2s)")).to.equal("unclear");
    expect(colorOf(proof, 1, ended("holds (R1)", "AssertionError: no"))).to.equal("red");
    expect(colorOf(proof, 1, ended('"after each" hook for "holds (R1)"', "AssertionError: no"))).to.equal("red");
    expect(colorOf(proof, 1, ended('"before each" hook for "holds (R1)"', "AssertionError: no"))).to.equal("unclear");
    expect(colorOf(proof, 1, ended("holds otherwise", "AssertionError: no"))).to.equal("unclear");
    expect(colorOf(proof, 1, ended("holds (R1)", "Error: Timeout of 60000ms exceeded."))).to.equal("unclear");
    expect(colorOf(proof, 1, "TypeError: x is not a function")).to.equal("unclear");
    const wordy = { ...proof, says: "live copies" };
    expect(colorOf(wordy, 1, ended("holds (R1)", "AssertionError: live copies: 2"))).to.equal("red");
    expect(colorOf(wordy, 1, ended("holds (R1)", "AssertionError: no"))).to.equal("unclear");
  });

  it("is red by a Solidity test that fails itself", () => {
    const proof = { kind: "solidity", file: "A.t.sol", test: "test_it" } as const;
    const failing = (name: string): string =>
      `    1) ${name}()\n\n  0 passing\n  1 failing\n\n  1) ATest#${name}()\n    Error: no\n`;
    expect(colorOf(proof, 0, "    ✔ test_it()\n\n  1 passing")).to.equal("green");
    expect(colorOf(proof, 0, "  0 passing")).to.equal("unclear");
    expect(colorOf(proof, 1, failing("test_it"))).to.equal("red");
    expect(colorOf(proof, 1, failing("test_its_neighbour"))).to.equal("unclear");
    expect(colorOf(proof, 1, "Error HHE902: Compilation failed")).to.equal("unclear");
  });

  it("is red by a case of the crash matrix that says what it should", () => {
    const proof = { kind: "crash", name: "kill alpha", says: "live copies" } as const;
    expect(colorOf(proof, 0, "ok      2.0 s  kill alpha\n\n1 passed, 0 failed")).to.equal("green");
    expect(colorOf(proof, 0, "\n0 passed, 0 failed")).to.equal("unclear");
    expect(colorOf(proof, 1, "FAILED  2.0 s  kill alpha\nlive copies: 2\n\n0 passed, 1 failed")).to.equal("red");
    expect(colorOf(proof, 1, "FAILED  2.0 s  kill alpha\nno answer\n\n0 passed, 1 failed")).to.equal("unclear");
  });
});
