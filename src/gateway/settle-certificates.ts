import { Signature } from "ethers";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { addressSchema, hashSchema, hexSchema, toHex, type Address, type Hex } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { expandSignature, recoverSigner, type DigestSigner } from "../entry/signature.ts";
import {
  certificateDigest,
  FACTS,
  MAX_KEYS,
  termsHashOf,
  type Certificate,
  type CertificateClaim,
  type CertificateFact,
  type Terms,
} from "../entry/terms.ts";

const certificateSchema = z.strictObject({
  termsHash: hashSchema,
  fact: z.enum(["REGISTER_COMMIT", "REGISTER_ABORT", "DESTINATION_CANCELLED"]),
  chainId: z.int().positive(),
  source: addressSchema,
  blockNumber: z.int().min(0),
  blockHash: hashSchema,
  signatures: z.array(hexSchema).max(MAX_KEYS),
});

/** A certificate from a file; MALFORMED if it is none, whatever else it may be signed for. */
export function parseCertificate(document: unknown, name: string): Certificate {
  return parseAs(certificateSchema, document, "MALFORMED", `the certificate ${name}`);
}

/** Whose single signature states the fact (`EscrowCertificates.sol`, decision 007): of COMMIT the origin's side is no witness. */
function witnessesOf({ origin, destination }: Terms, fact: CertificateFact): readonly Address[] {
  const sides = fact === "REGISTER_COMMIT" ? [destination] : [destination, origin];
  return sides.flatMap(({ owner, keys }) => [owner, ...keys]);
}

/** Chain and contract that a certificate of the fact speaks of; NO_REGISTER if the terms have none. */
export function sourceOf(
  { destination, log }: Terms,
  fact: CertificateFact,
): Pick<CertificateClaim, "chainId" | "source"> {
  if (fact === "DESTINATION_CANCELLED") return { chainId: destination.chainId, source: destination.escrow };
  if (log === null) throw new GatelogError("NO_REGISTER", `without a register nothing states ${fact}`, { fact });
  return { chainId: log.chainId, source: log.registry };
}

/** Whether these accounts can sign a whole certificate of the fact. */
export function canState(terms: Terms, fact: CertificateFact, accounts: readonly Address[]): boolean {
  if (terms.log === null && fact !== "DESTINATION_CANCELLED") return false;
  const witnesses = witnessesOf(terms, fact);
  if (accounts.some((account) => witnesses.includes(account))) return true;
  const attestors = new Set(accounts.filter((account) => terms.attestors.includes(account)));
  return terms.attestorThreshold > 0 && attestors.size >= terms.attestorThreshold;
}

/** FOREIGN_SIGNATURE if no certificate under these terms can do with the account's signature. */
export function requireSignatory(terms: Terms, account: Address): void {
  if (terms.attestors.includes(account) || witnessesOf(terms, "DESTINATION_CANCELLED").includes(account)) return;
  throw new GatelogError(
    "FOREIGN_SIGNATURE",
    `${account} signs no certificate of this session: the terms name it neither as a group's key or owner nor as an attestor`,
    { actual: account },
  );
}

/**
 * Signatures that the certificate still lacks. Throws if it could never be carried: INVALID_TERMS (it is about another session,
 * chain or contract), FOREIGN_SIGNATURE (somebody else signed it, or signed something else), INVALID_SIGNATURE.
 */
export function missingSignatures(terms: Terms, certificate: Certificate): number {
  const { chainId, source } = sourceOf(terms, certificate.fact);
  const termsHash = termsHashOf(terms);
  if (certificate.termsHash !== termsHash || certificate.chainId !== chainId || certificate.source !== source)
    throw new GatelogError("INVALID_TERMS", "the certificate is about another session, chain or contract", {
      expected: `${termsHash} ${chainId} ${source}`,
      actual: `${certificate.termsHash} ${certificate.chainId} ${certificate.source}`,
    });
  const signers = signersOf(certificate);
  const [first] = signers;
  if (signers.length === 1 && first !== undefined && witnessesOf(terms, certificate.fact).includes(first)) return 0;
  const foreign = signers.find((signer) => !terms.attestors.includes(signer));
  if (foreign !== undefined)
    throw new GatelogError(
      "FOREIGN_SIGNATURE",
      `${foreign} may not state ${certificate.fact}: ${whoMay(terms, certificate.fact)}`,
      { fact: certificate.fact, actual: foreign },
    );
  if (signers.some((signer, place) => place > 0 && BigInt(signer) <= BigInt(signers[place - 1] ?? 0)))
    throw new GatelogError("INVALID_SIGNATURE", "the attestors' signatures are not in ascending order of account");
  const asked = Math.max(terms.attestorThreshold, 1);
  if (signers.length > asked)
    throw new GatelogError("INVALID_SIGNATURE", "the certificate has more signatures than the terms ask for", {
      expected: asked,
      actual: signers.length,
    });
  return asked - signers.length;
}

/** The account whose signature is enough, or those that must sign together, in words. */
export function whoMay({ attestors, attestorThreshold }: Terms, fact: CertificateFact): string {
  const group = fact === "REGISTER_COMMIT" ? "the destination's group" : "either group";
  const together = attestorThreshold > 0 ? `, or ${attestorThreshold} of ${attestors.length} attestors` : "";
  return `a key or the owner of ${group}${together}`;
}

/**
 * The claim under whatever signatures these signers can add to those that stand on it. The caller has read what it says from a
 * final block. Complete if `missingSignatures` says 0.
 */
export async function signCertificate(
  terms: Terms,
  claim: CertificateClaim & { readonly signatures?: readonly Hex[] },
  signers: readonly DigestSigner[],
): Promise<Certificate> {
  const { termsHash, fact, chainId, source, blockNumber, blockHash } = claim;
  const unsigned = { termsHash, fact, chainId, source, blockNumber, blockHash, signatures: [] };
  const digest = certificateDigest(unsigned);
  const sign = async (signer: DigestSigner): Promise<Hex> => expandSignature(await signer.signDigest(digest));

  const witnesses = witnessesOf(terms, fact);
  const witness = signers.find(({ address }) => witnesses.includes(address));
  if (witness !== undefined) return { ...unsigned, signatures: [await sign(witness)] };

  const standing = { ...unsigned, signatures: claim.signatures ?? [] };
  const signed = new Map(signersOf(standing).map((account, place) => [account, standing.signatures[place] ?? "0x"]));
  for (const signer of signers)
    if (
      signed.size < terms.attestorThreshold &&
      terms.attestors.includes(signer.address) &&
      !signed.has(signer.address)
    )
      signed.set(signer.address, await sign(signer));
  if (signed.size === 0)
    throw new GatelogError("FOREIGN_SIGNATURE", `no key at hand may state ${fact}: ${whoMay(terms, fact)}`, { fact });
  const ascending = [...signed].sort(([a], [b]) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return { ...unsigned, signatures: ascending.map(([, signature]) => signature) };
}

/** Facts that a certificate can state. */
export const CERTIFIABLE = Object.keys(FACTS) as readonly CertificateFact[];

function signersOf(certificate: Certificate): Address[] {
  const digest = certificateDigest(certificate);
  return certificate.signatures.map((signature) => recoverSigner(digest, compact(signature)));
}

/** Contracts take 65 bytes, this project keeps 64. */
function compact(signature: Hex): Hex {
  try {
    return toHex(Signature.from(signature).compactSerialized);
  } catch (cause) {
    throw new GatelogError("INVALID_SIGNATURE", "not a signature of 65 bytes", { signature }, { cause });
  }
}
