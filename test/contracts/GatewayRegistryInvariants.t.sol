// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "../../contracts/interfaces/IGatewayRegistry.sol";
import {InvariantTest, vm} from "../support/Vm.sol";
import {GatewayRegistryHandler} from "./handlers/GatewayRegistryHandler.sol";

/// @dev Hardhat's runner finds a handler only if the test's own file declares it.
contract Handler is GatewayRegistryHandler {}

/// @dev The law for groups: the events alone rebuild what the registry holds of them, and show who authorised it.
contract GatewayRegistryInvariantsTest is InvariantTest {
    Handler private handler;
    IGatewayRegistry private registry;

    function setUp() public {
        handler = new Handler();
        registry = IGatewayRegistry(handler.registryAddress());
        bytes4[] memory selectors = new bytes4[](9);
        selectors[0] = GatewayRegistryHandler.setBackups.selector;
        selectors[1] = GatewayRegistryHandler.setBackups.selector;
        selectors[2] = GatewayRegistryHandler.setBadBackups.selector;
        selectors[3] = GatewayRegistryHandler.rotateKey.selector;
        selectors[4] = GatewayRegistryHandler.setEndpoints.selector;
        selectors[5] = GatewayRegistryHandler.takeover.selector;
        selectors[6] = GatewayRegistryHandler.takeover.selector;
        selectors[7] = GatewayRegistryHandler.takeover.selector;
        selectors[8] = GatewayRegistryHandler.handover.selector;
        _target(address(handler), selectors);
    }

    function invariant_GroupsEqualAReplayOfTheEvents() public view {
        for (uint256 g = 0; g < handler.GROUPS(); ++g) {
            bytes32 gatewayId = handler.gatewayId(g);
            bytes memory held = abi.encode(registry.gatewayOf(gatewayId));
            vm.assertEq(held, abi.encode(handler.replayedGroup(gatewayId)), "the group");
            for (uint256 i = 0; i < handler.POOL(); ++i) {
                address key = handler.poolKey(i);
                uint256 standing = uint256(registry.standingOf(gatewayId, key));
                vm.assertEq(standing, uint256(handler.replayedStanding(gatewayId, key)), "standing of a key");
            }
        }
    }

    /// @dev What the reader writes down as a fault: a primary that was not listed, too soon, or not signed for; a rightful
    /// takeover that was refused.
    function invariant_OnlyListedBackupsBecomePrimary() public view {
        uint256 count = handler.faultCount();
        vm.assertEq(count == 0 ? "" : handler.faults(0), "", "first fault");
    }

    /// @dev A campaign that did nothing would prove nothing.
    function afterInvariant() public view {
        vm.assertGt(handler.takeovers() + handler.handovers(), 3, "new primaries of a run");
        vm.assertGt(handler.refused(), 3, "refusals of a run");
    }
}
