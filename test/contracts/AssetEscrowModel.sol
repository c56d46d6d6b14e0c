// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";
import {ReluctantReceiver} from "./mocks/Receivers.sol";

/// @dev What the protocol says an action does: the table of docs/PROTOCOL.md, "Escrow states", with the rules R1 to R6
/// of docs/INVARIANTS.md, written down a second time and in another form than the contract's.
abstract contract AssetEscrowModel is AssetEscrowFixture {
    enum Action {
        LOCK,
        BURN,
        UNLOCK,
        RECREATE,
        MINT,
        ASSIGN,
        CANCEL,
        CLAIM
    }

    struct Flow {
        IAssetEscrow.Terms terms;
        bytes32 termsHash;
        /// REGISTER_COMMIT, REGISTER_ABORT, or NONE while undecided.
        IAssetEscrow.Fact decision;
        IAssetEscrow.State origin;
        IAssetEscrow.State destination;
        bool originBooked;
        bool destinationBooked;
    }

    ReluctantReceiver internal _reluctant = new ReluctantReceiver();
    uint256 internal _alphaClock = START;
    uint256 internal _betaClock = START;

    /// @dev The error, or none, and the state after. `good`: the certificate is true, and signed by one whose word is enough.
    function _predict(
        Flow storage flow,
        Action action,
        address caller,
        IAssetEscrow.Fact fact,
        bool good
    ) internal view returns (bytes4 failure, IAssetEscrow.State next) {
        IAssetEscrow.State state = _isOfOrigin(flow, action) ? flow.origin : flow.destination;
        if (action == Action.CLAIM) {
            bool booked = _isOfOrigin(flow, action) ? flow.originBooked : flow.destinationBooked;
            if (!booked) return (IAssetEscrow.AssetEscrowNothingToClaim.selector, state);
            bool asked = caller == _ownerOf(flow);
            return (asked ? bytes4(0) : ReluctantReceiver.NotToday.selector, state);
        }
        next = _result(action, state);
        if (next == IAssetEscrow.State.NONE) return (IAssetEscrow.AssetEscrowConflict.selector, state);
        if (next == state) return (bytes4(0), state);
        failure = _missingRight(flow, action, caller, fact, good);
        if (failure != 0) next = state;
    }

    /// @dev The state itself: done already. NONE: excluded.
    function _result(Action action, IAssetEscrow.State state) private pure returns (IAssetEscrow.State) {
        bool none = state == IAssetEscrow.State.NONE;
        if (action == Action.LOCK && (none || state == IAssetEscrow.State.LOCKED)) return IAssetEscrow.State.LOCKED;
        if (action == Action.BURN) {
            if (state == IAssetEscrow.State.LOCKED || state == IAssetEscrow.State.BURNED) {
                return IAssetEscrow.State.BURNED;
            }
        }
        if (action == Action.UNLOCK) {
            if (none || state == IAssetEscrow.State.REFUSED) return IAssetEscrow.State.REFUSED;
            if (state == IAssetEscrow.State.LOCKED || state == IAssetEscrow.State.UNLOCKED) {
                return IAssetEscrow.State.UNLOCKED;
            }
        }
        if (action == Action.RECREATE) {
            if (state == IAssetEscrow.State.BURNED || state == IAssetEscrow.State.RECREATED) {
                return IAssetEscrow.State.RECREATED;
            }
        }
        if (action == Action.MINT && (none || state == IAssetEscrow.State.MINTED)) return IAssetEscrow.State.MINTED;
        if (action == Action.ASSIGN) {
            if (state == IAssetEscrow.State.MINTED || state == IAssetEscrow.State.ASSIGNED) {
                return IAssetEscrow.State.ASSIGNED;
            }
        }
        if (action == Action.CANCEL && state != IAssetEscrow.State.ASSIGNED) return IAssetEscrow.State.CANCELLED;
        return IAssetEscrow.State.NONE;
    }

    function _missingRight(
        Flow storage flow,
        Action action,
        address caller,
        IAssetEscrow.Fact fact,
        bool good
    ) private view returns (bytes4) {
        bool originAction = action <= Action.RECREATE;
        bool isKey = _isKey(originAction ? flow.terms.origin : flow.terms.destination, caller);
        uint256 clock = _isOnAlpha(flow, originAction) ? _alphaClock : _betaClock;
        if (action == Action.LOCK || action == Action.MINT) {
            if (!isKey) return IAssetEscrow.AssetEscrowUnauthorized.selector;
            address unadmitted = originAction ? flow.terms.origin.keys[2] : flow.terms.destination.keys[2];
            if (caller == unadmitted) return IAssetEscrow.AssetEscrowGatewayNotAdmitted.selector;
            bool expired = action == Action.LOCK && clock >= flow.terms.lockExpiry;
            return expired ? IAssetEscrow.AssetEscrowLockExpired.selector : bytes4(0);
        }
        if (action == Action.BURN) return isKey ? bytes4(0) : IAssetEscrow.AssetEscrowUnauthorized.selector;
        if (isKey && action != Action.RECREATE) return 0;
        if (action == Action.CANCEL && clock >= flow.terms.cancelAfter) return 0;
        if (action == Action.UNLOCK && caller == flow.terms.originator && clock >= flow.terms.lockExpiry) return 0;
        if (fact == IAssetEscrow.Fact.NONE) return IAssetEscrow.AssetEscrowUnauthorized.selector;
        bool right = good && _suits(flow, action, fact);
        return right ? bytes4(0) : IAssetEscrow.AssetEscrowInvalidCertificate.selector;
    }

    function _suits(Flow storage flow, Action action, IAssetEscrow.Fact fact) private view returns (bool) {
        bool ofDestination = fact == IAssetEscrow.Fact.DESTINATION_CANCELLED;
        if (action == Action.RECREATE) return ofDestination;
        if (action == Action.UNLOCK && ofDestination) return true;
        if (flow.terms.logChainId == 0) return false;
        if (action == Action.ASSIGN) return fact == IAssetEscrow.Fact.REGISTER_COMMIT;
        return fact == IAssetEscrow.Fact.REGISTER_ABORT;
    }

    function _apply(Flow storage flow, Action action, bool atOrigin, IAssetEscrow.State next) internal {
        if (action == Action.CLAIM) {
            if (atOrigin) flow.originBooked = false;
            else flow.destinationBooked = false;
            return;
        }
        bool changed = next != (atOrigin ? flow.origin : flow.destination);
        bool refuses = flow.terms.standard == IAssetEscrow.Standard.ERC721;
        if (atOrigin) {
            bool given = next == IAssetEscrow.State.UNLOCKED || next == IAssetEscrow.State.RECREATED;
            if (changed && given) flow.originBooked = refuses && flow.terms.originator == address(_reluctant);
            flow.origin = next;
        } else {
            bool given = next == IAssetEscrow.State.ASSIGNED;
            if (changed && given) flow.destinationBooked = refuses && flow.terms.beneficiary == address(_reluctant);
            flow.destination = next;
        }
    }

    function _mayAssign(Flow storage flow) internal view returns (bool) {
        if (flow.terms.logChainId == 0) return flow.origin == IAssetEscrow.State.BURNED;
        return flow.decision == IAssetEscrow.Fact.REGISTER_COMMIT;
    }

    function _isTrue(Flow storage flow, IAssetEscrow.Fact fact) internal view returns (bool) {
        if (fact == IAssetEscrow.Fact.DESTINATION_CANCELLED) {
            return flow.destination == IAssetEscrow.State.CANCELLED;
        }
        return fact == flow.decision;
    }

    /// @dev Whose word is enough: of COMMIT, that of the destination's side alone (decision 007).
    function _isWitness(Flow storage flow, IAssetEscrow.Fact fact, address account) internal view returns (bool) {
        if (_isSide(flow.terms.destination, account)) return true;
        return fact != IAssetEscrow.Fact.REGISTER_COMMIT && _isSide(flow.terms.origin, account);
    }

    function _isSide(IAssetEscrow.Side storage side, address account) private view returns (bool) {
        return account == side.owner || _isKey(side, account);
    }

    /// @dev A claim belongs where something is booked; without one it is tried at the destination.
    function _isOfOrigin(Flow storage flow, Action action) internal view returns (bool) {
        return action == Action.CLAIM ? flow.originBooked : action <= Action.RECREATE;
    }

    function _ownerOf(Flow storage flow) internal view returns (address) {
        return flow.originBooked ? flow.terms.originator : flow.terms.beneficiary;
    }

    function _isOnAlpha(Flow storage flow, bool origin) private view returns (bool) {
        return (origin ? flow.terms.origin.escrow : flow.terms.destination.escrow) == address(alpha);
    }

    function _isKey(IAssetEscrow.Side storage side, address account) internal view returns (bool) {
        return account == side.keys[0] || account == side.keys[1] || account == side.keys[2];
    }

    function _isFinal(IAssetEscrow.State state) internal pure returns (bool) {
        return
            state == IAssetEscrow.State.UNLOCKED ||
            state == IAssetEscrow.State.RECREATED ||
            state == IAssetEscrow.State.REFUSED ||
            state == IAssetEscrow.State.ASSIGNED ||
            state == IAssetEscrow.State.CANCELLED;
    }
}
