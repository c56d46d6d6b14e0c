// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";

import {IAssetEscrow} from "./interfaces/IAssetEscrow.sol";
import {IMintableERC20} from "./tokens/IMintableERC20.sol";
import {IMintableERC721} from "./tokens/IMintableERC721.sol";

/// @title The escrow's custody: which tokens it holds and how, and every movement of them.
/// @notice Knows no session. Each movement is checked by the escrow's own balance, so that a token which moves another amount
/// than asked (a fee, a false success) cannot make one session pay for another.
/// @dev Callers write their state before they move an asset and hold the reentrancy guard: tokens and recipients are foreign
/// code. Only the escrow's side of a movement is checked, because a recipient may pass an asset on within the same call.
abstract contract EscrowTokens is IAssetEscrow, IERC721Receiver, Ownable2Step {
    using SafeERC20 for IERC20;

    struct Holding {
        Standard standard;
        Mode mode;
        uint256 extinguished;
    }

    /// @notice Gas that a recipient gets: some five times what an ERC-20 or ERC-721 transfer to a contract wallet costs, and
    /// little enough that a hostile one cannot exhaust its carrier.
    uint256 internal constant DELIVERY_GAS = 300_000;
    /// @notice Gas that must be left before delivery. A call passes on 63/64 of what is left at most; the rest is for the
    /// event and the booking after it.
    uint256 internal constant DELIVERY_GAS_REQUIRED = DELIVERY_GAS + DELIVERY_GAS / 63 + 50_000;

    mapping(address token => Holding holding) private _holdings;
    mapping(address token => mapping(uint256 tokenId => bool extinguished)) private _extinguishedIds;
    mapping(uint256 originChainId => mapping(address originToken => address token)) private _mapped;

    /// @inheritdoc IAssetEscrow
    function mapToken(
        uint256 originChainId,
        address originToken,
        address token,
        Standard standard,
        Mode mode
    ) external onlyOwner {
        if (originChainId == 0) revert AssetEscrowInvalidMapping("originChainId");
        if (originToken == address(0)) revert AssetEscrowInvalidMapping("originToken");
        if (token.code.length == 0) revert AssetEscrowInvalidMapping("token");
        if (standard == Standard.NONE) revert AssetEscrowInvalidMapping("standard");
        if (mode == Mode.NONE) revert AssetEscrowInvalidMapping("mode");

        Holding storage holding = _holdings[token];
        if (holding.mode != Mode.NONE && (holding.standard != standard || holding.mode != mode)) {
            revert AssetEscrowTokenMapped(token, holding.mode);
        }
        address mapped = _mapped[originChainId][originToken];
        if (mapped == token) return;
        if (mapped != address(0)) revert AssetEscrowTokenMapped(mapped, _holdings[mapped].mode);

        holding.standard = standard;
        holding.mode = mode;
        _mapped[originChainId][originToken] = token;
        emit TokenMapped(originChainId, originToken, token, standard, mode);
    }

    /// @notice Moves an asset out of the escrow. The escrow calls this on itself and nobody else can: a call that fails can
    /// be caught whole, whatever a token or recipient does in it.
    /// @param token Local token.
    /// @param standard Its standard.
    /// @param value Amount or id.
    /// @param to Recipient.
    function deliver(address token, Standard standard, uint256 value, address to) external {
        if (msg.sender != address(this)) revert AssetEscrowUnauthorized(bytes32(0), this.deliver.selector, msg.sender);
        _deliver(token, standard, value, to);
    }

    /// @inheritdoc IERC721Receiver
    /// @dev Accepts what the escrow itself has asked for, and so refuses an id sent here by mistake, which no session could
    /// ever hand out again.
    function onERC721Received(
        address operator,
        address /* from */,
        uint256 tokenId,
        bytes calldata /* data */
    ) external view returns (bytes4) {
        if (operator != address(this)) revert AssetEscrowUnexpectedToken(msg.sender, operator, tokenId);
        return IERC721Receiver.onERC721Received.selector;
    }

    /// @inheritdoc IAssetEscrow
    function tokenOf(address token) external view returns (Standard standard, Mode mode, uint256 extinguished) {
        Holding storage holding = _holdings[token];
        return (holding.standard, holding.mode, holding.extinguished);
    }

    /// @inheritdoc IAssetEscrow
    function isExtinguished(address token, uint256 tokenId) external view returns (bool) {
        return _extinguishedIds[token][tokenId];
    }

    /// @inheritdoc IAssetEscrow
    function mappedToken(uint256 originChainId, address originToken) external view returns (address) {
        return _mapped[originChainId][originToken];
    }

    /// @dev Reverts unless the origin's token of the terms is held here under the terms' standard.
    function _requireKnown(Terms calldata terms) internal view {
        address token = terms.origin.token;
        if (_holdings[token].mode == Mode.NONE) {
            revert AssetEscrowUnmappedToken(block.chainid, token, address(0), token);
        }
        if (_holdings[token].standard != terms.standard) revert AssetEscrowInvalidTerms("standard");
    }

    /// @dev Reverts unless the destination's token of the terms is the one that stands here for the origin's.
    function _requireMapped(Terms calldata terms) internal view {
        address token = _mapped[terms.origin.chainId][terms.origin.token];
        if (token == address(0) || token != terms.destination.token) {
            revert AssetEscrowUnmappedToken(terms.origin.chainId, terms.origin.token, token, terms.destination.token);
        }
        if (_holdings[token].standard != terms.standard) revert AssetEscrowInvalidTerms("standard");
    }

    /// @dev Takes an asset from its owner, who has approved it.
    function _take(address token, Standard standard, uint256 value, address from) internal {
        uint256 before = _balanceOf(token);
        if (standard == Standard.ERC20) {
            IERC20(token).safeTransferFrom(from, address(this), value);
        } else {
            // Not the safe transfer: the escrow need not be asked whether it takes what it is just fetching.
            IERC721(token).transferFrom(from, address(this), value);
        }
        _requireMoved(token, standard, value, _balanceOf(token), before);
    }

    /// @dev Extinguishes an asset that the escrow holds.
    function _extinguish(address token, Standard standard, uint256 value) internal {
        Holding storage holding = _holdings[token];
        if (holding.mode == Mode.VAULT) {
            if (standard == Standard.ERC721) _extinguishedIds[token][value] = true;
            holding.extinguished += _quantity(standard, value);
            return;
        }
        uint256 before = _balanceOf(token);
        if (standard == Standard.ERC20) {
            IMintableERC20(token).burn(value);
        } else {
            IMintableERC721(token).burn(value);
        }
        _requireMoved(token, standard, value, before, _balanceOf(token));
    }

    /// @dev Brings an asset into being in the escrow: out of nothing, or out of what was extinguished.
    function _create(address token, Standard standard, uint256 value, string calldata tokenUri) internal {
        Holding storage holding = _holdings[token];
        if (holding.mode == Mode.VAULT) {
            uint256 quantity = _quantity(standard, value);
            uint256 extinguished = holding.extinguished;
            if (standard == Standard.ERC721) {
                if (!_extinguishedIds[token][value]) revert AssetEscrowVaultEmpty(token, 1, 0);
                _extinguishedIds[token][value] = false;
            } else if (extinguished < quantity) {
                revert AssetEscrowVaultEmpty(token, quantity, extinguished);
            }
            holding.extinguished = extinguished - quantity;
            return;
        }
        uint256 before = _balanceOf(token);
        if (standard == Standard.ERC20) {
            IMintableERC20(token).mint(address(this), value);
        } else {
            IMintableERC721(token).mint(address(this), value, tokenUri);
        }
        _requireMoved(token, standard, value, _balanceOf(token), before);
    }

    /// @dev Delivers an asset, or changes nothing and says so. Reverts only if the caller sent too little gas for a fair try.
    function _tryDeliver(address token, Standard standard, uint256 value, address to) internal returns (bool) {
        uint256 available = gasleft();
        if (available < DELIVERY_GAS_REQUIRED) revert AssetEscrowGasTooLow(DELIVERY_GAS_REQUIRED, available);
        try this.deliver{gas: DELIVERY_GAS}(token, standard, value, to) {
            return true;
        } catch {
            // Why does not matter here: whatever the reason, the owner claims it later and no session waits for it.
            return false;
        }
    }

    /// @dev Delivers an asset or reverts.
    function _deliver(address token, Standard standard, uint256 value, address to) internal {
        uint256 before = _balanceOf(token);
        if (standard == Standard.ERC20) {
            IERC20(token).safeTransfer(to, value);
        } else {
            IERC721(token).safeTransferFrom(address(this), to, value);
        }
        _requireMoved(token, standard, value, before, _balanceOf(token));
    }

    /// @dev ERC-20 and ERC-721 share this function: an amount, or a number of ids.
    function _balanceOf(address token) private view returns (uint256) {
        return IERC20(token).balanceOf(address(this));
    }

    function _requireMoved(address token, Standard standard, uint256 value, uint256 more, uint256 less) private pure {
        uint256 expected = _quantity(standard, value);
        // Below zero counts as nothing moved: only a broken token gets there, and it gets an error with values too.
        uint256 actual = more > less ? more - less : 0;
        if (actual != expected) revert AssetEscrowWrongAmount(token, expected, actual);
    }

    function _quantity(Standard standard, uint256 value) private pure returns (uint256) {
        return standard == Standard.ERC20 ? value : 1;
    }
}
