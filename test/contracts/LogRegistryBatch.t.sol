// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {bound, vm, Vm} from "../support/Vm.sol";
import {LogRegistryFixture} from "./LogRegistryFixture.sol";

/// @dev A batch is the sequence of its appends; a run is appended whole or not at all.
contract LogRegistryBatchTest is LogRegistryFixture {
    bytes16 private constant SECOND_ID = 0xfedcba98765443218fedcba987654321;

    function setUp() public {
        _deploy();
        _open(_session(SESSION_ID));
        _open(_session(SECOND_ID));
    }

    // Single entries

    /// @dev Four logs in any order, each entry good: the batch leaves the same state and the same events as single appends.
    function testFuzz_appendBatch_EqualsTheSequenceOfAppends(uint256 order, uint256 count) public {
        count = bound(count, 1, 24);
        ILogRegistry.EntryInput[] memory entries = _interleaved(order, count);
        uint256 before = vm.snapshotState();

        vm.recordLogs();
        for (uint256 i = 0; i < count; ++i) registry.append(entries[i]);
        bytes32 expectedEvents = _digest(vm.getRecordedLogs());
        bytes32 expectedState = keccak256(abi.encode(_stateOf(_first()), _stateOf(_second())));

        vm.revertToState(before);
        vm.recordLogs();
        vm.assertEq(registry.appendBatch(entries), count, "appended");
        vm.assertEq(_digest(vm.getRecordedLogs()), expectedEvents, "events");
        vm.assertEq(keccak256(abi.encode(_stateOf(_first()), _stateOf(_second()))), expectedState, "state");
    }

    function test_appendBatch_TakesAnEmptyBatch() public {
        vm.assertEq(registry.appendBatch(new ILogRegistry.EntryInput[](0)), 0, "appended");
    }

    /// @dev One bad entry takes with it what builds on it in its own log, and nothing else.
    function testFuzz_appendBatch_RefusesABadEntryAndWhatDependsOnIt(uint256 badAt) public {
        ILogRegistry.EntryInput[] memory mine = _chain(_first(), origin, 0, 0, 4);
        ILogRegistry.EntryInput[] memory theirs = _chain(_first(), destination, 0, 0, 4);
        badAt = bound(badAt, 0, 3);
        _signed(mine[badAt], stranger.key);
        ILogRegistry.EntryInput[] memory entries = new ILogRegistry.EntryInput[](8);
        for (uint256 i = 0; i < 4; ++i) (entries[2 * i], entries[2 * i + 1]) = (mine[i], theirs[i]);

        vm.recordLogs();
        vm.assertEq(registry.appendBatch(entries), 4 + badAt, "appended");
        Vm.Log[] memory logs = vm.getRecordedLogs();

        _assertHead(_first(), origin, badAt, badAt == 0 ? bytes32(0) : _entryHash(mine[badAt - 1]));
        _assertHead(_first(), destination, 4, _entryHash(theirs[3]));
        bytes memory reason = abi.encodeWithSelector(
            ILogRegistry.LogRegistryForeignSignature.selector,
            vm.addr(origin.key),
            vm.addr(stranger.key)
        );
        _assertRefusal(logs[2 * badAt], mine[badAt], 2 * badAt, reason);
        for (uint256 i = badAt + 1; i < 4; ++i) {
            reason = abi.encodeWithSelector(ILogRegistry.LogRegistryWrongIndex.selector, badAt, i);
            _assertRefusal(logs[2 * i], mine[i], 2 * i, reason);
        }
    }

    // Runs

    /// @dev A carrier may drop the inner signatures: heads and events are those of the signed entries, but for r and vs.
    function testFuzz_appendBatch_AppendsARunUnderItsLastSignature(uint256 count) public {
        count = bound(count, 2, 12);
        ILogRegistry.EntryInput[] memory run = _run(_first(), origin, 0, 0, count);
        vm.roll(1_005);
        vm.recordLogs();
        vm.assertEq(registry.appendBatch(run), count, "appended");
        Vm.Log[] memory logs = vm.getRecordedLogs();

        vm.assertEq(logs.length, count, "events");
        for (uint256 i = 0; i < count; ++i) _assertAppended(logs[i], run[i], i == 0 ? 1_000 : 1_005);
        _assertHead(_first(), origin, count, _entryHash(run[count - 1]));
    }

    function testFuzz_appendBatch_ChangesNothingWhenAnyEntryOfARunIsBad(uint256 badAt, uint256 fault) public {
        ILogRegistry.EntryInput[] memory run = _run(_first(), origin, 0, 0, 5);
        badAt = bound(badAt, 0, 4);
        bytes memory reason = _spoil(run, badAt, bound(fault, 0, 3));
        bytes32 before = _stateOf(_first());

        vm.recordLogs();
        vm.assertEq(registry.appendBatch(run), 0, "appended");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 5, "every entry of the run is named");
        for (uint256 i = 0; i < 5; ++i) _assertRefusal(logs[i], run[i], i, reason);
        vm.assertEq(_stateOf(_first()), before, "nothing changed");
    }

    function test_appendBatch_RefusesARunThatTheBatchCutsOff() public {
        ILogRegistry.EntryInput[] memory run = _run(_first(), origin, 0, 0, 3);
        bytes memory reason = _unsigned(1);
        ILogRegistry.EntryInput[] memory batch = _list(run[0], run[1]);
        vm.recordLogs();
        vm.assertEq(registry.appendBatch(batch), 0, "appended");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        _assertRefusal(logs[0], run[0], 0, reason);
        _assertRefusal(logs[1], run[1], 1, reason);
        _assertHead(_first(), origin, 0, 0);
    }

    /// @dev Another log in between ends the run: what it had is unsigned, and what follows has lost its predecessor.
    function test_appendBatch_EndsARunAtAnotherLog() public {
        ILogRegistry.EntryInput[] memory run = _run(_first(), origin, 0, 0, 2);
        ILogRegistry.EntryInput memory other = _nextSigned(_second(), origin, 0, 0);
        ILogRegistry.EntryInput[] memory batch = _list(run[0], other, run[1]);
        vm.recordLogs();
        vm.assertEq(registry.appendBatch(batch), 1, "appended");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        _assertRefusal(logs[0], run[0], 0, _unsigned(0));
        _assertAppended(logs[1], other, 1_000);
        _assertRefusal(logs[2], run[1], 2, abi.encodeWithSelector(ILogRegistry.LogRegistryWrongIndex.selector, 0, 1));
    }

    function test_appendBatch_EndsARunAtAnotherGatewayFactsOrEpoch() public {
        ILogRegistry.EntryInput[] memory run = _run(_first(), origin, 0, 0, 2);
        bytes32 gatewayId = run[1].gatewayId;
        run[1].gatewayId = destination.gatewayId;
        _assertFirstIsUnsigned(run);
        run[1].gatewayId = gatewayId;
        bytes32 factsHash = run[1].factsHash;
        run[1].factsHash = "other facts";
        _assertFirstIsUnsigned(run);
        run[1].factsHash = factsHash;
        Header memory header = _unpack(run[1].header);
        header.epoch = 2;
        run[1].header = _pack(header);
        _assertFirstIsUnsigned(run);
    }

    function test_appendBatch_RefusesARunOfAnOldEpoch() public {
        ILogRegistry.EntryInput[] memory run = _run(_first(), origin, 0, 0, 3);
        _rotate(origin, 0xA2);
        vm.recordLogs();
        vm.assertEq(registry.appendBatch(run), 0, "appended");
        bytes memory reason = abi.encodeWithSelector(ILogRegistry.LogRegistryStaleEpoch.selector, 2, 1);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < 3; ++i) _assertRefusal(logs[i], run[i], i, reason);
    }

    // The register's bits

    function test_appendBatch_SetsTheRegistersBitsInRunsAndSingles() public {
        ILogRegistry.EntryInput[] memory run = _chain(_first(), origin, 0, 0, 2);
        run[0] = _asBurn(run[0]);
        run[1].lastEntryHash = _entryHash(run[0]);
        _withoutSignature(run[0]);
        _signed(run[1], origin.key);
        ILogRegistry.EntryInput memory vote = _signed(
            _asVote(_next(_first(), destination, 0, 0), YES),
            destination.key
        );
        ILogRegistry.EntryInput[] memory batch = _list(run[0], run[1], vote);
        vm.assertEq(registry.appendBatch(batch), 3, "appended");

        ILogRegistry.SessionState memory state = registry.sessionOf(SESSION_ID);
        vm.assertTrue(state.burned && state.votedYes && !state.votedNo, "burned and voted yes");
        state = registry.sessionOf(SECOND_ID);
        vm.assertTrue(!state.burned && !state.votedYes && !state.votedNo, "the other session");
    }

    function test_appendBatch_SetsNoBitForARefusedRun() public {
        ILogRegistry.EntryInput[] memory run = _chain(_first(), origin, 0, 0, 2);
        run[0] = _asBurn(run[0]);
        run[1].lastEntryHash = _entryHash(run[0]);
        _withoutSignature(run[0]);
        _signed(run[1], stranger.key);
        vm.assertEq(registry.appendBatch(run), 0, "appended");
        vm.assertTrue(!registry.sessionOf(SESSION_ID).burned, "not burned");
    }

    // Makers and checks

    function _first() private view returns (ILogRegistry.Session memory) {
        return _session(SESSION_ID);
    }

    function _second() private view returns (ILogRegistry.Session memory) {
        return _session(SECOND_ID);
    }

    function _list(
        ILogRegistry.EntryInput memory a,
        ILogRegistry.EntryInput memory b
    ) private pure returns (ILogRegistry.EntryInput[] memory list) {
        list = new ILogRegistry.EntryInput[](2);
        (list[0], list[1]) = (a, b);
    }

    function _list(
        ILogRegistry.EntryInput memory a,
        ILogRegistry.EntryInput memory b,
        ILogRegistry.EntryInput memory c
    ) private pure returns (ILogRegistry.EntryInput[] memory list) {
        list = new ILogRegistry.EntryInput[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    /// @dev `count` good entries over the four logs, in an order drawn from `order`.
    function _interleaved(
        uint256 order,
        uint256 count
    ) private view returns (ILogRegistry.EntryInput[] memory entries) {
        entries = new ILogRegistry.EntryInput[](count);
        uint32[4] memory lengths;
        bytes32[4] memory heads;
        for (uint256 i = 0; i < count; ++i) {
            uint256 log = uint256(keccak256(abi.encode(order, i))) % 4;
            entries[i] = _nextSigned(
                log < 2 ? _first() : _second(),
                log % 2 == 0 ? origin : destination,
                lengths[log]++,
                heads[log]
            );
            heads[log] = _entryHash(entries[i]);
        }
    }

    function _run(
        ILogRegistry.Session memory of_,
        Writer memory writer,
        uint32 firstIndex,
        bytes32 lastEntryHash,
        uint256 count
    ) private pure returns (ILogRegistry.EntryInput[] memory run) {
        run = _chain(of_, writer, firstIndex, lastEntryHash, count);
        for (uint256 i = 0; i + 1 < count; ++i) _withoutSignature(run[i]);
    }

    /// @dev Breaks one entry of a run of five and returns why the run must be refused.
    function _spoil(
        ILogRegistry.EntryInput[] memory run,
        uint256 badAt,
        uint256 fault
    ) private view returns (bytes memory reason) {
        if (fault == 0) {
            run[badAt].header |= bytes32(uint256(1));
            return abi.encodeWithSelector(ILogRegistry.LogRegistryInvalidHeader.selector, run[badAt].header);
        }
        if (fault == 1) {
            run[badAt].payload = new bytes(16_385);
            return abi.encodeWithSelector(ILogRegistry.LogRegistryPayloadTooLarge.selector, 16_384, 16_385);
        }
        if (fault == 2) {
            bytes32 expected = badAt == 0 ? bytes32(0) : bytes32(bytes24(_entryHash(run[badAt - 1])));
            run[badAt].lastEntryHash = ~expected;
            return abi.encodeWithSelector(ILogRegistry.LogRegistryWrongHead.selector, expected, ~expected);
        }
        _signed(run[4], stranger.key);
        return
            abi.encodeWithSelector(
                ILogRegistry.LogRegistryForeignSignature.selector,
                vm.addr(origin.key),
                vm.addr(stranger.key)
            );
    }

    function _assertFirstIsUnsigned(ILogRegistry.EntryInput[] memory batch) private {
        vm.recordLogs();
        vm.assertEq(registry.appendBatch(batch), 0, "appended");
        _assertRefusal(vm.getRecordedLogs()[0], batch[0], 0, _unsigned(0));
        _assertHead(_first(), origin, 0, 0);
    }

    function _unsigned(uint256 index) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILogRegistry.LogRegistryUnsignedRun.selector, origin.gatewayId, index);
    }

    function _assertRefusal(
        Vm.Log memory log,
        ILogRegistry.EntryInput memory entry,
        uint256 position,
        bytes memory reason
    ) private pure {
        vm.assertEq(log.topics[0], ILogRegistry.EntryRefused.selector, "refused");
        vm.assertEq(log.topics[1], bytes32(entry.sessionId), "sessionId");
        vm.assertEq(log.topics[2], entry.gatewayId, "gatewayId");
        vm.assertEq(log.data, abi.encode(entry.header, position, reason), "header, position and reason");
    }

    function _assertAppended(
        Vm.Log memory log,
        ILogRegistry.EntryInput memory entry,
        uint32 previousBlock
    ) private pure {
        vm.assertEq(log.topics[0], ILogRegistry.EntryAppended.selector, "appended");
        vm.assertEq(log.topics[1], bytes32(entry.sessionId), "sessionId");
        vm.assertEq(log.topics[2], entry.gatewayId, "gatewayId");
        bytes memory data = abi.encode(
            entry.header,
            entry.causedBy,
            entry.lastEntryHash,
            sha256(entry.payload),
            entry.payload,
            entry.r,
            entry.vs,
            previousBlock
        );
        vm.assertEq(log.data, data, "fields");
    }

    function _digest(Vm.Log[] memory logs) private pure returns (bytes32) {
        return keccak256(abi.encode(logs));
    }
}
