// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @dev An asset that knows no escrow: no burn, no permit, no minter role. What an escrow holds in VAULT mode.
contract PlainERC20 is ERC20 {
    constructor() ERC20("Plain Gold", "GOLD") {}

    function issue(address to, uint256 value) external {
        _mint(to, value);
    }
}

/// @dev The same for ids.
contract PlainERC721 is ERC721 {
    constructor() ERC721("Plain Relic", "RELIC") {}

    function issue(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }
}
