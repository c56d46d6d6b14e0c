import { faultPoints, type FaultPoint, type Logging } from "../../src/gateway/fault-points.ts";
import type { Role } from "../../src/protocol/order.ts";
import { FATES, type CrashCase, type Fate, type Fault } from "./crash-case.ts";
import { flowsOf, type FlowName } from "./flows.ts";
import { ROLES } from "./session-logs.ts";
import { loggingOf, type Stack } from "./stage.ts";

/**
 * Points behind a restart at which a gateway is killed again: recovery has no points of its own, it is what comes next. A gateway
 * that was killed at one of three points close to each other comes back to the same place, so one of them stands for all.
 */
export const AGAIN = [1, 2, 4, 7, 11] as const;
export const AGAIN_EVERY = 3;

/** queued, pending, unanswered */
const API_DEATHS = 3;

const NO_DISPUTE =
  "two accounts of one log that exclude each other take a liar or a lost disk, and then neither side goes on: test/gateway/private-disputes.test.ts";

/** Steps that no transfer here comes to, and why. */
export const UNREACHABLE: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  origin: {
    "append fail-rollback-unlock": "the escrow refuses no unlock: what it cannot hand out it books to its owner (R6)",
    "append init-recover-dispute": NO_DISPUTE,
    "send init-recover-dispute": NO_DISPUTE,
  },
  destination: { "append init-recover-dispute": NO_DISPUTE, "send init-recover-dispute": NO_DISPUTE },
};

/** What is done at each point. */
type Treatment = "self" | "other" | "both" | "again" | "stopped";

/** Every case of a stack, in the order of the points. */
export function casesOf(stack: Stack): CrashCase[] {
  if (stack === "http") return apiCases();
  return ROLES.flatMap((role) => (stack === "cut" ? cutCases(role) : gatewayCases(stack, role)));
}

function gatewayCases(stack: Stack, role: Role): CrashCase[] {
  const other: Role = role === "origin" ? "destination" : "origin";
  const logging = loggingOf(stack);
  return reachable(role, logging).flatMap((point, place) => {
    const [flow, ...further] = flowsOf(role, point, logging);
    const make = (treatment: Treatment, fault: Partial<Fault>, through: FlowName = flow, fate?: Fate): CrashCase => {
      const base = { role, at: role, point, victims: [role], how: "killed" } as const;
      const name = [stack, through, role, point, treatment, ...(fate ? [fate] : [])].join(" ");
      return { name, stack, flow: through, faults: [{ ...base, ...fault, ...(fate && { fate }) }] };
    };
    const fates = point.endsWith("/pending") ? FATES : ([undefined] as const);
    return [
      ...fates.map((fate) => make("self", {}, flow, fate)),
      ...further.map((through) => make("self", {}, through, fates[place % fates.length])),
      make("other", { victims: [other] }),
      make("both", { victims: [role, other] }, flow, fates[place % fates.length]),
      ...(place % AGAIN_EVERY === 0
        ? [make("again", { again: AGAIN[(place / AGAIN_EVERY) % AGAIN.length] ?? 1 })]
        : []),
      // Where one step ends the next begins: once between two of them.
      ...(point.endsWith("/before") ? [make("stopped", { how: "stopped" })] : []),
    ];
  });
}

/** The log API dies on behalf of a gateway's write: before it, in the middle of it, or before it has answered; each step in turn. */
function apiCases(): CrashCase[] {
  return ROLES.flatMap((role) =>
    reachable(role, "outboxed")
      .filter((point) => /^(open|close|append|decide).*\/(queued|pending|unanswered)$/.test(point))
      .filter((_, place) => place % API_DEATHS === Math.floor(place / API_DEATHS) % API_DEATHS)
      .map((point, place): CrashCase => {
        const [flow] = flowsOf(role, point, "outboxed");
        const fate = point.endsWith("/pending") ? FATES[place % FATES.length] : undefined;
        const fault: Fault = { role, at: "api", point, victims: ["api"], how: "killed", ...(fate && { fate }) };
        return { name: ["http", flow, role, point, "api"].join(" "), stack: "http", flow, faults: [fault] };
      }),
  );
}

/** The chains are out of a gateway's reach when it is about to write or act, and when it has just done so. */
function cutCases(role: Role): CrashCase[] {
  return reachable(role, "outboxed")
    .filter((point) => /^append .*\/(queued|after)$|^(act|decide|close).*\/(before|pending|after)$/.test(point))
    .map((point) => {
      const [flow] = flowsOf(role, point, "outboxed");
      const fault: Fault = { role, at: role, point, victims: [], how: "cut-off" };
      return { name: ["cut", flow, role, point].join(" "), stack: "cut", flow, faults: [fault] };
    });
}

/** Points of the role that some transfer here comes to. */
export function reachable(role: Role, logging: Logging): readonly FaultPoint[] {
  return faultPoints(role, logging).filter((point) => !(stepOf(point) in UNREACHABLE[role]));
}

export function stepOf(point: FaultPoint): string {
  return point.slice(0, point.lastIndexOf("/"));
}
