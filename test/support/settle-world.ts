import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listen } from "../../src/api/listen.ts";
import { createLogApi } from "../../src/api/log-api.ts";
import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { RpcLedgerReader } from "../../src/audit/reading/rpc-ledger-reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import type { Chain } from "../../src/chain/chain.ts";
import { erc20At } from "../../src/chain/contracts.ts";
import { createLane, type Lane } from "../../src/chain/lane.ts";
import { canonicalBytes } from "../../src/entry/canonical.ts";
import { termsHashOf, type Terms } from "../../src/entry/terms.ts";
import { COMMANDS, STEPS } from "../../src/entry/vocabulary.ts";
import { EvmLedger } from "../../src/ledger/evm-ledger.ts";
import type { LedgerAction } from "../../src/ledger/ledger.ts";
import { setupPayload } from "../../src/protocol/payloads.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { developmentKey, developmentSigner } from "./accounts.ts";
import { startHardhat, type TestChain } from "./chains.ts";
import { ACCOUNTS, deployLedger, mapBothWays, type TestLedger } from "./deploy.ts";
import { RegistryWorld, type Party, type WorldSession } from "./registry-world.ts";
import { makeEntry, sampleDirectory, sampleGateway, sampleSession } from "./sample-log.ts";
import { transferUpTo } from "./stories.ts";
import { approve, makeTerms } from "./terms.ts";
import { liveCopies } from "./world-ledger.ts";

const AMOUNT = 5n;
const HOUR = 3_600;
/** Pays for what it carries, and is nobody in any terms. */
const STRANGER = 15;

/** Who has a key of its own on disk. */
const KEY_FILES = {
  "owner-a": ACCOUNTS.ownerA,
  "key-a": ACCOUNTS.ledgerKeyA,
  "owner-b": ACCOUNTS.ownerB,
  "key-b": ACCOUNTS.ledgerKeyB,
  alice: ACCOUNTS.alice,
  stranger: STRANGER,
} as const;
type KeyName = keyof typeof KEY_FILES;

export interface LeftSession {
  readonly session: WorldSession;
  readonly terms: Terms;
}

/** Two ledgers and a log chain, real nodes all, with transfers whose gateways are gone. */
export class SettleWorld {
  readonly alpha: TestChain;
  readonly beta: TestChain;
  readonly logChain: TestChain;
  readonly #dir: string;
  readonly #log: RegistryWorld;
  readonly #ledgers: Readonly<Record<"alpha" | "beta", TestLedger>>;
  readonly #gateways: Readonly<Record<"alpha" | "beta", EvmLedger>>;
  readonly #parties: readonly [Party, Party];
  readonly #alice: Lane;
  readonly #lanes: readonly Lane[];
  #made = 0n;

  private constructor(
    dir: string,
    chains: readonly [TestChain, TestChain, TestChain],
    log: RegistryWorld,
    ledgers: Readonly<Record<"alpha" | "beta", TestLedger>>,
    parties: readonly [Party, Party],
  ) {
    [this.alpha, this.beta, this.logChain] = chains;
    this.#dir = dir;
    this.#log = log;
    this.#ledgers = ledgers;
    this.#parties = parties;
    const lane = (chain: Chain, account: number) => createLane(chain, developmentSigner(account));
    const lanes = [
      lane(ledgers.alpha.chain, ACCOUNTS.ledgerKeyA),
      lane(ledgers.beta.chain, ACCOUNTS.ledgerKeyB),
    ] as const;
    this.#alice = lane(ledgers.alpha.chain, ACCOUNTS.alice);
    this.#lanes = [...lanes, this.#alice];
    const gateway = ({ chain, escrow }: TestLedger, own: Lane, account: number) =>
      new EvmLedger({ chain, account: { lane: own, signer: developmentSigner(account) } }, { escrow });
    this.#gateways = {
      alpha: gateway(ledgers.alpha, lanes[0], ACCOUNTS.ledgerKeyA),
      beta: gateway(ledgers.beta, lanes[1], ACCOUNTS.ledgerKeyB),
    };
  }

  /** `dir` takes the keys' files. */
  static async open(dir: string): Promise<SettleWorld> {
    const chains = await Promise.all([startHardhat("alpha"), startHardhat("beta"), startHardhat("log")]);
    const [alpha, beta] = await Promise.all([deployLedger(chains[0]), deployLedger(chains[1])]);
    await mapBothWays(alpha, beta);
    await alpha.admit(developmentSigner(ACCOUNTS.ledgerKeyA).address);
    await beta.admit(developmentSigner(ACCOUNTS.ledgerKeyB).address);
    const log = await RegistryWorld.at(chains[2].rpcUrl);
    const parties = [await log.register("settle a"), await log.register("settle b")] as const;
    for (const [name, account] of Object.entries(KEY_FILES))
      writeFileSync(join(dir, `${name}.key`), developmentKey(account), { mode: 0o600 });
    return new SettleWorld(dir, chains, log, { alpha, beta }, parties);
  }

  keyFile(name: KeyName): string {
    return join(this.#dir, `${name}.key`);
  }

  /** A transfer as far as an entry of its log, with what the ledgers then hold. */
  async leave(
    last: Parameters<typeof transferUpTo>[2],
    actions: readonly LedgerAction[],
    change: Partial<Terms> = {},
  ): Promise<LeftSession> {
    const now = Math.max(...(await Promise.all([this.#log.now(), this.#now("alpha"), this.#now("beta")])));
    const { alpha, beta } = this.#ledgers;
    const terms = {
      ...makeTerms(alpha, beta, { standard: "erc20", value: String(AMOUNT) }),
      ...{ log: this.#log.domain, lockExpiry: now + 2 * HOUR, cancelAfter: now + 3 * HOUR },
      ...change,
    };
    await this.#fund(terms);
    const facts = { sessionId: terms.sessionId, termsHash: termsHashOf(terms), deadline: now + HOUR };
    const session = await this.#log.open(this.#parties[0], this.#parties[1], facts);
    await transferUpTo(this.#log, session, last, { payload: setupPayload(terms, "key") });
    for (const action of actions) await this.#gateways[action === "mint" ? "beta" : "alpha"].act(action, terms);
    return { session, terms };
  }

  /**
   * A transfer with private logs: locked and minted, and of all that was logged the origin's first entry alone is left, in this
   * store, from which it is read through a log API too.
   */
  async leavePrivate(file: string) {
    const now = Math.max(await this.#now("alpha"), await this.#now("beta"));
    const { alpha, beta } = this.#ledgers;
    const clocks = { lockExpiry: now + 2 * HOUR, cancelAfter: now + 3 * HOUR };
    const terms = { ...makeTerms(alpha, beta, { standard: "erc20", value: String(AMOUNT) }), ...clocks };
    await this.#fund(terms);
    const [origin, destination] = [sampleGateway("private a"), sampleGateway("private b")];
    const { sessionId } = terms;
    const options = {
      sessionId,
      termsHash: termsHashOf(terms),
      register: "destination",
      deadline: now + HOUR,
    } as const;
    const { facts, opening } = await sampleSession(origin, destination, options);
    const directory = sampleDirectory(origin, destination);
    const store = new SqliteLogStore({ directory }, { path: file });
    const payload = canonicalBytes(setupPayload(terms, "key"));
    const setup = { step: STEPS.setup, command: COMMANDS.setup, payload };
    await store.openSession(opening, [await makeEntry(facts, origin, null, setup)]);
    await this.#gateways.alpha.act("lock", terms);
    await this.#gateways.beta.act("mint", terms);
    const api = await listen(createLogApi({ store, directory }));
    const close = async (): Promise<void> => {
      await api.close();
      await store.close();
    };
    return { terms, apiUrl: api.url, close };
  }

  async commit({ session }: LeftSession): Promise<void> {
    await this.#log.decide(session, "COMMIT", true);
  }

  /** The log chain's clock passes the deadline. */
  async passDeadline({ session }: LeftSession): Promise<void> {
    await this.logChain.moveTo(session.facts.deadline);
  }

  /** What `gatelog settle` needs to find everything, and an account for it. */
  arguments(
    { session }: LeftSession,
    options: { readonly key?: KeyName; readonly certify?: readonly KeyName[] },
  ): string[] {
    const { key = "stranger", certify = [] } = options;
    return [
      ...["--json", "settle", session.facts.sessionId, "--key-file", this.keyFile(key), ...this.ledgerArguments],
      ...["--rpc-url", this.logChain.rpcUrl, "--log-registry", this.#log.domain.registry],
      ...certify.flatMap((name) => ["--certify-key-file", this.keyFile(name)]),
    ];
  }

  get ledgerArguments(): string[] {
    return (["alpha", "beta"] as const).flatMap((side) => [
      ...["--ledger", `${side}=${this[side].rpcUrl},${this.#ledgers[side].escrow}`],
    ]);
  }

  /** Register, origin and destination; how many copies are usable; and what alice and bob have of the amount. */
  async state({ terms }: Pick<LeftSession, "terms">) {
    const origin = (await this.#gateways.alpha.read(terms)).state;
    const destination = (await this.#gateways.beta.read(terms)).state;
    return { origin, destination, copies: liveCopies(origin, destination) };
  }

  /** What alice was given in all, the supply over both ledgers, and what the two people have. */
  async holdings() {
    const { alpha, beta } = this.#ledgers;
    const [gold, mirror] = [erc20At(alpha.chain, alpha.erc20), erc20At(beta.chain, beta.erc20)];
    const bob = developmentSigner(ACCOUNTS.bob).address;
    const owned = (await gold.balanceOf(this.#alice.account)) + (await mirror.balanceOf(bob));
    return { made: this.#made, supply: (await gold.totalSupply()) + (await mirror.totalSupply()), owned };
  }

  /** The auditor's verdict on this session, both ledgers compared. */
  async audit({ session }: LeftSession) {
    const { registry } = this.#log.domain;
    const ledgers = (["alpha", "beta"] as const).map(
      (name) => new RpcLedgerReader(httpJsonRpc(this[name].rpcUrl), { name, escrow: this.#ledgers[name].escrow }),
    );
    const reader = new RpcReader(httpJsonRpc(this.logChain.rpcUrl), { registry });
    return verify(reader, { session: session.facts.sessionId, ledgers });
  }

  async close(): Promise<void> {
    for (const lane of this.#lanes) await lane.close();
    await this.#log.close();
    for (const ledger of Object.values(this.#ledgers)) await ledger.close();
    await Promise.all([this.alpha.close(), this.beta.close(), this.logChain.close()]);
  }

  /** Alice has the asset, and lets the escrow take it. */
  async #fund(terms: Terms): Promise<void> {
    await this.#ledgers.alpha.mintErc20(this.#alice.account, AMOUNT);
    this.#made += AMOUNT;
    await approve(this.#alice, this.#ledgers.alpha, terms);
  }

  async #now(side: "alpha" | "beta"): Promise<number> {
    return (await this.#ledgers[side].chain.head()).timestamp;
  }
}
