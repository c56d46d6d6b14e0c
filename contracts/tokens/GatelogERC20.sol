// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

import {IMintableERC20} from "./IMintableERC20.sol";

/// @title ERC-20 whose supply minters govern, for assets that arrive from other ledgers.
/// @notice Holds no rule of a transfer: an escrow that is minter mints and burns by its own. Owners can approve by permit.
contract GatelogERC20 is IMintableERC20, ERC20Permit, AccessControl {
    /// @notice Role that mints, and burns what it holds itself.
    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");

    uint8 private immutable _decimals;

    /// @param name Name of the token, also of its permit domain.
    /// @param symbol Symbol of the token.
    /// @param decimals_ Decimals; the same on every ledger that the token is mapped between.
    /// @param administrator Account that grants and revokes the minter role.
    constructor(
        string memory name,
        string memory symbol,
        uint8 decimals_,
        address administrator
    ) ERC20(name, symbol) ERC20Permit(name) {
        _decimals = decimals_;
        _grantRole(DEFAULT_ADMIN_ROLE, administrator);
    }

    /// @inheritdoc IMintableERC20
    function mint(address to, uint256 value) external onlyRole(MINTER_ROLE) {
        _mint(to, value);
    }

    /// @inheritdoc IMintableERC20
    function burn(uint256 value) external onlyRole(MINTER_ROLE) {
        _burn(msg.sender, value);
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}
