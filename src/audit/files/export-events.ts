import { packHeader } from "../../entry/entry.ts";
import {
  bytesToHex,
  sessionIdToBytes16,
  sessionIdToWord,
  toHex,
  ZERO_HASH,
  type Address,
  type Hex,
} from "../../entry/hex.ts";
import { factsBytes } from "../../entry/session.ts";
import { splitSignature, type CompactSignature } from "../../entry/signature.ts";
import { DECISIONS, GROUNDS } from "../../entry/statements.ts";
import { REGISTRY_EVENTS } from "../reading/event-decoder.ts";
import type { ExportBody } from "./export-lines.ts";
import type { ExportedChange, ExportedEntry, ExportedPlace } from "./export-format.ts";
import type { RawLog } from "../reading/reader.ts";

/** The events that a record of a chain's file stands for, byte for byte as the registry emitted them. None: it has no place. */
export function eventsOf(record: ExportBody, registry: Address): RawLog[] {
  const event = (name: string, at: ExportedPlace | null, values: readonly unknown[]): RawLog[] =>
    at === null ? [] : [placed(registry, at, REGISTRY_EVENTS.encodeEventLog(name, values))];
  switch (record.kind) {
    case "gateway":
      return (record.chain?.changes ?? []).flatMap((change) =>
        event(change.event, change.at, valuesOf(change, record.gatewayId)),
      );
    case "session": {
      const { facts, epoch, signature } = record.opening;
      const { sessionId, origin, destination, deadline } = facts;
      const parties = [origin.gatewayId, destination?.gatewayId ?? ZERO_HASH];
      const values = [sessionIdToBytes16(sessionId), ...parties, deadline, epoch, factsBytes(facts)];
      return event("SessionOpened", record.chain?.at ?? null, [...values, ...partsOf(signature)]);
    }
    case "entry":
      return record.at === null
        ? []
        : [placed(registry, record.at, encodeEntry(record.entry, record.at.previousBlock))];
    case "decision": {
      const { sessionId, decision, ground, epoch, signature } = record.statement;
      const values = [sessionIdToBytes16(sessionId), DECISIONS[decision], GROUNDS[ground], epoch];
      return event("Decided", record.at, [...values, ...partsOf(signature)]);
    }
    case "closing": {
      const { sessionId, gatewayId, length, lastEntryHash, epoch, signature } = record.statement;
      const values = [sessionIdToBytes16(sessionId), gatewayId, length, lastEntryHash, epoch, ...partsOf(signature)];
      return event("LogClosed", record.at, [...values, record.at?.previousBlock]);
    }
    case "closed":
      return event("SessionClosed", record.at, [sessionIdToBytes16(record.sessionId), record.sessionHash]);
    default:
      return []; // no event
  }
}

function placed(
  address: Address,
  { block, logIndex, transactionHash }: ExportedPlace,
  { topics, data }: { readonly topics: readonly string[]; readonly data: string },
): RawLog {
  return { address, topics: topics.map(toHex), data: toHex(data), blockNumber: block, logIndex, transactionHash };
}

const ENTRY_TOPIC = toHex(REGISTRY_EVENTS.getEvent("EntryAppended")?.topicHash ?? "");
/** Words before the payload's length. */
const HEAD_WORDS = 8;
const PAYLOAD_OFFSET = wordOf(HEAD_WORDS * 32);

/** An EntryAppended by hand, as nearly all events are: in a fiftieth of the time of the general way. */
function encodeEntry(
  entry: ExportedEntry["entry"],
  previousBlock: number,
): { readonly topics: readonly Hex[]; readonly data: Hex } {
  const { sessionId, gatewayId, causedBy, lastEntryHash, payloadHash, payload, signature } = entry;
  const [r, vs] = partsOf(signature);
  const words = [packHeader(entry), causedBy, lastEntryHash, payloadHash].map((hash) => hash.slice(2)).join("");
  const bytes = bytesToHex(payload).slice(2);
  const padded = bytes.padEnd(Math.ceil(bytes.length / 64) * 64, "0");
  const tail = `${r.slice(2)}${vs.slice(2)}${wordOf(previousBlock)}${wordOf(payload.length)}${padded}`;
  return { topics: [ENTRY_TOPIC, sessionIdToWord(sessionId), gatewayId], data: `0x${words}${PAYLOAD_OFFSET}${tail}` };
}

function wordOf(value: number): string {
  return value.toString(16).padStart(64, "0");
}

function valuesOf(change: ExportedChange, gatewayId: string): readonly unknown[] {
  const signature = partsOf(change.signature);
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
      return [gatewayId, epoch, key, former, planned, at.previousBlock, ...signature, ...partsOf(formerSignature)];
    }
  }
}

function partsOf(signature: CompactSignature | null): readonly [Hex, Hex] {
  if (signature === null) return [ZERO_HASH, ZERO_HASH];
  const { r, vs } = splitSignature(signature);
  return [r, vs];
}
