import { expect } from "chai";
import type { Finding } from "../../src/audit/findings.ts";
import type { EffectName } from "../../src/audit/reading/ledger-reader.ts";
import type { TransferView } from "../../src/audit/ledgers/transfer-view.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { ZERO_ADDRESS } from "../../src/entry/hex.ts";
import { expectRejection } from "../support/expect-error.ts";
import { checkScript, scriptedLedgers, scriptedSession, type Wish } from "../support/ledger-script.ts";
import { account } from "../support/scripted-ledger.ts";

const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);

describe("an escrow that lies", () => {
  /** What alpha and beta do, in this order; then what is found. */
  async function story(
    script: readonly (readonly [at: 0 | 1, name: EffectName])[],
    { isOneChain = false, ...wish }: Wish & { readonly isOneChain?: boolean } = {},
  ) {
    const both = scriptedLedgers(isOneChain);
    const { checked, transfer } = await scriptedSession(both, wish);
    for (const [at, name] of script) {
      // On one chain blocks are common.
      if (isOneChain) both[1 - at]?.nextBlock();
      both[at].act(name, transfer);
    }
    return checkScript(both, [checked]);
  }
  const COMMITTED = [
    [0, "Locked"],
    [1, "Minted"],
    [0, "Burned"],
    [1, "Assigned"],
  ] as const;

  it("is silent about an honest one, on two chains or on one", async () => {
    for (const isOneChain of [false, true])
      expect(await story(COMMITTED, { isOneChain })).to.deep.include({ findings: [], unread: [] });
  });

  it("finds two live copies that were there for some blocks only, where the chain orders them", async () => {
    const { findings } = await story(
      [
        [1, "Minted"],
        [1, "Assigned"],
        [0, "Locked"],
        [0, "Burned"],
      ],
      { isOneChain: true },
    );
    expect(findings.map(({ code, found }) => `${code} ${found}`)).to.deep.equal([
      "TWO_LIVE_COPIES on alpha from the beginning until Locked in block 3, and on beta from Assigned in block 2",
    ]);
    expect(
      codes(
        (
          await story(
            [
              [1, "Minted"],
              [1, "Assigned"],
              [1, "Cancelled"],
              [0, "Locked"],
            ],
            { isOneChain: true, decision: "ABORT", logged: [] },
          )
        ).findings,
      ),
    ).to.include.members(["TWO_LIVE_COPIES", "EFFECT_OUT_OF_ORDER"]);
  });

  it("says so where only the two ledgers' clocks could tell", async () => {
    const script = [...COMMITTED, [1, "Cancelled"], [0, "Recreated"]] as const;
    const { findings, unread } = await story(script);
    expect(codes(findings)).to.include("EFFECT_OUT_OF_ORDER").and.not.to.include("TWO_LIVE_COPIES");
    // In all of them together more has arrived than is extinguished.
    expect(findings.at(-1)?.expected).to.equal("at most 0, as extinguished");
    expect(unread.map(({ code }) => code)).to.deep.equal(["UNKNOWN_ENTRY"]);
    // Where the escrow is the register, and its gateway has written nothing of the assignment.
    const silent = await story(COMMITTED, {
      isRegistered: false,
      decision: "NONE",
      logged: ["Locked", "Burned", "Minted"],
    });
    expect(silent.findings).to.deep.equal([]);
    expect(silent.unread).to.have.length(1);
    const told = await story(COMMITTED, { isRegistered: false, decision: "NONE" });
    expect(told).to.deep.include({ findings: [], unread: [] });
  });

  it("finds an assignment whose burn is not there, also while the asset is only locked", async () => {
    const { findings } = await story(
      [
        [0, "Locked"],
        [1, "Minted"],
        [1, "Assigned"],
      ],
      { logged: ["Locked", "Minted", "Assigned"] },
    );
    expect(findings.map(({ code, expected }) => `${code} ${expected}`)).to.deep.equal([
      "EFFECT_WITHOUT_ENTRY Burned on alpha",
      "SUPPLY_NOT_CONSERVED at most 0, as extinguished",
    ]);
  });

  it("finds what an escrow's own state excludes, and what is nobody's business on that side", async () => {
    const doubled = await story([
      [0, "Locked"],
      [0, "Locked"],
      [1, "Minted"],
      [0, "Burned"],
      [1, "Assigned"],
    ]);
    expect(codes(doubled.findings)).to.deep.equal(["EFFECT_OUT_OF_ORDER"]);
    const claimed = await story([...COMMITTED, [1, "Claimed"]]);
    expect(codes(claimed.findings)).to.deep.equal(["EFFECT_OUT_OF_ORDER", "SUPPLY_NOT_CONSERVED"]);
    const wrongSide = await story([[0, "Minted"]], { decision: "NONE", logged: [] });
    expect(wrongSide.findings.map(({ expected }) => expected)).to.include("an effect of the destination");
  });

  it("finds an unlock that nothing permits yet, and none behind its expiry or where the destination is cancelled", async () => {
    const wish = { decision: "NONE", logged: ["Locked", "Minted"] } as const;
    const early = await story(
      [
        [0, "Locked"],
        [1, "Minted"],
        [0, "Unlocked"],
      ],
      wish,
    );
    expect(early.findings.map(({ code, expected }) => `${code} ${expected}`)).to.deep.equal([
      "EFFECT_WITHOUT_ENTRY ABORT, or lockExpiry",
    ]);
    const cancelled = await story(
      [
        [0, "Locked"],
        [1, "Cancelled"],
        [0, "Unlocked"],
      ],
      { ...wish, logged: ["Locked"] },
    );
    expect(cancelled.findings).to.deep.equal([]);
    const both = scriptedLedgers();
    const { checked, transfer } = await scriptedSession(both, { ...wish, logged: ["Locked"] });
    both[0].clock = 5_000;
    for (const name of ["Locked", "Unlocked"] as const) both[0].act(name, transfer);
    expect((await checkScript(both, [checked])).findings).to.deep.equal([]);
  });

  it("keeps few of very many effects under one transfer's terms", async () => {
    const many = Array.from({ length: 200 }, () => [0, "Locked"] as const);
    const { findings } = await story(many, { decision: "NONE", logged: ["Locked"] });
    expect(codes(findings).filter((code) => code === "EFFECT_OUT_OF_ORDER")).to.have.length(7);
  });
});

describe("tokens, transaction by transaction", () => {
  const [from, to] = [account(1), account(2)];

  it("takes pieces together, tells one effect's move from another's, and what is booked from what is delivered", async () => {
    const both = scriptedLedgers();
    const [alpha, beta] = both;
    const one = await scriptedSession(both);
    const other = await scriptedSession(both, { value: "5" });
    const pieces = [3n, 4n].map((value) => ({ from, to: alpha.escrow, value }));
    alpha.act("Locked", one.transfer, { moves: pieces });
    alpha.act("Locked", other.transfer, { together: true });
    for (const { transfer } of [one, other]) beta.act("Minted", transfer);
    for (const { transfer } of [one, other]) alpha.act("Burned", transfer);
    beta.act("Assigned", one.transfer, { delivered: false });
    beta.act("Assigned", other.transfer);
    const booked = await checkScript(both, [one.checked, other.checked]);
    expect(booked.findings).to.deep.equal([]);
    expect(booked.reports[1]?.tokens[0]).to.include({ owed: "7", balance: "7" });
    // Its owner may have it sent to whom it likes.
    beta.act("Claimed", one.transfer, { party: account(3) });
    const claimed = await checkScript(both, [one.checked, other.checked]);
    expect(claimed.findings).to.deep.equal([]);
    expect(claimed.reports[1]?.tokens[0]).to.include({ owed: "0", balance: "0" });
  });

  it("blames the effect that moved another amount, and not one beside it in the same transaction", async () => {
    const both = scriptedLedgers();
    const [alpha] = both;
    const wish: Wish = { decision: "NONE", logged: ["Locked"] };
    const short = await scriptedSession(both, wish);
    const fine = await scriptedSession(both, { ...wish, value: "5" });
    alpha.act("Locked", short.transfer, { moves: [{ from, to: alpha.escrow, value: 6n }] });
    alpha.act("Locked", fine.transfer, { together: true });
    const { findings } = await checkScript(both, [short.checked, fine.checked]);
    expect(findings.map(({ code, sessionId, found }) => [code, sessionId, found])).to.deep.equal([
      ["WRONG_EFFECT", short.transfer.sessionId, "6"],
      ["SUPPLY_NOT_CONSERVED", null, "11"],
    ]);
  });

  it("counts a fee as what it is: what arrived is less, and what left is more", async () => {
    const both = scriptedLedgers();
    const [alpha, beta] = both;
    const { checked, transfer } = await scriptedSession(both);
    alpha.act("Locked", transfer);
    beta.act("Minted", transfer);
    alpha.act("Burned", transfer);
    beta.act("Assigned", transfer, {
      moves: [
        { from: beta.escrow, to, value: 6n },
        { from: beta.escrow, to: ZERO_ADDRESS, value: 1n },
      ],
    });
    const { findings } = await checkScript(both, [checked]);
    expect(findings.map(({ code, found }) => `${code} ${found}`)).to.deep.equal([
      "WRONG_EFFECT 6",
      `SUPPLY_NOT_CONSERVED 1 of ${account(202)} to ${ZERO_ADDRESS}`,
    ]);
  });

  it("finds a vault that gives more than it has, a count that is not its events', and a balance below what is owed", async () => {
    const both = scriptedLedgers();
    const [alpha, beta] = both;
    for (const ledger of both) for (const token of [201, 202]) ledger.modes.set(account(token), "VAULT");
    const { checked, transfer } = await scriptedSession(both);
    alpha.act("Locked", transfer);
    beta.move(account(202), "erc20", { from, to: beta.escrow, value: 7n });
    beta.act("Minted", transfer);
    const wish = { ...checked, decision: "NONE", transfer: { ...transfer, marks: marksUpTo(transfer) } } as const;
    expect((await checkScript(both, [wish])).findings.map(({ code, what }) => `${code} ${what}`)).to.deep.equal([
      `SUPPLY_NOT_CONSERVED taken out of the vault beyond what is in it, token ${account(202)} on beta, block 1`,
    ]);

    const two = scriptedLedgers();
    const later = await scriptedSession(two, { decision: "NONE", logged: ["Locked"] });
    two[0].act("Locked", later.transfer);
    two[0].words.set(account(201), { balance: 6n, extinguished: 1n });
    expect((await checkScript(two, [later.checked])).findings.map(({ what }) => what.split(",")[0])).to.deep.equal([
      "what the escrow has for what it owes",
      "extinguished by the escrow's count",
    ]);
  });

  it("gives up a ledger whose tokens are too many, or cannot be asked one after the other", async () => {
    for (const [answers, code] of [
      [() => Promise.resolve({ standard: null, mode: "NONE", extinguished: 0n, balance: 0n } as const), "TOO_LARGE"],
      [() => Promise.reject(new GatelogError("MALFORMED", "no token")), "MALFORMED"],
    ] as const) {
      const both = scriptedLedgers();
      const { transfer } = await scriptedSession(both);
      const { terms } = transfer;
      for (let token = 0; token < 1_001; token += 1)
        both[0].act("Locked", {
          ...transfer,
          terms: { ...terms, origin: { ...terms.origin, token: account(1_000 + token) } },
        });
      both[0].partBlocks = 2_000;
      both[0].tokenAt = answers;
      await expectRejection(checkScript(both, []), code);
    }
  });

  it("could not tell where a token cannot be asked, and checks the rest", async () => {
    const both = scriptedLedgers();
    const { checked, transfer } = await scriptedSession(both, { decision: "NONE", logged: ["Locked"] });
    both[0].act("Locked", transfer);
    both[0].tokenAt = () => Promise.reject(new GatelogError("MALFORMED", "no token"));
    const { findings, unread } = await checkScript(both, [checked]);
    expect(findings).to.deep.equal([]);
    expect(unread.map(({ what }) => what)).to.deep.equal([`token ${account(201)} on alpha`]);
  });
});

describe("how ledgers are read", () => {
  it("reads each part of the chain once, its moves with it, and nothing twice for many transfers", async () => {
    const both = scriptedLedgers();
    const [alpha, beta] = both;
    const all = await Promise.all(Array.from({ length: 20 }, () => scriptedSession(both)));
    for (const { transfer } of all)
      for (const [ledger, name] of [
        [alpha, "Locked"],
        [beta, "Minted"],
        [alpha, "Burned"],
        [beta, "Assigned"],
      ] as const)
        ledger.act(name, transfer);
    const { findings, unread } = await checkScript(
      both,
      all.map(({ checked }) => checked),
    );
    expect(findings).to.deep.equal([]);
    expect(unread).to.deep.equal([]);
    expect(alpha.reads).to.have.length(new Set(alpha.reads).size);
    expect(alpha.reads.slice(0, 3)).to.deep.equal(["effects 0 2", "moves 0 2", "effects 3 5"]);
  });

  it("asks nothing of the log that is younger than it, and finds early what is not final", async () => {
    const both = scriptedLedgers();
    const [alpha, beta] = both;
    const { checked, transfer } = await scriptedSession(both, { decision: "NONE", logged: [] });
    alpha.act("Locked", transfer);
    beta.act("Minted", transfer);
    beta.act("Assigned", transfer);
    // The log was read before any of it was final: its entries may be there by now.
    expect(await checkScript(both, [checked], [0, 0])).to.deep.include({ findings: [], unread: [] });
    const other = await scriptedSession(both, { decision: "NONE", logged: ["Locked"] });
    alpha.act("Locked", other.transfer);
    alpha.depth = 1;
    const { findings } = await checkScript(both, [checked, other.checked], [0, 0]);
    expect(findings.map(({ code, sessionId, index }) => [code, sessionId, index])).to.deep.equal([
      ["NOT_FINAL", other.transfer.sessionId, 1],
    ]);
  });

  it("takes no ledger twice", async () => {
    const both = scriptedLedgers();
    await expectRejection(checkScript([...both, scriptedLedgers()[0]], []), "MALFORMED", { name: "alpha" });
  });

  it("names so many sessions whose ledgers were not given, and counts the rest", async () => {
    const both = scriptedLedgers();
    const all = await Promise.all(Array.from({ length: 150 }, () => scriptedSession(both)));
    const { unread } = await checkScript(
      both.slice(0, 1),
      all.map(({ checked }) => checked),
    );
    expect(unread).to.have.length(101);
    expect(unread.at(-1)?.what).to.equal("ledgers of 50 more sessions");
  });
});

/** As if nothing behind the mint had been written. */
function marksUpTo({ marks }: TransferView): TransferView["marks"] {
  const without = (map: ReadonlyMap<string, number>, word: string) =>
    new Map([...map].filter(([mark]) => !mark.endsWith(word)));
  return { origin: without(marks.origin, "burn"), destination: without(marks.destination, "assign") };
}
