import type { GatewayId, Hash } from "../../entry/hex.ts";
import type { CompactSignature } from "../../entry/signature.ts";
import type { Place } from "../reading/events.ts";
import type { FindingCode, Subject } from "../findings.ts";
import type { Inquiry } from "../inquiry.ts";
import { signerOf } from "./signers.ts";

/** A statement that only the current key of its gateway can make. */
export interface SignedStatement {
  readonly at: Place;
  readonly gatewayId: GatewayId;
  readonly epoch: number;
  readonly digest: Hash;
  readonly signature: CompactSignature;
}

/** Finds what is not signed by the key that was the gateway's at this place. With an unproven key nothing can be told. */
export function checkCurrentSigner(
  { gateways, recover, findings }: Inquiry,
  subject: Subject,
  { at, gatewayId, epoch, digest, signature }: SignedStatement,
  { what, code }: { readonly what: string; readonly code: FindingCode },
): void {
  const current = gateways.keyAt(gatewayId, at.order);
  if (current === undefined) {
    findings.add("KEY_NOT_VALID", subject, `gateway of the ${what}`, "a registered gateway", gatewayId);
    return;
  }
  if (!current.proven) return; // found wanting already
  const signer = signerOf(recover, digest, signature);
  if (signer !== current.key)
    findings.add(code, subject, `the gateway's signature, epoch ${epoch}`, current.key, signer ?? "no signature");
  else if (epoch !== current.epoch)
    findings.add("KEY_NOT_VALID", subject, `epoch of the ${what}`, current.epoch, epoch);
}
