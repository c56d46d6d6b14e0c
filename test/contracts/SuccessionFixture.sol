// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {signCompact, vm} from "../support/Vm.sol";
import {LogRegistryFixture} from "./LogRegistryFixture.sol";

/// @dev Makers of what changes a group's primary. As in the fixture below it, hashes are derived from the type strings; an array
/// is written out word by word.
abstract contract SuccessionFixture is LogRegistryFixture {
    string internal constant TAKEOVER = "Takeover(bytes32 gatewayId,uint32 expectedEpoch,address key)";
    string internal constant HANDOVER = "Handover(bytes32 gatewayId,uint32 expectedEpoch,address key)";

    /// @dev The owner lists these.
    function _setBackups(Writer storage writer, address[] memory backups, uint32 takeoverInterval) internal {
        uint32 change = registry.gatewayOf(writer.gatewayId).changes;
        (bytes32 r, bytes32 vs) = _signBackups(writer.gatewayId, backups, takeoverInterval, change, writer.ownerKey);
        registry.setBackups(writer.gatewayId, backups, takeoverInterval, change, r, vs);
    }

    /// @dev The backup takes over, and the writer is kept up to date.
    function _takeOver(Writer storage writer, uint256 key) internal {
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, writer.gatewayId, writer.epoch, vm.addr(key), key);
        registry.takeover(writer.gatewayId, writer.epoch, vm.addr(key), r, vs);
        writer.key = key;
        ++writer.epoch;
    }

    /// @dev The primary hands over to the backup, and the writer is kept up to date.
    function _handOver(Writer storage writer, uint256 key) internal {
        address account = vm.addr(key);
        (bytes32 r, bytes32 vs) = _signSuccession(HANDOVER, writer.gatewayId, writer.epoch, account, key);
        (bytes32 formerR, bytes32 formerVs) = _signSuccession(
            HANDOVER,
            writer.gatewayId,
            writer.epoch,
            account,
            writer.key
        );
        registry.handover(writer.gatewayId, writer.epoch, account, r, vs, formerR, formerVs);
        writer.key = key;
        ++writer.epoch;
    }

    function _signBackups(
        bytes32 gatewayId,
        address[] memory backups,
        uint32 takeoverInterval,
        uint32 change,
        uint256 signer
    ) internal view returns (bytes32 r, bytes32 vs) {
        bytes memory words;
        for (uint256 i = 0; i < backups.length; ++i) words = bytes.concat(words, abi.encode(backups[i]));
        bytes32 typeHash = keccak256(
            "SetBackups(bytes32 gatewayId,address[] backups,uint32 takeoverInterval,uint32 change)"
        );
        bytes32 structHash = keccak256(abi.encode(typeHash, gatewayId, keccak256(words), takeoverInterval, change));
        return signCompact(signer, _statementDigest(structHash));
    }

    function _signSuccession(
        string memory kind,
        bytes32 gatewayId,
        uint32 expectedEpoch,
        address key,
        uint256 signer
    ) internal view returns (bytes32 r, bytes32 vs) {
        bytes32 structHash = keccak256(abi.encode(keccak256(bytes(kind)), gatewayId, expectedEpoch, key));
        return signCompact(signer, _statementDigest(structHash));
    }

    /// @dev The other signature of the same digest. The upper half of the order has its top bit set, where ERC-2098 keeps the
    /// parity, so what arrives is yet another one.
    function _malleated(bytes32 vs) internal pure returns (bytes32) {
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        uint256 s = uint256(vs) & (type(uint256).max >> 1);
        return bytes32((order - s) | (uint256(vs) ^ (1 << 255)));
    }

    function _list() internal pure returns (address[] memory) {
        return new address[](0);
    }

    function _list(uint256 key) internal pure returns (address[] memory keys) {
        keys = new address[](1);
        keys[0] = vm.addr(key);
    }

    function _list(uint256 key, uint256 second) internal pure returns (address[] memory keys) {
        keys = new address[](2);
        (keys[0], keys[1]) = (vm.addr(key), vm.addr(second));
    }

    function _list(uint256 key, uint256 second, uint256 third) internal pure returns (address[] memory keys) {
        keys = new address[](3);
        (keys[0], keys[1], keys[2]) = (vm.addr(key), vm.addr(second), vm.addr(third));
    }
}
