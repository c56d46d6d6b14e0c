import { GatelogError } from "../entry/errors.ts";
import { toHex, type Address, type GatewayId } from "../entry/hex.ts";
import { joinSignature } from "../entry/signature.ts";
import type { SignedChange } from "../entry/signed-changes.ts";
import type { RegistryDomain } from "../entry/statements.ts";
import type { Chain } from "./chain.ts";
import { logRegistryAt } from "./contracts.ts";
import { byPlace, decodeEvent, TOPICS } from "./events.ts";
import type { ChainEvent } from "./rpc-values.ts";

const CHANGES = [
  TOPICS.GatewayRegistered,
  TOPICS.KeyRotated,
  TOPICS.EndpointsSet,
  TOPICS.BackupsSet,
  TOPICS.PrimaryChanged,
];

/**
 * Every change of groups, with its signatures, as far as it is final: for who would check them. `RegistryReader` is for who
 * would know what they lead to. Costs a call, and one for each block with a change.
 */
export class SignedChangesReader {
  /** Under which the changes are signed. */
  readonly domain: RegistryDomain;
  readonly #chain: Chain;

  constructor(chain: Chain, registry: Address) {
    this.domain = { chainId: chain.chainId, registry };
    this.#chain = chain;
  }

  /** Oldest first. UNKNOWN_GATEWAY; STORE_UNAVAILABLE where the node does not show all of them. */
  async changes(gatewayId: GatewayId): Promise<SignedChange[]> {
    const { hash } = await this.#chain.finalBlock();
    const group = await logRegistryAt(this.#chain, this.domain.registry).gatewayOf(gatewayId, { blockTag: hash });
    const changes: SignedChange[] = [];
    for (let block = Number(group.lastBlock); ;) {
      const filter = { address: this.domain.registry, topics: [CHANGES, gatewayId], fromBlock: block, toBlock: block };
      const read = (await this.#chain.events(filter)).sort(byPlace).map(readChange);
      const before = read[0]?.previousBlock;
      // Each step back must lead back, or a faulty node could keep us walking.
      if (before === undefined || (before !== null && before >= block))
        throw new GatelogError("STORE_UNAVAILABLE", `the node does not show the gateway's change in block ${block}`, {
          gatewayId,
        });
      changes.unshift(...read.map(({ change }) => change));
      if (before === null) return changes;
      block = before;
    }
  }
}

/** The change, and the block of the one before it; null for the registration. */
function readChange(event: ChainEvent): { readonly change: SignedChange; readonly previousBlock: number | null } {
  switch (event.topics[0]) {
    case TOPICS.GatewayRegistered: {
      const { owner, name, key, endpoints, r, vs } = decodeEvent("GatewayRegistered", event);
      const row = { owner: toHex(owner), name, key: toHex(key), endpoints, signature: joinSignature(r, vs) };
      return { change: { event: "GatewayRegistered", ...row }, previousBlock: null };
    }
    case TOPICS.KeyRotated: {
      const { epoch, key, ...rest } = decodeEvent("KeyRotated", event);
      return linked(rest, { event: "KeyRotated", epoch: Number(epoch), key: toHex(key), ...ownersPart(rest) });
    }
    case TOPICS.BackupsSet: {
      const { backups, takeoverInterval, ...rest } = decodeEvent("BackupsSet", event);
      const row = { backups: backups.map(toHex), takeoverInterval: Number(takeoverInterval) };
      return linked(rest, { event: "BackupsSet", ...row, ...ownersPart(rest) });
    }
    case TOPICS.PrimaryChanged: {
      const { epoch, key, former, planned, r, vs, formerR, formerVs, ...rest } = decodeEvent("PrimaryChanged", event);
      const formerSignature = planned ? joinSignature(formerR, formerVs) : null;
      const row = { epoch: Number(epoch), key: toHex(key), former: toHex(former), planned, formerSignature };
      return linked(rest, { event: "PrimaryChanged", ...row, signature: joinSignature(r, vs) });
    }
    default: {
      const { endpoints, ...rest } = decodeEvent("EndpointsSet", event);
      return linked(rest, { event: "EndpointsSet", endpoints, ...ownersPart(rest) });
    }
  }
}

function linked({ previousBlock }: { readonly previousBlock: bigint }, change: SignedChange) {
  return { change, previousBlock: Number(previousBlock) };
}

function ownersPart({ change, r, vs }: { readonly change: bigint; readonly r: string; readonly vs: string }) {
  return { change: Number(change), signature: joinSignature(r, vs) };
}
