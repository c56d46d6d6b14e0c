import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { addressSchema, hashSchema, type Address, type GatewayId, type Hash } from "../entry/hex.ts";
import type { FindingList } from "./findings.ts";
import type { Gateways } from "./checks/gateways.ts";
import type { Anchor, AuditReader } from "./reading/reader.ts";

/** What a verdict rests on and cannot prove: which chain, which contract, up to which block, whose keys. */
export interface Trusted {
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly registry: Address;
  readonly block: { readonly number: number; readonly hash: Hash };
  readonly gateways: readonly TrustedGateway[];
  /** Left out where one node of the chain was asked. */
  readonly source?: TrustedSource | undefined;
}

/** Who was asked in a node's place, or beside it. */
export interface TrustedSource {
  /** Null: nodes alone. */
  readonly file: TrustedFile | null;
  /** What was believed without a proof, and what was compared, one sentence each. */
  readonly notes: readonly string[];
}

export interface TrustedFile {
  readonly path: string;
  /** Of its bytes. */
  readonly sha256: Hash;
  /** From a chain, or from a store: then chain, registry and block are zero. */
  readonly from: "chain" | "store";
  /** As the file says. */
  readonly madeAt: string;
  readonly madeBy: string | null;
  readonly program: string;
}

export interface TrustedGateway {
  readonly gatewayId: GatewayId;
  readonly owner: Address;
  readonly name: string;
  readonly keys: readonly { readonly epoch: number; readonly key: Address }[];
}

/**
 * What the verdict must rest on, pinned beforehand: any part of `Trusted`, so that what one audit printed pins the next. A
 * block is pinned by its hash. Keys are pinned epoch by epoch; later epochs, and gateways that are not named, are not pinned.
 */
export const expectationSchema = z.strictObject({
  /** 0: no chain, but private logs. */
  chainId: z.int().min(0).optional(),
  genesisHash: hashSchema.optional(),
  registry: addressSchema.optional(),
  block: z.strictObject({ number: z.int().min(0), hash: hashSchema }).optional(),
  gateways: z
    .array(
      z.strictObject({
        gatewayId: hashSchema,
        /** Follow from the id; taken so that what one audit printed can be given to the next as it is. */
        owner: addressSchema.optional(),
        name: z.string().optional(),
        keys: z.array(z.strictObject({ epoch: z.int().positive(), key: addressSchema })),
      }),
    )
    .optional(),
  /** Pins nothing: the next audit may ask somebody else. */
  source: z.looseObject({}).optional(),
});

export type Expectation = z.infer<typeof expectationSchema>;

/** Throws WRONG_CHAIN if another chain or contract is being asked than was pinned: then nothing it says matters. */
export function checkIdentity(anchor: Anchor, expected: Expectation): void {
  for (const member of ["chainId", "genesisHash", "registry"] as const) {
    const pinned = expected[member];
    if (pinned === undefined || pinned === anchor[member]) continue;
    throw new GatelogError("WRONG_CHAIN", `${member} is ${anchor[member]}; ${pinned} is pinned`, {
      member,
      expected: pinned,
      actual: anchor[member],
    });
  }
}

/** Compares what is pinned of blocks and keys. */
export async function checkPins(
  reader: AuditReader,
  gateways: Gateways,
  expected: Expectation,
  findings: FindingList,
): Promise<void> {
  for (const { gatewayId, keys } of expected.gateways ?? [])
    for (const { epoch, key } of keys) {
      const found = gateways.keyOf(gatewayId, epoch)?.key;
      if (found !== key) findings.add("TRUST_MISMATCH", { gatewayId }, `key of epoch ${epoch}`, key, found ?? "none");
    }
  await checkPinnedBlock(reader, expected, findings);
}

/** Compares what is pinned of blocks. */
export async function checkPinnedBlock(
  reader: Pick<AuditReader, "blockOf">,
  { block }: Expectation,
  findings: FindingList,
): Promise<void> {
  if (block === undefined) return;
  const { number, hash } = block;
  const actual = await reader.blockOf(number);
  if (actual.hash !== hash)
    findings.add("TRUST_MISMATCH", { block: number }, `hash of block ${number}`, hash, actual.hash);
}

/** Whether it says nothing of a chain: a verdict on private logs alone, asked of no node, has chain, contract and block zero. */
export function isOfNoChain({ chainId }: Expectation): boolean {
  return chainId === 0;
}

export function trustedOf(anchor: Anchor, gateways: Gateways): Trusted {
  const { chainId, genesisHash, registry, block } = anchor;
  return {
    chainId,
    genesisHash,
    registry,
    block: { number: block.number, hash: block.hash },
    gateways: gateways.all.map(({ gatewayId, owner, name, keys }) => ({
      gatewayId,
      owner,
      name,
      keys: keys.map(({ epoch, key }) => ({ epoch, key })),
    })),
  };
}
