import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { Chain, Finality } from "../chain/chain.ts";
import { createLane, type Lane } from "../chain/lane.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";
import { keySigner, type DigestSigner } from "../entry/signature.ts";
import type { Certificate, Terms } from "../entry/terms.ts";
import { systemClock } from "../gateway/ports.ts";
import { parseCertificate } from "../gateway/settle-certificates.ts";
import type { SettlePorts } from "../gateway/settle.ts";
import { EvmLedger } from "../ledger/evm-ledger.ts";
import { ChainLogStore } from "../store/chain-log-store.ts";
import type { LogStore } from "../store/log-store.ts";
import { MemoryGatewayDirectory } from "../store/memory-gateway-directory.ts";
import { SqliteLogStore } from "../store/sqlite-log-store.ts";
import { connectChain, payingKey } from "./chain-access.ts";
import { requireEscrow, requireLogRegistry } from "./contract-check.ts";
import { createFactReader } from "./fact-reader.ts";
import { readJsonFile } from "./files.ts";
import { namedRegistry, openHttpLog, registryDirectory } from "./http-log.ts";
import type { NamedLedger } from "./option-types.ts";
import { readKey } from "./secrets.ts";
import type { Cleanup } from "./wiring-context.ts";

export interface SettleAccess {
  readonly rpcUrl?: string;
  readonly logRegistry?: Address;
  readonly api?: string;
  readonly store?: string;
  readonly ledger: readonly NamedLedger[];
  /** By ledger's name; "log" is the log chain, and "" all others. */
  readonly finality: ReadonlyMap<string, Finality>;
  readonly keyFile?: string;
  readonly keyEnv?: string;
  readonly certifyKeyFile: readonly string[];
  readonly certifyKeyEnv: readonly string[];
  readonly certificate: readonly string[];
}

/** Whether something will be sent: only then is an account asked for that pays. */
export interface SettleMode {
  readonly sends: boolean;
}

interface Connection {
  readonly chain: Chain;
  /** Null for a caller that only looks. */
  readonly account: { readonly signer: DigestSigner; readonly lane: Lane } | null;
}

type Log = { readonly chain: Chain; readonly registry: Address } | null;

/** Everything made that settling a session needs, and nothing sent. The caller runs `cleanup`. */
export async function wireSettlement(
  options: SettleAccess,
  mode: SettleMode,
  env: NodeJS.ProcessEnv,
  cleanup: Cleanup,
): Promise<Omit<SettlePorts, "observe">> {
  // Files first: what is wrong with them needs no node to be found.
  const certificates = options.certificate.map(readCertificate);
  const certifiers = [
    ...options.certifyKeyFile.map((file) => keySigner(readKey({ file: resolve(file) }, ".", env))),
    ...options.certifyKeyEnv.map((name) => keySigner(readKey({ env: name }, ".", env))),
  ];
  const connections = new Map<string, Promise<Connection>>();

  /** One connection for each node, so that an account has one lane there. */
  function connect(url: string, name: string): Promise<Connection> {
    const known = connections.get(url);
    if (known !== undefined) return known;
    const opened = open(url, options.finality.get(name) ?? options.finality.get("") ?? "instant");
    connections.set(url, opened);
    return opened;
  }

  async function open(rpcUrl: string, finality: Finality): Promise<Connection> {
    const chain = await connectChain({ rpcUrl, finality });
    cleanup.add(() => chain.close());
    const signer = payer(options, mode, env, chain.chainId);
    if (signer === null) return { chain, account: null };
    const lane = createLane(chain, signer);
    cleanup.add(() => lane.close());
    return { chain, account: { signer, lane } };
  }

  const { store, log } = await openLog(options, connect, cleanup);
  const ledgers = await Promise.all(options.ledger.map((ledger) => openLedger(ledger, connect)));
  const ledgerOf = ({ chainId, escrow }: Terms["origin"]) => {
    const found = ledgers.find(({ ledger }) => ledger.chainId === chainId && ledger.escrow === escrow);
    if (found !== undefined) return found;
    const message = `no --ledger leads to escrow ${escrow} on chain ${chainId}`;
    throw new GatelogError("INVALID_CONFIG", message, { chainId, escrow });
  };
  return {
    store,
    register: log && { chainId: log.chain.chainId, registry: log.registry },
    ledgerOf: (side) => ledgerOf(side).ledger,
    facts: createFactReader(log, (terms) => ledgerOf(terms.destination).chain),
    clock: systemClock,
    account: ledgers.find(({ ledger }) => ledger.account !== null)?.ledger.account ?? null,
    certifiers,
    certificates,
  };
}

type Connect = (url: string, name: string) => Promise<Connection>;

async function openLog(
  options: SettleAccess,
  connect: Connect,
  cleanup: Cleanup,
): Promise<{ readonly store: LogStore; readonly log: Log }> {
  const { api, store: file } = options;
  const named = namedRegistry(options);
  if (api !== undefined) {
    const keys = named && (await registryDirectory((await connect(named.rpcUrl, "log")).chain, named.registry));
    const { store } = await openHttpLog(api, keys);
    return { store: closed(store, cleanup), log: null };
  }
  if (file !== undefined) {
    // Opening would make one.
    if (!existsSync(file)) throw new GatelogError("INVALID_CONFIG", `there is no file ${file}`, { file });
    const store = new SqliteLogStore({ directory: new MemoryGatewayDirectory() }, { path: file });
    return { store: closed(store, cleanup), log: null };
  }
  if (named === null)
    throw new GatelogError("MALFORMED", "where is the log? --rpc-url and --log-registry, or --api, or --store");
  const { registry } = named;
  const { chain, account } = await connect(named.rpcUrl, "log");
  await requireLogRegistry(chain, registry);
  // Not closed: it would close the lane, which a ledger on the same chain may share.
  const store = new ChainLogStore({ chain, lane: account?.lane ?? null }, { registry, durability: "final" });
  return { store, log: { chain, registry } };
}

async function openLedger({ name, url, escrow }: NamedLedger, connect: Connect) {
  const { chain, account } = await connect(url, name);
  await requireEscrow(chain, escrow);
  return { chain, ledger: new EvmLedger({ chain, account }, { escrow }) };
}

function closed(store: LogStore, cleanup: Cleanup): LogStore {
  cleanup.add(() => store.close());
  return store;
}

/** A caller that only looks may look with somebody's eyes, and needs no account. */
function payer({ keyFile, keyEnv }: SettleAccess, { sends }: SettleMode, env: NodeJS.ProcessEnv, chainId: number) {
  if (keyEnv !== undefined) return keySigner(readKey({ env: keyEnv }, ".", env));
  return keyFile !== undefined || sends ? keySigner(payingKey(keyFile, chainId)) : null;
}

/** As `--certify --json` prints it, with or without what stands around it. */
function readCertificate(file: string): Certificate {
  const document = readJsonFile(file, z.unknown(), "MALFORMED");
  if (document === undefined) throw new GatelogError("MALFORMED", `there is no file ${file}`, { file });
  const isWrapped = typeof document === "object" && document !== null && "certificate" in document;
  return parseCertificate(isWrapped ? document.certificate : document, file);
}
