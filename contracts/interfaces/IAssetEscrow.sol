// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title One ledger's side of a transfer.
/// @notice A state machine per session terms. On the origin ledger: NONE → LOCKED → BURNED (or UNLOCKED, REFUSED, RECREATED);
/// on the destination ledger: NONE → MINTED → ASSIGNED (or CANCELLED). Doing an action twice is a success that changes nothing;
/// a conflicting one reverts. The states that end a rollback are tombstones: what was sent earlier and lands later reverts.
/// @dev Every call carries the full terms; their hash keys the state, so a session that this ledger has never seen can be
/// refused by its parties and by nobody else. Ledgers do not fence: every key of a group that the terms list may act, of
/// whatever epoch. The asset can go only to the originator or the beneficiary of the terms.
interface IAssetEscrow {
    enum Standard {
        NONE,
        ERC20,
        ERC721
    }

    /// @notice MINT: the escrow mints and burns the token. VAULT: the token has no burn; what is burned stays in the escrow
    /// for ever and counts as extinguished until it is minted again.
    enum Mode {
        NONE,
        MINT,
        VAULT
    }

    enum State {
        NONE,
        LOCKED,
        BURNED,
        UNLOCKED,
        RECREATED,
        REFUSED,
        MINTED,
        ASSIGNED,
        CANCELLED
    }

    /// @notice What a certificate says is finally held elsewhere.
    enum Fact {
        NONE,
        REGISTER_COMMIT,
        REGISTER_ABORT,
        DESTINATION_CANCELLED
    }

    /// @notice One ledger of the transfer and the group that acts there.
    /// @param chainId EIP-155 id of the ledger.
    /// @param escrow The escrow on it.
    /// @param token The asset on it.
    /// @param owner Owner of the gateway group; may sign certificates.
    /// @param keys Every ledger key of the group, primary and backups; may act and sign certificates.
    struct Side {
        uint64 chainId;
        address escrow;
        address token;
        address owner;
        address[] keys;
    }

    /// @notice What both parties agreed on before anything was locked.
    /// @param value Amount (ERC-20, in the token's smallest unit) or token id (ERC-721).
    /// @param tokenUri URI that the token carries along (ERC-721), else empty.
    /// @param originator Owner of the asset on the origin ledger; gets it back on unlock and recreate.
    /// @param beneficiary Receives it on the destination ledger.
    /// @param lockExpiry UNIX seconds, origin ledger's clock; from then on the originator may unlock.
    /// @param cancelAfter UNIX seconds, destination ledger's clock; from then on anyone may cancel.
    /// @param logChainId Chain of the register, or 0: then the destination escrow is the register.
    /// @param logRegistry The register on it, or zero.
    /// @param attestors Accounts of which `attestorThreshold` together may sign a certificate.
    struct Terms {
        bytes16 sessionId;
        Standard standard;
        uint256 value;
        string tokenUri;
        address originator;
        address beneficiary;
        Side origin;
        Side destination;
        uint64 lockExpiry;
        uint64 cancelAfter;
        uint64 logChainId;
        address logRegistry;
        address[] attestors;
        uint8 attestorThreshold;
    }

    /// @notice What a chain finally holds, signed as the terms allow. It is never the signed request to decide.
    /// @param blockNumber Block at which the signer read it, final by the signer's reading.
    /// @param signatures One by a key of either group or an owner, or `attestorThreshold` by different attestors in ascending
    /// order of account; 65 bytes each over `Certificate(bytes32 termsHash,uint8 fact,uint64 chainId,address source,uint64
    /// blockNumber,bytes32 blockHash)` under a domain of name and version alone.
    struct Certificate {
        Fact fact;
        uint64 blockNumber;
        bytes32 blockHash;
        bytes[] signatures;
    }

    /// @notice The terms name another chain or contract for this side.
    error AssetEscrowWrongLedger(uint256 expectedChainId, address expectedEscrow, uint256 actualChainId, address actualEscrow);
    /// @notice Terms that contradict each other: the reason names the member.
    error AssetEscrowInvalidTerms(bytes32 member);
    /// @notice The token is not in this escrow's map, or another token is mapped to the origin's.
    error AssetEscrowUnmappedToken(uint256 originChainId, address originToken, address expected, address actual);
    error AssetEscrowTokenMapped(address token, Mode actual);
    /// @notice The state excludes the action, for good; read the state again.
    error AssetEscrowConflict(bytes32 termsHash, bytes4 action, State actual);
    /// @notice The caller is no key of the group, and no certificate or clock gives the right.
    error AssetEscrowUnauthorized(bytes32 termsHash, bytes4 action, address actual);
    error AssetEscrowInvalidCertificate(bytes32 termsHash, Fact expected, Fact actual, address signer);
    /// @notice The token moved another amount than it was asked to (a fee on transfer, for instance).
    error AssetEscrowWrongAmount(address token, uint256 expected, uint256 actual);
    error AssetEscrowLockExpired(bytes32 termsHash, uint256 expiry, uint256 actual);
    /// @notice Nothing to claim: not assigned, or delivered already.
    error AssetEscrowNothingToClaim(bytes32 termsHash);
    /// @notice A VAULT token can only be minted from what was extinguished before.
    error AssetEscrowVaultEmpty(address token, uint256 expected, uint256 actual);

    event TokenMapped(
        uint256 indexed originChainId,
        address indexed originToken,
        address indexed token,
        Standard standard,
        Mode mode
    );
    event Locked(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator);
    event Unlocked(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator);
    event Refused(bytes32 indexed termsHash, bytes16 indexed sessionId);
    event Burned(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value);
    event Recreated(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator);
    event Minted(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value);
    /// @param delivered False if the beneficiary could not take it; then `claim`.
    event Assigned(
        bytes32 indexed termsHash,
        bytes16 indexed sessionId,
        address token,
        uint256 value,
        address beneficiary,
        bool delivered
    );
    event Claimed(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address to);
    event Cancelled(bytes32 indexed termsHash, bytes16 indexed sessionId);

    /// @notice Maps a local token. For an asset that is native here pass this chain's id and the token itself as origin.
    /// The map of a token never changes once set. Only the escrow's administrator.
    function mapToken(uint256 originChainId, address originToken, address token, Standard standard, Mode mode) external;

    /// @notice Origin: takes the asset from the originator (who has approved this escrow). By a key of the origin group.
    function lock(Terms calldata terms) external;
    /// @notice Origin: `lock` with the originator's ERC-2612 permit for the amount (ERC-20).
    function lockWithPermit(Terms calldata terms, uint256 permitDeadline, uint8 v, bytes32 r, bytes32 s) external;
    /// @notice Origin: LOCKED → UNLOCKED, asset back to the originator; NONE → REFUSED. By a key of the origin group, with a
    /// certificate of ABORT by anyone, or by the originator from `lockExpiry` on. Pass an empty certificate (fact NONE) if none.
    function unlock(Terms calldata terms, Certificate calldata certificate) external;
    /// @notice Origin: LOCKED → BURNED. By a key of the origin group.
    function burn(Terms calldata terms) external;
    /// @notice Origin: BURNED → RECREATED, to the originator. By anyone with a certificate that the destination is CANCELLED.
    function recreate(Terms calldata terms, Certificate calldata certificate) external;
    /// @notice Destination: NONE → MINTED, to the escrow itself. By a key of the destination group.
    function mint(Terms calldata terms) external;
    /// @notice Destination: MINTED → ASSIGNED: books the asset to the beneficiary and tries to deliver it. By a key of the
    /// destination group, or with a certificate of COMMIT by anyone.
    function assign(Terms calldata terms, Certificate calldata certificate) external;
    /// @notice Destination: delivers a booked asset that could not be delivered, to `to`. By the beneficiary alone.
    function claim(Terms calldata terms, address to) external;
    /// @notice Destination: NONE, MINTED → CANCELLED. By a key of the destination group, with a certificate of ABORT by anyone,
    /// or by anyone from `cancelAfter` on.
    function cancel(Terms calldata terms, Certificate calldata certificate) external;

    /// @notice Hash that keys a session's state: `keccak256(abi.encode(terms))`.
    function hashOf(Terms calldata terms) external pure returns (bytes32 termsHash);
    /// @notice State of the session, and the block in which it was entered (0 for NONE).
    function stateOf(bytes32 termsHash) external view returns (State state, uint32 sinceBlock);
    /// @notice How a token is held here, and what is extinguished of it (VAULT; for ERC-721 the number of ids).
    function tokenOf(address token) external view returns (Standard standard, Mode mode, uint256 extinguished);
    /// @notice Local token that is mapped to the origin's, or zero.
    function mappedToken(uint256 originChainId, address originToken) external view returns (address token);
}
