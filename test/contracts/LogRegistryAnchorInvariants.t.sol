// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {InvariantTest, vm} from "../support/Vm.sol";
import {LogRegistryAnchorHandler} from "./handlers/LogRegistryAnchorHandler.sol";

/// @dev Hardhat's runner finds a handler only if the test's own file declares it.
contract Handler is LogRegistryAnchorHandler {}

/// @dev Anchors stay as they were written, and their events tell all of them.
contract LogRegistryAnchorInvariantsTest is InvariantTest {
    Handler private handler;
    ILogRegistry private registry;

    function setUp() public {
        handler = new Handler();
        registry = ILogRegistry(handler.registryAddress());
        bytes4[] memory selectors = new bytes4[](4);
        selectors[0] = LogRegistryAnchorHandler.anchorNext.selector;
        selectors[1] = LogRegistryAnchorHandler.anchorNext.selector;
        selectors[2] = LogRegistryAnchorHandler.anchorBad.selector;
        selectors[3] = LogRegistryAnchorHandler.rotateKey.selector;
        _target(address(handler), selectors);
    }

    /// @dev The roots that were written first, and no other, in the order of the events.
    function invariant_AnchorsAreNeverRewritten() public view {
        for (uint256 g = 0; g < handler.GATEWAYS(); ++g) {
            bytes32 gatewayId = handler.gatewayId(g);
            (uint32 count, uint32 lastBlock) = registry.anchorsOf(gatewayId);
            vm.assertEq(count, handler.countOf(gatewayId), "number of anchors");
            vm.assertEq(lastBlock, handler.lastBlockOf(gatewayId), "block of the last anchor");
            for (uint32 i = 0; i < count; ++i) {
                vm.assertEq(registry.anchorOf(gatewayId, i), handler.rootOf(gatewayId, i), "a root");
            }
            vm.assertEq(registry.anchorOf(gatewayId, count), 0, "no root behind the last one");
        }
    }

    /// @dev What the reader of events writes down as a fault: a gap, a wrong block of the one before, a bad anchor that was taken.
    function invariant_AnchorsAreConsecutive() public view {
        vm.assertEq(handler.fault(), "", "first fault");
    }

    /// @dev A campaign that did nothing would prove nothing.
    function afterInvariant() public view {
        vm.assertGt(handler.anchored(), 10, "anchors of a run");
        vm.assertGt(handler.refused(), 2, "refused anchors of a run");
    }
}
