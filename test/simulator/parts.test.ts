import { expect } from "chai";
import { keccak256, recoverAddress, Signature, toUtf8Bytes } from "ethers";
import fc from "fast-check";
import { join } from "node:path";
import { GatelogError, isGatelogError } from "../../src/entry/errors.ts";
import { toHex, type Hash } from "../../src/entry/hex.ts";
import { keySigner, recoverSigner } from "../../src/entry/signature.ts";
import { signClosing, signOpening } from "../../src/entry/signed-statements.ts";
import { conformanceCases, type ConformanceDriver } from "../../src/store/conformance.ts";
import { makeEntries, makeFacts, type KitGateway } from "../../src/store/conformance/stage.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { Outbox, type OutboxPort } from "../../src/store/outbox.ts";
import { keyOf, type OutboxContent, type OutboxItem } from "../../src/store/outbox-items.ts";
import { sampleGateway } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { KEYS, LOG } from "./cast.ts";
import { Faults, Tally } from "./faults.ts";
import { Random } from "./random.ts";
import { SimClock } from "./sim-clock.ts";
import { SimLog } from "./sim-log.ts";
import { SimLogLine } from "./sim-log-line.ts";
import { SimDisk, SimOutbox } from "./sim-outbox.ts";
import { simulationSigner } from "./sim-signer.ts";

describe("the simulation's signer", () => {
  it("makes real signatures of the key's address", async () => {
    const signer = simulationSigner(KEYS.alpha);
    expect(signer.address).to.equal(keySigner(KEYS.alpha).address);
    for (let count = 0; count < 16; count++) {
      const digest = toHex(keccak256(toUtf8Bytes(`digest ${count}`)));
      const signature = await signer.signDigest(digest);
      expect(recoverAddress(digest, Signature.from(signature))).to.equal(signer.address);
    }
  });

  it("vouches for no other signature", async () => {
    const [alpha, beta] = [simulationSigner(KEYS.alpha), simulationSigner(KEYS.beta)];
    const digest = toHex(keccak256(toUtf8Bytes("digest")));
    expect(recoverSigner(digest, await alpha.signDigest(digest))).to.equal(alpha.address);
    expect(recoverSigner(digest, await beta.signDigest(digest))).to.equal(beta.address);
    const other = toHex(keccak256(toUtf8Bytes("another")));
    expect(recoverSigner(other, await alpha.signDigest(digest))).not.to.equal(alpha.address);
  });
});

/** One thing done to an outbox: items by their number in the pool, or in what is pending. */
type Step =
  | { readonly kind: "put"; readonly items: readonly number[] }
  | { readonly kind: "settle" | "set aside"; readonly count: number; readonly standing: number | null }
  | { readonly kind: "restart" };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), items: fc.array(fc.nat(11), { minLength: 1, maxLength: 3 }) }),
  fc.record({
    kind: fc.constantFrom("settle" as const, "set aside" as const),
    count: fc.integer({ min: 1, max: 3 }),
    standing: fc.option(fc.nat(11)),
  }),
  fc.constant({ kind: "restart" as const }),
);

describe("the simulation's outbox", () => {
  it("does what the real one does", async function () {
    this.timeout(60_000);
    const pool = await makePool();
    const [sessionId] = pool.map((content) => content.sessionId);
    if (sessionId === undefined) throw new Error("an empty pool");
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), async (steps) => {
        const folder = await temporaryFolder();
        const disk = new SimDisk();
        const open = {
          real: () => new Outbox({ path: join(folder.path, "outbox.sqlite") }),
          sim: () => new SimOutbox(disk),
        };
        let [real, sim]: [OutboxPort, OutboxPort] = [open.real(), open.sim()];
        for (const step of steps) {
          if (step.kind === "restart") {
            real.close();
            [real, sim] = [open.real(), open.sim()];
          } else expect(perform(sim, step, pool), step.kind).to.equal(perform(real, step, pool));
          expect(viewOf(sim, sessionId)).to.deep.equal(viewOf(real, sessionId));
        }
        real.close();
        await folder.remove();
      }),
      { numRuns: 60 },
    );
  });

  it("keeps what it has acknowledged, and may forget what it has settled", async () => {
    const [first, second] = await makePool();
    if (!first || !second) throw new Error("an empty pool");
    const disk = new SimDisk();
    const outbox = new SimOutbox(disk);
    outbox.put([[first]]);
    outbox.settle(outbox.pending(first.sessionId));
    expect(disk.crash(0), "changes lost").to.equal(1);
    expect(new SimOutbox(disk).countPending()).to.equal(1);
    for (const [end, kept] of [
      ["lost", 1],
      ["torn", 1],
      ["kept", 2],
    ] as const) {
      disk.dying = () => end;
      expect(() => new SimOutbox(disk).put([[second]])).to.throw("the process died");
      disk.crash(0);
      disk.dying = () => undefined;
      expect(new SimOutbox(disk).countPending(), end).to.equal(kept);
    }
  });
});

/** Two entries for each of the first places of a log, its opening and its closing. */
async function makePool(): Promise<OutboxContent[]> {
  const [origin, destination] = [sampleGateway("origin"), sampleGateway("destination")];
  const facts = makeFacts(origin, destination, { log: LOG, register: "log" });
  const { sessionId } = facts;
  const entries = await makeEntries(facts, origin, 5);
  const others = await makeEntries({ ...facts, deadline: facts.deadline + 1 }, origin, 5);
  const last = entries.at(-1);
  if (last === undefined) throw new Error("no entries");
  const head = { gatewayId: origin.gatewayId, epoch: 1, length: entries.length, lastEntryHash: last.entryHash };
  return [
    { kind: "opening", sessionId, opening: await signOpening(facts, 1, origin.signer) },
    ...[...entries, ...others].map((entry) => ({ kind: "entry", sessionId, entry }) as const),
    { kind: "closing", sessionId, closing: await signClosing(facts, head, origin.signer) },
  ];
}

function perform(outbox: OutboxPort, step: Exclude<Step, { kind: "restart" }>, pool: readonly OutboxContent[]): string {
  try {
    if (step.kind === "put") {
      outbox.put([step.items.flatMap((number) => pool[number] ?? [])]);
      return "put";
    }
    const [sessionId] = outbox.pendingSessions();
    const items = sessionId === undefined ? [] : outbox.pending(sessionId).slice(0, step.count);
    const refusal = new GatelogError("WRONG_INDEX", "refused");
    if (step.kind === "settle") outbox.settle(items);
    else outbox.setAside(items, refusal, standingOf(items, step.standing, pool));
    return `${items.length} items`;
  } catch (error) {
    return isGatelogError(error) ? error.code : String(error);
  }
}

function standingOf(
  items: readonly OutboxItem[],
  number: number | null,
  pool: readonly OutboxContent[],
): ReadonlyMap<number, Hash> {
  const there = number === null ? undefined : pool[number];
  if (there?.kind !== "entry") return new Map();
  return new Map(items.flatMap((item) => (item.kind === "entry" ? [[item.entry.index, there.entry.entryHash]] : [])));
}

/** All that can be seen of an outbox from outside, but for its ids. */
function viewOf(outbox: OutboxPort, sessionId: string): object {
  const shown = (items: readonly OutboxItem[]): string[] => items.map((item) => `${item.kind} ${keyOf(item)}`);
  const lengths = [...outbox.settledLengths(sessionId)];
  return {
    pending: shown(outbox.pending(sessionId)),
    states: outbox.pending(sessionId).map(({ id }) => outbox.stateOf(id)),
    count: outbox.countPending(),
    sessions: outbox.pendingSessions(),
    setAside: shown(outbox.allSetAside()),
    repeatable: shown(outbox.setAsideEntries(sessionId)),
    lengths,
    length: lengths.map(([gatewayId]) => outbox.settledLength(sessionId, gatewayId)),
  };
}

const MS_PER_SECOND = 1_000;

/** The log as a gateway reaches it in calm weather; time passes while a call is under way. */
const simulatedLog: ConformanceDriver = {
  name: "the simulation's",
  keepsRegister: true,
  reopens: false,
  shares: false,
  asksDirectory: true,
  keepsEvidence: false,
  openStage() {
    const clock = new SimClock();
    const tally = new Tally();
    const calm = { likelihood: new Map(), spells: [], calmFrom: 0 };
    const faults = new Faults(calm, { clock, random: new Random(1), tally, note: () => undefined });
    const directory = new MemoryGatewayDirectory();
    const log = new SimLog(directory, clock, 0);
    const line = new SimLogLine("alpha", { log, clock, faults, onWrite: () => undefined });
    const gateways = new Map<string, string>();
    const wait = (ms: number): Promise<unknown> => {
      clock.at(clock.now() + ms, () => undefined);
      return clock.run(() => false, clock.now() + ms);
    };
    return Promise.resolve({
      store: whileTimePasses(line, clock),
      log: LOG,
      createGateway: (): Promise<KitGateway> => {
        const gateway = sampleGateway(`gateway ${gateways.size}`);
        gateways.set(gateway.gatewayId, gateway.name);
        directory.register(gateway.gatewayId, gateway.signer.address);
        return Promise.resolve(gateway);
      },
      rotateKey: ({ gatewayId, epoch }): Promise<KitGateway> => {
        const successor = sampleGateway(gateways.get(gatewayId) ?? "", epoch + 1);
        directory.rotateKey(gatewayId, successor.signer.address);
        return Promise.resolve(successor);
      },
      now: () => Promise.resolve(Math.floor(clock.now() / MS_PER_SECOND)),
      advance: async (seconds) => {
        await wait(seconds * MS_PER_SECOND);
      },
      reopen: () => Promise.reject(new Error("this store is gone with its process")),
      openAnother: () => Promise.reject(new Error("this store has its logs alone")),
      close: () => Promise.resolve(),
    });
  },
};

function whileTimePasses(store: LogStore, clock: SimClock): LogStore {
  const passing = async <T>(call: Promise<T>): Promise<T> => {
    let isOver = false;
    const over = (): boolean => (isOver = true);
    call.then(over, over);
    await clock.run(() => isOver, Infinity);
    return call;
  };
  return {
    durability: store.durability,
    openSession: (opening, first) => passing(store.openSession(opening, first)),
    append: (entries) => passing(store.append(entries)),
    closeLog: (closing) => passing(store.closeLog(closing)),
    decide: (statement) => passing(store.decide(statement)),
    session: (sessionId) => passing(store.session(sessionId)),
    read: (sessionId, gatewayId, range) => passing(store.read(sessionId, gatewayId, range)),
    sessionsOf: (gatewayId, filter) => passing(store.sessionsOf(gatewayId, filter)),
    close: () => store.close(),
  };
}

describe("log store: the simulation's log", () => {
  for (const { name, run } of conformanceCases(simulatedLog)) it(name, run);
});
