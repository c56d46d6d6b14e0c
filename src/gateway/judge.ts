import { GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { SessionState, Verdict } from "../protocol/state.ts";
import type { Terms } from "../entry/terms.ts";
import { routesSessions } from "../store/log-store.ts";
import { agreementOf } from "./agreement.ts";
import { assetId } from "./proposal.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";

const MS_PER_SECOND = 1_000;
/** An undecided session keeps its room until its deadline: 30 days are more than a transfer takes. */
const MAX_DEADLINE_AHEAD_MS = 30 * 24 * 60 * 60 * MS_PER_SECOND;

/**
 * The destination's judgement on a proposal (1.1): it takes the facts whole or refuses them with a code. It may throw what a
 * ledger that does not answer throws; then there is no judgement yet.
 */
export async function judgeProposal(
  state: SessionState,
  ports: GatewayPorts,
  options: GatewayOptions,
): Promise<Verdict> {
  const { facts, terms } = state;
  if (facts.destination?.asset === null)
    return refuse("UNMAPPED_TOKEN", "no token stands for the origin's on the destination ledger");
  if (terms === null)
    return refuse("INVALID_TERMS", "the terms are missing, malformed or not those of the session facts");
  const objection = (await objectionToHome(state, ports)) ?? objectionToTerms(state, terms, ports, options);
  if (objection) return objection;
  const ledger = ports.ledgers.get(facts.destination?.networkId ?? "");
  if (!ledger) return refuse("INVALID_TERMS", "this gateway does not serve the destination network");
  try {
    const token = await ledger.mappedToken(terms.origin.chainId, terms.origin.token);
    if (token !== terms.destination.token)
      return refuse("UNMAPPED_TOKEN", `the origin's token is mapped to ${token} here`);
    const local = await ledger.token(token);
    if (local.standard !== terms.standard)
      return refuse("UNMAPPED_TOKEN", `the mapped token is of standard ${local.standard}`);
    const origin = ports.ledgers.get(facts.origin.networkId);
    if (origin && terms.standard === "erc20") {
      const { decimals } = await origin.token(terms.origin.token);
      if (decimals !== local.decimals)
        return refuse("UNMAPPED_TOKEN", `the tokens have ${decimals} and ${local.decimals} decimals`);
    }
  } catch (error) {
    if (isGatelogError(error, "UNMAPPED_TOKEN"))
      return refuse("UNMAPPED_TOKEN", "the origin's token is not mapped on the destination ledger");
    throw error;
  }
  return { accepted: true };
}

/** Anybody may open a session in a shared log, whatever its facts say of where it is kept. */
async function objectionToHome({ facts }: SessionState, { store }: GatewayPorts): Promise<Verdict | undefined> {
  if (!routesSessions(store)) return undefined;
  const { logging } = await store.home(facts.sessionId);
  if (logging === facts.profile.logging) return undefined;
  return refuse("INVALID_SESSION", `the session is kept in the log ${logging}, not in ${facts.profile.logging}`);
}

function objectionToTerms(
  state: SessionState,
  terms: Terms,
  ports: GatewayPorts,
  options: GatewayOptions,
): Verdict | undefined {
  const { facts } = state;
  const { destination, origin } = facts;
  const ledger = ports.ledgers.get(destination?.networkId ?? "");
  const originLedger = ports.ledgers.get(origin.networkId);
  const keys = options.ledgerKeys.get(destination?.networkId ?? "") ?? [];
  const { logging } = facts.profile;
  const { register, log } = agreementOf(logging, options);
  const untilDeadline = facts.deadline * MS_PER_SECOND - ports.clock.now();
  const checks: readonly (readonly [boolean, ErrorCode, string])[] = [
    [destination?.gatewayId === options.gatewayId, "INVALID_SESSION", "the destination is another gateway"],
    [
      options.loggings.includes(logging),
      "NOT_SERVED_HERE",
      `this gateway serves the logging ${options.loggings.join(", ")}, and not ${logging}`,
    ],
    [
      facts.register === register && sameLog(facts.log, log),
      "INVALID_SESSION",
      "the register is not the one that this gateway goes by",
    ],
    [
      terms.sessionId === facts.sessionId && sameLog(terms.log, log),
      "INVALID_TERMS",
      "session or log of the terms are others",
    ],
    [
      ledger !== undefined &&
        ledger.account !== null &&
        terms.destination.chainId === ledger.chainId &&
        terms.destination.escrow === ledger.escrow,
      "INVALID_TERMS",
      "the destination ledger is not the one that this gateway serves",
    ],
    [terms.destination.owner === options.owner, "INVALID_TERMS", "the destination's owner is another"],
    [sameMembers(terms.destination.keys, keys), "INVALID_TERMS", "the destination's keys are not this group's"],
    [originLedger !== undefined, "NOT_SERVED_HERE", "this gateway cannot read the origin ledger"],
    [
      terms.origin.chainId === originLedger?.chainId && terms.origin.escrow === originLedger.escrow,
      "INVALID_TERMS",
      "the origin ledger is not the one that this gateway knows by that name",
    ],
    [
      origin.asset === assetId(origin.networkId, terms, terms.origin.token),
      "INVALID_TERMS",
      "the origin's asset is not that of the terms",
    ],
    [
      destination?.asset === assetId(destination?.networkId ?? "", terms, terms.destination.token),
      "INVALID_TERMS",
      "the destination's asset is not that of the terms",
    ],
    [
      facts.amount === (terms.standard === "erc20" ? terms.value : null),
      "INVALID_TERMS",
      "the amount is not that of the terms",
    ],
    [untilDeadline > 0, "TOO_LATE", "the deadline has passed"],
    [untilDeadline <= MAX_DEADLINE_AHEAD_MS, "INVALID_TERMS", "the deadline lies further ahead than 30 days"],
    [terms.lockExpiry > facts.deadline, "INVALID_TERMS", "the lock expires before the deadline"],
    [terms.cancelAfter > facts.deadline, "INVALID_TERMS", "the mint may be cancelled before the deadline"],
  ];
  const failed = checks.find(([holds]) => !holds);
  return failed && refuse(failed[1], failed[2]);
}

/** 2.2: is the asset finally locked on the origin ledger? The peer's claim alone is nothing to mint on. */
export async function judgeLock(state: SessionState, ports: GatewayPorts): Promise<Verdict> {
  const ledger = ports.ledgers.get(state.facts.origin.networkId);
  if (!ledger || state.terms === null) return refuse("NOT_SERVED_HERE", "this gateway cannot read the origin ledger");
  const view = await ledger.read(state.terms);
  // The peer's node may be ahead of ours: no judgement yet. The deadline ends the asking.
  if (view.state === "NONE")
    throw new GatelogError("TIMEOUT", "the lock is not final here yet", {
      networkId: ledger.networkId,
      headState: view.headState,
    });
  return view.state === "LOCKED"
    ? { accepted: true }
    : refuse("LEDGER_CONFLICT", `the asset is not finally locked: the escrow is ${view.state}`);
}

function refuse(code: ErrorCode, reason: string): Verdict {
  return { accepted: false, code, reason };
}

type Log = GatewayOptions["log"];

function sameLog(a: Log, b: Log): boolean {
  return a?.chainId === b?.chainId && a?.registry === b?.registry;
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && b.every((member) => a.includes(member));
}
