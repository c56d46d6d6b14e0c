// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {LogAnchors} from "./LogAnchors.sol";
import {ILogRegistry} from "./interfaces/ILogRegistry.sol";
import {EntryRules} from "./libraries/EntryRules.sol";
import {LogEntry} from "./libraries/LogEntry.sol";
import {LogHead, LogHeadLibrary, Role} from "./libraries/LogHead.sol";
import {SessionRules} from "./libraries/SessionRules.sol";
import {Statements} from "./libraries/Statements.sol";

/// @title The log: entries of gateways, hash-chained and signed, the register of decisions, and anchors of logs kept elsewhere.
/// @dev An append reads two words, the log's and the gateway's, and writes the log's. It never reads the session: that the
/// log's word is not zero proves that the session was opened with these facts and that the gateway is a party to it.
contract LogRegistry is LogAnchors {
    using LogEntry for bytes32;
    using EntryRules for EntryInput;
    using EntryRules for EntryInput[];
    using SessionRules for Session;
    using SessionRules for SessionState;

    /// @dev A struct of one word, so that an append computes where it lies once instead of twice.
    struct Log {
        LogHead head;
    }

    mapping(bytes16 sessionId => SessionState session) private _sessions;
    mapping(bytes32 logKey => Log log) private _logs;

    /// @inheritdoc ILogRegistry
    function openSession(
        Session calldata session,
        uint32 epoch,
        bytes32 r,
        bytes32 vs
    ) external returns (bytes32 sessionHash) {
        bytes16 sessionId = session.sessionId;
        bytes32 origin = session.originGatewayId;
        bytes32 destination = session.destinationGatewayId;
        SessionState storage state = _sessions[sessionId];
        if (state.openBlock != 0) revert LogRegistrySessionExists(sessionId);
        session.check();
        if (destination != 0 && !_isRegistered(destination)) revert GatewayRegistryUnknownGateway(destination);
        sessionHash = session.hashOf();
        _checkStatement(origin, epoch, Statements.openSession(sessionHash, epoch), r, vs);

        _logs[_logKeyOf(sessionHash, origin)].head = LogHeadLibrary.opened(Role.ORIGIN);
        if (destination != 0) _logs[_logKeyOf(sessionHash, destination)].head = LogHeadLibrary.opened(Role.DESTINATION);
        state.openBlock = uint32(block.number);
        state.deadline = session.deadline;
        state.openLogs = destination == 0 ? 1 : 2;
        emit SessionOpened(sessionId, origin, destination, session.deadline, epoch, session.facts, r, vs);
    }

    /// @inheritdoc ILogRegistry
    function append(EntryInput calldata entry) external {
        bytes memory refusal = _tryAppend(entry);
        if (refusal.length != 0) LowLevelCall.bubbleRevert(refusal);
    }

    /// @inheritdoc ILogRegistry
    function appendBatch(EntryInput[] calldata entries) external returns (uint256 appended) {
        appended = entries.length;
        uint256 end = 0;
        for (uint256 start = 0; start < entries.length; start = end) {
            bytes memory refusal;
            EntryInput calldata entry = entries[start];
            if (entry.isUnsigned()) {
                end = entries.endOfRun(start);
                refusal = _tryAppendRun(entries, start, end);
            } else {
                end = start + 1;
                refusal = _tryAppend(entry);
            }
            if (refusal.length != 0) {
                appended -= end - start;
                _refuse(entries, start, end, refusal);
            }
        }
    }

    /// @inheritdoc ILogRegistry
    function decide(
        bytes16 sessionId,
        bytes32 factsHash,
        bytes32 originGatewayId,
        Decision decision,
        uint32 epoch,
        bytes32 r,
        bytes32 vs
    ) external {
        SessionState storage session = _sessions[sessionId];
        if (session.openBlock == 0) revert LogRegistryUnknownSession(sessionId);
        if (session.deadline == 0) revert LogRegistryNoRegister(sessionId);
        if (session.decision != Decision.NONE) revert LogRegistryAlreadyDecided(sessionId, session.decision);
        bytes32 sessionHash = SessionRules.sessionHashOf(sessionId, factsHash);
        if (!_logs[_logKeyOf(sessionHash, originGatewayId)].head.isOrigin()) {
            revert LogRegistryUnknownLog(sessionHash, originGatewayId);
        }

        bool signed = epoch != 0 || r != 0 || vs != 0;
        if (signed) {
            _checkStatement(originGatewayId, epoch, Statements.decide(sessionHash, uint8(decision), epoch), r, vs);
        }
        Ground ground = session.groundOf(decision, signed);
        if (ground == Ground.NONE) {
            revert LogRegistryDecisionWithoutGround(
                sessionId,
                session.votedYes,
                session.burned,
                session.deadline,
                block.timestamp
            );
        }

        session.decision = decision;
        session.decidedBlock = uint32(block.number);
        emit Decided(sessionId, decision, ground, epoch, r, vs);
    }

    /// @inheritdoc ILogRegistry
    function closeSession(
        bytes16 sessionId,
        bytes32 factsHash,
        bytes32 gatewayId,
        uint32 length,
        bytes32 lastEntryHash,
        uint32 epoch,
        bytes32 r,
        bytes32 vs
    ) external {
        bytes32 sessionHash = SessionRules.sessionHashOf(sessionId, factsHash);
        Log storage stored = _logs[_logKeyOf(sessionHash, gatewayId)];
        LogHead log = stored.head;
        if (!log.exists()) revert LogRegistryUnknownLog(sessionHash, gatewayId);
        if (!log.isOpen()) revert LogRegistryLogClosed(sessionHash, gatewayId, log.length());
        if (length != log.length()) revert LogRegistryWrongIndex(log.length(), length);
        if (bytes24(lastEntryHash) != log.lastEntryHash()) {
            revert LogRegistryWrongHead(log.lastEntryHash(), lastEntryHash);
        }
        _checkStatement(
            gatewayId,
            epoch,
            Statements.closeLog(sessionHash, gatewayId, length, lastEntryHash, epoch),
            r,
            vs
        );

        stored.head = log.closed();
        emit LogClosed(sessionId, gatewayId, length, lastEntryHash, epoch, r, vs, log.lastBlock());
        SessionState storage session = _sessions[sessionId];
        if (--session.openLogs == 0) {
            session.closedBlock = uint32(block.number);
            emit SessionClosed(sessionId, sessionHash);
        }
    }

    /// @inheritdoc ILogRegistry
    function head(bytes32 sessionHash, bytes32 gatewayId) external view returns (uint32 length, bytes24 lastEntryHash) {
        LogHead log = _logs[_logKeyOf(sessionHash, gatewayId)].head;
        return (uint32(log.length()), log.lastEntryHash());
    }

    /// @inheritdoc ILogRegistry
    function logOf(
        bytes32 sessionHash,
        bytes32 gatewayId
    ) external view returns (uint32 length, bytes24 lastEntryHash, uint32 lastBlock, bool open, bool closed) {
        LogHead log = _logs[_logKeyOf(sessionHash, gatewayId)].head;
        return (uint32(log.length()), log.lastEntryHash(), log.lastBlock(), log.isOpen(), log.isClosed());
    }

    /// @inheritdoc ILogRegistry
    function decisionOf(bytes16 sessionId) external view returns (Decision) {
        return _sessions[sessionId].decision;
    }

    /// @inheritdoc ILogRegistry
    function sessionOf(bytes16 sessionId) external view returns (SessionState memory) {
        return _sessions[sessionId];
    }

    /// @dev Appends a signed entry, or changes nothing and says why not.
    function _tryAppend(EntryInput calldata entry) private returns (bytes memory refusal) {
        bytes calldata payload = entry.payload;
        bytes32 sessionHash = SessionRules.sessionHashOf(entry.sessionId, entry.factsHash);
        Log storage log = _logs[_logKeyOf(sessionHash, entry.gatewayId)];
        LogHead previous = log.head;
        (address key, uint256 epoch) = _writerOf(entry.gatewayId);
        refusal = entry.check(payload, sessionHash, previous, epoch);
        if (refusal.length != 0) return refusal;
        bytes32 payloadHash = sha256(payload);
        bytes32 entryHash = entry.hashOf(sessionHash, payloadHash);
        refusal = entry.checkSignature(entryHash, key);
        if (refusal.length != 0) return refusal;

        log.head = previous.appended(entryHash);
        _publish(entry, payload, payloadHash, previous);
    }

    /// @dev Appends the run in [start, end), or changes nothing and says why not. Each digest contains the one before it, so
    /// the last entry's signature proves them all. Nothing may be published before the whole run is known to be good.
    function _tryAppendRun(
        EntryInput[] calldata entries,
        uint256 start,
        uint256 end
    ) private returns (bytes memory refusal) {
        EntryInput calldata entry = entries[start];
        bytes32 sessionHash = SessionRules.sessionHashOf(entry.sessionId, entry.factsHash);
        Log storage log = _logs[_logKeyOf(sessionHash, entry.gatewayId)];
        LogHead next = log.head;
        (address key, uint256 epoch) = _writerOf(entry.gatewayId);
        bytes32 entryHash;
        bytes32[] memory payloadHashes = new bytes32[](end - start);
        for (uint256 position = start; position < end; ++position) {
            entry = entries[position];
            refusal = entry.check(entry.payload, sessionHash, next, epoch);
            if (refusal.length != 0) return refusal;
            bytes32 payloadHash = sha256(entry.payload);
            entryHash = entry.hashOf(sessionHash, payloadHash);
            payloadHashes[position - start] = payloadHash;
            next = next.appended(entryHash);
        }
        refusal = entry.checkSignature(entryHash, key);
        if (refusal.length != 0) return refusal;

        LogHead previous = log.head;
        log.head = next;
        for (uint256 position = start; position < end; ++position) {
            entry = entries[position];
            _publish(entry, entry.payload, payloadHashes[position - start], previous);
            previous = next;
        }
    }

    /// @dev Names every entry in [start, end).
    function _refuse(EntryInput[] calldata entries, uint256 start, uint256 end, bytes memory refusal) private {
        for (uint256 position = start; position < end; ++position) {
            EntryInput calldata entry = entries[position];
            emit EntryRefused(entry.sessionId, entry.gatewayId, entry.header, position, refusal);
        }
    }

    /// @dev Emits the entry's event and tells the register what it proves.
    /// @param previous The log's word before the entry; names the block of the log's event before this one.
    function _publish(
        EntryInput calldata entry,
        bytes calldata payload,
        bytes32 payloadHash,
        LogHead previous
    ) private {
        emit EntryAppended(
            entry.sessionId,
            entry.gatewayId,
            entry.header,
            entry.causedBy,
            entry.lastEntryHash,
            payloadHash,
            payload,
            entry.r,
            entry.vs,
            previous.lastBlock()
        );
        uint256 kind = entry.header.kindOf();
        if (LogEntry.isEvidence(kind)) _sessions[entry.sessionId].record(kind, previous.isOrigin());
    }

    /// @dev Equals `keccak256(abi.encode(sessionHash, gatewayId))`.
    function _logKeyOf(bytes32 sessionHash, bytes32 gatewayId) private pure returns (bytes32) {
        return Hashes.efficientKeccak256(sessionHash, gatewayId);
    }
}
