import { expect } from "chai";
import { GatelogError } from "../../src/entry/errors.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import { gatewayIdOf } from "../../src/entry/statements.ts";
import { Discovery } from "../../src/gateway/discovery.ts";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import type { LogStore, SessionRecord } from "../../src/store/log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { address, WORLD_FACTS } from "../support/world-facts.ts";

const OWN = gatewayIdOf(address(1), "own");
const PEER = gatewayIdOf(address(2), "peer");
const MAX_LOOKS_AT_ONCE = 16;
const MAX_LOOKS_PER_PASS = 512;

interface Listed {
  readonly origin?: GatewayId;
  readonly isOperators?: boolean;
  readonly own?: number;
  readonly peer?: number;
  readonly failure?: GatelogError;
}

/** A store that knows sessions and their lengths, and counts how often and how often at once it is asked for one. */
class Listing implements Pick<LogStore, "session" | "sessionsOf" | "read"> {
  readonly sessions = new Map<SessionId, Listed>();
  readonly asked: SessionId[] = [];
  mostAtOnce = 0;
  #atOnce = 0;

  sessionsOf(): Promise<SessionId[]> {
    return Promise.resolve([...this.sessions.keys()]);
  }

  async session(sessionId: SessionId): Promise<SessionRecord> {
    this.asked.push(sessionId);
    this.mostAtOnce = Math.max(this.mostAtOnce, (this.#atOnce += 1));
    await new Promise((resolve) => setImmediate(resolve));
    this.#atOnce -= 1;
    const listed = this.sessions.get(sessionId) ?? {};
    if (listed.failure) throw listed.failure;
    return recordOf(sessionId, listed);
  }

  read(): Promise<[]> {
    return Promise.resolve([]);
  }
}

function recordOf(sessionId: SessionId, { origin = PEER, isOperators, own = 0, peer = 0 }: Listed): SessionRecord {
  const party = { networkId: "eip155:1", asset: null };
  const facts: SessionFacts = {
    ...{ ...WORLD_FACTS, sessionId, origin: { gatewayId: origin, ...party } },
    destination: isOperators ? null : { gatewayId: origin === OWN ? PEER : OWN, ...party },
  };
  const head = { lastEntryHash: facts.origin.gatewayId, closed: false };
  return {
    opening: { facts, epoch: 1, signature: "0x00" },
    sessionHash: facts.origin.gatewayId,
    decision: { decision: "NONE", final: false, statement: null },
    logs: [
      { gatewayId: OWN, length: own, ...head },
      { gatewayId: PEER, length: peer, ...head },
    ],
    closed: false,
  };
}

describe("the discovery of open sessions", () => {
  let store: Listing;
  let discovery: Discovery;
  let events: GatewayEvent[];
  const running = new Set<SessionId>();
  const halted: SessionId[] = [];
  let room = Infinity;

  beforeEach(() => {
    store = new Listing();
    events = [];
    running.clear();
    halted.length = 0;
    room = Infinity;
    const ports = { store, observe: (event: GatewayEvent) => void events.push(event) };
    discovery = new Discovery(ports, OWN, {
      isKnown: (sessionId) => running.has(sessionId),
      hasRoom: () => running.size < room,
      run: ({ opening }) => void running.add(opening.facts.sessionId),
      halt: (sessionId) => void halted.push(sessionId),
    });
  });

  it("looks at sixteen sessions at once, and no more", async () => {
    for (let each = 0; each < 100; each += 1) store.sessions.set(`s${each}`, { own: 1 });
    await discovery.resume();
    expect(running.size).to.equal(100);
    expect(store.mostAtOnce).to.equal(MAX_LOOKS_AT_ONCE);
    expect(events.filter(({ type }) => type === "resumed")).to.have.length(100);
  });

  it("resumes what this gateway has written to or opened, however little room strangers leave", async () => {
    for (let each = 0; each < 2_000; each += 1) store.sessions.set(`stranger ${each}`, { peer: each % 2 });
    store.sessions.set("written", { own: 3, peer: 4 });
    store.sessions.set("opened", { origin: OWN });
    room = 5;
    await discovery.resume();
    expect([...running].slice(0, 2)).to.have.members(["written", "opened"]);
    expect(running.size).to.equal(room);
  });

  it("runs neither what nobody has written to nor an operator's log", async () => {
    store.sessions.set("empty", {});
    store.sessions.set("operator", { origin: OWN, isOperators: true, own: 2 });
    await discovery.resume();
    expect(running).to.be.empty;
    store.sessions.set("empty", { peer: 1 });
    await discovery.pass();
    expect([...running]).to.deep.equal(["empty"]);
  });

  it("leaves out what cannot be read, names it, and comes back to it", async () => {
    const refused = new GatelogError("INVALID_SESSION", "malformed facts");
    const away = new GatelogError("STORE_UNAVAILABLE", "an event is missing");
    store.sessions.set("refused", { failure: refused });
    store.sessions.set("away", { failure: away, own: 1 });
    store.sessions.set("forged", { failure: new GatelogError("CORRUPT_STORE", "does not verify") });
    store.sessions.set("sound", { own: 1 });
    await discovery.resume();
    expect([...running]).to.deep.equal(["sound"]);
    expect(halted).to.deep.equal(["forged"]);
    const troubles = events.flatMap((event) => (event.type === "trouble" ? [`${event.sessionId} ${event.code}`] : []));
    expect(troubles).to.deep.equal(["refused INVALID_SESSION", "away STORE_UNAVAILABLE"]);
    store.sessions.set("away", { own: 1 });
    await discovery.pass();
    expect(running.has("away")).to.equal(true);
  });

  it("goes no further when the log's chain is another one", async () => {
    store.sessions.set("any", { failure: new GatelogError("CHAIN_IDENTITY_CHANGED", "shorter than it was") });
    await expectRejection(discovery.resume(), "CHAIN_IDENTITY_CHANGED");
  });

  it("looks at some of many empty sessions in each pass, at new ones first, and at each in its turn", async () => {
    const empty = Array.from({ length: 1_200 }, (_, each) => `empty ${each}`);
    for (const sessionId of empty) store.sessions.set(sessionId, {});
    await discovery.resume();
    store.asked.length = 0;
    store.sessions.set("new", { peer: 1 });
    await discovery.pass();
    expect(store.asked).to.have.length(MAX_LOOKS_PER_PASS);
    expect([...running]).to.deep.equal(["new"]);
    for (let passes = 1; passes < 3; passes += 1) await discovery.pass();
    expect(new Set(store.asked)).to.include.all.keys(empty);
  });
});
