import { sign, verify, type KeyObject, type X509Certificate } from "node:crypto";
import { z } from "zod";
import { canonicalBytes, type Json } from "../../entry/canonical.ts";
import { GatelogError } from "../../entry/errors.ts";
import type { GatewayId, Hex } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import type { GatewayRecord } from "../../store/log-store.ts";
import {
  checkRevocations,
  checkValidity,
  isIssuedBy,
  listsBackup,
  pathToRoot,
  readCertificate,
} from "./certificates.ts";
import type { SuccessionRule } from "./learning-credentials.ts";
import type { SuccessionClaim } from "./succession-credentials.ts";

/** Certificates that a backup shows: its own, and those between it and a root. */
const MAX_SHOWN = 4;
/** Characters of a certificate in PEM: all of them, and the rest of the RECOVER, fit into one entry. */
const MAX_PEM = 3_600;
const MAX_SIGNATURE = 1_024;

const credentialsSchema = z.strictObject({
  kind: z.literal("x509"),
  /** PEM, the backup's first. */
  certificates: z.array(z.string().max(MAX_PEM)).min(1).max(MAX_SHOWN),
  /** Of the certificate's key over `possessionBytes`, base64. */
  signature: z.base64().max(MAX_SIGNATURE),
});

/** What is known of a gateway whose backups come with certificates. */
export interface CertifiedGateway {
  /** PEM: of the primary of the epoch that is configured. */
  readonly certificate: string;
  /** PEM: authorities that are believed. */
  readonly roots: readonly string[];
  /** PEM: lists of revoked certificates, as they are now. */
  readonly revocations: () => Promise<readonly string[]>;
}

/** What a backup shows to peers that go by certificates. */
export function certificateCredentials(
  succession: Pick<SuccessionClaim, "gatewayId" | "epoch" | "publicKey">,
  certificates: readonly string[],
  key: KeyObject,
): Json {
  const signature = sign(hashFor(key), possessionBytes(succession), key).toString("base64");
  return { kind: "x509", certificates: [...certificates], signature };
}

/**
 * The rule of the drafts (draft-belchior-satp-gateway-recovery, primary-backup): the certification path of the backup's certificate
 * leads to a trusted root; its issuer has issued the crashed gateway's certificate, too; and that one lists the backup's, by its
 * hash. Beside it: none is past its time or revoked, and the certificate's key has signed the key that the backup logs with.
 * Who has followed is whose certificate lists the next: the drafts' chain of succession.
 */
export class CertificateRule implements SuccessionRule {
  readonly #gateways: ReadonlyMap<GatewayId, CertifiedGateway>;
  /** Certificates of primaries that have followed since the configuration. */
  readonly #followers = new Map<GatewayId, X509Certificate>();

  constructor(gateways: ReadonlyMap<GatewayId, CertifiedGateway>) {
    this.#gateways = gateways;
  }

  async check(claim: SuccessionClaim, _record: GatewayRecord, now: number | null): Promise<() => void> {
    const { gatewayId } = claim;
    const gateway = this.#gateways.get(gatewayId);
    if (gateway === undefined)
      throw new GatelogError("UNKNOWN_GATEWAY", "no certificate of the gateway is configured", { gatewayId });
    const shown = parseAs(credentialsSchema, claim.credentials, "MALFORMED", "credentials of the backup");
    const [backup, ...intermediates] = shown.certificates.map(readCertificate);
    if (backup === undefined) throw new GatelogError("MALFORMED", "the backup shows no certificate", { gatewayId });
    const primary = this.#followers.get(gatewayId) ?? readCertificate(gateway.certificate);
    const path = pathToRoot(backup, intermediates, gateway.roots.map(readCertificate));
    checkSameIssuer(backup, primary, path);
    if (!listsBackup(primary, backup))
      throw new GatelogError("UNKNOWN_BACKUP", "the primary's certificate does not list the backup's", {
        primary: primary.fingerprint256,
        actual: backup.fingerprint256,
      });
    if (now !== null) {
      checkValidity([primary, ...path], now);
      // Not the primary's own: its list is its authority's word, and a key that leaked is a reason to have a backup follow.
      await checkRevocations(path, await gateway.revocations(), now);
    }
    checkPossession(claim, backup, shown.signature);
    return () => void this.#followers.set(gatewayId, backup);
  }
}

function checkSameIssuer(
  backup: X509Certificate,
  primary: X509Certificate,
  [, issuer]: readonly X509Certificate[],
): void {
  if (issuer !== undefined && isIssuedBy(primary, issuer)) return;
  throw new GatelogError("FOREIGN_ISSUER", "another authority has issued the primary's certificate", {
    expected: primary.issuer,
    actual: backup.issuer,
  });
}

function checkPossession(claim: SuccessionClaim, { publicKey }: X509Certificate, signature: string): void {
  if (verify(hashFor(publicKey), possessionBytes(claim), publicKey, Buffer.from(signature, "base64"))) return;
  throw new GatelogError("INVALID_SIGNATURE", "the certificate's key has not signed the backup's new key", {
    gatewayId: claim.gatewayId,
    epoch: claim.epoch,
  });
}

/** Canonical JSON. The gateway and the epoch are in it, so that the signature is good for this succession and no other. */
function possessionBytes({ gatewayId, epoch, publicKey }: Pick<SuccessionClaim, "gatewayId" | "epoch" | "publicKey">) {
  const said: { readonly [member: string]: Json } & { newIdentityPublicKey: Hex } = {
    statement: "Gatelog succession",
    gatewayId,
    epoch,
    newIdentityPublicKey: publicKey,
  };
  return canonicalBytes(said);
}

/** Edwards curves hash by themselves. */
function hashFor({ asymmetricKeyType }: KeyObject): "sha256" | null {
  return asymmetricKeyType === "ed25519" || asymmetricKeyType === "ed448" ? null : "sha256";
}
