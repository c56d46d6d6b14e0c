import { expect } from "chai";
import { Interface, TypedDataEncoder } from "ethers";
import { network } from "hardhat";

import { signedEntrySchema } from "../../src/entry/entry-json.ts";
import { ENTRY_DOMAIN, packHeader, signEntry, type SignedEntry } from "../../src/entry/entry.ts";
import { sessionIdToBytes16, toHex, ZERO_ADDRESS, ZERO_HASH } from "../../src/entry/hex.ts";
import {
  factsBytes,
  factsHashOf,
  sessionFactsSchema,
  sessionHashOf,
  type SessionFacts,
} from "../../src/entry/session.ts";
import { keySigner, splitSignature } from "../../src/entry/signature.ts";
import { statementDigest, type RegistryDomain } from "../../src/entry/statements.ts";
import { FACTS, termsSchema, termsToAbi } from "../../src/entry/terms.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

/** A deployed contract whose functions are called by name, with what ethers takes and gives. */
type Call = (name: string, ...args: readonly unknown[]) => Promise<unknown>;

const gateways = readVectors("gateways");
const factsOf = (name: string): SessionFacts => sessionFactsSchema.parse(rowOf(readVectors("sessions"), name).facts);

/** `ILogRegistry.EntryInput`. */
function inputOf(entry: SignedEntry, factsHash: string) {
  return {
    sessionId: sessionIdToBytes16(entry.sessionId),
    factsHash,
    gatewayId: entry.gatewayId,
    header: packHeader(entry),
    causedBy: entry.causedBy,
    lastEntryHash: entry.lastEntryHash,
    payload: entry.payload,
    ...splitSignature(entry.signature),
  };
}

/** `ILogRegistry.Session`. */
function sessionOf(facts: SessionFacts) {
  return {
    sessionId: sessionIdToBytes16(facts.sessionId),
    originGatewayId: facts.origin.gatewayId,
    destinationGatewayId: facts.destination?.gatewayId ?? ZERO_HASH,
    deadline: facts.deadline,
    facts: factsBytes(facts),
  };
}

describe("vectors, reproduced by Solidity", () => {
  let deploy: (name: string, args?: readonly unknown[]) => Promise<{ call: Call; send: Call; address: `0x${string}` }>;
  let vectors: Call;

  before(async () => {
    const { ethers } = await network.create("log");
    deploy = async (name, args = []) => {
      const contract = await ethers.deployContract(name, [...args]);
      return {
        call: (method, ...values) => contract.getFunction(method).staticCall(...values),
        send: async (method, ...values) => (await contract.getFunction(method).send(...values)).wait(),
        address: toHex(await contract.getAddress()),
      };
    };
    ({ call: vectors } = await deploy("EntryVectors"));
  });

  describe("in the libraries of the contracts", () => {
    for (const { name, entry: json, header } of readVectors("entries"))
      it(`entry: ${name}`, async () => {
        const entry = signedEntrySchema.parse(json);
        expect(await vectors("entryHash", entry.sessionHash, { ...inputOf(entry, ZERO_HASH), header })).to.equal(
          entry.entryHash,
        );
        const { signer } = gateways.find(({ gatewayId }) => gatewayId === entry.gatewayId)!;
        const { r, vs } = splitSignature(entry.signature);
        expect(await vectors("signerOf", entry.entryHash, r, vs)).to.equal(signer);
      });

    it("the literal domain of entries", async () => {
      const domain = TypedDataEncoder.hashDomain(ENTRY_DOMAIN);
      expect(await vectors("entryDomain")).to.deep.equal([domain, domain]);
    });

    for (const { name, header, valid } of readVectors("headers"))
      it(`header: ${name}`, async () => {
        expect(await vectors("isValidHeader", header)).to.equal(valid);
      });

    for (const { name, facts, logged, factsHash, sessionHash } of readVectors("sessions"))
      it(`session: ${name}`, async () => {
        const session = { ...sessionOf(sessionFactsSchema.parse(facts)), facts: new TextEncoder().encode(logged) };
        expect(await vectors("sessionHashes", session)).to.deep.equal([factsHash, sessionHash]);
      });

    for (const { name, owner, gatewayId } of gateways)
      it(`gateway: ${name}`, async () => {
        expect(await vectors("gatewayIdOf", owner, name)).to.equal(gatewayId);
      });

    for (const { name, type, domain, message, digest } of readVectors("statements"))
      it(`statement: ${name}`, async () => {
        const separator = await vectors("registryDomain", domain.chainId, domain.registry);
        const method = type[0]!.toLowerCase() + type.slice(1);
        expect(await vectors(method, separator, ...Object.values<unknown>(message))).to.equal(digest);
      });

    for (const { name, terms, claim, digest } of readVectors("certificates"))
      it(`certificate: ${name}`, async () => {
        const { blockNumber, blockHash } = claim;
        const certificate = { fact: FACTS[claim.fact], blockNumber, blockHash, signatures: [] };
        const full = termsSchema.parse(rowOf(readVectors("terms"), terms).terms);
        expect(await vectors("certificateDigest", certificate, termsToAbi(full))).to.equal(digest);
      });

    it("signatures that are refused recover to nobody", async () => {
      const { digest, signer, compact, refused } = readVectors("signatures");
      const good = splitSignature(compact);
      expect(await vectors("signerOf", digest, good.r, good.vs)).to.equal(signer);
      for (const { name, signature } of refused) {
        if (signature.length !== compact.length || name === "upper case") continue; // Other forms; bytes have no case.
        const { r, vs } = splitSignature(signature);
        expect(await vectors("signerOf", digest, r, vs), name).to.equal(ZERO_ADDRESS);
      }
    });
  });

  describe("in AssetEscrow", () => {
    it("hashOf gives the hash of the terms", async () => {
      const { call } = await deploy("AssetEscrow", [gateways[0]!.owner]);
      for (const { name, terms, termsHash } of readVectors("terms"))
        expect(await call("hashOf", termsToAbi(termsSchema.parse(terms))), name).to.equal(termsHash);
    });
  });

  describe("in LogRegistry", () => {
    let registry: { call: Call; send: Call; address: `0x${string}` };
    let domain: RegistryDomain;
    const chained = readVectors("entries").filter((row) => row.chained);

    before(async () => {
      registry = await deploy("LogRegistry");
      domain = { chainId: 31339, registry: registry.address };
      for (const { name, owner, ownerKey, signer } of gateways) {
        const message = { owner, name, key: signer, endpoints: "http://127.0.0.1:1" };
        const signature = await keySigner(ownerKey).signDigest(statementDigest(domain, "RegisterGateway", message));
        const { r, vs } = splitSignature(signature);
        await registry.send("registerGateway", owner, name, signer, message.endpoints, r, vs);
      }
      for (const name of new Set(chained.map(({ session }) => session))) {
        const facts = factsOf(name);
        const { key } = gateways.find(({ gatewayId }) => gatewayId === facts.origin.gatewayId)!;
        const digest = statementDigest(domain, "OpenSession", { sessionHash: sessionHashOf(facts), epoch: 1 });
        const { r, vs } = splitSignature(await keySigner(key).signDigest(digest));
        expect(await registry.call("openSession", sessionOf(facts), 1, r, vs)).to.equal(sessionHashOf(facts));
        await registry.send("openSession", sessionOf(facts), 1, r, vs);
      }
    });

    it("takes the entries of the vectors, and has their hashes as heads", async () => {
      for (const { session, entry: json } of chained) {
        const entry = signedEntrySchema.parse(json);
        await registry.send("append", inputOf(entry, factsHashOf(factsOf(session))));
        expect(await registry.call("head", entry.sessionHash, entry.gatewayId)).to.deep.equal([
          BigInt(entry.index + 1),
          entry.entryHash.slice(0, 2 + 48),
        ]);
      }
    });

    it("refuses another header than the one that was signed", async () => {
      const last = signedEntrySchema.parse(chained.at(-1)!.entry);
      const { key } = gateways[0]!;
      const next = { ...last, index: last.index + 1, lastEntryHash: last.entryHash };
      const entry = await signEntry(next, last.payload, keySigner(key));
      const input = {
        ...inputOf(entry, factsHashOf(factsOf("alone"))),
        header: packHeader({ ...entry, step: entry.step + 1 }),
      };
      const refused: unknown = await registry.call("append", input).catch((error: unknown) => error);
      expect(errorNameOf(refused)).to.equal("LogRegistryForeignSignature");
    });
  });
});

const ERRORS = new Interface(["error LogRegistryForeignSignature(address expected, address actual)"]);

/** Name of the custom error that a call reverted with. */
function errorNameOf(error: unknown): string | undefined {
  const data: unknown = Reflect.get(Object(error), "data");
  return typeof data === "string" ? ERRORS.parseError(data)?.name : undefined;
}
