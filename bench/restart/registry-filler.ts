import { registerGateway, type RegistryAccess } from "../../src/chain/register-gateway.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { signOpening } from "../../src/entry/signed-statements.ts";
import { openSessionCall } from "../../src/store/chain-log-calls.ts";
import type { BlockWriter, RegistryCall } from "./block-writer.ts";
import { MAX_TRANSACTION_GAS } from "./chain.ts";
import { FillerLog, keyNamed, packedBatchCall, type PackedEntry, type Writer } from "./filler-log.ts";
import { Progress } from "./progress.ts";

/** Gateways that share the sessions between them, each as origin and as destination. */
const GATEWAYS = 8;
/**
 * Entries of a session: half of them by each of its two gateways, a run each. Transfers have some forty; but anvil hashes all of
 * its state anew for each block, which no other node does, and the state grows with the sessions and not with the entries.
 */
const SESSION_LENGTH = 1_000;
/** Entries that a block takes: with a block a second, a busy log. */
export const ENTRIES_PER_BLOCK = 1_000;
/** Entries of a transaction: each pays for the memory of those before it. */
const ENTRIES_PER_TRANSACTION = 500;
const OPENING_GAS = 500_000;
/** UNIX seconds: no session of the filling ends while anybody looks. */
const DEADLINE = 4_000_000_000;
const NETWORKS = { origin: "eip155:1", destination: "eip155:2" } as const;

interface FillerSession {
  readonly opening: RegistryCall;
  readonly logs: readonly FillerLog[];
  readonly runs: readonly (readonly PackedEntry[])[];
}

/** Fills a registry with sessions that are none of the measured gateway's, as fast as the chain takes them. */
export class RegistryFiller {
  readonly #blocks: BlockWriter;
  readonly #access: RegistryAccess;
  readonly #gateways: readonly Writer[];
  #sessions = 0;

  private constructor(blocks: BlockWriter, access: RegistryAccess, gateways: readonly Writer[]) {
    this.#blocks = blocks;
    this.#access = access;
    this.#gateways = gateways;
  }

  /** Registers the gateways that fill. The chain mines meanwhile. */
  static async open(blocks: BlockWriter, access: RegistryAccess): Promise<RegistryFiller> {
    const gateways: Writer[] = [];
    for (let number = 0; number < GATEWAYS; number += 1) {
      const signer = keySigner(keyNamed(`log key ${number}`));
      const owner = keySigner(keyNamed(`owner ${number}`));
      const registration = { owner, name: `filler ${number}`, key: signer.address, endpoints: ["http://127.0.0.1:1"] };
      gateways.push({ gatewayId: await registerGateway(access, registration), signer });
    }
    return new RegistryFiller(blocks, access, gateways);
  }

  /** Appends `count` entries, ENTRIES_PER_BLOCK of them to a block. */
  async fill(count: number): Promise<void> {
    const progress = new Progress("entries of other sessions", count);
    let written: Promise<void> = Promise.resolve();
    for (let left = count; left > 0; left -= ENTRIES_PER_BLOCK) {
      const size = Math.min(left, ENTRIES_PER_BLOCK);
      const sessions = await this.#sessionsOf(size);
      await written;
      // The node works on this block while the next one is made.
      written = this.#write(sessions).then(() => {
        progress.add(size, () => `, node ${this.#blocks.chain.memory()} MiB`);
      });
      written.catch(() => undefined); // awaited in the next round, or behind the last
    }
    await written;
  }

  async #sessionsOf(count: number): Promise<FillerSession[]> {
    const sessions: FillerSession[] = [];
    for (let left = count; left > 0; left -= SESSION_LENGTH)
      sessions.push(await this.#session(Math.min(left, SESSION_LENGTH)));
    return sessions;
  }

  async #session(length: number): Promise<FillerSession> {
    const number = this.#sessions++;
    const origin = this.#gateway(number);
    const destination = this.#gateway(number + 1 + (Math.floor(number / GATEWAYS) % (GATEWAYS - 1)));
    const facts = this.#facts(number, origin, destination);
    const opening = { data: openSessionCall(await signOpening(facts, 1, origin.signer)), gas: OPENING_GAS };
    const logs = [new FillerLog(facts, origin), new FillerLog(facts, destination)] as const;
    const half = Math.ceil(length / 2);
    const runs = [await logs[0].next(half, "run"), await logs[1].next(length - half, "run")];
    return { opening, logs, runs };
  }

  #gateway(number: number): Writer {
    const gateway = this.#gateways[number % GATEWAYS];
    if (gateway === undefined) throw new Error("there are no gateways that fill");
    return gateway;
  }

  #facts(number: number, origin: Writer, destination: Writer): SessionFacts {
    const { chain, registry } = this.#access;
    const uuid = (kind: string) => `${number.toString(16).padStart(8, "0")}-${kind}-4000-8000-000000000000`;
    return {
      sessionId: uuid("0001"),
      contextId: uuid("0002"),
      origin: { gatewayId: origin.gatewayId, networkId: NETWORKS.origin, asset: null },
      destination: { gatewayId: destination.gatewayId, networkId: NETWORKS.destination, asset: null },
      amount: null,
      deadline: DEADLINE,
      termsHash: null,
      requestHash: null,
      profile: { logging: "chain", accessControl: "none" },
      register: "log",
      log: { chainId: chain.chainId, registry },
    };
  }

  /** One block: the sessions are opened in it, and then written to. */
  async #write(sessions: readonly FillerSession[]): Promise<void> {
    const calls: RegistryCall[] = sessions.map(({ opening }) => opening);
    for (const entries of transactionsOf(sessions.flatMap(({ runs }) => runs)))
      calls.push({ data: packedBatchCall(entries), gas: MAX_TRANSACTION_GAS });
    await this.#blocks.write(
      calls,
      sessions.flatMap(({ logs }) => logs),
    );
  }
}

/** Whole runs, as many of them together as a transaction takes. */
function transactionsOf(runs: readonly (readonly PackedEntry[])[]): PackedEntry[][] {
  const transactions: PackedEntry[][] = [];
  for (const run of runs) {
    const last = transactions.at(-1);
    if (last !== undefined && last.length + run.length <= ENTRIES_PER_TRANSACTION) last.push(...run);
    else transactions.push([...run]);
  }
  return transactions;
}
