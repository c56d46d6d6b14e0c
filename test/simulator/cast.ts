import { computeAddress } from "ethers";
import { toHex, type Address, type Hex } from "../../src/entry/hex.ts";
import { gatewayIdOf } from "../../src/entry/statements.ts";
import { address } from "../support/world-facts.ts";

/** Who and what there is in every simulation. */
export const NAMES = ["alpha", "beta"] as const;
export type Name = (typeof NAMES)[number];

export function otherThan(name: Name): Name {
  return name === "alpha" ? "beta" : "alpha";
}

export const KEYS: Readonly<Record<Name, Hex>> = {
  alpha: toHex(`0x${"a1".repeat(32)}`),
  beta: toHex(`0x${"b2".repeat(32)}`),
};
export const OWNER_KEYS: Readonly<Record<Name, Hex>> = {
  alpha: toHex(`0x${"a5".repeat(32)}`),
  beta: toHex(`0x${"b5".repeat(32)}`),
};
export const OWNERS: Readonly<Record<Name, Address>> = {
  alpha: toHex(computeAddress(OWNER_KEYS.alpha)),
  beta: toHex(computeAddress(OWNER_KEYS.beta)),
};
export const ACCOUNTS = { alpha: address(0xa02), beta: address(0xb02) } as const;
/** Of each gateway's group: its first primary, and two backups. */
export const MEMBER_KEYS: Readonly<Record<Name, readonly Hex[]>> = {
  alpha: [KEYS.alpha, toHex(`0x${"a3".repeat(32)}`), toHex(`0x${"a4".repeat(32)}`)],
  beta: [KEYS.beta, toHex(`0x${"b3".repeat(32)}`), toHex(`0x${"b4".repeat(32)}`)],
};
/** With which they act on their ledger: each its own, and the terms list them all (R4). */
export const MEMBER_ACCOUNTS: Readonly<Record<Name, readonly Address[]>> = {
  alpha: [ACCOUNTS.alpha, address(0xa03), address(0xa04)],
  beta: [ACCOUNTS.beta, address(0xb03), address(0xb04)],
};
export const GATEWAY_IDS = {
  alpha: gatewayIdOf(OWNERS.alpha, "alpha"),
  beta: gatewayIdOf(OWNERS.beta, "beta"),
} as const;
/** Where a development chain has the first contract of its first account: what is signed for it, a real registry there takes. */
export const LOG = { chainId: 31339, registry: toHex("0x5FbDB2315678afecb367f032d93F642f64180aa3") } as const;
export const CHAIN_IDS = { alpha: 31337, beta: 31338 } as const;
export const ESCROWS = { alpha: address(0xa0), beta: address(0xb0) } as const;
/** Mapped to each other. */
export const COINS = { alpha: address(0xa20), beta: address(0xb20) } as const;
/** Held by both escrows and mapped nowhere. */
export const UNMAPPED = address(0xdead);
export const ALICE = address(0xa11ce);
export const BOB = address(0xb0b);
