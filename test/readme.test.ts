import { expect } from "chai";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

import { requireFreePort } from "../src/cli/processes.ts";
import { CURL_FLAGS, writeCurl } from "./support/curl.ts";
import { blocksOf, expectLines, writeNpx, type Block } from "./support/doc-blocks.ts";

const ROOT = resolve(import.meta.dirname, "..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
/** `devnet up` without options takes six ports from here on: three chains, the log API, two gateways. */
const PRINTED_BASE = 8545;
const PORTS = [0, 1, 2, 3, 4, 5];
/** Where other ports are looked for: below those that systems give to clients. */
const OTHER_BASES = { from: 20_000, to: 32_000, tries: 50 };
const BLOCK_TIMEOUT_MS = 120_000;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;

/** Blocks that cannot run here, by the words behind their fence, each with the reason. Every other block runs. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "sh elsewhere": "the two commands themselves: CI runs both, and this test is a part of one of them",
  "yaml api": "no database here: test/cli/api-start.test.ts starts a service with it",
  "yaml gateway": "a part of a configuration: test/cli/config-check.test.ts takes it",
  "text diagram": "a picture",
  "text demo": "an excerpt of the demo, which CI runs",
};

/** The blocks for a devnet on other ports than the printed ones. */
function onPorts(base: number, blocks: readonly Block[]): readonly Block[] {
  if (base === PRINTED_BASE) return blocks;
  const port = new RegExp(`\\b(?:${PORTS.map((offset) => PRINTED_BASE + offset).join("|")})\\b`, "g");
  const moved = (line: string): string =>
    line
      .replaceAll(port, (printed) => String(Number(printed) - PRINTED_BASE + base))
      .replace(/\bgatelog devnet up\b/, `$& --port-base ${base}`);
  return blocks.map((block) => ({ ...block, lines: block.lines.map(moved) }));
}

/** The printed ports, or, where one of them is taken, six others. */
async function choosePorts(): Promise<number> {
  if (await areFree(PRINTED_BASE)) return PRINTED_BASE;
  for (let tries = 0; tries < OTHER_BASES.tries; tries += 1) {
    const base = randomInt(OTHER_BASES.from, OTHER_BASES.to);
    if (await areFree(base)) return base;
  }
  throw new Error(`no six free ports in a row were found from ${OTHER_BASES.from} to ${OTHER_BASES.to}`);
}

async function areFree(base: number): Promise<boolean> {
  try {
    for (const offset of PORTS) await requireFreePort(base + offset);
    return true;
  } catch {
    return false;
  }
}

/** What a reader does, in a folder of its own that looks like the clone; what is written there goes with it. */
class ReaderSession {
  readonly #dir = mkdtempSync(join(tmpdir(), "gatelog-readme-"));
  readonly #environment: NodeJS.ProcessEnv;
  readonly #services: { readonly command: string; readonly child: ChildProcess; output: string }[] = [];

  /** A folder with a stand-in for curl, to be put on the PATH. */
  readonly standIn: string;

  constructor(portBase: number) {
    for (const name of readdirSync(ROOT).filter((file) => !file.startsWith(".")))
      symlinkSync(join(ROOT, name), join(this.#dir, name));
    const bin = mkdtempSync(join(this.#dir, "bin-"));
    writeNpx(bin);
    writeFileSync(this.#state, "");
    this.standIn = join(this.#dir, "curl-stand-in");
    writeCurl(this.standIn);
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GATELOG_"));
    const path = [bin, dirname(process.execPath), ...(hasCurl() ? [] : [this.standIn]), process.env["PATH"] ?? ""];
    const given = { PATH: path.join(delimiter), HARDHAT_DISABLE_TELEMETRY: "true" };
    this.#environment = { ...Object.fromEntries(inherited), ...given };
    if (portBase !== PRINTED_BASE) this.#move(portBase);
  }

  /** What a reader with other ports sets besides `--port-base`: the commands' defaults, and Hardhat's network `localhost`. */
  #move(base: number): void {
    this.#environment["GATELOG_API"] = `http://127.0.0.1:${base + 3}`;
    this.#environment["GATELOG_GATEWAY"] = `http://127.0.0.1:${base + 4}`;
    const file = join(this.#dir, "hardhat.config.ts");
    rmSync(file);
    const config = [
      `import config from ${JSON.stringify(pathToFileURL(join(ROOT, "hardhat.config.ts")).href)};`,
      `const localhost = { ...config.networks.localhost, url: "http://127.0.0.1:${base}" };`,
      "export default { ...config, networks: { ...config.networks, localhost } };",
    ];
    writeFileSync(file, `${config.join("\n")}\n`);
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

function hasCurl(): boolean {
  return spawnSync("curl", ["--version"]).status === 0;
}

/** Every request has an id of its own. */
function withoutRequestIds(output: string): string {
  return output.replaceAll(/"requestId":"[-0-9a-f]{36}"/g, '"requestId":"…"');
}

/** The same lines with the stand-in, in a shell of their own: the PATH of the session stays as it is. */
function withStandIn({ lines, ...block }: Block, folder: string): Block {
  return { ...block, lines: ["(", `PATH='${folder}':"$PATH"`, ...lines, ")"] };
}

function tell(words: string): void {
  process.stdout.write(`    ${words}\n`);
}

describe("README.md", function () {
  this.timeout(300_000);
  this.slow(60_000);
  const blocks = blocksOf("README.md", README);

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

  it("can be run on other ports", () => {
    const moved = onPorts(20_000, blocks);
    expect(JSON.stringify(moved)).not.to.match(/\b(854[5-9]|8550)\b/);
    expect(moved.flatMap(({ lines }) => lines)).to.include("npx gatelog devnet up --port-base 20000");
  });

  it("asks nothing of curl that the stand-in for it does not know", () => {
    const commands = blocks.flatMap(({ lines }) => lines.join("\n").match(/\bcurl (?:\\\n|[^|\n])*/g) ?? []);
    const bare = commands.map((command) => command.replaceAll(/'[^']*'|"[^"]*"/g, "QUOTED"));
    const flags = new Set(bare.flatMap((command) => command.match(/(?<=\s)-[-\w]+/g) ?? []));
    expect([...flags]).to.have.members(CURL_FLAGS);
  });

  it("runs from the first block to the last, in one session, and prints what it promises", async () => {
    const base = await choosePorts();
    if (base !== PRINTED_BASE)
      tell(
        `of the ports ${PRINTED_BASE} to ${PRINTED_BASE + 5} one is taken: README.md runs on ${base} to ${base + 5}`,
      );
    if (!hasCurl()) tell("curl is not installed: README.md runs with a stand-in");
    const session = new ReaderSession(base);
    let compared = 0;
    try {
      const runnable = onPorts(base, blocks);
      for (const [index, block] of runnable.entries()) {
        if (block.lines.some((line) => line.includes("devnet down")))
          expect(await session.interrupt(), "exit codes of the services").to.deep.equal([0, 0, 0]);
        if (block.kind === "sh services") await session.start(block);
        if (block.kind !== "sh run") continue;
        const output = await session.run(block);
        const promised = runnable[index + 1];
        if (promised?.kind === "text output") expectLines("README.md", output, promised);
        // This block changes nothing, so it can be run again.
        if (!block.lines.some((line) => line.includes("$LOG/diff"))) continue;
        const other = await session.run(withStandIn(block, session.standIn));
        expect(withoutRequestIds(other), "output with the stand-in").to.equal(withoutRequestIds(output));
        compared += 1;
      }
      expect(compared, "blocks that were run with the stand-in for curl too").to.equal(1);
    } finally {
      await session.close();
    }
  });
});

describe("stand-in for curl", function () {
  this.timeout(30_000);
  const JSON_HEADER = "-H 'Content-Type: application/json'";
  const COMMANDS = [
    'curl -sS "$URL/entries?from=0&limit=2"',
    "curl -sS -H 'Accept: application/x-ndjson' $URL/entries",
    "curl -sS --data a=b $URL/form",
    `curl -sS ${JSON_HEADER} --data '{"length": 0}' $URL/diff`,
    `curl -sS ${JSON_HEADER} --data @entry.json $URL/file`,
    `echo "[$(cat entry.json), 2]" | curl -sS ${JSON_HEADER} --data @- $URL/pipe`,
    "curl -sS http://127.0.0.1:1/ 2>/dev/null || echo exit $?",
  ];
  const FORM = "application/x-www-form-urlencoded";
  const ARRIVED = [
    ["GET", "/entries?from=0&limit=2", "*/*", null, null, ""],
    ["GET", "/entries", "application/x-ndjson", null, null, ""],
    ["POST", "/form", "*/*", FORM, "3", "a=b"],
    ["POST", "/diff", "*/*", "application/json", "13", '{"length": 0}'],
    ["POST", "/file", "*/*", "application/json", "20", '{  "message": "ä" }'],
    ["POST", "/pipe", "*/*", "application/json", "25", '[{  "message": "ä" }, 2]'],
  ];

  for (const name of ["the stand-in", ...(hasCurl() ? ["curl itself"] : [])])
    it(`${name} sends and prints what is expected`, async () => {
      const dir = mkdtempSync(join(tmpdir(), "gatelog-curl-"));
      const arrived: unknown[] = [];
      const server = createServer((request, response) => {
        const { method, url, headers } = request;
        const answer = (body: string) => {
          const [accept, type, length] = [headers.accept, headers["content-type"], headers["content-length"]];
          arrived.push([method, url, accept ?? null, type ?? null, length ?? null, body]);
          response.writeHead(404).end(`answer ${arrived.length}, no line end; `);
        };
        text(request).then(answer, () => response.destroy());
      });
      try {
        writeFileSync(join(dir, "entry.json"), '{\r\n  "message": "ä"\n }\n');
        writeCurl(join(dir, "bin"));
        await once(server.listen(0, "127.0.0.1"), "listening");
        const path = [...(name === "the stand-in" ? [join(dir, "bin")] : []), process.env["PATH"] ?? ""];
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const env = { ...process.env, PATH: path.join(delimiter), URL: url, NO_PROXY: "127.0.0.1" };
        const child = spawn("sh", ["-ec", COMMANDS.join("\n")], {
          cwd: dir,
          env,
          stdio: ["ignore", "pipe", "inherit"],
        });
        const [output] = await Promise.all([text(child.stdout), once(child, "close")]);
        const answers = ARRIVED.map((_, index) => `answer ${index + 1}, no line end; `);
        expect({ output, arrived }).to.deep.equal({ output: `${answers.join("")}exit 7\n`, arrived: ARRIVED });
      } finally {
        server.close();
        rmSync(dir, { recursive: true, force: true });
      }
    });
});
