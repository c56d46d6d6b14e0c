import { ZERO_HASH, type Hash } from "../../src/entry/hex.ts";
import {
  readLogs,
  type Anchor,
  type AnchorsWord,
  type AuditReader,
  type BlockInfo,
  type GatewayWord,
  type LogPart,
  type LogQuery,
  type LogWord,
  type RawLog,
  type SessionWord,
} from "../../src/audit/reading/reader.ts";

const NO_LOG: LogWord = { length: 0, lastEntryHash: `0x${"0".repeat(48)}`, lastBlock: 0, open: false, closed: false };
const NO_SESSION: SessionWord = {
  openBlock: 0,
  decidedBlock: 0,
  closedBlock: 0,
  deadline: 0,
  decision: "NONE",
  votedYes: false,
  votedNo: false,
  burned: false,
  openLogs: 0,
};

/**
 * Answers of a real node, recorded once and given again with other events: a doctored RPC with honest heads. What was never
 * asked of the real one is answered as a registry answers for what it does not hold.
 */
export class RecordedReader implements AuditReader {
  readonly logsGiven: readonly RawLog[];
  readonly #recording: Recording;

  constructor(recording: Recording, logs: readonly RawLog[] = recording.logs) {
    this.#recording = recording;
    this.logsGiven = logs;
  }

  anchor(): Promise<Anchor> {
    return Promise.resolve(this.#recording.anchor);
  }

  /** Two parts, whatever is asked for. */
  async *logs({ firstTopics, toBlock }: LogQuery): AsyncGenerator<LogPart> {
    const asked = ({ topics }: RawLog) => firstTopics === undefined || firstTopics.some((topic) => topic === topics[1]);
    const given = this.logsGiven.filter(asked);
    const half = given.length >> 1;
    await Promise.resolve();
    yield { logs: given.slice(0, half), upTo: toBlock };
    yield { logs: given.slice(half), upTo: toBlock };
  }

  logOf(sessionHash: Hash, gatewayId: Hash): Promise<LogWord> {
    return Promise.resolve(this.#recording.logWords.get(sessionHash + gatewayId) ?? NO_LOG);
  }

  sessionOf(sessionId: string): Promise<SessionWord> {
    return Promise.resolve(this.#recording.sessionWords.get(sessionId) ?? NO_SESSION);
  }

  async decisionOf(sessionId: string) {
    return (await this.sessionOf(sessionId)).decision;
  }

  gatewayOf(gatewayId: Hash): Promise<GatewayWord | null> {
    return Promise.resolve(this.#recording.gatewayWords.get(gatewayId) ?? null);
  }

  anchorsOf(gatewayId: Hash): Promise<AnchorsWord> {
    return Promise.resolve(this.#recording.anchorsWords.get(gatewayId) ?? { count: 0, lastBlock: 0 });
  }

  anchorOf(gatewayId: Hash, index: number): Promise<Hash> {
    return Promise.resolve(this.#recording.roots.get(`${gatewayId}/${index}`) ?? ZERO_HASH);
  }

  blockOf(block: number): Promise<BlockInfo> {
    return Promise.resolve(this.#recording.blocks.get(block) ?? this.#recording.anchor.block);
  }
}

export interface Recording {
  readonly anchor: Anchor;
  readonly logs: readonly RawLog[];
  readonly logWords: Map<string, LogWord>;
  readonly sessionWords: Map<string, SessionWord>;
  readonly gatewayWords: Map<string, GatewayWord | null>;
  readonly anchorsWords: Map<string, AnchorsWord>;
  /** By gateway and index. */
  readonly roots: Map<string, Hash>;
  readonly blocks: Map<number, BlockInfo>;
}

/** Passes every question on to a real reader and remembers the answers. */
export async function record(
  reader: AuditReader,
  use: (recording: AuditReader) => Promise<unknown>,
): Promise<Recording> {
  const anchor = await reader.anchor();
  const logs = await readLogs(reader, { fromBlock: 0, toBlock: anchor.block.number });
  const recording: Recording = {
    anchor,
    logs,
    logWords: new Map(),
    sessionWords: new Map(),
    gatewayWords: new Map(),
    anchorsWords: new Map(),
    roots: new Map(),
    blocks: new Map(),
  };
  const kept = async <Key, Value>(answers: Map<Key, Value>, key: Key, answer: Promise<Value>): Promise<Value> => {
    const value = await answer;
    answers.set(key, value);
    return value;
  };
  await use({
    anchor: () => Promise.resolve(anchor),
    logs: (query) => reader.logs(query),
    logOf: (sessionHash, gatewayId, block) =>
      kept(recording.logWords, sessionHash + gatewayId, reader.logOf(sessionHash, gatewayId, block)),
    sessionOf: (sessionId, block) => kept(recording.sessionWords, sessionId, reader.sessionOf(sessionId, block)),
    decisionOf: (sessionId, block) => reader.decisionOf(sessionId, block),
    gatewayOf: (gatewayId, block) => kept(recording.gatewayWords, gatewayId, reader.gatewayOf(gatewayId, block)),
    anchorsOf: (gatewayId, block) => kept(recording.anchorsWords, gatewayId, reader.anchorsOf(gatewayId, block)),
    anchorOf: (gatewayId, index, block) =>
      kept(recording.roots, `${gatewayId}/${index}`, reader.anchorOf(gatewayId, index, block)),
    blockOf: (block) => kept(recording.blocks, block, reader.blockOf(block)),
  });
  return recording;
}
