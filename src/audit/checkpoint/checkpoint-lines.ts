import { createHash } from "node:crypto";
import { canonicalText } from "../../entry/canonical.ts";
import { bytesToHex, type GatewayId } from "../../entry/hex.ts";
import type { DigestSigner } from "../../entry/signature.ts";
import type { LogFooting } from "../checks/log-footing.ts";
import type { CheckedSession } from "../checks/session-check.ts";
import type { AnchorsWord } from "../reading/reader.ts";
import type { Given } from "../stored-event.ts";
import type { CheckpointPlace, CheckpointStatement, Earlier, SessionHeadLine } from "./earlier.ts";
import { CHECKPOINT_FORMAT, CHECKPOINT_VERSION, type CheckpointEnd, type CheckpointLine } from "./format.ts";
import { byOpening, canonicalHead, HeadsHash, signCheckpoint } from "./statement.ts";

/** What a run leaves to the next one. Good until the run ends: its events lie in a temporary file. */
export interface Left {
  readonly place: CheckpointPlace;
  /** The run's own: of one that could not tell nothing is left. */
  readonly verdict: CheckpointStatement["verdict"];
  readonly findingCount: number;
  readonly refused: number;
  readonly anchors: ReadonlyMap<GatewayId, AnchorsWord>;
  /** Those that this run has checked. */
  readonly sessions: readonly CheckedSession[];
  /** Those that it had no need to check. */
  readonly settled: Earlier["settled"];
  /** What the next run must look at again. */
  events(): Iterable<Given>;
}

export interface CheckpointOptions {
  readonly signer: DigestSigner | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Version of this program. */
  readonly by: string;
  readonly finality: string;
}

/** The lines of a checkpoint, with their ends, one at a time. @param onEnd Told what the last one says. */
export async function* checkpointLines(
  left: Left,
  { signer, at, by, finality }: CheckpointOptions,
  onEnd?: (end: CheckpointEnd) => void,
): AsyncGenerator<string> {
  const state = createHash("sha256");
  const heads = new HeadsHash();
  const inState = (value: CheckpointLine): string => {
    const text = lineOf(value);
    state.update(text);
    return text;
  };
  const made = { at, by, finality };
  yield lineOf({ kind: "header", format: CHECKPOINT_FORMAT, version: CHECKPOINT_VERSION, ...made });
  yield inState({ kind: "counts", refused: left.refused, findings: left.findingCount });
  for (const [gatewayId, { count, lastBlock }] of [...left.anchors].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    yield inState({ kind: "anchors", gatewayId, count, lastBlock });
  for await (const { head, settled, footing } of sessionsOf(left)) {
    heads.add(head);
    const text = sessionLineOf(head, settled, footing);
    state.update(text);
    yield text;
  }
  for (const { log, turn } of left.events())
    yield inState({ kind: "event", turn, log: { ...log, topics: [...log.topics] } });
  const { chainId, genesisHash, registry, block } = left.place;
  const statement: CheckpointStatement = {
    ...{ chainId, genesisHash, registry, block: { ...block }, headsHash: heads.hash },
    ...{ stateHash: bytesToHex(state.digest()), verdict: left.verdict },
  };
  const signatures = signer === null ? [] : [await signCheckpoint(statement, signer)];
  const end: CheckpointEnd = { kind: "end", ...statement, block: { ...block }, signatures };
  onEnd?.(end);
  yield lineOf(end);
}

export function lineOf(line: CheckpointLine): string {
  return `${canonicalText(line)}\n`;
}

/** As `lineOf` has it, and as `canonicalHead` makes it. */
function sessionLineOf(head: SessionHeadLine, settled: boolean, footing: LogFooting | null): string {
  const { closed, decision, logs, opened, sessionId } = canonicalHead(head);
  const since = footing && {
    ...{ block: footing.block, burned: footing.burned, entryHash: footing.entryHash, index: footing.index },
    seqNumber: footing.seqNumber,
  };
  const line = { closed, decision, footing: since, kind: "session", logs, opened, sessionId, settled };
  return `${JSON.stringify(line)}\n`;
}

interface PlacedSession {
  readonly head: SessionHeadLine;
  readonly settled: boolean;
  readonly footing: LogFooting | null;
}

/** Both kinds as one, in the order of their openings. */
async function* sessionsOf({ sessions, settled }: Left): AsyncGenerator<PlacedSession> {
  const checked = sessions.map(placed).toSorted((a, b) => byOpening(a.head, b.head));
  let at = 0;
  for await (const head of settled()) {
    for (let next = checked[at]; next !== undefined && byOpening(next.head, head) < 0; next = checked[at]) {
      yield next;
      at += 1;
    }
    yield { head, settled: true, footing: null };
  }
  yield* checked.slice(at);
}

function placed({ sessionId, decision, closed, logs, head }: CheckedSession): PlacedSession {
  const { opened, settled, footing, lastEntryHashes } = head;
  const ends = logs.map(({ gatewayId, entries }, place) => ({
    ...{ gatewayId, length: entries, lastEntryHash: lastEntryHashes[place] ?? null },
  }));
  return { head: { sessionId, opened, decision, closed, logs: ends }, settled, footing };
}
