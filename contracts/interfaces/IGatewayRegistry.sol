// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who may write: gateway groups, their keys and epochs.
/// @notice A group is one gateway in the eyes of its peers: an owner (the legally responsible party), one primary key that
/// signs log entries, and an epoch that rises with every change of that key. Registering is open: the group's id is derived
/// from its owner and name, so no id can be squatted, and the same owner has the same id on every chain.
/// @dev Every change is authorised by the owner's EIP-712 signature, bound to this chain and contract, and numbered, so that
/// it can neither be replayed nor reordered. The events carry those signatures: a reader of events alone can check them.
interface IGatewayRegistry {
    /// @notice What the registry holds of a group.
    /// @param owner Account whose signature registers the group and changes it.
    /// @param key Account whose signature makes entries of the current epoch.
    /// @param epoch 1 at registration, one more with every change of the key. Entries signed under an older epoch stay valid
    /// for readers and are refused for writers.
    /// @param changes Number of changes so far, registration included; the next change is signed over this number.
    /// @param lastBlock Block of the group's last event; its events name the block of the one before, so a reader walks back.
    struct Gateway {
        address owner;
        address key;
        uint32 epoch;
        uint32 changes;
        uint32 lastBlock;
    }

    /// @notice No group has this id.
    error GatewayRegistryUnknownGateway(bytes32 gatewayId);
    /// @notice The group exists already; use `rotateKey` or `setEndpoints`.
    error GatewayRegistryAlreadyRegistered(bytes32 gatewayId);
    /// @notice The statement is not signed by the group's owner.
    /// @param expected The owner.
    /// @param actual The account that signed exactly these bytes; zero if the signature is none, or is malleable (high s).
    error GatewayRegistryForeignSignature(bytes32 gatewayId, address expected, address actual);
    /// @notice The statement was signed over another number of changes: it is late, early or a replay.
    /// @param expected Number of changes so far.
    /// @param actual Number that was signed.
    error GatewayRegistryWrongChange(bytes32 gatewayId, uint256 expected, uint256 actual);
    /// @notice The key is zero, or is the current key already.
    /// @param actual The key given.
    error GatewayRegistryInvalidKey(bytes32 gatewayId, address actual);
    /// @notice Name or endpoints are empty or longer than the limit.
    /// @param maximum Limit in bytes: 64 for a name, 1,024 for endpoints.
    /// @param actual Bytes given.
    error GatewayRegistryInvalidSize(bytes32 gatewayId, uint256 maximum, uint256 actual);

    /// @notice A group was registered; its epoch is 1 and its number of changes is 1.
    /// @param owner With `name` it gives the group's id.
    /// @param key Key of epoch 1.
    /// @param endpoints Base URLs of the group, separated by one space.
    /// @param r First half of the owner's ERC-2098 signature of `RegisterGateway`.
    /// @param vs Second half of it.
    event GatewayRegistered(
        bytes32 indexed gatewayId,
        address indexed owner,
        string name,
        address key,
        string endpoints,
        bytes32 r,
        bytes32 vs
    );
    /// @notice The group's key is now `key`; entries of earlier epochs are refused from here on.
    /// @param epoch The epoch that begins.
    /// @param change Number of changes before this one, as it was signed.
    /// @param previousBlock Block of the group's event before this one.
    /// @param r First half of the owner's ERC-2098 signature of `RotateKey`.
    /// @param vs Second half of it.
    event KeyRotated(
        bytes32 indexed gatewayId,
        uint32 epoch,
        address key,
        uint32 change,
        uint32 previousBlock,
        bytes32 r,
        bytes32 vs
    );
    /// @notice The group is now reached at `endpoints`.
    /// @param endpoints Base URLs, separated by one space.
    /// @param change Number of changes before this one, as it was signed.
    /// @param previousBlock Block of the group's event before this one.
    /// @param r First half of the owner's ERC-2098 signature of `SetEndpoints`.
    /// @param vs Second half of it.
    event EndpointsSet(
        bytes32 indexed gatewayId,
        string endpoints,
        uint32 change,
        uint32 previousBlock,
        bytes32 r,
        bytes32 vs
    );

    /// @notice Registers the group `keccak256(abi.encode(owner, name))`. Anyone may carry the owner's statement.
    /// @param owner Account whose signature changes the group from now on.
    /// @param name Up to 64 bytes, fixed for ever.
    /// @param key Key of epoch 1; may be the owner's own.
    /// @param endpoints Base URLs, separated by one space; up to 1,024 bytes.
    /// @param r First half of the owner's ERC-2098 signature over
    /// `RegisterGateway(address owner,string name,address key,string endpoints)`.
    /// @param vs Second half of it.
    /// @return gatewayId The group's id.
    function registerGateway(
        address owner,
        string calldata name,
        address key,
        string calldata endpoints,
        bytes32 r,
        bytes32 vs
    ) external returns (bytes32 gatewayId);

    /// @notice Replaces the key and raises the epoch. The owner signs `RotateKey(bytes32 gatewayId,address key,uint32 change)`.
    /// @param key Neither zero nor the current key.
    /// @param change Number of changes so far.
    /// @param r First half of the owner's ERC-2098 signature.
    /// @param vs Second half of it.
    function rotateKey(bytes32 gatewayId, address key, uint32 change, bytes32 r, bytes32 vs) external;

    /// @notice Replaces the endpoints. The owner signs `SetEndpoints(bytes32 gatewayId,string endpoints,uint32 change)`.
    /// @param endpoints Base URLs, separated by one space; up to 1,024 bytes.
    /// @param change Number of changes so far.
    /// @param r First half of the owner's ERC-2098 signature.
    /// @param vs Second half of it.
    function setEndpoints(bytes32 gatewayId, string calldata endpoints, uint32 change, bytes32 r, bytes32 vs) external;

    /// @notice What the registry holds of the group; reverts with `GatewayRegistryUnknownGateway`.
    function gatewayOf(bytes32 gatewayId) external view returns (Gateway memory);

    /// @notice Current epoch of the group; 0 if unknown.
    function epochOf(bytes32 gatewayId) external view returns (uint32);
}
