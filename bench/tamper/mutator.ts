import type { Finding } from "../../src/audit/findings.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import type { SoundLog } from "../../test/support/corpus.ts";
import type { Random } from "../../test/simulator/random.ts";
import { ANCHORED } from "./anchored.ts";
import { FIELD_CASES, mutateField } from "./fields.ts";
import { FORGED_ENTRIES } from "./forgeries.ts";
import { FORGED_GATEWAYS } from "./gateway-forgeries.ts";
import { LIES } from "./heads.ts";
import { LEDGER_LIES } from "./ledger-lies.ts";
import { LedgerView } from "./ledger-view.ts";
import { OTHER_WORLDS } from "./ledger-worlds.ts";
import { isTruth, trialOf, type Due, type Mutation, type Trial } from "./mutation.ts";
import { FORGED_STATEMENTS } from "./statements.ts";
import { PLACES } from "./places.ts";
import { twoGateways, twoNodes } from "./split-views.ts";
import { STRUCTURES } from "./structure.ts";
import { Subject } from "./subject.ts";

type Mutator = (subject: Subject) => Mutation | undefined | Promise<Mutation | undefined>;

/** A log, and whatever can be made of it for all trials of it together. */
interface Bench {
  readonly subject: Subject;
  readonly view: LedgerView;
}

type Maker = (bench: Bench) => Trial | undefined | Promise<Trial | undefined>;

/** What a mutation belongs to; each gets its share of them all. */
interface Family<Make> {
  readonly name: string;
  /** Of so many mutations. */
  readonly share: number;
  readonly mutators: readonly Make[];
}

const FIELDS: readonly Mutator[] = FIELD_CASES.map((each) => (subject) => mutateField(subject, each));

/** What is done to the answers of one node. */
const SINGLE: readonly Family<Mutator>[] = [
  { name: "fields of events", share: 4, mutators: FIELDS },
  { name: "missing, doubled, elsewhere", share: 2, mutators: [...STRUCTURES, ...PLACES] },
  { name: "forged entries", share: 1, mutators: FORGED_ENTRIES },
  { name: "forged statements", share: 1, mutators: [...FORGED_STATEMENTS, ...FORGED_GATEWAYS] },
  { name: "heads that lie", share: 1, mutators: LIES },
];

const FAMILIES: readonly Family<Maker>[] = [
  ...[...SINGLE, { name: "two at once", share: 1, mutators: [twoAtOnce] }].map((family) => ({
    ...family,
    mutators: family.mutators.map(onTrial),
  })),
  { name: "split views", share: 2, mutators: [onTwoNodes, ({ subject }) => twoGateways(subject)] },
  { name: "anchored store", share: 1, mutators: ANCHORED.map(onSubject) },
  { name: "other ledgers", share: 2, mutators: [...OTHER_WORLDS, ...LEDGER_LIES].map(onLedgers) },
];

function onTrial(mutate: Mutator): Maker {
  return async ({ subject }) => {
    const mutation = await mutate(subject);
    return mutation && !isTruth(subject.recording, mutation) ? trialOf(mutation) : undefined;
  };
}

/** Any of what one node may be made to say, said by one of two. */
async function onTwoNodes({ subject }: Bench): Promise<Trial | undefined> {
  const mutation = await anySingle(subject);
  return mutation && twoNodes(subject, mutation);
}

function onSubject(make: (subject: Subject) => ReturnType<Maker>): Maker {
  return ({ subject }) => make(subject);
}

function onLedgers(mutate: (view: LedgerView) => Trial | undefined): Maker {
  return ({ view }) => mutate(view);
}

/** Two different things at once, the second done to what the first has left as it was. */
async function twoAtOnce(subject: Subject): Promise<Mutation | undefined> {
  const first = await anySingle(subject);
  if (first === undefined) return undefined;
  const rest = new Subject({ ...subject.source, recording: first.recording }, subject.random, subject);
  if (rest.events.length === 0) return undefined;
  const second = await anySingle(rest);
  if (second === undefined) return undefined;
  const may = (finding: Finding): boolean => first.may?.(finding) === true || second.may?.(finding) === true;
  const decisions = new Map([...(first.decisions ?? []), ...(second.decisions ?? [])]);
  const what = `${first.row}: ${first.what}; ${second.row}: ${second.what}`;
  const { recording: both } = second;
  const due = [...first.due, ...second.due];
  const session = sharedSession(due);
  if (session === undefined) {
    // Where a gateway is in doubt, what it has signed cannot be told from what it has not.
    const isInDoubt = due.some(({ sessionId }) => sessionId === undefined);
    const sessions = new Set(due.map(({ sessionId }) => sessionId ?? null));
    const beside = (finding: Finding): boolean => may(finding) || (isInDoubt && sessions.has(finding.sessionId));
    return { row: "two at once, apart", what, recording: both, decisions, due, may: beside };
  }
  // Two may make a third: a decision that is taken out and another that is put in are one that is altered. Only the place is sure.
  const inSession = (finding: Finding): boolean => finding.sessionId === session || may(finding);
  const place = [{ sessionId: session, codes: [] }];
  return { row: "two at once, in one session", what, recording: both, decisions, due: place, may: inSession };
}

function sharedSession(due: readonly Due[]): SessionId | undefined {
  const [first] = due;
  return due.every(({ sessionId }) => sessionId === first?.sessionId) ? first?.sessionId : undefined;
}

/** Two in different sessions are found each for itself; in one, or where a gateway is in doubt, the one may hide the other. */
export function mostOf({ row, due }: Trial): number {
  if (row !== "two at once, apart") return due.length;
  const sessions = due.map(({ sessionId }) => sessionId);
  return sessions.every(Boolean) && new Set(sessions).size === due.length ? due.length : 1;
}

async function anySingle(subject: Subject): Promise<Mutation | undefined> {
  const { random } = subject;
  return random.pick(random.pick(SINGLE).mutators)(subject);
}

/** Logs that are tried until one has what a mutation needs. */
const MOST_TRIES = 60;

/** Mutations without end, every family and everything in it by turns; the same for the same logs and the same source of chance. */
export async function* mutations(
  logs: readonly SoundLog[],
  random: Random,
): AsyncGenerator<{ family: string; log: string; trial: Trial }> {
  const next = new Map<string, number>();
  const benches = logs.map((log): Bench => {
    const subject = new Subject(log, random);
    return { subject, view: new LedgerView(subject) };
  });
  for (;;)
    for (const { name, share, mutators } of FAMILIES)
      for (let turn = 0; turn < share; turn += 1) {
        const number = next.get(name) ?? 0;
        next.set(name, number + 1);
        const mutate = mutators[number % mutators.length];
        if (mutate === undefined) continue;
        const made = await tried(benches, random, mutate);
        if (made !== undefined) yield { family: name, ...made };
      }
}

async function tried(
  benches: readonly Bench[],
  random: Random,
  mutate: Maker,
): Promise<{ log: string; trial: Trial } | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const bench = random.pick(benches);
    const trial = await mutate(bench);
    if (trial !== undefined) return { log: bench.subject.source.name, trial };
  }
  return undefined;
}
