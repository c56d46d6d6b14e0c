// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IGatewayRegistry} from "./interfaces/IGatewayRegistry.sol";
import {Statements} from "./libraries/Statements.sol";

/// @title Who may write: the gateway part of the log contract.
/// @dev Abstract, because `LogRegistry` inherits it: one deployed contract reads a writer's key for 2,100 gas, where a call to
/// a registry of its own would add 5,144 to every append.
abstract contract GatewayRegistry is IGatewayRegistry, EIP712 {
    /// @dev Limits in bytes. A name is typed by people; endpoints are a few URLs, repeated in an event and nowhere else.
    uint256 internal constant NAME_SIZE_MAX = 64;
    uint256 internal constant ENDPOINTS_SIZE_MAX = 1024;

    /// @dev What an append reads stands in the first slot; the owner, which it does not need, in the second.
    struct Group {
        address key;
        uint32 epoch;
        uint32 changes;
        uint32 lastBlock;
        address owner;
    }

    mapping(bytes32 gatewayId => Group group) private _groups;

    constructor() EIP712("Gatelog", "1") {}

    /// @inheritdoc IGatewayRegistry
    function registerGateway(
        address owner,
        string calldata name,
        address key,
        string calldata endpoints,
        bytes32 r,
        bytes32 vs
    ) external returns (bytes32 gatewayId) {
        gatewayId = keccak256(abi.encode(owner, name));
        if (_isRegistered(gatewayId)) revert GatewayRegistryAlreadyRegistered(gatewayId);
        _checkSize(gatewayId, bytes(name).length, NAME_SIZE_MAX);
        _checkSize(gatewayId, bytes(endpoints).length, ENDPOINTS_SIZE_MAX);
        if (key == address(0)) revert GatewayRegistryInvalidKey(gatewayId, key);
        _checkOwner(gatewayId, owner, Statements.registerGateway(owner, name, key, endpoints), r, vs);

        _groups[gatewayId] = Group({key: key, epoch: 1, changes: 1, lastBlock: uint32(block.number), owner: owner});
        emit GatewayRegistered(gatewayId, owner, name, key, endpoints, r, vs);
    }

    /// @inheritdoc IGatewayRegistry
    function rotateKey(bytes32 gatewayId, address key, uint32 change, bytes32 r, bytes32 vs) external {
        Group storage group = _groups[gatewayId];
        _checkChange(gatewayId, group, change);
        if (key == address(0) || key == group.key) revert GatewayRegistryInvalidKey(gatewayId, key);
        _checkOwner(gatewayId, group.owner, Statements.rotateKey(gatewayId, key, change), r, vs);

        uint32 previousBlock = _recordChange(group);
        group.key = key;
        uint32 epoch = ++group.epoch;
        emit KeyRotated(gatewayId, epoch, key, change, previousBlock, r, vs);
    }

    /// @inheritdoc IGatewayRegistry
    function setEndpoints(bytes32 gatewayId, string calldata endpoints, uint32 change, bytes32 r, bytes32 vs) external {
        Group storage group = _groups[gatewayId];
        _checkChange(gatewayId, group, change);
        _checkSize(gatewayId, bytes(endpoints).length, ENDPOINTS_SIZE_MAX);
        _checkOwner(gatewayId, group.owner, Statements.setEndpoints(gatewayId, endpoints, change), r, vs);

        uint32 previousBlock = _recordChange(group);
        emit EndpointsSet(gatewayId, endpoints, change, previousBlock, r, vs);
    }

    /// @inheritdoc IGatewayRegistry
    function gatewayOf(bytes32 gatewayId) external view returns (Gateway memory) {
        if (!_isRegistered(gatewayId)) revert GatewayRegistryUnknownGateway(gatewayId);
        Group storage group = _groups[gatewayId];
        return Gateway(group.owner, group.key, group.epoch, group.changes, group.lastBlock);
    }

    /// @inheritdoc IGatewayRegistry
    function epochOf(bytes32 gatewayId) external view returns (uint32) {
        return _groups[gatewayId].epoch;
    }

    /// @dev Who writes for the group now: one storage word. Zero for an unknown group.
    function _writerOf(bytes32 gatewayId) internal view returns (address key, uint32 epoch) {
        Group storage group = _groups[gatewayId];
        return (group.key, group.epoch);
    }

    function _isRegistered(bytes32 gatewayId) internal view returns (bool) {
        return _groups[gatewayId].epoch != 0;
    }

    /// @dev The account that made the signature; zero if it is none, or has its `s` in the upper half of the order. Compare
    /// with an account that is known not to be zero.
    function _signerOf(bytes32 digest, bytes32 r, bytes32 vs) internal pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecover(digest, r, vs);
    }

    /// @dev Numbers the change. `changes` counts transactions that the owner signed one by one and cannot reach 2^32.
    function _recordChange(Group storage group) private returns (uint32 previousBlock) {
        previousBlock = group.lastBlock;
        group.lastBlock = uint32(block.number);
        ++group.changes;
    }

    function _checkChange(bytes32 gatewayId, Group storage group, uint32 change) private view {
        if (!_isRegistered(gatewayId)) revert GatewayRegistryUnknownGateway(gatewayId);
        if (change != group.changes) revert GatewayRegistryWrongChange(gatewayId, group.changes, change);
    }

    function _checkOwner(bytes32 gatewayId, address owner, bytes32 structHash, bytes32 r, bytes32 vs) private view {
        address signer = _signerOf(_hashTypedDataV4(structHash), r, vs);
        // No account is zero, and a bad signature gives zero: registering for the zero owner must not pass for signed.
        if (signer != owner || signer == address(0)) revert GatewayRegistryForeignSignature(gatewayId, owner, signer);
    }

    function _checkSize(bytes32 gatewayId, uint256 size, uint256 maximum) private pure {
        if (size == 0 || size > maximum) revert GatewayRegistryInvalidSize(gatewayId, maximum, size);
    }
}
