import { expect } from "chai";
import { createGatewayOperations } from "../../src/api/gateway-operations.ts";
import { listen, type Listener } from "../../src/api/listen.ts";
import { createLogApi } from "../../src/api/log-api.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { GatewayId } from "../../src/entry/hex.ts";
import type { SessionFacts, SessionOpening } from "../../src/entry/session.ts";
import { signOpening } from "../../src/entry/signed-statements.ts";
import { createHttpPeers } from "../../src/gateway/http-peers.ts";
import { runToJson } from "../../src/gateway/runs.ts";
import { makeFacts, type KitGateway } from "../../src/store/conformance/stage.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { expectRejection } from "../support/expect-error.ts";
import { GatewayStage, type Name } from "../support/gateway-stage.ts";
import { makeEntries, makeEntry } from "../support/sample-log.ts";

describe("private logs over HTTP", () => {
  let stage: GatewayStage;
  let alpha: KitGateway;
  let beta: KitGateway;
  let listener: Listener;
  let facts: SessionFacts;
  let opening: SessionOpening;
  let entries: SignedEntry[];

  beforeEach(async () => {
    stage = new GatewayStage("local");
    [alpha, beta] = [memberOf("alpha"), memberOf("beta")];
    listener = await serve(stage, "beta");
    facts = makeFacts(alpha, beta);
    opening = await signOpening(facts, 1, alpha.signer);
    entries = await makeEntries(facts, alpha, 3);
  });

  afterEach(async () => {
    await listener.close();
    await stage.stop();
  });

  function memberOf(name: Name): KitGateway {
    return { gatewayId: stage.parties[name].gatewayId, epoch: 1, signer: stage.portsOf(name).signer };
  }

  function serve({ parties, directory }: GatewayStage, name: Name): Promise<Listener> {
    const { gateway, gatewayId, log } = parties[name];
    const operations = createGatewayOperations(gateway);
    return listen(createLogApi({ store: log, directory, operations }, { gatewayId }));
  }

  /** The way to whoever listens at the URL as beta. */
  function peersAt(url: string) {
    const keys = [{ epoch: 1, key: beta.signer.address }];
    return createHttpPeers(
      new MemoryGatewayDirectory([{ gatewayId: beta.gatewayId, epoch: 1, keys, endpoints: [url] }]),
    );
  }

  const push = (run: { opening?: SessionOpening; entries: SignedEntry[] }) =>
    peersAt(listener.url).push(beta.gatewayId, facts.sessionId, run);

  const post = (body: unknown, sessionId = facts.sessionId) =>
    fetch(`${listener.url}/v1/peer/${sessionId}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  it("are pushed, and durable when the receipt is given", async () => {
    expect(await push({ opening, entries })).to.deep.equal({ holds: 3, length: 0 });
    const copy = await stage.parties.beta.log.read(facts.sessionId, alpha.gatewayId, { from: 0, limit: 10 });
    expect(copy).to.deep.equal(entries);
    const again = await post(runToJson({ entries }));
    expect(again.status).to.equal(202);
    expect(await again.json()).to.have.nested.property("response_data.holds", 3);
  });

  it("are refused unread if they are more than any run has", async () => {
    const answer = await post({ entries: Array.from({ length: 251 }, () => 0) });
    expect(answer.status).to.equal(413);
    expect(await answer.json()).to.include({ code: "TOO_LARGE" });
  });

  it("are pulled from where it is asked for, with the opening before the first entry", async () => {
    await push({ opening, entries });
    const pull = (gatewayId: GatewayId, from: number) =>
      peersAt(listener.url).pull(beta.gatewayId, facts.sessionId, { gatewayId, from });
    expect(await pull(alpha.gatewayId, 0)).to.deep.equal({ opening, entries });
    expect(await pull(alpha.gatewayId, 2)).to.deep.equal({ entries: entries.slice(2) });
    expect(await pull(alpha.gatewayId, 3)).to.deep.equal({ entries: [] });
    await expectRejection(pull("0x12", 0), "MALFORMED");
    await expectRejection(pull(alpha.gatewayId, -1), "MALFORMED");
  });

  it("are refused with what the sender needs to know", async () => {
    await expectRejection(push({ entries }), "UNKNOWN_SESSION");
    await push({ opening, entries: entries.slice(0, 1) });
    await expectRejection(push({ entries: entries.slice(2) }), "WRONG_INDEX", { expected: 1, status: 409 });
    const other = await makeEntry(facts, alpha, null, { timestamp: 1 });
    const standing = entries[0]?.entryHash ?? "";
    const fork = { index: 0, expected: standing, actual: other.entryHash };
    await expectRejection(push({ entries: [other] }), "EQUIVOCATION", fork);
  });

  it("are no single messages, and no bodies of any size or shape", async () => {
    const message = await post(entryToJson(entries[0]!));
    expect([message.status, ((await message.json()) as { code: string }).code]).to.deep.equal([501, "NOT_SERVED_HERE"]);
    for (const body of [
      {},
      { entries: [] },
      { entries: "all" },
      { entries: entries.map(entryToJson), more: 1 },
      { opening: {}, entries: entries.map(entryToJson) },
    ]) {
      const response = await post(body);
      expect(((await response.json()) as { code: string }).code, JSON.stringify(body).slice(0, 80)).to.equal(
        "MALFORMED",
      );
    }
    const heavy = await post({ entries: [], padding: "x".repeat(1_100_000) });
    expect(heavy.status).to.equal(413);
  });

  it("are not exchanged with a gateway whose log is shared", async () => {
    const shared = new GatewayStage("chain");
    const other = await serve(shared, "beta");
    const peers = peersAt(other.url);
    await expectRejection(peers.push(beta.gatewayId, facts.sessionId, { opening, entries }), "NOT_SERVED_HERE");
    const query = { gatewayId: alpha.gatewayId, from: 0 };
    await expectRejection(peers.pull(beta.gatewayId, facts.sessionId, query), "NOT_SERVED_HERE");
    await other.close();
  });
});
