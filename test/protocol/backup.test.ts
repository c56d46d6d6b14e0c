import { expect } from "chai";
import { id } from "ethers";
import { parseCanonical } from "../../src/entry/canonical.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { toHex } from "../../src/entry/hex.ts";
import { recoverPublicKey } from "../../src/entry/signature.ts";
import { refusedBackup } from "../../src/protocol/backup-claim.ts";
import type { Identity } from "../../src/protocol/identity.ts";
import { markOf } from "../../src/protocol/marks.ts";
import type { Effect, SessionState, Verdict } from "../../src/protocol/state.ts";
import { apply, fold, next } from "../../src/protocol/step.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { entryFor, folded } from "./folded.ts";
import { lineTo } from "./lines.ts";

const DIGEST = toHex(id("any"));
const REFUSED: Verdict = { accepted: false, code: "UNKNOWN_BACKUP", reason: "nobody has listed it" };

/** Two sides in the middle of a transfer. */
function pair(): { readonly origin: SessionState; readonly destination: SessionState } {
  const logs = [lineTo("origin", "init-prepare"), lineTo("destination", "ack-lock-assert")] as const;
  return {
    origin: folded("origin", "log", logs[0], logs[1]),
    destination: folded("destination", "log", logs[1], logs[0]),
  };
}

async function identity(changes: Partial<Identity> = {}): Promise<Identity> {
  const publicKey = recoverPublicKey(DIGEST, await sampleSigner("backup").signDigest(DIGEST));
  return { epoch: 2, publicKey, kind: "FAILOVER", credentials: null, ...changes };
}

/** The single entry that is asked for, in the epoch. */
function wrote(state: SessionState, epoch = 1): { readonly state: SessionState; readonly entry: LogEntry } {
  const [effect, ...others] = next(state);
  if (effect?.type !== "append" || effect.drafts.length !== 1 || others.length > 0)
    throw new Error(`asked for ${effect?.type ?? "nothing"}`);
  const entry = { ...entryFor(state, effect.drafts[0]!), epoch };
  return { state: fold(state, "own", [entry]), entry };
}

async function takenOver(state: SessionState, changes: Partial<Identity> = {}) {
  const identified = apply(state, { type: "identified", identity: await identity(changes) });
  return wrote(apply(identified, { type: "restarted" }), 2);
}

const saidIn = ({ payload }: Pick<LogEntry, "payload">) => parseCanonical(payload);
const judges = (effects: readonly Effect[]) => effects.flatMap((one) => (one.type === "judge" ? [one] : []));
const sent = (effects: readonly Effect[]) => effects.flatMap((one) => (one.type === "send" ? [one.entryHash] : []));
const judged = (state: SessionState, { index }: LogEntry, verdict: Verdict) =>
  apply(state, { type: "backup-judged", index, verdict });

describe("a backup that takes over", () => {
  it("says so in its RECOVER, with its key and how it came about", async () => {
    const { publicKey } = await identity();
    const { entry } = await takenOver(pair().origin);
    expect(saidIn(entry)).to.include({ isBackup: true, newIdentityPublicKey: publicKey, kind: "FAILOVER" });
    const plain = await takenOver(pair().origin, { kind: null });
    expect(saidIn(plain.entry)).to.not.have.any.keys("kind", "credentials");
    const shown = await takenOver(pair().origin, { credentials: { owner: "said so" } });
    expect(saidIn(shown.entry)).to.deep.include({ credentials: { owner: "said so" } });
  });

  it("says so once: what comes back in the same epoch is no news", async () => {
    const { state } = await takenOver(pair().origin);
    const again = wrote(apply(state, { type: "restarted" }), 2);
    expect(saidIn(again.entry)).to.include({ isBackup: false });
    expect(saidIn(again.entry)).to.not.have.any.keys("newIdentityPublicKey", "kind");
  });

  it("brings its credentials in a log that is empty, too, and without any has nothing to say there", async () => {
    const empty = folded("destination", "log", [], lineTo("origin", "init-setup"));
    const { entry } = await takenOver(empty, { credentials: {} });
    expect(markOf(entry)).to.equal("init-recover");
    expect(entry.index).to.equal(0);
    const without = apply(empty, { type: "identified", identity: await identity() });
    expect(apply(without, { type: "restarted" }).recovery).to.equal(undefined);
  });

  it("is judged before it is answered, while the transfer goes on", async () => {
    const { origin, destination } = pair();
    const { entry } = await takenOver(origin);
    const asked = fold(destination, "peer", [entry]);
    const effects = next(asked);
    expect(judges(effects)).to.deep.equal([{ type: "judge", what: "backup", index: entry.index }]);
    expect(effects.filter(({ type }) => type !== "judge")).to.deep.equal(next(destination));
    const { entry: update } = wrote(judged(asked, entry, { accepted: true }));
    expect(markOf(update)).to.equal("ack-recover-update");
    expect(saidIn(update)).to.have.property("recoveredLogs");
    expect(update.causedBy).to.equal(entry.entryHash);
  });

  it("is refused with a code, once, and both sides' states say why", async () => {
    const { origin, destination } = pair();
    const asked = await takenOver(origin);
    const refused = wrote(judged(fold(destination, "peer", [asked.entry]), asked.entry, REFUSED));
    expect(saidIn(refused.entry)).to.deep.include({ accepted: false, code: "UNKNOWN_BACKUP", reason: REFUSED.reason });
    expect(saidIn(refused.entry)).to.not.have.any.keys("recoveredLogs");
    expect(refusedBackup(refused.state)).to.deep.equal({ by: "own", code: "UNKNOWN_BACKUP", reason: REFUSED.reason });
    expect(sent(next(refused.state))).to.include(refused.entry.entryHash);

    const told = fold(asked.state, "peer", [refused.entry]);
    expect(refusedBackup(told)).to.deep.equal({ by: "peer", code: "UNKNOWN_BACKUP", reason: REFUSED.reason });
    const compared = apply(told, { type: "ledger-unreachable", side: "own" });
    const effects = next(compared);
    expect(effects.some(({ type }) => type === "append")).to.equal(false);
    expect(sent(effects)).not.to.include(asked.entry.entryHash);
  });

  it("has a verdict for each RECOVER by itself", async () => {
    const { origin, destination } = pair();
    const first = await takenOver(origin);
    const refused = wrote(judged(fold(destination, "peer", [first.entry]), first.entry, REFUSED));
    const second = wrote(
      apply(apply(first.state, { type: "identified", identity: await identity({ epoch: 3 }) }), { type: "restarted" }),
      3,
    );
    const asked = fold(refused.state, "peer", [second.entry]);
    expect(judges(next(asked))).to.deep.equal([{ type: "judge", what: "backup", index: second.entry.index }]);
    expect(refusedBackup(asked)).to.equal(null);
  });

  it("is neither judged nor answered behind the end", async () => {
    const { origin, destination } = pair();
    const { entry } = await takenOver(origin);
    const closed = apply(fold(destination, "peer", [entry]), { type: "log-closed", log: "own" });
    expect(next(closed).map(({ type }) => type)).to.deep.equal(["finish"]);
  });

  it("is judged in a dispute, too", async () => {
    const { origin, destination } = pair();
    const { entry } = await takenOver(origin);
    const dispute = {
      reason: "FORK",
      gatewayId: DIGEST,
      index: 1,
      ownEntryHash: DIGEST,
      peerEntryHash: DIGEST,
    } as const;
    const disputed = wrote(apply(destination, { type: "disputed", dispute }));
    expect(judges(next(fold(disputed.state, "peer", [entry])))).to.have.length(1);
  });
});
