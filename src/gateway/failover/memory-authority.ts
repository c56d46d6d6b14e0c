import { createHash } from "node:crypto";
import { GatelogError } from "../../entry/errors.ts";
import { bytesToHex, type Address, type GatewayId, type Hash } from "../../entry/hex.ts";
import { recoverSigner, type DigestSigner } from "../../entry/signature.ts";
import type { MemoryGatewayDirectory } from "../../store/memory-gateway-directory.ts";
import { checkConsentOf, type GroupAuthority, type GroupState, type HandoverConsent } from "./authority.ts";

/**
 * The group of one gateway in memory, for tests and simulators: raises the epoch in the directory that the stores ask, and so fences
 * them. Promises no agreement between processes.
 */
export class MemoryGroup {
  readonly #directory: MemoryGatewayDirectory;
  readonly #gatewayId: GatewayId;
  readonly #revoked = new Set<Address>();
  #backups: readonly Address[];
  #recoveryCount = 0;
  #last: GroupState["lastTakeover"] = null;
  /** What was final before `hold`; undefined: every change is final at once. */
  #final: GroupState | undefined;
  #released = Promise.withResolvers<undefined>();
  /** One change at a time, so that of several that name one epoch one wins. */
  #changing: Promise<unknown> = Promise.resolve();

  /** The gateway must be registered; its current key is the primary's. */
  constructor(directory: MemoryGatewayDirectory, gatewayId: GatewayId, backups: readonly Address[]) {
    this.#directory = directory;
    this.#gatewayId = gatewayId;
    this.#backups = backups;
  }

  /** The owner's list; whoever was listed and is no longer is revoked. */
  setBackups(backups: readonly Address[]): void {
    for (const key of this.#backups) if (!backups.includes(key)) this.#revoked.add(key);
    for (const key of backups) this.#revoked.delete(key);
    this.#backups = backups;
  }

  /** No change becomes final until `release`. */
  async hold(): Promise<void> {
    this.#final = await this.#state();
    this.#released = Promise.withResolvers();
  }

  release(): void {
    this.#final = undefined;
    this.#released.resolve(undefined);
  }

  /** What the member with this key asks. */
  authorityOf(signer: DigestSigner): GroupAuthority {
    return {
      group: async (view) => (view === "final" ? this.#final : undefined) ?? this.#state(),
      prepareTakeover: () => Promise.resolve(),
      takeover: (expectedEpoch) => this.#succeed(signer.address, expectedEpoch, false),
      signHandover: async (expectedEpoch, to) => {
        const signature = await signer.signDigest(this.#digest(expectedEpoch, to));
        return { expectedEpoch, to, signature };
      },
      checkConsent: (consent) => this.#requireConsent(consent, signer.address),
      handover: async (consent) => {
        await this.#requireConsent(consent, signer.address);
        return this.#succeed(signer.address, consent.expectedEpoch, true);
      },
      isRevoked: () => Promise.resolve(this.#revoked.has(signer.address)),
    };
  }

  async #state(): Promise<GroupState> {
    const { epoch, keys } = await this.#directory.gateway(this.#gatewayId);
    const primary = keys.at(-1)?.key;
    if (primary === undefined) throw new GatelogError("UNKNOWN_GATEWAY", "the group has no key", {});
    return {
      ...{ epoch, primary, backups: this.#backups },
      ...{ recoveryCount: this.#recoveryCount, lastTakeover: this.#last },
    };
  }

  #succeed(key: Address, expectedEpoch: number, planned: boolean): Promise<GroupState> {
    const result = this.#changing.then(() => this.#change(key, expectedEpoch, planned));
    this.#changing = result.catch(() => undefined);
    return result.then(async (group) => {
      if (this.#final) await this.#released.promise;
      return group;
    });
  }

  async #change(key: Address, expectedEpoch: number, planned: boolean): Promise<GroupState> {
    const { epoch, primary } = await this.#state();
    if (primary === key && epoch === expectedEpoch + 1) return this.#state();
    if (epoch !== expectedEpoch)
      throw new GatelogError("STALE_EPOCH", `the group's epoch is ${epoch}`, {
        expected: expectedEpoch,
        actual: epoch,
      });
    if (!this.#backups.includes(key))
      throw new GatelogError(this.#revoked.has(key) ? "REVOKED" : "UNKNOWN_BACKUP", "no backup of the group", { key });
    this.#backups = [...this.#backups.filter((each) => each !== key), primary];
    this.#directory.rotateKey(this.#gatewayId, key);
    this.#last = { epoch: epoch + 1, planned };
    if (!planned) this.#recoveryCount += 1;
    return this.#state();
  }

  async #requireConsent(consent: HandoverConsent, own: Address): Promise<void> {
    const { expectedEpoch, to, signature } = consent;
    checkConsentOf(consent, recoverSigner(this.#digest(expectedEpoch, to), signature), own, await this.#state());
  }

  #digest(expectedEpoch: number, to: Address): Hash {
    return bytesToHex(createHash("sha256").update(`${this.#gatewayId} ${expectedEpoch} ${to}`).digest());
  }
}
