import "reflect-metadata";
import { KeyObject, X509Certificate, type webcrypto } from "node:crypto";
import { backupsExtension, BACKUPS_OID } from "../../src/gateway/credentials/certificates.ts";
import * as x509 from "@peculiar/x509";

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 60 * 60_000;
/** Certificates are valid around this time, unless a test says otherwise. UNIX ms. */
export const NOW = Date.UTC(2026, 0, 1);

/** A certificate with its key. */
export interface Certified {
  readonly pem: string;
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface CertificateWish {
  /** Who issues it; nobody: by itself. */
  readonly issuer?: Certified | undefined;
  readonly isAuthority?: boolean;
  readonly pathLength?: number;
  readonly backups?: readonly Certified[];
  readonly from?: number;
  readonly to?: number;
  readonly algorithm?: { readonly name: string; readonly namedCurve?: string; readonly hash?: string };
  /** An empty extension that whoever reads the certificate must understand. */
  readonly critical?: string;
}

let serial = 0;

export async function certify(name: string, wish: CertificateWish = {}): Promise<Certified> {
  const { issuer, isAuthority = false, pathLength, backups = [], algorithm = P256 } = wish;
  // WebCrypto gives a pair for each of these algorithms.
  const keys = (await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  serial += 1;
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString(16).padStart(4, "0"),
    subject: `CN=${name}`,
    issuer: issuer === undefined ? `CN=${name}` : new x509.X509Certificate(issuer.pem).subject,
    notBefore: new Date(wish.from ?? NOW - DAY_MS),
    notAfter: new Date(wish.to ?? NOW + DAY_MS),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: issuer === undefined ? algorithm : P256,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, pathLength, true),
      ...(backups.length === 0
        ? []
        : [new x509.Extension(BACKUPS_OID, false, backupsExtension(backups.map(({ certificate }) => certificate)))]),
      ...(wish.critical === undefined ? [] : [new x509.Extension(wish.critical, true, new Uint8Array([0x30, 0]))]),
    ],
  });
  const pem = made.toString("pem");
  return { pem, certificate: new X509Certificate(pem), key: KeyObject.from(keys.privateKey), keys };
}

/** The authority's list of what it has revoked. */
export async function revoke(
  issuer: Certified,
  revoked: readonly Certified[],
  nextUpdate = NOW + DAY_MS,
  thisUpdate = NOW - DAY_MS,
): Promise<string> {
  const made = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(issuer.pem).subject,
    thisUpdate: new Date(thisUpdate),
    nextUpdate: new Date(nextUpdate),
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: P256,
    entries: revoked.map(({ certificate }) => ({ serialNumber: certificate.serialNumber })),
  });
  return made.toString("pem");
}
