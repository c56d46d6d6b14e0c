import { expect } from "chai";
import fc from "fast-check";
import { canonicalBytes, isJsonObject, type Json } from "../../src/entry/canonical.ts";
import { CODEC_NAMES, CODECS, codecOf } from "../../src/entry/codecs.ts";
import { signedEntrySchema } from "../../src/entry/entry-json.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { checkContent } from "../../src/entry/log-check.ts";
import { requestFromFigure9 } from "../../src/entry/log-entry-request.ts";
import { readFigure9 } from "../../src/entry/odap-01.ts";
import { fromSatp03, satp03EntrySchema, toSatp03 } from "../../src/entry/satp-03.ts";
import { sessionFactsSchema, sessionHashOf, type SessionFacts } from "../../src/entry/session.ts";
import { COMMANDS, STEPS } from "../../src/entry/vocabulary.ts";
import { anyLogEntry, sealed } from "../support/arbitraries.ts";
import { expectError } from "../support/expect-error.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const factsOf = (name: string): SessionFacts => sessionFactsSchema.parse(rowOf(readVectors("sessions"), name).facts);
const facts = factsOf("transfer");
const alone = factsOf("alone");
const plain = signedEntrySchema.parse(rowOf(readVectors("entries"), "done-lock of alpha").entry);

/** Members of the draft's second example, in its order. */
const EXAMPLE_2 = [
  ...["sessionId", "contextId", "seqNumber", "phaseId", "originGatewayId", "originNetworkId"],
  ...["destinationGatewayId", "destinationNetworkId", "timestamp", "payload"],
];
/** What the draft requires of a log entry beside them. */
const REQUIRED = ["version", "operation", "payloadHash", "loggingProfile", "accessControlProfile"];
const SIGNED = ["lastEntryHash", "messageSignature"];

function inSession(entry: LogEntry, of: SessionFacts): LogEntry {
  const { sessionId } = of;
  return sealed({ ...entry, sessionId, sessionHash: sessionHashOf(of) }, entry.payload, entry.signature);
}

function throughText(value: Json): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe("codec satp-03", () => {
  it("has the members of the draft's example, in its order, and those that the draft requires", () => {
    const members = Object.keys(toSatp03(plain, facts));
    expect(members.filter((name) => EXAMPLE_2.includes(name))).to.deep.equal(EXAMPLE_2);
    expect(members).to.include.members([...REQUIRED, ...SIGNED, "logEntryHash", "gatelog"]);
  });

  it("has its shapes", () => {
    const { gatelog: _, ...draft } = toSatp03(plain, facts);
    expect(draft).to.deep.equal({
      version: "1.0",
      sessionId: facts.sessionId,
      contextId: facts.contextId,
      seqNumber: 6,
      phaseId: "lock",
      originGatewayId: facts.origin.gatewayId,
      originNetworkId: "eip155:31337",
      destinationGatewayId: facts.destination?.gatewayId,
      destinationNetworkId: "eip155:31338",
      timestamp: "1606157336",
      operation: "done",
      payload: { messageType: "2pc-log", message: "done-lock", votes: "none" },
      payloadHash: plain.payloadHash.slice(2).toUpperCase(),
      loggingProfile: facts.profile.logging,
      accessControlProfile: facts.profile.accessControl,
      lastEntryHash: plain.lastEntryHash.slice(2).toUpperCase(),
      logEntryHash: plain.entryHash.slice(2).toUpperCase(),
      messageSignature: plain.signature.slice(2).toUpperCase(),
    });
  });

  it("calls an entry of a recovery by the draft's name for it", () => {
    const payload = canonicalBytes({ lastEntryHash: plain.entryHash });
    const fields = { ...plain, step: STEPS["recover-update"], command: COMMANDS["recover-update"] };
    const rendered = toSatp03(sealed(fields, payload, plain.signature), facts);
    expect(rendered).to.deep.include({
      phaseId: "recovery",
      recoveryMessage: "RECOVER-UPDATE",
      recoveryPayload: { lastEntryHash: plain.entryHash },
    });
    expect(toSatp03(plain, facts)).not.to.have.any.keys("recoveryMessage", "recoveryPayload");
  });

  it("has no signature of its own inside a run", () => {
    expect(toSatp03({ ...plain, signature: null }, facts)).to.include({ messageSignature: null });
  });

  it("shows what a client of one gateway said of its own session", () => {
    const figure = { ...FIGURE, sessionId: alone.sessionId };
    const { payload } = requestFromFigure9(readFigure9(figure));
    expect(toSatp03(inSession({ ...plain, payload }, alone), alone)).to.deep.include({
      originGatewayId: "5.47.165.186",
      originNetworkId: "Hyperledger-Fabric-JusticeChain",
      destinationGatewayId: "192.47.113.116",
      destinationNetworkId: "Ethereum",
      payload: figure.payload,
    });
  });

  it("refuses an entry whose draft members say something else than what was signed", () => {
    const rendered = toSatp03(plain, facts);
    for (const member of [...EXAMPLE_2, ...REQUIRED, ...SIGNED]) {
      if (["sessionId", "seqNumber", "payloadHash", "payload"].includes(member)) continue;
      expectError(() => fromSatp03({ ...rendered, [member]: "x" }, facts), "INVALID_ENTRY", { member });
    }
    expectError(() => fromSatp03({ ...rendered, extra: 1 }, facts), "INVALID_ENTRY", { member: "extra" });
    expectError(() => fromSatp03(rendered, alone), "INVALID_SESSION");
    const { gatelog: _, ...bare } = rendered;
    expectError(() => fromSatp03(bare, facts), "MALFORMED", { member: "gatelog" });
  });
});

describe("codecs", () => {
  for (const name of CODEC_NAMES) {
    const codec = CODECS[name];

    it(`${name} is lossless for the vectors, signature and payload included`, () => {
      for (const { session, entry: json } of readVectors("entries")) {
        const entry = signedEntrySchema.parse(json);
        const read = codec.decode(throughText(codec.encode(entry, factsOf(session))), factsOf(session));
        expect(read).to.deep.equal(entry);
        checkContent(read);
      }
    });

    it(`${name} is lossless for any entry of any session, and told from the others`, () => {
      fc.assert(
        fc.property(
          anyLogEntry,
          fc.constantFrom(...readVectors("sessions").map((row) => row.name)),
          (fields, session) => {
            const entry = inSession(fields, factsOf(session));
            const text = throughText(codec.encode(entry, factsOf(session)));
            expect(codec.decode(text, factsOf(session))).to.deep.equal(entry);
            expect(codecOf(text as object)).to.equal(codec);
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it("describe what satp-03 gives out", () => {
    for (const { session, entry } of readVectors("entries")) {
      const rendered = toSatp03(signedEntrySchema.parse(entry), factsOf(session));
      expect(isJsonObject(rendered) && satp03EntrySchema.safeParse(rendered).success).to.equal(true);
    }
  });
});

const FIGURE = {
  sessionId: "",
  seqNumber: 6,
  phaseId: "lock",
  sourceGatewayId: "5.47.165.186",
  sourceDltId: "Hyperledger-Fabric-JusticeChain",
  targetGatewayId: "192.47.113.116",
  targetDltId: "Ethereum",
  timestamp: "1606157330",
  payload: { messageType: "2pc-log", message: "LOCK_ASSET", votes: "none" },
  payloadHash: "80BCF1C7421E98B097264D1C6F1A514576D6C9F4EF04955FA3AEF1C0664B34E3",
};
