import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { verify as verifyRegistry } from "../../src/audit/verify.ts";
import { auditOn, planCheckpoint, renderKept, type CheckpointOptions } from "../../src/cli/checkpointing.ts";
import { requireWatch } from "../../src/cli/verify-watch.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { gatelog, itRefuses } from "../support/gatelog.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { sampleKey, sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";
import { until } from "../support/until.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const one = sampleSigner("auditor").address;
const two = sampleSigner("another auditor").address;

describe("gatelog verify --checkpoint, checkpoint and verify --watch", function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let node: TestChain;
  let world: RegistryWorld;
  let a: Party;
  let b: Party;
  let open: WorldSession;

  before(async () => {
    folder = await temporaryFolder();
    node = await startHardhat("log");
    world = await RegistryWorld.at(node.rpcUrl);
    a = await world.register("a");
    b = await world.register("b");
    await committedTransfer(world, await world.open(a, b, TRANSFER));
    open = await world.open(a, b);
    await world.say(open, a, "init-other");
    writeFileSync(at("one.key"), sampleKey("auditor"), { mode: 0o600 });
    writeFileSync(at("two.key"), sampleKey("another auditor"), { mode: 0o600 });
  });
  after(async () => {
    await world.close();
    await node.close();
    await folder.remove();
  });

  const at = (name: string): string => join(folder.path, name);
  const verify = (...rest: readonly string[]): string[] => [
    ...["verify", "--rpc-url", node.rpcUrl, "--log-registry", world.domain.registry, ...rest],
  ];

  it("goes on from run to run, signed, and two auditors compare and co-sign", async () => {
    const first = await run({ checkpoint: at("one"), signKeyFile: at("one.key") });
    expect(first.kept.written?.auditors).to.deep.equal([one]);
    expect(first.verification).to.not.have.property("earlier");
    expect(statSync(at("one")).mode & 0o777).to.equal(0o600);

    await world.say(open, b, "init-other");
    const args = verify("--checkpoint", at("one"), "--auditor", one, "--sign-key-file", at("one.key"));
    const second = await gatelog(args);
    expect(second.code, second.stderr).to.equal(0);
    expect(second.stdout).to.match(/^VERDICT: sound up to block \d+, with the payloads of 46 of 46 entries/);
    expect(second.stdout)
      .to.include(`signed by ${one}`)
      .and.include("not read again: entries: 44, of closed sessions (1)");
    expect(second.stdout).to.include(`Checkpoint: ${at("one")}, block `);

    await run({ checkpoint: at("two"), signKeyFile: at("two.key") });
    const compared = await gatelog(["--json", "checkpoint", "compare", at("one"), at("two")]);
    expect(compared.code, compared.stderr).to.equal(0);
    expect(compared.json).to.have.property("verdict", "equal");
    const own = ["--own", at("two"), "--sign-key-file", at("two.key")];
    const signed = await gatelog(["--json", "checkpoint", "cosign", at("one"), ...own]);
    expect(signed.code, signed.stderr).to.equal(0);
    expect(signed.json).to.deep.include({ signed: true, auditors: [one, two] });
    const { verification } = await run({ checkpoint: at("one"), auditor: two });
    expect(verification.verdict).to.equal("sound");
  });

  it("leaves a report of a run that goes on, which is its auditor's, and says what the run before had", async () => {
    const key = at("one.key");
    await run({ checkpoint: at("reported"), signKeyFile: key });
    const page = ["--report", "html", "--report-out", at("second.html"), "--sign-key-file", key];
    const second = await gatelog(verify("--checkpoint", at("reported"), ...page));
    expect(second.code, second.stderr).to.equal(0);
    expect(second.stdout).to.match(
      /Sessions \(\d+\)\n(?: {2}.+\n)* {2}… and 1 session of an earlier run, up to block \d+, believed\n/,
    );
    const checked = await gatelog(["verify-report", at("second.html"), "--auditor", one]);
    expect(checked.stdout).to.match(new RegExp(`^SIGNED by ${one}, and the page shows what was signed\n`));
    expect(checked.code).to.equal(0);
    expect(readFileSync(at("second.html"), "utf8"))
      .to.match(/ of 2 sessions\. Nothing is wrong with them\. Not looked at again: 1 session of an earlier run/)
      .and.include("Not among them: 1 session of an earlier run, up to block ");
  });

  it("neither goes on from a checkpoint of somebody else nor signs what rests on one", async () => {
    await run({ checkpoint: at("plain") });
    const before = readFileSync(at("plain"), "utf8");
    for (const rest of [{ auditor: two }, { signKeyFile: at("one.key") }])
      await expectRejection(run({ checkpoint: at("plain"), ...rest }), "FOREIGN_SIGNATURE");
    expect(readFileSync(at("plain"), "utf8")).to.equal(before);
    await run({ checkpoint: at("plain") });
  });

  it("leaves the file as it is if its block was replaced", async () => {
    const snapshot = await world.rpc("evm_snapshot", []);
    await world.rpc("evm_mine", []);
    await run({ checkpoint: at("reorganised") });
    const before = readFileSync(at("reorganised"), "utf8");
    await world.rpc("evm_revert", [snapshot]);
    await world.rpc("evm_setNextBlockTimestamp", [(await world.now()) + 1_000]);
    for (const _ of [1, 2]) await world.rpc("evm_mine", []);
    const { verification, kept } = await run({ checkpoint: at("reorganised") });
    expect(verification.findings.map(({ code }) => code)).to.deep.equal(["REORGANISED"]);
    expect(kept.written).to.equal(null);
    expect(renderKept(kept)).to.include("is as it was");
    expect(readFileSync(at("reorganised"), "utf8")).to.equal(before);
  });

  it("follows the chain with --watch, shows metrics, tells each finding, and ends in order", async () => {
    const service = await startWatch("--checkpoint", at("watched"), "--every", "100ms", "--metrics", "127.0.0.1:0");
    const metric = async (name: string) => {
      const text = await (await fetch(`${service.url}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
    };
    const entries = () => metric("gatelog_audit_entries");
    const before = await until("a first run", async () => (await entries()) || undefined);
    await world.say(open, a, "exec-other");
    await until("the next entry", async () => (await entries()) === before + 1);
    const bad = await world.open(a, b, TRANSFER);
    await world.say(bad, a, "init-lock", { step: "lock" });
    await until("a finding", async () => (await metric('gatelog_audit_findings{severity="error"}')) === 1);
    const { stdout, code } = await service.end("SIGTERM");
    expect(code).to.equal(1);
    expect(JSON.parse(stdout)).to.have.property("verdict", "findings");
    const told = service.lines.filter(({ event }) => String(event).startsWith("audit-"));
    expect(told.map(({ event, verdict, code: found }) => verdict ?? found ?? event)).to.deep.equal([
      ...["sound", "sound", "ILLEGAL_ORDER", "findings"],
    ]);
  });

  it("refuses options that do not go together", () => {
    const plan = (options: object) => () => planCheckpoint({ finality: "instant", ...options }, {});
    expectError(plan({ auditor: one }), "MALFORMED");
    for (const other of [{ session: "s" }, { ledger: ["l"] }, { export: ["f"] }, { proof: "p" }])
      expectError(plan({ checkpoint: at("x"), ...other }), "MALFORMED");
    expectError(plan({ checkpoint: at("x"), signKeyFile: "a", signKeyEnv: "B" }), "MALFORMED");
    for (const options of [{ every: "5s" }, { metrics: "127.0.0.1:0" }, { exitOnFinding: true } as const])
      expectError(() => requireWatch(options), "MALFORMED");
    expect(requireWatch({})).to.equal(false);
  });

  itRefuses([
    {
      what: "a pause that is none",
      args: () => verify("--watch", "--checkpoint", at("x"), "--every", "5"),
      code: "MALFORMED",
    },
    {
      what: "metrics for all the world",
      args: () => verify("--watch", "--checkpoint", at("x"), "--metrics", "0.0.0.0:0"),
      code: "MALFORMED",
    },
  ]);

  function run(options: Omit<CheckpointOptions, "finality">) {
    const plan = planCheckpoint({ finality: "instant", ...options }, {});
    if (plan === null) throw new Error("no checkpoint is named");
    const reader = new RpcReader(httpJsonRpc(node.rpcUrl), { registry: world.domain.registry });
    return auditOn(plan, (asked) => verifyRegistry(reader, asked), {});
  }

  async function startWatch(...rest: readonly string[]) {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GATELOG_"));
    const args = ["--disable-warning=ExperimentalWarning", MAIN, "--json", ...verify("--watch", ...rest)];
    const child: ChildProcess = spawn(process.execPath, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: Object.fromEntries(own),
    });
    const lines: Record<string, unknown>[] = [];
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    const exited = once(child, "close") as Promise<[number | null]>;
    createInterface({ input: child.stderr! }).on("line", (line) =>
      lines.push(JSON.parse(line) as Record<string, unknown>),
    );
    const url = await until("the port to be open", () => lines.find(({ msg }) => msg === "listening")?.["url"], 30_000);
    const end = async (signal?: NodeJS.Signals) => {
      if (signal !== undefined) child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
      const [code] = await exited;
      clearTimeout(timer);
      return { code, stdout };
    };
    return { url: String(url), lines, end };
  }
});
