// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "./IGatewayRegistry.sol";

/// @title The log: entries of gateways, hash-chained and signed, the register of decisions, and anchors of logs kept elsewhere.
/// @notice The contract keeps one word per log (its head); events keep the entries. Law: the events alone rebuild every entry,
/// byte for byte; `head` tells that nothing was cut off. Of entries that stand in another store it keeps the Merkle roots that
/// a gateway anchors here, one word each: what was anchored can be proved for ever, and is not repeated here.
/// @dev A log is (session, gateway) and has one writer. `sessionHash = keccak256(abi.encode(sessionId, factsHash))`, where
/// `factsHash = keccak256(abi.encode(originGatewayId, destinationGatewayId, deadline, keccak256(facts)))`: computing it here
/// binds the session id of an entry to its log without reading storage.
/// An entry's signature covers the EIP-712 digest of `Entry(…)` (see `LogRegistry`) under a domain of name and version alone,
/// because an entry keeps its hash wherever it is copied. Opening, deciding and closing act on this contract and bind it.
/// Anyone may carry what a gateway signed: the signature gives the authority, the sender only pays.
interface ILogRegistry is IGatewayRegistry {
    /// @notice A session as its origin opens it.
    /// @param sessionId UUID, 16 bytes.
    /// @param originGatewayId Group that opens the session and coordinates it.
    /// @param destinationGatewayId The other group; zero for a session of one gateway alone (Direct mode), which has no register.
    /// @param deadline UNIX seconds on this chain's clock; from then on anyone may write ABORT. Zero if and only if there is no
    /// destination.
    /// @param facts The remaining session facts, canonical JSON (RFC 8785).
    struct Session {
        bytes16 sessionId;
        bytes32 originGatewayId;
        bytes32 destinationGatewayId;
        uint64 deadline;
        bytes facts;
    }

    /// @notice An entry as it is carried.
    /// @param factsHash With `sessionId` it gives the session's hash, so the log's key.
    /// @param header version 8 bits, operation 8, vote 8, step 16, command 16, timestamp 64, seqNumber 64, epoch 32, index 32,
    /// spare 8 (zero), from the most significant bit down.
    /// @param causedBy Hash of the peer's entry that this one answers, or zero.
    /// @param lastEntryHash Full hash of the log's entry before this one; zero at index 0.
    /// @param payload The payload as logged; its SHA-256 is part of the signed digest.
    /// @param r First half of the ERC-2098 signature; `r` and `vs` both zero inside a run (see `appendBatch`).
    /// @param vs Second half of it.
    struct EntryInput {
        bytes16 sessionId;
        bytes32 factsHash;
        bytes32 gatewayId;
        bytes32 header;
        bytes32 causedBy;
        bytes32 lastEntryHash;
        bytes payload;
        bytes32 r;
        bytes32 vs;
    }

    enum Decision {
        NONE,
        COMMIT,
        ABORT
    }

    /// @notice Why a decision was accepted: the origin signed it, the destination voted NO, or the deadline had passed.
    enum Ground {
        NONE,
        ORIGIN,
        VOTE_NO,
        DEADLINE
    }

    /// @notice What the register holds of a session.
    /// @param openBlock Block of `SessionOpened`; 0 if there is no such session.
    /// @param decidedBlock Block of `Decided`, or 0.
    /// @param closedBlock Block of `SessionClosed`, or 0.
    /// @param deadline UNIX seconds on this chain's clock; 0 for a session of one gateway alone.
    /// @param decision Written once and for all, or NONE.
    /// @param votedYes The destination's first vote was YES: its log has step 303, operation ack, command 6, vote yes.
    /// @param votedNo The destination's first vote was NO. A second vote is an entry like any other and changes neither.
    /// @param burned The origin's log has step 304, operation done, command 8.
    /// @param openLogs Number of the session's logs that are not closed.
    struct SessionState {
        uint32 openBlock;
        uint32 decidedBlock;
        uint32 closedBlock;
        uint64 deadline;
        Decision decision;
        bool votedYes;
        bool votedNo;
        bool burned;
        uint8 openLogs;
    }

    /// @notice A session with this id is open or was; an id serves once. Whoever opens first has it: an origin that lost the
    /// race against a stranger who saw its transaction draws another id.
    error LogRegistrySessionExists(bytes16 sessionId);
    /// @notice No session was opened under this id.
    error LogRegistryUnknownSession(bytes16 sessionId);
    /// @notice A session of one gateway alone has no register: there is nothing to decide.
    error LogRegistryNoRegister(bytes16 sessionId);
    /// @notice Session facts that contradict each other, or a deadline that has passed.
    /// @param member Name of the member of `Session`, as ASCII.
    error LogRegistryInvalidSession(bytes16 sessionId, bytes32 member);
    /// @notice The session's facts are too long.
    /// @param maximum Limit in bytes.
    /// @param actual Bytes given.
    error LogRegistryFactsTooLarge(uint256 maximum, uint256 actual);
    /// @notice No such log: the session was not opened with these facts, or the gateway is not a party to it, or, in `decide`,
    /// not its origin.
    /// @param sessionHash Follows from the session id and the facts' hash that were given.
    error LogRegistryUnknownLog(bytes32 sessionHash, bytes32 gatewayId);
    /// @notice The gateway has closed its log.
    /// @param length Number of entries that it has for ever.
    error LogRegistryLogClosed(bytes32 sessionHash, bytes32 gatewayId, uint256 length);
    /// @notice The log holds as many entries as it can count.
    error LogRegistryLogFull(uint256 maximum);
    /// @notice Another entry is next: read the log again. If `actual` is smaller, look whether this very entry is in already.
    /// @param expected The log's length.
    /// @param actual Index of the entry, or the length that `closeSession` was given.
    error LogRegistryWrongIndex(uint256 expected, uint256 actual);
    /// @notice `lastEntryHash` is not the head of the log.
    /// @param expected The head: the first 24 bytes of a hash, which are what is compared, and 8 zero bytes.
    /// @param actual The hash given, whole.
    error LogRegistryWrongHead(bytes32 expected, bytes32 actual);
    /// @notice Signed under another epoch than the group's current one: whoever signed is not its primary, or not any more.
    /// @param expected Epoch of the registry.
    /// @param actual Epoch of the entry or statement.
    error LogRegistryStaleEpoch(uint256 expected, uint256 actual);
    /// @notice Not signed by the group's current key.
    /// @param expected The key.
    /// @param actual The account that signed exactly these bytes; zero if the signature is none, or is malleable (high s).
    error LogRegistryForeignSignature(address expected, address actual);
    /// @notice The header is not of version 1, names an operation or a vote that does not exist, or has bits set that
    /// must be zero: the spare ones, and those that take timestamp or seqNumber past 2^53 - 1.
    error LogRegistryInvalidHeader(bytes32 header);
    /// @notice The entry's payload is too long.
    /// @param maximum Limit in bytes.
    /// @param actual Bytes given.
    error LogRegistryPayloadTooLarge(uint256 maximum, uint256 actual);
    /// @notice The entry has no signature (`r` and `vs` zero) and no later entry of its run has one: the batch ended, or went
    /// on with another log or epoch. In `append` every entry stands alone.
    /// @param index Index of the run's last entry.
    error LogRegistryUnsignedRun(bytes32 gatewayId, uint256 index);
    /// @notice The decision was written before, once and for all.
    error LogRegistryAlreadyDecided(bytes16 sessionId, Decision actual);
    /// @notice COMMIT needs the origin's signature, and YES and done-burn in the logs; ABORT needs the origin's signature, or
    /// NO, or the deadline. NONE is no decision.
    /// @param votedYes Whether the destination's first vote is YES.
    /// @param burned Whether done-burn stands in the origin's log.
    /// @param deadline The session's deadline.
    /// @param actual This chain's clock.
    error LogRegistryDecisionWithoutGround(
        bytes16 sessionId,
        bool votedYes,
        bool burned,
        uint256 deadline,
        uint256 actual
    );
    /// @notice An anchor of nothing: the root is zero or the number of entries is.
    error LogRegistryEmptyAnchor(bytes32 gatewayId, bytes32 root, uint256 entries);
    /// @notice The gateway has an anchor of this index, and an anchor is never replaced. Whoever repeats its own compares roots.
    /// @param root Root of the anchor that stands.
    error LogRegistryAnchorExists(bytes32 gatewayId, uint256 index, bytes32 root);
    /// @notice Another anchor is the gateway's next one: those before it are missing.
    /// @param expected Number of the gateway's anchors.
    /// @param actual Index given.
    error LogRegistryWrongAnchorIndex(bytes32 gatewayId, uint256 expected, uint256 actual);

    /// @notice A session is open and its logs are empty; a log that is walked back from its head ends here.
    /// @param destinationGatewayId Zero for a session of one gateway alone.
    /// @param epoch Epoch of the origin's key that signed.
    /// @param facts The remaining session facts, byte for byte; with the other members they give `sessionHash`.
    /// @param r First half of the origin's ERC-2098 signature of `OpenSession`.
    /// @param vs Second half of it.
    event SessionOpened(
        bytes16 indexed sessionId,
        bytes32 indexed originGatewayId,
        bytes32 indexed destinationGatewayId,
        uint64 deadline,
        uint32 epoch,
        bytes facts,
        bytes32 r,
        bytes32 vs
    );
    /// @notice An entry stands in its log for good. With `sessionHash`, which follows from `SessionOpened`, the event gives
    /// every field of the signed entry.
    /// @param header As in `EntryInput`.
    /// @param causedBy Hash of the peer's entry that this one answers, or zero.
    /// @param lastEntryHash Full hash of the log's entry before this one; zero at index 0.
    /// @param payloadHash SHA-256 of `payload`, computed here.
    /// @param r Zero with `vs` if a later entry of the same run carries the signature.
    /// @param previousBlock Block of the log's event before this one: of its previous entry, or of `SessionOpened`.
    event EntryAppended(
        bytes16 indexed sessionId,
        bytes32 indexed gatewayId,
        bytes32 header,
        bytes32 causedBy,
        bytes32 lastEntryHash,
        bytes32 payloadHash,
        bytes payload,
        bytes32 r,
        bytes32 vs,
        uint32 previousBlock
    );
    /// @notice An entry of a batch was not appended; nothing changed. The refused bytes are not kept here.
    /// @param position Place of the entry in the batch, from 0.
    /// @param reason The error that `append` would have reverted with, selector and arguments. Every entry of a refused run
    /// is named with the reason of the one that failed.
    event EntryRefused(
        bytes16 indexed sessionId,
        bytes32 indexed gatewayId,
        bytes32 header,
        uint256 position,
        bytes reason
    );
    /// @notice The decision is written, once and for all.
    /// @param epoch Epoch of the origin's key that signed; 0 unless `ground` is ORIGIN.
    /// @param r First half of the origin's ERC-2098 signature of `Decide`; zero unless `ground` is ORIGIN.
    /// @param vs Second half of it.
    event Decided(bytes16 indexed sessionId, Decision decision, Ground ground, uint32 epoch, bytes32 r, bytes32 vs);
    /// @notice The gateway has closed its own log: `length` entries, the last one `lastEntryHash`.
    /// @param epoch Epoch of the gateway's key that signed.
    /// @param r First half of the gateway's ERC-2098 signature of `CloseLog`.
    /// @param vs Second half of it.
    /// @param previousBlock Block of the log's event before this one: of its last entry, or of `SessionOpened`.
    event LogClosed(
        bytes16 indexed sessionId,
        bytes32 indexed gatewayId,
        uint32 length,
        bytes32 lastEntryHash,
        uint32 epoch,
        bytes32 r,
        bytes32 vs,
        uint32 previousBlock
    );
    /// @notice Every log of the session is closed.
    event SessionClosed(bytes16 indexed sessionId, bytes32 sessionHash);
    /// @notice The gateway has anchored entries, for good: whoever is shown one of them, with its proof, knows that it was
    /// written by the time of this block. What they are, the event does not say.
    /// @param index Number of the gateway's anchors before this one.
    /// @param root Root of the Merkle tree over the entries' hashes, as in `anchor`.
    /// @param entries Number of entries, as the gateway states it: the root does not prove it.
    /// @param epoch Epoch of the gateway's key that signed.
    /// @param r First half of the gateway's ERC-2098 signature of `Anchor`.
    /// @param vs Second half of it.
    /// @param previousBlock Block of the gateway's anchor before this one, or 0.
    event Anchored(
        bytes32 indexed gatewayId,
        uint32 index,
        bytes32 root,
        uint32 entries,
        uint32 epoch,
        bytes32 r,
        bytes32 vs,
        uint32 previousBlock
    );

    /// @notice Opens a session and its logs. The origin signs `OpenSession(bytes32 sessionHash,uint32 epoch)`; that the
    /// destination accepts these facts shows in its entries, whose digests contain `sessionHash`.
    /// @param session Its deadline must lie ahead, and both gateways must be registered.
    /// @param epoch Current epoch of the origin.
    /// @param r First half of the origin's ERC-2098 signature.
    /// @param vs Second half of it.
    /// @return sessionHash Binds the id to the facts.
    function openSession(
        Session calldata session,
        uint32 epoch,
        bytes32 r,
        bytes32 vs
    ) external returns (bytes32 sessionHash);

    /// @notice Appends one signed entry, or reverts with the reason. Repeating an append changes nothing: it reverts with
    /// `LogRegistryWrongIndex`.
    /// @dev Checked in this order: header, payload size, log, epoch, index, head, signature.
    function append(EntryInput calldata entry) external;

    /// @notice Appends entries of any logs, in the order given. A run (consecutive entries of one log and epoch, of which only
    /// the last is signed) is appended whole or not at all. A refused entry or run is named in `EntryRefused`; what depends on
    /// it is refused too, by its own index or head, and nothing else is. Limited by the gas of a transaction alone.
    /// @dev Never reverts for an entry's sake: only for calldata that is no `EntryInput[]`, or for want of gas.
    /// @return appended Number of entries appended.
    function appendBatch(EntryInput[] calldata entries) external returns (uint256 appended);

    /// @notice Writes the decision, once. The origin signs
    /// `Decide(bytes32 sessionHash,uint8 decision,uint32 epoch)`; for ABORT on the grounds VOTE_NO or DEADLINE pass `epoch`,
    /// `r` and `vs` as zero. A signature that is given must be good, whatever other ground there is.
    /// @dev The deadline ends nothing by itself: until somebody writes ABORT, COMMIT may still be written.
    /// @param factsHash Hash of the session's facts, as in `EntryInput`.
    /// @param originGatewayId The session's origin.
    /// @param decision COMMIT or ABORT.
    /// @param epoch Current epoch of the origin, or zero.
    /// @param r First half of the origin's ERC-2098 signature, or zero.
    /// @param vs Second half of it, or zero.
    function decide(
        bytes16 sessionId,
        bytes32 factsHash,
        bytes32 originGatewayId,
        Decision decision,
        uint32 epoch,
        bytes32 r,
        bytes32 vs
    ) external;

    /// @notice Closes a gateway's own log at the head that it signs. The gateway signs
    /// `CloseLog(bytes32 sessionHash,bytes32 gatewayId,uint32 length,bytes32 lastEntryHash,uint32 epoch)`. When the last log of
    /// the session is closed, the session is. The contract does not ask whether there is a decision: one may still follow.
    /// @param factsHash Hash of the session's facts, as in `EntryInput`.
    /// @param gatewayId The gateway whose log it is.
    /// @param length Number of entries in the log.
    /// @param lastEntryHash Full hash of the last entry; zero if there is none.
    /// @param epoch Current epoch of the gateway.
    /// @param r First half of the gateway's ERC-2098 signature.
    /// @param vs Second half of it.
    function closeSession(
        bytes16 sessionId,
        bytes32 factsHash,
        bytes32 gatewayId,
        uint32 length,
        bytes32 lastEntryHash,
        uint32 epoch,
        bytes32 r,
        bytes32 vs
    ) external;

    /// @notice Anchors entries that stand elsewhere: the root of a Merkle tree whose leaves are their hashes. The gateway signs
    /// `Anchor(bytes32 gatewayId,uint32 index,bytes32 root,uint32 entries,uint32 epoch)`. Repeating an anchor changes nothing: it
    /// reverts with `LogRegistryAnchorExists`, whatever has become of the gateway's key since.
    /// @dev The tree is OpenZeppelin's SimpleMerkleTree: an inner node is the keccak256 of its two children, 64 bytes, the smaller
    /// first. A leaf is an entry's hash as it is, the keccak256 of 66 bytes (0x1901, domain, struct), so that no entry has the
    /// hash of an inner node. The contract sees the root alone: it does not know that the leaves are entries, that they are
    /// valid, whose they are, or that none is left out.
    /// Checked in this order: emptiness, index, gateway, epoch, signature.
    /// @param index Number of the gateway's anchors so far.
    /// @param root Not zero.
    /// @param entries Number of leaves; not zero.
    /// @param epoch Current epoch of the gateway.
    /// @param r First half of the gateway's ERC-2098 signature.
    /// @param vs Second half of it.
    function anchor(
        bytes32 gatewayId,
        uint32 index,
        bytes32 root,
        uint32 entries,
        uint32 epoch,
        bytes32 r,
        bytes32 vs
    ) external;

    /// @notice Whether the proof leads from the hash to the root of the gateway's anchor; false if there is no such anchor.
    /// @dev It is true of inner nodes too. Compute `entryHash` from the entry whose inclusion is to be shown: taken from whoever
    /// gives the proof, it says nothing.
    /// @param entryHash Full hash of the entry.
    /// @param proof Hashes beside the way from the leaf up to the root; empty if the entry is the anchor's only one.
    function verifyInclusion(
        bytes32 gatewayId,
        uint32 index,
        bytes32 entryHash,
        bytes32[] calldata proof
    ) external view returns (bool);

    /// @notice Root of the gateway's anchor; zero if there is no such anchor. It never changes.
    function anchorOf(bytes32 gatewayId, uint32 index) external view returns (bytes32 root);

    /// @notice How many anchors the gateway has, and where a reader of their events begins to walk back.
    /// @return count The index of the next anchor.
    /// @return lastBlock Block of the last `Anchored`, or 0.
    function anchorsOf(bytes32 gatewayId) external view returns (uint32 count, uint32 lastBlock);

    /// @notice Head of a log: with it a reader of events knows that nothing was cut off.
    /// @return length Number of entries; 0 too if there is no such log.
    /// @return lastEntryHash First 24 bytes of the last entry's hash; zero if there is none.
    function head(bytes32 sessionHash, bytes32 gatewayId) external view returns (uint32 length, bytes24 lastEntryHash);

    /// @notice Head with what a reader needs to walk back.
    /// @return length As `head`.
    /// @return lastEntryHash As `head`.
    /// @return lastBlock Block of the log's last event: its last entry, its closing, or `SessionOpened`; 0 for no such log.
    /// @return open Whether entries may be appended.
    /// @return closed Whether the gateway has closed it. Neither open nor closed: there is no such log.
    function logOf(
        bytes32 sessionHash,
        bytes32 gatewayId
    ) external view returns (uint32 length, bytes24 lastEntryHash, uint32 lastBlock, bool open, bool closed);

    /// @notice The decision, or NONE; NONE too for an unknown session.
    function decisionOf(bytes16 sessionId) external view returns (Decision);

    /// @notice What the register holds; all zero for an unknown session.
    function sessionOf(bytes16 sessionId) external view returns (SessionState memory);
}
