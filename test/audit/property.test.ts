import { expect } from "chai";
import fc from "fast-check";
import type { Finding } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import { audit, byteAt, kindOf, names, recorded, withByte } from "../support/doctored.ts";
import type { Recording } from "../support/recorded-reader.ts";
import { RegistryWorld, type Party, type WorldSession } from "../support/registry-world.ts";
import { sayRun } from "../support/stories.ts";

interface ActIn {
  readonly act: "say" | "run" | "batch" | "close" | "abort";
  readonly session: number;
  readonly side: number;
  readonly length: number;
}

type Act =
  | { readonly act: "open"; readonly origin: number; readonly destination: number }
  | ActIn
  | { readonly act: "rotate" | "move"; readonly party: number };

const small = fc.nat(7);
const anyAct: fc.Arbitrary<Act> = fc.oneof(
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

/** Does what the acts say, as far as the registry permits it: a sound log, whatever they are. */
async function play(world: RegistryWorld, acts: readonly Act[]): Promise<void> {
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
const anyHarm: fc.Arbitrary<Harm> = fc.record({
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

function harmed(logs: readonly RawLog[], { kind, place, at, byte }: Harm): { logs: RawLog[]; about: RawLog } {
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

describe("verify, whatever the log", function () {
  this.timeout(180_000);

  it("finds nothing in any sound log", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { minLength: 5, maxLength: 25 }), async (acts) => {
        const world = await RegistryWorld.open();
        try {
          await play(world, acts);
          const { verdict, findings } = await verify(new RpcReader(world.rpc, { registry: world.domain.registry }));
          expect(findings).to.deep.equal([]);
          expect(verdict).to.equal("sound");
        } finally {
          await world.close();
        }
      }),
      { numRuns: 12 },
    );
  });

  it("finds any one thing done to any sound log, and names whose event it was done to", async () => {
    const logs: Recording[] = [];
    for (const acts of fc.sample(fc.array(anyAct, { minLength: 15, maxLength: 30 }), 4))
      logs.push(await recorded((world) => play(world, acts)));
    await fc.assert(
      fc.asyncProperty(fc.nat(logs.length - 1), anyHarm, async (which, harm) => {
        const recording = logs[which]!;
        const { logs: given, about } = harmed(recording.logs, harm);
        // The registry counts neither sessions nor gateways: what nothing else speaks of can be withheld whole.
        fc.pre(harm.kind !== "drop" || given.some(({ topics }) => topics.slice(1).includes(about.topics[1]!)));
        const { verdict, findings } = await audit(recording, given);
        expect(verdict).to.equal("findings");
        // An opening that nothing else speaks of is named by what is left of it: its id, or the gateway that opened it.
        const isOpening = kindOf(about) === "SessionOpened";
        const isNamed = (finding: Finding) =>
          names(finding, about) || (isOpening && finding.gatewayId === about.topics[2]);
        expect(harm.kind === "swap" || findings.some(isNamed)).to.equal(true);
      }),
      { numRuns: 400 },
    );
  });
});
