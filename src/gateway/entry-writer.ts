import { canonicalBytes } from "../entry/canonical.ts";
import { signEntry, type SignedEntry } from "../entry/entry.ts";
import { ZERO_HASH, type GatewayId } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { COMMANDS, STEPS } from "../entry/vocabulary.ts";
import type { EntryDraft, SessionState } from "../protocol/state.ts";

interface Writer {
  readonly gatewayId: GatewayId;
  readonly epoch: number;
  readonly signer: DigestSigner;
  /** UNIX ms; information only. */
  readonly now: number;
}

/** Makes signed entries of drafts, next in the own log of `state`. What it returns goes into the store, unchanged, or nowhere. */
export async function writeEntries(
  state: SessionState,
  drafts: readonly EntryDraft[],
  writer: Writer,
): Promise<SignedEntry[]> {
  const entries: SignedEntry[] = [];
  let { length: index, lastEntryHash } = state.own;
  let seqNumber = state.seqNumber;
  for (const draft of drafts) {
    seqNumber += 1;
    const entry = await signEntry(
      {
        sessionId: state.facts.sessionId,
        sessionHash: state.sessionHash,
        gatewayId: writer.gatewayId,
        epoch: writer.epoch,
        index,
        seqNumber,
        step: STEPS[draft.step],
        operation: draft.operation,
        vote: draft.vote,
        command: COMMANDS[draft.command],
        timestamp: writer.now,
        causedBy: draft.causedBy,
        lastEntryHash: index === 0 ? ZERO_HASH : lastEntryHash,
      },
      canonicalBytes(draft.payload),
      writer.signer,
    );
    entries.push(entry);
    index += 1;
    lastEntryHash = entry.entryHash;
  }
  return entries;
}
