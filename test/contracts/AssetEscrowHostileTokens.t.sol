// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {vm} from "../support/Vm.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";
import {FalseERC20, FeeERC20, GreedyERC20, IdleERC20, ReentrantERC20} from "./mocks/HostileTokens.sol";

/// @dev Tokens that do another thing than they are asked: no session pays for another, and no state is entered on a lie.
contract AssetEscrowHostileTokensTest is AssetEscrowFixture {
    function setUp() public {
        _deployWorld();
    }

    function test_lock_RevertsWhen_TheTokenKeepsAFee() public {
        FeeERC20 token = new FeeERC20();
        token.issue(alice, 1000);
        IAssetEscrow.Terms memory terms = _hostile(address(token), IAssetEscrow.Mode.VAULT);
        vm.expectRevert(_wrongAmount(address(token), 100, 90));
        vm.prank(alphaKey);
        alpha.lock(terms);
        vm.assertEq(token.balanceOf(alice), 1000, "nothing taken");
    }

    function test_lock_RevertsWhen_TheTokenSaysFalse() public {
        FalseERC20 token = new FalseERC20();
        token.issue(alice, 1000);
        token.refuse(true);
        IAssetEscrow.Terms memory terms = _hostile(address(token), IAssetEscrow.Mode.VAULT);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)));
        vm.prank(alphaKey);
        alpha.lock(terms);
        _assertState(alpha, terms, IAssetEscrow.State.NONE, "state");
    }

    function test_unlock_BooksInsteadOfPayingOutOfAnotherSession() public {
        GreedyERC20 token = new GreedyERC20();
        token.issue(alice, 1000);
        IAssetEscrow.Terms memory first = _hostile(address(token), IAssetEscrow.Mode.VAULT);
        IAssetEscrow.Terms memory second = _hostile(address(token), IAssetEscrow.Mode.VAULT);
        second.sessionId = bytes16(uint128(2));
        _lock(first);
        _lock(second);
        _unlock(first);
        vm.assertTrue(alpha.isBooked(_hash(first)), "booked");
        vm.assertEq(token.balanceOf(address(alpha)), 200, "the second session's share is untouched");
    }

    function test_claim_RevertsWhen_TheTokenTakesMoreThanAsked() public {
        GreedyERC20 token = new GreedyERC20();
        token.issue(alice, 1000);
        IAssetEscrow.Terms memory terms = _hostile(address(token), IAssetEscrow.Mode.VAULT);
        _lock(terms);
        token.issue(address(alpha), 100);
        _unlock(terms);
        vm.expectRevert(_wrongAmount(address(token), 100, 200));
        alpha.claim(terms, alice);
        vm.assertTrue(alpha.isBooked(_hash(terms)), "still booked");
    }

    function test_burn_RevertsWhen_TheTokenBurnsNothing() public {
        IdleERC20 token = new IdleERC20();
        token.issue(alice, 1000);
        IAssetEscrow.Terms memory terms = _hostile(address(token), IAssetEscrow.Mode.MINT);
        _lock(terms);
        vm.expectRevert(_wrongAmount(address(token), 100, 0));
        vm.prank(alphaKey);
        alpha.burn(terms);
        _assertState(alpha, terms, IAssetEscrow.State.LOCKED, "still locked");
    }

    function test_mint_RevertsWhen_TheTokenMintsNothing() public {
        IdleERC20 token = new IdleERC20();
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.origin.token = address(0x70);
        terms.destination.token = address(token);
        beta.mapToken(
            block.chainid,
            address(0x70),
            address(token),
            IAssetEscrow.Standard.ERC20,
            IAssetEscrow.Mode.MINT
        );
        vm.expectRevert(_wrongAmount(address(token), 100, 0));
        vm.prank(betaKey);
        beta.mint(terms);
    }

    /// @dev In every transfer of the token, each action of the same session is tried from within.
    function test_actions_LetNoTokenReenter() public {
        ReentrantERC20 token = new ReentrantERC20();
        token.issue(alice, 1000);
        IAssetEscrow.Terms memory terms = _hostile(address(token), IAssetEscrow.Mode.VAULT);
        bytes[6] memory calls = [
            abi.encodeCall(alpha.lock, (terms)),
            abi.encodeCall(alpha.burn, (terms)),
            abi.encodeCall(alpha.unlock, (terms, _none())),
            abi.encodeCall(alpha.recreate, (terms, _none())),
            abi.encodeCall(alpha.claim, (terms, alice)),
            abi.encodeCall(alpha.lockWithPermit, (terms, 0, 0, 0, 0))
        ];
        bytes4 guard = bytes4(keccak256("ReentrancyGuardReentrantCall()"));
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            token.arm(address(alpha), calls[i]);
            _lock(terms);
            vm.assertTrue(token.called() && !token.succeeded(), "refused within lock");
            vm.assertTrue(bytes4(token.answer()) == guard, "by the guard");

            token.arm(address(alpha), calls[i]);
            _unlock(terms);
            vm.assertTrue(token.called() && !token.succeeded(), "refused within unlock");
            vm.assertTrue(bytes4(token.answer()) == guard, "by the guard");
            vm.assertEq(token.balanceOf(alice), 1000, "moved once each");
            vm.revertToState(snapshot);
        }
    }

    function _hostile(address token, IAssetEscrow.Mode mode) private returns (IAssetEscrow.Terms memory terms) {
        alpha.mapToken(block.chainid, token, token, IAssetEscrow.Standard.ERC20, mode);
        terms = _coinTerms(100);
        terms.origin.token = token;
        vm.prank(alice);
        (bool approved, ) = token.call(abi.encodeWithSignature("approve(address,uint256)", address(alpha), 1000));
        vm.assertTrue(approved, "approved");
    }

    function _wrongAmount(address token, uint256 expected, uint256 actual) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IAssetEscrow.AssetEscrowWrongAmount.selector, token, expected, actual);
    }
}
