// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {EscrowTokens} from "./EscrowTokens.sol";
import {IAssetEscrow} from "./interfaces/IAssetEscrow.sol";
import {EscrowCertificates} from "./libraries/EscrowCertificates.sol";
import {EscrowTerms} from "./libraries/EscrowTerms.sol";

/// @title One ledger's side of a transfer: the state machine.
/// @dev Every action has the same order: ledger, state, right, effects, asset. The state comes before the right because both
/// answers that rest on it (done already, excluded) change nothing and are the same for everybody: a carrier whose first copy
/// has landed sees a success although its right, or a barred gateway's, has gone meanwhile.
///
/// ```
/// origin       NONE ─lock→ LOCKED ─burn→ BURNED ─recreate→ RECREATED      destination  NONE ─mint→ MINTED ─assign→ ASSIGNED
///              NONE ─unlock→ REFUSED                                                    NONE ─cancel→ CANCELLED
///                          LOCKED ─unlock→ UNLOCKED                                                MINTED ─cancel→ CANCELLED
/// ```
contract AssetEscrow is EscrowTokens, ReentrancyGuardTransient {
    using EscrowCertificates for Certificate;
    using EscrowCertificates for Terms;
    using EscrowTerms for address[];
    using EscrowTerms for Side;
    using EscrowTerms for Terms;

    /// @dev One slot. `booked`: the asset is its owner's and still in the escrow.
    struct Session {
        State state;
        uint32 sinceBlock;
        bool booked;
    }

    mapping(bytes32 termsHash => Session session) private _sessions;
    mapping(address key => bool admitted) private _admitted;

    /// @param administrator Account that maps tokens and admits gateways; it never touches an asset or a session.
    constructor(address administrator) Ownable(administrator) {}

    /// @inheritdoc IAssetEscrow
    function admitGateway(address key) external onlyOwner {
        if (_admitted[key]) return;
        _admitted[key] = true;
        emit GatewayAdmitted(key);
    }

    /// @inheritdoc IAssetEscrow
    function barGateway(address key) external onlyOwner {
        if (!_admitted[key]) return;
        _admitted[key] = false;
        emit GatewayBarred(key);
    }

    /// @inheritdoc IAssetEscrow
    function lock(Terms calldata terms) external nonReentrant {
        bytes32 termsHash = _hashHere(terms, terms.origin);
        if (_isDone(termsHash, IAssetEscrow.lock.selector, State.NONE, State.LOCKED)) return;
        _requireLockable(termsHash, terms);
        _lock(termsHash, terms);
    }

    /// @inheritdoc IAssetEscrow
    function lockWithPermit(
        Terms calldata terms,
        uint256 permitDeadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant {
        bytes32 termsHash = _hashHere(terms, terms.origin);
        if (_isDone(termsHash, IAssetEscrow.lock.selector, State.NONE, State.LOCKED)) return;
        _requireLockable(termsHash, terms);
        if (terms.standard != Standard.ERC20) revert AssetEscrowInvalidTerms("standard");
        // A permit can be front-run with its own bytes; then it fails here and the allowance is there all the same. If it is
        // not, the transfer says so.
        try
            IERC20Permit(terms.origin.token).permit(
                terms.originator,
                address(this),
                terms.value,
                permitDeadline,
                v,
                r,
                s
            )
        {} catch {} // solhint-disable-line no-empty-blocks
        _lock(termsHash, terms);
    }

    /// @inheritdoc IAssetEscrow
    function unlock(Terms calldata terms, Certificate calldata certificate) external nonReentrant {
        bytes32 termsHash = _hashHere(terms, terms.origin);
        State state = _sessions[termsHash].state;
        if (state == State.UNLOCKED || state == State.REFUSED) return;
        if (state != State.LOCKED && state != State.NONE) {
            revert AssetEscrowConflict(termsHash, IAssetEscrow.unlock.selector, state);
        }
        if (!terms.origin.keys.contains(msg.sender) && !_isOwnerAfterExpiry(terms)) {
            Fact expected = terms.unlockFact(certificate.fact);
            _requireCertificate(terms, termsHash, IAssetEscrow.unlock.selector, certificate, expected);
        }
        if (state == State.NONE) {
            _enter(termsHash, State.REFUSED);
            emit Refused(termsHash, terms.sessionId);
            return;
        }
        _enter(termsHash, State.UNLOCKED);
        bool delivered = _handOut(termsHash, terms, terms.origin.token, terms.originator);
        emit Unlocked(termsHash, terms.sessionId, terms.origin.token, terms.value, terms.originator, delivered);
    }

    /// @inheritdoc IAssetEscrow
    function burn(Terms calldata terms) external nonReentrant {
        bytes32 termsHash = _hashHere(terms, terms.origin);
        if (_isDone(termsHash, IAssetEscrow.burn.selector, State.LOCKED, State.BURNED)) return;
        _requireKey(termsHash, IAssetEscrow.burn.selector, terms.origin.keys);

        _enter(termsHash, State.BURNED);
        emit Burned(termsHash, terms.sessionId, terms.origin.token, terms.value);
        _extinguish(terms.origin.token, terms.standard, terms.value);
    }

    /// @inheritdoc IAssetEscrow
    function recreate(Terms calldata terms, Certificate calldata certificate) external nonReentrant {
        bytes32 termsHash = _hashHere(terms, terms.origin);
        if (_isDone(termsHash, IAssetEscrow.recreate.selector, State.BURNED, State.RECREATED)) return;
        // Not even the group that burned may do it on its word alone: only a cancelled destination excludes a second copy.
        _requireCertificate(terms, termsHash, IAssetEscrow.recreate.selector, certificate, Fact.DESTINATION_CANCELLED);
        _enter(termsHash, State.RECREATED);
        _create(terms.origin.token, terms.standard, terms.value, terms.tokenUri);
        bool delivered = _handOut(termsHash, terms, terms.origin.token, terms.originator);
        emit Recreated(termsHash, terms.sessionId, terms.origin.token, terms.value, terms.originator, delivered);
    }

    /// @inheritdoc IAssetEscrow
    function mint(Terms calldata terms) external nonReentrant {
        bytes32 termsHash = _hashHere(terms, terms.destination);
        if (_isDone(termsHash, IAssetEscrow.mint.selector, State.NONE, State.MINTED)) return;
        _requireKey(termsHash, IAssetEscrow.mint.selector, terms.destination.keys);
        _requireAdmitted();
        terms.requireValid();
        _requireMapped(terms);

        _enter(termsHash, State.MINTED);
        emit Minted(termsHash, terms.sessionId, terms.destination.token, terms.value);
        _create(terms.destination.token, terms.standard, terms.value, terms.tokenUri);
    }

    /// @inheritdoc IAssetEscrow
    function assign(Terms calldata terms, Certificate calldata certificate) external nonReentrant {
        bytes32 termsHash = _hashHere(terms, terms.destination);
        if (_isDone(termsHash, IAssetEscrow.assign.selector, State.MINTED, State.ASSIGNED)) return;
        if (!terms.destination.keys.contains(msg.sender)) {
            Fact expected = terms.commitFact();
            _requireCertificate(terms, termsHash, IAssetEscrow.assign.selector, certificate, expected);
        }
        _enter(termsHash, State.ASSIGNED);
        bool delivered = _handOut(termsHash, terms, terms.destination.token, terms.beneficiary);
        emit Assigned(termsHash, terms.sessionId, terms.destination.token, terms.value, terms.beneficiary, delivered);
    }

    /// @inheritdoc IAssetEscrow
    function claim(Terms calldata terms, address to) external nonReentrant {
        if (!terms.origin.isHere()) terms.destination.requireHere();
        bytes32 termsHash = terms.hash();
        Session storage session = _sessions[termsHash];
        if (!session.booked) revert AssetEscrowNothingToClaim(termsHash);

        bool assigned = session.state == State.ASSIGNED;
        address owner = assigned ? terms.beneficiary : terms.originator;
        address token = assigned ? terms.destination.token : terms.origin.token;
        // Anyone may try the owner again (its token was paused, say): an owner that is a contract may be unable to ask.
        if (msg.sender != owner && to != owner) {
            revert AssetEscrowUnauthorized(termsHash, IAssetEscrow.claim.selector, msg.sender);
        }
        if (to == address(0) || to == address(this)) revert AssetEscrowInvalidRecipient(termsHash, to);

        session.booked = false;
        emit Claimed(termsHash, terms.sessionId, token, terms.value, to);
        _deliver(token, terms.standard, terms.value, to);
    }

    /// @inheritdoc IAssetEscrow
    function cancel(Terms calldata terms, Certificate calldata certificate) external nonReentrant {
        bytes32 termsHash = _hashHere(terms, terms.destination);
        State state = _sessions[termsHash].state;
        if (state == State.CANCELLED) return;
        if (state != State.MINTED && state != State.NONE) {
            revert AssetEscrowConflict(termsHash, IAssetEscrow.cancel.selector, state);
        }
        if (!terms.destination.keys.contains(msg.sender) && block.timestamp < terms.cancelAfter) {
            Fact expected = terms.cancelFact();
            _requireCertificate(terms, termsHash, IAssetEscrow.cancel.selector, certificate, expected);
        }
        _enter(termsHash, State.CANCELLED);
        emit Cancelled(termsHash, terms.sessionId);
        if (state == State.MINTED) _extinguish(terms.destination.token, terms.standard, terms.value);
    }

    /// @inheritdoc IAssetEscrow
    function stateOf(bytes32 termsHash) external view returns (State state, uint32 sinceBlock) {
        Session storage session = _sessions[termsHash];
        return (session.state, session.sinceBlock);
    }

    /// @inheritdoc IAssetEscrow
    function isBooked(bytes32 termsHash) external view returns (bool) {
        return _sessions[termsHash].booked;
    }

    /// @inheritdoc IAssetEscrow
    function isAdmitted(address key) external view returns (bool) {
        return _admitted[key];
    }

    /// @inheritdoc IAssetEscrow
    function hashOf(Terms calldata terms) external pure returns (bytes32) {
        return terms.hash();
    }

    function _lock(bytes32 termsHash, Terms calldata terms) private {
        _enter(termsHash, State.LOCKED);
        emit Locked(termsHash, terms.sessionId, terms.origin.token, terms.value, terms.originator);
        _take(terms.origin.token, terms.standard, terms.value, terms.originator);
    }

    /// @dev Books the asset to its owner, tries to deliver it, and strikes the booking off if that worked.
    function _handOut(
        bytes32 termsHash,
        Terms calldata terms,
        address token,
        address owner
    ) private returns (bool delivered) {
        _sessions[termsHash].booked = true;
        delivered = _tryDeliver(token, terms.standard, terms.value, owner);
        if (delivered) _sessions[termsHash].booked = false;
    }

    function _enter(bytes32 termsHash, State state) private {
        _sessions[termsHash] = Session({state: state, sinceBlock: uint32(block.number), booked: false});
    }

    function _requireLockable(bytes32 termsHash, Terms calldata terms) private view {
        _requireKey(termsHash, IAssetEscrow.lock.selector, terms.origin.keys);
        _requireAdmitted();
        terms.requireValid();
        _requireKnown(terms);
        if (block.timestamp >= terms.lockExpiry) {
            revert AssetEscrowLockExpired(termsHash, terms.lockExpiry, block.timestamp);
        }
    }

    function _requireAdmitted() private view {
        if (!_admitted[msg.sender]) revert AssetEscrowGatewayNotAdmitted(msg.sender);
    }

    function _requireKey(bytes32 termsHash, bytes4 action, address[] calldata keys) private view {
        if (!keys.contains(msg.sender)) revert AssetEscrowUnauthorized(termsHash, action, msg.sender);
    }

    function _requireCertificate(
        Terms calldata terms,
        bytes32 termsHash,
        bytes4 action,
        Certificate calldata certificate,
        Fact expected
    ) private view {
        if (certificate.fact == Fact.NONE) revert AssetEscrowUnauthorized(termsHash, action, msg.sender);
        certificate.requireFact(terms, termsHash, expected);
    }

    function _isOwnerAfterExpiry(Terms calldata terms) private view returns (bool) {
        return msg.sender == terms.originator && block.timestamp >= terms.lockExpiry;
    }

    /// @dev The session's key, if the side names this chain and escrow.
    function _hashHere(Terms calldata terms, Side calldata side) private view returns (bytes32) {
        side.requireHere();
        return terms.hash();
    }

    /// @dev True if the action was done before; reverts if the state excludes it.
    function _isDone(bytes32 termsHash, bytes4 action, State source, State result) private view returns (bool) {
        State actual = _sessions[termsHash].state;
        if (actual == result) return true;
        if (actual != source) revert AssetEscrowConflict(termsHash, action, actual);
        return false;
    }
}
