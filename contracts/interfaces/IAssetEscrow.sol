// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title One ledger's side of a transfer.
/// @notice A state machine per session terms. On the origin ledger: NONE → LOCKED → BURNED (or UNLOCKED, REFUSED, RECREATED);
/// on the destination ledger: NONE → MINTED → ASSIGNED (or CANCELLED). Doing an action twice is a success that changes nothing,
/// whoever does it; a conflicting one reverts. The states that end a rollback are tombstones: what was sent earlier and lands
/// later reverts.
/// @dev Every call carries the full terms; their hash keys the state, so a session that this ledger has never seen can be
/// refused by its parties and by nobody else. Ledgers do not fence: every key of a group that the terms list may act, of
/// whatever epoch. The asset can go only to the originator or the beneficiary of the terms.
///
/// Terms are made by whoever sends them, so listing oneself as a gateway in them gives no right to an asset: `lock` spends an
/// originator's approval and `mint` creates an asset, and both ask for a key that the administrator has admitted. Every later
/// action rests on the state that those two made, and asks for the terms alone.
///
/// WARNING: an admitted gateway is trusted with what the owners have approved to this escrow, and with not minting what no
/// other ledger holds locked; a contract cannot see another chain. A certificate is a signed statement, no proof: the parties
/// to the terms (and the attestors they chose) are trusted to sign only what is finally held. No light client is claimed.
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

    /// @notice What a certificate says is finally held elsewhere: by the register of the terms (`logChainId`, `logRegistry`),
    /// or by the destination escrow. Terms without a register have the destination escrow for it: there DESTINATION_CANCELLED
    /// is the ABORT that the origin unlocks by, and COMMIT is the state ASSIGNED itself, which needs no certificate.
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
    /// @param keys Every ledger key of the group, primary and backups; may act and sign certificates. 1 to 16.
    struct Side {
        uint64 chainId;
        address escrow;
        address token;
        address owner;
        address[] keys;
    }

    /// @notice What both parties agreed on before anything was locked.
    /// @param sessionId UUID, 16 bytes, not zero.
    /// @param standard Kind of the asset, the same on both ledgers.
    /// @param value Amount (ERC-20, in the token's smallest unit, not zero) or token id (ERC-721). It is the same number on both
    /// ledgers: tokens of different decimals must not be mapped, which no contract can check across chains.
    /// @param tokenUri URI that the token carries along (ERC-721, at most 2,048 bytes), else empty. Not compared with the
    /// token's own URI: the gateways read it before they agree.
    /// @param originator Owner of the asset on the origin ledger; gets it back on unlock and recreate. Not the escrow there.
    /// @param beneficiary Receives it on the destination ledger. Not the escrow there.
    /// @param origin The ledger that the asset leaves.
    /// @param destination The ledger that it goes to; another escrow than the origin's.
    /// @param lockExpiry UNIX seconds, origin ledger's clock; from then on the originator may unlock, and nobody may lock.
    /// @param cancelAfter UNIX seconds, destination ledger's clock; from then on anyone may cancel.
    /// @param logChainId Chain of the register, or 0: then the destination escrow is the register.
    /// @param logRegistry The register on it, or zero with `logChainId`.
    /// @param attestors Accounts of which `attestorThreshold` together may sign a certificate. 0 to 16.
    /// @param attestorThreshold At most the number of attestors; zero if and only if there are none.
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
    /// @param fact What is held. The signed `chainId` and `source` follow from it and the terms: chain and address of the
    /// register for REGISTER_COMMIT and REGISTER_ABORT, of the destination escrow for DESTINATION_CANCELLED.
    /// @param blockNumber Block at which the signer read it, final by the signer's reading. Signed for auditors, not checked.
    /// @param blockHash Hash of that block. Signed for auditors, not checked.
    /// @param signatures One by a key or the owner of either group (for REGISTER_COMMIT: of the destination's group), or
    /// `attestorThreshold` by different attestors in ascending order of account; 65 bytes each over `Certificate(bytes32
    /// termsHash,uint8 fact,uint64 chainId,address source,uint64 blockNumber,bytes32 blockHash)` under the domain `Gatelog
    /// Certificate`, version `1`, without chain and contract: the terms hash names both ledgers and the register, and a
    /// certificate holds wherever it is carried.
    struct Certificate {
        Fact fact;
        uint64 blockNumber;
        bytes32 blockHash;
        bytes[] signatures;
    }

    /// @notice The terms name another chain or contract for the side that this action belongs to.
    /// @param expectedChainId Chain that the terms name.
    /// @param expectedEscrow Escrow that the terms name.
    /// @param actualChainId This chain.
    /// @param actualEscrow This escrow.
    error AssetEscrowWrongLedger(
        uint256 expectedChainId,
        address expectedEscrow,
        uint256 actualChainId,
        address actualEscrow
    );
    /// @notice Terms that are incomplete or contradict each other; nothing can be locked or minted under them.
    /// @param member Name of the first member that is wrong, such as "lockExpiry" or "origin.keys".
    error AssetEscrowInvalidTerms(bytes32 member);
    /// @notice A mapping that cannot be meant.
    /// @param member Name of the first argument that is wrong, such as "token" (no contract at that address).
    error AssetEscrowInvalidMapping(bytes32 member);
    /// @notice The token is not in this escrow's map, or another token is mapped to the origin's.
    /// @param originChainId Chain of the asset's origin; this chain when locking.
    /// @param originToken Token there.
    /// @param expected Local token that the map holds for it; zero if none.
    /// @param actual Local token that the terms name.
    error AssetEscrowUnmappedToken(uint256 originChainId, address originToken, address expected, address actual);
    /// @notice The map holds something else already, and never changes.
    /// @param token Local token that holds the place: the one mapped to the origin's, or the one whose standard or mode differ.
    /// @param actual Mode in which it is held.
    error AssetEscrowTokenMapped(address token, Mode actual);
    /// @notice The state excludes the action; read the state again, and do what it asks for now.
    /// @param termsHash Session whose state excludes it.
    /// @param action Selector of the action; that of `lock` for `lockWithPermit` too.
    /// @param actual State of the session.
    error AssetEscrowConflict(bytes32 termsHash, bytes4 action, State actual);
    /// @notice The caller is no key of the group, and no certificate or clock gives the right.
    /// @param termsHash Session concerned; zero for `deliver`, which the escrow calls on itself.
    /// @param action Selector of the action.
    /// @param actual Caller.
    error AssetEscrowUnauthorized(bytes32 termsHash, bytes4 action, address actual);
    /// @notice The caller is a key of the group in the terms, but the administrator has not admitted it to lock and mint here.
    /// @param actual Caller.
    error AssetEscrowGatewayNotAdmitted(address actual);
    /// @notice The certificate says something else than the action needs, or somebody signed it who may not.
    /// @param termsHash Session concerned.
    /// @param expected Fact that the action needs; NONE if no certificate gives the right under these terms.
    /// @param actual Fact that the certificate states.
    /// @param signer Who signed: no party and no attestor, the origin's group for REGISTER_COMMIT, or an attestor out of
    /// ascending order. Zero if the facts differ or the signature is malformed.
    error AssetEscrowInvalidCertificate(bytes32 termsHash, Fact expected, Fact actual, address signer);
    /// @notice The certificate is neither signed once by a party nor by as many attestors as the terms ask for.
    /// @param termsHash Session concerned.
    /// @param expected Number of attestors asked for; 1 if the terms name none.
    /// @param actual Number of signatures given.
    error AssetEscrowWrongSignatureCount(bytes32 termsHash, uint256 expected, uint256 actual);
    /// @notice The token moved another amount than it was asked to (a fee on transfer, for instance).
    /// @param token Token concerned.
    /// @param expected Amount, or 1 for an ERC-721 id.
    /// @param actual Change of the escrow's balance.
    error AssetEscrowWrongAmount(address token, uint256 expected, uint256 actual);
    /// @notice The lock would be born expired.
    /// @param termsHash Session concerned.
    /// @param expiry `lockExpiry` of the terms.
    /// @param actual Time of this block.
    error AssetEscrowLockExpired(bytes32 termsHash, uint256 expiry, uint256 actual);
    /// @notice Nothing to claim: nothing was to be handed out yet, or it was delivered already.
    /// @param termsHash Session concerned.
    error AssetEscrowNothingToClaim(bytes32 termsHash);
    /// @notice An asset cannot be claimed to nobody or to the escrow itself: it would be lost.
    /// @param termsHash Session concerned.
    /// @param actual Recipient asked for.
    error AssetEscrowInvalidRecipient(bytes32 termsHash, address actual);
    /// @notice A VAULT token can only be minted from what was extinguished before.
    /// @param token Token concerned.
    /// @param expected Amount, or 1 for an ERC-721 id.
    /// @param actual Amount extinguished; 0 if the id is not.
    error AssetEscrowVaultEmpty(address token, uint256 expected, uint256 actual);
    /// @notice The call has too little gas left to give the recipient a fair try; send it again with more. Without this, gas
    /// estimation and ungenerous carriers would find the cheaper path on which delivery always fails.
    /// @param expected Gas that must be left.
    /// @param actual Gas left.
    error AssetEscrowGasTooLow(uint256 expected, uint256 actual);
    /// @notice Somebody sent an ERC-721 that no session asked for; assets enter by `lock` and `mint` alone.
    /// @param token Token that was sent.
    /// @param operator Who sent it.
    /// @param tokenId Which id.
    error AssetEscrowUnexpectedToken(address token, address operator, uint256 tokenId);

    /// @notice A key may lock and mint from here on.
    event GatewayAdmitted(address indexed key);
    /// @notice A key may no longer lock and mint; what it may do for sessions under way is unchanged.
    event GatewayBarred(address indexed key);
    /// @notice A local token stands for the origin's from here on, for good.
    event TokenMapped(
        uint256 indexed originChainId,
        address indexed originToken,
        address indexed token,
        Standard standard,
        Mode mode
    );
    /// @notice The asset left the originator and is in the escrow.
    event Locked(
        bytes32 indexed termsHash,
        bytes16 indexed sessionId,
        address token,
        uint256 value,
        address originator
    );
    /// @notice The asset is the originator's again; no burn can follow.
    /// @param delivered False if the originator could not take it; then `claim`.
    event Unlocked(
        bytes32 indexed termsHash,
        bytes16 indexed sessionId,
        address token,
        uint256 value,
        address originator,
        bool delivered
    );
    /// @notice Nothing was locked, and nothing can be locked under these terms any more.
    event Refused(bytes32 indexed termsHash, bytes16 indexed sessionId);
    /// @notice The asset is extinguished on this ledger: destroyed (MINT) or in the vault for good (VAULT).
    event Burned(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value);
    /// @notice The burned asset is the originator's again, since the destination will never have it.
    /// @param delivered False if the originator could not take it; then `claim`.
    event Recreated(
        bytes32 indexed termsHash,
        bytes16 indexed sessionId,
        address token,
        uint256 value,
        address originator,
        bool delivered
    );
    /// @notice The asset exists in this escrow and belongs to nobody yet.
    event Minted(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value);
    /// @notice The asset is the beneficiary's; no cancel can follow.
    /// @param delivered False if the beneficiary could not take it; then `claim`.
    event Assigned(
        bytes32 indexed termsHash,
        bytes16 indexed sessionId,
        address token,
        uint256 value,
        address beneficiary,
        bool delivered
    );
    /// @notice An asset that could not be delivered was handed out.
    event Claimed(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address to);
    /// @notice Whatever was minted is gone again, and nothing can be minted or assigned under these terms any more.
    event Cancelled(bytes32 indexed termsHash, bytes16 indexed sessionId);

    /// @notice Lets a ledger key lock and mint here. Only the escrow's administrator; doing it twice changes nothing. Admit
    /// every key of a group, the backups' too, or a takeover finds its new primary without the right.
    /// @param key Ledger key of a gateway.
    function admitGateway(address key) external;

    /// @notice Takes that right away again. Only the escrow's administrator; doing it twice changes nothing. Sessions whose
    /// asset is locked or minted go on: barring must not strand an asset.
    /// @param key Ledger key of a gateway.
    function barGateway(address key) external;

    /// @notice Maps a local token. For an asset that is native here pass this chain's id and the token itself as origin. A
    /// token may stand for several origins (itself, and its mirror on another chain for the way back); its standard and mode
    /// are the same for all. Only the escrow's administrator; the same mapping again changes nothing.
    /// @dev The map of a token never changes once set: sessions under way rest on it. Equal decimals on both chains cannot be
    /// checked here; whoever deploys and every gateway does it. A VAULT's extinguished stock is one for all origins of the
    /// token, so each of them is trusted with all of it.
    /// @param originChainId Chain of the asset that is transferred to here.
    /// @param originToken Token there.
    /// @param token Token here that stands for it.
    /// @param standard Standard of both.
    /// @param mode How the local token is held. MINT needs the escrow to be minter and burner, for as long as sessions are open.
    function mapToken(uint256 originChainId, address originToken, address token, Standard standard, Mode mode) external;

    /// @notice Origin, NONE → LOCKED: takes the asset from the originator, who has approved this escrow. By an admitted key of
    /// the origin group, before `lockExpiry`.
    /// @param terms Terms of the session; every member is checked here.
    function lock(Terms calldata terms) external;

    /// @notice Origin: `lock` with the originator's ERC-2612 permit for the amount (ERC-20). A permit that fails is passed over
    /// if the allowance suffices, since anyone may have used it before.
    /// @param terms Terms of the session; every member is checked here.
    /// @param permitDeadline UNIX seconds, part of the permit.
    /// @param v Recovery byte of the originator's signature.
    /// @param r First half of it.
    /// @param s Second half of it.
    function lockWithPermit(Terms calldata terms, uint256 permitDeadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Origin, LOCKED → UNLOCKED: the asset back to the originator; NONE → REFUSED. By a key of the origin group, by the
    /// originator from `lockExpiry` on, or by anyone with a certificate: REGISTER_ABORT, or (with and without a register)
    /// DESTINATION_CANCELLED.
    /// @dev An originator that cannot take the asset does not keep the session open: it is booked, and claimed later.
    /// @param terms Terms of the session.
    /// @param certificate Not read if the caller has the right by itself; empty (fact NONE) if there is none.
    function unlock(Terms calldata terms, Certificate calldata certificate) external;

    /// @notice Origin, LOCKED → BURNED. By a key of the origin group, also after `lockExpiry`: burn and unlock exclude each
    /// other, so the first of them to land decides.
    /// @param terms Terms of the session.
    function burn(Terms calldata terms) external;

    /// @notice Origin, BURNED → RECREATED: to the originator, or booked to it. By anyone with a certificate of
    /// DESTINATION_CANCELLED.
    /// @param terms Terms of the session.
    /// @param certificate That the destination is finally CANCELLED.
    function recreate(Terms calldata terms, Certificate calldata certificate) external;

    /// @notice Destination, NONE → MINTED: to the escrow itself. By an admitted key of the destination group.
    /// @param terms Terms of the session; every member is checked here.
    function mint(Terms calldata terms) external;

    /// @notice Destination, MINTED → ASSIGNED: books the asset to the beneficiary and tries to deliver it. By a key of the
    /// destination group, or by anyone with a certificate of REGISTER_COMMIT.
    /// @param terms Terms of the session.
    /// @param certificate Not read if the caller has the right by itself; empty (fact NONE) if there is none.
    function assign(Terms calldata terms, Certificate calldata certificate) external;

    /// @notice Hands out an asset that could not be delivered: to `to` if its owner asks, or to the owner if anyone does. The
    /// owner is the beneficiary after ASSIGNED, and the originator after UNLOCKED and RECREATED.
    /// @param terms Terms of the session.
    /// @param to Recipient; an ERC-721 is transferred safely, so a contract must accept it.
    function claim(Terms calldata terms, address to) external;

    /// @notice Destination, NONE or MINTED → CANCELLED. By a key of the destination group, by anyone from `cancelAfter` on, or by
    /// anyone with a certificate of REGISTER_ABORT.
    /// @param terms Terms of the session.
    /// @param certificate Not read if the caller or the clock gives the right; empty (fact NONE) if there is none.
    function cancel(Terms calldata terms, Certificate calldata certificate) external;

    /// @notice Hash that keys a session's state.
    /// @param terms Terms of the session.
    /// @return termsHash `keccak256(abi.encode(terms))`.
    function hashOf(Terms calldata terms) external pure returns (bytes32 termsHash);

    /// @notice State of the session, and the block in which it was entered.
    /// @param termsHash Hash of the terms.
    /// @return state NONE for a session that this escrow has never seen.
    /// @return sinceBlock Block in which the state was entered; 0 for NONE.
    function stateOf(bytes32 termsHash) external view returns (State state, uint32 sinceBlock);

    /// @notice Whether an asset waits in the escrow for its owner's `claim`.
    /// @param termsHash Hash of the terms.
    /// @return booked True from a failed delivery on, until it is claimed.
    function isBooked(bytes32 termsHash) external view returns (bool booked);

    /// @notice Whether the key may lock and mint here.
    /// @param key Ledger key of a gateway.
    /// @return admitted True from `admitGateway` until `barGateway`.
    function isAdmitted(address key) external view returns (bool admitted);

    /// @notice How a token is held here. Circulating is the token's supply less what is extinguished.
    /// @param token Local token.
    /// @return standard NONE if the token is unknown here.
    /// @return mode NONE if the token is unknown here.
    /// @return extinguished Amount (VAULT; for ERC-721 the number of ids); always 0 for MINT.
    function tokenOf(address token) external view returns (Standard standard, Mode mode, uint256 extinguished);

    /// @notice Whether an ERC-721 id is extinguished (VAULT).
    /// @param token Local token.
    /// @param tokenId Id of the token.
    /// @return extinguished True from its burn until it is minted or recreated.
    function isExtinguished(address token, uint256 tokenId) external view returns (bool extinguished);

    /// @notice Local token that is mapped to the origin's.
    /// @param originChainId Chain of the asset that is transferred to here.
    /// @param originToken Token there.
    /// @return token Token here that stands for it; zero if none.
    function mappedToken(uint256 originChainId, address originToken) external view returns (address token);
}
