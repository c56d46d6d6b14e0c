import { Interface } from "ethers";
import { LogRegistryArtifact } from "../../src/chain/generated/contracts/LogRegistry.ts";
import { toHex, type Address, type GatewayId, type Hex } from "../../src/entry/hex.ts";
import { factsHashOf, type SessionFacts } from "../../src/entry/session.ts";
import { keySigner, splitSignature, type DigestSigner } from "../../src/entry/signature.ts";
import { statementDigest, type Statements } from "../../src/entry/statements.ts";
import {
  allOrNone,
  appendBatchCall,
  appendCall,
  closeSessionCall,
  decideCall,
  openSessionCall,
} from "../../src/store/chain-log-calls.ts";
import { GATEWAY_IDS, LOG, MEMBER_KEYS, NAMES, OWNER_KEYS, type Name } from "../simulator/cast.ts";
import { START } from "../simulator/sim-clock.ts";
import type { TakenWrite } from "../simulator/sim-log.ts";
import type { SharedHistory, Succession } from "../simulator/simulation.ts";
import type { RegistryWorld } from "./registry-world.ts";

const CALLS = new Interface(LogRegistryArtifact.abi);
const MS_PER_SECOND = 1_000;
/** More than any call here takes, and as much as a transaction may. */
const GAS = toHex("0xf00000");

export const OWNERS: Readonly<Record<Name, DigestSigner>> = {
  alpha: keySigner(OWNER_KEYS.alpha),
  beta: keySigner(OWNER_KEYS.beta),
};
/** Of each simulated group: its first primary, then its backups. */
export const MEMBERS: Readonly<Record<Name, readonly DigestSigner[]>> = {
  alpha: MEMBER_KEYS.alpha.map(keySigner),
  beta: MEMBER_KEYS.beta.map(keySigner),
};

/**
 * Carries to a real registry what simulated gateways have written to a simulated one: each write as it was sent, in a block of its
 * own, at the time of the simulation. All of it is signed, so that anyone may. A write that the registry refuses throws.
 */
export class Carrier {
  readonly #world: RegistryWorld;
  readonly #account: Address;
  readonly #facts = new Map<string, SessionFacts>();
  #now = START / MS_PER_SECOND;

  private constructor(world: RegistryWorld, account: Address) {
    this.#world = world;
    this.#account = account;
  }

  /** The gateways and their backups are registered then. */
  static async open(world: RegistryWorld): Promise<Carrier> {
    const { chainId, registry } = world.domain;
    if (chainId !== LOG.chainId || registry !== LOG.registry)
      throw new Error(`the simulated gateways sign for ${LOG.registry} on chain ${LOG.chainId}, not for ${registry}`);
    const [account] = (await world.rpc("eth_accounts", [])) as string[];
    const carrier = new Carrier(world, toHex(account ?? ""));
    for (const name of NAMES) await carrier.#register(name);
    return carrier;
  }

  async carry({ taken, successions }: SharedHistory): Promise<void> {
    const behind = Map.groupBy(successions, (succession) => succession.behind);
    for (let done = 0; done <= taken.length; done += 1) {
      for (const succession of behind.get(done) ?? []) await this.#takeOver(succession);
      const write = taken[done];
      if (write === undefined) continue;
      this.#passTo(write.at);
      await this.#send(this.#callOf(write));
    }
  }

  async #register(name: Name): Promise<void> {
    const owner = OWNERS[name];
    const [primary, ...backups] = MEMBERS[name].map(({ address }) => address);
    if (primary === undefined) throw new Error("a group without members");
    const gatewayId = GATEWAY_IDS[name];
    const endpoints = `["http://${name}.example"]`;
    const registration = { owner: owner.address, name, key: primary, endpoints };
    const first = await this.#sign(owner, "RegisterGateway", registration);
    await this.#call("registerGateway", [owner.address, name, primary, endpoints, first.r, first.vs]);
    const change = 1;
    const second = await this.#sign(owner, "SetBackups", { gatewayId, backups, takeoverInterval: 0, change });
    await this.#call("setBackups", [gatewayId, backups, 0, change, second.r, second.vs]);
  }

  async #takeOver({ name, epoch, key, at }: Succession): Promise<void> {
    const signer = MEMBERS[name].find(({ address }) => address === key);
    if (signer === undefined) throw new Error(`${key} is no member of ${name}`);
    const gatewayId: GatewayId = GATEWAY_IDS[name];
    const expectedEpoch = epoch - 1;
    const { r, vs } = await this.#sign(signer, "Takeover", { gatewayId, expectedEpoch, key });
    this.#passTo(at);
    await this.#call("takeover", [gatewayId, expectedEpoch, key, r, vs]);
  }

  #callOf(write: TakenWrite): Hex {
    switch (write.kind) {
      case "open": {
        const { facts } = write.opening;
        this.#facts.set(facts.sessionId, facts);
        const first = write.entries.map((entry) => appendCall(entry, factsHashOf(facts)));
        return allOrNone([openSessionCall(write.opening), ...first]);
      }
      case "append": {
        const [first] = write.entries;
        if (first === undefined) throw new Error("an append of nothing");
        const factsHash = factsHashOf(this.#factsOf(first.sessionId));
        return write.entries.length === 1 ? appendCall(first, factsHash) : appendBatchCall(write.entries, factsHash);
      }
      case "close":
        return closeSessionCall(write.closing, factsHashOf(this.#factsOf(write.closing.sessionId)));
      case "decide": {
        const facts = this.#factsOf(write.statement.sessionId);
        return decideCall(write.statement, factsHashOf(facts), facts.origin.gatewayId);
      }
    }
  }

  #factsOf(sessionId: string): SessionFacts {
    const facts = this.#facts.get(sessionId);
    if (facts === undefined) throw new Error(`nobody has opened session ${sessionId}`);
    return facts;
  }

  #passTo(at: number): void {
    this.#now = Math.max(this.#now, Math.floor(at / MS_PER_SECOND));
  }

  #sign<Statement extends keyof Statements>(signer: DigestSigner, name: Statement, statement: Statements[Statement]) {
    return signer.signDigest(statementDigest(this.#world.domain, name, statement)).then(splitSignature);
  }

  async #call(method: string, values: readonly unknown[]): Promise<void> {
    await this.#send(toHex(CALLS.encodeFunctionData(method, [...values])));
  }

  /** One transaction, mined at once. The node throws where it reverts. */
  async #send(data: Hex): Promise<void> {
    const { rpc, domain } = this.#world;
    await rpc("evm_setNextBlockTimestamp", [this.#now]);
    await rpc("eth_sendTransaction", [{ from: this.#account, to: domain.registry, gas: GAS, data }]);
  }
}
