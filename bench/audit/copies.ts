import { concat, keccak256, toUtf8Bytes } from "ethers";

import { decodeEvent, REGISTRY_EVENTS } from "../../src/audit/reading/event-decoder.ts";
import type { EntryAppended, RegistryEvent, SessionOpened } from "../../src/audit/reading/events.ts";
import type { LogWord, RawLog, SessionWord } from "../../src/audit/reading/reader.ts";
import { entryHashOf, unpackHeader } from "../../src/entry/entry.ts";
import {
  bytesToHex,
  sessionIdFromBytes16,
  sessionIdToWord,
  toHex,
  ZERO_HASH,
  type GatewayId,
  type Hash,
  type Hex,
  type SessionId,
} from "../../src/entry/hex.ts";
import { loggedFactsHash, sessionHashFrom } from "../../src/entry/session.ts";
import { splitSignature, type CompactSignature, type DigestSigner } from "../../src/entry/signature.ts";
import { statementDigest, type RegistryDomain } from "../../src/entry/statements.ts";

/** One session as a registry would hold it: its events, and the words that the views give of it. */
export interface Copy {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly logs: readonly RawLog[];
  readonly session: SessionWord;
  readonly heads: ReadonlyMap<GatewayId, LogWord>;
}

/** A session that a real registry has accepted, for copies. */
export interface Template {
  readonly domain: RegistryDomain;
  readonly logs: readonly RawLog[];
  readonly session: SessionWord;
  readonly heads: ReadonlyMap<GatewayId, LogWord>;
  readonly signers: ReadonlyMap<GatewayId, DigestSigner>;
}

/**
 * Makes of one real session as many others as are wanted, each with an id, hashes and signatures of its own, in blocks of its own: what a
 * node would have taken a day to mine. The auditor's own checks say whether they are right.
 */
export class Copier {
  readonly #template: Template;
  readonly #events: readonly RegistryEvent[];
  readonly #firstBlock: number;

  constructor(template: Template) {
    this.#template = template;
    this.#events = template.logs.map((log) => {
      const place = { block: log.blockNumber, logIndex: log.logIndex, transactionHash: log.transactionHash, order: 0 };
      const { event } = decodeEvent(log, place);
      if (event === undefined) throw new Error("the template has an event that cannot be read");
      return event;
    });
    this.#firstBlock = template.logs[0]?.blockNumber ?? 0;
  }

  /** Blocks that a copy takes. */
  get blocks(): number {
    return (this.#template.logs.at(-1)?.blockNumber ?? 0) - this.#firstBlock + 1;
  }

  async copy(name: string, firstBlock: number): Promise<Copy> {
    const sessionId = sessionIdFromBytes16(keccak256(toUtf8Bytes(name)).slice(0, 34));
    const opened = this.#events.find((event) => event.kind === "SessionOpened");
    if (opened === undefined) throw new Error("the template has no opening");
    const work = new OneCopy(this.#template, opened, sessionId, firstBlock - this.#firstBlock);
    const logs: RawLog[] = [];
    for (const [place, event] of this.#events.entries()) {
      const original = this.#template.logs[place];
      if (original !== undefined) logs.push(await work.log(event, original));
    }
    return { sessionId, sessionHash: work.sessionHash, logs, ...work.words() };
  }
}

class OneCopy {
  readonly sessionHash: Hash;
  readonly #template: Template;
  readonly #sessionId: SessionId;
  readonly #shift: number;
  /** Hashes of entries, the original's to the copy's. */
  readonly #hashes = new Map<Hash, Hash>([[ZERO_HASH, ZERO_HASH]]);
  readonly #originalHash: Hash;
  readonly #originalId: SessionId;
  readonly #last = new Map<GatewayId, Hash>();

  constructor(template: Template, opened: SessionOpened, sessionId: SessionId, shift: number) {
    const { originGatewayId, destinationGatewayId, deadline, facts } = opened;
    const factsHash = loggedFactsHash(originGatewayId, destinationGatewayId, deadline, facts);
    this.#template = template;
    this.#sessionId = sessionId;
    this.#shift = shift;
    this.#originalId = opened.sessionId;
    this.#originalHash = sessionHashFrom(opened.sessionId, factsHash);
    this.sessionHash = sessionHashFrom(sessionId, factsHash);
  }

  async log(event: RegistryEvent, original: RawLog): Promise<RawLog> {
    const [topic = ZERO_HASH, , ...others] = original.topics;
    return {
      address: original.address,
      topics: [topic, sessionIdToWord(this.#sessionId), ...others],
      data: await this.#data(event),
      blockNumber: original.blockNumber + this.#shift,
      logIndex: original.logIndex,
      transactionHash: toHex(keccak256(concat([original.transactionHash, sessionIdToWord(this.#sessionId)]))),
    };
  }

  words(): Pick<Copy, "session" | "heads"> {
    const { session, heads } = this.#template;
    const { openBlock, decidedBlock, closedBlock } = session;
    const moved = {
      openBlock: this.#moved(openBlock),
      decidedBlock: this.#moved(decidedBlock),
      closedBlock: this.#moved(closedBlock),
    };
    const words = [...heads].map(([gatewayId, word]): [GatewayId, LogWord] => {
      const lastEntryHash = toHex((this.#last.get(gatewayId) ?? ZERO_HASH).slice(0, 50));
      return [gatewayId, { ...word, lastEntryHash, lastBlock: this.#moved(word.lastBlock) }];
    });
    return { session: { ...session, ...moved }, heads: new Map(words) };
  }

  #moved(block: number): number {
    return block === 0 ? 0 : block + this.#shift;
  }

  async #data(event: RegistryEvent): Promise<Hex> {
    const { domain } = this.#template;
    const { sessionHash } = this;
    switch (event.kind) {
      case "SessionOpened": {
        const { originGatewayId, destinationGatewayId, deadline, epoch, facts } = event;
        const digest = statementDigest(domain, "OpenSession", { sessionHash, epoch });
        const { r, vs } = await this.#sign(originGatewayId, digest);
        const id = sessionIdToWord(this.#sessionId).slice(0, 34);
        return encoded("SessionOpened", [id, originGatewayId, destinationGatewayId, deadline, epoch, facts, r, vs]);
      }
      case "EntryAppended":
        return this.#entry(event);
      case "Decided": {
        const { decision, ground, epoch } = event;
        const digest = statementDigest(domain, "Decide", { sessionHash, decision, epoch });
        const { r, vs } = event.signature === null ? NO_SIGNATURE : await this.#sign(this.#origin(), digest);
        return encoded("Decided", [BYTES16, decision, ground, epoch, r, vs]);
      }
      case "LogClosed": {
        const { gatewayId, length, epoch, previousBlock } = event;
        const lastEntryHash = this.#copied(event.lastEntryHash);
        const digest = statementDigest(domain, "CloseLog", { sessionHash, gatewayId, length, lastEntryHash, epoch });
        const { r, vs } = await this.#sign(gatewayId, digest);
        const values = [BYTES16, gatewayId, length, lastEntryHash, epoch, r, vs, this.#moved(previousBlock)];
        return encoded("LogClosed", values);
      }
      case "SessionClosed":
        return encoded("SessionClosed", [BYTES16, sessionHash]);
      default:
        throw new Error(`the template has a ${event.kind}`);
    }
  }

  async #entry(event: EntryAppended): Promise<Hex> {
    const { gatewayId, header, payloadHash, payload, previousBlock } = event;
    const fields = { ...unpackHeader(header), gatewayId, payloadHash };
    const original = { sessionId: this.#originalId, sessionHash: this.#originalHash, ...fields };
    const [causedBy, lastEntryHash] = [this.#copied(event.causedBy), this.#copied(event.lastEntryHash)];
    const links = { causedBy: event.causedBy, lastEntryHash: event.lastEntryHash };
    const entryHash = entryHashOf({
      ...{ sessionId: this.#sessionId, sessionHash: this.sessionHash },
      ...{ ...fields, causedBy, lastEntryHash },
    });
    this.#hashes.set(entryHashOf({ ...original, ...links }), entryHash);
    this.#last.set(gatewayId, entryHash);
    const { r, vs } = event.signature === null ? NO_SIGNATURE : await this.#sign(gatewayId, entryHash);
    const size = payload.length;
    const words = [header, causedBy, lastEntryHash, payloadHash, word(PAYLOAD_OFFSET), r, vs];
    const digits = [...words, word(this.#moved(previousBlock)), word(size), bytesToHex(payload)].map((hex) =>
      hex.slice(2),
    );
    return `0x${digits.join("")}${"00".repeat((32 - (size % 32)) % 32)}`;
  }

  #origin(): GatewayId {
    const [origin] = this.#template.signers.keys();
    return origin ?? ZERO_HASH;
  }

  #copied(hash: Hash): Hash {
    const copied = this.#hashes.get(hash);
    if (copied === undefined) throw new Error("the template names an entry that it does not have");
    return copied;
  }

  async #sign(gatewayId: GatewayId, digest: Hash): Promise<{ readonly r: Hash; readonly vs: Hash }> {
    const signer = this.#template.signers.get(gatewayId);
    if (signer === undefined) throw new Error("the template has a gateway without a key");
    const signature: CompactSignature = await signer.signDigest(digest);
    return splitSignature(signature);
  }
}

const NO_SIGNATURE = { r: ZERO_HASH, vs: ZERO_HASH };
/** Stands in topics, and not in the data. */
const BYTES16 = `0x${"00".repeat(16)}`;
const PAYLOAD_OFFSET = 8 * 32;

function encoded(name: string, values: readonly unknown[]): Hex {
  return toHex(REGISTRY_EVENTS.encodeEventLog(name, [...values]).data);
}

function word(value: number): Hash {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
