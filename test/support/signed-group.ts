import type { Address } from "../../src/entry/hex.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import { signChange, type OwnersSignedChange } from "../../src/entry/signed-changes.ts";
import type { KeepsGroups } from "../../src/store/signed-groups.ts";
import { sampleSigner, type SampleGateway } from "./sample-log.ts";

/** The registration of a sample gateway with its present key, signed by its owner. */
export async function signedRegistration(gateway: SampleGateway): Promise<OwnersSignedChange> {
  const { owner, name, gatewayId, signer } = gateway;
  const change = { event: "GatewayRegistered", owner, name, key: signer.address, endpoints: "" } as const;
  return signChange(ownerOf(gateway), gatewayId, change, null);
}

/** @param change Number of the owner's changes before. */
export function signedList(
  gateway: SampleGateway,
  backups: readonly DigestSigner[],
  { change = 1, takeoverInterval = 0, by = ownerOf(gateway) }: ListOptions = {},
): Promise<OwnersSignedChange> {
  const keys: Address[] = backups.map(({ address }) => address);
  const list = { event: "BackupsSet", change, backups: keys, takeoverInterval } as const;
  return signChange(by, gateway.gatewayId, list, null);
}

interface ListOptions {
  readonly change?: number;
  readonly takeoverInterval?: number;
  readonly by?: DigestSigner;
}

/** Has the store know the gateway as a group with these backups. */
export async function foundGroup(
  groups: KeepsGroups,
  gateway: SampleGateway,
  backups: readonly DigestSigner[],
  options: ListOptions = {},
): Promise<void> {
  const changes = [await signedRegistration(gateway), await signedList(gateway, backups, options)];
  await groups.change(gateway.gatewayId, () => changes);
}

function ownerOf({ name }: SampleGateway): DigestSigner {
  return sampleSigner(`${name} owner`);
}
