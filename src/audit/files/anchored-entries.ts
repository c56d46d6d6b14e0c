import { isGatelogError, type GatelogError } from "../../entry/errors.ts";
import type { LogEntry } from "../../entry/entry.ts";
import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../../entry/hex.ts";
import { verifyInclusionProof, type InclusionProof } from "../../entry/inclusion-proof.ts";
import { Memo } from "../../entry/memo.ts";
import type { FindingList } from "../findings.ts";
import type { Anchor, AuditReader } from "../reading/reader.ts";
import type { Unread } from "../verification.ts";

/** Logs whose end is in no anchor and which are named; of more the rest is counted. */
const MAX_NAMED_LOGS = 100;
/** Anchors that could not be asked and are named; of more the entries under them are counted. */
const MAX_NAMED_ANCHORS = 100;
/** Roots that are remembered: about 2 MB when full. */
const KNOWN_ROOTS = 10_000;

/** What is known of one log's anchors while its entries come. */
interface OpenLog {
  readonly gatewayId: GatewayId;
  /** First of the entries that came since the last one with a proof; null: none. */
  bare: number | null;
  length: number;
}

/**
 * Holds the entries of a store's file against the roots that gateways have anchored: an entry must be the one that was anchored, and
 * none may lack an anchor that a younger one of its log has, since a store anchors each log in its order. What came behind the last
 * anchor is not anchored yet: of that nobody can tell whether it is what was signed first.
 */
export class AnchoredEntries {
  readonly #findings: FindingList;
  readonly #node: AskedNode | undefined;
  readonly #roots = new Memo<Hash>(KNOWN_ROOTS);
  readonly #behind: Unread[] = [];
  /** By the anchor that could not be asked; no more than are named. */
  readonly #unasked = new Map<string, Unread>();
  #unaskedMore = 0;
  /** Why the node is asked no more. */
  #silence: GatelogError | undefined;
  #sessionId: SessionId = "";
  #parties: readonly GatewayId[] = [];
  #logs = new Map<GatewayId, OpenLog>();
  #last: LogEntry | undefined;
  #entries = 0;
  #proofs = 0;
  #anchored = 0;
  #open = 0;

  constructor(findings: FindingList, node: AskedNode | undefined) {
    this.#findings = findings;
    this.#node = node;
  }

  /** Entries and proofs that were come to, and those entries that are under a root that holds. */
  get counts(): { readonly entries: number; readonly proofs: number; readonly anchored: number } {
    return { entries: this.#entries, proofs: this.#proofs, anchored: this.#anchored };
  }

  /** What could not be asked, and logs with entries behind their last anchor. Nothing where the file has no proofs at all. */
  get unread(): readonly Unread[] {
    if (this.#proofs === 0) return [];
    const unread = [...this.#unasked.values()];
    if (this.#unaskedMore > 0) {
      const message = `${this.#unaskedMore} more proofs lead to anchors that could not be asked`;
      unread.push({ what: "further anchors", code: this.#silence?.code ?? "NOT_FOUND", message });
    }
    unread.push(...this.#behind);
    const more = this.#open - MAX_NAMED_LOGS;
    if (more > 0) unread.push(behind("further logs", `${more} more logs have entries behind their last anchor`));
    return unread;
  }

  begin(sessionId: SessionId, parties: readonly GatewayId[]): void {
    this.end();
    this.#sessionId = sessionId;
    this.#parties = parties;
  }

  entry(entry: LogEntry): void {
    this.#entries += 1;
    this.#last = entry;
    const { gatewayId, index } = entry;
    const log = this.#logs.get(gatewayId) ?? { gatewayId, bare: null, length: 0 };
    this.#logs.set(gatewayId, log);
    log.bare ??= index;
    log.length = index + 1;
  }

  async proof(entryHash: Hash, proof: InclusionProof): Promise<void> {
    this.#proofs += 1;
    const entry = this.#last;
    if (entry?.entryHash !== entryHash) {
      const subject = { sessionId: this.#sessionId, gatewayId: entry?.gatewayId, index: entry?.index };
      this.#findings.add(
        "UNREADABLE",
        subject,
        "entry that a proof stands behind",
        entry?.entryHash ?? "an entry",
        entryHash,
      );
      return;
    }
    const standing = await this.#standingOf(entry, proof);
    if (standing === "untold") return;
    if (standing === "anchored") this.#anchored += 1;
    const log = this.#logs.get(entry.gatewayId);
    if (log === undefined) return;
    if (log.bare !== null && log.bare < entry.index)
      this.#findings.add(
        "UNANCHORED",
        { sessionId: entry.sessionId, gatewayId: entry.gatewayId, index: log.bare },
        `anchor of entry ${log.bare}`,
        `one, as entry ${entry.index} has`,
        "none",
      );
    log.bare = null;
  }

  /** The session is over. */
  end(): void {
    for (const { gatewayId, bare, length } of this.#logs.values()) {
      if (bare === null) continue;
      this.#open += 1;
      if (this.#open > MAX_NAMED_LOGS) continue;
      const what = `anchors of the log of ${gatewayId} in session ${this.#sessionId}`;
      this.#behind.push(behind(what, `entries ${bare} to ${length - 1} stand behind its last anchor`));
    }
    this.#logs = new Map();
    this.#last = undefined;
  }

  /** Whether the entry is under the root, and the root is the one that the registry has, as far as it can be asked. */
  async #standingOf(entry: LogEntry, { anchor, path }: InclusionProof): Promise<Standing> {
    const { sessionId, gatewayId, index } = entry;
    const subject = { sessionId, gatewayId, index, block: anchor.block };
    const leads = leadsToRoot(entry, { anchor, path });
    // An entry that is not what it says of itself is found where its log is walked.
    if (leads === undefined) return "wrong";
    if (!leads) {
      this.#findings.add("ROOT_MISMATCH", subject, "root that the entry leads to", anchor.root, "another one");
      return "wrong";
    }
    if (!this.#parties.includes(anchor.gatewayId)) {
      this.#findings.add("ROOT_MISMATCH", subject, "who has anchored", "a party to the session", anchor.gatewayId);
      return "wrong";
    }
    return this.#node === undefined ? "anchored" : this.#standingOnChain(this.#node, subject, anchor);
  }

  async #standingOnChain(
    node: AskedNode,
    subject: {
      readonly sessionId: SessionId;
      readonly gatewayId: GatewayId;
      readonly index: number;
      readonly block: number;
    },
    anchor: InclusionProof["anchor"],
  ): Promise<Standing> {
    const { root, final } = anchor;
    const found = await this.#rootOf(node, anchor);
    if (found === undefined) return "untold";
    if (found === root) return "anchored";
    const what = nameOf(anchor);
    if (found !== ZERO_HASH) this.#findings.add("ROOT_MISMATCH", subject, `root of ${what}`, found, root);
    else if (final) this.#findings.add("UNANCHORED", subject, what, "in the registry", "not there");
    // The node is behind whoever made the file: what is not final there may not be here yet.
    else return "untold";
    return "wrong";
  }

  /** Root of the anchor as the registry has it, zero if it is not there; undefined if it could not be asked. */
  async #rootOf({ reader, anchor: read }: AskedNode, anchor: InclusionProof["anchor"]): Promise<Hash | undefined> {
    const { gatewayId, index, chainId, registry } = anchor;
    if (chainId !== read.chainId || registry !== read.registry) {
      const message = `it stands in registry ${registry} of chain ${chainId}, which was not asked`;
      this.#cannotTell(anchor, { code: "WRONG_CHAIN", message });
      return undefined;
    }
    const key = `${gatewayId} ${index}`;
    const known = this.#roots.get(key);
    if (known !== undefined) return known;
    try {
      if (this.#silence !== undefined) throw this.#silence;
      const root = await reader.anchorOf(gatewayId, index, read.block.number);
      this.#roots.set(key, root);
      return root;
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      if (IS_SILENCE.has(error.code)) this.#silence = error;
      this.#cannotTell(anchor, error);
      return undefined;
    }
  }

  #cannotTell(anchor: InclusionProof["anchor"], { code, message }: Pick<Unread, "code" | "message">): void {
    const what = nameOf(anchor);
    if (this.#unasked.has(what)) return;
    if (this.#unasked.size < MAX_NAMED_ANCHORS) this.#unasked.set(what, { what, code, message });
    else this.#unaskedMore += 1;
  }
}

/** What a proof says of its entry. wrong: that it has an anchor, and something about it is not as it must be. */
type Standing = "anchored" | "wrong" | "untold";

interface AskedNode {
  readonly reader: AuditReader;
  readonly anchor: Anchor;
}

/** After which each further question would wait as long for nothing. */
const IS_SILENCE: ReadonlySet<Unread["code"]> = new Set(["NODE_UNREACHABLE", "TIMEOUT"]);

function nameOf({ gatewayId, index }: InclusionProof["anchor"]): string {
  return `anchor ${index} of gateway ${gatewayId}`;
}

/** Undefined: its fields or its payload have other hashes than it says. */
function leadsToRoot(entry: LogEntry, proof: InclusionProof): boolean | undefined {
  try {
    return verifyInclusionProof(entry, proof);
  } catch (error) {
    if (isGatelogError(error)) return undefined;
    throw error;
  }
}

/** Of the codes that there are: it is not there yet. */
const BEHIND = "UNKNOWN_ENTRY";

function behind(what: string, message: string): Unread {
  return { what, code: BEHIND, message };
}
