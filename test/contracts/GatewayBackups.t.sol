// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "../../contracts/interfaces/IGatewayRegistry.sol";
import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {deployCode, vm} from "../support/Vm.sol";
import {SuccessionFixture} from "./SuccessionFixture.sol";

/// @dev Whom the owner lists, and what becomes of those who are listed no longer.
contract GatewayBackupsTest is SuccessionFixture {
    uint256 private constant FIRST = 0xE1;
    uint256 private constant SECOND = 0xE2;
    uint256 private constant THIRD = 0xE3;
    uint256 private constant BACKUPS_MAX = 8;
    uint32 private constant INTERVAL = 25;

    function setUp() public {
        _deploy();
    }

    function test_setBackups_StoresAndEmitsTheListInTheOwnersOrder() public {
        address[] memory backups = _list(SECOND, FIRST);
        (bytes32 r, bytes32 vs) = _signBackups(origin.gatewayId, backups, INTERVAL, 1, origin.ownerKey);
        bytes32 others = keccak256(abi.encode(registry.gatewayOf(destination.gatewayId)));
        vm.roll(2_000);
        vm.expectEmit(address(registry));
        emit IGatewayRegistry.BackupsSet(origin.gatewayId, backups, INTERVAL, 1, 1_000, r, vs);
        registry.setBackups(origin.gatewayId, backups, INTERVAL, 1, r, vs);

        _assertGroup(IGatewayRegistry.Gateway(_owner(), vm.addr(origin.key), 1, 2, 2_000, INTERVAL, 0, backups));
        vm.assertEq(keccak256(abi.encode(registry.gatewayOf(destination.gatewayId))), others, "another group");
        _assertStanding(origin.key, IGatewayRegistry.Standing.PRIMARY);
        _assertStanding(FIRST, IGatewayRegistry.Standing.BACKUP);
        _assertStanding(THIRD, IGatewayRegistry.Standing.NONE);
    }

    function test_setBackups_TakesAsManyKeysAsThereMayBe() public {
        address[] memory backups = _many(BACKUPS_MAX);
        _setBackups(origin, backups, 0);
        vm.assertEq(abi.encode(registry.gatewayOf(origin.gatewayId).backups), abi.encode(backups), "backups");
    }

    function test_setBackups_WithAnEmptyList_LeavesNobodyToTakeOver() public {
        _setBackups(origin, _list(FIRST, SECOND), INTERVAL);
        _setBackups(origin, _list(), 0);
        IGatewayRegistry.Gateway memory group = registry.gatewayOf(origin.gatewayId);
        vm.assertEq(group.backups.length, 0, "backups");
        vm.assertEq(group.takeoverInterval, 0, "interval");
        _assertStanding(FIRST, IGatewayRegistry.Standing.REVOKED);
        _assertStanding(SECOND, IGatewayRegistry.Standing.REVOKED);
    }

    function test_setBackups_RevokesWhoIsListedNoLonger_UntilItIsListedAgain() public {
        _setBackups(origin, _list(FIRST, SECOND), 0);
        _setBackups(origin, _list(SECOND, THIRD), 0);
        _assertStanding(FIRST, IGatewayRegistry.Standing.REVOKED);
        _assertStanding(SECOND, IGatewayRegistry.Standing.BACKUP);
        _assertStanding(THIRD, IGatewayRegistry.Standing.BACKUP);

        _setBackups(origin, _list(FIRST), 0);
        _assertStanding(FIRST, IGatewayRegistry.Standing.BACKUP);
        _assertStanding(SECOND, IGatewayRegistry.Standing.REVOKED);
        _assertStanding(THIRD, IGatewayRegistry.Standing.REVOKED);
    }

    function test_setBackups_RevokesForOneGroupAlone() public {
        _setBackups(origin, _list(FIRST), 0);
        _setBackups(destination, _list(FIRST), 0);
        _setBackups(origin, _list(), 0);
        vm.assertTrue(
            registry.standingOf(destination.gatewayId, vm.addr(FIRST)) == IGatewayRegistry.Standing.BACKUP,
            "standing in the other group"
        );
    }

    function test_setBackups_RevertsWhen_ThereAreTooMany() public {
        bytes4 selector = IGatewayRegistry.GatewayRegistryTooManyBackups.selector;
        _expectRefused(_many(BACKUPS_MAX + 1), abi.encodeWithSelector(selector, origin.gatewayId, 8, 9));
    }

    function test_setBackups_RevertsWhen_AKeyIsZeroOrTheCurrentOne() public {
        bytes4 selector = IGatewayRegistry.GatewayRegistryInvalidKey.selector;
        address[] memory backups = _list(FIRST, SECOND);
        backups[1] = address(0);
        _expectRefused(backups, abi.encodeWithSelector(selector, origin.gatewayId, address(0)));
        backups = _list(FIRST, origin.key);
        _expectRefused(backups, abi.encodeWithSelector(selector, origin.gatewayId, vm.addr(origin.key)));
    }

    function test_setBackups_RevertsWhen_AKeyStandsTwice() public {
        bytes4 selector = IGatewayRegistry.GatewayRegistryDuplicateBackup.selector;
        address[] memory backups = _list(FIRST, SECOND, FIRST);
        _expectRefused(backups, abi.encodeWithSelector(selector, origin.gatewayId, vm.addr(FIRST)));
    }

    function test_setBackups_RevertsWhen_TheStatementIsRepeatedOrEarly() public {
        bytes4 selector = IGatewayRegistry.GatewayRegistryWrongChange.selector;
        (bytes32 r, bytes32 vs) = _signBackups(origin.gatewayId, _list(FIRST), 0, 1, origin.ownerKey);
        registry.setBackups(origin.gatewayId, _list(FIRST), 0, 1, r, vs);
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, uint256(2), uint256(1)));
        registry.setBackups(origin.gatewayId, _list(FIRST), 0, 1, r, vs);
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, uint256(2), uint256(3)));
        registry.setBackups(origin.gatewayId, _list(FIRST), 0, 3, r, vs);
    }

    function test_setBackups_RevertsWhen_SomebodyElseSigned() public {
        uint256[3] memory signers = [stranger.ownerKey, origin.key, FIRST];
        for (uint256 i = 0; i < signers.length; ++i) {
            (bytes32 r, bytes32 vs) = _signBackups(origin.gatewayId, _list(FIRST), 0, 1, signers[i]);
            bytes4 selector = IGatewayRegistry.GatewayRegistryForeignSignature.selector;
            vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, _owner(), vm.addr(signers[i])));
            registry.setBackups(origin.gatewayId, _list(FIRST), 0, 1, r, vs);
        }
    }

    /// @dev Order, interval and every key are signed.
    function test_setBackups_RevertsWhen_OtherThanWasSigned() public {
        (bytes32 r, bytes32 vs) = _signBackups(origin.gatewayId, _list(FIRST, SECOND), INTERVAL, 1, origin.ownerKey);
        _expectForeign();
        registry.setBackups(origin.gatewayId, _list(SECOND, FIRST), INTERVAL, 1, r, vs);
        _expectForeign();
        registry.setBackups(origin.gatewayId, _list(FIRST), INTERVAL, 1, r, vs);
        _expectForeign();
        registry.setBackups(origin.gatewayId, _list(FIRST, SECOND), 0, 1, r, vs);
        _expectForeign();
        registry.setBackups(origin.gatewayId, _list(FIRST, SECOND), INTERVAL, 1, r, _malleated(vs));
    }

    function test_setBackups_RevertsWhen_SignedForAnotherChainContractOrGroup() public {
        (bytes32 r, bytes32 vs) = _signBackups(origin.gatewayId, _list(FIRST), 0, 1, origin.ownerKey);
        ILogRegistry another = ILogRegistry(deployCode("LogRegistry.sol:LogRegistry"));
        vm.expectRevert(
            abi.encodeWithSelector(IGatewayRegistry.GatewayRegistryUnknownGateway.selector, origin.gatewayId)
        );
        another.setBackups(origin.gatewayId, _list(FIRST), 0, 1, r, vs);
        _registerElsewhere(another);
        _expectForeign();
        another.setBackups(origin.gatewayId, _list(FIRST), 0, 1, r, vs);
        _expectForeign();
        registry.setBackups(destination.gatewayId, _list(FIRST), 0, 1, r, vs);
        vm.chainId(block.chainid + 1);
        _expectForeign();
        registry.setBackups(origin.gatewayId, _list(FIRST), 0, 1, r, vs);
    }

    // rotateKey

    function test_rotateKey_RevokesTheKeyThatItReplaces() public {
        uint256 former = origin.key;
        _rotate(origin, FIRST);
        _assertStanding(former, IGatewayRegistry.Standing.REVOKED);
        _assertStanding(FIRST, IGatewayRegistry.Standing.PRIMARY);
        _rotate(origin, former);
        _assertStanding(former, IGatewayRegistry.Standing.PRIMARY);
        _assertStanding(FIRST, IGatewayRegistry.Standing.REVOKED);
    }

    function test_rotateKey_ToABackup_TakesItOutOfTheList() public {
        _setBackups(origin, _list(FIRST, SECOND, THIRD), INTERVAL);
        _rotate(origin, SECOND);
        IGatewayRegistry.Gateway memory group = registry.gatewayOf(origin.gatewayId);
        vm.assertEq(abi.encode(group.backups), abi.encode(_list(FIRST, THIRD)), "backups");
        vm.assertEq(group.takeoverInterval, INTERVAL, "interval");
        _assertStanding(SECOND, IGatewayRegistry.Standing.PRIMARY);
    }

    // standingOf

    function test_standingOf_IsNoneForAKeyOrAGroupThatIsUnknown() public view {
        vm.assertTrue(registry.standingOf("nobody", address(0)) == IGatewayRegistry.Standing.NONE, "zero of nobody");
        vm.assertTrue(registry.standingOf("nobody", vm.addr(FIRST)) == IGatewayRegistry.Standing.NONE, "of nobody");
        vm.assertTrue(registry.standingOf(origin.gatewayId, address(0)) == IGatewayRegistry.Standing.NONE, "zero");
    }

    function _expectRefused(address[] memory backups, bytes memory reason) private {
        (bytes32 r, bytes32 vs) = _signBackups(origin.gatewayId, backups, 0, 1, origin.ownerKey);
        bytes32 before = keccak256(abi.encode(registry.gatewayOf(origin.gatewayId)));
        vm.expectRevert(reason);
        registry.setBackups(origin.gatewayId, backups, 0, 1, r, vs);
        vm.assertEq(keccak256(abi.encode(registry.gatewayOf(origin.gatewayId))), before, "the group");
    }

    function _expectForeign() private {
        vm.expectPartialRevert(IGatewayRegistry.GatewayRegistryForeignSignature.selector);
    }

    /// @dev The same group in another contract; its owner signs for that one.
    function _registerElsewhere(ILogRegistry another) private {
        ILogRegistry here = registry;
        registry = another;
        _register("origin", origin.ownerKey, origin.key);
        registry = here;
    }

    function _many(uint256 count) private pure returns (address[] memory keys) {
        keys = new address[](count);
        for (uint256 i = 0; i < count; ++i) keys[i] = vm.addr(0x100 + i);
    }

    function _owner() private view returns (address) {
        return vm.addr(origin.ownerKey);
    }

    function _assertStanding(uint256 key, IGatewayRegistry.Standing expected) private view {
        vm.assertEq(uint256(registry.standingOf(origin.gatewayId, vm.addr(key))), uint256(expected), "standing");
    }

    function _assertGroup(IGatewayRegistry.Gateway memory expected) private view {
        vm.assertEq(abi.encode(registry.gatewayOf(origin.gatewayId)), abi.encode(expected), "the group");
    }
}
