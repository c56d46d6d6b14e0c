// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {InvariantTest, vm} from "../support/Vm.sol";
import {EventReplay} from "./handlers/EventReplay.sol";
import {LogRegistryHandler} from "./handlers/LogRegistryHandler.sol";

/// @dev Hardhat's runner finds a handler only if the test's own file declares it.
contract Handler is LogRegistryHandler {}

/// @dev The law: the events alone rebuild everything that the registry holds. A reader of events runs beside the handler;
/// after every call the registry must hold what that reader has.
contract LogRegistryInvariantsTest is InvariantTest {
    Handler private handler;
    ILogRegistry private registry;

    function setUp() public {
        handler = new Handler();
        registry = ILogRegistry(handler.registryAddress());
        bytes4[] memory selectors = new bytes4[](11);
        selectors[0] = LogRegistryHandler.openSession.selector;
        selectors[1] = LogRegistryHandler.append.selector;
        selectors[2] = LogRegistryHandler.append.selector;
        selectors[3] = LogRegistryHandler.appendBatch.selector;
        selectors[4] = LogRegistryHandler.appendBatch.selector;
        selectors[5] = LogRegistryHandler.appendBad.selector;
        selectors[6] = LogRegistryHandler.rotateKey.selector;
        selectors[7] = LogRegistryHandler.decide.selector;
        selectors[8] = LogRegistryHandler.closeSession.selector;
        selectors[9] = LogRegistryHandler.passTime.selector;
        selectors[10] = LogRegistryHandler.takeOver.selector;
        _target(address(handler), selectors);
    }

    function invariant_HeadsAndRegisterEqualAReplayOfTheEvents() public view {
        ILogRegistry.Session[] memory sessions = handler.sessions();
        for (uint256 i = 0; i < sessions.length; ++i) {
            bytes16 sessionId = sessions[i].sessionId;
            _assertLog(sessionId, sessions[i].originGatewayId);
            _assertLog(sessionId, sessions[i].destinationGatewayId);
            _assertNoLog(sessionId, handler.strangerId());
            _assertRegister(sessionId);
        }
    }

    /// @dev What the reader writes down as a fault: an entry without a signature of the current epoch's key, a gap in a chain,
    /// an entry after the closing, a second decision or one without its ground, a batch that took a bad entry or left a good
    /// one, a run that was cut.
    function invariant_EntriesAreSignedByTheCurrentEpochAndDecisionsWrittenOnce() public view {
        uint256 count = handler.faultCount();
        vm.assertEq(count == 0 ? "" : handler.faults(0), "", "first fault");
    }

    /// @dev A campaign that did nothing would prove nothing.
    function afterInvariant() public view {
        vm.assertGt(handler.appended(), 20, "entries appended in a run");
    }

    function _assertLog(bytes16 sessionId, bytes32 gatewayId) private view {
        EventReplay.ReplayedLog memory replayed = handler.replayedLog(sessionId, gatewayId);
        bytes32 sessionHash = handler.replayedSession(sessionId).sessionHash;
        (uint32 length, bytes24 head, uint32 lastBlock, bool open, bool closed) = registry.logOf(
            sessionHash,
            gatewayId
        );
        vm.assertEq(length, replayed.length, "length");
        vm.assertEq(bytes32(head), bytes32(bytes24(replayed.head)), "head");
        vm.assertEq(lastBlock, replayed.lastBlock, "last block");
        vm.assertEq(closed, replayed.closed, "closed");
        vm.assertTrue(open != closed, "open or closed");
    }

    function _assertNoLog(bytes16 sessionId, bytes32 gatewayId) private view {
        bytes32 sessionHash = handler.replayedSession(sessionId).sessionHash;
        (uint32 length, , uint32 lastBlock, bool open, bool closed) = registry.logOf(sessionHash, gatewayId);
        vm.assertTrue(length == 0 && lastBlock == 0 && !open && !closed, "a stranger's log");
    }

    function _assertRegister(bytes16 sessionId) private view {
        ILogRegistry.SessionState memory state = registry.sessionOf(sessionId);
        EventReplay.ReplayedSession memory replayed = handler.replayedSession(sessionId);
        vm.assertTrue(state.decision == replayed.decision, "decision");
        vm.assertEq(state.decidedBlock != 0, replayed.decisions == 1, "block of the decision");
        vm.assertEq(state.votedYes, replayed.votedYes, "voted yes");
        vm.assertEq(state.votedNo, replayed.votedNo, "voted no");
        vm.assertEq(state.burned, replayed.burned, "burned");
        vm.assertEq(state.closedBlock != 0, state.openLogs == 0, "closed with its last log");
    }
}
