import { isGatelogError } from "../../entry/errors.ts";
import type { LogEntry } from "../../entry/entry.ts";
import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../../entry/hex.ts";
import { verifyInclusionProof, type InclusionProof } from "../../entry/inclusion-proof.ts";
import { Memo } from "../../entry/memo.ts";
import type { FindingList } from "../findings.ts";
import type { Anchor, AuditReader } from "../reading/reader.ts";
import type { Unread } from "../verification.ts";

/** Logs whose end is in no anchor and which are named; of more the rest is counted. */
const MAX_NAMED_LOGS = 100;
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
  readonly #node: { readonly reader: AuditReader; readonly anchor: Anchor } | undefined;
  readonly #roots = new Memo<Promise<Hash>>(KNOWN_ROOTS);
  readonly #unread: Unread[] = [];
  #sessionId: SessionId = "";
  #parties: readonly GatewayId[] = [];
  #logs = new Map<GatewayId, OpenLog>();
  #last: LogEntry | undefined;
  #entries = 0;
  #anchored = 0;
  #open = 0;

  constructor(findings: FindingList, node: { readonly reader: AuditReader; readonly anchor: Anchor } | undefined) {
    this.#findings = findings;
    this.#node = node;
  }

  /** Entries that were come to, and those of them that are under a root that holds. */
  get counts(): { readonly entries: number; readonly anchored: number } {
    return { entries: this.#entries, anchored: this.#anchored };
  }

  /** Logs with entries behind their last anchor, and what could not be asked. Nothing where the file has no proofs at all. */
  get unread(): readonly Unread[] {
    if (this.#anchored === 0) return this.#unread.filter(({ code }) => code !== BEHIND);
    const more = this.#open - MAX_NAMED_LOGS;
    return more <= 0
      ? this.#unread
      : [...this.#unread, behind("further logs", `${more} more logs have entries behind their last anchor`)];
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
    if (!(await this.#holds(entry, proof))) return;
    this.#anchored += 1;
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
      this.#unread.push(behind(what, `entries ${bare} to ${length - 1} stand behind its last anchor`));
    }
    this.#logs = new Map();
    this.#last = undefined;
  }

  /** Whether the entry is under the root, and the root is the one that the registry has, as far as it can be asked. */
  async #holds(entry: LogEntry, { anchor, path }: InclusionProof): Promise<boolean> {
    const { sessionId, gatewayId, index } = entry;
    const subject = { sessionId, gatewayId, index, block: anchor.block };
    const leads = leadsToRoot(entry, { anchor, path });
    // An entry that is not what it says of itself is found where its log is walked.
    if (leads === undefined) return true;
    if (!leads) {
      this.#findings.add("ROOT_MISMATCH", subject, "root that the entry leads to", anchor.root, "another one");
      return true;
    }
    if (!this.#parties.includes(anchor.gatewayId)) {
      this.#findings.add("ROOT_MISMATCH", subject, "who has anchored", "a party to the session", anchor.gatewayId);
      return true;
    }
    return this.#node === undefined || this.#stands(this.#node, subject, anchor);
  }

  async #stands(
    { reader, anchor: read }: { readonly reader: AuditReader; readonly anchor: Anchor },
    subject: {
      readonly sessionId: SessionId;
      readonly gatewayId: GatewayId;
      readonly index: number;
      readonly block: number;
    },
    { gatewayId, index, root, chainId, registry, final }: InclusionProof["anchor"],
  ): Promise<boolean> {
    const what = `anchor ${index} of gateway ${gatewayId}`;
    if (chainId !== read.chainId || registry !== read.registry) {
      this.#cannotTell(
        what,
        "WRONG_CHAIN",
        `it stands in registry ${registry} of chain ${chainId}, which was not asked`,
      );
      return false;
    }
    let found: Hash;
    try {
      found = await this.#roots.of(`${gatewayId} ${index}`, () => reader.anchorOf(gatewayId, index, read.block.number));
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.#cannotTell(what, error.code, error.message);
      return false;
    }
    if (found === root) return true;
    if (found !== ZERO_HASH) this.#findings.add("ROOT_MISMATCH", subject, `root of ${what}`, found, root);
    else if (final) this.#findings.add("UNANCHORED", subject, what, "in the registry", "not there");
    else return false;
    return true;
  }

  #cannotTell(what: string, code: Unread["code"], message: string): void {
    if (!this.#unread.some((known) => known.what === what)) this.#unread.push({ what, code, message });
  }
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
