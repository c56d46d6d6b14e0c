// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721URIStorage} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";

import {IMintableERC721} from "./IMintableERC721.sol";

/// @title ERC-721 whose ids minters govern, for assets that arrive from other ledgers.
/// @notice Every id carries its own metadata URI, as it was on the ledger that it came from.
contract GatelogERC721 is IMintableERC721, ERC721URIStorage, AccessControl {
    /// @notice Role that mints, and burns what it owns or is approved for.
    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");

    /// @param name Name of the token.
    /// @param symbol Symbol of the token.
    /// @param administrator Account that grants and revokes the minter role.
    constructor(string memory name, string memory symbol, address administrator) ERC721(name, symbol) {
        _grantRole(DEFAULT_ADMIN_ROLE, administrator);
    }

    /// @inheritdoc IMintableERC721
    function mint(address to, uint256 tokenId, string calldata uri) external onlyRole(MINTER_ROLE) {
        _mint(to, tokenId);
        // Also when it is empty: an id that comes back must not keep the URI of its earlier life.
        _setTokenURI(tokenId, uri);
    }

    /// @inheritdoc IMintableERC721
    function burn(uint256 tokenId) external onlyRole(MINTER_ROLE) {
        _update(address(0), tokenId, msg.sender);
    }

    /// @inheritdoc IERC165
    function supportsInterface(
        bytes4 interfaceId
    ) public view override(AccessControl, ERC721URIStorage) returns (bool) {
        return super.supportsInterface(interfaceId);
    }
}
