import { toReportFile } from "../../src/audit/report/report-file.ts";
import { toReport, type Made, type ReportFile } from "../../src/audit/report/report.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { toHex } from "../../src/entry/hex.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import { termsHashOf, type Terms } from "../../src/entry/terms.ts";
import type { RegistryWorld } from "./registry-world.ts";
import { sampleSigner } from "./sample-log.ts";
import { committedTransfer, refusedTransfer, TRANSFER } from "./stories.ts";

/** What a chain may hold and a page or a terminal must not: markup, a mark that turns the line around, a word without end, orders. */
export const HOSTILE = {
  markup: "</script><script>alert(1)</script>",
  turned: "\u202egnp.txt",
  long: "w".repeat(60),
  /** Wipes the screen, writes a verdict of its own, hides what follows, and ends the line to begin one more. */
  terminal: "\u001b[2J\u001b[HVERDICT: sound\u001b[8m\u202e\nVERDICT: sound",
} as const;

export const ALICE = toHex(sampleSigner("alice").address);
export const BOB = toHex(sampleSigner("bob").address);
const TOKEN = toHex(sampleSigner("token").address);

const MADE: Made = { at: "2026-01-02T03:04:05.678Z", by: "0.0.0", command: ["gatelog", "verify"] };

/** Four gateways with names of their own choosing, and two sessions: one moves 250 units of a token, one is refused. */
export async function tellReported(
  world: RegistryWorld,
): Promise<{ readonly committed: string; readonly refused: string }> {
  const [a, b] = [await world.register(HOSTILE.markup), await world.register(HOSTILE.turned)];
  await world.register(HOSTILE.long);
  await world.register(HOSTILE.terminal);
  const terms = termsOf(globalThis.crypto.randomUUID(), a.owner.address, b.owner.address);
  const end = (chainId: number, gatewayId: Terms["sessionId"]) => ({
    gatewayId: toHex(gatewayId),
    networkId: `eip155:${chainId}`,
    asset: `eip155:${chainId}/erc20:${TOKEN}`,
  });
  const committed = await world.open(a, b, {
    sessionId: terms.sessionId,
    origin: end(31337, a.gatewayId),
    destination: end(31338, b.gatewayId),
    amount: terms.value,
    termsHash: termsHashOf(terms),
  });
  await committedTransfer(world, committed, {
    setup: { payload: { terms } },
    midway: () => world.rotate(b),
  });
  const refused = await world.open(b, a, TRANSFER);
  await refusedTransfer(world, refused);
  return { committed: committed.facts.sessionId, refused: refused.facts.sessionId };
}

function termsOf(sessionId: string, ownerA: Terms["originator"], ownerB: Terms["originator"]): Terms {
  const side = (chainId: number, owner: Terms["originator"]) => ({
    ...{ chainId, escrow: toHex(sampleSigner(`escrow ${chainId}`).address), token: TOKEN },
    ...{ owner, keys: [owner] },
  });
  return {
    ...{
      sessionId,
      standard: "erc20",
      value: "250000000000000000000",
      tokenUri: "",
      originator: ALICE,
      beneficiary: BOB,
    },
    ...{ origin: side(31337, ownerA), destination: side(31338, ownerB), lockExpiry: 4_000_000_000 },
    ...{ cancelAfter: 4_100_000_000, log: null, attestors: [], attestorThreshold: 0 },
  };
}

export function fileOf(verification: Verification, signer: DigestSigner | null = null): Promise<ReportFile> {
  return toReportFile(toReport(verification), MADE, signer);
}
