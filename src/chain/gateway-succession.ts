import { toHex, type Address, type GatewayId } from "../entry/hex.ts";
import { splitSignature, type CompactSignature, type DigestSigner } from "../entry/signature.ts";
import { statementDigest } from "../entry/statements.ts";
import { logRegistryInterface } from "./contracts.ts";
import type { LaneWait } from "./lane.ts";
import type { LaneCall } from "./lane-slot.ts";
import { domainOf, nextChange, type RegistryAccess } from "./register-gateway.ts";

// Who may take over, and taking over. Whoever signs need not be who carries and pays.

/** Who may take over from the group's primary, by its owner's will; whoever was listed and is no longer is revoked. */
export interface BackupList {
  /** At most 8 keys. */
  readonly backups: readonly Address[];
  /** Blocks between two takeovers; 0 for none. */
  readonly takeoverInterval: number;
}

/** Replaces the list. Errors: TOO_LARGE, MALFORMED (a key twice, or the current one), FOREIGN_SIGNATURE, WRONG_INDEX, UNKNOWN_GATEWAY. */
export async function setBackups(
  access: RegistryAccess,
  owner: DigestSigner,
  gatewayId: GatewayId,
  { backups, takeoverInterval }: BackupList,
): Promise<void> {
  const change = await nextChange(access, gatewayId);
  const statement = { gatewayId, backups, takeoverInterval, change };
  const { r, vs } = splitSignature(await owner.signDigest(statementDigest(domainOf(access), "SetBackups", statement)));
  const list = [...backups];
  await send(
    access,
    logRegistryInterface.encodeFunctionData("setBackups", [gatewayId, list, takeoverInterval, change, r, vs]),
  );
}

/** A change of the group's primary: whose key becomes current, and which epoch ends with it. */
export interface Succession {
  readonly gatewayId: GatewayId;
  readonly expectedEpoch: number;
}

/**
 * Makes the backup that signs the group's primary; the epoch behind `expectedEpoch` is then its own, unless the block is taken back.
 * Sending it again after a success is a success. Errors: STALE_EPOCH (somebody else was first), UNKNOWN_BACKUP, REVOKED, TOO_SOON,
 * UNKNOWN_GATEWAY, and those of the lane.
 */
export async function takeover(
  access: RegistryAccess,
  backup: DigestSigner,
  succession: Succession,
  wait?: LaneWait,
): Promise<void> {
  await access.lane.send(await takeoverCall(access, backup, succession), wait);
}

/** What `takeover` sends. */
export async function takeoverCall(
  access: Pick<RegistryAccess, "chain" | "registry">,
  backup: DigestSigner,
  { gatewayId, expectedEpoch }: Succession,
): Promise<LaneCall> {
  const statement = { gatewayId, expectedEpoch, key: backup.address };
  const signature = await backup.signDigest(statementDigest(domainOf(access), "Takeover", statement));
  const { r, vs } = splitSignature(signature);
  const values = [gatewayId, expectedEpoch, backup.address, r, vs] as const;
  return { to: access.registry, data: toHex(logRegistryInterface.encodeFunctionData("takeover", [...values])) };
}

/** What both sign before a handover; each on its own machine. */
export async function signHandover(
  access: Pick<RegistryAccess, "chain" | "registry">,
  signer: DigestSigner,
  { gatewayId, expectedEpoch }: Succession,
  key: Address,
): Promise<CompactSignature> {
  return signer.signDigest(statementDigest(domainOf(access), "Handover", { gatewayId, expectedEpoch, key }));
}

/** Makes a backup the primary, with the primary's consent and no interval to wait for. Errors: as of `takeover`, FOREIGN_SIGNATURE. */
export async function handover(
  access: RegistryAccess,
  { gatewayId, expectedEpoch }: Succession,
  backup: { readonly key: Address; readonly signature: CompactSignature },
  former: CompactSignature,
  wait?: LaneWait,
): Promise<void> {
  const [own, last] = [splitSignature(backup.signature), splitSignature(former)];
  const values = [gatewayId, expectedEpoch, backup.key, own.r, own.vs, last.r, last.vs] as const;
  await send(access, logRegistryInterface.encodeFunctionData("handover", [...values]), wait);
}

async function send({ lane, registry }: RegistryAccess, data: string, wait?: LaneWait): Promise<void> {
  await lane.send({ to: registry, data: toHex(data) }, wait);
}
