import type { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { toHex, type Address, type GatewayId } from "../entry/hex.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import type { gatewayRecordSchema } from "../entry/wire.ts";
import type { Chain } from "./chain.ts";
import { logRegistryAt } from "./contracts.ts";
import { byPlace, decodeEvent, TOPICS } from "./events.ts";
import type { LogRegistry } from "./generated/types/LogRegistry.ts";
import type { Block, ChainEvent } from "./rpc-values.ts";

export type GatewayRecord = z.infer<typeof gatewayRecordSchema>;

interface Known {
  readonly record: GatewayRecord;
  /** Number of the owner's changes that the record contains, registration included. */
  readonly changes: number;
}

/** One change by the owner: a new key with its epoch, new endpoints, or both at registration. */
interface Change {
  /** Number of changes before it. */
  readonly number: number;
  readonly key: GatewayRecord["keys"][number] | null;
  readonly endpoints: readonly string[] | null;
  /** Block of the change before; null for the registration. */
  readonly previousBlock: number | null;
}

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

  /** UNKNOWN_GATEWAY if there is none at that block. */
  async gateway(gatewayId: GatewayId, at: Block | "latest" = "latest"): Promise<GatewayRecord> {
    const group = await this.#contract.gatewayOf(gatewayId, { blockTag: at === "latest" ? at : at.hash });
    const known = this.#known.get(gatewayId);
    const changes = Number(group.changes);
    if (known?.changes === changes && known.record.keys.at(-1)?.key === group.key) return known.record;
    // After a reorganisation there may be fewer than are known, or others.
    const base = known !== undefined && known.changes < changes ? known : undefined;
    const record = applied(gatewayId, base?.record, await this.#newChanges(gatewayId, Number(group.lastBlock), base));
    if (record.epoch !== Number(group.epoch) || record.keys.at(-1)?.key !== group.key)
      throw missing(gatewayId, "the registry's events do not lead to the gateway's current key");
    this.#known.set(gatewayId, { record, changes });
    return record;
  }

  /** A record that knows the key of this epoch, if there is such an epoch; asks the registry only if none is at hand. */
  async covering(gatewayId: GatewayId, epoch: number): Promise<GatewayRecord> {
    const known = this.#known.get(gatewayId)?.record;
    return known !== undefined && known.epoch >= epoch ? known : this.gateway(gatewayId);
  }

  /** Changes that `known` lacks, oldest first. */
  async #newChanges(gatewayId: GatewayId, lastBlock: number, known: Known | undefined): Promise<Change[]> {
    const oldest = known?.changes ?? 0;
    const changes: Change[] = [];
    for (let block = lastBlock; ;) {
      const inBlock = await this.#changesIn(gatewayId, block);
      const first = inBlock[0];
      if (first === undefined)
        throw missing(gatewayId, `the node does not show the gateway's change in block ${block}`);
      changes.unshift(...inBlock);
      if (first.number <= oldest) return changes.filter(({ number }) => number >= oldest);
      // Each step back must lead back, or a faulty node could keep us walking.
      if (first.previousBlock === null || first.previousBlock >= block)
        throw missing(gatewayId, "the gateway's changes do not lead back to its registration");
      block = first.previousBlock;
    }
  }

  async #changesIn(gatewayId: GatewayId, block: number): Promise<Change[]> {
    const topics = [[TOPICS.GatewayRegistered, TOPICS.KeyRotated, TOPICS.EndpointsSet], gatewayId];
    const events = await this.#chain.events({ address: this.#registry, topics, fromBlock: block, toBlock: block });
    return events.sort(byPlace).map((event) => changeFrom(event, gatewayId));
  }
}

function changeFrom(event: ChainEvent, gatewayId: GatewayId): Change {
  if (event.topics[0] === TOPICS.GatewayRegistered) {
    const { owner, name, key, endpoints } = decodeEvent("GatewayRegistered", event);
    if (gatewayIdOf(toHex(owner), name) !== gatewayId)
      throw new GatelogError("CORRUPT_STORE", "the registry gives the gateway another owner or name", { gatewayId });
    return { number: 0, key: { epoch: 1, key: toHex(key) }, endpoints: split(endpoints), previousBlock: null };
  }
  if (event.topics[0] === TOPICS.KeyRotated) {
    const { change, epoch, key, previousBlock } = decodeEvent("KeyRotated", event);
    const row = { epoch: Number(epoch), key: toHex(key) };
    return { number: Number(change), key: row, endpoints: null, previousBlock: Number(previousBlock) };
  }
  const { change, endpoints, previousBlock } = decodeEvent("EndpointsSet", event);
  return { number: Number(change), key: null, endpoints: split(endpoints), previousBlock: Number(previousBlock) };
}

function applied(gatewayId: GatewayId, known: GatewayRecord | undefined, changes: readonly Change[]): GatewayRecord {
  const keys = [...(known?.keys ?? []), ...changes.flatMap(({ key }) => (key === null ? [] : [key]))];
  const endpoints = changes.findLast((change) => change.endpoints !== null)?.endpoints ?? known?.endpoints ?? [];
  return { gatewayId, epoch: keys.at(-1)?.epoch ?? 0, keys, endpoints: [...endpoints] };
}

function split(endpoints: string): string[] {
  return endpoints.split(" ").filter((url) => url !== "");
}

function missing(gatewayId: GatewayId, message: string): GatelogError {
  return new GatelogError("STORE_UNAVAILABLE", message, { gatewayId });
}
