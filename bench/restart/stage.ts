import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createChain, type Chain } from "../../src/chain/chain.ts";
import { createLane, type Lane } from "../../src/chain/lane.ts";
import { registerGateway, type RegistryAccess } from "../../src/chain/register-gateway.ts";
import { developmentAccounts, type DevelopmentAccount, type Part } from "../../src/cli/devnet-accounts.ts";
import { deployDevnet, GATEWAY_NAMES, type DevnetContracts } from "../../src/cli/devnet-deploy.ts";
import { requireFreePort } from "../../src/cli/processes.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import type { GatewayId, Hex } from "../../src/entry/hex.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { BenchChain } from "./chain.ts";
import { keyNamed } from "./filler-log.ts";

const CHAIN_IDS = { alpha: 31337, beta: 31338, log: 31339 } as const;
/** Between two blocks, while contracts are deployed and transfers begin. */
const SETUP_BLOCK_TIME_MS = 20;
const DAY_MS = 24 * 3_600_000;
/** A crash that lasts: neither the deadline nor the patience with a peer ends before the benchmark does. */
const TIMING = { deadline: 30 * DAY_MS, maxTimeout: DAY_MS } as const;

/** Where the search for ports of gateways begins: below those that systems give to outgoing connections. */
const FIRST_PORT = 20_000;
const LAST_PORT = 30_000;

/** A gateway, as it can be started again and again. */
export interface GatewayPlace {
  readonly name: string;
  readonly gatewayId: GatewayId;
  readonly url: string;
  readonly config: string;
  readonly dataDir: string;
  readonly logKey: Hex;
}

/** A log chain with its registry, and two gateways on the two ledgers whose log it is. */
export interface LogStage {
  readonly name: string;
  readonly chain: BenchChain;
  readonly access: RegistryAccess;
  readonly contracts: DevnetContracts;
  readonly origin: GatewayPlace;
  readonly destination: GatewayPlace;
}

interface Identity {
  readonly name: string;
  readonly owner: DevelopmentAccount["address"];
  readonly logKey: Hex;
  readonly gatewayId: GatewayId;
  /** Pays for the transactions that carry its entries. */
  readonly carrier: Hex;
  readonly ledger: "alpha" | "beta";
  readonly port: number;
}

/** Two ledgers, and any number of log chains. */
export class Stage {
  readonly dir: string;
  readonly accounts: Readonly<Record<Part, DevelopmentAccount>> = developmentAccounts();
  readonly alpha: BenchChain;
  readonly beta: BenchChain;
  readonly #logs: BenchChain[] = [];
  #nextPort = FIRST_PORT;
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #onExit = (): void => {
    for (const chain of [this.alpha, this.beta, ...this.#logs]) chain.kill();
  };

  private constructor(dir: string, alpha: BenchChain, beta: BenchChain) {
    this.dir = dir;
    this.alpha = alpha;
    this.beta = beta;
    process.once("exit", this.#onExit); // A run that is broken off leaves no nodes behind.
  }

  static async open(): Promise<Stage> {
    const dir = await mkdtemp(join(tmpdir(), "gatelog-bench-restart-"));
    const alpha = await BenchChain.start("alpha", CHAIN_IDS.alpha, dir);
    const stage = new Stage(dir, alpha, await BenchChain.start("beta", CHAIN_IDS.beta, dir));
    return stage;
  }

  /** Mines on both ledgers and the log as long as the work lasts. */
  async mining<T>(log: BenchChain, work: () => Promise<T>): Promise<T> {
    const chains = [this.alpha, this.beta, log];
    for (const chain of chains) chain.startMining(SETUP_BLOCK_TIME_MS);
    try {
      return await work();
    } finally {
      await Promise.all(chains.map((chain) => chain.stopMining()));
    }
  }

  /** Another log chain, with contracts and gateways of its own on all three chains. */
  async addLog(name: string): Promise<LogStage> {
    const chain = await BenchChain.start(name, CHAIN_IDS.log, this.dir);
    this.#logs.push(chain);
    const ports = { alpha: await this.#lastingPort(), beta: await this.#lastingPort() };
    const endpoints = { alpha: urlOf(ports.alpha), beta: urlOf(ports.beta), api: urlOf(0) };
    const { accounts, alpha, beta } = this;
    const contracts = await this.mining(chain, () => deployDevnet({ alpha, beta, log: chain, accounts, endpoints }));
    const { chain: client, lane } = this.#connect(chain);
    const access = { chain: client, lane, registry: contracts.logRegistry };
    const identity = (side: "alpha" | "beta", carrier: Part): Identity => ({
      name: GATEWAY_NAMES[side],
      owner: accounts[`${side}Owner`].address,
      logKey: accounts[`${side}Log`].privateKey,
      gatewayId: contracts.gateways[side],
      carrier: accounts[carrier].privateKey,
      ledger: side,
      port: ports[side],
    });
    const given = { name, chain, access, contracts };
    const origin = this.#writeConfig(given, identity("alpha", "carrier"));
    const destination = this.#writeConfig(given, identity("beta", "betaOwner"));
    return { ...given, origin, destination };
  }

  /** A gateway that has no session, beside the two. */
  async addIdleGateway(log: LogStage): Promise<GatewayPlace> {
    const owner = keySigner(keyNamed("idle owner"));
    const logKey = keyNamed("idle log key");
    const port = await this.#lastingPort();
    const name = "idle-gateway";
    const registration = { owner, name, key: keySigner(logKey).address, endpoints: [urlOf(port)] };
    const gatewayId = await this.mining(log.chain, () => registerGateway(log.access, registration));
    const carrier = this.accounts.alphaOwner.privateKey;
    return this.#writeConfig(log, { name, owner: owner.address, logKey, gatewayId, carrier, ledger: "alpha", port });
  }

  /** @param isDone False keeps the folder, with what nodes and gateways have said: something points there. */
  async close(isDone: boolean): Promise<void> {
    for (const close of this.#closers) await close();
    await Promise.all([this.alpha, this.beta, ...this.#logs].map((chain) => chain.stop()));
    process.removeListener("exit", this.#onExit);
    if (isDone) await rm(this.dir, { recursive: true, force: true });
  }

  /** A port that is free again at each restart: it is free now, and no outgoing connection takes it meanwhile. */
  async #lastingPort(): Promise<number> {
    for (let port = this.#nextPort; port <= LAST_PORT; port += 1)
      try {
        await requireFreePort(port);
        this.#nextPort = port + 1;
        return port;
      } catch (error) {
        if (!isGatelogError(error, "INVALID_CONFIG")) throw error;
      }
    throw new Error(`no port from ${FIRST_PORT} to ${LAST_PORT} is free`);
  }

  #connect({ rpcUrl: url, chainId }: BenchChain): { readonly chain: Chain; readonly lane: Lane } {
    const chain = createChain({ url, expected: { chainId }, finality: "instant" });
    const lane = createLane(chain, keySigner(this.accounts.deployer.privateKey));
    this.#closers.push(async () => {
      await lane.close();
      chain.close();
    });
    return { chain, lane };
  }

  #writeConfig(log: Pick<LogStage, "name" | "chain" | "contracts">, identity: Identity): GatewayPlace {
    const { name, owner, logKey, gatewayId, carrier, port } = identity;
    const { chain, contracts } = log;
    const dir = join(this.dir, log.name, name);
    const dataDir = join(dir, "data");
    mkdirSync(dataDir, { recursive: true });
    const key = (file: string, value: Hex) => {
      writeFileSync(join(dir, file), value, { mode: 0o600 });
      return { file };
    };
    const ledgers = (["alpha", "beta"] as const).map((side) => {
      const { chainId, rpcUrl } = this[side];
      const isOwn = side === identity.ledger;
      const ledgerKey = isOwn ? { key: key("ledger.key", this.accounts[`${side}Ledger`].privateKey) } : {};
      return { networkId: `eip155:${chainId}`, chainId, rpcUrl, escrow: contracts[side].escrow, ...ledgerKey };
    });
    const config = join(dir, "gateway.json");
    const document = {
      ...{ name, owner, logKey: key("log.key", logKey), listen: `127.0.0.1:${port}`, dataDir, ledgers },
      log: { chainId: chain.chainId, registry: contracts.logRegistry },
      store: {
        driver: "chain",
        rpcUrl: chain.rpcUrl,
        carrierKey: key("carrier.key", carrier),
        fromBlock: contracts.logBlock,
      },
      timing: TIMING,
    };
    writeFileSync(config, JSON.stringify(document, null, 2));
    return { name, gatewayId, url: urlOf(port), config, dataDir, logKey };
  }
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
