import { GatelogError } from "../../entry/errors.ts";
import type { Address, Hash, SessionId } from "../../entry/hex.ts";
import { visibleLines } from "../../entry/visible.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import type { CheckpointPlace, SessionHeadLine } from "./earlier.ts";
import { byOpening } from "./statement.ts";

/** equal: of one block, with the same heads. different: they exclude each other. could-not-tell: of two blocks, and no contradiction between them. */
export type CheckpointsVerdict = "equal" | "different" | "could-not-tell";

export interface ComparedCheckpoint {
  readonly file: string;
  readonly block: CheckpointPlace["block"];
  readonly headsHash: Hash;
  readonly stateHash: Hash;
  readonly verdict: "sound" | "findings";
  readonly auditors: readonly Address[];
}

export interface CheckpointComparison {
  readonly verdict: CheckpointsVerdict;
  readonly files: readonly [ComparedCheckpoint, ComparedCheckpoint];
  /** The first session, by its opening, of which the two say what excludes each other; null: none, or their blocks part. */
  readonly parting: Parting | null;
}

/** Null: the file does not have it. */
interface Parting {
  readonly sessionId: SessionId;
  readonly first: SessionHeadLine | null;
  readonly second: SessionHeadLine | null;
}

/** WRONG_CHAIN if they are of two chains or registries, and so have nothing to do with each other. */
export async function compareCheckpoints(first: CheckpointFile, second: CheckpointFile): Promise<CheckpointComparison> {
  requireSameRegistry(first, second);
  const files = [summaryOf(first), summaryOf(second)] as const;
  const [a, b] = [first.place.block, second.place.block];
  if (a.number === b.number && a.hash !== b.hash) return { verdict: "different", files, parting: null };
  const isOneBlock = a.number === b.number;
  if (isOneBlock && first.end.headsHash === second.end.headsHash) return { verdict: "equal", files, parting: null };
  const found =
    a.number <= b.number ? await partingOf(first, second, isOneBlock) : flipped(await partingOf(second, first, false));
  return { verdict: found === null ? "could-not-tell" : "different", files, parting: found };
}

function requireSameRegistry(first: CheckpointFile, second: CheckpointFile): void {
  for (const member of ["chainId", "genesisHash", "registry"] as const) {
    const [expected, actual] = [first.place[member], second.place[member]];
    if (expected === actual) continue;
    const message = `the checkpoints are of different ${member}: ${expected} and ${actual}`;
    throw new GatelogError("WRONG_CHAIN", message, { member, expected, actual });
  }
}

function summaryOf({ path: file, end }: CheckpointFile): ComparedCheckpoint {
  const { block, headsHash, stateHash, verdict, signatures } = end;
  return { file, block, headsHash, stateHash, verdict, auditors: signatures.map(({ auditor }) => auditor) };
}

/** @param isOneBlock Else `later` may have more of what was open in `earlier`, and sessions that are new since. */
async function partingOf(earlier: CheckpointFile, later: CheckpointFile, isOneBlock: boolean): Promise<Parting | null> {
  const mayBeNew = (head: SessionHeadLine) => !isOneBlock && mayBeSince(earlier.place.block.number, head);
  const theirs = later.heads();
  try {
    for await (const own of earlier.heads()) {
      const other = await nextOf(theirs, (head) => mayBeNew(head) && byOpening(head, own) < 0);
      if (other === null || byOpening(own, other) < 0) return { sessionId: own.sessionId, first: own, second: null };
      if (byOpening(other, own) < 0) return { sessionId: other.sessionId, first: null, second: other };
      if (!goesWith(own, other, isOneBlock)) return { sessionId: own.sessionId, first: own, second: other };
    }
    const more = await nextOf(theirs, mayBeNew);
    return more && { sessionId: more.sessionId, first: null, second: more };
  } finally {
    await theirs.return(undefined);
  }
}

/** Whether the registry may have it since this block alone. Of one without an opening nobody knows since when. */
function mayBeSince(block: number, { opened }: SessionHeadLine): boolean {
  return opened === null || opened.block > block;
}

/** Null: there are no more. */
async function nextOf(
  heads: AsyncIterator<SessionHeadLine>,
  isPassedOver: (head: SessionHeadLine) => boolean,
): Promise<SessionHeadLine | null> {
  for (;;) {
    const next = await heads.next();
    if (next.done === true) return null;
    if (!isPassedOver(next.value)) return next.value;
  }
}

/** Whether the later head can have become of the earlier one. A closed log does not grow; its session may still be decided. */
function goesWith(earlier: SessionHeadLine, later: SessionHeadLine, isOneBlock: boolean): boolean {
  const isDecided = isOneBlock || earlier.decision !== "NONE";
  if (isDecided && later.decision !== earlier.decision) return false;
  const isClosed = isOneBlock || earlier.closed;
  if (isClosed && later.closed !== earlier.closed) return false;
  if (later.logs.length !== earlier.logs.length) return false;
  return earlier.logs.every((log, place) => {
    const other = later.logs[place];
    if (other?.gatewayId !== log.gatewayId) return false;
    if (other.length === log.length) return other.lastEntryHash === log.lastEntryHash;
    return !isClosed && other.length > log.length;
  });
}

function flipped(parting: Parting | null): Parting | null {
  return parting && { sessionId: parting.sessionId, first: parting.second, second: parting.first };
}

/** For people. */
export function renderComparison({ verdict, files, parting }: CheckpointComparison): string {
  const [a, b] = files;
  const lines = files.map(
    ({ file, block, headsHash, auditors, verdict: own }) =>
      `  ${file}: ${own} up to block ${block.number} ${block.hash}, heads ${headsHash}, signed by ${auditors.join(" and ") || "nobody"}`,
  );
  const said = {
    equal: `equal: the same heads at block ${a.block.number}${a.stateHash === b.stateHash ? ", and the same state" : "; what a next run starts from differs"}`,
    different: `different: ${parting === null ? "they are of two histories" : `first in session ${parting.sessionId}`}`,
    "could-not-tell": `could not tell: they are of blocks ${a.block.number} and ${b.block.number}, and do not contradict each other`,
  }[verdict];
  const sides =
    parting === null ? [] : [`  first:  ${described(parting.first)}`, `  second: ${described(parting.second)}`];
  return visibleLines([said, ...lines, ...sides]);
}

function described(head: SessionHeadLine | null): string {
  if (head === null) return "does not have it";
  const logs = head.logs.map(
    ({ gatewayId, length, lastEntryHash }) => `${length} entries of ${gatewayId}, last ${lastEntryHash ?? "unknown"}`,
  );
  return `${head.closed ? "closed" : "open"}, decision ${head.decision}; ${logs.join("; ")}`;
}
