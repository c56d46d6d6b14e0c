import { createHash } from "node:crypto";
import { parseCanonical } from "../entry/canonical.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { bytesToHex } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { LogFileCheck } from "./log-file-check.ts";
import {
  lineOf,
  LOG_FILE_FORMAT,
  LOG_FILE_VERSION,
  logFileLineSchema,
  MAX_LINE_SIZE,
  type LogFileEnd,
  type LogFileRecord,
} from "./log-file.ts";

/** A record, and the number of its line, from 1 on. */
export interface NumberedRecord {
  readonly line: number;
  readonly record: LogFileRecord;
}

const NEWLINE = 0x0a;
/** How many records are checked before other work gets its turn: a signature takes about a millisecond. */
const RECORDS_PER_TURN = 16;

/**
 * The lines of a file of these records, each with its end; the last one with the counts is made here. Takes a record when a line
 * is asked for, and holds none. Throws what is wrong with a record (`LogFileCheck`): no file that is whole can be unreadable.
 * Signatures are not checked: a file passes on what its source holds, and who reads it checks.
 */
export async function* writeLogFile(
  records: AsyncIterable<Exclude<LogFileRecord, LogFileEnd>>,
): AsyncGenerator<string, LogFileEnd, undefined> {
  const check = new LogFileCheck({ withSignatures: false });
  const hash = createHash("sha256");
  let lines = 0;
  for await (const record of records) {
    check.take(record);
    const line = `${lineOf(record)}\n`;
    if (Buffer.byteLength(line) > MAX_LINE_SIZE) throw tooLong(lines + 1);
    hash.update(line);
    lines += 1;
    yield line;
  }
  const { proofs, ...counts } = check.counts;
  const sha256 = bytesToHex(hash.digest());
  const end: LogFileEnd = { kind: "end", lines, ...counts, ...(proofs > 0 && { proofs }), sha256 };
  check.take(end);
  yield `${lineOf(end)}\n`;
  return end;
}

/**
 * The records of a file, each when it is asked for, checked with all that stands before it: form, order, content, places and
 * signatures, by the keys that the file itself has. Whether they are the right keys is for the caller to say, who knows others; and
 * that the file is whole (counts, SHA-256) is known when the last record has come, and not before.
 *
 * @param options.withSignatures False for who has read the same file before; true by default.
 *
 * Every error has the number of its `line`. Errors: MALFORMED (no log file, cut, changed, doubled, out of order), TOO_LARGE (a
 * line), UNKNOWN_GATEWAY, and those of entries: WRONG_INDEX, WRONG_HEAD, STALE_EPOCH, UNKNOWN_LOG, INVALID_ENTRY,
 * WRONG_PAYLOAD_HASH, INVALID_SIGNATURE, FOREIGN_SIGNATURE.
 */
export async function* readLogFile(
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly withSignatures?: boolean } = {},
): AsyncGenerator<NumberedRecord, LogFileEnd, undefined> {
  const { withSignatures = true } = options;
  const check = new LogFileCheck({ withSignatures });
  const hash = createHash("sha256");
  let line = 0;
  let end: LogFileEnd | undefined;
  for await (const bytes of linesOf(chunks)) {
    line += 1;
    if (line % RECORDS_PER_TURN === 0) await nextTurn();
    const record = inLine(line, () => {
      const parsed = parseLine(bytes, line);
      if (parsed.kind === "end") checkEnd(parsed, line, bytesToHex(hash.copy().digest()));
      check.take(parsed);
      return parsed;
    });
    hash.update(bytes).update("\n");
    if (record.kind === "end") end = record;
    yield { line, record };
  }
  if (end === undefined)
    throw new GatelogError("MALFORMED", `the file is cut: it has no end behind line ${line}`, { line: line + 1 });
  return end;
}

function checkEnd(end: LogFileEnd, line: number, sha256: string): void {
  if (end.lines !== line - 1)
    throw new GatelogError("MALFORMED", `the file has ${line - 1} lines before its end, which says ${end.lines}`, {
      ...{ expected: end.lines, actual: line - 1 },
    });
  if (end.sha256 !== sha256)
    throw new GatelogError("MALFORMED", "the file was changed: its lines do not hash to what its end says", {
      ...{ expected: end.sha256, actual: sha256 },
    });
}

function parseLine(bytes: Uint8Array, line: number): LogFileRecord {
  const value = parseCanonical(bytes);
  if (value === undefined) throw new GatelogError("MALFORMED", "the line is no canonical JSON (RFC 8785)");
  if (line === 1) checkFormat(value);
  return parseAs(logFileLineSchema, value, "MALFORMED", "the record");
}

/** Before anything else of the line is looked at, so that a newer version is called by its name. */
function checkFormat(value: unknown): void {
  const header = typeof value === "object" && value !== null ? value : {};
  if (!("format" in header) || header.format !== LOG_FILE_FORMAT)
    throw new GatelogError("MALFORMED", "this is no log file: its first line does not say so");
  if (!("version" in header) || header.version !== LOG_FILE_VERSION)
    throw new GatelogError("MALFORMED", "a log file of a version that is not known here: use a newer gatelog", {
      expected: LOG_FILE_VERSION,
    });
}

/** Lines without their ends. A last one that is not ended was cut. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let line = 1;
  for await (const chunk of chunks) {
    let rest = chunk;
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      size += at;
      if (size >= MAX_LINE_SIZE) throw tooLong(line);
      yield Buffer.concat([...parts, rest.subarray(0, at)]);
      rest = rest.subarray(at + 1);
      parts = [];
      size = 0;
      line += 1;
    }
    size += rest.length;
    if (size >= MAX_LINE_SIZE) throw tooLong(line);
    if (rest.length > 0) parts.push(rest);
  }
  if (size > 0) throw new GatelogError("MALFORMED", `line ${line} is cut: it has no end`, { line });
}

/** An error of a line says which. */
function inLine<T>(line: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isGatelogError(error)) throw error;
    throw new GatelogError(error.code, `line ${line}: ${error.message}`, { ...error.context, line }, { cause: error });
  }
}

function tooLong(line: number): GatelogError {
  return new GatelogError("TOO_LARGE", `line ${line}: at most ${MAX_LINE_SIZE} bytes`, {
    maximum: MAX_LINE_SIZE,
    line,
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
