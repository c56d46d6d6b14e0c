import { expect } from "chai";
import { createChain } from "../../src/chain/chain.ts";
import { createLane } from "../../src/chain/lane.ts";
import { registerGateway } from "../../src/chain/register-gateway.ts";
import { canonicalBytes } from "../../src/entry/canonical.ts";
import { signEntry, type SignedEntry } from "../../src/entry/entry.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { sessionHashOf } from "../../src/entry/session.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { signOpening } from "../../src/entry/signed-statements.ts";
import { COMMANDS, type Operation } from "../../src/entry/vocabulary.ts";
import { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { makeFacts } from "../../src/store/conformance/stage.ts";
import { GatelogNet } from "../support/gatelog-net.ts";
import { gatelog } from "../support/gatelog.ts";
import { sampleGateway, sampleSigner, type SampleGateway } from "../support/sample-log.ts";

/** draft-belchior-gateway-recovery-01, section 3.1: the log of Figure 1, one line a step, spaces as the draft mostly has them. */
const FIGURE_1 = [
  "<p1, 1, init-validate, (GS->GR)>",
  "<p1, 2, exec-validate, (GR)>",
  "<p1, 3, done-validate, (GR)>",
  "<p1, 4, ack-validate, (GR->GS)>",
];

describe("The log of draft-01's Figure 1", function () {
  this.timeout(120_000);

  let net: GatelogNet;

  before(async () => {
    net = await GatelogNet.open({ beta: "hardhat", log: "alpha" });
    const { gateways, alpha } = net.record;
    const carrierKey = { file: net.writeKey("carrier") };
    const config = net.writeConfig("alpha-on-chain.yaml", gateways.alpha.config, (given) => ({
      ...given,
      store: { driver: "chain", rpcUrl: alpha.rpcUrl, carrierKey },
    }));
    await net.startGateway("alpha", config);
  });
  after(() => net.stop());

  /** Lines of `gatelog show SESSION --notation draft`. */
  async function shown(sessionId: string): Promise<string[]> {
    const run = await gatelog(["show", sessionId, "--notation", "draft", "--api", net.record.gateways.alpha.url]);
    expect(run.code, run.stderr).to.equal(0);
    return run.stdout.split("\n");
  }

  // One log has one writer: of what the other gateway does this one can only say so. `gateways` is its word.
  it("is shown line by line as the operator of one gateway has it logged by log-entry requests", async () => {
    const sessionId = crypto.randomUUID();
    const requests = [
      { phase: "p1", step: 1, operation: "init-validate", gateways: "(GS->GR)" },
      { phase: "p1", step: 2, operation: "exec-validate", gateways: "(GR)" },
      { phase: "p1", step: 3, operation: "done-validate", gateways: "(GR)" },
      { phase: "p1", step: 4, operation: "ack-validate", gateways: "(GR->GS)" },
    ];
    for (const [index, request] of requests.entries()) {
      const response = await fetch(`${net.record.gateways.alpha.url}/v1/sessions/${sessionId}/entries`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(request),
      });
      expect(await response.json()).to.deep.equal({ success: true, response_data: String(index) });
    }
    expect(await shown(sessionId)).to.deep.equal([...FIGURE_1, ""]);
  });

  // GS and GR each sign what they do: here nobody says who took part, it follows from author and operation.
  it("is shown line by line as both gateways have logged it, each under its own key", async () => {
    const { log, accounts } = net.record;
    const chain = createChain({ url: log.rpcUrl, expected: { chainId: log.chainId }, finality: "instant" });
    const lane = createLane(chain, keySigner(accounts.betaOwner.privateKey));
    const store = new ChainLogStore({ chain, lane }, { registry: log.logRegistry, durability: "included" });
    try {
      const [sender, receiver] = [sampleGateway("GS"), sampleGateway("GR")];
      for (const { name, signer } of [sender, receiver])
        await registerGateway(
          { chain, lane, registry: log.logRegistry },
          { owner: sampleSigner(`${name} owner`), name, key: signer.address, endpoints: ["http://127.0.0.1:1"] },
        );
      const domain = { chainId: log.chainId, registry: log.logRegistry };
      const facts = makeFacts(sender, receiver, { log: domain, register: "log" });

      const write = (author: SampleGateway, step: number, operation: Operation, before?: SignedEntry) => {
        const own = before?.gatewayId === author.gatewayId ? before : undefined;
        const place = {
          sessionId: facts.sessionId,
          sessionHash: sessionHashOf(facts),
          gatewayId: author.gatewayId,
          epoch: author.epoch,
          index: own === undefined ? 0 : own.index + 1,
          seqNumber: before === undefined ? 0 : before.seqNumber + 1,
          // The receiver's first entry answers the sender's.
          causedBy: own === undefined && before !== undefined ? before.entryHash : ZERO_HASH,
          lastEntryHash: own?.entryHash ?? ZERO_HASH,
        };
        const words = { step: 100 + step, operation, vote: "none", command: COMMANDS.other } as const;
        const payload = canonicalBytes({ command: "validate" });
        return signEntry({ ...place, ...words, timestamp: Date.now() }, payload, author.signer);
      };
      const init = await write(sender, 1, "init");
      const exec = await write(receiver, 2, "exec", init);
      const done = await write(receiver, 3, "done", exec);
      const ack = await write(receiver, 4, "ack", done);
      await store.openSession(await signOpening(facts, sender.epoch, sender.signer), [init]);
      await store.append([exec, done, ack]);
      expect(await shown(facts.sessionId)).to.deep.equal([...FIGURE_1, ""]);
    } finally {
      await store.close();
      await lane.close();
      chain.close();
    }
  });
});
