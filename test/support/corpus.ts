import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { verify } from "../../src/audit/verify.ts";
import type { Address } from "../../src/entry/hex.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import { Tally } from "../simulator/faults.ts";
import { Random } from "../simulator/random.ts";
import { START } from "../simulator/sim-clock.ts";
import { Simulation, type SharedHistory } from "../simulator/simulation.ts";
import { Carrier, MEMBERS, OWNERS } from "./corpus-carrier.ts";
import { storiesOf, StoryLedger, type LedgerStory } from "./corpus-ledgers.ts";
import { DIRECT_SIGNERS, tellDirectly } from "./corpus-direct.ts";
import { record, type Recording } from "./recorded-reader.ts";
import { RegistryWorld } from "./registry-world.ts";

/** What a real registry answers of a log that is sound, and what the auditor said when it was asked for itself. */
export interface SoundLog {
  readonly name: string;
  readonly recording: Recording;
  readonly verification: Verification;
  /** Of every key that anybody signed with. */
  readonly signers: ReadonlyMap<Address, DigestSigner>;
  /** What the ledgers of its transfers show; none of a log that was written without any. */
  readonly ledgers: readonly LedgerStory[];
  /** Processes that died while it was written. */
  readonly crashes: number;
}

/** One log of so many is written to the contract directly, all others by simulated gateways. */
const DIRECT_EVERY = 8;
/** One of so many of the others is looked at before it is finished. */
const UNFINISHED_EVERY = 5;
/** Simulations that each start of the corpus may be far apart, so that none of two corpora is of the same seed. */
const SEEDS_APART = 1_000_000;
/** The chain begins before the simulations do. */
const CHAIN_SINCE = new Date(START - 3_600_000);

const SIMULATED_SIGNERS: ReadonlyMap<Address, DigestSigner> = new Map(
  [...Object.values(OWNERS), ...Object.values(MEMBERS).flat()].map((signer) => [signer.address, signer]),
);

/**
 * Sound logs, as many as are wanted, each another one; the same seed gives the same. Real gateways have written most of them, in
 * simulated worlds in which they crash, recover, roll back, are taken over and end late; what they wrote is carried to a real registry on a
 * real node, which takes it as it would have from them.
 */
export class Corpus {
  readonly #world: RegistryWorld;
  readonly #random: Random;
  #snapshot: unknown;
  #seed: number;
  #count = 0;

  private constructor(world: RegistryWorld, seed: number) {
    this.#world = world;
    this.#random = new Random(seed).fork("corpus");
    this.#seed = seed * SEEDS_APART;
  }

  static async open(seed: number): Promise<Corpus> {
    const corpus = new Corpus(await RegistryWorld.open(CHAIN_SINCE), seed);
    corpus.#snapshot = await corpus.#world.rpc("evm_snapshot", []);
    return corpus;
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  async next(): Promise<SoundLog> {
    await this.#world.rpc("evm_revert", [this.#snapshot]);
    this.#snapshot = await this.#world.rpc("evm_snapshot", []);
    this.#count += 1;
    return this.#count % DIRECT_EVERY === 0 ? this.#direct() : this.#simulated();
  }

  async #direct(): Promise<SoundLog> {
    await tellDirectly(this.#world, this.#random.fork(`direct ${this.#count}`));
    const sound = { ...(await this.#read([])), signers: DIRECT_SIGNERS, ledgers: [], crashes: 0 };
    return { name: `direct ${this.#count}`, ...sound };
  }

  async #simulated(): Promise<SoundLog> {
    for (;;) {
      this.#seed += 1;
      const tally = new Tally();
      const simulation = new Simulation(this.#seed, tally);
      if (simulation.history === null) continue;
      const { violations } = await simulation.run();
      const { history } = simulation;
      if (violations.length > 0) throw new Error(`the simulation with seed ${this.#seed} has found a fault itself`);
      if (history.taken.length === 0) continue;
      const isCut = this.#count % UNFINISHED_EVERY === 0;
      const told = isCut ? this.#cut(history) : history;
      await (await Carrier.open(this.#world)).carry(told);
      const name = `simulated ${this.#seed}${isCut ? ", unfinished" : ""}`;
      const ledgers = storiesOf(simulation.chains, isCut ? (told.taken.at(-1)?.at ?? 0) : Infinity);
      return { name, ...(await this.#read(ledgers)), signers: SIMULATED_SIGNERS, ledgers, crashes: tally.of("crash") };
    }
  }

  #cut({ taken, successions }: SharedHistory): SharedHistory {
    const length = this.#random.whole(1, taken.length);
    return { taken: taken.slice(0, length), successions: successions.filter(({ behind }) => behind <= length) };
  }

  async #read(stories: readonly LedgerStory[]): Promise<Pick<SoundLog, "recording" | "verification">> {
    const { rpc, domain } = this.#world;
    let verification: Verification | undefined;
    const recording = await record(new RpcReader(rpc, { registry: domain.registry }), async (reader) => {
      const ledgers = stories.map((story) => new StoryLedger(story));
      verification = await verify(reader, { threads: 1, ledgers });
      // Whoever moves an event asks for the time of its block, and for heads that an honest node was not asked for.
      const { block } = await reader.anchor();
      for (let number = 0; number <= block.number; number += 1) await reader.blockOf(number);
    });
    if (verification === undefined) throw new Error("nobody was asked");
    return { recording, verification };
  }
}
