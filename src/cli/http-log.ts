import type { Chain } from "../chain/chain.ts";
import { RegistryReader } from "../chain/registry-reader.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";
import { ChainGatewayDirectory } from "../store/chain-gateway-directory.ts";
import { HttpGatewayDirectory } from "../store/http-gateway-directory.ts";
import { connectHttpLogStore, type HttpLogStore } from "../store/http-log-store.ts";
import type { GatewayDirectory } from "../store/log-store.ts";
import { requireLogRegistry } from "./contract-check.ts";

/**
 * A log behind another's API. Without `registry` the API says itself which keys have signed what it gives out, and what is read is
 * as true as that API.
 */
export async function openHttpLog(
  baseUrl: string,
  registry: GatewayDirectory | null,
): Promise<{ readonly store: HttpLogStore; readonly directory: GatewayDirectory }> {
  const directory = registry ?? new HttpGatewayDirectory({ baseUrl });
  return { store: await connectHttpLogStore({ directory }, { baseUrl }), directory };
}

/** The gateways and keys of a registry; INVALID_CONFIG if there is none at the address. */
export async function registryDirectory(chain: Chain, registry: Address): Promise<GatewayDirectory> {
  await requireLogRegistry(chain, registry);
  return new ChainGatewayDirectory({ reader: new RegistryReader(chain, registry) });
}

export interface RegistryOptions {
  readonly rpcUrl?: string;
  readonly logRegistry?: Address;
}

/** The registry that a command's options name, if any; MALFORMED if they name half of it. */
export function namedRegistry({ rpcUrl, logRegistry: registry }: RegistryOptions) {
  if ((rpcUrl === undefined) !== (registry === undefined))
    throw new GatelogError("MALFORMED", "--rpc-url and --log-registry go together");
  return rpcUrl === undefined || registry === undefined ? null : { rpcUrl, registry };
}
