import { isGatelogError } from "../entry/errors.ts";
import { toHex, type Address, type GatewayId } from "../entry/hex.ts";
import { splitSignature, type DigestSigner } from "../entry/signature.ts";
import { gatewayIdOf, statementDigest, type RegistryDomain } from "../entry/statements.ts";
import type { Chain } from "./chain.ts";
import { logRegistryAt, logRegistryInterface } from "./contracts.ts";
import type { Lane } from "./lane.ts";

export interface GatewayRegistration {
  /** Signs; anyone may carry. */
  readonly owner: DigestSigner;
  readonly name: string;
  /** Key that will sign entries. */
  readonly key: Address;
  /** Base URLs. */
  readonly endpoints: readonly string[];
}

/** The registry in which the owner acts, and the account that carries and pays. */
export interface RegistryAccess {
  readonly chain: Chain;
  readonly lane: Lane;
  readonly registry: Address;
}

/** Registers the group. A group that is registered already stays as it is: its key and endpoints have changes of their own. */
export async function registerGateway(access: RegistryAccess, registration: GatewayRegistration): Promise<GatewayId> {
  const { owner, name, key } = registration;
  const endpoints = registration.endpoints.join(" ");
  const statement = { owner: owner.address, name, key, endpoints };
  const { r, vs } = splitSignature(
    await owner.signDigest(statementDigest(domainOf(access), "RegisterGateway", statement)),
  );
  const data = logRegistryInterface.encodeFunctionData("registerGateway", [owner.address, name, key, endpoints, r, vs]);
  try {
    await access.lane.send({ to: access.registry, data: toHex(data) });
  } catch (error) {
    if (!isGatelogError(error, "IDEMPOTENCY_CONFLICT")) throw error;
  }
  return gatewayIdOf(owner.address, name);
}

/** Replaces the group's key and so raises its epoch. */
export async function rotateKey(
  access: RegistryAccess,
  owner: DigestSigner,
  gatewayId: GatewayId,
  key: Address,
): Promise<void> {
  const change = await nextChange(access, gatewayId);
  const { r, vs } = splitSignature(
    await owner.signDigest(statementDigest(domainOf(access), "RotateKey", { gatewayId, key, change })),
  );
  const data = logRegistryInterface.encodeFunctionData("rotateKey", [gatewayId, key, change, r, vs]);
  await access.lane.send({ to: access.registry, data: toHex(data) });
}

export async function setEndpoints(
  access: RegistryAccess,
  owner: DigestSigner,
  gatewayId: GatewayId,
  urls: readonly string[],
): Promise<void> {
  const endpoints = urls.join(" ");
  const change = await nextChange(access, gatewayId);
  const digest = statementDigest(domainOf(access), "SetEndpoints", { gatewayId, endpoints, change });
  const { r, vs } = splitSignature(await owner.signDigest(digest));
  const data = logRegistryInterface.encodeFunctionData("setEndpoints", [gatewayId, endpoints, change, r, vs]);
  await access.lane.send({ to: access.registry, data: toHex(data) });
}

/** Number that the owner's next change is signed over. */
export async function nextChange({ chain, registry }: RegistryAccess, gatewayId: GatewayId): Promise<number> {
  return Number((await logRegistryAt(chain, registry).gatewayOf(gatewayId)).changes);
}

export function domainOf({ chain, registry }: Pick<RegistryAccess, "chain" | "registry">): RegistryDomain {
  return { chainId: chain.chainId, registry };
}
