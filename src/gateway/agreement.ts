import { GatelogError } from "../entry/errors.ts";
import type { Logging, SessionFacts } from "../entry/session.ts";
import type { GatewayOptions } from "./ports.ts";

/** What a logging profile says of a session (decision 8): where its decision is written, and which register it names. */
export function agreementOf(logging: Logging, { log }: Pick<GatewayOptions, "log">) {
  return isPrivateLogging(logging)
    ? ({ register: "destination", log: null } as const)
    : ({ register: "log", log } as const);
}

/** Each gateway keeps its own log and a copy of its peer's; else both write to one. */
export function isPrivateLogging(logging: Logging): boolean {
  return logging !== "chain";
}

/** The session's logs travel between its gateways: the destination's escrow is the register. */
export function hasPrivateLogs({ register }: Pick<SessionFacts, "register">): boolean {
  return register === "destination";
}

/** NOT_SERVED_HERE, with those that are served, unless the logging is one of them. */
export function requireServed(who: string, served: readonly Logging[], asked: Logging): void {
  if (served.includes(asked)) return;
  const expected = served.join(" ");
  throw new GatelogError("NOT_SERVED_HERE", `${who} serves the logging ${served.join(", ")}, and not ${asked}`, {
    expected,
    actual: asked,
  });
}
