import { TypedDataEncoder } from "ethers";
import { GatelogError } from "../../entry/errors.ts";
import { bytesToHex, hexToBytes, toHex, ZERO_HASH, type Address, type Hash } from "../../entry/hex.ts";
import { digestOf } from "../../entry/keccak.ts";
import { recoverAfresh, type CompactSignature, type DigestSigner } from "../../entry/signature.ts";
import type { CheckpointStatement, SessionHeadLine } from "./earlier.ts";

/** A signature under a checkpoint. */
export interface AuditorSignature {
  readonly auditor: Address;
  readonly signature: CompactSignature;
}

const DOMAIN = { name: "Gatelog Audit Checkpoint", version: "1" };
const TYPES = {
  AuditCheckpoint: [
    { name: "chainId", type: "uint64" },
    { name: "genesisHash", type: "bytes32" },
    { name: "registry", type: "address" },
    { name: "blockNumber", type: "uint64" },
    { name: "blockHash", type: "bytes32" },
    { name: "headsHash", type: "bytes32" },
    { name: "stateHash", type: "bytes32" },
    { name: "verdict", type: "string" },
  ],
};

/** EIP-712 digest. The domain is that of checkpoints alone, of name and version: no contract takes such a signature. */
function checkpointDigest(statement: CheckpointStatement): Hash {
  const { chainId, genesisHash, registry, block, headsHash, stateHash, verdict } = statement;
  const message = { chainId, genesisHash, registry, blockNumber: block.number, blockHash: block.hash };
  return toHex(TypedDataEncoder.hash(DOMAIN, TYPES, { ...message, headsHash, stateHash, verdict }));
}

export async function signCheckpoint(statement: CheckpointStatement, signer: DigestSigner): Promise<AuditorSignature> {
  return { auditor: signer.address, signature: await signer.signDigest(checkpointDigest(statement)) };
}

/** INVALID_SIGNATURE if one of them is not of the auditor that it names, over this statement. */
export function checkSignatures(
  statement: CheckpointStatement,
  signatures: readonly AuditorSignature[],
  file: string,
): void {
  const digest = checkpointDigest(statement);
  for (const { auditor, signature } of signatures) {
    const signer = recoverAfresh(digest, signature);
    if (signer === auditor) continue;
    const message = `${file}: the signature under the name of ${auditor} is not that auditor's over this checkpoint: it was changed`;
    throw new GatelogError("INVALID_SIGNATURE", message, { file, expected: auditor, actual: signer });
  }
}

/** The heads of sessions as one hash: `h = keccak256(h || keccak256(RFC 8785 form of the head))`, from zero, in the order of openings. */
export class HeadsHash {
  #hash: Uint8Array = hexToBytes(ZERO_HASH);

  add(head: SessionHeadLine): void {
    const leaf = digestOf(Buffer.from(JSON.stringify(canonicalHead(head))));
    this.#hash = digestOf(Buffer.concat([this.#hash, leaf]));
  }

  get hash(): Hash {
    return bytesToHex(this.#hash);
  }
}

/**
 * The head and no other member, its names in the order of RFC 8785, so that JSON.stringify gives its canonical form: there are very many,
 * and to sort the names of each takes ten times as long.
 */
export function canonicalHead({ sessionId, opened, decision, closed, logs }: SessionHeadLine) {
  return {
    closed,
    decision,
    logs: logs.map(({ gatewayId, length, lastEntryHash }) => ({ gatewayId, lastEntryHash, length })),
    opened: opened && { block: opened.block, logIndex: opened.logIndex },
    sessionId,
  };
}

/** By place of the opening; those without one last, by id. */
export function byOpening(a: SessionHeadLine, b: SessionHeadLine): number {
  if (a.opened !== null && b.opened !== null) {
    const place = a.opened.block - b.opened.block || a.opened.logIndex - b.opened.logIndex;
    if (place !== 0) return place;
  } else if (a.opened !== b.opened) return a.opened === null ? 1 : -1;
  return a.sessionId < b.sessionId ? -1 : a.sessionId === b.sessionId ? 0 : 1;
}
