import type { Address } from "../../entry/hex.ts";
import type { CompactSignature } from "../../entry/signature.ts";
import { statementDigest, type RegistryDomain } from "../../entry/statements.ts";
import type { PrimaryChanged } from "../reading/events.ts";
import type { FindingList, Subject } from "../findings.ts";
import { signerOf, type Recover } from "./signers.ts";

/** What stands before a takeover or handover of the owner's will. */
interface Authority {
  readonly backups: readonly Address[];
  /** False if the event with the list is not the owner's. */
  readonly backupsProven: boolean;
  readonly takeoverInterval: number;
  readonly takeoverBlock: number;
}

/** Whether the new primary has signed, and the former one too if it was planned; a takeover has no second signature, not even a good one. */
export function checkSigned(
  event: PrimaryChanged,
  { domain, recover }: { readonly domain: RegistryDomain; readonly recover: Recover },
  findings: FindingList,
): boolean {
  const { gatewayId, epoch, key, former, planned, signature, formerSignature } = event;
  const name = planned ? "Handover" : "Takeover";
  const digest = statementDigest(domain, name, { gatewayId, expectedEpoch: epoch - 1, key });
  const signer = (of: CompactSignature): Address | "no signature" => signerOf(recover, digest, of) ?? "no signature";
  const signatures = [
    ["the new primary's", key, signer(signature)],
    ["the former primary's", planned ? former : "none", formerSignature === null ? "none" : signer(formerSignature)],
  ] as const;
  const wrong = signatures.filter(([, expected, found]) => expected !== found);
  for (const [whose, expected, found] of wrong)
    findings.add("PRIMARY_ALTERED", subjectOf(event), `${whose} signature of ${name}`, expected, found);
  return wrong.length === 0;
}

/** Whether the owner had authorised it. Under a list that is not the owner's that cannot be told, and nothing is proven. */
export function checkRight(event: PrimaryChanged, authority: Authority, findings: FindingList): boolean {
  const { key, planned, at } = event;
  const { backups, backupsProven, takeoverInterval, takeoverBlock } = authority;
  if (!backupsProven) return false;
  const subject = subjectOf(event);
  if (!backups.includes(key)) {
    const listed = backups.length === 0 ? "nobody" : backups.join(", ");
    findings.add("TAKEOVER_WITHOUT_RIGHT", subject, "new primary, of the backups listed", listed, key);
    return false;
  }
  const earliest = takeoverBlock + takeoverInterval;
  if (!planned && takeoverBlock !== 0 && at.block < earliest)
    findings.add("TAKEOVER_WITHOUT_RIGHT", subject, "block of the takeover", `${earliest} or later`, at.block);
  return true;
}

function subjectOf({ gatewayId, at }: PrimaryChanged): Subject {
  return { gatewayId, block: at.block, order: at.order };
}
