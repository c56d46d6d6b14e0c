import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { apiConfigSchema, readConfig } from "../../src/cli/config.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { expectError } from "../support/expect-error.ts";
import { gatelog } from "../support/gatelog.ts";
import { openRawClient, requestHead } from "../support/raw-client.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const OWNER = "0x0A0A0a0a0a0a0a0A0a0a0A0a0A0A0A0a0a0a0a0a";
const SESSION = "4eb424c8-aead-4e9e-a321-a160ac3909ac";
/** As Figure 9 of draft-belchior-gateway-recovery-01. */
const ENTRY = {
  sessionId: SESSION,
  seqNumber: 6,
  phaseId: "lock",
  sourceGatewayId: "5.47.165.186",
  sourceDltId: "Hyperledger-Fabric-JusticeChain",
  targetGatewayId: "192.47.113.116",
  targetDltId: "Ethereum",
  timestamp: "1606157330",
  payload: { messageType: "2pc-log", message: "LOCK_ASSET", votes: "none" },
  payloadHash: "80BCF1C7421E98B097264D1C6F1A514576D6C9F4EF04955FA3AAF1C0664B34E3",
};

interface Listening {
  readonly url: string;
  readonly store: string;
  readonly durability: string;
  readonly gateway: string;
}

describe("gatelog api start", function () {
  this.timeout(60_000);
  let folder: string;
  let running: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "gatelog-api-start-"));
  });
  afterEach(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });

  async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = running;
    running = undefined;
    if (child?.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  /** What the service said when it listened. */
  async function start(args: readonly string[] = []): Promise<Listening> {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GATELOG_"));
    const env = { ...Object.fromEntries(own), GATELOG_LISTEN: "127.0.0.1:0" };
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "api", "start", ...args], {
      cwd: folder,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    running = child;
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line);
      if (line.includes('"listening"')) {
        child.stderr.resume();
        return JSON.parse(line) as Listening;
      }
    }
    throw new Error(`it ended: ${said.join("\n")}`);
  }

  async function save(url: string): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/saveLogEntry`, { method: "POST", headers, body: JSON.stringify(ENTRY) });
    return answer.json();
  }

  it("serves without a configuration, from a file, to a client that knows the first draft alone, also after a kill", async () => {
    const first = await start();
    expect(first).to.include({ store: "sqlite", durability: "local" });
    expect(new URL(first.url).hostname).to.equal("127.0.0.1");
    expect(await save(first.url)).to.deep.equal({ success: true, response_data: "0" });
    await stop("SIGKILL");
    const key = join(folder, ".gatelog", "api", "operator.key");
    expect(statSync(key).mode & 0o077, "nobody else reads the key").to.equal(0);
    const before = readFileSync(key, "utf8");
    const second = await start();
    expect(await save(second.url)).to.deep.equal({ success: true, response_data: "1" });
    expect(readFileSync(key, "utf8")).to.equal(before);
    const log = (await (await fetch(`${second.url}/getLog`)).json()) as { response_data: { log: unknown[] } };
    expect(log.response_data.log).to.have.length(2);
  });

  describePostgres("with PostgreSQL", function () {
    let database: TestDatabase;
    before(async () => {
      database = await createTestDatabase();
    });
    after(() => database.drop());

    it("takes the README's line, and nothing else", async () => {
      const { url, password } = database.options;
      const [line = ""] = /^store: \{ driver: postgres.*$/m.exec(readFileSync(README, "utf8")) ?? [];
      writeFileSync(join(folder, "password"), password ?? "none is asked for", { mode: 0o600 });
      writeFileSync(join(folder, "api.yaml"), line.replace(/url: "[^"]*"/, `url: ${JSON.stringify(url)}`));
      expect(readFileSync(join(folder, "api.yaml"), "utf8")).to.contain(url);
      const service = await start(["--config", "api.yaml"]);
      expect(service).to.include({ store: "postgres", durability: "shared" });
      expect(await save(service.url)).to.deep.equal({ success: true, response_data: "0" });
      await stop("SIGKILL");
      expect(await save((await start(["--config", "api.yaml"])).url)).to.deep.equal({
        success: true,
        response_data: "1",
      });
    });
  });

  it("belongs to a gateway of its own with a configuration that names none, and so does what is exported from there", async () => {
    const config = join(folder, "api.yaml");
    const store = { driver: "sqlite", path: "./logs.sqlite" };
    writeFileSync(config, stringify({ store, dataDir: "./own", hosts: ["gatelog.example"] }));
    const { url, gateway } = await start(["--config", config]);
    for (const [Host, status] of [
      ["gatelog.example", 200],
      ["evil.example", 403],
    ] as const) {
      const client = await openRawClient(Number(new URL(url).port), requestHead("GET", "/health", { Host }));
      await client.untilReceived(new RegExp(`^HTTP/1\\.1 ${status} `));
      client.socket.destroy();
    }
    expect(await save(url)).to.deep.equal({ success: true, response_data: "0" });
    await stop();
    const run = await gatelog(
      ["--json", "export", "--all", "--config", config, "--kind", "api", "--out", "logs.jsonl"],
      {
        cwd: folder,
      },
    );
    expect(run.code, run.stderr).to.equal(0);
    expect(run.json).to.include({ sessions: 1, entries: 1 });
    expect(readFileSync(join(folder, "logs.jsonl"), "utf8")).to.contain(gateway);
    expect(statSync(join(folder, "own", "operator.key")).mode & 0o077).to.equal(0);
  });

  for (const [what, document, member] of [
    ["a chain without its registry", { store: { driver: "http", url: "http://127.0.0.1:1" } }, "log"],
    ["a host name with a port", { hosts: ["gatelog.example:443"] }, "hosts.0"],
    ["a registry for a file", { log: { chainId: 1, registry: OWNER } }, "log"],
    [
      "gateways where a registry knows them",
      {
        store: { driver: "http", url: "http://127.0.0.1:1" },
        log: { chainId: 1, registry: OWNER },
        gateways: [{ name: "a", owner: OWNER, keys: [{ epoch: 1, key: OWNER }] }],
      },
      "gateways",
    ],
  ] as const)
    it(`refuses ${what}, and names the member`, () => {
      const file = join(folder, "api.yaml");
      writeFileSync(file, stringify(document));
      expect(expectError(() => readConfig(file, apiConfigSchema, {}), "INVALID_CONFIG").context).to.include({
        members: member,
      });
    });
});
