import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import type { GatewayId } from "../../entry/hex.ts";
import type { GatewayRecord, LearnsKeys } from "../../store/log-store.ts";
import { checkStanding } from "./directory-credentials.ts";
import type { SuccessionClaim, SuccessionCredentials } from "./succession-credentials.ts";

/** What a kind of credentials proves by itself. */
export interface SuccessionRule {
  /**
   * Resolves if the backup may follow the record's primary. What it returns is called once the backup has followed. Errors as of
   * `SuccessionCredentials.check`. @param now UNIX ms; null where the backup was believed before, and times have gone by since.
   */
  check(claim: SuccessionClaim, record: GatewayRecord, now: number | null): Promise<() => void>;

  /** Those who have followed before, as far as the claim shows them, ascending: for who has missed them. */
  former?(claim: SuccessionClaim): Iterable<SuccessionClaim>;
}

const kindSchema = z.looseObject({ kind: z.string() });

/**
 * Where gateways come from a configuration and no registry is asked: the epoch behind the known one is believed of a backup that
 * can show its right to it, and the directory has its key from then on. It is kept by the entry that introduced the backup, in
 * the copy of the peer's log: see `recallBackups`.
 */
export class LearningCredentials implements SuccessionCredentials {
  readonly #directory: LearnsKeys;
  readonly #rulesOf: (gatewayId: GatewayId) => ReadonlyMap<string, SuccessionRule>;
  readonly #now: () => number;

  /** @param rulesOf A gateway's, by the kind of the credentials: no gateway chooses by which it is judged. */
  constructor(
    directory: LearnsKeys,
    rulesOf: (gatewayId: GatewayId) => ReadonlyMap<string, SuccessionRule>,
    now: () => number,
  ) {
    this.#directory = directory;
    this.#rulesOf = rulesOf;
    this.#now = now;
  }

  check(claim: SuccessionClaim): Promise<void> {
    return this.#judge(claim, this.#now());
  }

  /** The same for what was believed before: its time may be over. */
  recall(claim: SuccessionClaim): Promise<void> {
    return this.#judge(claim, null);
  }

  /** @param isFormer Nothing before it is looked at. */
  async #judge(claim: SuccessionClaim, now: number | null, isFormer = false): Promise<void> {
    const { gatewayId, epoch, key } = claim;
    const record = await this.#directory.gateway(gatewayId);
    const { keys, backups } = record;
    const standing = { keys, backups, ever: new Set(keys.map((known) => known.key)) };
    if (epoch <= record.epoch) {
      checkStanding(claim, standing);
      return;
    }
    const expected = record.epoch + 1;
    if (epoch > expected && !isFormer) {
      await this.#meetFormer(claim, record.epoch, now);
      return this.#judge(claim, now, true);
    }
    if (epoch !== expected)
      throw new GatelogError("STALE_EPOCH", `the epoch behind the one that is known is ${expected}`, {
        gatewayId,
        expected,
        actual: epoch,
      });
    // Nobody follows itself.
    if (key === keys.at(-1)?.key) {
      checkStanding(claim, standing);
      return;
    }
    const rule = this.#ruleFor(claim);
    if (rule === undefined)
      throw new GatelogError("UNKNOWN_BACKUP", "the backup shows nothing for its right that is known here", {
        gatewayId,
        actual: key,
        kinds: [...this.#rulesOf(gatewayId).keys()].join(" "),
      });
    const followed = await rule.check(claim, record, now);
    this.#directory.learn(gatewayId, { epoch, key });
    followed();
  }

  /** Each by its own signature; the first that has no right ends it. */
  async #meetFormer(claim: SuccessionClaim, known: number, now: number | null): Promise<void> {
    for (const former of this.#ruleFor(claim)?.former?.(claim) ?? [])
      if (former.epoch > known && former.epoch < claim.epoch) await this.#judge(former, now, true);
  }

  #ruleFor({ gatewayId, credentials }: SuccessionClaim): SuccessionRule | undefined {
    const shown = kindSchema.safeParse(credentials);
    return shown.success ? this.#rulesOf(gatewayId).get(shown.data.kind) : undefined;
  }
}
