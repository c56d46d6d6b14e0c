import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sessionHashOf } from "../../src/entry/session.ts";
import { expandSignature } from "../../src/entry/signature.ts";
import { statementDigest } from "../../src/entry/statements.ts";
import { termsHashOf } from "../../src/entry/terms.ts";
import { developmentSigner } from "../support/accounts.ts";
import { ACCOUNTS } from "../support/deploy.ts";
import { expectNotDone, gatelog, type CliRun } from "../support/gatelog.ts";
import { SettleWorld, type LeftSession } from "../support/settle-world.ts";
import { temporaryFolder } from "../support/store-stages.ts";

interface Answer {
  readonly outcome: string;
  readonly done: readonly { readonly type: string; readonly action?: string; readonly by?: string }[];
  readonly left: readonly { readonly type: string; readonly action?: string; readonly needs?: readonly string[] }[];
}

// Sessions whose gateways are gone, on real nodes; the command is a process of its own and finds everything on chain.
describe("gatelog settle", function () {
  this.timeout(180_000);

  let dir: string;
  let remove: () => Promise<void>;
  let world: SettleWorld;

  before(async () => {
    const folder = await temporaryFolder();
    dir = folder.path;
    remove = () => folder.remove();
    world = await SettleWorld.open(dir);
  });
  after(async () => {
    await world.close();
    await remove();
  });

  const run = (left: LeftSession, options: Parameters<SettleWorld["arguments"]>[1] = {}, ...more: string[]) =>
    gatelog([...world.arguments(left, options), ...more]);

  /** What was done, in short; and the exit code. */
  function told({ json, code, stderr }: CliRun) {
    expect(json, stderr).to.have.property("outcome");
    const { outcome, done } = json as Answer;
    return [code, outcome, ...done.map(({ type, action, by }) => (type === "decide" ? type : `${action} by ${by}`))];
  }

  /** One live copy, nothing made or lost, and an auditor who finds nothing. */
  async function expectSound(left: LeftSession): Promise<void> {
    expect((await world.state(left)).copies).to.equal(1);
    const { made, supply, owned } = await world.holdings();
    expect([supply, owned]).to.deep.equal([made, made]);
    const { verdict, findings } = await world.audit(left);
    expect(findings).to.deep.equal([]);
    expect(verdict).to.equal("sound");
  }

  describe("after the deadline, with both gateways gone", () => {
    it("unlocks what was locked, on the word of the origin's owner", async () => {
      const left = await world.leave(["origin", "done-lock"], ["lock"]);
      const early = await run(left, { certify: ["owner-a"] });
      expect(told(early)).to.deep.equal([2, "IN_DOUBT"]);
      expect(await world.state(left)).to.include({ origin: "LOCKED", copies: 0 });

      await world.passDeadline(left);
      const explained = await run(left, { certify: ["owner-a"] }, "--explain");
      expect([explained.code, (explained.json as Answer).left.map(({ type }) => type)]).to.deep.equal([0, ["decide"]]);
      expect(await world.state(left)).to.include({ origin: "LOCKED", copies: 0 });

      const settled = await run(left, { certify: ["owner-a"] });
      expect(told(settled)).to.deep.equal([1, "ABORTED", "decide", "unlock by REGISTER_ABORT"]);
      await expectSound(left);
      expect(told(await run(left))).to.deep.equal([1, "ABORTED"]);
    });

    it("cancels what was minted too, on the word of a key of the destination's group", async () => {
      const left = await world.leave(["destination", "ack-prepare"], ["lock", "mint"]);
      await world.passDeadline(left);
      const settled = await run(left, { certify: ["key-b"] });
      const steps = ["decide", "cancel by REGISTER_ABORT", "unlock by REGISTER_ABORT"];
      expect(told(settled)).to.deep.equal([1, "ABORTED", ...steps]);
      await expectSound(left);
    });

    it("recreates what was burned, on the word of the destination's owner", async () => {
      const left = await world.leave(["origin", "done-burn"], ["lock", "mint", "burn"]);
      await world.passDeadline(left);
      const settled = await run(left, { certify: ["owner-b"] });
      const steps = ["decide", "cancel by REGISTER_ABORT", "recreate by DESTINATION_CANCELLED"];
      expect(told(settled)).to.deep.equal([1, "ABORTED", ...steps]);
      await expectSound(left);
    });

    it("bars what was announced and may still land, and writes nothing where nothing was", async () => {
      const locking = await world.leave(["origin", "exec-lock"], []);
      await world.passDeadline(locking);
      expect(told(await run(locking, { certify: ["key-a"] })).slice(1)).to.deep.equal([
        ...["ABORTED", "decide", "unlock by REGISTER_ABORT"],
      ]);
      expect(await world.state(locking)).to.include({ origin: "REFUSED", destination: "NONE" });
      await expectSound(locking);

      const minting = await world.leave(["destination", "exec-mint"], ["lock"]);
      await world.passDeadline(minting);
      expect(told(await run(minting, { certify: ["key-a"] })).slice(1)).to.deep.equal([
        ...["ABORTED", "decide", "cancel by REGISTER_ABORT", "unlock by REGISTER_ABORT"],
      ]);
      expect(await world.state(minting)).to.include({ origin: "UNLOCKED", destination: "CANCELLED" });
      await expectSound(minting);
    });

    it("needs nobody's word where the clocks have run: the owner unlocks, and anyone cancels", async () => {
      const left = await world.leave(["destination", "ack-prepare"], ["lock", "mint"]);
      await world.passDeadline(left);
      await world.alpha.moveTo(left.terms.lockExpiry);
      await world.beta.moveTo(left.terms.cancelAfter);
      const settled = await run(left, { key: "alice" });
      expect(told(settled)).to.deep.equal([1, "ABORTED", "decide", "cancel by clock", "unlock by originator"]);
      await expectSound(left);
    });
  });

  describe("under COMMIT, with the destination gone", () => {
    async function committed(): Promise<LeftSession> {
      const left = await world.leave(["origin", "done-burn"], ["lock", "mint", "burn"]);
      await world.commit(left);
      return left;
    }

    it("assigns by a stranger, with a certificate that the destination's owner has made elsewhere", async () => {
      const left = await committed();
      const made = await run(left, { certify: ["owner-b"] }, "--certify");
      expect([made.code, made.json], made.stderr).to.have.deep.nested.property("[1].missing", 0);
      expect(await world.state(left)).to.include({ destination: "MINTED" });
      const file = join(dir, "commit.json");
      writeFileSync(file, made.stdout);
      expect(told(await run(left, {}, "--certificate", file))).to.deep.equal([
        0,
        "COMMITTED",
        "assign by REGISTER_COMMIT",
      ]);
      await expectSound(left);
    });

    it("assigns by a key of the destination's group, which needs no certificate", async () => {
      const left = await committed();
      expect(told(await run(left, { key: "key-b" }))).to.deep.equal([0, "COMMITTED", "assign by key"]);
      await expectSound(left);
    });

    it("takes no word of the origin's group for it, and reverses behind cancelAfter, if asked to", async () => {
      const left = await committed();
      const certify = ["owner-a", "key-a"] as const;
      const refused = await run(left, { certify });
      expect(told(refused)).to.deep.equal([2, "IN_DOUBT"]);
      expect((refused.json as Answer).left[0]).to.include({ type: "lacking", action: "assign" });

      await world.beta.moveTo(left.terms.cancelAfter);
      expect(told(await run(left, { certify }))).to.deep.equal([2, "IN_DOUBT"]);
      const steps = ["cancel by clock", "recreate by DESTINATION_CANCELLED"];
      expect(told(await run(left, { certify }, "--reverse"))).to.deep.equal([1, "REVERSED", ...steps]);
      await expectSound(left);
    });
  });

  describe("with private logs, whose register is the destination's escrow", () => {
    it("goes by the clock, from the gateway's own store or its log API", async () => {
      const file = join(dir, "private.sqlite");
      const left = await world.leavePrivate(file);
      const settle = (...more: readonly string[]) => [
        ...["--json", "settle", left.terms.sessionId, ...world.ledgerArguments],
        ...["--key-file", world.keyFile("stranger"), "--certify-key-file", world.keyFile("owner-a"), ...more],
      ];
      const explained = await gatelog(settle("--api", left.apiUrl, "--explain"));
      expect((explained.json as Answer).left, explained.stderr).to.have.deep.nested.property("[0].needs", ["clock"]);
      await left.close();
      expect(told(await gatelog(settle("--store", file)))).to.deep.equal([2, "IN_DOUBT"]);

      await world.beta.moveTo(left.terms.cancelAfter);
      const steps = ["cancel by clock", "unlock by DESTINATION_CANCELLED"];
      expect(told(await gatelog(settle("--store", file)))).to.deep.equal([1, "ABORTED", ...steps]);
      expect((await world.state(left)).copies).to.equal(1);
      const { made, supply, owned } = await world.holdings();
      expect([supply, owned]).to.deep.equal([made, made]);
    });
  });

  describe("refuses", () => {
    let left: LeftSession;

    before(async () => {
      left = await world.leave(["destination", "ack-prepare"], ["lock", "mint"]);
      await world.passDeadline(left);
      expect(told(await run(left))).to.deep.equal([2, "IN_DOUBT", "decide"]);
    });
    afterEach(async () => {
      expect(await world.state(left)).to.include({ origin: "LOCKED", destination: "MINTED" });
    });

    it("a certificate that a stranger would sign", async () => {
      expectNotDone(await run(left, { certify: ["stranger"] }), "FOREIGN_SIGNATURE");
      expectNotDone(await run(left, { certify: ["stranger"] }, "--certify"), "FOREIGN_SIGNATURE");
    });

    it("the signed request to decide in the place of a certificate", async () => {
      const { facts } = left.session;
      const key = developmentSigner(ACCOUNTS.ledgerKeyB);
      const request = { sessionHash: sessionHashOf(facts), decision: 1, epoch: 1 };
      const signature = await key.signDigest(statementDigest(left.terms.log, "Decide", request));
      const [chainId, source] = [left.terms.log!.chainId, left.terms.log!.registry];
      const block = { blockNumber: 1, blockHash: `0x${"11".repeat(32)}` };
      const certificate = { termsHash: termsHashOf(left.terms), fact: "REGISTER_COMMIT", chainId, source, ...block };
      const file = join(dir, "request.json");
      writeFileSync(file, JSON.stringify({ ...certificate, signatures: [expandSignature(signature)] }));
      expectNotDone(await run(left, {}, "--certificate", file), "FOREIGN_SIGNATURE");
      writeFileSync(file, JSON.stringify({ ...request, signature }));
      expectNotDone(await run(left, {}, "--certificate", file), "MALFORMED");
    });

    it("nothing without saying what it lacks, in words too", async () => {
      const { code, stdout } = await gatelog(world.arguments(left, {}).slice(1));
      expect([code, stdout.split("  ")[0]]).to.deep.equal([2, "NOT SETTLED"]);
      expect(stdout).to.include(
        "cancel on the destination's ledger is permitted (the register holds ABORT), and needs",
      );
      expect(stdout).to.include("a certificate of REGISTER_ABORT, signed by a key or the owner of either group");
    });

    it("to read a register that is not the session's, and to go without a ledger of it", async () => {
      const { sessionId } = left.session.facts;
      const log = ["--rpc-url", world.logChain.rpcUrl, "--log-registry", left.terms.log!.registry];
      const [, alpha = ""] = world.ledgerArguments;
      expectNotDone(await gatelog(["--json", "settle", sessionId, ...log, "--ledger", alpha]), "INVALID_CONFIG");
      expectNotDone(await gatelog(["--json", "settle", sessionId, ...world.ledgerArguments]), "MALFORMED");
    });
  });
});
