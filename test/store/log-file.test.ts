import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import type { LogEntry } from "../../src/entry/entry.ts";
import { GatelogError, isGatelogError, type ErrorCode } from "../../src/entry/errors.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { exportSessions, storeSource, type Exported, type LogSource } from "../../src/store/log-file-source.ts";
import { writeLogFile } from "../../src/store/log-file-stream.ts";
import { lineOf, logFileLineSchema, MAX_LINE_SIZE } from "../../src/store/log-file.ts";
import { MAX_ENTRIES_PER_CALL, type LogStore } from "../../src/store/log-store.ts";
import { expectRejection } from "../support/expect-error.ts";
import { recordsOf } from "../support/log-file-events.ts";
import {
  destination,
  fileOf,
  headerOf,
  idsOf,
  importText,
  LOG,
  origin,
  sampleLogs,
  textOf,
  type Logs,
} from "../support/log-file-stage.ts";
import { makeEntries, sampleDirectory, sampleSession, type SampleSession } from "../support/sample-log.ts";
import { storeLike } from "../support/api-world.ts";

describe("a log file", function () {
  this.timeout(60_000);

  let logs: Logs & { readonly sessions: readonly SampleSession[] };
  let text: string;
  let lines: readonly string[];

  before(async () => {
    logs = await sampleLogs();
    text = await fileOf(logs, idsOf(logs.sessions));
    lines = text.split(/(?<=\n)/);
  });

  it("has the header, each gateway once, session by session, and the counts", async () => {
    const records = await recordsOf(text);
    const entries = (count: number): string[] => Array.from({ length: count }, () => "entry");
    expect(records.map(({ kind }) => kind)).to.deep.equal([
      ...["header", "gateway", "gateway", "session", ...entries(8), "decision", "closing", "closing"],
      ...["session", ...entries(2), "end"],
    ]);
    expect(records.at(-1)).to.include({ lines: 18, gateways: 2, sessions: 2, entries: 10, decisions: 1, closings: 2 });
  });

  it("has the entries of the store, byte for byte", async () => {
    const records = await recordsOf(text);
    const inFile = records.flatMap((record) => (record.kind === "entry" ? [record.entry] : []));
    const inStore: LogEntry[] = [];
    for (const { facts } of logs.sessions)
      for (const { gatewayId, length } of (await logs.store.session(facts.sessionId)).logs)
        inStore.push(...(await logs.store.read(facts.sessionId, gatewayId, { from: 0, limit: length })));
    expect(inFile).to.deep.equal(inStore);
  });

  it("is written from what was read of it, byte for byte", async () => {
    expect((await recordsOf(text)).map((record) => `${lineOf(record)}\n`).join("")).to.equal(text);
  });

  it("has a JSON schema for its lines", () => {
    const schema = z.toJSONSchema(logFileLineSchema, { io: "input", unrepresentable: "any" });
    expect(schema["oneOf"]).to.have.length(10);
  });

  it("says that the store keeps no register rather than that nothing is decided", async () => {
    const [ended] = logs.sessions;
    const deaf = Object.assign(storeLike(logs.store), { durability: "local" as const });
    const record = { ...(await logs.store.session(idsOf(logs.sessions)[0] ?? "")) };
    deaf.session = () =>
      Promise.resolve({ ...record, decision: { decision: "NONE", final: false, statement: null }, closed: true });
    const records = await recordsOf(await fileOf({ ...logs, store: deaf }, [ended?.facts.sessionId ?? ""]));
    expect(records.find(({ kind }) => kind === "session")).to.include({ decision: null, closed: true });
  });

  it("has proofs behind the entries that are in an anchor where it was asked for them, and takes no other", async () => {
    const ids = idsOf(logs.sessions);
    const anchor = { ...LOG, gatewayId: origin.gatewayId, index: 0, entries: 1, transactionHash: ZERO_HASH, block: 1 };
    // An anchor of one entry has its hash as root.
    const proofOf = (of: LogEntry) =>
      Promise.resolve(of.index > 0 ? null : { anchor: { ...anchor, root: of.entryHash, final: true }, path: [] });
    const source = storeSource({ ...logs, proofOf }, headerOf(logs.store, ids));
    const whole = await textOf(exportSessions(source, ids));
    const records = await recordsOf(whole);
    expect(records.filter(({ kind }) => kind === "proof")).to.have.length(3);
    expect(records.at(-1)).to.include({ proofs: 3 });
    expect(records.map((record) => `${lineOf(record)}\n`).join("")).to.equal(whole);
    expect((await importText(logs, whole)).sessions.map(({ state }) => state)).to.deep.equal(["present", "present"]);

    const wrong = storeSource(
      { ...logs, proofOf: async (of) => proofOf({ ...of, entryHash: ZERO_HASH }) },
      source.header,
    );
    await expectRejection(textOf(exportSessions(wrong, ids)), "MALFORMED");
    const place = whole.indexOf('{"entryHash"');
    const line = whole.slice(place, whole.indexOf("\n", place) + 1);
    await expectRejection(recordsOf(whole.replace(line, line + line)), "MALFORMED");
  });

  describe("is refused", () => {
    async function refused(changed: string | Uint8Array): Promise<GatelogError> {
      try {
        await recordsOf(changed);
      } catch (error) {
        if (!isGatelogError(error)) throw error;
        return error;
      }
      throw new Error("the changed file was taken");
    }

    async function expectRefused(changed: string, code: ErrorCode, line: number): Promise<void> {
      const error = await refused(changed);
      expect([error.code, error.context["line"]], error.message).to.deep.equal([code, line]);
    }

    /** The lines with some left out, doubled or moved. */
    function arranged(...places: readonly number[]): string {
      return places.map((place) => lines[place] ?? "").join("");
    }
    const all = (): number[] => [...lines.keys()];

    it("with an entry that is missing, doubled or out of its order", async () => {
      await expectRefused(arranged(...all().filter((place) => place !== 5)), "WRONG_INDEX", 6);
      await expectRefused(arranged(...all().flatMap((place) => (place === 5 ? [5, 5] : [place]))), "WRONG_INDEX", 7);
      await expectRefused(
        arranged(...all().map((place) => (place === 5 ? 6 : place === 6 ? 5 : place))),
        "WRONG_INDEX",
        6,
      );
    });

    it("with a session that is cut short, doubled or without its gateways", async () => {
      await expectRefused(arranged(0, 1, 2, 3, 4, 5, 15, 16, 17, 18), "WRONG_INDEX", 7);
      await expectRefused(arranged(...all().slice(0, 15), ...all().slice(3)), "MALFORMED", 16);
      await expectRefused(arranged(0, 1, ...all().slice(3)), "UNKNOWN_GATEWAY", 3);
      await expectRefused(arranged(...all().filter((place) => place !== 12)), "MALFORMED", 15);
    });

    it("with lines of two logs changed in their order, which only the hash shows", async () => {
      const swapped = (one: number): string =>
        arranged(...all().map((place) => (place === one ? one + 1 : place === one + 1 ? one : place)));
      await expectRefused(swapped(8), "MALFORMED", 19);
      await expectRefused(swapped(13), "MALFORMED", 19);
    });

    it("with a tail that was cut off, in a line or between two", async () => {
      await expectRefused(arranged(...all().slice(0, -1)), "MALFORMED", 19);
      await expectRefused(text.slice(0, -1), "MALFORMED", 19);
      await expectRefused(text.slice(0, text.indexOf("\n") + 20), "MALFORMED", 2);
      await expectRefused("", "MALFORMED", 1);
    });

    it("with anything behind its end", async () => {
      await expectRefused(`${text}\n`, "MALFORMED", 20);
      await expectRefused(`${text}${lines.at(-1) ?? ""}`, "MALFORMED", 20);
    });

    it("of another format, of a version to come, and with a line that is too long", async () => {
      await expectRefused('{"log":[]}\n', "MALFORMED", 1);
      await expectRefused(text.replace('"version":1', '"version":2'), "MALFORMED", 1);
      await expectRefused(`${lines[0] ?? ""}{"a":"${"b".repeat(MAX_LINE_SIZE)}"}\n`, "TOO_LARGE", 2);
    });

    it("with an entry that another key has signed", async () => {
      const other = { ...origin, signer: destination.signer };
      const { facts, opening } = await sampleSession(origin, null);
      const forged = await makeEntries(facts, other, 1);
      const header = headerOf(logs.store, "all");
      const gateway = { kind: "gateway", ...(await logs.directory.gateway(origin.gatewayId)), chain: null } as const;
      const session = {
        ...{
          kind: "session" as const,
          opening,
          sessionHash: forged[0]?.sessionHash ?? ZERO_HASH,
          decision: null,
          closed: false,
        },
        logs: [
          { gatewayId: origin.gatewayId, length: 1, lastEntryHash: forged[0]?.entryHash ?? ZERO_HASH, closed: false },
        ],
        chain: null,
      } as const;
      async function* records(): AsyncGenerator<Exported> {
        yield await Promise.resolve(header);
        yield gateway;
        yield { ...session, logs: [...session.logs] };
        for (const entry of forged) yield { kind: "entry", entry, at: null } as const;
      }
      await expectRefused(await textOf(records()), "FOREIGN_SIGNATURE", 4);
    });

    it("whatever byte of it is changed, with the number of a line and a code", async () => {
      const bytes = Buffer.from(text);
      const change = fc.record({ at: fc.nat(bytes.length - 1), by: fc.integer({ min: 1, max: 255 }) });
      await fc.assert(
        fc.asyncProperty(change, async ({ at, by }) => {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ by;
          const { context } = await refused(changed);
          // What stands before the change has been read; what the hash alone shows, is seen at the end.
          const line = bytes.subarray(0, at).filter((byte) => byte === 0x0a).length + 1;
          expect(context["line"]).to.be.within(line, lines.length);
        }),
        { numRuns: 150 },
      );
    });

    it("wherever it is cut, and whatever line is left out, doubled or moved", async () => {
      const place = fc.nat(lines.length - 1);
      const rearranged = fc.oneof(
        fc.nat(Buffer.byteLength(text) - 1).map((size) => Buffer.from(text).subarray(0, size).toString()),
        place.map((left) => arranged(...all().filter((each) => each !== left))),
        place.map((twice) => arranged(...all().flatMap((each) => (each === twice ? [each, each] : [each])))),
        fc.tuple(place, place).map(([from, to]) => {
          const places = all();
          places.splice(to, 0, ...places.splice(from, 1));
          return arranged(...places);
        }),
      );
      await fc.assert(
        fc.asyncProperty(rearranged, async (changed) => {
          fc.pre(changed !== text);
          expect((await refused(changed)).context["line"]).to.be.within(1, lines.length + 1);
        }),
        { numRuns: 100 },
      );
    });
  });

  describe("of a long log", () => {
    const LENGTH = 5_000;

    it("is written with one page at hand, and no page before it is asked for", async () => {
      const { facts, opening } = await sampleSession(origin, null);
      // Nobody looks at the signatures, and to make them would take most of the time.
      const signer = { ...origin.signer, signDigest: () => Promise.resolve(opening.signature) };
      const entries = await makeEntries(facts, { ...origin, signer }, LENGTH);
      const head = {
        gatewayId: origin.gatewayId,
        length: LENGTH,
        lastEntryHash: entries.at(-1)?.entryHash ?? ZERO_HASH,
      };
      let pages = 0;
      const store: LogStore = {
        ...storeLike(logs.store),
        session: () =>
          Promise.resolve({
            ...{ opening, sessionHash: entries[0]?.sessionHash ?? ZERO_HASH, closed: false },
            decision: { decision: "NONE", final: false, statement: null },
            logs: [{ ...head, closed: false }],
          }),
        read: (_session, _gateway, { from, limit }) => {
          pages += 1;
          return Promise.resolve(entries.slice(from, from + limit));
        },
      };
      const source = storeSource({ store, directory: sampleDirectory(origin) }, headerOf(store, [facts.sessionId]));
      const BEFORE_ENTRIES = 3;
      let taken = 0;
      let longest = 0;
      for await (const line of writeLogFile(exportSessions(source, [facts.sessionId]))) {
        taken += 1;
        longest = Math.max(longest, line.length);
        const used = Math.min(LENGTH, Math.max(0, taken - BEFORE_ENTRIES));
        if (pages !== Math.ceil(used / MAX_ENTRIES_PER_CALL))
          expect.fail(`${pages} pages were asked for at line ${taken}`);
      }
      expect(taken).to.equal(BEFORE_ENTRIES + LENGTH + 1);
      expect(longest).to.be.below(MAX_LINE_SIZE);
    });
  });

  it("with all sessions says which of them could not be understood, and is not written where one was asked for", async () => {
    const [ended] = idsOf(logs.sessions);
    const lost = "00000000-0000-4000-8000-000000000001";
    const ids = [lost, ended ?? ""];
    const source = (sessions: readonly string[] | "all"): LogSource => {
      const whole = storeSource(logs, headerOf(logs.store, sessions === "all" ? sessions : [...sessions]));
      async function* strange(): AsyncGenerator<Exported> {
        yield await Promise.reject(new GatelogError("INVALID_SESSION", "facts of another kind"));
      }
      return { ...whole, session: (sessionId) => (sessionId === lost ? strange() : whole.session(sessionId)) };
    };
    const records = await recordsOf(await textOf(exportSessions(source("all"), ids)));
    expect(records[1]).to.deep.equal({ kind: "skipped", sessionId: lost, code: "INVALID_SESSION" });
    expect(records.at(-1)).to.include({ sessions: 1, skipped: 1 });
    await expectRejection(textOf(exportSessions(source(ids), ids)), "INVALID_SESSION");
  });

  it("is not written by a store that gives out what does not follow", async () => {
    const [, open] = logs.sessions;
    const gap = Object.assign(storeLike(logs.store), {
      read: async (...args: Parameters<LogStore["read"]>) => (await logs.store.read(...args)).slice(1),
    });
    await expectRejection(fileOf({ ...logs, store: gap }, [open?.facts.sessionId ?? ""]), "WRONG_INDEX");
  });
});
