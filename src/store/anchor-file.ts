import { getBytes } from "ethers";
import { z } from "zod";
import { GatelogError } from "../entry/errors.ts";
import { addressSchema, bytesToHex, hashSchema, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
import type { RegistryDomain } from "../entry/statements.ts";
import { AnchorTree } from "./anchor-tree.ts";
import { SqliteFile, type Row } from "./sqlite-file.ts";

const SCHEMA = {
  applicationId: 0x67_6c_6f_61,
  version: 1,
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
      transaction_hash TEXT,
      block INTEGER,
      final INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX not_final ON anchor (id) WHERE final = 0;
    CREATE TABLE run (
      session_id TEXT NOT NULL,
      gateway_id TEXT NOT NULL,
      first INTEGER NOT NULL,
      length INTEGER NOT NULL,
      anchor INTEGER NOT NULL REFERENCES anchor,
      position INTEGER NOT NULL,
      PRIMARY KEY (session_id, gateway_id, first)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE finished (session_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TRIGGER root_stays BEFORE UPDATE OF id, root, leaves ON anchor
      BEGIN SELECT RAISE(ABORT, 'what an anchor covers is never changed'); END;
    CREATE TRIGGER anchor_remains BEFORE DELETE ON anchor BEGIN SELECT RAISE(ABORT, 'an anchor is never removed'); END;
    CREATE TRIGGER run_stays BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'an entry stays in its anchor'); END;
    CREATE TRIGGER run_remains BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'an entry stays in its anchor'); END;
  `,
} as const;

/** Trees kept in memory for proofs: one of 10,000 entries takes some 10 MB. */
const MAX_TREES = 4;
const HASH_SIZE = 32;

/** Consecutive entries of one log. */
export interface EntryRun {
  readonly sessionId: SessionId;
  readonly gatewayId: GatewayId;
  /** Index of the first one. */
  readonly first: number;
  readonly entryHashes: readonly Hash[];
}

export interface StoredAnchor {
  readonly index: number;
  readonly root: Hash;
  readonly entries: number;
  /** UNIX milliseconds at which the oldest of its entries was noted. */
  readonly notedAt: number;
  /** Where it stands on the chain, as far as was seen; null while it stands nowhere. */
  readonly place: AnchorSighting | null;
  readonly final: boolean;
}

/** Where an anchor was seen. */
export interface AnchorSighting {
  readonly transactionHash: Hash;
  readonly block: number;
}

/**
 * Which entries are in which anchor (one SQLite file, one process at a time). `form` returns when the anchor is on disk: only
 * then may it be sent, and it is never changed afterwards, so that of one index there are never two roots (R8). Where an anchor stands
 * on the chain is noted without an fsync: lost, it is looked up again.
 *
 * The file is not a cache: without it no proof can be made, and who begins with an empty one anchors every entry once more.
 */
export class AnchorFile {
  readonly #file: SqliteFile;
  readonly #sql: ReturnType<typeof statementsOf>;
  readonly #trees = new Map<number, AnchorTree>();

  /** INVALID_CONFIG if the file belongs to another gateway or registry. */
  constructor(path: string, of: RegistryDomain & { readonly gatewayId: GatewayId }) {
    this.#file = new SqliteFile(path, SCHEMA, { exclusive: true });
    try {
      this.#sql = statementsOf(this.#file);
      this.#identify(path, of);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Number of the log's entries that are in an anchor, whether or not that stands on the chain. */
  covered(sessionId: SessionId, gatewayId: GatewayId): number {
    const row = this.#sql.covered.get(sessionId, gatewayId);
    return row === undefined ? 0 : count.parse(row["covered"]);
  }

  /** Index of the next anchor; null if there is none yet, and the chain must be asked. */
  nextIndex(): number | null {
    const last = this.#sql.last.get()?.["last"] ?? null;
    return last === null ? null : count.parse(last) + 1;
  }

  /**
   * Makes the entries an anchor, on disk. INVARIANT_BROKEN, and nothing changes, if one of them is in an anchor, or is not the next
   * of its log.
   */
  form(index: number, runs: readonly EntryRun[], notedAt: number): StoredAnchor {
    const leaves = runs.flatMap(({ entryHashes }) => entryHashes);
    const tree = new AnchorTree(leaves);
    this.#file.transaction(() => {
      this.#sql.insertAnchor.run(index, tree.root, Buffer.concat(leaves.map((leaf) => getBytes(leaf))), notedAt);
      let position = 0;
      for (const { sessionId, gatewayId, first, entryHashes } of runs) {
        const covered = this.covered(sessionId, gatewayId);
        if (first !== covered)
          throw new GatelogError("INVARIANT_BROKEN", "an entry is in one anchor, behind those before it", {
            sessionId,
            gatewayId,
            expected: covered,
            actual: first,
          });
        this.#sql.insertRun.run(sessionId, gatewayId, first, entryHashes.length, index, position);
        position += entryHashes.length;
      }
    });
    this.#keepTree(index, tree);
    return { index, root: tree.root, entries: leaves.length, notedAt, place: null, final: false };
  }

  /** Anchors that are not final yet, in order. */
  notFinal(): StoredAnchor[] {
    return this.#sql.notFinal.all().map((row) => this.#anchor(row));
  }

  /** Notes where the anchor stands, or that it stands nowhere (any more). */
  place(index: number, place: AnchorSighting | null, final: boolean): void {
    this.#file.laxTransaction(() => {
      this.#sql.place.run(place?.transactionHash ?? null, place?.block ?? null, final ? 1 : 0, index);
    });
  }

  /** The session will have no more entries, and all it has are in anchors. */
  finish(sessionId: SessionId): void {
    this.#file.laxTransaction(() => this.#sql.finish.run(sessionId));
  }

  isFinished(sessionId: SessionId): boolean {
    return this.#sql.finished.get(sessionId) !== undefined;
  }

  /** The anchor that an entry is in, and the way up from it; null if it is in none. CORRUPT_STORE if that is not the entry's hash. */
  find(entry: {
    readonly sessionId: SessionId;
    readonly gatewayId: GatewayId;
    readonly index: number;
    readonly entryHash: Hash;
  }): { readonly anchor: StoredAnchor; readonly path: readonly Hash[] } | null {
    const { sessionId, gatewayId, index, entryHash } = entry;
    const found = this.#sql.find.get(sessionId, gatewayId, index);
    if (found === undefined) return null;
    const run = runSchema.parse(found);
    if (index >= run.first + run.length) return null;
    const position = run.position + index - run.first;
    const row = this.#sql.anchor.get(run.anchor);
    if (row === undefined) throw this.#file.damaged(`anchor ${run.anchor} is missing`);
    const anchor = this.#anchor(row);
    if (leavesOf(row)[position] !== entryHash)
      throw new GatelogError("CORRUPT_STORE", "the entry is not the one that was anchored", {
        sessionId,
        gatewayId,
        index,
        actual: entryHash,
      });
    return { anchor, path: this.#treeOf(anchor, row).pathOf(position) };
  }

  close(): void {
    this.#file.close();
  }

  #identify(path: string, { chainId, registry, gatewayId }: RegistryDomain & { readonly gatewayId: GatewayId }): void {
    this.#file.transaction(() => this.#sql.identify.run(chainId, registry, gatewayId));
    const known = identitySchema.parse(this.#sql.identity.get());
    if (known.chain_id === chainId && known.registry === registry && known.gateway_id === gatewayId) return;
    throw new GatelogError(
      "INVALID_CONFIG",
      `${path} has the anchors of another gateway or registry: name another file`,
      {
        path,
        expected: `${known.gateway_id} at ${known.chain_id}:${known.registry}`,
        actual: `${gatewayId} at ${chainId}:${registry}`,
      },
    );
  }

  #anchor(row: Row): StoredAnchor {
    const parsed = anchorSchema.safeParse(row);
    if (!parsed.success) throw this.#file.damaged(`the row of anchor ${String(row["id"])} has changed`);
    const { id: index, root, leaves, noted_at: notedAt, transaction_hash: transactionHash, block, final } = parsed.data;
    const place = transactionHash === null || block === null ? null : { transactionHash, block };
    return { index, root, entries: leaves.length / HASH_SIZE, notedAt, place, final: final === 1 };
  }

  #treeOf({ index, root }: StoredAnchor, row: Row): AnchorTree {
    const known = this.#trees.get(index);
    if (known !== undefined) return known;
    const tree = new AnchorTree(leavesOf(row));
    if (tree.root !== root) throw this.#file.damaged(`the leaves of anchor ${index} do not lead to its root`);
    this.#keepTree(index, tree);
    return tree;
  }

  #keepTree(index: number, tree: AnchorTree): void {
    const [oldest] = this.#trees.size < MAX_TREES ? [] : this.#trees.keys();
    if (oldest !== undefined) this.#trees.delete(oldest);
    this.#trees.set(index, tree);
  }
}

const count = z.int().min(0);
const runSchema = z.object({ first: count, length: count, anchor: count, position: count });
const identitySchema = z.object({ chain_id: count, registry: addressSchema, gateway_id: hashSchema });
const anchorSchema = z.object({
  id: count,
  root: hashSchema,
  leaves: z.instanceof(Uint8Array).refine(({ length }) => length > 0 && length % HASH_SIZE === 0),
  noted_at: z.number(),
  transaction_hash: hashSchema.nullable(),
  block: count.nullable(),
  final: z.int(),
});

function leavesOf(row: Row): Hash[] {
  const bytes = z.instanceof(Uint8Array).parse(row["leaves"]);
  return Array.from({ length: bytes.length / HASH_SIZE }, (_, at) =>
    bytesToHex(bytes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE)),
  );
}

function statementsOf(file: SqliteFile) {
  return {
    identify: file.statement("INSERT OR IGNORE INTO identity VALUES (1, ?, ?, ?)"),
    identity: file.statement("SELECT chain_id, registry, gateway_id FROM identity"),
    covered: file.statement(
      "SELECT first + length AS covered FROM run WHERE session_id = ? AND gateway_id = ? ORDER BY first DESC LIMIT 1",
    ),
    last: file.statement("SELECT max(id) AS last FROM anchor"),
    insertAnchor: file.statement("INSERT INTO anchor (id, root, leaves, noted_at) VALUES (?, ?, ?, ?)"),
    insertRun: file.statement("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?)"),
    notFinal: file.statement("SELECT * FROM anchor WHERE final = 0 ORDER BY id"),
    anchor: file.statement("SELECT * FROM anchor WHERE id = ?"),
    place: file.statement("UPDATE anchor SET transaction_hash = ?, block = ?, final = ? WHERE id = ?"),
    finish: file.statement("INSERT OR IGNORE INTO finished VALUES (?)"),
    finished: file.statement("SELECT 1 FROM finished WHERE session_id = ?"),
    find: file.statement(
      `SELECT first, length, anchor, position FROM run
       WHERE session_id = ? AND gateway_id = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
    ),
  };
}
