import { ESCROW_STATES, type Effect, type Move } from "../../src/audit/reading/ledger-reader.ts";
import { StoryLedger } from "../../test/support/corpus-ledgers.ts";
import { account } from "../../test/support/scripted-ledger.ts";
import { describeDeed, entryOf, ledgerTrial, ROLES, type KnownDeed, type LedgerView } from "./ledger-view.ts";
import type { LedgerMutator } from "./ledger-worlds.ts";
import type { Due, Trial } from "./mutation.ts";

const STRANGER = account(0x57a);

/** One answer of a ledger is another than what happened: of an effect, of a token's move, of a state or of a stock. */
export const LEDGER_LIES: readonly LedgerMutator[] = [
  onEffect("another amount", (effect, by) => effect.value !== null && { ...effect, value: effect.value + by }),
  onEffect("no amount", (effect) => effect.value !== null && { ...effect, value: 0n }),
  onEffect("another token", (effect) => effect.token !== null && { ...effect, token: STRANGER }),
  onEffect("another owner", (effect) => effect.party !== null && { ...effect, party: STRANGER }),
  onEffect("another session", (effect) => ({ ...effect, sessionId: "7a000000-0000-4000-8000-000000000002" })),
  onMove("another amount moved", (move, by) => ({ ...move, value: move.value + by })),
  onMove("from another owner", (move) => ({ ...move, from: STRANGER })),
  onMove("to another owner", (move) => ({ ...move, to: STRANGER })),
  onMove("an id for an amount", (move) => ({ ...move, standard: "erc721" })),
  onMove("another token moved", (move) => ({ ...move, token: STRANGER })),
  onMove("nothing moved", () => null),
  twice,
  otherState,
  notDelivered,
  stray,
  shortStock,
];

function pick<Item>({ subject }: LedgerView, items: readonly Item[]): Item | undefined {
  return items.length === 0 ? undefined : subject.random.pick(items);
}

/** Of those that the ledger calls final. */
function finalDeeds(view: LedgerView): KnownDeed[] {
  return view.deeds.filter(({ transfer, role, deed }) => deed.block <= view.storyOf(transfer, role).final);
}

function lieAbout(
  view: LedgerView,
  known: KnownDeed,
  row: string,
  due: Due,
  lie: (ledger: StoryLedger, place: number) => void,
): Trial {
  const { transfer, role, place } = known;
  return ledgerTrial(view, { row, what: describeDeed(view, known), due: [due] }, view.stories, (ledgers) => {
    const ledger = ledgers[transfer.ledgers[role]];
    if (ledger !== undefined) lie(ledger, place);
  });
}

function wrongEffect({ transfer, role, deed }: KnownDeed): Due {
  return { codes: ["WRONG_EFFECT"], ...entryOf(transfer, role, deed) };
}

/** More or less of it. */
function otherAmount(view: LedgerView): bigint {
  return view.subject.random.pick([1n, -1n, 1_000_000n, BigInt(view.subject.random.whole(1, 1_000_000_000))]);
}

/** What the escrow's event says. */
function onEffect(how: string, change: (effect: Effect, by: bigint) => Effect | false): LedgerMutator {
  return (view) => {
    const by = otherAmount(view);
    // Which effects have what is altered the ledger itself says, once it has happened.
    const ledgers = view.stories.map((story) => new StoryLedger(story));
    const known = pick(
      view,
      finalDeeds(view).filter(({ transfer, role, place }) => {
        const effect = ledgers[transfer.ledgers[role]]?.done[place];
        return effect !== undefined && change(effect, by) !== false;
      }),
    );
    if (known === undefined) return undefined;
    return lieAbout(view, known, `wrong effect: ${how}`, wrongEffect(known), ({ done }, place) => {
      const effect = done[place];
      const other = effect === undefined ? false : change(effect, by);
      if (other !== false) done[place] = other;
    });
  };
}

/** What a token's event says: one of the moves of a transfer's effect. */
function onMove(how: string, change: (move: Move, by: bigint) => Move | null): LedgerMutator {
  return (view) => {
    const by = otherAmount(view);
    const ledgers = view.stories.map((story) => new StoryLedger(story));
    const moved = finalDeeds(view).flatMap((known) => {
      const ledger = ledgers[known.transfer.ledgers[known.role]];
      const transactionHash = ledger?.done[known.place]?.transactionHash;
      return (ledger?.moved ?? []).flatMap((move, at) =>
        move.transactionHash === transactionHash ? [{ known, at }] : [],
      );
    });
    const one = pick(view, moved);
    if (one === undefined) return undefined;
    return lieAbout(view, one.known, `wrong effect: ${how}`, wrongEffect(one.known), ({ moved: moves }) => {
      const move = moves[one.at];
      const other = move === undefined ? null : change(move, by);
      moves.splice(one.at, 1, ...(other === null ? [] : [other]));
    });
  };
}

/** The escrow says that it did it again, right behind the first time. */
function twice(view: LedgerView): Trial | undefined {
  const known = pick(view, finalDeeds(view));
  if (known === undefined) return undefined;
  const { transfer, role, place, deed } = known;
  const { deeds } = view.storyOf(transfer, role);
  const due: Due = { codes: ["EFFECT_OUT_OF_ORDER"], ...entryOf(transfer, role, deed) };
  const told = { row: "effect that its escrow excludes", what: `${describeDeed(view, known)}, twice`, due: [due] };
  return ledgerTrial(view, told, view.withDeeds(transfer, role, deeds.toSpliced(place, 0, deed)));
}

function otherState(view: LedgerView): Trial | undefined {
  const transfer = pick(view, view.transfers);
  if (transfer === undefined) return undefined;
  const { sessionId, gateways, termsHash, ledgers } = transfer;
  const role = view.subject.random.pick(ROLES);
  const { final } = view.storyOf(transfer, role);
  const last = view.deedsOf(transfer, role).findLast(({ deed }) => deed.block <= final);
  const truth = last === undefined ? "NONE" : last.deed.name.toUpperCase();
  const state = view.subject.random.pick(ESCROW_STATES.filter((other) => other !== truth));
  const due: Due = { codes: ["HEAD_MISMATCH"], sessionId, gatewayId: gateways[role] };
  const what = `session ${sessionId}, ${role}: ${state} in place of ${truth}`;
  return ledgerTrial(view, { row: "state of an escrow", what, due: [due] }, view.stories, (all) => {
    all[ledgers[role]]?.states.set(termsHash, state);
  });
}

const STOCK: Due = { codes: ["SUPPLY_NOT_CONSERVED"] };

/** The escrow says that it still has what has left it. */
function notDelivered(view: LedgerView): Trial | undefined {
  const known = pick(
    view,
    finalDeeds(view).filter(({ deed }) => ["Unlocked", "Recreated", "Assigned"].includes(deed.name)),
  );
  if (known === undefined) return undefined;
  return lieAbout(view, known, "delivered, and said to be kept", STOCK, ({ done }, place) => {
    const effect = done[place];
    if (effect !== undefined) done[place] = { ...effect, delivered: false };
  });
}

/** Something left an escrow, and no effect asked for it. */
function stray(view: LedgerView): Trial | undefined {
  const transfer = pick(view, view.transfers);
  if (transfer === undefined) return undefined;
  const role = view.subject.random.pick(ROLES);
  const story = view.storyOf(transfer, role);
  const block = Math.max(story.newest, story.deeds.at(-1)?.block ?? 0) + 1;
  const value = BigInt(view.subject.random.whole(1, 1_000));
  const what = `${value} from the escrow on ${story.name} to a stranger`;
  const stories = view.with(transfer, role, { final: block, newest: block });
  return ledgerTrial(view, { row: "left the escrow", what, due: [STOCK] }, stories, (ledgers) => {
    const ledger = ledgers[transfer.ledgers[role]];
    ledger?.nextBlock(block);
    ledger?.move(transfer.terms[role].token, "erc20", { from: story.escrow, to: STRANGER, value });
  });
}

/** The token says that the escrow has less than it owes. */
function shortStock(view: LedgerView): Trial | undefined {
  const owing = view.transfers.flatMap((transfer) =>
    ROLES.flatMap((role) => {
      const { final } = view.storyOf(transfer, role);
      const last = view.deedsOf(transfer, role).findLast(({ deed }) => deed.block <= final);
      return last?.deed.name === "Locked" || last?.deed.name === "Minted" ? [{ transfer, role }] : [];
    }),
  );
  const one = pick(view, owing);
  if (one === undefined) return undefined;
  const { transfer, role } = one;
  const { token } = transfer.terms[role];
  const balance = BigInt(view.subject.random.whole(0, Number(transfer.terms.value) - 1));
  const what = `${balance} of ${token} on ${view.storyOf(transfer, role).name}, where more is owed`;
  return ledgerTrial(view, { row: "stock of an escrow", what, due: [STOCK] }, view.stories, (ledgers) => {
    ledgers[transfer.ledgers[role]]?.words.set(token, { balance });
  });
}
