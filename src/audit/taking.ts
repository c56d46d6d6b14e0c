import { GatelogError } from "../entry/errors.ts";
import { sessionIdToWord, type SessionId } from "../entry/hex.ts";
import { gatewaysNamedIn, type Intake } from "./intake.ts";
import { kindOf } from "./reading/event-decoder.ts";
import { readLogs, type AuditReader, type RawLog } from "./reading/reader.ts";

/** Blocks whose events are taken. */
export interface Blocks {
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** Takes all events of the registry. @param onTaken Told how many blocks are read, of how many. */
export async function takeAll(
  reader: AuditReader,
  intake: Intake,
  { fromBlock, toBlock }: Blocks,
  onTaken: (done: number, total: number) => void,
): Promise<void> {
  const total = Math.max(0, toBlock - fromBlock + 1);
  onTaken(0, total);
  for await (const { logs, upTo } of reader.logs({ fromBlock, toBlock })) {
    intake.take(logs);
    onTaken(upTo - fromBlock + 1, total);
  }
}

/** Takes the events of one session and of the gateways that they name. UNKNOWN_SESSION if the registry has none such. */
export async function takeSession(
  reader: AuditReader,
  intake: Intake,
  { fromBlock, toBlock }: Blocks,
  sessionId: SessionId,
): Promise<void> {
  const { openBlock } = await reader.sessionOf(sessionId, toBlock);
  // Where it begins the registry says itself.
  const since = openBlock === 0 ? fromBlock : openBlock;
  const own = await readLogs(reader, { fromBlock: since, toBlock, firstTopics: [sessionIdToWord(sessionId)] });
  // What was refused makes no session: anybody can have an entry refused, under any id.
  if (openBlock === 0 && own.every((log) => kindOf(log) === "EntryRefused"))
    throw new GatelogError("UNKNOWN_SESSION", `the registry has no session ${sessionId}`, { sessionId });
  const named = gatewaysNamedIn(own);
  const ofGateways = named.length === 0 ? [] : await readLogs(reader, { fromBlock, toBlock, firstTopics: named });
  intake.take(mergeByPlace(ofGateways, own));
}

/** Two answers, each in the order in which it was given, as one; their own disorder, if any, stays. */
function mergeByPlace(first: readonly RawLog[], second: readonly RawLog[]): RawLog[] {
  const merged: RawLog[] = [];
  let at = 0;
  for (const log of second) {
    for (let other = first[at]; other !== undefined && isBefore(other, log); other = first[at]) {
      merged.push(other);
      at += 1;
    }
    merged.push(log);
  }
  return [...merged, ...first.slice(at)];
}

function isBefore(a: RawLog, b: RawLog): boolean {
  return a.blockNumber < b.blockNumber || (a.blockNumber === b.blockNumber && a.logIndex < b.logIndex);
}
