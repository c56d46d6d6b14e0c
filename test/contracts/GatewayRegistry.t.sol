// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "../../contracts/interfaces/IGatewayRegistry.sol";
import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {bound, deployCode, signCompact, vm} from "../support/Vm.sol";
import {LogRegistryFixture} from "./LogRegistryFixture.sol";

/// @dev Per rule: when it succeeds, what changes, and that nobody else's group does.
contract GatewayRegistryTest is LogRegistryFixture {
    uint256 private constant OWNER_KEY = 0xD0;
    uint256 private constant KEY = 0xD1;
    uint256 private constant OTHER_KEY = 0xD2;
    string private constant ENDPOINTS = "https://one.example https://two.example";

    function setUp() public {
        _deploy();
    }

    // registerGateway

    function test_registerGateway_StoresAndEmitsTheGroup() public {
        address owner = vm.addr(OWNER_KEY);
        bytes32 gatewayId = keccak256(abi.encode(owner, "delta"));
        (bytes32 r, bytes32 vs) = _signRegistration(owner, "delta", vm.addr(KEY), ENDPOINTS, OWNER_KEY);
        vm.roll(1_234);

        vm.expectEmit(address(registry));
        emit IGatewayRegistry.GatewayRegistered(gatewayId, owner, "delta", vm.addr(KEY), ENDPOINTS, r, vs);
        bytes32 returned = registry.registerGateway(owner, "delta", vm.addr(KEY), ENDPOINTS, r, vs);

        vm.assertEq(returned, gatewayId, "id follows from owner and name");
        _assertGroup(gatewayId, _group(owner, vm.addr(KEY), 1, 1, 1_234));
        vm.assertEq(registry.epochOf(gatewayId), 1, "epoch");
    }

    function test_registerGateway_RevertsWhen_TheGroupExists() public {
        address owner = vm.addr(origin.ownerKey);
        (bytes32 r, bytes32 vs) = _signRegistration(owner, "origin", vm.addr(KEY), ENDPOINTS, origin.ownerKey);
        bytes4 selector = IGatewayRegistry.GatewayRegistryAlreadyRegistered.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId));
        registry.registerGateway(owner, "origin", vm.addr(KEY), ENDPOINTS, r, vs);
    }

    function test_registerGateway_RevertsWhen_TheOwnerDidNotSign() public {
        address owner = vm.addr(OWNER_KEY);
        bytes32 gatewayId = keccak256(abi.encode(owner, "delta"));
        (bytes32 r, bytes32 vs) = _signRegistration(owner, "delta", vm.addr(KEY), ENDPOINTS, OTHER_KEY);
        _expectForeign(gatewayId, owner, vm.addr(OTHER_KEY));
        registry.registerGateway(owner, "delta", vm.addr(KEY), ENDPOINTS, r, vs);
    }

    /// @dev A bad signature recovers the zero account; it must not register a group for it.
    function test_registerGateway_RevertsWhen_TheOwnerIsZeroAndTheSignatureIsNone() public {
        bytes32 gatewayId = keccak256(abi.encode(address(0), "delta"));
        _expectForeign(gatewayId, address(0), address(0));
        registry.registerGateway(address(0), "delta", vm.addr(KEY), ENDPOINTS, 0, 0);
    }

    function test_registerGateway_RevertsWhen_TheKeyIsZero() public {
        address owner = vm.addr(OWNER_KEY);
        bytes32 gatewayId = keccak256(abi.encode(owner, "delta"));
        (bytes32 r, bytes32 vs) = _signRegistration(owner, "delta", address(0), ENDPOINTS, OWNER_KEY);
        bytes4 selector = IGatewayRegistry.GatewayRegistryInvalidKey.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, gatewayId, address(0)));
        registry.registerGateway(owner, "delta", address(0), ENDPOINTS, r, vs);
    }

    function test_registerGateway_RevertsWhen_NameOrEndpointsAreEmptyOrTooLong() public {
        _expectSizeRefused("", ENDPOINTS, 64, 0);
        _expectSizeRefused(string(new bytes(65)), ENDPOINTS, 64, 65);
        _expectSizeRefused("delta", "", 1_024, 0);
        _expectSizeRefused("delta", string(new bytes(1_025)), 1_024, 1_025);
    }

    function test_registerGateway_TakesNameAndEndpointsOfTheLargestSize() public {
        address owner = vm.addr(OWNER_KEY);
        string memory name = string(new bytes(64));
        string memory endpoints = string(new bytes(1_024));
        (bytes32 r, bytes32 vs) = _signRegistration(owner, name, vm.addr(KEY), endpoints, OWNER_KEY);
        bytes32 gatewayId = registry.registerGateway(owner, name, vm.addr(KEY), endpoints, r, vs);
        vm.assertEq(registry.epochOf(gatewayId), 1, "epoch");
    }

    function test_registerGateway_RevertsWhen_SignedForAnotherChain() public {
        address owner = vm.addr(OWNER_KEY);
        (bytes32 r, bytes32 vs) = _signRegistration(owner, "delta", vm.addr(KEY), ENDPOINTS, OWNER_KEY);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(IGatewayRegistry.GatewayRegistryForeignSignature.selector);
        registry.registerGateway(owner, "delta", vm.addr(KEY), ENDPOINTS, r, vs);
    }

    function test_registerGateway_RevertsWhen_SignedForAnotherContract() public {
        address owner = vm.addr(OWNER_KEY);
        (bytes32 r, bytes32 vs) = _signRegistration(owner, "delta", vm.addr(KEY), ENDPOINTS, OWNER_KEY);
        ILogRegistry another = ILogRegistry(deployCode("LogRegistry.sol:LogRegistry"));
        vm.expectPartialRevert(IGatewayRegistry.GatewayRegistryForeignSignature.selector);
        another.registerGateway(owner, "delta", vm.addr(KEY), ENDPOINTS, r, vs);
    }

    // rotateKey

    function testFuzz_rotateKey_RaisesTheEpochOfThatGroupAlone(uint256 rotations) public {
        rotations = bound(rotations, 1, 5);
        bytes32 others = _groups(destination.gatewayId, stranger.gatewayId);
        address owner = vm.addr(origin.ownerKey);
        uint32 lastBlock = 1_000;
        for (uint32 i = 1; i <= rotations; ++i) {
            address key = vm.addr(0x1_0000 + i);
            bytes32 digest = _statementDigest(_rotateKeyHash(origin.gatewayId, key, i));
            (bytes32 r, bytes32 vs) = signCompact(origin.ownerKey, digest);
            vm.roll(2_000 + i);
            vm.expectEmit(address(registry));
            emit IGatewayRegistry.KeyRotated(origin.gatewayId, i + 1, key, i, lastBlock, r, vs);
            registry.rotateKey(origin.gatewayId, key, i, r, vs);
            lastBlock = 2_000 + i;
            _assertGroup(origin.gatewayId, _group(owner, key, i + 1, i + 1, lastBlock));
        }
        vm.assertEq(_groups(destination.gatewayId, stranger.gatewayId), others, "other groups");
    }

    function test_rotateKey_RevertsWhen_TheStatementIsRepeatedOrEarly() public {
        address key = vm.addr(KEY);
        (bytes32 r, bytes32 vs) = signCompact(
            origin.ownerKey,
            _statementDigest(_rotateKeyHash(origin.gatewayId, key, 1))
        );
        registry.rotateKey(origin.gatewayId, key, 1, r, vs);

        bytes4 selector = IGatewayRegistry.GatewayRegistryWrongChange.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, uint256(2), uint256(1)));
        registry.rotateKey(origin.gatewayId, key, 1, r, vs);
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, uint256(2), uint256(3)));
        registry.rotateKey(origin.gatewayId, key, 3, r, vs);
    }

    /// @dev Back to the first key is a change like any other: the epoch tells its entries apart.
    function test_rotateKey_MayReturnToAnEarlierKey() public {
        uint256 firstKey = origin.key;
        _rotate(origin, KEY);
        _rotate(origin, firstKey);
        vm.assertEq(registry.gatewayOf(origin.gatewayId).key, vm.addr(firstKey), "key");
        vm.assertEq(registry.epochOf(origin.gatewayId), 3, "epoch");
    }

    function test_rotateKey_RevertsWhen_AnotherGroupsOwnerSigned() public {
        bytes32 digest = _statementDigest(_rotateKeyHash(origin.gatewayId, vm.addr(KEY), 1));
        (bytes32 r, bytes32 vs) = signCompact(stranger.ownerKey, digest);
        _expectForeign(origin.gatewayId, vm.addr(origin.ownerKey), vm.addr(stranger.ownerKey));
        registry.rotateKey(origin.gatewayId, vm.addr(KEY), 1, r, vs);
    }

    function test_rotateKey_RevertsWhen_TheGatewaysKeySignedInsteadOfItsOwner() public {
        bytes32 digest = _statementDigest(_rotateKeyHash(origin.gatewayId, vm.addr(KEY), 1));
        (bytes32 r, bytes32 vs) = signCompact(origin.key, digest);
        _expectForeign(origin.gatewayId, vm.addr(origin.ownerKey), vm.addr(origin.key));
        registry.rotateKey(origin.gatewayId, vm.addr(KEY), 1, r, vs);
    }

    function test_rotateKey_RevertsWhen_TheSignatureIsMalleated() public {
        bytes32 digest = _statementDigest(_rotateKeyHash(origin.gatewayId, vm.addr(KEY), 1));
        (bytes32 r, bytes32 vs) = signCompact(origin.ownerKey, digest);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        uint256 s = uint256(vs) & (type(uint256).max >> 1);
        // The upper half of the order has its top bit set, where ERC-2098 keeps the parity: it cannot be expressed.
        bytes32 malleated = bytes32((order - s) | (uint256(vs) ^ (1 << 255)));
        vm.expectPartialRevert(IGatewayRegistry.GatewayRegistryForeignSignature.selector);
        registry.rotateKey(origin.gatewayId, vm.addr(KEY), 1, r, malleated);
    }

    function test_rotateKey_RevertsWhen_TheKeyIsZeroOrTheCurrentOne() public {
        bytes4 selector = IGatewayRegistry.GatewayRegistryInvalidKey.selector;
        address current = vm.addr(origin.key);
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, current));
        registry.rotateKey(origin.gatewayId, current, 1, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, address(0)));
        registry.rotateKey(origin.gatewayId, address(0), 1, 0, 0);
    }

    function test_rotateKey_RevertsWhen_TheGroupIsUnknown() public {
        vm.expectRevert(
            abi.encodeWithSelector(IGatewayRegistry.GatewayRegistryUnknownGateway.selector, bytes32("nobody"))
        );
        registry.rotateKey("nobody", vm.addr(KEY), 0, 0, 0);
    }

    // setEndpoints

    function test_setEndpoints_ChangesNothingButTheNumberOfChanges() public {
        (bytes32 r, bytes32 vs) = _signEndpoints(ENDPOINTS, 1, origin.ownerKey);
        vm.roll(3_000);
        vm.expectEmit(address(registry));
        emit IGatewayRegistry.EndpointsSet(origin.gatewayId, ENDPOINTS, 1, 1_000, r, vs);
        registry.setEndpoints(origin.gatewayId, ENDPOINTS, 1, r, vs);

        address owner = vm.addr(origin.ownerKey);
        _assertGroup(origin.gatewayId, _group(owner, vm.addr(origin.key), 1, 2, 3_000));
    }

    function test_setEndpoints_RevertsWhen_RepeatedForeignEmptyTooLongOrUnknown() public {
        (bytes32 r, bytes32 vs) = _signEndpoints(ENDPOINTS, 1, origin.ownerKey);
        registry.setEndpoints(origin.gatewayId, ENDPOINTS, 1, r, vs);
        bytes4 wrongChange = IGatewayRegistry.GatewayRegistryWrongChange.selector;
        vm.expectRevert(abi.encodeWithSelector(wrongChange, origin.gatewayId, uint256(2), uint256(1)));
        registry.setEndpoints(origin.gatewayId, ENDPOINTS, 1, r, vs);

        (r, vs) = _signEndpoints(ENDPOINTS, 2, stranger.ownerKey);
        _expectForeign(origin.gatewayId, vm.addr(origin.ownerKey), vm.addr(stranger.ownerKey));
        registry.setEndpoints(origin.gatewayId, ENDPOINTS, 2, r, vs);

        bytes4 invalidSize = IGatewayRegistry.GatewayRegistryInvalidSize.selector;
        vm.expectRevert(abi.encodeWithSelector(invalidSize, origin.gatewayId, uint256(1_024), uint256(0)));
        registry.setEndpoints(origin.gatewayId, "", 2, r, vs);
        string memory long = string(new bytes(1_025));
        vm.expectRevert(abi.encodeWithSelector(invalidSize, origin.gatewayId, uint256(1_024), uint256(1_025)));
        registry.setEndpoints(origin.gatewayId, long, 2, r, vs);

        bytes4 unknown = IGatewayRegistry.GatewayRegistryUnknownGateway.selector;
        vm.expectRevert(abi.encodeWithSelector(unknown, bytes32("nobody")));
        registry.setEndpoints("nobody", ENDPOINTS, 0, r, vs);
    }

    // Views

    function test_gatewayOf_RevertsWhen_TheGroupIsUnknown() public {
        bytes4 unknown = IGatewayRegistry.GatewayRegistryUnknownGateway.selector;
        vm.expectRevert(abi.encodeWithSelector(unknown, bytes32("nobody")));
        registry.gatewayOf("nobody");
        vm.assertEq(registry.epochOf("nobody"), 0, "epoch of nobody");
    }

    function _expectSizeRefused(string memory name, string memory endpoints, uint256 maximum, uint256 actual) private {
        address owner = vm.addr(OWNER_KEY);
        bytes32 gatewayId = keccak256(abi.encode(owner, name));
        bytes4 selector = IGatewayRegistry.GatewayRegistryInvalidSize.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, gatewayId, maximum, actual));
        registry.registerGateway(owner, name, vm.addr(KEY), endpoints, 0, 0);
    }

    function _expectForeign(bytes32 gatewayId, address expected, address actual) private {
        bytes4 selector = IGatewayRegistry.GatewayRegistryForeignSignature.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, gatewayId, expected, actual));
    }

    /// @dev A group without backups.
    function _group(
        address owner,
        address key,
        uint32 epoch,
        uint32 changes,
        uint32 lastBlock
    ) private pure returns (IGatewayRegistry.Gateway memory) {
        return IGatewayRegistry.Gateway(owner, key, epoch, changes, lastBlock, 0, 0, new address[](0));
    }

    function _assertGroup(bytes32 gatewayId, IGatewayRegistry.Gateway memory expected) private view {
        IGatewayRegistry.Gateway memory actual = registry.gatewayOf(gatewayId);
        vm.assertEq(abi.encode(actual), abi.encode(expected), "the group");
    }

    function _groups(bytes32 one, bytes32 other) private view returns (bytes32) {
        return keccak256(abi.encode(registry.gatewayOf(one), registry.gatewayOf(other)));
    }

    function _signRegistration(
        address owner,
        string memory name,
        address key,
        string memory endpoints,
        uint256 signer
    ) private view returns (bytes32 r, bytes32 vs) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("RegisterGateway(address owner,string name,address key,string endpoints)"),
                owner,
                keccak256(bytes(name)),
                key,
                keccak256(bytes(endpoints))
            )
        );
        return signCompact(signer, _statementDigest(structHash));
    }

    function _signEndpoints(
        string memory endpoints,
        uint32 change,
        uint256 signer
    ) private view returns (bytes32 r, bytes32 vs) {
        bytes32 typeHash = keccak256("SetEndpoints(bytes32 gatewayId,string endpoints,uint32 change)");
        bytes32 structHash = keccak256(abi.encode(typeHash, origin.gatewayId, keccak256(bytes(endpoints)), change));
        return signCompact(signer, _statementDigest(structHash));
    }
}
