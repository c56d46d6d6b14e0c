import { z } from "zod";
import { jsonSchema, type Json } from "../../entry/canonical.ts";
import { GatelogError } from "../../entry/errors.ts";
import { addressSchema, type Address, type GatewayId, type Hash } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import {
  compactSignatureSchema,
  recoverPublicKey,
  recoverSigner,
  type CompactSignature,
  type DigestSigner,
} from "../../entry/signature.ts";
import { successionDigest, type SignedChange } from "../../entry/signed-changes.ts";
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

/** Epochs before the claimed one that a RECOVER shows: each takes some 250 bytes, 800 with a list of its own, and an entry has 16 KiB. */
const MAX_RECALLED = 16;
/** And an introduction beside a run, which nothing keeps. Of more, a peer's configuration must name the keys. */
const MAX_FORMER = 128;

/** What differs from one list of a group to the next. */
const shownListSchema = ownerListSchema.omit({ owner: true, name: true });

const followingSchema = z.strictObject({
  /** The backup's `Takeover`, under the same domain; or its `Handover`, if it followed as planned. */
  takeover: compactSignatureSchema,
  planned: z.literal(true).optional(),
});
const formerSchema = followingSchema.extend({
  ...{ epoch: uint32.min(1), key: addressSchema },
  /** By which it followed; absent if it is the one by which the claimed epoch began. */
  list: shownListSchema.optional(),
});
const credentialsSchema = followingSchema.extend({
  kind: z.literal("statements"),
  /** By which the claimed epoch began: a later one does not have the primary, as the store takes none that has. */
  list: ownerListSchema,
  /** What the owner has said since. */
  newest: shownListSchema.optional(),
  /** Who has followed before, ascending, for peers that have not met them. */
  former: z.array(formerSchema).max(MAX_FORMER).optional(),
});
type Shown = z.infer<typeof credentialsSchema>;

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

/**
 * The same of a group as its store has it, for its present epoch; null where the owner has listed nobody, or has made the primary itself.
 * @param maximum Epochs before it that are shown.
 */
export function groupCredentials(
  { owner, name, changes }: SignedGroup,
  maximum: typeof MAX_RECALLED | typeof MAX_FORMER = MAX_RECALLED,
): Json {
  const lastRotation = changes.findLastIndex(({ event }) => event !== "PrimaryChanged" && event !== "BackupsSet");
  const followed: (Succession & { readonly list: ShownList })[] = [];
  let newest: ShownList | undefined;
  for (const [place, change] of changes.entries())
    if (change.event === "BackupsSet") newest = shownListSchema.strip().parse(change);
    else if (change.event === "PrimaryChanged" && place > lastRotation && newest)
      followed.push({ ...change, list: newest });
  const last = followed.at(-1);
  if (last === undefined || newest === undefined) return null;
  const isLasts = ({ change }: ShownList): boolean => change === last.list.change;
  const former = followed.slice(0, -1).slice(-maximum);
  return {
    kind: "statements",
    list: { owner, name, ...last.list },
    ...(!isLasts(newest) && { newest }),
    ...shownOf(last),
    ...(former.length > 0 && {
      former: former.map((each) => ({
        ...{ epoch: each.epoch, key: each.key, ...shownOf(each) },
        ...(!isLasts(each.list) && { list: each.list }),
      })),
    }),
  };
}

/** The same for an introduction, which has more room than an entry. */
export function groupIntroduction(group: SignedGroup): Json {
  return groupCredentials(group, MAX_FORMER);
}

type ShownList = z.infer<typeof shownListSchema>;
type Succession = Extract<SignedChange, { event: "PrimaryChanged" }>;

function shownOf({ signature: takeover, planned }: Succession) {
  return { takeover, ...(planned ? { planned } : {}) };
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
 * can say whom it has listed. Each succession is judged by the list in force when it happened, as its group's store has judged it.
 *
 * Limitations: a revocation reaches a peer with the first newer list that it believes, not before, and is remembered by what stands in
 * logs: a process that starts anew may have forgotten it. Two backups that take the same epoch towards different peers are both
 * believed, each by its own: what keeps them apart is the store that both write to.
 */
export class StatementRule implements SuccessionRule {
  readonly #standings = new Map<GatewayId, Standing>();

  *former({ gatewayId, credentials }: SuccessionClaim): Iterable<SuccessionClaim> {
    const { kind, list, former = [] } = parseShown(credentials);
    for (const [place, { epoch, key, takeover, planned, list: its }] of former.entries()) {
      const before = former.slice(0, place).map((each) => ({ ...each, list: each.list ?? withoutName(list) }));
      const shown = { kind, list: { ...list, ...its }, takeover, ...(planned && { planned }), former: before };
      const publicKey = recoverPublicKey(digestOf(gatewayId, { epoch, key, planned }), takeover);
      yield { gatewayId, epoch, key, publicKey, credentials: jsonSchema.parse(shown) };
    }
  }

  check(claim: SuccessionClaim, record: GatewayRecord): Promise<() => void> {
    const { gatewayId, epoch, key } = claim;
    const shown = parseShown(claim.credentials);
    const { list, takeover, planned } = shown;
    const newest = shown.newest && { ...list, ...shown.newest };
    const actual = gatewayIdOf(list.owner, list.name);
    if (actual !== gatewayId)
      throw new GatelogError("UNKNOWN_GATEWAY", "the list is another gateway's", { expected: gatewayId, actual });
    for (const each of [list, ...(newest ? [newest] : [])])
      checkSigner("the list of backups", listDigest(each), each.signature, list.owner);
    checkSigner("the takeover", digestOf(gatewayId, { epoch, key, planned }), takeover, key);
    const known = this.#standings.get(gatewayId);
    const standing = known !== undefined && known.change >= list.change ? known : openedBefore(shown, record, known);
    if (!standing.backups.includes(key)) {
      const wasOne = standing.ever.has(key) || list.backups.includes(key) || record.keys.some((one) => one.key === key);
      const context = { gatewayId, actual: key, change: standing.change };
      if (wasOne) throw new GatelogError("REVOKED", "the owner's list in force has the key no more", context);
      throw new GatelogError("UNKNOWN_BACKUP", "the owner's list does not have the key", context);
    }
    const after = succeeded(standing, key, record.keys.at(-1)?.key);
    const next = newest && newest.change > after.change ? opened(newest, key, after) : after;
    return Promise.resolve(() => void this.#standings.set(gatewayId, next));
  }
}

/** As in the store: a list stands for its keys without the primary's. */
function opened(
  { backups, change }: ShownList,
  primary: Address | undefined,
  known: Pick<Standing, "ever"> | undefined,
): Standing {
  const ever = new Set([...(known?.ever ?? []), ...backups]);
  return { change, backups: backups.filter((backup) => backup !== primary), ever };
}

/** The list as those have left it who followed by it, and whose epochs are known here already. */
function openedBefore({ list, former = [] }: Shown, { keys }: GatewayRecord, known: Standing | undefined): Standing {
  const keyOf = (epoch: number): Address | undefined => keys.find((one) => one.epoch === epoch)?.key;
  const byIt = former.filter(({ epoch, key, list: its = list }) => its.change === list.change && keyOf(epoch) === key);
  const first = byIt[0];
  const start = opened(list, first ? keyOf(first.epoch - 1) : keys.at(-1)?.key, known);
  return byIt.reduce(
    (standing, { epoch, key }) =>
      standing.backups.includes(key) ? succeeded(standing, key, keyOf(epoch - 1)) : standing,
    start,
  );
}

/** As in the registry: the new primary leaves the list, and the former one's key goes to its end. */
function succeeded(standing: Standing, key: Address, former: Address | undefined): Standing {
  const rest = standing.backups.filter((backup) => backup !== key);
  return { ...standing, backups: former === undefined ? rest : [...rest, former] };
}

function withoutName({ backups, takeoverInterval, change, signature }: OwnerList): ShownList {
  return { backups, takeoverInterval, change, signature };
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
