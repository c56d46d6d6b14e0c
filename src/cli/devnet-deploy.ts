import { createChain, type Chain } from "../chain/chain.ts";
import {
  admitGateway,
  deployLedger,
  deployLog,
  grantMinter,
  mapToken,
  mintErc20,
  mintErc721,
  type LedgerDeployment,
} from "../chain/deploy.ts";
import { createLane, type Lane } from "../chain/lane.ts";
import { registerGateway } from "../chain/register-gateway.ts";
import type { Address, GatewayId } from "../entry/hex.ts";
import { keySigner } from "../entry/signature.ts";
import type { Standard } from "../entry/terms.ts";
import type { DevelopmentAccount, Part } from "./devnet-accounts.ts";

export interface ChainAddress {
  readonly rpcUrl: string;
  readonly chainId: number;
}

export interface DevnetContracts {
  readonly alpha: Omit<LedgerDeployment, "record">;
  readonly beta: Omit<LedgerDeployment, "record">;
  readonly logRegistry: Address;
  /** Block of the registry's deployment. */
  readonly logBlock: number;
  readonly gateways: { readonly alpha: GatewayId; readonly beta: GatewayId };
}

export interface DevnetDeployment {
  readonly alpha: ChainAddress;
  readonly beta: ChainAddress;
  readonly log: ChainAddress;
  readonly accounts: Readonly<Record<Part, DevelopmentAccount>>;
  /** Where the two gateways will listen; registered with them. */
  readonly endpoints: { readonly alpha: string; readonly beta: string };
}

/** What there is to transfer: Alice owns these deeds on alpha and Bob this gold on beta, in the token's smallest unit. */
export const DEEDS = [7n, 8n, 9n] as const;
const GOLD = 1_000n * 10n ** 18n;
/** A deed of this id exists on beta too, so that beta can't mint it: a transfer of it is refused at the vote. */
export const DISPUTED_DEED = 9n;

export const GATEWAY_NAMES = { alpha: "alpha-gateway", beta: "beta-gateway" } as const;

/** Deploys log, ledgers and tokens, maps the tokens both ways, admits and registers the two gateways, hands out assets. */
export async function deployDevnet(plan: DevnetDeployment): Promise<DevnetContracts> {
  const { accounts } = plan;
  const chains = { alpha: open(plan.alpha), beta: open(plan.beta), log: open(plan.log) };
  // With the log on one of the ledgers two chains are one: one account must then have one lane.
  const laneOf = memoizedLanes(accounts.deployer);
  const deployment = (chain: Chain) => ({ chain, lane: laneOf(chain) });
  try {
    const alpha = await deployLedger(deployment(chains.alpha));
    const beta = await deployLedger(deployment(chains.beta));
    const { logRegistry, record } = await deployLog(deployment(chains.log));
    const logBlock = record.contracts["LogRegistry"]?.blockNumber ?? 0;
    for (const [chain, here, other, there] of [
      [chains.alpha, alpha, plan.beta, beta],
      [chains.beta, beta, plan.alpha, alpha],
    ] as const) {
      for (const standard of ["erc20", "erc721"] as const satisfies readonly Standard[])
        await mapToken(deployment(chain), here.escrow, {
          originChainId: other.chainId,
          originToken: there[standard],
          token: here[standard],
          standard,
          mode: "mint",
        });
    }
    await admitGateway(deployment(chains.alpha), alpha.escrow, accounts.alphaLedger.address);
    await admitGateway(deployment(chains.beta), beta.escrow, accounts.betaLedger.address);
    await handOut(chains, laneOf, { alpha, beta }, accounts);
    const access = { chain: chains.log, lane: laneOf(chains.log), registry: logRegistry };
    const register = (side: "alpha" | "beta") =>
      registerGateway(access, {
        owner: keySigner(accounts[`${side}Owner`].privateKey),
        name: GATEWAY_NAMES[side],
        key: accounts[`${side}Log`].address,
        endpoints: [plan.endpoints[side]],
      });
    const gateways = { alpha: await register("alpha"), beta: await register("beta") };
    return { alpha: addressesOf(alpha), beta: addressesOf(beta), logRegistry, logBlock, gateways };
  } finally {
    for (const chain of Object.values(chains)) chain.close();
  }
}

/** The deployer may mint besides the escrow, so that there is something to begin with. */
async function handOut(
  chains: { readonly alpha: Chain; readonly beta: Chain },
  laneOf: (chain: Chain) => Lane,
  ledgers: { readonly alpha: LedgerDeployment; readonly beta: LedgerDeployment },
  accounts: DevnetDeployment["accounts"],
): Promise<void> {
  const { alice, bob } = accounts;
  const { alpha, beta } = ledgers;
  const deployer = accounts.deployer.address;
  for (const token of [alpha.erc20, alpha.erc721])
    await grantMinter({ chain: chains.alpha, lane: laneOf(chains.alpha) }, token, deployer);
  for (const token of [beta.erc20, beta.erc721])
    await grantMinter({ chain: chains.beta, lane: laneOf(chains.beta) }, token, deployer);
  for (const deed of DEEDS)
    await mintErc721(laneOf(chains.alpha), alpha.erc721, alice.address, deed, `https://deeds.example/${deed}`);
  await mintErc20(laneOf(chains.alpha), alpha.erc20, alice.address, GOLD);
  await mintErc20(laneOf(chains.beta), beta.erc20, bob.address, GOLD);
  await mintErc721(
    laneOf(chains.beta),
    beta.erc721,
    bob.address,
    DISPUTED_DEED,
    `https://deeds.example/${DISPUTED_DEED}`,
  );
}

function memoizedLanes({ privateKey }: DevelopmentAccount): (chain: Chain) => Lane {
  const lanes = new Map<number, Lane>();
  return (chain) => {
    const lane = lanes.get(chain.chainId) ?? createLane(chain, keySigner(privateKey));
    lanes.set(chain.chainId, lane);
    return lane;
  };
}

function open({ rpcUrl, chainId }: ChainAddress): Chain {
  return createChain({ url: rpcUrl, expected: { chainId }, finality: "instant" });
}

function addressesOf({ escrow, erc20, erc721 }: LedgerDeployment) {
  return { escrow, erc20, erc721 };
}
