import { json, Router, type Request } from "express";
import { z } from "zod";
import { signedEntrySchema } from "../entry/entry-json.ts";
import { addressSchema, hashSchema, sessionIdSchema } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { logRunSchema, runToJson, transferRequestSchema, type GatewayService } from "../gateway/public.ts";

/** Bytes of a request body. */
const MAX_GATEWAY_BODY = 64 * 1_024;
/** A message carries one entry, hex and JSON included; a run of private entries is cut to a page by its sender. */
const MAX_PEER_BODY = 1_024 * 1_024;

const offerQuerySchema = z.strictObject({
  networkId: z.string().min(1).max(128),
  originChainId: z.coerce.number().int().positive(),
  originToken: addressSchema,
});
const logQuerySchema = z.strictObject({ gatewayId: hashSchema, from: z.coerce.number().int().min(0) });
const flag = z.enum(["true", "false"]).default("false");
const listQuerySchema = z.strictObject({ open: flag, stuck: flag });
const explainQuerySchema = z.strictObject({ wish: z.enum(["nothing", "recover", "rollback"]).default("nothing") });

/** Client API and peer API of a gateway, under /v1. Thin: every rule is the gateway's. */
export function createGatewayRoutes(gateway: GatewayService): Router {
  const routes = Router();
  const body = json({ limit: MAX_GATEWAY_BODY });

  routes.get("/gateway", (_request, response) => {
    response.json({ success: true, response_data: gateway.identity });
  });

  routes.post("/transfers", body, async (request, response) => {
    const status = await gateway.transfer(
      parseAs(transferRequestSchema, request.body, "MALFORMED", "the transfer request"),
    );
    response.status(202).json({ success: true, response_data: status });
  });

  routes.get("/transfers/:sessionId", async (request, response) => {
    response.json({ success: true, response_data: await gateway.status(sessionOf(request)) });
  });

  routes.post("/transfers/:sessionId/cancel", async (request, response) => {
    response.status(202).json({ success: true, response_data: await gateway.cancel(sessionOf(request)) });
  });

  routes.get("/transfers", async (request, response) => {
    const { open, stuck } = parseAs(listQuerySchema, request.query, "MALFORMED", "the query");
    const filter = { open: open === "true" || stuck === "true", stuck: stuck === "true" };
    response.json({ success: true, response_data: await gateway.sessions(filter) });
  });

  routes.post("/transfers/:sessionId/recover", async (request, response) => {
    response.status(202).json({ success: true, response_data: await gateway.recover(sessionOf(request)) });
  });

  routes.post("/transfers/:sessionId/rollback", async (request, response) => {
    response.status(202).json({ success: true, response_data: await gateway.rollback(sessionOf(request)) });
  });

  routes.get("/transfers/:sessionId/explanation", async (request, response) => {
    const { wish } = parseAs(explainQuerySchema, request.query, "MALFORMED", "the query");
    response.json({ success: true, response_data: await gateway.explain(sessionOf(request), wish) });
  });

  routes.post("/peer/:sessionId", json({ limit: MAX_PEER_BODY }), async (request, response) => {
    const message: unknown = request.body;
    const sessionId = sessionOf(request);
    if (isRun(message)) {
      const run = parseAs(logRunSchema, message, "MALFORMED", "the run");
      response.status(202).json({ success: true, response_data: await gateway.onPeerRun(sessionId, run) });
      return;
    }
    await gateway.onPeerMessage(sessionId, parseAs(signedEntrySchema, message, "MALFORMED", "the message"));
    response.status(202).json({ success: true, response_data: "taken" });
  });

  routes.get("/peer/:sessionId/log", async (request, response) => {
    const query = parseAs(logQuerySchema, request.query, "MALFORMED", "the query");
    const page = await gateway.peerLog(sessionOf(request), query);
    response.json({ success: true, response_data: runToJson(page) });
  });

  routes.get("/offer", async (request, response) => {
    response.json({
      success: true,
      response_data: await gateway.offer(parseAs(offerQuerySchema, request.query, "MALFORMED", "the query")),
    });
  });

  return routes;
}

/** `GET /status` at the root: every open session with its phase, whom it waits for, since when, and why. */
export function createStatusRoutes(gateway: GatewayService): Router {
  const routes = Router();
  routes.get("/status", async (_request, response) => {
    response.json({ success: true, response_data: await gateway.overview() });
  });
  return routes;
}

/** Private logs: several entries in one message. */
function isRun(message: unknown): boolean {
  return typeof message === "object" && message !== null && "entries" in message;
}

function sessionOf(request: Request): string {
  return parseAs(sessionIdSchema, request.params["sessionId"], "MALFORMED", "the session id");
}
