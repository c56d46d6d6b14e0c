import { z } from "zod";
import { hashSchema } from "../../entry/hex.ts";
import { VOTES } from "../../entry/vocabulary.ts";
import { DISPUTE_FORMAT, DISPUTE_VERSION, type DisputeFile } from "./dispute.ts";
import {
  address,
  count,
  findingSchema,
  madeSchema,
  reportSchema,
  signedSchema,
  uuid,
  verdictSchema,
} from "./report-schema.ts";

// The published schema of a dispute as a file. Members are added, never changed or dropped.

const partedEntry = z.object({
  index: count,
  mark: z.string().describe("Operation and command, done-lock"),
  step: count.describe("2.1 is 201"),
  vote: z.enum(Object.keys(VOTES) as (keyof typeof VOTES)[]),
  seqNumber: count,
  epoch: count,
  timestamp: count.describe("UNIX milliseconds, as the gateway claims"),
  entryHash: hashSchema,
  signer: address.nullable().describe("Whose signature stands under it; null: none of its own"),
  payload: z.string().describe("Its text, cut where it is long"),
});

const partedLog = z.object({ length: count, entries: z.array(partedEntry).describe("Those around the parting") });

const parting = z.object({
  sessionId: uuid,
  gatewayId: hashSchema,
  index: count.describe("Of the first entry that is another one in each file"),
  sides: z.tuple([partedLog, partedLog]),
});

const longer = z.object({ sessionId: uuid, gatewayId: hashSchema, first: count, second: count });

const comparison = z.object({
  sessions: z.object({ both: count, onlyFirst: count, onlySecond: count }),
  sameEntries: count.describe("Entries that both have, each the same"),
  longer: z.array(longer).describe("Logs of which one file has more; no finding"),
  longerCount: count.describe("Also of those that are not named"),
  findings: z.array(findingSchema).describe("Where the two contradict each other"),
  findingCount: count.describe("More than are listed if there are very many"),
});

export const disputeFileSchema = z
  .object({
    format: z.literal(DISPUTE_FORMAT),
    version: z.literal(DISPUTE_VERSION),
    made: madeSchema,
    verdict: verdictSchema,
    files: z.tuple([reportSchema, reportSchema]).describe("Each file by itself"),
    comparison,
    partings: z.array(parting).describe("The logs that part, side by side"),
    signed: signedSchema.nullable(),
  })
  .describe("Report of gatelog verify about two files") satisfies z.ZodType<DisputeFile>;
