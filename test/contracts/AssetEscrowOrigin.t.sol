// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {vm} from "../support/Vm.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";

/// @dev The origin's side after the lock: unlock, burn, recreate.
contract AssetEscrowOriginTest is AssetEscrowFixture {
    IAssetEscrow.Terms private _coin;
    IAssetEscrow.Terms private _art;

    function setUp() public {
        _deployWorld();
        _issueCoin(1000);
        _issueArt(7);
        _coin = _coinTerms(100);
        _art = _artTerms(7);
    }

    // unlock

    function test_unlock_GivesTheAssetBackToTheOriginator() public {
        _lock(_coin);
        vm.expectEmit(address(alpha));
        emit IAssetEscrow.Unlocked(_hash(_coin), _coin.sessionId, address(coin), 100, alice, true);
        _unlock(_coin);

        _assertState(alpha, _coin, IAssetEscrow.State.UNLOCKED, "state");
        vm.assertEq(coin.balanceOf(alice), 1000, "all back");
        vm.assertTrue(!alpha.isBooked(_hash(_coin)), "nothing left to claim");
    }

    function test_unlock_Twice_ChangesNothing() public {
        _lock(_coin);
        _unlock(_coin);
        vm.prank(stranger);
        alpha.unlock(_coin, _none());
        vm.assertEq(coin.balanceOf(alice), 1000, "given back once");
    }

    function test_unlock_OfAnUnseenSession_RefusesALateLock() public {
        vm.expectEmit(address(alpha));
        emit IAssetEscrow.Refused(_hash(_coin), _coin.sessionId);
        _unlock(_coin);
        _unlock(_coin);
        _assertState(alpha, _coin, IAssetEscrow.State.REFUSED, "state");

        vm.expectRevert(_conflict(_coin, IAssetEscrow.lock.selector, IAssetEscrow.State.REFUSED));
        vm.prank(alphaKey);
        alpha.lock(_coin);
        vm.assertEq(coin.balanceOf(alice), 1000, "nothing taken");
    }

    function test_unlock_IsDoneByTheOriginatorFromTheExpiryOn() public {
        _lock(_coin);
        vm.warp(LOCK_EXPIRY - 1);
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.unlock.selector, alice));
        vm.prank(alice);
        alpha.unlock(_coin, _none());

        vm.warp(LOCK_EXPIRY);
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.unlock.selector, bob));
        vm.prank(bob);
        alpha.unlock(_coin, _none());

        vm.prank(alice);
        alpha.unlock(_coin, _none());
        vm.assertEq(coin.balanceOf(alice), 1000, "all back");
    }

    function test_unlock_IsDoneByAnyoneWithACertificateOfAbort() public {
        _lock(_coin);
        vm.prank(stranger);
        alpha.unlock(_coin, _signed(_coin, IAssetEscrow.Fact.REGISTER_ABORT, BETA_KEY));
        vm.assertEq(coin.balanceOf(alice), 1000, "all back");
    }

    function test_unlock_IsDoneByAnyoneWithACertificateOfACancelledDestination() public {
        _lock(_coin);
        vm.prank(stranger);
        alpha.unlock(_coin, _signed(_coin, IAssetEscrow.Fact.DESTINATION_CANCELLED, BETA_KEY));
        _assertState(alpha, _coin, IAssetEscrow.State.UNLOCKED, "with a register");

        IAssetEscrow.Terms memory modeB = _withoutRegister(_coin);
        vm.prank(stranger);
        alpha.unlock(modeB, _signed(modeB, IAssetEscrow.Fact.DESTINATION_CANCELLED, BETA_KEY));
        _assertState(alpha, modeB, IAssetEscrow.State.REFUSED, "without one");
    }

    function test_unlock_RevertsWhen_TheAssetIsBurned() public {
        _lock(_coin);
        _burn(_coin);
        vm.expectRevert(_conflict(_coin, IAssetEscrow.unlock.selector, IAssetEscrow.State.BURNED));
        vm.prank(alphaKey);
        alpha.unlock(_coin, _none());
    }

    function test_unlock_RevertsWhen_AStrangerRefusesAnUnseenSession() public {
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.unlock.selector, stranger));
        vm.prank(stranger);
        alpha.unlock(_coin, _none());
    }

    // burn

    function test_burn_DestroysAMintedToken() public {
        _lock(_coin);
        vm.expectEmit(address(alpha));
        emit IAssetEscrow.Burned(_hash(_coin), _coin.sessionId, address(coin), 100);
        _burn(_coin);
        _burn(_coin);
        vm.prank(stranger);
        alpha.burn(_coin);

        _assertState(alpha, _coin, IAssetEscrow.State.BURNED, "state");
        vm.assertEq(coin.totalSupply(), 900, "destroyed once");
        (, , uint256 extinguished) = alpha.tokenOf(address(coin));
        vm.assertEq(extinguished, 0, "a destroyed token is not counted a second time");
    }

    function test_burn_IsPossibleAfterTheExpiryWhileStillLocked() public {
        _lock(_coin);
        vm.warp(LOCK_EXPIRY + 1);
        _burn(_coin);
        vm.expectRevert(_conflict(_coin, IAssetEscrow.unlock.selector, IAssetEscrow.State.BURNED));
        vm.prank(alice);
        alpha.unlock(_coin, _none());
    }

    function test_burn_GoesOnAfterTheGatewayWasBarred() public {
        _lock(_coin);
        alpha.barGateway(alphaKey);
        _burn(_coin);
        _assertState(alpha, _coin, IAssetEscrow.State.BURNED, "state");
    }

    function test_burn_RevertsWhen_NothingIsLocked() public {
        vm.expectRevert(_conflict(_coin, IAssetEscrow.burn.selector, IAssetEscrow.State.NONE));
        vm.prank(alphaKey);
        alpha.burn(_coin);
    }

    function test_burn_RevertsWhen_TheLockWasUndone() public {
        _lock(_coin);
        _unlock(_coin);
        vm.expectRevert(_conflict(_coin, IAssetEscrow.burn.selector, IAssetEscrow.State.UNLOCKED));
        vm.prank(alphaKey);
        alpha.burn(_coin);
    }

    function test_burn_RevertsWhen_TheCallerIsNoKeyOfTheOrigin() public {
        _lock(_coin);
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.burn.selector, betaKey));
        vm.prank(betaKey);
        alpha.burn(_coin);
    }

    // recreate

    function test_recreate_MintsTheBurnedAmountAnew() public {
        _lock(_coin);
        _burn(_coin);
        IAssetEscrow.Certificate memory proof = _signed(_coin, IAssetEscrow.Fact.DESTINATION_CANCELLED, BETA_KEY);

        vm.expectEmit(address(alpha));
        emit IAssetEscrow.Recreated(_hash(_coin), _coin.sessionId, address(coin), 100, alice, true);
        vm.prank(stranger);
        alpha.recreate(_coin, proof);
        vm.prank(bob);
        alpha.recreate(_coin, _none());

        _assertState(alpha, _coin, IAssetEscrow.State.RECREATED, "state");
        vm.assertEq(coin.totalSupply(), 1000, "recreated once");
        vm.assertEq(coin.balanceOf(alice), 1000, "the originator's again");
    }

    function test_recreate_MintsTheBurnedIdAnewWithItsUri() public {
        _lock(_art);
        _burn(_art);
        vm.prank(stranger);
        alpha.recreate(_art, _signed(_art, IAssetEscrow.Fact.DESTINATION_CANCELLED, ALPHA_OWNER));
        vm.assertEq(art.ownerOf(7), alice, "the originator's again");
        vm.assertEq(art.tokenURI(7), URI, "with its URI");
    }

    function test_recreate_RevertsWhen_TheGroupHasNoCertificate() public {
        _lock(_coin);
        _burn(_coin);
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.recreate.selector, alphaKey));
        vm.prank(alphaKey);
        alpha.recreate(_coin, _none());
    }

    function test_recreate_RevertsWhen_TheRegisterHoldsAbortButTheDestinationIsNotCancelled() public {
        _lock(_coin);
        _burn(_coin);
        IAssetEscrow.Certificate memory abort = _signed(_coin, IAssetEscrow.Fact.REGISTER_ABORT, BETA_KEY);
        vm.expectRevert(
            _badCertificate(
                _coin,
                IAssetEscrow.Fact.DESTINATION_CANCELLED,
                IAssetEscrow.Fact.REGISTER_ABORT,
                address(0)
            )
        );
        vm.prank(alphaKey);
        alpha.recreate(_coin, abort);
    }

    function test_recreate_RevertsWhen_NothingIsBurned() public {
        _lock(_coin);
        IAssetEscrow.Certificate memory proof = _signed(_coin, IAssetEscrow.Fact.DESTINATION_CANCELLED, BETA_KEY);
        vm.expectRevert(_conflict(_coin, IAssetEscrow.recreate.selector, IAssetEscrow.State.LOCKED));
        vm.prank(alphaKey);
        alpha.recreate(_coin, proof);
    }
}
