import { network } from "hardhat";
import {
  Contract,
  ContractFactory,
  JsonRpcProvider,
  Wallet,
  type ContractTransactionResponse,
  type Signer,
} from "ethers";
import { canonicalBytes, type Json } from "../../src/entry/canonical.ts";
import { packHeader, signEntry, type SignedEntry } from "../../src/entry/entry.ts";
import { sessionIdToBytes16, toHex, ZERO_HASH, type GatewayId, type Hash } from "../../src/entry/hex.ts";
import { factsBytes, factsHashOf, sessionHashOf, type SessionFacts } from "../../src/entry/session.ts";
import { splitSignature, type DigestSigner } from "../../src/entry/signature.ts";
import {
  DECISIONS,
  gatewayIdOf,
  statementDigest,
  type RegistryDomain,
  type Statements,
} from "../../src/entry/statements.ts";
import { COMMANDS, STEPS, type Command, type Operation, type StepName, type Vote } from "../../src/entry/vocabulary.ts";
import { LogRegistryArtifact } from "../../src/chain/generated/contracts/LogRegistry.ts";
import type { JsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { developmentKey } from "./accounts.ts";
import { sampleSigner } from "./sample-log.ts";

/** A gateway group with its keys in the test's hands. */
export interface Party {
  readonly name: string;
  readonly owner: DigestSigner;
  readonly gatewayId: GatewayId;
  epoch: number;
  changes: number;
  anchors: number;
  signer: DigestSigner;
}

export interface WorldSession {
  readonly facts: SessionFacts;
  readonly origin: Party;
  readonly destination: Party | null;
  seqNumber: number;
  readonly logs: Map<GatewayId, SignedEntry[]>;
}

export interface Say {
  readonly step?: StepName;
  readonly vote?: Vote;
  readonly causedBy?: Hash;
  readonly payload?: Json;
  readonly seqNumber?: number;
}

/** A real log registry on a real node, written to without any of the code under test but src/entry. */
export class RegistryWorld {
  readonly rpc: JsonRpc;
  readonly domain: RegistryDomain;
  readonly #contract: Contract;
  readonly #close: () => Promise<void>;

  private constructor(rpc: JsonRpc, contract: Contract, domain: RegistryDomain, close: () => Promise<void>) {
    this.rpc = rpc;
    this.#contract = contract;
    this.domain = domain;
    this.#close = close;
  }

  /** A registry on a Hardhat node of its own, inside this process. @param since Where the chain's clock begins; now by default. */
  static async open(since = new Date()): Promise<RegistryWorld> {
    const connection = await network.create({ network: "log", override: { initialDate: since } });
    const [carrier] = await connection.ethers.getSigners();
    const rpc: JsonRpc = (method, params) => connection.provider.request({ method, params: [...params] });
    return RegistryWorld.#deploy(rpc, carrier!, () => connection.close());
  }

  /** A registry on a node behind a URL. */
  static async at(url: string): Promise<RegistryWorld> {
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, batchMaxCount: 1 });
    const carrier = new Wallet(developmentKey(1), provider);
    const rpc: JsonRpc = (method, params) => provider.send(method, [...params]);
    return RegistryWorld.#deploy(rpc, carrier, () => {
      provider.destroy();
      return Promise.resolve();
    });
  }

  static async #deploy(rpc: JsonRpc, carrier: Signer, close: () => Promise<void>): Promise<RegistryWorld> {
    const factory = new ContractFactory(LogRegistryArtifact.abi, LogRegistryArtifact.bytecode, carrier);
    const deployed = await (await factory.deploy()).waitForDeployment();
    const registry = toHex(await deployed.getAddress());
    const contract = new Contract(registry, LogRegistryArtifact.abi, carrier);
    const chainId = Number(await rpc("eth_chainId", []));
    return new RegistryWorld(rpc, contract, { chainId, registry }, close);
  }

  close(): Promise<void> {
    return this.#close();
  }

  async register(name: string, endpoints = "u"): Promise<Party> {
    const owner = sampleSigner(`${name} owner`);
    const signer = sampleSigner(`${name} epoch 1`);
    const gatewayId = gatewayIdOf(owner.address, name);
    const party: Party = { name, owner, gatewayId, epoch: 1, changes: 1, anchors: 0, signer };
    const statement = { owner: owner.address, name, key: signer.address, endpoints };
    const { r, vs } = await this.#sign(owner, "RegisterGateway", statement);
    await this.#send("registerGateway", owner.address, name, signer.address, endpoints, r, vs);
    return party;
  }

  async rotate(party: Party): Promise<void> {
    const signer = sampleSigner(`${party.name} epoch ${party.epoch + 1}`);
    const change = party.changes;
    const { gatewayId } = party;
    const { r, vs } = await this.#sign(party.owner, "RotateKey", { gatewayId, key: signer.address, change });
    await this.#send("rotateKey", gatewayId, signer.address, change, r, vs);
    Object.assign(party, { signer, epoch: party.epoch + 1, changes: change + 1 });
  }

  /** Who may take over, by names: `backupSigner` has their keys. */
  async setBackups(party: Party, names: readonly string[], takeoverInterval = 0): Promise<void> {
    const { gatewayId, changes: change } = party;
    const backups = names.map((name) => backupSigner(name).address);
    const statement = { gatewayId, backups, takeoverInterval, change };
    const { r, vs } = await this.#sign(party.owner, "SetBackups", statement);
    await this.#send("setBackups", gatewayId, backups, takeoverInterval, change, r, vs);
    party.changes += 1;
  }

  async takeOver(party: Party, name: string): Promise<void> {
    const signer = backupSigner(name);
    const { gatewayId, epoch: expectedEpoch } = party;
    const { r, vs } = await this.#sign(signer, "Takeover", { gatewayId, expectedEpoch, key: signer.address });
    await this.#send("takeover", gatewayId, expectedEpoch, signer.address, r, vs);
    Object.assign(party, { signer, epoch: party.epoch + 1 });
  }

  async handOver(party: Party, name: string): Promise<void> {
    const signer = backupSigner(name);
    const { gatewayId, epoch: expectedEpoch } = party;
    const statement = { gatewayId, expectedEpoch, key: signer.address };
    const own = await this.#sign(signer, "Handover", statement);
    const former = await this.#sign(party.signer, "Handover", statement);
    const signatures = [own.r, own.vs, former.r, former.vs];
    await this.#send("handover", gatewayId, expectedEpoch, signer.address, ...signatures);
    Object.assign(party, { signer, epoch: party.epoch + 1 });
  }

  async moveTo(party: Party, endpoints: string): Promise<void> {
    const { gatewayId, changes: change } = party;
    const { r, vs } = await this.#sign(party.owner, "SetEndpoints", { gatewayId, endpoints, change });
    await this.#send("setEndpoints", gatewayId, endpoints, change, r, vs);
    party.changes += 1;
  }

  /** Anchors a root; returns its index. */
  async anchor(party: Party, root: Hash, entries: number): Promise<number> {
    const { gatewayId, epoch, anchors: index } = party;
    const { r, vs } = await this.#sign(party.signer, "Anchor", { gatewayId, index, root, entries, epoch });
    await this.#send("anchor", gatewayId, index, root, entries, epoch, r, vs);
    party.anchors += 1;
    return index;
  }

  async open(origin: Party, destination: Party | null, change: Partial<SessionFacts> = {}): Promise<WorldSession> {
    const sessionId = change.sessionId ?? globalThis.crypto.randomUUID();
    const facts: SessionFacts = {
      sessionId,
      contextId: sessionId,
      origin: { gatewayId: origin.gatewayId, networkId: "a", asset: null },
      destination: destination && { gatewayId: destination.gatewayId, networkId: "b", asset: null },
      amount: null,
      deadline: destination === null ? 0 : 4_000_000_000,
      termsHash: null,
      requestHash: null,
      profile: { logging: "chain", accessControl: "p" },
      register: destination === null ? "none" : "log",
      log: this.domain,
      ...change,
    };
    const sessionHash = sessionHashOf(facts);
    const { r, vs } = await this.#sign(origin.signer, "OpenSession", { sessionHash, epoch: origin.epoch });
    const session = {
      sessionId: sessionIdToBytes16(sessionId),
      originGatewayId: facts.origin.gatewayId,
      destinationGatewayId: facts.destination?.gatewayId ?? ZERO_HASH,
      deadline: facts.deadline,
      facts: factsBytes(facts),
    };
    await this.#send("openSession", session, origin.epoch, r, vs);
    return { facts, origin, destination, seqNumber: 0, logs: new Map() };
  }

  /** The next entry of the party's log, signed and not yet appended. */
  async make(session: WorldSession, party: Party, mark: string, say: Say = {}): Promise<SignedEntry> {
    const dash = mark.indexOf("-");
    const command = mark.slice(dash + 1) as Command;
    const log = session.logs.get(party.gatewayId) ?? [];
    session.logs.set(party.gatewayId, log);
    session.seqNumber += 1;
    const last = log.at(-1);
    const entry = await signEntry(
      {
        sessionId: session.facts.sessionId,
        sessionHash: sessionHashOf(session.facts),
        gatewayId: party.gatewayId,
        epoch: party.epoch,
        index: log.length,
        seqNumber: say.seqNumber ?? session.seqNumber,
        step: STEPS[say.step ?? "proposal"],
        operation: mark.slice(0, dash) as Operation,
        vote: say.vote ?? "none",
        command: COMMANDS[command],
        timestamp: 1_606_157_330_000,
        causedBy: say.causedBy ?? ZERO_HASH,
        lastEntryHash: last?.entryHash ?? ZERO_HASH,
      },
      canonicalBytes(say.payload ?? {}),
      party.signer,
    );
    log.push(entry);
    return entry;
  }

  /** Makes an entry and appends it. */
  async say(session: WorldSession, party: Party, mark: string, say: Say = {}): Promise<SignedEntry> {
    const entry = await this.make(session, party, mark, say);
    await this.#send("append", inputOf(session, entry, true));
    return entry;
  }

  /** Appends entries of any logs in one transaction; those in `unsigned` travel without their signature. */
  async batch(
    items: readonly (readonly [WorldSession, SignedEntry])[],
    unsigned: readonly SignedEntry[] = [],
  ): Promise<void> {
    await this.#send(
      "appendBatch",
      items.map(([session, entry]) => inputOf(session, entry, !unsigned.includes(entry))),
    );
  }

  async decide(session: WorldSession, decision: "COMMIT" | "ABORT", signed: boolean): Promise<void> {
    const { facts, origin } = session;
    const epoch = signed ? origin.epoch : 0;
    const statement = { sessionHash: sessionHashOf(facts), decision: DECISIONS[decision], epoch };
    const { r, vs } = signed ? await this.#sign(origin.signer, "Decide", statement) : { r: ZERO_HASH, vs: ZERO_HASH };
    const sessionId = sessionIdToBytes16(facts.sessionId);
    await this.#send("decide", sessionId, factsHashOf(facts), origin.gatewayId, DECISIONS[decision], epoch, r, vs);
  }

  async closeLog(session: WorldSession, party: Party): Promise<void> {
    const { facts } = session;
    const { gatewayId, epoch } = party;
    const log = session.logs.get(gatewayId) ?? [];
    const head = { gatewayId, length: log.length, lastEntryHash: log.at(-1)?.entryHash ?? ZERO_HASH, epoch };
    const { r, vs } = await this.#sign(party.signer, "CloseLog", { sessionHash: sessionHashOf(facts), ...head });
    const sessionId = sessionIdToBytes16(facts.sessionId);
    await this.#send(
      "closeSession",
      sessionId,
      factsHashOf(facts),
      gatewayId,
      head.length,
      head.lastEntryHash,
      epoch,
      r,
      vs,
    );
  }

  /** Moves the chain's clock on and mines a block there. */
  async moveClock(timestamp: number): Promise<void> {
    await this.rpc("evm_setNextBlockTimestamp", [timestamp]);
    await this.rpc("evm_mine", []);
  }

  async now(): Promise<number> {
    const block = (await this.rpc("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
    return Number(block.timestamp);
  }

  async #sign<Name extends keyof Statements>(signer: DigestSigner, name: Name, statement: Statements[Name]) {
    return splitSignature(await signer.signDigest(statementDigest(this.domain, name, statement)));
  }

  async #send(method: string, ...args: readonly unknown[]): Promise<void> {
    const sent = (await this.#contract.getFunction(method)(...args)) as ContractTransactionResponse;
    await sent.wait();
  }
}

/** The key of a backup of this name. */
export function backupSigner(name: string): DigestSigner {
  return sampleSigner(`backup ${name}`);
}

function inputOf({ facts }: WorldSession, entry: SignedEntry, signed: boolean) {
  const { r, vs } = signed ? splitSignature(entry.signature) : { r: ZERO_HASH, vs: ZERO_HASH };
  return {
    sessionId: sessionIdToBytes16(entry.sessionId),
    factsHash: factsHashOf(facts),
    gatewayId: entry.gatewayId,
    header: packHeader(entry),
    causedBy: entry.causedBy,
    lastEntryHash: entry.lastEntryHash,
    payload: entry.payload,
    r,
    vs,
  };
}
