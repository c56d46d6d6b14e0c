import { join } from "node:path";
import { createChain, type Chain, type Finality } from "../chain/chain.ts";
import type { ChainIdentity } from "../chain/chain-identity.ts";
import type { GatewayPorts } from "../gateway/ports.ts";
import type { LogStore } from "../store/log-store.ts";
import { ChainPins } from "./chain-pins.ts";
import { resolveFrom } from "./config.ts";

/** Things that are closed in the reverse order of their making. */
export class Cleanup {
  readonly #steps: (() => Promise<void> | void)[] = [];

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step();
  }
}

/** Where a test of crashes stands between a process and the world. What is given is what is used. */
export interface Seams {
  chain(chain: Chain): Chain;
  /** A store that signed writes leave the process by. */
  store(store: LogStore): LogStore;
  ports(ports: GatewayPorts): GatewayPorts;
}

const NO_SEAMS: Seams = { chain: (chain) => chain, store: (store) => store, ports: (ports) => ports };

export interface WiringContext {
  readonly configFile: string;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cleanup: Cleanup;
  readonly pins: ChainPins;
  readonly seams: Seams;
}

/** @param dataDirMember As the configuration has it. Chains are pinned there in `chains.json`. */
export function wiringContext(
  configFile: string,
  dataDirMember: string,
  env: NodeJS.ProcessEnv,
  seams: Seams = NO_SEAMS,
): WiringContext {
  const dataDir = resolveFrom(configFile, dataDirMember);
  const pins = new ChainPins(join(dataDir, "chains.json"));
  return { configFile, dataDir, env, cleanup: new Cleanup(), pins, seams };
}

/** A chain that is pinned, and closed with the rest. */
export async function openChainAt(
  url: string,
  chainId: number,
  finality: Finality,
  { cleanup, pins, seams }: WiringContext,
): Promise<Chain> {
  const expected = pins.expected(chainId);
  const onIdentity = (identity: ChainIdentity) => pins.moveUp(identity);
  const chain = seams.chain(createChain({ url, expected, finality, onIdentity }));
  cleanup.add(() => chain.close());
  await pins.remember(chain);
  return chain;
}
