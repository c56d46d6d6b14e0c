import type { CopiesReport } from "../verify-copies.ts";
import type { Made, ReportSignature } from "./report.ts";

export const DISPUTE_FORMAT = "gatelog-dispute-report";
export const DISPUTE_VERSION = 1;

/** What was found of two copies of the same logs, as a file: each by itself, where they part, and who signed what. */
export interface UnsignedDispute extends CopiesReport {
  readonly format: typeof DISPUTE_FORMAT;
  readonly version: typeof DISPUTE_VERSION;
  readonly made: Made;
}

export interface DisputeFile extends UnsignedDispute {
  readonly signed: ReportSignature | null;
}
