import { createHash, type Hash as Hasher } from "node:crypto";
import { GatelogError } from "../../entry/errors.ts";
import { bytesToHex, type Address, type GatewayId, type SessionId } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import { linesOf } from "../files/export-lines.ts";
import { bytesOf } from "../files/export-source.ts";
import type { AnchorsWord } from "../reading/reader.ts";
import type { Given } from "../stored-event.ts";
import type { LogFooting } from "../checks/log-footing.ts";
import type { CheckpointPlace, Earlier, EarlierCounts, Footings, SessionHeadLine } from "./earlier.ts";
import {
  CHECKPOINT_FORMAT,
  CHECKPOINT_VERSION,
  checkpointLineSchema,
  type CheckpointBody,
  type CheckpointEnd,
  type CheckpointHeader,
  type CheckpointLine,
} from "./format.ts";
import { checkSignatures, HeadsHash } from "./statement.ts";

export interface OpenCheckpointOptions {
  /** Who must have signed it. Otherwise it is believed as it is: whoever can write the file can have it say anything. */
  readonly auditor?: Address;
}

/**
 * A checkpoint in a file. Nothing of it is given out before all of it was read once and its hashes and signatures found right; each later
 * reading is held against the same end, so that a file that is changed meanwhile ends the run. It is never in memory as a whole.
 *
 * What a signature proves is who vouches for it. That its sessions were checked is the auditor's word, and believed.
 */
export class CheckpointFile implements Earlier {
  readonly path: string;
  readonly header: CheckpointHeader;
  readonly end: CheckpointEnd;
  readonly counts: EarlierCounts;
  readonly anchors: ReadonlyMap<GatewayId, AnchorsWord>;
  readonly footings: Footings;

  private constructor(path: string, header: CheckpointHeader, end: CheckpointEnd, tally: Tally) {
    this.path = path;
    this.header = header;
    this.end = end;
    this.anchors = tally.anchors;
    this.footings = tally.footings;
    this.counts = tally.counts;
  }

  /**
   * MALFORMED if it cannot be read, is cut, or is not what its end says; INVALID_SIGNATURE if a signature is not over it;
   * FOREIGN_SIGNATURE if the auditor who is asked for has not signed it.
   */
  static async open(path: string, { auditor }: OpenCheckpointOptions = {}): Promise<CheckpointFile> {
    const reading = new Reading(path);
    const tally = new Tally();
    for await (const line of reading.lines()) tally.take(line);
    const { header, end } = reading.ends();
    if (end.headsHash !== tally.heads.hash)
      throw changed(path, "the heads of its sessions are not those that its end says");
    checkSignatures(end, end.signatures, path);
    if (auditor !== undefined && !end.signatures.some((each) => each.auditor === auditor))
      throw new GatelogError("FOREIGN_SIGNATURE", `${path} is not signed by ${auditor}`, {
        ...{ file: path, expected: auditor, actual: end.signatures.map((each) => each.auditor).join(", ") || "nobody" },
      });
    return new CheckpointFile(path, header, end, tally);
  }

  get place(): CheckpointPlace {
    const { chainId, genesisHash, registry, block } = this.end;
    return { chainId, genesisHash, registry, block };
  }

  get notes(): readonly string[] {
    const { end, header, counts } = this;
    const by = end.signatures.map(({ auditor }) => auditor).join(" and ");
    const signed = by === "" ? "by nobody: whoever can write the file can have it say anything" : `by ${by}`;
    return [
      `the checkpoint ${this.path} as of block ${end.block.number} (${header.at}, finality ${header.finality}), signed ${signed}`,
      `checked by the runs before it, and not read again: entries: ${counts.entries}, of closed sessions (${counts.sessions}) and of long logs that are open (${this.footings.size}); anchors: ${counts.anchors}`,
    ];
  }

  async *events(): AsyncGenerator<Given> {
    for await (const line of this.#again()) if (line.kind === "event") yield { log: line.log, turn: line.turn };
  }

  async *settled(): AsyncGenerator<SessionHeadLine> {
    for await (const line of this.#again()) if (line.kind === "session" && line.settled) yield line;
  }

  /** Of all sessions. */
  async *heads(): AsyncGenerator<SessionHeadLine> {
    for await (const line of this.#again()) if (line.kind === "session") yield line;
  }

  async *#again(): AsyncGenerator<CheckpointBody> {
    const reading = new Reading(this.path);
    yield* reading.lines();
    if (reading.ends().end.stateHash !== this.end.stateHash)
      throw changed(this.path, "it was replaced while it was read");
  }
}

/** One reading from the first line to the last. */
class Reading {
  readonly #path: string;
  readonly #state: Hasher = createHash("sha256");
  #header: CheckpointHeader | undefined;
  #end: CheckpointEnd | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async *lines(): AsyncGenerator<CheckpointBody> {
    let number = 0;
    const cut = () => {
      throw changed(this.#path, "it ends within a line");
    };
    for await (const bytes of linesOf(bytesOf(this.#path), cut)) {
      number += 1;
      if (this.#end !== undefined) throw changed(this.#path, `line ${number} stands behind its end`);
      const line = number === 1 ? this.#takeHeader(bytes) : this.#parse(bytes, number);
      if (line.kind === "header") {
        if (number > 1) throw changed(this.#path, `line ${number} is a second header`);
      } else if (line.kind === "end") this.#end = line;
      else {
        this.#state.update(bytes).update("\n");
        yield line;
      }
    }
  }

  /** MALFORMED where one is missing, or what stands between them is not what the end says. */
  ends(): { readonly header: CheckpointHeader; readonly end: CheckpointEnd } {
    const [header, end] = [this.#header, this.#end];
    if (header === undefined || end === undefined) throw changed(this.#path, "it is cut: it has no end");
    if (bytesToHex(this.#state.copy().digest()) !== end.stateHash)
      throw changed(this.#path, "its lines are not those that its end says");
    return { header, end };
  }

  /** Before anything else of the line is looked at, so that a newer version is called by its name. */
  #takeHeader(bytes: Uint8Array): CheckpointLine {
    const value = valueOf(bytes, this.#path, 1);
    const header = typeof value === "object" && value !== null ? value : {};
    if (!("format" in header) || header.format !== CHECKPOINT_FORMAT)
      throw new GatelogError("MALFORMED", `${this.#path} is no checkpoint of an audit`, { file: this.#path });
    if (!("version" in header) || header.version !== CHECKPOINT_VERSION)
      throw new GatelogError("MALFORMED", `${this.#path}: a version that is not known here: use a newer gatelog`, {
        ...{ file: this.#path, expected: CHECKPOINT_VERSION },
      });
    const line = parseAs(checkpointLineSchema, value, "MALFORMED", `${this.#path}, line 1`);
    if (line.kind === "header") this.#header = line;
    return line;
  }

  #parse(bytes: Uint8Array, number: number): CheckpointLine {
    return parseAs(
      checkpointLineSchema,
      valueOf(bytes, this.#path, number),
      "MALFORMED",
      `${this.#path}, line ${number}`,
    );
  }
}

/** What the lines add up to. */
class Tally {
  readonly heads = new HeadsHash();
  readonly anchors = new Map<GatewayId, AnchorsWord>();
  readonly footings = new Map<SessionId, LogFooting>();
  #sessions = 0;
  #entries = 0;
  #refused = 0;

  take(line: CheckpointBody): void {
    if (line.kind === "counts") this.#refused = line.refused;
    else if (line.kind === "anchors")
      this.anchors.set(line.gatewayId, { count: line.count, lastBlock: line.lastBlock });
    else if (line.kind === "session") {
      this.heads.add(line);
      if (line.footing !== null) {
        this.footings.set(line.sessionId, line.footing);
        this.#entries += line.footing.index;
      }
      if (!line.settled) return;
      this.#sessions += 1;
      for (const { length } of line.logs) this.#entries += length;
    }
  }

  get counts(): EarlierCounts {
    const anchors = [...this.anchors.values()].reduce((sum, { count }) => sum + count, 0);
    return { sessions: this.#sessions, entries: this.#entries, anchors, refused: this.#refused };
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function valueOf(bytes: Uint8Array, path: string, line: number): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (cause) {
    throw new GatelogError("MALFORMED", `${path}, line ${line}: no JSON in UTF-8`, { file: path, line }, { cause });
  }
}

function changed(path: string, how: string): GatelogError {
  const advice = "take a copy that is whole, or begin anew under another name";
  return new GatelogError("MALFORMED", `${path} was changed or cut: ${how}; ${advice}`, { file: path });
}
