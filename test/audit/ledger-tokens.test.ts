import { expect } from "chai";
import type { Effect, LedgerReader, Move } from "../../src/audit/reading/ledger-reader.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import { ZERO_ADDRESS, ZERO_HASH, type Hex } from "../../src/entry/hex.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { doctoredLedger, type LedgerLies } from "../support/doctored-ledger.ts";
import { codesOf, LedgerStage, setupOf, sideOf } from "../support/ledger-stage.ts";
import { account } from "../support/scripted-ledger.ts";
import { committedTransfer } from "../support/stories.ts";

describe("what the tokens say, and whose an escrow's effects are", function () {
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

  /** A transfer that log and ledgers have from its beginning to its end. */
  async function transfer(change: Partial<Terms> = {}, way?: Parameters<LedgerStage["moveAll"]>[1]): Promise<Terms> {
    const { session, terms } = await stage.open(change);
    await committedTransfer(stage.log, session, setupOf(terms));
    await stage.moveAll(terms, way);
    return terms;
  }

  const stockOf = ({ ledgers: [alpha] }: Verification, token: string) =>
    alpha?.tokens.find((stock) => stock.token === token);
  const auditWith = (side: "alpha" | "beta", lies: LedgerLies) => {
    const readers = { alpha: stage.alpha.reader("alpha"), beta: stage.beta.reader("beta") };
    const given: Record<string, LedgerReader> = { ...readers, [side]: doctoredLedger(readers[side], lies) };
    return stage.audit(Object.values(given));
  };
  const altering = (isOne: (move: Move) => boolean, change: Partial<Move>): LedgerLies => ({
    moves: (moves) => moves.map((move) => (isOne(move) ? { ...move, ...change } : move)),
  });

  it("finds nothing in transfers of an ERC-721, out of a vault's token and back, and of one that cannot be delivered", async () => {
    const { alpha, beta } = stage;
    const relic = { standard: "erc721", value: "2" } as const;
    const relics = { origin: sideOf(alpha, alpha.erc721), destination: sideOf(beta, beta.erc721) };
    await transfer({ ...relic, ...relics });
    // A contract that takes no ERC-721: it stays booked.
    await transfer({ standard: "erc721", value: "3", ...relics, beneficiary: beta.token });
    await transfer({ origin: sideOf(alpha, alpha.plain) });
    const out = await stage.audit();
    expect(out.findings).to.deep.equal([]);
    expect(out.verdict).to.equal("sound");
    expect(stockOf(out, alpha.plain)).to.include({ mode: "VAULT", owed: "0", extinguished: "7", balance: "7" });
    expect(out.ledgers[1]?.tokens.find(({ token }) => token === beta.erc721)).to.include({ owed: "1", balance: "1" });

    const back = { origin: sideOf(beta), destination: sideOf(alpha, alpha.plain), value: "4" };
    await transfer({ ...back, originator: beta.account, beneficiary: alpha.account }, [beta, alpha]);
    const home = await stage.audit();
    expect(home.findings).to.deep.equal([]);
    expect(stockOf(home, alpha.plain)).to.include({ owed: "0", extinguished: "3", balance: "3" });
  });

  it("believes the token and not the escrow: less that arrived, another who got it, nothing destroyed, another id", async () => {
    const { alpha, beta } = stage;
    const { sessionId } = await transfer();
    const fee = await auditWith(
      "alpha",
      altering(({ to }) => to === alpha.escrow, { value: 5n }),
    );
    expect(fee.findings.map(({ code, sessionId: id, found }) => [code, id, found])).to.deep.equal([
      ["WRONG_EFFECT", sessionId, "5"],
      ["SUPPLY_NOT_CONSERVED", null, "5"],
    ]);
    expect(fee.findings[0]?.index).not.to.equal(null);

    const stranger = account(77);
    const robbed = await auditWith(
      "beta",
      altering(({ to }) => to === beta.account, { to: stranger }),
    );
    expect(robbed.findings.map(({ code, found }) => `${code} ${found}`)).to.deep.equal([
      "WRONG_EFFECT nothing moved",
      `SUPPLY_NOT_CONSERVED 7 of ${beta.token} to ${stranger}`,
    ]);

    const unburned = await auditWith("alpha", { moves: (moves) => moves.filter(({ to }) => to !== ZERO_ADDRESS) });
    expect(codesOf(unburned)).to.deep.equal(["WRONG_EFFECT", "SUPPLY_NOT_CONSERVED"]);
    expect(unburned.findings[1]?.what).to.match(/^arrived of/);

    await transfer({
      standard: "erc721",
      value: "2",
      origin: sideOf(alpha, alpha.erc721),
      destination: sideOf(beta, beta.erc721),
    });
    const isMint = ({ standard, from }: Move) => standard === "erc721" && from === ZERO_ADDRESS;
    const forged = await auditWith("beta", altering(isMint, { value: 9n }));
    expect(forged.findings.map(({ code, expected, found }) => `${code} ${expected} ${found}`)).to.deep.equal([
      `WRONG_EFFECT id 2 of ${beta.erc721} from ${ZERO_ADDRESS} to ${beta.escrow} id 9`,
    ]);
  });

  it("finds what left the escrow without an effect, and takes gifts and moves of nothing for what they are", async () => {
    const { alpha } = stage;
    await transfer();
    await alpha.donate(100n);
    const sound = await stage.audit();
    expect(sound.findings).to.deep.equal([]);
    expect(stockOf(sound, alpha.token)).to.include({ owed: "0", balance: "100" });
    const out = (value: bigint): LedgerLies => ({
      moves: (moves) => [...moves, { ...moves.at(-1)!, logIndex: 99, from: alpha.escrow, to: account(77), value }],
    });
    expect(codesOf(await auditWith("alpha", out(3n)))).to.deep.equal(["SUPPLY_NOT_CONSERVED"]);
    expect(codesOf(await auditWith("alpha", out(0n)))).to.deep.equal([]);
  });

  it("finds a lock and a mint that this register has no session of, and leaves another register's alone", async () => {
    const { alpha, beta } = stage;
    await transfer();
    const other = { chainId: stage.log.domain.chainId, registry: account(5) };
    for (const log of [other, null]) await stage.moveAll(stage.terms({ log }));
    const sound = await stage.audit();
    expect(sound.findings).to.deep.equal([]);
    expect(sound.verdict).to.equal("sound");
    expect(sound.ledgers.map(({ ofOthers }) => ofOthers)).to.deep.equal([2, 2]);

    const stray = stage.terms();
    await alpha.act("lock", stray);
    await beta.act("mint", stray);
    // A tombstone of one's own making is nobody's effect.
    await beta.act("cancel", stage.terms());
    const { findings } = await stage.audit();
    expect(findings.map(({ code, sessionId, expected }) => [code, sessionId, expected])).to.deep.equal([
      ["EFFECT_WITHOUT_ENTRY", stray.sessionId, "init-lock"],
      ["EFFECT_WITHOUT_ENTRY", stray.sessionId, "init-mint"],
    ]);
  });

  it("could not tell whose an effect is whose call does not show its terms, and misses none for one session alone", async () => {
    const { alpha, beta } = stage;
    const { sessionId } = await transfer();
    await alpha.act("lock", stage.terms({ log: null }));
    await alpha.act("lock", stage.terms());
    const honest = alpha.reader("alpha");
    const readers = [honest, beta.reader("beta")] as const;
    // Bytes that are no call with terms, and a call with terms that are not the event's.
    for (const [input, hidden] of [
      ["0x12345678", 2],
      [await lastInput(honest, 1), 1],
    ] as const) {
      const altered: LedgerReader = { ...doctoredLedger(honest, {}), inputOf: () => Promise.resolve(input) };
      const whole = await stage.audit([altered, readers[1]]);
      expect(whole.verdict).to.equal("could-not-tell");
      expect(whole.unread.map(({ what }) => what).join()).to.match(
        new RegExp(`under ${hidden} terms that no session has, the first Locked`),
      );
    }
    const reader = new RpcReader(stage.log.rpc, { registry: stage.log.domain.registry });
    const one = await verify(reader, { session: sessionId, ledgers: readers });
    expect(one.findings).to.deep.equal([]);
    expect(one.verdict).to.equal("sound");
    expect(one.ledgers.map(({ ofOthers }) => ofOthers)).to.deep.equal([0, 0]);
  });
});

/** What the escrow was called with for the effect that stands so far from the last. */
async function lastInput(reader: LedgerReader, fromLast: number): Promise<Hex | null> {
  const effects: Effect[] = [];
  for await (const part of reader.effects({ fromBlock: 0, toBlock: await reader.finalBlock() }))
    effects.push(...part.effects);
  return reader.inputOf(effects.at(-1 - fromLast)?.transactionHash ?? ZERO_HASH);
}
