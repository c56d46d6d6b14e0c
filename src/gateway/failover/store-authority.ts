import { GatelogError } from "../../entry/errors.ts";
import type { Address, GatewayId } from "../../entry/hex.ts";
import { recoverSigner, type CompactSignature, type DigestSigner } from "../../entry/signature.ts";
import { successionDigest } from "../../entry/signed-changes.ts";
import { primaryOf, type SignedGroup } from "../../entry/signed-group.ts";
import type { GroupFound, KeepsGroups } from "../../store/signed-groups.ts";
import { groupCredentials, groupIntroduction } from "../credentials/statement-rule.ts";
import type { GatewayPorts } from "../ports.ts";
import { checkConsentOf, type GroupAuthority, type GroupState, type HandoverConsent } from "./authority.ts";

/**
 * A group in the store of its logs, for groups without a registry. The list of backups is the owner's, the takeover the backup's own:
 * both signed, under name and version alone. A change is final once it is committed. The interval between two takeovers is in
 * seconds of the store's clock here.
 */
export class StoreAuthority implements GroupAuthority {
  readonly #groups: KeepsGroups;
  readonly #gatewayId: GatewayId;
  readonly #signer: DigestSigner;
  #known: SignedGroup | undefined;

  /** @param deps.signer The member's log key. */
  constructor(deps: { readonly groups: KeepsGroups; readonly signer: DigestSigner }, gatewayId: GatewayId) {
    this.#groups = deps.groups;
    this.#signer = deps.signer;
    this.#gatewayId = gatewayId;
  }

  async group(): Promise<GroupState> {
    return this.#keep(await this.#groups.group(this.#gatewayId));
  }

  /** Nothing is asked of the store beforehand: a takeover is one transaction. */
  prepareTakeover(): Promise<void> {
    return Promise.resolve();
  }

  takeover(expectedEpoch: number): Promise<GroupState> {
    return this.#succeed(expectedEpoch, null);
  }

  async signHandover(expectedEpoch: number, to: Address): Promise<HandoverConsent> {
    const next = { epoch: expectedEpoch + 1, key: to, planned: true };
    return { expectedEpoch, to, signature: await this.#signer.signDigest(this.#digest(next)) };
  }

  async checkConsent(consent: HandoverConsent): Promise<void> {
    const { expectedEpoch, to: key, signature } = consent;
    const signer = recoverSigner(this.#digest({ epoch: expectedEpoch + 1, key, planned: true }), signature);
    checkConsentOf(consent, signer, this.#signer.address, await this.group());
  }

  handover({ expectedEpoch, signature }: HandoverConsent): Promise<GroupState> {
    return this.#succeed(expectedEpoch, signature);
  }

  async isRevoked(): Promise<boolean> {
    return isRevoked(await this.#groups.group(this.#gatewayId), this.#signer.address);
  }

  /** What a peer that asks no registry is shown of how the epoch has begun; undefined if it is none that this member has begun. */
  readonly succession: NonNullable<GatewayPorts["succession"]> = (epoch) => {
    const known = this.#known;
    if (known === undefined || primaryOf(known).epoch !== epoch) return undefined;
    const credentials = groupCredentials(known);
    return credentials === null ? undefined : { kind: null, credentials, introduction: groupIntroduction(known) };
  };

  /** @param consent The former primary's, of a planned change. */
  async #succeed(expectedEpoch: number, consent: CompactSignature | null): Promise<GroupState> {
    const next = { epoch: expectedEpoch + 1, key: this.#signer.address, planned: consent !== null };
    const signature = await this.#signer.signDigest(this.#digest(next));
    const group = await this.#groups.change(this.#gatewayId, (found) => {
      const former = this.#checkSuccession(found, expectedEpoch, consent);
      if (former === null) return [];
      return [{ event: "PrimaryChanged", ...next, former, signature, formerSignature: consent }];
    });
    return this.#keep(group);
  }

  /** Whom this member may follow at this epoch; null if it has followed already. */
  #checkSuccession(
    { group, secondsSinceTakeover }: GroupFound,
    expectedEpoch: number,
    consent: CompactSignature | null,
  ): Address | null {
    if (group === undefined)
      throw new GatelogError("UNKNOWN_GATEWAY", "there is no such group", { gatewayId: this.#gatewayId });
    const own = this.#signer.address;
    const { epoch, key: primary } = primaryOf(group);
    if (primary === own && epoch === expectedEpoch + 1) return null;
    if (epoch !== expectedEpoch)
      throw new GatelogError("STALE_EPOCH", `the group's epoch is ${epoch}: another has taken over`, {
        ...{ expected: expectedEpoch, actual: epoch },
      });
    if (!group.history.backups.includes(own))
      throw new GatelogError(
        isRevoked(group, own) ? "REVOKED" : "UNKNOWN_BACKUP",
        "the key is no backup of the group",
        {
          ...{ gatewayId: this.#gatewayId, actual: own },
        },
      );
    if (consent === null) checkInterval(group, secondsSinceTakeover);
    else this.#checkConsent(epoch, primary, consent);
    return primary;
  }

  #checkConsent(epoch: number, primary: Address, consent: CompactSignature): void {
    const actual = recoverSigner(this.#digest({ epoch: epoch + 1, key: this.#signer.address, planned: true }), consent);
    if (actual !== primary)
      throw new GatelogError("FOREIGN_SIGNATURE", "the consent is not the primary's", { expected: primary, actual });
  }

  #digest(next: { readonly epoch: number; readonly key: Address; readonly planned: boolean }) {
    return successionDigest(null, this.#gatewayId, next);
  }

  #keep(group: SignedGroup): GroupState {
    this.#known = group;
    const { epoch, key } = primaryOf(group);
    return {
      ...{ epoch, primary: key, backups: group.history.backups },
      ...{ recoveryCount: group.takeovers, lastTakeover: group.lastSuccession },
    };
  }
}

function isRevoked({ ever, history }: SignedGroup, key: Address): boolean {
  return ever.has(key) && !history.backups.includes(key) && history.keys.at(-1)?.key !== key;
}

function checkInterval({ history }: SignedGroup, secondsSinceTakeover: number | null): void {
  const { takeoverInterval } = history;
  if (secondsSinceTakeover === null || secondsSinceTakeover >= takeoverInterval) return;
  throw new GatelogError("TOO_SOON", `the owner wants ${takeoverInterval} s between two takeovers`, {
    ...{ expected: takeoverInterval, actual: Math.floor(secondsSinceTakeover) },
  });
}
