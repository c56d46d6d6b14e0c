import { expect } from "chai";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { startHardhat } from "../support/chains.ts";
import { RegistryWorld } from "../support/registry-world.ts";
import { sampleKey, sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
/** Types are judged elsewhere: what counts here is what is emitted. */
const EMIT_ALONE = ["--noCheck", "--declaration", "false", "--sourceMap", "false"];
/** A guard against hanging. */
const LIMIT_MS = 180_000;

/** Of the examples' files in a project of its own: what the comments in them say. */
const OWN_IMPORTS = {
  "../../package.json": "gatelog/package.json",
  "../../src/audit/public.ts": "gatelog/verify",
  "../../src/store/public.ts": "gatelog/store",
  "../../src/store/conformance.ts": "gatelog/conformance",
};

const PROGRAM = `
import { GatewayClient, LogClient } from "gatelog/client";
import { conformanceCases, durabilityCases } from "gatelog/conformance";
import { behaviour, durability } from "./kit.ts";

if (typeof GatewayClient !== "function" || typeof LogClient !== "function") throw new Error("no clients");
const cases = [...conformanceCases(behaviour), ...durabilityCases(durability, { kills: 1, damages: 2 })];
for (const { run } of cases) await run();
console.log(cases.length);
`;

interface Target {
  readonly types: string;
  readonly default: string;
}

describe("the package, installed in another project", function () {
  this.timeout(LIMIT_MS);

  let project: Awaited<ReturnType<typeof temporaryFolder>>;
  let manifest: { readonly exports: Readonly<Record<string, Target | string>> };

  before(async () => {
    project = await temporaryFolder();
    const modules = join(project.path, "node_modules");
    const installed = join(modules, "gatelog");
    await mkdir(installed, { recursive: true });
    for (const name of await readdir(join(ROOT, "node_modules")))
      if (name !== "gatelog") await symlink(join(ROOT, "node_modules", name), join(modules, name));
    await cp(join(ROOT, "package.json"), join(installed, "package.json"));
    const out = ["--project", join(ROOT, "tsconfig.build.json"), "--outDir", join(installed, "dist")];
    await run(process.execPath, [TSC, ...out, ...EMIT_ALONE]);
    await writeFile(join(project.path, "package.json"), JSON.stringify({ type: "module" }));
    manifest = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as typeof manifest;
  });
  after(() => project.remove());

  it("has every file that it exports", () => {
    const targets = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [] : [target]));
    expect(targets).to.have.length.greaterThan(2);
    for (const target of targets) {
      expect(existsSync(join(project.path, "node_modules/gatelog", target.default)), target.default).to.equal(true);
      expect(target.types).to.equal(target.default.replace(/\.js$/, ".d.ts"));
    }
  });

  /** Puts the example's files into the project, as who copies it there would change them. */
  async function copyExample(name: string): Promise<void> {
    const folder = join(ROOT, "examples", name);
    for (const file of await readdir(folder)) {
      let source = await readFile(join(folder, file), "utf8");
      for (const [here, there] of Object.entries(OWN_IMPORTS)) source = source.replaceAll(here, there);
      expect(source, file).not.to.contain("../");
      await writeFile(join(project.path, file), source);
    }
  }

  it("gives a driver that was written there its interface, its checks and the whole kit", async () => {
    await copyExample("driver");
    await writeFile(join(project.path, "main.ts"), PROGRAM);
    const { stdout } = await run(process.execPath, ["main.ts"], { cwd: project.path });
    expect(Number(stdout)).to.be.greaterThan(40);
  });

  it("is all that an auditor in thirty lines needs, whose signed page the command takes for genuine", async () => {
    await copyExample("auditor");
    expect((await readFile(join(project.path, "index.ts"), "utf8")).trimEnd().split("\n")).to.have.length(30);
    const node = await startHardhat("log");
    const world = await RegistryWorld.at(node.rpcUrl);
    try {
      const session = await world.open(await world.register("a"), await world.register("b"), TRANSFER);
      await committedTransfer(world, session);
      const env = { ...process.env, AUDITOR_KEY: sampleKey("auditor") };
      const args = ["index.ts", "report.html", node.rpcUrl, world.domain.registry];
      const { stdout } = await run(process.execPath, args, { cwd: project.path, env });
      expect(stdout).to.match(/^VERDICT: sound up to block \d+, with the payloads of 44 of 44 entries/);
      const ofNobody = ["index.ts", "none.html", "http://127.0.0.1:1", world.domain.registry];
      const failed = await run(process.execPath, ofNobody, { cwd: project.path, env }).catch((error: unknown) => error);
      expect(failed, "no verdict is none of the verdicts").to.have.property("code", 2);
    } finally {
      await world.close();
      await node.close();
    }
    const installed = join(project.path, "node_modules/gatelog/dist/cli/main.js");
    const { address } = sampleSigner("auditor");
    const check = [installed, "verify-report", join(project.path, "report.html"), "--auditor", address];
    const { stdout } = await run(process.execPath, check);
    expect(stdout).to.match(new RegExp(`^SIGNED by ${address}, and the page shows what was signed\n`));
  });
});
