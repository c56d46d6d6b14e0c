import { resolve } from "node:path";
import type { Command } from "commander";
import { logRegistryAt } from "../../chain/contracts.ts";
import { registerGateway, rotateKey } from "../../chain/register-gateway.ts";
import { GatelogError } from "../../entry/errors.ts";
import { toHex, type Address } from "../../entry/hex.ts";
import { keySigner } from "../../entry/signature.ts";
import { gatewayIdOf } from "../../entry/statements.ts";
import { openChain } from "../chain-access.ts";
import { answering, type CommandContext } from "../command.ts";
import { requireLogRegistry } from "../contract-check.ts";
import { address, httpUrl, httpUrls, integer } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";
import { readKey } from "../secrets.ts";

interface IdentityOptions {
  readonly rpcUrl: string;
  readonly logRegistry: Address;
  readonly name: string;
  readonly ownerKeyFile: string;
  readonly key: Address;
  readonly chainId?: number;
  readonly keyFile?: string;
}

interface RegisterOptions extends IdentityOptions {
  readonly endpoint: readonly string[];
}

/** What an owner says about its gateway group in the registry. The owner signs, the paying account carries. */
export function identityCommands(gateway: Command): void {
  common(gateway.command("register").description("register a gateway group"))
    .requiredOption("--endpoint <url...>", "base URL under which peers reach the gateway", httpUrls)
    .action(answering(register));
  common(
    gateway
      .command("rotate")
      .description("replace the key that signs entries and raise the epoch; what was signed stays valid for readers"),
  ).action(answering(rotate));
}

function common(command: Command): Command {
  return command
    .requiredOption("--rpc-url <url>", "node of the log chain", httpUrl)
    .requiredOption("--log-registry <address>", "the registry", address)
    .requiredOption("--name <name>", "name of the group; with the owner it gives the gateway's id")
    .requiredOption("--owner-key-file <file>", "private key of the owner")
    .requiredOption("--key <address>", "address of the key that will sign entries", address)
    .option("--chain-id <id>", "refuse to act on any other chain", integer(1, Number.MAX_SAFE_INTEGER))
    .option("--key-file <file>", "private key of the account that pays; development chains need none");
}

async function register({ progress }: CommandContext, options: RegisterOptions): Promise<Answer> {
  const owner = ownerOf(options);
  const { name, key, endpoint: endpoints, logRegistry: registry } = options;
  const access = await openChain(options);
  try {
    await requireLogRegistry(access.chain, registry);
    progress(`registering "${name}" of ${owner.address}`);
    const registration = { owner, name, key, endpoints };
    const gatewayId = await registerGateway({ ...access, registry }, registration);
    const registered = toHex((await logRegistryAt(access.chain, registry).gatewayOf(gatewayId)).key);
    if (registered !== key)
      throw new GatelogError("IDEMPOTENCY_CONFLICT", "the group is registered already, with another key", {
        gatewayId,
        expected: registered,
        actual: key,
      });
    return {
      exit: EXIT.sound,
      text: `Registered: gateway ${gatewayId}`,
      json: { gatewayId, owner: owner.address, name },
    };
  } finally {
    await access.close();
  }
}

async function rotate({ progress }: CommandContext, options: IdentityOptions): Promise<Answer> {
  const owner = ownerOf(options);
  const { name, key, logRegistry: registry } = options;
  const gatewayId = gatewayIdOf(owner.address, name);
  const access = await openChain(options);
  try {
    await requireLogRegistry(access.chain, registry);
    progress(`rotating the key of "${name}" of ${owner.address}`);
    await rotateKey({ ...access, registry }, owner, gatewayId, key);
    const epoch = Number((await logRegistryAt(access.chain, registry).gatewayOf(gatewayId)).epoch);
    return { exit: EXIT.sound, text: `Rotated: gateway ${gatewayId}, epoch ${epoch}`, json: { gatewayId, key, epoch } };
  } finally {
    await access.close();
  }
}

function ownerOf({ ownerKeyFile }: IdentityOptions) {
  return keySigner(readKey({ file: resolve(ownerKeyFile) }, ".", {}));
}
