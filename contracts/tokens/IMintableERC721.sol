// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What an escrow asks of an ERC-721 that it holds in MINT mode.
/// @notice Both functions must be reserved to the escrow (and to whoever else the token's issuer trusts with its ids).
interface IMintableERC721 {
    /// @notice Creates the id for `to`; reverts if the id exists.
    /// @param to Account that receives it; the escrow passes itself.
    /// @param tokenId Id to create; an id that was burned may be created again.
    /// @param uri Metadata URI that the id carries along; may be empty.
    function mint(address to, uint256 tokenId, string calldata uri) external;

    /// @notice Destroys an id that the caller owns or is approved for.
    /// @param tokenId Id to destroy.
    function burn(uint256 tokenId) external;
}
