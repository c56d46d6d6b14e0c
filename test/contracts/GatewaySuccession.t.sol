// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "../../contracts/interfaces/IGatewayRegistry.sol";
import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {bound, deployCode, vm} from "../support/Vm.sol";
import {SuccessionFixture} from "./SuccessionFixture.sol";

/// @dev Who becomes primary, and who does not. A group with two backups, and blocks between takeovers.
contract GatewaySuccessionTest is SuccessionFixture {
    uint256 private constant FIRST = 0xE1;
    uint256 private constant SECOND = 0xE2;
    uint256 private constant THIRD = 0xE3;
    uint32 private constant INTERVAL = 25;
    uint32 private constant SET_BLOCK = 1_500;

    uint256 private former;

    function setUp() public {
        _deploy();
        vm.roll(SET_BLOCK);
        _setBackups(origin, _list(FIRST, SECOND), INTERVAL);
        former = origin.key;
    }

    // takeover

    function test_takeover_MakesTheBackupPrimaryAndTheFormerOneTheLastBackup() public {
        bytes32 gatewayId = origin.gatewayId;
        bytes32 others = keccak256(abi.encode(registry.gatewayOf(destination.gatewayId)));
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, gatewayId, 1, vm.addr(FIRST), FIRST);
        vm.roll(2_000);
        vm.expectEmit(address(registry));
        emit IGatewayRegistry.PrimaryChanged(
            gatewayId,
            2,
            vm.addr(FIRST),
            vm.addr(former),
            false,
            SET_BLOCK,
            r,
            vs,
            0,
            0
        );
        registry.takeover(gatewayId, 1, vm.addr(FIRST), r, vs);

        address owner = vm.addr(origin.ownerKey);
        address[] memory backups = _list(SECOND, former);
        // The owner's changes are two, as before.
        _assertGroup(IGatewayRegistry.Gateway(owner, vm.addr(FIRST), 2, 2, 2_000, INTERVAL, 2_000, backups));
        vm.assertEq(registry.epochOf(gatewayId), 2, "epoch");
        vm.assertEq(keccak256(abi.encode(registry.gatewayOf(destination.gatewayId))), others, "another group");
    }

    function test_takeover_ByAnyListedBackup_KeepsTheOrderOfTheOthers() public {
        _setBackups(origin, _list(FIRST, SECOND, THIRD), 0);
        _takeOver(origin, SECOND);
        _assertBackups(_list(FIRST, THIRD, former));
    }

    function test_takeover_ByThePrimaryThatCameBack() public {
        _takeOver(origin, FIRST);
        vm.roll(block.number + INTERVAL);
        _takeOver(origin, former);
        _assertBackups(_list(SECOND, FIRST));
        vm.assertEq(registry.gatewayOf(origin.gatewayId).key, vm.addr(former), "key");
    }

    /// @dev A backup that crashed behind its transaction sends the same bytes again.
    function test_takeover_Repeated_IsASuccessThatChangesNothing() public {
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, origin.gatewayId, 1, vm.addr(FIRST), FIRST);
        registry.takeover(origin.gatewayId, 1, vm.addr(FIRST), r, vs);
        bytes32 state = _groupHash();
        vm.roll(block.number + 1);
        vm.recordLogs();
        registry.takeover(origin.gatewayId, 1, vm.addr(FIRST), r, vs);
        vm.assertEq(vm.getRecordedLogs().length, 0, "events");
        vm.assertEq(_groupHash(), state, "the group");

        _expectForeign(vm.addr(FIRST), vm.addr(SECOND));
        (r, vs) = _signSuccession(TAKEOVER, origin.gatewayId, 1, vm.addr(FIRST), SECOND);
        registry.takeover(origin.gatewayId, 1, vm.addr(FIRST), r, vs);
    }

    function test_takeover_RevertsWhen_RepeatedAfterTheNextOne() public {
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, origin.gatewayId, 1, vm.addr(FIRST), FIRST);
        registry.takeover(origin.gatewayId, 1, vm.addr(FIRST), r, vs);
        origin.epoch = 2;
        origin.key = FIRST;
        vm.roll(block.number + INTERVAL);
        _takeOver(origin, SECOND);
        _expectWrongEpoch(3, 1);
        registry.takeover(origin.gatewayId, 1, vm.addr(FIRST), r, vs);
    }

    /// @dev Whichever comes first.
    function testFuzz_takeover_OfTwoAtOnceExactlyOneWins(bool secondFirst, uint32 interval) public {
        _setBackups(origin, _list(FIRST, SECOND), interval);
        (uint256 winner, uint256 loser) = secondFirst ? (SECOND, FIRST) : (FIRST, SECOND);
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, origin.gatewayId, 1, vm.addr(loser), loser);
        _takeOver(origin, winner);
        bytes32 state = _groupHash();
        _expectWrongEpoch(2, 1);
        registry.takeover(origin.gatewayId, 1, vm.addr(loser), r, vs);
        vm.assertEq(_groupHash(), state, "the group");
        vm.assertEq(registry.gatewayOf(origin.gatewayId).key, vm.addr(winner), "key");
    }

    function testFuzz_takeover_RevertsWhen_TheEpochIsAnother(uint32 epoch) public {
        if (epoch == 1) epoch = 0;
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, origin.gatewayId, epoch, vm.addr(FIRST), FIRST);
        _expectWrongEpoch(1, epoch);
        registry.takeover(origin.gatewayId, epoch, vm.addr(FIRST), r, vs);
    }

    function test_takeover_RevertsWhen_TheKeyIsNotListed() public {
        bytes4 selector = IGatewayRegistry.GatewayRegistryUnknownBackup.selector;
        uint256[3] memory keys = [THIRD, origin.key, origin.ownerKey];
        for (uint256 i = 0; i < keys.length; ++i) {
            _expectRefused(keys[i], abi.encodeWithSelector(selector, origin.gatewayId, vm.addr(keys[i])));
        }
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, address(0)));
        registry.takeover(origin.gatewayId, 1, address(0), 0, 0);
    }

    function test_takeover_RevertsWhen_TheKeyIsAnotherGroupsBackup() public {
        _setBackups(destination, _list(THIRD), 0);
        bytes4 selector = IGatewayRegistry.GatewayRegistryUnknownBackup.selector;
        _expectRefused(THIRD, abi.encodeWithSelector(selector, origin.gatewayId, vm.addr(THIRD)));
    }

    function test_takeover_RevertsWhen_TheKeyWasRevoked() public {
        bytes4 selector = IGatewayRegistry.GatewayRegistryRevokedBackup.selector;
        _setBackups(origin, _list(SECOND), 0);
        _expectRefused(FIRST, abi.encodeWithSelector(selector, origin.gatewayId, vm.addr(FIRST)));
        _rotate(origin, THIRD);
        _expectRefused(former, abi.encodeWithSelector(selector, origin.gatewayId, vm.addr(former)));
        _setBackups(origin, _list(FIRST), 0);
        _takeOver(origin, FIRST);
    }

    function testFuzz_takeover_RevertsWhen_TheIntervalHasNotPassed(uint256 blocks) public {
        blocks = bound(blocks, 0, INTERVAL - 1);
        _takeOver(origin, FIRST);
        vm.roll(SET_BLOCK + blocks);
        bytes4 selector = IGatewayRegistry.GatewayRegistryTooSoon.selector;
        uint256 earliest = SET_BLOCK + INTERVAL;
        _expectRefused(SECOND, abi.encodeWithSelector(selector, origin.gatewayId, earliest, SET_BLOCK + blocks));
        vm.roll(earliest);
        _takeOver(origin, SECOND);
    }

    /// @dev Neither the registration, nor the list, nor a handover, nor a rotation begins an interval.
    function test_takeover_WaitsForNothingButATakeover() public {
        _takeOver(origin, FIRST);
        vm.roll(block.number + INTERVAL);
        _handOver(origin, SECOND);
        _takeOver(origin, former);
        vm.roll(block.number + INTERVAL);
        _rotate(origin, THIRD);
        _takeOver(origin, SECOND);
    }

    function testFuzz_takeover_TakesTheLongestInterval(uint32 interval) public {
        _setBackups(origin, _list(FIRST, SECOND), interval);
        vm.roll(type(uint32).max);
        _takeOver(origin, FIRST);
        vm.roll(uint256(type(uint32).max) + interval);
        _takeOver(origin, SECOND);
    }

    function test_takeover_RevertsWhen_TheBackupDidNotSign() public {
        uint256[3] memory signers = [SECOND, origin.ownerKey, origin.key];
        for (uint256 i = 0; i < signers.length; ++i) {
            (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, origin.gatewayId, 1, vm.addr(FIRST), signers[i]);
            _expectForeign(vm.addr(FIRST), vm.addr(signers[i]));
            registry.takeover(origin.gatewayId, 1, vm.addr(FIRST), r, vs);
        }
        _expectForeign(vm.addr(FIRST), address(0));
        registry.takeover(origin.gatewayId, 1, vm.addr(FIRST), 0, 0);
    }

    function test_takeover_RevertsWhen_SignedForSomethingElse() public {
        bytes32 gatewayId = origin.gatewayId;
        (bytes32 r, bytes32 vs) = _signSuccession(HANDOVER, gatewayId, 1, vm.addr(FIRST), FIRST);
        _expectForeign();
        registry.takeover(gatewayId, 1, vm.addr(FIRST), r, vs);
        (r, vs) = _signSuccession(TAKEOVER, gatewayId, 1, vm.addr(SECOND), FIRST);
        _expectForeign();
        registry.takeover(gatewayId, 1, vm.addr(FIRST), r, vs);
        (r, vs) = _signSuccession(TAKEOVER, gatewayId, 1, vm.addr(FIRST), FIRST);
        _expectForeign();
        registry.takeover(gatewayId, 1, vm.addr(FIRST), r, _malleated(vs));
        _setBackups(destination, _list(FIRST), 0);
        _expectForeign();
        registry.takeover(destination.gatewayId, 1, vm.addr(FIRST), r, vs);
        vm.chainId(block.chainid + 1);
        _expectForeign();
        registry.takeover(gatewayId, 1, vm.addr(FIRST), r, vs);
    }

    function test_takeover_RevertsWhen_SignedForAnotherContract() public {
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, origin.gatewayId, 1, vm.addr(FIRST), FIRST);
        registry = ILogRegistry(deployCode("LogRegistry.sol:LogRegistry"));
        _register("origin", origin.ownerKey, origin.key);
        _setBackups(origin, _list(FIRST), 0);
        _expectForeign();
        registry.takeover(origin.gatewayId, 1, vm.addr(FIRST), r, vs);
    }

    function test_takeover_RevertsWhen_TheGroupIsUnknown() public {
        bytes4 selector = IGatewayRegistry.GatewayRegistryUnknownGateway.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, bytes32("nobody")));
        registry.takeover("nobody", 0, vm.addr(FIRST), 0, 0);
        vm.expectRevert(abi.encodeWithSelector(selector, bytes32("nobody")));
        registry.handover("nobody", 0, vm.addr(FIRST), 0, 0, 0, 0);
    }

    /// @dev The owner's word is bound to no epoch: what backups do to each other does not keep it out.
    function test_takeover_DoesNotVoidWhatTheOwnerHasSigned() public {
        (bytes32 r, bytes32 vs) = _signBackups(origin.gatewayId, _list(), 0, 2, origin.ownerKey);
        _takeOver(origin, FIRST);
        registry.setBackups(origin.gatewayId, _list(), 0, 2, r, vs);
        _rotate(origin, THIRD);
        vm.roll(block.number + INTERVAL);
        bytes4 selector = IGatewayRegistry.GatewayRegistryRevokedBackup.selector;
        _expectRefused(FIRST, abi.encodeWithSelector(selector, origin.gatewayId, vm.addr(FIRST)));
        _expectRefused(SECOND, abi.encodeWithSelector(selector, origin.gatewayId, vm.addr(SECOND)));
    }

    // handover

    function test_handover_MakesTheBackupPrimary() public {
        bytes32 gatewayId = origin.gatewayId;
        (bytes32 r, bytes32 vs) = _signSuccession(HANDOVER, gatewayId, 1, vm.addr(SECOND), SECOND);
        (bytes32 formerR, bytes32 formerVs) = _signSuccession(HANDOVER, gatewayId, 1, vm.addr(SECOND), former);
        vm.roll(2_000);
        vm.expectEmit(address(registry));
        emit IGatewayRegistry.PrimaryChanged(
            gatewayId,
            2,
            vm.addr(SECOND),
            vm.addr(former),
            true,
            SET_BLOCK,
            r,
            vs,
            formerR,
            formerVs
        );
        registry.handover(gatewayId, 1, vm.addr(SECOND), r, vs, formerR, formerVs);

        address owner = vm.addr(origin.ownerKey);
        address[] memory backups = _list(FIRST, former);
        _assertGroup(IGatewayRegistry.Gateway(owner, vm.addr(SECOND), 2, 2, 2_000, INTERVAL, 0, backups));
        bytes32 state = _groupHash();
        vm.recordLogs();
        registry.handover(gatewayId, 1, vm.addr(SECOND), r, vs, formerR, formerVs);
        vm.assertEq(vm.getRecordedLogs().length, 0, "events of a repetition");
        vm.assertEq(_groupHash(), state, "the group after a repetition");
    }

    function test_handover_IsHeldUpByNoInterval() public {
        _takeOver(origin, FIRST);
        _handOver(origin, SECOND);
        vm.assertEq(registry.epochOf(origin.gatewayId), 3, "epoch");
    }

    function test_handover_RevertsUnless_BothSigned() public {
        bytes32 gatewayId = origin.gatewayId;
        address key = vm.addr(FIRST);
        (bytes32 r, bytes32 vs) = _signSuccession(HANDOVER, gatewayId, 1, key, FIRST);
        (bytes32 formerR, bytes32 formerVs) = _signSuccession(HANDOVER, gatewayId, 1, key, former);
        _expectForeign(vm.addr(former), vm.addr(FIRST));
        registry.handover(gatewayId, 1, key, r, vs, r, vs);
        _expectForeign(key, vm.addr(former));
        registry.handover(gatewayId, 1, key, formerR, formerVs, formerR, formerVs);
        _expectForeign();
        registry.handover(gatewayId, 1, key, r, vs, formerR, _malleated(formerVs));
        (bytes32 takeoverR, bytes32 takeoverVs) = _signSuccession(TAKEOVER, gatewayId, 1, key, former);
        _expectForeign();
        registry.handover(gatewayId, 1, key, r, vs, takeoverR, takeoverVs);
        registry.handover(gatewayId, 1, key, r, vs, formerR, formerVs);
    }

    function test_handover_RevertsWhen_TheEpochIsAnotherOrTheKeyNotListed() public {
        bytes32 gatewayId = origin.gatewayId;
        _expectWrongEpoch(1, 2);
        registry.handover(gatewayId, 2, vm.addr(FIRST), 0, 0, 0, 0);
        bytes4 selector = IGatewayRegistry.GatewayRegistryUnknownBackup.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, gatewayId, vm.addr(THIRD)));
        registry.handover(gatewayId, 1, vm.addr(THIRD), 0, 0, 0, 0);
        _setBackups(origin, _list(SECOND), 0);
        selector = IGatewayRegistry.GatewayRegistryRevokedBackup.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, gatewayId, vm.addr(FIRST)));
        registry.handover(gatewayId, 1, vm.addr(FIRST), 0, 0, 0, 0);
    }

    /// @dev A takeover with the key's own good signature.
    function _expectRefused(uint256 key, bytes memory reason) private {
        uint32 epoch = registry.epochOf(origin.gatewayId);
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, origin.gatewayId, epoch, vm.addr(key), key);
        bytes32 state = _groupHash();
        vm.expectRevert(reason);
        registry.takeover(origin.gatewayId, epoch, vm.addr(key), r, vs);
        vm.assertEq(_groupHash(), state, "the group");
    }

    function _expectWrongEpoch(uint256 expected, uint256 actual) private {
        bytes4 selector = IGatewayRegistry.GatewayRegistryWrongEpoch.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, expected, actual));
    }

    function _expectForeign(address expected, address actual) private {
        bytes4 selector = IGatewayRegistry.GatewayRegistryForeignSignature.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, expected, actual));
    }

    function _expectForeign() private {
        vm.expectPartialRevert(IGatewayRegistry.GatewayRegistryForeignSignature.selector);
    }

    function _groupHash() private view returns (bytes32) {
        return keccak256(abi.encode(registry.gatewayOf(origin.gatewayId)));
    }

    function _assertGroup(IGatewayRegistry.Gateway memory expected) private view {
        vm.assertEq(abi.encode(registry.gatewayOf(origin.gatewayId)), abi.encode(expected), "the group");
    }

    function _assertBackups(address[] memory expected) private view {
        vm.assertEq(abi.encode(registry.gatewayOf(origin.gatewayId).backups), abi.encode(expected), "backups");
    }
}
