import { createHash } from "node:crypto";
import { parseCanonical } from "../../entry/canonical.ts";
import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { bytesToHex, type Hash } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import {
  EXPORT_FORMAT,
  EXPORT_VERSION,
  exportLineSchema,
  type ExportEnd,
  type ExportHeader,
  type ExportRecord,
} from "./export-format.ts";
import type { Unread } from "../verification.ts";

/** Bytes of a line without its end; the largest entry needs a twentieth of it. */
const MAX_LINE_SIZE = 1_048_576;
/** Lines that cannot be read and are named; of a file that has more, the rest is counted. */
const MAX_UNREAD_LINES = 100;
const NEWLINE = 0x0a;

/** What stands between header and end. */
export type ExportBody = Exclude<ExportRecord, ExportHeader | ExportEnd>;

/** What a file says of itself, and what could not be read of it. */
export interface ReadFile {
  readonly header: ExportHeader;
  /** SHA-256 of all of its bytes. */
  readonly sha256: Hash;
  readonly bytes: number;
  readonly unread: readonly Unread[];
}

/**
 * The records of an exported log, one at a time and unchecked but for their form. A line that cannot be read is passed over and named; so
 * is an end that is missing, or that says other numbers or another SHA-256 than the lines before it have. What the file holds is
 * then audited all the same, and the verdict is never sound: the SHA-256 is signed by nobody, so that whoever alters a line with care
 * alters the end too, and what is wrong must be found by other means anyway.
 *
 * Errors: MALFORMED if the first line is no header of such a file, TOO_LARGE for a line above 1 MiB, each with its `line`.
 */
export class ExportLines {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #hash = createHash("sha256");
  readonly #unread: Unread[] = [];
  readonly #counts = { gateways: 0, sessions: 0, entries: 0, decisions: 0, closings: 0, skipped: 0, proofs: 0 };
  #unreadLines = 0;
  #header: ExportHeader | undefined;
  #ended = false;
  #bytes = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Of what was read so far; the header is there from the first record on. */
  get read(): ReadFile {
    if (this.#header === undefined) throw noLog();
    const more = this.#unreadLines - MAX_UNREAD_LINES;
    const rest = more > 0 ? [unread("further lines", `${more} more lines cannot be read`)] : [];
    return {
      header: this.#header,
      sha256: bytesToHex(this.#hash.copy().digest()),
      bytes: this.#bytes,
      unread: [...this.#unread, ...rest],
    };
  }

  async *records(): AsyncGenerator<ExportBody, void, undefined> {
    let line = 0;
    const cut = (rest: Uint8Array): void => {
      this.#hash.update(rest);
      this.#bytes += rest.length;
      this.#cannotRead(line + 1, "the file ends within it");
    };
    for await (const bytes of linesOf(this.#chunks, cut)) {
      line += 1;
      const record = this.#take(bytes, line);
      this.#hash.update(bytes).update("\n");
      this.#bytes += bytes.length + 1;
      if (record !== undefined) yield record;
    }
    if (this.#header === undefined) throw noLog();
    if (!this.#ended)
      this.#unread.push(unread("end of the file", `the file is cut: it has no end behind line ${line}`));
  }

  #take(bytes: Uint8Array, line: number): ExportBody | undefined {
    if (line === 1) {
      this.#header = headerIn(bytes);
      return undefined;
    }
    const record = this.#readable(bytes, line);
    if (record === undefined) return undefined;
    if (this.#ended || record.kind === "header") {
      this.#cannotRead(line, record.kind === "header" ? "a second header" : "nothing stands behind the end");
      return undefined;
    }
    if (record.kind === "end") {
      this.#end(record, line);
      return undefined;
    }
    const member = COUNTED[record.kind];
    if (member !== undefined) this.#counts[member] += 1;
    return record;
  }

  #readable(bytes: Uint8Array, line: number): ExportRecord | undefined {
    try {
      return parseAs(exportLineSchema, valueOf(bytes), "MALFORMED", "the record");
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.#cannotRead(line, error.message);
      return undefined;
    }
  }

  #end(end: ExportEnd, line: number): void {
    this.#ended = true;
    const sha256 = bytesToHex(this.#hash.copy().digest());
    const { kind: _kind, ...says } = end;
    const has = { ...this.#counts, lines: line - 1, sha256 };
    for (const [member, value] of Object.entries(has)) {
      const said = says[member as keyof typeof has] ?? 0;
      if (said !== value)
        this.#unread.push(
          unread("end of the file", `line ${line}: it says ${member} ${said}, and the lines before it have ${value}`),
        );
    }
  }

  #cannotRead(line: number, message: string): void {
    this.#unreadLines += 1;
    if (this.#unreadLines <= MAX_UNREAD_LINES) this.#unread.push(unread(`line ${line}`, `line ${line}: ${message}`));
  }
}

const COUNTED = {
  gateway: "gateways",
  session: "sessions",
  entry: "entries",
  decision: "decisions",
  closing: "closings",
  skipped: "skipped",
  proof: "proofs",
  closed: undefined,
} as const;

function unread(what: string, message: string): Unread {
  return { what, code: "MALFORMED", message };
}

function noLog(): GatelogError {
  return new GatelogError("MALFORMED", "line 1: this is no log file: its first line does not say so", { line: 1 });
}

/** Before anything else of the line is looked at, so that a newer version is called by its name. */
function headerIn(bytes: Uint8Array): ExportHeader {
  const value = valueOf(bytes);
  const header = typeof value === "object" && value !== null ? value : {};
  if (!("format" in header) || header.format !== EXPORT_FORMAT) throw noLog();
  if (!("version" in header) || header.version !== EXPORT_VERSION)
    throw new GatelogError("MALFORMED", "line 1: a log file of a version that is not known here: use a newer gatelog", {
      ...{ line: 1, expected: EXPORT_VERSION },
    });
  const record = parseAs(exportLineSchema, value, "MALFORMED", "line 1, the header");
  if (record.kind !== "header") throw noLog();
  return record;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The value of a line in canonical JSON. One that is written as JSON.stringify writes it has no name twice and one form for each
 * value: what is left open is the order of names, which nothing rests on. That is seen in a fifth of the time.
 */
function valueOf(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = UTF8.decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatelogError("MALFORMED", "no JSON in UTF-8", {}, { cause });
  }
  if (JSON.stringify(value) === text) return value;
  const canonical = parseCanonical(bytes);
  if (canonical === undefined) throw new GatelogError("MALFORMED", "the line is no canonical JSON (RFC 8785)");
  return canonical;
}

/** Lines without their ends. @param onCut Takes what stands behind the last end of a line: it was cut, and is no line. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  onCut: (rest: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let line = 1;
  for await (const chunk of chunks) {
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      if (size + at >= MAX_LINE_SIZE) throw tooLong(line);
      yield parts.length === 0 ? rest.subarray(0, at) : Buffer.concat([...parts, rest.subarray(0, at)]);
      rest = rest.subarray(at + 1);
      parts = [];
      size = 0;
      line += 1;
    }
    size += rest.length;
    if (size >= MAX_LINE_SIZE) throw tooLong(line);
    // The piece is good until the next one alone.
    if (rest.length > 0) parts.push(Uint8Array.from(rest));
  }
  if (size > 0) onCut(Buffer.concat(parts));
}

function tooLong(line: number): GatelogError {
  const message = `line ${line}: at most ${MAX_LINE_SIZE} bytes`;
  return new GatelogError("TOO_LARGE", message, { maximum: MAX_LINE_SIZE, line });
}
