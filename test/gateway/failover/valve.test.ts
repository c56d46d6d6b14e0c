import { expect } from "chai";
import { Valve } from "../../../src/gateway/failover/valve.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { GatewayStage } from "../../support/gateway-stage.ts";
import { WORLD_FACTS } from "../../support/world-facts.ts";

describe("Valve", () => {
  const { sessionId } = WORLD_FACTS;

  function shutPorts() {
    const held: string[] = [];
    const valve = new Valve((what) => held.push(what));
    const stage = new GatewayStage();
    return { held, valve, stage, ports: valve.around(stage.portsOf("alpha")) };
  }

  it("lets nothing out while it is shut, and tells what it held back", async () => {
    const { held, ports, stage } = shutPorts();
    const [ledger] = ports.ledgers.values();
    const peer = stage.parties.beta.gatewayId;
    await expectRejection(ports.store.append([]), "NOT_PRIMARY");
    await expectRejection(ports.outbox.flush(sessionId), "NOT_PRIMARY");
    const query = { networkId: "", originChainId: 1, originToken: peer };
    await expectRejection(ports.peers.offer(peer, query), "NOT_PRIMARY");
    expect(ledger).to.not.equal(undefined);
    expect(held).to.deep.equal(["append", "flush", "offer"]);
  });

  it("lets readings through, and everything once it is open", async () => {
    const { held, ports, valve } = shutPorts();
    await expectRejection(ports.store.session(sessionId), "UNKNOWN_SESSION");
    valve.open();
    await ports.store.append([]);
    await ports.outbox.flush(sessionId);
    valve.shut();
    await expectRejection(ports.store.append([]), "NOT_PRIMARY");
    expect(held).to.deep.equal(["append"]);
  });
});
