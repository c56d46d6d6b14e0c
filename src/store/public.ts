// What `gatelog/store` gives to who writes a driver of their own: docs/DRIVERS.md.
export {
  admitClosing,
  admitEntries,
  checkOpening,
  checkRun,
  checkSameSession,
  checkSignedContent,
  EMPTY_HEAD,
  equivocationError,
  unknownLog,
  unknownSession,
  type Admission,
  type EpochRule,
  type Equivocation,
  type KeepsEvidence,
  type LogState,
} from "./admission.ts";
export { attempt } from "./attempt.ts";
export { diffLogs, updateLog, type LogDiff } from "./log-diff.ts";
export {
  checkRange,
  MAX_ENTRIES_PER_CALL,
  type DecisionRecord,
  type Durability,
  type GatewayDirectory,
  type GatewayRecord,
  type KeepsClosings,
  type KeepsCopies,
  type LogHead,
  type LogRun,
  type LogStore,
  type ReadRange,
  type SessionRecord,
  type SettlesWrites,
} from "./log-store.ts";
export { OpenCalls } from "./open-calls.ts";
export { MemoryGatewayDirectory } from "./memory-gateway-directory.ts";
export { StaticGatewayDirectory } from "./static-gateway-directory.ts";
export type { LogEntry, SignedEntry } from "../entry/entry.ts";
export { entryToJson, signedEntrySchema } from "../entry/entry-json.ts";
export { ERRORS, GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
export type { Address, GatewayId, Hash, SessionId } from "../entry/hex.ts";
export { verifyInclusionProof, type InclusionProof } from "../entry/inclusion-proof.ts";
export { checkLog, startOfLog, type KeyOf, type LogPosition } from "../entry/log-check.ts";
export { sessionHashOf, type SessionFacts, type SessionOpening } from "../entry/session.ts";
export type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
export { closingStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
