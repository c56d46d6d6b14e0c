// Finds the Node that the project pins, and where that keeps compiled code. Plain JavaScript: this runs on whatever Node the machine has.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** First Node that runs the TypeScript sources as they are and has `node:sqlite` without a flag. */
const LOWEST_MAJOR = 24;

/** The package that carries Node for this platform. The one for Apple's own processors has a name of another pattern. */
export function nodePackageName() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const infix = platform === "darwin" && process.arch === "arm64" ? "bin-" : "";
  return `node-${infix}${platform}-${process.arch}`;
}

/** The pinned Node below `root`, else the running one where it is new enough, else nothing. */
export function findProjectNode(root) {
  const folder = join(root, "node_modules", nodePackageName());
  const manifest = join(folder, "package.json");
  if (existsSync(manifest)) return join(folder, JSON.parse(readFileSync(manifest, "utf8")).bin.node);
  return Number(process.versions.node.split(".")[0]) >= LOWEST_MAJOR ? process.execPath : undefined;
}

/**
 * Where Node keeps the compiled code of earlier runs: a start takes a third less, and a standby that takes over need not compile its way through.
 * Below the code itself: whoever could write there could as well change that. Where nothing can be written, Node goes without;
 * NODE_COMPILE_CACHE names another place, NODE_DISABLE_COMPILE_CACHE=1 none. May be deleted at any time.
 */
export function compiledCodeFolder(root) {
  return process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "compiled");
}
