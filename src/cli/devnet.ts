import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { GatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";
import { developmentAccounts, type DevelopmentAccount, type Part } from "./devnet-accounts.ts";
import { startChain, type NodeKind, type RunningChain } from "./devnet-chains.ts";
import { deployDevnet, GATEWAY_NAMES, type DevnetContracts } from "./devnet-deploy.ts";
import type { Progress } from "./output.ts";
import { makeFolder, writeJsonFile } from "./files.ts";
import { freePort, requireFreePort } from "./processes.ts";

export const DEFAULT_DIR = ".gatelog/devnet";
export const DEFAULT_PORT_BASE = 8545;
export const DEFAULT_BLOCK_TIME_MS = 100;
const CHAIN_IDS = { alpha: 31337, beta: 31338, log: 31339 } as const;
type Side = "alpha" | "beta";

export interface DevnetOptions {
  readonly dir: string;
  readonly alpha: NodeKind;
  readonly beta: NodeKind;
  /** A chain of its own, or one of the ledgers (the drafts' second place for a log). */
  readonly log: NodeKind | Side;
  readonly blockTimeMs: number;
  /** First of six ports in a row: three chains, log API, two gateways; 0 takes any that are free. */
  readonly portBase: number;
  /** The chains go on when this process ends; `devnet down` ends them. */
  readonly detached: boolean;
}

/** `devnet.json`: where everything is. */
export interface DevnetRecord {
  readonly alpha: LedgerRecord;
  readonly beta: LedgerRecord;
  readonly log: { readonly rpcUrl: string; readonly chainId: number; readonly logRegistry: Address };
  readonly accounts: Readonly<Record<Part, DevelopmentAccount>>;
  readonly gateways: Readonly<
    Record<Side, { readonly gatewayId: string; readonly url: string; readonly config: string }>
  >;
  readonly api: { readonly url: string; readonly config: string };
  /** Nodes that `devnet down` ends. */
  readonly processes: readonly { readonly name: string; readonly pid: number; readonly port: number }[];
}

export interface LedgerRecord {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly escrow: Address;
  readonly erc721: Address;
  readonly erc20: Address;
}

export interface Devnet {
  readonly record: DevnetRecord;
  readonly file: string;
  /** Ends the chains. */
  stop(): Promise<void>;
}

/** Starts the chains, deploys, registers two gateways, and leaves ready configurations for them and the log API in `dir`. */
export async function startDevnet(options: DevnetOptions, progress: Progress): Promise<Devnet> {
  const { dir } = options;
  makeFolder(join(dir, "keys"));
  const ports = await choosePorts(options.portBase);
  for (const port of Object.values(ports)) await requireFreePort(port);
  const chains = new Map<string, RunningChain>();
  const stop = async () => {
    await Promise.all([...chains.values()].map((chain) => chain.child.stop()));
  };
  try {
    const started = performance.now();
    await Promise.all(
      (["alpha", "beta", "log"] as const).map(async (name) => {
        const kind = options[name];
        if (kind === "alpha" || kind === "beta") return;
        const plan = { name, kind, chainId: CHAIN_IDS[name], port: ports[name], blockTimeMs: options.blockTimeMs };
        chains.set(name, await startChain(plan, options));
        progress(
          `  ${name.padEnd(5)} ${describeChain(kind, options.blockTimeMs)}, chain ${CHAIN_IDS[name]}, port ${ports[name]}`,
        );
      }),
    );
    const chainAt = (name: "alpha" | "beta" | "log") => {
      const kind = options[name];
      const chain = chains.get(kind === "alpha" || kind === "beta" ? kind : name);
      if (!chain) throw new GatelogError("INTERNAL", `the chain ${name} was not started`);
      return { rpcUrl: chain.rpcUrl, chainId: chain.chainId };
    };
    const urls = { alpha: localUrl(ports.alphaGateway), beta: localUrl(ports.betaGateway), api: localUrl(ports.api) };
    const places = { alpha: chainAt("alpha"), beta: chainAt("beta"), log: chainAt("log") };
    const accounts = developmentAccounts();
    progress("  deploying escrows, tokens and the log registry");
    const contracts = await deployDevnet({ ...places, accounts, endpoints: urls });
    const record: DevnetRecord = {
      alpha: { ...places.alpha, ...contracts.alpha },
      beta: { ...places.beta, ...contracts.beta },
      log: { ...places.log, logRegistry: contracts.logRegistry },
      accounts,
      gateways: {
        alpha: { gatewayId: contracts.gateways.alpha, url: urls.alpha, config: join(dir, "alpha.yaml") },
        beta: { gatewayId: contracts.gateways.beta, url: urls.beta, config: join(dir, "beta.yaml") },
      },
      api: { url: urls.api, config: join(dir, "api.yaml") },
      processes: [...chains.values()].map(({ child, port }) => ({ name: child.name, pid: child.pid, port })),
    };
    const file = join(dir, "devnet.json");
    writeConfigs(dir, record, places, contracts);
    writeJsonFile(file, record, { mode: 0o600 });
    progress(`  ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return { record, file, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * A gateway writes through the log API (driver http), or keeps private logs; it reads the other ledger, and only its own has its
 * key.
 */
function writeConfigs(
  dir: string,
  record: DevnetRecord,
  places: Record<"alpha" | "beta" | "log", { rpcUrl: string; chainId: number }>,
  contracts: DevnetContracts,
): void {
  const { accounts } = record;
  const log = { chainId: places.log.chainId, registry: contracts.logRegistry };
  const { rpcUrl } = places.log;
  const fromBlock = contracts.logBlock;
  const key = (part: Part) => {
    writeFileSync(join(dir, "keys", `${part}.key`), `${accounts[part].privateKey}\n`, { mode: 0o600 });
    return { file: `keys/${part}.key` };
  };
  const ledger = (side: Side, own: boolean) => ({
    networkId: `eip155:${places[side].chainId}`,
    rpcUrl: places[side].rpcUrl,
    chainId: places[side].chainId,
    escrow: record[side].escrow,
    ...(own ? { key: key(`${side}Ledger`) } : {}),
    finality: "instant",
  });
  for (const [side, other] of [
    ["alpha", "beta"],
    ["beta", "alpha"],
  ] as const) {
    const gateway = {
      name: GATEWAY_NAMES[side],
      owner: accounts[`${side}Owner`].address,
      logKey: key(`${side}Log`),
      listen: hostOf(record.gateways[side].url),
    };
    const ledgers = [ledger(side, true), ledger(other, false)];
    writeYaml(join(dir, `${side}.yaml`), `Gateway of ledger ${side}, for development: its keys are public.`, {
      ...gateway,
      log,
      store: { driver: "http", url: record.api.url, rpcUrl, finality: "instant" },
      ledgers,
      dataDir: `./${side}-data`,
    });
    writeYaml(join(dir, `${side}-private.yaml`), `The same gateway with private logs: no log chain and no log API.`, {
      ...gateway,
      store: { driver: "sqlite", path: `./${side}-private/logs.sqlite` },
      peers: [
        {
          name: GATEWAY_NAMES[other],
          owner: accounts[`${other}Owner`].address,
          keys: [{ epoch: 1, key: accounts[`${other}Log`].address }],
          endpoints: [record.gateways[other].url],
        },
      ],
      ledgers,
      dataDir: `./${side}-private`,
    });
  }
  writeYaml(join(dir, "api.yaml"), "Log storage API over the chain store, for development: its key is public.", {
    listen: hostOf(record.api.url),
    log,
    store: { driver: "chain", rpcUrl, carrierKey: key("carrier"), finality: "instant", fromBlock },
    dataDir: "./api-data",
  });
}

function writeYaml(file: string, comment: string, document: object): void {
  writeFileSync(file, `# ${comment}\n${stringify(document)}`);
}

async function choosePorts(base: number) {
  const port = async (offset: number) => (base === 0 ? freePort() : base + offset);
  return {
    alpha: await port(0),
    beta: await port(1),
    log: await port(2),
    api: await port(3),
    alphaGateway: await port(4),
    betaGateway: await port(5),
  };
}

function describeChain(kind: NodeKind, blockTimeMs: number): string {
  return kind === "hardhat" ? "Hardhat node, mines at once" : `anvil, a block every ${blockTimeMs} ms`;
}

function localUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

function hostOf(url: string): string {
  return new URL(url).host;
}
