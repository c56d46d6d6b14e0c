import { json, Router, type Request } from "express";
import { z } from "zod";
import { signedEntrySchema } from "../entry/entry-json.ts";
import { addressSchema, sessionIdSchema } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { transferRequestSchema, type GatewayService } from "../gateway/public.ts";

/** Bytes of a request body; a peer's message carries one entry, hex and JSON included. */
const MAX_GATEWAY_BODY = 64 * 1_024;

const offerQuerySchema = z.strictObject({
  networkId: z.string().min(1).max(128),
  originChainId: z.coerce.number().int().positive(),
  originToken: addressSchema,
});
const listQuerySchema = z.strictObject({ open: z.enum(["true", "false"]).default("false") });

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
    const { open } = parseAs(listQuerySchema, request.query, "MALFORMED", "the query");
    response.json({ success: true, response_data: await gateway.sessions({ open: open === "true" }) });
  });

  routes.post("/peer/:sessionId", body, async (request, response) => {
    await gateway.onPeerMessage(
      sessionOf(request),
      parseAs(signedEntrySchema, request.body, "MALFORMED", "the message"),
    );
    response.status(202).json({ success: true, response_data: "taken" });
  });

  routes.get("/offer", async (request, response) => {
    response.json({
      success: true,
      response_data: await gateway.offer(parseAs(offerQuerySchema, request.query, "MALFORMED", "the query")),
    });
  });

  return routes;
}

function sessionOf(request: Request): string {
  return parseAs(sessionIdSchema, request.params["sessionId"], "MALFORMED", "the session id");
}
