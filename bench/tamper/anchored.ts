import type { FindingCode } from "../../src/audit/findings.ts";
import { verifyExport } from "../../src/audit/files/verify-export.ts";
import type { GatewayId, Hash, SessionId } from "../../src/entry/hex.ts";
import type { InclusionProof } from "../../src/entry/inclusion-proof.ts";
import { AnchorTree } from "../../src/store/anchor-tree.ts";
import { altered, asOfStore, type Line } from "../../test/support/export-files.ts";
import { RecordedReader, type Recording } from "../../test/support/recorded-reader.ts";
import { fileOf, withFiles } from "./files.ts";
import { forked } from "./fork.ts";
import type { Due, Said, Trial } from "./mutation.ts";
import type { KnownEntry, Subject } from "./subject.ts";

const MOST_IN_AN_ANCHOR = 16;

/** An entry, and the proof that it is in an anchor. */
interface Proven {
  readonly known: KnownEntry;
  readonly proof: InclusionProof;
}

/** The log as a gateway has it in a store that anchors it. */
interface AnchoredLog {
  /** In the order of the anchors. */
  readonly proven: readonly Proven[];
  /** The registry, with the anchors. */
  readonly node: Recording;
}

const anchoredLogs = new WeakMap<Subject, AnchoredLog | null>();

/** Null where nobody can have anchored anything. */
function anchoredOf(subject: Subject): AnchoredLog | null {
  const known = anchoredLogs.get(subject);
  if (known !== undefined) return known;
  const made = anchor(subject);
  anchoredLogs.set(subject, made);
  return made;
}

/** Batch by batch, as they were written; the youngest stand behind the last anchor. */
function anchor(subject: Subject): AnchoredLog | null {
  const { random, recording, domain, openings } = subject;
  const gatewayId = [...openings.values()][0]?.originGatewayId;
  if (gatewayId === undefined) return null;
  const own = subject.entries.filter(({ event }) => {
    const opened = openings.get(event.sessionId);
    return opened?.originGatewayId === gatewayId || opened?.destinationGatewayId === gatewayId;
  });
  const covered = own.slice(0, Math.max(1, own.length - random.whole(0, MOST_IN_AN_ANCHOR)));
  const roots = new Map(recording.roots);
  const proven: Proven[] = [];
  let index = recording.anchorsWords.get(gatewayId)?.count ?? 0;
  for (let from = 0; from < covered.length; index += 1) {
    const leaves = covered.slice(from, from + random.whole(1, MOST_IN_AN_ANCHOR));
    const last = leaves.at(-1);
    if (last === undefined) break;
    const tree = new AnchorTree(leaves.map(({ entry }) => entry.entryHash));
    const { blockNumber: block, transactionHash } = last.log;
    const place = { ...domain, gatewayId, index, root: tree.root, entries: leaves.length, transactionHash, block };
    for (const [position, known] of leaves.entries())
      proven.push({ known, proof: { anchor: { ...place, final: true }, path: tree.pathOf(position) } });
    roots.set(`${gatewayId}/${index}`, tree.root);
    from += leaves.length;
  }
  return { proven, node: { ...recording, roots } };
}

interface EntryLine extends Line {
  readonly entry: {
    readonly sessionId: SessionId;
    readonly gatewayId: GatewayId;
    readonly index: number;
    readonly entryHash: Hash;
  };
}

function isEntry(line: Line): line is EntryLine {
  return line.kind === "entry";
}

/** The store's file: each proof behind the entry that stands at its place, whatever entry that is. */
async function fileWith(recording: Recording, proven: readonly Proven[]): Promise<string> {
  const proofs = new Map(proven.map(({ known: { entry }, proof }) => [nameOf(entry), proof]));
  return altered(await fileOf(recording), (lines) =>
    asOfStore(lines).flatMap((line) => {
      const proof = isEntry(line) ? proofs.get(nameOf(line.entry)) : undefined;
      return isEntry(line) && proof !== undefined
        ? [line, { kind: "proof", entryHash: line.entry.entryHash, proof }]
        : [line];
    }),
  );
}

function nameOf({ sessionId, gatewayId, index }: EntryLine["entry"]): string {
  return `${sessionId} ${gatewayId} ${index}`;
}

/** What an auditor says of the file of the anchored log, if there is one. */
export async function auditAnchored(subject: Subject): Promise<Said | null> {
  const log = anchoredOf(subject);
  return log && auditFile(await fileWith(subject.recording, log.proven), log.node);
}

function auditFile(text: string, node: Recording): Promise<Said> {
  return withFiles([text], ([path = ""]) => verifyExport(path, { threads: 1, node: new RecordedReader(node) }));
}

/** What is done to an anchored log, and what of it is due. */
interface Change {
  readonly row: string;
  readonly what: string;
  readonly codes: readonly FindingCode[];
  /** Of which entries. */
  readonly at: readonly Proven[];
  readonly proven?: readonly Proven[];
  readonly node?: Recording;
}

type Changer = (subject: Subject, log: AnchoredLog, one: Proven) => Change | undefined;

function trial(change: Changer): (subject: Subject) => Trial | undefined {
  return (subject) => {
    const log = anchoredOf(subject);
    if (log === null || log.proven.length === 0) return undefined;
    const changed = change(subject, log, subject.random.pick(log.proven));
    if (changed === undefined) return undefined;
    const { row, what, codes, at, proven = log.proven, node = log.node } = changed;
    return {
      ...{ row, what },
      due: at.map(({ known }) => dueAt(known, codes)),
      audit: async () => auditFile(await fileWith(subject.recording, proven), node),
    };
  };
}

function dueAt({ event: { sessionId, gatewayId }, entry: { index } }: KnownEntry, codes: readonly FindingCode[]): Due {
  return { codes, sessionId, gatewayId, index };
}

function describeOne({ known: { entry }, proof }: Proven): string {
  return `entry ${entry.index} of ${entry.gatewayId} in session ${entry.sessionId}, anchor ${proof.anchor.index}`;
}

function under({ proven }: AnchoredLog, { proof }: Proven): Proven[] {
  return proven.filter((each) => each.proof.anchor.index === proof.anchor.index);
}

/** With another proof of this one. */
function withProof({ proven }: AnchoredLog, one: Proven, proof: InclusionProof): Proven[] {
  return proven.map((each) => (each === one ? { ...one, proof } : each));
}

const OTHER_ROOT: Hash = `0x${"5c".repeat(32)}`;

const CHANGES: readonly Changer[] = [
  (_, log, one) => {
    const { entry } = one.known;
    const isAnchored = log.proven.some(
      ({ known: { entry: other } }) =>
        other.sessionId === entry.sessionId && other.gatewayId === entry.gatewayId && other.index > entry.index,
    );
    if (!isAnchored) return undefined;
    const proven = log.proven.filter((each) => each !== one);
    return { row: "proof taken out", what: describeOne(one), codes: ["UNANCHORED"], at: [one], proven };
  },
  (_, log, one) => {
    const roots = new Map(log.node.roots);
    roots.delete(`${one.proof.anchor.gatewayId}/${one.proof.anchor.index}`);
    const node = { ...log.node, roots };
    return {
      row: "anchor not in the registry",
      what: describeOne(one),
      codes: ["UNANCHORED"],
      at: under(log, one),
      node,
    };
  },
  (_, log, one) => {
    const { gatewayId, index } = one.proof.anchor;
    const roots = new Map(log.node.roots).set(`${gatewayId}/${index}`, OTHER_ROOT);
    const node = { ...log.node, roots };
    return {
      row: "other root in the registry",
      what: describeOne(one),
      codes: ["ROOT_MISMATCH"],
      at: under(log, one),
      node,
    };
  },
  (subject, log, one) => {
    const { anchor, path } = one.proof;
    const at = subject.random.whole(0, path.length);
    const other = at === path.length ? [...path, OTHER_ROOT] : path.with(at, OTHER_ROOT);
    const proven = withProof(log, one, { anchor, path: other });
    return { row: "another way to the root", what: describeOne(one), codes: ["ROOT_MISMATCH"], at: [one], proven };
  },
  (_, log, one) => onAnchor(log, one, { root: OTHER_ROOT }, "other root in the proof", ["ROOT_MISMATCH"]),
  (_, log, one) => onAnchor(log, one, { gatewayId: OTHER_ROOT }, "anchored by a stranger", ["ROOT_MISMATCH"]),
  (_, log, one) => onAnchor(log, one, { index: 4_000_000 }, "anchor that nobody has written", ["UNANCHORED"]),
  (subject, log, one) => {
    const others = log.proven.filter(({ proof }) => proof.anchor.index !== one.proof.anchor.index);
    if (others.length === 0) return undefined;
    const { index } = subject.random.pick(others).proof.anchor;
    return onAnchor(log, one, { index }, "another anchor named", ["ROOT_MISMATCH"]);
  },
  (subject, log, one) => {
    const others = log.proven.filter((other) => other !== one);
    if (others.length === 0) return undefined;
    const proven = withProof(log, one, subject.random.pick(others).proof);
    return { row: "proof of another entry", what: describeOne(one), codes: ["ROOT_MISMATCH"], at: [one], proven };
  },
];

function onAnchor(
  log: AnchoredLog,
  one: Proven,
  change: Partial<InclusionProof["anchor"]>,
  row: string,
  codes: readonly FindingCode[],
): Change {
  const { anchor, path } = one.proof;
  const proven = withProof(log, one, { path, anchor: { ...anchor, ...change } });
  return { row, what: describeOne(one), codes, at: [one], proven };
}

/** What the writer itself has signed anew once it was anchored: nothing but the anchor shows it. */
async function rewritten(subject: Subject): Promise<Trial | undefined> {
  const log = anchoredOf(subject);
  const fork = await forked(subject);
  if (log === null || fork === undefined) return undefined;
  const { entry } = fork.from;
  const behind = log.proven.filter(
    ({ known: { entry: other } }) =>
      other.sessionId === entry.sessionId && other.gatewayId === entry.gatewayId && other.index >= entry.index,
  );
  if (behind.length === 0) return undefined;
  return {
    row: "entry written anew behind its anchor",
    what: `session ${entry.sessionId}, log of ${entry.gatewayId}, from entry ${entry.index} on`,
    due: behind.map(({ known }) => dueAt(known, ["ROOT_MISMATCH"])),
    audit: async () => auditFile(await fileWith(fork.recording, log.proven), log.node),
  };
}

/** Entries, anchors and proofs that do not belong together. */
export const ANCHORED: readonly ((subject: Subject) => Trial | undefined | Promise<Trial | undefined>)[] = [
  ...CHANGES.map(trial),
  rewritten,
];
