import { GatelogError } from "../entry/errors.ts";
import { toHex, type Hash } from "../entry/hex.ts";
import { logRegistryInterface } from "./contracts.ts";
import type {
  AnchoredEvent,
  DecidedEvent,
  EndpointsSetEvent,
  EntryAppendedEvent,
  EntryRefusedEvent,
  GatewayRegisteredEvent,
  KeyRotatedEvent,
  LogClosedEvent,
  SessionOpenedEvent,
} from "./generated/types/LogRegistry.ts";
import type { ChainEvent } from "./rpc-values.ts";

/** The registry's events that are read here, with their arguments. */
interface RegistryEvents {
  GatewayRegistered: GatewayRegisteredEvent.OutputObject;
  KeyRotated: KeyRotatedEvent.OutputObject;
  EndpointsSet: EndpointsSetEvent.OutputObject;
  SessionOpened: SessionOpenedEvent.OutputObject;
  EntryAppended: EntryAppendedEvent.OutputObject;
  EntryRefused: EntryRefusedEvent.OutputObject;
  LogClosed: LogClosedEvent.OutputObject;
  Decided: DecidedEvent.OutputObject;
  Anchored: AnchoredEvent.OutputObject;
}
type EventName = keyof RegistryEvents;

export const TOPICS: Readonly<Record<EventName, Hash>> = {
  GatewayRegistered: topicOf("GatewayRegistered"),
  KeyRotated: topicOf("KeyRotated"),
  EndpointsSet: topicOf("EndpointsSet"),
  SessionOpened: topicOf("SessionOpened"),
  EntryAppended: topicOf("EntryAppended"),
  EntryRefused: topicOf("EntryRefused"),
  LogClosed: topicOf("LogClosed"),
  Decided: topicOf("Decided"),
  Anchored: topicOf("Anchored"),
};

/** Arguments of an event by name; CORRUPT_STORE if its bytes are no such event. */
export function decodeEvent<Name extends EventName>(name: Name, event: ChainEvent): RegistryEvents[Name] {
  try {
    // TypeChain made the type from the ABI that decodes here.
    return logRegistryInterface.decodeEventLog(name, event.data, event.topics).toObject() as RegistryEvents[Name];
  } catch (cause) {
    const context = { event: name, blockNumber: event.blockNumber, logIndex: event.logIndex };
    throw new GatelogError("CORRUPT_STORE", `the event is no ${name}`, context, { cause });
  }
}

/** Order in which events happened. */
export function byPlace(left: ChainEvent, right: ChainEvent): number {
  return left.blockNumber - right.blockNumber || left.logIndex - right.logIndex;
}

function topicOf(name: EventName): Hash {
  return toHex(logRegistryInterface.getEvent(name).topicHash);
}
