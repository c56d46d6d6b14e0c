import { AbiCoder, keccak256, TypedDataEncoder } from "ethers";
import { z } from "zod";
import { addressSchema, sessionIdSchema, sessionIdToBytes16, toHex, type Hash } from "./hex.ts";

export const STANDARDS = { erc20: 1, erc721: 2 } as const;
export type Standard = keyof typeof STANDARDS;

/** Most keys of a group, and most attestors, that terms may list. */
export const MAX_KEYS = 16;

const sideSchema = z.strictObject({
  /** EIP-155 id of the ledger. */
  chainId: z.int().positive(),
  escrow: addressSchema,
  token: addressSchema,
  /** Owner of the gateway group. */
  owner: addressSchema,
  /** Every ledger key of the group, primary and backups. */
  keys: z.array(addressSchema).min(1).max(MAX_KEYS),
});

/** The escrow terms (R1b of the model): what both parties agreed on before anything was locked. Their hash keys the escrows. */
export const termsSchema = z.strictObject({
  sessionId: sessionIdSchema,
  standard: z.enum(["erc20", "erc721"]),
  /** Amount in the token's smallest unit, or token id; decimal. */
  value: z.string().regex(/^(0|[1-9][0-9]*)$/).max(78),
  tokenUri: z.string().max(2_048),
  originator: addressSchema,
  beneficiary: addressSchema,
  origin: sideSchema,
  destination: sideSchema,
  /** UNIX seconds, origin ledger's clock: from then on the originator may unlock. */
  lockExpiry: z.int().positive(),
  /** UNIX seconds, destination ledger's clock: from then on anyone may cancel. */
  cancelAfter: z.int().positive(),
  /** Register: the log chain and registry, or null when the destination escrow is the register. */
  log: z.strictObject({ chainId: z.int().positive(), registry: addressSchema }).nullable(),
  attestors: z.array(addressSchema).max(MAX_KEYS),
  attestorThreshold: z.int().min(0).max(MAX_KEYS),
});

export type Terms = z.infer<typeof termsSchema>;
export type TermsSide = z.infer<typeof sideSchema>;

const SIDE = "tuple(uint64 chainId,address escrow,address token,address owner,address[] keys)";
/** ABI type of `IAssetEscrow.Terms`. */
export const TERMS_ABI_TYPE =
  `tuple(bytes16 sessionId,uint8 standard,uint256 value,string tokenUri,address originator,address beneficiary,` +
  `${SIDE} origin,${SIDE} destination,uint64 lockExpiry,uint64 cancelAfter,uint64 logChainId,address logRegistry,` +
  `address[] attestors,uint8 attestorThreshold)`;

/** The terms as the contracts take them. */
export function termsToAbi(terms: Terms) {
  const { log, sessionId, standard, value, ...rest } = terms;
  return {
    ...rest,
    sessionId: sessionIdToBytes16(sessionId),
    standard: STANDARDS[standard],
    value: BigInt(value),
    logChainId: log?.chainId ?? 0,
    logRegistry: log?.registry ?? `0x${"0".repeat(40)}`,
  };
}

/** `keccak256(abi.encode(terms))`. */
export function termsHashOf(terms: Terms): Hash {
  return toHex(keccak256(AbiCoder.defaultAbiCoder().encode([TERMS_ABI_TYPE], [termsToAbi(terms)])));
}

export const FACTS = { REGISTER_COMMIT: 1, REGISTER_ABORT: 2, DESTINATION_CANCELLED: 3 } as const;
export type CertificateFact = keyof typeof FACTS;

/** What a chain finally holds (R3), as signed. */
export interface CertificateClaim {
  readonly termsHash: Hash;
  readonly fact: CertificateFact;
  readonly chainId: number;
  readonly source: Hash;
  readonly blockNumber: number;
  readonly blockHash: Hash;
}

export interface Certificate extends CertificateClaim {
  /** 65 bytes each. */
  readonly signatures: readonly Hash[];
}

const CERTIFICATE_TYPES = {
  Certificate: [
    { name: "termsHash", type: "bytes32" },
    { name: "fact", type: "uint8" },
    { name: "chainId", type: "uint64" },
    { name: "source", type: "address" },
    { name: "blockNumber", type: "uint64" },
    { name: "blockHash", type: "bytes32" },
  ],
};

/** EIP-712 digest under a domain of name and version alone: the terms name the ledgers. */
export function certificateDigest(claim: CertificateClaim): Hash {
  const domain = { name: "Gatelog Certificate", version: "1" };
  return toHex(TypedDataEncoder.hash(domain, CERTIFICATE_TYPES, { ...claim, fact: FACTS[claim.fact] }));
}
