import { expect } from "chai";
import { canonicalBytes, type Json } from "../../../src/entry/canonical.ts";
import { signEntry, type SignedEntry } from "../../../src/entry/entry.ts";
import { ZERO_HASH } from "../../../src/entry/hex.ts";
import { sessionHashOf, type SessionFacts } from "../../../src/entry/session.ts";
import { COMMANDS, STEPS } from "../../../src/entry/vocabulary.ts";
import { publicKeyOf } from "../../../src/gateway/backups.ts";
import { claimIn, isClaim } from "../../../src/gateway/credentials/succession-credentials.ts";
import { expectError } from "../../support/expect-error.ts";
import { makeEntry, sampleGateway, sampleSession, sampleSigner } from "../../support/sample-log.ts";

const ALPHA = sampleGateway("alpha");
const backup = sampleSigner("backup");

describe("the claim of a RECOVER", () => {
  let facts: SessionFacts;
  let before: SignedEntry;
  let newIdentityPublicKey: string;

  beforeEach(async () => {
    ({ facts } = await sampleSession(ALPHA, sampleGateway("beta")));
    before = await makeEntry(facts, ALPHA, null);
    newIdentityPublicKey = await publicKeyOf(backup);
  });

  function recover(payload: Json, epoch = 2, signer = backup): Promise<SignedEntry> {
    const fields = {
      ...{ sessionId: facts.sessionId, sessionHash: sessionHashOf(facts), gatewayId: ALPHA.gatewayId, epoch },
      ...({ index: 1, seqNumber: 2, step: STEPS.recover, operation: "init", vote: "none" } as const),
      ...{ command: COMMANDS.recover, timestamp: 0, causedBy: ZERO_HASH, lastEntryHash: before.entryHash },
    };
    return signEntry(fields, canonicalBytes(payload), signer);
  }
  const claimed = (): { readonly [member: string]: Json } => ({ isBackup: true, newIdentityPublicKey });

  it("is that the key that has signed it began its epoch", async () => {
    const entry = await recover({ ...claimed(), credentials: { kind: "any" } });
    expect(claimIn(entry, before)).to.deep.equal({
      ...{ gatewayId: ALPHA.gatewayId, epoch: 2, publicKey: newIdentityPublicKey, key: backup.address },
      credentials: { kind: "any" },
    });
    expect(claimIn(entry, undefined)).to.include({ epoch: 2 });
  });

  it("is FALSE_CLAIM in an epoch that the log has an entry of, or that is over", async () => {
    const same = await recover(claimed(), 1);
    expectError(() => claimIn(same, before), "FALSE_CLAIM", { expected: 2, actual: 1 });
    const entry = await recover(claimed());
    const later = { ...before, epoch: 3 };
    expectError(() => claimIn(entry, later), "FALSE_CLAIM", { expected: 4, actual: 2 });
  });

  it("is FALSE_CLAIM if another key has signed it, or if it names none", async () => {
    const foreign = await recover(claimed(), 2, ALPHA.signer);
    expectError(() => claimIn(foreign, before), "FALSE_CLAIM", {
      expected: backup.address,
      actual: ALPHA.signer.address,
    });
    const nameless = await recover({ isBackup: true });
    expectError(() => claimIn(nameless, before), "FALSE_CLAIM");
    const uncompressed = await recover({ isBackup: true, newIdentityPublicKey: `0x04${"ab".repeat(64)}` });
    expectError(() => claimIn(uncompressed, before), "FALSE_CLAIM");
  });

  it("is refused with a key that is no point of the curve, and with other bytes than were hashed", async () => {
    const noPoint = await recover({ isBackup: true, newIdentityPublicKey: `0x02${"ff".repeat(32)}` });
    expectError(() => claimIn(noPoint, before), "INVALID_SIGNATURE");
    const entry = await recover(claimed());
    const other = canonicalBytes({ ...claimed(), kind: "QUORUM" });
    expectError(() => claimIn({ ...entry, payload: other }, before), "WRONG_PAYLOAD_HASH");
  });

  it("is made by a RECOVER that says so, and by no other entry", async () => {
    expect(isClaim(await recover(claimed()))).to.equal(true);
    expect(isClaim(await recover({ isBackup: false }))).to.equal(false);
    expect(isClaim(await recover({ isBackup: "true" }))).to.equal(false);
    expect(isClaim({ ...(await recover(claimed())), command: COMMANDS.peer })).to.equal(false);
  });
});
