import fc from "fast-check";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { byteAt, withByte } from "./doctored.ts";
import type { Party, RegistryWorld, WorldSession } from "./registry-world.ts";
import { sayRun } from "./stories.ts";

// What may happen in a registry, and to what a node says of it: for properties that hold whatever it is.

interface ActIn {
  readonly act: "say" | "run" | "batch" | "close" | "abort";
  readonly session: number;
  readonly side: number;
  readonly length: number;
}

export type Act =
  | { readonly act: "open"; readonly origin: number; readonly destination: number }
  | ActIn
  | { readonly act: "rotate" | "move"; readonly party: number };

const small = fc.nat(7);
export const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ act: fc.constant("open" as const), origin: small, destination: small }) },
  {
    weight: 11,
    arbitrary: fc.record({
      act: fc.constantFrom(...(["say", "say", "run", "run", "batch", "close", "abort"] as const)),
      session: small,
      side: small,
      length: fc.integer({ min: 2, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom("rotate" as const, "move" as const), party: small }) },
);

/** Does what the acts say, as far as the registry permits it: a sound log, whatever they are. @param behind Done behind each. */
export async function play(
  world: RegistryWorld,
  acts: readonly Act[],
  behind: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const parties = [await world.register("a"), await world.register("b"), await world.register("c")];
  const sessions: WorldSession[] = [await world.open(parties[0]!, parties[1]!)];
  const closed = new Set<string>();
  const decided = new Set<WorldSession>();
  const pick = <T>(items: readonly T[], at: number): T => items[at % items.length]!;
  const writers = (session: WorldSession) =>
    [session.origin, session.destination].filter(
      (party): party is Party => party !== null && !closed.has(session.facts.sessionId + party.name),
    );
  for (const act of acts) {
    if (act.act === "open") {
      const [origin, destination] = [pick(parties, act.origin), pick(parties, act.destination)];
      sessions.push(await world.open(origin, origin === destination ? null : destination));
    } else if ("party" in act) {
      const party = pick(parties, act.party);
      await (act.act === "rotate" ? world.rotate(party) : world.moveTo(party, "elsewhere"));
    } else await playIn(world, pick(sessions, act.session), act, { writers, closed, decided });
    await behind();
  }
}

async function playIn(
  world: RegistryWorld,
  session: WorldSession,
  act: ActIn,
  state: { writers(session: WorldSession): Party[]; closed: Set<string>; decided: Set<WorldSession> },
): Promise<void> {
  const writers = state.writers(session);
  const [first, second] = writers;
  if (first === undefined) return;
  if (act.act === "abort") {
    if (session.destination !== null && !state.decided.has(session)) await world.decide(session, "ABORT", true);
    state.decided.add(session);
  } else if (act.act === "batch") {
    const asked = await world.make(session, first, "init-other");
    const answer = second && (await world.make(session, second, "ack-other", { causedBy: asked.entryHash }));
    await world.batch([asked, ...(answer ? [answer] : [])].map((entry) => [session, entry] as const));
  } else {
    const party = writers[act.side % writers.length]!;
    if (act.act === "say") await world.say(session, party, "exec-other", { payload: act.length });
    else if (act.act === "run")
      await sayRun(
        world,
        session,
        party,
        Array.from({ length: act.length }, () => "done-other"),
      );
    else {
      await world.closeLog(session, party);
      state.closed.add(session.facts.sessionId + party.name);
    }
  }
}

/** One thing done to one event of the answer. */
type Harm = {
  readonly kind: "byte" | "drop" | "double" | "swap";
  readonly place: number;
  readonly at: number;
  readonly byte: number;
};
export const anyHarm: fc.Arbitrary<Harm> = fc.record({
  kind: fc.constantFrom(
    "byte" as const,
    "byte" as const,
    "byte" as const,
    "drop" as const,
    "double" as const,
    "swap" as const,
  ),
  place: fc.nat(),
  at: fc.nat(),
  byte: fc.integer({ min: 1, max: 255 }),
});

export function harmed(logs: readonly RawLog[], { kind, place, at, byte }: Harm): { logs: RawLog[]; about: RawLog } {
  const index = place % logs.length;
  const about = logs[index]!;
  if (kind === "drop") return { logs: logs.toSpliced(index, 1), about };
  if (kind === "double") return { logs: logs.toSpliced(index, 0, { ...about }), about };
  if (kind === "swap") {
    const first = Math.max(0, index - 1);
    return { logs: logs.with(first, logs[first + 1]!).with(first + 1, logs[first]!), about: logs[first]! };
  }
  const parts = [...about.topics, about.data];
  const part = at % parts.length;
  const hex = parts[part]!;
  const target = (at * 7) % ((hex.length - 2) / 2);
  parts[part] = withByte(hex, target, byteAt(hex, target) ^ byte);
  return { logs: logs.with(index, { ...about, topics: parts.slice(0, -1), data: parts.at(-1)! }), about };
}
