import type { Command } from "commander";
import type { Address } from "../../entry/hex.ts";
import { address, httpUrl, integer } from "../option-types.ts";

/** Where a gateway group stands, and who pays for changing it. */
export interface RegistryOptions {
  readonly rpcUrl: string;
  readonly logRegistry: Address;
  readonly chainId?: number;
  readonly keyFile?: string;
}

export function registryOptions(command: Command): Command {
  return command
    .requiredOption("--rpc-url <url>", "node of the log chain", httpUrl)
    .requiredOption("--log-registry <address>", "the registry", address)
    .option("--chain-id <id>", "refuse to act on any other chain", integer(1, Number.MAX_SAFE_INTEGER))
    .option("--key-file <file>", "private key of the account that pays; development chains need none");
}
