// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {vm} from "../support/Vm.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";
import {PlainERC20} from "./mocks/PlainTokens.sol";

/// @dev The administrator's part (token map, admission), and what VAULT means for supply.
contract AssetEscrowTokensTest is AssetEscrowFixture {
    IAssetEscrow.Standard private constant ERC20 = IAssetEscrow.Standard.ERC20;
    IAssetEscrow.Standard private constant ERC721 = IAssetEscrow.Standard.ERC721;
    IAssetEscrow.Mode private constant MINT = IAssetEscrow.Mode.MINT;
    IAssetEscrow.Mode private constant VAULT = IAssetEscrow.Mode.VAULT;

    function setUp() public {
        _deployWorld();
        _issueGold(1000);
        _issueRelic(7);
    }

    // mapToken

    function test_mapToken_MapsALocalToken() public {
        address token = address(new PlainERC20());
        vm.expectEmit(address(alpha));
        emit IAssetEscrow.TokenMapped(5, address(0x70), token, ERC20, VAULT);
        alpha.mapToken(5, address(0x70), token, ERC20, VAULT);

        vm.assertEq(alpha.mappedToken(5, address(0x70)), token, "mapped");
        vm.assertEq(alpha.mappedToken(6, address(0x70)), address(0), "only from that chain");
        (IAssetEscrow.Standard standard, IAssetEscrow.Mode mode, uint256 extinguished) = alpha.tokenOf(token);
        vm.assertTrue(standard == ERC20 && mode == VAULT && extinguished == 0, "holding");
    }

    function test_mapToken_Twice_ChangesNothing() public {
        vm.recordLogs();
        alpha.mapToken(block.chainid, address(gold), address(gold), ERC20, VAULT);
        vm.assertEq(vm.getRecordedLogs().length, 0, "no event");
    }

    function test_mapToken_RevertsWhen_TheOriginHasAnotherToken() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowTokenMapped.selector, address(gold), VAULT));
        alpha.mapToken(block.chainid, address(gold), address(coin), ERC20, MINT);
    }

    function test_mapToken_RevertsWhen_TheTokenIsHeldInAnotherModeOrStandard() public {
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowTokenMapped.selector, address(gold), VAULT));
        alpha.mapToken(5, address(0x70), address(gold), ERC20, MINT);
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowTokenMapped.selector, address(gold), VAULT));
        alpha.mapToken(5, address(0x70), address(gold), ERC721, VAULT);
    }

    function test_mapToken_RevertsWhen_AnArgumentCannotBeMeant() public {
        _expectInvalidMapping("originChainId");
        alpha.mapToken(0, address(0x70), address(gold), ERC20, VAULT);
        _expectInvalidMapping("originToken");
        alpha.mapToken(5, address(0), address(gold), ERC20, VAULT);
        _expectInvalidMapping("token");
        alpha.mapToken(5, address(0x70), address(0xDEAD), ERC20, VAULT);
        _expectInvalidMapping("standard");
        alpha.mapToken(5, address(0x70), address(gold), IAssetEscrow.Standard.NONE, VAULT);
        _expectInvalidMapping("mode");
        alpha.mapToken(5, address(0x70), address(gold), ERC20, IAssetEscrow.Mode.NONE);
    }

    function test_mapToken_RevertsWhen_TheCallerIsNotTheAdministrator() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        alpha.mapToken(5, address(0x70), address(gold), ERC20, VAULT);
    }

    // admitGateway, barGateway

    function test_admitGateway_LetsAKeyLock_UntilItIsBarred() public {
        address key = _goldTerms(100).origin.keys[2];
        vm.expectEmit(address(alpha));
        emit IAssetEscrow.GatewayAdmitted(key);
        alpha.admitGateway(key);
        vm.assertTrue(alpha.isAdmitted(key), "admitted");
        vm.prank(key);
        alpha.lock(_goldTerms(100));

        vm.expectEmit(address(alpha));
        emit IAssetEscrow.GatewayBarred(key);
        alpha.barGateway(key);
        vm.assertTrue(!alpha.isAdmitted(key), "barred");
        vm.assertTrue(alpha.isAdmitted(alphaKey), "nobody else is");
    }

    function test_admitGateway_Twice_ChangesNothing() public {
        vm.recordLogs();
        alpha.admitGateway(alphaKey);
        alpha.barGateway(stranger);
        vm.assertEq(vm.getRecordedLogs().length, 0, "no event");
    }

    function test_admitGateway_RevertsWhen_TheCallerIsNotTheAdministrator() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        alpha.admitGateway(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        alpha.barGateway(alphaKey);
    }

    // VAULT

    function test_burn_ExtinguishesAVaultedAmount() public {
        _lock(_goldTerms(100));
        _burn(_goldTerms(100));
        _burn(_goldTerms(100));
        _assertExtinguished(address(gold), 100);
        vm.assertEq(gold.totalSupply(), 1000, "the supply stays");
        vm.assertEq(gold.balanceOf(address(alpha)), 100, "in the escrow");
    }

    function test_burn_ExtinguishesAVaultedId() public {
        _lock(_relicTerms(7));
        _burn(_relicTerms(7));
        _assertExtinguished(address(relic), 1);
        vm.assertTrue(alpha.isExtinguished(address(relic), 7), "this id");
        vm.assertTrue(!alpha.isExtinguished(address(relic), 8), "no other");
    }

    function test_mint_TakesAnAmountOutOfTheVaultOnTheWayBack() public {
        _transfer(_goldTerms(100));
        vm.prank(bob);
        goldMirror.approve(address(beta), 40);
        _transfer(_back(_goldTerms(40)));

        vm.assertEq(gold.balanceOf(alice), 940, "back with its first owner");
        vm.assertEq(goldMirror.totalSupply(), 60, "the mirror is burned");
        _assertExtinguished(address(gold), 60);
    }

    function test_mint_TakesAnIdOutOfTheVaultOnTheWayBack() public {
        _transfer(_relicTerms(7));
        vm.assertEq(relicMirror.ownerOf(7), bob, "mirrored");
        vm.prank(bob);
        relicMirror.approve(address(beta), 7);
        _transfer(_back(_relicTerms(7)));

        vm.assertEq(relic.ownerOf(7), alice, "back with its first owner");
        vm.assertTrue(!alpha.isExtinguished(address(relic), 7), "circulating");
        _assertExtinguished(address(relic), 0);
    }

    function test_mint_RevertsWhen_TheVaultHoldsLess() public {
        _transfer(_goldTerms(100));
        IAssetEscrow.Terms memory back = _back(_goldTerms(101));
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowVaultEmpty.selector, address(gold), 101, 100));
        vm.prank(alphaKey);
        alpha.mint(back);
        _assertExtinguished(address(gold), 100);
    }

    /// @dev The escrow owns the id, but for a session that may still unlock it.
    function test_mint_RevertsWhen_TheIdIsLockedAndNotExtinguished() public {
        _lock(_relicTerms(7));
        IAssetEscrow.Terms memory back = _back(_relicTerms(7));
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowVaultEmpty.selector, address(relic), 1, 0));
        vm.prank(alphaKey);
        alpha.mint(back);
    }

    function test_cancel_PutsAMintedAmountBackIntoTheVault() public {
        _transfer(_goldTerms(100));
        IAssetEscrow.Terms memory back = _back(_goldTerms(40));
        _mint(back);
        _assertExtinguished(address(gold), 60);
        _cancel(back);
        _assertExtinguished(address(gold), 100);
    }

    function test_recreate_ReleasesAVaultedAmount() public {
        IAssetEscrow.Terms memory terms = _goldTerms(100);
        _lock(terms);
        _burn(terms);
        alpha.recreate(terms, _signed(terms, IAssetEscrow.Fact.DESTINATION_CANCELLED, BETA_KEY));
        _assertExtinguished(address(gold), 0);
        vm.assertEq(gold.balanceOf(alice), 1000, "all back");
    }

    function test_recreate_ReleasesAVaultedId() public {
        IAssetEscrow.Terms memory terms = _relicTerms(7);
        _lock(terms);
        _burn(terms);
        alpha.recreate(terms, _signed(terms, IAssetEscrow.Fact.DESTINATION_CANCELLED, BETA_KEY));
        _assertExtinguished(address(relic), 0);
        vm.assertEq(relic.ownerOf(7), alice, "back");
    }

    function test_transfer_GoesBothWaysAtOnce() public {
        _transfer(_goldTerms(100));
        vm.prank(bob);
        goldMirror.approve(address(beta), 30);
        IAssetEscrow.Terms memory there = _goldTerms(50);
        there.sessionId = bytes16(uint128(2));
        IAssetEscrow.Terms memory back = _back(_goldTerms(30));
        _lock(there);
        _lock(back);
        _mint(back);
        _mint(there);
        _burn(there);
        _burn(back);
        _assign(back);
        _assign(there);
        vm.assertEq(gold.balanceOf(alice), 880, "alpha");
        vm.assertEq(goldMirror.balanceOf(bob), 120, "beta");
        _assertExtinguished(address(gold), 120);
    }

    function _assertExtinguished(address token, uint256 expected) private view {
        (, , uint256 extinguished) = alpha.tokenOf(token);
        vm.assertEq(extinguished, expected, "extinguished");
    }

    function _expectInvalidMapping(bytes32 member) private {
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowInvalidMapping.selector, member));
    }
}
