// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {vm} from "../support/Vm.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";

/// @dev The origin's first step: who may take an asset, under which terms, with which authority of its owner.
contract AssetEscrowLockTest is AssetEscrowFixture {
    IAssetEscrow.Terms private _coin;
    IAssetEscrow.Terms private _art;

    function setUp() public {
        _deployWorld();
        _issueCoin(1000);
        _issueArt(7);
        _coin = _coinTerms(100);
        _art = _artTerms(7);
    }

    // lock

    function test_lock_TakesTheAmountFromTheOriginator() public {
        IAssetEscrow.Terms memory other = _coinTerms(100);
        other.sessionId = bytes16(uint128(2));

        vm.expectEmit(address(alpha));
        emit IAssetEscrow.Locked(_hash(_coin), _coin.sessionId, address(coin), 100, alice);
        _lock(_coin);

        (IAssetEscrow.State state, uint32 sinceBlock) = alpha.stateOf(_hash(_coin));
        vm.assertEq(uint256(state), uint256(IAssetEscrow.State.LOCKED), "state");
        vm.assertEq(sinceBlock, block.number, "since this block");
        vm.assertEq(coin.balanceOf(alice), 900, "taken from the originator");
        vm.assertEq(coin.balanceOf(address(alpha)), 100, "held by the escrow");
        _assertState(alpha, other, IAssetEscrow.State.NONE, "no other session is touched");
        _assertState(beta, _coin, IAssetEscrow.State.NONE, "no other ledger is touched");
    }

    function test_lock_TakesTheIdFromTheOriginator() public {
        _lock(_art);
        vm.assertEq(art.ownerOf(7), address(alpha), "held by the escrow");
        _assertState(alpha, _art, IAssetEscrow.State.LOCKED, "state");
    }

    function test_lock_IsDoneByABackupKey() public {
        vm.prank(_coin.origin.keys[1]);
        alpha.lock(_coin);
        _assertState(alpha, _coin, IAssetEscrow.State.LOCKED, "state");
    }

    function test_lock_Twice_ChangesNothing() public {
        _lock(_coin);
        vm.roll(block.number + 5);
        alpha.barGateway(alphaKey);
        _lock(_coin);
        vm.prank(stranger);
        alpha.lock(_coin);

        (, uint32 sinceBlock) = alpha.stateOf(_hash(_coin));
        vm.assertEq(sinceBlock, block.number - 5, "still the first block");
        vm.assertEq(coin.balanceOf(alice), 900, "taken once");
    }

    function test_lock_RevertsWhen_AStrangerNamesItselfGatewayToSpendAnApproval() public {
        _coin.origin.keys = new address[](1);
        _coin.origin.keys[0] = stranger;
        _coin.beneficiary = stranger;

        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowGatewayNotAdmitted.selector, stranger));
        vm.prank(stranger);
        alpha.lock(_coin);
        vm.assertEq(coin.balanceOf(alice), 1000, "nothing taken");
    }

    function test_lock_RevertsWhen_AnAdmittedKeyIsNotInTheTerms() public {
        alpha.admitGateway(stranger);
        vm.expectRevert(_unauthorized(_coin, IAssetEscrow.lock.selector, stranger));
        vm.prank(stranger);
        alpha.lock(_coin);
    }

    function test_lock_RevertsWhen_TheKeyWasBarred() public {
        alpha.barGateway(alphaKey);
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowGatewayNotAdmitted.selector, alphaKey));
        vm.prank(alphaKey);
        alpha.lock(_coin);
    }

    function test_lock_RevertsWhen_TheTermsNameAnotherLedger() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowWrongLedger.selector,
                block.chainid,
                address(alpha),
                block.chainid,
                address(beta)
            )
        );
        vm.prank(alphaKey);
        beta.lock(_coin);

        // From the terms: the optimizer takes the chain id for a constant within one call.
        uint256 here = _coin.origin.chainId;
        vm.chainId(here + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowWrongLedger.selector,
                here,
                address(alpha),
                here + 1,
                address(alpha)
            )
        );
        vm.prank(alphaKey);
        alpha.lock(_coin);
        vm.chainId(here);
    }

    function test_lock_RevertsWhen_TheLockHasExpired() public {
        vm.warp(LOCK_EXPIRY);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowLockExpired.selector,
                _hash(_coin),
                LOCK_EXPIRY,
                block.timestamp
            )
        );
        vm.prank(alphaKey);
        alpha.lock(_coin);

        vm.warp(LOCK_EXPIRY - 1);
        _lock(_coin);
    }

    function test_lock_RevertsWhen_TheTokenIsUnknownHere() public {
        _coin.origin.token = address(coinMirror);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowUnmappedToken.selector,
                block.chainid,
                address(coinMirror),
                address(0),
                address(coinMirror)
            )
        );
        vm.prank(alphaKey);
        alpha.lock(_coin);
    }

    function test_lock_RevertsWhen_TheTokenHasAnotherStandard() public {
        _art.origin.token = address(coin);
        vm.expectRevert(_invalidTerms("standard"));
        vm.prank(alphaKey);
        alpha.lock(_art);
    }

    function test_lock_RevertsWhen_TheOwnerHasNotApproved() public {
        vm.prank(alice);
        coin.approve(address(alpha), 99);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(alpha), 99, 100)
        );
        vm.prank(alphaKey);
        alpha.lock(_coin);
        _assertState(alpha, _coin, IAssetEscrow.State.NONE, "state");
    }

    // lockWithPermit

    function test_lockWithPermit_NeedsNoApproval() public {
        vm.prank(alice);
        coin.approve(address(alpha), 0);
        _lockWithPermit(ALICE, 100);
        _assertState(alpha, _coin, IAssetEscrow.State.LOCKED, "state");
        vm.assertEq(coin.allowance(alice, address(alpha)), 0, "the permit is used up");
    }

    function test_lockWithPermit_PassesOverAPermitThatSomebodyUsedBefore() public {
        vm.prank(alice);
        coin.approve(address(alpha), 0);
        (uint8 v, bytes32 r, bytes32 s) = _permit(ALICE, 100);
        vm.prank(stranger);
        coin.permit(alice, address(alpha), 100, START, v, r, s);

        vm.prank(alphaKey);
        alpha.lockWithPermit(_coin, START, v, r, s);
        _assertState(alpha, _coin, IAssetEscrow.State.LOCKED, "state");
    }

    function test_lockWithPermit_Twice_ChangesNothing() public {
        _lockWithPermit(ALICE, 100);
        _lockWithPermit(ALICE, 100);
        vm.assertEq(coin.balanceOf(alice), 900, "taken once");
    }

    function test_lockWithPermit_RevertsWhen_AnotherSignedAndNothingIsApproved() public {
        vm.prank(alice);
        coin.approve(address(alpha), 0);
        (uint8 v, bytes32 r, bytes32 s) = _permit(STRANGER, 100);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(alpha), 0, 100)
        );
        vm.prank(alphaKey);
        alpha.lockWithPermit(_coin, START, v, r, s);
    }

    function test_lockWithPermit_RevertsWhen_TheAssetIsAnId() public {
        vm.expectRevert(_invalidTerms("standard"));
        vm.prank(alphaKey);
        alpha.lockWithPermit(_art, START, 27, 0, 0);
    }

    function test_lockWithPermit_RevertsWhen_TheGatewayIsNotAdmitted() public {
        address unadmitted = _coin.origin.keys[2];
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowGatewayNotAdmitted.selector, unadmitted));
        vm.prank(unadmitted);
        alpha.lockWithPermit(_coin, START, 27, 0, 0);
    }

    function _lockWithPermit(uint256 signer, uint256 value) private {
        (uint8 v, bytes32 r, bytes32 s) = _permit(signer, value);
        vm.prank(alphaKey);
        alpha.lockWithPermit(_coin, START, v, r, s);
    }

    function _permit(uint256 signer, uint256 value) private view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                alice,
                address(alpha),
                value,
                coin.nonces(alice),
                START
            )
        );
        return vm.sign(signer, keccak256(bytes.concat(hex"1901", coin.DOMAIN_SEPARATOR(), structHash)));
    }
}
