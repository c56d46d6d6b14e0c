import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { ZERO_ADDRESS, ZERO_HASH, type GatewayId, type SessionId } from "../../entry/hex.ts";
import { recoverSigner } from "../../entry/signature.ts";
import { statementDigest } from "../../entry/statements.ts";
import { AnchoredEntries } from "./anchored-entries.ts";
import { ExportClaims } from "./export-claims.ts";
import type { ExportedClosing, ExportedSession, ExportHeader } from "./export-format.ts";
import { ExportLines, type ExportBody } from "./export-lines.ts";
import { bytesOf, sourceOf, type VerifyExportOptions } from "./export-source.ts";
import { FileKeys, SessionKeys } from "./file-keys.ts";
import { FileSession } from "./file-session.ts";
import { FindingList } from "../findings.ts";
import { checkOpening, type OpenSession } from "../checks/opening.ts";
import type { Anchor, AuditReader, LogWord } from "../reading/reader.ts";
import { checkSession, type CheckedSession, type SessionHeads } from "../checks/session-check.ts";
import { signerOf, type Recover } from "../checks/signers.ts";
import { checkIdentity, checkPinnedBlock, isOfNoChain, type Expectation, type Trusted } from "../trust.ts";
import type { Unread, Verification } from "../verification.ts";
import { verdictOf, withBeside } from "../verification-parts.ts";

/** What cannot be told and is named one by one; of more the rest is counted. */
const MAX_UNREAD = 200;
const LINES_PER_REPORT = 10_000;

/**
 * Audits a log that was exported from a store, session by session: entries, logs and sessions by the rules that a registry's events are
 * judged by. There is no chain behind it. So what is believed: the keys that nobody pinned or anchored (`FileKeys`), and that the file
 * has all sessions. Where a log ends, its signed closing alone says: of an open one nobody can tell, and the verdict is not sound. A
 * register that the source does not keep is not judged either; what it holds is for its ledger to say.
 *
 * Memory: one session at a time, however long its logs are, and what is left of each.
 */
export class StoreFileAudit {
  readonly #path: string;
  readonly #header: ExportHeader;
  readonly #options: VerifyExportOptions;
  readonly #recover: Recover;
  readonly #findings = new FindingList();
  readonly #unread: Unread[] = [];
  readonly #sessions: CheckedSession[] = [];
  readonly #seen = new Set<SessionId>();
  #unreadMore = 0;
  /** Logs whose end another copy tells. */
  #closedBeside = 0;
  #open: FileSession | undefined;

  constructor(path: string, header: ExportHeader, options: VerifyExportOptions) {
    const { recover = recoverSigner, ledgers = [] } = options;
    if (ledgers.length > 0)
      throw new GatelogError(
        "NOT_SERVED_HERE",
        "ledgers are compared with a log of a chain: this file is from a store",
      );
    this.#path = path;
    this.#header = header;
    this.#options = options;
    this.#recover = recover;
  }

  async run(): Promise<Verification> {
    const { expect = {}, node: reader, onBytes, session = null, fromBlock = 0 } = this.#options;
    const node = reader && { reader, anchor: await reader.anchor() };
    if (node !== undefined && !isOfNoChain(expect)) await this.#checkNode(node, expect);
    const lines = new ExportLines(bytesOf(this.#path));
    const claimed = new FindingList();
    const claims = new ExportClaims(claimed, false);
    const keys = new FileKeys({ pinned: expect.gateways, node, fromBlock });
    const anchors = new AnchoredEntries(this.#findings, node);
    let count = 0;
    for await (const record of lines.records()) {
      count += 1;
      if (count % LINES_PER_REPORT === 0) onBytes?.(lines.read.bytes);
      if (record.kind === "session") await this.#finish(keys);
      if (session !== null && !isOf(record, session, this.#open)) continue;
      claims.take(record);
      await this.#take(record, keys, anchors);
    }
    await this.#finish(keys);
    anchors.end();
    this.#nameMissing(session);
    if (session !== null && this.#sessions.length === 0)
      throw new GatelogError("UNKNOWN_SESSION", `the file has no session ${session}`, { sessionId: session });
    this.#unread.push(...lines.read.unread, ...anchors.unread);
    const source = sourceOf(this.#path, lines.read, this.#notes(keys, anchors, node?.anchor));
    const beside = { found: claimed.found, unread: [], trusted: { source } };
    return withBeside(this.#verification(keys, node?.anchor), beside);
  }

  /** Throws WRONG_CHAIN if the node serves another chain or contract than is pinned: then no anchor and no key of it matters. */
  async #checkNode(
    { reader, anchor }: { readonly reader: AuditReader; readonly anchor: Anchor },
    expect: Expectation,
  ): Promise<void> {
    checkIdentity(anchor, expect);
    try {
      await checkPinnedBlock(reader, expect, this.#findings);
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.#cannotTell("pinned block", error.code, error.message);
    }
  }

  async #take(record: ExportBody, keys: FileKeys, anchors: AnchoredEntries): Promise<void> {
    const open = this.#open;
    switch (record.kind) {
      case "gateway":
        await keys.take(record, this.#findings);
        return;
      case "session":
        this.#open = new FileSession(record);
        if (this.#seen.has(this.#open.sessionId))
          this.#findings.add(
            "EVENT_DOUBLED",
            { sessionId: this.#open.sessionId },
            "session in the file",
            "one",
            "another",
          );
        this.#seen.add(this.#open.sessionId);
        anchors.begin(
          this.#open.sessionId,
          this.#open.parties.map(({ gatewayId }) => gatewayId),
        );
        return;
      case "skipped":
        this.#cannotTell(`session ${record.sessionId}`, "INVALID_SESSION", "whoever made the file left it out");
        return;
      case "proof":
        await anchors.proof(record.entryHash, record.proof);
        return;
      case "entry":
        anchors.entry(record.entry);
        break;
      default:
    }
    const named = namedIn(record);
    if (open?.sessionId !== named.sessionId)
      this.#findings.add(
        "UNREADABLE",
        named,
        `session that a record of kind ${record.kind} stands under`,
        open?.sessionId ?? "one",
        named.sessionId,
      );
    else if (record.kind === "entry") open.entry(record.entry);
    else if (record.kind === "decision") open.decision(record.statement);
    else if (record.kind === "closing") open.closing(record.statement);
  }

  /** Checks the session that has come to its end. */
  async #finish(keys: FileKeys): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const { domain, line } = open;
    const events = open.events();
    const gateways = new SessionKeys(domain, this.#recover, keys.known);
    for (const claim of open.claims(events)) gateways.claim(claim);
    const inquiry = { domain, recover: this.#recover, findings: this.#findings, gateways };
    const opening = checkOpening(inquiry, events);
    // Of a register that the source does not keep its silence says nothing.
    const keepsRegister = line.decision !== null;
    const judged = keepsRegister ? opening : withoutRegister(opening);
    const heads = this.#headsOf(open, gateways, opening);
    const timestampOf = () => {
      this.#cannotTell(
        `time of the decision of session ${open.sessionId}`,
        "NOT_FOUND",
        "no block says when it was written",
      );
      return Promise.resolve(Infinity);
    };
    const options = { timestampOf, withTransfer: false, withStory: this.#options.stories ?? false };
    const checked = await checkSession(inquiry, events, judged, heads, options);
    const isElsewhere = !keepsRegister && checked.outcome === "UNDECIDED";
    this.#sessions.push({ ...checked, ...(isElsewhere && { outcome: "ELSEWHERE" }), order: this.#sessions.length });
    if (!keepsRegister && line.opening.facts.register === "log")
      this.#cannotTell(
        `decision of session ${open.sessionId}`,
        "NO_REGISTER",
        "the source of the file does not keep its register",
      );
  }

  /** Where the logs end: as their closings say if their gateways signed them, else as the file does, which proves nothing. */
  #headsOf(open: FileSession, gateways: SessionKeys, opening: OpenSession | undefined): SessionHeads {
    const logs = new Map<GatewayId, LogWord>();
    for (const { gatewayId } of open.parties) {
      const said = open.line.logs.find((log) => log.gatewayId === gatewayId);
      const own = open.closings.find((each) => each.gatewayId === gatewayId);
      const closing = own ?? this.#closedElsewhere(open, said);
      const digest = closing && statementDigest(open.domain, "CloseLog", { ...closing, sessionHash: open.sessionHash });
      const key = closing && gateways.keyOf(gatewayId, closing.epoch)?.key;
      const isSigned =
        closing && digest && key !== undefined && signerOf(this.#recover, digest, closing.signature) === key;
      if (isSigned !== true)
        this.#cannotTell(
          `end of the log of ${gatewayId} in session ${open.sessionId}`,
          "NOT_FOUND",
          "it is not closed, and nothing signed says how long it is",
        );
      else if (own === undefined) this.#closedBeside += 1;
      const end = isSigned === true ? closing : said;
      // An opening that is not the origin's is found wanting already, and with it nothing can be told of a log.
      if (end === undefined || opening?.proven !== true) continue;
      const isClosed = own !== undefined && said?.closed !== false;
      const lastEntryHash = end.lastEntryHash.slice(0, PREFIX_DIGITS) as LogWord["lastEntryHash"];
      logs.set(gatewayId, { length: end.length, lastEntryHash, lastBlock: 0, open: !isClosed, closed: isClosed });
    }
    return { session: undefined, decision: undefined, logs };
  }

  /** The closing that another copy has of this log, if it is the end of what this one has. Of a copy that was taken earlier it is not. */
  #closedElsewhere({ sessionId }: FileSession, said: SaidLog | undefined): ExportedClosing["statement"] | undefined {
    const closing = said && this.#options.closings?.of(sessionId, said.gatewayId);
    if (closing === undefined || closing.length !== said?.length) return undefined;
    const [end, last] = [closing.lastEntryHash, said.lastEntryHash].map((hash) => hash.slice(0, PREFIX_DIGITS));
    return end === last ? closing : undefined;
  }

  #verification(keys: FileKeys, anchor: Anchor | undefined): Verification {
    const { session = null } = this.#options;
    const total = this.#sessions.reduce((sum, { entries }) => sum + entries, 0);
    const withPayload = this.#sessions.reduce((sum, checked) => sum + checked.withPayload, 0);
    const more: Unread[] =
      this.#unreadMore === 0
        ? []
        : [{ what: "more of the same", code: "NOT_FOUND", message: `${this.#unreadMore} times` }];
    const unread = [...this.#unread, ...more];
    return {
      verdict: verdictOf(this.#findings.count, unread, withPayload === total ? "sound" : "could-not-tell"),
      ...{ session, entries: { total, withPayload }, anchors: null, sessions: this.#sessions, ledgers: [] },
      trusted: trustedOf(keys, anchor),
      // No block stands behind a record of a store.
      findings: this.#findings
        .sorted()
        .map((finding) => ({ ...finding, block: finding.block === 0 ? null : finding.block })),
      ...{ findingCount: this.#findings.count, unread, refused: 0 },
    };
  }

  #notes(keys: FileKeys, anchors: AnchoredEntries, anchor: Anchor | undefined): string[] {
    const { sessions } = this.#header;
    const { entries, proofs, anchored } = anchors.counts;
    const roots =
      anchor === undefined
        ? "under roots that are believed"
        : `under roots that registry ${anchor.registry} has at block ${anchor.block.number}`;
    return [
      "ends of logs as their gateways have signed them; no chain says that there are no further sessions or entries",
      keys.believed === 0
        ? "keys: all pinned, or those of the registry"
        : `keys: of ${keys.believed} gateways as the file says them (--expect pins them)`,
      sessions === "all"
        ? "sessions: all that its store had"
        : `sessions: the ${sessions.length} that the file was made of`,
      proofs === 0 ? "anchors: the file has no proofs" : `anchors: ${anchored} of ${entries} entries ${roots}`,
      ...(this.#closedBeside === 0 ? [] : [`logs whose end is signed in the other file alone: ${this.#closedBeside}`]),
    ];
  }

  /** Sessions that the file was asked for by name. */
  #nameMissing(session: SessionId | null): void {
    const { sessions } = this.#header;
    if (sessions === "all" || session !== null) return;
    for (const sessionId of sessions)
      if (!this.#seen.has(sessionId))
        this.#cannotTell(`session ${sessionId}`, "NOT_FOUND", "the file was made of it, and does not have it");
  }

  #cannotTell(what: string, code: Unread["code"], message: string): void {
    if (this.#unread.length < MAX_UNREAD) this.#unread.push({ what, code, message });
    else this.#unreadMore += 1;
  }
}

type SaidLog = ExportedSession["logs"][number];

/** Digits of the first 24 bytes of a hash, with 0x. */
const PREFIX_DIGITS = 50;

/** As if its register were elsewhere: then no entry is held against a decision. */
function withoutRegister(opening: OpenSession | undefined): OpenSession | undefined {
  if (opening?.facts?.register !== "log") return opening;
  return { ...opening, facts: { ...opening.facts, register: "destination" } };
}

function trustedOf(keys: FileKeys, anchor: Anchor | undefined): Trusted {
  const { chainId = 0, genesisHash = ZERO_HASH, registry = ZERO_ADDRESS, block } = anchor ?? {};
  return {
    ...{ chainId, genesisHash, registry },
    block: { number: block?.number ?? 0, hash: block?.hash ?? ZERO_HASH },
    gateways: keys.trusted,
  };
}

function isOf(record: ExportBody, sessionId: string, open: FileSession | undefined): boolean {
  if (record.kind === "gateway") return true;
  return record.kind === "session" ? record.opening.facts.sessionId === sessionId : open?.sessionId === sessionId;
}

function namedIn(record: Extract<ExportBody, { kind: "entry" | "decision" | "closing" | "closed" }>) {
  if (record.kind === "closed") return { sessionId: record.sessionId };
  if (record.kind === "entry") {
    const { sessionId, gatewayId, index } = record.entry;
    return { sessionId, gatewayId, index };
  }
  const { sessionId } = record.statement;
  return { sessionId };
}
