import { z } from "zod";
import type { Json } from "../entry/canonical.ts";
import { isErrorCode, type ErrorCode } from "../entry/errors.ts";
import { termsHashOf, termsSchema, type Terms } from "../entry/terms.ts";
import type { SessionFacts } from "../entry/session.ts";
import type { Marked } from "./marks.ts";
import {
  PEER_STATES,
  type Dispute,
  type LedgerState,
  type PeerState,
  type Receipt,
  type Refusal,
  type SessionState,
  type Verdict,
} from "./state.ts";

/** Message types of SATP core (draft-ietf-satp-core) and of the recovery draft. */
const CORE = "urn:ietf:params:satp:core:msgtype:";
const RECOVERY = "urn:ietf:SATP-2pc:msgtype:";

/** 0.1: what the destination needs to judge the proposal; the escrow terms stand here in full, once (null: there can be none). */
export function setupPayload(terms: Terms | null, idempotencyKey: string): Json {
  return { messageType: `${CORE}session-setup-msg`, idempotencyKey, terms };
}

/** 1.1 (SATP core, transfer-proposal-msg): the claim names what the facts and terms fix. */
export function proposalPayload(state: SessionState): Json {
  const { facts, terms } = state;
  return {
    messageType: `${CORE}transfer-proposal-msg`,
    transferContextId: facts.contextId,
    transferInitClaim: {
      digitalAssetId: facts.origin.asset,
      networkLockType: "TIME_LOCK",
      assetLockExpirationTime: rfc3339(terms?.lockExpiry ?? 0),
      senderGatewayId: facts.origin.gatewayId,
      recipientGatewayId: facts.destination?.gatewayId ?? null,
      senderGatewayNetworkId: facts.origin.networkId,
      recipientGatewayNetworkId: facts.destination?.networkId ?? null,
      originator: terms?.originator ?? null,
      beneficiary: terms?.beneficiary ?? null,
      termsHash: facts.termsHash,
    },
  };
}

/** A message whose content is its place and what it answers; `causedBy` is the drafts' hashPrevMessage. */
export function messagePayload(name: string, content: { readonly [member: string]: Json } = {}): Json {
  return { messageType: `${CORE}${name}`, ...content };
}

/** 1.2 and 2.4: taken, or refused with a stable code. */
export function verdictPayload(name: string, verdict: Verdict): Json {
  return { messageType: `${CORE}${name}`, ...verdictMembers(verdict) };
}

export function verdictMembers(verdict: Verdict): { readonly [member: string]: Json } {
  return verdict.accepted ? { accepted: true } : { accepted: false, code: verdict.code, reason: verdict.reason };
}

export function refusalPayload(refusal: Refusal): { readonly code: string; readonly reason: string } {
  return { code: refusal.code, reason: refusal.reason };
}

/** The escrow is in a state that the action cannot lead to. */
export function movedOn(state: LedgerState): Refusal {
  return { code: "LEDGER_CONFLICT", reason: `the escrow is ${state}` };
}

/** Lock, mint, burn and assignment claims share one shape. */
export function claimPayload(
  name: string,
  kind: "lock" | "mint" | "burn" | "assignment",
  state: SessionState,
  receipt: Receipt,
): Json {
  const side = state.role === "origin" ? state.facts.origin : state.facts.destination;
  return {
    messageType: `${CORE}${name}`,
    [`${kind}AssertionClaim`]: {
      gatewayId: side?.gatewayId ?? null,
      networkId: side?.networkId ?? null,
      assetId: side?.asset ?? null,
      assetState: receipt.state.toLowerCase(),
      ...(kind === "lock" ? { assetStateExpiration: rfc3339(state.terms?.lockExpiry ?? 0) } : {}),
      receipt: receiptPayload(receipt),
    },
  };
}

export function receiptPayload(receipt: Receipt): { readonly [member: string]: Json } {
  return { state: receipt.state, transactionHash: receipt.transactionHash, blockNumber: receipt.blockNumber };
}

/** Messages of the recovery drafts: rollback and recovery (draft-belchior-satp-gateway-recovery, section 5). */
export function recoveryPayload(
  name:
    | "rollback-msg"
    | "rollback-ack-msg"
    | "recover-msg"
    | "recover-update-msg"
    | "recover-update-ack-msg"
    | "recover-success-msg"
    | "recover-dispute-msg",
  content: { readonly [member: string]: Json },
): Json {
  return { messageType: `${RECOVERY}${name}`, ...content };
}

export function disputePayload({ reason, gatewayId, index, ownEntryHash, peerEntryHash }: Dispute): Json {
  return recoveryPayload("recover-dispute-msg", {
    reason,
    gatewayId,
    conflictIndex: index,
    ownEntryHash,
    peerEntryHash,
  });
}

const peerStateSchema = z.looseObject({ state: z.enum(PEER_STATES) });

/** The state that a `fail-peer` entry gives the peer; a malformed one says the least. */
export function readPeerState(entry: Pick<Marked, "payload">): PeerState {
  const parsed = peerStateSchema.safeParse(entry.payload);
  return parsed.success ? parsed.data.state : "SUSPECT";
}

const setupSchema = z.looseObject({ idempotencyKey: z.string(), terms: termsSchema });

/** The terms in an init-setup payload, if they are well formed and the ones that the facts bind; else null. */
export function readTerms(payload: Json | undefined, facts: SessionFacts): Terms | null {
  const parsed = setupSchema.safeParse(payload);
  if (!parsed.success || termsHashOf(parsed.data.terms) !== facts.termsHash) return null;
  return parsed.data.terms;
}

/** Characters of a peer's reason that are taken over: what this side writes must not grow with what the other side wrote. */
const REASON_MAX = 500;
const reasonSchema = z.string().transform((reason) => Array.from(reason).slice(0, REASON_MAX).join(""));

const knownCodeSchema = z.string().transform((code): ErrorCode => (isErrorCode(code) ? code : "REFUSED"));
const verdictSchema = z.union([
  z.looseObject({ accepted: z.literal(true) }).transform((): Verdict => ({ accepted: true })),
  z
    .looseObject({ accepted: z.literal(false), code: knownCodeSchema, reason: reasonSchema })
    .transform(({ code, reason }): Verdict => ({ accepted: false, code, reason })),
]);

/** The peer's answer in an ack; anything but a clear yes is a refusal. */
export function readVerdict(ack: Marked): Verdict {
  const parsed = verdictSchema.safeParse(ack.payload);
  return parsed.success ? parsed.data : { accepted: false, code: "MALFORMED", reason: "the answer is malformed" };
}

const refusalSchema = z.looseObject({ code: knownCodeSchema, reason: reasonSchema });

/** Why the entry says that something failed. */
export function readRefusal(entry: Marked): Refusal {
  const parsed = refusalSchema.safeParse(entry.payload);
  return parsed.success
    ? { code: parsed.data.code, reason: parsed.data.reason }
    : { code: "REFUSED", reason: entry.mark };
}

function rfc3339(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString();
}
