import type { LogEntry } from "../entry/entry.ts";
import { isGatelogError } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import { sessionHashOf, type SessionFacts } from "../entry/session.ts";
import { checkClosingSignature, signClosing } from "../entry/signed-statements.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import { currentKey, staleEpoch } from "../store/admission.ts";
import type { GatewayRecord, SessionRecord } from "../store/log-store.ts";
import { introductionOf, type Showing } from "./introduction.ts";
import { ownEpoch } from "./own-epoch.ts";
import type { PeerRun } from "./runs.ts";

/**
 * Who vouches for entries of a peer's private log (the fence). A former primary may have signed entries that never came into its group's
 * store, so new ones need something of the group's current epoch behind them: as a rule the last of them. A log that was closed in an
 * earlier epoch gets no such entry any more: its gateway closes it once more, in the epoch that it has now, and brings that beside the
 * log's end. Limitation: what vouches stands at the end of a page, and a peer that lacks more than one page of earlier epochs takes none of it.
 */

/** What goes beside the page `entries` of the own log; nothing, unless it ends a closed log with an entry of an earlier epoch. */
export async function vouchingFor(
  ports: Showing,
  own: GatewayId,
  { opening, logs }: SessionRecord,
  entries: readonly LogEntry[],
): Promise<Pick<PeerRun, "closing" | "introduction">> {
  const last = entries.at(-1);
  const log = logs.find(({ gatewayId }) => gatewayId === own);
  if (last?.gatewayId !== own || log?.closed !== true || log.length !== last.index + 1) return {};
  try {
    const epoch = await ownEpoch(ports, own);
    if (epoch <= last.epoch) return {};
    const head = { gatewayId: own, length: log.length, lastEntryHash: log.lastEntryHash, epoch };
    const closing = await signClosing(opening.facts, head, ports.signer);
    return { closing, introduction: await introductionOf(ports, own) };
  } catch (error) {
    // No primary any more, or nobody can say now: the entries are what they are, and whoever needs more asks again.
    if (isGatelogError(error) && error.disposition !== "halt") return {};
    throw error;
  }
}

/**
 * STALE_EPOCH unless the last of the new entries is of the writer's current epoch, or the closing is and ends the log right behind it.
 * FOREIGN_SIGNATURE or INVALID_SIGNATURE if the writer's current key has not signed that.
 */
export function checkVouchedFor(
  last: LogEntry,
  closing: ClosingStatement | undefined,
  facts: SessionFacts,
  writer: GatewayRecord,
): void {
  if (last.epoch === writer.epoch) return;
  const isEnd =
    closing?.gatewayId === last.gatewayId &&
    closing.length === last.index + 1 &&
    closing.lastEntryHash === last.entryHash &&
    closing.sessionHash === sessionHashOf(facts);
  if (!isEnd || last.epoch > writer.epoch) throw staleEpoch(writer.epoch, last.epoch);
  checkClosingSignature(facts, closing, currentKey(writer, closing.epoch));
}
