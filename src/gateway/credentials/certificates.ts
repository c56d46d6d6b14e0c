import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { createHash, X509Certificate } from "node:crypto";
import { GatelogError } from "../../entry/errors.ts";

/**
 * Extension of a gateway's certificate with those of its backups: a DER `SEQUENCE OF OCTET STRING`, each the SHA-256 of a backup's
 * certificate in DER. The identifier is made of a UUID, under the arc that Microsoft gives out for that: nobody had to assign it, and
 * its numbers are small enough for every parser (a single number of 128 bits, as under 2.25, is not).
 */
export const BACKUPS_OID = "1.2.840.113556.1.8000.2554.61975.42939.3086.23449.39846.9826234.5717087";

/** Certificates on the way from a backup to a root, both included. */
const PATH_MAX = 5;
const HASH_LENGTH = 32;
/** Tag and length of an OCTET STRING of 32 bytes. */
const HASH_HEADER = Buffer.from([0x04, HASH_LENGTH]);
/** As many as the registry takes. */
const MAX_BACKUPS = 8;

const BASIC_CONSTRAINTS = "2.5.29.19";
/** What is understood here, or says nothing that could forbid what a certificate is used for here. A critical other is refused. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  BASIC_CONSTRAINTS,
  "2.5.29.15",
  "2.5.29.37",
  "2.5.29.17",
  BACKUPS_OID,
]);

/** A certificate from PEM or DER; MALFORMED, also if it demands what is not understood. */
export function readCertificate(encoded: string | Uint8Array): X509Certificate {
  return wellFormed(() => {
    const certificate = new X509Certificate(encoded);
    const unknown = extensionsOf(certificate).find(({ critical, type }) => critical && !UNDERSTOOD.has(type));
    if (unknown) throw new Error(`its extension ${unknown.type} is critical and not understood`);
    return certificate;
  });
}

/** The value of the extension: hashes of the certificates. */
export function backupsExtension(certificates: readonly X509Certificate[]): Uint8Array {
  return listOf(certificates.map(hashOf));
}

/** Whether the certificate's extension lists the other one. */
export function listsBackup(certificate: X509Certificate, backup: X509Certificate): boolean {
  const extension = extensionsOf(certificate).find(({ type }) => type === BACKUPS_OID);
  const hash = hashOf(backup);
  return extension !== undefined && hashesIn(Buffer.from(extension.value)).some((listed) => listed.equals(hash));
}

/**
 * The certification path from the certificate, which comes first, to one of the roots. FOREIGN_ISSUER if there is none: each
 * issuer must have signed, be an authority, and allow for as many below it. Validity is `checkValidity`'s.
 */
export function pathToRoot(
  certificate: X509Certificate,
  intermediates: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): X509Certificate[] {
  const path = [certificate];
  for (let last = certificate; path.length < PATH_MAX;) {
    const mayIssue = (issuer: X509Certificate): boolean =>
      isIssuedBy(last, issuer) && isAuthority(issuer, path.length - 1);
    const root = roots.find(mayIssue);
    if (root) return [...path, root];
    const next = intermediates.find((issuer) => !path.includes(issuer) && mayIssue(issuer));
    if (next === undefined) break;
    path.push(next);
    last = next;
  }
  throw new GatelogError("FOREIGN_ISSUER", "the backup's certificate leads to none of the configured roots", {
    issuer: certificate.issuer,
  });
}

export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** CREDENTIAL_EXPIRED unless the time is within the validity of each. @param now UNIX ms. */
export function checkValidity(certificates: readonly X509Certificate[], now: number): void {
  for (const { subject, validFromDate, validToDate } of certificates)
    if (now < validFromDate.getTime() || now > validToDate.getTime())
      throw new GatelogError("CREDENTIAL_EXPIRED", "a certificate is past its time, or before it", {
        subject,
        from: validFromDate.toISOString(),
        to: validToDate.toISOString(),
      });
}

/**
 * REVOKED if a list of an authority on the path names a certificate that it has issued; CREDENTIAL_EXPIRED if that list is past its
 * time. Lists of other authorities, and those that are not signed by whose they are, count for nothing. @param now UNIX ms.
 */
export async function checkRevocations(
  path: readonly X509Certificate[],
  lists: readonly string[],
  now: number,
): Promise<void> {
  for (const list of lists.map((encoded) => wellFormed(() => new x509.X509Crl(encoded))))
    for (const [place, issuer] of path.entries()) {
      const issued = path[place - 1];
      if (issued === undefined || !(await isListOf(list, issuer))) continue;
      const { subject, serialNumber } = issued;
      if (list.findRevoked(new x509.X509Certificate(issued.raw)))
        throw new GatelogError("REVOKED", "the certificate has been revoked", { subject, serialNumber });
      if (now < list.thisUpdate.getTime() || (list.nextUpdate !== undefined && now > list.nextUpdate.getTime()))
        throw new GatelogError(
          "CREDENTIAL_EXPIRED",
          "the list of revoked certificates is past its time, or before it",
          {
            ...{ issuer: issuer.subject, from: list.thisUpdate.toISOString() },
            ...(list.nextUpdate && { to: list.nextUpdate.toISOString() }),
          },
        );
    }
}

/** Keys of different kinds verify nothing of each other's, and some say so by throwing. */
async function isListOf(list: x509.X509Crl, { subject, raw }: X509Certificate): Promise<boolean> {
  const issuer = new x509.X509Certificate(raw);
  if (list.issuer !== issuer.subject) return false;
  try {
    return await list.verify({ publicKey: issuer });
  } catch (cause) {
    throw new GatelogError("MALFORMED", "the list of revoked certificates cannot be verified", { subject }, { cause });
  }
}

/** An authority that may have this many intermediates below it. */
function isAuthority(certificate: X509Certificate, below: number): boolean {
  const parsed = new x509.X509Certificate(certificate.raw);
  const constraints = parsed.getExtension(x509.BasicConstraintsExtension);
  const usages = parsed.getExtension(x509.KeyUsagesExtension)?.usages;
  const maySign = usages === undefined || (usages & x509.KeyUsageFlags.keyCertSign) !== 0;
  return certificate.ca && maySign && (constraints?.pathLength ?? below) >= below;
}

function extensionsOf({ raw }: X509Certificate): readonly x509.Extension[] {
  return new x509.X509Certificate(raw).extensions;
}

function hashOf({ raw }: X509Certificate): Buffer {
  return createHash("sha256").update(raw).digest();
}

/** What the extension lists; nothing unless it is in DER, byte for byte. */
function hashesIn(value: Buffer): Buffer[] {
  const size = HASH_HEADER.length + HASH_LENGTH;
  const count = Math.floor(value.length / size); // the list's own header is shorter than a hash
  const first = value.length - count * size;
  const hashes = Array.from({ length: count }, (_, place) => {
    const end = first + (place + 1) * size;
    return value.subarray(end - HASH_LENGTH, end);
  });
  return count <= MAX_BACKUPS && listOf(hashes).equals(value) ? hashes : [];
}

function listOf(hashes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(hashes.flatMap((hash) => [HASH_HEADER, hash]));
  const [high, low] = [body.length >> 8, body.length & 0xff];
  const size = body.length < 0x80 ? [low] : high === 0 ? [0x81, low] : [0x82, high, low];
  return Buffer.concat([Buffer.from([0x30, ...size]), body]);
}

function wellFormed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "";
    throw new GatelogError("MALFORMED", `no certificate, or no list of revoked ones: ${message}`, {}, { cause });
  }
}
