import { ASKED, BURNING, LOCKED, MINTING, PROPOSED, VOTED } from "./transcripts.ts";

/** 3.4 and 3.5: burned, and the destination is told: it is the register. */
const TOLD = `${BURNING}
    origin: burn → BURNED
    origin: 3.4 done-burn
    origin: 3.5 init-commit-final`;

/** 3.5 to 3.9: the destination binds itself, and both end. */
const COMPLETED = `
    destination: 3.5 exec-commit-final
    destination: 3.6 init-assign
    destination: 3.6 exec-assign
    destination: assign → ASSIGNED
    destination: 3.6 done-assign
    destination: 3.7 ack-commit-final
    origin: 3.7 done-commit-final
    origin: 3.8 exec-record
    origin: 3.8 done-record
    origin: 3.9 init-complete
    origin: closes its log
    destination: 3.9 exec-complete
    destination: 3.9 done-complete
    destination: closes its log`;

/** The destination has minted nothing, and follows the origin. */
const FOLLOWED = `
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`;

const UNLOCKED = `
    origin: 9.1 done-rollback-unlock
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log`;

const CANCELLED = `
    destination: 9.1 done-rollback-cancel
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`;

const RECREATED = `
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-recreate
    origin: recreate → RECREATED
    origin: 9.1 done-rollback-recreate
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log`;

/** The destination has begun to cancel, and the origin follows. */
const BOTH_UNDONE = `
    destination: 9.1 init-rollback
    destination: 9.1 exec-rollback-cancel
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED
    destination: cancel → CANCELLED${UNLOCKED}${CANCELLED}`;

/** As `TRANSCRIPTS`, with private logs: nobody decides but the destination's escrow. */
export const PRIVATE_TRANSCRIPTS = {
  committed: `${TOLD}${COMPLETED}`,

  "refused at 1.2": `${PROPOSED}
    destination: 1.1 exec-proposal
    destination: 1.1 fail-proposal
    destination: 1.2 ack-proposal
    origin: 1.2 fail-proposal
    origin: 9.1 init-rollback
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log${FOLLOWED}`,

  "NO, because the mint is refused": `${MINTING}
    destination: mint is refused: LEDGER_REJECTED
    destination: 3.2 fail-mint
    destination: 3.3 ack-prepare no
    destination: 9.1 init-rollback
    destination: 9.1 exec-rollback-cancel
    destination: cancel → CANCELLED
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED${CANCELLED}${UNLOCKED}`,

  "cancelled by the origin's client after the lock": `${LOCKED}
    origin: asked to abort
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED${FOLLOWED}${UNLOCKED}`,

  "cancelled by the destination behind its YES": `${VOTED}
    destination: asked to abort${BOTH_UNDONE}`,

  "the deadline passes for the destination behind its YES": `${VOTED}${BOTH_UNDONE}`,

  "the deadline passes for the origin, which waits for a vote": `${ASKED}
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED${UNLOCKED}${FOLLOWED}`,

  "the destination cancels while the origin burns": `${BURNING}
    destination: 9.1 init-rollback
    destination: 9.1 exec-rollback-cancel
    origin: burn → BURNED
    origin: 3.4 done-burn
    origin: 3.5 init-commit-final
    destination: cancel → CANCELLED${CANCELLED}${RECREATED}`,

  "the deadline passes behind message 3.5": `${TOLD}${COMPLETED}`,

  "the mint is cancelled by the clock behind message 3.5": `${TOLD}
    destination: cancel → CANCELLED
    destination: 3.5 exec-commit-final
    destination: 3.6 init-assign
    destination: 3.6 exec-assign
    destination: 3.6 fail-assign${FOLLOWED}${RECREATED}`,

  "the origin comes back and finds the other side rolled back": `${VOTED}
    destination: 9.1 init-rollback
    destination: 9.1 exec-rollback-cancel
    destination: cancel → CANCELLED${CANCELLED}
    origin: crashes
    origin: 9.3 init-recover
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED${UNLOCKED}`,
} as const;
