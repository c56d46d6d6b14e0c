import type { Response } from "express";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { addressSchema } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { groupStateSchema, nodeNetworkSchema, nodeStateSchema } from "../client/node-answers.ts";
import { ballotSchema, handoverConsentSchema, type NodeService } from "../gateway/public.ts";
import { NDJSON } from "./entry-stream.ts";
import { NodeListeners } from "./node-listeners.ts";
import type { Operation } from "./operation.ts";

const MAX_NODE_BODY = 4 * 1_024;
/** Shorter than its client's patience (`NodeClient`), so that its answer comes first. */
const HANDOVER_LIMIT_MS = 110_000;
/** The same, of the primary that hands over (`createHttpMembers`). */
const SUCCESSION_LIMIT_MS = 55_000;
/** Bytes that a listener may leave lying before it is cut off: it comes again. */
const MAX_UNREAD = 64 * 1_024;

const listenSchema = z.strictObject({ key: addressSchema.optional() });
const handoverSchema = z.strictObject({ to: addressSchema.optional() });
const inNode = { group: "service" } as const;
/** Answered also when the service has too much in hand: silence would be taken for death. */
const watched = { ...inNode, unbounded: true } as const;
const SUCCEEDING = ["FOREIGN_SIGNATURE", "STALE_EPOCH", "UNKNOWN_BACKUP", "REVOKED", "NOT_PRIMARY"] as const;

/** What a member of a group tells and is told by the others and its operator. `stop` ends the signs of life. */
export function createNodeOperations(node: NodeService): { readonly operations: Operation[]; stop(): void } {
  const listeners = new NodeListeners();
  return { operations: operationsOf(node, listeners), stop: () => listeners.end() };
}

function operationsOf(node: NodeService, listeners: NodeListeners): Operation[] {
  return [
    {
      ...{ ...watched, name: "getNodeState", method: "get", paths: ["/node/state"], refusals: [] },
      summary: "What this member of its group is at.",
      answer: { data: nodeStateSchema },
      handle: { data: () => Promise.resolve(node.nodeState()) },
    },
    {
      ...{ ...watched, name: "getNodeNetwork", method: "get", paths: ["/node/network"], refusals: ["NOT_PRIMARY"] },
      summary: "The group as this member sees it.",
      answer: { data: nodeNetworkSchema },
      handle: { data: () => Promise.resolve(node.network()) },
    },
    {
      ...{ ...watched, name: "followHeartbeats", method: "get", paths: ["/node/heartbeats"] },
      summary: "Signs of life, a line each, for as long as the connection lives. A member says its key.",
      query: listenSchema,
      answer: { media: { [NDJSON]: "A sign of life a line." } },
      refusals: ["TOO_MANY_REQUESTS"],
      handle: {
        write: async (request, response) => {
          const { key } = parseAs(listenSchema, request.query, "MALFORMED", "the query");
          const leave = listeners.add(response, key !== undefined && node.isMember(key) ? key : undefined);
          await sendBeats(node, response).finally(leave);
        },
      },
    },
    {
      ...{ ...inNode, name: "takeBallot", method: "post", paths: ["/node/ballot"] },
      summary: "A ballot of another backup, signed by it.",
      body: { schema: ballotSchema, maximum: MAX_NODE_BODY },
      answer: { data: z.literal("taken") },
      refusals: ["FOREIGN_SIGNATURE", "INVALID_SIGNATURE", "STALE_EPOCH"],
      handle: {
        data: (request) => {
          node.takeBallot(parseAs(ballotSchema, request.body, "MALFORMED", "the ballot"));
          return Promise.resolve("taken");
        },
      },
    },
    {
      ...{ ...inNode, name: "handOver", method: "post", paths: ["/node/handover"], limitMs: HANDOVER_LIMIT_MS },
      summary: "Ends what is under way here and makes a backup primary: the first that lives, unless one is named.",
      body: { schema: handoverSchema, maximum: MAX_NODE_BODY },
      answer: { data: groupStateSchema },
      refusals: SUCCEEDING,
      handle: {
        data: (request) => node.handOver(parseAs(handoverSchema, request.body, "MALFORMED", "the handover").to),
      },
    },
    {
      ...{ ...inNode, name: "succeed", method: "post", paths: ["/node/succession"], limitMs: SUCCESSION_LIMIT_MS },
      summary: "The primary's consent: this member follows it.",
      body: { schema: handoverConsentSchema, maximum: MAX_NODE_BODY },
      answer: { data: groupStateSchema },
      refusals: SUCCEEDING,
      handle: {
        data: (request) => node.succeed(parseAs(handoverConsentSchema, request.body, "MALFORMED", "the consent")),
      },
    },
  ];
}

async function sendBeats(node: NodeService, response: Response): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.type(NDJSON).flushHeaders();
  response.socket?.setNoDelay(true);
  try {
    while (!gone.signal.aborted && !response.writableEnded && response.writableLength < MAX_UNREAD) {
      response.write(`${JSON.stringify(node.beat())}\n`);
      await delay(node.heartbeatMs, undefined, { signal: gone.signal }).catch(() => undefined);
    }
  } finally {
    response.end();
  }
}
