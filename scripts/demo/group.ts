import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { JsonRpcProvider, parseEther, toQuantity, Wallet } from "ethers";
import { parse, stringify } from "yaml";
import { createChain, type Chain } from "../../src/chain/chain.ts";
import { admitGateway } from "../../src/chain/deploy.ts";
import { setBackups } from "../../src/chain/gateway-succession.ts";
import { createLane } from "../../src/chain/lane.ts";
import { setEndpoints } from "../../src/chain/register-gateway.ts";
import type { DevnetRecord } from "../../src/cli/devnet.ts";
import { freePort } from "../../src/cli/processes.ts";
import { toHex, type Address } from "../../src/entry/hex.ts";
import { keySigner } from "../../src/entry/signature.ts";
import type { Side } from "./scenes.ts";

/** A machine that also runs three chains and four other services may be late with a sign of life. */
const TIMING = { heartbeatMs: 100, silenceMs: 1_500, startGraceMs: 30_000 };
const FUNDS = parseEther("100");

export interface DemoMember {
  readonly name: string;
  readonly config: string;
  readonly url: string;
}

/** A gateway in two processes, each with keys of its own. */
export interface DemoGroup {
  readonly side: Side;
  readonly primary: DemoMember;
  readonly backup: DemoMember;
}

/** Makes the gateway of one side a group: a second member's keys, what its owner has to say, and both configurations. */
export async function makeGroup(record: DevnetRecord, dir: string, side: Side): Promise<DemoGroup> {
  const given = record.gateways[side];
  const keys = { log: newKey(), ledger: newKey(), carrier: newKey() };
  const url = `http://127.0.0.1:${await freePort()}`;
  const accounts = { log: toHex(keys.log.address), ledger: toHex(keys.ledger.address) };
  await tellChains(record, side, { ...accounts, carrier: toHex(keys.carrier.address), url });
  const own = record.accounts;
  const members = [
    { key: own[`${side}Log`].address, url: given.url },
    { key: accounts.log, url },
  ];
  const file = (name: string, privateKey: string) => {
    writeFileSync(join(dir, "keys", `${name}.key`), `${privateKey}\n`, { mode: 0o600 });
    return { file: `keys/${name}.key` };
  };
  const write = (name: string, parts: MemberParts): string => {
    const path = join(dir, `${name}.yaml`);
    writeFileSync(path, stringify(memberConfig(record, side, parts, members)));
    return path;
  };
  const ownParts = {
    listen: new URL(given.url).host,
    dataDir: `./${side}-data`,
    carrierKey: file(`${side}-carrier`, own[`${side}Owner`].privateKey),
    groupKeys: [accounts.ledger],
  };
  const backupParts = {
    listen: new URL(url).host,
    dataDir: `./${side}-2-data`,
    carrierKey: file(`${side}-2-carrier`, keys.carrier.privateKey),
    groupKeys: [own[`${side}Ledger`].address],
    logKey: file(`${side}-2-log`, keys.log.privateKey),
    ledgerKey: file(`${side}-2-ledger`, keys.ledger.privateKey),
  };
  return {
    side,
    primary: { name: side, url: given.url, config: write(`${side}-1`, ownParts) },
    backup: { name: `${side}-2`, url, config: write(`${side}-2`, backupParts) },
  };
}

interface MemberParts {
  readonly listen: string;
  readonly dataDir: string;
  readonly carrierKey: object;
  /** Ledger keys of the other members. */
  readonly groupKeys: readonly Address[];
  /** Where they are not those of the configuration that there is. */
  readonly logKey?: object;
  readonly ledgerKey?: object;
}

/** The side's own configuration, as the member's. */
function memberConfig(record: DevnetRecord, side: Side, parts: MemberParts, members: readonly object[]): object {
  const { listen, dataDir, carrierKey, groupKeys, logKey, ledgerKey } = parts;
  const given = parse(readFileSync(record.gateways[side].config, "utf8")) as Record<string, unknown>;
  const ledgers = (given["ledgers"] as { readonly key?: object }[]).map((ledger) =>
    ledger.key === undefined ? ledger : { ...ledger, groupKeys, ...(ledgerKey && { key: ledgerKey }) },
  );
  const registry = { rpcUrl: record.log.rpcUrl, carrierKey };
  return { ...given, listen, dataDir, ledgers, ...(logKey && { logKey }), group: { ...TIMING, members, registry } };
}

interface Newcomer {
  readonly log: Address;
  readonly ledger: Address;
  readonly carrier: Address;
  readonly url: string;
}

/** The owner lists the backup and where the group is reached; the ledger admits its key; the development chains give it money. */
async function tellChains(record: DevnetRecord, side: Side, newcomer: Newcomer): Promise<void> {
  const { log, accounts, gateways } = record;
  await fund(log.rpcUrl, newcomer.carrier);
  await fund(record[side].rpcUrl, newcomer.ledger);
  const owner = keySigner(accounts[`${side}Owner`].privateKey);
  const gatewayId = toHex(gateways[side].gatewayId);
  const urls = [gateways[side].url, newcomer.url];
  await withLane(log, accounts.deployer.privateKey, async (access) => {
    const registry = { ...access, registry: log.logRegistry };
    await setBackups(registry, owner, gatewayId, { backups: [newcomer.log], takeoverInterval: 0 });
    await setEndpoints(registry, owner, gatewayId, urls);
  });
  await withLane(record[side], accounts.deployer.privateKey, (access) =>
    admitGateway(access, record[side].escrow, newcomer.ledger),
  );
}

async function withLane(
  { rpcUrl, chainId }: { readonly rpcUrl: string; readonly chainId: number },
  key: Parameters<typeof keySigner>[0],
  work: (access: { readonly chain: Chain; readonly lane: ReturnType<typeof createLane> }) => Promise<void>,
): Promise<void> {
  const chain = createChain({ url: rpcUrl, expected: { chainId }, finality: "instant" });
  const lane = createLane(chain, keySigner(key));
  try {
    await work({ chain, lane });
  } finally {
    await lane.close();
    chain.close();
  }
}

/** Both kinds of nodes know this call. */
async function fund(rpcUrl: string, account: Address): Promise<void> {
  const provider = new JsonRpcProvider(rpcUrl, undefined, { staticNetwork: true });
  try {
    await provider.send("hardhat_setBalance", [account, toQuantity(FUNDS)]);
  } finally {
    provider.destroy();
  }
}

function newKey(): { readonly address: string; readonly privateKey: string } {
  return Wallet.createRandom();
}
