// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "./IGatewayRegistry.sol";

/// @title The log: entries of gateways, hash-chained and signed, and the register of decisions.
/// @notice The contract keeps one word per log (its head); events keep the entries. Law: the events alone rebuild every entry,
/// byte for byte; `head` tells that nothing was cut off.
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
    /// @param deadline UNIX seconds on this chain's clock.
    struct SessionState {
        uint32 openBlock;
        uint32 decidedBlock;
        uint32 closedBlock;
        uint64 deadline;
        Decision decision;
        bool votedYes;
        bool votedNo;
        bool burned;
    }

    error LogRegistrySessionExists(bytes16 sessionId);
    error LogRegistryUnknownSession(bytes16 sessionId);
    /// @notice Session facts that contradict each other: the reason names the member.
    error LogRegistryInvalidSession(bytes16 sessionId, bytes32 member);
    /// @notice No such log: the session was not opened with these facts, or the gateway is not a party to it.
    error LogRegistryUnknownLog(bytes32 sessionHash, bytes32 gatewayId);
    /// @notice The log is closed at `length` entries.
    error LogRegistryLogClosed(bytes32 sessionHash, bytes32 gatewayId, uint256 length);
    error LogRegistryWrongIndex(uint256 expected, uint256 actual);
    /// @notice `lastEntryHash` is not the head; the first 24 bytes are compared.
    error LogRegistryWrongHead(bytes32 expected, bytes32 actual);
    error LogRegistryStaleEpoch(uint256 expected, uint256 actual);
    error LogRegistryForeignSignature(address expected, address actual);
    /// @notice The header is not of this version, has spare bits set, or an operation or vote that does not exist.
    error LogRegistryInvalidHeader(bytes32 header);
    error LogRegistryPayloadTooLarge(uint256 maximum, uint256 actual);
    error LogRegistryFactsTooLarge(uint256 maximum, uint256 actual);
    /// @notice A batch ended within a run: its last entry has no signature.
    error LogRegistryUnsignedRun(bytes32 gatewayId, uint256 index);
    /// @notice The decision was written before, once and for all.
    error LogRegistryAlreadyDecided(bytes16 sessionId, Decision actual);
    /// @notice COMMIT needs YES and done-burn in the logs; ABORT needs the origin's signature, NO, or the deadline.
    error LogRegistryDecisionWithoutGround(bytes16 sessionId, bool votedYes, bool burned, uint256 deadline, uint256 actual);

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
    /// @notice An entry stands in its log for good.
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
    /// @param position Place of the entry in the batch.
    /// @param reason The error that `append` would have reverted with, selector and arguments.
    event EntryRefused(bytes16 indexed sessionId, bytes32 indexed gatewayId, bytes32 header, uint256 position, bytes reason);
    /// @param epoch Epoch of the origin's key that signed; 0 unless `ground` is ORIGIN.
    event Decided(bytes16 indexed sessionId, Decision decision, Ground ground, uint32 epoch, bytes32 r, bytes32 vs);
    /// @notice The gateway has closed its own log: `length` entries, the last one `lastEntryHash`.
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

    /// @notice Opens a session and its logs. The origin signs `OpenSession(bytes32 sessionHash,uint32 epoch)`.
    function openSession(Session calldata session, uint32 epoch, bytes32 r, bytes32 vs) external returns (bytes32 sessionHash);

    /// @notice Appends one signed entry, or reverts with the reason.
    function append(EntryInput calldata entry) external;

    /// @notice Appends entries of any logs, in the order given. A run (consecutive entries of one log and epoch, of which only
    /// the last is signed) is appended whole or not at all. A refused entry or run is named in `EntryRefused`; what depends on
    /// it is refused too, by its own index or head, and nothing else is.
    /// @return appended Number of entries appended.
    function appendBatch(EntryInput[] calldata entries) external returns (uint256 appended);

    /// @notice Writes the decision, once. The origin signs
    /// `Decide(bytes32 sessionHash,uint8 decision,uint32 epoch)`; for ABORT on the grounds VOTE_NO or DEADLINE pass `epoch`,
    /// `r` and `vs` as zero.
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
    /// `CloseLog(bytes32 sessionHash,bytes32 gatewayId,uint32 length,bytes32 lastEntryHash,uint32 epoch)`.
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

    /// @notice Number of entries and the first 24 bytes of the last entry's hash; zeros if there is no such log.
    function head(bytes32 sessionHash, bytes32 gatewayId) external view returns (uint32 length, bytes24 lastEntryHash);

    /// @notice Head with what a reader needs to walk back: the block of the log's last event, and whether it is closed.
    function logOf(
        bytes32 sessionHash,
        bytes32 gatewayId
    ) external view returns (uint32 length, bytes24 lastEntryHash, uint32 lastBlock, bool open, bool closed);

    /// @notice The decision, or NONE; NONE too for an unknown session.
    function decisionOf(bytes16 sessionId) external view returns (Decision);

    /// @notice What the register holds; all zero for an unknown session.
    function sessionOf(bytes16 sessionId) external view returns (SessionState memory);
}
