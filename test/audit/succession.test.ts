import { expect } from "chai";
import { REGISTRY_EVENTS } from "../../src/audit/reading/event-decoder.ts";
import type { Finding } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { toHex, ZERO_HASH, type GatewayId } from "../../src/entry/hex.ts";
import { splitSignature } from "../../src/entry/signature.ts";
import { statementDigest } from "../../src/entry/statements.ts";
import { audit, kindOf, mutatedLogs, names, recorded, without } from "../support/doctored.ts";
import type { Recording } from "../support/recorded-reader.ts";
import { backupSigner, type RegistryWorld } from "../support/registry-world.ts";

const INTERVAL = 5;
let gatewayId: GatewayId = ZERO_HASH;

/** A session in whose midst the origin's primary is taken over from, comes back by handover, and is rotated; all of them write. */
async function story(world: RegistryWorld): Promise<void> {
  const a = await world.register("a");
  const b = await world.register("b");
  ({ gatewayId } = a);
  await world.setBackups(a, ["one", "two"], INTERVAL);
  const session = await world.open(a, b);
  await world.say(session, a, "init-other");
  await world.takeOver(a, "two");
  await world.say(session, a, "exec-other");
  await world.handOver(a, "one");
  await world.say(session, a, "done-other");
  await world.setBackups(a, [], 0);
  await world.rotate(a);
  await world.say(session, a, "init-other");
  await world.closeLog(session, a);
}

/** A group alone: a list, a takeover, and a handover last. */
async function succession(world: RegistryWorld): Promise<void> {
  const a = await world.register("a");
  await world.setBackups(a, ["one", "two"], INTERVAL);
  await world.takeOver(a, "one");
  await world.handOver(a, "two");
}

describe("verify over changes of the primary", function () {
  this.timeout(120_000);
  let recording: Recording;

  before(async () => {
    recording = await recorded(story);
  });

  const placeOf = (kind: string, nth = 0): number =>
    [...recording.logs.keys()].filter((place) => kindOf(recording.logs[place]!) === kind)[nth]!;
  const find = async (logs: readonly RawLog[]): Promise<Finding[]> => [...(await audit(recording, logs)).findings];
  const codes = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code);
  const rightless = (findings: readonly Finding[]): Finding | undefined =>
    findings.find(({ code }) => code === "TAKEOVER_WITHOUT_RIGHT");
  const isOf = (finding: Finding): boolean => finding.gatewayId === gatewayId;

  it("is sound where each epoch's entries are signed by its key, however the epoch began", async () => {
    const { verdict, trusted, entries } = await audit(recording);
    expect(verdict).to.equal("sound");
    expect(entries).to.deep.equal({ total: 4, withPayload: 4 });
    const keys = trusted.gateways.find((gateway) => gateway.gatewayId === gatewayId)?.keys;
    expect(keys?.map(({ epoch }) => epoch)).to.deep.equal([1, 2, 3, 4]);
    expect(keys?.[1]?.key).to.equal(backupSigner("two").address);
  });

  it("finds every byte of lists and successions, and names the gateway", async () => {
    const alone = await recorded(succession);
    expect((await audit(alone)).verdict).to.equal("sound");
    const missed: string[] = [];
    let count = 0;
    for (const [place, original] of alone.logs.entries()) {
      if (kindOf(original) !== "BackupsSet" && kindOf(original) !== "PrimaryChanged") continue;
      for (const { where, log } of mutatedLogs(original)) {
        count += 1;
        const { verdict, findings } = await audit(alone, alone.logs.with(place, log));
        if (verdict !== "findings" || !findings.some((finding) => names(finding, original)))
          missed.push(`event ${place} (${kindOf(original)}), ${where}: ${codes(findings).join(" ")}`);
      }
    }
    expect(missed).to.deep.equal([]);
    expect(count).to.be.greaterThan(1_500);
  });

  it("finds a takeover, a handover or a list that is withheld", async () => {
    for (const [kind, nth] of [
      ["PrimaryChanged", 0],
      ["PrimaryChanged", 1],
      ["BackupsSet", 0],
    ] as const) {
      const findings = await find(without(recording.logs, placeOf(kind, nth)));
      expect(
        findings.some((finding) => finding.code === "REGISTRY_INCOMPLETE" && isOf(finding)),
        `${kind} ${nth}`,
      ).to.equal(true);
    }
  });

  it("finds the last takeover withheld by what the registry holds", async () => {
    const last = await recorded(succession);
    const { findings } = await audit(last, last.logs.slice(0, -1));
    expect(codes(findings)).to.deep.equal(["REGISTRY_INCOMPLETE"]);
  });

  it("finds a takeover that is doubled, or told as another kind", async () => {
    const place = placeOf("PrimaryChanged");
    const log = recording.logs[place]!;
    const later = { ...log, blockNumber: log.blockNumber + 1, logIndex: 7 };
    expect(codes(await find(recording.logs.toSpliced(place + 1, 0, later)))).to.include("EVENT_DOUBLED");
    expect(codes(await find(recording.logs.with(place, altered(log, { planned: true }))))).to.include(
      "PRIMARY_ALTERED",
    );
  });

  it("names an entry that the former primary signed behind the takeover", async () => {
    const place = placeOf("PrimaryChanged");
    const entry = recording.logs.findIndex((log, at) => at > place && kindOf(log) === "EntryAppended");
    const early = { ...recording.logs[entry]!, blockNumber: recording.logs[place]!.blockNumber - 1, logIndex: 9 };
    const moved = recording.logs.toSpliced(entry, 1).toSpliced(place, 0, early);
    expect((await find(moved)).some(({ code, index }) => code === "KEY_NOT_VALID" && index === 1)).to.equal(true);
  });

  describe("that no honest registry would have taken", () => {
    it("finds a primary that the owner had not listed, though it signed", async () => {
      const logs = await withTakeoverBy("stranger", { after: INTERVAL });
      const findings = await find(logs);
      expect(rightless(findings)).to.include({ gatewayId, found: backupSigner("stranger").address });
      expect(codes(findings)).not.to.include("PRIMARY_ALTERED");
    });

    it("finds a takeover before the owner's interval has passed", async () => {
      const findings = await find(await withTakeoverBy("one", { after: INTERVAL - 1 }));
      expect(rightless(findings)).to.include({ gatewayId, what: "block of the takeover" });
      expect(rightless(await find(await withTakeoverBy("one", { after: INTERVAL })))).to.equal(undefined);
    });
  });

  /** In place of all that came after the takeover, a second one by this key, so many blocks after the first. */
  async function withTakeoverBy(name: string, { after }: { after: number }): Promise<RawLog[]> {
    const place = placeOf("PrimaryChanged");
    const first = recording.logs[place]!;
    const signer = backupSigner(name);
    const domain = { chainId: recording.anchor.chainId, registry: recording.anchor.registry };
    const statement = { gatewayId, expectedEpoch: 2, key: signer.address };
    const { r, vs } = splitSignature(await signer.signDigest(statementDigest(domain, "Takeover", statement)));
    const former = backupSigner("two").address;
    const second = altered(first, { epoch: 3, key: signer.address, former, previousBlock: first.blockNumber, r, vs });
    return [...recording.logs.slice(0, place + 1), { ...second, blockNumber: first.blockNumber + after }];
  }

  function altered(log: RawLog, change: Readonly<Record<string, unknown>>): RawLog {
    const fragment = REGISTRY_EVENTS.getEvent("PrimaryChanged")!;
    const values = REGISTRY_EVENTS.decodeEventLog(fragment, log.data, log.topics).toObject();
    const { data } = REGISTRY_EVENTS.encodeEventLog(fragment, Object.values({ ...values, ...change }));
    return { ...log, data: toHex(data) };
  }
});
