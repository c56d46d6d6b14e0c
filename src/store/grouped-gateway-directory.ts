import { primaryOf, type SignedGroup } from "../entry/signed-group.ts";
import type { Address, GatewayId } from "../entry/hex.ts";
import type { GatewayRecord, LearnsKeys } from "./log-store.ts";
import type { KeepsGroups } from "./signed-groups.ts";

/** How old an answer may be. A stale epoch is harmless for that long: the store's fence has the present one. */
const GROUP_CACHE_MS = 1_000;
/** However new an epoch is that somebody claims: nobody makes this process ask more often than that. */
const FRESH_MS = 20;

/** The own group as the store of its logs has it; all other gateways as the configuration names them. */
export class GroupedGatewayDirectory implements LearnsKeys {
  readonly #groups: Pick<KeepsGroups, "group">;
  readonly #others: LearnsKeys;
  readonly #own: GatewayId;
  #answer: { readonly at: number; readonly record: Promise<GatewayRecord>; epoch: number } | undefined;

  constructor(deps: { readonly groups: Pick<KeepsGroups, "group">; readonly others: LearnsKeys }, own: GatewayId) {
    this.#groups = deps.groups;
    this.#others = deps.others;
    this.#own = own;
  }

  gateway(gatewayId: GatewayId, epoch = 0): Promise<GatewayRecord> {
    if (gatewayId !== this.#own) return this.#others.gateway(gatewayId, epoch);
    const now = performance.now();
    const answer = this.#answer;
    if (answer && now - answer.at <= (answer.epoch < epoch ? FRESH_MS : GROUP_CACHE_MS)) return answer.record;
    const asked = { at: now, record: this.#groups.group(gatewayId).then(recordOf), epoch: Infinity };
    this.#answer = asked;
    asked.record.then(
      (record) => (asked.epoch = record.epoch),
      () => {
        // A failure is not an answer to keep.
        if (this.#answer === asked) this.#answer = undefined;
      },
    );
    return asked.record;
  }

  learn(gatewayId: GatewayId, next: { readonly epoch: number; readonly key: Address }): void {
    this.#others.learn(gatewayId, next);
  }
}

function recordOf(group: SignedGroup): GatewayRecord {
  const { keys, backups } = group.history;
  const { epoch } = primaryOf(group);
  return { gatewayId: group.gatewayId, epoch, keys: [...keys], endpoints: [], backups: [...backups] };
}
