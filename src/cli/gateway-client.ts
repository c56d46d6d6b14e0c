import { z } from "zod";
import { GatelogError, isErrorCode } from "../entry/errors.ts";
import { hashSchema, sessionIdSchema } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";

const REQUEST_TIMEOUT_MS = 30_000;

const transactionSchema = z.looseObject({
  networkId: z.string(),
  action: z.string(),
  transactionHash: hashSchema.nullable(),
  blockNumber: z.number(),
});

export const transferStatusSchema = z.looseObject({
  sessionId: sessionIdSchema,
  role: z.enum(["origin", "destination"]),
  phase: z.string(),
  lastEntry: z.string().nullable(),
  decision: z.enum(["NONE", "COMMIT", "ABORT"]),
  outcome: z.enum(["COMMITTED", "ABORTED", "REVERSED", "IN_DOUBT"]),
  waitingFor: z.string().nullable(),
  since: z.number(),
  reason: z.object({ code: z.string(), message: z.string() }).nullable(),
  peer: z.string(),
  rollback: z.enum(["none", "started", "failed", "done"]),
  disputed: z.boolean(),
  why: z.string(),
  stuck: z.object({ code: z.string(), message: z.string() }).nullable(),
  transactions: z.array(transactionSchema),
});
export type TransferStatus = z.infer<typeof transferStatusSchema>;

export const explanationSchema = z.looseObject({
  sessionId: sessionIdSchema,
  situation: z.record(z.string(), z.string()),
  row: z.string(),
  outcome: z.string(),
  why: z.string(),
  crashTableRows: z.array(z.number()),
  next: z.array(z.string()),
  deadlinePassed: z.string().nullable(),
  refused: z.string().nullable(),
});
export type Explanation = z.infer<typeof explanationSchema>;

const successSchema = z.looseObject({ success: z.literal(true), response_data: z.unknown() });
const problemSchema = z.looseObject({ code: z.string(), detail: z.string().optional(), title: z.string().optional() });

/** The client API of a gateway, as the command line uses it. */
export function createGatewayClient(baseUrl: string) {
  async function call(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
    const url = new URL(path, baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new GatelogError(
        "PEER_UNREACHABLE",
        `the gateway at ${baseUrl} does not answer`,
        { url: url.href },
        { cause },
      );
    }
    const answer: unknown = await response.json().catch(() => undefined);
    const success = successSchema.safeParse(answer);
    if (response.ok && success.success) return success.data.response_data;
    const problem = problemSchema.safeParse(answer);
    if (!problem.success) throw notAGateway(baseUrl, response.status);
    const { code, detail, title } = problem.data;
    throw new GatelogError(isErrorCode(code) ? code : "INTERNAL", detail ?? title ?? code, {
      url: url.href,
      status: response.status,
    });
  }

  const read = <T>(schema: z.ZodType<T>, answer: unknown): T =>
    parseAs(schema, answer, "PEER_UNREACHABLE", `the answer of ${baseUrl}`);
  return {
    transfer: async (request: unknown) => read(transferStatusSchema, await call("POST", "v1/transfers", request)),
    status: async (sessionId: string) => read(transferStatusSchema, await call("GET", `v1/transfers/${sessionId}`)),
    sessions: async (open: boolean, stuck = false) =>
      read(
        z.array(transferStatusSchema),
        await call("GET", `v1/transfers?open=${String(open)}&stuck=${String(stuck)}`),
      ),
    recover: async (sessionId: string) =>
      read(transferStatusSchema, await call("POST", `v1/transfers/${sessionId}/recover`)),
    rollback: async (sessionId: string) =>
      read(transferStatusSchema, await call("POST", `v1/transfers/${sessionId}/rollback`)),
    explain: async (sessionId: string, wish: "nothing" | "recover" | "rollback") =>
      read(explanationSchema, await call("GET", `v1/transfers/${sessionId}/explanation?wish=${wish}`)),
  };
}

export type GatewayClient = ReturnType<typeof createGatewayClient>;

/** Another service, or a proxy: nothing that it says is the gateway's word. */
function notAGateway(url: string, status: number): GatelogError {
  return new GatelogError("PEER_UNREACHABLE", `${url} does not answer as a gateway does (HTTP ${status})`, {
    url,
    status,
  });
}
