import { getAddress, getBytes, Interface, type EventFragment } from "ethers";
import {
  sessionIdFromBytes16,
  toHex,
  ZERO_HASH,
  type Address,
  type GatewayId,
  type Hash,
  type SessionId,
} from "../../entry/hex.ts";
import { joinSignature, type CompactSignature } from "../../entry/signature.ts";
import type { Place, RegistryEvent } from "./events.ts";
import type { RawLog } from "./reader.ts";
import { decodeStrictly } from "./strict-abi.ts";

/** The registry's events, declared here a second time on purpose: the auditor reads chains by itself. */
export const REGISTRY_EVENTS = new Interface([
  "event GatewayRegistered(bytes32 indexed gatewayId, address indexed owner, string name, address key, string endpoints, bytes32 r, bytes32 vs)",
  "event KeyRotated(bytes32 indexed gatewayId, uint32 epoch, address key, uint32 change, uint32 previousBlock, bytes32 r, bytes32 vs)",
  "event EndpointsSet(bytes32 indexed gatewayId, string endpoints, uint32 change, uint32 previousBlock, bytes32 r, bytes32 vs)",
  "event BackupsSet(bytes32 indexed gatewayId, address[] backups, uint32 takeoverInterval, uint32 change, uint32 previousBlock, bytes32 r, bytes32 vs)",
  "event PrimaryChanged(bytes32 indexed gatewayId, uint32 epoch, address key, address former, bool planned, uint32 previousBlock, bytes32 r, bytes32 vs, bytes32 formerR, bytes32 formerVs)",
  "event SessionOpened(bytes16 indexed sessionId, bytes32 indexed originGatewayId, bytes32 indexed destinationGatewayId, uint64 deadline, uint32 epoch, bytes facts, bytes32 r, bytes32 vs)",
  "event EntryAppended(bytes16 indexed sessionId, bytes32 indexed gatewayId, bytes32 header, bytes32 causedBy, bytes32 lastEntryHash, bytes32 payloadHash, bytes payload, bytes32 r, bytes32 vs, uint32 previousBlock)",
  "event EntryRefused(bytes16 indexed sessionId, bytes32 indexed gatewayId, bytes32 header, uint256 position, bytes reason)",
  "event Decided(bytes16 indexed sessionId, uint8 decision, uint8 ground, uint32 epoch, bytes32 r, bytes32 vs)",
  "event LogClosed(bytes16 indexed sessionId, bytes32 indexed gatewayId, uint32 length, bytes32 lastEntryHash, uint32 epoch, bytes32 r, bytes32 vs, uint32 previousBlock)",
  "event SessionClosed(bytes16 indexed sessionId, bytes32 sessionHash)",
  "event Anchored(bytes32 indexed gatewayId, uint32 index, bytes32 root, uint32 entries, uint32 epoch, bytes32 r, bytes32 vs, uint32 previousBlock)",
]);

/** By topic 0. Kept, because ethers hashes every signature anew each time that it looks for one. */
const FRAGMENTS = new Map<string, EventFragment>();
REGISTRY_EVENTS.forEachEvent((fragment) => FRAGMENTS.set(fragment.topicHash, fragment));

/** Name of the event by its first topic; undefined if it is none of the registry's. */
export function kindOf({ topics }: RawLog): RegistryEvent["kind"] | undefined {
  // The interface above has no events but these.
  return FRAGMENTS.get(topics[0] ?? "")?.name as RegistryEvent["kind"] | undefined;
}

export interface Decoded {
  /** What the bytes say, if they say anything. */
  readonly event: RegistryEvent | undefined;
  /** Why the bytes are not the canonical form of an event, or undefined if they are. */
  readonly fault: string | undefined;
}

/** Reads an event. What is not in canonical form is read all the same, if it can be, so that a finding can name it. */
export function decodeEvent(log: RawLog, at: Place): Decoded {
  const fragment = FRAGMENTS.get(log.topics[0] ?? "");
  if (fragment === undefined) return { event: undefined, fault: "no event of this registry has this topic" };
  const values = decodeStrictly(fragment, log.topics, log.data);
  const fault = values === undefined ? `the bytes of this ${fragment.name} are not as Solidity writes them` : undefined;
  try {
    const event = toEvent(fragment.name, new Fields(values ?? decodeLeniently(fragment, log)), at);
    return { event, fault };
  } catch {
    // The decoders throw whatever they like at bytes that are no event; that they are none is all there is to say.
    return { event: undefined, fault: `this ${fragment.name} cannot be decoded` };
  }
}

function decodeLeniently(fragment: EventFragment, log: RawLog): Map<string, unknown> {
  const args = REGISTRY_EVENTS.decodeEventLog(fragment, log.data, log.topics);
  return new Map(fragment.inputs.map(({ name }) => [name, args.getValue(name)]));
}

function toEvent(name: string, field: Fields, at: Place): RegistryEvent | undefined {
  switch (name) {
    case "GatewayRegistered":
      return {
        kind: "GatewayRegistered",
        at,
        gatewayId: field.hash("gatewayId"),
        owner: field.address("owner"),
        name: field.text("name"),
        key: field.address("key"),
        endpoints: field.text("endpoints"),
        signature: field.signature(),
      };
    case "KeyRotated":
      return { kind: "KeyRotated", at, epoch: field.number("epoch"), key: field.address("key"), ...change(field) };
    case "EndpointsSet":
      return { kind: "EndpointsSet", at, endpoints: field.text("endpoints"), ...change(field) };
    case "BackupsSet":
      return {
        kind: "BackupsSet",
        at,
        backups: field.addresses("backups"),
        takeoverInterval: field.number("takeoverInterval"),
        ...change(field),
      };
    case "PrimaryChanged":
      return {
        kind: "PrimaryChanged",
        at,
        gatewayId: field.hash("gatewayId"),
        epoch: field.number("epoch"),
        key: field.address("key"),
        former: field.address("former"),
        planned: field.truth("planned"),
        previousBlock: field.number("previousBlock"),
        signature: field.signature(),
        formerSignature: field.signatureOrNull("formerR", "formerVs"),
      };
    case "SessionOpened":
      return {
        kind: "SessionOpened",
        at,
        sessionId: field.sessionId(),
        originGatewayId: field.hash("originGatewayId"),
        destinationGatewayId: field.hash("destinationGatewayId"),
        deadline: field.number("deadline"),
        epoch: field.number("epoch"),
        facts: field.bytes("facts"),
        signature: field.signature(),
      };
    case "EntryAppended":
      return {
        kind: "EntryAppended",
        at,
        sessionId: field.sessionId(),
        gatewayId: field.hash("gatewayId"),
        header: field.hash("header"),
        causedBy: field.hash("causedBy"),
        lastEntryHash: field.hash("lastEntryHash"),
        payloadHash: field.hash("payloadHash"),
        payload: field.bytes("payload"),
        signature: field.signatureOrNull(),
        previousBlock: field.number("previousBlock"),
      };
    case "EntryRefused":
      return { kind: "EntryRefused", at, sessionId: field.sessionId() };
    case "Decided":
      return {
        kind: "Decided",
        at,
        sessionId: field.sessionId(),
        decision: field.number("decision"),
        ground: field.number("ground"),
        epoch: field.number("epoch"),
        signature: field.signatureOrNull(),
      };
    case "LogClosed":
      return {
        kind: "LogClosed",
        at,
        sessionId: field.sessionId(),
        gatewayId: field.hash("gatewayId"),
        length: field.number("length"),
        lastEntryHash: field.hash("lastEntryHash"),
        epoch: field.number("epoch"),
        signature: field.signature(),
        previousBlock: field.number("previousBlock"),
      };
    case "SessionClosed":
      return { kind: "SessionClosed", at, sessionId: field.sessionId(), sessionHash: field.hash("sessionHash") };
    case "Anchored":
      return {
        kind: "Anchored",
        at,
        gatewayId: field.hash("gatewayId"),
        index: field.number("index"),
        root: field.hash("root"),
        entries: field.number("entries"),
        epoch: field.number("epoch"),
        signature: field.signature(),
        previousBlock: field.number("previousBlock"),
      };
    default:
      return undefined;
  }
}

function change(field: Fields) {
  return {
    gatewayId: field.hash("gatewayId"),
    change: field.number("change"),
    previousBlock: field.number("previousBlock"),
    signature: field.signature(),
  };
}

/** The arguments of one event by name, each as what it must be; throws where it is not. */
class Fields {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }

  text(name: string): string {
    const value = this.#values.get(name);
    if (typeof value !== "string") throw new TypeError(`${name} is no text`);
    return value;
  }

  hash(name: string): Hash {
    return toHex(this.text(name));
  }

  bytes(name: string): Uint8Array {
    return getBytes(this.text(name));
  }

  address(name: string): Address {
    return toHex(getAddress(this.text(name)));
  }

  addresses(name: string): Address[] {
    const value = this.#values.get(name);
    if (!Array.isArray(value)) throw new TypeError(`${name} is no list`);
    return value.map((each) => toHex(getAddress(String(each))));
  }

  truth(name: string): boolean {
    const value = this.#values.get(name);
    if (typeof value !== "boolean") throw new TypeError(`${name} is neither true nor false`);
    return value;
  }

  sessionId(): SessionId {
    return sessionIdFromBytes16(this.text("sessionId"));
  }

  number(name: string): number {
    const value = this.#values.get(name);
    if (typeof value !== "bigint" || value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new RangeError(`${name} is too large`);
    return Number(value);
  }

  signature(r = "r", vs = "vs"): CompactSignature {
    return joinSignature(this.text(r), this.text(vs));
  }

  signatureOrNull(r = "r", vs = "vs"): CompactSignature | null {
    return this.text(r) === ZERO_HASH && this.text(vs) === ZERO_HASH ? null : this.signature(r, vs);
  }
}

/** Whose event it was, as far as its topics still tell: for naming what cannot be read. A session's id has 16 zero bytes behind it. */
export function ownerOf({ topics }: RawLog): { sessionId?: SessionId; gatewayId?: GatewayId } {
  const [, first, second] = topics;
  if (first === undefined) return {};
  if (!first.endsWith("0".repeat(32))) return { gatewayId: first };
  const sessionId = sessionIdFromBytes16(first);
  // SessionOpened has two gateways behind its id, and neither of them is the one that it is about.
  return second === undefined || topics.length > 3 ? { sessionId } : { sessionId, gatewayId: second };
}
