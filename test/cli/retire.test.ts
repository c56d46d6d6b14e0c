import { expect } from "chai";
import { retire } from "../../src/cli/retire.ts";
import { GatelogError } from "../../src/entry/errors.ts";
import { toHex } from "../../src/entry/hex.ts";
import type { NodeService } from "../../src/gateway/public.ts";

const KEY = toHex(`0x${"11".repeat(20)}`);
const STATE: ReturnType<NodeService["nodeState"]> = {
  ...{ nodeId: KEY, gatewayId: toHex(`0x${"22".repeat(32)}`), role: "primary", state: "primary", epoch: 3 },
  ...{ outbound: 0, foldedSessions: 0, next: {}, restraintMs: 0 },
};
const GROUP = { epoch: 4, primary: KEY, backups: [], recoveryCount: 0, lastTakeover: null };
const LIMIT_MS = 20;

/** What is logged while a member retires, and how often it was asked to hand over. */
async function retiring(
  state: Partial<typeof STATE>,
  handOver: NodeService["handOver"],
  limitMs = LIMIT_MS,
): Promise<{ readonly asked: number; readonly told: string[] }> {
  const told: string[] = [];
  let asked = 0;
  const note = (fields: object, words: string) => void told.push(`${words} ${Object.keys(fields).join(" ")}`);
  const node = {
    nodeState: () => ({ ...STATE, ...state }),
    handOver: () => {
      asked += 1;
      return handOver();
    },
  };
  await retire(node, { info: note, warn: note }, limitMs);
  return { asked, told };
}

describe("a member that is told to stop", () => {
  const hands = () => Promise.resolve(GROUP);

  it("hands over as primary", async () => {
    expect(await retiring({}, hands)).to.deep.equal({ asked: 1, told: ["handed over epoch primary"] });
  });

  it("has nothing to hand over as standby, or before it is at work, or if it is told not to", async () => {
    for (const state of [{ role: "standby", state: "standing-by" }, { state: "taking-over" }] as const)
      expect(await retiring(state, hands)).to.deep.equal({ asked: 0, told: [] });
    expect(await retiring({}, hands, 0)).to.deep.equal({ asked: 0, told: [] });
  });

  it("ends all the same if there is nobody to hand over to", async () => {
    const refused = () => Promise.reject(new GatelogError("PEER_UNREACHABLE", "no backup shows a sign of life", {}));
    const { told } = await retiring({}, refused);
    expect(told).to.deep.equal(["not handed over: the backups will miss this member, and take over code err"]);
  });

  it("ends all the same if it takes too long", async () => {
    const { told } = await retiring({}, () => new Promise(() => undefined));
    expect(told).to.deep.equal(["the handover takes too long: stopping without it limitMs"]);
  });
});
