import type { SessionId } from "../../src/entry/hex.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { ChainLogStore } from "../../src/store/chain-log-store.ts";
import type { BlockWriter } from "./block-writer.ts";
import { MAX_TRANSACTION_GAS } from "./chain.ts";
import { FillerLog, packedBatchCall, type PackedEntry } from "./filler-log.ts";
import { Progress } from "./progress.ts";
import type { GatewayPlace, LogStage } from "./stage.ts";

/** Above every number that the transfer's own entries have. */
const FIRST_SEQ_NUMBER = 1_000_000;

/** Entries of the session's logs: the origin's, the destination's. */
export type LogLengths = readonly [origin: number, destination: number];

/** One of the two logs, and how long it is to be. */
interface Growing {
  readonly filler: FillerLog;
  readonly target: number;
}

/**
 * Makes the session's two logs as long as is asked for, while its gateways are down: notes of the peer under the gateways' own
 * keys, each entry with its own signature. A block takes `perBlock` of them, of both logs by turns. Gives the lengths.
 */
export async function lengthen(
  { blocks, log, sessionId }: { readonly blocks: BlockWriter; readonly log: LogStage; readonly sessionId: SessionId },
  target: LogLengths,
  perBlock: number,
): Promise<LogLengths> {
  const store = new ChainLogStore(
    { chain: log.access.chain, lane: null },
    { registry: log.access.registry, durability: "included" },
  );
  const { opening, logs } = await store.session(sessionId);
  const growing = ({ gatewayId, logKey }: GatewayPlace, length: number): Growing => {
    const head = logs.find((each) => each.gatewayId === gatewayId);
    if (head === undefined) throw new Error(`${gatewayId} is no party to ${sessionId}`);
    const end = { ...head, seqNumber: FIRST_SEQ_NUMBER + head.length };
    return { filler: new FillerLog(opening.facts, { gatewayId, signer: keySigner(logKey) }, end), target: length };
  };
  const pair = [growing(log.origin, target[0]), growing(log.destination, target[1])] as const;
  await grow(blocks, pair, perBlock);
  return [pair[0].filler.length, pair[1].filler.length];
}

async function grow(blocks: BlockWriter, pair: readonly [Growing, Growing], perBlock: number): Promise<void> {
  const lack = ({ filler, target }: Growing) => Math.max(0, target - filler.length);
  const progress = new Progress("entries of the session", lack(pair[0]) + lack(pair[1]));
  while (lack(pair[0]) + lack(pair[1]) > 0) {
    const entries: PackedEntry[] = [];
    while (entries.length < perBlock && lack(pair[0]) + lack(pair[1]) > 0) {
      const shorter = lack(pair[0]) >= lack(pair[1]) ? pair[0] : pair[1];
      entries.push(...(await shorter.filler.next(1, "each")));
    }
    const call = { data: packedBatchCall(entries), gas: MAX_TRANSACTION_GAS };
    await blocks.write(
      [call],
      pair.map(({ filler }) => filler),
    );
    progress.add(entries.length);
  }
}
