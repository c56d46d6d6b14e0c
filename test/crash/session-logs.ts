import { createChain } from "../../src/chain/chain.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import type { GatewayId } from "../../src/entry/hex.ts";
import type { Decision } from "../../src/entry/statements.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import type { Role } from "../../src/protocol/order.ts";
import { ChainLogStore } from "../../src/store/chain-log-store.ts";
import { HttpGatewayDirectory } from "../../src/store/http-gateway-directory.ts";
import { HttpLogStore } from "../../src/store/http-log-store.ts";
import { MAX_ENTRIES_PER_CALL, type LogStore, type SessionRecord } from "../../src/store/log-store.ts";
import type { GatelogNet } from "../support/gatelog-net.ts";

export const ROLES = ["origin", "destination"] as const satisfies readonly Role[];
export const SIDES = { origin: "alpha", destination: "beta" } as const satisfies Readonly<Record<Role, string>>;

const ANSWER_LIMIT_MS = 5_000;

/** Both logs of a session, as they stand now; past the engines of the gateways. */
export interface SessionLogs {
  /** Undefined if nobody knows the session, or whoever may know it does not answer. */
  facts(sessionId: string): Promise<SessionFacts | undefined>;
  areClosed(sessionId: string): Promise<boolean>;
  /** What the register holds, where there is one; null: the destination's escrow is the register. */
  decision(sessionId: string): Promise<Decision | null>;
  /** A gateway's log where it is written; empty if there is none, or nobody answers. */
  read(sessionId: string, role: Role): Promise<readonly LogEntry[]>;
  /** Where copies of the same log are kept that must not differ: what holds one, and what it has. */
  copies(sessionId: string, role: Role): Promise<readonly (readonly LogEntry[])[]>;
  close(): Promise<void>;
}

/** One log chain, which both gateways write to. */
export function sharedLogs(net: GatelogNet): SessionLogs {
  const { rpcUrl, chainId, logRegistry } = net.record.log;
  const chain = createChain({ url: rpcUrl, expected: { chainId }, finality: "instant" });
  const store = new ChainLogStore({ chain, lane: null }, { registry: logRegistry, durability: "included" });
  const read = (sessionId: string, role: Role) => readAll(store, sessionId, gatewayIdOf(net, role));
  return {
    facts: async (sessionId) => (await recordIn(store, sessionId))?.opening.facts,
    areClosed: async (sessionId) => (await recordIn(store, sessionId))?.closed === true,
    decision: async (sessionId) => (await recordIn(store, sessionId))?.decision.decision ?? "NONE",
    read,
    copies: async (sessionId, role) => [await read(sessionId, role)],
    async close() {
      await store.close();
      chain.close();
    },
  };
}

/** A file of each gateway's, which its own log API shows. */
export function privateLogs(net: GatelogNet): SessionLogs {
  const storeOf = (role: Role): LogStore => {
    // Asked again and again anyway.
    const options = { baseUrl: net.record.gateways[SIDES[role]].url, maxAttempts: 1, timeoutMs: ANSWER_LIMIT_MS };
    return new HttpLogStore({ directory: new HttpGatewayDirectory(options) }, { ...options, durability: "local" });
  };
  return logsIn(net, { origin: storeOf("origin"), destination: storeOf("destination") });
}

/** Private logs: a store of each gateway's, with its own log and a copy of its peer's. */
export function logsIn(net: GatelogNet, stores: Readonly<Record<Role, LogStore>>): SessionLogs {
  const isClosed = async (sessionId: string, role: Role): Promise<boolean> => {
    const logs = (await recordIn(stores[role], sessionId))?.logs ?? [];
    return logs.some(({ gatewayId, closed }) => gatewayId === gatewayIdOf(net, role) && closed);
  };
  return {
    facts: async (sessionId) => (await recordIn(stores.origin, sessionId))?.opening.facts,
    areClosed: async (sessionId) => (await isClosed(sessionId, "origin")) && (await isClosed(sessionId, "destination")),
    decision: () => Promise.resolve(null),
    read: (sessionId, role) => readAll(stores[role], sessionId, gatewayIdOf(net, role)),
    copies: (sessionId, role) =>
      Promise.all(ROLES.map((holder) => readAll(stores[holder], sessionId, gatewayIdOf(net, role)))),
    async close() {
      for (const store of Object.values(stores)) await store.close();
    },
  };
}

export function gatewayIdOf(net: GatelogNet, role: Role): GatewayId {
  return net.record.gateways[SIDES[role]].gatewayId as GatewayId;
}

async function recordIn(store: LogStore, sessionId: string): Promise<SessionRecord | undefined> {
  return answeredBy(() => store.session(sessionId));
}

async function readAll(store: LogStore, sessionId: string, gatewayId: GatewayId): Promise<readonly LogEntry[]> {
  const range = { from: 0, limit: MAX_ENTRIES_PER_CALL };
  return (await answeredBy(() => store.read(sessionId, gatewayId, range))) ?? [];
}

/** A process that is dead right now, or a session that does not exist yet. */
async function answeredBy<Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await question();
  } catch (error) {
    const isMissing = isGatelogError(error) && (error.code === "UNKNOWN_SESSION" || error.disposition === "retry");
    if (isMissing) return undefined;
    throw error;
  }
}
