import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import {
  AbiCoder,
  ContractFactory,
  id,
  solidityPackedKeccak256,
  ZeroAddress,
  ZeroHash,
  type BaseContract,
  type ContractTransactionResponse,
} from "ethers";
import { network } from "hardhat";

import { toHex } from "../../src/entry/hex.ts";
import { expandSignature, joinSignature, splitSignature } from "../../src/entry/signature.ts";
import { statementDigest, type RegistryDomain } from "../../src/entry/statements.ts";
import type { LogRegistry } from "../../src/chain/generated/types/index.ts";
import { GasTable } from "./gas-table.ts";
import {
  asRun,
  registerTestGateway,
  TestSession,
  textOf,
  type EntryFields,
  type EntryInput,
  type TestGateway,
} from "./log-writer.ts";
import { easArtifacts, type Artifact } from "./peers.ts";

const PAYLOAD_SIZE = 256;
const FACTS_SIZE = 640;
const BATCH = 100;
/** The batch of 100 over 20 logs writes five entries into each. */
const ENTRIES_PER_LOG = 5;
const EAS_BATCH = 25;
const ANCHOR_SIZES = [1_000, 100, 10_000] as const;
const SETUP_TIMEOUT_MS = 180_000;

/** Any contract, typed or not. */
type Callable = Pick<BaseContract, "getFunction">;

/** Rows of the table; the snapshot keeps them under these names. */
const ROW = {
  floorTwoWords: "FloorTwoWords: append on an existing log",
  floorOneWord: "FloorOneWord: append on an existing log",
  append: "append on an existing log",
  appendFirst: "append of a log's first entry",
  appendVote: "append of the vote YES",
  appendBurn: "append of done-burn",
  batch100: "appendBatch, 100 entries over 100 logs, per entry",
  batch20: "appendBatch, 100 entries over 20 logs, per entry",
  run: "appendBatch, one run of 100 entries, per entry",
  refused: "appendBatch, 100 entries that are refused for their index, per entry",
  open: "openSession with 640 bytes of facts",
  decide: "decide COMMIT",
  close: "closeSession of the first log",
  anchorFirst: "anchor, a gateway's first",
  anchor: "anchor, a gateway's later one",
  anchor100: "anchor of 100 entries, per entry",
  anchor1000: "anchor of 1,000 entries, per entry",
  anchor10000: "anchor of 10,000 entries, per entry",
  verify10000: "verifyInclusion in an anchor of 10,000 entries, as a transaction of its own",
  easAttest: "EAS attest, the same fields",
  easMultiAttest: "EAS multiAttest, 25 attestations, per attestation",
  easTimestamp: "EAS timestamp of a hash",
} as const;

describe("gas of the log, one table", function () {
  this.timeout(SETUP_TIMEOUT_MS);
  const table = new GasTable();

  before(async () => {
    const { ethers } = await network.create();
    const [carrier] = await ethers.getSigners();
    if (carrier === undefined) throw new Error("the simulated chain has no account");
    const registry: LogRegistry = await ethers.deployContract("LogRegistry");
    const { chainId } = await ethers.provider.getNetwork();
    const domain = { chainId: Number(chainId), registry: toHex(await registry.getAddress()) };
    const origin = await registerTestGateway(registry, domain, "alpha", 1);
    const destination = await registerTestGateway(registry, domain, "beta", 3);

    await measureSingles(table, registry, domain, origin, destination);
    await measureBatches(table, registry, domain, origin, destination);
    await measureAnchors(table, registry, domain, origin);
    await measureFloor(table, ROW.floorTwoWords, await ethers.deployContract("FloorTwoWords"), origin);
    await measureFloor(table, ROW.floorOneWord, await ethers.deployContract("FloorOneWord"), origin);
    await measureEas(
      table,
      (artifact, ...args) => new ContractFactory(artifact.abi, artifact.bytecode, carrier).deploy(...args),
      await entriesOf(new TestSession(2_000, origin, destination, FACTS_SIZE), origin, 1 + EAS_BATCH),
    );
  });

  it("appends at most 1.02 times the floor of two words", () => {
    expect(table.get(ROW.append)).to.be.at.most(1.02 * table.get(ROW.floorTwoWords));
  });

  it("appends at most 1.18 times the floor of one word", () => {
    expect(table.get(ROW.append)).to.be.at.most(1.18 * table.get(ROW.floorOneWord));
  });

  it("appends a batch over 100 logs at 26,500 per entry or less", () => {
    expect(table.get(ROW.batch100)).to.be.at.most(26_500);
  });

  it("appends a batch over 20 logs at 22,700 per entry or less", () => {
    expect(table.get(ROW.batch20)).to.be.at.most(22_700);
  });

  it("appends a log's first entry for 500 more than a later one or less", () => {
    expect(table.get(ROW.appendFirst) - table.get(ROW.append)).to.be.at.most(500);
  });

  it("appends a vote and a done-burn, which set the register's bits, for 5,500 more or less", () => {
    expect(table.get(ROW.appendVote) - table.get(ROW.append)).to.be.at.most(5_500);
    expect(table.get(ROW.appendBurn) - table.get(ROW.append)).to.be.at.most(5_500);
  });

  it("opens a session with 640 bytes of facts for 130,000 or less", () => {
    expect(table.get(ROW.open)).to.be.at.most(130_000);
  });

  it("anchors 1,000 entries for 65 per entry or less, two words of storage included", () => {
    expect(table.get(ROW.anchor1000)).to.be.at.most(65);
  });

  it("keeps the rows of snapshots/gas.json", () => {
    console.log(table.toString().replace(/^/gm, "      "));
    expect(table.differences(), "commit a gas change with its reason: UPDATE_GAS=1").to.deep.equal([]);
  });
});

async function measureSingles(
  table: GasTable,
  registry: LogRegistry,
  domain: RegistryDomain,
  origin: TestGateway,
  destination: TestGateway,
): Promise<void> {
  const session = new TestSession(0, origin, destination, FACTS_SIZE);
  const payload = textOf(PAYLOAD_SIZE, 1);
  const append = async (writer: TestGateway, fields?: EntryFields) =>
    gasOf(registry.append(await session.next(writer, payload, fields)));

  table.set(ROW.open, await gasOf(session.open(registry, domain)));
  table.set(ROW.appendFirst, await append(origin));
  table.set(ROW.append, await append(origin));
  await append(destination);
  const vote: EntryFields = { step: 303, operation: "ack", vote: "yes", command: 6 };
  table.set(ROW.appendVote, await append(destination, vote));
  table.set(ROW.appendBurn, await append(origin, { step: 304, operation: "done", command: 8 }));
  table.set(ROW.decide, await gasOf(session.decide(registry, domain, 1)));
  table.set(ROW.close, await gasOf(session.close(registry, domain, origin)));
}

async function measureBatches(
  table: GasTable,
  registry: LogRegistry,
  domain: RegistryDomain,
  origin: TestGateway,
  destination: TestGateway,
): Promise<void> {
  const sessions = Array.from({ length: BATCH }, (_, at) => new TestSession(at + 1, origin, destination, 300));
  const firsts: EntryInput[] = [];
  for (const session of sessions) {
    await session.open(registry, domain);
    firsts.push(await session.next(origin, textOf(PAYLOAD_SIZE, 2)));
  }
  await registry.appendBatch(firsts);
  const entries = async (count: number, sessionOf: (at: number) => TestSession | undefined) => {
    const made: EntryInput[] = [];
    for (let at = 0; at < count; at++) {
      const session = sessionOf(at);
      if (session !== undefined) made.push(await session.next(origin, textOf(PAYLOAD_SIZE, at)));
    }
    return made;
  };

  const over100 = await entries(BATCH, (at) => sessions[at]);
  const gas100 = await gasOf(registry.appendBatch(over100), BATCH);
  table.set(ROW.batch100, gas100 / BATCH);
  const over20 = await entries(BATCH, (at) => sessions[Math.floor(at / ENTRIES_PER_LOG)]);
  table.set(ROW.batch20, (await gasOf(registry.appendBatch(over20), BATCH)) / BATCH);
  const run = await entries(BATCH, () => sessions[0]);
  table.set(ROW.run, (await gasOf(registry.appendBatch(asRun(run)), BATCH)) / BATCH);
  // The same hundred once more: every index is taken.
  table.set(ROW.refused, (await gasOf(registry.appendBatch(over100), BATCH)) / BATCH);
}

async function measureFloor(table: GasTable, row: string, floor: Callable, writer: TestGateway): Promise<void> {
  const session = new TestSession(1_000, writer, writer, 0);
  let gas = 0;
  // The second append counts: the first pays for the log's words.
  for (let at = 0; at < 2; at++) {
    const { sessionId, gatewayId, header, payload, r, vs } = await session.next(writer, textOf(PAYLOAD_SIZE, 1));
    const signature = row === ROW.floorTwoWords ? [expandSignature(joinSignature(r, vs))] : [r, vs];
    gas = await gasOf(call(floor, "append", sessionId, gatewayId, header, payload, ...signature));
  }
  table.set(row, gas);
}

async function entriesOf(session: TestSession, writer: TestGateway, count: number): Promise<EntryInput[]> {
  const entries: EntryInput[] = [];
  for (let at = 0; at < count; at++) entries.push(await session.next(writer, textOf(PAYLOAD_SIZE, at)));
  return entries;
}

/** What an anchor costs does not depend on the number of its entries; what one of them costs does. */
async function measureAnchors(
  table: GasTable,
  registry: LogRegistry,
  domain: RegistryDomain,
  { gatewayId, signer }: TestGateway,
): Promise<void> {
  const anchor = async (index: number, root: string, entries: number): Promise<number> => {
    const statement = { gatewayId, index, root: toHex(root), entries, epoch: 1 };
    const { r, vs } = splitSignature(await signer.signDigest(statementDigest(domain, "Anchor", statement)));
    return gasOf(registry.anchor(gatewayId, index, root, entries, 1, r, vs));
  };
  const treeOf = (count: number) => SimpleMerkleTree.of(Array.from({ length: count }, (_, at) => id(`entry ${at}`)));
  table.set(ROW.anchorFirst, await anchor(0, id("a root"), 1_000));
  const rows = { 100: ROW.anchor100, 1_000: ROW.anchor1000, 10_000: ROW.anchor10000 };
  for (const [before, count] of ANCHOR_SIZES.entries()) {
    const tree = treeOf(count);
    const gas = await anchor(before + 1, tree.root, count);
    if (count === 1_000) table.set(ROW.anchor, gas);
    table.set(rows[count], gas / count);
    if (count !== 10_000) continue;
    const leaf = id("entry 5000");
    const call = [gatewayId, before + 1, leaf, tree.getProof(leaf)] as const;
    expect(await registry.verifyInclusion(...call), "the measured proof").to.equal(true);
    table.set(ROW.verify10000, Number(await registry.verifyInclusion.estimateGas(...call)));
  }
}

/**
 * The fields of an entry as one attestation: what their contract neither checks nor chains, but stores. All entries differ:
 * equal attestations of one second would collide, and cost more the more of them there are.
 */
async function measureEas(
  table: GasTable,
  deploy: (artifact: Artifact, ...args: unknown[]) => Promise<BaseContract>,
  entries: readonly EntryInput[],
): Promise<void> {
  const { eas, schemaRegistry } = easArtifacts();
  const registry = await deploy(schemaRegistry);
  const service = await deploy(eas, await registry.getAddress());
  const fields = ["bytes16", "bytes32", "bytes32", "bytes32", "bytes32", "bytes32", "bytes", "bytes32", "bytes32"];
  await (await call(registry, "register", fields.join(","), ZeroAddress, false)).wait();
  const schema = solidityPackedKeccak256(["string", "address", "bool"], [fields.join(","), ZeroAddress, false]);
  const coder = AbiCoder.defaultAbiCoder();
  const [first, ...others] = entries.map(({ sessionId, factsHash, gatewayId, header, ...rest }) => {
    const { causedBy, lastEntryHash, payload, r, vs } = rest;
    const values = [sessionId, factsHash, gatewayId, header, causedBy, lastEntryHash, payload, r, vs];
    const data = coder.encode(fields, values);
    return { recipient: ZeroAddress, expirationTime: 0, revocable: false, refUID: ZeroHash, data, value: 0 };
  });

  table.set(ROW.easAttest, await gasOf(call(service, "attest", { schema, data: first })));
  const many = call(service, "multiAttest", [{ schema, data: others }]);
  table.set(ROW.easMultiAttest, (await gasOf(many, EAS_BATCH)) / EAS_BATCH);
  table.set(ROW.easTimestamp, await gasOf(call(service, "timestamp", id("a head"))));
}

async function call(contract: Callable, method: string, ...args: unknown[]): Promise<ContractTransactionResponse> {
  return contract.getFunction(method).send(...args);
}

/** Gas of the whole transaction. `events` guards against a transaction that is cheap because it did nothing. */
async function gasOf(sent: Promise<ContractTransactionResponse>, events = 1): Promise<number> {
  const receipt = await (await sent).wait();
  expect(receipt?.logs.length, "events of the measured transaction").to.equal(events);
  return Number(receipt?.gasUsed);
}
