// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {vm} from "../support/Vm.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";

/// @dev The destination's side: mint, assign, cancel.
contract AssetEscrowDestinationTest is AssetEscrowFixture {
    IAssetEscrow.Terms private _coin;
    IAssetEscrow.Terms private _art;

    function setUp() public {
        _deployWorld();
        _coin = _coinTerms(100);
        _art = _artTerms(7);
    }

    // mint

    function test_mint_CreatesTheAmountInTheEscrow() public {
        IAssetEscrow.Terms memory other = _coinTerms(100);
        other.sessionId = bytes16(uint128(2));

        vm.expectEmit(address(beta));
        emit IAssetEscrow.Minted(_hash(_coin), _coin.sessionId, address(coinMirror), 100);
        _mint(_coin);

        (IAssetEscrow.State state, uint32 sinceBlock) = beta.stateOf(_hash(_coin));
        vm.assertEq(uint256(state), uint256(IAssetEscrow.State.MINTED), "state");
        vm.assertEq(sinceBlock, block.number, "since this block");
        vm.assertEq(coinMirror.balanceOf(address(beta)), 100, "in the escrow");
        vm.assertEq(coinMirror.balanceOf(bob), 0, "not the beneficiary's yet");
        _assertState(beta, other, IAssetEscrow.State.NONE, "no other session is touched");
    }

    function test_mint_CreatesTheIdWithItsUri() public {
        _mint(_art);
        vm.assertEq(artMirror.ownerOf(7), address(beta), "in the escrow");
        vm.assertEq(artMirror.tokenURI(7), URI, "with its URI");
    }

    function test_mint_IsDoneByABackupKey() public {
        vm.prank(_coin.destination.keys[1]);
        beta.mint(_coin);
        _assertState(beta, _coin, IAssetEscrow.State.MINTED, "state");
    }

    function test_mint_Twice_ChangesNothing() public {
        _mint(_coin);
        beta.barGateway(betaKey);
        _mint(_coin);
        vm.prank(stranger);
        beta.mint(_coin);
        vm.assertEq(coinMirror.totalSupply(), 100, "created once");
    }

    function test_mint_RevertsWhen_AStrangerNamesItselfGatewayToMintOutOfThinAir() public {
        _coin.destination.keys = new address[](1);
        _coin.destination.keys[0] = stranger;
        _coin.beneficiary = stranger;

        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowGatewayNotAdmitted.selector, stranger));
        vm.prank(stranger);
        beta.mint(_coin);
        vm.assertEq(coinMirror.totalSupply(), 0, "nothing created");
    }

    function test_mint_RevertsWhen_AnAdmittedKeyIsNotInTheTerms() public {
        beta.admitGateway(alphaKey);
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.mint.selector, alphaKey));
        vm.prank(alphaKey);
        beta.mint(_coin);
    }

    function test_mint_RevertsWhen_TheOriginsTokenIsNotMapped() public {
        _coin.origin.token = address(0xDEAD);
        _expectUnmapped(address(0));
        vm.prank(betaKey);
        beta.mint(_coin);
    }

    function test_mint_RevertsWhen_AnotherTokenIsMappedToTheOrigins() public {
        _coin.destination.token = address(goldMirror);
        _expectUnmapped(address(coinMirror));
        vm.prank(betaKey);
        beta.mint(_coin);
    }

    function test_mint_RevertsWhen_TheTokenHasAnotherStandard() public {
        (_art.origin.token, _art.destination.token) = (address(coin), address(coinMirror));
        vm.expectRevert(_invalidTerms("standard"));
        vm.prank(betaKey);
        beta.mint(_art);
    }

    function test_mint_RevertsWhen_TheTermsNameAnotherLedger() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowWrongLedger.selector,
                block.chainid,
                address(beta),
                block.chainid,
                address(alpha)
            )
        );
        vm.prank(betaKey);
        alpha.mint(_coin);
    }

    // assign

    function test_assign_DeliversToTheBeneficiary() public {
        _mint(_coin);
        vm.expectEmit(address(beta));
        emit IAssetEscrow.Assigned(_hash(_coin), _coin.sessionId, address(coinMirror), 100, bob, true);
        _assign(_coin);

        _assertState(beta, _coin, IAssetEscrow.State.ASSIGNED, "state");
        vm.assertEq(coinMirror.balanceOf(bob), 100, "the beneficiary's");
        vm.assertEq(coinMirror.balanceOf(address(beta)), 0, "nothing left in the escrow");
        vm.assertTrue(!beta.isBooked(_hash(_coin)), "nothing left to claim");
    }

    function test_assign_DeliversTheId() public {
        _mint(_art);
        _assign(_art);
        vm.assertEq(artMirror.ownerOf(7), bob, "the beneficiary's");
    }

    function test_assign_Twice_ChangesNothing() public {
        _mint(_coin);
        _mint(_otherCoin());
        _assign(_coin);
        _assign(_coin);
        vm.prank(stranger);
        beta.assign(_coin, _none());
        vm.assertEq(coinMirror.balanceOf(bob), 100, "delivered once");
        vm.assertEq(coinMirror.balanceOf(address(beta)), 100, "the other session's asset is untouched");
    }

    function test_assign_IsDoneByAnyoneWithACertificateOfCommit() public {
        _mint(_coin);
        vm.prank(stranger);
        beta.assign(_coin, _signed(_coin, IAssetEscrow.Fact.REGISTER_COMMIT, BETA_OWNER));
        vm.assertEq(coinMirror.balanceOf(bob), 100, "the beneficiary's");
    }

    function test_assign_RevertsWhen_AStrangerHasNoCertificate() public {
        _mint(_coin);
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.assign.selector, bob));
        vm.prank(bob);
        beta.assign(_coin, _none());
    }

    function test_assign_RevertsWhen_TheRegisterHoldsAbort() public {
        _mint(_coin);
        IAssetEscrow.Certificate memory abort = _signed(_coin, IAssetEscrow.Fact.REGISTER_ABORT, ALPHA_KEY);
        vm.expectRevert(
            _badCertificate(_coin, IAssetEscrow.Fact.REGISTER_COMMIT, IAssetEscrow.Fact.REGISTER_ABORT, address(0))
        );
        vm.prank(stranger);
        beta.assign(_coin, abort);
    }

    function test_assign_RevertsWhen_ThereIsNoRegisterForACertificateToSpeakOf() public {
        IAssetEscrow.Terms memory modeB = _withoutRegister(_coin);
        _mint(modeB);
        IAssetEscrow.Certificate memory commit = _signed(modeB, IAssetEscrow.Fact.REGISTER_COMMIT, BETA_KEY);
        vm.expectRevert(_badCertificate(modeB, IAssetEscrow.Fact.NONE, IAssetEscrow.Fact.REGISTER_COMMIT, address(0)));
        vm.prank(stranger);
        beta.assign(modeB, commit);
    }

    function test_assign_RevertsWhen_NothingIsMinted() public {
        vm.expectRevert(_conflict(_coin, IAssetEscrow.assign.selector, IAssetEscrow.State.NONE));
        vm.prank(betaKey);
        beta.assign(_coin, _none());
    }

    function test_assign_RevertsWhen_TheSessionIsCancelled() public {
        _mint(_coin);
        _cancel(_coin);
        vm.expectRevert(_conflict(_coin, IAssetEscrow.assign.selector, IAssetEscrow.State.CANCELLED));
        vm.prank(betaKey);
        beta.assign(_coin, _none());
        vm.assertEq(coinMirror.totalSupply(), 0, "nothing left of it");
    }

    // cancel

    function test_cancel_DestroysWhatWasMinted() public {
        _mint(_coin);
        vm.expectEmit(address(beta));
        emit IAssetEscrow.Cancelled(_hash(_coin), _coin.sessionId);
        _cancel(_coin);
        _cancel(_coin);
        vm.prank(stranger);
        beta.cancel(_coin, _none());
        _assertState(beta, _coin, IAssetEscrow.State.CANCELLED, "state");
        vm.assertEq(coinMirror.totalSupply(), 0, "destroyed");
    }

    function test_cancel_DestroysTheMintedId_WhichMayComeAgain() public {
        _mint(_art);
        _cancel(_art);
        _art.sessionId = bytes16(uint128(2));
        _mint(_art);
        vm.assertEq(artMirror.ownerOf(7), address(beta), "created anew");
    }

    function test_cancel_OfAnUnseenSession_RefusesALateMint() public {
        _cancel(_coin);
        vm.expectRevert(_conflict(_coin, IAssetEscrow.mint.selector, IAssetEscrow.State.CANCELLED));
        vm.prank(betaKey);
        beta.mint(_coin);
    }

    function test_cancel_IsDoneByAnyoneWithACertificateOfAbort() public {
        _mint(_coin);
        vm.prank(stranger);
        beta.cancel(_coin, _signed(_coin, IAssetEscrow.Fact.REGISTER_ABORT, ALPHA_OWNER));
        _assertState(beta, _coin, IAssetEscrow.State.CANCELLED, "state");
    }

    function test_cancel_IsDoneByAnyoneFromCancelAfterOn() public {
        _mint(_coin);
        vm.warp(CANCEL_AFTER - 1);
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.cancel.selector, stranger));
        vm.prank(stranger);
        beta.cancel(_coin, _none());

        vm.warp(CANCEL_AFTER);
        vm.prank(stranger);
        beta.cancel(_coin, _none());
        _assertState(beta, _coin, IAssetEscrow.State.CANCELLED, "state");
    }

    function test_cancel_RevertsWhen_TheAssetIsAssigned() public {
        _mint(_coin);
        _assign(_coin);
        vm.warp(CANCEL_AFTER);
        vm.expectRevert(_conflict(_coin, IAssetEscrow.cancel.selector, IAssetEscrow.State.ASSIGNED));
        vm.prank(betaKey);
        beta.cancel(_coin, _none());
    }

    function test_cancel_RevertsWhen_ThereIsNoRegisterForACertificateToSpeakOf() public {
        IAssetEscrow.Terms memory modeB = _withoutRegister(_coin);
        IAssetEscrow.Certificate memory abort = _signed(modeB, IAssetEscrow.Fact.REGISTER_ABORT, ALPHA_KEY);
        vm.expectRevert(_badCertificate(modeB, IAssetEscrow.Fact.NONE, IAssetEscrow.Fact.REGISTER_ABORT, address(0)));
        vm.prank(stranger);
        beta.cancel(modeB, abort);
    }

    function _otherCoin() private view returns (IAssetEscrow.Terms memory terms) {
        terms = _coinTerms(100);
        terms.sessionId = bytes16(uint128(2));
    }

    function _expectUnmapped(address expected) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowUnmappedToken.selector,
                block.chainid,
                _coin.origin.token,
                expected,
                _coin.destination.token
            )
        );
    }
}
