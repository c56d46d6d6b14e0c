/**
 * What happens in the main flows, line by line: entries with their step, ledger actions with the state that they lead to,
 * decisions with their ground. Flows share their beginnings, so those have names.
 */

/** 0.1 to 1.1: both know of the session and the origin has proposed. */
export const PROPOSED = `
    origin: 0.1 init-setup
    destination: 0.1 exec-setup
    destination: 0.1 done-setup
    destination: 0.2 ack-setup
    origin: 1.1 init-proposal`;

/** 1.1 to 1.3: the destination has taken the proposal. */
const COMMENCED = `${PROPOSED}
    destination: 1.1 exec-proposal
    destination: 1.1 done-proposal
    destination: 1.2 ack-proposal
    origin: 1.2 done-proposal
    origin: 1.3 init-commence`;

/** 1.4 to 2.1: the origin is about to lock. */
const LOCKING = `${COMMENCED}
    destination: 1.3 exec-commence
    destination: 1.3 done-commence
    destination: 1.4 ack-commence
    origin: 1.4 done-commence
    origin: 2.1 init-lock
    origin: 2.1 exec-lock`;

/** 2.1 and 2.2: locked, and the destination is told. */
export const LOCKED = `${LOCKING}
    origin: lock → LOCKED
    origin: 2.1 done-lock
    origin: 2.2 init-lock-assert`;

/** 2.2 to 3.1: the destination is asked to vote. */
export const ASKED = `${LOCKED}
    destination: 2.2 exec-lock-assert
    destination: 2.3 done-lock-assert
    destination: 2.4 ack-lock-assert
    origin: 2.4 done-lock-assert
    origin: 3.1 init-prepare`;

/** 3.1 and 3.2: the destination is about to mint. */
export const MINTING = `${ASKED}
    destination: 3.1 exec-prepare
    destination: 3.2 init-mint
    destination: 3.2 exec-mint`;

/** 3.2 and 3.3: minted, YES. */
export const VOTED = `${MINTING}
    destination: mint → MINTED
    destination: 3.2 done-mint
    destination: 3.3 ack-prepare yes`;

/** 3.3 and 3.4: the origin is about to burn. */
export const BURNING = `${VOTED}
    origin: 3.3 done-prepare
    origin: 3.4 init-burn
    origin: 3.4 exec-burn`;

/** 3.4: burned, COMMIT. */
const DECIDED = `${BURNING}
    origin: burn → BURNED
    origin: 3.4 done-burn
    origin: decides COMMIT (ORIGIN)`;

export const TRANSCRIPTS = {
  committed: `${DECIDED}
    origin: 3.5 init-commit-final
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
    destination: closes its log`,

  "refused at 1.2": `${PROPOSED}
    destination: 1.1 exec-proposal
    destination: 1.1 fail-proposal
    destination: 1.2 ack-proposal
    origin: 1.2 fail-proposal
    origin: decides ABORT (ORIGIN)
    origin: 9.1 init-rollback
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`,

  "lock refused by the ledger": `${LOCKING}
    origin: lock is refused: LEDGER_REJECTED
    origin: 2.1 fail-lock
    origin: decides ABORT (ORIGIN)
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → REFUSED
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log
    origin: 9.1 done-rollback-unlock
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log`,

  "NO, because the mint is refused": `${MINTING}
    destination: mint is refused: LEDGER_REJECTED
    destination: 3.2 fail-mint
    destination: 3.3 ack-prepare no
    destination: decides ABORT (VOTE_NO)
    destination: 9.1 init-rollback
    destination: 9.1 exec-rollback-cancel
    destination: cancel → CANCELLED
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED
    destination: 9.1 done-rollback-cancel
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log
    origin: 9.1 done-rollback-unlock
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log`,

  "burn refused by the ledger": `${BURNING}
    origin: burn is refused: LEDGER_REJECTED
    origin: 3.4 fail-burn
    origin: decides ABORT (ORIGIN)
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED
    destination: 9.1 init-rollback
    destination: 9.1 exec-rollback-cancel
    destination: cancel → CANCELLED
    origin: 9.1 done-rollback-unlock
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log
    destination: 9.1 done-rollback-cancel
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`,

  "cancelled by the client before the lock": `${COMMENCED}
    origin: asked to abort
    origin: decides ABORT (ORIGIN)
    origin: 9.1 init-rollback
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`,

  "cancelled by the client after the lock": `${LOCKED}
    origin: asked to abort
    origin: decides ABORT (ORIGIN)
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log
    origin: 9.1 done-rollback-unlock
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log`,

  "the deadline passes for the destination behind its YES": `${VOTED}
    destination: decides ABORT (DEADLINE)
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED
    destination: 9.1 init-rollback
    destination: 9.1 exec-rollback-cancel
    destination: cancel → CANCELLED
    origin: 9.1 done-rollback-unlock
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log
    destination: 9.1 done-rollback-cancel
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`,

  "the deadline passes for the origin, which waits for a vote": `${ASKED}
    origin: decides ABORT (ORIGIN)
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → UNLOCKED
    origin: 9.1 done-rollback-unlock
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`,

  "aborted behind the burn": `${BURNING}
    origin: burn → BURNED
    origin: 3.4 done-burn
    destination: decides ABORT (DEADLINE)
    origin: 9.1 init-rollback
    destination: 9.1 init-rollback
    destination: 9.1 exec-rollback-cancel
    destination: cancel → CANCELLED
    origin: 9.1 exec-rollback-recreate
    origin: recreate → RECREATED
    destination: 9.1 done-rollback-cancel
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log
    origin: 9.1 done-rollback-recreate
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log`,

  "a lock lands behind the tombstone": `${LOCKING}
    origin: asked to abort
    origin: crashes
    origin: asked to abort
    origin: 9.3 init-recover
    origin: decides ABORT (ORIGIN)
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-unlock
    origin: unlock → REFUSED
    origin: 9.1 done-rollback-unlock
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log
    origin: lock reverts (REFUSED)
    destination: 9.4 ack-recover-update
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`,

  "the burn's reply is lost, and the origin crashes": `${BURNING}
    origin: crashes
    origin: 9.3 init-recover
    origin: burn → BURNED
    origin: burn → BURNED
    destination: 9.4 ack-recover-update
    origin: 9.5 ack-recover-update-ack
    origin: 3.4 done-burn
    origin: decides COMMIT (ORIGIN)
    origin: 3.5 init-commit-final
    destination: 9.6 ack-recover-success
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
    destination: closes its log`,

  "message 3.5 is lost": `${DECIDED}
    origin: 3.5 init-commit-final
    destination: crashes
    destination: 9.3 init-recover
    destination: 3.5 exec-commit-final
    destination: 3.6 init-assign
    destination: 3.6 exec-assign
    destination: assign → ASSIGNED
    origin: 9.4 ack-recover-update
    destination: 9.5 ack-recover-update-ack
    destination: 3.6 done-assign
    destination: 3.7 ack-commit-final
    origin: 9.6 ack-recover-success
    origin: 3.7 done-commit-final
    origin: 3.8 exec-record
    origin: 3.8 done-record
    origin: 3.9 init-complete
    origin: closes its log
    destination: 3.9 exec-complete
    destination: 3.9 done-complete
    destination: closes its log`,

  "an answer comes late, behind the abort": `${PROPOSED}
    origin: asked to abort
    origin: decides ABORT (ORIGIN)
    origin: 9.1 init-rollback
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log`,

  "the mint is cancelled by the clock under COMMIT": `${DECIDED}
    origin: 3.5 init-commit-final
    destination: cancel → CANCELLED
    destination: 3.5 exec-commit-final
    destination: 3.6 init-assign
    destination: 3.6 exec-assign
    destination: 3.6 fail-assign
    destination: 9.1 init-rollback
    destination: 9.1 done-rollback
    destination: 9.2 ack-rollback
    destination: closes its log
    origin: 9.1 init-rollback
    origin: 9.1 exec-rollback-recreate
    origin: recreate → RECREATED
    origin: 9.1 done-rollback-recreate
    origin: 9.1 done-rollback
    origin: 9.2 ack-rollback
    origin: closes its log`,
} as const;
