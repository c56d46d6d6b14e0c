import { z } from "zod";
import {
  addressSchema,
  bytesToHex,
  hashSchema,
  hexToBytes,
  type GatewayId,
  type Hash,
  type SessionId,
} from "../entry/hex.ts";
import { isTextChecksum, textChecksum } from "./entry-rows.ts";
import type { Row, SqliteFile } from "./sqlite-file.ts";

/**
 * Tables of a file of anchors. What an anchor covers is never changed, and removed only while no anchor of the file was seen on the
 * chain. The checksums are over all columns that stay as they are.
 */
export const ANCHOR_SCHEMA = {
  applicationId: 0x67_6c_6f_61,
  version: 2,
  create: `
    CREATE TABLE identity (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      chain_id INTEGER NOT NULL,
      registry TEXT NOT NULL,
      gateway_id TEXT NOT NULL
    ) STRICT;
    CREATE TABLE anchor (
      id INTEGER PRIMARY KEY,
      root TEXT NOT NULL,
      leaves BLOB NOT NULL,
      noted_at INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      transaction_hash TEXT,
      block INTEGER,
      final INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX not_final ON anchor (id) WHERE final = 0;
    CREATE INDEX seen ON anchor (id) WHERE final = 1 OR transaction_hash IS NOT NULL;
    CREATE TABLE run (
      session_id TEXT NOT NULL,
      gateway_id TEXT NOT NULL,
      first INTEGER NOT NULL,
      length INTEGER NOT NULL,
      anchor INTEGER NOT NULL REFERENCES anchor,
      position INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      PRIMARY KEY (session_id, gateway_id, first)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE finished (session_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TRIGGER root_stays BEFORE UPDATE OF id, root, leaves, noted_at, checksum ON anchor
      BEGIN SELECT RAISE(ABORT, 'what an anchor covers is never changed'); END;
    CREATE TRIGGER run_stays BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'an entry stays in its anchor'); END;
    CREATE TRIGGER anchor_remains BEFORE DELETE ON anchor
      WHEN EXISTS (SELECT 1 FROM anchor WHERE final = 1 OR transaction_hash IS NOT NULL)
      BEGIN SELECT RAISE(ABORT, 'an anchor is never removed'); END;
    CREATE TRIGGER run_remains BEFORE DELETE ON run
      WHEN EXISTS (SELECT 1 FROM anchor WHERE final = 1 OR transaction_hash IS NOT NULL)
      BEGIN SELECT RAISE(ABORT, 'an entry stays in its anchor'); END;
  `,
} as const;

/** Bytes of a leaf. */
export const HASH_SIZE = 32;

/** Where consecutive entries of one log are: which entries, in which anchor, from which of its leaves on. */
export interface RunPlace {
  readonly sessionId: SessionId;
  readonly gatewayId: GatewayId;
  readonly first: number;
  readonly length: number;
  readonly anchor: number;
  readonly position: number;
}

/** An anchor's row. */
export interface AnchorRow {
  readonly index: number;
  readonly root: Hash;
  /** One behind the other; see `leavesOf`. */
  readonly leaves: Uint8Array;
  readonly notedAt: number;
  readonly transactionHash: Hash | null;
  readonly block: number | null;
  readonly final: boolean;
}

export const count = z.int().min(0);
const bytes = z.instanceof(Uint8Array);
export const identitySchema = z.object({ chain_id: count, registry: addressSchema, gateway_id: hashSchema });
const runSchema = z.object({ first: count, length: count, anchor: count, position: count, checksum: bytes });
const anchorSchema = z.object({
  id: count,
  root: hashSchema,
  leaves: bytes.refine(({ length }) => length > 0 && length % HASH_SIZE === 0),
  noted_at: z.number(),
  checksum: bytes,
  transaction_hash: hashSchema.nullable(),
  block: count.nullable(),
  final: z.int(),
});

/** Values for `insertRun`. */
export function runValues(run: RunPlace): [string, string, number, number, number, number, Uint8Array] {
  const { sessionId, gatewayId, first, length, anchor, position } = run;
  return [sessionId, gatewayId, first, length, anchor, position, textChecksum(...runTexts(run))];
}

/** The run of a row, or undefined if it is not what was written. */
export function runFromRow(row: Row, of: Pick<RunPlace, "sessionId" | "gatewayId">): RunPlace | undefined {
  const parsed = runSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { checksum, ...rest } = parsed.data;
  const run = { sessionId: of.sessionId, gatewayId: of.gatewayId, ...rest };
  return isTextChecksum(checksum, ...runTexts(run)) ? run : undefined;
}

/** Values for `insertAnchor`. */
export function anchorValues(
  anchor: Pick<AnchorRow, "index" | "root" | "leaves" | "notedAt">,
): [number, string, Uint8Array, number, Uint8Array] {
  const { index, root, leaves, notedAt } = anchor;
  return [index, root, leaves, notedAt, textChecksum(...anchorTexts(anchor))];
}

export function joinLeaves(leaves: readonly Hash[]): Uint8Array {
  return Buffer.concat(leaves.map((leaf) => hexToBytes(leaf)));
}

export function leavesOf({ leaves }: AnchorRow): Hash[] {
  return Array.from({ length: leaves.length / HASH_SIZE }, (_, at) =>
    bytesToHex(leaves.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE)),
  );
}

/** The anchor of a row, or undefined if it is not what was written. */
export function anchorFromRow(row: Row): AnchorRow | undefined {
  const parsed = anchorSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { id: index, root, leaves, noted_at: notedAt, checksum, block, final } = parsed.data;
  const anchor = { index, root, leaves, notedAt };
  if (!isTextChecksum(checksum, ...anchorTexts(anchor))) return undefined;
  return { ...anchor, transactionHash: parsed.data.transaction_hash, block, final: final === 1 };
}

function runTexts({ sessionId, gatewayId, first, length, anchor, position }: RunPlace): string[] {
  return [sessionId, gatewayId, ...[first, length, anchor, position].map(String)];
}

function anchorTexts(anchor: Pick<AnchorRow, "index" | "root" | "leaves" | "notedAt">): string[] {
  const { index, root, leaves, notedAt } = anchor;
  return [String(index), root, Buffer.from(leaves).toString("hex"), String(notedAt)];
}

export type AnchorStatements = ReturnType<typeof prepareStatements>;

export function prepareStatements(file: SqliteFile) {
  return {
    identify: file.statement("INSERT OR IGNORE INTO identity VALUES (1, ?, ?, ?)"),
    identity: file.statement("SELECT chain_id, registry, gateway_id FROM identity"),
    last: file.statement("SELECT max(id) AS last FROM anchor"),
    insertAnchor: file.statement("INSERT INTO anchor (id, root, leaves, noted_at, checksum) VALUES (?, ?, ?, ?, ?)"),
    insertRun: file.statement("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?)"),
    notFinal: file.statement("SELECT * FROM anchor WHERE final = 0 ORDER BY id"),
    anchor: file.statement("SELECT * FROM anchor WHERE id = ?"),
    seen: file.statement("SELECT 1 FROM anchor WHERE final = 1 OR transaction_hash IS NOT NULL LIMIT 1"),
    place: file.statement("UPDATE anchor SET transaction_hash = ?, block = ?, final = ? WHERE id = ?"),
    finish: file.statement("INSERT OR IGNORE INTO finished VALUES (?)"),
    finished: file.statement("SELECT 1 FROM finished WHERE session_id = ?"),
    /** The last run of a log that begins at an index or before it. */
    run: file.statement(
      `SELECT first, length, anchor, position, checksum FROM run
       WHERE session_id = ? AND gateway_id = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
    ),
    removeRuns: file.statement("DELETE FROM run"),
    removeAnchors: file.statement("DELETE FROM anchor"),
    removeFinished: file.statement("DELETE FROM finished"),
  };
}
