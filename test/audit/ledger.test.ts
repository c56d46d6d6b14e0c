import { expect } from "chai";
import type { Effect, LedgerReader } from "../../src/audit/ledger-reader.ts";
import { RpcReader } from "../../src/audit/rpc-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { toHex } from "../../src/entry/hex.ts";
import { termsHashOf, type Terms } from "../../src/entry/terms.ts";
import { LedgerWorld } from "../support/ledger-world.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { committedTransfer, refusedTransfer } from "../support/stories.ts";

describe("verify with the ledgers", function () {
  this.timeout(60_000);
  let log: RegistryWorld;
  let alpha: LedgerWorld;
  let beta: LedgerWorld;
  let a: Party;
  let b: Party;

  before(async () => {
    alpha = await LedgerWorld.open("alpha");
    beta = await LedgerWorld.open("beta");
    await alpha.map(alpha.chainId, alpha.token);
    await beta.map(alpha.chainId, alpha.token);
  });
  after(async () => {
    await alpha.close();
    await beta.close();
  });
  beforeEach(async () => {
    log = await RegistryWorld.open();
    a = await log.register("a");
    b = await log.register("b");
  });
  afterEach(() => log.close());

  const side = ({ chainId, escrow, token, account }: LedgerWorld) => ({
    chainId,
    escrow,
    token,
    owner: account,
    keys: [account],
  });

  /** A session whose facts bind the terms, and the terms. */
  async function open(change: Partial<Terms> = {}): Promise<{ session: WorldSession; terms: Terms }> {
    const sessionId = globalThis.crypto.randomUUID();
    const terms: Terms = {
      sessionId,
      standard: "erc20",
      value: "7",
      tokenUri: "",
      originator: alpha.account,
      beneficiary: beta.account,
      origin: side(alpha),
      destination: side(beta),
      lockExpiry: 4_000_000_000,
      cancelAfter: 4_100_000_000,
      log: log.domain,
      attestors: [],
      attestorThreshold: 0,
      ...change,
    };
    return { session: await log.open(a, b, { sessionId, termsHash: termsHashOf(terms) }), terms };
  }

  const setup = (terms: Terms) => ({ payload: { terms } });
  const audit = (
    ledgers: readonly LedgerReader[] = [alpha.reader("alpha"), beta.reader("beta")],
  ): Promise<Verification> => verify(new RpcReader(log.rpc, { registry: log.domain.registry }), { ledgers });
  const codesOf = ({ findings }: Verification) => findings.map(({ code }) => code);
  const moveAll = async (terms: Terms) => {
    await alpha.act("lock", terms);
    await beta.act("mint", terms);
    await alpha.act("burn", terms);
    await beta.act("assign", terms);
  };

  it("finds nothing where effects and entries match", async () => {
    const { session, terms } = await open();
    await committedTransfer(log, session, { setup: setup(terms) });
    await moveAll(terms);
    const verification = await audit();
    expect(verification.findings).to.deep.equal([]);
    expect(verification.verdict).to.equal("sound");
    expect(verification.ledgers.map(({ name }) => name)).to.deep.equal(["alpha", "beta"]);
  });

  it("finds entries without effect", async () => {
    const { session, terms } = await open();
    await committedTransfer(log, session, { setup: setup(terms) });
    expect(codesOf(await audit())).to.deep.equal(Array.from({ length: 4 }, () => "ENTRY_WITHOUT_EFFECT"));
  });

  it("finds effects without entry, and an assign without COMMIT", async () => {
    const { session, terms } = await open();
    await log.say(session, a, "init-setup", { step: "setup", ...setup(terms) });
    await moveAll(terms);
    expect(codesOf(await audit())).to.deep.equal(Array.from({ length: 4 }, () => "EFFECT_WITHOUT_ENTRY"));
  });

  it("finds a cancel under COMMIT before its time, whoever carried it, and none behind cancelAfter (R5)", async () => {
    for (const [cancelAfter, expected] of [
      [4_100_000_000, ["fail-assign, or cancelAfter"]],
      [1, []],
    ] as const) {
      const { session, terms } = await open({ cancelAfter });
      await committedTransfer(log, session, { setup: setup(terms) });
      await alpha.act("lock", terms);
      await beta.act("mint", terms);
      await alpha.act("burn", terms);
      await beta.act("cancel", terms);
      const { findings } = await audit();
      const found = findings.filter(
        ({ code, sessionId }) => code === "EFFECT_WITHOUT_ENTRY" && sessionId === terms.sessionId,
      );
      expect(found.map((finding) => finding.expected)).to.deep.equal(expected);
    }
  });

  it("finds what was recreated while the destination is not cancelled", async () => {
    const { session, terms } = await open();
    await committedTransfer(log, session, { setup: setup(terms) });
    await moveAll(terms);
    const honest = alpha.reader("alpha");
    const burned = (await honest.effects(await honest.finalBlock())).find(
      ({ name, termsHash }) => name === "Burned" && termsHash === termsHashOf(terms),
    );
    const recreated: Effect = { ...burned!, name: "Recreated" };
    const altered: LedgerReader = {
      ...{ name: "alpha", escrow: honest.escrow },
      chainId: () => honest.chainId(),
      finalBlock: () => honest.finalBlock(),
      timestampOf: (block) => honest.timestampOf(block),
      stateOf: (termsHash, block) => honest.stateOf(termsHash, block),
      effects: async (toBlock) => [...(await honest.effects(toBlock)), recreated],
    };
    const { findings } = await audit([altered, beta.reader("beta")]);
    expect(findings.map(({ code, expected }) => `${code} ${expected}`)).to.include(
      "EFFECT_WITHOUT_ENTRY Cancelled on beta",
    );
  });

  it("finds two live copies", async () => {
    const { session, terms } = await open();
    await log.say(session, a, "init-setup", { step: "setup", ...setup(terms) });
    await beta.act("mint", terms);
    await beta.act("assign", terms);
    expect(codesOf(await audit())).to.include("TWO_LIVE_COPIES");
  });

  it("finds a ledger action of another amount or owner, and a state that its events do not lead to", async () => {
    const { session, terms } = await open();
    await committedTransfer(log, session, { setup: setup(terms) });
    await moveAll(terms);
    const honest = beta.reader("beta");
    const altered = (change: (effect: Effect) => Effect): LedgerReader => ({
      name: "beta",
      escrow: honest.escrow,
      chainId: () => honest.chainId(),
      finalBlock: () => honest.finalBlock(),
      stateOf: (termsHash, block) => honest.stateOf(termsHash, block),
      timestampOf: (block) => honest.timestampOf(block),
      effects: async (toBlock) => (await honest.effects(toBlock)).map(change),
    });
    const owner = toHex("0x5A0b54D5dc17e0AadC383d2db43B0a0D3E029c4c");
    const isOurs = (effect: Effect) => effect.termsHash === termsHashOf(terms);
    const foreign = altered((effect) =>
      isOurs(effect) && effect.name === "Assigned" ? { ...effect, value: 8n, party: owner } : effect,
    );
    expect(codesOf(await audit([alpha.reader("alpha"), foreign]))).to.deep.equal(["WRONG_EFFECT", "WRONG_EFFECT"]);
    const behind = altered((effect) =>
      isOurs(effect) && effect.name === "Assigned" ? { ...effect, termsHash: toHex(`0x${"0".repeat(64)}`) } : effect,
    );
    expect(codesOf(await audit([alpha.reader("alpha"), behind]))).to.have.members([
      "HEAD_MISMATCH",
      "ENTRY_WITHOUT_EFFECT",
    ]);
  });

  it("finds terms in the log that are not those of the facts", async () => {
    const { session, terms } = await open();
    await refusedTransfer(log, session);
    expect(codesOf(await audit())).to.deep.equal(["TERMS_ALTERED"]);
    const { session: other } = await open();
    await log.say(other, a, "init-setup", { step: "setup", ...setup({ ...terms, value: "8" }) });
    expect(codesOf(await audit())).to.deep.equal(["TERMS_ALTERED", "TERMS_ALTERED"]);
  });

  it("could not tell where one of a session's ledgers was not given", async () => {
    const { session, terms } = await open();
    await log.say(session, a, "init-setup", { step: "setup", ...setup(terms) });
    expect((await audit([alpha.reader("alpha")])).verdict).to.equal("could-not-tell");
  });
});
