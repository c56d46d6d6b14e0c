import { randomUUID } from "node:crypto";

import { erc20Interface, erc721Interface } from "../../src/chain/contracts.ts";
import type { Lane } from "../../src/chain/lane.ts";
import { toHex, type Address } from "../../src/entry/hex.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { developmentSigner } from "./accounts.ts";
import { ACCOUNTS, type TestLedger, type TestLog } from "./deploy.ts";

/** UNIX seconds; far away. */
const DISTANT_FUTURE = 4_000_000_000;

/** Terms of a transfer from gateway A's ledger to gateway B's: of alice's asset to bob. */
export function makeTerms(
  origin: TestLedger,
  destination: TestLedger,
  asset: Pick<Terms, "standard" | "value"> & Partial<Terms>,
  log: TestLog | null = null,
): Terms {
  const side = (ledger: TestLedger, which: "A" | "B") => ({
    chainId: ledger.chain.chainId,
    escrow: ledger.escrow,
    token: ledger[asset.standard],
    owner: developmentSigner(ACCOUNTS[`owner${which}`]).address,
    keys: [developmentSigner(ACCOUNTS[`ledgerKey${which}`]).address],
  });
  return {
    sessionId: randomUUID(),
    tokenUri: "",
    originator: developmentSigner(ACCOUNTS.alice).address,
    beneficiary: developmentSigner(ACCOUNTS.bob).address,
    origin: side(origin, "A"),
    destination: side(destination, "B"),
    lockExpiry: DISTANT_FUTURE,
    cancelAfter: DISTANT_FUTURE,
    log: log && { chainId: log.chain.chainId, registry: log.logRegistry },
    attestors: [],
    attestorThreshold: 0,
    ...asset,
  };
}

/** The owner's approval; `owner` is a lane of the owner on the ledger. */
export async function approve(
  owner: Lane,
  ledger: TestLedger,
  asset: Pick<Terms, "standard" | "value">,
): Promise<void> {
  const token: Address = ledger[asset.standard];
  const contract = asset.standard === "erc20" ? erc20Interface : erc721Interface;
  await owner.send({
    to: token,
    data: toHex(contract.encodeFunctionData("approve", [ledger.escrow, BigInt(asset.value)])),
  });
}
