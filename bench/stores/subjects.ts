import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createChain } from "../../src/chain/chain.ts";
import { deployLog } from "../../src/chain/deploy.ts";
import { createLane } from "../../src/chain/lane.ts";
import { registerGateway } from "../../src/chain/register-gateway.ts";
import { developmentAccounts } from "../../src/cli/devnet-accounts.ts";
import { startChain } from "../../src/cli/devnet-chains.ts";
import { freePort } from "../../src/cli/processes.ts";
import { keySigner } from "../../src/entry/signature.ts";
import type { RegistryDomain } from "../../src/entry/statements.ts";
import { createTestDatabase } from "../../test/support/postgres.ts";
import { findBinaries, PostgresServer } from "../../test/support/postgres-server.ts";
import { sampleKey, sampleSigner } from "../../test/support/sample-log.ts";
import { ApiProcess } from "../support/api-process.ts";
import { DESTINATION, ORIGIN } from "./entries.ts";
import type { DriverName } from "./options.ts";

/** A service to measure. */
export interface Subject {
  readonly name: string;
  readonly api: ApiProcess;
  /** Registry that its sessions must name, or null. */
  readonly log: RegistryDomain | null;
  readonly close: () => Promise<void>;
}

type Close = () => Promise<void>;

/** The command line as it is installed. (Run from its sources, Node needs some 40 MB more to strip their types.) */
const MAIN = new URL("../../dist/cli/main.js", import.meta.url);
const LOG_CHAIN_ID = 31_339;
const accounts = developmentAccounts();
const GATEWAYS = [ORIGIN, DESTINATION].map(({ name, owner, signer, epoch }) => ({
  ...{ name, owner },
  keys: [{ epoch, key: signer.address }],
}));

export async function openSubject(driver: DriverName, parent: string): Promise<Subject> {
  const dir = join(parent, driver);
  mkdirSync(dir, { recursive: true });
  const closers: Close[] = [];
  const close = async (): Promise<void> => {
    for (const end of closers.reverse()) await end();
  };
  try {
    const { config, log } = await configOf(driver, dir, closers);
    const api =
      config === null
        ? await ApiProcess.start(driver, new URL("memory-api.ts", import.meta.url), [], dir)
        : await startApi(driver, config, dir);
    closers.push(() => api.stop());
    return { name: driver, api, log, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `gatelog api start` over a file, which may be there already. */
export function startSqliteApi(name: string, path: string, dir: string): Promise<ApiProcess> {
  return startApi(name, { store: { driver: "sqlite", path }, gateways: GATEWAYS }, dir);
}

/** An Express that does nothing. */
export function startBareExpress(dir: string): Promise<ApiProcess> {
  return ApiProcess.start("express", new URL("bare-express.ts", import.meta.url), [], dir);
}

function startApi(name: string, config: object, dir: string): Promise<ApiProcess> {
  const file = join(dir, `${name}.json`);
  writeFileSync(file, JSON.stringify({ listen: "127.0.0.1:0", dataDir: join(dir, "data"), ...config }));
  return ApiProcess.start(name, MAIN, ["api", "start", "--config", file], dir);
}

interface Config {
  /** Null: the service is none of the command line's. */
  readonly config: object | null;
  readonly log: RegistryDomain | null;
}

async function configOf(driver: DriverName, dir: string, closers: Close[]): Promise<Config> {
  const sqlite = { driver: "sqlite", path: join(dir, "log.sqlite") };
  switch (driver) {
    case "memory":
      return { config: null, log: null };
    case "sqlite":
      return { config: { store: sqlite, gateways: GATEWAYS }, log: null };
    case "postgres":
      return { config: { store: await openDatabase(dir, closers), gateways: GATEWAYS }, log: null };
    case "anchored": {
      const { log, ...chain } = await openLogChain(dir, closers);
      const { name, owner } = ORIGIN;
      const operator = { name, owner, logKey: keyFile(dir, "operator", sampleKey("origin epoch 1")) };
      const store = { driver, store: sqlite, log, ...chain, path: join(dir, "anchors.sqlite") };
      return { config: { store, operator, gateways: GATEWAYS.slice(1) }, log: null };
    }
    case "chain": {
      const { log, ...chain } = await openLogChain(dir, closers);
      return { config: { log, store: { driver, ...chain } }, log };
    }
  }
}

async function openDatabase(dir: string, closers: Close[]): Promise<object> {
  const binaries = findBinaries();
  if (binaries === undefined && process.env["DATABASE_URL"] === undefined)
    throw new Error("no PostgreSQL here: leave it out with --drivers, or see README.md, Tests");
  // A server as it comes: the tests' own settings keep it small.
  const server = binaries && (await PostgresServer.start(binaries, { settings: { shared_buffers: "128MB" } }));
  if (server) closers.push(() => server.stop());
  const { options } = await createTestDatabase(server);
  const { url, password } = options;
  const file = join(dir, "password");
  writeFileSync(file, password ?? "", { mode: 0o600 });
  return { driver: "postgres", url, ...(password !== undefined && { password: { file } }) };
}

/** A Hardhat node, which mines each transaction at once, with a registry that knows both gateways. */
async function openLogChain(dir: string, closers: Close[]) {
  const plan = { name: "log", kind: "hardhat", chainId: LOG_CHAIN_ID, port: await freePort(), blockTimeMs: 0 } as const;
  const { rpcUrl, child } = await startChain(plan, { dir, detached: false });
  const onExit = (): void => child.kill("SIGKILL");
  process.once("exit", onExit);
  closers.push(() => {
    process.off("exit", onExit);
    return child.stop();
  });
  const chain = createChain({ url: rpcUrl, expected: { chainId: LOG_CHAIN_ID }, finality: "instant" });
  const lane = createLane(chain, keySigner(accounts.deployer.privateKey));
  const { logRegistry } = await deployLog({ chain, lane });
  for (const { name, signer } of [ORIGIN, DESTINATION])
    await registerGateway(
      { chain, lane, registry: logRegistry },
      { owner: sampleSigner(`${name} owner`), name, key: signer.address, endpoints: ["http://127.0.0.1:1"] },
    );
  await lane.close();
  chain.close();
  const carrierKey = keyFile(dir, "carrier", accounts.carrier.privateKey);
  return { log: { chainId: LOG_CHAIN_ID, registry: logRegistry }, rpcUrl, carrierKey };
}

function keyFile(dir: string, name: string, key: string): { readonly file: string } {
  const file = join(dir, `${name}.key`);
  writeFileSync(file, key, { mode: 0o600 });
  return { file };
}
