import { isGatelogError } from "../entry/errors.ts";
import { systemClock } from "../gateway/ports.ts";
import type { NodeService } from "../gateway/public.ts";

/** Where it says what came of it. */
interface RetireLog {
  info(fields: object, words: string): void;
  warn(fields: object, words: string): void;
}

/**
 * What a primary does first that is told to stop: it hands its group over to a backup that lives, so that nobody has to miss it. Never
 * rejects, and takes no longer than `limitMs`: where nothing comes of it the process ends all the same, and the backups find out by its
 * silence. A handover that is late may still come true.
 */
export async function retire(
  node: Pick<NodeService, "nodeState" | "handOver">,
  log: RetireLog,
  limitMs: number,
): Promise<void> {
  if (limitMs === 0 || node.nodeState().state !== "primary") return;
  const isDone = new AbortController();
  const handingOver = node.handOver().then(
    ({ epoch, primary }) => log.info({ epoch, primary }, "handed over"),
    (error: unknown) => {
      const code = isGatelogError(error) ? error.code : "INTERNAL";
      log.warn({ code, err: error }, "not handed over: the backups will miss this member, and take over");
    },
  );
  const late = systemClock.sleep(limitMs, isDone.signal).then(() => {
    if (!isDone.signal.aborted) log.warn({ limitMs }, "the handover takes too long: stopping without it");
  });
  await Promise.race([handingOver, late]);
  isDone.abort();
}
