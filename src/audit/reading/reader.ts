import type { Address, GatewayId, Hash, Hex, SessionId } from "../../entry/hex.ts";
import type { Decision } from "../../entry/statements.ts";

/**
 * All that the auditor asks of the outside: raw events of one log registry, and what the registry holds at the same block.
 * A JSON-RPC node answers it today (`rpc-reader.ts`); an export file or an anchored store can.
 *
 * A reader passes on what it was told, unchecked and in the order in which it was told: judging is `verify`'s business. It
 * throws a GatelogError when it was told nothing (NODE_UNREACHABLE, TIMEOUT) or nothing that can be read (MALFORMED).
 */
export interface AuditReader {
  /** Who is asked, and the final block up to which: every other question is about this block. WRONG_CHAIN, NOT_FOUND. */
  anchor(): Promise<Anchor>;

  /**
   * Events of the registry in the blocks `[fromBlock, toBlock]`, a part of them at a time; with `firstTopics` only those whose topic 1
   * is one of them. What a part says is final: whoever takes it needs to keep no more than that.
   */
  logs(query: LogQuery): AsyncIterable<LogPart>;

  /** Head of a log as the registry holds it at the end of this block; all zero if there is no such log. */
  logOf(sessionHash: Hash, gatewayId: GatewayId, block: number): Promise<LogWord>;

  /** What the register holds of a session at the end of this block; all zero if there is none. */
  sessionOf(sessionId: SessionId, block: number): Promise<SessionWord>;

  /** The decision alone, asked apart. */
  decisionOf(sessionId: SessionId, block: number): Promise<Decision>;

  /** What the registry holds of a gateway at the end of this block; null if there is none. */
  gatewayOf(gatewayId: GatewayId, block: number): Promise<GatewayWord | null>;

  /** How many anchors the gateway has at the end of this block, and the block of the last; zero if there are none. */
  anchorsOf(gatewayId: GatewayId, block: number): Promise<AnchorsWord>;

  /** Root of an anchor at the end of this block; zero if there is none. */
  anchorOf(gatewayId: GatewayId, index: number, block: number): Promise<Hash>;

  blockOf(block: number): Promise<BlockInfo>;
}

export interface Anchor {
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly registry: Address;
  readonly block: BlockInfo;
}

export interface BlockInfo {
  readonly number: number;
  readonly hash: Hash;
  /** UNIX seconds. */
  readonly timestamp: number;
}

/** Some of the events that were asked for, and how far the blocks are read with them. */
export interface LogPart {
  readonly logs: readonly RawLog[];
  readonly upTo: number;
}

export interface LogQuery {
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly firstTopics?: readonly Hash[];
}

/** One event as the node gave it. */
export interface RawLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: number;
  /** Place in its block. */
  readonly logIndex: number;
  readonly transactionHash: Hash;
}

export interface LogWord {
  readonly length: number;
  /** First 24 bytes of the last entry's hash. */
  readonly lastEntryHash: Hex;
  readonly lastBlock: number;
  readonly open: boolean;
  readonly closed: boolean;
}

export interface SessionWord {
  /** 0 if there is no such session. */
  readonly openBlock: number;
  readonly decidedBlock: number;
  readonly closedBlock: number;
  readonly deadline: number;
  readonly decision: Decision;
  readonly votedYes: boolean;
  readonly votedNo: boolean;
  readonly burned: boolean;
  readonly openLogs: number;
}

export interface AnchorsWord {
  readonly count: number;
  readonly lastBlock: number;
}

export interface GatewayWord {
  readonly owner: Address;
  readonly key: Address;
  readonly epoch: number;
  readonly changes: number;
  readonly lastBlock: number;
  /** Blocks between two takeovers. */
  readonly takeoverInterval: number;
  /** Block of the last takeover; 0 if there was none. */
  readonly takeoverBlock: number;
  readonly backups: readonly Address[];
}

/** All of them at once: for questions that have few answers. */
export async function readLogs(reader: Pick<AuditReader, "logs">, query: LogQuery): Promise<RawLog[]> {
  const logs: RawLog[] = [];
  for await (const part of reader.logs(query)) for (const log of part.logs) logs.push(log);
  return logs;
}
