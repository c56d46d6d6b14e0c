import { z } from "zod";
import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { ESCROW } from "../../src/audit/reading/escrow-events.ts";
import { createChain, type Chain } from "../../src/chain/chain.ts";
import { sessionIdFromBytes16 } from "../../src/entry/hex.ts";
import { SIDES } from "../crash/session-logs.ts";
import { staleIn, unannouncedIn, type Deed, type Reign, type Shown } from "./judgement.ts";
import { lower } from "./log-record.ts";
import type { ZombieStage } from "./stage.ts";

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

/** How far logs and ledger go; what follows is looked at. */
export interface Mark {
  readonly log: number;
  readonly ledger: number;
  readonly reign: Reign;
}

/** Reads what the place of the logs and the ledger show of the group, past its processes. */
export class Evidence {
  readonly #stage: ZombieStage;
  readonly #ledger: Chain;

  constructor(stage: ZombieStage) {
    const ledger = stage.net.record[SIDES[stage.role]];
    this.#stage = stage;
    this.#ledger = createChain({ url: ledger.rpcUrl, expected: { chainId: ledger.chainId }, finality: "instant" });
  }

  /** The group is at rest. */
  async mark(place: number): Promise<Mark> {
    const { epoch, nodeId } = await this.#stage.group.state(place);
    const [log, ledger] = await Promise.all([this.#stage.record.mark(), this.#ledger.head()]);
    return { log, ledger: ledger.number, reign: { epoch, key: lower(nodeId), since: null } };
  }

  /**
   * Behind the mark: whatever the group signed was accepted in the epoch in which it was signed; whatever a member did on the ledger was
   * announced in the log before that member's last epoch was over.
   */
  async findings(mark: Mark): Promise<Findings> {
    const { group, record } = this.#stage;
    const told = await record.behind(mark.log);
    const shown: Shown = {
      // What a member said at the mark may be behind what the log had: it counts only where the log tells of no succession at all.
      reigns: told.reigns[0]?.since === null ? told.reigns : [mark.reign, ...told.reigns],
      signed: told.signed,
      deeds: await this.#deeds(mark.ledger + 1),
      members: group.members.map(({ key }, place) => ({ key: lower(key), account: this.#stage.ledgerAccount(place) })),
    };
    const stale = staleIn(shown);
    const faults = [
      ...told.faults,
      ...stale.map(({ what, session, epoch }) => `${what} of ${session}, of epoch ${epoch}, was accepted in another`),
      ...unannouncedIn(shown).map(({ effect, session, by }) => `${effect} of ${session} by ${by} was not announced`),
    ];
    return { faults, accepted: shown.signed.length, stale: stale.length, deeds: shown.deeds };
  }

  close(): void {
    this.#ledger.close();
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
