#!/usr/bin/env node
// Starts the command line on the project's Node: from the sources in a clone, from dist/ where the package is installed.
// A clone wins over its dist/, which may be stale. Node strips no types below node_modules, so an installed package has no choice.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { compiledCodeFolder, findProjectNode } from "./project-node.mjs";

const USAGE_EXIT_CODE = 2;
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const sources = join(root, "src", "cli", "main.ts");
const built = join(root, "dist", "cli", "main.js");
const main = existsSync(sources) ? sources : built;
const node = findProjectNode(root);

if (node === undefined || !existsSync(main)) {
  const cause = node === undefined ? "needs Node 24 and found none" : `lacks ${built}`;
  process.stderr.write(`gatelog: ${cause}. In a clone run: npm run setup\n`);
  process.exitCode = USAGE_EXIT_CODE;
} else {
  // A small young generation: of what a service streams nothing lives long, and it would take 100 MB more before anybody tidies up.
  const options = JSON.parse(readFileSync(join(root, "bin", "node-options.json"), "utf8"));
  const args = [...options, main, ...process.argv.slice(2)];
  const env = { ...process.env, NODE_COMPILE_CACHE: compiledCodeFolder(root) };
  const child = spawn(node, args, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // Ctrl-C in a terminal reaches the child by itself.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on("error", (error) => {
    process.stderr.write(`gatelog: cannot start ${node}: ${error.message}\n`);
    process.exitCode = USAGE_EXIT_CODE;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}
