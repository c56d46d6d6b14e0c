import type { Address } from "../../src/entry/hex.ts";
import { ACCOUNTS, MEMBER_ACCOUNTS, NAMES, type Name } from "./cast.ts";

/** A member of a group, by the epoch in which it is primary, or was. */
export interface Actor {
  readonly name: Name;
  readonly epoch: number;
}

/** Who is primary, as the directory has it: from the moment of a takeover on. */
export class Primaries {
  readonly #epochs: Record<Name, number> = { alpha: 1, beta: 1 };
  readonly #accounts: Record<Name, Address> = { ...ACCOUNTS };

  tookOver(name: Name, epoch: number, account: Address): void {
    this.#epochs[name] = epoch;
    this.#accounts[name] = account;
  }

  get areBothNew(): boolean {
    return NAMES.every((name) => this.#epochs[name] > 1);
  }

  isFormer({ name, epoch }: Actor): boolean {
    return epoch < this.#epochs[name];
  }

  /** By whose account on its group's ledger something is done. A backup that has not taken over does nothing there. */
  who(name: Name, account: Address): "primary" | "former" | "stranger" {
    if (account === this.#accounts[name]) return "primary";
    return MEMBER_ACCOUNTS[name].includes(account) ? "former" : "stranger";
  }
}
