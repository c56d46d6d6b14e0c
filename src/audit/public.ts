// What `gatelog/verify` gives to other programs: the auditor as a library. docs/AUDIT.md has it as commands, examples/auditor as thirty lines.
export { verify, type Progress, type VerifyOptions } from "./verify.ts";
export { verifyTwice } from "./split-view.ts";
export { verifyExport } from "./files/verify-export.ts";
export type { VerifyExportOptions } from "./files/export-source.ts";
export { toCopiesReport, verifyCopies, type CopiesReport, type CopiesVerification } from "./verify-copies.ts";
export type { ExportComparison } from "./files/export-comparison.ts";
export type { PartedEntry, PartedLog, Parting } from "./files/partings.ts";
export { checkProof, entryProofSchema, type ProofReport } from "./files/proof-check.ts";
export type { LedgerReport, Unread, Verdict, Verification } from "./verification.ts";
export type { CheckedSession, Outcome } from "./checks/session-check.ts";

// What it reads from: nodes, or a reader of your own.
export { httpJsonRpc, type JsonRpc } from "./reading/json-rpc.ts";
export type { Finality } from "./reading/rpc-calls.ts";
export { RpcReader } from "./reading/rpc-reader.ts";
export { RpcLedgerReader } from "./reading/rpc-ledger-reader.ts";
export type {
  Anchor,
  AnchorsWord,
  AuditReader,
  BlockInfo,
  GatewayWord,
  LogPart,
  LogQuery,
  LogWord,
  RawLog,
  SessionWord,
} from "./reading/reader.ts";
export type { LedgerReader } from "./reading/ledger-reader.ts";

// From where the next run goes on, what auditors compare and sign of it, and run after run.
export { CheckpointFile, type OpenCheckpointOptions } from "./checkpoint/checkpoint-file.ts";
export { checkpointLines, type CheckpointOptions, type Left } from "./checkpoint/checkpoint-lines.ts";
export type { CheckpointStatement, Earlier } from "./checkpoint/earlier.ts";
export { compareCheckpoints, type CheckpointComparison } from "./checkpoint/compare.ts";
export { cosign } from "./checkpoint/cosign.ts";
export { watch, type WatchEvent, type WatchOptions } from "./checkpoint/watch.ts";

// What it rests on, and what it finds.
export { expectationSchema, type Expectation, type Trusted } from "./trust.ts";
export { FINDINGS, type Finding, type FindingCode } from "./findings.ts";

// What becomes of it: reports, and who signed them.
export { renderText, toReport, type Made, type Report, type ReportFile } from "./report/report.ts";
export type { DisputeFile } from "./report/dispute.ts";
export {
  readReport,
  renderReportJson,
  reportDigest,
  toDisputeFile,
  toReportFile,
  type AnyReportFile,
} from "./report/report-file.ts";
export { reportFileSchema } from "./report/report-schema.ts";
export { disputeFileSchema } from "./report/dispute-schema.ts";
export { renderHtml } from "./report/report-html.ts";
export { checkReport, type ReportCheck, type ReportExpectation } from "./report/report-check.ts";

export { ERRORS, GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
export { addressSchema, toHex, type Address, type GatewayId, type Hash, type SessionId } from "../entry/hex.ts";
export { keySigner, type DigestSigner } from "../entry/signature.ts";
