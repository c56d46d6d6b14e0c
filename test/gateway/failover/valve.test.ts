import { expect } from "chai";
import { Valve } from "../../../src/gateway/failover/valve.ts";
import type { GatewayPorts, PeerTransport, PrivateLogPorts, RunTransport } from "../../../src/gateway/ports.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import type { LogStore } from "../../../src/store/log-store.ts";
import { expectRejection } from "../../support/expect-error.ts";
import { GatewayStage } from "../../support/gateway-stage.ts";
import { WORLD_FACTS } from "../../support/world-facts.ts";

/** Of a member of a port: it leaves the process, it only reads, or it is no call. */
type Kind = "leaves" | "reads" | "value";
type Table<Port> = Readonly<Record<keyof Port, Kind>>;

/** All that a gateway can ask of its ports: a member that is new there does not compile before it is said here what it is. */
const STORE: Table<LogStore> = {
  ...{ openSession: "leaves", append: "leaves", closeLog: "leaves", decide: "leaves" },
  ...{ session: "reads", read: "reads", sessionsOf: "reads", close: "reads", durability: "value" },
};
const OUTBOX: Table<GatewayPorts["outbox"]> = { flush: "leaves" };
const PEERS: Table<PeerTransport> = { send: "leaves", offer: "leaves" };
const LEDGER: Table<Ledger> = {
  ...{ act: "leaves", certify: "leaves", read: "reads", token: "reads", mappedToken: "reads" },
  ...{ networkId: "value", chainId: "value", escrow: "value", account: "value" },
};
const RUNS: Table<RunTransport> = { push: "leaves", pull: "reads" };
const COPIES: Table<PrivateLogPorts["copies"]> = { adopt: "leaves" };
const TABLES = { store: STORE, outbox: OUTBOX, peers: PEERS, ledger: LEDGER, runs: RUNS, copies: COPIES };
type PortName = keyof typeof TABLES;

const CALLS = Object.entries(TABLES).flatMap(([port, table]) =>
  Object.entries(table).map(([name, kind]) => ({ port: port as PortName, name, kind })),
);

describe("Valve", () => {
  /** Ports of which every call comes to `reached`. */
  function recorded(reached: string[]): GatewayPorts {
    const port = (name: PortName): object => {
      const calls = Object.entries(TABLES[name]).map(([member, kind]) => [
        member,
        kind === "value" ? member : () => Promise.resolve(reached.push(`${name}.${member}`)),
      ]);
      return Object.fromEntries(calls) as object;
    };
    return {
      ...new GatewayStage("local").portsOf("alpha"),
      ...{ store: port("store") as LogStore, outbox: port("outbox") as GatewayPorts["outbox"] },
      ...{ peers: port("peers") as PeerTransport, ledgers: new Map([["a network", port("ledger") as Ledger]]) },
      privateLogs: { runs: port("runs") as RunTransport, copies: port("copies") as PrivateLogPorts["copies"] },
    };
  }

  function shut() {
    const held: string[] = [];
    const reached: string[] = [];
    const valve = new Valve((what) => held.push(what));
    const ports = valve.around(recorded(reached));
    const { store, outbox, peers, ledgers, privateLogs } = ports;
    const guarded = { store, outbox, peers, ledger: ledgers.get("a network"), ...privateLogs };
    const call = async (port: PortName, name: string): Promise<unknown> =>
      (Reflect.get(guarded[port] ?? {}, name) as () => Promise<unknown>)();
    return { held, reached, valve, call };
  }

  for (const { port, name } of CALLS.filter(({ kind }) => kind === "leaves"))
    it(`holds back ${port}.${name} while it is shut, and says so`, async () => {
      const { held, reached, call } = shut();
      await expectRejection(call(port, name), "NOT_PRIMARY", { what: name });
      expect(held).to.deep.equal([name]);
      expect(reached).to.deep.equal([]);
    });

  it("lets every reading through, and holds back nothing of it", async () => {
    const { held, reached, call } = shut();
    const readings = CALLS.filter(({ kind }) => kind === "reads");
    for (const { port, name } of readings) await call(port, name);
    expect(reached).to.deep.equal(readings.map(({ port, name }) => `${port}.${name}`));
    expect(held).to.deep.equal([]);
  });

  it("lets everything out once it is open, and nothing when it is shut again", async () => {
    const { held, reached, valve, call } = shut();
    valve.open();
    const calls = CALLS.filter(({ kind }) => kind !== "value");
    for (const { port, name } of calls) await call(port, name);
    expect(reached).to.have.length(calls.length);
    expect(held).to.deep.equal([]);
    valve.shut();
    await expectRejection(call("store", "append"), "NOT_PRIMARY");
    expect(held).to.deep.equal(["append"]);
  });

  it("stands before a gateway's own ports as before these", async () => {
    const held: string[] = [];
    const stage = new GatewayStage();
    const ports = new Valve((what) => held.push(what)).around(stage.portsOf("alpha"));
    await expectRejection(ports.store.append([]), "NOT_PRIMARY");
    await expectRejection(ports.store.session(WORLD_FACTS.sessionId), "UNKNOWN_SESSION");
    expect(held).to.deep.equal(["append"]);
  });
});
