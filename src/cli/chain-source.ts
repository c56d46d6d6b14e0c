import { decodeEvent, REGISTRY_EVENTS } from "../audit/reading/event-decoder.ts";
import type { EntryAppended, RegistryEvent, SessionOpened } from "../audit/reading/events.ts";
import {
  readLogs,
  type Anchor,
  type AuditReader,
  type LogQuery,
  type LogWord,
  type RawLog,
  type SessionWord,
} from "../audit/reading/reader.ts";
import { entryHashOf, unpackHeader, type LogEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import { splitEndpoints } from "../entry/gateway-history.ts";
import { sessionIdToWord, ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import { parseFacts, sessionHashOf, type SessionOpening } from "../entry/session.ts";
import { DECISIONS, GROUNDS, type DecisionStatement } from "../entry/statements.ts";
import type { GatewayChange, GatewayLine, LogFileHeader, SessionLine } from "../store/log-file.ts";
import type { Exported, LogSource } from "../store/log-file-source.ts";
import { MAX_ENTRIES_PER_CALL, type LogHead } from "../store/log-store.ts";
import { changeOf, corrupt, GATEWAY_TOPICS, historyOf, placeOf } from "./chain-source-changes.ts";

/** Blocks that are asked for at once; fewer where they hold more events than a page has. */
const FIRST_WINDOW_BLOCKS = 64;
const MAX_WINDOW_BLOCKS = 10_000;

/**
 * The registry's sessions as of one block, from its events, with the auditor's reader and decoder: an event that is not as Solidity writes
 * it is refused, so that each can be rebuilt from its record byte for byte. The events of a session are read forwards, from its
 * opening to the last block that the registry names, a window of blocks at a time.
 *
 * The node is believed for what it shows as far as the heads agree (`LogFileCheck`). Errors: those of the reader; CORRUPT_STORE (an
 * event that is none), STORE_UNAVAILABLE (one that the registry promises is not shown), UNKNOWN_SESSION, UNKNOWN_GATEWAY, INVALID_SESSION.
 */
export class ChainSource implements LogSource {
  readonly header: LogFileHeader;
  readonly #reader: AuditReader;
  readonly #anchor: Anchor;

  constructor(reader: AuditReader, anchor: Anchor, header: LogFileHeader) {
    this.#reader = reader;
    this.#anchor = anchor;
    this.header = header;
  }

  /** Every session that was opened from this block on, oldest first. */
  async *sessions(fromBlock: number): AsyncGenerator<SessionId, void, undefined> {
    for await (const { event } of this.#events({ fromBlock, toBlock: this.#anchor.block.number }))
      if (event.kind === "SessionOpened") yield event.sessionId;
  }

  async gateway(gatewayId: GatewayId): Promise<GatewayLine> {
    const head = await this.#reader.gatewayOf(gatewayId, this.#anchor.block.number);
    if (head === null) throw new GatelogError("UNKNOWN_GATEWAY", "the registry has no such gateway", { gatewayId });
    const changes = await this.#changes(gatewayId, head.lastBlock);
    const history = historyOf(gatewayId, changes);
    return {
      kind: "gateway",
      gatewayId,
      epoch: head.epoch,
      keys: [...history.keys],
      endpoints: splitEndpoints(history.endpoints),
      backups: [...history.backups],
      chain: { head: { ...head, backups: [...head.backups] }, changes },
    };
  }

  async *session(sessionId: SessionId): AsyncGenerator<Exported, void, undefined> {
    const head = await this.#reader.sessionOf(sessionId, this.#anchor.block.number);
    if (head.openBlock === 0)
      throw new GatelogError("UNKNOWN_SESSION", "the registry does not know the session", { sessionId });
    const line = await this.#opened(sessionId, head);
    yield line;
    const words = line.chain?.logs ?? [];
    const toBlock = Math.max(head.decidedBlock, head.closedBlock, ...words.map(({ lastBlock }) => lastBlock));
    for await (const { event } of this.#eventsOf(sessionId, head.openBlock, toBlock)) {
      const record = await this.#recordOf(event, line);
      if (record !== undefined) yield record;
    }
  }

  /** What was read is of one history: CHAIN_IDENTITY_CHANGED if the block that was final is another now. */
  async checkStillThere(): Promise<void> {
    const { number, hash } = this.#anchor.block;
    const now = await this.#reader.blockOf(number);
    if (now.hash !== hash)
      throw new GatelogError("CHAIN_IDENTITY_CHANGED", `block ${number} was replaced while it was read`, {
        ...{ expected: hash, actual: now.hash },
      });
  }

  async #opened(sessionId: SessionId, head: SessionWord): Promise<SessionLine> {
    let opened: SessionOpened | undefined;
    for await (const { event } of this.#eventsOf(sessionId, head.openBlock, head.openBlock))
      if (event.kind === "SessionOpened") opened = event;
    if (opened === undefined) throw missing("SessionOpened", head.openBlock);
    const opening = openingOf(opened);
    const { facts } = opening;
    const sessionHash = sessionHashOf(facts);
    const heads: { head: LogHead; word: LogWord }[] = [];
    for (const { gatewayId } of facts.destination === null ? [facts.origin] : [facts.origin, facts.destination]) {
      const word = await this.#reader.logOf(sessionHash, gatewayId, this.#anchor.block.number);
      const lastEntryHash = await this.#lastEntryHash(sessionId, sessionHash, gatewayId, word);
      heads.push({ word, head: { gatewayId, length: word.length, lastEntryHash, closed: word.closed } });
    }
    return {
      kind: "session",
      opening,
      sessionHash,
      decision: head.decision,
      logs: heads.map((log) => log.head),
      closed: head.closedBlock !== 0,
      chain: { at: placeOf(opened.at), head, logs: heads.map(({ word }) => word) },
    };
  }

  /** In full: from the event that stands last in the log. */
  async #lastEntryHash(
    sessionId: SessionId,
    sessionHash: Hash,
    gatewayId: GatewayId,
    { length, lastBlock }: LogWord,
  ): Promise<Hash> {
    if (length === 0) return ZERO_HASH;
    let found: Hash | undefined;
    for await (const { event } of this.#eventsOf(sessionId, lastBlock, lastBlock)) {
      if (event.kind === "EntryAppended" && event.gatewayId === gatewayId)
        found = entryOf(event, sessionHash).entryHash;
      if (event.kind === "LogClosed" && event.gatewayId === gatewayId) found = event.lastEntryHash;
    }
    if (found === undefined) throw missing("EntryAppended", lastBlock);
    return found;
  }

  async #recordOf(event: RegistryEvent, { opening, sessionHash }: SessionLine): Promise<Exported | undefined> {
    const at = placeOf(event.at);
    const { sessionId } = opening.facts;
    switch (event.kind) {
      case "EntryAppended":
        return { kind: "entry", entry: entryOf(event, sessionHash), at: { ...at, previousBlock: event.previousBlock } };
      case "LogClosed": {
        const { gatewayId, length, lastEntryHash, epoch, signature, previousBlock } = event;
        const statement = { sessionId, sessionHash, gatewayId, length, lastEntryHash, epoch, signature };
        return { kind: "closing", statement, at: { ...at, previousBlock } };
      }
      case "Decided": {
        const { timestamp } = await this.#reader.blockOf(at.block);
        const { epoch, signature } = event;
        const statement = { sessionId, sessionHash, ...decisionOf(event), epoch, signature };
        return { kind: "decision", statement, final: true, at: { ...at, timestamp } };
      }
      case "SessionClosed":
        return { kind: "closed", sessionId, sessionHash: event.sessionHash, at };
      default:
        return undefined; // the opening stands before; what the registry refused is no part of the log
    }
  }

  async #changes(gatewayId: GatewayId, lastBlock: number): Promise<GatewayChange[]> {
    const changes: GatewayChange[] = [];
    for (let block = lastBlock; ;) {
      const inBlock = (await readLogs(this.#reader, { fromBlock: block, toBlock: block, firstTopics: [gatewayId] }))
        .filter(({ topics }) => GATEWAY_TOPICS.includes(topics[0]))
        .map((log) => changeOf(this.#decode(log), gatewayId));
      const [first] = inBlock;
      if (first === undefined) throw missing("a change of the gateway", block);
      changes.unshift(...inBlock);
      if (first.event === "GatewayRegistered") return changes;
      // Each step back must lead back, or a faulty node could keep us walking.
      if (first.at.previousBlock >= block) throw missing("GatewayRegistered", block);
      block = first.at.previousBlock;
    }
  }

  async *#eventsOf(sessionId: SessionId, fromBlock: number, toBlock: number) {
    const query = { fromBlock, toBlock, firstTopics: [sessionIdToWord(sessionId)] };
    for await (const found of this.#events(query)) {
      if (!("sessionId" in found.event) || found.event.sessionId !== sessionId)
        throw corrupt("an event of another session", found.event.at);
      yield found;
    }
  }

  async *#events({ fromBlock, toBlock, firstTopics }: LogQuery): AsyncGenerator<{ readonly event: RegistryEvent }> {
    let window = FIRST_WINDOW_BLOCKS;
    for (let from = fromBlock; from <= toBlock;) {
      const to = Math.min(toBlock, from + window - 1);
      const logs = await readLogs(this.#reader, { fromBlock: from, toBlock: to, ...(firstTopics && { firstTopics }) });
      for (const log of logs) if (isKnown(log)) yield { event: this.#decode(log) };
      from = to + 1;
      window = logs.length > MAX_ENTRIES_PER_CALL ? Math.max(1, window >> 1) : Math.min(MAX_WINDOW_BLOCKS, window * 2);
    }
  }

  #decode(log: RawLog): RegistryEvent {
    const { blockNumber: block, logIndex, transactionHash } = log;
    const { event, fault } = decodeEvent(log, { block, logIndex, transactionHash, order: 0 });
    if (event === undefined || fault !== undefined || log.address !== this.#anchor.registry)
      throw corrupt(fault ?? "an event of another contract", { block, logIndex });
    return event;
  }
}

/** Anchors of private logs stand in the same registry, and are no part of a session here. */
function isKnown({ topics }: RawLog): boolean {
  return REGISTRY_EVENTS.getEvent(topics[0] ?? "") !== null;
}

function openingOf(event: SessionOpened): SessionOpening {
  const { sessionId, originGatewayId, destinationGatewayId, deadline, facts, epoch, signature } = event;
  return {
    facts: parseFacts({ sessionId, originGatewayId, destinationGatewayId, deadline, facts }),
    epoch,
    signature,
  };
}

function entryOf(event: EntryAppended, sessionHash: Hash): LogEntry {
  const { sessionId, gatewayId, header, causedBy, lastEntryHash, payloadHash, payload, signature } = event;
  const fields = {
    ...unpackHeader(header),
    ...{ sessionId, sessionHash, gatewayId, causedBy, lastEntryHash, payloadHash },
  };
  return { ...fields, payload, entryHash: entryHashOf(fields), signature };
}

function decisionOf({
  decision,
  ground,
  at,
}: Extract<RegistryEvent, { kind: "Decided" }>): Pick<DecisionStatement, "decision" | "ground"> {
  const name = (["COMMIT", "ABORT"] as const).find((each) => DECISIONS[each] === decision);
  const on = (["ORIGIN", "VOTE_NO", "DEADLINE"] as const).find((each) => GROUNDS[each] === ground);
  if (name === undefined || on === undefined) throw corrupt("a decision that is none", at);
  return { decision: name, ground: on };
}

function missing(event: string, block: number): GatelogError {
  return new GatelogError(
    "STORE_UNAVAILABLE",
    `the node does not show ${event} in block ${block}, which the registry's state promises`,
    { event, block },
  );
}
