import { z } from "zod";
import type { Json } from "../../entry/canonical.ts";
import { GatelogError } from "../../entry/errors.ts";
import { addressSchema, type Address, type GatewayId, type Hash, type Hex } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import {
  compactSignatureSchema,
  recoverPublicKey,
  recoverSigner,
  type CompactSignature,
  type DigestSigner,
} from "../../entry/signature.ts";
import { successionDigest } from "../../entry/signed-changes.ts";
import type { SignedGroup } from "../../entry/signed-group.ts";
import { gatewayIdOf, statementDigest } from "../../entry/statements.ts";
import type { GatewayRecord } from "../../store/log-store.ts";
import type { SuccessionRule } from "./learning-credentials.ts";
import type { SuccessionClaim } from "./succession-credentials.ts";

/** As in the registry. */
const MAX_BACKUPS = 8;
const MAX_NAME = 64;

const uint32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

export const ownerListSchema = z.strictObject({
  owner: addressSchema,
  name: z.string().min(1).max(MAX_NAME),
  backups: z.array(addressSchema).max(MAX_BACKUPS),
  takeoverInterval: uint32,
  /** Number of the owner's changes before; of two lists the later one counts. */
  change: uint32,
  signature: compactSignatureSchema,
});
/** Who may take over, as the owner says it where no registry is: `SetBackups`, signed under name and version alone. */
export type OwnerList = z.infer<typeof ownerListSchema>;

/** Epochs before the claimed one that are shown; of more, a peer's configuration must name the keys. Each takes some 250 bytes. */
const MAX_FORMER = 16;

const followingSchema = z.strictObject({
  /** The backup's `Takeover`, under the same domain; or its `Handover`, if it followed as planned. */
  takeover: compactSignatureSchema,
  planned: z.literal(true).optional(),
});
const credentialsSchema = followingSchema.extend({
  kind: z.literal("statements"),
  list: ownerListSchema,
  /** Who has followed before, ascending, for peers that have not met them. */
  former: z
    .array(followingSchema.extend({ epoch: uint32.min(1), key: addressSchema }))
    .max(MAX_FORMER)
    .optional(),
});

/** Signs the list of who may take over; to be given to each of them. */
export async function signOwnerList(
  owner: DigestSigner,
  { name, backups, change }: Pick<OwnerList, "name" | "backups" | "change">,
): Promise<OwnerList> {
  const list = { owner: owner.address, name, backups, takeoverInterval: 0, change };
  return { ...list, signature: await owner.signDigest(listDigest(list)) };
}

/** What a backup that ends `expectedEpoch` shows to peers that ask no registry. */
export async function takeoverCredentials(backup: DigestSigner, list: OwnerList, expectedEpoch: number): Promise<Json> {
  const gatewayId = gatewayIdOf(list.owner, list.name);
  const takeover = await backup.signDigest(
    digestOf(gatewayId, { epoch: expectedEpoch + 1, key: backup.address, planned: undefined }),
  );
  return { kind: "statements", list, takeover };
}

/** The same of a group as its store has it, for its present epoch; null where the owner has listed nobody, or has made the primary itself. */
export function groupCredentials({ owner, name, changes, lastSuccession }: SignedGroup): Json {
  const list = changes.findLast((change) => change.event === "BackupsSet");
  const lastRotation = changes.findLastIndex(({ event }) => event !== "PrimaryChanged" && event !== "BackupsSet");
  const followed = changes.slice(lastRotation + 1).filter((change) => change.event === "PrimaryChanged");
  const last = followed.at(-1);
  if (list === undefined || last === undefined || lastSuccession === null) return null;
  const { backups, takeoverInterval, change, signature } = list;
  const shown = ({ signature: takeover, planned }: { readonly signature: Hex; readonly planned: boolean }) => ({
    takeover,
    ...(planned ? { planned } : {}),
  });
  const former = followed.slice(0, -1).slice(-MAX_FORMER);
  return {
    kind: "statements",
    list: { owner, name, backups: [...backups], takeoverInterval, change, signature },
    ...shown(last),
    ...(former.length > 0 && { former: former.map((each) => ({ epoch: each.epoch, key: each.key, ...shown(each) })) }),
  };
}

/** The newest list of a group that was shown, as the takeovers since have left it. */
interface Standing {
  readonly change: number;
  readonly backups: readonly Address[];
  /** Whoever was in it, or in one before. */
  readonly ever: ReadonlySet<Address>;
}

/**
 * Believes the owner's list and the backup's takeover for what they prove: the group's id is made of the owner, so nobody else
 * can say whom it has listed.
 *
 * Limitations: a revocation reaches a peer with the first newer list that it is shown, and not before. Two backups that take
 * the same epoch towards different peers are both believed, each by its own: what keeps them apart is the store that both write to.
 */
export class StatementRule implements SuccessionRule {
  readonly #standings = new Map<GatewayId, Standing>();

  former({ gatewayId, credentials }: SuccessionClaim): readonly SuccessionClaim[] {
    const { kind, list, former = [] } = parseShown(credentials);
    return former.map(({ epoch, key, takeover, planned }) => ({
      ...{ gatewayId, epoch, key },
      publicKey: recoverPublicKey(digestOf(gatewayId, { epoch, key, planned }), takeover),
      credentials: { kind, list: { ...list }, takeover, ...(planned && { planned }) },
    }));
  }

  check(claim: SuccessionClaim, record: GatewayRecord): Promise<() => void> {
    const { gatewayId, epoch, key } = claim;
    const { list, takeover, planned } = parseShown(claim.credentials);
    const actual = gatewayIdOf(list.owner, list.name);
    if (actual !== gatewayId)
      throw new GatelogError("UNKNOWN_GATEWAY", "the list is another gateway's", { expected: gatewayId, actual });
    checkSigner("the list of backups", listDigest(list), list.signature, list.owner);
    checkSigner("the takeover", digestOf(gatewayId, { epoch, key, planned }), takeover, key);
    const known = this.#standings.get(gatewayId);
    const standing = known !== undefined && known.change >= list.change ? known : opened(list, known);
    if (!standing.backups.includes(key)) {
      const wasOne = standing.ever.has(key) || list.backups.includes(key) || record.keys.some((one) => one.key === key);
      const context = { gatewayId, actual: key, change: standing.change };
      if (wasOne) throw new GatelogError("REVOKED", "the owner's newest list has the key no more", context);
      throw new GatelogError("UNKNOWN_BACKUP", "the owner's list does not have the key", context);
    }
    return Promise.resolve(() => void this.#standings.set(gatewayId, succeeded(standing, key, record)));
  }
}

function opened({ backups, change }: OwnerList, known: Standing | undefined): Standing {
  return { change, backups, ever: new Set([...(known?.ever ?? []), ...backups]) };
}

/** As in the registry: the new primary leaves the list, and the former one's key goes to its end. */
function succeeded(standing: Standing, key: Address, { keys }: GatewayRecord): Standing {
  const former = keys.at(-1)?.key;
  const rest = standing.backups.filter((backup) => backup !== key);
  return { ...standing, backups: former === undefined ? rest : [...rest, former] };
}

function checkSigner(what: string, digest: Hash, signature: CompactSignature, expected: Address): void {
  const actual = recoverSigner(digest, signature);
  if (actual !== expected)
    throw new GatelogError("FOREIGN_SIGNATURE", `${what} is not signed by whose it is`, { expected, actual });
}

function listDigest({ owner, name, backups, takeoverInterval, change }: Omit<OwnerList, "signature">): Hash {
  const gatewayId = gatewayIdOf(owner, name);
  return statementDigest(null, "SetBackups", { gatewayId, backups, takeoverInterval, change });
}

function parseShown(credentials: Json | undefined): z.infer<typeof credentialsSchema> {
  return parseAs(credentialsSchema, credentials, "MALFORMED", "credentials of the backup");
}

function digestOf(
  gatewayId: GatewayId,
  { epoch, key, planned }: { readonly epoch: number; readonly key: Address; readonly planned: true | undefined },
): Hash {
  return successionDigest(null, gatewayId, { epoch, key, planned: planned ?? false });
}
