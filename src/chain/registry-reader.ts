import type { z } from "zod";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { afterChange, splitEndpoints, type GatewayChange, type GatewayHistory } from "../entry/gateway-history.ts";
import { toHex, type Address, type GatewayId } from "../entry/hex.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import type { gatewayRecordSchema } from "../entry/wire.ts";
import type { Chain } from "./chain.ts";
import { logRegistryAt } from "./contracts.ts";
import { byPlace, decodeEvent, TOPICS } from "./events.ts";
import type { LogRegistry } from "./generated/types/LogRegistry.ts";
import type { Block, ChainEvent } from "./rpc-values.ts";

export type GatewayRecord = z.infer<typeof gatewayRecordSchema>;

/** What the registry holds of a group in one block. */
export interface GatewayGroup {
  readonly owner: Address;
  readonly key: Address;
  readonly epoch: number;
  /** Number of the owner's changes; the next one is signed over it. */
  readonly changes: number;
  /** Block of the group's last event. */
  readonly lastBlock: number;
  /** Blocks between two takeovers; 0 for none. */
  readonly takeoverInterval: number;
  /** Block of the last takeover; 0 if there was none. */
  readonly takeoverBlock: number;
  readonly backups: readonly Address[];
}

/** A group in one block, and how its primaries have changed up to it. */
export interface GroupSuccession {
  readonly group: GatewayGroup;
  /** Changes of the primary without its consent. */
  readonly takeovers: number;
  /** The last takeover or handover; null if there was none, or the owner has changed the key since. */
  readonly lastSuccession: { readonly epoch: number; readonly planned: boolean } | null;
}

interface Known {
  readonly history: GatewayHistory;
  readonly record: GatewayRecord;
  readonly successions: Successions;
  readonly lastBlock: number;
}

/** Takeovers and handovers, oldest first. */
type Successions = readonly { readonly epoch: number; readonly planned: boolean }[];

/** An event about the group, and the block of the one before it; null for the registration. */
interface LinkedChange {
  readonly change: GatewayChange;
  readonly previousBlock: number | null;
  /** Of a change of the primary: with its consent. */
  readonly planned?: boolean;
}

/** Of the contract's `Standing`. */
const REVOKED = 3n;

const GATEWAY_TOPICS = [
  TOPICS.GatewayRegistered,
  TOPICS.KeyRotated,
  TOPICS.EndpointsSet,
  TOPICS.BackupsSet,
  TOPICS.PrimaryChanged,
];

/**
 * Reads gateway groups with every key they ever had, by walking the group's events back from its last one. What is known
 * already is not read again. Costs one call, and one more per block with a change that is new.
 */
export class RegistryReader {
  readonly #chain: Chain;
  readonly #registry: Address;
  readonly #contract: LogRegistry;
  readonly #known = new Map<GatewayId, Known>();

  constructor(chain: Chain, registry: Address) {
    this.#chain = chain;
    this.#registry = registry;
    this.#contract = logRegistryAt(chain, registry);
  }

  /** What the registry itself holds; UNKNOWN_GATEWAY if there is none at that block. */
  async group(gatewayId: GatewayId, at: Block | "latest" = "latest"): Promise<GatewayGroup> {
    const group = await this.#contract.gatewayOf(gatewayId, { blockTag: at === "latest" ? at : at.hash });
    return {
      owner: toHex(group.owner),
      key: toHex(group.key),
      epoch: Number(group.epoch),
      changes: Number(group.changes),
      lastBlock: Number(group.lastBlock),
      takeoverInterval: Number(group.takeoverInterval),
      takeoverBlock: Number(group.takeoverBlock),
      backups: group.backups.map(toHex),
    };
  }

  /** With the keys of all its epochs; UNKNOWN_GATEWAY if there is none at that block. */
  async gateway(gatewayId: GatewayId, at: Block | "latest" = "latest"): Promise<GatewayRecord> {
    return (await this.#knownOf(gatewayId, await this.group(gatewayId, at))).record;
  }

  /** With the changes of its primary; UNKNOWN_GATEWAY if there is none at that block. */
  async succession(gatewayId: GatewayId, at: Block | "latest" = "latest"): Promise<GroupSuccession> {
    const group = await this.group(gatewayId, at);
    const { successions } = await this.#knownOf(gatewayId, group);
    const last = successions.at(-1);
    return {
      group,
      takeovers: successions.filter(({ planned }) => !planned).length,
      lastSuccession: last?.epoch === group.epoch ? last : null,
    };
  }

  /** Whether the owner has taken the key out of the group's list, or out of use, by the newest block. */
  async isRevoked(gatewayId: GatewayId, key: Address): Promise<boolean> {
    return (await this.#contract.standingOf(gatewayId, key)) === REVOKED;
  }

  /** A record that knows the key of this epoch, if there is such an epoch; asks the registry only if none is at hand. */
  async covering(gatewayId: GatewayId, epoch: number): Promise<GatewayRecord> {
    return this.known(gatewayId, epoch) ?? this.gateway(gatewayId);
  }

  /** The same, if it is at hand. */
  known(gatewayId: GatewayId, epoch: number): GatewayRecord | undefined {
    const known = this.#known.get(gatewayId)?.record;
    return known !== undefined && known.epoch >= epoch ? known : undefined;
  }

  async #knownOf(gatewayId: GatewayId, group: GatewayGroup): Promise<Known> {
    const known = this.#known.get(gatewayId);
    if (known?.lastBlock === group.lastBlock && isOf(known.history, group)) return known;
    const read = (await this.#continued(gatewayId, group, known)) ?? (await this.#read(gatewayId, group, undefined));
    if (read === undefined)
      throw missing(gatewayId, "the registry's events do not lead to what it holds of the gateway");
    this.#known.set(gatewayId, read);
    return read;
  }

  /** On top of what is known; undefined if that leads nowhere, as after a reorganisation. */
  async #continued(gatewayId: GatewayId, group: GatewayGroup, known: Known | undefined) {
    return known && known.lastBlock < group.lastBlock ? this.#read(gatewayId, group, known) : undefined;
  }

  async #read(gatewayId: GatewayId, group: GatewayGroup, known: Known | undefined): Promise<Known | undefined> {
    let history = known?.history;
    const successions = [...(known?.successions ?? [])];
    try {
      for (const { change, planned = false } of await this.#changesBehind(
        gatewayId,
        group.lastBlock,
        known?.lastBlock,
      )) {
        history = afterChange(history, change);
        if (change.event === "PrimaryChanged") successions.push({ epoch: change.epoch, planned });
      }
    } catch (error) {
      if (!isGatelogError(error, "MALFORMED")) throw error;
      return undefined;
    }
    if (history === undefined || !isOf(history, group)) return undefined;
    return { history, record: recordOf(gatewayId, history), successions, lastBlock: group.lastBlock };
  }

  /** Changes up to this block, oldest first; with `known` only those behind it, where a block was read whole. */
  async #changesBehind(gatewayId: GatewayId, lastBlock: number, known = -1): Promise<LinkedChange[]> {
    const changes: LinkedChange[] = [];
    for (let block = lastBlock; block > known;) {
      const inBlock = await this.#changesIn(gatewayId, block);
      const first = inBlock[0];
      if (first === undefined)
        throw missing(gatewayId, `the node does not show the gateway's change in block ${block}`);
      changes.unshift(...inBlock);
      if (first.previousBlock === null) return changes;
      // Each step back must lead back, or a faulty node could keep us walking.
      if (first.previousBlock >= block)
        throw missing(gatewayId, "the gateway's changes do not lead back to its registration");
      block = first.previousBlock;
    }
    return changes;
  }

  async #changesIn(gatewayId: GatewayId, block: number): Promise<LinkedChange[]> {
    const topics = [GATEWAY_TOPICS, gatewayId];
    const events = await this.#chain.events({ address: this.#registry, topics, fromBlock: block, toBlock: block });
    return events.sort(byPlace).map((event) => changeFrom(event, gatewayId));
  }
}

function changeFrom(event: ChainEvent, gatewayId: GatewayId): LinkedChange {
  switch (event.topics[0]) {
    case TOPICS.GatewayRegistered: {
      const { owner, name, key, endpoints } = decodeEvent("GatewayRegistered", event);
      if (gatewayIdOf(toHex(owner), name) !== gatewayId)
        throw new GatelogError("CORRUPT_STORE", "the registry gives the gateway another owner or name", { gatewayId });
      return { change: { event: "GatewayRegistered", key: toHex(key), endpoints }, previousBlock: null };
    }
    case TOPICS.KeyRotated: {
      const { change, epoch, key, previousBlock } = decodeEvent("KeyRotated", event);
      const row = { change: Number(change), epoch: Number(epoch), key: toHex(key) };
      return { change: { event: "KeyRotated", ...row }, previousBlock: Number(previousBlock) };
    }
    case TOPICS.BackupsSet: {
      const { change, backups, takeoverInterval, previousBlock } = decodeEvent("BackupsSet", event);
      const row = { change: Number(change), takeoverInterval: Number(takeoverInterval), backups: backups.map(toHex) };
      return { change: { event: "BackupsSet", ...row }, previousBlock: Number(previousBlock) };
    }
    case TOPICS.PrimaryChanged: {
      const { epoch, key, former, planned, previousBlock } = decodeEvent("PrimaryChanged", event);
      const row = { epoch: Number(epoch), key: toHex(key), former: toHex(former) };
      return { change: { event: "PrimaryChanged", ...row }, previousBlock: Number(previousBlock), planned };
    }
    default: {
      const { change, endpoints, previousBlock } = decodeEvent("EndpointsSet", event);
      return {
        change: { event: "EndpointsSet", change: Number(change), endpoints },
        previousBlock: Number(previousBlock),
      };
    }
  }
}

/** Whether these events lead to what the registry holds. */
function isOf({ keys, backups, changes, takeoverInterval }: GatewayHistory, group: GatewayGroup): boolean {
  return (
    changes === group.changes &&
    keys.length === group.epoch &&
    keys.at(-1)?.key === group.key &&
    takeoverInterval === group.takeoverInterval &&
    backups.join() === group.backups.join()
  );
}

function recordOf(gatewayId: GatewayId, { keys, endpoints, backups }: GatewayHistory): GatewayRecord {
  return {
    gatewayId,
    epoch: keys.length,
    keys: [...keys],
    endpoints: splitEndpoints(endpoints),
    backups: [...backups],
  };
}

function missing(gatewayId: GatewayId, message: string): GatelogError {
  return new GatelogError("STORE_UNAVAILABLE", message, { gatewayId });
}
