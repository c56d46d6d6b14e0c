// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {vm} from "../support/Vm.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";
import {FalseERC20} from "./mocks/HostileTokens.sol";
import {GreedyReceiver, ReentrantReceiver, ReluctantReceiver} from "./mocks/Receivers.sol";

/// @dev What an escrow offers to itself alone, and no interface therefore names.
interface IDelivery {
    function deliver(address token, IAssetEscrow.Standard standard, uint256 value, address to) external;
}

/// @dev R6: whoever does not take an asset blocks nobody, loses nothing, and claims it later.
contract AssetEscrowDeliveryTest is AssetEscrowFixture {
    uint256 private constant DELIVERY_GAS_REQUIRED = 300_000 + uint256(300_000) / 63 + 50_000;

    ReluctantReceiver private _reluctant;
    IAssetEscrow.Terms private _art;

    function setUp() public {
        _deployWorld();
        _issueArt(7);
        _reluctant = new ReluctantReceiver();
        _art = _artTerms(7);
        _art.beneficiary = address(_reluctant);
    }

    function test_assign_BooksWhatTheBeneficiaryRefuses() public {
        _mint(_art);
        vm.expectEmit(address(beta));
        emit IAssetEscrow.Assigned(_hash(_art), _art.sessionId, address(artMirror), 7, address(_reluctant), false);
        _assign(_art);

        _assertState(beta, _art, IAssetEscrow.State.ASSIGNED, "the session ends all the same");
        vm.assertTrue(beta.isBooked(_hash(_art)), "booked");
        vm.assertEq(artMirror.ownerOf(7), address(beta), "still in the escrow");
        vm.expectRevert(_conflict(_art, IAssetEscrow.cancel.selector, IAssetEscrow.State.ASSIGNED));
        vm.prank(betaKey);
        beta.cancel(_art, _none());
    }

    function test_assign_Twice_TriesNoSecondDelivery() public {
        _mint(_art);
        _assign(_art);
        _reluctant.accept();
        _assign(_art);
        vm.assertTrue(beta.isBooked(_hash(_art)), "still booked");
    }

    function test_claim_HandsOutWhereTheBeneficiaryWants() public {
        _mint(_art);
        _assign(_art);
        vm.expectEmit(address(beta));
        emit IAssetEscrow.Claimed(_hash(_art), _art.sessionId, address(artMirror), 7, bob);
        vm.prank(address(_reluctant));
        beta.claim(_art, bob);

        vm.assertEq(artMirror.ownerOf(7), bob, "handed out");
        vm.assertTrue(!beta.isBooked(_hash(_art)), "no longer booked");
        _assertState(beta, _art, IAssetEscrow.State.ASSIGNED, "the state is final");
    }

    function test_claim_IsCarriedByAnyoneToTheBeneficiaryItself() public {
        _mint(_art);
        _assign(_art);
        _reluctant.accept();
        vm.prank(stranger);
        beta.claim(_art, address(_reluctant));
        vm.assertEq(artMirror.ownerOf(7), address(_reluctant), "handed out");
    }

    function test_claim_RevertsWhen_AnotherWantsItElsewhere() public {
        _mint(_art);
        _assign(_art);
        address[3] memory callers = [stranger, betaKey, alice];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(_unauthorized(_art, IAssetEscrow.claim.selector, callers[i]));
            vm.prank(callers[i]);
            beta.claim(_art, callers[i]);
        }
    }

    function test_claim_RevertsWhen_TheRecipientRefusesAgain() public {
        _mint(_art);
        _assign(_art);
        vm.expectRevert(abi.encodeWithSelector(ReluctantReceiver.NotToday.selector, 7));
        vm.prank(stranger);
        beta.claim(_art, address(_reluctant));
        vm.assertTrue(beta.isBooked(_hash(_art)), "still booked");
    }

    function test_claim_RevertsWhen_TheAssetWouldBeLost() public {
        _mint(_art);
        _assign(_art);
        address[2] memory graves = [address(0), address(beta)];
        for (uint256 i = 0; i < graves.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IAssetEscrow.AssetEscrowInvalidRecipient.selector, _hash(_art), graves[i])
            );
            vm.prank(address(_reluctant));
            beta.claim(_art, graves[i]);
        }
    }

    function test_claim_RevertsWhen_ThereIsNothingToClaim() public {
        _expectNothingToClaim();
        _mint(_art);
        _expectNothingToClaim();
        _reluctant.accept();
        _assign(_art);
        _expectNothingToClaim();
    }

    function test_claim_RevertsWhen_ItIsClaimedAlready() public {
        _mint(_art);
        _assign(_art);
        vm.prank(address(_reluctant));
        beta.claim(_art, bob);
        _expectNothingToClaim();
    }

    function test_claim_RevertsWhen_TheTermsNameOtherLedgers() public {
        _art.origin.escrow = address(0xDEAD);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowWrongLedger.selector,
                block.chainid,
                address(beta),
                block.chainid,
                address(alpha)
            )
        );
        alpha.claim(_art, bob);
    }

    // The originator, who gets an asset back

    function test_unlock_BooksWhatTheOriginatorRefuses() public {
        IAssetEscrow.Terms memory terms = _fromTheReluctant();
        _lock(terms);
        vm.expectEmit(address(alpha));
        emit IAssetEscrow.Unlocked(_hash(terms), terms.sessionId, address(art), 7, address(_reluctant), false);
        _unlock(terms);
        _assertState(alpha, terms, IAssetEscrow.State.UNLOCKED, "the session ends all the same");

        vm.expectRevert(_unauthorized(terms, IAssetEscrow.claim.selector, bob));
        vm.prank(bob);
        alpha.claim(terms, bob);
        vm.prank(address(_reluctant));
        alpha.claim(terms, alice);
        vm.assertEq(art.ownerOf(7), alice, "handed out");
    }

    function test_recreate_BooksWhatTheOriginatorRefuses() public {
        IAssetEscrow.Terms memory terms = _fromTheReluctant();
        _lock(terms);
        _burn(terms);
        IAssetEscrow.Certificate memory proof = _signed(terms, IAssetEscrow.Fact.DESTINATION_CANCELLED, BETA_KEY);
        vm.expectEmit(address(alpha));
        emit IAssetEscrow.Recreated(_hash(terms), terms.sessionId, address(art), 7, address(_reluctant), false);
        alpha.recreate(terms, proof);
        _reluctant.accept();
        alpha.claim(terms, address(_reluctant));
        vm.assertEq(art.ownerOf(7), address(_reluctant), "handed out");
    }

    function test_unlock_BooksAnAmountThatTheTokenWillNotMove() public {
        FalseERC20 token = new FalseERC20();
        token.issue(alice, 100);
        alpha.mapToken(
            block.chainid,
            address(token),
            address(token),
            IAssetEscrow.Standard.ERC20,
            IAssetEscrow.Mode.VAULT
        );
        vm.prank(alice);
        token.approve(address(alpha), 100);
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.origin.token = address(token);
        _lock(terms);

        token.refuse(true);
        _unlock(terms);
        vm.assertTrue(alpha.isBooked(_hash(terms)), "booked");
        token.refuse(false);
        alpha.claim(terms, alice);
        vm.assertEq(token.balanceOf(alice), 100, "all back");
    }

    // Gas

    function test_assign_EndsAlthoughTheBeneficiaryBurnsAllItsGas() public {
        _art.beneficiary = address(new GreedyReceiver());
        _mint(_art);
        vm.prank(betaKey);
        beta.assign{gas: 600_000}(_art, _none());
        _assertState(beta, _art, IAssetEscrow.State.ASSIGNED, "state");
        vm.assertTrue(beta.isBooked(_hash(_art)), "booked");
    }

    /// @dev Whatever gas a carrier sends: the call reverts, or the delivery had its fair try and worked.
    function testFuzz_assign_DeliversOrReverts(uint256 gas) public {
        _art.beneficiary = bob;
        _mint(_art);
        gas = 30_000 + (gas % 600_000);
        vm.prank(betaKey);
        try beta.assign{gas: gas}(_art, _none()) {
            vm.assertEq(artMirror.ownerOf(7), bob, "delivered");
        } catch {
            _assertState(beta, _art, IAssetEscrow.State.MINTED, "nothing happened");
        }
    }

    function test_assign_RevertsWhen_TheGasIsTooLowForAFairTry() public {
        _mint(_art);
        vm.prank(betaKey);
        try beta.assign{gas: 300_000}(_art, _none()) {
            vm.assertTrue(false, "should revert");
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            vm.assertTrue(selector == IAssetEscrow.AssetEscrowGasTooLow.selector, "selector");
            (uint256 expected, uint256 actual) = _twoWords(reason);
            vm.assertEq(expected, DELIVERY_GAS_REQUIRED, "expected");
            vm.assertTrue(actual < expected, "actual");
        }
    }

    // Foreign code in the middle

    function test_assign_LetsNoRecipientReenter() public {
        ReentrantReceiver receiver = new ReentrantReceiver();
        _art.beneficiary = address(receiver);
        _mint(_art);
        receiver.arm(address(beta), abi.encodeCall(beta.claim, (_art, bob)));
        _assign(_art);
        vm.assertTrue(receiver.called() && !receiver.succeeded(), "the second call was refused");
        bytes4 guard = bytes4(keccak256("ReentrancyGuardReentrantCall()"));
        vm.assertTrue(bytes4(receiver.answer()) == guard, "by the guard");
        vm.assertEq(artMirror.ownerOf(7), address(receiver), "delivered once");
    }

    function test_deliver_RevertsWhen_AnotherThanTheEscrowCallsIt() public {
        _lock(_artTerms(7));
        vm.expectRevert(
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowUnauthorized.selector,
                bytes32(0),
                IDelivery.deliver.selector,
                stranger
            )
        );
        vm.prank(stranger);
        IDelivery(address(alpha)).deliver(address(art), IAssetEscrow.Standard.ERC721, 7, stranger);
    }

    function test_onERC721Received_RevertsWhen_AnIdIsSentByMistake() public {
        vm.expectRevert(
            abi.encodeWithSelector(IAssetEscrow.AssetEscrowUnexpectedToken.selector, address(art), alice, 7)
        );
        vm.prank(alice);
        art.safeTransferFrom(alice, address(alpha), 7);
        vm.assertEq(art.ownerOf(7), alice, "kept");
    }

    function _fromTheReluctant() private returns (IAssetEscrow.Terms memory terms) {
        vm.prank(alice);
        art.transferFrom(alice, address(_reluctant), 7);
        vm.prank(address(_reluctant));
        art.approve(address(alpha), 7);
        terms = _artTerms(7);
        terms.originator = address(_reluctant);
    }

    function _expectNothingToClaim() private {
        vm.expectRevert(abi.encodeWithSelector(IAssetEscrow.AssetEscrowNothingToClaim.selector, _hash(_art)));
        vm.prank(address(_reluctant));
        beta.claim(_art, bob);
    }

    function _twoWords(bytes memory reason) private pure returns (uint256 first, uint256 second) {
        bytes memory arguments = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) arguments[i] = reason[4 + i];
        return abi.decode(arguments, (uint256, uint256));
    }
}
