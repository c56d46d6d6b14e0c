// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../../contracts/interfaces/ILogRegistry.sol";
import {bound, vm} from "../../support/Vm.sol";
import {EventReplay} from "./EventReplay.sol";

/// @dev Two honest gateways, a carrier that mixes their entries with bad ones, and clocks. Every call does work: what cannot
/// be done now is replaced by the next best thing, and bad input is given on purpose, where it must be refused.
abstract contract LogRegistryHandler is EventReplay {
    uint256 public constant SESSIONS_MAX = 6;
    uint256 private constant BATCH_MAX = 10;
    uint256 private constant FAULTS = 5;

    ILogRegistry.Session[] private _opened;
    uint256 private _now = START;
    uint256 private _height = 1_000;
    uint256 private _nextKey = 0x1_0000;

    uint256 public appended;
    uint256 public refused;
    uint256 public decided;
    uint256 public rotated;
    uint256 public takenOver;
    uint256 public closed;

    /// @dev What the next entry of every log builds on while a batch is made: log number → length and head.
    uint32[] private _lengths;
    bytes32[] private _heads;
    ILogRegistry.EntryInput[] private _batch;
    uint256 private _goodInBatch;

    constructor() {
        vm.recordLogs();
        _deploy();
        _openNext();
        _openNext();
        _replay(vm.getRecordedLogs());
    }

    /// @dev Time does not survive between the runner's calls, so each sets it. Every call's events are replayed.
    modifier step() {
        vm.warp(_now);
        vm.roll(_height);
        vm.recordLogs();
        _;
        _replay(vm.getRecordedLogs());
    }

    function registryAddress() external view returns (address) {
        return address(registry);
    }

    function sessions() external view returns (ILogRegistry.Session[] memory) {
        return _opened;
    }

    function strangerId() external view returns (bytes32) {
        return stranger.gatewayId;
    }

    function openSession() external step {
        if (_opened.length < SESSIONS_MAX && _now < DEADLINE) _openNext();
        else _appendGood(_height, 0);
    }

    /// @param kind An ordinary entry, the destination's vote, or the origin's done-burn.
    function append(uint256 log, uint256 kind) external step {
        _appendGood(log, kind);
    }

    /// @dev A batch of single entries and runs over all logs, good and bad; exactly the good ones are appended.
    function appendBatch(uint256 seed, uint256 count) external step {
        count = bound(count, 2, BATCH_MAX);
        _readHeads();
        delete _batch;
        _goodInBatch = 0;
        while (_batch.length < count) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 log = seed % _lengths.length;
            bool spoiled = (seed >> 8) % 4 == 0;
            if ((seed >> 16) % 3 == 0) _addRun(log, 2 + ((seed >> 24) % 3), spoiled);
            else if (spoiled) _batch.push(_bad(log, seed >> 24));
            else _addGood(log, seed >> 24);
        }
        uint256 inBatch = _batch.length;
        uint256 taken = registry.appendBatch(_batch);
        _expect(taken == _goodInBatch, "a batch appends its good entries and no other");
        appended += taken;
        refused += inBatch - taken;
    }

    /// @dev A bad entry alone: it must be refused.
    function appendBad(uint256 log, uint256 fault) external step {
        _readHeads();
        ILogRegistry.EntryInput memory entry = _bad(log % _lengths.length, fault);
        try registry.append(entry) {
            _expect(false, "a bad entry is refused");
        } catch {
            ++refused;
        }
    }

    function rotateKey(bool ofOrigin) external step {
        _rotate(ofOrigin ? origin : destination, ++_nextKey);
        ++rotated;
    }

    /// @dev A new backup takes over, or the primary hands over to it.
    function takeOver(bool ofOrigin, bool planned) external step {
        Writer storage writer = ofOrigin ? origin : destination;
        _setBackups(writer, _list(++_nextKey), 0);
        if (planned) _handOver(writer, _nextKey);
        else _takeOver(writer, _nextKey);
        ++takenOver;
    }

    /// @dev Any decision, signed or not; whether it stood on a ground is checked by the replay.
    function decide(uint256 number, bool commit, bool signed) external step {
        ILogRegistry.Session memory session = _opened[number % _opened.length];
        ILogRegistry.Decision decision = commit ? ILogRegistry.Decision.COMMIT : ILogRegistry.Decision.ABORT;
        if (commit) _makeEvidence(number % _opened.length);
        (bytes32 r, bytes32 vs) = _signDecision(_sessionHash(session), decision, origin);
        uint32 epoch = origin.epoch;
        if (!signed && !commit) (epoch, r, vs) = (0, 0, 0);
        bytes32 factsHash = _factsHash(session);
        bytes32 originId = session.originGatewayId;
        try registry.decide(session.sessionId, factsHash, originId, decision, epoch, r, vs) {
            ++decided;
        } catch {
            ++refused;
        }
    }

    /// @dev Closes a log, one time in four: closed logs leave less to do.
    function closeSession(uint256 log, uint256 chance) external step {
        _readHeads();
        log %= _lengths.length;
        if (chance % 4 != 0 || _isClosed(log)) return _appendGood(log, chance);
        _close(_opened[log / 2], _writerOf(log), _lengths[log], _heads[log]);
        ++closed;
    }

    function passTime(uint256 blocks, uint256 time) external step {
        _height += bound(blocks, 1, 5);
        _now += bound(time, 1, 5 minutes);
        vm.roll(_height);
        _appendGood(blocks, time);
    }

    // Making entries

    function _openNext() private {
        ILogRegistry.Session memory session = _session(bytes16(uint128(_opened.length + 1)));
        _opened.push(session);
        _open(session);
    }

    /// @dev Appends to an open log, from the wanted one on; to none if all are closed.
    function _appendGood(uint256 log, uint256 kind) private {
        _readHeads();
        log %= _lengths.length;
        for (uint256 i = 0; i < _lengths.length; ++i) {
            uint256 candidate = (log + i) % _lengths.length;
            if (_isClosed(candidate)) continue;
            registry.append(_good(candidate, kind));
            ++appended;
            return;
        }
    }

    /// @dev The votes and burns that a COMMIT needs, if their logs are open.
    function _makeEvidence(uint256 number) private {
        _readHeads();
        for (uint256 log = 2 * number; log < 2 * number + 2; ++log) {
            if (_isClosed(log)) continue;
            registry.append(_good(log, 1));
            ++appended;
        }
    }

    /// @dev Kind 0 and 3 up: ordinary; 1: vote YES or done-burn; 2: vote NO or done-burn.
    function _good(uint256 log, uint256 kind) private view returns (ILogRegistry.EntryInput memory entry) {
        Writer memory writer = _writerOf(log);
        entry = _next(_opened[log / 2], writer, _lengths[log], _heads[log]);
        kind %= 8;
        if (kind == 1 || kind == 2) entry = log % 2 == 0 ? _asBurn(entry) : _asVote(entry, uint8(kind));
        return _signed(entry, writer.key);
    }

    function _bad(uint256 log, uint256 fault) private view returns (ILogRegistry.EntryInput memory entry) {
        Writer memory writer = _writerOf(log);
        fault %= FAULTS;
        entry = _next(_opened[log / 2], writer, _lengths[log], _heads[log]);
        if (fault == 0) return _signed(entry, writer.key ^ 1);
        if (fault == 1) entry = _next(_opened[log / 2], writer, _lengths[log] + 1, _heads[log]);
        if (fault == 2) entry.lastEntryHash = ~entry.lastEntryHash;
        if (fault == 3) entry.gatewayId = stranger.gatewayId;
        if (fault == 4) {
            --writer.epoch;
            entry = _next(_opened[log / 2], writer, _lengths[log], _heads[log]);
        }
        return _signed(entry, writer.key);
    }

    function _addGood(uint256 log, uint256 kind) private {
        ILogRegistry.EntryInput memory entry = _good(log, kind);
        _batch.push(entry);
        if (!_isClosed(log)) _advance(log, _entryHash(entry));
    }

    /// @dev A run under its last signature; spoiled, its last entry is somebody else's, and the whole of it is refused.
    function _addRun(uint256 log, uint256 count, bool spoiled) private {
        Writer memory writer = _writerOf(log);
        ILogRegistry.EntryInput[] memory run = _chain(_opened[log / 2], writer, _lengths[log], _heads[log], count);
        if (spoiled) _signed(run[count - 1], writer.key ^ 1);
        for (uint256 i = 0; i < count; ++i) {
            if (i + 1 < count) _withoutSignature(run[i]);
            _batch.push(run[i]);
            if (!spoiled && !_isClosed(log)) _advance(log, _entryHash(run[i]));
        }
    }

    function _advance(uint256 log, bytes32 entryHash) private {
        ++_lengths[log];
        _heads[log] = entryHash;
        ++_goodInBatch;
    }

    /// @dev Logs are numbered: two per session, the origin's first.
    function _writerOf(uint256 log) private view returns (Writer memory) {
        return log % 2 == 0 ? origin : destination;
    }

    function _isClosed(uint256 log) private view returns (bool) {
        return replayedLog(_opened[log / 2].sessionId, _writerOf(log).gatewayId).closed;
    }

    function _readHeads() private {
        delete _lengths;
        delete _heads;
        for (uint256 log = 0; log < 2 * _opened.length; ++log) {
            ReplayedLog memory replayed = replayedLog(_opened[log / 2].sessionId, _writerOf(log).gatewayId);
            _lengths.push(uint32(replayed.length));
            _heads.push(replayed.head);
        }
    }
}
