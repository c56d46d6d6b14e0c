// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IGatelogERC20, IGatelogERC721} from "../support/Tokens.sol";
import {deployCode, vm} from "../support/Vm.sol";

/// @dev The tokens of the simulated ledgers: who may mint and burn what.
contract GatelogTokensTest {
    address private constant ALICE = address(0xA11CE);

    IGatelogERC20 private _coin;
    IGatelogERC721 private _art;
    bytes32 private _minterRole;

    function setUp() public {
        bytes memory arguments = abi.encode("Coin", "COIN", 6, address(this));
        _coin = IGatelogERC20(deployCode("GatelogERC20.sol:GatelogERC20", arguments));
        arguments = abi.encode("Art", "ART", address(this));
        _art = IGatelogERC721(deployCode("GatelogERC721.sol:GatelogERC721", arguments));
        _minterRole = _coin.MINTER_ROLE();
        _coin.grantRole(_minterRole, address(this));
        _art.grantRole(_minterRole, address(this));
    }

    function test_decimals_AreAsDeployed() public view {
        vm.assertEq(_coin.decimals(), 6, "decimals");
    }

    function test_mint_CreatesForTheRecipient() public {
        _coin.mint(ALICE, 5);
        vm.assertEq(_coin.balanceOf(ALICE), 5, "amount");
        _art.mint(ALICE, 7, "ipfs://7");
        vm.assertEq(_art.ownerOf(7), ALICE, "owner");
        vm.assertEq(_art.tokenURI(7), "ipfs://7", "URI");
    }

    function test_mint_OfABurnedId_KeepsNothingOfItsEarlierLife() public {
        _art.mint(address(this), 7, "ipfs://old");
        _art.burn(7);
        _art.mint(ALICE, 7, "");
        vm.assertEq(_art.tokenURI(7), "", "URI");
    }

    function test_mint_RevertsWhen_TheCallerIsNoMinter() public {
        _expectUnauthorized();
        vm.prank(ALICE);
        _coin.mint(ALICE, 5);
        _expectUnauthorized();
        vm.prank(ALICE);
        _art.mint(ALICE, 7, "");
    }

    function test_burn_DestroysOnlyTheMintersOwn() public {
        _coin.mint(address(this), 5);
        _coin.mint(ALICE, 5);
        _coin.burn(3);
        vm.assertEq(_coin.totalSupply(), 7, "supply");
        vm.assertEq(_coin.balanceOf(ALICE), 5, "nobody else's");

        _art.mint(ALICE, 7, "");
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, address(this), 7));
        _art.burn(7);
    }

    function test_burn_RevertsWhen_TheCallerIsNoMinter() public {
        _coin.mint(ALICE, 5);
        _art.mint(ALICE, 7, "");
        _expectUnauthorized();
        vm.prank(ALICE);
        _coin.burn(5);
        _expectUnauthorized();
        vm.prank(ALICE);
        _art.burn(7);
    }

    function test_supportsInterface_NamesBothParents() public view {
        vm.assertTrue(_art.supportsInterface(0x80ac58cd), "ERC-721");
        vm.assertTrue(_art.supportsInterface(type(IAccessControl).interfaceId), "access control");
    }

    function _expectUnauthorized() private {
        vm.expectRevert(
            abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, ALICE, _minterRole)
        );
    }
}
