import { expect } from "chai";
import type { FindingCode } from "../../src/audit/findings.ts";
import { renderText } from "../../src/audit/report/report.ts";
import type { LogQuery } from "../../src/audit/reading/reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { expectationSchema } from "../../src/audit/trust.ts";
import { renderCopies, toCopiesReport, verifyCopies } from "../../src/audit/verify-copies.ts";
import type { VerifyExportOptions } from "../../src/audit/files/export-source.ts";
import { verifyExport } from "../../src/audit/files/verify-export.ts";
import { canonicalBytes } from "../../src/entry/canonical.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { ZERO_ADDRESS, type Hash } from "../../src/entry/hex.ts";
import { sessionHashOf } from "../../src/entry/session.ts";
import { signClosing, signDecision } from "../../src/entry/signed-statements.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { altered, asOfStore, exportOf, fileIn, type Line } from "../support/export-files.ts";
import {
  closeLog,
  destination,
  fileOf,
  idsOf,
  LOG,
  origin,
  sampleLogs,
  writeLog,
  type Logs,
} from "../support/log-file-stage.ts";
import { RegistryWorld } from "../support/registry-world.ts";
import {
  makeEntry,
  sampleDirectory,
  sampleGateway,
  sampleSession,
  sampleSigner,
  type SampleSession,
} from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import {
  committedTransfer,
  lateTransfer,
  refusedTransfer,
  Teller,
  TO_BURN,
  TO_END,
  TO_ROLLBACK,
  TO_VOTE,
  TRANSFER,
} from "../support/stories.ts";

const SPOILED = 2;
const OTHER_HASH: Hash = `0x${"77".repeat(32)}`;

type Told = Parameters<Teller["tell"]>[0];

const OF_ORIGIN: Told = TO_ROLLBACK.filter(([role]) => role === "origin");
const OF_DESTINATION: Told = TO_ROLLBACK.filter(([role]) => role === "destination");
const NO: Told = [["destination", "ack-prepare", "prepare-ack", "message"]];

/** Transfers in which one side reads the decision in the register, and has not seen the other's last numbers, which are high. */
const LATE_NUMBERS: Readonly<Record<string, LateNumbers>> = {
  "ABORT of the next epoch": {
    ...{ decision: "ABORT", signed: true, rotates: true },
    ...{ before: TO_VOTE.slice(0, 14), high: TO_VOTE.slice(14, 17), reader: OF_DESTINATION, highly: OF_ORIGIN },
  },
  "ABORT of the origin, beside a later NO": {
    ...{ decision: "ABORT", signed: true, rotates: false },
    ...{ before: TO_VOTE, high: [], reader: OF_ORIGIN, highly: [...NO, ...OF_DESTINATION] },
  },
  "ABORT by a NO": {
    ...{ decision: "ABORT", signed: false, rotates: false },
    ...{ before: TO_VOTE, high: NO, reader: OF_ORIGIN, highly: OF_DESTINATION },
  },
  COMMIT: {
    ...{ decision: "COMMIT", signed: true, rotates: false },
    ...{ before: [...TO_VOTE, ...TO_BURN.slice(0, 5)], high: TO_BURN.slice(5) },
    reader: TO_END.slice(1, 6).map(([role, mark, step]) => [role, mark, step] as const),
    highly: TO_END.filter(([role], place) => role === "origin" && place < 9),
  },
};

interface LateNumbers {
  readonly decision: "COMMIT" | "ABORT";
  readonly signed: boolean;
  readonly rotates: boolean;
  /** Before the decision, the last of it with high numbers. */
  readonly before: Told;
  readonly high: Told;
  /** Behind it, of who has read it; and of the other side. */
  readonly reader: Told;
  readonly highly: Told;
}

interface EntryLine extends Line {
  readonly entry: Record<string, unknown> & { readonly index: number; readonly gatewayId: string };
}

describe("a log that was exported from a store", function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  /** Private logs, both closed. */
  let closed: SampleSession;
  let logs: Logs;
  let text: string;

  before(async () => {
    folder = await temporaryFolder();
    const directory = sampleDirectory(origin, destination);
    const store = new MemoryLogStore({ directory });
    logs = { store, directory };
    closed = await sampleSession(origin, destination, { log: LOG, register: "log" });
    await writeLog(store, closed, origin, 5);
    await writeLog(store, closed, destination, 4);
    await closeLog(store, closed, origin);
    await closeLog(store, closed, destination);
    text = await fileOf(logs, idsOf([closed]));
  });
  after(() => folder.remove());

  const audit = (content: string, options: VerifyExportOptions = {}) =>
    verifyExport(fileIn(folder.path, content), options);

  it("is sound where every log is closed, and says whose word the keys are", async () => {
    const verification = await audit(text);
    expect(verification.findings).to.deep.equal([]);
    expect(verification.unread).to.deep.equal([]);
    expect(verification.verdict).to.equal("sound");
    expect(verification.entries).to.deep.equal({ total: 9, withPayload: 9 });
    expect(verification.trusted.source?.notes.join()).to.include("keys: of 2 gateways as the file says them");
    expect(renderText(verification))
      .to.match(/^VERDICT: sound by the signatures in it/)
      .and.not.include("genesis");
    expect(expectationSchema.safeParse(verification.trusted).success).to.equal(true);
  });

  it("is held against the keys that are pinned", async () => {
    const { trusted } = await audit(text);
    const again = await audit(text, {
      expect: { gateways: [...trusted.gateways].map(({ gatewayId, keys }) => ({ gatewayId, keys: [...keys] })) },
    });
    expect(again.verdict).to.equal("sound");
    expect(again.trusted.source?.notes.join()).to.include("keys: all pinned");
    const key = sampleSigner("somebody else").address;
    const other = { gatewayId: origin.gatewayId, keys: [{ epoch: 1, key }] };
    const codes = (await audit(text, { expect: { gateways: [other] } })).findings.map(({ code }) => code);
    expect(codes).to.include.members(["TRUST_MISMATCH", "OPENING_ALTERED"]);
  });

  it("cannot be told to be sound where a log is open: nothing signed says where it ends", async () => {
    const { store, directory, sessions } = await sampleLogs();
    const file = await fileOf({ store, directory }, idsOf(sessions));
    const { verdict, findings, unread, sessions: checked } = await audit(file);
    expect({ verdict, findings }).to.deep.equal({ verdict: "could-not-tell", findings: [] });
    expect(unread.map(({ what }) => what.replace(/ of the log.*/, ""))).to.deep.equal(["end", "end"]);
    expect(checked.map(({ outcome, closed: isClosed }) => ({ outcome, isClosed }))).to.deep.equal([
      { outcome: "ABORTED", isClosed: true },
      { outcome: "UNDECIDED", isClosed: false },
    ]);
    const one = await audit(file, { session: sessions[0]!.facts.sessionId });
    expect(one.verdict).to.equal("sound");
  });

  it("is judged by the order of the protocol, and by its register as far as the source keeps it", async () => {
    const file = await transfersOfAChain();
    const { findings, sessions, unread } = await audit(file);
    expect(findings).to.deep.equal([]);
    expect(sessions.map(({ outcome }) => outcome)).to.deep.equal(["COMMITTED", "ABORTED", "ABORTED"]);
    // When the deadline passed is known by a block alone.
    expect(unread.map(({ what }) => what.split(" ")[0])).to.deep.equal(["time"]);

    const undecided = await audit(withoutDecisions(file));
    expect(undecided.findings).to.deep.equal([]);
    expect(undecided.sessions.map(({ outcome }) => outcome)).to.deep.equal(["ELSEWHERE", "ELSEWHERE", "ELSEWHERE"]);
    expect(undecided.unread.map(({ code }) => code)).to.deep.equal(["NO_REGISTER", "NO_REGISTER", "NO_REGISTER"]);

    const early = await audit(altered(file, (lines) => lines.filter((line) => !isEntry(line) || !isBurn(line))));
    expect(early.verdict).to.equal("findings");
  });

  it("knows an epoch by its first signature, and finds an entry of an earlier one behind it", async () => {
    const [one, two] = [sampleGateway("old and new", 1), sampleGateway("old and new", 2)];
    const session = await sampleSession(one, null);
    const first = await makeEntry(session.facts, one, null);
    const second = await makeEntry(session.facts, two, first);
    const line = (third: Awaited<ReturnType<typeof makeEntry>>) =>
      fileWith(session, [first, second, third], one.gatewayId);
    const good = await line(await makeEntry(session.facts, two, second));
    expect((await audit(good)).verdict).to.equal("sound");
    const stale = await line(await makeEntry(session.facts, { ...one, epoch: 1 }, second));
    const { findings } = await audit(stale);
    expect(findings[0]).to.include({ code: "KEY_NOT_VALID", index: 2, expected: "2", found: "1", block: null });
  });

  it("puts a decision behind what its writer had signed in an earlier epoch", async () => {
    const world = await RegistryWorld.open();
    try {
      const [a, b] = [await world.register("a"), await world.register("b")];
      const session = await world.open(a, b);
      for (const mark of ["init-other", "exec-other"]) await world.say(session, a, mark);
      await world.rotate(a);
      await world.decide(session, "ABORT", true);
      await world.say(session, a, "done-other");
      for (const party of [a, b]) await world.closeLog(session, party);
      const { verdict, findings } = await audit(altered(await exportOf(world), asOfStore));
      expect({ verdict, findings }).to.deep.equal({ verdict: "sound", findings: [] });
    } finally {
      await world.close();
    }
  });

  for (const [what, told] of Object.entries(LATE_NUMBERS))
    it(`puts a decision before what rests on it, though the numbers of who has read it are lower: ${what}`, async () => {
      const world = await RegistryWorld.open();
      try {
        const [a, b] = [await world.register("a"), await world.register("b")];
        const session = await world.open(a, b, TRANSFER);
        const teller = new Teller(world, session);
        const vote = (mark: string) =>
          mark === "ack-prepare" ? ({ vote: told.decision === "COMMIT" ? "yes" : "no" } as const) : {};
        let number = 1_000;
        const highly = (mark: string) => ({ ...vote(mark), seqNumber: (number += 1) });
        await teller.tell(told.before, vote);
        await teller.tell(told.high, highly);
        if (told.rotates) await world.rotate(a);
        await world.decide(session, told.decision, told.signed);
        await teller.tell(told.reader);
        await teller.tell(told.highly, highly);
        for (const party of [a, b]) await world.closeLog(session, party);
        const text = await exportOf(world);
        for (const file of [text, altered(text, asOfStore)]) {
          const { verdict, findings } = await audit(file);
          expect({ verdict, findings }).to.deep.equal({ verdict: "sound", findings: [] });
        }
      } finally {
        await world.close();
      }
    });

  describe("and altered with care", () => {
    const cases: readonly (readonly [string, FindingCode, (lines: Line[]) => Line[] | undefined])[] = [
      ["a payload", "PAYLOAD_ALTERED", onEntry((entry) => (entry["payload"] = {}))],
      ["a field", "ENTRY_ALTERED", onEntry((entry) => (entry["timestamp"] = 1))],
      ["a hash that the file says", "ENTRY_ALTERED", onEntry((entry) => (entry["entryHash"] = OTHER_HASH))],
      ["a missing entry", "ENTRY_MISSING", (lines) => lines.filter((line) => !isSpoiled(line))],
      [
        "a doubled entry",
        "ENTRY_DOUBLED",
        (lines) => lines.flatMap((line) => (isSpoiled(line) ? [line, line] : [line])),
      ],
    ];
    for (const [what, code, change] of cases)
      it(`shows ${what}`, async () => {
        const { findings } = await audit(altered(text, change));
        expect(findings.map((finding) => finding.code)).to.include(code);
        expect(findings.find((finding) => finding.code === code)).to.include({
          ...{ sessionId: closed.facts.sessionId, gatewayId: origin.gatewayId, index: SPOILED, block: null },
        });
      });

    it("shows a cut tail by the signed closing, and a closing that is not signed", async () => {
      const cut = await audit(altered(text, (lines) => lines.filter((line) => !isEntry(line) || line.entry.index < 4)));
      expect(cut.findings[0]).to.include({ code: "TAIL_CUT", index: 4, expected: "5", found: "4" });
      const shorter = altered(text, (lines) => {
        const closing = lines.find(({ kind }) => kind === "closing");
        Object.assign(closing!["statement"] as object, { length: 4 });
      });
      expect((await audit(shorter)).findings.map(({ code }) => code)).to.include("CLOSING_ALTERED");
    });

    it("shows another opening, and gateways that the file does not have", async () => {
      const codesOf = async (change: (lines: Line[]) => Line[] | undefined) =>
        (await audit(altered(text, change))).findings.map(({ code }) => code);
      expect(await codesOf((lines) => lines.filter(({ kind }) => kind !== "gateway"))).to.include("OPENING_ALTERED");
      const otherHash = (lines: Line[]): undefined => {
        for (const line of lines) if (line.kind === "session") line["sessionHash"] = OTHER_HASH;
      };
      expect(await codesOf(otherHash)).to.include("OPENING_ALTERED");
      const twice = (lines: Line[]): Line[] => [
        ...lines,
        ...lines.slice(lines.findIndex(({ kind }) => kind === "session")),
      ];
      expect(await codesOf(twice)).to.deep.equal(["EVENT_DOUBLED"]);
      const key = sampleSigner("somebody else").address;
      const otherKeys = (lines: Line[]): Line[] => [...lines, { ...lines[1]!, keys: [{ epoch: 1, key }] }];
      expect(await codesOf(otherKeys)).to.deep.equal(["TRUST_MISMATCH"]);
      const none = await audit(altered(text, (lines) => lines.filter(({ kind }) => kind === "header")));
      expect(none.unread.map(({ what }) => what)).to.deep.equal([`session ${closed.facts.sessionId}`]);
    });
  });

  describe("beside another copy", () => {
    const compare = (first: string, second: string) =>
      verifyCopies([fileIn(folder.path, first), fileIn(folder.path, second)]);

    it("is sound where both are and have the same", async () => {
      const verification = await compare(text, text);
      expect(verification.verdict).to.equal("sound");
      expect(verification.comparison).to.deep.include({ sameEntries: 9, longerCount: 0, findings: [] });
      expect(renderCopies(verification)).to.match(/^VERDICT: sound/);
    });

    it("may be shorter, which is said and is no finding", async () => {
      const earlier = openCopy(text, 3);
      const { verdict, comparison, files } = await compare(earlier, text);
      expect(files.map((file) => file.verdict)).to.deep.equal(["could-not-tell", "sound"]);
      expect(verdict).to.equal("could-not-tell");
      expect(comparison.longer).to.deep.equal([
        { sessionId: closed.facts.sessionId, gatewayId: origin.gatewayId, first: 3, second: 5 },
        { sessionId: closed.facts.sessionId, gatewayId: destination.gatewayId, first: 3, second: 4 },
      ]);
    });

    it("shows a writer that has told each of them another story", async () => {
      const other = await forkedAt(3);
      for (const copies of [await compare(text, other), await compare(other, text)]) {
        expect(copies.verdict).to.equal("findings");
        expect(copies.files.map(({ findings }) => findings)).to.deep.equal([[], []]);
        const { findings } = toCopiesReport(copies).comparison;
        expect(findings.map(({ code, index, what }) => ({ code, index, what: what.split(",")[0] }))).to.deep.equal([
          { code: "SPLIT_VIEW", index: 3, what: "entry 3" },
          { code: "SPLIT_VIEW", index: null, what: "closing" },
        ]);
        expect(findings[0]).to.include({ sessionId: closed.facts.sessionId, gatewayId: origin.gatewayId });
        expect(findings[0]?.expected).to.include(`signed by ${origin.signer.address}`);
        expect(renderCopies(copies)).to.include("SPLIT_VIEW (split view)");
      }
    });

    it("is no split view where one of them was altered: then that is what is wrong", async () => {
      const { verdict, comparison } = await compare(
        text,
        altered(
          text,
          onEntry((entry) => (entry["timestamp"] = 1)),
        ),
      );
      expect(verdict).to.equal("findings");
      expect(comparison.findings).to.deep.equal([]);
    });

    describe("accuses nobody of a line that whoever made a file has touched:", () => {
      const touched: Readonly<Record<string, (lines: Line[]) => Line[] | undefined>> = {
        "a missing entry": (lines) => lines.filter((line) => !isSpoiled(line)),
        "a doubled entry": (lines) => lines.flatMap((line) => (isSpoiled(line) ? [line, line] : [line])),
        "two swapped entries": (lines) => {
          const place = lines.findIndex(isSpoiled);
          return lines.toSpliced(place, 2, lines[place + 1]!, lines[place]!);
        },
      };
      for (const [what, change] of Object.entries(touched))
        it(what, async () => {
          const other = altered(text, change);
          for (const copies of [await compare(text, other), await compare(other, text)]) {
            expect(copies.verdict).to.equal("findings");
            expect(copies.comparison.findings).to.deep.equal([]);
            expect(copies.comparison.sameEntries).to.equal(what === "a missing entry" ? 8 : 9);
          }
        });

      const placed: Readonly<Record<string, (real: Line, invented: Line) => Line[]>> = {
        "in place of": (_real, invented) => [invented],
        "in front of": (real, invented) => [invented, real],
        behind: (real, invented) => [real, invented],
      };
      for (const [where, place] of Object.entries(placed))
        it(`an invented entry ${where} the real one, with a real one that is signed behind it`, async () => {
          const forged = await inventedAt(SPOILED);
          const other = altered(text, (lines) =>
            lines.flatMap((line) => (isSpoiled(line) ? place(line, { ...line, entry: forged }) : [line])),
          );
          for (const copies of [await compare(text, other), await compare(other, text)]) {
            expect(copies.files.map(({ verdict }) => verdict)).to.include.members(["sound", "findings"]);
            expect(copies.comparison.findings).to.deep.equal([]);
            expect(copies.comparison.sameEntries).to.equal(where === "behind" ? 9 : 8);
          }
        });
    });

    it("shows two stories where the place itself is in a run, and behind an entry that nobody has signed", async () => {
      const forked = await forkedAt(3);
      const inRun = altered(forked, (lines) => {
        for (const line of lines) if (isOrigins(line, 3)) line.entry["signature"] = null;
        return undefined;
      });
      const forged = await inventedAt(1);
      const behind = altered(forked, (lines) =>
        lines.map((line) => (isOrigins(line, 1) ? { ...line, entry: forged } : line)),
      );
      for (const other of [inRun, behind]) {
        const { comparison, partings } = await compare(text, other);
        expect(comparison.findings[0]).to.include({ code: "SPLIT_VIEW", index: 3 });
        expect(comparison.findings[0]?.found).to.include(`signed by ${origin.signer.address}`);
        const shown = partings[0]?.sides.map(({ entries }) => entries.map(({ index }) => index));
        // In front of the place stands what is the same in both.
        const indices = other === inRun ? [1, 2, 3, 4] : [2, 3, 4];
        expect(shown).to.deep.equal([indices, indices]);
      }
    });

    it("takes no signature of a later epoch for one on what stands before it", async () => {
      const [one, two] = [sampleGateway("old and new", 1), sampleGateway("old and new", 2)];
      const session = await sampleSession(one, null);
      const first = await makeEntry(session.facts, one, null);
      const told = async (story: string) => {
        const second = await makeEntry(session.facts, one, first, { payload: canonicalBytes({ story }) });
        const third = await makeEntry(session.facts, two, second);
        return fileWith(session, [first, { ...second, signature: null }, third], one.gatewayId);
      };
      const { comparison } = await compare(await told("one"), await told("another"));
      expect(comparison.findings.map(({ index }) => index)).to.deep.equal([2, null]);
    });

    it("shows two decisions that are signed, and cannot tell of one that is not", async () => {
      const { store, directory, sessions } = await sampleLogs();
      const [{ facts }] = sessions as [SampleSession];
      const file = await fileOf({ store, directory }, [facts.sessionId]);
      const deciding = (change: object) =>
        altered(file, (lines) => {
          for (const line of lines)
            if (line.kind === "decision") line["statement"] = { ...(line["statement"] as object), ...change };
          return undefined;
        });
      const commit = await compare(file, deciding(await signDecision(facts, "COMMIT", 1, origin.signer)));
      expect(commit.comparison.findings.map(({ code, what }) => `${code} ${what.split(",")[0]}`)).to.deep.equal([
        "SPLIT_VIEW decision",
      ]);
      const invented = { decision: "ABORT", ground: "DEADLINE", epoch: 0, signature: null };
      for (const copies of [
        await compare(deciding({ decision: "COMMIT" }), deciding(invented)),
        await compare(file, deciding(invented)),
      ]) {
        expect(copies.comparison.findings).to.deep.equal([]);
        expect(copies.files.map(({ unread }) => unread.map(({ what }) => what).at(-1))).to.deep.equal([
          undefined,
          `decision of session ${facts.sessionId}`,
        ]);
      }
      expect((await compare(file, deciding(invented))).verdict).to.equal("could-not-tell");
      // The ground is not signed: one signature under two is one statement.
      expect((await compare(file, deciding({ ground: "VOTE_NO" }))).comparison.findings).to.deep.equal([]);
    });

    it("is compared in the one session that is asked for", async () => {
      const { store, directory, sessions } = await sampleLogs();
      const [ended, open] = idsOf(sessions) as [string, string];
      const file = await fileOf({ store, directory }, [ended, open]);
      const commit = await signDecision(sessions[0]!.facts, "COMMIT", 1, origin.signer);
      const other = altered(file, (lines) => {
        for (const line of lines) if (line.kind === "decision") line["statement"] = commit;
        return undefined;
      });
      const paths = [fileIn(folder.path, file), fileIn(folder.path, other)] as const;
      expect((await verifyCopies(paths, { session: ended })).comparison.findings).to.have.length(1);
      const { verdict, comparison } = await verifyCopies(paths, { session: open });
      expect(verdict).to.equal("could-not-tell");
      expect(comparison.findings).to.deep.equal([]);
      expect(comparison.sessions).to.deep.equal({ both: 1, onlyFirst: 0, onlySecond: 0 });
    });

    it("accuses nobody by a key that a file brings along", async () => {
      const stranger = sampleSigner("somebody else");
      const forged = altered(await forkedAt(3, stranger), (lines) => {
        const gateway = lines.find((line) => line.kind === "gateway" && line["gatewayId"] === origin.gatewayId);
        gateway!["keys"] = [{ epoch: 1, key: stranger.address }];
      });
      for (const copies of [await compare(text, forged), await compare(forged, text)])
        expect(
          copies.comparison.findings.map(({ code, index, what }) => [code, index, what.split(",")[0]]),
        ).to.deep.equal([["SPLIT_VIEW", null, "key of epoch 1"]]);
    });

    it("shows that the two are told of different keys, and counts what only one has", async () => {
      const key = sampleSigner("somebody else").address;
      const changed = altered(text, (lines) => {
        const gateway = lines.find(({ kind }) => kind === "gateway");
        gateway!["keys"] = [{ epoch: 1, key }];
      });
      const { comparison } = await compare(text, changed);
      expect(comparison.findings[0]).to.include({ code: "SPLIT_VIEW", expected: origin.signer.address, found: key });
      const { store, directory, sessions } = await sampleLogs();
      const others = await compare(text, await fileOf({ store, directory }, idsOf(sessions)));
      expect(others.comparison.sessions).to.deep.equal({ both: 0, onlyFirst: 1, onlySecond: 2 });
    });
  });

  describe("beside a node", () => {
    let world: RegistryWorld;
    before(async () => {
      world = await RegistryWorld.open();
    });
    after(() => world.close());

    const reader = () => new RpcReader(world.rpc, { registry: world.domain.registry });

    it("is held against the chain, the contract and the block that are pinned", async () => {
      const node = reader();
      const { chainId, genesisHash, registry, block } = await node.anchor();
      const pinned = { chainId, genesisHash, registry, block: { number: block.number, hash: block.hash } };
      expect((await audit(text, { node, expect: pinned })).verdict).to.equal("sound");
      for (const change of [{ chainId: chainId + 1 }, { genesisHash: OTHER_HASH }, { registry: ZERO_ADDRESS }])
        await expectRejection(audit(text, { node, expect: { ...pinned, ...change } }), "WRONG_CHAIN");
      const other = { ...pinned, block: { ...pinned.block, hash: OTHER_HASH } };
      const { findings } = await audit(text, { node, expect: other });
      expect(findings.map(({ code }) => code)).to.deep.equal(["TRUST_MISMATCH"]);
      const later = { ...pinned, block: { number: block.number + 1_000, hash: OTHER_HASH } };
      expect((await audit(text, { node, expect: later })).unread.map(({ what }) => what)).to.deep.equal([
        "pinned block",
      ]);
    });

    it("takes what an audit without a node has trusted: that pins no chain", async () => {
      const expected = expectationSchema.parse((await audit(text)).trusted);
      expect((await audit(text, { node: reader(), expect: expected })).verdict).to.equal("sound");
    });

    it("asks for keys from the block on that is named", async () => {
      const node = new AskedReader(world.rpc, { registry: world.domain.registry });
      await audit(text, { node, fromBlock: 1 });
      expect(node.fromBlocks).to.deep.equal([1, 1]);
    });
  });

  /** An entry of the origin's at this index that nobody has signed. */
  async function inventedAt(index: number): Promise<object> {
    const entries = await logs.store.read(closed.facts.sessionId, origin.gatewayId, { from: 0, limit: 10 });
    const entry = await makeEntry(closed.facts, origin, entries[index - 1]!, {
      payload: canonicalBytes({ invented: true }),
    });
    return entryToJson({ ...entry, signature: null });
  }

  /** The origin's log with other entries from an index on, signed and closed like the first. */
  async function forkedAt(index: number, signer = origin.signer): Promise<string> {
    const entries = await logs.store.read(closed.facts.sessionId, origin.gatewayId, { from: 0, limit: 10 });
    let last = entries[index - 1]!;
    const forked = new Map<number, object>();
    for (let at = index; at < entries.length; at += 1) {
      last = await makeEntry(closed.facts, { ...origin, signer }, last, {
        payload: canonicalBytes({ another: "story" }),
      });
      forked.set(at, entryToJson(last));
    }
    const head = { gatewayId: origin.gatewayId, length: entries.length, lastEntryHash: last.entryHash, epoch: 1 };
    const closing = await signClosing(closed.facts, head, signer);
    return altered(text, (lines) => {
      for (const line of lines)
        if (isEntry(line) && line.entry.gatewayId === origin.gatewayId && forked.has(line.entry.index))
          Object.assign(line, { entry: forked.get(line.entry.index) });
        else if (line.kind === "closing" && (line["statement"] as Head).gatewayId === origin.gatewayId)
          line["statement"] = closing;
        else if (line.kind === "session")
          Object.assign((line["logs"] as Head[])[0]!, { lastEntryHash: last.entryHash });
    });
  }

  /** A copy that was taken when each log had so many entries, and none was closed. */
  function openCopy(whole: string, length: number): string {
    return altered(whole, (lines) => {
      const entries = lines.filter(isEntry).map(({ entry }) => entry);
      const session = lines.find(({ kind }) => kind === "session")!;
      session["closed"] = false;
      for (const log of session["logs"] as Head[]) {
        const last = entries.find((entry) => entry.gatewayId === log.gatewayId && entry.index === length - 1);
        Object.assign(log, { length, closed: false, lastEntryHash: last!["entryHash"] });
      }
      return lines.filter((line) => line.kind !== "closing" && (!isEntry(line) || line.entry.index < length));
    });
  }

  /** A store's file of one log with these entries, closed in epoch 2, and the keys of both epochs. */
  async function fileWith(session: SampleSession, entries: readonly LogEntry[], gatewayId: Hash): Promise<string> {
    const last = entries.at(-1)!;
    const head = { gatewayId, length: entries.length, lastEntryHash: last.entryHash, epoch: 2 };
    const closing = await signClosing(session.facts, head, sampleSigner("old and new epoch 2"));
    const keys = [1, 2].map((epoch) => ({ epoch, key: sampleSigner(`old and new epoch ${epoch}`).address }));
    const log = { gatewayId, length: entries.length, lastEntryHash: last.entryHash, closed: true };
    return altered(text, ([header]) => [
      { ...header!, sessions: "all" },
      { kind: "gateway", gatewayId, epoch: 2, keys, endpoints: [], chain: null },
      {
        ...{ kind: "session", opening: session.opening, sessionHash: sessionHashOf(session.facts), decision: null },
        ...{ logs: [log], closed: true, chain: null },
      },
      ...entries.map((entry) => ({ kind: "entry", entry: entryToJson(entry), at: null })),
      { kind: "closing", statement: closing, at: null },
    ]);
  }

  /** Transfers that a chain has seen, as a store would have them that serves that chain. */
  async function transfersOfAChain(): Promise<string> {
    const world = await RegistryWorld.open();
    try {
      const [a, b] = [await world.register("a"), await world.register("b")];
      await committedTransfer(world, await world.open(a, b, TRANSFER), { midway: () => world.rotate(a) });
      await refusedTransfer(world, await world.open(b, a, TRANSFER));
      const deadline = (await world.now()) + 1_000;
      await lateTransfer(world, await world.open(a, b, { ...TRANSFER, deadline }));
      return altered(await exportOf(world), asOfStore);
    } finally {
      await world.close();
    }
  }

  function withoutDecisions(file: string): string {
    return altered(file, (lines) => {
      for (const line of lines) if (line.kind === "session") line["decision"] = null;
      return lines.filter(({ kind }) => kind !== "decision");
    });
  }

  function isSpoiled(line: Line): line is EntryLine {
    return isOrigins(line, SPOILED);
  }

  function isOrigins(line: Line, index: number): line is EntryLine {
    return isEntry(line) && line.entry.gatewayId === origin.gatewayId && line.entry.index === index;
  }

  function onEntry(spoil: (entry: EntryLine["entry"]) => unknown) {
    return (lines: Line[]): undefined => {
      for (const line of lines) if (isSpoiled(line)) spoil(line.entry);
    };
  }
});

interface Head {
  readonly gatewayId: string;
}

/** Remembers from which block on events were asked for. */
class AskedReader extends RpcReader {
  readonly fromBlocks: number[] = [];

  override logs(query: LogQuery): ReturnType<RpcReader["logs"]> {
    this.fromBlocks.push(query.fromBlock);
    return super.logs(query);
  }
}

function isEntry(line: Line): line is EntryLine {
  return line.kind === "entry";
}

/** The origin's done-burn: without it the log has a gap, and COMMIT no ground. */
function isBurn({ entry }: EntryLine): boolean {
  return entry["operation"] === "done" && entry["step"] === 304;
}
