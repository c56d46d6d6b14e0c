import { Interface } from "ethers";
import { AssetEscrowArtifact } from "../../src/chain/generated/contracts/AssetEscrow.ts";
import type { EffectName } from "../../src/audit/reading/ledger-reader.ts";
import { toHex } from "../../src/entry/hex.ts";
import { DECISIONS } from "../../src/entry/statements.ts";
import { termsToAbi, type Terms } from "../../src/entry/terms.ts";
import type { LedgerDeed, LedgerStory } from "../../test/support/corpus-ledgers.ts";
import { hashOf } from "../../test/simulator/sim-chain.ts";
import {
  describeDeed,
  doneOf,
  entryOf,
  ledgerTrial,
  LOGGED,
  ROLES,
  type KnownDeed,
  type KnownTransfer,
  type LedgerView,
  type Role,
} from "./ledger-view.ts";
import type { Due, Trial } from "./mutation.ts";

/** Undefined where the log has nothing that it could be done to. */
export type LedgerMutator = (view: LedgerView) => Trial | undefined;

/** Ledgers that really did something else than the log says, and agree with themselves. */
export const OTHER_WORLDS: readonly LedgerMutator[] = [
  neverHappened,
  notFinal,
  ...(["Locked", "Burned", "Minted", "Assigned", "Unlocked", "Recreated", "Cancelled"] as const).map(
    (name): LedgerMutator =>
      (view) =>
        withoutEntry(view, name),
  ),
  ofUnknownSession,
  unlockedInPlaceOfBurned,
  recreatedBesideAssigned,
  neverGivenUp,
  assignedBesideOrigin,
];

function pick<Item>({ subject }: LedgerView, items: readonly Item[]): Item | undefined {
  return items.length === 0 ? undefined : subject.random.pick(items);
}

/** Where a ledger has done something else, what followed there and on the other one does not fit either. */
function worldTrial(
  view: LedgerView,
  deed: Pick<Trial, "row" | "what" | "due">,
  stories: readonly LedgerStory[],
  lie?: Parameters<typeof ledgerTrial>[3],
): Trial {
  const sessions = new Set(deed.due.map(({ sessionId = null }) => sessionId));
  return ledgerTrial(view, { ...deed, may: ({ sessionId }) => sessions.has(sessionId) }, stories, lie);
}

/** Of these effects those that an entry says are done, each with what is due where it is not. */
function duesOf(deeds: readonly KnownDeed[], code: "ENTRY_WITHOUT_EFFECT" | "NOT_FINAL"): Due[] {
  return deeds.flatMap(({ transfer, role, deed }): Due[] =>
    doneOf(transfer, deed) === undefined ? [] : [{ codes: [code], ...entryOf(transfer, role, deed) }],
  );
}

/** An effect that an entry says is done, and what followed from it on its ledger. */
function neverHappened(view: LedgerView): Trial | undefined {
  const known = pick(
    view,
    view.deeds.filter(({ transfer, deed }) => doneOf(transfer, deed) !== undefined),
  );
  if (known === undefined) return undefined;
  const { transfer, role } = known;
  const gone = view.deedsOf(transfer, role).filter(({ place }) => place >= known.place);
  const places = new Set(gone.map(({ place }) => place));
  const deeds = view.storyOf(transfer, role).deeds.filter((_, place) => !places.has(place));
  const due = duesOf(gone, "ENTRY_WITHOUT_EFFECT");
  const deed = { row: "entry without effect", what: `${describeDeed(view, known)} did not happen`, due };
  return worldTrial(view, deed, view.withDeeds(transfer, role, deeds));
}

/** The ledger's final block is an earlier one. */
function notFinal(view: LedgerView): Trial | undefined {
  const known = pick(
    view,
    view.deeds.filter(({ transfer, deed }) => doneOf(transfer, deed) !== undefined),
  );
  if (known === undefined) return undefined;
  const { transfer, role } = known;
  const final = known.deed.block - 1;
  const { escrow, chainId } = view.storyOf(transfer, role);
  const late = view.deeds.filter((each) => {
    const story = view.storyOf(each.transfer, each.role);
    return story.escrow === escrow && story.chainId === chainId && each.deed.block > final;
  });
  const due = duesOf(late, "NOT_FINAL");
  const deed = { row: "not final", what: `${describeDeed(view, known)}, where block ${final} is final`, due };
  return worldTrial(view, deed, view.with(transfer, role, { final }));
}

/** One more effect behind all others, in a final block. */
function withMore(story: LedgerStory, more: readonly Omit<LedgerDeed, "block">[]): LedgerStory {
  const block = Math.max(story.newest, story.deeds.at(-1)?.block ?? 0) + 1;
  const deeds = [...story.deeds, ...more.map((deed, at) => ({ ...deed, block: block + at }))];
  return { ...story, deeds, final: block + more.length, newest: block + more.length };
}

/** Of what the ledger calls final. */
function lastOn(view: LedgerView, transfer: KnownTransfer, role: Role): EffectName | undefined {
  const { final } = view.storyOf(transfer, role);
  return view.deedsOf(transfer, role).findLast(({ deed }) => deed.block <= final)?.deed.name;
}

/** What an effect needs: the state before it, and that by which it may happen. */
const NEEDS: Readonly<
  Record<
    Exclude<EffectName, "Claimed" | "Refused">,
    readonly [behind: EffectName | undefined, has: (view: LedgerView, transfer: KnownTransfer, time: number) => boolean]
  >
> = {
  Locked: [undefined, (_, { marks }) => marks.origin.has("init-lock")],
  Burned: ["Locked", (_, { marks }) => marks.origin.has("init-burn")],
  Minted: [undefined, (_, { marks }) => marks.destination.has("init-mint")],
  Assigned: ["Minted", (_, { decision }) => decision === DECISIONS.COMMIT],
  Recreated: ["Burned", (view, transfer) => lastOn(view, transfer, "destination") === "Cancelled"],
  Unlocked: [
    "Locked",
    (view, transfer, time) =>
      transfer.decision === DECISIONS.ABORT ||
      lastOn(view, transfer, "destination") === "Cancelled" ||
      time >= transfer.terms.lockExpiry,
  ],
  Cancelled: [
    "Minted",
    (_, { decision, marks, terms }, time) =>
      decision === DECISIONS.ABORT || marks.destination.has("fail-assign") || time >= terms.cancelAfter,
  ],
};

/** An escrow did something that nothing in the log permits, in place of all that it did behind the state that permits it. */
function withoutEntry(view: LedgerView, name: keyof typeof NEEDS): Trial | undefined {
  const { role } = LOGGED[name];
  const [behind, has] = NEEDS[name];
  const found = view.transfers.flatMap((transfer) => {
    const { terms, termsHash } = transfer;
    const own = view.deedsOf(transfer, role);
    const at = own.findIndex(({ deed }) => deed.name === behind);
    if (behind === undefined ? own.length > 0 : at < 0) return [];
    const gone = new Set(own.slice(at + 1).map(({ place }) => place));
    const story = view.storyOf(transfer, role);
    const deeds = story.deeds.filter((_, place) => !gone.has(place));
    const other = withMore({ ...story, deeds }, [{ name, terms, termsHash }]);
    const time = other.since + (other.deeds.at(-1)?.block ?? 0);
    return has(view, transfer, time) ? [] : [{ transfer, story: other }];
  });
  const one = pick(view, found);
  if (one === undefined) return undefined;
  const { transfer, story } = one;
  const due = [{ codes: ["EFFECT_WITHOUT_ENTRY"] as const, ...entryOf(transfer, role, { name }) }];
  const what = `${name} on ${story.name} in session ${transfer.sessionId}, which nothing permits`;
  return worldTrial(view, { row: `effect without entry: ${name}`, what, due }, view.with(transfer, role, story));
}

const ESCROW = new Interface(AssetEscrowArtifact.abi);
const UNKNOWN_SESSION = "7a000000-0000-4000-8000-000000000001";

/** Under terms of this register, and of a session that it does not have. */
function ofUnknownSession(view: LedgerView): Trial | undefined {
  const transfer = pick(view, view.transfers);
  if (transfer === undefined) return undefined;
  const role = view.subject.random.pick(ROLES);
  const terms: Terms = { ...transfer.terms, sessionId: UNKNOWN_SESSION };
  const name = role === "origin" ? "Locked" : "Minted";
  const story = withMore(view.storyOf(transfer, role), [{ name, terms, termsHash: hashOf(terms) }]);
  const due = [{ codes: ["EFFECT_WITHOUT_ENTRY"] as const, sessionId: UNKNOWN_SESSION }];
  const what = `${name} on ${story.name} under terms of a session that nobody has opened`;
  const deed = { row: "effect without entry: no session", what, due };
  return worldTrial(view, deed, view.with(transfer, role, story), (ledgers) => {
    const ledger = ledgers[transfer.ledgers[role]];
    const effect = ledger?.done.at(-1);
    if (ledger === undefined || effect === undefined) return;
    const input = ESCROW.encodeFunctionData(role === "origin" ? "lock" : "mint", [termsToAbi(terms)]);
    ledger.inputs.set(effect.transactionHash, toHex(input));
  });
}

// ---- Two live copies

function liveTwice(
  view: LedgerView,
  transfer: KnownTransfer | undefined,
  how: string,
  stories: (transfer: KnownTransfer) => readonly LedgerStory[],
): Trial | undefined {
  if (transfer === undefined) return undefined;
  const { sessionId } = transfer;
  const due = [{ codes: ["TWO_LIVE_COPIES"] as const, sessionId }];
  return worldTrial(view, { row: "two live copies", what: `session ${sessionId}: ${how}`, due }, stories(transfer));
}

function assigned(view: LedgerView): KnownTransfer[] {
  return view.transfers.filter((transfer) => lastOn(view, transfer, "destination") === "Assigned");
}

function unlockedInPlaceOfBurned(view: LedgerView): Trial | undefined {
  return liveTwice(view, pick(view, assigned(view)), "unlocked where it was burned, and assigned", (transfer) => {
    const { termsHash } = transfer;
    const { deeds } = view.storyOf(transfer, "origin");
    const other = deeds.map((deed): LedgerDeed =>
      deed.termsHash === termsHash && deed.name === "Burned" ? { ...deed, name: "Unlocked" } : deed,
    );
    return view.withDeeds(transfer, "origin", other);
  });
}

function recreatedBesideAssigned(view: LedgerView): Trial | undefined {
  return liveTwice(view, pick(view, assigned(view)), "recreated, and assigned", (transfer) => {
    const { terms, termsHash } = transfer;
    const story = withMore(view.storyOf(transfer, "origin"), [{ name: "Recreated", terms, termsHash }]);
    return view.with(transfer, "origin", story);
  });
}

function neverGivenUp(view: LedgerView): Trial | undefined {
  return liveTwice(view, pick(view, assigned(view)), "assigned, and never locked", (transfer) => {
    const { deeds } = view.storyOf(transfer, "origin");
    return view.withDeeds(
      transfer,
      "origin",
      deeds.filter(({ termsHash }) => termsHash !== transfer.termsHash),
    );
  });
}

const GIVEN_UP: ReadonlySet<EffectName | undefined> = new Set(["Locked", "Burned"]);

/** The originator still has it, or has it again. */
function assignedBesideOrigin(view: LedgerView): Trial | undefined {
  const live = view.transfers.filter((transfer) => {
    const isAssigned = lastOn(view, transfer, "destination") === "Assigned";
    return !isAssigned && !GIVEN_UP.has(lastOn(view, transfer, "origin"));
  });
  return liveTwice(view, pick(view, live), "usable at its origin, minted and assigned", (transfer) => {
    const { terms, termsHash } = transfer;
    const story = view.storyOf(transfer, "destination");
    const deeds = story.deeds.filter((deed) => deed.termsHash !== termsHash);
    const more = (["Minted", "Assigned"] as const).map((name) => ({ name, terms, termsHash }));
    return view.with(transfer, "destination", withMore({ ...story, deeds }, more));
  });
}
