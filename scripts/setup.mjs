// Sets the clone up, then runs one script on the project's own Node:
//
//   node scripts/setup.mjs [SCRIPT [ARGUMENT ...]]
//
// Plain JavaScript without dependencies, because it runs before there are any, and on whatever Node the machine has (20 or
// newer). The packages come from package-lock.json, and Node 24 is one of them (`node-<platform>`), so that every script runs
// on the same version. When everything that the lockfile asks for is there, nothing is written and nobody is asked.
//
// Why npm itself must run on a newer Node: an npm on Node 20 silently leaves out optional packages that ask for Node 22, and
// Hardhat's native part is one of those. Where the machine's Node is too old, the pinned one is fetched alone first.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { compiledCodeFolder, findProjectNode, nodePackageName } from "../bin/project-node.mjs";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const MODULES = join(ROOT, "node_modules");
const CACHE = join(ROOT, ".cache");
const LOCK = join(CACHE, "setup.lock");
const BOOTSTRAP = join(CACHE, "bootstrap");

/** Oldest Node whose npm installs every package of the lockfile. */
const INSTALLER_NODE = [22, 13];
const NPM_FLAGS = [
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--no-update-notifier",
  "--include=dev",
  "--include=optional",
  "--loglevel=error",
  "--fetch-retries=2",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=5000",
];
const LOCK_POLL_MS = 500;
const NPM_LINES_TOLD = 4;

/** What npm's error codes mean for the person in front of it. The first that matches is told. */
const TROUBLES = [
  {
    kind: "offline",
    pattern:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT|ENOTCACHED/,
    advice: [
      "The npm registry cannot be reached, and npm's cache does not hold all packages.",
      "Try: npm ping                                      (does it answer?)",
      "Behind a proxy: npm config set proxy URL; npm config set https-proxy URL",
      "With a mirror:  npm config set registry URL        (the lockfile names no registry, so any mirror will do)",
    ],
  },
  {
    kind: "certificate",
    pattern: /SELF_SIGNED_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_HAS_EXPIRED/,
    advice: [
      "The registry's TLS certificate is not trusted here. Name your organisation's root: NODE_EXTRA_CA_CERTS=FILE.",
    ],
  },
  {
    kind: "refused",
    pattern: /\bE40[13]\b/,
    advice: ["The registry refuses access: npm login, or choose another registry."],
  },
  {
    kind: "missing",
    pattern: /\bE404\b|ETARGET/,
    advice: ["This registry lacks a package of the lockfile. Try: npm config set registry https://registry.npmjs.org/"],
  },
  {
    kind: "integrity",
    pattern: /EINTEGRITY/,
    advice: [
      "A package is not the one that the lockfile names. Try: npm cache verify. If it stays, distrust the registry.",
    ],
  },
  {
    kind: "space",
    pattern: /ENOSPC|EDQUOT/,
    advice: ["The disk is full. node_modules takes about 600 MB, npm's cache 200 MB."],
  },
  {
    kind: "write",
    pattern: /EROFS|EACCES|EPERM/,
    advice: [
      `Cannot write. The set-up writes ${MODULES}, ${CACHE} and npm's cache (npm config get cache).`,
      "On a read-only disk: copy the clone elsewhere. A cache owned by another user: npm_config_cache=/tmp/npm-cache npm test",
    ],
  },
  {
    kind: "lockfile",
    pattern: /EUSAGE/,
    advice: [
      "package.json and package-lock.json differ. Restore both (git checkout), or run npm install and commit the result.",
    ],
  },
];

class SetupError extends Error {}

/** What the lockfile asks for on this platform and is not there, by npm's own record of what it installed. */
function missingPackages() {
  const wanted = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages;
  const record = join(MODULES, ".package-lock.json");
  const present = existsSync(record) ? JSON.parse(readFileSync(record, "utf8")).packages : {};
  return Object.entries(wanted)
    .filter(
      ([path, entry]) =>
        path !== "" && (present[path]?.version !== entry.version || present[path]?.integrity !== entry.integrity),
    )
    .filter(([, entry]) => entry.optional !== true || isNativePartFor(entry))
    .map(([path]) => path);
}

/** An optional package that names this platform must be there. One that names none may belong to another platform's part. */
function isNativePartFor({ os, cpu, libc }) {
  if (os === undefined && cpu === undefined) return false;
  return fits(os, process.platform) && fits(cpu, process.arch) && (libc === undefined || fits(libc, libcFamily()));
}

/** npm's rule: a list of names, or of names with "!" in front. */
function fits(list, value) {
  if (list === undefined) return true;
  const names = [list].flat();
  if (names.includes(`!${value}`)) return false;
  const positive = names.filter((name) => !name.startsWith("!"));
  return positive.length === 0 || positive.includes(value);
}

function libcFamily() {
  if (process.platform !== "linux") return undefined;
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

/** The npm that runs us, or the one beside this Node, or the one on the PATH: as a script, so that we choose its Node. */
function npmScript() {
  const beside = join("node_modules", "npm", "bin", "npm-cli.js");
  const folder = dirname(realpathSync(process.execPath));
  const candidates = [
    /npm-cli\.c?js$/.test(process.env.npm_execpath ?? "") ? process.env.npm_execpath : undefined,
    join(folder, "..", "lib", beside),
    join(folder, beside),
    ...(process.env.PATH ?? "")
      .split(delimiter)
      .map((entry) => join(entry, "npm"))
      .filter((path) => existsSync(path))
      .map((path) => realpathSync(path))
      .filter((path) => /\.c?js$/.test(path)),
  ];
  const found = candidates.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) throw new SetupError("npm was not found. It comes with Node: https://nodejs.org");
  return found;
}

/** Runs npm in `cwd` on the given Node, and keeps what it says on standard error for the advice. */
function runNpm(node, cwd, args) {
  return new Promise((done, failed) => {
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}` };
    const child = spawn(node, [npmScript(), ...args, ...NPM_FLAGS], { cwd, env, stdio: ["ignore", "inherit", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk) => (errors += chunk));
    child.on("error", failed);
    child.on("close", (code) => done({ code, errors }));
  });
}

async function npmCi(node, cwd) {
  const online = await runNpm(node, cwd, ["ci"]);
  if (online.code === 0) return;
  const trouble = TROUBLES.find(({ pattern }) => pattern.test(online.errors));
  if (trouble?.kind === "offline") {
    say("the registry does not answer; trying with what npm's cache holds");
    if ((await runNpm(node, cwd, ["ci", "--offline"])).code === 0) return;
  }
  // npm explains a known trouble at length and with a stack: its first lines name the code and the address or path.
  const words = online.errors.split("\n").filter((line) => line.startsWith("npm error"));
  const told = trouble === undefined ? words : [...words.slice(0, NPM_LINES_TOLD), ...trouble.advice];
  throw new SetupError(`npm ci failed (exit ${online.code}).\n${told.map((line) => `  ${line}`).join("\n")}`);
}

/** A Node that npm can install everything with: the machine's, or the pinned one, fetched by its entry in the lockfile. */
async function installerNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const newEnough = major > INSTALLER_NODE[0] || (major === INSTALLER_NODE[0] && minor >= INSTALLER_NODE[1]);
  if (newEnough && !process.execPath.startsWith(MODULES + sep)) return process.execPath;

  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const name = nodePackageName();
  const entry = packages[`node_modules/${name}`];
  if (entry === undefined) throw new SetupError(noNodeHere());
  say(
    `fetching Node ${entry.version} first: npm on Node ${process.versions.node} would leave out Hardhat's native part`,
  );
  const dependencies = { [name]: entry.version };
  rmSync(BOOTSTRAP, { recursive: true, force: true });
  mkdirSync(BOOTSTRAP, { recursive: true });
  const lock = { name: "bootstrap", lockfileVersion: 3, requires: true };
  const lockPackages = {
    "": { name: "bootstrap", dependencies },
    [`node_modules/${name}`]: { ...entry, optional: false },
  };
  writeFileSync(join(BOOTSTRAP, "package.json"), JSON.stringify({ name: "bootstrap", private: true, dependencies }));
  writeFileSync(join(BOOTSTRAP, "package-lock.json"), JSON.stringify({ ...lock, packages: lockPackages }));
  await npmCi(process.execPath, BOOTSTRAP);
  return findProjectNode(BOOTSTRAP);
}

function noNodeHere() {
  return `There is no package with Node 24 for ${process.platform}-${process.arch}. Install Node 24 (https://nodejs.org) and run this again.`;
}

/** One set-up at a time: two `npm ci` in one folder would delete each other's files. */
async function withLock(action) {
  if (!existsSync(CACHE)) mkdirSync(CACHE);
  for (let told = false; ; told = true) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const owner = Number(readFileSync(LOCK, "utf8"));
      if (!isAlive(owner)) rmSync(LOCK, { force: true });
      else if (!told) say(`waiting for another set-up of this clone (process ${owner})`);
      await new Promise((done) => setTimeout(done, LOCK_POLL_MS));
    }
  }
  try {
    return await action();
  } finally {
    rmSync(LOCK, { force: true });
    rmSync(BOOTSTRAP, { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

async function install() {
  const started = Date.now();
  const missing = missingPackages();
  if (missing.length === 0) return;
  say(`installing ${missing.length} packages from package-lock.json (about 600 MB; half a minute on a good line)`);
  await npmCi(await installerNode(), ROOT);
  const left = missingPackages();
  if (left.length > 0)
    throw new SetupError(`npm ci left out ${left.join(", ")}. Delete node_modules and run this again.`);
  say(`ready in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

/** Runs the script on the project's Node and ends as it ends. */
function run(node, args) {
  const env = {
    ...process.env,
    PATH: [dirname(node), join(MODULES, ".bin"), process.env.PATH ?? ""].join(delimiter),
    HARDHAT_DISABLE_TELEMETRY: "true",
    NODE_COMPILE_CACHE: compiledCodeFolder(ROOT),
  };
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", ...args], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // Ctrl-C in a terminal reaches the child by itself; a second one would look like impatience.
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on("error", (error) => fail(new SetupError(`Cannot start ${node}: ${error.message}`)));
  child.on("exit", (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

function fail(error) {
  const expected = error instanceof SetupError;
  const trouble = expected ? undefined : TROUBLES.find(({ pattern }) => pattern.test(error.code ?? ""));
  const words = expected || trouble !== undefined ? error.message : error.stack;
  say([words, ...(trouble?.advice ?? [])].join("\n  "));
  process.exitCode = 1;
}

try {
  if (missingPackages().length > 0) await withLock(install);
  const node = findProjectNode(ROOT);
  if (node === undefined) throw new SetupError(noNodeHere());
  const args = process.argv.slice(2);
  if (args.length > 0) run(node, args);
} catch (error) {
  fail(error);
}
