import type { EffectName } from "../../src/audit/reading/ledger-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import { parseCanonical } from "../../src/entry/canonical.ts";
import type { GatewayId, Hash, SessionId } from "../../src/entry/hex.ts";
import { parseFacts } from "../../src/entry/session.ts";
import { DECISIONS } from "../../src/entry/statements.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { commandFrom } from "../../src/entry/vocabulary.ts";
import { readTerms } from "../../src/protocol/payloads.ts";
import { StoryLedger, type LedgerDeed, type LedgerStory } from "../../test/support/corpus-ledgers.ts";
import { RecordedReader } from "../../test/support/recorded-reader.ts";
import { hashOf } from "../../test/simulator/sim-chain.ts";
import type { Deed, Due, Trial } from "./mutation.ts";
import type { Subject } from "./subject.ts";

export type Role = "origin" | "destination";
export const ROLES: readonly Role[] = ["origin", "destination"];

/** What a log has about each effect, by the protocol: on whose side it happens, what announces it, and what says that it is done. */
export const LOGGED: Readonly<
  Record<Exclude<EffectName, "Claimed">, { readonly role: Role; readonly before?: string; readonly done: string }>
> = {
  Locked: { role: "origin", before: "init-lock", done: "done-lock" },
  Burned: { role: "origin", before: "init-burn", done: "done-burn" },
  Unlocked: { role: "origin", done: "done-rollback-unlock" },
  Refused: { role: "origin", done: "done-rollback-unlock" },
  Recreated: { role: "origin", done: "done-rollback-recreate" },
  Minted: { role: "destination", before: "init-mint", done: "done-mint" },
  Assigned: { role: "destination", done: "done-assign" },
  Cancelled: { role: "destination", done: "done-rollback-cancel" },
};

/** A transfer of a log, and where its two ledgers stand among the stories. */
export interface KnownTransfer {
  readonly sessionId: SessionId;
  readonly terms: Terms;
  readonly termsHash: Hash;
  readonly decision: number;
  readonly gateways: Readonly<Record<Role, GatewayId>>;
  /** Of each side, the index of the last entry with a mark. */
  readonly marks: Readonly<Record<Role, ReadonlyMap<string, number>>>;
  readonly ledgers: Readonly<Record<Role, number>>;
}

/** An effect of a transfer, and its place in the story of its ledger. */
export interface KnownDeed {
  readonly transfer: KnownTransfer;
  readonly role: Role;
  readonly place: number;
  readonly deed: LedgerDeed;
}

/** A log with its ledgers, as the mutations of ledgers see it. */
export class LedgerView {
  readonly subject: Subject;
  readonly stories: readonly LedgerStory[];
  readonly transfers: readonly KnownTransfer[];

  constructor(subject: Subject) {
    this.subject = subject;
    this.stories = subject.source.ledgers;
    this.transfers = [...subject.openings.keys()].flatMap((sessionId) => this.#transferOf(sessionId) ?? []);
  }

  get deeds(): KnownDeed[] {
    return this.transfers.flatMap((transfer) => ROLES.flatMap((role) => this.deedsOf(transfer, role)));
  }

  deedsOf(transfer: KnownTransfer, role: Role): KnownDeed[] {
    const { deeds } = this.storyOf(transfer, role);
    return deeds.flatMap((deed, place) =>
      deed.termsHash === transfer.termsHash ? [{ transfer, role, place, deed }] : [],
    );
  }

  storyOf({ ledgers }: KnownTransfer, role: Role): LedgerStory {
    const story = this.stories[ledgers[role]];
    if (story === undefined) throw new Error("a transfer without its ledgers");
    return story;
  }

  /** With other deeds on one of its ledgers. */
  withDeeds(transfer: KnownTransfer, role: Role, deeds: readonly LedgerDeed[]): readonly LedgerStory[] {
    return this.with(transfer, role, { deeds });
  }

  with({ ledgers }: KnownTransfer, role: Role, change: Partial<LedgerStory>): readonly LedgerStory[] {
    return this.stories.map((story, at) => (at === ledgers[role] ? { ...story, ...change } : story));
  }

  #transferOf(sessionId: SessionId): KnownTransfer | undefined {
    const { openings, entries } = this.subject;
    const opening = openings.get(sessionId);
    if (opening === undefined) return undefined;
    const { originGatewayId: origin, destinationGatewayId: destination } = opening;
    const first = entries.find(
      ({ event, entry }) => entry.index === 0 && event.sessionId === sessionId && event.gatewayId === origin,
    );
    const terms = first && readTerms(parseCanonical(first.event.payload), parseFacts(opening));
    if (!terms) return undefined;
    const at = (role: Role): number =>
      this.stories.findIndex(({ chainId, escrow }) => chainId === terms[role].chainId && escrow === terms[role].escrow);
    const ledgers = { origin: at("origin"), destination: at("destination") };
    if (ledgers.origin < 0 || ledgers.destination < 0) return undefined;
    const decided = this.subject.ofKind("Decided").find(({ event }) => event.sessionId === sessionId);
    return {
      ...{ sessionId, terms, termsHash: hashOf(terms), ledgers },
      decision: decided?.event.decision ?? DECISIONS.NONE,
      gateways: { origin, destination },
      marks: { origin: this.#marksOf(sessionId, origin), destination: this.#marksOf(sessionId, destination) },
    };
  }

  #marksOf(sessionId: SessionId, gatewayId: GatewayId): Map<string, number> {
    const log = this.subject.logOf({ event: { sessionId, gatewayId } });
    return new Map(log.map(({ entry }) => [`${entry.operation}-${commandFrom(entry.command)}`, entry.index]));
  }
}

/** The entry that says of an effect that it is done. */
export function doneOf({ marks }: KnownTransfer, { name }: Pick<LedgerDeed, "name">): number | undefined {
  return name === "Claimed" ? undefined : marks[LOGGED[name].role].get(LOGGED[name].done);
}

/** What a finding about an effect names: the entry that says it is done, or else the one that announces it. */
export function entryOf(transfer: KnownTransfer, role: Role, deed: Pick<LedgerDeed, "name">): Omit<Due, "codes"> {
  const { sessionId, gateways, marks } = transfer;
  const before = deed.name === "Claimed" ? undefined : LOGGED[deed.name].before;
  const index = doneOf(transfer, deed) ?? (before === undefined ? undefined : marks[role].get(before));
  return { sessionId, gatewayId: gateways[role], index };
}

/** The log as it is, beside ledgers that are not. Stocks are of all transfers together, and rest on each of them. */
export function ledgerTrial(
  { subject }: LedgerView,
  { may = () => false, ...deed }: Deed,
  stories: readonly LedgerStory[],
  lie: (ledgers: readonly StoryLedger[]) => void = () => undefined,
): Trial {
  return {
    ...deed,
    may: (finding) => may(finding) || (finding.code === "SUPPLY_NOT_CONSERVED" && finding.sessionId === null),
    audit: () => {
      const ledgers = stories.map((story) => new StoryLedger(story));
      lie(ledgers);
      return verify(new RecordedReader(subject.recording), { threads: 1, ledgers });
    },
  };
}

export function describeDeed(view: LedgerView, { transfer, role, deed }: KnownDeed): string {
  return `${deed.name} on ${view.storyOf(transfer, role).name}, block ${deed.block}, session ${transfer.sessionId}`;
}
