import { resolve } from "node:path";
import type { Command } from "commander";
import type { Chain } from "../../chain/chain.ts";
import { handover, setBackups, signHandover, takeover, type Succession } from "../../chain/gateway-succession.ts";
import type { RegistryAccess } from "../../chain/register-gateway.ts";
import { RegistryReader, type GatewayGroup } from "../../chain/registry-reader.ts";
import { GatelogError } from "../../entry/errors.ts";
import { hashSchema, type Address, type GatewayId } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import { keySigner, type DigestSigner } from "../../entry/signature.ts";
import { gatewayIdOf } from "../../entry/statements.ts";
import { openChain } from "../chain-access.ts";
import { answering, type CommandContext } from "../command.ts";
import { readKey } from "../secrets.ts";
import { requireLogRegistry } from "../contract-check.ts";
import { address, addresses, gatewayOption, httpUrl, integer } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";
import { handOverRunning, heirOption } from "./gateway-group.ts";
import { registryOptions, type RegistryOptions } from "./registry-options.ts";

const MAX_UINT32 = 2 ** 32 - 1;

interface BackupsOptions extends RegistryOptions {
  readonly name: string;
  readonly ownerKeyFile: string;
  readonly backup?: readonly Address[];
  readonly nobody?: boolean;
  readonly takeoverInterval: number;
}

interface TakeoverOptions extends RegistryOptions {
  readonly gatewayId: string;
  readonly backupKeyFile: string;
  readonly expectedEpoch?: number;
}

interface HandoverOptions extends TakeoverOptions {
  readonly primaryKeyFile: string;
}

/** What a handover by hand needs, by what it is called on the command line. */
const BY_HAND = {
  rpcUrl: "--rpc-url",
  logRegistry: "--log-registry",
  gatewayId: "--gateway-id",
  backupKeyFile: "--backup-key-file",
  primaryKeyFile: "--primary-key-file",
} as const satisfies Partial<Record<keyof HandoverOptions, string>>;

type AnyHandoverOptions = Partial<HandoverOptions> & { readonly gateway: string; readonly to?: Address };

/** Who may take over from a gateway group's primary, and taking over by hand. The paying account carries what others sign. */
export function successionCommands(gateway: Command): void {
  registryOptions(gateway.command("set-backups"))
    .description("list who may take over from the primary; whoever was listed before and is not now is revoked")
    .requiredOption("--name <name>", "name of the group; with the owner it gives the gateway's id")
    .requiredOption("--owner-key-file <file>", "private key of the owner")
    .option("--backup <address...>", "log key of a backup, in the order in which they should try; at most 8", addresses)
    .option("--nobody", "an empty list")
    .option("--takeover-interval <blocks>", "blocks between two takeovers", integer(0, MAX_UINT32), 0)
    .action(answering(list));
  successor(gateway.command("takeover"))
    .description("make a backup the primary and raise the epoch: what the former primary signs is refused from then on")
    .action(answering(takeOver));
  gateway
    .command("handover")
    .description("the same, with the primary's consent and without an interval: asked of a running member, or by hand")
    .addOption(gatewayOption())
    .addOption(heirOption())
    .option("--rpc-url <url>", "by hand: node of the log chain", httpUrl)
    .option("--log-registry <address>", "by hand: the registry", address)
    .option("--gateway-id <id>", "by hand: the group")
    .option("--backup-key-file <file>", "by hand: private key of the backup that becomes primary")
    .option("--primary-key-file <file>", "by hand: private key of the primary")
    .option("--expected-epoch <n>", "by hand: epoch that ends; else the present one", integer(1, MAX_UINT32))
    .option("--chain-id <id>", "by hand: refuse to act on any other chain", integer(1, Number.MAX_SAFE_INTEGER))
    .option("--key-file <file>", "by hand: private key of the account that pays; development chains need none")
    .action(answering(handOver));
}

function successor(command: Command): Command {
  return registryOptions(command)
    .requiredOption("--gateway-id <id>", "the group")
    .requiredOption("--backup-key-file <file>", "private key of the backup that becomes primary")
    .option("--expected-epoch <n>", "epoch that ends; the group's present one unless given", integer(1, MAX_UINT32));
}

async function list({ progress }: CommandContext, options: BackupsOptions): Promise<Answer> {
  const { name, nobody = false, backup = [], takeoverInterval } = options;
  if (nobody === backup.length > 0)
    throw new GatelogError("MALFORMED", "either --backup or --nobody is needed: an empty list revokes all backups");
  const owner = signerIn(options.ownerKeyFile);
  const gatewayId = gatewayIdOf(owner.address, name);
  return inRegistry(options, async (access) => {
    progress(`listing ${backup.length} backups of "${name}" of ${owner.address}`);
    await setBackups(access, owner, gatewayId, { backups: backup, takeoverInterval });
    const { backups } = await groupOf(access, gatewayId);
    const text = backups.length === 0 ? "nobody" : backups.join(", ");
    return {
      exit: EXIT.sound,
      text: `Listed: gateway ${gatewayId}, who may take over: ${text}`,
      json: { gatewayId, backups: [...backups], takeoverInterval },
    };
  });
}

async function takeOver({ progress }: CommandContext, options: TakeoverOptions): Promise<Answer> {
  const backup = signerIn(options.backupKeyFile);
  return succeed(options, backup, async (access, succession) => {
    progress(`taking over epoch ${succession.expectedEpoch} with ${backup.address}`);
    await takeover(access, backup, succession);
  });
}

async function handOver(context: CommandContext, given: AnyHandoverOptions, command: Command): Promise<Answer> {
  const missing = Object.entries(BY_HAND).flatMap(([name, flag]) => (Reflect.has(given, name) ? [] : [flag]));
  if (missing.length === Object.keys(BY_HAND).length) return handOverRunning(given.gateway, given.to);
  const isMixed = given.to !== undefined || command.getOptionValueSource("gateway") === "cli";
  if (!isByHand(given) || isMixed)
    throw new GatelogError(
      "MALFORMED",
      isMixed
        ? "--gateway and --to ask a running member; the other options are for a handover by hand, without it"
        : `a handover by hand needs ${missing.join(", ")} too`,
    );
  return handOverByHand(context, given);
}

function isByHand(given: AnyHandoverOptions): given is AnyHandoverOptions & HandoverOptions {
  return Object.keys(BY_HAND).every((name) => Reflect.has(given, name));
}

async function handOverByHand({ progress }: CommandContext, options: HandoverOptions): Promise<Answer> {
  const backup = signerIn(options.backupKeyFile);
  const primary = signerIn(options.primaryKeyFile);
  return succeed(options, backup, async (access, succession) => {
    progress(`handing epoch ${succession.expectedEpoch} over from ${primary.address} to ${backup.address}`);
    const own = { key: backup.address, signature: await signHandover(access, backup, succession, backup.address) };
    await handover(access, succession, own, await signHandover(access, primary, succession, backup.address));
  });
}

/** Changes the primary, unless the backup is the primary already. */
async function succeed(
  options: TakeoverOptions,
  backup: DigestSigner,
  change: (access: RegistryAccess, succession: Succession) => Promise<void>,
): Promise<Answer> {
  const gatewayId = parseAs(hashSchema, options.gatewayId, "MALFORMED", "--gateway-id");
  return inRegistry(options, async (access) => {
    const before = await groupOf(access, gatewayId);
    const { expectedEpoch = before.epoch } = options;
    const isDone = options.expectedEpoch === undefined && before.key === backup.address;
    if (!isDone) await change(access, { gatewayId, expectedEpoch });
    const { key, epoch } = await groupOf(access, gatewayId);
    if (key !== backup.address)
      throw new GatelogError("STALE_EPOCH", "the backup became primary, and somebody else has followed it", {
        ...{ gatewayId, expected: backup.address, actual: key },
      });
    const text = isDone ? "Nothing to do: the key is the primary's already" : "Changed";
    return { exit: EXIT.sound, text: `${text}: gateway ${gatewayId}, epoch ${epoch}`, json: { gatewayId, key, epoch } };
  });
}

async function inRegistry(
  options: RegistryOptions,
  work: (access: RegistryAccess) => Promise<Answer>,
): Promise<Answer> {
  const access = await openChain(options);
  try {
    await requireLogRegistry(access.chain, options.logRegistry);
    return await work({ ...access, registry: options.logRegistry });
  } finally {
    await access.close();
  }
}

function groupOf(
  { chain, registry }: { readonly chain: Chain; readonly registry: Address },
  gatewayId: GatewayId,
): Promise<GatewayGroup> {
  return new RegistryReader(chain, registry).group(gatewayId);
}

function signerIn(file: string): DigestSigner {
  return keySigner(readKey({ file: resolve(file) }, ".", {}));
}
