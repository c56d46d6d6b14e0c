import { canonicalBytes } from "../../src/entry/canonical.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { toHex, type Address, type GatewayId, type Hash } from "../../src/entry/hex.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import { signDecision } from "../../src/entry/signed-statements.ts";
import { termsHashOf, type CertificateFact, type Terms } from "../../src/entry/terms.ts";
import { COMMANDS, STEPS, type Command, type Operation, type StepName, type Vote } from "../../src/entry/vocabulary.ts";
import type { FactBlock, FactReader } from "../../src/gateway/settle-reading.ts";
import type { SettledStep, SettlePorts } from "../../src/gateway/settle.ts";
import { setupPayload } from "../../src/protocol/payloads.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryChain, MemoryLedger } from "./memory-ledger.ts";
import { makeEntry, sampleDirectory, sampleGateway, sampleSession, sampleSigner } from "./sample-log.ts";

const START_MS = 1_800_000_000_000;
const START = START_MS / 1_000;
const LOG = { chainId: 31_339, registry: toHex("0x5FbDB2315678afecb367f032d93F642f64180aa3") };
const BLOCK_HASH: Hash = `0x${"b1".repeat(32)}`;

/** UNIX seconds of the stage's sessions; it begins before all of them. */
export const DEADLINE = START + 600;
export const LOCK_EXPIRY = START + 4_000;
export const CANCEL_AFTER = START + 100_000;

/** Keys that the terms name, by what they are. */
export const KEYS = {
  originOwner: sampleSigner("settle origin owner"),
  originKey: sampleSigner("settle origin key"),
  destinationOwner: sampleSigner("settle destination owner"),
  destinationKey: sampleSigner("settle destination key"),
  attestors: ["one", "two", "three"].map((name) => sampleSigner(`settle attestor ${name}`)),
  stranger: sampleSigner("settle stranger"),
  alice: sampleSigner("settle alice"),
};

const place = (index: number): Address => toHex(`0x${index.toString(16).padStart(40, "0")}`);

function settleTerms(sessionId: string, change: Partial<Terms> = {}): Terms {
  const side = (chainId: number, owner: Address, key: Address) => {
    const [escrow, token] = [place(chainId), place(chainId + 1_000)];
    return { chainId, escrow, token, owner, keys: [key] };
  };
  return {
    ...{ sessionId, standard: "erc20", value: "5", tokenUri: "", originator: KEYS.alice.address },
    beneficiary: place(0xb0b),
    origin: side(31_337, KEYS.originOwner.address, KEYS.originKey.address),
    destination: side(31_338, KEYS.destinationOwner.address, KEYS.destinationKey.address),
    ...{ lockExpiry: LOCK_EXPIRY, cancelAfter: CANCEL_AFTER, log: LOG, attestors: [], attestorThreshold: 0 },
    ...change,
  };
}

interface Log {
  readonly gatewayId: GatewayId;
  readonly entries: SignedEntry[];
}

/** A session of two gateways that are gone, in memory: register, logs and both ledgers, and whoever would settle it. */
export class SettleStage {
  readonly clock = new FakeClock(START_MS);
  readonly terms: Terms;
  readonly facts: SessionFacts;
  readonly store: MemoryLogStore;
  readonly origin: MemoryChain;
  readonly destination: MemoryChain;
  /** Told by `settle`, in order. */
  readonly observed: SettledStep[] = [];
  /** Seconds by which the log chain's clock is behind. */
  registerLag = 0;
  readonly #gateways = { origin: sampleGateway("settle origin"), destination: sampleGateway("settle destination") };
  readonly #logs: Readonly<Record<"origin" | "destination", Log>>;

  private constructor(terms: Terms, facts: SessionFacts) {
    this.terms = terms;
    this.facts = facts;
    const { origin, destination } = this.#gateways;
    const clock = () => Math.floor(this.clock.now() / 1_000) - this.registerLag;
    this.store = new MemoryLogStore({ directory: sampleDirectory(origin, destination) }, { clock });
    this.origin = new MemoryChain(terms.origin.chainId, terms.origin.escrow, this.clock);
    this.destination = new MemoryChain(terms.destination.chainId, terms.destination.escrow, this.clock);
    this.#logs = {
      origin: { gatewayId: origin.gatewayId, entries: [] },
      destination: { gatewayId: destination.gatewayId, entries: [] },
    };
  }

  /** Opened, with the terms in the origin's first entry unless `setup` is false. */
  static async open(change: Partial<Terms> = {}, setup = true): Promise<SettleStage> {
    const sessionId = globalThis.crypto.randomUUID();
    const terms = settleTerms(sessionId, change);
    const [origin, destination] = [sampleGateway("settle origin"), sampleGateway("settle destination")];
    const register = terms.log === null ? "destination" : "log";
    const options = { sessionId, register, log: terms.log, deadline: DEADLINE, termsHash: termsHashOf(terms) } as const;
    const { facts, opening } = await sampleSession(origin, destination, options);
    const stage = new SettleStage(terms, facts);
    await stage.store.openSession(opening);
    if (setup) await stage.say("origin", "init-setup", { step: "setup", payload: setupPayload(terms, "key") });
    return stage;
  }

  /** Both sides have announced lock and mint, and the ledgers are in these states. */
  async reach(origin: "NONE" | "LOCKED" | "BURNED", destination: "NONE" | "MINTED"): Promise<void> {
    await this.say("origin", "init-lock", { step: "lock" });
    await this.say("destination", "init-mint", { step: "mint" });
    if (origin !== "NONE") this.origin.mine("lock", this.termsHash);
    if (destination === "MINTED") this.destination.mine("mint", this.termsHash);
    if (origin === "BURNED") this.origin.mine("burn", this.termsHash);
  }

  /** The destination has voted YES, the origin has logged its burn and written COMMIT. */
  async commit(): Promise<void> {
    await this.say("destination", "ack-prepare", { step: "prepare-ack", vote: "yes" });
    await this.say("origin", "done-burn", { step: "burn" });
    const { origin } = this.#gateways;
    await this.store.decide(await signDecision(this.facts, "COMMIT", origin.epoch, origin.signer));
  }

  async say(
    role: "origin" | "destination",
    mark: string,
    entry: { readonly step: StepName; readonly vote?: Vote; readonly payload?: Parameters<typeof canonicalBytes>[0] },
  ): Promise<void> {
    const dash = mark.indexOf("-");
    const { entries } = this.#logs[role];
    const made = await makeEntry(this.facts, this.#gateways[role], entries.at(-1) ?? null, {
      // The words of a mark are the vocabulary's.
      operation: mark.slice(0, dash) as Operation,
      command: COMMANDS[mark.slice(dash + 1) as Command],
      step: STEPS[entry.step],
      vote: entry.vote ?? "none",
      ...(entry.payload === undefined ? {} : { payload: canonicalBytes(entry.payload) }),
    });
    await this.store.append([made]);
    entries.push(made);
  }

  get termsHash(): Hash {
    return termsHashOf(this.terms);
  }

  /** Final states: register, origin, destination. */
  async states(): Promise<readonly string[]> {
    const { decision } = await this.store.session(this.facts.sessionId);
    return [decision.decision, this.origin.final(this.termsHash), this.destination.final(this.termsHash)];
  }

  /** A caller with an account of its own, and what else it has in its hands. */
  ports(change: Partial<SettlePorts> = {}): SettlePorts {
    const { account = KEYS.stranger.address } = change;
    const ledgers = [this.origin, this.destination].map((chain) => new MemoryLedger(chain, account, this.clock));
    return {
      store: this.store,
      register: this.facts.log,
      ledgerOf: ({ chainId }) => ledgers.find((ledger) => ledger.chainId === chainId)!,
      facts: this.#factReader(),
      clock: this.clock,
      account,
      certifiers: [],
      certificates: [],
      observe: (done) => this.observed.push(done),
      ...change,
    };
  }

  #factReader(): FactReader {
    const holds = async (fact: CertificateFact): Promise<boolean> => {
      const [decision, , destination] = await this.states();
      if (fact === "DESTINATION_CANCELLED") return destination === "CANCELLED";
      return decision === (fact === "REGISTER_COMMIT" ? "COMMIT" : "ABORT");
    };
    return {
      where: async (fact, _terms, at?: FactBlock) => {
        if (at !== undefined && at.blockHash !== BLOCK_HASH) return null;
        return (await holds(fact)) ? { blockNumber: at?.blockNumber ?? this.#height++, blockHash: BLOCK_HASH } : null;
      },
      logTime: () => Promise.resolve(Math.floor(this.clock.now() / 1_000) - this.registerLag),
    };
  }

  /** A chain that goes on: two readings are of two blocks. */
  #height = 7;
}
