// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "../../../contracts/interfaces/IGatewayRegistry.sol";
import {ILogRegistry} from "../../../contracts/interfaces/ILogRegistry.sol";
import {Vm} from "../../support/Vm.sol";
import {SuccessionFixture} from "../SuccessionFixture.sol";

/// @dev A reader that has nothing but the registry's events, in order. It rebuilds groups, logs and decisions, and writes down
/// what an event must not say: those lines stand in `faults`.
abstract contract EventReplay is SuccessionFixture {
    struct ReplayedLog {
        uint256 length;
        bytes32 head;
        uint256 lastBlock;
        bool closed;
    }

    struct ReplayedSession {
        bytes32 sessionHash;
        bytes32 factsHash;
        uint256 decisions;
        ILogRegistry.Decision decision;
        ILogRegistry.Ground ground;
        bool votedYes;
        bool votedNo;
        bool burned;
    }

    string[] public faults;

    mapping(bytes32 gatewayId => mapping(uint256 epoch => address key)) private _keys;
    mapping(bytes32 gatewayId => uint256 epoch) private _epochs;
    mapping(bytes16 sessionId => ReplayedSession session) private _sessions;
    mapping(bytes16 sessionId => mapping(bytes32 gatewayId => ReplayedLog log)) private _logs;

    /// @dev Log and epoch of the unsigned entries that wait for the last one of their run.
    bytes32 private _run;

    function faultCount() external view returns (uint256) {
        return faults.length;
    }

    function replayedLog(bytes16 sessionId, bytes32 gatewayId) public view returns (ReplayedLog memory) {
        return _logs[sessionId][gatewayId];
    }

    function replayedSession(bytes16 sessionId) public view returns (ReplayedSession memory) {
        return _sessions[sessionId];
    }

    /// @dev Reads the events of one transaction.
    function _replay(Vm.Log[] memory events) internal {
        for (uint256 i = 0; i < events.length; ++i) {
            bytes32 kind = events[i].topics[0];
            if (kind == IGatewayRegistry.GatewayRegistered.selector) _replayRegistered(events[i]);
            else if (kind == IGatewayRegistry.KeyRotated.selector) _replayNewKey(events[i]);
            else if (kind == IGatewayRegistry.PrimaryChanged.selector) _replayNewKey(events[i]);
            else if (kind == ILogRegistry.SessionOpened.selector) _replayOpened(events[i]);
            else if (kind == ILogRegistry.EntryAppended.selector) _replayAppended(events[i]);
            else if (kind == ILogRegistry.Decided.selector) _replayDecided(events[i]);
            else if (kind == ILogRegistry.LogClosed.selector) _replayClosed(events[i]);
        }
        _expect(_run == 0, "a transaction ended within a run");
    }

    function _replayRegistered(Vm.Log memory event_) private {
        (, address key, , , ) = abi.decode(event_.data, (string, address, string, bytes32, bytes32));
        _keys[event_.topics[1]][1] = key;
        _epochs[event_.topics[1]] = 1;
    }

    /// @dev Both kinds of event begin with the epoch and its key.
    function _replayNewKey(Vm.Log memory event_) private {
        (uint32 epoch, address key) = abi.decode(event_.data, (uint32, address));
        _expect(epoch == ++_epochs[event_.topics[1]], "epochs rise one by one");
        _keys[event_.topics[1]][epoch] = key;
    }

    function _replayOpened(Vm.Log memory event_) private {
        (uint64 deadline, , bytes memory facts) = abi.decode(event_.data, (uint64, uint32, bytes));
        bytes16 sessionId = bytes16(event_.topics[1]);
        ReplayedSession storage session = _sessions[sessionId];
        _expect(session.sessionHash == 0, "a session is opened once");
        session.factsHash = keccak256(abi.encode(event_.topics[2], event_.topics[3], deadline, keccak256(facts)));
        session.sessionHash = keccak256(abi.encode(sessionId, session.factsHash));
        _logs[sessionId][event_.topics[2]].lastBlock = block.number;
        _logs[sessionId][event_.topics[3]].lastBlock = block.number;
    }

    function _replayAppended(Vm.Log memory event_) private {
        ILogRegistry.EntryInput memory entry;
        bytes32 payloadHash;
        uint32 previousBlock;
        (
            entry.header,
            entry.causedBy,
            entry.lastEntryHash,
            payloadHash,
            entry.payload,
            entry.r,
            entry.vs,
            previousBlock
        ) = abi.decode(event_.data, (bytes32, bytes32, bytes32, bytes32, bytes, bytes32, bytes32, uint32));
        entry.sessionId = bytes16(event_.topics[1]);
        entry.gatewayId = event_.topics[2];
        entry.factsHash = _sessions[entry.sessionId].factsHash;
        ReplayedLog storage log = _logs[entry.sessionId][entry.gatewayId];
        Header memory header = _unpack(entry.header);

        _expect(_sessions[entry.sessionId].sessionHash != 0 && log.lastBlock != 0, "only parties to a session write");
        _expect(!log.closed, "nothing is appended to a closed log");
        _expect(header.index == log.length, "indexes have no gap");
        _expect(entry.lastEntryHash == log.head, "entries are chained");
        _expect(payloadHash == sha256(entry.payload), "the payload's hash is its own");
        _expect(previousBlock == log.lastBlock, "an entry names the block of the event before it");
        _checkSignature(entry, header.epoch);

        log.head = _entryHash(entry);
        log.lastBlock = block.number;
        ++log.length;
        _collect(_sessions[entry.sessionId], header, entry.gatewayId == origin.gatewayId);
    }

    /// @dev An entry is signed by its epoch's key, itself or through a later entry of its run. The test's keys are known, so
    /// signing anew does for recovering.
    function _checkSignature(ILogRegistry.EntryInput memory entry, uint32 epoch) private {
        _expect(epoch == _epochs[entry.gatewayId], "the epoch is the current one");
        bytes32 run = keccak256(abi.encode(entry.sessionId, entry.gatewayId, epoch));
        _expect(_run == 0 || _run == run, "a run stays within its log and epoch");
        if (entry.r == 0 && entry.vs == 0) {
            _run = run;
            return;
        }
        _run = 0;
        uint8 v = uint8(uint256(entry.vs) >> 255) + 27;
        bytes32 s = entry.vs & bytes32(type(uint256).max >> 1);
        address signer = ecrecover(_entryHash(entry), v, entry.r, s);
        _expect(signer != address(0) && signer == _keys[entry.gatewayId][epoch], "signed by the epoch's key");
    }

    function _collect(ReplayedSession storage session, Header memory header, bool byOrigin) private {
        bool isVote = header.operation == ACK && header.step == STEP_COMMIT_READY && header.command == COMMAND_PREPARE;
        bool isBurn = header.operation == DONE && header.step == STEP_BURN && header.command == COMMAND_BURN;
        if (byOrigin && isBurn && header.vote == 0) session.burned = true;
        if (!byOrigin && isVote && !session.votedYes && !session.votedNo) {
            session.votedYes = header.vote == YES;
            session.votedNo = header.vote == NO;
        }
    }

    function _replayDecided(Vm.Log memory event_) private {
        ReplayedSession storage session = _sessions[bytes16(event_.topics[1])];
        (session.decision, session.ground) = abi.decode(event_.data, (ILogRegistry.Decision, ILogRegistry.Ground));
        _expect(++session.decisions == 1, "a decision is written once");
        if (session.decision == ILogRegistry.Decision.COMMIT) {
            _expect(session.votedYes && session.burned, "COMMIT has YES and done-burn");
            _expect(session.ground == ILogRegistry.Ground.ORIGIN, "COMMIT is the origin's");
        } else {
            _expect(session.ground != ILogRegistry.Ground.VOTE_NO || session.votedNo, "VOTE_NO has a NO");
            bool late = block.timestamp >= DEADLINE;
            _expect(session.ground != ILogRegistry.Ground.DEADLINE || late, "DEADLINE has passed");
        }
    }

    function _replayClosed(Vm.Log memory event_) private {
        (uint32 length, bytes32 lastEntryHash, , , , uint32 previousBlock) = abi.decode(
            event_.data,
            (uint32, bytes32, uint32, bytes32, bytes32, uint32)
        );
        ReplayedLog storage log = _logs[bytes16(event_.topics[1])][event_.topics[2]];
        _expect(!log.closed, "a log is closed once");
        _expect(length == log.length && lastEntryHash == log.head, "a log is closed at its head");
        _expect(previousBlock == log.lastBlock, "a closing names the block of the event before it");
        log.closed = true;
        log.lastBlock = block.number;
    }

    function _expect(bool holds, string memory what) internal {
        if (!holds) faults.push(what);
    }
}
