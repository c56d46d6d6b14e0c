import { TypedDataEncoder } from "ethers";
import { z } from "zod";
import {
  canonicalBytes,
  hasExactNumbers,
  isJson,
  isJsonObject,
  payloadHashOf,
  type JsonObject,
} from "../../entry/canonical.ts";
import { GatelogError } from "../../entry/errors.ts";
import { toHex, type Hash } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import type { DigestSigner } from "../../entry/signature.ts";
import type { CopiesReport } from "../verify-copies.ts";
import { DISPUTE_FORMAT, DISPUTE_VERSION, type DisputeFile, type UnsignedDispute } from "./dispute.ts";
import { disputeFileSchema } from "./dispute-schema.ts";
import { DATA_END, DATA_START } from "./report-html-data.ts";
import { inRank } from "./report-rank.ts";
import { reportFileSchema } from "./report-schema.ts";
import {
  REPORT_FORMAT,
  REPORT_VERSION,
  type Made,
  type Report,
  type ReportFile,
  type ReportSignature,
  type SessionReport,
  type UnsignedReport,
} from "./report.ts";

/** Longest report that is read, in characters: a string has no more than twice that. */
const MAX_REPORT_LENGTH = 256 * 2 ** 20;
/** Sessions that a file has: about 1 kB each, so that a page of it opens anywhere. `verify --json` has them all. */
export const MAX_SESSIONS = 5_000;

/** A report of one log, or of two copies. */
export type AnyReportFile = ReportFile | DisputeFile;
type AnyUnsigned = UnsignedReport | UnsignedDispute;

/** The report as a file, signed where there is a signer. */
export async function toReportFile(report: Report, made: Made, signer: DigestSigner | null): Promise<ReportFile> {
  const unsigned: UnsignedReport = {
    ...{ format: REPORT_FORMAT, version: REPORT_VERSION, made },
    ...{ ...report, sessions: limited(report.sessions), outcomes: outcomesOf(report.sessions) },
  };
  return { ...unsigned, signed: await signedBy(signer, unsigned) };
}

/** The same of two copies. */
export async function toDisputeFile(
  copies: CopiesReport,
  made: Made,
  signer: DigestSigner | null,
): Promise<DisputeFile> {
  const [first, second] = copies.files;
  const unsigned: UnsignedDispute = {
    ...{ format: DISPUTE_FORMAT, version: DISPUTE_VERSION, made },
    ...{ ...copies, files: [withLimitedSessions(first), withLimitedSessions(second)] },
  };
  return { ...unsigned, signed: await signedBy(signer, unsigned) };
}

async function signedBy(signer: DigestSigner | null, unsigned: AnyUnsigned): Promise<ReportSignature | null> {
  if (signer === null) return null;
  const digest = digestOf(toJson(unsigned));
  return { auditor: signer.address, digest, signature: await signer.signDigest(digest) };
}

function withLimitedSessions(report: Report): Report {
  return { ...report, sessions: limited(report.sessions) };
}

/** Those of the first rank, in the order in which they stand. */
function limited(sessions: readonly SessionReport[]): readonly SessionReport[] {
  if (sessions.length <= MAX_SESSIONS) return sessions;
  const kept = new Set(inRank(sessions).slice(0, MAX_SESSIONS));
  return sessions.filter((session) => kept.has(session));
}

function outcomesOf(sessions: readonly SessionReport[]): UnsignedReport["outcomes"] {
  return Object.fromEntries(
    [...Map.groupBy(sessions, ({ outcome }) => outcome)].map(([name, those]) => [name, those.length]),
  );
}

export function renderReportJson(file: AnyReportFile): string {
  return `${JSON.stringify(toJson(file), null, 2)}\n`;
}

/** The same report with the text that its JSON has: what is shown and what is signed must not differ in what a node has said. */
export function wellFormed(file: AnyReportFile): AnyReportFile {
  return parseAs(ANY_REPORT, toJson(file), "INVARIANT_BROKEN", "a report that was made here");
}

/**
 * What JSON makes of it, so that it has one canonical form: what is undefined is left out, and a lone surrogate, which a node's words
 * may have, is replaced.
 */
export function toJson(report: AnyUnsigned | AnyReportFile): JsonObject {
  const value: unknown = JSON.parse(
    JSON.stringify(report, (_, member: unknown) => (typeof member === "string" ? member.toWellFormed() : member)),
  );
  if (isJson(value) && isJsonObject(value)) return value;
  throw new GatelogError("INVARIANT_BROKEN", "a report is a JSON object");
}

/** What an auditor signs of this report, signed or not. */
export function reportDigest(file: AnyUnsigned | AnyReportFile): Hash {
  return digestOf(toJson(file));
}

/**
 * EIP-712 digest of all members but `signed`, in their canonical form. The domain is that of audit reports alone, of name and
 * version: such a signature can be taken for nothing else, and no contract takes it.
 */
function digestOf(report: JsonObject): Hash {
  const { signed: _signed, ...rest } = report;
  const reportHash = payloadHashOf(canonicalBytes(rest));
  return toHex(TypedDataEncoder.hash({ name: "Gatelog Audit Report", version: "1" }, TYPES, { reportHash }));
}

const TYPES = { AuditReport: [{ name: "reportHash", type: "bytes32" }] };

/** A report file as it was found. */
export interface FoundReport {
  readonly form: "json" | "html";
  readonly file: AnyReportFile;
  /** Of what stands in the file, members that this version does not know among them. */
  readonly digest: Hash;
}

/** MALFORMED if the text is neither a report's JSON nor a page with one in it; TOO_LARGE. */
export function readReport(text: string, name: string): FoundReport {
  if (text.length > MAX_REPORT_LENGTH)
    throw new GatelogError(
      "TOO_LARGE",
      `${name} has ${text.length} characters; a report has at most ${MAX_REPORT_LENGTH}`,
      {
        maximum: MAX_REPORT_LENGTH,
        actual: text.length,
      },
    );
  const isPage = /^\s*</.test(text);
  const value = parseJson(isPage ? dataIn(text, name) : text, name);
  const file = parseAs(ANY_REPORT, value, "MALFORMED", name);
  return { form: isPage ? "html" : "json", file, digest: digestOf(value) };
}

const ANY_REPORT = z.discriminatedUnion("format", [reportFileSchema, disputeFileSchema]);

function parseJson(text: string, name: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GatelogError("MALFORMED", `${name} holds no JSON`, {}, { cause });
  }
  // A number that JSON.parse rounds would not be the one that is shown to whoever reads the file.
  if (isJson(value) && isJsonObject(value) && hasExactNumbers(value)) return value;
  throw new GatelogError("MALFORMED", `${name} holds no JSON object that has a canonical form`);
}

function dataIn(page: string, name: string): string {
  const [, data, ...others] = page.split(DATA_START);
  if (data === undefined || others.length > 0)
    throw new GatelogError(
      "MALFORMED",
      `${name} is no page of a report: ${data === undefined ? "no" : "more than one"} report in it`,
    );
  return data.slice(0, data.indexOf(DATA_END));
}
