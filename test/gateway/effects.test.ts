import { expect } from "chai";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { createEffects } from "../../src/gateway/effects.ts";
import type { Mark, Marked } from "../../src/protocol/marks.ts";
import { initialState, type ProtocolEvent, type SessionState } from "../../src/protocol/state.ts";
import { GatewayStage } from "../support/gateway-stage.ts";
import { WORLD_FACTS, WORLD_TERMS } from "../support/world-facts.ts";

const FINALITY_MS = 20_000;

type Performed = Parameters<ReturnType<typeof createEffects>["perform"]>[1];

describe("what the origin's gateway makes of its ledgers", () => {
  const termsHash = WORLD_FACTS.termsHash ?? ZERO_HASH;
  const state: SessionState = { ...initialState("origin", WORLD_FACTS, ZERO_HASH), terms: WORLD_TERMS };
  let stage: GatewayStage;
  let perform: (effect: Performed, seen?: SessionState) => Promise<readonly ProtocolEvent[]>;

  beforeEach(() => {
    stage = new GatewayStage();
    const effects = createEffects(stage.portsOf("alpha"), stage.parties.alpha.options);
    perform = (effect, seen = state) => effects.perform(seen, effect);
  });

  it("says of a ledger that something is on its way there", async () => {
    const { alpha, beta } = stage.parties;
    for (const [side, chain, action, reached] of [
      ["own", alpha.chain, "lock", "LOCKED"],
      ["peer", beta.chain, "mint", "MINTED"],
    ] as const) {
      const read = async (): Promise<unknown> => {
        const [event] = await perform({ type: "read-ledger", side });
        return event;
      };
      const reading = { state: "NONE", pending: false, transactionHash: null };
      chain.finalityMs = FINALITY_MS;
      expect(await read()).to.deep.equal({ type: "ledger-read", side, reading: { ...reading, blockNumber: 0 } });
      chain.mine(action, termsHash);
      const pending = { ...reading, pending: true, blockNumber: 1 };
      expect(await read()).to.deep.equal({ type: "ledger-read", side, reading: pending });
      await stage.clock.pass(FINALITY_MS);
      const final = { ...reading, state: reached, blockNumber: 1 };
      expect(await read()).to.deep.equal({ type: "ledger-read", side, reading: final });
    }
  });

  it("takes no view of its own ledger from a node that is behind what its own log calls done", async () => {
    const logged = (mark: Mark, blockNumber: number): SessionState => {
      const place = { entryHash: ZERO_HASH, index: 0, causedBy: ZERO_HASH };
      const entry: Marked = { ...place, mark, vote: "none", payload: { blockNumber } };
      return { ...state, own: { ...state.own, marks: new Map([[mark, entry]]) } };
    };
    const { alpha, beta } = stage.parties;
    const read = { type: "read-ledger", side: "own" } as const;
    const unreachable = [{ type: "ledger-unreachable", side: "own" }];
    alpha.chain.mine("lock", termsHash);
    for (const mark of ["done-lock", "done-burn", "done-rollback-unlock", "done-rollback-recreate"] as const) {
      expect(await perform(read, logged(mark, 2)), mark).to.deep.equal(unreachable);
      const [event] = await perform(read, logged(mark, 1));
      expect(event, mark).to.have.nested.property("reading.state", "LOCKED");
    }
    expect(alpha.events.map((event) => event.type === "trouble" && event.code)).to.include("NODE_UNREACHABLE");
    const [event] = await perform(read, logged("done-record", 2));
    expect(event, "a block of the peer's ledger").to.have.nested.property("reading.state", "LOCKED");
    beta.chain.mine("mint", termsHash);
    const [seen] = await perform({ ...read, side: "peer" }, logged("done-lock", 2));
    expect(seen, "the peer's ledger").to.have.nested.property("reading.state", "MINTED");
  });

  it("states nothing that the destination's escrow does not finally hold (R3)", async () => {
    const { alpha, beta } = stage.parties;
    for (const action of ["lock", "burn"] as const) alpha.chain.mine(action, termsHash);
    beta.chain.finalityMs = FINALITY_MS;
    const recreate = async (): Promise<string> => {
      await perform({ type: "act", action: "recreate" });
      return alpha.chain.head(termsHash);
    };
    expect(await recreate(), "nothing minted").to.equal("BURNED");
    beta.chain.mine("mint", termsHash);
    await stage.clock.pass(FINALITY_MS);
    expect(await recreate(), "minted").to.equal("BURNED");
    beta.chain.mine("cancel", termsHash);
    expect(await recreate(), "cancelled, and not finally").to.equal("BURNED");
    await stage.clock.pass(FINALITY_MS);
    expect(await recreate()).to.equal("RECREATED");
  });
});
