import { AbiCoder, keccak256, ParamType, toUtf8Bytes, TypedDataEncoder } from "ethers";
import { z } from "zod";
import {
  addressSchema,
  sessionIdSchema,
  sessionIdToBytes16,
  toHex,
  uint256Schema,
  ZERO_ADDRESS,
  type Address,
  type Hash,
  type Hex,
} from "./hex.ts";
import { Memo } from "./memo.ts";

export const STANDARDS = { erc20: 1, erc721: 2 } as const;
export type Standard = keyof typeof STANDARDS;

/** Most keys of a group, and most attestors, that terms may list. */
export const MAX_KEYS = 16;
/** Bytes of UTF-8; the escrow refuses more. */
export const MAX_TOKEN_URI_SIZE = 2_048;

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

const termsMembers = z.strictObject({
  sessionId: sessionIdSchema,
  standard: z.enum(["erc20", "erc721"]),
  /** Amount in the token's smallest unit, or token id; decimal. */
  value: uint256Schema,
  /** ERC-721 alone. */
  tokenUri: z
    .string()
    .refine(
      (text) => text.isWellFormed() && toUtf8Bytes(text).length <= MAX_TOKEN_URI_SIZE,
      "at most 2,048 bytes of UTF-8",
    ),
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

/**
 * The escrow terms (R1b): what both parties agreed on before anything was locked. Their hash keys the escrows.
 * Asks for what the escrow asks for (`EscrowTerms.requireValid`), so that bad terms are refused before anything is logged.
 */
export const termsSchema = termsMembers.superRefine((terms, context) => {
  const { origin, destination, attestors, attestorThreshold, standard } = terms;
  const isAccount = (address: Address): boolean => address !== ZERO_ADDRESS;
  const rules: readonly (readonly [path: string, holds: boolean])[] = [
    ["value", standard !== "erc20" || terms.value !== "0"],
    ["tokenUri", standard !== "erc20" || terms.tokenUri === ""],
    ["originator", isAccount(terms.originator) && terms.originator !== origin.escrow],
    ["beneficiary", isAccount(terms.beneficiary) && terms.beneficiary !== destination.escrow],
    ["origin", [origin.escrow, origin.token, origin.owner, ...origin.keys].every(isAccount)],
    ["destination", [destination.escrow, destination.token, destination.owner, ...destination.keys].every(isAccount)],
    // One escrow on both sides would have one state for two roles.
    ["destination.escrow", destination.escrow !== origin.escrow || destination.chainId !== origin.chainId],
    ["log", terms.log === null || isAccount(terms.log.registry)],
    ["attestors", attestors.every(isAccount)],
    [
      "attestorThreshold",
      attestorThreshold <= attestors.length && (attestorThreshold === 0) === (attestors.length === 0),
    ],
  ];
  for (const [path, holds] of rules)
    if (!holds) context.addIssue({ code: "custom", path: path.split("."), message: "the escrow refuses such terms" });
});

export type Terms = z.infer<typeof termsSchema>;

const SIDE = "tuple(uint64 chainId,address escrow,address token,address owner,address[] keys)";
/** ABI type of `IAssetEscrow.Terms`; parsed once, because parsing takes longer than encoding. */
const TERMS_ABI_TYPE = ParamType.from(
  `tuple(bytes16 sessionId,uint8 standard,uint256 value,string tokenUri,address originator,address beneficiary,` +
    `${SIDE} origin,${SIDE} destination,uint64 lockExpiry,uint64 cancelAfter,uint64 logChainId,address logRegistry,` +
    `address[] attestors,uint8 attestorThreshold)`,
);

/** The terms as the contracts take them. */
export function termsToAbi(terms: Terms) {
  const { log, sessionId, standard, value, ...rest } = terms;
  return {
    ...rest,
    sessionId: sessionIdToBytes16(sessionId),
    standard: STANDARDS[standard],
    value: BigInt(value),
    logChainId: log?.chainId ?? 0,
    logRegistry: log?.registry ?? ZERO_ADDRESS,
  };
}

/** Terms are hashed for every look at a ledger, and encoding them takes most of a millisecond. About 1 MB when full. */
const knownHashes = new Memo<Hash>(256);

/** `keccak256(abi.encode(terms))`. */
export function termsHashOf(terms: Terms): Hash {
  return knownHashes.of(JSON.stringify(terms), () =>
    toHex(keccak256(AbiCoder.defaultAbiCoder().encode([TERMS_ABI_TYPE], [termsToAbi(terms)]))),
  );
}

export const FACTS = { REGISTER_COMMIT: 1, REGISTER_ABORT: 2, DESTINATION_CANCELLED: 3 } as const;
export type CertificateFact = keyof typeof FACTS;

/** What a chain finally holds (R3), as signed. */
export interface CertificateClaim {
  readonly termsHash: Hash;
  readonly fact: CertificateFact;
  readonly chainId: number;
  /** Log registry, or destination escrow. */
  readonly source: Address;
  readonly blockNumber: number;
  readonly blockHash: Hash;
}

export interface Certificate extends CertificateClaim {
  /** 65 bytes each. */
  readonly signatures: readonly Hex[];
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
