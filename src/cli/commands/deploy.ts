import { resolve } from "node:path";
import { Option, type Command } from "commander";
import { admitGateway, deployLedger, deployLog, mapToken } from "../../chain/deploy.ts";
import { deploymentRecordSchema, type DeploymentRecord } from "../../chain/deployment-record.ts";
import type { Address } from "../../entry/hex.ts";
import { openChain, type ChainAccess } from "../chain-access.ts";
import { answering, type CommandContext } from "../command.ts";
import { requireEscrow } from "../contract-check.ts";
import { readJsonFile, writeJsonFile } from "../files.ts";
import { address, httpUrl, integer } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";

interface DeployOptions {
  readonly rpcUrl: string;
  readonly chainId?: number;
  readonly keyFile?: string;
  readonly record?: string;
}

interface MapOptions extends DeployOptions {
  readonly escrow: Address;
  readonly originChain: number;
  readonly originToken: Address;
  readonly token: Address;
  readonly standard: "erc20" | "erc721";
  readonly mode: "mint" | "vault";
}

export function deployCommand(program: Command): void {
  const deploy = program.command("deploy").description("deploy to any JSON-RPC network, idempotently");
  const common = (command: Command) =>
    command
      .requiredOption("--rpc-url <url>", "node of the network", httpUrl)
      .option("--chain-id <id>", "refuse to deploy on any other chain", integer(1, Number.MAX_SAFE_INTEGER))
      .option(
        "--key-file <file>",
        "private key (hex) of the account that pays and administers; development chains need none",
      )
      .option(
        "--record <file>",
        "deployment record: what it names and the chain has stays (default: deployments/<chain id>.json)",
      );

  common(deploy.command("log").description("the log registry")).action(answering(deployLogTo));
  common(deploy.command("ledger").description("an escrow with an ERC-20 and an ERC-721 for trials")).action(
    answering(deployLedgerTo),
  );
  common(deploy.command("map").description("map a token of another ledger to a local one, in an escrow"))
    .requiredOption("--escrow <address>", "escrow on this network", address)
    .requiredOption(
      "--origin-chain <id>",
      "chain of the token that is transferred to here",
      integer(1, Number.MAX_SAFE_INTEGER),
    )
    .requiredOption("--origin-token <address>", "the token there", address)
    .requiredOption("--token <address>", "the token here; its decimals must be those of the origin's", address)
    .addOption(new Option("--standard <standard>", "of both tokens").choices(["erc20", "erc721"]).makeOptionMandatory())
    .addOption(new Option("--mode <mode>", "vault for a token without burn").choices(["mint", "vault"]).default("mint"))
    .action(answering(mapTokenOn));
  common(deploy.command("admit").description("let a gateway's ledger key lock and mint in an escrow"))
    .requiredOption("--escrow <address>", "escrow on this network", address)
    .requiredOption("--key <address>", "ledger key of the gateway", address)
    .action(answering(admitTo));
}

async function deployLogTo(context: CommandContext, options: DeployOptions): Promise<Answer> {
  return deployed(context, options, async (access, record) => {
    const { logRegistry, ...rest } = await deployLog({ ...access, record });
    return { ...rest, addresses: { logRegistry } };
  });
}

async function deployLedgerTo(context: CommandContext, options: DeployOptions): Promise<Answer> {
  return deployed(context, options, async (access, record) => {
    const { record: written, ...addresses } = await deployLedger({ ...access, record });
    return { record: written, addresses };
  });
}

async function mapTokenOn({ progress }: CommandContext, options: MapOptions): Promise<Answer> {
  const access = await openChain(options);
  const { escrow, originChain: originChainId, originToken, token, standard, mode } = options;
  try {
    await requireEscrow(access.chain, escrow);
    progress(`mapping ${originToken} of chain ${originChainId} to ${token}`);
    await mapToken(access, escrow, { originChainId, originToken, token, standard, mode });
    return { exit: EXIT.sound, text: "Mapped.", json: { originChainId, originToken, token, standard, mode } };
  } finally {
    await access.close();
  }
}

async function admitTo(
  _context: CommandContext,
  options: DeployOptions & { readonly escrow: Address; readonly key: Address },
): Promise<Answer> {
  const access = await openChain(options);
  const { escrow, key } = options;
  try {
    await requireEscrow(access.chain, escrow);
    await admitGateway(access, escrow, key);
    return { exit: EXIT.sound, text: `Admitted ${key}.`, json: { key } };
  } finally {
    await access.close();
  }
}

interface Deployed {
  readonly record: DeploymentRecord;
  readonly addresses: Readonly<Record<string, string>>;
}

async function deployed(
  { progress }: CommandContext,
  options: DeployOptions,
  deploy: (access: ChainAccess, record: DeploymentRecord | undefined) => Promise<Deployed>,
): Promise<Answer> {
  const access = await openChain(options);
  try {
    const file = resolve(options.record ?? `deployments/${access.chain.chainId}.json`);
    const former = readJsonFile(file, deploymentRecordSchema, "INVALID_CONFIG");
    progress(`deploying on chain ${access.chain.chainId} as ${access.lane.account}`);
    const { record, addresses } = await deploy(access, former);
    writeJsonFile(file, record);
    const lines = Object.entries(addresses).map(([name, address]) => `  ${name.padEnd(12)} ${address}`);
    return {
      exit: EXIT.sound,
      text: [`On chain ${record.chainId}:`, ...lines, `  record       ${file}`].join("\n"),
      json: { chainId: record.chainId, ...addresses, record: file },
    };
  } finally {
    await access.close();
  }
}
