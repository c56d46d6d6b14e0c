import { resolve } from "node:path";
import type { Command } from "commander";
import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import { keySigner, type DigestSigner } from "../../entry/signature.ts";
import { signChange, type OwnersSignedChange } from "../../entry/signed-changes.ts";
import { primaryOf, withSignedChange, type SignedGroup } from "../../entry/signed-group.ts";
import { gatewayIdOf } from "../../entry/statements.ts";
import { answering, type CommandContext } from "../command.ts";
import { readJsonFile, writeJsonFile } from "../files.ts";
import { groupFileSchema } from "../group-store.ts";
import { addresses, integer } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";
import { readKey } from "../secrets.ts";

const MAX_UINT32 = 2 ** 32 - 1;

interface SignOptions {
  readonly file: string;
  readonly name: string;
  readonly ownerKeyFile: string;
  readonly primary?: readonly Address[];
  readonly backup?: readonly Address[];
  readonly nobody?: boolean;
  readonly takeoverInterval: number;
}

/** Who may take over in a group that no registry knows: the owner signs, and every member is given the file (`group.signed`). */
export function backupsCommands(gateway: Command): void {
  gateway
    .command("sign-backups")
    .description("sign who may take over in a group without a registry, into a file for its members (group.signed)")
    .requiredOption("--file <file>", "made if there is none; a list that differs from the last one is added")
    .requiredOption("--name <name>", "name of the group; with the owner it gives the gateway's id")
    .requiredOption("--owner-key-file <file>", "private key of the owner")
    .option("--primary <address...>", "log key of epoch 1, and of each epoch so far; for a new file", addresses)
    .option("--backup <address...>", "log key of a backup, in the order in which they should try; at most 8", addresses)
    .option("--nobody", "an empty list")
    .option("--takeover-interval <seconds>", "seconds between two takeovers", integer(0, MAX_UINT32), 0)
    .action(answering(sign));
}

async function sign({ progress }: CommandContext, options: SignOptions): Promise<Answer> {
  const { name, nobody = false, backup = [], takeoverInterval } = options;
  if (nobody === backup.length > 0)
    throw new GatelogError("MALFORMED", "either --backup or --nobody is needed: an empty list revokes all backups");
  const file = resolve(options.file);
  const owner = keySigner(readKey({ file: resolve(options.ownerKeyFile) }, ".", {}));
  const gatewayId = gatewayIdOf(owner.address, name);
  const known = readJsonFile(file, groupFileSchema, "INVALID_CONFIG")?.changes;
  const changes = known ? [...known] : await founded(owner, options);
  const { history } = groupOf(changes, owner, name);
  if (known && options.primary)
    throw new GatelogError("MALFORMED", "the file says already who was primary first: leave out --primary", { file });
  const listed = changes.findLast((change) => change.event === "BackupsSet")?.backups ?? [];
  const isNews = takeoverInterval !== history.takeoverInterval || backup.join() !== listed.join();
  if (isNews) {
    progress(`listing ${backup.length} backups of "${name}" of ${owner.address}`);
    const list = { event: "BackupsSet", change: history.changes, backups: [...backup], takeoverInterval } as const;
    changes.push(await signChange(owner, gatewayId, list, null));
  }
  // Of a group that has changed its primary since, only its store knows who that is, and takes the list without it.
  const isFirst = !known && backup.includes(primaryOf(groupOf(changes, owner, name)).key);
  if (isFirst || new Set(backup).size < backup.length)
    throw new GatelogError("MALFORMED", "a backup is another key than the primary's, and listed once", {});
  if (isNews || !known) writeJsonFile(file, groupFileSchema.parse({ changes }));
  return {
    exit: EXIT.sound,
    text: `Signed: gateway ${gatewayId}, who may take over: ${backup.join(", ") || "nobody"}; give every member ${file}`,
    json: { gatewayId, backups: [...backup], takeoverInterval, change: history.changes, file },
  };
}

/** What the owner says first: the key of epoch 1, and of each that has begun since. */
async function founded(owner: DigestSigner, { name, primary = [] }: SignOptions): Promise<OwnersSignedChange[]> {
  const [first, ...others] = primary;
  if (first === undefined)
    throw new GatelogError("MALFORMED", "--primary is needed for a new file: the log key of the first primary");
  const gatewayId = gatewayIdOf(owner.address, name);
  const registration = { event: "GatewayRegistered", owner: owner.address, name, key: first, endpoints: "" } as const;
  const rotations = others.map((key, place) => ({
    ...({ event: "KeyRotated", change: place + 1, epoch: place + 2, key } as const),
  }));
  return [
    await signChange(owner, gatewayId, registration, null),
    ...(await Promise.all(rotations.map((rotation) => signChange(owner, gatewayId, rotation, null)))),
  ];
}

function groupOf(changes: readonly OwnersSignedChange[], owner: DigestSigner, name: string): SignedGroup {
  let group: SignedGroup | undefined;
  for (const change of changes) group = withSignedChange(group, gatewayIdOf(owner.address, name), change, null);
  if (group === undefined) throw new GatelogError("MALFORMED", "the file has no changes");
  return group;
}
