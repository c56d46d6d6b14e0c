import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { admitGateway, deployLedger, deployLog, mapToken } from "../../chain/deploy.ts";
import { deploymentRecordSchema, type DeploymentRecord } from "../../chain/deployment-record.ts";
import { addressSchema } from "../../entry/hex.ts";
import { openChain, readJson, type ChainAccess } from "../chain-access.ts";
import { answering, integer, type CommandContext } from "../command.ts";
import { EXIT, type Answer } from "../output.ts";

interface DeployOptions {
  readonly rpcUrl: string;
  readonly chainId?: number;
  readonly keyFile?: string;
  readonly record?: string;
}

interface MapOptions extends DeployOptions {
  readonly escrow: string;
  readonly originChain: number;
  readonly originToken: string;
  readonly token: string;
  readonly standard: "erc20" | "erc721";
  readonly mode: "mint" | "vault";
}

export function deployCommand(program: Command): void {
  const deploy = program.command("deploy").description("deploy to any JSON-RPC network, idempotently");
  const common = (command: Command) =>
    command
      .requiredOption("--rpc-url <url>", "node of the network")
      .option("--chain-id <id>", "refuse to deploy on any other chain", integer(1, Number.MAX_SAFE_INTEGER))
      .option("--key-file <file>", "private key (hex) of the account that pays and administers; development chains need none")
      .option("--record <file>", "deployment record: what it names and the chain has stays (default: deployments/<chain id>.json)");

  common(deploy.command("log").description("the log registry")).action(answering(deployLogTo));
  common(deploy.command("ledger").description("an escrow with an ERC-20 and an ERC-721 for trials")).action(answering(deployLedgerTo));
  common(deploy.command("map").description("map a token of another ledger to a local one, in an escrow"))
    .requiredOption("--escrow <address>", "escrow on this network")
    .requiredOption("--origin-chain <id>", "chain of the token that is transferred to here", integer(1, Number.MAX_SAFE_INTEGER))
    .requiredOption("--origin-token <address>", "the token there")
    .requiredOption("--token <address>", "the token here; its decimals must be those of the origin's")
    .requiredOption("--standard <standard>", "erc20 or erc721")
    .option("--mode <mode>", "mint, or vault for a token without burn", "mint")
    .action(answering(mapTokenOn));
  common(deploy.command("admit").description("let a gateway's ledger key lock and mint in an escrow"))
    .requiredOption("--escrow <address>", "escrow on this network")
    .requiredOption("--key <address>", "ledger key of the gateway")
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
  const { originChain: originChainId, standard, mode } = options;
  const originToken = addressSchema.parse(options.originToken);
  const token = addressSchema.parse(options.token);
  try {
    progress(`mapping ${originToken} of chain ${originChainId} to ${token}`);
    await mapToken(access, addressSchema.parse(options.escrow), { originChainId, originToken, token, standard, mode });
    return { exit: EXIT.sound, text: "Mapped.", json: { originChainId, originToken, token, standard, mode } };
  } finally {
    await access.close();
  }
}

async function admitTo(_context: CommandContext, options: DeployOptions & { escrow: string; key: string }): Promise<Answer> {
  const access = await openChain(options);
  const key = addressSchema.parse(options.key);
  try {
    await admitGateway(access, addressSchema.parse(options.escrow), key);
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
    const former = readJson(file);
    progress(`deploying on chain ${access.chain.chainId} as ${access.lane.account}`);
    const { record, addresses } = await deploy(access, former === undefined ? undefined : deploymentRecordSchema.parse(former));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
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
