import { expect } from "chai";
import fc from "fast-check";
import type { Finding } from "../../src/audit/findings.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import { audit, kindOf, names, recorded } from "../support/doctored.ts";
import type { Recording } from "../support/recorded-reader.ts";
import { anyAct, anyHarm, harmed, play } from "../support/registry-acts.ts";
import { RegistryWorld } from "../support/registry-world.ts";

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
