import { decodeEvent, REGISTRY_EVENTS } from "../../src/audit/reading/event-decoder.ts";
import type { EntryAppended, RegistryEvent, SessionOpened } from "../../src/audit/reading/events.ts";
import type { Finding } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { entryHashOf, unpackHeader, type LogEntry } from "../../src/entry/entry.ts";
import { toHex, type GatewayId, type Hash, type Hex, type SessionId } from "../../src/entry/hex.ts";
import { loggedFactsHash, sessionHashFrom } from "../../src/entry/session.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import type { RegistryDomain } from "../../src/entry/statements.ts";
import type { SoundLog } from "../../test/support/corpus.ts";
import type { Recording } from "../../test/support/recorded-reader.ts";
import type { Random } from "../../test/simulator/random.ts";

/** An event of a recording that nothing was done to yet. */
export interface Known {
  readonly log: RawLog;
  readonly place: number;
  readonly event: RegistryEvent;
}

export interface KnownEntry extends Known {
  readonly event: EntryAppended;
  readonly entry: LogEntry;
}

/** A recording as the mutations see it: decoded once, with the keys of all who signed. */
export class Subject {
  readonly source: Pick<SoundLog, "name" | "recording" | "signers" | "ledgers">;
  readonly recording: Recording;
  readonly random: Random;
  readonly events: readonly Known[];
  readonly entries: readonly KnownEntry[];
  readonly openings: ReadonlyMap<SessionId, SessionOpened>;
  readonly #sessionHashes = new Map<SessionId, Hash>();
  readonly #signers: SoundLog["signers"];

  /** @param former The same before something was done to it: only what is left of that may be mutated. */
  constructor(source: Pick<SoundLog, "name" | "recording" | "signers" | "ledgers">, random: Random, former?: Subject) {
    const { recording, signers } = source;
    this.source = source;
    this.recording = recording;
    this.random = random;
    this.#signers = signers;
    const untouched = former && new Set(former.recording.logs);
    this.events = recording.logs.flatMap((log, place) => {
      if (untouched?.has(log) === false) return [];
      const at = { block: log.blockNumber, logIndex: log.logIndex, transactionHash: log.transactionHash, order: place };
      const { event } = decodeEvent(log, at);
      // Nothing rests on what the registry refused.
      return event === undefined || event.kind === "EntryRefused" ? [] : [{ log, place, event }];
    });
    const opened =
      former === undefined
        ? this.events.flatMap(({ event }) => (event.kind === "SessionOpened" ? [event] : []))
        : [...former.openings.values()];
    this.openings = new Map(opened.map((event) => [event.sessionId, event]));
    for (const { sessionId, originGatewayId, destinationGatewayId, deadline, facts } of opened) {
      const factsHash = loggedFactsHash(originGatewayId, destinationGatewayId, deadline, facts);
      this.#sessionHashes.set(sessionId, sessionHashFrom(sessionId, factsHash));
    }
    this.entries = this.events.flatMap((known) => this.#entryOf(known) ?? []);
  }

  get domain(): RegistryDomain {
    const { chainId, registry } = this.recording.anchor;
    return { chainId, registry };
  }

  sessionHashOf(sessionId: SessionId): Hash {
    const hash = this.#sessionHashes.get(sessionId);
    if (hash === undefined) throw new Error(`the opening of ${sessionId} is not there`);
    return hash;
  }

  hasOpening(sessionId: SessionId): boolean {
    return this.#sessionHashes.has(sessionId);
  }

  ofKind<Kind extends RegistryEvent["kind"]>(
    kind: Kind,
  ): (Known & { readonly event: Extract<RegistryEvent, { kind: Kind }> })[] {
    return this.events.flatMap((known) => {
      const { event } = known;
      return isOf(event, kind) ? [{ ...known, event }] : [];
    });
  }

  /** All entries of the log that this one stands in. */
  logOf({ event }: { readonly event: { readonly sessionId: SessionId; readonly gatewayId: GatewayId } }): KnownEntry[] {
    return this.entries.filter(
      (each) => each.event.sessionId === event.sessionId && each.event.gatewayId === event.gatewayId,
    );
  }

  /** The signer of the key that was the gateway's at this place, and its epoch. */
  keyAt(gatewayId: GatewayId, place: number): { readonly epoch: number; readonly signer: DigestSigner } | undefined {
    return this.keysOf(gatewayId).findLast((key) => key.since < place);
  }

  keysOf(gatewayId: GatewayId): { readonly epoch: number; readonly since: number; readonly signer: DigestSigner }[] {
    return this.events.flatMap(({ event, place }) => {
      const isKey =
        event.kind === "GatewayRegistered" || event.kind === "KeyRotated" || event.kind === "PrimaryChanged";
      if (!isKey || event.gatewayId !== gatewayId) return [];
      const signer = this.#signers.get(event.key);
      const epoch = event.kind === "GatewayRegistered" ? 1 : event.epoch;
      return signer === undefined ? [] : [{ epoch, since: place, signer }];
    });
  }

  signerOf(address: Hex): DigestSigner | undefined {
    return this.#signers.get(address);
  }

  /** What the gateways sign behind this place: what may be named where a key is in doubt. */
  signedBehind(gatewayId: GatewayId, block: number): (finding: Finding) => boolean {
    const sessions = new Set<SessionId>();
    for (const opened of this.openings.values())
      if (opened.originGatewayId === gatewayId || opened.destinationGatewayId === gatewayId)
        sessions.add(opened.sessionId);
    return (finding) =>
      (finding.block === null || finding.block >= block) &&
      (finding.sessionId === null ? finding.gatewayId === gatewayId : sessions.has(finding.sessionId));
  }

  withLogs(logs: readonly RawLog[]): Recording {
    return { ...this.recording, logs };
  }

  withLog(place: number, log: RawLog): Recording {
    return this.withLogs(this.recording.logs.with(place, log));
  }

  #entryOf({ log, place, event }: Known): KnownEntry | undefined {
    if (event.kind !== "EntryAppended" || !this.hasOpening(event.sessionId)) return undefined;
    const { sessionId, gatewayId, header, causedBy, lastEntryHash, payloadHash, payload, signature } = event;
    const sessionHash = this.sessionHashOf(sessionId);
    const fields = { ...unpackHeader(header), sessionId, sessionHash, gatewayId, causedBy, lastEntryHash, payloadHash };
    return { log, place, event, entry: { ...fields, payload, signature, entryHash: entryHashOf(fields) } };
  }
}

function isOf<Kind extends RegistryEvent["kind"]>(
  event: RegistryEvent,
  kind: Kind,
): event is Extract<RegistryEvent, { kind: Kind }> {
  return event.kind === kind;
}

/** An event with other values in some of its fields, written as Solidity writes it. */
export function altered(log: RawLog, change: Readonly<Record<string, unknown>>): RawLog {
  const fragment = REGISTRY_EVENTS.getEvent(log.topics[0] ?? "");
  if (fragment === null) throw new Error("no event of this registry");
  const args = REGISTRY_EVENTS.decodeEventLog(fragment, log.data, log.topics);
  const values = fragment.inputs.map(({ name }): unknown => (name in change ? change[name] : args.getValue(name)));
  const { data, topics } = REGISTRY_EVENTS.encodeEventLog(fragment, values);
  return { ...log, data: toHex(data), topics: topics.map(toHex) };
}

export function isSame(a: RawLog, b: RawLog): boolean {
  return a.data === b.data && a.topics.join() === b.topics.join();
}

/** What one place in the chain is called. */
export function placeOf({ blockNumber, logIndex }: RawLog): string {
  return `block ${blockNumber}, log ${logIndex}`;
}
