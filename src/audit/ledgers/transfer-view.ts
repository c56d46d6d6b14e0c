import { z } from "zod";
import { parseCanonical } from "../../entry/canonical.ts";
import type { GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import type { RegistryDomain } from "../../entry/statements.ts";
import { termsHashOf, termsSchema, type Terms } from "../../entry/terms.ts";
import { commandFrom } from "../../entry/vocabulary.ts";
import { EFFECTS } from "./escrow-effects.ts";
import type { Inquiry } from "../inquiry.ts";
import { subjectOf } from "../intake.ts";
import type { WalkedLog } from "../checks/log-walk.ts";
import type { OpenSession, Role } from "../checks/opening.ts";
import { isTransfer } from "../checks/order.ts";
import type { WeighedEntry } from "../checks/proofs.ts";

/** What the log of a transfer says that ledgers can be held against. One is kept of each transfer, so it has no more than that. */
export interface TransferView {
  readonly sessionId: SessionId;
  /** Those that the origin logged with its first entry, and that the facts bind. */
  readonly terms: ViewedTerms;
  readonly termsHash: Hash;
  readonly gatewayIds: Readonly<Record<Role, GatewayId | undefined>>;
  /** Of each side, the index of the last entry with a mark (`done-lock`); of those alone that say something of a ledger. */
  readonly marks: Readonly<Record<Role, ReadonlyMap<string, number>>>;
  /** Of each side, the ledger's block up to which an entry with a mark says that its effect has happened, where it says so. */
  readonly claims: Readonly<Record<Role, ReadonlyMap<string, number>>>;
  /** False where the destination's escrow is itself the register, and answers for itself. */
  readonly isRegistered: boolean;
}

/** Terms without the keys of the groups. */
export type ViewedTerms = Pick<
  Terms,
  "sessionId" | "standard" | "value" | "originator" | "beneficiary" | "lockExpiry" | "cancelAfter"
> &
  Readonly<Record<Role, Pick<Terms["origin"], "chainId" | "escrow" | "token">>>;

/** Null if the session moves nothing by the protocol, nothing was proposed in it, or its terms are a finding. */
export function transferViewOf(
  { findings }: Pick<Inquiry, "findings">,
  session: OpenSession,
  logs: readonly WalkedLog[],
): TransferView | null {
  if (!isTransfer(session)) return null;
  const first = logs.find(({ role }) => role === "origin")?.entries[0];
  // Nothing was proposed, or the request was lost before it was logged and the session is rolled back: nothing was done.
  if (first === undefined || isRollback(first)) return null;
  const terms = termsIn(first);
  const termsHash = terms && termsHashOf(terms);
  const isRegistered = session.facts?.register === "log";
  const pairs = [
    ["hash of the escrow terms", session.facts?.termsHash, termsHash ?? "no terms"],
    ["session of the escrow terms", session.sessionId, terms?.sessionId],
    ["register of the escrow terms", isRegistered ? nameOf(session.facts.log) : "none", nameOf(terms?.log)],
  ] as const;
  const wrong = pairs.find(([, expected, found]) => expected !== found);
  if (terms === undefined || termsHash === undefined || wrong !== undefined) {
    const subject = { ...subjectOf(first.event), gatewayId: session.originGatewayId, index: 0 };
    const [what, expected, found] = wrong ?? pairs[0];
    findings.add("TERMS_ALTERED", subject, what, expected, found);
    return null;
  }
  const marks = { origin: marksOf(logs, "origin"), destination: marksOf(logs, "destination") };
  return {
    sessionId: session.sessionId,
    terms: viewed(terms),
    termsHash,
    gatewayIds: { origin: session.originGatewayId, destination: session.destinationGatewayId ?? undefined },
    marks,
    claims: { origin: claimsOf(logs, "origin"), destination: claimsOf(logs, "destination") },
    isRegistered,
  };
}

function viewed(terms: Terms): ViewedTerms {
  const { sessionId, standard, value, originator, beneficiary, lockExpiry, cancelAfter } = terms;
  const side = ({ chainId, escrow, token }: Terms["origin"]) => ({ chainId, escrow, token });
  const sides = { origin: side(terms.origin), destination: side(terms.destination) };
  return { sessionId, standard, value, originator, beneficiary, lockExpiry, cancelAfter, ...sides };
}

function nameOf(register: RegistryDomain | null | undefined): string {
  return register ? `${register.registry} on chain ${register.chainId}` : "none";
}

const setupSchema = z.looseObject({ terms: termsSchema });

/** Terms that the entry carries, whether or not anything binds them. */
export function termsIn({ event }: WeighedEntry): Terms | undefined {
  return setupSchema.safeParse(parseCanonical(event.payload)).data?.terms;
}

function isRollback({ entry }: WeighedEntry): boolean {
  return entry?.operation === "init" && commandFrom(entry.command) === "rollback";
}

const DONE_MARKS: ReadonlySet<string | undefined> = new Set(Object.values(EFFECTS).map(({ done }) => done));
const MARKS: ReadonlySet<string | undefined> = new Set([
  ...DONE_MARKS,
  ...Object.values(EFFECTS).map(({ before }) => before),
  ...["exec-commit-final", "init-assign", "fail-assign"],
]);

function marksOf(logs: readonly WalkedLog[], role: Role): Map<string, number> {
  const marks = new Map<string, number>();
  for (const { entry } of logs.find((log) => log.role === role)?.entries ?? []) {
    const mark = markOf(entry);
    if (entry !== null && MARKS.has(mark)) marks.set(mark, entry.index);
  }
  return marks;
}

function markOf(entry: WeighedEntry["entry"]): string {
  return entry === null ? "" : `${entry.operation}-${commandFrom(entry.command)}`;
}

/** Entries of an action that is done have a receipt: what was read of the ledger, and up to which block. */
const receiptSchema = z.looseObject({ blockNumber: z.int().nonnegative() });

function claimsOf(logs: readonly WalkedLog[], role: Role): Map<string, number> {
  const claims = new Map<string, number>();
  for (const { entry, event, payloadFits } of logs.find((log) => log.role === role)?.entries ?? []) {
    const mark = markOf(entry);
    if (!DONE_MARKS.has(mark) || !payloadFits) continue;
    const receipt = receiptSchema.safeParse(parseCanonical(event.payload));
    if (receipt.success) claims.set(mark, receipt.data.blockNumber);
  }
  return claims;
}
