import { expect } from "chai";
import { getBytes, TypedDataEncoder } from "ethers";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { makeVectors } from "../../scripts/support/vectors/make.ts";
import { canonicalBytes, canonicalText, jsonSchema, parseCanonical, payloadHashOf } from "../../src/entry/canonical.ts";
import { entryToJson, signedEntrySchema } from "../../src/entry/entry-json.ts";
import { ENTRY_DOMAIN, ENTRY_TYPES, entryHashOf, packHeader, signEntry, unpackHeader } from "../../src/entry/entry.ts";
import { sessionIdToBytes16 } from "../../src/entry/hex.ts";
import { checkContent } from "../../src/entry/log-check.ts";
import {
  factsBytes,
  factsHashOf,
  loggedFactsHash,
  parseFacts,
  sessionFactsSchema,
  sessionHashFrom,
  sessionHashOf,
} from "../../src/entry/session.ts";
import { expandSignature, keySigner, recoverSigner } from "../../src/entry/signature.ts";
import { gatewayIdOf, statementDigest } from "../../src/entry/statements.ts";
import { certificateDigest, termsHashOf, termsSchema } from "../../src/entry/terms.ts";
import { OPERATIONS, VOTES } from "../../src/entry/vocabulary.ts";
import { expectError } from "../support/expect-error.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

describe("vectors, reproduced by src/entry", () => {
  const gateways = readVectors("gateways");

  it("are the files that scripts/make-vectors.ts writes", () => {
    for (const [file, text] of makeVectors())
      expect(readFileSync(resolve(import.meta.dirname, "..", "vectors", file), "utf8"), file).to.equal(text);
  });

  describe("payloads", () => {
    const { canonical, notCanonical } = readVectors("payloads");
    for (const { name, json, canonical: text, sha256 } of canonical)
      it(name, () => {
        const value = jsonSchema.parse(JSON.parse(json));
        expect(canonicalText(value)).to.equal(text);
        expect(payloadHashOf(canonicalBytes(value))).to.equal(sha256);
        expect(parseCanonical(canonicalBytes(value))).to.deep.equal(JSON.parse(text));
      });
    for (const { name, hex } of notCanonical)
      it(`not canonical: ${name}`, () => {
        expect(parseCanonical(getBytes(hex))).to.equal(undefined);
      });
  });

  for (const { name, owner, gatewayId, key, signer } of gateways)
    it(`gateway: ${name}`, () => {
      expect(gatewayIdOf(owner, name)).to.equal(gatewayId);
      expect(keySigner(key).address).to.equal(signer);
    });

  for (const { name, facts: json, logged, factsHash, sessionHash } of readVectors("sessions"))
    it(`session: ${name}`, () => {
      const facts = sessionFactsSchema.parse(json);
      expect(new TextDecoder().decode(factsBytes(facts))).to.equal(logged);
      expect(factsHashOf(facts)).to.equal(factsHash);
      expect(sessionHashOf(facts)).to.equal(sessionHash);
      const [origin, destination] = [
        facts.origin.gatewayId,
        facts.destination?.gatewayId ?? (`0x${"0".repeat(64)}` as const),
      ];
      const bytes = new TextEncoder().encode(logged);
      expect(sessionHashFrom(facts.sessionId, loggedFactsHash(origin, destination, facts.deadline, bytes))).to.equal(
        sessionHash,
      );
      const { sessionId, deadline } = facts;
      expect(
        parseFacts({ sessionId, originGatewayId: origin, destinationGatewayId: destination, deadline, facts: bytes }),
      ).to.deep.equal(facts);
    });

  for (const { name, header, entry: json } of readVectors("entries"))
    it(`entry: ${name}`, async () => {
      const entry = signedEntrySchema.parse(json);
      checkContent(entry);
      expect(entryHashOf(entry)).to.equal(entry.entryHash);
      expect(entryToJson(entry)).to.deep.equal(json);
      expect(packHeader(entry)).to.equal(header);
      expect(entry).to.include(unpackHeader(header));
      const author = gateways.find(({ gatewayId }) => gatewayId === entry.gatewayId)!;
      expect(recoverSigner(entry.entryHash, entry.signature)).to.equal(author.signer);
      // RFC 6979: our signer gives the very same bytes.
      expect(await signEntry(entry, entry.payload, keySigner(author.key))).to.deep.equal(entry);
    });

  it("entries, by the encoder of ethers with the types that src/entry publishes", () => {
    for (const { entry: json } of readVectors("entries")) {
      const entry = signedEntrySchema.parse(json);
      const codes = { operation: OPERATIONS[entry.operation], vote: VOTES[entry.vote] };
      const message = { ...entry, ...codes, sessionId: sessionIdToBytes16(entry.sessionId) };
      expect(TypedDataEncoder.hash(ENTRY_DOMAIN, ENTRY_TYPES, message)).to.equal(entry.entryHash);
    }
  });

  for (const { name, header, readable } of readVectors("headers"))
    it(`header: ${name}`, () => {
      if (readable) expect(packHeader(unpackHeader(header))).to.equal(header);
      else expectError(() => unpackHeader(header), "INVALID_ENTRY");
    });

  for (const { name, type, domain, message, digest } of readVectors("statements"))
    it(`statement: ${name}`, () => {
      expect(statementDigest(domain, type, message)).to.equal(digest);
    });

  for (const { name, terms, termsHash } of readVectors("terms"))
    it(`terms: ${name}`, () => {
      expect(termsHashOf(termsSchema.parse(terms))).to.equal(termsHash);
    });

  for (const { name, terms, claim, digest } of readVectors("certificates"))
    it(`certificate: ${name}`, () => {
      expect(certificateDigest(claim)).to.equal(digest);
      expect(claim.termsHash).to.equal(rowOf(readVectors("terms"), terms).termsHash);
    });

  describe("signatures", () => {
    const { digest, signer, compact, full, refused, foreign } = readVectors("signatures");

    it("one is accepted, in its compact form", () => {
      expect(recoverSigner(digest, compact)).to.equal(signer);
      expect(expandSignature(compact)).to.equal(full);
    });
    for (const { name, signature } of refused)
      it(`refused: ${name}`, () => {
        expectError(() => recoverSigner(digest, signature), "INVALID_SIGNATURE", { signature });
      });
    for (const { name, signature } of foreign)
      it(`of somebody else: ${name}`, () => {
        expect(recoverSigner(digest, signature)).not.to.equal(signer);
      });
  });
});
