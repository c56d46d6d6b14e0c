import { expect } from "chai";
import fc from "fast-check";

import { canonicalBytes, isJsonObject, parseCanonical, type Json, type JsonObject } from "../../src/entry/canonical.ts";
import { CODECS } from "../../src/entry/codecs.ts";
import { signedEntrySchema } from "../../src/entry/entry-json.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { checkContent } from "../../src/entry/log-check.ts";
import { requestFromFigure9 } from "../../src/entry/log-entry-request.ts";
import { fromOdap01, phaseFrom, phaseIdOf, readFigure9, toOdap01 } from "../../src/entry/odap-01.ts";
import { sessionFactsSchema, sessionHashOf, type SessionFacts } from "../../src/entry/session.ts";
import { anyLogEntry, sealed } from "../support/arbitraries.ts";
import { expectError } from "../support/expect-error.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const factsOf = (name: string): SessionFacts => sessionFactsSchema.parse(rowOf(readVectors("sessions"), name).facts);
const facts = factsOf("transfer");
const alone = factsOf("alone");
const plain = signedEntrySchema.parse(rowOf(readVectors("entries"), "done-lock of alpha").entry);

/** The seed's Figures 9 and 10, letter for letter. */
const FIGURE_9 = {
  sessionId: "4eb424c8-aead-4e9e-a321-a160ac3909ac",
  seqNumber: 6,
  phaseId: "lock",
  sourceGatewayId: "5.47.165.186",
  sourceDltId: "Hyperledger-Fabric-JusticeChain",
  targetGatewayId: "192.47.113.116",
  targetDltId: "Ethereum",
  timestamp: "1606157330",
  payload: { messageType: "2pc-log", message: "LOCK_ASSET", votes: "none" },
  payloadHash: "80BCF1C7421E98B097264D1C6F1A514576D6C9F4EF04955FA3AEF1C0664B34E3",
  logEntryHash: "[...]",
};
const FIGURE_10 = {
  ...FIGURE_9,
  seqNumber: 7,
  timestamp: "1606157333",
  payload: { messageType: "2pc-log", message: "LOCK_ASSET_ACK", votes: "none" },
  payloadHash: "84DA7C54F12CE74680778C22DAE37AEBD60461F76D381D3CD855B0713BB98D1",
};

/** An entry of that session, with content that fits. */
function inSession(entry: LogEntry, of: SessionFacts): LogEntry {
  const { sessionId } = of;
  return sealed({ ...entry, sessionId, sessionHash: sessionHashOf(of) }, entry.payload, entry.signature);
}

function throughText(value: Json): unknown {
  return JSON.parse(JSON.stringify(value));
}

function extensionOf(rendered: JsonObject): JsonObject {
  const extension = rendered["gatelog"];
  if (!isJsonObject(extension)) throw new Error("every rendered entry has the member gatelog");
  return extension;
}

function withoutExtension(rendered: JsonObject): JsonObject {
  const { gatelog: _, ...draft } = rendered;
  return draft;
}

describe("codec odap-01", () => {
  it("has the names of Figure 9, in its order, and one more", () => {
    const rendered = toOdap01(plain, facts);
    expect(Object.keys(rendered)).to.deep.equal([...Object.keys(FIGURE_9), "gatelog"]);
    expect(Object.keys(rendered["payload"] ?? {})).to.deep.equal(Object.keys(FIGURE_9.payload));
  });

  it("has its shapes", () => {
    const { gatelog, ...draft } = toOdap01(plain, facts);
    expect(draft).to.deep.equal({
      sessionId: FIGURE_9.sessionId,
      seqNumber: 6,
      phaseId: "lock",
      sourceGatewayId: facts.origin.gatewayId,
      sourceDltId: "eip155:31337",
      targetGatewayId: facts.destination?.gatewayId,
      targetDltId: "eip155:31338",
      timestamp: "1606157336",
      payload: { messageType: "2pc-log", message: "done-lock", votes: "none" },
      payloadHash: plain.payloadHash.slice(2).toUpperCase(),
      logEntryHash: plain.entryHash.slice(2).toUpperCase(),
    });
    expect(gatelog).to.include({
      gatewayId: plain.gatewayId,
      step: 201,
      operation: "done",
      timestamp: plain.timestamp,
    });
    expect(gatelog).to.have.deep.property("payload", parseCanonical(plain.payload));
  });

  it("names the transfer and not the author: both gateways' entries have the same source and target", () => {
    const rows = readVectors("entries").filter(({ session }) => session === "transfer");
    const named = rows.map(({ entry }) => {
      const { sourceGatewayId, sourceDltId, targetGatewayId, targetDltId } = toOdap01(
        signedEntrySchema.parse(entry),
        facts,
      );
      return JSON.stringify([sourceGatewayId, sourceDltId, targetGatewayId, targetDltId]);
    });
    expect(new Set(named).size).to.equal(1);
    expect(new Set(rows.map(({ entry }) => entry["gatewayId"])).size).to.equal(2);
  });

  it("shows the vote that was signed, whatever the payload says", () => {
    const payload = canonicalBytes({ message: "m", messageType: "t", votes: "no" });
    const rendered = toOdap01(sealed({ ...plain, vote: "yes" }, payload, plain.signature), facts);
    expect(rendered["payload"]).to.deep.equal({ messageType: "t", message: "m", votes: "yes" });
  });

  it("does not say a payload twice that is Figure 9's", () => {
    const payload = canonicalBytes(FIGURE_9.payload);
    const rendered = toOdap01(sealed(plain, payload, plain.signature), facts);
    expect(rendered["payload"]).to.deep.equal(FIGURE_9.payload);
    expect(rendered["gatelog"]).not.to.have.any.keys("payload", "payloadBytes");
  });

  it("is lossless for the vectors, signature and payload included", () => {
    for (const { session, entry: json } of readVectors("entries")) {
      const entry = signedEntrySchema.parse(json);
      const codec = CODECS["odap-01"];
      const read = codec.decode(throughText(codec.encode(entry, factsOf(session))), factsOf(session));
      expect(read).to.deep.equal(entry);
      checkContent(read);
    }
  });

  it("is lossless for any entry of any session", () => {
    fc.assert(
      fc.property(
        anyLogEntry,
        fc.constantFrom(...readVectors("sessions").map(({ name }) => name)),
        (fields, session) => {
          const entry = inSession(fields, factsOf(session));
          expect(fromOdap01(throughText(toOdap01(entry, factsOf(session))), factsOf(session))).to.deep.equal(entry);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("refuses an entry whose draft members say something else than what was signed", () => {
    const rendered = toOdap01(plain, facts);
    const changes: JsonObject = {
      phaseId: "commitment",
      sourceGatewayId: facts.destination?.gatewayId ?? "",
      sourceDltId: "Ethereum",
      targetGatewayId: "",
      targetDltId: "",
      timestamp: "1606157337",
      payload: { messageType: "2pc-log", message: "done-burn", votes: "none" },
    };
    for (const [member, value] of Object.entries(changes))
      expectError(() => fromOdap01({ ...rendered, [member]: value }, facts), "INVALID_ENTRY", { member });
    expectError(() => fromOdap01({ ...rendered, extra: 1 }, facts), "INVALID_ENTRY", { member: "extra" });
  });

  it("gives what was altered to checkContent, which finds it", () => {
    const rendered = toOdap01(plain, facts);
    const read = fromOdap01({ ...rendered, seqNumber: 99 }, facts);
    expectError(() => {
      checkContent(read);
    }, "INVALID_ENTRY");
  });

  it("refuses to be read or written under another session's facts", () => {
    expectError(() => toOdap01(plain, alone), "INVALID_SESSION", { actual: sessionHashOf(alone) });
    expectError(() => fromOdap01(toOdap01(plain, facts), alone), "INVALID_SESSION");
  });

  it("refuses to verify what has no gatelog member, which can still be read", () => {
    const draft = withoutExtension(toOdap01(plain, facts));
    expectError(() => fromOdap01(draft, facts), "MALFORMED", { member: "gatelog" });
    expect(readFigure9(draft)).to.include({
      seqNumber: 6,
      phase: 2,
      message: "done-lock",
      payloadHash: plain.payloadHash,
    });
  });

  it("refuses what is malformed", () => {
    const rendered = toOdap01(plain, facts);
    const bad: readonly (readonly [string, unknown])[] = [
      ["", null],
      ["", "text"],
      ["payloadHash", { ...rendered, payloadHash: FIGURE_10.payloadHash }],
      ["payloadHash", { ...rendered, payloadHash: plain.payloadHash }],
      ["sessionId", { ...rendered, sessionId: 1 }],
      ["seqNumber", { ...rendered, seqNumber: "6" }],
      ["epoch", { ...rendered, gatelog: { ...extensionOf(rendered), epoch: -1 } }],
    ];
    for (const [member, value] of bad) expectError(() => fromOdap01(value, facts), "MALFORMED", { member });
  });

  describe("a bare entry of the draft", () => {
    it("reads Figure 9", () => {
      const { words, ...read } = readFigure9(FIGURE_9);
      expect(words).to.deep.equal(FIGURE_9);
      expect(read).to.deep.equal({
        sessionId: FIGURE_9.sessionId,
        seqNumber: 6,
        phaseId: "lock",
        phase: 2,
        sourceGatewayId: "5.47.165.186",
        sourceDltId: "Hyperledger-Fabric-JusticeChain",
        targetGatewayId: "192.47.113.116",
        targetDltId: "Ethereum",
        timestamp: 1_606_157_330_000,
        messageType: "2pc-log",
        message: "LOCK_ASSET",
        votes: "none",
        payloadHash: `0x${FIGURE_9.payloadHash.toLowerCase()}`,
      });
    });

    it("reads Figure 10, whose payload hash has 63 digits and counts as none", () => {
      const read = readFigure9(FIGURE_10);
      expect(read).to.include({ seqNumber: 7, message: "LOCK_ASSET_ACK", payloadHash: null });
      expect(read.words).to.have.property("payloadHash", FIGURE_10.payloadHash);
    });

    it("reads a phase in any words, and keeps one that means nothing here", () => {
      expect(["lock", "Lock-Evidence", "p2", "2"].map(phaseFrom)).to.deep.equal([2, 2, 2, 2]);
      expect(["Transfer initiation", "commitment_establishment"].map(phaseFrom)).to.deep.equal([1, 3]);
      for (const phase of [0, 1, 2, 3, 7, 9]) expect(phaseFrom(phaseIdOf(phase))).to.equal(phase);
      expect(readFigure9({ ...FIGURE_9, phaseId: "hermes" })).to.include({ phaseId: "hermes", phase: null });
    });

    it("refuses what is malformed", () => {
      const { payload: _, ...without } = FIGURE_9;
      const bad: readonly (readonly [string, unknown])[] = [
        ["payload", without],
        ["payload.message", { ...FIGURE_9, payload: { messageType: "2pc-log", message: 7 } }],
        ["sessionId", { ...FIGURE_9, sessionId: "1" }],
        ["seqNumber", { ...FIGURE_9, seqNumber: -1 }],
        ["timestamp", { ...FIGURE_9, timestamp: 1606157330 }],
        ["timestamp", { ...FIGURE_9, timestamp: "2020-11-23" }],
        ["payload", { ...FIGURE_9, payload: { ...FIGURE_9.payload, amount: 2 ** 53 } }],
      ];
      for (const [member, value] of bad) expectError(() => readFigure9(value), "MALFORMED", { member });
    });

    it("is read back by a draft-01 client as it was written, but for the hashes", () => {
      for (const figure of [FIGURE_9, FIGURE_10]) {
        const { step, operation, vote, command, payload, seqNumber, timestamp } = requestFromFigure9(
          readFigure9(figure),
        );
        const fields = { ...plain, step, operation, vote, command, seqNumber, timestamp: timestamp ?? 0 };
        const entry = inSession({ ...fields, payload }, alone);
        const rendered = toOdap01(entry, alone);
        expect(withoutExtension(rendered)).to.deep.equal({
          ...figure,
          sessionId: alone.sessionId,
          payloadHash: entry.payloadHash.slice(2).toUpperCase(),
          logEntryHash: entry.entryHash.slice(2).toUpperCase(),
        });
        expect(fromOdap01(throughText(rendered), alone)).to.deep.equal(entry);
        const logged = parseCanonical(entry.payload);
        expect(isJsonObject(logged) && logged["odap01"]).to.deep.equal(figure);
      }
    });

    it("has no say over the parties of a session of two gateways", () => {
      const { payload } = requestFromFigure9(readFigure9(FIGURE_9));
      const rendered = toOdap01(sealed(plain, payload, plain.signature), facts);
      expect(rendered).to.include({ sourceGatewayId: facts.origin.gatewayId, targetDltId: "eip155:31338" });
    });
  });

  it("names no target where there is none", () => {
    const entry = inSession({ ...plain, payload: canonicalBytes({}) }, alone);
    expect(toOdap01(entry, alone)).to.include({
      sourceDltId: alone.origin.networkId,
      targetGatewayId: "",
      targetDltId: "",
    });
  });
});
