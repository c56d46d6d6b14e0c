import { Interface } from "ethers";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import type { Recording } from "./recorded-reader.ts";
import { LogRegistryArtifact } from "../../src/chain/generated/contracts/LogRegistry.ts";
import { packHeader } from "../../src/entry/entry.ts";
import { sessionIdToBytes16, toHex, ZERO_HASH, type Address } from "../../src/entry/hex.ts";
import { factsBytes } from "../../src/entry/session.ts";
import { splitSignature, type CompactSignature } from "../../src/entry/signature.ts";
import { DECISIONS, GROUNDS } from "../../src/entry/statements.ts";
import { readLogFile } from "../../src/store/log-file-stream.ts";
import type { EventPlace, GatewayChange, LogFileRecord } from "../../src/store/log-file.ts";

const REGISTRY = new Interface(LogRegistryArtifact.abi);

/** The records of a file, all of them. */
export async function recordsOf(text: string | Uint8Array): Promise<LogFileRecord[]> {
  const records: LogFileRecord[] = [];
  for await (const { record } of readLogFile(chunksOf(text))) records.push(record);
  return records;
}

/** Bytes in pieces that are no lines. */
export async function* chunksOf(bytes: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const SIZE = 1_000;
  const buffer = Buffer.from(bytes);
  for (let from = 0; from < buffer.length; from += SIZE)
    yield await Promise.resolve(buffer.subarray(from, from + SIZE));
}

/** The registry's events that the records of a chain's file amount to, encoded with the contract's own ABI, in the chain's order. */
export function eventsOf(records: readonly LogFileRecord[]): RawLog[] {
  const header = records[0];
  if (header?.kind !== "header" || header.source.kind !== "chain") throw new Error("this file is from no chain");
  const { registry } = header.source;
  return records
    .flatMap((record) => logsOf(record, registry))
    .toSorted((left, right) => left.blockNumber - right.blockNumber || left.logIndex - right.logIndex);
}

/** The file's answers in a node's place: whatever is asked that the file does not say is answered as by an empty registry. */
export function recordingOf(records: readonly LogFileRecord[]): Recording {
  const header = records[0];
  if (header?.kind !== "header" || header.source.kind !== "chain") throw new Error("this file is from no chain");
  const { chainId, genesisHash, registry, block } = header.source;
  const recording: Recording = {
    anchor: { chainId, genesisHash, registry, block },
    logs: eventsOf(records),
    logWords: new Map(),
    sessionWords: new Map(),
    gatewayWords: new Map(),
    anchorsWords: new Map(),
    roots: new Map(),
    blocks: new Map([[block.number, block]]),
  };
  for (const record of records) {
    if (record.kind === "gateway" && record.chain) recording.gatewayWords.set(record.gatewayId, record.chain.head);
    if (record.kind === "decision" && record.at)
      recording.blocks.set(record.at.block, { ...block, number: record.at.block, timestamp: record.at.timestamp });
    if (record.kind !== "session" || record.chain === null) continue;
    recording.sessionWords.set(record.opening.facts.sessionId, record.chain.head);
    for (const [place, log] of record.logs.entries()) {
      const word = record.chain.logs[place];
      if (word)
        recording.logWords.set(record.sessionHash + log.gatewayId, {
          ...word,
          lastEntryHash: toHex(word.lastEntryHash),
        });
    }
  }
  return recording;
}

function logsOf(record: LogFileRecord, registry: Address): RawLog[] {
  const event = (name: string, at: EventPlace | null | undefined, values: readonly unknown[]): RawLog[] => {
    if (!at) throw new Error(`${name} has no place`);
    const { data, topics } = REGISTRY.encodeEventLog(name, values);
    const { block: blockNumber, logIndex, transactionHash } = at;
    return [
      { address: registry, topics: topics.map(toHex), data: toHex(data), blockNumber, logIndex, transactionHash },
    ];
  };
  switch (record.kind) {
    case "gateway":
      return (record.chain?.changes ?? []).flatMap((change) =>
        event(change.event, change.at, valuesOf(change, record.gatewayId)),
      );
    case "session": {
      const { facts, epoch, signature } = record.opening;
      const { sessionId, origin, destination, deadline } = facts;
      const parties = [origin.gatewayId, destination?.gatewayId ?? ZERO_HASH];
      const values = [
        sessionIdToBytes16(sessionId),
        ...parties,
        deadline,
        epoch,
        factsBytes(facts),
        ...parts(signature),
      ];
      return event("SessionOpened", record.chain?.at, values);
    }
    case "entry": {
      const { entry, at } = record;
      const { sessionId, gatewayId, causedBy, lastEntryHash, payloadHash, payload, signature } = entry;
      const words = [packHeader(entry), causedBy, lastEntryHash, payloadHash, payload];
      const values = [sessionIdToBytes16(sessionId), gatewayId, ...words, ...parts(signature), at?.previousBlock];
      return event("EntryAppended", at, values);
    }
    case "decision": {
      const { sessionId, decision, ground, epoch, signature } = record.statement;
      const values = [sessionIdToBytes16(sessionId), DECISIONS[decision], GROUNDS[ground], epoch, ...parts(signature)];
      return event("Decided", record.at, values);
    }
    case "closing": {
      const { sessionId, gatewayId, length, lastEntryHash, epoch, signature } = record.statement;
      const values = [sessionIdToBytes16(sessionId), gatewayId, length, lastEntryHash, epoch, ...parts(signature)];
      return event("LogClosed", record.at, [...values, record.at?.previousBlock]);
    }
    case "closed":
      return event("SessionClosed", record.at, [sessionIdToBytes16(record.sessionId), record.sessionHash]);
    default:
      return []; // no event
  }
}

function valuesOf(change: GatewayChange, gatewayId: string): readonly unknown[] {
  const signature = parts(change.signature);
  switch (change.event) {
    case "GatewayRegistered":
      return [gatewayId, change.owner, change.name, change.key, change.endpoints, ...signature];
    case "KeyRotated":
      return [gatewayId, change.epoch, change.key, change.change, change.at.previousBlock, ...signature];
    case "EndpointsSet":
      return [gatewayId, change.endpoints, change.change, change.at.previousBlock, ...signature];
    case "BackupsSet": {
      const { backups, takeoverInterval, change: number, at } = change;
      return [gatewayId, backups, takeoverInterval, number, at.previousBlock, ...signature];
    }
    case "PrimaryChanged": {
      const { epoch, key, former, planned, formerSignature, at } = change;
      return [gatewayId, epoch, key, former, planned, at.previousBlock, ...signature, ...parts(formerSignature)];
    }
  }
}

function parts(signature: CompactSignature | null): readonly [string, string] {
  if (signature === null) return [ZERO_HASH, ZERO_HASH];
  const { r, vs } = splitSignature(signature);
  return [r, vs];
}
