import { expect } from "chai";
import { readLogs } from "../../src/audit/reading/reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { toReport } from "../../src/audit/report/report.ts";
import { verify } from "../../src/audit/verify.ts";
import { ChainSource } from "../../src/cli/chain-source.ts";
import { sessionIdToWord, type SessionId } from "../../src/entry/hex.ts";
import { REGISTRY_EVENTS } from "../../src/audit/reading/event-decoder.ts";
import { exportSessions, type Exported } from "../../src/store/log-file-source.ts";
import { writeLogFile } from "../../src/store/log-file-stream.ts";
import type { LogFileHeader, LogFileRecord } from "../../src/store/log-file.ts";
import { expectRejection } from "../support/expect-error.ts";
import { eventsOf, recordingOf, recordsOf } from "../support/log-file-events.ts";
import { RecordedReader } from "../support/recorded-reader.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { committedTransfer, lateTransfer, refusedTransfer, sayRun, TRANSFER } from "../support/stories.ts";

/** A file of these sessions, or of all. */
async function exported(world: RegistryWorld, sessions: readonly SessionId[] | "all" = "all"): Promise<string> {
  const source = await sourceOf(world, sessions);
  const ids = sessions === "all" ? source.sessions(0) : sessions;
  return textOf(exportSessions(source, ids));
}

async function sourceOf(world: RegistryWorld, sessions: readonly SessionId[] | "all"): Promise<ChainSource> {
  const reader = new RpcReader(world.rpc, { registry: world.domain.registry });
  const anchor = await reader.anchor();
  const header: LogFileHeader = {
    kind: "header",
    format: "gatelog-log",
    version: 1,
    source: { kind: "chain", ...anchor },
    sessions: sessions === "all" ? sessions : [...sessions],
    exported: { at: "2026-01-02T03:04:05.678Z", by: null, program: "gatelog test" },
  };
  return new ChainSource(reader, anchor, header);
}

async function textOf(records: AsyncIterable<Exported>): Promise<string> {
  let text = "";
  for await (const line of writeLogFile(records)) text += line;
  return text;
}

describe("ChainSource", function () {
  this.timeout(60_000);
  let world: RegistryWorld;
  let a: Party;
  let b: Party;
  let alone: WorldSession;
  let committed: WorldSession;

  before(async () => {
    world = await RegistryWorld.open();
    a = await world.register("a");
    b = await world.register("b");
    committed = await world.open(a, b, TRANSFER);
    await committedTransfer(world, committed, { midway: () => world.rotate(a) });
    await refusedTransfer(world, await world.open(b, a, TRANSFER));
    await world.moveTo(b, "elsewhere");
    await world.setBackups(a, ["one", "two"], 1);
    await world.takeOver(a, "two");
    await world.handOver(a, "one");
    await world.rotate(b);
    await lateTransfer(world, await world.open(a, b, { ...TRANSFER, deadline: (await world.now()) + 1_000 }));
    alone = await world.open(a, null);
    await sayRun(world, alone, a, ["init-other", "exec-other", "done-other"]);
  });
  after(() => world.close());

  const reader = () => new RpcReader(world.rpc, { registry: world.domain.registry });

  it("exports a registry so that each of its events is rebuilt byte for byte", async () => {
    const records = await recordsOf(await exported(world));
    const { block } = await reader().anchor();
    const events = await readLogs(reader(), { fromBlock: 0, toBlock: block.number });
    expect(eventsOf(records)).to.deep.equal(events);
    expect(records.filter(({ kind }) => kind === "session")).to.have.length(4);
  });

  it("exports all that the auditor needs for the verdict that it reaches on the chain", async () => {
    const fromFile = await verify(new RecordedReader(recordingOf(await recordsOf(await exported(world)))));
    const fromChain = await verify(reader());
    expect(fromFile.verdict).to.equal("sound");
    expect(toReport(fromFile)).to.deep.equal(toReport(fromChain));
  });

  it("exports one session with its gateways, and nothing of others", async () => {
    const { sessionId } = alone.facts;
    const records = await recordsOf(await exported(world, [sessionId]));
    const kinds = records.map(({ kind }: LogFileRecord) => kind);
    expect(kinds).to.deep.equal(["header", "gateway", "session", "entry", "entry", "entry", "end"]);
    const { block } = await reader().anchor();
    const query = { fromBlock: 0, toBlock: block.number, firstTopics: [a.gatewayId, sessionIdToWord(sessionId)] };
    expect(eventsOf(records)).to.deep.equal(await readLogs(reader(), query));
  });

  it("refuses a session that the registry does not have", async () => {
    await expectRejection(exported(world, ["00000000-0000-4000-8000-000000000001"]), "UNKNOWN_SESSION");
  });

  describe("behind a node that does not tell the truth", () => {
    const entryTopic = REGISTRY_EVENTS.getEvent("EntryAppended")?.topicHash;

    /** The file of a node that changes what it shows of `committed`. */
    async function fromLiar(change: (logs: { topics: string[]; data: string }[]) => unknown): Promise<string> {
      const lying = Object.assign(Object.create(world) as RegistryWorld, {
        rpc: async (method: string, params: readonly unknown[]) => {
          const answer = await world.rpc(method, params);
          return method === "eth_getLogs" ? change(answer as { topics: string[]; data: string }[]) : answer;
        },
      });
      return exported(lying, [committed.facts.sessionId]);
    }

    it("refuses to export a log of which an event is withheld", async () => {
      let left = 10;
      const withheld = (logs: { topics: string[] }[]) =>
        logs.filter(({ topics }) => topics[0] !== entryTopic || (left -= 1) !== 0);
      await expectRejection(fromLiar(withheld), "WRONG_INDEX");
    });

    it("refuses to export an event that is not as Solidity writes it", async () => {
      const longer = (logs: { topics: string[]; data: string }[]) =>
        logs.map((log) => (log.topics[0] === entryTopic ? { ...log, data: `${log.data}${"00".repeat(32)}` } : log));
      await expectRejection(fromLiar(longer), "CORRUPT_STORE");
    });
  });
});
