import { z } from "zod";
import { httpJsonRpc } from "../../src/audit/json-rpc.ts";
import { createChain, type Chain } from "../../src/chain/chain.ts";
import { byPlace, decodeEvent, TOPICS } from "../../src/chain/events.ts";
import type { ChainEvent } from "../../src/chain/rpc-values.ts";
import { unpackHeader } from "../../src/entry/entry.ts";
import { sessionIdFromBytes16, toHex, type Hex } from "../../src/entry/hex.ts";
import { commandFrom } from "../../src/entry/vocabulary.ts";
import { ESCROW } from "../../src/audit/rpc-ledger-reader.ts";
import { staleIn, unannouncedIn, type Deed, type Reign, type Shown, type Signed } from "./judgement.ts";
import { SIDES, type ZombieStage } from "./stage.ts";

const transactionSchema = z.object({ from: z.string() });

export interface Findings {
  /** Sentences; none if all is right. */
  readonly faults: readonly string[];
  /** Entries, decisions, openings and closings of the group that were accepted. */
  readonly accepted: number;
  /** Of these, those that were accepted in another epoch than they were signed in. */
  readonly stale: number;
  readonly deeds: readonly Deed[];
}

/** Where the chains are; what follows is looked at. */
export interface Mark {
  readonly log: number;
  readonly ledger: number;
  readonly reign: Reign;
}

/** Reads what the chains show of the group, from their events alone. */
export class Evidence {
  readonly #stage: ZombieStage;
  readonly #log: Chain;
  readonly #ledger: Chain;

  constructor(stage: ZombieStage) {
    const { log } = stage.net.record;
    const ledger = stage.net.record[SIDES[stage.role]];
    this.#stage = stage;
    this.#log = createChain({ url: log.rpcUrl, expected: { chainId: log.chainId }, finality: "instant" });
    this.#ledger = createChain({ url: ledger.rpcUrl, expected: { chainId: ledger.chainId }, finality: "instant" });
  }

  /** The group is at rest. */
  async mark(place: number): Promise<Mark> {
    const { epoch, nodeId } = await this.#stage.group.state(place);
    const [log, ledger] = await Promise.all([this.#log.head(), this.#ledger.head()]);
    return { log: log.number, ledger: ledger.number, reign: { epoch, key: lower(nodeId), since: null } };
  }

  /**
   * Behind the mark: whatever the group signed was accepted in the epoch in which it was signed; whatever a member did on the ledger was
   * announced in the log before that member's last epoch was over.
   */
  async findings(mark: Mark): Promise<Findings> {
    const events = await this.#logEvents(mark.log + 1);
    const { group } = this.#stage;
    const shown: Shown = {
      reigns: [mark.reign, ...this.#reignsIn(events)],
      signed: events.flatMap((event) => this.#signedIn(event) ?? []),
      deeds: await this.#deeds(mark.ledger + 1),
      members: group.members.map(({ key }, place) => ({ key: lower(key), account: this.#stage.ledgerAccount(place) })),
    };
    const stale = staleIn(shown);
    const faults = [
      ...stale.map(({ what, session, epoch }) => `${what} of ${session}, of epoch ${epoch}, was accepted in another`),
      ...unannouncedIn(shown).map(({ effect, session, by }) => `${effect} of ${session} by ${by} was not announced`),
    ];
    return { faults, accepted: shown.signed.length, stale: stale.length, deeds: shown.deeds };
  }

  close(): void {
    this.#log.close();
    this.#ledger.close();
  }

  async #logEvents(fromBlock: number): Promise<ChainEvent[]> {
    const address = this.#stage.net.record.log.logRegistry;
    const head = await this.#log.head();
    if (head.number < fromBlock) return [];
    return (await this.#log.events({ address, topics: [], fromBlock, toBlock: head.number })).sort(byPlace);
  }

  #reignsIn(events: readonly ChainEvent[]): Reign[] {
    return events
      .filter(({ topics }) => topics[0] === TOPICS.PrimaryChanged && topics[1] === this.#stage.gatewayId)
      .map((since) => {
        const { epoch, key } = decodeEvent("PrimaryChanged", since);
        return { epoch: Number(epoch), key: lower(key), since };
      });
  }

  /** Undefined for what the group has not signed. */
  #signedIn(at: ChainEvent): Signed | undefined {
    const { gatewayId, role } = this.#stage;
    const [topic] = at.topics;
    if (topic === TOPICS.EntryAppended) {
      const entry = decodeEvent("EntryAppended", at);
      if (toHex(entry.gatewayId) !== gatewayId) return undefined;
      const { operation, command, epoch } = unpackHeader(toHex(entry.header));
      return {
        what: `${operation}-${commandFrom(command)}`,
        session: sessionIdFromBytes16(entry.sessionId),
        epoch,
        at,
      };
    }
    if (topic === TOPICS.LogClosed) {
      const closed = decodeEvent("LogClosed", at);
      if (toHex(closed.gatewayId) !== gatewayId) return undefined;
      return { what: "closing", session: sessionIdFromBytes16(closed.sessionId), epoch: Number(closed.epoch), at };
    }
    if (role !== "origin" || (topic !== TOPICS.Decided && topic !== TOPICS.SessionOpened)) return undefined;
    const name = topic === TOPICS.Decided ? "Decided" : "SessionOpened";
    const { sessionId, epoch } = decodeEvent(name, at);
    // A decision on another ground than the origin's signature has no epoch.
    if (epoch === 0n) return undefined;
    return { what: name, session: sessionIdFromBytes16(sessionId), epoch: Number(epoch), at };
  }

  async #deeds(fromBlock: number): Promise<Deed[]> {
    const ledger = this.#stage.net.record[SIDES[this.#stage.role]];
    const head = await this.#ledger.head();
    if (head.number < fromBlock) return [];
    const filter = { address: ledger.escrow, topics: [], fromBlock, toBlock: head.number };
    const rpc = httpJsonRpc(ledger.rpcUrl);
    const deeds: Deed[] = [];
    for (const { topics, transactionHash } of await this.#ledger.events(filter)) {
      const effect = ESCROW.getEvent(topics[0] ?? "")?.name;
      const session = topics[2]?.slice(0, "0x".length + 32);
      if (effect === undefined || session === undefined) continue;
      const { from } = transactionSchema.parse(await rpc("eth_getTransactionByHash", [transactionHash]));
      deeds.push({ effect, session: sessionIdFromBytes16(session), by: lower(from) });
    }
    return deeds;
  }
}

function lower(text: string): Hex {
  return toHex(text.toLowerCase());
}
