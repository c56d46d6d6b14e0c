import { ZERO_HASH, toHex, type Address } from "../../src/entry/hex.ts";
import { sampleSigner } from "../../test/support/sample-log.ts";
import type { GatewayWord } from "../../src/audit/reading/reader.ts";
import type { Mutation } from "./mutation.ts";
import { append, changed, made, pick, sign, STRANGER, type Forger } from "./signed.ts";
import { altered, type Known, type Subject } from "./subject.ts";

/** What stands of gateways, signed by another than it must be, or by the right one and none of the registry's. */
export const FORGED_GATEWAYS: readonly Forger[] = [
  rotationFromNowhere,
  rotationByStranger,
  listByStranger,
  takeoverOfNobodyListed,
  takeoverTooSoon,
  takeoverFromNowhere,
  anchorByStranger,
  otherRoot,
  anchorFromNowhere,
];

function wordOf({ recording }: Subject, gatewayId: string): GatewayWord | null | undefined {
  return recording.gatewayWords.get(toHex(gatewayId));
}

const NEW_KEY = sampleSigner("a new key");

/** The owner has signed it, and the registry has never been told. */
async function rotationFromNowhere(subject: Subject): Promise<Mutation | undefined> {
  return rotation(subject, "rotation that the registry does not hold", (owner) => subject.signerOf(owner));
}

async function rotationByStranger(subject: Subject): Promise<Mutation | undefined> {
  return rotation(subject, "rotation signed by a stranger", () => STRANGER);
}

async function rotation(
  subject: Subject,
  row: string,
  signerOf: (owner: Address) => typeof STRANGER | undefined,
): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("GatewayRegistered"));
  const word = known && wordOf(subject, known.event.gatewayId);
  const signer = known && signerOf(known.event.owner);
  if (known === undefined || !word || signer === undefined) return undefined;
  const { gatewayId } = known.event;
  const change = word.changes;
  const { r, vs } = await sign(subject, signer, "RotateKey", { gatewayId, key: NEW_KEY.address, change });
  const values = [gatewayId, word.epoch + 1, NEW_KEY.address, change, word.lastBlock, r, vs];
  const due = [{ gatewayId, codes: ["REGISTRY_ALTERED", "HEAD_MISMATCH"] as const }];
  return append(subject, made(known.log, "KeyRotated", values), row, due);
}

async function listByStranger(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("BackupsSet"));
  if (known === undefined) return undefined;
  const { gatewayId, takeoverInterval, change } = known.event;
  const backups = [STRANGER.address];
  const signature = await sign(subject, STRANGER, "SetBackups", { gatewayId, backups, takeoverInterval, change });
  return changed(subject, known, { backups, ...signature }, "list of backups by a stranger", ["REGISTRY_ALTERED"]);
}

/** The gateway's word as it would be behind a takeover, so that whoever answers stands behind it. */
function behindTakeover(
  mutation: Mutation,
  gatewayId: string,
  word: GatewayWord,
  key: Address,
  block: number,
): Mutation {
  const backups = [...word.backups.filter((each) => each !== key), word.key];
  const after = { ...word, key, epoch: word.epoch + 1, lastBlock: block, takeoverBlock: block, backups };
  const gatewayWords = new Map(mutation.recording.gatewayWords).set(toHex(gatewayId), after);
  return { ...mutation, recording: { ...mutation.recording, gatewayWords } };
}

async function takeover(
  subject: Subject,
  row: string,
  choose: (word: GatewayWord, block: number) => typeof STRANGER | undefined,
): Promise<{ readonly mutation: Mutation; readonly gatewayId: string; readonly word: GatewayWord } | undefined> {
  const known: (Known & { event: { gatewayId: string } }) | undefined = pick(
    subject,
    subject.ofKind("GatewayRegistered"),
  );
  const last = subject.recording.logs.at(-1);
  const word = known && wordOf(subject, known.event.gatewayId);
  const signer = word && last ? choose(word, last.blockNumber) : undefined;
  if (known === undefined || !word || signer === undefined) return undefined;
  const gatewayId = toHex(known.event.gatewayId);
  const statement = { gatewayId, expectedEpoch: word.epoch, key: signer.address };
  const { r, vs } = await sign(subject, signer, "Takeover", statement);
  const values = [
    gatewayId,
    word.epoch + 1,
    signer.address,
    word.key,
    false,
    word.lastBlock,
    r,
    vs,
    ZERO_HASH,
    ZERO_HASH,
  ];
  const due = [{ gatewayId, codes: ["TAKEOVER_WITHOUT_RIGHT"] as const }];
  return { mutation: append(subject, made(known.log, "PrimaryChanged", values), row, due), gatewayId, word };
}

async function takeoverOfNobodyListed(subject: Subject): Promise<Mutation | undefined> {
  const made = await takeover(subject, "takeover by nobody listed", () => STRANGER);
  const block = made?.mutation.recording.logs.at(-1)?.blockNumber ?? 0;
  return made && behindTakeover(made.mutation, made.gatewayId, made.word, STRANGER.address, block);
}

/** Listed, and before the interval of the owner has passed. */
async function takeoverTooSoon(subject: Subject): Promise<Mutation | undefined> {
  const listed: { address?: Address } = {};
  const made = await takeover(subject, "takeover before its time", (word, block) => {
    const isSoon = word.takeoverBlock > 0 && block < word.takeoverBlock + word.takeoverInterval;
    const signer = isSoon ? word.backups.map((key) => subject.signerOf(key)).find(Boolean) : undefined;
    if (signer) listed.address = signer.address;
    return signer;
  });
  const block = made?.mutation.recording.logs.at(-1)?.blockNumber ?? 0;
  if (made === undefined || listed.address === undefined) return undefined;
  return behindTakeover(made.mutation, made.gatewayId, made.word, listed.address, block);
}

/** By a backup that is listed, signed, and none of the registry's. */
async function takeoverFromNowhere(subject: Subject): Promise<Mutation | undefined> {
  const made = await takeover(subject, "takeover that the registry does not hold", (word, block) =>
    block < word.takeoverBlock + word.takeoverInterval
      ? undefined
      : word.backups.map((key) => subject.signerOf(key)).find(Boolean),
  );
  return (
    made && {
      ...made.mutation,
      due: made.mutation.due.map((due) => ({ ...due, codes: ["HEAD_MISMATCH", "PRIMARY_ALTERED"] })),
    }
  );
}

async function anchorByStranger(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("Anchored"));
  if (known === undefined) return undefined;
  const { gatewayId, index, root, entries, epoch } = known.event;
  const signature = await sign(subject, STRANGER, "Anchor", { gatewayId, index, root, entries, epoch });
  return changed(subject, known, signature, "anchor signed by a stranger", ["ANCHOR_ALTERED"]);
}

/** Signed by the gateway, with another root than the registry holds. */
async function otherRoot(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("Anchored"));
  const key = known && subject.keyAt(known.event.gatewayId, known.place);
  if (known === undefined || key === undefined) return undefined;
  const { gatewayId, index, entries, epoch } = known.event;
  const root = toHex(`0x${"ab".repeat(32)}`);
  const signature = await sign(subject, key.signer, "Anchor", { gatewayId, index, root, entries, epoch });
  return changed(subject, known, { root, ...signature }, "anchor of another root, signed", ["ANCHOR_ALTERED"]);
}

async function anchorFromNowhere(subject: Subject): Promise<Mutation | undefined> {
  const known = pick(subject, subject.ofKind("Anchored"));
  if (known === undefined) return undefined;
  const { gatewayId } = known.event;
  const own = subject.ofKind("Anchored").filter(({ event }) => event.gatewayId === gatewayId);
  const [last, key] = [own.at(-1), subject.keyAt(gatewayId, Infinity)];
  if (last === undefined || key === undefined) return undefined;
  const [index, root, entries] = [last.event.index + 1, toHex(`0x${"cd".repeat(32)}`), 7];
  const { r, vs } = await sign(subject, key.signer, "Anchor", { gatewayId, index, root, entries, epoch: key.epoch });
  const log = altered(known.log, {
    index,
    root,
    entries,
    epoch: key.epoch,
    r,
    vs,
    previousBlock: last.log.blockNumber,
  });
  return append(subject, log, "anchor that the registry does not hold", [{ gatewayId, codes: ["ANCHOR_ALTERED"] }]);
}
