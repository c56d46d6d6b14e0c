// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {Vm, signCompact, vm} from "../support/Vm.sol";
import {SuccessionFixture} from "./SuccessionFixture.sol";

/// @dev The fence: from the block of a takeover or handover on, nothing that the former primary signs is taken, whether it names
/// the epoch that was its own or the one that is not. A session with an entry, a vote and a burn: all that a decision needs.
contract GatewayFenceTest is SuccessionFixture {
    uint256 private constant BACKUP = 0xE1;

    ILogRegistry.Session private session;
    Writer private zombie;
    bytes32 private head;

    function setUp() public {
        _deploy();
        session = _session(SESSION_ID);
        _open(session);
        ILogRegistry.EntryInput memory burn = _signed(_asBurn(_next(session, origin, 0, 0)), origin.key);
        registry.append(burn);
        registry.append(_signed(_asVote(_next(session, destination, 0, 0), YES), destination.key));
        head = _entryHash(burn);
        _setBackups(origin, _list(BACKUP), 0);
    }

    /// @dev Runs the test body once behind a takeover and once behind a handover.
    modifier behindEither() {
        zombie = origin;
        uint256 state = vm.snapshotState();
        _takeOver(origin, BACKUP);
        _;
        vm.revertToState(state);
        _handOver(origin, BACKUP);
        _;
    }

    function test_append_RevertsWhen_TheFormerPrimarySigned() public behindEither {
        bytes32 state = _stateOf(session);
        ILogRegistry.EntryInput memory entry = _nextSigned(session, zombie, 1, head);
        _expectStale();
        registry.append(entry);
        entry = _signed(_next(session, origin, 1, head), zombie.key);
        _expectForeign();
        registry.append(entry);
        vm.assertEq(_stateOf(session), state, "session and logs");
    }

    function test_append_TakesTheNewPrimarysNextEntry() public behindEither {
        registry.append(_nextSigned(session, origin, 1, head));
        (uint32 length, ) = registry.head(_sessionHash(session), origin.gatewayId);
        vm.assertEq(length, 2, "length");
    }

    function test_appendBatch_LeavesOutWhatTheFormerPrimarySigned() public behindEither {
        ILogRegistry.EntryInput[] memory entries = new ILogRegistry.EntryInput[](3);
        entries[0] = _nextSigned(session, zombie, 1, head);
        entries[1] = _signed(_next(session, origin, 1, head), zombie.key);
        entries[2] = _nextSigned(session, origin, 1, head);
        vm.recordLogs();
        vm.assertEq(registry.appendBatch(entries), 1, "appended");
        Vm.Log[] memory events = vm.getRecordedLogs();
        vm.assertEq(events.length, 3, "events");
        vm.assertEq(events[0].topics[0], ILogRegistry.EntryRefused.selector, "stale epoch");
        vm.assertEq(events[1].topics[0], ILogRegistry.EntryRefused.selector, "foreign signature");
        vm.assertEq(events[2].topics[0], ILogRegistry.EntryAppended.selector, "the new primary's");
    }

    /// @dev A run that the former primary signed as a whole is refused as a whole.
    function test_appendBatch_RefusesAFormerPrimarysRun() public behindEither {
        ILogRegistry.EntryInput[] memory run = _chain(session, zombie, 1, head, 3);
        _withoutSignature(run[0]);
        _withoutSignature(run[1]);
        bytes32 state = _stateOf(session);
        vm.assertEq(registry.appendBatch(run), 0, "appended");
        vm.assertEq(_stateOf(session), state, "session and logs");
    }

    function test_decide_RevertsWhen_TheFormerPrimarySigned() public behindEither {
        (bytes32 r, bytes32 vs) = _signDecision(_sessionHash(session), ILogRegistry.Decision.COMMIT, zombie);
        _expectStale();
        _carryCommit(zombie.epoch, r, vs);
        Writer memory pretender = origin;
        pretender.key = zombie.key;
        (r, vs) = _signDecision(_sessionHash(session), ILogRegistry.Decision.COMMIT, pretender);
        _expectForeign();
        _carryCommit(origin.epoch, r, vs);
        vm.assertTrue(registry.decisionOf(SESSION_ID) == ILogRegistry.Decision.NONE, "undecided");
        _decide(session, ILogRegistry.Decision.COMMIT);
        vm.assertTrue(registry.decisionOf(SESSION_ID) == ILogRegistry.Decision.COMMIT, "decided by the new primary");
    }

    function test_closeSession_RevertsWhen_TheFormerPrimarySigned() public behindEither {
        Writer memory pretender = zombie;
        (bytes32 r, bytes32 vs) = _signClosing(_sessionHash(session), pretender, 1, head);
        bytes32 factsHash = _factsHash(session);
        _expectStale();
        registry.closeSession(SESSION_ID, factsHash, origin.gatewayId, 1, head, 1, r, vs);
        pretender.epoch = 2;
        (r, vs) = _signClosing(_sessionHash(session), pretender, 1, head);
        _expectForeign();
        registry.closeSession(SESSION_ID, factsHash, origin.gatewayId, 1, head, 2, r, vs);
        _close(session, origin, 1, head);
    }

    function test_openSession_RevertsWhen_TheFormerPrimarySigned() public behindEither {
        ILogRegistry.Session memory another = _session(bytes16(uint128(7)));
        (bytes32 r, bytes32 vs) = _signOpening(another, zombie);
        _expectStale();
        registry.openSession(another, 1, r, vs);
        _open(another);
    }

    function test_anchor_RevertsWhen_TheFormerPrimarySigned() public behindEither {
        (bytes32 r, bytes32 vs) = _signAnchor(zombie.key, 1);
        _expectStale();
        registry.anchor(origin.gatewayId, 0, "root", 1, 1, r, vs);
        (r, vs) = _signAnchor(zombie.key, 2);
        _expectForeign();
        registry.anchor(origin.gatewayId, 0, "root", 1, 2, r, vs);
        (r, vs) = _signAnchor(origin.key, 2);
        registry.anchor(origin.gatewayId, 0, "root", 1, 2, r, vs);
    }

    /// @dev Nothing of the other party's is touched.
    function test_append_TakesThePeersEntriesAsBefore() public behindEither {
        (, bytes24 last) = registry.head(_sessionHash(session), destination.gatewayId);
        ILogRegistry.EntryInput memory vote = _asVote(_next(session, destination, 0, 0), YES);
        vm.assertEq(bytes32(last), bytes32(bytes24(_entryHash(vote))), "head");
        registry.append(_nextSigned(session, destination, 1, _entryHash(vote)));
    }

    /// @dev The key that wrote before writes again once it is primary again, in its new epoch alone.
    function test_append_TakesAReturnedPrimaryInItsNewEpochAlone() public {
        zombie = origin;
        _takeOver(origin, BACKUP);
        _takeOver(origin, zombie.key);
        ILogRegistry.EntryInput memory entry = _nextSigned(session, zombie, 1, head);
        vm.expectRevert(abi.encodeWithSelector(ILogRegistry.LogRegistryStaleEpoch.selector, uint256(3), uint256(1)));
        registry.append(entry);
        registry.append(_nextSigned(session, origin, 1, head));
    }

    /// @dev What the fence costs an append: the group's first word, which it reads for the key as well, and nothing of the list.
    function test_append_ReadsOneWordOfTheGroup() public {
        ILogRegistry.EntryInput memory entry = _nextSigned(session, origin, 1, head);
        vm.record();
        registry.append(entry);
        (bytes32[] memory reads, bytes32[] memory writes) = vm.accesses(address(registry));
        vm.assertEq(writes.length, 1, "words written: the log's");
        vm.assertEq(_distinct(reads), 2, "words read: the log's and the group's");
    }

    function _distinct(bytes32[] memory words) private pure returns (uint256 count) {
        for (uint256 i = 0; i < words.length; ++i) {
            uint256 earlier = 0;
            while (words[earlier] != words[i]) ++earlier;
            if (earlier == i) ++count;
        }
    }

    function _expectStale() private {
        vm.expectRevert(abi.encodeWithSelector(ILogRegistry.LogRegistryStaleEpoch.selector, uint256(2), uint256(1)));
    }

    function _expectForeign() private {
        bytes4 selector = ILogRegistry.LogRegistryForeignSignature.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, vm.addr(BACKUP), vm.addr(zombie.key)));
    }

    function _carryCommit(uint32 epoch, bytes32 r, bytes32 vs) private {
        ILogRegistry.Decision decision = ILogRegistry.Decision.COMMIT;
        registry.decide(SESSION_ID, _factsHash(session), origin.gatewayId, decision, epoch, r, vs);
    }

    function _signAnchor(uint256 key, uint32 epoch) private view returns (bytes32 r, bytes32 vs) {
        bytes32 typeHash = keccak256("Anchor(bytes32 gatewayId,uint32 index,bytes32 root,uint32 entries,uint32 epoch)");
        bytes32 structHash = keccak256(
            abi.encode(typeHash, origin.gatewayId, uint32(0), bytes32("root"), uint32(1), epoch)
        );
        return signCompact(key, _statementDigest(structHash));
    }
}
