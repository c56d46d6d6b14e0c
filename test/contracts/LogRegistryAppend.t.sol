// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {bound, vm, Vm} from "../support/Vm.sol";
import {LogRegistryFixture} from "./LogRegistryFixture.sol";

/// @dev Per rule: when an append succeeds, what it changes, and that a refused one changes nothing, alone and in a batch.
contract LogRegistryAppendTest is LogRegistryFixture {
    ILogRegistry.Session private session;
    bytes32 private sessionHash;
    /// @dev Hash of the one entry that stands in the origin's log.
    bytes32 private firstHash;

    function setUp() public {
        _deploy();
        session = _session(SESSION_ID);
        sessionHash = _open(session);
        ILogRegistry.EntryInput memory first = _nextSigned(session, origin, 0, 0);
        registry.append(first);
        firstHash = _entryHash(first);
    }

    // Good entries

    function testFuzz_append_MovesTheHeadAndEmitsTheWholeEntry(
        bytes32 causedBy,
        bytes calldata payload,
        uint64 timestamp,
        uint64 seqNumber,
        uint16 step,
        address carrier
    ) public {
        ILogRegistry.EntryInput memory entry = _next(session, origin, 1, firstHash);
        timestamp = uint64(bound(timestamp, 0, 2 ** 53 - 1));
        seqNumber = uint64(bound(seqNumber, 0, 2 ** 53 - 1));
        entry.header = _pack(Header(1, DONE, 0, step, 3, timestamp, seqNumber, origin.epoch, 1));
        entry.causedBy = causedBy;
        entry.payload = payload;
        _signed(entry, origin.key);
        vm.roll(1_001);

        vm.expectEmit(address(registry));
        _emitAppended(entry, 1_000);
        vm.prank(carrier);
        registry.append(entry);

        _assertHead(session, origin, 2, _entryHash(entry));
        _assertHead(session, destination, 0, 0);
    }

    function test_append_TakesTheLargestPayloadAndTheEmptyOne() public {
        ILogRegistry.EntryInput memory entry = _next(session, origin, 1, firstHash);
        entry.payload = new bytes(16_384);
        registry.append(_signed(entry, origin.key));

        ILogRegistry.EntryInput memory empty = _next(session, origin, 2, _entryHash(entry));
        empty.payload = "";
        registry.append(_signed(empty, origin.key));
        _assertHead(session, origin, 3, _entryHash(empty));
    }

    function test_append_NamesTheBlockOfTheLogsEventBefore() public {
        ILogRegistry.EntryInput[] memory entries = _chain(session, origin, 1, firstHash, 2);
        vm.roll(1_010);
        vm.expectEmit(address(registry));
        _emitAppended(entries[0], 1_000);
        registry.append(entries[0]);
        vm.expectEmit(address(registry));
        _emitAppended(entries[1], 1_010);
        registry.append(entries[1]);

        (, , uint32 lastBlock, bool open, bool closed) = registry.logOf(sessionHash, origin.gatewayId);
        vm.assertEq(lastBlock, 1_010, "last block");
        vm.assertTrue(open && !closed, "open");
    }

    function test_append_GoesOnUnderTheNewKeyAfterARotation() public {
        _rotate(origin, 0xA2);
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 1, firstHash);
        vm.assertEq(_unpack(entry.header).epoch, 2, "epoch of the entry");
        registry.append(entry);
        _assertHead(session, origin, 2, _entryHash(entry));
    }

    // Refused entries

    function test_append_RefusesARepeatedEntry() public {
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 0, 0);
        _assertRefused(entry, _error(ILogRegistry.LogRegistryWrongIndex.selector, 1, 0));
    }

    function testFuzz_append_RefusesAnotherIndexThanTheNext(uint32 index) public {
        if (index == 1) index = 2;
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, index, firstHash);
        _assertRefused(entry, _error(ILogRegistry.LogRegistryWrongIndex.selector, 1, index));
    }

    function testFuzz_append_RefusesAHeadThatDiffersInAnyOfItsFirst192Bits(uint256 bit) public {
        bytes32 head = firstHash ^ bytes32(1 << bound(bit, 64, 255));
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 1, head);
        bytes32 expected = bytes32(bytes24(firstHash));
        _assertRefused(entry, abi.encodeWithSelector(ILogRegistry.LogRegistryWrongHead.selector, expected, head));
    }

    /// @dev What the contract does not see: its writer alone can sign it, the event shows it, and the auditor names it.
    function testFuzz_append_LeavesTheLast64BitsOfTheHeadToTheAuditor(uint256 bit) public {
        bytes32 head = firstHash ^ bytes32(1 << bound(bit, 0, 63));
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 1, head);
        vm.expectEmit(address(registry));
        _emitAppended(entry, 1_000);
        registry.append(entry);
    }

    function test_append_RefusesAStaleAndAFutureEpoch() public {
        ILogRegistry.EntryInput memory zombie = _nextSigned(session, origin, 1, firstHash);
        Writer memory early = Writer(origin.gatewayId, origin.ownerKey, origin.key, 2);
        ILogRegistry.EntryInput memory future = _nextSigned(session, early, 1, firstHash);
        _assertRefused(future, _error(ILogRegistry.LogRegistryStaleEpoch.selector, 1, 2));
        _rotate(origin, 0xA2);
        _assertRefused(zombie, _error(ILogRegistry.LogRegistryStaleEpoch.selector, 2, 1));
    }

    function testFuzz_append_RefusesAForeignSignature(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        vm.assume(key != origin.key);
        ILogRegistry.EntryInput memory entry = _signed(_next(session, origin, 1, firstHash), key);
        _assertRefused(entry, _foreign(vm.addr(key)));
    }

    /// @dev Any change to any field gives the signature to somebody else, or to nobody.
    function testFuzz_append_RefusesAnEntryThatWasChangedAfterSigning(uint8 field, bytes32 noise) public {
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 1, firstHash);
        vm.assume(noise != 0);
        field = uint8(bound(field, 0, 4));
        if (field == 0) entry.causedBy ^= noise;
        else if (field == 1) entry.payload = abi.encode(noise);
        else if (field == 2) entry.r ^= noise;
        else if (field == 3) entry.vs ^= noise;
        else entry.lastEntryHash = bytes32(bytes24(firstHash)) | ((noise | bytes32(uint256(1))) >> 192);
        vm.assume(field != 4 || entry.lastEntryHash != firstHash);

        bytes32 before = _stateOf(session);
        vm.expectPartialRevert(ILogRegistry.LogRegistryForeignSignature.selector);
        registry.append(entry);
        vm.assertEq(_stateOf(session), before, "nothing changed");
    }

    function test_append_RefusesASignatureThatIsNone() public {
        ILogRegistry.EntryInput memory entry = _next(session, origin, 1, firstHash);
        entry.vs = bytes32(uint256(1));
        _assertRefused(entry, _foreign(address(0)));
    }

    function test_append_RefusesAnUnsignedEntry() public {
        ILogRegistry.EntryInput memory entry = _next(session, origin, 1, firstHash);
        bytes4 selector = ILogRegistry.LogRegistryUnsignedRun.selector;
        _assertRefused(entry, abi.encodeWithSelector(selector, origin.gatewayId, uint256(1)));
    }

    function test_append_RefusesTheOtherPartysKeyOnThisLog() public {
        ILogRegistry.EntryInput memory entry = _signed(_next(session, origin, 1, firstHash), destination.key);
        _assertRefused(entry, _foreign(vm.addr(destination.key)));
    }

    function test_append_RefusesAGatewayThatIsNoParty() public {
        ILogRegistry.EntryInput memory entry = _nextSigned(session, stranger, 0, 0);
        _assertRefused(entry, _unknownLog(sessionHash, stranger.gatewayId));
    }

    function testFuzz_append_RefusesOtherFactsOrAnotherSession(bytes32 factsHash, bytes16 sessionId) public {
        ILogRegistry.EntryInput memory entry = _next(session, origin, 1, firstHash);
        vm.assume(factsHash != entry.factsHash && sessionId != SESSION_ID);
        entry.factsHash = factsHash;
        _signed(entry, origin.key);
        bytes32 otherHash = keccak256(abi.encode(SESSION_ID, factsHash));
        _assertRefused(entry, _unknownLog(otherHash, origin.gatewayId));

        entry = _next(session, origin, 1, firstHash);
        entry.sessionId = sessionId;
        _signed(entry, origin.key);
        otherHash = keccak256(abi.encode(sessionId, entry.factsHash));
        _assertRefused(entry, _unknownLog(otherHash, origin.gatewayId));
    }

    function test_append_RefusesAClosedLog() public {
        _close(session, origin, 1, firstHash);
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 1, firstHash);
        bytes4 selector = ILogRegistry.LogRegistryLogClosed.selector;
        _assertRefused(entry, abi.encodeWithSelector(selector, sessionHash, origin.gatewayId, uint256(1)));
        // The other log is as open as it was.
        registry.append(_nextSigned(session, destination, 0, 0));
    }

    function test_append_RefusesAnInvalidHeader() public {
        ILogRegistry.EntryInput memory entry = _next(session, origin, 1, firstHash);
        bytes32 good = entry.header;
        bytes32[8] memory bad = [
            good ^ bytes32(uint256(3) << 248), // version 2
            good & ~bytes32(uint256(0xff) << 240), // operation 0
            good | bytes32(uint256(6) << 240), // operation 7
            (good & ~bytes32(uint256(0xff) << 240)) | bytes32(uint256(6) << 240), // operation 6
            good | bytes32(uint256(3) << 232), // vote 3
            good | bytes32(uint256(1)), // a spare bit
            good | bytes32(uint256(1) << 189), // timestamp of 2^53
            good | bytes32(uint256(1) << 125) // seqNumber of 2^53
        ];
        for (uint256 i = 0; i < bad.length; ++i) {
            entry.header = bad[i];
            _signed(entry, origin.key);
            _assertRefused(entry, abi.encodeWithSelector(ILogRegistry.LogRegistryInvalidHeader.selector, bad[i]));
        }
    }

    function test_append_RefusesAPayloadOverTheLimit() public {
        ILogRegistry.EntryInput memory entry = _next(session, origin, 1, firstHash);
        entry.payload = new bytes(16_385);
        _signed(entry, origin.key);
        _assertRefused(entry, _error(ILogRegistry.LogRegistryPayloadTooLarge.selector, 16_384, 16_385));
    }

    /// @dev 2^28 - 1 entries cannot be made here: the length is written into the log's word.
    function test_append_RefusesAnEntryWhenTheLogIsFull() public {
        bytes32 logKey = keccak256(abi.encode(sessionHash, origin.gatewayId));
        bytes32 slot = _slotHolding(logKey);
        uint256 full = (1 << 28) - 1;
        uint256 word = uint256(vm.load(address(registry), slot));
        vm.store(address(registry), slot, bytes32((word & ~full) | (full - 1)));

        ILogRegistry.EntryInput memory last = _nextSigned(session, origin, uint32(full - 1), firstHash);
        registry.append(last);
        _assertHead(session, origin, full, _entryHash(last));
        (, , , bool open, bool closed) = registry.logOf(sessionHash, origin.gatewayId);
        vm.assertTrue(open && !closed, "full is not closed");

        ILogRegistry.EntryInput memory over = _nextSigned(session, origin, uint32(full), _entryHash(last));
        _assertRefused(over, abi.encodeWithSelector(ILogRegistry.LogRegistryLogFull.selector, full));
    }

    /// @dev Refused by `append` with exactly `reason`, by `appendBatch` in an event with the same bytes, and no trace of it.
    function _assertRefused(ILogRegistry.EntryInput memory entry, bytes memory reason) private {
        bytes32 before = _stateOf(session);
        vm.expectRevert(reason);
        registry.append(entry);

        ILogRegistry.EntryInput[] memory batch = new ILogRegistry.EntryInput[](1);
        batch[0] = entry;
        vm.recordLogs();
        vm.assertEq(registry.appendBatch(batch), 0, "appended");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1, "events");
        vm.assertEq(logs[0].topics[0], ILogRegistry.EntryRefused.selector, "the event");
        vm.assertEq(logs[0].topics[1], bytes32(entry.sessionId), "sessionId");
        vm.assertEq(logs[0].topics[2], entry.gatewayId, "gatewayId");
        vm.assertEq(logs[0].data, abi.encode(entry.header, uint256(0), reason), "header, position and reason");
        vm.assertEq(_stateOf(session), before, "nothing changed");
    }

    function _emitAppended(ILogRegistry.EntryInput memory entry, uint32 previousBlock) private {
        emit ILogRegistry.EntryAppended(
            entry.sessionId,
            entry.gatewayId,
            entry.header,
            entry.causedBy,
            entry.lastEntryHash,
            sha256(entry.payload),
            entry.payload,
            entry.r,
            entry.vs,
            previousBlock
        );
    }

    function _error(bytes4 selector, uint256 expected, uint256 actual) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, expected, actual);
    }

    function _foreign(address actual) private view returns (bytes memory) {
        bytes4 selector = ILogRegistry.LogRegistryForeignSignature.selector;
        return abi.encodeWithSelector(selector, vm.addr(origin.key), actual);
    }

    function _unknownLog(bytes32 hash, bytes32 gatewayId) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILogRegistry.LogRegistryUnknownLog.selector, hash, gatewayId);
    }

    /// @dev Storage slot of the log's word, wherever the compiler has put the mapping.
    function _slotHolding(bytes32 logKey) private view returns (bytes32 slot) {
        for (uint256 position = 0; position < 8; ++position) {
            slot = keccak256(abi.encode(logKey, position));
            if (vm.load(address(registry), slot) != 0) return slot;
        }
        revert("the log's word was not found");
    }
}
