import {
  AbiCoder,
  computeAddress,
  id,
  keccak256,
  SigningKey,
  toBeHex,
  toUtf8Bytes,
  TypedDataEncoder,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import { createHash } from "node:crypto";

import { CERTIFICATES, MESSAGE_DIGEST, STATEMENTS, TERMS, type TermsCase } from "./act-cases.ts";
import { GATEWAYS, REGISTRY_DOMAIN } from "./common.ts";
import { ENTRIES } from "./entry-cases.ts";
import { HEADERS } from "./header-cases.ts";
import { NOT_CANONICAL, PAYLOADS } from "./payload-cases.ts";
import { SESSIONS, type SessionCase } from "./session-cases.ts";

// The formats are written down a second time here, on purpose: nothing below comes from src.

const OPERATION_CODES: Readonly<Record<string, number>> = { init: 1, exec: 2, done: 3, ack: 4, fail: 5 };
const VOTE_CODES: Readonly<Record<string, number>> = { none: 0, yes: 1, no: 2 };
const STANDARD_CODES: Readonly<Record<string, number>> = { erc20: 1, erc721: 2 };
const FACT_CODES: Readonly<Record<string, number>> = {
  REGISTER_COMMIT: 1,
  REGISTER_ABORT: 2,
  DESTINATION_CANCELLED: 3,
};
const ZERO_HASH = `0x${"0".repeat(64)}`;
const ZERO_ADDRESS = `0x${"0".repeat(40)}`;
/** secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const ENTRY_FIELDS = fields(
  "uint8 version,bytes16 sessionId,bytes32 sessionHash,bytes32 gatewayId,uint32 epoch,uint32 index,uint64 seqNumber,uint16 step,uint8 operation,uint8 vote,uint16 command,uint64 timestamp,bytes32 causedBy,bytes32 payloadHash,bytes32 lastEntryHash",
);
const STATEMENT_FIELDS: Readonly<Record<string, TypedDataField[]>> = {
  OpenSession: fields("bytes32 sessionHash,uint32 epoch"),
  Decide: fields("bytes32 sessionHash,uint8 decision,uint32 epoch"),
  CloseLog: fields("bytes32 sessionHash,bytes32 gatewayId,uint32 length,bytes32 lastEntryHash,uint32 epoch"),
  Anchor: fields("bytes32 gatewayId,uint32 index,bytes32 root,uint32 entries,uint32 epoch"),
  RegisterGateway: fields("address owner,string name,address key,string endpoints"),
  RotateKey: fields("bytes32 gatewayId,address key,uint32 change"),
  SetEndpoints: fields("bytes32 gatewayId,string endpoints,uint32 change"),
};
const CERTIFICATE_FIELDS = fields(
  "bytes32 termsHash,uint8 fact,uint64 chainId,address source,uint64 blockNumber,bytes32 blockHash",
);

/** File name → its text. The same at every call. */
export function makeVectors(): Map<string, string> {
  const sessions = SESSIONS.map(sessionVector);
  const entries = entryVectors(new Map(sessions.map(({ name, sessionHash }) => [name, sessionHash])));
  const files = {
    payloads: { canonical: PAYLOADS.map(payloadVector), notCanonical: NOT_CANONICAL },
    gateways: GATEWAYS.map(gatewayVector),
    sessions,
    entries,
    headers: HEADERS,
    statements: STATEMENTS.map(({ name, type, message }) => {
      const domain = {
        name: "Gatelog",
        version: "1",
        chainId: REGISTRY_DOMAIN.chainId,
        verifyingContract: REGISTRY_DOMAIN.registry,
      };
      return {
        name,
        type,
        domain: REGISTRY_DOMAIN,
        message,
        digest: typedHash(domain, type, STATEMENT_FIELDS[type] ?? [], message),
      };
    }),
    terms: TERMS.map(termsVector),
    certificates: CERTIFICATES.map(certificateVector),
    signatures: signatureVectors(),
  };
  return new Map(
    Object.entries(files).map(([name, rows]) => [`${name}.json`, `${JSON.stringify(rows, undefined, 2)}\n`]),
  );
}

function payloadVector({ name, json, canonical }: (typeof PAYLOADS)[number]) {
  return { name, json, canonical, sha256: sha256(toUtf8Bytes(canonical)) };
}

function gatewayVector({ name, ownerKey, key }: (typeof GATEWAYS)[number]) {
  const owner = computeAddress(ownerKey);
  const gatewayId = keccak256(abi(["address", "string"], [owner, name]));
  return { name, ownerKey, owner, key, signer: computeAddress(key), gatewayId };
}

function gatewayId(name: string): string {
  const found = GATEWAYS.find((gateway) => gateway.name === name);
  if (found === undefined) throw new Error(`no gateway ${name} among the cases`);
  return gatewayVector(found).gatewayId;
}

/** The facts as src/entry has them, the text that is logged, and the digests. */
function sessionVector({ name, facts }: SessionCase) {
  const { sessionId, deadline, origin, destination, ...rest } = facts;
  const place = ({ networkId, asset }: { networkId: string; asset: string | null }) => ({ asset, networkId });
  const logged = sortedJson({ ...rest, origin: place(origin), destination: destination && place(destination) });
  const originGatewayId = gatewayId(origin.gateway);
  const destinationGatewayId = destination === null ? ZERO_HASH : gatewayId(destination.gateway);
  const factsHash = keccak256(
    abi(["bytes32", "bytes32", "uint64", "bytes32"], [originGatewayId, destinationGatewayId, deadline, id(logged)]),
  );
  const sessionHash = keccak256(abi(["bytes16", "bytes32"], [bytes16(sessionId), factsHash]));
  const party = (id: string, { networkId, asset }: { networkId: string; asset: string | null }) => ({
    gatewayId: id,
    networkId,
    asset,
  });
  return {
    name,
    facts: {
      ...facts,
      origin: party(originGatewayId, origin),
      destination: destination && party(destinationGatewayId, destination),
    },
    logged,
    factsHash,
    sessionHash,
  };
}

/** Entries in the order of the cases; those of a log are chained, unless a case fixes its own place. */
function entryVectors(sessionHashes: ReadonlyMap<string, string>) {
  const logs = new Map<string, { length: number; head: string }>();
  const hashes = new Map<string, string>();
  return ENTRIES.map((entryCase) => {
    const { name, session, gateway, answers, payloadText, payloadBytes, chained } = entryCase;
    const facts = SESSIONS.find((candidate) => candidate.name === session)?.facts;
    const author = GATEWAYS.find((candidate) => candidate.name === gateway);
    if (facts === undefined || author === undefined) throw new Error(`the case ${name} names what is not there`);
    const log = logs.get(`${session} ${gateway}`) ?? { length: 0, head: ZERO_HASH };
    const payload = payloadText === undefined ? Buffer.from(payloadBytes.slice(2), "hex") : toUtf8Bytes(payloadText);
    const entry = {
      version: entryCase.version ?? 1,
      sessionId: facts.sessionId,
      sessionHash: sessionHashes.get(session) ?? "",
      gatewayId: gatewayId(gateway),
      epoch: entryCase.epoch ?? 1,
      index: entryCase.index ?? log.length,
      seqNumber: entryCase.seqNumber,
      step: entryCase.step,
      operation: entryCase.operation,
      vote: entryCase.vote ?? "none",
      command: entryCase.command,
      timestamp: entryCase.timestamp,
      causedBy: answers === undefined ? (entryCase.causedBy ?? ZERO_HASH) : (hashes.get(answers) ?? ""),
      payloadHash: sha256(payload),
      lastEntryHash: entryCase.lastEntryHash ?? log.head,
    };
    const codes = { operation: OPERATION_CODES[entry.operation] ?? 0, vote: VOTE_CODES[entry.vote] ?? 0 };
    const message = { ...entry, ...codes, sessionId: bytes16(entry.sessionId) };
    const entryHash = typedHash({ name: "Gatelog Log Entry", version: "1" }, "Entry", ENTRY_FIELDS, message);
    if (chained) logs.set(`${session} ${gateway}`, { length: entry.index + 1, head: entryHash });
    hashes.set(name, entryHash);
    const json = payloadText === undefined ? { payloadBytes } : { payload: JSON.parse(payloadText) as unknown };
    const signature = new SigningKey(author.key).sign(entryHash).compactSerialized;
    return { name, session, chained, header: headerOf(message), entry: { ...entry, entryHash, signature, ...json } };
  });
}

/** Written as digits side by side, two for each byte, where src/entry and the contract shift bits. */
function headerOf(fields: Readonly<Record<string, string | number>>): string {
  const digits = (name: string, bytes: number): string => toBeHex(fields[name] ?? 0, bytes).slice(2);
  const small = ["version", "operation", "vote"].map((name) => digits(name, 1));
  const codes = ["step", "command"].map((name) => digits(name, 2));
  const long = ["timestamp", "seqNumber"].map((name) => digits(name, 8));
  const place = ["epoch", "index"].map((name) => digits(name, 4));
  return `0x${[...small, ...codes, ...long, ...place, "00"].join("")}`;
}

function termsVector({ name, terms }: TermsCase) {
  const side = "tuple(uint64,address,address,address,address[])";
  const type = `tuple(bytes16,uint8,uint256,string,address,address,${side},${side},uint64,uint64,uint64,address,address[],uint8)`;
  const sideValues = ({ chainId, escrow, token, owner, keys }: TermsCase["terms"]["origin"]) => [
    chainId,
    escrow,
    token,
    owner,
    keys,
  ];
  const values = [
    bytes16(terms.sessionId),
    STANDARD_CODES[terms.standard],
    BigInt(terms.value),
    terms.tokenUri,
    terms.originator,
    terms.beneficiary,
    sideValues(terms.origin),
    sideValues(terms.destination),
    terms.lockExpiry,
    terms.cancelAfter,
    terms.log?.chainId ?? 0,
    terms.log?.registry ?? ZERO_ADDRESS,
    terms.attestors,
    terms.attestorThreshold,
  ];
  return { name, terms, termsHash: keccak256(abi([type], [values])) };
}

function certificateVector({ name, terms: place, fact, blockNumber, blockHash }: (typeof CERTIFICATES)[number]) {
  const termsCase = TERMS[place];
  if (termsCase === undefined) throw new Error(`the case ${name} names terms that are not there`);
  const { terms, termsHash } = termsVector(termsCase);
  const register = terms.log ?? { chainId: 0, registry: ZERO_ADDRESS };
  const source =
    fact === "DESTINATION_CANCELLED"
      ? { chainId: terms.destination.chainId, source: terms.destination.escrow }
      : { chainId: register.chainId, source: register.registry };
  const claim = { termsHash, fact, ...source, blockNumber, blockHash };
  const domain = { name: "Gatelog Certificate", version: "1" };
  const digest = typedHash(domain, "Certificate", CERTIFICATE_FIELDS, { ...claim, fact: FACT_CODES[fact] });
  return { name, terms: termsCase.name, claim, digest };
}

/** A good signature, and what a third party may make of it: every change must be refused, or recover to somebody else. */
function signatureVectors() {
  const [{ key }] = GATEWAYS;
  const good = new SigningKey(key).sign(MESSAGE_DIGEST);
  const highS = toBeHex(ORDER - BigInt(good.s), 32);
  const flipped = good.yParity === 0 ? 28 : 27;
  const justAboveHalf = toBeHex(ORDER / 2n + 1n, 32);
  return {
    digest: MESSAGE_DIGEST,
    signer: computeAddress(key),
    compact: good.compactSerialized,
    full: good.serialized,
    refused: [
      { name: "65 bytes", signature: good.serialized },
      { name: "the other s, 65 bytes", signature: `${good.r}${highS.slice(2)}${flipped.toString(16)}` },
      { name: "s just above half the order", signature: `${good.r}${justAboveHalf.slice(2)}` },
      { name: "r is zero", signature: `${ZERO_HASH}${good.yParityAndS.slice(2)}` },
      { name: "r is the order", signature: `${toBeHex(ORDER, 32)}${good.yParityAndS.slice(2)}` },
      { name: "s is zero", signature: `${good.r}${ZERO_HASH.slice(2)}` },
      { name: "all zero", signature: `0x${"0".repeat(128)}` },
      { name: "63 bytes", signature: good.compactSerialized.slice(0, -2) },
      { name: "upper case", signature: `0x${good.compactSerialized.slice(2).toUpperCase()}` },
      { name: "empty", signature: "0x" },
    ],
    // As in the compact form the parity is the top bit of s, the other s reads as another signature, of nobody we know.
    foreign: [{ name: "the other s, 64 bytes", signature: `${good.r}${withTopBit(highS, flipped === 28)}` }],
  };
}

function withTopBit(word: string, set: boolean): string {
  const value = BigInt(word) | (set ? 1n << 255n : 0n);
  return toBeHex(value, 32).slice(2);
}

function typedHash(
  domain: TypedDataDomain,
  type: string,
  types: TypedDataField[],
  message: Record<string, unknown>,
): string {
  return TypedDataEncoder.hash(domain, { [type]: types }, message);
}

/** `"uint8 a,bytes32 b"` as ethers wants it. */
function fields(text: string): TypedDataField[] {
  return text.split(",").map((field) => {
    const [type = "", name = ""] = field.split(" ");
    return { type, name };
  });
}

function abi(types: readonly string[], values: readonly unknown[]): string {
  return AbiCoder.defaultAbiCoder().encode(types, values);
}

function bytes16(uuid: string): string {
  return `0x${uuid.split("-").join("")}`;
}

function sha256(bytes: Uint8Array): string {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Canonical JSON of facts: they hold text, small whole numbers and null, for which sorting the members is all there is. */
function sortedJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sortedJson(member)}`).join(",")}}`;
}
