import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Contract, ContractFactory, JsonRpcProvider, Wallet, type ContractTransactionResponse } from "ethers";
import { parse, stringify } from "yaml";
import { startService, type Service, type ServiceEvent } from "../../scripts/demo/services.ts";
import { GatelogERC20Artifact } from "../../src/chain/generated/contracts/GatelogERC20.ts";
import type { Part } from "../../src/cli/devnet-accounts.ts";
import { findAnvil, type NodeKind } from "../../src/cli/devnet-chains.ts";
import { startDevnet, type Devnet, type DevnetRecord } from "../../src/cli/devnet.ts";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import { temporaryFolder } from "./store-stages.ts";
import { until } from "./until.ts";

export type Side = "alpha" | "beta";
type Seen = ServiceEvent & { readonly side: Side };

const BLOCK_TIME_MS = 100;
/** Until something that takes a few blocks must have happened, on a machine that is busy with other things. */
const LIMIT_MS = 60_000;

const TOKEN_ABI = [
  "function mint(address to, uint256 amount)",
  "function mint(address to, uint256 tokenId, string uri)",
  "function approve(address spender, uint256 value)",
  "function balanceOf(address owner) view returns (uint256)",
  "function ownerOf(uint256 tokenId) view returns (address)",
];

interface Token {
  balanceOf(owner: string): Promise<bigint>;
  ownerOf(tokenId: bigint): Promise<string>;
}

/** The node that takes the least of the machine. */
export function quickKind(): NodeKind {
  return findAnvil() === undefined ? "hardhat" : "anvil";
}

/** A development network with its services as real processes, and what its users do with a wallet. */
export class GatelogNet {
  readonly dir: string;
  readonly record: DevnetRecord;
  readonly #devnet: Devnet;
  readonly #services = new Map<string, Service>();
  readonly #seen: Seen[] = [];
  readonly #providers = new Map<Side, JsonRpcProvider>();
  readonly #remove: () => Promise<void>;
  readonly #onExit: () => void;

  private constructor(devnet: Devnet, folder: { readonly path: string; remove(): Promise<void> }) {
    this.dir = folder.path;
    this.record = devnet.record;
    this.#devnet = devnet;
    this.#remove = () => folder.remove();
    // A run that is broken off leaves nothing behind.
    this.#onExit = () => {
      for (const { child } of this.#services.values()) child.kill("SIGKILL");
    };
    process.once("exit", this.#onExit);
  }

  /** The chains, the contracts and the configurations; no service yet. Beta is an anvil where that runs, unless told otherwise. */
  static async open(
    options: { readonly alpha?: NodeKind; readonly beta?: NodeKind; readonly log?: NodeKind | Side } = {},
  ): Promise<GatelogNet> {
    const { alpha = "hardhat", beta = quickKind(), log = "hardhat" } = options;
    const folder = await temporaryFolder();
    const common = {
      dir: folder.path,
      blockTimeMs: BLOCK_TIME_MS,
      portBase: 0,
      detached: false,
    } as const;
    try {
      return new GatelogNet(await startDevnet({ ...common, alpha, beta, log }, () => undefined), folder);
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  async startApi(): Promise<Service> {
    const { config, url } = this.record.api;
    return this.#start("api", startService("api", { name: "log-api", config, url, dir: this.dir }));
  }

  async startGateway(side: Side, config = this.record.gateways[side].config): Promise<Service> {
    const onEvent = (event: ServiceEvent) => this.#seen.push({ ...event, side });
    const { url } = this.record.gateways[side];
    return this.#start(side, startService("gateway", { name: `${side}-gateway`, config, url, dir: this.dir, onEvent }));
  }

  client(side: Side): GatewayClient {
    return new GatewayClient({ baseUrl: this.record.gateways[side].url });
  }

  /** Resolves once the gateway has told of it, whenever that was. */
  async seen(side: Side, sessionId: string, expected: Partial<ServiceEvent>): Promise<void> {
    const matches = (event: Seen): boolean =>
      event.side === side &&
      event.session === sessionId &&
      Object.entries(expected).every(([member, value]) => event[member as keyof ServiceEvent] === value);
    await until(`${JSON.stringify(expected)} at ${side}`, () => this.#seen.some(matches), LIMIT_MS);
  }

  /** The transfer's status at a gateway, once its outcome is known there. */
  async outcome(side: Side, sessionId: string) {
    return until(
      `an outcome of ${sessionId} at ${side}`,
      async () => {
        const status = await this.client(side).status(sessionId);
        return status.outcome !== "IN_DOUBT" && status;
      },
      LIMIT_MS,
    );
  }

  /** Writes REQUEST.json for a transfer to the other side, and gives its place. */
  writeRequest(
    from: Side,
    request: { readonly idempotencyKey: string; readonly asset: object } & Record<string, unknown>,
  ): string {
    const file = join(this.dir, `${request.idempotencyKey}.json`);
    writeFileSync(file, JSON.stringify(this.request(from, request)));
    return file;
  }

  request(
    from: Side,
    {
      idempotencyKey,
      asset,
      ...rest
    }: { readonly idempotencyKey: string; readonly asset: object } & Record<string, unknown>,
  ): object {
    const to: Side = from === "alpha" ? "beta" : "alpha";
    const { alice, bob } = this.record.accounts;
    return {
      idempotencyKey,
      asset,
      originator: (from === "alpha" ? alice : bob).address,
      beneficiary: (from === "alpha" ? bob : alice).address,
      destination: { gatewayId: this.record.gateways[to].gatewayId, networkId: `eip155:${this.record[to].chainId}` },
      ...rest,
    };
  }

  deed(side: Side, tokenId: bigint): object {
    return { standard: "erc721", address: this.record[side].erc721, tokenId: tokenId.toString() };
  }

  gold(side: Side, amount: bigint): object {
    return { standard: "erc20", address: this.record[side].erc20, amount: amount.toString() };
  }

  /** Owner of a deed, null where there is none of that id. */
  async ownerOf(side: Side, tokenId: bigint): Promise<string | null> {
    return this.#token(side, this.record[side].erc721)
      .ownerOf(tokenId)
      .catch(() => null);
  }

  async goldOf(side: Side, part: Part): Promise<bigint> {
    return this.#token(side, this.record[side].erc20).balanceOf(this.record.accounts[part].address);
  }

  /** The owner lets the escrow take it. */
  async approve(side: Side, part: Part, token: string, value: bigint): Promise<void> {
    await this.send(side, part, token, "approve(address,uint256)", this.record[side].escrow, value);
  }

  async send(side: Side, part: Part, to: string, method: string, ...values: readonly unknown[]): Promise<void> {
    const contract = new Contract(to, TOKEN_ABI, this.#wallet(side, part));
    await ((await contract.getFunction(method)(...values)) as ContractTransactionResponse).wait();
  }

  /** A token that no escrow knows. */
  async deployToken(side: Side): Promise<string> {
    const { abi, bytecode } = GatelogERC20Artifact;
    const deployer = this.#wallet(side, "deployer");
    const token = await new ContractFactory(abi, bytecode, deployer).deploy("Nowhere", "NOW", 18, deployer.address);
    await token.waitForDeployment();
    return token.getAddress();
  }

  /** Another configuration beside those that the development network wrote. */
  writeConfig(name: string, from: string, change: (config: Record<string, unknown>) => object): string {
    const config = parse(readFileSync(from, "utf8")) as Record<string, unknown>;
    const file = join(this.dir, name);
    writeFileSync(file, stringify(change(config)));
    return file;
  }

  writeKey(part: Part): string {
    writeFileSync(join(this.dir, "keys", `${part}.key`), this.record.accounts[part].privateKey, { mode: 0o600 });
    return `keys/${part}.key`;
  }

  /** `--ledger` for both ledgers. */
  get ledgerOptions(): string[] {
    return (["alpha", "beta"] as const).flatMap((side) => [
      "--ledger",
      `${side}=${this.record[side].rpcUrl},${this.record[side].escrow}`,
    ]);
  }

  async stop(): Promise<void> {
    for (const provider of this.#providers.values()) provider.destroy();
    await Promise.all([...this.#services.values()].map(({ child }) => child.stop()));
    await this.#devnet.stop();
    process.removeListener("exit", this.#onExit);
    await this.#remove();
  }

  async #start(name: string, starting: Promise<Service>): Promise<Service> {
    const service = await starting;
    this.#services.set(name, service);
    return service;
  }

  /** ethers makes the methods from the ABI at run time; `Token` says the same to the compiler. */
  #token(side: Side, address: string): Token {
    return new Contract(address, TOKEN_ABI, this.#provider(side)) as unknown as Token;
  }

  #wallet(side: Side, part: Part): Wallet {
    return new Wallet(this.record.accounts[part].privateKey, this.#provider(side));
  }

  #provider(side: Side): JsonRpcProvider {
    const { rpcUrl, chainId } = this.record[side];
    const known = this.#providers.get(side);
    if (known !== undefined) return known;
    // No cache: a test looks again because something has changed.
    const provider = new JsonRpcProvider(rpcUrl, chainId, {
      staticNetwork: true,
      pollingInterval: 50,
      cacheTimeout: -1,
    });
    this.#providers.set(side, provider);
    return provider;
  }
}
