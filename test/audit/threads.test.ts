import { expect } from "chai";
import { Copier, type Copy } from "../../bench/audit/copies.ts";
import { kindOf, ownerOf } from "../../src/audit/reading/event-decoder.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import type { LogWord, RawLog, SessionWord } from "../../src/audit/reading/reader.ts";
import type { Registry } from "../../src/audit/bucket-check.ts";
import { FindingList } from "../../src/audit/findings.ts";
import { Intake } from "../../src/audit/intake.ts";
import { SessionThreads } from "../../src/audit/session-threads.ts";
import { MEMORY_LIMIT, Spool } from "../../src/audit/spool.ts";
import { storedSize } from "../../src/audit/stored-event.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { verify, type VerifyOptions } from "../../src/audit/verify.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import type { Hash } from "../../src/entry/hex.ts";
import { withByte } from "../support/doctored.ts";
import { record, RecordedReader, type Recording } from "../support/recorded-reader.ts";
import { RegistryWorld } from "../support/registry-world.ts";
import { committedTransfer, TRANSFER } from "../support/stories.ts";

/** Enough for threads, and for the disk: the audit keeps less in memory. */
const SESSIONS = 220;

describe("verify in threads", function () {
  this.timeout(120_000);
  this.slow(20_000);
  let recording: Recording;
  let copies: readonly Copy[];

  before(async () => {
    ({ recording, copies } = await crowd(SESSIONS));
  });

  /** What one thread and three say of the same, which must be the same. */
  async function both(
    logs: readonly RawLog[],
    options: VerifyOptions = {},
    reader = RecordedReader,
  ): Promise<Verification> {
    const [alone, together] = [1, 3].map((threads) => verify(new reader(recording, logs), { threads, ...options }));
    const verification = await alone!;
    expect(await together).to.deep.equal(verification);
    return verification;
  }

  it("finds nothing in a sound log that is too large for the memory", async () => {
    const size = recording.logs.reduce((sum, log) => sum + storedSize(log), 0);
    expect(size).to.be.above(MEMORY_LIMIT);
    const { verdict, entries, sessions } = await both(recording.logs);
    expect({ verdict, entries: entries.withPayload, sessions: sessions.length }).to.deep.equal({
      verdict: "sound",
      entries: recording.logs.filter((log) => kindOf(log) === "EntryAppended").length,
      sessions: SESSIONS,
    });
  });

  it("finds what one thread finds, and tells the same of each session", async () => {
    const [altered, missing, late] = [3, 100, 200].map((at) =>
      copies[at]!.logs.find((log) => kindOf(log) === "EntryAppended"),
    );
    const doctored = recording.logs
      .map((log) => (log === altered ? { ...log, data: withByte(log.data, 20, 1) } : log))
      .filter((log) => log !== missing && log !== late);
    const { findings, sessions } = await both([...doctored, late!], { stories: true });
    const found = findings.map(({ code, sessionId }) => [
      code,
      copies.findIndex((copy) => copy.sessionId === sessionId),
    ]);
    expect(found).to.deep.include.members([
      ["ENTRY_ALTERED", 3],
      ["ENTRY_MISSING", 100],
      ["ENTRY_REORDERED", 200],
    ]);
    expect(new Set(found.map(([, session]) => session))).to.deep.equal(new Set([3, 100, 200]));
    expect(sessions.filter(({ story }) => story !== null)).to.have.length(SESSIONS);
  });

  it("puts what stands nowhere into the same order", async () => {
    const withheld = copies.filter((_, at) => at % 20 === 0).map(({ logs }) => logs[0]);
    const { findings, sessions } = await both(recording.logs.filter((log) => !withheld.includes(log)));
    expect(findings.filter(({ code }) => code === "OPENING_MISSING")).to.have.length(withheld.length);
    expect(sessions.filter(({ outcome }) => outcome === "UNKNOWN")).to.have.length(withheld.length);
  });

  it("could not tell where one thread could not", async () => {
    const { sessionId } = copies[7]!;
    class Forgetful extends RecordedReader {
      override sessionOf(asked: string): Promise<SessionWord> {
        return asked === sessionId ? Promise.reject(new GatelogError("TIMEOUT", "slow")) : super.sessionOf(asked);
      }
    }
    const { verdict, unread } = await both(recording.logs, {}, Forgetful);
    expect(verdict).to.equal("could-not-tell");
    expect(unread).to.deep.equal([{ what: `heads of session ${sessionId}`, code: "TIMEOUT", message: "slow" }]);
  });

  it("fails with what the registry's answers end in", async () => {
    class Broken extends RecordedReader {
      override sessionOf(): Promise<SessionWord> {
        return Promise.reject(new RangeError("a defect"));
      }
    }
    const failed = await verify(new Broken(recording), { threads: 3 }).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(RangeError);
  });

  it("fails with what ends a thread, while there is nothing wrong in this one", async () => {
    const spool = new Spool();
    const intake = new Intake(spool);
    intake.take(recording.logs);
    const { anchor } = recording;
    const { gatewayEvents } = intake.others(anchor, new FindingList());
    const grounds = { anchor, gatewayEvents, withTransfers: false, withStories: false };
    const known = new Map(copies.map((copy) => [copy.sessionId, copy]));
    const registry: Registry = {
      headsOf: (sessionId) => {
        const { session, heads } = known.get(sessionId)!;
        return Promise.resolve({ session, decision: session.decision, logs: new HeadsOfThisThread(heads) });
      },
      timestampOf: () => Promise.resolve(Infinity),
    };
    const threads = new SessionThreads(1, registry);
    const buckets = spool.seal();
    try {
      const found: number[] = [];
      const failed = await threads
        .check(grounds, buckets, (bucket) => found.push(bucket.found.count))
        .catch((error: unknown) => error);
      expect(failed).to.be.instanceOf(TypeError);
      expect(new Set(found)).to.deep.equal(new Set([0]));
    } finally {
      await threads.end();
      spool.close();
    }
  });
});

/** Heads that can be read here, and of which nothing is left when they have gone to another thread. */
class HeadsOfThisThread implements ReadonlyMap<Hash, LogWord> {
  readonly #words: ReadonlyMap<Hash, LogWord>;

  constructor(words: ReadonlyMap<Hash, LogWord>) {
    this.#words = words;
  }

  get size(): number {
    return this.#words.size;
  }

  get(gatewayId: Hash): LogWord | undefined {
    return this.#words.get(gatewayId);
  }

  has(gatewayId: Hash): boolean {
    return this.#words.has(gatewayId);
  }

  forEach(each: (word: LogWord, gatewayId: Hash, words: ReadonlyMap<Hash, LogWord>) => void): void {
    this.#words.forEach(each);
  }

  entries(): MapIterator<[Hash, LogWord]> {
    return this.#words.entries();
  }

  keys(): MapIterator<Hash> {
    return this.#words.keys();
  }

  values(): MapIterator<LogWord> {
    return this.#words.values();
  }

  [Symbol.iterator](): MapIterator<[Hash, LogWord]> {
    return this.#words.entries();
  }
}

/** A registry with one real transfer, and with copies of it in its place. */
async function crowd(count: number): Promise<{ recording: Recording; copies: readonly Copy[] }> {
  const world = await RegistryWorld.open();
  try {
    const [a, b] = [await world.register("alpha"), await world.register("beta")];
    const session = await world.open(a, b, TRANSFER);
    await committedTransfer(world, session, { setup: { payload: { note: "x".repeat(15_000) } } });
    const real = await record(new RpcReader(world.rpc, { registry: world.domain.registry }), (reader) =>
      verify(reader),
    );
    const { sessionId } = session.facts;
    const logs = real.logs.filter((log) => ownerOf(log).sessionId === sessionId);
    const heads = new Map(
      [a, b].map(({ gatewayId }): [`0x${string}`, LogWord] => {
        const word = [...real.logWords].find(([key]) => key.endsWith(gatewayId))?.[1];
        return [gatewayId, word!];
      }),
    );
    const signers = new Map([a, b].map(({ gatewayId, signer }) => [gatewayId, signer]));
    const copier = new Copier({
      domain: world.domain,
      logs,
      session: real.sessionWords.get(sessionId)!,
      heads,
      signers,
    });
    const first = logs[0]!.blockNumber;
    const copies: Copy[] = [];
    for (let at = 0; at < count; at += 1) copies.push(await copier.copy(`copy ${at}`, first + at * copier.blocks));
    const own = real.logs.filter((log) => !logs.includes(log));
    const last = copies.at(-1)!.logs.at(-1)!.blockNumber;
    const recording: Recording = {
      ...real,
      anchor: { ...real.anchor, block: { ...real.anchor.block, number: last } },
      logs: [...own, ...copies.flatMap((copy) => copy.logs)],
      sessionWords: new Map(copies.map((copy) => [copy.sessionId, copy.session])),
      logWords: new Map(
        copies.flatMap(({ sessionHash, heads: words }) =>
          [...words].map(([id, word]) => [sessionHash + id, word] as const),
        ),
      ),
      blocks: new Map(),
    };
    return { recording, copies };
  } finally {
    await world.close();
  }
}
