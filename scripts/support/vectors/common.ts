// Values that several cases share. Keys are public and worth nothing.

export const repeat = (byte: string, count: number): string => `0x${byte.repeat(count)}`;
export const account = (byte: string): string => repeat(byte, 20);

export const REGISTRY_DOMAIN = { chainId: 31339, registry: account("10") } as const;

export const MAX_SAFE = 2 ** 53 - 1;
export const MAX_UINT32 = 2 ** 32 - 1;
export const MAX_UINT256 = (2n ** 256n - 1n).toString();
export const DEADLINE_S = 4_102_444_800;

export const GATEWAYS = [
  { name: "alpha", ownerKey: repeat("a1", 32), key: repeat("a2", 32) },
  { name: "beta", ownerKey: repeat("b1", 32), key: repeat("b2", 32) },
  {
    name: "gateway with a longer name, as people type them: Ünïcode",
    ownerKey: repeat("c1", 32),
    key: repeat("c2", 32),
  },
] as const;

export function hexOf(text: string): string {
  return `0x${Buffer.from(text, "utf8").toString("hex")}`;
}
