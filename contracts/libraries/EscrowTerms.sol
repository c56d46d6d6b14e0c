// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../interfaces/IAssetEscrow.sol";

/// @title What is asked of the terms of a session before an asset moves under them.
/// @dev The rules read nothing but the terms, so both escrows come to the same answer, and terms that were good for the lock
/// are good for the mint.
library EscrowTerms {
    /// @notice Longest list of keys or attestors: every action of a stranger walks them, and pays for it.
    uint256 internal constant MAX_ACCOUNTS = 16;
    /// @notice Longest `tokenUri` in bytes: every call carries and hashes it.
    uint256 internal constant MAX_URI_BYTES = 2048;

    /// @notice Hash that keys the session's state.
    /// @param terms Terms of the session.
    function hash(IAssetEscrow.Terms calldata terms) internal pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    /// @notice Reverts unless the side names this chain and this escrow.
    /// @param side Side of the terms to which the action belongs.
    function requireHere(IAssetEscrow.Side calldata side) internal view {
        if (!isHere(side)) {
            revert IAssetEscrow.AssetEscrowWrongLedger(side.chainId, side.escrow, block.chainid, address(this));
        }
    }

    /// @notice Whether the side names this chain and this escrow.
    /// @param side Side of the terms.
    function isHere(IAssetEscrow.Side calldata side) internal view returns (bool) {
        return side.chainId == block.chainid && side.escrow == address(this);
    }

    /// @notice Whether the account is in the list.
    /// @param accounts Keys or attestors of the terms.
    /// @param account Account to look for.
    function contains(address[] calldata accounts, address account) internal pure returns (bool) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (accounts[i] == account) return true;
        }
        return false;
    }

    /// @notice Reverts with the name of the first member that is wrong.
    /// @param terms Terms of the session.
    function requireValid(IAssetEscrow.Terms calldata terms) internal pure {
        _require(terms.sessionId != bytes16(0), "sessionId");
        _requireAsset(terms);
        // An escrow as its own originator could lock what it holds for another session, and as beneficiary keep it for ever.
        _require(terms.originator != address(0) && terms.originator != terms.origin.escrow, "originator");
        _require(terms.beneficiary != address(0) && terms.beneficiary != terms.destination.escrow, "beneficiary");

        _require(terms.origin.chainId != 0, "origin.chainId");
        _require(terms.origin.escrow != address(0), "origin.escrow");
        _require(terms.origin.token != address(0), "origin.token");
        _require(terms.origin.owner != address(0), "origin.owner");
        _require(terms.origin.keys.length != 0 && _isAccountList(terms.origin.keys), "origin.keys");

        _require(terms.destination.chainId != 0, "destination.chainId");
        // One escrow on both sides would have one state for two roles.
        _require(
            terms.destination.escrow != address(0) &&
                (terms.destination.escrow != terms.origin.escrow || terms.destination.chainId != terms.origin.chainId),
            "destination.escrow"
        );
        _require(terms.destination.token != address(0), "destination.token");
        _require(terms.destination.owner != address(0), "destination.owner");
        _require(terms.destination.keys.length != 0 && _isAccountList(terms.destination.keys), "destination.keys");

        _require(terms.lockExpiry != 0, "lockExpiry");
        _require(terms.cancelAfter != 0, "cancelAfter");
        _require((terms.logChainId == 0) == (terms.logRegistry == address(0)), "logRegistry");
        _require(_isAccountList(terms.attestors), "attestors");
        _require(
            terms.attestorThreshold <= terms.attestors.length &&
                (terms.attestorThreshold == 0) == (terms.attestors.length == 0),
            "attestorThreshold"
        );
    }

    function _requireAsset(IAssetEscrow.Terms calldata terms) private pure {
        _require(terms.standard != IAssetEscrow.Standard.NONE, "standard");
        uint256 uriBytes = bytes(terms.tokenUri).length;
        if (terms.standard == IAssetEscrow.Standard.ERC20) {
            _require(terms.value != 0, "value");
            _require(uriBytes == 0, "tokenUri");
        } else {
            _require(uriBytes <= MAX_URI_BYTES, "tokenUri");
        }
    }

    function _isAccountList(address[] calldata accounts) private pure returns (bool) {
        return accounts.length <= MAX_ACCOUNTS && !contains(accounts, address(0));
    }

    function _require(bool condition, bytes32 member) private pure {
        if (!condition) revert IAssetEscrow.AssetEscrowInvalidTerms(member);
    }
}
