import { z } from "zod";
import { hashSchema, toHex } from "../../entry/hex.ts";
import { compactSignatureSchema } from "../../entry/signature.ts";
import { GROUNDS } from "../../entry/statements.ts";
import { VOTES } from "../../entry/vocabulary.ts";
import { ERRORS } from "../../entry/errors.ts";
import { FINDINGS } from "../findings.ts";
import { REPORT_FORMAT, REPORT_VERSION, type ReportFile } from "./report.ts";

// The published schema of a report file. Members are added, never changed or dropped, so that what it says stays true: a member
// that it does not name is allowed everywhere.

export const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "a UUID in lower case");
/** As it stands: a report is shown and hashed as it was written. */
export const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "20 bytes as hex with 0x")
  .transform(toHex);
export const count = z.int().min(0);
const role = z.enum(["origin", "destination"]);

export const verdictSchema = z
  .enum(["sound", "findings", "could-not-tell"])
  .describe(
    "sound: everything was read and nothing found. findings: something is wrong. could-not-tell: nothing was found in what was read, and that was not all",
  );

const trusted = z
  .object({
    chainId: count.describe("0: the verdict is about a file from a store, which has no chain"),
    genesisHash: hashSchema,
    registry: address,
    block: z.object({ number: count, hash: hashSchema }),
    gateways: z.array(
      z.object({
        gatewayId: hashSchema,
        owner: address,
        name: z.string(),
        keys: z.array(z.object({ epoch: z.int().positive(), key: address })),
      }),
    ),
    source: z
      .object({
        file: z
          .object({
            path: z.string(),
            sha256: hashSchema,
            from: z.enum(["chain", "store"]),
            madeAt: z.string(),
            madeBy: z.string().nullable(),
            program: z.string(),
          })
          .nullable(),
        notes: z.array(z.string()).describe("What was believed without a proof, and what was compared"),
      })
      .optional()
      .describe("Who was asked in place of one node: a file, or two nodes"),
  })
  .describe("What the verdict rests on and cannot prove; in the form that --expect takes");

const transferEnd = z.object({
  gatewayId: hashSchema,
  networkId: z.string(),
  asset: z.string().nullable().describe("CAIP-19"),
  account: address.nullable(),
});

const transfer = z.object({
  amount: z.string().nullable().describe("Smallest units; null: a single item"),
  from: transferEnd,
  to: transferEnd,
});

const timelineEntry = z.object({
  type: z.literal("entry"),
  role,
  index: count,
  mark: z.string().describe("Operation and command, done-lock"),
  step: count.nullable().describe("2.1 is 201"),
  vote: z.enum(Object.keys(VOTES) as (keyof typeof VOTES)[]).nullable(),
  seqNumber: count.nullable(),
  epoch: count.nullable(),
  timestamp: count.nullable().describe("UNIX milliseconds, as the gateway claims"),
  block: count,
  proven: z.boolean().describe("Signed by the gateway's key of that epoch, with the payload that it signed"),
});

const timelineEvent = z.object({
  type: z.enum(["opened", "decided", "log-closed", "session-closed"]),
  role: role.nullable(),
  detail: z.string().nullable(),
  block: count,
});

const timeline = z
  .object({ steps: z.array(z.union([timelineEntry, timelineEvent])), leftOut: count })
  .describe("Steps in the order of the chain; those that are left out stood in the middle");

const outcome = z.enum(["COMMITTED", "REVERSED", "ABORTED", "UNDECIDED", "NO_REGISTER", "ELSEWHERE", "UNKNOWN"]);

const session = z.object({
  sessionId: uuid,
  outcome,
  ground: z.enum(Object.keys(GROUNDS) as (keyof typeof GROUNDS)[]),
  closed: z.boolean(),
  logs: z.array(z.object({ gatewayId: hashSchema, role, entries: count })),
  findings: count,
  transfer: transfer.nullable().describe("What was to move, by the facts that the origin signed"),
  timeline: timeline.nullable().describe("Null: left out; those of sessions with findings and of the newest are there"),
});

const decimal = z.string().regex(/^-?(?:0|[1-9][0-9]*)$/);
const tokenStock = z.object({
  token: address,
  standard: z.enum(["erc20", "erc721"]).nullable(),
  mode: z.enum(["NONE", "MINT", "VAULT"]),
  owed: decimal.describe("For transfers under way, and for owners who have not claimed"),
  extinguished: decimal.describe("Below zero only beside a finding"),
  balance: decimal.describe("What the token says the escrow has, at the final block"),
});
export const findingSchema = z.object({
  code: z.enum(Object.keys(FINDINGS) as (keyof typeof FINDINGS)[]),
  severity: z.enum(["critical", "error"]),
  fault: z.string(),
  meaning: z.string(),
  sessionId: uuid.nullable(),
  gatewayId: hashSchema.nullable(),
  index: count.nullable().describe("Of the first bad entry"),
  block: count.nullable(),
  what: z.string(),
  expected: z.string(),
  found: z.string(),
});

export const madeSchema = z.object({
  at: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, "a time of ISO 8601, UTC, to the millisecond")
    .describe("By the clock of whoever made the report"),
  by: z.string().describe("Version of the program"),
  command: z.array(z.string()).describe("Repeats the check"),
});

export const signedSchema = z
  .object({ auditor: address, digest: hashSchema, signature: compactSignatureSchema })
  .describe("Signature of the EIP-712 digest of all other members (RFC 8785)");

const unread = z.object({
  what: z.string(),
  code: z.enum(Object.keys(ERRORS) as (keyof typeof ERRORS)[]),
  message: z.string(),
});

const ledger = z.object({
  name: z.string(),
  chainId: z.int().positive(),
  escrow: address,
  block: count,
  ofOthers: count.describe("Terms of another register or none, under which the escrow did something"),
  tokens: z.array(tokenStock),
});

const earlier = z
  .object({ block: count, sessions: count, entries: count, anchors: count, refused: count })
  .describe(
    "What an earlier run had checked up to that block, and this one believed: counted in entries, anchors and refused, and not in sessions",
  );

/** What is said of one log, whatever it was read from. */
export const reportSchema = z.object({
  verdict: verdictSchema,
  session: uuid.nullable().describe("The session that the verdict is about; null: the whole registry"),
  trusted,
  entries: z.object({ total: count, withPayload: count }),
  anchors: count.nullable(),
  sessions: z.array(session),
  ledgers: z.array(ledger),
  findings: z.array(findingSchema),
  findingCount: count.describe("More than are listed if there are very many"),
  firstBadEntry: z
    .object({ sessionId: uuid.nullable(), gatewayId: hashSchema.nullable(), index: count, fault: z.string() })
    .nullable(),
  unread: z.array(unread),
  refused: count.describe("Entries that the registry refused; nothing rests on them"),
  earlier: earlier.optional(),
});

export const reportFileSchema = z
  .object({
    format: z.literal(REPORT_FORMAT),
    version: z.literal(REPORT_VERSION),
    made: madeSchema,
    ...reportSchema.shape,
    outcomes: z
      .partialRecord(outcome, count)
      .describe("How many sessions of this run ended how; of all, also of those that a very long report leaves out"),
    signed: signedSchema.nullable(),
  })
  .describe("Report of gatelog verify") satisfies z.ZodType<ReportFile>;
