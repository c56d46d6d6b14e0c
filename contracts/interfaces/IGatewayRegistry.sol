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
    error GatewayRegistryForeignSignature(bytes32 gatewayId, address expected, address actual);
    /// @notice The statement was signed over another number of changes: it is late, early or a replay.
    error GatewayRegistryWrongChange(bytes32 gatewayId, uint256 expected, uint256 actual);
    /// @notice The key is zero, or is the current key already.
    error GatewayRegistryInvalidKey(bytes32 gatewayId, address actual);
    /// @notice Name or endpoints are empty or longer than the limit, in bytes.
    error GatewayRegistryInvalidSize(bytes32 gatewayId, uint256 maximum, uint256 actual);

    /// @notice A group was registered; its epoch is 1 and its number of changes is 1.
    /// @param endpoints Base URLs of the group, separated by one space.
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
    event EndpointsSet(
        bytes32 indexed gatewayId,
        string endpoints,
        uint32 change,
        uint32 previousBlock,
        bytes32 r,
        bytes32 vs
    );

    /// @notice Registers the group `keccak256(abi.encode(owner, name))`. Anyone may carry the owner's statement.
    /// @param r First half of the owner's ERC-2098 signature over
    /// `RegisterGateway(address owner,string name,address key,string endpoints)`.
    /// @param vs Second half of it.
    function registerGateway(
        address owner,
        string calldata name,
        address key,
        string calldata endpoints,
        bytes32 r,
        bytes32 vs
    ) external returns (bytes32 gatewayId);

    /// @notice Replaces the key and raises the epoch. The owner signs `RotateKey(bytes32 gatewayId,address key,uint32 change)`.
    function rotateKey(bytes32 gatewayId, address key, uint32 change, bytes32 r, bytes32 vs) external;

    /// @notice Replaces the endpoints. The owner signs `SetEndpoints(bytes32 gatewayId,string endpoints,uint32 change)`.
    function setEndpoints(bytes32 gatewayId, string calldata endpoints, uint32 change, bytes32 r, bytes32 vs) external;

    /// @notice What the registry holds of the group; reverts with `GatewayRegistryUnknownGateway`.
    function gatewayOf(bytes32 gatewayId) external view returns (Gateway memory);

    /// @notice Current epoch of the group; 0 if unknown.
    function epochOf(bytes32 gatewayId) external view returns (uint32);
}
