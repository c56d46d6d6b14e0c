import { expect } from "chai";
import type { z } from "zod";

import type { SessionOpening } from "../../src/entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../../src/entry/statements.ts";
import {
  closingStatementSchema,
  decisionStatementSchema,
  gatewayRecordSchema,
  sessionOpeningSchema,
  sessionRecordSchema,
} from "../../src/entry/wire.ts";
import type { SessionRecord } from "../../src/store/log-store.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const { facts: json, sessionHash } = rowOf(readVectors("sessions"), "transfer");
const signature = readVectors("signatures").compact;
const { sessionId } = json;
const { gatewayId, signer } = rowOf(readVectors("gateways"), "alpha");

// These lines stop compiling where a schema and the type of the domain part.
const OPENING: z.ZodType<SessionOpening> = sessionOpeningSchema;
const DECISION: z.ZodType<DecisionStatement> = decisionStatementSchema;
const CLOSING: z.ZodType<ClosingStatement> = closingStatementSchema;
const RECORD: z.ZodType<SessionRecord> = sessionRecordSchema;

const opening = { facts: json, epoch: 1, signature };
const decision = { sessionId, sessionHash, decision: "COMMIT", ground: "ORIGIN", epoch: 1, signature };
const abort = { ...decision, decision: "ABORT", ground: "DEADLINE", epoch: 0, signature: null };
const closing = { sessionId, sessionHash, gatewayId, length: 0, lastEntryHash: sessionHash, epoch: 1, signature };
const record = {
  opening,
  sessionHash,
  decision: { decision: "NONE", final: true, statement: null },
  logs: [{ gatewayId, length: 0, lastEntryHash: sessionHash, closed: false }],
  closed: false,
};

describe("JSON forms of statements and records", () => {
  it("are read as they were written", () => {
    expect(OPENING.parse(opening)).to.deep.equal(opening);
    expect(DECISION.parse(decision)).to.deep.equal(decision);
    expect(DECISION.parse(abort)).to.deep.equal(abort);
    expect(CLOSING.parse(closing)).to.deep.equal(closing);
    expect(RECORD.parse(record)).to.deep.equal(record);
    const gateway = { gatewayId, epoch: 1, keys: [{ epoch: 1, key: signer }], endpoints: ["https://alpha.example"] };
    expect(gatewayRecordSchema.parse(gateway)).to.deep.equal(gateway);
  });

  const bad: readonly (readonly [string, z.ZodType, unknown])[] = [
    ["COMMIT on another ground than the origin's", DECISION, { ...abort, decision: "COMMIT" }],
    ["a decision of the origin without its signature", DECISION, { ...decision, signature: null }],
    ["a decision of the origin without its epoch", DECISION, { ...decision, epoch: 0 }],
    ["a signature on the ground of the deadline", DECISION, { ...abort, signature }],
    ["an epoch on the ground of the deadline", DECISION, { ...abort, epoch: 1 }],
    ["a decision for nothing", DECISION, { ...decision, decision: "NONE" }],
    ["a signature of 65 bytes", OPENING, { ...opening, signature: readVectors("signatures").full }],
    ["an epoch past 32 bits", CLOSING, { ...closing, epoch: 2 ** 32 }],
    ["an unknown member", RECORD, { ...record, extra: 1 }],
  ];
  for (const [name, schema, value] of bad)
    it(`refuse ${name}`, () => {
      expect(schema.safeParse(value).success).to.equal(false);
    });
});
