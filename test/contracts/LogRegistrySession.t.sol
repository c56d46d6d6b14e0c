// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IGatewayRegistry} from "../../contracts/interfaces/IGatewayRegistry.sol";
import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {bound, vm, Vm} from "../support/Vm.sol";
import {LogRegistryFixture} from "./LogRegistryFixture.sol";

/// @dev Opening and closing. Per rule: when it succeeds, what it changes, and that nothing else changes.
contract LogRegistrySessionTest is LogRegistryFixture {
    bytes16 private constant OTHER_ID = 0xfedcba98765443218fedcba987654321;

    function setUp() public {
        _deploy();
    }

    // openSession

    function testFuzz_openSession_OpensTwoEmptyLogs(bytes16 sessionId, uint64 deadline, bytes calldata facts) public {
        vm.assume(sessionId != 0 && facts.length <= 2_048);
        ILogRegistry.Session memory session = _session(sessionId);
        session.deadline = uint64(bound(deadline, START + 1, 2 ** 53 - 1));
        session.facts = facts;
        bytes32 sessionHash = _sessionHash(session);
        (bytes32 r, bytes32 vs) = _signOpening(session, origin);

        vm.expectEmit(address(registry));
        emit ILogRegistry.SessionOpened(
            sessionId,
            origin.gatewayId,
            destination.gatewayId,
            session.deadline,
            1,
            facts,
            r,
            vs
        );
        vm.assertEq(registry.openSession(session, 1, r, vs), sessionHash, "sessionHash");

        _assertEmptyLog(sessionHash, origin.gatewayId);
        _assertEmptyLog(sessionHash, destination.gatewayId);
        ILogRegistry.SessionState memory expected;
        expected.openBlock = 1_000;
        expected.deadline = session.deadline;
        expected.openLogs = 2;
        vm.assertEq(abi.encode(registry.sessionOf(sessionId)), abi.encode(expected), "session");
        (, , , bool open, bool closed) = registry.logOf(sessionHash, stranger.gatewayId);
        vm.assertTrue(!open && !closed, "a stranger has no log");
    }

    function test_openSession_OpensOneLogForAGatewayAlone() public {
        ILogRegistry.Session memory session = _alone();
        bytes32 sessionHash = _open(session);
        _assertEmptyLog(sessionHash, origin.gatewayId);
        (, , , bool open, ) = registry.logOf(sessionHash, 0);
        vm.assertTrue(!open, "nobody has no log");
        vm.assertEq(registry.sessionOf(SESSION_ID).openLogs, 1, "open logs");
    }

    function test_openSession_RevertsWhen_TheIdWasUsed() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        _open(session);
        bytes memory reason = abi.encodeWithSelector(ILogRegistry.LogRegistrySessionExists.selector, SESSION_ID);
        vm.expectRevert(reason);
        _open(session);
        session.facts = "[2]";
        vm.expectRevert(reason);
        _open(session);
        _close(_session(SESSION_ID), origin, 0, 0);
        _close(_session(SESSION_ID), destination, 0, 0);
        vm.expectRevert(reason);
        _open(session);
    }

    function test_openSession_RevertsWhen_MembersContradictEachOther() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        session.sessionId = 0;
        _expectInvalid(session, "sessionId");
        session = _session(SESSION_ID);
        session.destinationGatewayId = origin.gatewayId;
        _expectInvalid(session, "destinationGatewayId");
        session = _session(SESSION_ID);
        session.deadline = 0;
        _expectInvalid(session, "deadline");
        session.deadline = START;
        _expectInvalid(session, "deadline");
        session.deadline = 2 ** 53;
        _expectInvalid(session, "deadline");
        session = _alone();
        session.deadline = DEADLINE;
        _expectInvalid(session, "deadline");
    }

    function test_openSession_RevertsWhen_TheFactsAreTooLong() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        session.facts = new bytes(2_049);
        bytes4 selector = ILogRegistry.LogRegistryFactsTooLarge.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, uint256(2_048), uint256(2_049)));
        _open(session);
    }

    function test_openSession_RevertsWhen_AGatewayIsUnknown() public {
        bytes4 unknown = IGatewayRegistry.GatewayRegistryUnknownGateway.selector;
        ILogRegistry.Session memory session = _session(SESSION_ID);
        session.destinationGatewayId = "nobody";
        vm.expectRevert(abi.encodeWithSelector(unknown, bytes32("nobody")));
        _open(session);
        session = _session(SESSION_ID);
        session.originGatewayId = "nobody";
        vm.expectRevert(abi.encodeWithSelector(unknown, bytes32("nobody")));
        registry.openSession(session, 0, 0, 0);
    }

    function test_openSession_RevertsWhen_TheOriginsCurrentKeyDidNotSign() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        (bytes32 r, bytes32 vs) = _signOpening(session, destination);
        bytes4 foreign = ILogRegistry.LogRegistryForeignSignature.selector;
        address key = vm.addr(origin.key);
        vm.expectRevert(abi.encodeWithSelector(foreign, key, vm.addr(destination.key)));
        registry.openSession(session, 1, r, vs);

        (r, vs) = _signOpening(session, origin);
        _rotate(origin, 0xA2);
        bytes4 stale = ILogRegistry.LogRegistryStaleEpoch.selector;
        vm.expectRevert(abi.encodeWithSelector(stale, uint256(2), uint256(1)));
        registry.openSession(session, 1, r, vs);
    }

    /// @dev The signature covers every member: change one, and somebody else has signed.
    function testFuzz_openSession_RevertsWhen_AMemberWasChangedAfterSigning(uint8 member) public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        (bytes32 r, bytes32 vs) = _signOpening(session, origin);
        member = uint8(bound(member, 0, 3));
        if (member == 0) session.sessionId = OTHER_ID;
        else if (member == 1) session.destinationGatewayId = stranger.gatewayId;
        else if (member == 2) ++session.deadline;
        else session.facts = "{}";
        vm.expectPartialRevert(ILogRegistry.LogRegistryForeignSignature.selector);
        registry.openSession(session, 1, r, vs);
    }

    // multicall

    function test_multicall_OpensASessionWithItsFirstEntries() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        ILogRegistry.EntryInput[] memory entries = _chain(session, origin, 0, 0, 2);
        bytes[] memory calls = _openingWith(session, entries);
        vm.prank(address(0xCA));
        bytes[] memory results = Multicall(address(registry)).multicall(calls);

        vm.assertEq(abi.decode(results[0], (bytes32)), _sessionHash(session), "sessionHash");
        _assertHead(session, origin, 2, _entryHash(entries[1]));
        _assertEmptyLog(_sessionHash(session), destination.gatewayId);
    }

    function test_multicall_ChangesNothingWhen_AnEntryIsRefused() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        ILogRegistry.EntryInput[] memory entries = _chain(session, origin, 0, 0, 2);
        entries[1] = _next(session, origin, 1, _entryHash(entries[0]));
        entries[1] = _signed(entries[1], destination.key);
        bytes[] memory calls = _openingWith(session, entries);
        bytes32 before = _stateOf(session);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILogRegistry.LogRegistryForeignSignature.selector,
                vm.addr(origin.key),
                vm.addr(destination.key)
            )
        );
        Multicall(address(registry)).multicall(calls);
        vm.assertEq(_stateOf(session), before, "state");
        vm.assertEq(registry.sessionOf(SESSION_ID).openBlock, 0, "no session");
    }

    // closeSession

    function test_closeSession_ClosesTheWritersLogAlone() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        bytes32 sessionHash = _open(session);
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 0, 0);
        registry.append(entry);
        bytes32 head = _entryHash(entry);
        (bytes32 r, bytes32 vs) = _signClosing(sessionHash, origin, 1, head);
        vm.roll(1_007);

        vm.expectEmit(address(registry));
        emit ILogRegistry.LogClosed(SESSION_ID, origin.gatewayId, 1, head, 1, r, vs, 1_000);
        _close(session, origin, 1, head);

        (uint32 length, bytes24 kept, uint32 lastBlock, bool open, bool closed) = registry.logOf(
            sessionHash,
            origin.gatewayId
        );
        vm.assertEq(length, 1, "length stays");
        vm.assertEq(bytes32(kept), bytes32(bytes24(head)), "head stays");
        vm.assertEq(lastBlock, 1_007, "last block");
        vm.assertTrue(closed && !open, "closed");
        _assertEmptyLog(sessionHash, destination.gatewayId);
        vm.assertEq(registry.sessionOf(SESSION_ID).openLogs, 1, "open logs");
        vm.assertEq(registry.sessionOf(SESSION_ID).closedBlock, 0, "the session is open");
    }

    function test_closeSession_ClosesTheSessionWithItsLastLog() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        bytes32 sessionHash = _open(session);
        _close(session, destination, 0, 0);
        vm.roll(1_009);
        vm.recordLogs();
        _close(session, origin, 0, 0);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2, "events");
        vm.assertEq(logs[1].topics[0], ILogRegistry.SessionClosed.selector, "SessionClosed");
        vm.assertEq(logs[1].topics[1], bytes32(SESSION_ID), "sessionId");
        vm.assertEq(logs[1].data, abi.encode(sessionHash), "sessionHash");
        vm.assertEq(registry.sessionOf(SESSION_ID).closedBlock, 1_009, "closed block");
        vm.assertEq(registry.sessionOf(SESSION_ID).openLogs, 0, "open logs");
    }

    function test_closeSession_ClosesASessionOfOneGatewayAtOnce() public {
        ILogRegistry.Session memory session = _alone();
        _open(session);
        _close(session, origin, 0, 0);
        vm.assertEq(registry.sessionOf(SESSION_ID).closedBlock, 1_000, "closed block");
    }

    function test_closeSession_RevertsWhen_TheLogIsClosed() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        bytes32 sessionHash = _open(session);
        _close(session, origin, 0, 0);
        bytes4 selector = ILogRegistry.LogRegistryLogClosed.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, sessionHash, origin.gatewayId, uint256(0)));
        _close(session, origin, 0, 0);
        vm.assertEq(registry.sessionOf(SESSION_ID).openLogs, 1, "open logs");
    }

    function test_closeSession_RevertsWhen_LengthOrHeadIsAnother() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        _open(session);
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 0, 0);
        registry.append(entry);
        bytes32 before = _stateOf(session);
        vm.expectRevert(abi.encodeWithSelector(ILogRegistry.LogRegistryWrongIndex.selector, uint256(1), uint256(0)));
        _close(session, origin, 0, 0);
        bytes32 head = bytes32(bytes24(_entryHash(entry)));
        vm.expectRevert(abi.encodeWithSelector(ILogRegistry.LogRegistryWrongHead.selector, head, ~head));
        _close(session, origin, 1, ~head);
        vm.assertEq(_stateOf(session), before, "nothing changed");
    }

    function test_closeSession_RevertsWhen_TheWriterIsNoPartyOrStaleOrForeign() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        bytes32 sessionHash = _open(session);
        bytes4 unknown = ILogRegistry.LogRegistryUnknownLog.selector;
        vm.expectRevert(abi.encodeWithSelector(unknown, sessionHash, stranger.gatewayId));
        _close(session, stranger, 0, 0);

        Writer memory impostor = Writer(origin.gatewayId, 0, destination.key, 1);
        bytes4 foreign = ILogRegistry.LogRegistryForeignSignature.selector;
        vm.expectRevert(abi.encodeWithSelector(foreign, vm.addr(origin.key), vm.addr(destination.key)));
        _close(session, impostor, 0, 0);

        Writer memory zombie = origin;
        _rotate(origin, 0xA2);
        vm.expectRevert(abi.encodeWithSelector(ILogRegistry.LogRegistryStaleEpoch.selector, uint256(2), uint256(1)));
        _close(session, zombie, 0, 0);
    }

    // Views of what is not there

    function test_ViewsOfAnUnknownSessionAreZero() public view {
        ILogRegistry.SessionState memory nothing;
        vm.assertEq(abi.encode(registry.sessionOf(OTHER_ID)), abi.encode(nothing), "session");
        vm.assertTrue(registry.decisionOf(OTHER_ID) == ILogRegistry.Decision.NONE, "decision");
        (uint32 length, bytes24 head) = registry.head("no session", origin.gatewayId);
        vm.assertEq(length, 0, "length");
        vm.assertEq(bytes32(head), 0, "head");
    }

    /// @dev The calls that open the session and append the entries.
    function _openingWith(
        ILogRegistry.Session memory session,
        ILogRegistry.EntryInput[] memory entries
    ) private view returns (bytes[] memory calls) {
        (bytes32 r, bytes32 vs) = _signOpening(session, origin);
        calls = new bytes[](1 + entries.length);
        calls[0] = abi.encodeCall(ILogRegistry.openSession, (session, origin.epoch, r, vs));
        for (uint256 i = 0; i < entries.length; ++i) {
            calls[1 + i] = abi.encodeCall(ILogRegistry.append, (entries[i]));
        }
    }

    function _alone() private view returns (ILogRegistry.Session memory session) {
        session = _session(SESSION_ID);
        session.destinationGatewayId = 0;
        session.deadline = 0;
    }

    function _expectInvalid(ILogRegistry.Session memory session, bytes32 member) private {
        bytes4 selector = ILogRegistry.LogRegistryInvalidSession.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, session.sessionId, member));
        _open(session);
    }

    function _assertEmptyLog(bytes32 sessionHash, bytes32 gatewayId) private view {
        (uint32 length, bytes24 head, uint32 lastBlock, bool open, bool closed) = registry.logOf(
            sessionHash,
            gatewayId
        );
        vm.assertEq(length, 0, "length");
        vm.assertEq(bytes32(head), 0, "head");
        vm.assertEq(lastBlock, 1_000, "last block");
        vm.assertTrue(open && !closed, "open");
    }
}
