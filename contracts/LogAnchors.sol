// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {GatewayRegistry} from "./GatewayRegistry.sol";
import {ILogRegistry} from "./interfaces/ILogRegistry.sol";
import {Statements} from "./libraries/Statements.sol";

/// @title Anchors: Merkle roots of entries that stand elsewhere.
/// @dev Abstract, because `LogRegistry` inherits it. An anchor writes two words: its root, for good, and the gateway's count.
abstract contract LogAnchors is ILogRegistry, GatewayRegistry {
    /// @dev `count` and `lastBlock` share a slot. A root is kept whole, because cutting it would save nothing: what costs is
    /// the slot.
    struct Anchors {
        uint32 count;
        uint32 lastBlock;
        mapping(uint256 index => bytes32 root) roots;
    }

    mapping(bytes32 gatewayId => Anchors anchors) private _anchors;

    /// @inheritdoc ILogRegistry
    function anchor(
        bytes32 gatewayId,
        uint32 index,
        bytes32 root,
        uint32 entries,
        uint32 epoch,
        bytes32 r,
        bytes32 vs
    ) external {
        if (root == 0 || entries == 0) revert LogRegistryEmptyAnchor(gatewayId, root, entries);
        Anchors storage anchors = _anchors[gatewayId];
        uint32 count = anchors.count;
        if (index < count) revert LogRegistryAnchorExists(gatewayId, index, anchors.roots[index]);
        if (index != count) revert LogRegistryWrongAnchorIndex(gatewayId, count, index);
        _checkStatement(gatewayId, epoch, Statements.anchor(gatewayId, index, root, entries, epoch), r, vs);

        uint32 previousBlock = anchors.lastBlock;
        // A gateway's 2^32nd anchor reverts here: one a second would last 136 years.
        anchors.count = count + 1;
        anchors.lastBlock = uint32(block.number);
        anchors.roots[index] = root;
        emit Anchored(gatewayId, index, root, entries, epoch, r, vs, previousBlock);
    }

    /// @inheritdoc ILogRegistry
    function verifyInclusion(
        bytes32 gatewayId,
        uint32 index,
        bytes32 entryHash,
        bytes32[] calldata proof
    ) external view returns (bool) {
        bytes32 root = _anchors[gatewayId].roots[index];
        // An empty proof of zero would lead to the root that an anchor has which does not exist.
        return root != 0 && MerkleProof.verifyCalldata(proof, root, entryHash);
    }

    /// @inheritdoc ILogRegistry
    function anchorOf(bytes32 gatewayId, uint32 index) external view returns (bytes32 root) {
        return _anchors[gatewayId].roots[index];
    }

    /// @inheritdoc ILogRegistry
    function anchorsOf(bytes32 gatewayId) external view returns (uint32 count, uint32 lastBlock) {
        Anchors storage anchors = _anchors[gatewayId];
        return (anchors.count, anchors.lastBlock);
    }

    /// @dev Signed by the gateway's current key, or nothing happens.
    function _checkStatement(bytes32 gatewayId, uint32 epoch, bytes32 structHash, bytes32 r, bytes32 vs) internal view {
        (address key, uint32 currentEpoch) = _writerOf(gatewayId);
        if (key == address(0)) revert GatewayRegistryUnknownGateway(gatewayId);
        if (epoch != currentEpoch) revert LogRegistryStaleEpoch(currentEpoch, epoch);
        address signer = _signerOf(_hashTypedDataV4(structHash), r, vs);
        if (signer != key) revert LogRegistryForeignSignature(key, signer);
    }
}
