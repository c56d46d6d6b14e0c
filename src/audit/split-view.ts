import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { decodeEvent, kindOf, ownerOf } from "./reading/event-decoder.ts";
import { FindingList, type Found, type Subject } from "./findings.ts";
import { subjectOf } from "./intake.ts";
import type { Anchor, AuditReader, BlockInfo, LogPart, LogQuery, RawLog } from "./reading/reader.ts";
import type { TrustedSource } from "./trust.ts";
import type { Left } from "./checkpoint/checkpoint-lines.ts";
import type { Unread, Verification } from "./verification.ts";
import { withBeside } from "./verification-parts.ts";
import { verify, type VerifyOptions } from "./verify.ts";

/** Answers that parted and are named; of more the rest is counted. */
const MAX_NAMED_ANSWERS = 100;
/** Order of what parts in the chain itself: it is told before the heads, which part because of it. */
const IN_CHAIN = 0;

/**
 * Audits a registry as the first of two nodes shows it, and holds every event and every head against the second's answer, as of the lower
 * of their final blocks. Where they part is SPLIT_VIEW: of events the first place, of heads each. Who is right, two nodes cannot say.
 *
 * A second node that stops answering is named in `unread`, so that the verdict is not sound; the audit goes on with the first. Errors:
 * those of `verify`, those of the second node if it cannot say of which chain it is, WRONG_CHAIN if the nodes are of different chains.
 */
export async function verifyTwice(
  first: AuditReader,
  second: AuditReader,
  options: VerifyOptions = {},
): Promise<Verification> {
  const twin = new TwinReader(first, second);
  const { onEnd, ...rest } = options;
  // Where the two part no later run would find it again: what was read is not to be gone on from.
  const agreed = (left: Left) => (twin.found.count > 0 || twin.unread.length > 0 ? Promise.resolve() : onEnd?.(left));
  const verification = await verify(twin, { ...rest, onEnd: async (left) => agreed(left) });
  const { number } = verification.trusted.block;
  const notes = [
    ...(verification.trusted.source?.notes ?? []),
    `two nodes: each event and head as of block ${number} was asked of both; where they part, the first one's answer is audited`,
  ];
  const source: TrustedSource = { file: null, notes };
  return withBeside(verification, { found: twin.found, unread: twin.unread, trusted: { source } });
}

/** Two readers as one: what the first says, with a finding where the second says otherwise. */
class TwinReader implements AuditReader {
  readonly #first: AuditReader;
  readonly #second: AuditReader;
  readonly #findings = new FindingList();
  readonly #parted = new Set<string>();
  /** Set once the second is no longer asked. */
  #lost: Unread | undefined;
  /** Set if the first did not say where the two part. */
  #unknownBlock: Unread | undefined;
  #eventsParted = false;

  constructor(first: AuditReader, second: AuditReader) {
    this.#first = first;
    this.#second = second;
  }

  /** In an order that does not depend on which answer came first. */
  get found(): Found {
    return this.#findings.foundInOrder;
  }

  get unread(): readonly Unread[] {
    return [this.#unknownBlock, this.#lost].filter((gap) => gap !== undefined);
  }

  async anchor(): Promise<Anchor> {
    const [ours, theirs] = [await this.#first.anchor(), await this.#second.anchor()];
    for (const member of ["chainId", "registry"] as const)
      if (ours[member] !== theirs[member])
        throw new GatelogError(
          "WRONG_CHAIN",
          `the nodes are of different ${member}: ${ours[member]} and ${theirs[member]}`,
          {
            ...{ member, expected: ours[member], actual: theirs[member] },
          },
        );
    const number = Math.min(ours.block.number, theirs.block.number);
    const block = await this.#first.blockOf(number);
    if (ours.genesisHash !== theirs.genesisHash)
      this.#parts({ block: 0, order: IN_CHAIN }, "hash of block 0", ours.genesisHash, theirs.genesisHash);
    else await this.#compareBlocks(block);
    return { ...ours, block };
  }

  /** Each part when both have read as far. */
  async *logs(query: LogQuery): AsyncGenerator<LogPart> {
    const theirs = new EventQueue(this.#second.logs(query));
    try {
      for await (const part of this.#first.logs(query)) {
        for (const ours of part.logs) if (this.#isCompared) await this.#compareEvent(ours, theirs);
        yield part;
      }
      if (this.#isCompared) await this.#compareEvent(undefined, theirs);
    } finally {
      await theirs.close();
    }
  }

  logOf(...of: Parameters<AuditReader["logOf"]>) {
    const [, gatewayId] = of;
    return this.#both({ gatewayId }, `head of the log under session hash ${of[0]}`, (reader) => reader.logOf(...of));
  }

  sessionOf(...of: Parameters<AuditReader["sessionOf"]>) {
    const [sessionId] = of;
    return this.#both({ sessionId }, "session in the register", (reader) => reader.sessionOf(...of));
  }

  decisionOf(...of: Parameters<AuditReader["decisionOf"]>) {
    const [sessionId] = of;
    return this.#both({ sessionId }, "decision in the register", (reader) => reader.decisionOf(...of));
  }

  gatewayOf(...of: Parameters<AuditReader["gatewayOf"]>) {
    const [gatewayId] = of;
    return this.#both({ gatewayId }, "gateway in the registry", (reader) => reader.gatewayOf(...of));
  }

  anchorsOf(...of: Parameters<AuditReader["anchorsOf"]>) {
    const [gatewayId] = of;
    return this.#both({ gatewayId }, "number of anchors", (reader) => reader.anchorsOf(...of));
  }

  anchorOf(...of: Parameters<AuditReader["anchorOf"]>) {
    const [gatewayId, index] = of;
    return this.#both({ gatewayId }, `root of anchor ${index}`, (reader) => reader.anchorOf(...of));
  }

  blockOf(block: number): Promise<BlockInfo> {
    return this.#both({ block }, `block ${block}`, (reader) => reader.blockOf(block));
  }

  get #isCompared(): boolean {
    return this.#lost === undefined && !this.#eventsParted;
  }

  /** Both are asked at once. What the first rejects with is the answer. */
  async #both<T>(subject: Subject, what: string, ask: (reader: AuditReader) => Promise<T>): Promise<T> {
    const theirs = this.#lost === undefined ? settled(ask(this.#second)) : undefined;
    const ours = await ask(this.#first);
    if (theirs === undefined) return ours;
    await this.#ask(what, async () => {
      const [mine, other] = [describe(ours), describe(await theirs())];
      if (mine !== other) this.#parts(subject, what, mine, other);
    });
    return ours;
  }

  /** What the second node cannot answer ends the comparison, and nothing else. */
  async #ask(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.#lost ??= gapOf(`the second node, asked for ${what}`, error);
    }
  }

  /** `ours` undefined: there are no more. */
  #compareEvent(ours: RawLog | undefined, theirs: EventQueue): Promise<void> {
    return this.#ask("events", async () => {
      const other = await theirs.peek();
      if (describe(ours) !== describe(other)) this.#eventParts(ours, other);
      theirs.next();
    });
  }

  #eventParts(ours: RawLog | undefined, theirs: RawLog | undefined): void {
    this.#eventsParted = true;
    const [first] = [ours, theirs].filter((log) => log !== undefined).toSorted(byPlace);
    if (first === undefined) return;
    const place = `event at block ${first.blockNumber}, log ${first.logIndex}`;
    this.#parts(subjectIn(first), place, nameOf(ours), nameOf(theirs));
  }

  /**
   * Where the last block differs, the first that does: their chains part there. If a node stops answering before that is known, the lowest
   * that is known to differ: that they part is certain by then.
   */
  async #compareBlocks(last: BlockInfo): Promise<void> {
    const known: (readonly [BlockInfo, BlockInfo])[] = [];
    await this.#ask(`the blocks up to ${last.number}`, async () => {
      for await (const answers of this.#differing(last)) known.push(answers);
    });
    const lowest = known.at(-1);
    if (lowest === undefined) return;
    const [{ number, hash }, theirs] = lowest;
    this.#parts({ block: number, order: IN_CHAIN }, `hash of block ${number}`, hash, theirs.hash);
  }

  /** What both say of blocks that differ, each lower than the one before it, and the first of all at the end. None if the last is the same. */
  async *#differing(last: BlockInfo): AsyncGenerator<readonly [BlockInfo, BlockInfo]> {
    const theirLast = await this.#second.blockOf(last.number);
    if (theirLast.hash === last.hash) return;
    yield [last, theirLast];
    let [same, other] = [0, last.number];
    while (other - same > 1) {
      const middle = Math.floor((same + other) / 2);
      const ours = await this.#ownBlock(middle);
      if (ours === undefined) return;
      const theirs = await this.#second.blockOf(middle);
      if (ours.hash === theirs.hash) same = middle;
      else {
        other = middle;
        yield [ours, theirs];
      }
    }
  }

  /** Undefined if the first does not say: the audit itself has no need of it. */
  async #ownBlock(number: number): Promise<BlockInfo | undefined> {
    try {
      return await this.#first.blockOf(number);
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.#unknownBlock = gapOf(`the first node, asked for block ${number}`, error);
      return undefined;
    }
  }

  #parts(subject: Subject, what: string, ours: string, theirs: string): void {
    const key = JSON.stringify([subject.sessionId, subject.gatewayId, what]);
    if (this.#parted.has(key)) return;
    if (this.#parted.size < MAX_NAMED_ANSWERS) this.#parted.add(key);
    this.#findings.add("SPLIT_VIEW", subject, `${what}, of the first node and of the second`, ours, theirs);
  }
}

function gapOf(what: string, { code, message }: GatelogError): Unread {
  return { what, code, message };
}

/** The second node's events, a part of them at a time. */
class EventQueue {
  readonly #parts: AsyncIterator<LogPart>;
  #waiting: readonly RawLog[] = [];
  #next = 0;

  constructor(parts: AsyncIterable<LogPart>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  /** The next event; undefined if there are no more. */
  async peek(): Promise<RawLog | undefined> {
    while (this.#next >= this.#waiting.length) {
      const part = await this.#parts.next();
      if (part.done === true) return undefined;
      this.#waiting = part.value.logs;
      this.#next = 0;
    }
    return this.#waiting[this.#next];
  }

  next(): void {
    this.#next += 1;
  }

  async close(): Promise<void> {
    await this.#parts.return?.();
  }
}

/** So that a rejection which nobody has come to yet is not taken for one that nobody looks at. */
function settled<T>(answer: Promise<T>): () => Promise<T> {
  answer.catch(() => undefined);
  return () => answer;
}

/** Answers are plain data with one order of members each, but for their spelling. */
function describe(answer: unknown): string {
  return JSON.stringify(answer, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function byPlace(a: RawLog, b: RawLog): number {
  return a.blockNumber - b.blockNumber || a.logIndex - b.logIndex;
}

function nameOf(log: RawLog | undefined): string {
  return log === undefined ? "no event there" : `${kindOf(log) ?? "an unknown event"} ${describe(log)}`;
}

function subjectIn(log: RawLog): Subject {
  const { blockNumber: block, logIndex, transactionHash } = log;
  const { event } = decodeEvent(log, { block, logIndex, transactionHash, order: IN_CHAIN });
  const subject = event === undefined ? { ...ownerOf(log), block } : subjectOf(event);
  return { ...subject, order: IN_CHAIN };
}
