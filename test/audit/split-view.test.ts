import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import type { AuditReader, RawLog } from "../../src/audit/reading/reader.ts";
import { verifyTwice } from "../../src/audit/split-view.ts";
import { renderText } from "../../src/audit/report/report.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import type { Hash } from "../../src/entry/hex.ts";
import { indexOf, kindOf, recorded, withByte, without } from "../support/doctored.ts";
import { expectRejection } from "../support/expect-error.ts";
import { RecordedReader, type Recording } from "../support/recorded-reader.ts";
import type { Party, WorldSession } from "../support/registry-world.ts";
import { committedTransfer, refusedTransfer, TRANSFER } from "../support/stories.ts";

const OTHER_HASH: Hash = `0x${"77".repeat(32)}`;

describe("two nodes of one chain", function () {
  this.timeout(60_000);
  let recording: Recording;
  let a: Party;
  let committed: WorldSession;

  before(async () => {
    recording = await recorded(async (world) => {
      a = await world.register("a");
      const b = await world.register("b");
      committed = await world.open(a, b, TRANSFER);
      await committedTransfer(world, committed);
      await refusedTransfer(world, await world.open(b, a, TRANSFER));
    });
  });

  /** What a node answers otherwise than the recorded one. */
  const node = (change: Partial<AuditReader> = {}, logs?: readonly RawLog[]): AuditReader => {
    const honest = new RecordedReader(recording, logs);
    const member = <Name extends keyof AuditReader>(name: Name) =>
      (change[name] ?? honest[name].bind(honest)) as AuditReader[Name];
    return {
      ...{ anchor: member("anchor"), logs: member("logs"), logOf: member("logOf"), sessionOf: member("sessionOf") },
      ...{ decisionOf: member("decisionOf"), gatewayOf: member("gatewayOf"), anchorsOf: member("anchorsOf") },
      ...{ anchorOf: member("anchorOf"), blockOf: member("blockOf") },
    };
  };
  const splits = async (first: AuditReader, second: AuditReader) => {
    const { verdict, findings } = await verifyTwice(first, second);
    expect(verdict).to.equal("findings");
    return findings.filter(({ code }) => code === "SPLIT_VIEW");
  };
  const placeOf = (index: number) =>
    recording.logs.findIndex(
      (log) => kindOf(log) === "EntryAppended" && log.topics[2] === a.gatewayId && indexOf(log) === index,
    );

  it("that agree make one sound verdict, which says that both were asked", async () => {
    const verification = await verifyTwice(node(), node());
    expect(verification.findings).to.deep.equal([]);
    expect(verification.verdict).to.equal("sound");
    expect(renderText(verification)).to.include("two nodes: each event and head as of block");
  });

  it("may give the same events in other parts", async () => {
    const oneByOne = node({
      logs: async function* ({ firstTopics }) {
        await Promise.resolve();
        for (const log of recording.logs)
          if (firstTopics === undefined || firstTopics.some((topic) => topic === log.topics[1]))
            yield { logs: [log], upTo: log.blockNumber };
      },
    });
    expect((await verifyTwice(node(), oneByOne)).verdict).to.equal("sound");
    expect((await verifyTwice(oneByOne, node())).verdict).to.equal("sound");
  });

  it("are held against each other event by event: the first place is named, with both answers", async () => {
    const place = placeOf(7);
    const log = recording.logs[place]!;
    const subject = { sessionId: committed.facts.sessionId, gatewayId: a.gatewayId, index: 7, block: log.blockNumber };
    const lacking = node({}, without(recording.logs, place));
    const [missing, ...more] = await splits(node(), lacking);
    expect(more).to.deep.equal([]);
    expect(missing).to.include({
      ...subject,
      what: `event at block ${log.blockNumber}, log ${log.logIndex}, of the first node and of the second`,
    });
    expect(missing?.expected).to.include(log.data);
    expect(missing?.found).to.include(recording.logs[place + 1]!.data);
    const [withheld] = await splits(lacking, node());
    expect(withheld).to.include(subject);
    const [alteredOne] = await splits(
      node(),
      node({}, recording.logs.with(place, { ...log, data: withByte(log.data, 31, 9) })),
    );
    expect(alteredOne).to.include(subject);
  });

  it("part at the end, too, where one of them has no more events", async () => {
    const last = recording.logs.length - 1;
    const shorter = node({}, without(recording.logs, last));
    expect((await splits(node(), shorter))[0]).to.include({ found: "no event there" });
    expect((await splits(shorter, node()))[0]).to.include({ expected: "no event there" });
  });

  it("are held against each other head by head", async () => {
    const honest = new RecordedReader(recording);
    const session = await splits(
      node(),
      node({ sessionOf: async (id) => ({ ...(await honest.sessionOf(id)), votedNo: true }) }),
    );
    expect(session.map(({ sessionId }) => sessionId)).to.include(committed.facts.sessionId);
    const log = await splits(
      node(),
      node({ logOf: async (hash, id) => ({ ...(await honest.logOf(hash, id)), length: 99 }) }),
    );
    expect(log.map(({ gatewayId }) => gatewayId)).to.include(a.gatewayId);
    const gateway = await splits(node(), node({ gatewayOf: () => Promise.resolve(null) }));
    expect(gateway[0]).to.include({
      what: "gateway in the registry, of the first node and of the second",
      found: "null",
    });
    const decision = await splits(node(), node({ decisionOf: () => Promise.resolve("ABORT") }));
    expect(decision.length).to.equal(1);
    const anchors = await splits(node(), node({ anchorsOf: () => Promise.resolve({ count: 1, lastBlock: 1 }) }));
    expect(anchors.length).to.equal(2);
  });

  it("with other blocks from some height on: the first of them is named", async () => {
    const blockOf = (parted: (block: number) => boolean) => (number: number) => {
      const hash: Hash = parted(number) ? OTHER_HASH : `0x${number.toString(16).padStart(64, "0")}`;
      return Promise.resolve({ number, hash, timestamp: 1 });
    };
    const first = node({ blockOf: blockOf(() => false) });
    const [parting] = await splits(first, node({ blockOf: blockOf((number) => number >= 11) }));
    expect(parting).to.include({
      block: 11,
      what: "hash of block 11, of the first node and of the second",
      found: OTHER_HASH,
    });
    const genesis = await splits(
      node(),
      node({ anchor: () => Promise.resolve({ ...recording.anchor, genesisHash: OTHER_HASH }) }),
    );
    expect(genesis[0]).to.include({ block: 0, found: OTHER_HASH });
  });

  describe("of which one stops answering while the parting block is looked for", () => {
    const gone = () => Promise.reject(new GatelogError("NODE_UNREACHABLE", "it is gone"));
    const ownBlock = (number: number) =>
      Promise.resolve({ number, hash: `0x${number.toString(16).padStart(64, "0")}` as const, timestamp: 1 });
    const otherBlock = (number: number) => Promise.resolve({ number, hash: OTHER_HASH, timestamp: 1 });
    const partings = ({ findings }: Verification) =>
      findings.filter(({ code, what }) => code === "SPLIT_VIEW" && what.startsWith("hash of block"));

    it("part all the same: the lowest block is named that is known to differ, and the second is not read", async () => {
      const { number: last } = recording.anchor.block;
      for (const [answers, lowest] of [
        [1, last],
        [2, last >> 1],
      ] as const) {
        let asked = 0;
        const blockOf = (number: number) => {
          asked += 1;
          return asked > answers ? gone() : otherBlock(number);
        };
        const verification = await verifyTwice(node({ blockOf: ownBlock }), node({ blockOf }));
        expect(verification.verdict).to.equal("findings");
        expect(partings(verification).map(({ block }) => block)).to.deep.equal([lowest]);
        expect(verification.unread.map(({ what, code }) => [what, code])).to.deep.equal([
          [`the second node, asked for the blocks up to ${last}`, "NODE_UNREACHABLE"],
        ]);
      }
    });

    it("part all the same where it is the first, and the audit goes on", async () => {
      const { number: last } = recording.anchor.block;
      const blockOf = (number: number) => (number === last >> 1 ? gone() : ownBlock(number));
      const verification = await verifyTwice(node({ blockOf }), node({ blockOf: otherBlock }));
      expect(partings(verification).map(({ block }) => block)).to.deep.equal([last]);
      expect(verification.unread.map(({ what }) => what)).to.deep.equal([
        `the first node, asked for block ${last >> 1}`,
      ]);
    });

    it("could not tell where it is the second, and nothing has parted yet", async () => {
      const { verdict, unread, findings } = await verifyTwice(node(), node({ blockOf: gone }));
      expect({ verdict, findings }).to.deep.equal({ verdict: "could-not-tell", findings: [] });
      expect(unread.map(({ code }) => code)).to.deep.equal(["NODE_UNREACHABLE"]);
    });
  });

  it("part in the same order, whichever answer comes first, and in the chain before the heads", async () => {
    const place = placeOf(7);
    const foundWhere = (isSlow: (gatewayId: string) => boolean) =>
      splits(
        node(),
        node(
          {
            logOf: async (hash, gatewayId) => {
              if (isSlow(gatewayId)) await setTimeout(50);
              return { ...(await new RecordedReader(recording).logOf(hash, gatewayId)), length: 99 };
            },
          },
          without(recording.logs, place),
        ),
      );
    const found = await foundWhere((gatewayId) => gatewayId === a.gatewayId);
    expect(found[0]?.what).to.match(/^event at block/);
    expect(new Set(found.map(({ gatewayId }) => gatewayId)).size).to.equal(2);
    expect(await foundWhere((gatewayId) => gatewayId !== a.gatewayId)).to.deep.equal(found);
  });

  it("are asked as of the lower of their final blocks", async () => {
    const { block } = recording.anchor;
    const asked: number[] = [];
    const ahead = node({
      anchor: () =>
        Promise.resolve({ ...recording.anchor, block: { ...block, number: block.number + 5, hash: OTHER_HASH } }),
      sessionOf: (id, number) => {
        asked.push(number);
        return new RecordedReader(recording).sessionOf(id);
      },
    });
    const verification = await verifyTwice(ahead, node());
    expect(verification.verdict).to.equal("sound");
    expect(verification.trusted.block).to.deep.equal({ number: block.number, hash: block.hash });
    expect(new Set(asked)).to.deep.equal(new Set([block.number]));
  });

  it("never make a sound verdict where the second stops answering, and are refused if they are of two chains", async () => {
    const gone = () => Promise.reject(new GatelogError("NODE_UNREACHABLE", "it is gone"));
    const { verdict, unread, findings } = await verifyTwice(node(), node({ sessionOf: gone }));
    expect({ verdict, findings }).to.deep.equal({ verdict: "could-not-tell", findings: [] });
    expect(unread.map(({ code }) => code)).to.deep.equal(["NODE_UNREACHABLE"]);
    const silent = node({
      // A node that cannot be asked for events gives none, and no end either.
      logs: () => ({ [Symbol.asyncIterator]: () => ({ next: gone }) }),
    });
    expect((await verifyTwice(node(), silent)).verdict).to.equal("could-not-tell");
    const foreign = node({ anchor: () => Promise.resolve({ ...recording.anchor, chainId: 7 }) });
    await expectRejection(verifyTwice(node(), foreign), "WRONG_CHAIN", { actual: 7 });
  });
});
