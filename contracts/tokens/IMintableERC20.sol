// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What an escrow asks of an ERC-20 that it holds in MINT mode.
/// @notice Both functions must be reserved to the escrow (and to whoever else the token's issuer trusts with its supply).
interface IMintableERC20 {
    /// @notice Creates `value` for `to`; reverts rather than create another amount.
    /// @param to Account that receives it; the escrow passes itself.
    /// @param value Amount in the token's smallest unit.
    function mint(address to, uint256 value) external;

    /// @notice Destroys `value` of the caller's own balance; reverts rather than destroy another amount.
    /// @param value Amount in the token's smallest unit.
    function burn(uint256 value) external;
}
