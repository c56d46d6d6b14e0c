import { expect } from "chai";
import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { LogClient } from "../../src/client/log-client.ts";
import type { SessionEvent } from "../../src/client/session-stream.ts";
import { checkContent } from "../../src/entry/log-check.ts";
import type { LogEntry, SignedEntry } from "../../src/entry/entry.ts";
import { signClosing, signDecision, signOpening } from "../../src/entry/signed-statements.ts";
import { makeEntries, makeEntry, makeFacts } from "../../src/store/conformance/stage.ts";
import type { ConformanceStage, KitGateway } from "../../src/store/conformance.ts";
import type { GatewayDirectory } from "../../src/store/log-store.ts";
import { codeOf } from "./store-doubles.ts";
import type { WorldDriver } from "./store-stages.ts";

interface ApiCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** A log API over a driver, and a client in front of it: what both do whatever the driver. */
export function apiCases(driver: WorldDriver): ApiCase[] {
  return CASES.map(([name, run]) => ({
    name,
    run: async () => {
      const stage = await driver.openStage();
      const world = await openWorld(driver, stage);
      try {
        await run(world);
      } finally {
        await world.close();
        await stage.close();
      }
    },
  }));
}

interface World {
  readonly keepsRegister: boolean;
  readonly isChain: boolean;
  readonly stage: ConformanceStage;
  readonly client: LogClient;
  readonly origin: KitGateway;
  readonly sessionId: string;
  readonly log: { readonly sessionId: string; readonly gatewayId: KitGateway["gatewayId"] };
  readonly facts: ReturnType<typeof makeFacts>;
  /** Not written yet. */
  readonly entries: readonly SignedEntry[];
  close(): Promise<void>;
}

async function openWorld(
  { keepsRegister, name }: WorldDriver,
  stage: ConformanceStage & { readonly directory: GatewayDirectory },
): Promise<World> {
  const { store, directory } = stage;
  const listener = await listen(createLogApi({ store, directory }, { events: { pollMs: 50 } }));
  const [origin, destination] = [await stage.createGateway(), await stage.createGateway()];
  const deadline = (await stage.now()) + 3_600;
  const facts = makeFacts(origin, destination, {
    log: stage.log,
    register: stage.log ? "log" : "destination",
    deadline,
  });
  const client = new LogClient({ baseUrl: listener.url });
  await client.openSession(await signOpening(facts, origin.epoch, origin.signer));
  const { sessionId } = facts;
  return {
    ...{ keepsRegister, isChain: name.includes("chain"), stage, client, origin, facts, sessionId },
    log: { sessionId, gatewayId: origin.gatewayId },
    entries: await makeEntries(facts, origin, 4),
    close: () => listener.close(),
  };
}

const CASES: readonly (readonly [name: string, run: (world: World) => Promise<void>])[] = [
  [
    "appends, and gives out what was appended in every way there is",
    async ({ client, sessionId, log, entries }) => {
      expect(await client.append(sessionId, entries.slice(0, 2))).to.equal(1);
      expect(await client.append(sessionId, entries)).to.equal(3);
      expect(await client.length(log)).to.equal(4);
      expect(await client.entries(log, { from: 1, limit: 2 })).to.deep.equal(entries.slice(1, 3));
      expect(await client.entry(log, 2)).to.deep.equal(entries[2]);
      expect(await client.lastEntry(log)).to.deep.equal(entries[3]);
      const streamed: LogEntry[] = [];
      for await (const entry of client.stream(log, 1)) streamed.push(entry);
      expect(streamed).to.deep.equal(entries.slice(1));
      const status = await client.status(sessionId);
      expect(status.logs.map(({ length }) => length)).to.have.members([4, 0]);
      expect(status.finality.durability).to.equal((await client.service()).durability);
    },
  ],
  [
    "says what a copy lacks, and takes what it has more",
    async ({ client, sessionId, log, entries }) => {
      expect(await client.update(sessionId, entries.slice(0, 3))).to.equal(-1);
      const diff = await client.diff(log, { length: 1, lastEntryHash: entries[0]!.entryHash });
      expect(diff).to.deep.equal({ commonPrefix: 0, missing: entries.slice(1, 3), complete: true });
      expect(await client.update(sessionId, entries)).to.equal(2);
      expect(await client.length(log)).to.equal(4);
    },
  ],
  [
    "proves how an entry is held",
    async ({ client, sessionId, log, entries, origin, isChain, stage }) => {
      await client.append(sessionId, entries);
      const proof = await client.proof(log, 2);
      expect(proof.entryHash).to.equal(entries[2]!.entryHash);
      expect(proof.signer).to.equal(origin.signer.address);
      expect(proof.durability).to.equal(stage.store.durability);
      const [first] = proof.entries;
      expect(first).to.deep.include({ entryHash: proof.entryHash, index: 2 });
      for (const entry of proof.entries) checkContent(entry);
      expect(proof.entries.at(-1)?.signature).to.equal(proof.signature);
      if (!isChain) expect(proof.chain).to.equal(null);
      else expect(proof.chain).to.deep.include({ ...stage.log, final: true });
      const missing = await client.proof(log, 9).catch((error: unknown) => error);
      expect(missing).to.have.property("code", "UNKNOWN_ENTRY");
    },
  ],
  [
    "tells a session as it goes on, and goes on where a reader was",
    async ({ client, sessionId, entries, origin, facts, keepsRegister }) => {
      await client.append(sessionId, entries.slice(0, 2));
      const stop = new AbortController();
      const events = client.events(sessionId, { signal: stop.signal });
      const [first, second] = [await nextOf(events), await nextOf(events)];
      expect([first, second].map((event) => event.type === "entry" && event.entry.index)).to.deep.equal([0, 1]);
      const waiting = nextOf(events);
      await client.append(sessionId, entries.slice(2, 3));
      expect(await waiting).to.have.nested.property("entry.entryHash", entries[2]!.entryHash);
      if (keepsRegister) {
        await client.decide(await signDecision(facts, "ABORT", origin.epoch, origin.signer));
        expect(await nextOf(events)).to.have.nested.property("decision.decision", "ABORT");
      }
      stop.abort();
      await events.return();

      // Somebody who had the first two goes on with the third.
      const again = new AbortController();
      const resumed = client.events(sessionId, { lastEventId: second.lastEventId, signal: again.signal });
      expect(await nextOf(resumed)).to.have.nested.property("entry.index", 2);
      again.abort();
      await resumed.return();
    },
  ],
  [
    "refuses under the store's own codes",
    async ({ client, sessionId, entries, origin, facts }) => {
      expect(await codeOf(client.append(sessionId, entries.slice(1)))).to.equal("WRONG_INDEX");
      await client.append(sessionId, entries.slice(0, 1));
      const other = await makeEntry(facts, origin, null, { timestamp: 1 });
      expect(await codeOf(client.append(sessionId, [other]))).to.equal("EQUIVOCATION");
      const unknown = { sessionId: "00000000-0000-4000-8000-000000000001", gatewayId: origin.gatewayId };
      expect(await codeOf(client.length(unknown))).to.equal("UNKNOWN_SESSION");
      const head = { gatewayId: origin.gatewayId, length: 2, lastEntryHash: entries[1]!.entryHash, epoch: 1 };
      expect(await codeOf(client.closeLog(await signClosing(facts, head, origin.signer)))).to.equal("WRONG_INDEX");
    },
  ],
];

async function nextOf(events: AsyncGenerator<SessionEvent, void, undefined>): Promise<SessionEvent> {
  const { value } = await events.next();
  if (value === undefined) throw new Error("the stream of events has ended");
  return value;
}
