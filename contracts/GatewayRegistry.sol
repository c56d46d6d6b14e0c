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
    /// @dev A takeover walks the list; whoever needs more machines than these lists them in turn.
    uint256 internal constant BACKUPS_MAX = 8;

    /// @dev What an append reads stands in the first slot, and nothing that it does not need; takeovers are rare and may read more.
    struct Group {
        address key;
        uint32 epoch;
        uint32 changes;
        uint32 lastBlock;
        address owner;
        uint32 takeoverInterval;
        uint32 takeoverBlock;
        address[] backups;
    }

    mapping(bytes32 gatewayId => Group group) private _groups;
    /// @dev Never true of a group's current key, nor of one in its list.
    mapping(bytes32 gatewayId => mapping(address key => bool revoked)) private _revoked;

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
        _checkSigner(gatewayId, owner, Statements.registerGateway(owner, name, key, endpoints), r, vs);

        Group storage group = _groups[gatewayId];
        (group.key, group.epoch, group.changes, group.lastBlock) = (key, 1, 1, uint32(block.number));
        group.owner = owner;
        emit GatewayRegistered(gatewayId, owner, name, key, endpoints, r, vs);
    }

    /// @inheritdoc IGatewayRegistry
    function rotateKey(bytes32 gatewayId, address key, uint32 change, bytes32 r, bytes32 vs) external {
        Group storage group = _groups[gatewayId];
        _checkChange(gatewayId, group, change);
        if (key == address(0) || key == group.key) revert GatewayRegistryInvalidKey(gatewayId, key);
        _checkSigner(gatewayId, group.owner, Statements.rotateKey(gatewayId, key, change), r, vs);

        uint32 previousBlock = _recordChange(group);
        _removeBackup(group, key);
        delete _revoked[gatewayId][key];
        _revoked[gatewayId][group.key] = true;
        group.key = key;
        uint32 epoch = ++group.epoch;
        emit KeyRotated(gatewayId, epoch, key, change, previousBlock, r, vs);
    }

    /// @inheritdoc IGatewayRegistry
    function setEndpoints(bytes32 gatewayId, string calldata endpoints, uint32 change, bytes32 r, bytes32 vs) external {
        Group storage group = _groups[gatewayId];
        _checkChange(gatewayId, group, change);
        _checkSize(gatewayId, bytes(endpoints).length, ENDPOINTS_SIZE_MAX);
        _checkSigner(gatewayId, group.owner, Statements.setEndpoints(gatewayId, endpoints, change), r, vs);

        uint32 previousBlock = _recordChange(group);
        emit EndpointsSet(gatewayId, endpoints, change, previousBlock, r, vs);
    }

    /// @inheritdoc IGatewayRegistry
    function setBackups(
        bytes32 gatewayId,
        address[] calldata backups,
        uint32 takeoverInterval,
        uint32 change,
        bytes32 r,
        bytes32 vs
    ) external {
        Group storage group = _groups[gatewayId];
        _checkChange(gatewayId, group, change);
        _checkBackups(gatewayId, group.key, backups);
        bytes32 structHash = Statements.setBackups(gatewayId, backups, takeoverInterval, change);
        _checkSigner(gatewayId, group.owner, structHash, r, vs);

        uint32 previousBlock = _recordChange(group);
        _replaceBackups(gatewayId, group, backups);
        group.takeoverInterval = takeoverInterval;
        emit BackupsSet(gatewayId, backups, takeoverInterval, change, previousBlock, r, vs);
    }

    /// @inheritdoc IGatewayRegistry
    function takeover(bytes32 gatewayId, uint32 expectedEpoch, address key, bytes32 r, bytes32 vs) external {
        Group storage group = _groups[gatewayId];
        bool done = _checkSuccession(gatewayId, group, expectedEpoch, key);
        if (!done) _checkInterval(gatewayId, group.takeoverBlock, group.takeoverInterval);
        _checkSigner(gatewayId, key, Statements.takeover(gatewayId, expectedEpoch, key), r, vs);
        if (done) return;

        group.takeoverBlock = uint32(block.number);
        (uint32 epoch, address former, uint32 previousBlock) = _succeed(group, key);
        emit PrimaryChanged(gatewayId, epoch, key, former, false, previousBlock, r, vs, 0, 0);
    }

    /// @inheritdoc IGatewayRegistry
    function handover(
        bytes32 gatewayId,
        uint32 expectedEpoch,
        address key,
        bytes32 r,
        bytes32 vs,
        bytes32 formerR,
        bytes32 formerVs
    ) external {
        Group storage group = _groups[gatewayId];
        bool done = _checkSuccession(gatewayId, group, expectedEpoch, key);
        bytes32 structHash = Statements.handover(gatewayId, expectedEpoch, key);
        _checkSigner(gatewayId, key, structHash, r, vs);
        if (done) return;
        _checkSigner(gatewayId, group.key, structHash, formerR, formerVs);

        (uint32 epoch, address former, uint32 previousBlock) = _succeed(group, key);
        emit PrimaryChanged(gatewayId, epoch, key, former, true, previousBlock, r, vs, formerR, formerVs);
    }

    /// @inheritdoc IGatewayRegistry
    function gatewayOf(bytes32 gatewayId) external view returns (Gateway memory) {
        if (!_isRegistered(gatewayId)) revert GatewayRegistryUnknownGateway(gatewayId);
        Group storage group = _groups[gatewayId];
        return
            Gateway({
                owner: group.owner,
                key: group.key,
                epoch: group.epoch,
                changes: group.changes,
                lastBlock: group.lastBlock,
                takeoverInterval: group.takeoverInterval,
                takeoverBlock: group.takeoverBlock,
                backups: group.backups
            });
    }

    /// @inheritdoc IGatewayRegistry
    function standingOf(bytes32 gatewayId, address key) external view returns (Standing) {
        Group storage group = _groups[gatewayId];
        if (key == address(0)) return Standing.NONE;
        if (key == group.key) return Standing.PRIMARY;
        if (_placeOf(group.backups, key) < group.backups.length) return Standing.BACKUP;
        return _revoked[gatewayId][key] ? Standing.REVOKED : Standing.NONE;
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

    /// @dev Makes a listed key the primary: it leaves the list, and the former primary's goes to its end, so that a machine that
    /// comes back is a backup without its owner's help. An epoch costs a transaction and cannot reach 2^32.
    function _succeed(
        Group storage group,
        address key
    ) private returns (uint32 epoch, address former, uint32 previousBlock) {
        former = group.key;
        previousBlock = group.lastBlock;
        _removeBackup(group, key);
        group.backups.push(former);
        epoch = group.epoch + 1;
        (group.key, group.epoch, group.lastBlock) = (key, epoch, uint32(block.number));
    }

    /// @dev Takes the key out of the list and keeps the order of the others; does nothing if it is not there.
    function _removeBackup(Group storage group, address key) private {
        address[] storage listed = group.backups;
        uint256 length = listed.length;
        uint256 place = _placeOf(listed, key);
        if (place == length) return;
        for (; place + 1 < length; ++place) listed[place] = listed[place + 1];
        listed.pop();
    }

    /// @dev Who was listed and is no longer is revoked; who is listed again is not.
    function _replaceBackups(bytes32 gatewayId, Group storage group, address[] calldata backups) private {
        mapping(address key => bool revoked) storage revoked = _revoked[gatewayId];
        address[] memory former = group.backups;
        for (uint256 i = 0; i < former.length; ++i) revoked[former[i]] = true;
        for (uint256 i = 0; i < backups.length; ++i) delete revoked[backups[i]];
        group.backups = backups;
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

    function _checkBackups(bytes32 gatewayId, address current, address[] calldata backups) private pure {
        uint256 length = backups.length;
        if (length > BACKUPS_MAX) revert GatewayRegistryTooManyBackups(gatewayId, BACKUPS_MAX, length);
        for (uint256 i = 0; i < length; ++i) {
            address key = backups[i];
            if (key == address(0) || key == current) revert GatewayRegistryInvalidKey(gatewayId, key);
            for (uint256 j = 0; j < i; ++j) {
                if (backups[j] == key) revert GatewayRegistryDuplicateBackup(gatewayId, key);
            }
        }
    }

    /// @dev Whether the key may become primary at this epoch. `done`: it has, by the very statement that is being carried or by
    /// one to the same end, and nothing is left to do.
    function _checkSuccession(
        bytes32 gatewayId,
        Group storage group,
        uint256 expectedEpoch,
        address key
    ) private view returns (bool done) {
        uint256 epoch = group.epoch;
        if (epoch == 0) revert GatewayRegistryUnknownGateway(gatewayId);
        if (key == group.key && epoch == expectedEpoch + 1) return true;
        if (epoch != expectedEpoch) revert GatewayRegistryWrongEpoch(gatewayId, epoch, expectedEpoch);
        if (_placeOf(group.backups, key) < group.backups.length) return false;
        if (_revoked[gatewayId][key]) revert GatewayRegistryRevokedBackup(gatewayId, key);
        revert GatewayRegistryUnknownBackup(gatewayId, key);
    }

    /// @dev The first takeover is never too soon: there is none before it.
    function _checkInterval(bytes32 gatewayId, uint256 takeoverBlock, uint256 takeoverInterval) private view {
        if (takeoverBlock == 0) return;
        uint256 earliestBlock = takeoverBlock + takeoverInterval;
        if (block.number < earliestBlock) revert GatewayRegistryTooSoon(gatewayId, earliestBlock, block.number);
    }

    /// @dev Place of the key in the list; the list's length if it is not there.
    function _placeOf(address[] storage listed, address key) private view returns (uint256 place) {
        uint256 length = listed.length;
        while (place < length && listed[place] != key) ++place;
    }

    function _checkSigner(bytes32 gatewayId, address expected, bytes32 structHash, bytes32 r, bytes32 vs) private view {
        address signer = _signerOf(_hashTypedDataV4(structHash), r, vs);
        // No account is zero, and a bad signature gives zero: registering for the zero owner must not pass for signed.
        if (signer != expected || signer == address(0)) {
            revert GatewayRegistryForeignSignature(gatewayId, expected, signer);
        }
    }

    function _checkSize(bytes32 gatewayId, uint256 size, uint256 maximum) private pure {
        if (size == 0 || size > maximum) revert GatewayRegistryInvalidSize(gatewayId, maximum, size);
    }
}
