// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {Vm} from "../support/Vm.sol";

/// @dev The auditor's law: what an escrow holds, rebuilt from its events and nothing else.
contract AssetEscrowReplay {
    struct Copy {
        IAssetEscrow.State state;
        bool booked;
        address token;
        uint256 value;
    }

    mapping(address escrow => mapping(bytes32 termsHash => Copy copy)) private _copies;
    mapping(address escrow => mapping(address token => IAssetEscrow.Standard standard)) private _standards;
    mapping(address escrow => mapping(address token => IAssetEscrow.Mode mode)) private _modes;
    mapping(address escrow => mapping(address token => uint256 quantity)) public extinguished;

    function stateOf(address escrow, bytes32 termsHash) external view returns (IAssetEscrow.State state, bool booked) {
        Copy storage copy = _copies[escrow][termsHash];
        return (copy.state, copy.booked);
    }

    function fold(Vm.Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) _fold(logs[i]);
    }

    function _fold(Vm.Log calldata log) private {
        bytes32 kind = log.topics[0];
        if (kind == IAssetEscrow.TokenMapped.selector) {
            address mapped = address(uint160(uint256(log.topics[3])));
            (_standards[log.emitter][mapped], _modes[log.emitter][mapped]) = abi.decode(
                log.data,
                (IAssetEscrow.Standard, IAssetEscrow.Mode)
            );
            return;
        }
        if (log.topics.length < 2) return;
        Copy storage copy = _copies[log.emitter][log.topics[1]];
        if (kind == IAssetEscrow.Locked.selector) copy.state = IAssetEscrow.State.LOCKED;
        if (kind == IAssetEscrow.Refused.selector) copy.state = IAssetEscrow.State.REFUSED;
        if (kind == IAssetEscrow.Claimed.selector) copy.booked = false;
        if (kind == IAssetEscrow.Unlocked.selector) _handOut(copy, IAssetEscrow.State.UNLOCKED, log.data);
        if (kind == IAssetEscrow.Assigned.selector) _handOut(copy, IAssetEscrow.State.ASSIGNED, log.data);
        if (kind == IAssetEscrow.Burned.selector) {
            copy.state = IAssetEscrow.State.BURNED;
            (copy.token, copy.value) = abi.decode(log.data, (address, uint256));
            _extinguish(log.emitter, copy);
        }
        if (kind == IAssetEscrow.Recreated.selector) {
            _release(log.emitter, copy);
            _handOut(copy, IAssetEscrow.State.RECREATED, log.data);
        }
        if (kind == IAssetEscrow.Minted.selector) {
            copy.state = IAssetEscrow.State.MINTED;
            (copy.token, copy.value) = abi.decode(log.data, (address, uint256));
            _release(log.emitter, copy);
        }
        if (kind == IAssetEscrow.Cancelled.selector) {
            if (copy.state == IAssetEscrow.State.MINTED) _extinguish(log.emitter, copy);
            copy.state = IAssetEscrow.State.CANCELLED;
        }
    }

    function _handOut(Copy storage copy, IAssetEscrow.State state, bytes calldata data) private {
        (, , , bool delivered) = abi.decode(data, (address, uint256, address, bool));
        copy.state = state;
        copy.booked = !delivered;
    }

    function _extinguish(address escrow, Copy storage copy) private {
        if (_modes[escrow][copy.token] != IAssetEscrow.Mode.VAULT) return;
        extinguished[escrow][copy.token] += _quantity(escrow, copy);
    }

    function _release(address escrow, Copy storage copy) private {
        if (_modes[escrow][copy.token] != IAssetEscrow.Mode.VAULT) return;
        extinguished[escrow][copy.token] -= _quantity(escrow, copy);
    }

    function _quantity(address escrow, Copy storage copy) private view returns (uint256) {
        return _standards[escrow][copy.token] == IAssetEscrow.Standard.ERC20 ? copy.value : 1;
    }
}
