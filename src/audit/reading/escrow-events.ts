import { getAddress, Interface } from "ethers";
import { GatelogError } from "../../entry/errors.ts";
import { sessionIdFromBytes16, toHex, ZERO_HASH, type Address } from "../../entry/hex.ts";
import { Memo } from "../../entry/memo.ts";
import type { Effect, EffectName, Move } from "./ledger-reader.ts";
import type { RawLog } from "./reader.ts";
import { decodeStrictly } from "./strict-abi.ts";

/** The escrow's events and views, declared here a second time on purpose: the auditor reads chains by itself. */
export const ESCROW = new Interface([
  "event Locked(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator)",
  "event Unlocked(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator, bool delivered)",
  "event Refused(bytes32 indexed termsHash, bytes16 indexed sessionId)",
  "event Burned(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value)",
  "event Recreated(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator, bool delivered)",
  "event Minted(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value)",
  "event Assigned(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address beneficiary, bool delivered)",
  "event Claimed(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address to)",
  "event Cancelled(bytes32 indexed termsHash, bytes16 indexed sessionId)",
  "function stateOf(bytes32 termsHash) view returns (uint8 state, uint32 sinceBlock)",
  "function tokenOf(address token) view returns (uint8 standard, uint8 mode, uint256 extinguished)",
]);

/** What ERC-20 and ERC-721 have in common. */
export const TOKEN = new Interface(["function balanceOf(address owner) view returns (uint256)"]);

/** The two standards' `Transfer` has one topic; they differ in what is indexed. */
const ERC20_TRANSFER = eventOf("event Transfer(address indexed from, address indexed to, uint256 value)");
const ERC721_TRANSFER = eventOf("event Transfer(address indexed from, address indexed to, uint256 indexed value)");
export const TRANSFER_TOPIC = toHex(ERC20_TRANSFER.topicHash);

const PARTIES: Partial<Record<EffectName, string>> = {
  Locked: "originator",
  Unlocked: "originator",
  Recreated: "originator",
  Assigned: "beneficiary",
  Claimed: "to",
};

/** Undefined for events that are about no session (token maps, gateways). MALFORMED if it is not as Solidity writes it. */
export function toEffect(log: RawLog): Effect | undefined {
  const fragment = ESCROW.getEvent(log.topics[0] ?? ZERO_HASH);
  if (fragment === null) return undefined;
  const values = decodeStrictly(fragment, log.topics, log.data);
  if (values === undefined)
    throw new GatelogError(
      "MALFORMED",
      `an event of the escrow in block ${log.blockNumber} is not as Solidity writes it`,
      { escrow: log.address, block: log.blockNumber },
    );
  const text = (field: string) => String(values.get(field));
  // The interface above has no events but these.
  const name = fragment.name as EffectName;
  const party = PARTIES[name];
  return {
    name,
    termsHash: toHex(text("termsHash")),
    sessionId: sessionIdFromBytes16(text("sessionId")),
    block: log.blockNumber,
    logIndex: log.logIndex,
    transactionHash: log.transactionHash,
    token: values.has("token") ? checksummed(text("token")) : null,
    value: values.has("value") ? BigInt(text("value")) : null,
    party: party === undefined ? null : checksummed(text(party)),
    delivered: values.has("delivered") ? values.get("delivered") === true : null,
  };
}

/** Undefined for what only looks like a transfer: a token that writes it otherwise has said nothing that can be held to it. */
export function toMove(log: RawLog): Move | undefined {
  const isId = log.topics.length === ERC721_TRANSFER.inputs.length + 1;
  const values = decodeStrictly(isId ? ERC721_TRANSFER : ERC20_TRANSFER, log.topics, log.data);
  if (values === undefined) return undefined;
  return {
    block: log.blockNumber,
    logIndex: log.logIndex,
    transactionHash: log.transactionHash,
    token: log.address,
    standard: isId ? "erc721" : "erc20",
    from: checksummed(String(values.get("from"))),
    to: checksummed(String(values.get("to"))),
    value: BigInt(String(values.get("value"))),
  };
}

/** A checksum is costly, and the same few accounts come again and again. */
const checksums = new Memo<Address>(4_096);

function checksummed(address: string): Address {
  return checksums.of(address, () => toHex(getAddress(address)));
}

function eventOf(text: string) {
  const fragment = new Interface([text]).getEvent("Transfer");
  if (fragment === null) throw new TypeError(`no event: ${text}`);
  return fragment;
}
