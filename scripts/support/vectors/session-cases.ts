import { account, DEADLINE_S, MAX_SAFE, MAX_UINT256, REGISTRY_DOMAIN, repeat } from "./common.ts";

interface PartyCase {
  gateway: string;
  networkId: string;
  asset: string | null;
}

export interface SessionCase {
  name: string;
  facts: {
    sessionId: string;
    contextId: string;
    origin: PartyCase;
    destination: PartyCase | null;
    amount: string | null;
    deadline: number;
    termsHash: string | null;
    requestHash: string | null;
    profile: { logging: string; accessControl: string };
    register: string;
    log: { chainId: number; registry: string } | null;
  };
}

const PROFILE = { logging: "chain", accessControl: "parties" };

export const SESSIONS: readonly SessionCase[] = [
  {
    name: "transfer",
    facts: {
      sessionId: "4eb424c8-aead-4e9e-a321-a160ac3909ac",
      contextId: "0d6b9a2e-1f5c-4a3b-8c7d-5e4f3a2b1c0d",
      origin: { gateway: "alpha", networkId: "eip155:31337", asset: `eip155:31337/erc20:${account("11")}` },
      destination: { gateway: "beta", networkId: "eip155:31338", asset: `eip155:31338/erc20:${account("12")}` },
      amount: "250000000000000000000",
      deadline: DEADLINE_S,
      termsHash: repeat("71", 32),
      requestHash: repeat("72", 32),
      profile: PROFILE,
      register: "log",
      log: REGISTRY_DOMAIN,
    },
  },
  {
    name: "refused",
    facts: {
      sessionId: "9b2cdd0e-6f0a-4a55-b8f4-000000000001",
      contextId: "9b2cdd0e-6f0a-4a55-b8f4-000000000002",
      origin: { gateway: "beta", networkId: 'Réseau "privé" 東京', asset: null },
      destination: { gateway: "alpha", networkId: "eip155:31337", asset: null },
      amount: null,
      deadline: DEADLINE_S,
      termsHash: null,
      requestHash: null,
      profile: { logging: "local", accessControl: "author" },
      register: "destination",
      log: null,
    },
  },
  {
    name: "alone",
    facts: {
      sessionId: "ffffffff-ffff-7fff-bfff-ffffffffffff",
      contextId: "00000000-0000-4000-8000-000000000001",
      origin: { gateway: "alpha", networkId: "Hyperledger-Fabric-JusticeChain", asset: null },
      destination: null,
      amount: null,
      deadline: 0,
      termsHash: null,
      requestHash: null,
      profile: PROFILE,
      register: "none",
      log: REGISTRY_DOMAIN,
    },
  },
  {
    name: "largest numbers",
    facts: {
      sessionId: "00000000-0000-1000-8000-000000000001",
      contextId: "ffffffff-ffff-ffff-ffff-ffffffffffff",
      origin: { gateway: "alpha", networkId: "n".repeat(128), asset: "a".repeat(256) },
      destination: { gateway: "beta", networkId: "m".repeat(128), asset: "b".repeat(256) },
      amount: MAX_UINT256,
      deadline: MAX_SAFE,
      termsHash: repeat("ff", 32),
      requestHash: repeat("ff", 32),
      profile: { logging: "anchored", accessControl: "x".repeat(128) },
      register: "log",
      log: { chainId: MAX_SAFE, registry: account("10") },
    },
  },
];
