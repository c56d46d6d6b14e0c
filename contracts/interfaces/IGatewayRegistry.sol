// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who may write: gateway groups, their keys and epochs.
/// @notice A group is one gateway in the eyes of its peers: an owner (the legally responsible party), one primary key that
/// signs log entries, an ordered list of backups, and an epoch that rises with every change of the primary key. Registering is
/// open: the group's id is derived from its owner and name, so no id can be squatted, and the same owner has the same id on
/// every chain.
///
/// A backup makes itself primary with `takeover`, without its owner: the owner has authorised it beforehand, by listing it. The
/// epoch is the fence. Whoever names the current epoch first wins, and from that block on nothing that was signed under an older
/// one is taken here: no entry, decision, closing or anchor. Nothing here judges whether the primary was dead: there is no clock,
/// heartbeat or lease on chain. A takeover from a primary that lives costs an epoch and never an asset.
/// @dev Every change is authorised by EIP-712 signatures, bound to this chain and contract. The owner's changes are numbered, and
/// the primary's are bound to the epoch that they end, so that none can be replayed or reordered. The events carry those
/// signatures: a reader of events alone rebuilds keys by epoch, the list and its interval, and can check who authorised what.
/// What is not bound to the epoch is the owner's word: what the owner signed before a takeover is carried out after it as well.
interface IGatewayRegistry {
    /// @notice What a key is to a group. REVOKED: it was listed, or was primary, and the owner has taken it out.
    enum Standing {
        NONE,
        PRIMARY,
        BACKUP,
        REVOKED
    }

    /// @notice What the registry holds of a group.
    /// @param owner Account whose signature registers the group and changes it.
    /// @param key Account whose signature makes entries of the current epoch.
    /// @param epoch 1 at registration, one more with every change of the key. Entries signed under an older epoch stay valid
    /// for readers and are refused for writers.
    /// @param changes Number of the owner's changes so far, registration included; the next one is signed over this number.
    /// Takeovers and handovers are not the owner's and do not count.
    /// @param lastBlock Block of the group's last event; its events name the block of the one before, so a reader walks back.
    /// @param takeoverInterval Blocks that must lie between two takeovers; 0 for none.
    /// @param takeoverBlock Block of the last takeover; 0 if there was none. A handover is none.
    /// @param backups Keys that may take over, in the owner's order, who was primary before at the end; up to 8.
    struct Gateway {
        address owner;
        address key;
        uint32 epoch;
        uint32 changes;
        uint32 lastBlock;
        uint32 takeoverInterval;
        uint32 takeoverBlock;
        address[] backups;
    }

    /// @notice No group has this id.
    error GatewayRegistryUnknownGateway(bytes32 gatewayId);
    /// @notice The group exists already; use `rotateKey` or `setEndpoints`.
    error GatewayRegistryAlreadyRegistered(bytes32 gatewayId);
    /// @notice The statement is not signed by whose it is.
    /// @param expected The owner; of a takeover or handover, the key that becomes primary, or the primary that hands over.
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
    /// @notice The list of backups is too long.
    /// @param maximum Limit: 8.
    /// @param actual Keys given.
    error GatewayRegistryTooManyBackups(bytes32 gatewayId, uint256 maximum, uint256 actual);
    /// @notice The list names a key twice.
    /// @param actual The key.
    error GatewayRegistryDuplicateBackup(bytes32 gatewayId, address actual);
    /// @notice The takeover or handover was signed for another epoch: somebody else was first, or it is a replay.
    /// @param expected The group's epoch.
    /// @param actual Epoch that was signed.
    error GatewayRegistryWrongEpoch(bytes32 gatewayId, uint256 expected, uint256 actual);
    /// @notice The key is not in the owner's list of backups, and never was.
    /// @param actual The key given.
    error GatewayRegistryUnknownBackup(bytes32 gatewayId, address actual);
    /// @notice The owner has taken the key out of the list, or out of use; it is nobody's backup until it is listed again.
    /// @param actual The key given.
    error GatewayRegistryRevokedBackup(bytes32 gatewayId, address actual);
    /// @notice The owner's interval between takeovers has not passed. The same statement succeeds later.
    /// @param expected First block in which the group can be taken over.
    /// @param actual This block.
    error GatewayRegistryTooSoon(bytes32 gatewayId, uint256 expected, uint256 actual);

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

    /// @notice The group's backups are now these, and no others; whoever was listed before and is not now is revoked.
    /// @param backups Keys in the owner's order; empty if nobody may take over.
    /// @param takeoverInterval Blocks between two takeovers; 0 for none.
    /// @param change Number of changes before this one, as it was signed.
    /// @param previousBlock Block of the group's event before this one.
    /// @param r First half of the owner's ERC-2098 signature of `SetBackups`.
    /// @param vs Second half of it.
    event BackupsSet(
        bytes32 indexed gatewayId,
        address[] backups,
        uint32 takeoverInterval,
        uint32 change,
        uint32 previousBlock,
        bytes32 r,
        bytes32 vs
    );
    /// @notice A backup is now the primary; entries of earlier epochs are refused from here on. It has left the list, and the key
    /// of the former primary stands at its end.
    /// @param epoch The epoch that begins. What was signed names the one before it.
    /// @param key The new primary's key.
    /// @param former Key of the epoch that has ended.
    /// @param planned True after a handover, which the former primary has signed too; false after a takeover.
    /// @param previousBlock Block of the group's event before this one.
    /// @param r First half of the new primary's ERC-2098 signature of `Handover` or `Takeover`.
    /// @param vs Second half of it.
    /// @param formerR First half of the former primary's signature of `Handover`; zero after a takeover.
    /// @param formerVs Second half of it.
    event PrimaryChanged(
        bytes32 indexed gatewayId,
        uint32 epoch,
        address key,
        address former,
        bool planned,
        uint32 previousBlock,
        bytes32 r,
        bytes32 vs,
        bytes32 formerR,
        bytes32 formerVs
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
    /// The key that is replaced is revoked. If the new one is a backup it leaves the list.
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

    /// @notice Replaces the list of backups. The owner signs
    /// `SetBackups(bytes32 gatewayId,address[] backups,uint32 takeoverInterval,uint32 change)`. A key that was listed and is no
    /// longer is revoked; one that is listed again is not any more.
    /// @dev The statement names no epoch, so that backups who take over from each other cannot keep it out: an empty list and then
    /// `rotateKey` end every quarrel. It is refused if one of its keys has become primary in the meantime.
    /// @param backups Up to 8 keys, all different; neither zero nor the current key. Their order is the owner's wish and binds
    /// nobody: whoever is carried first wins.
    /// @param takeoverInterval Blocks between two takeovers; 0 for none. It slows down backups that quarrel, and so every
    /// takeover but the first.
    /// @param change Number of changes so far.
    /// @param r First half of the owner's ERC-2098 signature.
    /// @param vs Second half of it.
    function setBackups(
        bytes32 gatewayId,
        address[] calldata backups,
        uint32 takeoverInterval,
        uint32 change,
        bytes32 r,
        bytes32 vs
    ) external;

    /// @notice Makes a backup the primary and raises the epoch. Anyone may carry it; the backup signs
    /// `Takeover(bytes32 gatewayId,uint32 expectedEpoch,address key)`. Of several only the first succeeds. Repeating one that has
    /// succeeded changes nothing and is a success, until the primary changes again: a backup that crashed may send it again.
    /// @param expectedEpoch The group's epoch.
    /// @param key A listed backup.
    /// @param r First half of the backup's ERC-2098 signature.
    /// @param vs Second half of it.
    function takeover(bytes32 gatewayId, uint32 expectedEpoch, address key, bytes32 r, bytes32 vs) external;

    /// @notice The same as planned by the primary: it and the backup sign
    /// `Handover(bytes32 gatewayId,uint32 expectedEpoch,address key)`. No interval holds it up, and it begins none. Repeating it is
    /// a success as with `takeover`, for which the backup's signature is enough.
    /// @param expectedEpoch The group's epoch.
    /// @param key A listed backup.
    /// @param r First half of the backup's ERC-2098 signature.
    /// @param vs Second half of it.
    /// @param formerR First half of the primary's.
    /// @param formerVs Second half of it.
    function handover(
        bytes32 gatewayId,
        uint32 expectedEpoch,
        address key,
        bytes32 r,
        bytes32 vs,
        bytes32 formerR,
        bytes32 formerVs
    ) external;

    /// @notice What the registry holds of the group; reverts with `GatewayRegistryUnknownGateway`.
    function gatewayOf(bytes32 gatewayId) external view returns (Gateway memory);

    /// @notice Current epoch of the group; 0 if unknown.
    function epochOf(bytes32 gatewayId) external view returns (uint32);

    /// @notice What the key is to the group now; NONE also for a group that is unknown.
    function standingOf(bytes32 gatewayId, address key) external view returns (Standing);
}
