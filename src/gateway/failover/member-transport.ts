import { z } from "zod";
import { addressSchema, type Address } from "../../entry/hex.ts";
import { compactSignatureSchema } from "../../entry/signature.ts";
import { epochSchema } from "../../entry/wire.ts";
import type { GroupState, HandoverConsent } from "./authority.ts";

/** How a member's time as primary began. QUORUM: most backups chose it. FAILOVER: it went ahead without them. */
export const openingKindSchema = z.enum(["QUORUM", "FAILOVER", "HANDOVER"]);
export type OpeningKind = z.infer<typeof openingKindSchema>;

/** What a primary tells of the change that made it one. */
export const takeoverReportSchema = z.strictObject({
  epoch: z.int().positive(),
  kind: openingKindSchema,
  /** From the last sign of life of its predecessor until it was at work. */
  durationMs: z.number().min(0),
  /** UNIX ms. */
  at: z.number().min(0),
});
export type TakeoverReport = z.infer<typeof takeoverReportSchema>;

/** A sign of life. It proves nothing to anybody: whether its sender is primary is the authority's to say. */
export const beatSchema = z.strictObject({
  key: addressSchema,
  /** Of the process: another one behind the same key has another. */
  instance: z.string().min(1).max(64),
  epoch: z.int().min(0),
  role: z.enum(["primary", "standby"]),
  seq: z.int().min(0),
  /** Of the present epoch, if this member has begun it and has not been started anew since. */
  takeover: takeoverReportSchema.nullable(),
});
export type Beat = z.infer<typeof beatSchema>;

/** A message of an election. It opens nothing: it settles who tries first. */
export const ballotSchema = z.strictObject({
  phase: z.enum(["gossip", "vote"]),
  /** The epoch that is to end. */
  epoch: epochSchema,
  from: addressSchema,
  /** Entries that its sender has folded. */
  progress: z.int().min(0),
  /** For whom; of a vote. */
  choice: addressSchema.nullable(),
  signature: compactSignatureSchema,
});
export type Ballot = z.infer<typeof ballotSchema>;

/** Another process of the group. */
export interface OtherMember {
  readonly key: Address;
  readonly url: string;
}

/** How members reach each other. Errors: PEER_UNREACHABLE, TIMEOUT, and those of the other member. */
export interface MemberTransport {
  /** Tells of every beat for as long as the connection lives; resolves or rejects when it ends. */
  listen(member: OtherMember, onBeat: (beat: Beat) => void, signal: AbortSignal): Promise<void>;
  ballot(member: OtherMember, ballot: Ballot): Promise<void>;
  /** Hands the group over; resolves once the other member is primary. Given up, it may still come true. */
  succeed(member: OtherMember, consent: HandoverConsent, signal: AbortSignal): Promise<GroupState>;
}
