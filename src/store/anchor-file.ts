import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, Hash, SessionId } from "../entry/hex.ts";
import type { InclusionProof } from "../entry/inclusion-proof.ts";
import type { RegistryDomain } from "../entry/statements.ts";
import {
  ANCHOR_SCHEMA,
  anchorFromRow,
  anchorValues,
  count,
  HASH_SIZE,
  identitySchema,
  joinLeaves,
  leavesOf,
  prepareStatements,
  runFromRow,
  runValues,
  type AnchorRow,
  type AnchorStatements,
  type RunPlace,
} from "./anchor-rows.ts";
import { AnchorTree } from "./anchor-tree.ts";
import { SqliteFile, type Row } from "./sqlite-file.ts";

/** Trees kept in memory for proofs: one of 10,000 entries takes some 10 MB. */
const MAX_TREES = 4;

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
 * then may it be sent, and it is never changed afterwards, so that of one index one file never has two roots (R8). Where an anchor
 * stands on the chain is noted without an fsync: lost, it is looked up again. Rows carry a checksum: one that was changed is never read
 * as valid (CORRUPT_STORE), and the file is read-only then.
 *
 * The file is not a cache: without it no proof can be made, and who begins with an empty one anchors every entry once more.
 */
export class AnchorFile {
  readonly #of: RegistryDomain & { readonly gatewayId: GatewayId };
  readonly #file: SqliteFile;
  readonly #sql: AnchorStatements;
  readonly #trees = new Map<number, AnchorTree>();

  /** INVALID_CONFIG if the file belongs to another gateway or registry. */
  constructor(path: string, of: RegistryDomain & { readonly gatewayId: GatewayId }) {
    this.#of = of;
    this.#file = new SqliteFile(path, ANCHOR_SCHEMA, { exclusive: true });
    try {
      this.#sql = prepareStatements(this.#file);
      this.#identify(path, of);
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  /** Number of the log's entries that are in an anchor, whether or not that stands on the chain. */
  covered(sessionId: SessionId, gatewayId: GatewayId): number {
    const last = this.#run({ sessionId, gatewayId }, Number.MAX_SAFE_INTEGER);
    return last === undefined ? 0 : last.first + last.length;
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
      const row = { index, root: tree.root, leaves: joinLeaves(leaves), notedAt };
      this.#sql.insertAnchor.run(...anchorValues(row));
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
        const { length } = entryHashes;
        this.#sql.insertRun.run(...runValues({ sessionId, gatewayId, first, length, anchor: index, position }));
        position += length;
      }
    });
    this.#keepTree(index, tree);
    return { index, root: tree.root, entries: leaves.length, notedAt, place: null, final: false };
  }

  /** Anchors that are not final yet, in order. */
  notFinal(): StoredAnchor[] {
    return this.#sql.notFinal.all().map((row) => storedAnchor(this.#anchor(row)));
  }

  /** Notes where the anchor stands, or that it stands nowhere (any more). */
  place(index: number, place: AnchorSighting | null, final: boolean): void {
    this.#file.laxTransaction(() => {
      this.#sql.place.run(place?.transactionHash ?? null, place?.block ?? null, final ? 1 : 0, index);
    });
  }

  /** Whether an anchor of the file was seen on the chain. */
  wasSeen(): boolean {
    return this.#sql.seen.get() !== undefined;
  }

  /** Forgets all anchors and what they cover, on disk. Refused (INVARIANT_BROKEN) if one of them was seen on the chain. */
  beginAgain(): void {
    this.#file.transaction(() => {
      this.#sql.removeRuns.run();
      this.#sql.removeAnchors.run();
      this.#sql.removeFinished.run();
    });
    this.#trees.clear();
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
    const run = this.#run(entry, index);
    if (run === undefined || index >= run.first + run.length) return null;
    const position = run.position + index - run.first;
    const row = this.#sql.anchor.get(run.anchor);
    if (row === undefined) throw this.#file.damaged(`anchor ${run.anchor} is missing`);
    const anchor = this.#anchor(row);
    if (leavesOf(anchor)[position] !== entryHash)
      throw new GatelogError("CORRUPT_STORE", "the entry is not the one that was anchored", {
        sessionId,
        gatewayId,
        index,
        actual: entryHash,
      });
    return { anchor: storedAnchor(anchor), path: this.#treeOf(anchor).pathOf(position) };
  }

  /** What `find` gives, for whoever has the entry; null also while the anchor was not seen on the chain. */
  proof(entry: Parameters<AnchorFile["find"]>[0]): InclusionProof | null {
    const found = this.find(entry);
    const place = found?.anchor.place ?? null;
    if (found === null || place === null) return null;
    const { index, root, entries, final } = found.anchor;
    const { chainId, registry, gatewayId } = this.#of;
    return { anchor: { chainId, registry, gatewayId, index, root, entries, ...place, final }, path: [...found.path] };
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

  /** The log's last run that begins at that index or before it. */
  #run(log: Pick<RunPlace, "sessionId" | "gatewayId">, index: number): RunPlace | undefined {
    const { sessionId, gatewayId } = log;
    const row = this.#sql.run.get(sessionId, gatewayId, index);
    if (row === undefined) return undefined;
    const run = runFromRow(row, log);
    if (run !== undefined) return run;
    const which = `${String(row["first"])} of the log of ${gatewayId} in session ${sessionId}`;
    throw this.#file.damaged(`the row of the entries from ${which} has changed`);
  }

  #anchor(row: Row): AnchorRow {
    const anchor = anchorFromRow(row);
    if (anchor !== undefined) return anchor;
    throw this.#file.damaged(`the row of anchor ${String(row["id"])} has changed`);
  }

  #treeOf(anchor: AnchorRow): AnchorTree {
    const { index, root } = anchor;
    const known = this.#trees.get(index);
    if (known !== undefined) return known;
    const tree = new AnchorTree(leavesOf(anchor));
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

function storedAnchor({ index, root, leaves, notedAt, transactionHash, block, final }: AnchorRow): StoredAnchor {
  const place = transactionHash === null || block === null ? null : { transactionHash, block };
  return { index, root, entries: leaves.length / HASH_SIZE, notedAt, place, final };
}
