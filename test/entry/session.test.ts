import { expect } from "chai";

import { ZERO_HASH, type Hash } from "../../src/entry/hex.ts";
import {
  factsBytes,
  MAX_FACTS_SIZE,
  parseFacts,
  sessionFactsSchema,
  sessionHashOf,
  type LoggedFacts,
} from "../../src/entry/session.ts";
import { otherHash } from "../support/arbitraries.ts";
import { expectError } from "../support/expect-error.ts";
import { readVectors, rowOf } from "../support/vectors.ts";

const transfer = sessionFactsSchema.parse(rowOf(readVectors("sessions"), "transfer").facts);
const alone = sessionFactsSchema.parse(rowOf(readVectors("sessions"), "alone").facts);
const { logged } = rowOf(readVectors("sessions"), "transfer");

function withText(facts: string, change: Partial<LoggedFacts> = {}): LoggedFacts {
  return {
    sessionId: transfer.sessionId,
    originGatewayId: transfer.origin.gatewayId,
    destinationGatewayId: transfer.destination?.gatewayId ?? ZERO_HASH,
    deadline: transfer.deadline,
    facts: new TextEncoder().encode(facts),
    ...change,
  };
}

describe("session facts", () => {
  it("have another sessionHash for every changed member", () => {
    const { origin, destination, profile } = transfer;
    if (destination === null) throw new Error("the session has two gateways");
    const changes = [
      { sessionId: "4eb424c8-aead-4e9e-a321-a160ac3909ad" },
      { contextId: transfer.sessionId },
      { origin: { ...origin, gatewayId: otherHash(origin.gatewayId) } },
      { origin: { ...origin, networkId: "eip155:1" } },
      { origin: { ...origin, asset: null } },
      { destination: { ...destination, gatewayId: otherHash(destination.gatewayId) } },
      { destination: { ...destination, networkId: "eip155:1" } },
      { destination: { ...destination, asset: null } },
      { amount: "1" },
      { deadline: transfer.deadline + 1 },
      { termsHash: null },
      { requestHash: null },
      { profile: { ...profile, logging: "local" as const } },
      { profile: { ...profile, accessControl: "author" } },
      { register: "destination" as const },
      { log: null },
    ];
    const hashes = changes.map((change) => sessionHashOf({ ...transfer, ...change }));
    expect(new Set([...hashes, sessionHashOf(transfer)]).size).to.equal(changes.length + 1);
  });

  const bad: readonly (readonly [string, string, unknown])[] = [
    ["a register without a destination", "register", { ...alone, register: "log" }],
    ["a deadline without a destination", "deadline", { ...alone, deadline: 1 }],
    ["a destination without a register", "register", { ...transfer, register: "none" }],
    ["a destination without a deadline", "deadline", { ...transfer, deadline: 0 }],
    ["a register on a log without a place", "log", { ...transfer, log: null }],
    ["a gateway as its own peer", "destination.gatewayId", { ...transfer, destination: transfer.origin }],
    ["an amount of nothing", "amount", { ...transfer, amount: "0" }],
    ["an amount past 256 bits", "amount", { ...transfer, amount: (2n ** 256n).toString() }],
    ["an amount in hex", "amount", { ...transfer, amount: "0x10" }],
    ["an unknown member", "", { ...transfer, extra: 1 }],
    [
      "an address with a wrong checksum",
      "log.registry",
      { ...transfer, log: { chainId: 1, registry: `0x${"aB".repeat(20)}` } },
    ],
  ];
  for (const [name, member, facts] of bad)
    it(`refuse ${name}`, () => {
      const { success, error } = sessionFactsSchema.safeParse(facts);
      expect(success).to.equal(false);
      expect(error?.issues[0]?.path.join(".")).to.equal(member);
    });

  it("have a largest size", () => {
    const long = { ...transfer, origin: { ...transfer.origin, asset: "€".repeat(256), networkId: "€".repeat(128) } };
    const longer = { ...long, destination: { ...long.origin, gatewayId: ZERO_HASH } };
    expect(factsBytes(long).length).to.be.lessThan(MAX_FACTS_SIZE);
    expectError(() => factsBytes(longer), "TOO_LARGE", { maximum: MAX_FACTS_SIZE });
  });

  it("have no form with lone surrogates", () => {
    expectError(() => factsBytes({ ...transfer, contextId: "\ud800" }), "MALFORMED");
  });

  describe("parseFacts", () => {
    it("reads what was logged", () => {
      expect(parseFacts(withText(logged))).to.deep.equal(transfer);
    });

    const malformed: readonly (readonly [string, LoggedFacts])[] = [
      ["no JSON", withText("facts")],
      ["JSON that is not canonical", withText(logged.replace(":", ": "))],
      ["no object", withText("[]")],
      ["a member too many", withText(logged.replace("{", '{"a":1,'))],
      ["a member that stands in the arguments", withText(logged.replace('"termsHash"', '"sessionId":"x","termsHash"'))],
      [
        "a gateway id inside a party",
        withText(logged.replace(',"networkId":"eip155:31337"', ',"gatewayId":"x","networkId":"eip155:31337"')),
      ],
      [
        "a context id in upper case",
        withText(
          logged.replace(/"contextId":"([^"]*)"/, (text) => text.toUpperCase().replace("CONTEXTID", "contextId")),
        ),
      ],
      ["a destination in the facts alone", withText(logged, { destinationGatewayId: ZERO_HASH })],
      ["a deadline of zero", withText(logged, { deadline: 0 })],
      ["the origin as its own peer", withText(logged, { destinationGatewayId: transfer.origin.gatewayId })],
      ["the nil session id", withText(logged, { sessionId: "00000000-0000-0000-0000-000000000000" })],
    ];
    for (const [name, facts] of malformed)
      it(`refuses ${name}`, () => {
        expectError(() => parseFacts(facts), "INVALID_SESSION", { sessionId: facts.sessionId });
      });

    it("gives facts that have the hash of what was logged, or none", () => {
      // A destination in the arguments alone.
      const lonely = rowOf(readVectors("sessions"), "alone").logged;
      const destinationGatewayId: Hash = transfer.origin.gatewayId;
      expectError(() => parseFacts(withText(lonely, { destinationGatewayId, deadline: 0 })), "INVALID_SESSION");
    });
  });
});
