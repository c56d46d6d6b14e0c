import type { Request } from "express";
import { z } from "zod";
import { signedEntrySchema } from "../entry/entry-json.ts";
import { LENGTH_MAX } from "../entry/entry.ts";
import { addressSchema, hashSchema, sessionIdSchema } from "../entry/hex.ts";
import { GatelogError, type ErrorCode } from "../entry/errors.ts";
import { parseAs } from "../entry/parse.ts";
import { sessionOpeningSchema } from "../entry/wire.ts";
import {
  explanationSchema,
  identitySchema,
  MAX_TRANSFERS,
  offerSchema,
  overviewSchema,
  transfersSchema,
  transferStatusSchema,
} from "../client/gateway-answers.ts";
import { logRunSchema, runToJson, transferRequestSchema, type GatewayService } from "../gateway/public.ts";
import { MAX_ENTRIES_PER_CALL } from "../store/log-store.ts";
import type { Operation } from "./operation.ts";
import { decimal } from "./query-numbers.ts";
import { APPEND, OPEN_SESSION, READ_LOG } from "./refusals.ts";

/** Bytes of a request body. */
const MAX_GATEWAY_BODY = 64 * 1_024;
/** A message carries one entry, hex and JSON included; a run of private entries is cut to a page by its sender. */
const MAX_PEER_BODY = 1_024 * 1_024;

const offerQuerySchema = z.strictObject({
  networkId: z.string().min(1).max(128),
  originChainId: decimal(1, Number.MAX_SAFE_INTEGER),
  originToken: addressSchema,
});
const logQuerySchema = z.strictObject({ gatewayId: hashSchema, from: decimal(0, LENGTH_MAX) });
const flag = z.enum(["true", "false"]).default("false");
const listQuerySchema = z.strictObject({
  open: flag,
  stuck: flag,
  /** The last session of the page before. */
  after: sessionIdSchema.optional(),
  limit: decimal(1, MAX_TRANSFERS).default(MAX_TRANSFERS),
});
const explainQuerySchema = z.strictObject({ wish: z.enum(["nothing", "recover", "rollback"]).default("nothing") });

const TRANSFER = "/v1/transfers/:sessionId";
const accepted = { status: 202, data: transferStatusSchema } as const;
const inGateway = { group: "gateway" } as const;

/** What a ledger or a peer may make of a transfer. */
const TRANSFERRING = [
  ...["IDEMPOTENCY_CONFLICT", "UNMAPPED_TOKEN", "REFUSED", "LEDGER_CONFLICT", "LEDGER_REJECTED", "NOT_FOUND"],
  ...["ILLEGAL_ORDER", "UNKNOWN_SESSION", "UNKNOWN_ENTRY", "METHOD_NOT_ALLOWED"],
] as const satisfies readonly ErrorCode[];
const HELD = ["UNKNOWN_SESSION", "TOO_LATE", "DISPUTED", "ROLLBACK_FAILED", "NOT_SERVED_HERE"] as const;

/** Client API and peer API of a gateway, under /v1, and its overview. Thin: every rule is the gateway's. */
export function createGatewayOperations(gateway: GatewayService): Operation[] {
  return [...clientOperations(gateway), ...operatorOperations(gateway), ...peerOperations(gateway)];
}

function clientOperations(gateway: GatewayService): Operation[] {
  return [
    {
      ...{ ...inGateway, name: "getIdentity", method: "get", paths: ["/v1/gateway"], refusals: [] },
      summary: "Which gateway this is.",
      answer: { data: identitySchema },
      handle: { data: () => Promise.resolve(gateway.identity) },
    },
    {
      ...{ ...inGateway, name: "startTransfer", method: "post", paths: ["/v1/transfers"] },
      summary: "Starts a transfer, or finds the one that the idempotency key started before.",
      body: { schema: transferRequestSchema, maximum: MAX_GATEWAY_BODY },
      answer: accepted,
      refusals: [...new Set([...TRANSFERRING, ...OPEN_SESSION, ...APPEND])],
      handle: {
        data: (request) =>
          gateway.transfer(parseAs(transferRequestSchema, request.body, "MALFORMED", "the transfer request")),
      },
    },
    {
      ...{ ...inGateway, name: "listTransfers", method: "get", paths: ["/v1/transfers"], refusals: READ_LOG },
      summary: "A page of this gateway's sessions, oldest first; the last one if it has fewer than `limit`.",
      query: listQuerySchema,
      answer: { data: transfersSchema },
      handle: {
        data: (request) => {
          const { open, stuck, ...page } = parseAs(listQuerySchema, request.query, "MALFORMED", "the query");
          return gateway.sessions({ open: open === "true" || stuck === "true", stuck: stuck === "true", ...page });
        },
      },
    },
    {
      ...{ ...inGateway, name: "getTransfer", method: "get", paths: [TRANSFER], refusals: READ_LOG },
      summary: "The status of a transfer.",
      answer: { data: transferStatusSchema },
      handle: { data: (request) => gateway.status(sessionOf(request)) },
    },
    {
      ...{ ...inGateway, name: "cancelTransfer", method: "post", paths: [`${TRANSFER}/cancel`], refusals: HELD },
      summary: "Asks for an abort, before the decision only.",
      answer: accepted,
      handle: { data: (request) => gateway.cancel(sessionOf(request)) },
    },
  ];
}

function operatorOperations(gateway: GatewayService): Operation[] {
  return [
    {
      ...{ ...inGateway, name: "recoverTransfer", method: "post", paths: [`${TRANSFER}/recover`], refusals: HELD },
      summary: "Takes a halted or disputed session up again.",
      answer: accepted,
      handle: { data: (request) => gateway.recover(sessionOf(request)) },
    },
    {
      ...{ ...inGateway, name: "rollbackTransfer", method: "post", paths: [`${TRANSFER}/rollback`], refusals: HELD },
      summary: "Asks for ABORT, so that both sides undo their part.",
      answer: accepted,
      handle: { data: (request) => gateway.rollback(sessionOf(request)) },
    },
    {
      ...{ ...inGateway, name: "explainTransfer", method: "get", paths: [`${TRANSFER}/explanation`] },
      summary: "What would be done next, and why; does nothing.",
      query: explainQuerySchema,
      answer: { data: explanationSchema },
      refusals: HELD,
      handle: {
        data: (request) => {
          const { wish } = parseAs(explainQuerySchema, request.query, "MALFORMED", "the query");
          return gateway.explain(sessionOf(request), wish);
        },
      },
    },
    {
      ...{ ...inGateway, name: "getOverview", method: "get", paths: ["/status"], refusals: READ_LOG },
      summary: "Every open session with its phase, whom it waits for, since when, and why.",
      answer: { data: overviewSchema },
      handle: { data: () => gateway.overview() },
    },
  ];
}

function peerOperations(gateway: GatewayService): Operation[] {
  return [
    {
      ...{ ...inGateway, name: "takeMessage", method: "post", paths: ["/v1/peer/:sessionId"] },
      summary: "A peer's entry is there to be read in the log; or, where logs are private, entries of the peer's log.",
      body: { schema: z.union([signedEntrySchema, logRunSchema]), maximum: MAX_PEER_BODY },
      answer: { status: 202, data: receiptSchema },
      refusals: [...new Set([...APPEND, ...OPEN_SESSION])],
      handle: { data: (request) => takeMessage(gateway, sessionOf(request), request.body) },
    },
    {
      ...{ ...inGateway, name: "readPeerLog", method: "get", paths: ["/v1/peer/:sessionId/log"] },
      summary: "Where logs are private: a page of either log as this gateway has it.",
      query: logQuerySchema,
      answer: { data: pageSchema },
      refusals: [...READ_LOG, "NOT_SERVED_HERE"],
      handle: {
        data: async (request) => {
          const query = parseAs(logQuerySchema, request.query, "MALFORMED", "the query");
          return runToJson(await gateway.peerLog(sessionOf(request), query));
        },
      },
    },
    {
      ...{ ...inGateway, name: "getOffer", method: "get", paths: ["/v1/offer"] },
      summary: "What this gateway offers a peer that would propose a transfer.",
      query: offerQuerySchema,
      answer: { data: offerSchema },
      refusals: ["NOT_SERVED_HERE", "UNMAPPED_TOKEN", "REFUSED", "LEDGER_REJECTED"],
      handle: {
        data: (request) => gateway.offer(parseAs(offerQuerySchema, request.query, "MALFORMED", "the query")),
      },
    },
  ];
}

const receiptSchema = z.union([z.literal("taken"), z.object({ holds: z.int().min(0), length: z.int().min(0) })]);
const pageSchema = z.object({ opening: sessionOpeningSchema.optional(), entries: z.array(signedEntrySchema) });

async function takeMessage(gateway: GatewayService, sessionId: string, message: unknown): Promise<unknown> {
  if (isRun(message)) {
    const { entries } = message;
    // Before they are looked at: there may be half a million of nothing in a body.
    if (Array.isArray(entries) && entries.length > MAX_ENTRIES_PER_CALL)
      throw new GatelogError("TOO_LARGE", `at most ${MAX_ENTRIES_PER_CALL} entries`, {
        maximum: MAX_ENTRIES_PER_CALL,
        actual: entries.length,
      });
    return gateway.onPeerRun(sessionId, parseAs(logRunSchema, message, "MALFORMED", "the run"));
  }
  await gateway.onPeerMessage(sessionId, parseAs(signedEntrySchema, message, "MALFORMED", "the message"));
  return "taken";
}

/** Private logs: several entries in one message. */
function isRun(message: unknown): message is { readonly entries: unknown } {
  return typeof message === "object" && message !== null && "entries" in message;
}

function sessionOf(request: Request): string {
  return parseAs(sessionIdSchema, request.params["sessionId"], "MALFORMED", "the session id");
}
