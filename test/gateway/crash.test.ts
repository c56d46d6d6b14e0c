import { expect } from "chai";
import { GatewayStage, NAMES, type Name } from "../support/gateway-stage.ts";

/** Longer than the deadline of a transfer, which is on the clock that only runs when everybody waits. */
const AWAY_MS = 20 * 60_000;

interface Flow {
  readonly title: string;
  readonly prepare: (stage: GatewayStage) => void;
  readonly effects: Readonly<Record<Name, readonly string[]>>;
}

const FLOWS: readonly Flow[] = [
  {
    title: "committed",
    prepare: () => undefined,
    effects: { alpha: ["lock", "burn"], beta: ["mint", "assign"] },
  },
  {
    title: "aborted by a NO",
    prepare: (stage) => void stage.parties.beta.chain.refuses.set("mint", "LEDGER_REJECTED"),
    effects: { alpha: ["lock", "unlock"], beta: ["cancel"] },
  },
];

/** One log of both with a register in it; or each its own, and the destination's escrow is the register. */
const LOGGINGS = ["chain", "local"] as const;
type Logging = (typeof LOGGINGS)[number];
const PLACE: Readonly<Record<Logging, string>> = { chain: "with a shared log", local: "with private logs" };

/** The durable points of each gateway in an undisturbed flow: enumerated from the code itself, so that none is missed. */
async function pointsOf(flow: Flow, logging: Logging): Promise<Record<Name, string[]>> {
  const points: Record<Name, string[]> = { alpha: [], beta: [] };
  const stage = new GatewayStage(logging);
  for (const name of NAMES) stage.watch(name, (point) => points[name].push(point));
  flow.prepare(stage);
  await stage.start();
  await stage.untilClosed(await stage.transfer("alpha"));
  await stage.stop();
  return points;
}

/** Kills the gateway in the middle of its work, once its `position`-th durable point is passed. */
function killAt(stage: GatewayStage, name: Name, position: number): () => boolean {
  let passed = 0;
  let killed = false;
  stage.watch(name, () => {
    if (passed++ !== position) return;
    killed = true;
    stage.kill(name);
  });
  return () => killed;
}

async function expectEnd(stage: GatewayStage, sessionId: string): Promise<void> {
  await stage.untilClosed(sessionId);
  const { facts } = await stage.status("beta", sessionId);
  expect(stage.copies("alpha", facts.termsHash!), "live copies").to.equal(1);
  for (const name of NAMES) {
    const done = stage.effects(name);
    expect(new Set(done).size, `no effect twice: ${done.join(" ")}`).to.equal(done.length);
  }
  expect(stage.early, "done or sent before its entry was durable").to.be.empty;
  await stage.stop();
}

for (const [flow, logging] of FLOWS.flatMap((each) => LOGGINGS.map((place) => [each, place] as const))) {
  const points = await pointsOf(flow, logging);
  describe(`a gateway ${PLACE[logging]} killed in a transfer that is ${flow.title}`, () => {
    for (const name of NAMES)
      for (const [position, point] of points[name].entries()) {
        it(`goes on where ${name} was killed behind: ${point}`, async () => {
          const stage = new GatewayStage(logging);
          flow.prepare(stage);
          const isKilled = killAt(stage, name, position);
          await stage.start();
          const request = stage.parties.alpha.gateway.transfer(stage.request("alpha", "one"));
          await Promise.race([request, stage.clock.until(isKilled)]);
          await stage.clock.until(isKilled);
          await stage.start(name);
          // Where the opening was the point, the client has no answer and asks again.
          const sessionId = await stage.transfer("alpha");
          await expectEnd(stage, sessionId);
          for (const each of NAMES) expect(stage.effects(each)).to.deep.equal(flow.effects[each]);
        });
      }
  });
}

for (const logging of LOGGINGS)
  describe(`a gateway ${PLACE[logging]} that is away for longer than the deadline`, () => {
    const [flow] = FLOWS;
    it("comes back to a session that ended without it, or ends it, from every durable point", async function () {
      this.timeout(120_000);
      const points = await pointsOf(flow!, logging);
      for (const name of NAMES)
        // Every third: the neighbours differ in nothing but how much was left to do.
        for (let position = name === "alpha" ? 1 : 0; position < points[name].length; position += 3) {
          const stage = new GatewayStage(logging);
          const isKilled = killAt(stage, name, position);
          await stage.start();
          const sessionId = await stage.transfer("alpha");
          await stage.clock.until(isKilled);
          await stage.clock.pass(AWAY_MS);
          await stage.start(name);
          await expectEnd(stage, sessionId);
        }
    });

    it("leaves nothing behind when both are away and come back one after the other", async () => {
      const stage = new GatewayStage(logging);
      const isKilled = killAt(stage, "beta", 8);
      await stage.start();
      const sessionId = await stage.transfer("alpha");
      await stage.clock.until(isKilled);
      stage.kill("alpha");
      await stage.clock.pass(AWAY_MS);
      await stage.start("beta");
      await stage.clock.pass(AWAY_MS);
      await stage.start("alpha");
      await expectEnd(stage, sessionId);
    });
  });
