// What `gatelog/client` gives to other programs.
export { GatewayClient } from "./gateway-client.ts";
export type { Explanation, TransferStatus } from "./gateway-answers.ts";
export type { CallOptions, HttpClientOptions } from "./http-client.ts";
export { LogClient, type LogName } from "./log-client.ts";
export type { ChainPlace, DiffAnswer, Proof, ServiceInfo, SessionStatus } from "./log-answers.ts";
export type { SessionEvent } from "./session-stream.ts";
export { ERRORS, GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
export {
  entryToJson,
  givenEntrySchema,
  logEntrySchema,
  signedEntrySchema,
  type StoryEntry,
} from "../entry/entry-json.ts";
export type { LogEntry, SignedEntry } from "../entry/entry.ts";
export { checkLog, startOfLog, type KeyOf, type LogPosition } from "../entry/log-check.ts";
export { verifyInclusionProof, type InclusionProof } from "../entry/inclusion-proof.ts";
export { sessionHashOf, type SessionFacts, type SessionOpening } from "../entry/session.ts";
