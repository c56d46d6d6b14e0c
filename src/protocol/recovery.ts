import { ZERO_HASH } from "../entry/hex.ts";
import { draft, peerStateOf, sendOnce } from "./drafts.ts";
import { claimOf, claimsBackup, isRefusedUpdate } from "./backup-claim.ts";
import { disputePayload, recoveryPayload, verdictMembers } from "./payloads.ts";
import type { LogView, Marked } from "./marks.ts";
import { PEER_STATES, type Effect, type EntryDraft, type PeerState, type SessionState, type Verdict } from "./state.ts";

/**
 * What a gateway logs beside the transfer: the recovery handshake (protocol 6.2, 6.3), disputes, and what it makes of its
 * peer's silence (6.5). Nothing here decides anything: logs, ledgers and the register say what is so, and a session goes on
 * whether or not its handshake ends. But for one: in a dispute neither side acts.
 *
 *   recovered    RECOVER ─────────────▶ RECOVER-UPDATE        counterparty
 *                RECOVER-UPDATE-ACK ◀──┘
 *                └───────────────────▶ RECOVER-SUCCESS
 *
 * Of a backup that has taken over it is also its introduction: the counterparty judges what it claims, and answers with an
 * update that refuses it if it does not hold.
 */
export function besideTransfer(state: SessionState): EntryDraft | undefined {
  if (state.own.closed) return undefined;
  return (
    dispute(state) ??
    recover(state) ??
    answerRecover(state) ??
    acknowledgeUpdate(state) ??
    confirm(state) ??
    peerState(state)
  );
}

/** Handshake messages that wait for an answer, or were written last. */
export function sendRecovery(state: SessionState): Effect[] {
  return [...new Set([openMessage(state), lastWritten(state)])].flatMap((message) => sendOnce(state, message));
}

/** One side says that the two logs exclude each other, and no operator has asked for a recovery since. */
export function isDisputed({ own, peer }: Pick<SessionState, "own" | "peer">): boolean {
  return [own, peer].some(({ marks }) => {
    const said = marks.get("init-recover-dispute");
    return said !== undefined && (marks.get("init-recover")?.index ?? -1) < said.index;
  });
}

function dispute(state: SessionState): EntryDraft | undefined {
  if (!state.dispute || isDisputed({ own: state.own, peer: state.own })) return undefined;
  return draft("init-recover-dispute", "recover-dispute", disputePayload(state.dispute));
}

function recover(state: SessionState): EntryDraft | undefined {
  const { own, peer, recovery, seqNumber } = state;
  if (recovery === undefined || !hasBegun(state)) return undefined;
  // A process that starts again does not take back what it disputed: that is an operator's to do.
  if (recovery === "restarted" && isDisputed({ own, peer: own })) return undefined;
  return draft(
    "init-recover",
    "recover",
    recoveryPayload("recover-msg", {
      phase: own.last?.mark ?? "start",
      seqNumber,
      ...claimOf(state),
      ...positionOf(own),
      peer: { length: peer.length, lastEntryHash: peer.lastEntryHash },
    }),
  );
}

/** The position in all three ways that the drafts know: hash, timestamp, number (protocol 11.2). */
function positionOf({ length, lastEntryHash, lastTimestamp }: LogView) {
  return { length, lastEntryHash, lastEntryTimestamp: lastTimestamp };
}

/** What the counterparty has of both logs; the entries themselves stand in the shared log, or travel beside the message. */
function answerRecover(state: SessionState): EntryDraft | undefined {
  const asked = unanswered(state);
  const verdict = asked && verdictOn(state, asked);
  if (!asked || !verdict) return undefined;
  const payload = recoveryPayload("recover-update-msg", {
    hashRecoverMessage: asked.entryHash,
    ...(verdict.accepted
      ? { recoveredLogs: [positionOf(state.own), positionOf(state.peer)] }
      : verdictMembers(verdict)),
  });
  return draft("ack-recover-update", "recover-update", payload, { causedBy: asked.entryHash });
}

/** What a backup claims is judged before it is answered. Nothing waits for it: a judge who cannot say yet is asked again. */
export function judgeBackup(state: SessionState): Effect[] {
  const asked = unanswered(state);
  if (!asked || state.own.closed || verdictOn(state, asked)) return [];
  return [{ type: "judge", what: "backup", index: asked.index }];
}

/** The peer's last RECOVER, if it has no answer. */
function unanswered({ own, peer }: SessionState): Marked | undefined {
  const asked = peer.marks.get("init-recover");
  return own.marks.get("ack-recover-update")?.causedBy === asked?.entryHash ? undefined : asked;
}

/** Undefined where it is to be judged first. Who comes back with the key that it had is known already. */
function verdictOn({ backupVerdict }: SessionState, asked: Marked): Verdict | undefined {
  if (!claimsBackup(asked)) return { accepted: true };
  return backupVerdict?.index === asked.index ? backupVerdict.verdict : undefined;
}

/**
 * There is something to come back to. Who brings credentials says so in a log that is empty, too: its peer may know its key
 * from nowhere else, and takes no entry before.
 */
export function hasBegun({ own, identity }: SessionState): boolean {
  return own.length > 0 || (identity !== undefined && identity.credentials !== null);
}

function acknowledgeUpdate({ own, peer }: SessionState): EntryDraft | undefined {
  const update = peer.marks.get("ack-recover-update");
  const asked = own.marks.get("init-recover");
  if (!update || update.causedBy !== asked?.entryHash || isRefusedUpdate(update)) return undefined;
  if (own.marks.get("ack-recover-update-ack")?.causedBy === update.entryHash) return undefined;
  const payload = recoveryPayload("recover-update-ack-msg", {
    hashRecoverUpdateMessage: update.entryHash,
    success: true,
    entriesChanged: [],
  });
  return draft("ack-recover-update-ack", "recover-update-ack", payload, { causedBy: update.entryHash });
}

function confirm({ own, peer }: SessionState): EntryDraft | undefined {
  const acknowledged = peer.marks.get("ack-recover-update-ack");
  const update = own.marks.get("ack-recover-update");
  if (!acknowledged || acknowledged.causedBy !== update?.entryHash) return undefined;
  if (own.marks.get("ack-recover-success")?.causedBy === acknowledged.entryHash) return undefined;
  const payload = recoveryPayload("recover-success-msg", {
    hashRecoverUpdateAckMessage: acknowledged.entryHash,
    success: true,
  });
  return draft("ack-recover-success", "recover-success", payload, { causedBy: acknowledged.entryHash });
}

/** OK → SUSPECT → CRASHED_WAIT → RECOVERED, or CRASHED_DEFINITELY: each change once in the log. */
function peerState(state: SessionState): EntryDraft | undefined {
  const { contact, own } = state;
  if (contact === undefined || own.length === 0) return undefined;
  const known = peerStateOf(state);
  if (contact === "OK")
    return known === "OK" ? undefined : draft("done-peer", "peer", { state: "RECOVERED", before: known });
  return rank(contact) > rank(known) ? draft("fail-peer", "peer", { state: contact, before: known }) : undefined;
}

function rank(state: PeerState): number {
  return PEER_STATES.indexOf(state);
}

/**
 * The own handshake message that has no answer yet. The three-message form ends with the peer's RECOVER-SUCCESS in place of
 * its RECOVER-UPDATE, or with ours in place of the acknowledgement: either ends the waiting.
 */
function openMessage({ own, peer }: SessionState): Marked | undefined {
  const asked = own.marks.get("init-recover");
  const answered = (mark: "ack-recover-update" | "ack-recover-success", of: Marked | undefined): boolean =>
    of !== undefined && peer.marks.get(mark)?.causedBy === of.entryHash;
  if (asked && !answered("ack-recover-update", asked) && !answered("ack-recover-success", asked)) {
    const acknowledged = own.marks.get("ack-recover-update-ack");
    return acknowledged && acknowledged.index > asked.index ? undefined : asked;
  }
  const acknowledged = own.marks.get("ack-recover-update-ack");
  if (asked && acknowledged && acknowledged.index > asked.index && !answered("ack-recover-success", acknowledged))
    return acknowledged;
  const update = own.marks.get("ack-recover-update");
  const isTaken = (mark: "ack-recover-update-ack" | "ack-recover-success"): boolean =>
    peer.marks.get(mark)?.causedBy === update?.entryHash;
  const isOpen = !isTaken("ack-recover-update-ack") && !isTaken("ack-recover-success");
  return update && isOpen && !isRefusedUpdate(update) ? update : undefined;
}

/** The last entry of the own log, if it closes a handshake, refuses one or opens a dispute: sent once, and answered by nothing. */
function lastWritten({ own }: SessionState): Marked | undefined {
  if (own.lastEntryHash === ZERO_HASH) return undefined;
  const update = own.marks.get("ack-recover-update");
  const refused = update && isRefusedUpdate(update) ? update : undefined;
  return [own.marks.get("ack-recover-success"), own.marks.get("init-recover-dispute"), refused].find(
    (marked) => marked?.entryHash === own.lastEntryHash,
  );
}
