import { Interface, recoverAddress, sha256, Signature, TypedDataEncoder } from "ethers";

import type { RawLog } from "../../src/audit/reading/reader.ts";
import { ENTRY_DOMAIN, ENTRY_TYPES, unpackHeader } from "../../src/entry/entry.ts";
import { OPERATIONS, VOTES } from "../../src/entry/vocabulary.ts";
import { toHex, ZERO_HASH } from "../../src/entry/hex.ts";

const EVENT =
  "event EntryAppended(bytes16 indexed sessionId, bytes32 indexed gatewayId, bytes32 header, bytes32 causedBy, bytes32 lastEntryHash, bytes32 payloadHash, bytes payload, bytes32 r, bytes32 vs, uint32 previousBlock)";

/** What the entries of a session are checked against. */
export interface Session {
  readonly sessionHash: string;
  readonly keys: ReadonlyMap<string, string>;
}

/**
 * The auditor that somebody writes in an afternoon with ethers alone: each event decoded, the payload's hash, the entry's hash, the links and the
 * signer of each entry that has a signature. It makes no other check. Returns the number of entries; throws at the first that is wrong.
 */
export function auditPlainly(logs: readonly RawLog[], { sessionHash, keys }: Session): number {
  const iface = new Interface([EVENT]);
  const heads = new Map<string, { readonly length: number; readonly hash: string }>();
  let entries = 0;
  for (const log of logs) {
    const parsed = iface.parseLog({ topics: [...log.topics], data: log.data });
    if (parsed === null) continue;
    const text = (name: string): string => String(parsed.args.getValue(name));
    const [sessionId, gatewayId, causedBy] = [text("sessionId"), text("gatewayId"), text("causedBy")];
    const [lastEntryHash, payloadHash] = [text("lastEntryHash"), text("payloadHash")];
    if (sha256(text("payload")) !== payloadHash) throw new Error("another payload");
    const fields = unpackHeader(toHex(text("header")));
    const values = {
      ...fields,
      operation: OPERATIONS[fields.operation],
      vote: VOTES[fields.vote],
      ...{ sessionId, sessionHash, gatewayId, causedBy, payloadHash, lastEntryHash },
    };
    const hash = TypedDataEncoder.hash(ENTRY_DOMAIN, ENTRY_TYPES, values);
    const head = heads.get(gatewayId) ?? { length: 0, hash: ZERO_HASH };
    if (fields.index !== head.length || lastEntryHash !== head.hash) throw new Error("another place");
    if (text("r") !== ZERO_HASH) {
      const signer = recoverAddress(hash, Signature.from({ r: text("r"), yParityAndS: text("vs") }));
      if (signer !== keys.get(gatewayId)) throw new Error("another signer");
    }
    heads.set(gatewayId, { length: head.length + 1, hash });
    entries += 1;
  }
  return entries;
}
