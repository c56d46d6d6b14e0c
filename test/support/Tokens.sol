// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {IMintableERC20} from "../../contracts/tokens/IMintableERC20.sol";
import {IMintableERC721} from "../../contracts/tokens/IMintableERC721.sol";

/// @dev All that a GatelogERC20 answers to, so that tests need not compile it.
interface IGatelogERC20 is IERC20Metadata, IERC20Permit, IMintableERC20, IAccessControl {
    function MINTER_ROLE() external view returns (bytes32);
}

/// @dev The same of a GatelogERC721.
interface IGatelogERC721 is IERC721Metadata, IMintableERC721, IAccessControl {
    function MINTER_ROLE() external view returns (bytes32);
}
