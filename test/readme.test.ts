import { expect } from "chai";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
/** `devnet up` without options: three chains, the log API, two gateways. */
const PRINTED_PORTS = [8545, 8546, 8547, 8548, 8549, 8550];
const BLOCK_TIMEOUT_MS = 120_000;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** Blocks that cannot run here, by the words behind their fence, each with the reason. Every other block runs. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "sh elsewhere": "the two commands themselves: CI runs both, and this test is a part of one of them",
  "text diagram": "a picture",
  "text demo": "an excerpt of the demo, which CI runs",
};

interface Block {
  /** What stands behind the fence: `sh run`, `sh services`, `text output`, or an exception. */
  readonly kind: string;
  readonly line: number;
  readonly lines: readonly string[];
}

function blocksOf(text: string): Block[] {
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
  if (open !== undefined) throw new Error(`README.md: the block at line ${open.line} is not closed`);
  return blocks;
}

/** Lines of output in their order, others between them; `…` stands for anything within a line. */
function expectLines(output: string, { lines, line }: Block): void {
  const actual = output.split("\n");
  let from = 0;
  for (const [index, wanted] of lines.entries()) {
    const pattern = new RegExp(`^${wanted.split("…").map(literally).join(".*")}$`);
    const found = actual.findIndex((text, position) => position >= from && pattern.test(text));
    if (found === -1) expect.fail(`README.md:${line + 1 + index} promises "${wanted}"; the output is\n${output}`);
    from = found + 1;
  }
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** What a reader does, in a folder of its own that looks like the clone; what is written there goes with it. */
class ReaderSession {
  readonly #dir = mkdtempSync(join(tmpdir(), "gatelog-readme-"));
  readonly #environment: NodeJS.ProcessEnv;
  readonly #services: { readonly command: string; readonly child: ChildProcess; output: string }[] = [];

  constructor() {
    for (const name of readdirSync(ROOT).filter((file) => !file.startsWith(".")))
      symlinkSync(join(ROOT, name), join(this.#dir, name));
    const bin = mkdtempSync(join(this.#dir, "bin-"));
    // npx as it works in a clone, without npm's start-up time, and without asking a registry for anything.
    const npx = [
      "#!/bin/sh",
      "command=$1; shift",
      'case "$command" in',
      `  gatelog) exec node '${join(ROOT, "bin/gatelog.mjs")}' "$@";;`,
      `  hardhat) exec node '${join(ROOT, "node_modules/hardhat/dist/src/cli.js")}' "$@";;`,
      "esac",
      'echo "README.md calls npx $command, which this test does not know" >&2; exit 127',
    ];
    writeFileSync(join(bin, "npx"), `${npx.join("\n")}\n`, { mode: 0o755 });
    writeFileSync(this.#state, "");
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GATELOG_"));
    const path = [bin, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
    this.#environment = { ...Object.fromEntries(inherited), PATH: path, HARDHAT_DISABLE_TELEMETRY: "true" };
  }

  get #state(): string {
    return join(this.#dir, "variables.sh");
  }

  /** Runs the lines with `sh -e`; variables stay for the next block. Resolves with what went to standard output. */
  async run(block: Block): Promise<string> {
    const script = ["set -ea", `. '${this.#state}'`, ...block.lines, `set +a; export -p > '${this.#state}'`].join("\n");
    const child = this.#spawn(script);
    let output = "";
    let errors = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
    const code = await codeOf(child, BLOCK_TIMEOUT_MS);
    if (code !== 0) expect.fail(`README.md:${block.line} ended with ${String(code)}:\n${output}${errors}`);
    return output;
  }

  /** Starts a process for each line and resolves when all of them are ready. */
  async start(block: Block): Promise<void> {
    const until = AbortSignal.timeout(READY_TIMEOUT_MS);
    const ready = block.lines.map(async (command) => {
      const service = { command, child: this.#spawn(`exec ${command}`), output: "" };
      this.#services.push(service);
      const word = command.includes("gateway start") ? '"msg":"ready"' : '"msg":"listening"';
      const { stderr } = service.child;
      stderr?.setEncoding("utf8").on("data", (chunk: string) => {
        service.output += chunk;
        if (service.output.includes(word)) stderr.emit("ready");
      });
      const ended = once(service.child, "close").then(() => expect.fail(`${command} ended:\n${service.output}`));
      const late = once(until, "abort").then(() => expect.fail(`${command} was not ready in time:\n${service.output}`));
      await Promise.race([stderr && once(stderr, "ready"), ended, late]);
      for (const race of [ended, late]) race.catch(() => undefined); // It is over, whatever comes.
    });
    await Promise.all(ready);
  }

  /** Ctrl-C in each terminal. Resolves with the exit codes. */
  async interrupt(): Promise<(number | null)[]> {
    return Promise.all(
      this.#services.splice(0).map(({ child }) => {
        child.kill("SIGINT");
        return codeOf(child, STOP_TIMEOUT_MS);
      }),
    );
  }

  /** Ends what a failed run has left, each process by its own id. */
  async close(): Promise<void> {
    await this.interrupt();
    await codeOf(this.#spawn("! [ -e .gatelog/devnet/devnet.json ] || npx gatelog devnet down"), STOP_TIMEOUT_MS);
    rmSync(this.#dir, { recursive: true, force: true });
  }

  /** In a process group of its own, so that nothing is left of it if it has to be ended by force. */
  #spawn(script: string): ChildProcess {
    return spawn("sh", ["-c", script], {
      cwd: this.#dir,
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  }
}

/** Exit code, or null for a process that had to be ended by force. */
async function codeOf(child: ChildProcess, timeoutMs: number): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const force = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, "SIGKILL"), timeoutMs);
  await once(child, "close");
  clearTimeout(force);
  return child.exitCode;
}

async function requireFreePorts(): Promise<void> {
  for (const port of PRINTED_PORTS) {
    const server = createServer();
    server.listen(port, "127.0.0.1");
    await once(server, "listening").catch((cause: unknown) => {
      const advice = `README.md is run as it is printed, on the ports ${PRINTED_PORTS.join(", ")}`;
      throw new Error(`port ${port} is taken, and ${advice}: end what listens there and run this test again`, {
        cause,
      });
    });
    server.close();
    await once(server, "close");
  }
}

function requireCurl(): void {
  if (spawnSync("curl", ["--version"]).status !== 0)
    throw new Error("curl is not installed, and the README's section on the log API is run with it");
}

describe("README.md", function () {
  this.timeout(300_000);
  this.slow(60_000);
  const blocks = blocksOf(README);

  it("has no block that is neither run nor a named exception", () => {
    const known = new Set(["sh run", "sh services", "text output", ...Object.keys(EXCEPTIONS)]);
    const unknown = blocks.filter(({ kind }) => !known.has(kind)).map(({ kind, line }) => `line ${line}: ${kind}`);
    expect(unknown).to.deep.equal([]);
    const excepted = blocks.map(({ kind }) => kind).filter((kind) => kind in EXCEPTIONS);
    expect(excepted, "each exception is one block").to.have.members(Object.keys(EXCEPTIONS));
  });

  it("promises output only of what is run", () => {
    for (const [index, { kind, line }] of blocks.entries())
      if (kind === "text output") expect(blocks[index - 1]?.kind, `line ${line}`).to.equal("sh run");
  });

  it("names a command that npx finds in the clone", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { bin: Record<string, string> };
    expect(readFileSync(join(ROOT, manifest.bin["gatelog"] ?? ""), "utf8")).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  it("runs from the first block to the last, in one session, and prints what it promises", async () => {
    requireCurl();
    await requireFreePorts();
    const session = new ReaderSession();
    try {
      for (const [index, block] of blocks.entries()) {
        if (block.lines.some((line) => line.includes("devnet down")))
          expect(await session.interrupt(), "exit codes of the services").to.deep.equal([0, 0, 0]);
        if (block.kind === "sh services") await session.start(block);
        if (block.kind !== "sh run") continue;
        const output = await session.run(block);
        const promised = blocks[index + 1];
        if (promised?.kind === "text output") expectLines(output, promised);
      }
    } finally {
      await session.close();
    }
  });
});
