// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {signCompact} from "../support/Vm.sol";
import {LogRegistryFixture} from "./LogRegistryFixture.sol";

/// @dev Makers of anchors and of trees. The trees are built here, apart from any library.
abstract contract LogRegistryAnchors is LogRegistryFixture {
    function _anchor(Writer memory writer, uint32 index, bytes32 root, uint32 entries) internal {
        (bytes32 r, bytes32 vs) = _signAnchor(writer, index, root, entries);
        registry.anchor(writer.gatewayId, index, root, entries, writer.epoch, r, vs);
    }

    function _signAnchor(
        Writer memory writer,
        uint32 index,
        bytes32 root,
        uint32 entries
    ) internal view returns (bytes32 r, bytes32 vs) {
        bytes32 typeHash = keccak256("Anchor(bytes32 gatewayId,uint32 index,bytes32 root,uint32 entries,uint32 epoch)");
        bytes32 structHash = keccak256(abi.encode(typeHash, writer.gatewayId, index, root, entries, writer.epoch));
        return signCompact(writer.key, _statementDigest(structHash));
    }

    function _leavesOf(bytes32 seed, uint256 count) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) leaves[i] = keccak256(abi.encode("leaf", seed, i));
    }

    /// @dev Pairs of neighbours, level by level; the last one of an odd number goes up as it is.
    function _rootOf(bytes32[] memory nodes) internal pure returns (bytes32) {
        while (nodes.length > 1) nodes = _parentsOf(nodes);
        return nodes[0];
    }

    function _proofOf(bytes32[] memory nodes, uint256 position) internal pure returns (bytes32[] memory proof) {
        bytes32[] memory found = new bytes32[](256);
        uint256 length = 0;
        for (; nodes.length > 1; position /= 2) {
            uint256 beside = position % 2 == 0 ? position + 1 : position - 1;
            if (beside < nodes.length) found[length++] = nodes[beside];
            nodes = _parentsOf(nodes);
        }
        proof = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) proof[i] = found[i];
    }

    function _nodeOf(bytes32 one, bytes32 other) internal pure returns (bytes32) {
        return one < other ? keccak256(abi.encode(one, other)) : keccak256(abi.encode(other, one));
    }

    function _parentsOf(bytes32[] memory nodes) private pure returns (bytes32[] memory parents) {
        parents = new bytes32[]((nodes.length + 1) / 2);
        for (uint256 i = 0; i < parents.length; ++i) {
            bool alone = 2 * i + 1 == nodes.length;
            parents[i] = alone ? nodes[2 * i] : _nodeOf(nodes[2 * i], nodes[2 * i + 1]);
        }
    }
}
