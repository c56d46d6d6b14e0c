import { AbiCoder, concat, keccak256, TypedDataEncoder, type TypedDataField } from "ethers";
import type { CompactSignature } from "./signature.ts";
import { Memo } from "./memo.ts";
import { toHex, ZERO_ADDRESS, type Address, type GatewayId, type Hash, type SessionId } from "./hex.ts";
import type { SessionFacts } from "./session.ts";

/**
 * Statements that act on the log registry. Unlike entries they are bound to its chain and contract (EIP-712), so that none
 * can be replayed elsewhere. Anyone may carry them.
 */
export interface RegistryDomain {
  readonly chainId: number;
  readonly registry: Address;
}

/**
 * Domain of statements on sessions whose facts name no log registry (private logs). No chain has the id 0 and no contract
 * stands at address zero, so what is signed under it acts on no registry.
 */
const PRIVATE_DOMAIN: RegistryDomain = { chainId: 0, registry: ZERO_ADDRESS };

/** Domain under which the session's opening, decision and closings are signed. */
export function statementDomainOf(facts: Pick<SessionFacts, "log">): RegistryDomain {
  return facts.log ?? PRIVATE_DOMAIN;
}

export const DECISIONS = { NONE: 0, COMMIT: 1, ABORT: 2 } as const;
export type Decision = keyof typeof DECISIONS;
/** Why a decision was accepted (R9). */
export const GROUNDS = { NONE: 0, ORIGIN: 1, VOTE_NO: 2, DEADLINE: 3 } as const;
export type Ground = keyof typeof GROUNDS;

/** Built once: parsing the types takes longer than encoding a statement. */
const ENCODERS: Readonly<Record<keyof Statements, TypedDataEncoder>> = {
  OpenSession: encoder("OpenSession", field("bytes32", "sessionHash"), field("uint32", "epoch")),
  Decide: encoder("Decide", field("bytes32", "sessionHash"), field("uint8", "decision"), field("uint32", "epoch")),
  CloseLog: encoder(
    "CloseLog",
    field("bytes32", "sessionHash"),
    field("bytes32", "gatewayId"),
    field("uint32", "length"),
    field("bytes32", "lastEntryHash"),
    field("uint32", "epoch"),
  ),
  Anchor: encoder(
    "Anchor",
    field("bytes32", "gatewayId"),
    field("uint32", "index"),
    field("bytes32", "root"),
    field("uint32", "entries"),
    field("uint32", "epoch"),
  ),
  RegisterGateway: encoder(
    "RegisterGateway",
    field("address", "owner"),
    field("string", "name"),
    field("address", "key"),
    field("string", "endpoints"),
  ),
  RotateKey: encoder("RotateKey", field("bytes32", "gatewayId"), field("address", "key"), field("uint32", "change")),
  SetEndpoints: encoder(
    "SetEndpoints",
    field("bytes32", "gatewayId"),
    field("string", "endpoints"),
    field("uint32", "change"),
  ),
};

/** What is signed, by statement. */
export interface Statements {
  OpenSession: { sessionHash: Hash; epoch: number };
  Decide: { sessionHash: Hash; decision: number; epoch: number };
  CloseLog: { sessionHash: Hash; gatewayId: GatewayId; length: number; lastEntryHash: Hash; epoch: number };
  Anchor: { gatewayId: GatewayId; index: number; root: Hash; entries: number; epoch: number };
  RegisterGateway: { owner: Address; name: string; key: Address; endpoints: string };
  RotateKey: { gatewayId: GatewayId; key: Address; change: number };
  SetEndpoints: { gatewayId: GatewayId; endpoints: string; change: number };
}

/** EIP-712 digest of a statement under the registry's own domain: "Gatelog", "1", chain id, contract. */
export function statementDigest<Name extends keyof Statements>(
  domain: RegistryDomain,
  name: Name,
  statement: Statements[Name],
): Hash {
  const { chainId, registry } = domain;
  const separator = separators.of(`${chainId} ${registry}`, () =>
    TypedDataEncoder.hashDomain({ name: "Gatelog", version: "1", chainId, verifyingContract: registry }),
  );
  return toHex(keccak256(concat(["0x1901", separator, ENCODERS[name].hash(statement)])));
}

/** By chain and registry. */
const separators = new Memo<string>(16);

/** `keccak256(abi.encode(owner, name))`. */
export function gatewayIdOf(owner: Address, name: string): GatewayId {
  return toHex(keccak256(AbiCoder.defaultAbiCoder().encode(["address", "string"], [owner, name])));
}

/** A decision as it was accepted; enough to check it without the contract, but for the deadline's clock. */
export interface DecisionStatement {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly decision: "COMMIT" | "ABORT";
  readonly ground: Exclude<Ground, "NONE">;
  /** Epoch of the origin's key, and its signature of `Decide`; 0 and null unless the ground is ORIGIN. */
  readonly epoch: number;
  readonly signature: CompactSignature | null;
}

/** A gateway's closing of its own log, signed as `CloseLog`. */
export interface ClosingStatement {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly gatewayId: GatewayId;
  /** Number of entries. */
  readonly length: number;
  readonly lastEntryHash: Hash;
  readonly epoch: number;
  readonly signature: CompactSignature;
}

function encoder(name: keyof Statements, ...fields: TypedDataField[]): TypedDataEncoder {
  return TypedDataEncoder.from({ [name]: fields });
}

function field(type: string, name: string): TypedDataField {
  return { name, type };
}
