// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {bound, vm} from "../support/Vm.sol";
import {LogRegistryFixture} from "./LogRegistryFixture.sol";

/// @dev The register (R9): what evidence and whose word it takes, and that it is written once.
contract LogRegistryDecideTest is LogRegistryFixture {
    ILogRegistry.Session private session;
    bytes32 private sessionHash;
    uint32 private originLength;
    bytes32 private originHead;
    uint32 private destinationLength;
    bytes32 private destinationHead;

    function setUp() public {
        _deploy();
        session = _session(SESSION_ID);
        sessionHash = _open(session);
    }

    // COMMIT

    /// @dev Every combination of evidence and signature: COMMIT needs all three, whatever the clock says.
    function testFuzz_decide_CommitNeedsYesAndBurnAndTheOriginsSignature(
        bool yes,
        bool burn,
        bool signed,
        uint64 time
    ) public {
        if (yes) _vote(YES);
        if (burn) _burn();
        vm.warp(bound(time, START, uint256(DEADLINE) * 2));
        if (yes && burn && signed) {
            vm.roll(1_011);
            _expectDecided(ILogRegistry.Decision.COMMIT, ILogRegistry.Ground.ORIGIN);
            _decide(session, ILogRegistry.Decision.COMMIT);
            _assertDecided(ILogRegistry.Decision.COMMIT, 1_011);
        } else {
            bytes32 before = _stateOf(session);
            _expectWithoutGround(yes, burn);
            if (signed) _decide(session, ILogRegistry.Decision.COMMIT);
            else _decideUnsigned(ILogRegistry.Decision.COMMIT);
            vm.assertEq(_stateOf(session), before, "nothing changed");
        }
    }

    function test_decide_CommitRevertsAfterAVoteNo() public {
        _vote(NO);
        _burn();
        _expectWithoutGround(false, true);
        _decide(session, ILogRegistry.Decision.COMMIT);
    }

    // ABORT

    function test_decide_AbortByTheOriginAtAnyTimeAlsoAfterItsBurn() public {
        _vote(YES);
        _burn();
        _expectDecided(ILogRegistry.Decision.ABORT, ILogRegistry.Ground.ORIGIN);
        _decide(session, ILogRegistry.Decision.ABORT);
        _assertDecided(ILogRegistry.Decision.ABORT, 1_000);
    }

    function test_decide_AbortByAnyoneAfterAVoteNo() public {
        _vote(NO);
        _expectDecidedUnsigned(ILogRegistry.Ground.VOTE_NO);
        vm.prank(address(0xbeef));
        _abortUnsigned(session);
        _assertDecided(ILogRegistry.Decision.ABORT, 1_000);
    }

    function testFuzz_decide_AbortByAnyoneFromTheDeadlineOn(uint64 time) public {
        _vote(YES);
        _burn();
        vm.warp(DEADLINE - 1);
        _expectWithoutGround(true, true);
        _abortUnsigned(session);
        vm.warp(bound(time, DEADLINE, type(uint64).max));
        _expectDecidedUnsigned(ILogRegistry.Ground.DEADLINE);
        vm.prank(address(0xbeef));
        _abortUnsigned(session);
        _assertDecided(ILogRegistry.Decision.ABORT, 1_000);
    }

    function test_decide_AbortUnsignedRevertsBeforeAllGrounds() public {
        _expectWithoutGround(false, false);
        _abortUnsigned(session);
        _vote(YES);
        _expectWithoutGround(true, false);
        _abortUnsigned(session);
    }

    // Written once

    function testFuzz_decide_RevertsWhen_DecidedAlready(bool commitFirst, uint8 then, uint64 time) public {
        _vote(YES);
        _burn();
        ILogRegistry.Decision first = commitFirst ? ILogRegistry.Decision.COMMIT : ILogRegistry.Decision.ABORT;
        _decide(session, first);
        bytes32 before = _stateOf(session);
        vm.warp(bound(time, START, type(uint64).max));
        bytes4 selector = ILogRegistry.LogRegistryAlreadyDecided.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, SESSION_ID, first));
        then = uint8(bound(then, 0, 2));
        if (then == 0) _decide(session, ILogRegistry.Decision.COMMIT);
        else if (then == 1) _decide(session, ILogRegistry.Decision.ABORT);
        else _abortUnsigned(session);
        vm.assertEq(_stateOf(session), before, "nothing changed");
    }

    // Evidence

    function test_decide_TheFirstVoteCounts() public {
        _vote(YES);
        _vote(NO);
        _assertVotes(true, false);
        _expectWithoutGround(true, false);
        _abortUnsigned(session);
        _burn();
        _decide(session, ILogRegistry.Decision.COMMIT);
    }

    function test_decide_TheFirstVoteCountsWhenItIsNo() public {
        _vote(NO);
        _vote(YES);
        _assertVotes(false, true);
        _abortUnsigned(session);
        _assertDecided(ILogRegistry.Decision.ABORT, 1_000);
    }

    /// @dev A vote by the origin, or a burn by the destination, is an entry like any other.
    function test_decide_EvidenceCountsFromItsOwnLogOnly() public {
        _appendOrigin(_asVote(_next(session, origin, originLength, originHead), YES));
        _appendOrigin(_asVote(_next(session, origin, originLength, originHead), NO));
        _appendDestination(_asBurn(_next(session, destination, destinationLength, destinationHead)));
        _assertVotes(false, false);
        vm.assertTrue(!registry.sessionOf(SESSION_ID).burned, "not burned");
    }

    /// @dev One field off and the entry is no evidence: neither step, operation, vote nor command may differ.
    function testFuzz_decide_AlmostEvidenceIsNone(uint8 field, uint16 value, bool vote) public {
        Header memory header =
            vote
                ? Header(1, ACK, YES, STEP_COMMIT_READY, COMMAND_PREPARE, 1, 1, 1, 0)
                : Header(1, DONE, 0, STEP_BURN, COMMAND_BURN, 1, 1, 1, 0);
        bytes32 evidence = _pack(header);
        field = uint8(bound(field, 0, 3));
        if (field == 0) header.step = value;
        else if (field == 1) header.operation = uint8(bound(value, 1, 5));
        else if (field == 2) header.vote = vote ? 0 : uint8(bound(value, 0, 2));
        else header.command = value;
        vm.assume(_pack(header) != evidence);

        Writer memory writer = vote ? destination : origin;
        ILogRegistry.EntryInput memory entry = _next(session, writer, 0, 0);
        entry.header = _pack(header);
        registry.append(_signed(entry, writer.key));
        _assertVotes(false, false);
        vm.assertTrue(!registry.sessionOf(SESSION_ID).burned, "not burned");
    }

    // Who and what

    function test_decide_RevertsWhen_TheSessionIsUnknown() public {
        session.sessionId = "no such session";
        bytes4 selector = ILogRegistry.LogRegistryUnknownSession.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, session.sessionId));
        _abortUnsigned(session);
    }

    function test_decide_RevertsWhen_TheSessionHasNoRegister() public {
        ILogRegistry.Session memory alone = _session("alone");
        alone.destinationGatewayId = 0;
        alone.deadline = 0;
        _open(alone);
        bytes memory reason = abi.encodeWithSelector(ILogRegistry.LogRegistryNoRegister.selector, alone.sessionId);
        vm.expectRevert(reason);
        _decide(alone, ILogRegistry.Decision.ABORT);
        vm.expectRevert(reason);
        _abortUnsigned(alone);
    }

    function test_decide_RevertsWhen_FactsOrOriginAreNotTheSessions() public {
        vm.warp(DEADLINE);
        bytes4 selector = ILogRegistry.LogRegistryUnknownLog.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, sessionHash, destination.gatewayId));
        _decideAs(destination.gatewayId, _factsHash(session), 0, 0, 0);
        bytes32 otherHash = keccak256(abi.encode(SESSION_ID, bytes32("other facts")));
        vm.expectRevert(abi.encodeWithSelector(selector, otherHash, origin.gatewayId));
        _decideAs(origin.gatewayId, "other facts", 0, 0, 0);
    }

    function test_decide_RevertsWhen_AnotherSignedOrTheEpochIsStale() public {
        Writer memory impostor = Writer(origin.gatewayId, 0, destination.key, 1);
        (bytes32 r, bytes32 vs) = _signDecision(sessionHash, ILogRegistry.Decision.ABORT, impostor);
        bytes4 foreign = ILogRegistry.LogRegistryForeignSignature.selector;
        vm.expectRevert(abi.encodeWithSelector(foreign, vm.addr(origin.key), vm.addr(destination.key)));
        _decideAs(origin.gatewayId, _factsHash(session), 1, r, vs);

        (r, vs) = _signDecision(sessionHash, ILogRegistry.Decision.ABORT, origin);
        _rotate(origin, 0xA2);
        bytes4 stale = ILogRegistry.LogRegistryStaleEpoch.selector;
        vm.expectRevert(abi.encodeWithSelector(stale, uint256(2), uint256(1)));
        _decideAs(origin.gatewayId, _factsHash(session), 1, r, vs);
    }

    /// @dev Who signs must be right, even where anyone could decide: the event would carry a bad signature for ever.
    function test_decide_RevertsWhen_ABadSignatureComesWithAnotherGround() public {
        _vote(NO);
        vm.warp(DEADLINE);
        bytes4 foreign = ILogRegistry.LogRegistryForeignSignature.selector;
        vm.expectPartialRevert(foreign);
        _decideAs(origin.gatewayId, _factsHash(session), 1, bytes32(uint256(1)), bytes32(uint256(1)));
        bytes4 stale = ILogRegistry.LogRegistryStaleEpoch.selector;
        vm.expectRevert(abi.encodeWithSelector(stale, uint256(1), uint256(0)));
        _decideAs(origin.gatewayId, _factsHash(session), 0, bytes32(uint256(1)), 0);
    }

    function test_decide_RevertsWhen_AskedForNone() public {
        _vote(YES);
        _burn();
        _expectWithoutGround(true, true);
        _decide(session, ILogRegistry.Decision.NONE);
    }

    function test_decide_RevertsWhen_SignedForTheOtherDecision() public {
        (bytes32 r, bytes32 vs) = _signDecision(sessionHash, ILogRegistry.Decision.COMMIT, origin);
        vm.expectPartialRevert(ILogRegistry.LogRegistryForeignSignature.selector);
        _decideAs(origin.gatewayId, _factsHash(session), 1, r, vs);
    }

    /// @dev A closed log has given its evidence: the decision does not need it open.
    function test_decide_MayFollowTheClosing() public {
        _vote(YES);
        _burn();
        _close(session, destination, destinationLength, destinationHead);
        _close(session, origin, originLength, originHead);
        _decide(session, ILogRegistry.Decision.COMMIT);
        _assertDecided(ILogRegistry.Decision.COMMIT, 1_000);
    }

    // Makers and checks

    function _vote(uint8 vote) private {
        _appendDestination(_asVote(_next(session, destination, destinationLength, destinationHead), vote));
    }

    function _burn() private {
        _appendOrigin(_asBurn(_next(session, origin, originLength, originHead)));
    }

    function _appendOrigin(ILogRegistry.EntryInput memory entry) private {
        registry.append(_signed(entry, origin.key));
        ++originLength;
        originHead = _entryHash(entry);
    }

    function _appendDestination(ILogRegistry.EntryInput memory entry) private {
        registry.append(_signed(entry, destination.key));
        ++destinationLength;
        destinationHead = _entryHash(entry);
    }

    /// @dev ABORT with whatever origin, facts and signature.
    function _decideAs(bytes32 originId, bytes32 factsHash, uint32 epoch, bytes32 r, bytes32 vs) private {
        registry.decide(SESSION_ID, factsHash, originId, ILogRegistry.Decision.ABORT, epoch, r, vs);
    }

    function _decideUnsigned(ILogRegistry.Decision decision) private {
        registry.decide(SESSION_ID, _factsHash(session), origin.gatewayId, decision, 0, 0, 0);
    }

    function _expectDecided(ILogRegistry.Decision decision, ILogRegistry.Ground ground) private {
        (bytes32 r, bytes32 vs) = _signDecision(sessionHash, decision, origin);
        vm.expectEmit(address(registry));
        emit ILogRegistry.Decided(SESSION_ID, decision, ground, origin.epoch, r, vs);
    }

    function _expectDecidedUnsigned(ILogRegistry.Ground ground) private {
        vm.expectEmit(address(registry));
        emit ILogRegistry.Decided(SESSION_ID, ILogRegistry.Decision.ABORT, ground, 0, 0, 0);
    }

    function _expectWithoutGround(bool yes, bool burned) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ILogRegistry.LogRegistryDecisionWithoutGround.selector,
                SESSION_ID,
                yes,
                burned,
                uint256(DEADLINE),
                block.timestamp
            )
        );
    }

    function _assertDecided(ILogRegistry.Decision decision, uint32 decidedBlock) private view {
        vm.assertTrue(registry.decisionOf(SESSION_ID) == decision, "decision");
        vm.assertTrue(registry.sessionOf(SESSION_ID).decision == decision, "decision of the session");
        vm.assertEq(registry.sessionOf(SESSION_ID).decidedBlock, decidedBlock, "block of the decision");
    }

    function _assertVotes(bool yes, bool no) private view {
        vm.assertEq(registry.sessionOf(SESSION_ID).votedYes, yes, "voted yes");
        vm.assertEq(registry.sessionOf(SESSION_ID).votedNo, no, "voted no");
    }
}
