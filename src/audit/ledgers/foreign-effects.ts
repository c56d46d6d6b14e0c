import type { Address, Hash } from "../../entry/hex.ts";
import type { RegistryDomain } from "../../entry/statements.ts";
import { holdingAfter, TOMBSTONES, UNTOUCHED, type Holding } from "./escrow-effects.ts";
import { registerIn } from "../checks/foreign-terms.ts";
import type { Effect, EscrowState, LedgerReader } from "../reading/ledger-reader.ts";
import { mapLimited } from "../map-limited.ts";

/** Transactions that are asked for at once. */
const CALLS_AT_ONCE = 8;
/** Effects that are kept to be named. */
const MAX_NAMED = 100;

/** What is known of terms that the log does not have, while their asset is in the escrow. */
interface ForeignTerms {
  readonly holding: Holding;
  readonly token: Address | null;
  readonly value: bigint | null;
}

const UNKNOWN: ForeignTerms = { holding: UNTOUCHED, token: null, value: null };

/** States in which an asset is in the escrow, or may come back to it. */
const OPEN: ReadonlySet<EscrowState> = new Set(["LOCKED", "BURNED", "MINTED"]);

/** Effects of one escrow under terms that no session of this log has. */
export interface ForeignReport {
  /** Terms that name another register or none: another auditor's. */
  readonly ofOthers: number;
  /** First effects of terms that name this very register, of which it should have a session; so many are kept. */
  readonly ofThisRegister: readonly Effect[];
  readonly ofThisRegisterCount: number;
  /** Terms of which nothing can be told, because another contract carried the call; and the first effect of one. */
  readonly hidden: number;
  readonly firstHidden: Effect | null;
}

/**
 * An escrow serves whoever its administrator admits, and so perhaps several registers. Its events name none: only the call that carried
 * the terms does. So the first effect of foreign terms is judged by its transaction, if the whole log was read and the effect is
 * no younger than that. A tombstone is none: it moves nothing, and anyone may make one under terms of their own.
 */
export class ForeignEffects {
  readonly #reader: LedgerReader;
  readonly #register: RegistryDomain | null;
  readonly #open = new Map<Hash, ForeignTerms>();
  readonly #waiting: Effect[] = [];
  readonly #ofThisRegister: Effect[] = [];
  #ofThisRegisterCount = 0;
  #ofOthers = 0;
  #hidden = 0;
  #firstHidden: Effect | null = null;

  /** `register`: of the log that was read; null if not all of it was. Then nobody is missed. */
  constructor(reader: LedgerReader, register: RegistryDomain | null) {
    this.#reader = reader;
    this.#register = register;
  }

  /** Notes the effect; says what was held of its terms before and is after. */
  take(effect: Effect, mark: number): { before: Holding; after: Holding } & Pick<ForeignTerms, "token" | "value"> {
    const { termsHash, name, block } = effect;
    const known = this.#open.get(termsHash);
    const { holding: before, token, value } = known ?? UNKNOWN;
    const after = holdingAfter(before, effect);
    const terms = { holding: after, token: effect.token ?? token, value: effect.value ?? value };
    if (OPEN.has(after.state) || after.booked) this.#open.set(termsHash, terms);
    else this.#open.delete(termsHash);
    const isFirst = known === undefined && !TOMBSTONES.has(name);
    if (isFirst && block <= mark && this.#register !== null) this.#waiting.push(effect);
    return { before, after, token: terms.token, value: terms.value };
  }

  /** Judges what has been taken since the last time. */
  async judge(): Promise<void> {
    const effects = this.#waiting.splice(0);
    const inputs = await mapLimited(effects, CALLS_AT_ONCE, ({ transactionHash }) =>
      this.#reader.inputOf(transactionHash),
    );
    effects.forEach((effect, at) => {
      const input = inputs[at];
      const register = input ? registerIn(input, effect.termsHash) : undefined;
      if (register === undefined) {
        this.#hidden += 1;
        this.#firstHidden ??= effect;
      } else if (register?.chainId === this.#register?.chainId && register?.registry === this.#register?.registry) {
        this.#ofThisRegisterCount += 1;
        if (this.#ofThisRegister.length < MAX_NAMED) this.#ofThisRegister.push(effect);
      } else this.#ofOthers += 1;
    });
  }

  get report(): ForeignReport {
    return {
      ofOthers: this.#ofOthers,
      ofThisRegister: this.#ofThisRegister,
      ofThisRegisterCount: this.#ofThisRegisterCount,
      hidden: this.#hidden,
      firstHidden: this.#firstHidden,
    };
  }
}
