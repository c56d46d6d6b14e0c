import { expect } from "chai";
import type { Effect } from "../../src/audit/reading/ledger-reader.ts";
import { toHex } from "../../src/entry/hex.ts";
import { termsHashOf } from "../../src/entry/terms.ts";
import { doctoredLedger } from "../support/doctored-ledger.ts";
import { codesOf, LedgerStage, setupOf } from "../support/ledger-stage.ts";
import { committedTransfer, refusedTransfer, Teller, TO_BURN, TO_VOTE } from "../support/stories.ts";

describe("verify with the ledgers", function () {
  this.timeout(60_000);
  let ledgers: Pick<LedgerStage, "alpha" | "beta">;
  let stage: LedgerStage;

  before(async () => {
    ledgers = await LedgerStage.ledgers();
  });
  after(async () => {
    await ledgers.alpha.close();
    await ledgers.beta.close();
  });
  beforeEach(async () => {
    stage = await LedgerStage.open(ledgers);
  });
  afterEach(() => stage.close());

  it("finds nothing where effects and entries match", async () => {
    const { session, terms } = await stage.open();
    await committedTransfer(stage.log, session, setupOf(terms));
    await stage.moveAll(terms);
    const verification = await stage.audit();
    expect(verification.findings).to.deep.equal([]);
    expect(verification.verdict).to.equal("sound");
    expect(verification.ledgers.map(({ name }) => name)).to.deep.equal(["alpha", "beta"]);
  });

  it("finds entries without effect, each by its index", async () => {
    const { session, terms } = await stage.open();
    await committedTransfer(stage.log, session, setupOf(terms));
    const { findings } = await stage.audit();
    const { a, b } = stage;
    expect(findings.map(({ code, gatewayId, what }) => [code, gatewayId, what])).to.deep.equal([
      ["ENTRY_WITHOUT_EFFECT", a.gatewayId, "done-lock on alpha"],
      ["ENTRY_WITHOUT_EFFECT", a.gatewayId, "done-burn on alpha"],
      ["ENTRY_WITHOUT_EFFECT", b.gatewayId, "done-mint on beta"],
      ["ENTRY_WITHOUT_EFFECT", b.gatewayId, "done-assign on beta"],
    ]);
    for (const { gatewayId, index, what } of findings) {
      const entry = session.logs.get(gatewayId ?? "0x")?.[index ?? -1];
      expect(what).to.match(new RegExp(`^${entry?.operation ?? ""}-`));
    }
  });

  it("finds an unlock that the log calls done, and that is not", async () => {
    const { session, terms } = await stage.open();
    await new Teller(stage.log, session).tell(TO_VOTE, (mark) => (mark === "init-setup" ? setupOf(terms).setup : {}));
    await stage.log.decide(session, "ABORT", true);
    for (const mark of ["init-rollback", "exec-rollback-unlock", "done-rollback-unlock"])
      await stage.log.say(session, stage.a, mark, { step: "rollback" });
    await stage.alpha.act("lock", terms);
    const expected = (await stage.audit()).findings.find(({ code }) => code === "ENTRY_WITHOUT_EFFECT");
    expect(expected?.expected).to.equal("Unlocked or Refused");
    await stage.alpha.act("unlock", terms);
    expect((await stage.audit()).verdict).to.equal("sound");
  });

  it("finds effects without entry, and an assign without COMMIT", async () => {
    const { session, terms } = await stage.open();
    await stage.log.say(session, stage.a, "init-setup", { step: "setup", ...setupOf(terms).setup });
    await stage.moveAll(terms);
    const { findings, unread } = await stage.audit();
    expect(findings.map(({ code, expected }) => `${code} ${expected}`)).to.deep.equal(
      ["init-lock", "init-burn", "init-mint", "COMMIT"].map((mark) => `EFFECT_WITHOUT_ENTRY ${mark}`),
    );
    // Without a decision no entry says that the burn was before the assignment.
    expect(unread.map(({ code }) => code)).to.deep.equal(["UNKNOWN_ENTRY"]);
  });

  it("finds a cancel under COMMIT before its time, whoever carried it, and none behind cancelAfter (R5)", async () => {
    for (const [cancelAfter, expected] of [
      [4_100_000_000, ["fail-assign, or cancelAfter"]],
      [1, []],
    ] as const) {
      const { session, terms } = await stage.open({ cancelAfter });
      await committedTransfer(stage.log, session, setupOf(terms));
      await stage.alpha.act("lock", terms);
      await stage.beta.act("mint", terms);
      await stage.alpha.act("burn", terms);
      await stage.beta.act("cancel", terms);
      const { findings } = await stage.audit();
      const found = findings.filter(
        ({ code, sessionId }) => code === "EFFECT_WITHOUT_ENTRY" && sessionId === terms.sessionId,
      );
      expect(found.map((finding) => finding.expected)).to.deep.equal(expected);
    }
  });

  it("finds a mint that was cancelled before there was a decision, and takes a tombstone for what it is", async () => {
    const { session, terms } = await stage.open();
    const { session: other, terms: refused } = await stage.open();
    for (const [each, own] of [
      [session, terms],
      [other, refused],
    ] as const)
      await new Teller(stage.log, each).tell([...TO_VOTE, ...TO_BURN.slice(0, 2)], (mark) =>
        mark === "init-setup" ? setupOf(own).setup : {},
      );
    for (const each of [terms, refused]) await stage.alpha.act("lock", each);
    await stage.beta.act("mint", terms);
    for (const each of [terms, refused]) await stage.beta.act("cancel", each);
    const { findings } = await stage.audit();
    expect(findings.map(({ code, sessionId }) => [code, sessionId])).to.deep.equal([
      ["EFFECT_WITHOUT_ENTRY", terms.sessionId],
    ]);
  });

  it("finds what was recreated while the destination is not cancelled", async () => {
    const { session, terms } = await stage.open();
    await committedTransfer(stage.log, session, setupOf(terms));
    await stage.moveAll(terms);
    const recreate = (effects: readonly Effect[]): Effect[] => {
      const burned = effects.find(({ name }) => name === "Burned");
      return [...effects, { ...burned!, name: "Recreated", logIndex: burned!.logIndex + 9, delivered: true }];
    };
    const altered = doctoredLedger(stage.alpha.reader("alpha"), { effects: recreate });
    const { findings } = await stage.audit([altered, stage.beta.reader("beta")]);
    expect(findings.map(({ code, expected }) => `${code} ${expected}`)).to.include.members([
      "EFFECT_WITHOUT_ENTRY Cancelled on beta",
      "TWO_LIVE_COPIES one live copy at any block",
    ]);
  });

  it("finds two live copies", async () => {
    const { session, terms } = await stage.open();
    await stage.log.say(session, stage.a, "init-setup", { step: "setup", ...setupOf(terms).setup });
    await stage.beta.act("mint", terms);
    await stage.beta.act("assign", terms);
    expect(codesOf(await stage.audit())).to.include("TWO_LIVE_COPIES");
  });

  it("finds a ledger action of another amount or owner, and a state that its events do not lead to", async () => {
    const { session, terms } = await stage.open();
    await committedTransfer(stage.log, session, setupOf(terms));
    await stage.moveAll(terms);
    const altered = (change: (effect: Effect) => Effect) =>
      doctoredLedger(stage.beta.reader("beta"), {
        effects: (all) => all.map((effect) => (effect.name === "Assigned" ? change(effect) : effect)),
      });
    const owner = toHex("0x5A0b54D5dc17e0AadC383d2db43B0a0D3E029c4c");
    const foreign = altered((effect) => ({ ...effect, value: 8n, party: owner }));
    const { findings } = await stage.audit([stage.alpha.reader("alpha"), foreign]);
    const [{ index, gatewayId } = { index: null, gatewayId: null }] = findings;
    expect(findings.map(({ code }) => code)).to.deep.equal(["WRONG_EFFECT", "WRONG_EFFECT"]);
    expect(session.logs.get(gatewayId ?? "0x")?.[index ?? -1]?.operation).to.equal("done");
    const behind = altered((effect) => ({ ...effect, termsHash: toHex(`0x${"0".repeat(64)}`) }));
    expect(codesOf(await stage.audit([stage.alpha.reader("alpha"), behind]))).to.have.members([
      "HEAD_MISMATCH",
      "ENTRY_WITHOUT_EFFECT",
      "SUPPLY_NOT_CONSERVED",
    ]);
  });

  it("finds an entry whose effect is in no final block, and one whose effect came after it", async () => {
    const { session, terms } = await stage.open();
    const early = (mark: string) => (mark === "done-burn" ? { payload: { state: "BURNED", blockNumber: 1 } } : {});
    await committedTransfer(stage.log, session, { ...setupOf(terms), say: early });
    await stage.moveAll(terms);
    const { findings } = await stage.audit([stage.alpha.reader("alpha"), stage.beta.reader("beta", { depth: 1 })]);
    expect(findings.map(({ code, gatewayId, what }) => [code, gatewayId, what])).to.deep.equal([
      ["ENTRY_WITHOUT_EFFECT", stage.a.gatewayId, "done-burn on alpha"],
      ["NOT_FINAL", stage.b.gatewayId, "done-assign on beta"],
    ]);
    await stage.beta.mine();
    const later = await stage.audit([stage.alpha.reader("alpha"), stage.beta.reader("beta", { depth: 1 })]);
    expect(codesOf(later)).to.deep.equal(["ENTRY_WITHOUT_EFFECT"]);
  });

  it("finds terms in the log that are not those of the facts", async () => {
    const { session, terms } = await stage.open();
    await refusedTransfer(stage.log, session);
    expect(codesOf(await stage.audit())).to.deep.equal(["TERMS_ALTERED"]);
    const { session: other } = await stage.open();
    await stage.log.say(other, stage.a, "init-setup", { step: "setup", ...setupOf({ ...terms, value: "8" }).setup });
    expect(codesOf(await stage.audit())).to.deep.equal(["TERMS_ALTERED", "TERMS_ALTERED"]);
  });

  it("finds terms of another session, or with another register than the session's", async () => {
    const foreign = stage.terms();
    const named = { sessionId: foreign.sessionId, termsHash: termsHashOf(foreign) };
    const session = await stage.log.open(stage.a, stage.b, { ...named, sessionId: globalThis.crypto.randomUUID() });
    await stage.log.say(session, stage.a, "init-setup", { step: "setup", ...setupOf(foreign).setup });
    const { session: other, terms } = await stage.open({ log: null });
    await stage.log.say(other, stage.a, "init-setup", { step: "setup", ...setupOf(terms).setup });
    const { findings } = await stage.audit();
    expect(findings.map(({ code, what }) => `${code} ${what}`)).to.deep.equal([
      "TERMS_ALTERED session of the escrow terms",
      "TERMS_ALTERED register of the escrow terms",
    ]);
  });

  it("could not tell where one of a session's ledgers was not given", async () => {
    const { session, terms } = await stage.open();
    await stage.log.say(session, stage.a, "init-setup", { step: "setup", ...setupOf(terms).setup });
    expect((await stage.audit([stage.alpha.reader("alpha")])).verdict).to.equal("could-not-tell");
  });
});
