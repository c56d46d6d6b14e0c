import { Command } from "commander";
import { expect } from "chai";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkReport } from "../../src/audit/report/report-check.ts";
import type { ReportFile } from "../../src/audit/report/report.ts";
import { expectationSchema } from "../../src/audit/trust.ts";
import { finality, httpUrl, namedLedgers } from "../../src/cli/option-types.ts";
import { planReport, repeating, reportOptions, type ReportOptions } from "../../src/cli/report-writing.ts";
import { programVersion } from "../../src/cli/version.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { expectError } from "../support/expect-error.ts";
import { gatelog, itRefuses } from "../support/gatelog.ts";
import { RegistryWorld } from "../support/registry-world.ts";
import { HOSTILE, tellReported } from "../support/report-world.ts";
import { sampleKey, sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const auditor = sampleSigner("auditor").address;

describe("gatelog verify --report and verify-report", function () {
  this.timeout(120_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let node: TestChain;
  let world: RegistryWorld;

  before(async () => {
    folder = await temporaryFolder();
    node = await startHardhat("log");
    world = await RegistryWorld.at(node.rpcUrl);
    await tellReported(world);
    writeFileSync(at("auditor.key"), sampleKey("auditor"), { mode: 0o600 });
    writeFileSync(at("open.key"), sampleKey("auditor"), { mode: 0o644 });
    writeFileSync(at("there.html"), "");
  });
  after(async () => {
    await world.close();
    await node.close();
    await folder.remove();
  });

  const at = (name: string): string => join(folder.path, name);
  const log = (): string[] => ["--rpc-url", node.rpcUrl, "--log-registry", world.domain.registry];
  const verify = (...rest: readonly string[]): string[] => ["verify", ...log(), ...rest];
  const report = (name: string): string[] => [
    "--report",
    name.endsWith("json") ? "json" : "html",
    "--report-out",
    at(name),
  ];

  it("writes a signed page, which verify-report takes for the auditor's and for nobody else's", async () => {
    const run = await gatelog(verify(...report("audit.html"), "--sign-key-file", at("auditor.key")));
    expect(run.code, run.stderr).to.equal(0);
    expect(run.stdout).to.match(/^VERDICT: sound/);
    expect(run.stdout)
      .to.include(`Report (html): ${at("audit.html")}, digest 0x`)
      .and.include(`signed by ${auditor}`);
    expect(statSync(at("audit.html")).mode & 0o777).to.equal(0o600);

    const taken = await gatelog(["verify-report", at("audit.html"), "--auditor", auditor, "--pin", at("pin.json")]);
    expect(taken.code, taken.stderr).to.equal(0);
    expect(taken.stdout).to.match(new RegExp(`^SIGNED by ${auditor}, and the page shows what was signed\n`));
    const pinned = expectationSchema.parse(JSON.parse(readFileSync(at("pin.json"), "utf8")));
    expect(pinned).to.include({ registry: world.domain.registry }).and.have.property("gateways").with.length(4);

    const page = readFileSync(at("audit.html"), "utf8");
    writeFileSync(at("altered.html"), page.replace("Nothing is wrong with them", "All is well with them"));
    const altered = await gatelog(["verify-report", at("altered.html"), "--pin", at("no-pin.json")]);
    expect(altered.code).to.equal(1);
    expect(altered.stdout).to.match(/^NOT GENUINE\n {2}page: [^]+no-pin\.json is not written/);
    expect(() => statSync(at("no-pin.json"))).to.throw();
  });

  it("writes JSON with the same report as --json prints, and more; unsigned it could be anybody's", async () => {
    const run = await gatelog(["--json", ...verify(...report("audit.json"), "--finality", "1")]);
    expect(run.code, run.stderr).to.equal(0);
    const { report: written, ...printed } = run.json as { report: { digest: string; form: string; auditor: null } };
    const file = JSON.parse(readFileSync(at("audit.json"), "utf8")) as ReportFile;
    expect(file).to.deep.include(printed);
    expect(file.made.command).to.deep.equal(["gatelog", ...verify("--finality", "1")]);
    expect(file.trusted.gateways.map(({ name }) => name)).to.deep.equal(Object.values(HOSTILE));
    expect(written).to.include({ form: "json", auditor: null });

    const checked = await gatelog(["--json", "verify-report", at("audit.json"), "--out", at("page.html")]);
    expect(checked.code).to.equal(2);
    expect(checked.json).to.include({ verdict: "could-not-tell", auditor: null, digest: written.digest });
    expect(readFileSync(at("page.html"), "utf8")).to.match(/^<!doctype html>/);
    const page = checkReport(readFileSync(at("page.html"), "utf8"), "page.html", { version: programVersion() });
    expect(page).to.deep.include({ form: "html", verdict: "could-not-tell", digest: written.digest, findings: [] });
  });

  it("prints nothing that a terminal would obey, whoever has put it into a chain, a report or the name of a file", async () => {
    const obeyed = /[^\n\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/u;
    const run = await gatelog(verify(...report("hostile.json")));
    expect(run.stdout)
      .to.match(/^VERDICT: sound up/)
      .and.include("⟨U+001B⟩[2J")
      .and.not.match(obeyed);

    const file = JSON.parse(readFileSync(at("hostile.json"), "utf8")) as ReportFile;
    const by = `${HOSTILE.terminal}\u009b`;
    writeFileSync(at("hostile.json"), JSON.stringify({ ...file, made: { ...file.made, by } }));
    const text = await gatelog(["verify-report", at("hostile.json")]);
    expect(text.stdout)
      .to.match(/^COULD NOT TELL/)
      .and.include("by version ⟨U+001B⟩[2J")
      .and.not.match(obeyed);
    const json = await gatelog(["--json", "verify-report", at("hostile.json")]);
    expect(json.json).to.have.nested.property("made.by", by);
    expect(json.stdout).to.not.match(obeyed);

    const missing = await gatelog(["verify-report", at("\u001b[2J\u202e")]);
    expect(missing.code).to.equal(2);
    expect(missing.stderr).to.include("⟨U+001B⟩[2J⟨U+202E⟩").and.not.match(obeyed);
  });

  it("prints the schema of a report", async () => {
    const run = await gatelog(["config", "schema", "report"]);
    expect(run.code).to.equal(0);
    expect(run.json).to.have.nested.property("properties.findings.items.properties.code.enum");
  });

  it("repeats the command as it was given, without what becomes of the verdict and without secrets in addresses", async () => {
    const command = new Command("verify")
      .option("--rpc-url <url>", "", httpUrl)
      .option("--ledger <ledger>", "", namedLedgers, [])
      .option("--finality <how>", "", finality, "instant")
      .option("--session <id>")
      .option("--pin <file>");
    for (const option of reportOptions()) command.addOption(option);
    const escrow = world.domain.registry;
    await command.parseAsync(
      [
        ...["--rpc-url", "https://user:word@node.example:8545/v3/secret?key=secret", "--pin", "p"],
        ...["--ledger", `a=http://127.0.0.1:1,${escrow}`, "--ledger", `b=https://b.example/secret,${escrow}`],
        ...["--finality", "12", "--report", "html", "--report-out", "x", "--sign-key-env", "KEY", "--force"],
      ],
      { from: "user" },
    );
    expect(repeating(command)).to.deep.equal([
      ...["gatelog", "verify", "--rpc-url", "https://node.example:8545/..."],
      ...["--ledger", `a=http://127.0.0.1:1,${escrow}`, "--ledger", `b=https://b.example/...,${escrow}`],
      ...["--finality", "12"],
    ]);
  });

  it("asks for what it needs before the log is read: a file that is not there yet, one key, and a form", () => {
    const plan = (options: ReportOptions) => () => planReport({ ...options }, {});
    const html = { report: "html", reportOut: at("x.html") } as const;
    expectError(plan({ report: "html" }), "MALFORMED");
    expectError(plan({ reportOut: at("x.html") }), "MALFORMED");
    expectError(plan({ signKeyFile: at("auditor.key") }), "MALFORMED");
    expectError(plan({ ...html, signKeyFile: at("auditor.key"), signKeyEnv: "KEY" }), "MALFORMED");
    expectError(plan({ ...html, reportOut: at("there.html") }), "MALFORMED", { file: at("there.html") });
    expectError(plan({ ...html, signKeyFile: at("open.key") }), "INVALID_CONFIG");
    expectError(plan({ ...html, signKeyEnv: "KEY" }), "INVALID_CONFIG");
    expect(planReport({}, {})).to.equal(null);
    expect(planReport({ ...html, reportOut: at("there.html"), force: true }, {})).to.include({
      force: true,
      signer: null,
    });
    const signer = planReport({ ...html, signKeyEnv: "KEY" }, { KEY: sampleKey("auditor") })?.signer;
    expect(signer?.address).to.equal(auditor);
  });

  itRefuses([
    {
      what: "a form that it does not know",
      args: () => verify("--report", "pdf", "--report-out", at("x")),
      code: "MALFORMED",
    },
    {
      what: "a report about a proof",
      args: () => ["verify", "--proof", at("auditor.key"), ...report("x.html")],
      code: "MALFORMED",
    },
    { what: "what is no report", args: () => ["verify-report", at("auditor.key")], code: "MALFORMED" },
  ]);
});
