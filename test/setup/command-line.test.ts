import { expect } from "chai";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");
const LIMIT_MS = 60_000;

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function run(script: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [join(ROOT, script), ...args], (_, output, errors) =>
      done({ code: child.exitCode ?? -1, output, errors }),
    );
  });
}

describe("scripts with options", function () {
  this.timeout(LIMIT_MS);

  it("print what stands at their beginning when they are asked for help, and run nothing", async () => {
    const { code, output } = await run("scripts/explore.ts", "--help");
    expect(code).to.equal(0);
    expect(output).to.match(/^Every order of events, within bounds[\s\S]+npm run explore -- --quick[\s\S]+Exit: 0 /);
    expect(output).to.not.include("//");
  });

  it("say in a sentence that there is no such option, and end with 2", async () => {
    const { code, errors } = await run("scripts/explore.ts", "--quik");
    expect(code).to.equal(2);
    expect(errors.trim().split("\n")).to.have.length(1);
    expect(errors).to.include("--quik").and.to.include("--help");
  });

  it("have a beginning that says how they are run", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const silent = Object.entries(scripts).filter(([name, command]) => {
      const [script] = /scripts\/[\w-]+\.ts/.exec(command) ?? [];
      const source = script === undefined ? "" : readFileSync(join(ROOT, script), "utf8");
      if (!source.includes("parseCommandLine(")) return false;
      const [header = ""] = source.split("\n\n");
      return !header.startsWith("//") || !header.includes(`npm ${name === "test" ? "" : "run "}${name}`);
    });
    expect(silent).to.deep.equal([]);
  });
});
