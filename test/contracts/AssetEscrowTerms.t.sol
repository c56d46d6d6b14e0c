// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {bound, vm} from "../support/Vm.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";

/// @dev Which terms are refused, by the name of the member, at the lock and at the mint alike; and what their hash binds.
contract AssetEscrowTermsTest is AssetEscrowFixture {
    uint256 private constant MAX_ACCOUNTS = 16;
    uint256 private constant MAX_URI_BYTES = 2048;

    function setUp() public {
        _deployWorld();
        _issueCoin(1000);
        _issueArt(7);
    }

    function test_lock_RevertsWhen_AMemberOfTheTermsIsMissing() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.sessionId = 0;
        _expectRefusal(terms, "sessionId");

        terms = _coinTerms(0);
        _expectRefusal(terms, "value");

        terms = _coinTerms(100);
        terms.standard = IAssetEscrow.Standard.NONE;
        _expectRefusal(terms, "standard");

        terms = _coinTerms(100);
        terms.originator = address(0);
        _expectRefusal(terms, "originator");

        terms = _coinTerms(100);
        terms.beneficiary = address(0);
        _expectRefusal(terms, "beneficiary");

        terms = _coinTerms(100);
        terms.lockExpiry = 0;
        _expectRefusal(terms, "lockExpiry");

        terms = _coinTerms(100);
        terms.cancelAfter = 0;
        _expectRefusal(terms, "cancelAfter");
    }

    function test_lock_RevertsWhen_AMemberOfASideIsMissing() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.origin.token = address(0);
        _expectRefusal(terms, "origin.token");

        terms = _coinTerms(100);
        terms.origin.owner = address(0);
        _expectRefusal(terms, "origin.owner");

        terms = _coinTerms(100);
        terms.destination.chainId = 0;
        _expectRefusalOfLock(terms, "destination.chainId");

        terms = _coinTerms(100);
        terms.destination.escrow = address(0);
        _expectRefusalOfLock(terms, "destination.escrow");

        terms = _coinTerms(100);
        terms.destination.token = address(0);
        _expectRefusal(terms, "destination.token");

        terms = _coinTerms(100);
        terms.destination.owner = address(0);
        _expectRefusal(terms, "destination.owner");

        terms = _coinTerms(100);
        terms.destination.keys = new address[](0);
        _expectRefusalOfLock(terms, "destination.keys");
    }

    function test_mint_RevertsWhen_AMemberOfTheOriginIsMissing() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.origin.chainId = 0;
        _expectRefusalOfMint(terms, "origin.chainId");

        terms = _coinTerms(100);
        terms.origin.escrow = address(0);
        _expectRefusalOfMint(terms, "origin.escrow");

        terms = _coinTerms(100);
        terms.origin.keys = new address[](0);
        _expectRefusalOfMint(terms, "origin.keys");
    }

    /// @dev The escrow owns what other sessions have locked: as an originator it would lock it for two of them.
    function test_lock_RevertsWhen_TheOriginatorIsTheEscrowItself() public {
        _lock(_artTerms(7));
        IAssetEscrow.Terms memory terms = _artTerms(7);
        terms.sessionId = bytes16(uint128(2));
        terms.originator = address(alpha);
        _expectRefusal(terms, "originator");
        vm.assertEq(art.ownerOf(7), address(alpha), "still held for the first session");
    }

    function test_lock_RevertsWhen_TheBeneficiaryIsTheEscrowItself() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.beneficiary = address(beta);
        _expectRefusal(terms, "beneficiary");
    }

    function test_lock_RevertsWhen_BothSidesAreOneEscrow() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.destination.escrow = address(alpha);
        _expectRefusalOfLock(terms, "destination.escrow");

        terms.destination.chainId = uint64(block.chainid) + 1;
        _lock(terms);
        _assertState(alpha, terms, IAssetEscrow.State.LOCKED, "the same address on another chain is another escrow");
    }

    function test_lock_RevertsWhen_AnAmountCarriesAUri() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.tokenUri = URI;
        _expectRefusal(terms, "tokenUri");
    }

    function test_lock_RevertsWhen_TheUriIsTooLong() public {
        IAssetEscrow.Terms memory terms = _artTerms(7);
        terms.tokenUri = string(new bytes(MAX_URI_BYTES + 1));
        _expectRefusal(terms, "tokenUri");
        terms.tokenUri = string(new bytes(MAX_URI_BYTES));
        _lock(terms);
    }

    function test_lock_TakesAnIdOfZero() public {
        _issueArt(0);
        _lock(_artTerms(0));
        vm.assertEq(art.ownerOf(0), address(alpha), "held by the escrow");
    }

    function test_lock_RevertsWhen_AListIsTooLongOrNamesNobody() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.origin.keys = _accounts(MAX_ACCOUNTS + 1);
        terms.origin.keys[0] = alphaKey;
        _expectRefusalOfLock(terms, "origin.keys");
        terms.origin.keys = _accounts(2);
        (terms.origin.keys[0], terms.origin.keys[1]) = (alphaKey, address(0));
        _expectRefusalOfLock(terms, "origin.keys");

        terms = _coinTerms(100);
        terms.destination.keys = _accounts(MAX_ACCOUNTS + 1);
        terms.destination.keys[0] = betaKey;
        _expectRefusal(terms, "destination.keys");

        terms = _coinTerms(100);
        terms.attestors = _accounts(MAX_ACCOUNTS + 1);
        terms.attestorThreshold = 1;
        _expectRefusal(terms, "attestors");
        terms.attestors = _accounts(MAX_ACCOUNTS);
        terms.attestors[3] = address(0);
        _expectRefusal(terms, "attestors");
    }

    function test_lock_RevertsWhen_TheThresholdDoesNotFitTheAttestors() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.attestorThreshold = 1;
        _expectRefusal(terms, "attestorThreshold");
        terms.attestors = _accounts(2);
        terms.attestorThreshold = 3;
        _expectRefusal(terms, "attestorThreshold");
        terms.attestorThreshold = 0;
        _expectRefusal(terms, "attestorThreshold");
        terms.attestorThreshold = 2;
        _lock(terms);
    }

    function test_lock_RevertsWhen_TheRegisterIsHalfNamed() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.logRegistry = address(0);
        _expectRefusal(terms, "logRegistry");
        terms = _coinTerms(100);
        terms.logChainId = 0;
        _expectRefusal(terms, "logRegistry");
    }

    function test_lock_TakesTheLongestLists() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.origin.keys = _accounts(MAX_ACCOUNTS);
        terms.origin.keys[MAX_ACCOUNTS - 1] = alphaKey;
        terms.destination.keys = _accounts(MAX_ACCOUNTS);
        terms.attestors = _accounts(MAX_ACCOUNTS);
        terms.attestorThreshold = uint8(MAX_ACCOUNTS);
        vm.prank(alphaKey);
        alpha.lock(terms);
        _assertState(alpha, terms, IAssetEscrow.State.LOCKED, "state");
    }

    function testFuzz_hashOf_IsTheHashOfTheEncodedTerms(
        uint256 value,
        string calldata uri,
        address originator,
        uint8 keyCount,
        uint64 expiry
    ) public view {
        IAssetEscrow.Terms memory terms = _artTerms(value);
        terms.tokenUri = uri;
        terms.originator = originator;
        terms.origin.keys = _accounts(bound(keyCount, 0, MAX_ACCOUNTS));
        terms.lockExpiry = expiry;
        vm.assertEq(alpha.hashOf(terms), _hash(terms), "hash");
    }

    /// @dev R1b: whoever changes a member names another session, and cannot touch this one.
    function test_hashOf_BindsEveryMember() public view {
        bytes32 original = _hash(_artTerms(7));
        for (uint256 member = 0; member < 24; ++member) {
            vm.assertTrue(alpha.hashOf(_changed(member)) != original, "the hash does not bind a member");
        }
    }

    function _changed(uint256 member) private view returns (IAssetEscrow.Terms memory terms) {
        terms = _artTerms(7);
        address other = address(0xDEAD);
        if (member == 0) terms.sessionId = bytes16(uint128(2));
        if (member == 1) terms.standard = IAssetEscrow.Standard.ERC20;
        if (member == 2) terms.value = 8;
        if (member == 3) terms.tokenUri = "";
        if (member == 4) terms.originator = other;
        if (member == 5) terms.beneficiary = other;
        if (member == 6) terms.origin.chainId = 1;
        if (member == 7) terms.origin.escrow = other;
        if (member == 8) terms.origin.token = other;
        if (member == 9) terms.origin.owner = other;
        if (member == 10) terms.origin.keys[2] = other;
        if (member == 11) terms.origin.keys = new address[](0);
        if (member == 12) terms.destination.chainId = 1;
        if (member == 13) terms.destination.escrow = other;
        if (member == 14) terms.destination.token = other;
        if (member == 15) terms.destination.owner = other;
        if (member == 16) terms.destination.keys[0] = other;
        if (member == 17) terms.destination.keys = new address[](0);
        if (member == 18) terms.lockExpiry += 1;
        if (member == 19) terms.cancelAfter += 1;
        if (member == 20) terms.logChainId = 1;
        if (member == 21) terms.logRegistry = other;
        if (member == 22) terms.attestors = _accounts(1);
        if (member == 23) terms.attestorThreshold = 1;
    }

    function _expectRefusal(IAssetEscrow.Terms memory terms, bytes32 member) private {
        _expectRefusalOfLock(terms, member);
        _expectRefusalOfMint(terms, member);
    }

    function _expectRefusalOfLock(IAssetEscrow.Terms memory terms, bytes32 member) private {
        vm.expectRevert(_invalidTerms(member));
        vm.prank(alphaKey);
        alpha.lock(terms);
    }

    function _expectRefusalOfMint(IAssetEscrow.Terms memory terms, bytes32 member) private {
        vm.expectRevert(_invalidTerms(member));
        vm.prank(betaKey);
        beta.mint(terms);
    }

    function _accounts(uint256 count) private pure returns (address[] memory accounts) {
        accounts = new address[](count);
        for (uint256 i = 0; i < count; ++i) accounts[i] = address(uint160(0x1000 + i));
    }
}
