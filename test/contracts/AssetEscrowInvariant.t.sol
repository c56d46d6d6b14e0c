// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {InvariantTest, vm} from "../support/Vm.sol";
import {AssetEscrowDriver} from "./AssetEscrowDriver.sol";

/// @dev Declared beside its test, because the runner knows only the contracts of the files that it was asked to run.
contract AssetEscrowHandler is AssetEscrowDriver {}

/// @dev What holds after any sequence of calls, of whoever, whenever (see `AssetEscrowDriver` for what is assumed).
contract AssetEscrowInvariantTest is InvariantTest {
    uint256 private constant WORLDS = 6;
    uint256 private constant STEPS = 300;

    AssetEscrowHandler private _handler;

    function setUp() public {
        _handler = new AssetEscrowHandler();
        bytes4[] memory selectors = new bytes4[](5);
        selectors[0] = AssetEscrowDriver.act.selector;
        // Twice: half of the calls are arbitrary, the rest moves sessions on so that there is something to disturb.
        selectors[1] = AssetEscrowDriver.act.selector;
        selectors[2] = AssetEscrowDriver.advance.selector;
        selectors[3] = AssetEscrowDriver.decide.selector;
        selectors[4] = AssetEscrowDriver.wait.selector;
        _target(address(_handler), selectors);
    }

    function invariant_NoAssetIsLiveOnBothLedgers() public view {
        _requireOneCopy(_handler);
    }

    function invariant_EveryOutcomeIsThePredictedOne() public view {
        vm.assertEq(_handler.fault(), "", "the model and the escrow agree");
    }

    function invariant_TheEscrowHoldsExactlyWhatItOwes() public view {
        _requireCustody(_handler);
    }

    function invariant_SupplyIsConserved() public view {
        _requireConservation(_handler);
    }

    function invariant_StateMatchesReplayOfEvents() public view {
        _requireReplay(_handler);
    }

    /// @dev The handler must do real work: long runs reach every state, and every action in every way.
    function test_handler_ReachesEveryStateAndOutcome() public {
        uint256 seen = 0;
        for (uint256 world = 0; world < WORLDS; ++world) {
            AssetEscrowHandler handler = new AssetEscrowHandler();
            for (uint256 step = 0; step < STEPS; ++step) _drive(handler, uint256(keccak256(abi.encode(world, step))));
            _requireOneCopy(handler);
            _requireCustody(handler);
            _requireConservation(handler);
            _requireReplay(handler);
            vm.assertEq(handler.fault(), "", "the model and the escrow agree");
            seen |= handler.seen();
        }
        vm.assertEq(seen & 0x1FF, 0x1FF, "every state was entered");
        vm.assertEq((seen >> 16) & 0xFF, 0xFF, "every action changed something");
        vm.assertEq((seen >> 32) & 0xFF, 0x7F, "every action but a claim was repeated with success");
        vm.assertEq((seen >> 48) & 0xFF, 0xFF, "every action was refused");
    }

    function testFuzz_anySequence_KeepsEveryInvariant(uint256 seed) public {
        for (uint256 step = 0; step < 40; ++step) _drive(_handler, uint256(keccak256(abi.encode(seed, step))));
        _requireOneCopy(_handler);
        _requireCustody(_handler);
        _requireConservation(_handler);
        _requireReplay(_handler);
        vm.assertEq(_handler.fault(), "", "the model and the escrow agree");
    }

    function _drive(AssetEscrowHandler handler, uint256 seed) private {
        uint256 kind = seed % 16;
        (uint8 a, uint8 b, uint8 c, uint8 d) = (
            uint8(seed >> 8),
            uint8(seed >> 16),
            uint8(seed >> 24),
            uint8(seed >> 32)
        );
        if (kind < 8) handler.act(a, b, c, d);
        else if (kind < 14) handler.advance(a, b);
        else if (kind == 14) handler.decide(a, b % 2 == 0);
        else handler.wait(b % 2 == 0, uint16(seed >> 40));
    }

    function _requireOneCopy(AssetEscrowHandler handler) private view {
        for (uint256 i = 0; i < handler.FLOWS(); ++i) vm.assertLe(handler.liveCopies(i), 1, "live copies");
    }

    function _requireCustody(AssetEscrowHandler handler) private view {
        for (uint256 i = 0; i < handler.FLOWS(); ++i) {
            (uint256 held, uint256 owed) = handler.heldAndOwed(i, true);
            vm.assertEq(held, owed, "at the origin");
            (held, owed) = handler.heldAndOwed(i, false);
            vm.assertEq(held, owed, "at the destination");
        }
    }

    function _requireConservation(AssetEscrowHandler handler) private view {
        for (uint256 i = 0; i < 4; ++i) {
            (uint256 circulating, uint256 expected) = handler.circulatingAndExpected(i);
            vm.assertEq(circulating, expected, "circulating supply");
        }
    }

    function _requireReplay(AssetEscrowHandler handler) private view {
        for (uint256 i = 0; i < handler.FLOWS(); ++i) vm.assertTrue(handler.matchesReplay(i), "replay of the events");
    }
}
