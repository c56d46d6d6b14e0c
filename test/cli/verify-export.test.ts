import { expect } from "chai";
import { id } from "ethers";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listen } from "../../src/api/listen.ts";
import { createLogApi } from "../../src/api/log-api.ts";
import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { exportLineSchema } from "../../src/audit/files/export-format.ts";
import { toReport, type ReportFile } from "../../src/audit/report/report.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import type { CopiesReport } from "../../src/audit/verify-copies.ts";
import { verifyExport } from "../../src/audit/files/verify-export.ts";
import { openProofs } from "../../src/cli/export-proofs.ts";
import { Cleanup } from "../../src/cli/wiring-context.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { verifyInclusionProof } from "../../src/entry/inclusion-proof.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { exportSessions, storeSource } from "../../src/store/log-file-source.ts";
import { developmentKey } from "../support/accounts.ts";
import { createAnchorWorld, type AnchorWorld } from "../support/anchor-world.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { ACCOUNTS } from "../support/deploy.ts";
import { altered, asOfStore, fileIn, linesOf, type Line } from "../support/export-files.ts";
import { expectNotDone, gatelog, itRefuses, type CliRun, type NotDone } from "../support/gatelog.ts";
import { headerOf, textOf } from "../support/log-file-stage.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { makeEntries, makeEntry, sampleKey, sampleSession, sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";

interface EntryLine extends Line {
  readonly entry: Record<string, unknown> & { readonly index: number; readonly gatewayId: string };
}

describe("gatelog verify --export", function () {
  this.timeout(180_000);
  let node: TestChain;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const place = (name: string): string => join(folder.path, name);

  before(async () => {
    [node, folder] = await Promise.all([startHardhat("log"), temporaryFolder()]);
  });
  after(async () => {
    await node.close();
    await folder.remove();
  });

  /** The JSON that it printed, if it ended with this code. */
  function reportOf(run: CliRun, code: number): ReportFile {
    expect(run.code, run.stderr).to.equal(code);
    return run.json as ReportFile;
  }

  describe("of a chain", () => {
    let world: RegistryWorld;
    let a: Party;
    let session: WorldSession;
    let chain: string[];

    before(async () => {
      world = await RegistryWorld.at(node.rpcUrl);
      a = await world.register("a");
      session = await world.open(a, await world.register("b"), TRANSFER);
      await committedTransfer(world, session);
      chain = ["--rpc-url", node.rpcUrl, "--log-registry", world.domain.registry];
      const exported = await gatelog(["export", "--all", ...chain, "--out", place("chain.jsonl"), "--by", "somebody"]);
      expect(exported.code, exported.stderr).to.equal(0);
    });
    after(() => world.close());

    it("needs no node, says what it believed of the file, and writes the same reports", async () => {
      const run = await gatelog(["verify", "--export", place("chain.jsonl")]);
      expect(run.code, run.stderr).to.equal(0);
      expect(run.stdout)
        .to.match(/^VERDICT: sound/)
        .and.include("as the file says, made by somebody at ");
      const out = place("report.html");
      const written = await gatelog([
        "verify",
        "--export",
        place("chain.jsonl"),
        "--report",
        "html",
        "--report-out",
        out,
      ]);
      expect(written.code, written.stderr).to.equal(0);
      expect(readFileSync(out, "utf8")).to.include("Sound");
    });

    it("takes the heads of a node that is named beside it", async () => {
      const report = reportOf(await gatelog(["--json", "verify", "--export", place("chain.jsonl"), ...chain]), 0);
      expect(report.trusted.source?.notes.join()).to.include("as the node says");
      expect(report.verdict).to.equal("sound");
    });

    it("ends with 1 and names the entry that was altered, and with 2 if the file is cut", async () => {
      const whole = readFileSync(place("chain.jsonl"), "utf8");
      const spoil = (lines: Line[]): undefined => {
        const line = lines.find(
          (each) => isEntry(each) && each.entry.gatewayId === a.gatewayId && each.entry.index === 3,
        );
        (line as EntryLine).entry["payload"] = { spoiled: true };
      };
      writeFileSync(place("spoiled.jsonl"), altered(whole, spoil));
      const { firstBadEntry } = reportOf(await gatelog(["--json", "verify", "--export", place("spoiled.jsonl")]), 1);
      const { sessionId } = session.facts;
      expect(firstBadEntry).to.deep.equal({ sessionId, gatewayId: a.gatewayId, index: 3, fault: "payload altered" });
      writeFileSync(place("cut.jsonl"), whole.split("\n").slice(0, -2).join("\n") + "\n");
      const cut = await gatelog(["verify", "--export", place("cut.jsonl")]);
      expect(cut.code).to.equal(2);
      expect(cut.stdout).to.include("VERDICT: could not tell").and.include("the file is cut");
    });

    it("compares two nodes, and names the first block in which their chains part", async () => {
      const twice = await gatelog(["--json", "verify", ...chain, "--rpc-url", node.rpcUrl]);
      expect(reportOf(twice, 0).trusted.source?.notes.join()).to.include("two nodes");
      const other = await startHardhat("log");
      const another = await RegistryWorld.at(other.rpcUrl);
      try {
        // The same account and so the same address: another chain that says to be this one.
        expect(another.domain).to.deep.equal(world.domain);
        await another.moveClock((await another.now()) + 1_000);
        const run = await gatelog(["--json", "verify", ...chain, "--rpc-url", other.rpcUrl]);
        expect(reportOf(run, 1).findings.map(({ code }) => code)).to.include("SPLIT_VIEW");
      } finally {
        await another.close();
        await other.close();
      }
    });

    itRefuses([
      {
        what: "three nodes",
        args: () => ["verify", ...chain, "--rpc-url", node.rpcUrl, "--rpc-url", node.rpcUrl],
        code: "MALFORMED",
      },
      { what: "a node without its registry", args: () => ["verify", "--rpc-url", node.rpcUrl], code: "MALFORMED" },
      { what: "a file that is not there", args: () => ["verify", "--export", place("nothing")], code: "MALFORMED" },
      { what: "nothing to audit", args: () => ["verify"], code: "MALFORMED" },
      {
        what: "one pin of two files",
        args: () => [
          ...["verify", "--export", place("chain.jsonl"), "--export", place("chain.jsonl")],
          ...["--pin", place("two.json")],
        ],
        code: "MALFORMED",
      },
      ...proofRefuses({
        "a session beside a proof": () => ["--session", session.facts.sessionId],
        "a ledger beside a proof": () => ["--ledger", `other=${node.rpcUrl},${world.domain.registry}`],
        "a pin of a proof": () => ["--pin", place("proof-pin.json")],
        "a file beside a proof": () => ["--export", place("chain.jsonl")],
        "a key that signs a proof": () => ["--sign-key-file", place("auditor.key")],
        "a watch over a proof": () => [...chain, "--watch", "--checkpoint", place("proof-checkpoint")],
        "two nodes beside a proof": () => [...chain, "--rpc-url", node.rpcUrl],
      }),
      {
        what: "another contract than is pinned, beside a file of a store",
        args: () => {
          writeFileSync(place("store.jsonl"), altered(readFileSync(place("chain.jsonl"), "utf8"), asOfStore));
          writeFileSync(place("trusted.json"), JSON.stringify({ chainId: node.chainId, registry: ACCOUNT }));
          return ["verify", "--export", place("store.jsonl"), ...chain, "--expect", place("trusted.json")];
        },
        code: "WRONG_CHAIN",
      },
      {
        what: "proofs of what is on a chain",
        args: () => ["export", "--all", "--proofs", ...chain, "--out", place("p.jsonl")],
        code: "MALFORMED",
      },
    ]);
  });

  describe("of an anchored store, with proofs", () => {
    let world: AnchorWorld;
    let registry: string[];

    before(async () => {
      world = await createAnchorWorld(node);
      mkdirSync(join(world.folder, "data"));
      writeFileSync(join(world.folder, "carrier.key"), developmentKey(ACCOUNTS.carrier), { mode: 0o600 });
      registry = ["--rpc-url", node.rpcUrl, "--log-registry", world.log.logRegistry];
    });
    after(() => world.close());

    /** A closed log of four entries, of which the last two may be in no anchor, as a file. */
    async function exported(anchorLast = true): Promise<string> {
      const store = world.open();
      const { facts, opening } = await sampleSession(world.gateway, null);
      const entries = await makeEntries(facts, world.gateway, 4);
      await store.openSession(opening);
      await store.append(entries.slice(0, 2));
      await store.flush();
      await store.append(entries.slice(2));
      const { gatewayId, epoch, signer } = world.gateway;
      const head = { gatewayId, length: 4, lastEntryHash: entries[3]!.entryHash, epoch };
      await store.closeLog(await signClosing(facts, head, signer));
      if (anchorLast) await store.flush();
      const proofOf = (entry: { index: number }) => store.proof(facts.sessionId, gatewayId, entry.index);
      const source = storeSource({ store, directory: world.directory, proofOf }, headerOf(store, [facts.sessionId]));
      const text = await textOf(exportSessions(source, [facts.sessionId]));
      await store.close();
      return text;
    }

    const reader = () => new RpcReader(httpJsonRpc(node.rpcUrl), { registry: world.log.logRegistry });
    const audit = async (text: string) => toReport(await verifyExport(fileIn(folder.path, text), { node: reader() }));

    it("is exported and audited by commands: every entry under a root that the registry has, by its keys", async () => {
      const [{ sessionId } = { sessionId: "" }] = linesOf(await exported()).flatMap((line) =>
        isEntry(line) ? [line.entry] : [],
      );
      const config = join(world.folder, "api.json");
      const log = { chainId: node.chainId, registry: world.log.logRegistry };
      const store = {
        ...{ driver: "anchored", store: { driver: "sqlite", path: "./log.sqlite" }, log, rpcUrl: node.rpcUrl },
        ...{ carrierKey: { file: "./carrier.key" }, path: "./anchors.sqlite" },
      };
      const operator = { name: world.gateway.name, owner: world.gateway.owner, logKey: { env: "LOG_KEY" } };
      writeFileSync(config, JSON.stringify({ store, operator }));
      const out = place("anchored.jsonl");
      const args = ["export", String(sessionId), "--kind", "api", "--config", config, "--proofs", "--out", out];
      const run = await gatelog(args, { env: { LOG_KEY: id(`${world.gateway.name} epoch 1`) } });
      expect(run.code, run.stderr).to.equal(0);
      expect(linesOf(readFileSync(out, "utf8")).filter(({ kind }) => kind === "proof")).to.have.length(4);
      const report = reportOf(await gatelog(["--json", "verify", "--export", out, ...registry]), 0);
      expect(report.verdict).to.equal("sound");
      expect(report.trusted.source?.notes.join())
        .to.include("keys: all pinned, or those of the registry")
        .and.include("anchors: 4 of 4 entries under roots that registry");
    });

    it("believes roots and keys of the file where no node is named, and says so", async () => {
      const { verdict, trusted } = await verifyExport(fileIn(folder.path, await exported()));
      expect(verdict).to.equal("sound");
      expect(trusted.source?.notes.join()).to.include("under roots that are believed");
    });

    it("cannot tell of entries behind the last anchor", async () => {
      const { verdict, unread } = await audit(await exported(false));
      expect(verdict).to.equal("could-not-tell");
      expect(unread.map(({ message }) => message)).to.deep.equal(["entries 2 to 3 stand behind its last anchor"]);
    });

    it("cannot tell where the node does not see the anchors yet, since they are not final", async () => {
      const { verdict, unread, trusted } = await audit(
        altered(await exported(), (lines) => {
          for (const line of lines) if (isProof(line)) Object.assign(line.proof.anchor, { index: 99, final: false });
          return undefined;
        }),
      );
      expect(verdict).to.equal("could-not-tell");
      expect(unread.map(({ message }) => message)).to.deep.equal(["entries 0 to 3 stand behind its last anchor"]);
      expect(trusted.source?.notes.join()).to.include("anchors: 0 of 4 entries under roots");
    });

    it("counts no entry as anchored that it finds not to be", async () => {
      const whole = await exported();
      const notesOf = async (change: object) =>
        (await audit(altered(whole, (lines) => void Object.assign(lastProof(lines).proof.anchor, change)))).trusted
          .source?.notes;
      for (const change of [{ index: 0 }, { index: 99 }, { gatewayId: world.peer.gatewayId }])
        expect((await notesOf(change))?.join()).to.include("anchors: 3 of 4 entries under roots");
    });

    it("asks a node that does not answer once, and names what it has not asked", async () => {
      const silent = new SilentReader(httpJsonRpc(node.rpcUrl), { registry: world.log.logRegistry });
      const { verdict, unread } = await verifyExport(fileIn(folder.path, await exported()), { node: silent });
      expect(silent.asked).to.equal(1);
      expect(verdict).to.equal("could-not-tell");
      expect(unread.map(({ code }) => code)).to.deep.equal(["TIMEOUT", "TIMEOUT", "UNKNOWN_ENTRY"]);
    });

    it("names no more than so many anchors that could not be asked, and counts the rest", async () => {
      const many = altered(await exported(), (lines) => {
        const proof = lastProof(lines);
        const elsewhere = { ...proof.proof.anchor, registry: world.gateway.owner };
        const proofs = Array.from({ length: 103 }, (_, index) => ({
          ...proof,
          proof: { ...proof.proof, anchor: { ...elsewhere, index } },
        }));
        return lines.flatMap((line) => (line === proof ? [line, ...proofs, ...proofs.slice(0, 5)] : [line]));
      });
      const { unread } = await audit(many);
      expect(unread).to.have.length(101);
      expect(unread.at(-1)?.message).to.equal("3 more proofs lead to anchors that could not be asked");
    });

    it("finds an entry that lacks the anchor which a younger one has, and one that is not what was anchored", async () => {
      const whole = await exported();
      const findingsOf = async (text: string) =>
        (await audit(text)).findings.map(({ code, index }) => `${code} ${index}`);
      const first = linesOf(whole).findIndex(({ kind }) => kind === "proof");
      const bare = altered(whole, (lines) => lines.toSpliced(first, 1));
      expect(await findingsOf(bare)).to.deep.equal(["UNANCHORED 0"]);
      const spoiled = (change: object) =>
        altered(whole, (lines) => void Object.assign(lastProof(lines).proof.anchor, change));
      expect(await findingsOf(spoiled({ index: 0 }))).to.deep.equal(["ROOT_MISMATCH 3"]);
      expect(await findingsOf(spoiled({ index: 99 }))).to.deep.equal(["UNANCHORED 3"]);
      expect(await findingsOf(spoiled({ gatewayId: world.peer.gatewayId }))).to.deep.equal(["ROOT_MISMATCH 3"]);
      const elsewhere = await audit(spoiled({ registry: world.gateway.owner }));
      expect(elsewhere.unread.map(({ code }) => code)).to.deep.equal(["WRONG_CHAIN", "UNKNOWN_ENTRY"]);
      // Signed anew by the writer itself: nothing but the anchor shows it.
      expect(await findingsOf(await rewrittenLast(whole))).to.deep.equal(["ROOT_MISMATCH 3"]);
    });

    it("is compared with another copy, and shows that the writer has told two stories", async () => {
      const whole = await exported();
      const other = altered(await rewrittenLast(whole), (lines) => lines.filter(({ kind }) => kind !== "proof"));
      const files = [whole, other].flatMap((text) => ["--export", fileIn(folder.path, text)]);
      const [out, key] = [place("dispute.html"), place("auditor.key")];
      writeFileSync(key, sampleKey("auditor"), { mode: 0o600 });
      const report = ["--report", "html", "--report-out", out, "--sign-key-file", key];
      const run = await gatelog(["--json", "verify", ...files, ...report]);
      expect(run.code, run.stderr).to.equal(1);
      const { comparison, report: written } = run.json as CopiesReport & { readonly report: object };
      expect(comparison.findings[0]).to.include({ code: "SPLIT_VIEW", index: 3, gatewayId: world.gateway.gatewayId });
      expect(written).to.include({ file: out, form: "html", auditor: sampleSigner("auditor").address });
      const checked = await gatelog(["verify-report", out, "--auditor", sampleSigner("auditor").address]);
      expect(checked.code, checked.stderr).to.equal(0);
      expect(checked.stdout).to.include("2 places where two files contradict each other");
      expectNotDone(await gatelog(["--json", "verify-report", out, "--pin", place("no.json")]), "MALFORMED");
    });

    it("gives its proofs over its log API, too", async () => {
      const store = world.open();
      const cleanup = new Cleanup();
      const listener = await listen(createLogApi({ store, directory: world.directory }));
      try {
        const proofOf = openProofs({ url: listener.url, kind: "api" }, {}, cleanup);
        const [entry] = await world.write(store, 1);
        expect(await proofOf(entry!)).to.equal(null);
        await store.flush();
        expect(verifyInclusionProof(entry!, (await proofOf(entry!))!)).to.equal(true);
      } finally {
        await listener.close();
        await cleanup.run();
        await store.close();
      }
    });

    it("asks no store for proofs that makes no anchors", async () => {
      const config = join(world.folder, "plain.json");
      writeFileSync(config, JSON.stringify({ store: { driver: "sqlite", path: "./log.sqlite" } }));
      const args = ["export", "--all", "--of", world.gateway.gatewayId, "--kind", "api", "--config", config];
      expectNotDone(await gatelog(["--json", ...args, "--proofs", "--out", place("none.jsonl")]), "INVALID_CONFIG");
    });

    /** The last entry and the closing over it, signed anew; with the proof of what was there before. */
    async function rewrittenLast(whole: string): Promise<string> {
      const { gatewayId, epoch, signer } = world.gateway;
      const records = linesOf(whole).map((line) => exportLineSchema.parse(line));
      const { facts } = records.find((record) => record.kind === "session")!.opening;
      const before = records.filter((record) => record.kind === "entry")[2]!.entry;
      const { payload: _payload, ...fields } = await makeEntry(facts, world.gateway, before, { timestamp: 7 });
      const closing = await signClosing(
        facts,
        { gatewayId, length: 4, lastEntryHash: fields.entryHash, epoch },
        signer,
      );
      return altered(whole, (all) => {
        for (const line of all)
          if (isEntry(line) && line.entry.index === 3) Object.assign(line.entry, fields);
          else if (line.kind === "closing") line["statement"] = closing;
          else if (line.kind === "session")
            Object.assign((line["logs"] as object[])[0]!, { lastEntryHash: fields.entryHash });
          else if (line.kind === "proof" && line === all.findLast(({ kind }) => kind === "proof"))
            line["entryHash"] = fields.entryHash;
      });
    }
  });
});

/** A contract of somebody else's. */
const ACCOUNT = sampleSigner("somebody else").address;

/** Options that the proof of one entry does not serve. Whether the file is one is not looked at. */
function proofRefuses(options: Readonly<Record<string, () => readonly string[]>>): NotDone[] {
  return Object.entries(options).map(([what, rest]) => ({
    what,
    args: () => ["verify", "--proof", "no-proof.json", ...rest()],
    code: "MALFORMED",
  }));
}

interface ProofLine extends Line {
  readonly proof: { readonly anchor: Record<string, unknown> };
}

/** A node that gives events and blocks, and of anchors nothing in time. */
class SilentReader extends RpcReader {
  asked = 0;

  override anchorOf(): Promise<never> {
    this.asked += 1;
    return Promise.reject(new GatelogError("TIMEOUT", "the node has not answered"));
  }
}

function lastProof(lines: readonly Line[]): ProofLine {
  return lines.findLast((line): line is ProofLine => line.kind === "proof")!;
}

function isProof(line: Line): line is ProofLine {
  return line.kind === "proof";
}

function isEntry(line: Line): line is EntryLine {
  return line.kind === "entry";
}
