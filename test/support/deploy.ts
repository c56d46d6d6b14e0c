import type { Chain } from "../../src/chain/chain.ts";
import * as deployment from "../../src/chain/deploy.ts";
import { createLane, type Lane } from "../../src/chain/lane.ts";
import { registerGateway } from "../../src/chain/register-gateway.ts";
import type { Address, GatewayId } from "../../src/entry/hex.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import { developmentSigner } from "./accounts.ts";
import type { TestChain } from "./chains.ts";

/** Roles of the development accounts, so that no two parts of a test share an account (and with it its nonces). */
export const ACCOUNTS = {
  deployer: 0,
  carrier: 1,
  /** Pays for approvals: the originator and beneficiary of transfers. */
  alice: 2,
  bob: 3,
  ownerA: 4,
  logKeyA: 5,
  ledgerKeyA: 6,
  ownerB: 7,
  logKeyB: 8,
  ledgerKeyB: 9,
} as const;

/** A log chain with the registry, and a lane of the deployer on it. */
export interface TestLog {
  readonly chain: Chain;
  readonly lane: Lane;
  readonly logRegistry: Address;
  close(): Promise<void>;
}

export async function deployLog(node: TestChain): Promise<TestLog> {
  const { chain, lane, close } = connection(node);
  const { logRegistry } = await deployment.deployLog({ chain, lane });
  return { chain, lane, logRegistry, close };
}

/** A ledger with escrow and tokens; the deployer administers them and may mint. */
export interface TestLedger {
  readonly chain: Chain;
  readonly lane: Lane;
  readonly escrow: Address;
  readonly erc20: Address;
  readonly erc721: Address;
  /** Lets the ledger keys lock and mint. */
  admit(...keys: Address[]): Promise<void>;
  mintErc20(to: Address, amount: bigint): Promise<void>;
  mintErc721(to: Address, tokenId: bigint, uri: string): Promise<void>;
  close(): Promise<void>;
}

export async function deployLedger(node: TestChain): Promise<TestLedger> {
  const { chain, lane, close } = connection(node);
  const { escrow, erc20, erc721 } = await deployment.deployLedger({ chain, lane });
  await deployment.grantMinter({ chain, lane }, erc20, lane.account);
  await deployment.grantMinter({ chain, lane }, erc721, lane.account);
  return {
    chain,
    lane,
    escrow,
    erc20,
    erc721,
    admit: async (...keys) => {
      for (const key of keys) await deployment.admitGateway({ chain, lane }, escrow, key);
    },
    mintErc20: async (to, amount) => {
      await deployment.mintErc20(lane, erc20, to, amount);
    },
    mintErc721: async (to, tokenId, uri) => {
      await deployment.mintErc721(lane, erc721, to, tokenId, uri);
    },
    close,
  };
}

/** Maps the tokens of two ledgers onto each other, both ways. */
export async function mapBothWays(one: TestLedger, other: TestLedger): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const)
    for (const standard of ["erc20", "erc721"] as const)
      await deployment.mapToken(to, to.escrow, {
        originChainId: from.chain.chainId,
        originToken: from[standard],
        token: to[standard],
        standard,
        mode: "mint",
      });
}

/** A gateway group in the registry, with the signers of its parts. */
export interface TestGateway {
  readonly gatewayId: GatewayId;
  readonly owner: DigestSigner;
  /** Signs entries. */
  readonly logSigner: DigestSigner;
  /** Acts and pays on the gateway's ledger. */
  readonly ledgerSigner: DigestSigner;
}

export async function registerTestGateway(
  log: TestLog,
  which: "A" | "B",
  endpoints: readonly string[] = ["http://127.0.0.1:1"],
): Promise<TestGateway> {
  const owner = developmentSigner(ACCOUNTS[`owner${which}`]);
  const logSigner = developmentSigner(ACCOUNTS[`logKey${which}`]);
  const registration = { owner, name: `gateway ${which}`, key: logSigner.address, endpoints };
  const gatewayId = await registerGateway(
    { chain: log.chain, lane: log.lane, registry: log.logRegistry },
    registration,
  );
  return { gatewayId, owner, logSigner, ledgerSigner: developmentSigner(ACCOUNTS[`ledgerKey${which}`]) };
}

function connection(node: TestChain): { chain: Chain; lane: Lane; close: () => Promise<void> } {
  const chain = node.connect();
  const lane = createLane(chain, developmentSigner(ACCOUNTS.deployer));
  return {
    chain,
    lane,
    close: async () => {
      await lane.close();
      chain.close();
    },
  };
}
