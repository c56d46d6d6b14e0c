import { AbiCoder, id, keccak256, TypedDataEncoder, type TypedDataField } from "ethers";
import { keccak } from "./keccak.ts";
import type { CompactSignature } from "./signature.ts";
import { Memo } from "./memo.ts";
import {
  isHash,
  toHex,
  ZERO_ADDRESS,
  type Address,
  type GatewayId,
  type Hash,
  type Hex,
  type SessionId,
} from "./hex.ts";
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

/** Who becomes primary, and which epoch ends with it. */
const SUCCESSION = [field("bytes32", "gatewayId"), field("uint32", "expectedEpoch"), field("address", "key")] as const;

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
  SetBackups: encoder(
    "SetBackups",
    field("bytes32", "gatewayId"),
    field("address[]", "backups"),
    field("uint32", "takeoverInterval"),
    field("uint32", "change"),
  ),
  Takeover: encoder("Takeover", ...SUCCESSION),
  Handover: encoder("Handover", ...SUCCESSION),
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
  SetBackups: { gatewayId: GatewayId; backups: readonly Address[]; takeoverInterval: number; change: number };
  Takeover: { gatewayId: GatewayId; expectedEpoch: number; key: Address };
  Handover: { gatewayId: GatewayId; expectedEpoch: number; key: Address };
}

/**
 * EIP-712 digest of a statement under the registry's own domain: "Gatelog", "1", chain id, contract. Null is for what is said
 * where no registry is: the domain is name and version alone, so that no registry takes it.
 */
export function statementDigest<Name extends keyof Statements>(
  domain: RegistryDomain | null,
  name: Name,
  statement: Statements[Name],
): Hash {
  const place = domain === null ? {} : { chainId: domain.chainId, verifyingContract: domain.registry };
  const separator = separators.of(domain === null ? "" : `${domain.chainId} ${domain.registry}`, () =>
    TypedDataEncoder.hashDomain({ name: "Gatelog", version: "1", ...place }),
  );
  const struct = structHash(name, statement);
  return keccak(`0x1901${separator.slice(2)}${struct.slice(2)}`);
}

/** Numbers and hashes are words of their own, and hashed by hand: ethers takes many times as long. */
function structHash<Name extends keyof Statements>(name: Name, statement: Statements[Name]): string {
  const encoder = ENCODERS[name];
  const fields = fieldsOf.of(name, () => encoder.types[name] ?? []);
  const words = fields.map((field) => wordOf(field, Reflect.get(statement, field.name)));
  // What is of another type, or out of its range, ethers hashes or refuses.
  if (words.includes(undefined)) return encoder.hash(statement);
  return keccak(`${typeHashOf(name, encoder)}${words.join("")}`);
}

function typeHashOf(name: keyof Statements, encoder: TypedDataEncoder): Hex {
  return typeHashes.of(name, () => toHex(id(encoder.encodeType(name))));
}
const typeHashes = new Memo<Hex>(16);
/** An encoder makes its types anew each time that it is asked for them. */
const fieldsOf = new Memo<readonly TypedDataField[]>(16);

const WORD_DIGITS = 64;

/** Digits of a hash or a number as a word of 32 bytes; undefined if it is neither, or not in its one form. */
function wordOf({ type }: TypedDataField, value: unknown): string | undefined {
  if (type === "bytes32") return typeof value === "string" && isHash(value) ? value.slice(2) : undefined;
  const bits = Number(/^uint(8|32)$/.exec(type)?.[1] ?? NaN);
  const fits = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** bits;
  return fits ? value.toString(16).padStart(WORD_DIGITS, "0") : undefined;
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
