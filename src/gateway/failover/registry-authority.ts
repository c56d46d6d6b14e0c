import { handover, signHandover as signChainHandover, takeover } from "../../chain/gateway-succession.ts";
import type { RegistryAccess } from "../../chain/register-gateway.ts";
import type { RegistryReader } from "../../chain/registry-reader.ts";
import { GatelogError } from "../../entry/errors.ts";
import type { Address, GatewayId } from "../../entry/hex.ts";
import type { DigestSigner } from "../../entry/signature.ts";
import type { GroupAuthority, GroupState, HandoverConsent, View } from "./authority.ts";

/**
 * A group of the registry contract. A takeover is a transaction of the member's carrier; it counts once its block is final by the chain's
 * configured finality.
 */
export class RegistryAuthority implements GroupAuthority {
  readonly #access: RegistryAccess;
  readonly #reader: RegistryReader;
  readonly #gatewayId: GatewayId;
  readonly #signer: DigestSigner;

  /** @param deps.signer The member's log key. */
  constructor(
    deps: { readonly access: RegistryAccess; readonly reader: RegistryReader; readonly signer: DigestSigner },
    gatewayId: GatewayId,
  ) {
    this.#access = deps.access;
    this.#reader = deps.reader;
    this.#signer = deps.signer;
    this.#gatewayId = gatewayId;
  }

  async group(view: View): Promise<GroupState> {
    const { chain } = this.#access;
    // Where every block is final, the newest one is both.
    const at = view === "latest" || chain.finality === "instant" ? "latest" : await chain.finalBlock();
    const { group, takeovers, lastSuccession } = await this.#reader.succession(this.#gatewayId, at);
    return {
      ...{ epoch: group.epoch, primary: group.key, backups: group.backups },
      ...{ recoveryCount: takeovers, lastTakeover: lastSuccession },
    };
  }

  async takeover(expectedEpoch: number): Promise<GroupState> {
    const succession = { gatewayId: this.#gatewayId, expectedEpoch };
    await takeover(this.#access, this.#signer, succession, this.#wait);
    return this.#begun(expectedEpoch);
  }

  async signHandover(expectedEpoch: number, to: Address): Promise<HandoverConsent> {
    return { expectedEpoch, to, signature: await this.#signHandover(expectedEpoch, to) };
  }

  async handover({ expectedEpoch, to, signature: former }: HandoverConsent): Promise<GroupState> {
    const succession = { gatewayId: this.#gatewayId, expectedEpoch };
    const backup = { key: to, signature: await this.#signHandover(expectedEpoch, to) };
    await handover(this.#access, succession, backup, former, this.#wait);
    return this.#begun(expectedEpoch);
  }

  isRevoked(): Promise<boolean> {
    return this.#reader.isRevoked(this.#gatewayId, this.#signer.address);
  }

  get #wait() {
    return { until: this.#access.chain.finality === "instant" ? "included" : "final" } as const;
  }

  #signHandover(expectedEpoch: number, to: Address) {
    const succession = { gatewayId: this.#gatewayId, expectedEpoch };
    return signChainHandover(this.#access, this.#signer, succession, to);
  }

  /** The epoch that has begun is this member's, if nobody has followed since. */
  async #begun(expectedEpoch: number): Promise<GroupState> {
    const state = await this.group("final");
    if (state.epoch === expectedEpoch + 1 && state.primary === this.#signer.address) return state;
    throw new GatelogError("STALE_EPOCH", `the group's epoch is ${state.epoch}, and its primary ${state.primary}`, {
      expected: expectedEpoch + 1,
      actual: state.epoch,
    });
  }
}
