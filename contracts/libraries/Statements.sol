// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What owners and gateways sign to act on the log contract.
/// @dev EIP-712 structs under the domain ("Gatelog", "1", chain id, contract): unlike an entry, a statement acts here and
/// nowhere else. A hash of a string literal is evaluated by the compiler; tests derive each one anew.
library Statements {
    bytes32 internal constant REGISTER_GATEWAY_TYPE_HASH = keccak256(
        "RegisterGateway(address owner,string name,address key,string endpoints)"
    );
    bytes32 internal constant ROTATE_KEY_TYPE_HASH = keccak256(
        "RotateKey(bytes32 gatewayId,address key,uint32 change)"
    );
    bytes32 internal constant SET_ENDPOINTS_TYPE_HASH = keccak256(
        "SetEndpoints(bytes32 gatewayId,string endpoints,uint32 change)"
    );
    bytes32 internal constant OPEN_SESSION_TYPE_HASH = keccak256("OpenSession(bytes32 sessionHash,uint32 epoch)");
    bytes32 internal constant DECIDE_TYPE_HASH = keccak256("Decide(bytes32 sessionHash,uint8 decision,uint32 epoch)");
    bytes32 internal constant CLOSE_LOG_TYPE_HASH = keccak256(
        "CloseLog(bytes32 sessionHash,bytes32 gatewayId,uint32 length,bytes32 lastEntryHash,uint32 epoch)"
    );
    bytes32 internal constant ANCHOR_TYPE_HASH = keccak256(
        "Anchor(bytes32 gatewayId,uint32 index,bytes32 root,uint32 entries,uint32 epoch)"
    );

    function registerGateway(
        address owner,
        string calldata name,
        address key,
        string calldata endpoints
    ) internal pure returns (bytes32) {
        bytes32 nameHash = keccak256(bytes(name));
        return keccak256(abi.encode(REGISTER_GATEWAY_TYPE_HASH, owner, nameHash, key, keccak256(bytes(endpoints))));
    }

    function rotateKey(bytes32 gatewayId, address key, uint32 change) internal pure returns (bytes32) {
        return keccak256(abi.encode(ROTATE_KEY_TYPE_HASH, gatewayId, key, change));
    }

    function setEndpoints(bytes32 gatewayId, string calldata endpoints, uint32 change) internal pure returns (bytes32) {
        return keccak256(abi.encode(SET_ENDPOINTS_TYPE_HASH, gatewayId, keccak256(bytes(endpoints)), change));
    }

    function openSession(bytes32 sessionHash, uint32 epoch) internal pure returns (bytes32) {
        return keccak256(abi.encode(OPEN_SESSION_TYPE_HASH, sessionHash, epoch));
    }

    function decide(bytes32 sessionHash, uint8 decision, uint32 epoch) internal pure returns (bytes32) {
        return keccak256(abi.encode(DECIDE_TYPE_HASH, sessionHash, decision, epoch));
    }

    function closeLog(
        bytes32 sessionHash,
        bytes32 gatewayId,
        uint32 length,
        bytes32 lastEntryHash,
        uint32 epoch
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(CLOSE_LOG_TYPE_HASH, sessionHash, gatewayId, length, lastEntryHash, epoch));
    }

    function anchor(
        bytes32 gatewayId,
        uint32 index,
        bytes32 root,
        uint32 entries,
        uint32 epoch
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(ANCHOR_TYPE_HASH, gatewayId, index, root, entries, epoch));
    }
}
