import type { LogEntry, SignedEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { InclusionProof } from "../entry/inclusion-proof.ts";
import type { SessionOpening } from "../entry/session.ts";
import type { DigestSigner } from "../entry/signature.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import { keepsEvidence, type Equivocation, type KeepsEvidence } from "./admission.ts";
import { AnchorFile } from "./anchor-file.ts";
import type { AnchorRegistry } from "./anchored-registry.ts";
import { AnchorWorker, type AnchorOptions, type AnchorStatus } from "./anchored-worker.ts";
import {
  keepsClosings,
  keepsCopies,
  type Durability,
  type KeepsClosings,
  type KeepsCopies,
  type LogRun,
  type LogStore,
  type ProvesInclusion,
  type ReadRange,
  type SessionRecord,
} from "./log-store.ts";

export interface AnchoredLogStoreDeps {
  /** Where the entries are kept. Closed with this store. */
  readonly store: LogStore;
  /** Where the anchors go. Its chain and lane are not closed. */
  readonly registry: AnchorRegistry;
  /** The gateway's current log key, which signs the anchors. */
  readonly signer: DigestSigner;
}

/**
 * Another store, whose entries are anchored to the log registry: one root for many, so that each can be proved to have stood here when
 * the anchor was written, to anybody who trusts the chain.
 *
 * What a resolved write promises is the inner store's durability, and no anchor. Until an entry's anchor is final, nobody but those who
 * hold the log can tell whether it is the one that was signed first: the writer could still put another into its place. For as long as the
 * chain is away, or nobody pays, appends go on and anchoring waits: `status` shows how far it is behind.
 *
 * - The entries of all logs of the gateway's sessions are anchored, also copies of its peers'. Each is in one anchor; of one index
 *   there is one root, also behind a crash. An anchor that the chain takes back is sent again.
 * - A session that cannot be read waits by itself, and is tried again ever more seldom; `status` says why, and `flush` rejects.
 * - What other processes write to the inner store is found when it is looked through: at the start, and every `rescanEveryMs`.
 *
 * Limitations: one process per gateway and registry. The file that says what is in which anchor is needed for proofs, and must not be put
 * back to an older state: then entries would be anchored under an index that is taken, which ends anchoring (EQUIVOCATION). Where it is
 * lost, begin with a new one: everything is anchored once more, behind what the earlier file has anchored and what was on its way.
 */
export class AnchoredLogStore implements LogStore, KeepsCopies, KeepsClosings, KeepsEvidence, ProvesInclusion {
  readonly durability: Durability;
  readonly #store: LogStore;
  readonly #file: AnchorFile;
  readonly #worker: AnchorWorker;

  /** INVALID_CONFIG if the file belongs to another gateway or registry. @param options.path The file of the anchors. */
  constructor(
    deps: AnchoredLogStoreDeps,
    options: { readonly gatewayId: GatewayId; readonly path: string } & AnchorOptions,
  ) {
    const { gatewayId, path, ...rest } = options;
    this.#store = deps.store;
    this.durability = deps.store.durability;
    this.#file = new AnchorFile(path, { ...deps.registry.domain, gatewayId });
    this.#worker = new AnchorWorker({ ...deps, file: this.#file }, gatewayId, rest);
  }

  async openSession(opening: SessionOpening, first: readonly SignedEntry[] = []): Promise<void> {
    await this.#store.openSession(opening, first);
    this.#worker.note(first);
  }

  async append(entries: readonly SignedEntry[]): Promise<void> {
    await this.#store.append(entries);
    this.#worker.note(entries);
  }

  /** NOT_SERVED_HERE if the inner store keeps no copies. */
  async adopt(run: LogRun): Promise<void> {
    if (!keepsCopies(this.#store))
      throw new GatelogError("NOT_SERVED_HERE", "this store keeps no copies of private logs");
    await this.#store.adopt(run);
    this.#worker.note(run.entries);
  }

  session(sessionId: SessionId): Promise<SessionRecord> {
    return this.#store.session(sessionId);
  }

  read(sessionId: SessionId, gatewayId: GatewayId, range: ReadRange): Promise<LogEntry[]> {
    return this.#store.read(sessionId, gatewayId, range);
  }

  sessionsOf(gatewayId: GatewayId, filter: { readonly open: boolean }): Promise<SessionId[]> {
    return this.#store.sessionsOf(gatewayId, filter);
  }

  closeLog(closing: ClosingStatement): Promise<void> {
    return this.#store.closeLog(closing);
  }

  /** NOT_SERVED_HERE if the inner store gives out no closings. */
  closings(sessionId: SessionId): Promise<ClosingStatement[]> {
    return this.#withClosings((store) => store.closings(sessionId));
  }

  /** NOT_SERVED_HERE if the inner store takes none over. */
  adoptClosing(closing: ClosingStatement): Promise<void> {
    return this.#withClosings((store) => store.adoptClosing(closing));
  }

  decide(statement: DecisionStatement): Promise<void> {
    return this.#store.decide(statement);
  }

  async proof(sessionId: SessionId, gatewayId: GatewayId, index: number): Promise<InclusionProof | null> {
    const [entry] = await this.#store.read(sessionId, gatewayId, { from: index, limit: 1 });
    if (entry === undefined)
      throw new GatelogError("UNKNOWN_ENTRY", "the log has no such entry", { sessionId, gatewayId, index });
    return this.#file.proof(entry);
  }

  /** How far anchoring is behind, and why. */
  status(): AnchorStatus {
    return this.#worker.status();
  }

  /** Anchors what stands here now; resolves when it is in a block. Rejects with what stands in the way; it is tried on. */
  flush(): Promise<void> {
    return this.#worker.flush();
  }

  /** Stops anchoring, and closes the file and the inner store. What is not anchored is by the next process. */
  async close(): Promise<void> {
    await this.#worker.close();
    this.#file.close();
    await this.#store.close();
  }

  /** What the inner store has kept; nothing where it keeps none. */
  async evidence(sessionId: SessionId): Promise<readonly Equivocation[]> {
    return keepsEvidence(this.#store) ? this.#store.evidence(sessionId) : [];
  }

  async #withClosings<T>(work: (store: KeepsClosings) => Promise<T>): Promise<T> {
    if (keepsClosings(this.#store)) return work(this.#store);
    throw new GatelogError("NOT_SERVED_HERE", "this store gives out no closings");
  }
}
