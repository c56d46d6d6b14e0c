import { account, DEADLINE_S, MAX_SAFE, MAX_UINT256, MAX_UINT32, REGISTRY_DOMAIN, repeat } from "./common.ts";

// What acts on a contract, and what travels between contracts.

export const MESSAGE_DIGEST = repeat("d1", 32);

export const STATEMENTS: readonly { name: string; type: string; message: Record<string, unknown> }[] = [
  { name: "open a session", type: "OpenSession", message: { sessionHash: repeat("51", 32), epoch: 1 } },
  { name: "decide COMMIT", type: "Decide", message: { sessionHash: repeat("51", 32), decision: 1, epoch: 1 } },
  {
    name: "decide ABORT in the last epoch",
    type: "Decide",
    message: { sessionHash: repeat("51", 32), decision: 2, epoch: MAX_UINT32 },
  },
  {
    name: "close a log",
    type: "CloseLog",
    message: {
      sessionHash: repeat("51", 32),
      gatewayId: repeat("61", 32),
      length: 17,
      lastEntryHash: repeat("e1", 32),
      epoch: 2,
    },
  },
  {
    name: "anchor entries",
    type: "Anchor",
    message: { gatewayId: repeat("61", 32), index: 3, root: repeat("a1", 32), entries: 1_000, epoch: 2 },
  },
  {
    name: "anchor the last entry that can be counted",
    type: "Anchor",
    message: {
      gatewayId: repeat("61", 32),
      index: MAX_UINT32,
      root: repeat("ff", 32),
      entries: MAX_UINT32,
      epoch: MAX_UINT32,
    },
  },
  {
    name: "register a gateway",
    type: "RegisterGateway",
    message: {
      owner: account("21"),
      name: "alpha",
      key: account("22"),
      endpoints: "https://alpha.example http://127.0.0.1:8001",
    },
  },
  {
    name: "register a gateway with other letters",
    type: "RegisterGateway",
    message: { owner: account("21"), name: "ålphä 東京", key: account("22"), endpoints: "https://xn--lph-6la.example" },
  },
  { name: "rotate a key", type: "RotateKey", message: { gatewayId: repeat("61", 32), key: account("23"), change: 1 } },
  {
    name: "set endpoints",
    type: "SetEndpoints",
    message: { gatewayId: repeat("61", 32), endpoints: "https://alpha.example", change: MAX_UINT32 },
  },
];

interface SideCase {
  chainId: number;
  escrow: string;
  token: string;
  owner: string;
  keys: string[];
}

export interface TermsCase {
  name: string;
  terms: {
    sessionId: string;
    standard: string;
    value: string;
    tokenUri: string;
    originator: string;
    beneficiary: string;
    origin: SideCase;
    destination: SideCase;
    lockExpiry: number;
    cancelAfter: number;
    log: { chainId: number; registry: string } | null;
    attestors: string[];
    attestorThreshold: number;
  };
}

const ERC20_TERMS: TermsCase["terms"] = {
  sessionId: "4eb424c8-aead-4e9e-a321-a160ac3909ac",
  standard: "erc20",
  value: "250000000000000000000",
  tokenUri: "",
  originator: account("31"),
  beneficiary: account("32"),
  origin: { chainId: 31337, escrow: account("41"), token: account("42"), owner: account("43"), keys: [account("44")] },
  destination: {
    chainId: 31338,
    escrow: account("51"),
    token: account("52"),
    owner: account("53"),
    keys: [account("54"), account("55")],
  },
  lockExpiry: DEADLINE_S,
  cancelAfter: DEADLINE_S + 3_600,
  log: REGISTRY_DOMAIN,
  attestors: [],
  attestorThreshold: 0,
};

export const TERMS: readonly TermsCase[] = [
  { name: "an ERC-20 amount, register on the log chain", terms: ERC20_TERMS },
  {
    name: "an ERC-721 id, destination escrow as register, attestors",
    terms: {
      ...ERC20_TERMS,
      standard: "erc721",
      value: "0",
      tokenUri: "ipfs://bafy/ünï/東京.json",
      log: null,
      attestors: [account("61"), account("62"), account("63")],
      attestorThreshold: 2,
    },
  },
  {
    name: "largest numbers",
    terms: {
      ...ERC20_TERMS,
      sessionId: "ffffffff-ffff-ffff-ffff-ffffffffffff",
      value: MAX_UINT256,
      origin: { ...ERC20_TERMS.origin, chainId: MAX_SAFE, keys: Array.from({ length: 16 }, () => account("44")) },
      lockExpiry: MAX_SAFE,
      cancelAfter: MAX_SAFE,
    },
  },
];

const CLAIM_PLACE = { blockNumber: 123_456, blockHash: repeat("bb", 32) };

/** Of the terms above, so that the escrow's own digest can be asked for. */
export const CERTIFICATES = [
  { name: "the register holds COMMIT", terms: 0, fact: "REGISTER_COMMIT", ...CLAIM_PLACE },
  { name: "the register holds ABORT", terms: 0, fact: "REGISTER_ABORT", ...CLAIM_PLACE },
  { name: "the destination is cancelled", terms: 1, fact: "DESTINATION_CANCELLED", ...CLAIM_PLACE },
  {
    name: "largest block number",
    terms: 2,
    fact: "REGISTER_ABORT",
    blockNumber: MAX_SAFE,
    blockHash: repeat("ff", 32),
  },
];
