import { z } from "zod";
import { jsonSchema, type Json } from "../entry/canonical.ts";
import { entryToJson, givenSignedEntrySchema, signedEntrySchema } from "../entry/entry-json.ts";
import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, Hex } from "../entry/hex.ts";
import { publicKeySchema } from "../entry/signature.ts";
import type { ClosingStatement } from "../entry/statements.ts";
import { closingStatementSchema, epochSchema, sessionOpeningSchema } from "../entry/wire.ts";
import { MAX_ENTRIES_PER_CALL, type LogRun } from "../store/log-store.ts";

/** How private logs travel between gateways: consecutive entries of one log, in pages. */

/** Bytes of payload in a run, as long as it has more than one entry. As JSON a run stays well below a peer's limit of 1 MiB. */
const MAX_RUN_PAYLOAD = 128 * 1_024;

/**
 * What a backup that has taken over shows beside a run, where the peer has not met it in a log: behind a session that the backup opens,
 * or where the peer was started anew, or has missed an epoch. It proves what a RECOVER with these credentials proves, and is kept
 * nowhere: who forgets it is shown it again.
 */
export interface Introduction {
  readonly epoch: number;
  /** Compressed. */
  readonly publicKey: Hex;
  readonly credentials: Json;
}

export const introductionSchema = z.strictObject({
  epoch: epochSchema,
  publicKey: publicKeySchema,
  credentials: jsonSchema,
});

/** A run as its writer brings it. */
export interface PeerRun extends LogRun {
  /** Behind the last entry, signed in the writer's current epoch, where all the entries are of earlier ones (`checkVouchedFor`). Kept nowhere. */
  readonly closing?: ClosingStatement | undefined;
  readonly introduction?: Introduction | undefined;
}

export const logRunSchema: z.ZodType<PeerRun> = z.strictObject({
  opening: sessionOpeningSchema.optional(),
  entries: z.array(signedEntrySchema).min(1).max(MAX_ENTRIES_PER_CALL),
  closing: closingStatementSchema.optional(),
  introduction: introductionSchema.optional(),
});

/** What a gateway answers once a run is durable in its copy. */
export interface RunReceipt {
  /** Entries of the sender's log that it holds. */
  readonly holds: number;
  /** Entries of its own log, so that the sender sees what it lacks. */
  readonly length: number;
}

export const runReceiptSchema: z.ZodType<RunReceipt> = z.object({ holds: z.int().min(0), length: z.int().min(0) });

/** Entries of one of the session's two logs, as the asked gateway has it, from index `from` on. */
export interface LogQuery {
  readonly gatewayId: GatewayId;
  readonly from: number;
}

/** The answer: with the opening if it begins with the first entry; without entries at the log's end. A later peer may say more. */
export const logPageSchema: z.ZodType<PeerRun> = z.object({
  opening: sessionOpeningSchema.strip().optional(),
  entries: z.array(givenSignedEntrySchema).max(MAX_ENTRIES_PER_CALL),
  closing: closingStatementSchema.strip().optional(),
  introduction: introductionSchema.strip().optional(),
});

export function runToJson({ opening, entries, closing, introduction }: PeerRun): object {
  return {
    ...(opening === undefined ? {} : { opening }),
    entries: entries.map(entryToJson),
    ...(closing === undefined ? {} : { closing }),
    ...(introduction === undefined ? {} : { introduction }),
  };
}

/** As many of the entries as one message takes, from the first on. */
export function firstPage(entries: readonly LogEntry[]): SignedEntry[] {
  const page: SignedEntry[] = [];
  let size = 0;
  for (const entry of entries) {
    size += entry.payload.length;
    if (page.length > 0 && size > MAX_RUN_PAYLOAD) break;
    if (entry.signature === null)
      throw new GatelogError("INVARIANT_BROKEN", "an entry of a private log has no signature of its own", {
        index: entry.index,
      });
    page.push({ ...entry, signature: entry.signature });
  }
  return page;
}
