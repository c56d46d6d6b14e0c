import { getAddress } from "ethers";
import { gatewayIdOf } from "../../src/entry/statements.ts";
import { termsHashOf, type Terms } from "../../src/entry/terms.ts";
import { toHex, type Address } from "../../src/entry/hex.ts";
import type { SessionFacts } from "../../src/entry/session.ts";

/** Facts and terms of one transfer between two gateways that exist nowhere else. */
export function address(last: number): Address {
  return toHex(getAddress(`0x${last.toString(16).padStart(40, "0")}`));
}

const LOG = { chainId: 31339, registry: address(0x10) };
const SESSION_ID = "6f2c1a52-6c07-4f4a-9d3b-2f9f0d1c5a11";

export const WORLD_TERMS: Terms = {
  sessionId: SESSION_ID,
  standard: "erc20",
  value: "100",
  tokenUri: "",
  originator: address(0x21),
  beneficiary: address(0x22),
  origin: { chainId: 31337, escrow: address(0x31), token: address(0x32), owner: address(0x33), keys: [address(0x34)] },
  destination: {
    chainId: 31338,
    escrow: address(0x41),
    token: address(0x42),
    owner: address(0x43),
    keys: [address(0x44)],
  },
  lockExpiry: 2_000_000_000,
  cancelAfter: 2_100_000_000,
  log: LOG,
  attestors: [],
  attestorThreshold: 0,
};

export const WORLD_FACTS: SessionFacts = {
  sessionId: SESSION_ID,
  contextId: SESSION_ID,
  origin: {
    gatewayId: gatewayIdOf(WORLD_TERMS.origin.owner, "alpha"),
    networkId: "eip155:31337",
    asset: `eip155:31337/erc20:${WORLD_TERMS.origin.token}`,
  },
  destination: {
    gatewayId: gatewayIdOf(WORLD_TERMS.destination.owner, "beta"),
    networkId: "eip155:31338",
    asset: `eip155:31338/erc20:${WORLD_TERMS.destination.token}`,
  },
  amount: "100",
  deadline: 1_900_000_000,
  termsHash: termsHashOf(WORLD_TERMS),
  requestHash: null,
  profile: { logging: "chain", accessControl: "parties" },
  register: "log",
  log: LOG,
};

const PRIVATE_TERMS: Terms = { ...WORLD_TERMS, log: null };
const PRIVATE_FACTS: SessionFacts = {
  ...WORLD_FACTS,
  termsHash: termsHashOf(PRIVATE_TERMS),
  profile: { logging: "local", accessControl: "parties" },
  register: "destination",
  log: null,
};

export type Register = Exclude<SessionFacts["register"], "none">;

/** The same transfer with the register in the log, or with private logs and the destination's escrow as the register. */
export const WORLD_SESSIONS: Readonly<Record<Register, { readonly facts: SessionFacts; readonly terms: Terms }>> = {
  log: { facts: WORLD_FACTS, terms: WORLD_TERMS },
  destination: { facts: PRIVATE_FACTS, terms: PRIVATE_TERMS },
};
