import { GatelogError } from "../../entry/errors.ts";
import type { Hash } from "../../entry/hex.ts";
import type { RegistryDomain } from "../../entry/statements.ts";
import { EFFECTS } from "./escrow-effects.ts";
import type { FindingList } from "../findings.ts";
import { ForeignEffects } from "./foreign-effects.ts";
import type { EscrowState, LedgerReader } from "../reading/ledger-reader.ts";
import {
  LedgerWalk,
  untouchedSide,
  type KeptEffect,
  type Ledger,
  type ShownTransfer,
  type Walked,
} from "./ledger-walk.ts";
import { mapLimited } from "../map-limited.ts";
import type { Role } from "../checks/opening.ts";
import type { CheckedSession } from "../checks/session-check.ts";
import { SupplyBook } from "./supply-book.ts";
import { checkTransfer, isLackingEffect, type HeldSide } from "./transfer-check.ts";
import type { TransferView } from "./transfer-view.ts";
import type { LedgerReport, Unread } from "../verification.ts";

/** Transfers whose states are asked for at once. */
const STATES_AT_ONCE = 16;
/** Sessions that are named one by one as not read; of more their number says enough. */
const MAX_NAMED = 100;

/** Notes each ledger's final block. To be called before the log is read: an effect has its entry before it happens. */
export async function markLedgers(readers: readonly LedgerReader[]): Promise<Map<LedgerReader, number>> {
  const marks = new Map<LedgerReader, number>();
  for (const reader of readers) marks.set(reader, await reader.finalBlock());
  return marks;
}

/** What ledgers are held against. */
export interface LoggedTransfers {
  readonly sessions: readonly CheckedSession[];
  /** The log that was read; null if that was not all of it. Then no session is missed for what a ledger shows beside. */
  readonly register: RegistryDomain | null;
}

/**
 * Compares the log of each transfer with what the ledgers show: the escrows' events, states and stocks, and the tokens' own events in the
 * same transactions. Tokens are believed, and so is what the readers say is final; escrows are not.
 *
 * Not seen: what a token's issuer, or any other of its minters, makes or destroys outside the escrow; a token that moves without a
 * `Transfer` event; and when an effect that no entry orders happened by the other ledger's time.
 */
export async function checkLedgers(
  findings: FindingList,
  { sessions, register }: LoggedTransfers,
  marks: ReadonlyMap<LedgerReader, number>,
): Promise<{ reports: LedgerReport[]; unread: Unread[] }> {
  const shown = new Map<Hash, ShownTransfer>();
  for (const { transfer } of sessions)
    if (transfer !== null)
      shown.set(transfer.termsHash, { transfer, origin: untouchedSide(), destination: untouchedSide() });
  const ledgers: Ledger[] = [];
  const reports: LedgerReport[] = [];
  const unread: Unread[] = [];
  const walks: [Ledger, Walked, ForeignEffects][] = [];
  for (const [reader, mark] of marks) {
    const ledger = { reader, chainId: await reader.chainId(), mark, block: await reader.finalBlock() };
    if (ledgers.some(({ chainId, reader: other }) => chainId === ledger.chainId && other.escrow === reader.escrow))
      throw new GatelogError("MALFORMED", `${reader.name} is a ledger that was given already`, { name: reader.name });
    const foreign = new ForeignEffects(reader, register);
    ledgers.push(ledger);
    walks.push([ledger, await new LedgerWalk(ledger, shown, foreign).run(), foreign]);
  }
  unread.push(...(await checkTransfers(findings, sessions, shown, ledgers)));
  for (const [ledger, walked, foreign] of walks) {
    addForeign(findings, ledger, foreign);
    addStocks(findings, ledger, walked);
    unread.push(...walked.unread, ...hiddenIn(ledger, foreign));
    const { reader, chainId, block } = ledger;
    const { escrow, name } = reader;
    reports.push({ name, chainId, escrow, block, ofOthers: foreign.report.ofOthers, tokens: walked.book.reports() });
  }
  return { reports, unread };
}

async function checkTransfers(
  findings: FindingList,
  sessions: readonly CheckedSession[],
  shown: ReadonlyMap<Hash, ShownTransfer>,
  ledgers: readonly Ledger[],
): Promise<Unread[]> {
  const unread: Unread[] = [];
  const supply = new SupplyBook();
  const notFinal = new NotFinal(shown, ledgers);
  let unnamed = 0;
  const states = await mapLimited(sessions, STATES_AT_ONCE, ({ transfer }) => statesOf(transfer, ledgers));
  for (const [at, { sessionId, transfer, decision }] of sessions.entries()) {
    const sides = transfer && shown.get(transfer.termsHash);
    const held = states[at];
    if (!sides || held === undefined) continue;
    if (held === null) {
      const message = "the session's ledgers are not both among those that were given";
      if (unread.length < MAX_NAMED)
        unread.push({ what: `ledgers of session ${sessionId}`, code: "NOT_FOUND", message });
      else unnamed += 1;
      continue;
    }
    const origin: HeldSide = { ...sides.origin, ...held.origin };
    const destination: HeldSide = { ...sides.destination, ...held.destination };
    const early = { origin: await notFinal.of(sides, "origin"), destination: await notFinal.of(sides, "destination") };
    unread.push(...(await checkTransfer(findings, { transfer, decision, origin, destination, notFinal: early })));
    supply.add(transfer.terms, origin, destination);
  }
  supply.check(findings);
  if (unnamed > 0)
    unread.push({ what: `ledgers of ${unnamed} more sessions`, code: "NOT_FOUND", message: "not among those given" });
  return unread;
}

/** What both escrows hold at their final blocks. Null: one of them was not given. Undefined: no transfer. */
async function statesOf(
  transfer: TransferView | null,
  ledgers: readonly Ledger[],
): Promise<Record<Role, { ledger: Ledger; held: EscrowState }> | null | undefined> {
  if (transfer === null) return undefined;
  const { terms, termsHash } = transfer;
  const [origin, destination] = [ledgerFor(ledgers, terms.origin), ledgerFor(ledgers, terms.destination)];
  if (origin === undefined || destination === undefined) return null;
  const held = async (ledger: Ledger) => ({ ledger, held: await ledger.reader.stateOf(termsHash, ledger.block) });
  return { origin: await held(origin), destination: await held(destination) };
}

function ledgerFor(ledgers: readonly Ledger[], side: TransferView["terms"][Role]): Ledger | undefined {
  return ledgers.find(({ chainId, reader }) => chainId === side.chainId && reader.escrow === side.escrow);
}

/** What ledgers show behind their final blocks: read once, and only where an entry lacks its effect. It counts as nothing. */
class NotFinal {
  readonly #shown: ReadonlyMap<Hash, ShownTransfer>;
  readonly #ledgers: readonly Ledger[];
  readonly #read = new Map<Ledger, Map<Hash, KeptEffect[]>>();

  constructor(shown: ReadonlyMap<Hash, ShownTransfer>, ledgers: readonly Ledger[]) {
    this.#shown = shown;
    this.#ledgers = ledgers;
  }

  async of({ transfer, ...sides }: ShownTransfer, role: Role): Promise<readonly KeptEffect[]> {
    const ledger = ledgerFor(this.#ledgers, transfer.terms[role]);
    if (ledger === undefined || !isLackingEffect(transfer, role, sides[role].effects)) return [];
    const known = this.#read.get(ledger) ?? (await this.#readFrom(ledger));
    this.#read.set(ledger, known);
    return known.get(transfer.termsHash) ?? [];
  }

  async #readFrom({ reader, block }: Ledger): Promise<Map<Hash, KeptEffect[]>> {
    const early = new Map<Hash, KeptEffect[]>();
    const toBlock = await reader.newestBlock();
    if (toBlock <= block) return early;
    for await (const { effects } of reader.effects({ fromBlock: block + 1, toBlock }))
      for (const { name, termsHash, block: at, logIndex } of effects)
        if (this.#shown.has(termsHash))
          early.set(termsHash, [...(early.get(termsHash) ?? []), { name, block: at, logIndex, moved: 0n }]);
    return early;
  }
}

function addForeign(findings: FindingList, { reader }: Ledger, { report }: ForeignEffects): void {
  for (const { name, sessionId, block, termsHash } of report.ofThisRegister) {
    const what = `${name} on ${reader.name}, block ${block}, under terms ${termsHash} of this register`;
    findings.add(
      "EFFECT_WITHOUT_ENTRY",
      { sessionId },
      what,
      EFFECTS[name].before ?? "a session with these terms",
      "none",
    );
  }
  const more = report.ofThisRegisterCount - report.ofThisRegister.length;
  if (more > 0)
    findings.add("EFFECT_WITHOUT_ENTRY", {}, `effects on ${reader.name}`, "sessions", `${more} more without`);
}

function addStocks(findings: FindingList, { reader }: Ledger, { shortages, strays, strayCount }: Walked): void {
  for (const { token, what, expected, found, block } of shortages)
    findings.add(
      "SUPPLY_NOT_CONSERVED",
      {},
      `${what}, token ${token} on ${reader.name}, block ${block}`,
      expected,
      found,
    );
  for (const { token, standard, value, to, block, transactionHash } of strays) {
    const what = `left the escrow on ${reader.name}, block ${block}, transaction ${transactionHash}`;
    const found = `${standard === "erc721" ? "id " : ""}${value} of ${token} to ${to}`;
    findings.add("SUPPLY_NOT_CONSERVED", {}, what, "what an effect asked for", found);
  }
  const more = strayCount - strays.length;
  if (more > 0)
    findings.add("SUPPLY_NOT_CONSERVED", {}, `left the escrow on ${reader.name}`, "nothing", `${more} more moves`);
}

/** Foreign effects of which nobody can tell whose they are. */
function hiddenIn({ reader }: Ledger, { report: { hidden, firstHidden } }: ForeignEffects): Unread[] {
  if (firstHidden === null) return [];
  const { name, block, termsHash } = firstHidden;
  return [
    {
      what: `effects on ${reader.name} under ${hidden} terms that no session has, the first ${name} in block ${block}, terms ${termsHash}`,
      code: "NOT_FOUND",
      message: "their calls do not show the terms, and so not whether they are of this register",
    },
  ];
}
