import { expect } from "chai";

import { canonicalBytes, parseCanonical, type Json } from "../../src/entry/canonical.ts";
import { MAX_PAYLOAD_SIZE, type LogEntry } from "../../src/entry/entry.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { checkGateways, logEntryRequestSchema, requestFromFigure9 } from "../../src/entry/log-entry-request.ts";
import { commandNameOf, gatewaysOf, notationOf } from "../../src/entry/notation.ts";
import { readFigure9 } from "../../src/entry/odap-01.ts";
import { sessionFactsSchema, sessionHashOf } from "../../src/entry/session.ts";
import { COMMANDS, commandFrom, OPERATION_NAMES, operationFrom, voteFrom } from "../../src/entry/vocabulary.ts";
import { sealed } from "../support/arbitraries.ts";
import { expectError } from "../support/expect-error.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const facts = sessionFactsSchema.parse(rowOf(readVectors("sessions"), "transfer").facts);
const alone = sessionFactsSchema.parse(rowOf(readVectors("sessions"), "alone").facts);
const GS = facts.origin.gatewayId;
const GR = facts.destination?.gatewayId ?? ZERO_HASH;

/** The log of the seed's Figure 1, in the draft's own notation. */
const FIGURE_1 = [
  "<p1, 1, init-validate, (GS->GR)>",
  "<p1, 2, exec-validate, (GR)>",
  "<p1, 3, done-validate, (GR)>",
  "<p1, 4, ack-validate, (GR->GS)>",
];

function logged(request: unknown, gatewayId: string, of = facts): LogEntry {
  const { step, operation, vote, command, payload } = logEntryRequestSchema.parse(request);
  const numbers = { version: 1, epoch: 1, index: 0, seqNumber: 1, timestamp: 0 };
  const hashes = { causedBy: ZERO_HASH, lastEntryHash: ZERO_HASH, payloadHash: ZERO_HASH };
  const { sessionId } = of;
  const place = { sessionId, sessionHash: sessionHashOf(of), gatewayId: gatewayId === "GS" ? GS : GR };
  return sealed({ ...numbers, ...hashes, ...place, step, operation, vote, command }, payload, null);
}

const withPayload = (command: number, payload: Json): Pick<LogEntry, "command" | "payload"> => ({
  command,
  payload: canonicalBytes(payload),
});

describe("notation", () => {
  it("prints the four lines of Figure 1 for a log of four log-entry requests", () => {
    const entries = [
      logged({ phase: "p1", step: 1, operation: "init", command: "validate", gateways: "(GS->GR)" }, "GS"),
      logged({ phase: "p1", step: 2, operation: "exec-validate", gateways: "(GR)" }, "GR"),
      logged({ phase: 1, step: 3, operation: "done", command: "validate", payload: { valid: true } }, "GR"),
      logged({ phase: "initiation", step: 4, operation: "ack-validate" }, "GR"),
    ];
    expect(entries.map((entry) => notationOf(entry, facts))).to.deep.equal(FIGURE_1);
  });

  it("prints Figure 1 for a client that logs both gateways' steps in a session of its own", () => {
    const entries = FIGURE_1.map((line, at) => {
      const gateways = line.slice(line.indexOf("("), -1);
      const operation = `${["init", "exec", "done", "ack"][at] ?? ""}-validate`;
      return logged({ phase: "p1", step: at + 1, operation, gateways }, "GS", alone);
    });
    expect(entries.map((entry) => notationOf(entry, alone))).to.deep.equal(FIGURE_1);
  });

  it("derives the gateways from author and operation", () => {
    const lines = OPERATION_NAMES.map((operation) => [
      operation,
      gatewaysOf(operation, GS, facts),
      gatewaysOf(operation, GR, facts),
    ]);
    expect(lines).to.deep.equal([
      ["init", "(GS->GR)", "(GR->GS)"],
      ["exec", "(GS)", "(GR)"],
      ["done", "(GS)", "(GR)"],
      ["ack", "(GS->GR)", "(GR->GS)"],
      ["fail", "(GS)", "(GR)"],
    ]);
    expect(OPERATION_NAMES.map((operation) => gatewaysOf(operation, GS, alone))).to.deep.equal(Array(5).fill("(GS)"));
    expectError(() => gatewaysOf("init", ZERO_HASH, facts), "INVALID_ENTRY", { gatewayId: ZERO_HASH });
    expectError(() => gatewaysOf("init", GR, alone), "INVALID_ENTRY", { gatewayId: GR });
  });

  it("names our commands from the table, and another client's from its payload", () => {
    for (const [name, code] of Object.entries(COMMANDS)) expect(commandNameOf(withPayload(code, {}))).to.equal(name);
    expect(commandNameOf(withPayload(0, { command: "validateNext" }))).to.equal("validateNext");
    expect(commandNameOf(withPayload(4, { command: "burn" }))).to.equal("lock");
    expect(commandNameOf(withPayload(999, { command: "freeze" }))).to.equal("freeze");
    expect(commandNameOf(withPayload(999, {}))).to.equal("other-999");
  });

  it("lets no payload forge a line", () => {
    for (const command of ["a, (GS)>", "\u001b[31m", "a b", "", "-", "x".repeat(65), 7, null])
      expect(commandNameOf(withPayload(0, { command }))).to.equal("other");
    expect(commandNameOf({ command: 0, payload: new Uint8Array([0xff]) })).to.equal("other");
  });

  it("refuses codes that do not exist", () => {
    expectError(() => operationFrom(0), "INVALID_ENTRY", { operation: 0 });
    expectError(() => voteFrom(3), "INVALID_ENTRY", { vote: 3 });
    expect(commandFrom(65_535)).to.equal("other");
  });
});

describe("log-entry request", () => {
  it("keeps the payload of a command of ours as it is", () => {
    const request = logEntryRequestSchema.parse({
      phase: 3,
      step: 3,
      operation: "ack",
      command: "prepare",
      vote: "yes",
      payload: { a: 1 },
    });
    expect(request).to.deep.equal({
      step: 303,
      operation: "ack",
      vote: "yes",
      command: COMMANDS.prepare,
      payload: canonicalBytes({ a: 1 }),
      gateways: null,
      seqNumber: 0,
      timestamp: null,
    });
  });

  it("writes what has no field of its own into the payload", () => {
    const request = logEntryRequestSchema.parse({
      phase: "lock",
      step: 1,
      operation: "fail-freeze",
      gateways: " GR ",
      payload: { a: 1 },
    });
    expect(request).to.include({ step: 201, operation: "fail", command: 0, gateways: "(GR)" });
    expect(parseCanonical(request.payload)).to.deep.equal({ a: 1, command: "freeze", gateways: "(GR)" });
  });

  const good = { phase: "p1", step: 1, operation: "init", command: "validate" };
  const bad: readonly (readonly [string, string, unknown])[] = [
    ["no object", "", []],
    ["an unknown member", "", { ...good, index: 3 }],
    ["an unknown phase", "phase", { ...good, phase: "hermes" }],
    ["a phase that is too large", "phase", { ...good, phase: 655 }],
    ["a step of another phase", "step", { ...good, step: 101 }],
    ["an unknown operation", "operation", { ...good, operation: "prepare" }],
    ["no command", "command", { phase: 1, step: 1, operation: "init" }],
    ["an empty command", "command", { phase: 1, step: 1, operation: "init-" }],
    ["two commands", "command", { ...good, operation: "init-lock" }],
    ["a command that is no word", "command", { ...good, command: "a>b" }],
    ["unknown gateways", "gateways", { ...good, gateways: "(G1->G2)" }],
    ["an unknown vote", "vote", { ...good, vote: "maybe" }],
    ["a payload that is no object", "payload", { ...good, payload: "text" }],
    ["a payload that contradicts the command", "payload", { ...good, payload: { command: "lock" } }],
    ["a payload with a rounded number", "payload", { ...good, payload: { amount: 2 ** 53 } }],
    ["a payload that is too large", "payload", { ...good, payload: { a: "x".repeat(MAX_PAYLOAD_SIZE) } }],
  ];
  for (const [name, member, request] of bad)
    it(`refuses ${name}`, () => {
      const { success, error } = logEntryRequestSchema.safeParse(request);
      expect(success).to.equal(false);
      expect(error?.issues[0]?.path.join(".")).to.equal(member);
    });

  it("is held to the gateways that follow from its author, in a session of two", () => {
    const request = logEntryRequestSchema.parse({ ...good, gateways: "(GS->GR)" });
    checkGateways(request, GS, facts);
    checkGateways(request, GS, alone);
    checkGateways({ ...request, gateways: null }, GR, facts);
    expectError(
      () => {
        checkGateways(request, GR, facts);
      },
      "MALFORMED",
      { expected: "(GR->GS)", actual: "(GS->GR)" },
    );
  });
});

describe("request from an entry of the draft", () => {
  const figure = {
    ...{ sessionId: facts.sessionId, seqNumber: 6, phaseId: "lock", timestamp: "1606157330", payloadHash: "" },
    ...{ sourceGatewayId: "1", sourceDltId: "2", targetGatewayId: "3", targetDltId: "4" },
  };
  const requestOf = (message: string, more: { phaseId?: string; votes?: string } = {}) => {
    const { votes, ...members } = more;
    const payload = { messageType: "2pc-log", message, ...(votes === undefined ? {} : { votes }) };
    return requestFromFigure9(readFigure9({ ...figure, ...members, payload }));
  };

  it("takes phase, seqNumber, time and vote as they are given", () => {
    expect(requestOf("LOCK_ASSET", { votes: "YES" })).to.include({
      step: 200,
      seqNumber: 6,
      timestamp: 1_606_157_330_000,
      vote: "yes",
    });
    expect(requestOf("LOCK_ASSET", { phaseId: "hermes", votes: "2 of 3" })).to.include({ step: 0, vote: "none" });
  });

  it("reads operation and command from the message", () => {
    const read = (message: string): string => {
      const request = requestOf(message);
      expect(request.command).to.equal(COMMANDS.other);
      return `${request.operation} ${commandNameOf(request)}`;
    };
    expect(read("LOCK_ASSET")).to.equal("init lock-asset");
    expect(read("LOCK_ASSET_ACK")).to.equal("ack lock-asset");
    expect(read("exec-validate")).to.equal("exec validate");
    expect(read("Locked, at last: 17!")).to.equal("init locked-at-last-17");
    expect(read("東京")).to.equal("init other");
    expect(read("-".repeat(200))).to.equal("init other");
    expect(read("x".repeat(200))).to.equal(`init ${"x".repeat(64)}`);
  });

  it("refuses an entry that is too large to keep word for word", () => {
    expectError(() => requestOf("x".repeat(MAX_PAYLOAD_SIZE)), "TOO_LARGE", { maximum: MAX_PAYLOAD_SIZE });
  });
});
