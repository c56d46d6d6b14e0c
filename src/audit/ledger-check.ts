import { z } from "zod";
import { parseCanonical } from "../entry/canonical.ts";
import type { SessionId } from "../entry/hex.ts";
import { termsHashOf, termsSchema, type Terms } from "../entry/terms.ts";
import { commandFrom } from "../entry/vocabulary.ts";
import type { FindingList } from "./findings.ts";
import type { Effect, EffectName, EscrowState, LedgerReader } from "./ledger-reader.ts";
import type { Role } from "./opening.ts";
import { isTransfer } from "./order.ts";
import type { WeighedEntry } from "./proofs.ts";
import type { CheckedSession } from "./session-check.ts";
import type { LedgerReport, Unread } from "./verification.ts";

/** A ledger as it was read behind the log. */
interface Ledger {
  readonly reader: LedgerReader;
  readonly chainId: number;
  /** Final block before the log was read: what happened up to it must have its entry in the log. */
  readonly mark: number;
  /** Final block after the log was read: what the log says is done must have happened by then. */
  readonly block: number;
  readonly effects: ReadonlyMap<string, readonly Effect[]>;
}

/** Where each effect takes the escrow, and what must stand in the acting gateway's log before it may happen. */
const EFFECTS: Readonly<
  Record<
    EffectName,
    { readonly side: Role; readonly state: EscrowState; readonly before?: string; readonly done?: string }
  >
> = {
  Locked: { side: "origin", state: "LOCKED", before: "init-lock", done: "done-lock" },
  Burned: { side: "origin", state: "BURNED", before: "init-burn", done: "done-burn" },
  Unlocked: { side: "origin", state: "UNLOCKED" },
  Refused: { side: "origin", state: "REFUSED" },
  Recreated: { side: "origin", state: "RECREATED", done: "done-rollback-recreate" },
  Minted: { side: "destination", state: "MINTED", before: "init-mint", done: "done-mint" },
  // Anyone may carry an assign once the register holds COMMIT (R3): then no entry announces it.
  Assigned: { side: "destination", state: "ASSIGNED", before: "COMMIT", done: "done-assign" },
  Cancelled: { side: "destination", state: "CANCELLED", done: "done-rollback-cancel" },
};

/** States in which the originator has the asset, on the ledger that it left or never left. */
const USABLE_AT_ORIGIN: ReadonlySet<EscrowState> = new Set(["NONE", "UNLOCKED", "REFUSED", "RECREATED"]);

/** Notes each ledger's final block. To be called before the log is read: an effect has its entry before it happens. */
export async function markLedgers(readers: readonly LedgerReader[]): Promise<Map<LedgerReader, number>> {
  const marks = new Map<LedgerReader, number>();
  for (const reader of readers) marks.set(reader, await reader.finalBlock());
  return marks;
}

/**
 * Compares the log of each transfer with what the ledgers show. Simple form: the states and effects that the escrows name
 * themselves. Effects of terms that no session of this log names are not looked at: an escrow may serve several logs.
 */
export async function checkLedgers(
  findings: FindingList,
  sessions: readonly CheckedSession[],
  marks: ReadonlyMap<LedgerReader, number>,
): Promise<{ reports: LedgerReport[]; unread: Unread[] }> {
  const ledgers: Ledger[] = [];
  for (const [reader, mark] of marks) ledgers.push(await readLedger(reader, mark));
  const unread: Unread[] = [];
  for (const session of sessions) {
    if (session.opening === undefined || !isTransfer(session.opening)) continue;
    const terms = termsOf(findings, session);
    if (terms === undefined) continue;
    const origin = ledgerFor(ledgers, terms.origin);
    const destination = ledgerFor(ledgers, terms.destination);
    if (origin === undefined || destination === undefined) {
      const message = "the session's ledgers are not both among those that were given";
      unread.push({ what: `ledgers of session ${session.sessionId}`, code: "NOT_FOUND", message });
      continue;
    }
    await compare(findings, session, terms, { origin, destination });
  }
  const reports = ledgers.map(({ reader, chainId, block }) => ({
    name: reader.name,
    chainId,
    escrow: reader.escrow,
    block,
  }));
  return { reports, unread };
}

async function readLedger(reader: LedgerReader, mark: number): Promise<Ledger> {
  const chainId = await reader.chainId();
  const block = await reader.finalBlock();
  const effects = Map.groupBy(await reader.effects(block), (effect) => effect.termsHash);
  return { reader, chainId, mark, block, effects };
}

function ledgerFor(ledgers: readonly Ledger[], side: Terms["origin"]): Ledger | undefined {
  return ledgers.find(({ chainId, reader }) => chainId === side.chainId && reader.escrow === side.escrow);
}

const setupSchema = z.looseObject({ terms: termsSchema });

/** The terms that the origin logged with its first entry, if they are those that the facts bind. */
function termsOf(findings: FindingList, { sessionId, opening, logs }: CheckedSession): Terms | undefined {
  const log = logs.find(({ role }) => role === "origin");
  const first = log?.entries[0];
  // Nothing was proposed, or the request was lost before it was logged and the session is rolled back: nothing was done.
  if (first === undefined || opening === undefined || isRollback(first)) return undefined;
  const subject = {
    sessionId,
    gatewayId: opening.originGatewayId,
    index: 0,
    block: first.event.at.block,
    order: first.event.at.order,
  };
  const expected = opening.facts?.termsHash;
  const parsed = setupSchema.safeParse(parseCanonical(first.event.payload));
  const actual = parsed.success ? termsHashOf(parsed.data.terms) : "no terms";
  if (parsed.success && actual === expected) return parsed.data.terms;
  findings.add("TERMS_ALTERED", subject, "hash of the escrow terms", expected, actual);
  return undefined;
}

function isRollback({ entry }: WeighedEntry): boolean {
  return entry?.operation === "init" && commandFrom(entry.command) === "rollback";
}

async function compare(
  findings: FindingList,
  session: CheckedSession,
  terms: Terms,
  ledgers: Readonly<Record<Role, Ledger>>,
): Promise<void> {
  const termsHash = termsHashOf(terms);
  const states = {
    origin: await checkSide(findings, session, terms, "origin", ledgers.origin),
    destination: await checkSide(findings, session, terms, "destination", ledgers.destination),
  };
  const effectsOf = (role: Role) => ledgers[role].effects.get(termsHash) ?? [];
  const recreated = effectsOf("origin").find(({ name, block }) => name === "Recreated" && block <= ledgers.origin.mark);
  if (recreated !== undefined && !effectsOf("destination").some(({ name }) => name === "Cancelled"))
    findings.add(
      "EFFECT_WITHOUT_ENTRY",
      { sessionId: session.sessionId },
      `Recreated on ${ledgers.origin.reader.name}, block ${recreated.block}`,
      `Cancelled on ${ledgers.destination.reader.name}`,
      "none",
    );
  if (states.destination === "ASSIGNED" && USABLE_AT_ORIGIN.has(states.origin))
    findings.add(
      "TWO_LIVE_COPIES",
      { sessionId: session.sessionId },
      `states under terms ${termsHash}`,
      "one live copy",
      `${states.origin} and ASSIGNED`,
    );
}

async function checkSide(
  findings: FindingList,
  session: CheckedSession,
  terms: Terms,
  role: Role,
  ledger: Ledger,
): Promise<EscrowState> {
  const { sessionId } = session;
  const termsHash = termsHashOf(terms);
  const log = session.logs.find((other) => other.role === role);
  const marks = new Map<string, number>();
  for (const { entry } of log?.entries ?? [])
    if (entry !== null) marks.set(`${entry.operation}-${commandFrom(entry.command)}`, entry.index);
  const subject = { sessionId, gatewayId: log?.gatewayId };
  const where = `on ${ledger.reader.name}`;
  const effects = ledger.effects.get(termsHash) ?? [];

  for (const effect of effects) {
    const { side } = EFFECTS[effect.name];
    const lacking =
      side === role ? await lackingBefore(session, terms, marks, effect, ledger) : `an effect of the ${side}`;
    if (lacking !== undefined)
      findings.add("EFFECT_WITHOUT_ENTRY", subject, `${effect.name} ${where}, block ${effect.block}`, lacking, "none");
    checkEffect(findings, subject, terms, role, effect, where);
  }
  for (const [name, { done, side }] of Object.entries(EFFECTS)) {
    const index = done === undefined ? undefined : marks.get(done);
    if (side === role && index !== undefined && !effects.some((effect) => effect.name === name))
      findings.add("ENTRY_WITHOUT_EFFECT", { ...subject, index }, `${done ?? ""} ${where}`, name, "no such event");
  }
  const state = await ledger.reader.stateOf(termsHash, ledger.block);
  const last = effects.at(-1);
  const replayed = last === undefined ? "NONE" : EFFECTS[last.name].state;
  if (state !== replayed)
    findings.add("HEAD_MISMATCH", subject, `state of the escrow ${where}`, state, `${replayed} by its events`);
  return state;
}

/** What should have stood before the effect and does not, in its log or in the register. */
async function lackingBefore(
  session: CheckedSession,
  terms: Terms,
  marks: ReadonlyMap<string, number>,
  { name, block }: Effect,
  { reader, mark }: Ledger,
): Promise<string | undefined> {
  if (block > mark) return undefined; // what leads to it may be younger than the log that was read
  const { before } = EFFECTS[name];
  if (name === "Cancelled" && session.decision === "COMMIT" && !marks.has("fail-assign")) {
    // R5: COMMIT is reversed if the assignment failed, or by the ledger's clock as the last resort; whoever carries it.
    return (await reader.timestampOf(block)) < terms.cancelAfter ? "fail-assign, or cancelAfter" : undefined;
  }
  if (before === undefined) return undefined;
  return (before === "COMMIT" ? isCommitted(session) : marks.has(before)) ? undefined : before;
}

function checkEffect(
  findings: FindingList,
  subject: { readonly sessionId: SessionId },
  terms: Terms,
  role: Role,
  effect: Effect,
  where: string,
): void {
  const party = effect.name === "Assigned" ? terms.beneficiary : terms.originator;
  const pairs = [
    ["session", subject.sessionId, effect.sessionId],
    ["token", terms[role].token, effect.token],
    ["value", BigInt(terms.value), effect.value],
    ["owner", party, effect.party],
  ] as const;
  for (const [what, expected, found] of pairs)
    if (found !== null && found !== expected)
      findings.add("WRONG_EFFECT", subject, `${what} of ${effect.name} ${where}`, expected, found);
}

/** Where the destination escrow is itself the register, it answers for itself. */
function isCommitted({ decision, opening }: CheckedSession): boolean {
  return decision === "COMMIT" || opening?.facts?.register !== "log";
}
