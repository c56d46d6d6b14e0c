import { expect } from "chai";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { requestHashOf, sessionIdFor, settleRequest, transferRequestSchema } from "../../src/gateway/request.ts";
import { expectRejection } from "../support/expect-error.ts";
import { ART, COIN, GatewayStage, UNMAPPED } from "../support/gateway-stage.ts";

describe("two gateways over one log", () => {
  let stage: GatewayStage;

  beforeEach(async () => {
    stage = new GatewayStage();
    await stage.start();
  });

  afterEach(async () => {
    expect(stage.early, "done or sent before its entry was durable").to.be.empty;
    await stage.stop();
  });

  it("move an ERC-20 amount one way and an ERC-721 item the other at the same time", async () => {
    const item = { asset: { standard: "erc721", address: ART.beta, tokenId: "7" } };
    const [there, back] = await Promise.all([stage.transfer("alpha"), stage.transfer("beta", "two", item)]);
    await stage.untilClosed(there, back);
    for (const sessionId of [there, back])
      for (const name of ["alpha", "beta"] as const)
        expect(await stage.status(name, sessionId)).to.include({
          outcome: "COMMITTED",
          decision: "COMMIT",
          phase: "3.9",
        });
    expect(stage.effects("alpha").toSorted()).to.deep.equal(["assign", "burn", "lock", "mint"]);
    expect(stage.effects("beta").toSorted()).to.deep.equal(["assign", "burn", "lock", "mint"]);
  });

  it("tell each client which transactions moved its asset on both ledgers", async () => {
    const sessionId = await stage.transfer("alpha");
    await stage.untilClosed(sessionId);
    const { transactions, waitingFor, reason } = await stage.status("beta", sessionId);
    expect(transactions.map(({ networkId, action }) => `${networkId} ${action}`)).to.deep.equal([
      "eip155:31337 lock",
      "eip155:31337 burn",
      "eip155:31338 mint",
      "eip155:31338 assign",
    ]);
    expect(transactions.every(({ transactionHash }) => transactionHash !== null)).to.equal(true);
    expect({ waitingFor, reason }).to.deep.equal({ waitingFor: null, reason: null });
  });

  it("list their sessions in pages, oldest first", async () => {
    const ids = [
      await stage.transfer("alpha", "a"),
      await stage.transfer("alpha", "b"),
      await stage.transfer("alpha", "c"),
    ];
    const { gateway } = stage.parties.alpha;
    const page = async (filter: Parameters<typeof gateway.sessions>[0]) =>
      (await gateway.sessions(filter)).map(({ sessionId }) => sessionId);
    expect(await page({ open: false, limit: 2 })).to.deep.equal(ids.slice(0, 2));
    expect(await page({ open: false, limit: 2, after: ids[1] })).to.deep.equal(ids.slice(2));
    await stage.untilClosed(...ids);
    // Closed since the page before ended with it.
    expect(await page({ open: true, after: ids[1] })).to.be.empty;
    await expectRejection(gateway.sessions({ open: false, after: crypto.randomUUID() }), "MALFORMED");
  });

  it("refuse an unmapped token at 1.2, with its code in both logs, and touch no ledger", async () => {
    const sessionId = await stage.transfer("alpha", "one", {
      asset: { standard: "erc20", address: UNMAPPED, amount: "5" },
    });
    await stage.untilClosed(sessionId);
    expect(await stage.marks("beta", sessionId)).to.include.members(["fail-proposal", "ack-proposal"]);
    expect(await stage.marks("alpha", sessionId))
      .to.include("fail-proposal")
      .and.not.include("init-lock");
    for (const name of ["alpha", "beta"] as const) {
      const { outcome, reason } = await stage.status(name, sessionId);
      expect({ outcome, code: reason?.code }).to.deep.equal({ outcome: "ABORTED", code: "UNMAPPED_TOKEN" });
      expect(stage.effects(name)).to.be.empty;
    }
  });

  it("unlock when the destination votes NO because its ledger refuses the mint", async () => {
    stage.parties.beta.chain.refuses.set("mint", "LEDGER_REJECTED");
    const sessionId = await stage.transfer("alpha");
    await stage.untilClosed(sessionId);
    expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
    expect(stage.effects("beta")).to.deep.equal(["cancel"]);
    const { outcome, reason } = await stage.status("alpha", sessionId);
    expect({ outcome, code: reason?.code }).to.deep.equal({ outcome: "ABORTED", code: "LEDGER_REJECTED" });
  });

  it("abort without a lock when the ledger refuses it, behind a tombstone", async () => {
    stage.parties.alpha.chain.refuses.set("lock", "LEDGER_REJECTED");
    const sessionId = await stage.transfer("alpha");
    await stage.untilClosed(sessionId);
    expect(stage.parties.alpha.chain.effects.map(({ state }) => state)).to.deep.equal(["REFUSED"]);
    expect(await stage.status("alpha", sessionId)).to.deep.include({ outcome: "ABORTED" });
  });

  it("abort and unlock when the burn is refused", async () => {
    stage.parties.alpha.chain.refuses.set("burn", "LEDGER_REJECTED");
    const sessionId = await stage.transfer("alpha");
    await stage.untilClosed(sessionId);
    expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
    expect(stage.effects("beta")).to.deep.equal(["mint", "cancel"]);
  });

  describe("asked to cancel", () => {
    it("abort before the lock, and unlock after it", async () => {
      stage.peers.delayMs = 10;
      const early = await stage.transfer("alpha", "early");
      expect(await stage.parties.alpha.gateway.cancel(early)).to.include({ outcome: "IN_DOUBT" });
      const late = await stage.transfer("alpha", "late");
      await stage.clock.until(async () => (await stage.marks("alpha", late)).includes("init-lock-assert"));
      await stage.parties.alpha.gateway.cancel(late);
      await stage.untilClosed(early, late);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "unlock"]);
      for (const sessionId of [early, late]) {
        const { outcome, reason } = await stage.status("alpha", sessionId);
        expect({ outcome, reason }).to.deep.equal({
          outcome: "ABORTED",
          reason: { code: "REFUSED", message: "cancelled on request" },
        });
      }
    });

    it("vote NO if the destination is asked before its vote", async () => {
      stage.peers.delayMs = 10;
      const sessionId = await stage.transfer("alpha");
      await stage.clock.until(async () => (await stage.marks("beta", sessionId)).includes("ack-commence"));
      await stage.parties.beta.gateway.cancel(sessionId);
      await stage.untilClosed(sessionId);
      expect((await stage.log.session(sessionId)).decision.decision).to.equal("ABORT");
      expect(stage.effects("beta")).to.be.empty;
    });

    it("answer TOO_LATE once the transfer is decided", async () => {
      const sessionId = await stage.transfer("alpha");
      await stage.untilClosed(sessionId);
      for (const name of ["alpha", "beta"] as const)
        await expectRejection(stage.parties[name].gateway.cancel(sessionId), "TOO_LATE");
    });
  });

  describe("asked for a transfer", () => {
    it("find the session of a repeated request, while it runs and when it is done", async () => {
      const first = await stage.transfer("alpha");
      expect(await stage.transfer("alpha")).to.equal(first);
      await stage.untilClosed(first);
      expect(await stage.transfer("alpha")).to.equal(first);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "burn"]);
    });

    it("open one session for requests that come at the same time, also if the first of them fails", async () => {
      stage.peers.disconnect(stage.parties.beta.gatewayId);
      const { gateway, store } = stage.parties.alpha;
      let opened = 0;
      store.onWritten = ({ kind }) => {
        if (kind === "open") opened++;
      };
      const attempt = () => gateway.transfer(stage.request("alpha", "one")).then(({ sessionId }) => sessionId);
      const first = expectRejection(attempt(), "PEER_UNREACHABLE").then(() => stage.connect("beta"));
      const others = await Promise.allSettled([attempt(), attempt(), attempt()]);
      await first;
      const sessionId = await attempt();
      for (const other of others) if (other.status === "fulfilled") expect(other.value).to.equal(sessionId);
      expect(others.some(({ status }) => status === "fulfilled")).to.equal(true);
      expect(opened).to.equal(1);
      await stage.untilClosed(sessionId);
      expect(stage.effects("alpha")).to.deep.equal(["lock", "burn"]);
    });

    it("refuse another request under the same key with IDEMPOTENCY_CONFLICT", async () => {
      const sessionId = await stage.transfer("alpha");
      await expectRejection(stage.transfer("alpha", "one", { beneficiary: COIN.beta }), "IDEMPOTENCY_CONFLICT");
      await stage.untilClosed(sessionId);
    });

    it("refuse what they can see to be impossible, before there is a session", async () => {
      const { gateway } = stage.parties.alpha;
      const attempts = [
        ["UNMAPPED_TOKEN", { asset: { standard: "erc20", address: stage.parties.beta.chain.escrow, amount: "1" } }],
        ["UNMAPPED_TOKEN", { asset: { standard: "erc721", address: COIN.alpha, tokenId: "1" } }],
        ["LEDGER_REJECTED", { asset: { standard: "erc721", address: ART.alpha, tokenId: "1" }, originator: COIN.beta }],
        ["INVALID_SESSION", { destination: { gatewayId: gateway.identity.gatewayId, networkId: "eip155:31337" } }],
        ["NOT_SERVED_HERE", { destination: { gatewayId: stage.parties.beta.gatewayId, networkId: "eip155:1" } }],
        ["PEER_UNREACHABLE", { destination: { gatewayId: ZERO_HASH, networkId: "eip155:31338" } }],
        ["INVALID_TERMS", { deadlineMs: 60_000, lockExpiryMs: 30_000 }],
        ["INVALID_TERMS", { beneficiary: stage.parties.beta.chain.escrow }],
        ["NOT_SERVED_HERE", { profile: { logging: "local" } }],
      ] as const;
      for (const [position, [code, changes]] of attempts.entries())
        await expectRejection(stage.transfer("alpha", `bad ${position}`, changes), code);
      expect(await gateway.sessions({ open: false })).to.be.empty;
    });

    it("refuse tokens of different decimals", async () => {
      stage.parties.beta.chain.addToken(COIN.beta, "erc20", { decimals: 6 });
      await expectRejection(stage.transfer("alpha"), "UNMAPPED_TOKEN");
    });
  });

  it("know nothing of sessions that they are no party to", async () => {
    await expectRejection(stage.status("alpha", sessionIdFor(ZERO_HASH, "nobody's")), "UNKNOWN_SESSION");
  });

  it("take no message for a session from somebody who is no party, or with another's signature", async () => {
    const sessionId = await stage.transfer("alpha");
    await stage.untilClosed(sessionId);
    const { gatewayId } = stage.parties.alpha;
    const [entry] = await stage.log.read(sessionId, gatewayId, { from: 0, limit: 1 });
    const { gateway } = stage.parties.beta;
    await gateway.onPeerMessage(sessionId, entry!);
    await expectRejection(gateway.onPeerMessage(sessionId, { ...entry!, gatewayId: ZERO_HASH }), "UNKNOWN_SESSION");
    await expectRejection(gateway.onPeerMessage(sessionId, { ...entry!, timestamp: 1 }), "INVALID_ENTRY");
    const [foreign] = await stage.log.read(sessionId, stage.parties.beta.gatewayId, { from: 0, limit: 1 });
    const forged = { ...entry!, signature: foreign!.signature };
    await expectRejection(gateway.onPeerMessage(sessionId, forged), "FOREIGN_SIGNATURE");
  });
});

describe("a transfer request", () => {
  const request = {
    idempotencyKey: "k",
    asset: { standard: "erc20", address: COIN.alpha, amount: "1" },
    originator: COIN.beta,
    beneficiary: COIN.alpha,
    destination: { gatewayId: ZERO_HASH, networkId: "eip155:1" },
  };

  it("has one hash however it was written", () => {
    const spelled = { ...request, profile: { logging: "chain", accessControl: "parties" }, deadlineMs: undefined };
    const lower = { ...request, originator: request.originator.toLowerCase() };
    const hashOf = (each: object) => requestHashOf(settleRequest(transferRequestSchema.parse(each), "chain"));
    const hashes = [request, spelled, lower].map(hashOf);
    expect(new Set(hashes).size).to.equal(1);
    expect(hashOf({ ...request, deadlineMs: 1 })).not.to.equal(hashes[0]);
  });

  it("takes no amount that is zero, negative, no number, or beyond 256 bits", () => {
    for (const amount of ["0", 0, "-1", "1.5", "0x10", "01", (1n << 256n).toString(), 2 ** 60])
      expect(transferRequestSchema.safeParse({ ...request, asset: { ...request.asset, amount } }).success).to.equal(
        false,
      );
    for (const amount of ["1", 1, ((1n << 256n) - 1n).toString()])
      expect(transferRequestSchema.safeParse({ ...request, asset: { ...request.asset, amount } }).success).to.equal(
        true,
      );
  });
});
