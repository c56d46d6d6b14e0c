import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import type { TraceLine } from "../support/mortal-gateway-control.ts";
import { until } from "../support/until.ts";
import type { Usual } from "./plan.ts";
import type { ZombieStage } from "./stage.ts";

/** Of each transfer. */
export const AMOUNT = 1n;
export const LIMIT_MS = 60_000;
/** A process that stands still answers nobody: whoever asked it goes elsewhere. */
const ANSWER_LIMIT_MS = 2_000;
const MOST_ATTEMPTS = 20;
/** A session is known, and can be armed, only behind these. */
const BEFORE_ARMING = /^(open|append init-setup)\//;

export async function startTransfer(stage: ZombieStage, idempotencyKey: string): Promise<SessionId> {
  const { net, group, role } = stage;
  const [baseUrl = "", ...others] =
    role === "origin" ? group.members.map(({ url }) => url) : [net.record.gateways.alpha.url];
  const client = new GatewayClient({ baseUrl, others, timeoutMs: ANSWER_LIMIT_MS, maxAttempts: MOST_ATTEMPTS });
  const request = net.request("alpha", { idempotencyKey, asset: net.gold("alpha", AMOUNT) });
  return (await client.transfer(request)).sessionId;
}

/** What a transfer passes at the group's primary, and how long it takes. */
export async function usualOf(stage: ZombieStage): Promise<Usual> {
  const trace = join(stage.net.dir, "usual.trace");
  const silent = { at: nothing, freeze: nothing, event: nothing };
  await stage.arm(0, [], silent, trace);
  const startedAt = performance.now();
  const sessionId = await startTransfer(stage, `usual ${stage.name}`);
  await Promise.all([outcomeAtPeer(stage, sessionId), outcomeAtMember(stage, 0, sessionId)]);
  const durationMs = Math.round(performance.now() - startedAt);
  await stage.disarm(0);
  const lines = readFileSync(trace, "utf8").split("\n").filter(Boolean);
  const passed = lines.map((line) => JSON.parse(line) as TraceLine);
  const points = passed.flatMap((line) => ("passed" in line ? line.passed : []));
  return { durationMs, points: points.filter((point) => !BEFORE_ARMING.test(point)) };
}

/** What each of them has come to, by the peer and both members; they should say the same. */
export async function outcomesOf(stage: ZombieStage, sessions: readonly SessionId[]): Promise<string[]> {
  return Promise.all(
    sessions.map(async (sessionId) => {
      const told = await Promise.all([0, 1].map((place) => outcomeAtMember(stage, place, sessionId)));
      return [...new Set([await outcomeAtPeer(stage, sessionId), ...told])].join(" and ");
    }),
  );
}

export function outcomeAtMember(stage: ZombieStage, place: number, sessionId: SessionId): Promise<string> {
  const { url } = stage.group.member(place);
  return outcomeAt(new GatewayClient({ baseUrl: url, timeoutMs: ANSWER_LIMIT_MS }), sessionId);
}

function outcomeAtPeer({ net, role }: ZombieStage, sessionId: SessionId): Promise<string> {
  return outcomeAt(net.client(role === "origin" ? "beta" : "alpha"), sessionId);
}

async function outcomeAt(client: GatewayClient, sessionId: SessionId): Promise<string> {
  return until(
    `an outcome of ${sessionId}`,
    async () => {
      const status = await client.status(sessionId).catch(() => undefined);
      return status && status.outcome !== "IN_DOUBT" && status.outcome;
    },
    LIMIT_MS,
  );
}

export async function balances({ net }: ZombieStage): Promise<readonly [alice: bigint, bob: bigint]> {
  return [await net.goldOf("alpha", "alice"), await net.goldOf("beta", "bob")];
}

function nothing(): void {
  // Whatever it is, nobody waits for it.
}
