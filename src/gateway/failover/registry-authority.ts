import { handover, signHandover as signChainHandover, takeoverCall } from "../../chain/gateway-succession.ts";
import type { LaneCall } from "../../chain/lane-slot.ts";
import { domainOf, type RegistryAccess } from "../../chain/register-gateway.ts";
import type { RegistryReader } from "../../chain/registry-reader.ts";
import { GatelogError } from "../../entry/errors.ts";
import type { Address, GatewayId } from "../../entry/hex.ts";
import { recoverSigner, type DigestSigner } from "../../entry/signature.ts";
import { statementDigest } from "../../entry/statements.ts";
import { checkConsentOf, type GroupAuthority, type GroupState, type HandoverConsent, type View } from "./authority.ts";

/**
 * A group of the registry contract. A takeover is a transaction of the member's carrier; it counts once its block is final by the chain's
 * configured finality.
 */
export class RegistryAuthority implements GroupAuthority {
  readonly #access: RegistryAccess;
  readonly #reader: RegistryReader;
  readonly #gatewayId: GatewayId;
  readonly #signer: DigestSigner;
  /** The last takeover that was signed: the same one however often it is tried. */
  #signed: { readonly expectedEpoch: number; readonly call: Promise<LaneCall> } | undefined;

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

  async prepareTakeover(expectedEpoch: number): Promise<void> {
    await this.#access.lane.prepare(await this.#callOf(expectedEpoch));
  }

  async takeover(expectedEpoch: number): Promise<GroupState> {
    await this.#access.lane.send(await this.#callOf(expectedEpoch), this.#wait);
    return this.#begun(expectedEpoch);
  }

  async signHandover(expectedEpoch: number, to: Address): Promise<HandoverConsent> {
    return { expectedEpoch, to, signature: await this.#signHandover(expectedEpoch, to) };
  }

  async checkConsent(consent: HandoverConsent): Promise<void> {
    const { expectedEpoch, to: key, signature } = consent;
    const statement = { gatewayId: this.#gatewayId, expectedEpoch, key };
    const signer = recoverSigner(statementDigest(domainOf(this.#access), "Handover", statement), signature);
    checkConsentOf(consent, signer, this.#signer.address, await this.group("latest"));
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

  #callOf(expectedEpoch: number): Promise<LaneCall> {
    if (this.#signed?.expectedEpoch !== expectedEpoch) {
      const call = takeoverCall(this.#access, this.#signer, { gatewayId: this.#gatewayId, expectedEpoch });
      this.#signed = { expectedEpoch, call };
      // A key that could not sign is asked again.
      call.catch(() => (this.#signed = undefined));
    }
    return this.#signed.call;
  }

  #signHandover(expectedEpoch: number, to: Address) {
    const succession = { gatewayId: this.#gatewayId, expectedEpoch };
    return signChainHandover(this.#access, this.#signer, succession, to);
  }

  /** The epoch that has begun is this member's, if nobody has followed since. */
  async #begun(expectedEpoch: number): Promise<GroupState> {
    const state = await this.group("final");
    if (state.epoch === expectedEpoch + 1 && state.primary === this.#signer.address) return state;
    if (state.epoch <= expectedEpoch)
      throw new GatelogError("NODE_UNREACHABLE", "the node that answers does not have the block of the takeover yet", {
        expected: expectedEpoch + 1,
        actual: state.epoch,
      });
    throw new GatelogError("STALE_EPOCH", `the group's epoch is ${state.epoch}, and its primary ${state.primary}`, {
      expected: expectedEpoch + 1,
      actual: state.epoch,
    });
  }
}
