import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** What stands between two fences of a page. */
export interface Block {
  /** What stands behind the fence: `sh run`, `text output`, or whatever the page's test knows. */
  readonly kind: string;
  /** Of the fence. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** @param page Its name, for who must mend it. */
export function blocksOf(page: string, text: string): Block[] {
  const blocks: Block[] = [];
  let open: { kind: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined) open = { kind: fence[1] ?? "", line: index + 1, lines: [] };
    else {
      blocks.push(open);
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`${page}: the block at line ${open.line} is not closed`);
  return blocks;
}

/** Lines of output in their order, others between them; `…` stands for anything within a line. */
export function expectLines(page: string, output: string, { lines, line }: Block): void {
  const actual = output.split("\n");
  let from = 0;
  for (const [index, wanted] of lines.entries()) {
    const pattern = new RegExp(`^${wanted.split("…").map(literally).join(".*")}$`);
    const found = actual.findIndex((text, position) => position >= from && pattern.test(text));
    if (found === -1) expect.fail(`${page}:${line + 1 + index} promises "${wanted}"; the output is\n${output}`);
    from = found + 1;
  }
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** npx as it works in a clone, without npm's start-up time, and without asking a registry for anything: to be put on a PATH. */
export function writeNpx(folder: string): void {
  const npx = [
    "#!/bin/sh",
    "command=$1; shift",
    'case "$command" in',
    `  gatelog) exec node '${join(ROOT, "bin/gatelog.mjs")}' "$@";;`,
    `  hardhat) exec node '${join(ROOT, "node_modules/hardhat/dist/src/cli.js")}' "$@";;`,
    "esac",
    'echo "the page calls npx $command, which its test does not know" >&2; exit 127',
  ];
  writeFileSync(join(folder, "npx"), `${npx.join("\n")}\n`, { mode: 0o755 });
}
