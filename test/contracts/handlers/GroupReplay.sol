// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "../../../contracts/interfaces/IGatewayRegistry.sol";
import {Vm} from "../../support/Vm.sol";
import {SuccessionFixture} from "../SuccessionFixture.sol";

/// @dev A reader that has nothing but the registry's events about groups, in order. It rebuilds each group, who is revoked and
/// the key of every epoch, and checks who authorised what. What an event must not say stands in `faults`.
abstract contract GroupReplay is SuccessionFixture {
    string[] public faults;

    mapping(bytes32 gatewayId => IGatewayRegistry.Gateway group) private _replayed;
    mapping(bytes32 gatewayId => mapping(address key => bool revoked)) private _revoked;

    function faultCount() external view returns (uint256) {
        return faults.length;
    }

    function replayedGroup(bytes32 gatewayId) public view returns (IGatewayRegistry.Gateway memory) {
        return _replayed[gatewayId];
    }

    function replayedStanding(bytes32 gatewayId, address key) public view returns (IGatewayRegistry.Standing) {
        if (key == _replayed[gatewayId].key) return IGatewayRegistry.Standing.PRIMARY;
        if (_isListed(gatewayId, key)) return IGatewayRegistry.Standing.BACKUP;
        return _revoked[gatewayId][key] ? IGatewayRegistry.Standing.REVOKED : IGatewayRegistry.Standing.NONE;
    }

    /// @dev Reads the events of one transaction.
    function _replayGroups(Vm.Log[] memory events) internal {
        for (uint256 i = 0; i < events.length; ++i) {
            bytes32 kind = events[i].topics[0];
            bytes32 gatewayId = events[i].topics[1];
            bytes memory data = events[i].data;
            if (kind == IGatewayRegistry.GatewayRegistered.selector) _registered(events[i]);
            else if (kind == IGatewayRegistry.KeyRotated.selector) _rotated(gatewayId, data);
            else if (kind == IGatewayRegistry.EndpointsSet.selector) _endpointsSet(gatewayId, data);
            else if (kind == IGatewayRegistry.BackupsSet.selector) _backupsSet(gatewayId, data);
            else if (kind == IGatewayRegistry.PrimaryChanged.selector) _primaryChanged(gatewayId, data);
        }
    }

    function _registered(Vm.Log memory event_) private {
        IGatewayRegistry.Gateway storage group = _replayed[event_.topics[1]];
        _expect(group.epoch == 0, "a group is registered once");
        (, group.key) = abi.decode(event_.data, (string, address));
        group.owner = address(uint160(uint256(event_.topics[2])));
        (group.epoch, group.changes, group.lastBlock) = (1, 1, uint32(block.number));
    }

    function _rotated(bytes32 gatewayId, bytes memory data) private {
        IGatewayRegistry.Gateway storage group = _replayed[gatewayId];
        (uint32 epoch, address key, uint32 change, uint32 previousBlock) = abi.decode(
            data,
            (uint32, address, uint32, uint32)
        );
        _changed(group, change, previousBlock);
        _expect(epoch == ++group.epoch, "epochs rise one by one");
        _unlist(group.backups, key);
        _revoked[gatewayId][group.key] = true;
        _revoked[gatewayId][key] = false;
        group.key = key;
    }

    function _endpointsSet(bytes32 gatewayId, bytes memory data) private {
        (, uint32 change, uint32 previousBlock) = abi.decode(data, (string, uint32, uint32));
        _changed(_replayed[gatewayId], change, previousBlock);
    }

    function _backupsSet(bytes32 gatewayId, bytes memory data) private {
        IGatewayRegistry.Gateway storage group = _replayed[gatewayId];
        (address[] memory backups, uint32 takeoverInterval, uint32 change, uint32 previousBlock) = abi.decode(
            data,
            (address[], uint32, uint32, uint32)
        );
        _changed(group, change, previousBlock);
        for (uint256 i = 0; i < group.backups.length; ++i) _revoked[gatewayId][group.backups[i]] = true;
        for (uint256 i = 0; i < backups.length; ++i) _revoked[gatewayId][backups[i]] = false;
        group.backups = backups;
        group.takeoverInterval = takeoverInterval;
    }

    function _primaryChanged(bytes32 gatewayId, bytes memory data) private {
        IGatewayRegistry.Gateway storage group = _replayed[gatewayId];
        (uint32 epoch, address key, address former, bool planned, uint32 previousBlock) = abi.decode(
            data,
            (uint32, address, address, bool, uint32)
        );
        _expect(previousBlock == group.lastBlock, "an event names the block of the one before it");
        _expect(epoch == group.epoch + 1, "a change of the primary begins the next epoch");
        _expect(former == group.key, "the former primary was the primary");
        _expect(_isListed(gatewayId, key), "the new primary was listed");
        bool rested = group.takeoverBlock == 0 || block.number >= group.takeoverBlock + group.takeoverInterval;
        _expect(planned || rested, "a takeover waits for the interval");
        _checkSuccessionSigned(gatewayId, data);
        _unlist(group.backups, key);
        group.backups.push(former);
        (group.key, group.epoch, group.lastBlock) = (key, epoch, uint32(block.number));
        if (!planned) group.takeoverBlock = uint32(block.number);
    }

    function _checkSuccessionSigned(bytes32 gatewayId, bytes memory data) private {
        (uint32 epoch, address key, address former, bool planned) = abi.decode(data, (uint32, address, address, bool));
        (, , , , , bytes32 r, bytes32 vs, bytes32 formerR, bytes32 formerVs) = abi.decode(
            data,
            (uint32, address, address, bool, uint32, bytes32, bytes32, bytes32, bytes32)
        );
        bytes32 typeHash = keccak256(bytes(planned ? HANDOVER : TAKEOVER));
        bytes32 digest = _statementDigest(keccak256(abi.encode(typeHash, gatewayId, epoch - 1, key)));
        _expect(_signerOf(digest, r, vs) == key, "the new primary signed");
        if (planned) _expect(_signerOf(digest, formerR, formerVs) == former, "the former primary signed a handover");
        else _expect(formerR == 0 && formerVs == 0, "a takeover has one signature");
    }

    function _changed(IGatewayRegistry.Gateway storage group, uint32 change, uint32 previousBlock) private {
        _expect(change == group.changes++, "the owner's changes are numbered");
        _expect(previousBlock == group.lastBlock, "an event names the block of the one before it");
        group.lastBlock = uint32(block.number);
    }

    function _unlist(address[] storage listed, address key) private {
        uint256 kept = 0;
        for (uint256 i = 0; i < listed.length; ++i) {
            if (listed[i] != key) listed[kept++] = listed[i];
        }
        while (listed.length > kept) listed.pop();
    }

    function _isListed(bytes32 gatewayId, address key) internal view returns (bool found) {
        address[] storage listed = _replayed[gatewayId].backups;
        for (uint256 i = 0; i < listed.length; ++i) found = found || listed[i] == key;
    }

    function _signerOf(bytes32 digest, bytes32 r, bytes32 vs) private pure returns (address) {
        uint8 v = uint8(uint256(vs) >> 255) + 27;
        return ecrecover(digest, v, r, vs & bytes32(type(uint256).max >> 1));
    }

    function _expect(bool holds, string memory what) internal {
        if (!holds) faults.push(what);
    }
}
