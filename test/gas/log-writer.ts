import { AbiCoder, keccak256, type ContractTransactionResponse } from "ethers";

import { payloadHashOf } from "../../src/entry/canonical.ts";
import { ENTRY_VERSION, entryHashOf, packHeader, type Entry } from "../../src/entry/entry.ts";
import { sessionIdToBytes16, toHex, ZERO_HASH, type GatewayId, type Hash, type Hex } from "../../src/entry/hex.ts";
import { keySigner, splitSignature, type DigestSigner } from "../../src/entry/signature.ts";
import { gatewayIdOf, statementDigest, type RegistryDomain } from "../../src/entry/statements.ts";
import type { LogRegistry } from "../../src/chain/generated/types/index.ts";

/** Fixed, so that every measured transaction has the same bytes in every run. */
const TIMESTAMP_MS = 1_795_000_000_123;
const FIRST_SEQ_NUMBER = 0x010203;
const DEADLINE = 4_000_000_000n;
const OTHER_COMMAND = 3;

export type EntryFields = Partial<Pick<Entry, "step" | "operation" | "vote" | "command">>;

/** `ILogRegistry.EntryInput`. */
export interface EntryInput {
  readonly sessionId: Hex;
  readonly factsHash: Hash;
  readonly gatewayId: GatewayId;
  readonly header: Hash;
  readonly causedBy: Hash;
  readonly lastEntryHash: Hash;
  readonly payload: Uint8Array;
  readonly r: Hash;
  readonly vs: Hash;
}

/** A gateway group with its key, registered. */
export interface TestGateway {
  readonly gatewayId: GatewayId;
  readonly owner: DigestSigner;
  readonly signer: DigestSigner;
}

/** The key of this number. */
export function testSigner(keyNumber: number): DigestSigner {
  return keySigner(keyOf(keyNumber));
}

export async function registerTestGateway(
  registry: LogRegistry,
  domain: RegistryDomain,
  name: string,
  keyNumber: number,
): Promise<TestGateway> {
  const [owner, signer] = [testSigner(keyNumber), testSigner(keyNumber + 1)];
  const endpoints = `https://${name}.example`;
  const statement = { owner: owner.address, name, key: signer.address, endpoints };
  const { r, vs } = splitSignature(await owner.signDigest(statementDigest(domain, "RegisterGateway", statement)));
  await registry.registerGateway(owner.address, name, signer.address, endpoints, r, vs);
  return { gatewayId: gatewayIdOf(owner.address, name), owner, signer };
}

/** A session with a log of its origin, whose entries it makes one after the other. */
export class TestSession {
  readonly sessionId: string;
  readonly #facts: Uint8Array;
  readonly #factsHash: Hash;
  readonly sessionHash: Hash;
  readonly #origin: TestGateway;
  readonly #destination: TestGateway;
  readonly #heads = new Map<GatewayId, { index: number; lastEntryHash: Hash }>();

  constructor(number: number, origin: TestGateway, destination: TestGateway, factsSize: number) {
    this.sessionId = uuidOf(number);
    this.#origin = origin;
    this.#destination = destination;
    this.#facts = textOf(factsSize, number);
    const coder = AbiCoder.defaultAbiCoder();
    this.#factsHash = toHex(
      keccak256(
        coder.encode(
          ["bytes32", "bytes32", "uint64", "bytes32"],
          [origin.gatewayId, destination.gatewayId, DEADLINE, keccak256(this.#facts)],
        ),
      ),
    );
    this.sessionHash = toHex(
      keccak256(coder.encode(["bytes16", "bytes32"], [sessionIdToBytes16(this.sessionId), this.#factsHash])),
    );
  }

  async open(registry: LogRegistry, domain: RegistryDomain): Promise<ContractTransactionResponse> {
    return registry.openSession(...(await this.#openingArguments(domain)));
  }

  /** The call that opens it. */
  async openCall(registry: LogRegistry, domain: RegistryDomain): Promise<string> {
    return registry.interface.encodeFunctionData("openSession", await this.#openingArguments(domain));
  }

  async #openingArguments(domain: RegistryDomain) {
    const statement = { sessionHash: this.sessionHash, epoch: 1 };
    const digest = statementDigest(domain, "OpenSession", statement);
    const { r, vs } = splitSignature(await this.#origin.signer.signDigest(digest));
    const session = {
      sessionId: sessionIdToBytes16(this.sessionId),
      originGatewayId: this.#origin.gatewayId,
      destinationGatewayId: this.#destination.gatewayId,
      deadline: DEADLINE,
      facts: this.#facts,
    };
    return [session, 1, r, vs] as [typeof session, number, Hash, Hash];
  }

  async decide(registry: LogRegistry, domain: RegistryDomain, decision: number): Promise<ContractTransactionResponse> {
    const statement = { sessionHash: this.sessionHash, decision, epoch: 1 };
    const { r, vs } = splitSignature(
      await this.#origin.signer.signDigest(statementDigest(domain, "Decide", statement)),
    );
    const sessionId = sessionIdToBytes16(this.sessionId);
    return registry.decide(sessionId, this.#factsHash, this.#origin.gatewayId, decision, 1, r, vs);
  }

  async close(
    registry: LogRegistry,
    domain: RegistryDomain,
    writer: TestGateway,
  ): Promise<ContractTransactionResponse> {
    const { index: length, lastEntryHash } = this.#headOf(writer);
    const { sessionHash } = this;
    const statement = { sessionHash, gatewayId: writer.gatewayId, length, lastEntryHash, epoch: 1 };
    const { r, vs } = splitSignature(await writer.signer.signDigest(statementDigest(domain, "CloseLog", statement)));
    const sessionId = sessionIdToBytes16(this.sessionId);
    return registry.closeSession(sessionId, this.#factsHash, writer.gatewayId, length, lastEntryHash, 1, r, vs);
  }

  /** Makes the next entry of a log. Fields that are not given are an ordinary entry's; `causedBy` is never zero. */
  async next(writer: TestGateway, payload: Uint8Array, fields: EntryFields = {}): Promise<EntryInput> {
    const { index, lastEntryHash } = this.#headOf(writer);
    const entry: Entry = {
      version: ENTRY_VERSION,
      sessionId: this.sessionId,
      sessionHash: this.sessionHash,
      gatewayId: writer.gatewayId,
      epoch: 1,
      index,
      seqNumber: FIRST_SEQ_NUMBER,
      step: 204,
      operation: "done",
      vote: "none",
      command: OTHER_COMMAND,
      timestamp: TIMESTAMP_MS,
      causedBy: toHex(keccak256(payload)),
      payloadHash: payloadHashOf(payload),
      lastEntryHash,
      ...fields,
    };
    const entryHash = entryHashOf(entry);
    this.#heads.set(writer.gatewayId, { index: index + 1, lastEntryHash: entryHash });
    const { r, vs } = splitSignature(await writer.signer.signDigest(entryHash));
    return {
      sessionId: sessionIdToBytes16(this.sessionId),
      factsHash: this.#factsHash,
      gatewayId: writer.gatewayId,
      header: packHeader(entry),
      causedBy: entry.causedBy,
      lastEntryHash,
      payload,
      r,
      vs,
    };
  }

  #headOf(writer: TestGateway): { index: number; lastEntryHash: Hash } {
    return this.#heads.get(writer.gatewayId) ?? { index: 0, lastEntryHash: ZERO_HASH };
  }
}

/** Bytes as JSON has them: none of them zero. */
export function textOf(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => 0x20 + ((at * 7 + seed * 13) % 0x5f));
}

/** Entries of a batch of which only the last of each consecutive stretch of a log keeps its signature. */
export function asRun(entries: readonly EntryInput[]): EntryInput[] {
  return entries.map((entry, at) => (at === entries.length - 1 ? entry : { ...entry, r: ZERO_HASH, vs: ZERO_HASH }));
}

function keyOf(number: number): Hex {
  return toHex(keccak256(Uint8Array.of(number)));
}

function uuidOf(number: number): string {
  const hash = keccak256(Uint8Array.of(number >> 8, number & 0xff)).slice(2);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
