// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {EscrowCertificates} from "../../contracts/libraries/EscrowCertificates.sol";
import {bound, vm} from "../support/Vm.sol";
import {AssetEscrowFixture} from "./AssetEscrowFixture.sol";

/// @dev Who may state a fact, what the statement binds, and what is not taken for one.
contract AssetEscrowCertificatesTest is AssetEscrowFixture {
    IAssetEscrow.Fact private constant COMMIT = IAssetEscrow.Fact.REGISTER_COMMIT;
    uint256 private constant FIRST_ATTESTOR = 0xE000;

    IAssetEscrow.Terms private _coin;

    function setUp() public {
        _deployWorld();
        _coin = _coinTerms(100);
        _mint(_coin);
    }

    /// @dev Put together from its parts, so that a slip in the one literal of the contract cannot hide.
    function test_typehash_IsThatOfTheDocumentedType() public pure {
        string[6] memory members = [
            "bytes32 termsHash",
            "uint8 fact",
            "uint64 chainId",
            "address source",
            "uint64 blockNumber",
            "bytes32 blockHash"
        ];
        string memory joined = members[0];
        for (uint256 i = 1; i < members.length; ++i) joined = string.concat(joined, ",", members[i]);
        bytes32 derived = keccak256(bytes(string.concat("Certificate(", joined, ")")));
        vm.assertEq(EscrowCertificates.CERTIFICATE_TYPEHASH, derived, "type hash");
    }

    /// @dev The numbers were computed by ethers' TypedDataEncoder, not by this code.
    function test_domain_IsNameAndVersionAlone() public pure {
        vm.assertEq(
            EscrowCertificates.DOMAIN_SEPARATOR,
            0xfcbbd66feb13202a1b6b63271af3515e8417967c2fc2fd169389459893062a72,
            "domain separator"
        );
        vm.assertEq(
            EscrowCertificates.CERTIFICATE_TYPEHASH,
            0xa50d32289fb96b2ddb968ae405446b0855eafcfaab5ef237b854f0d2caaa9bd2,
            "type hash"
        );
    }

    function test_certificate_IsGoodFromEveryKeyAndOwnerOfEitherGroup() public {
        uint256[8] memory parties = [
            ALPHA_OWNER,
            ALPHA_KEY,
            ALPHA_BACKUP,
            ALPHA_UNADMITTED,
            BETA_OWNER,
            BETA_KEY,
            BETA_BACKUP,
            BETA_UNADMITTED
        ];
        for (uint256 i = 0; i < parties.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            IAssetEscrow.Certificate memory abort = _signed(_coin, IAssetEscrow.Fact.REGISTER_ABORT, parties[i]);
            vm.prank(stranger);
            beta.cancel(_coin, abort);
            _assertState(beta, _coin, IAssetEscrow.State.CANCELLED, "a party's certificate");
            vm.revertToState(snapshot);
        }
    }

    function test_certificate_OfCommit_IsGoodFromEveryKeyAndTheOwnerOfTheDestination() public {
        uint256[4] memory parties = [BETA_OWNER, BETA_KEY, BETA_BACKUP, BETA_UNADMITTED];
        for (uint256 i = 0; i < parties.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            _carry(_coin, _signed(_coin, COMMIT, parties[i]));
            _assertState(beta, _coin, IAssetEscrow.State.ASSIGNED, "a party's certificate");
            vm.revertToState(snapshot);
        }
    }

    /// @dev The origin's gateway could state COMMIT with its asset merely locked, have the mint assigned, and unlock.
    function test_certificate_OfCommit_RevertsWhen_TheOriginsGroupSigned() public {
        uint256[4] memory parties = [ALPHA_OWNER, ALPHA_KEY, ALPHA_BACKUP, ALPHA_UNADMITTED];
        for (uint256 i = 0; i < parties.length; ++i) {
            _expectBad(_coin, _signed(_coin, COMMIT, parties[i]), vm.addr(parties[i]));
        }
    }

    /// @dev One owner of both groups is the destination's owner too.
    function test_certificate_OfCommit_IsGoodFromAnOwnerOfBothGroups() public {
        IAssetEscrow.Terms memory terms = _coinTerms(100);
        terms.sessionId = bytes16(uint128(4));
        terms.destination.owner = terms.origin.owner;
        _mint(terms);
        _carry(terms, _signed(terms, COMMIT, ALPHA_OWNER));
        _assertState(beta, terms, IAssetEscrow.State.ASSIGNED, "state");
    }

    function test_certificate_RevertsWhen_ANonPartySigned() public {
        uint256[3] memory foreign = [STRANGER, ALICE, BOB];
        for (uint256 i = 0; i < foreign.length; ++i) {
            _expectBad(_coin, _signed(_coin, COMMIT, foreign[i]), vm.addr(foreign[i]));
        }
    }

    function test_certificate_RevertsWhen_TheSignatureIsMalformed() public {
        IAssetEscrow.Certificate memory certificate = _unsigned(COMMIT, 1);
        _expectBad(_coin, certificate, address(0));
        certificate.signatures[0] = new bytes(65);
        _expectBad(_coin, certificate, address(0));
        // The other signature of the same key over the same digest, which makes no second certificate.
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BETA_KEY, _digest(_coin, certificate));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        certificate.signatures[0] = bytes.concat(r, bytes32(order - uint256(s)), bytes1(55 - v));
        _expectBad(_coin, certificate, address(0));
    }

    function test_certificate_RevertsWhen_NobodySigned() public {
        _expectWrongCount(_coin, _unsigned(COMMIT, 0), 1, 0);
    }

    /// @dev Zero in unchecked terms must not turn a bad signature into a good one.
    function test_certificate_RevertsWhen_TheTermsNameNobodyAndTheSignatureIsMalformed() public {
        _coin.origin.owner = address(0);
        _coin.destination.keys[0] = address(0);
        IAssetEscrow.Certificate memory certificate = _unsigned(IAssetEscrow.Fact.REGISTER_ABORT, 1);
        vm.expectRevert(
            _badCertificate(_coin, IAssetEscrow.Fact.REGISTER_ABORT, IAssetEscrow.Fact.REGISTER_ABORT, address(0))
        );
        vm.prank(stranger);
        beta.cancel(_coin, certificate);
    }

    function test_certificate_IsGoodForItsOwnSessionOnly() public {
        IAssetEscrow.Terms memory other = _coinTerms(100);
        other.sessionId = bytes16(uint128(2));
        _mint(other);
        IAssetEscrow.Certificate memory certificate = _signed(_coin, COMMIT, BETA_KEY);
        // Over other terms the same bytes are the signature of some other account.
        vm.expectPartialRevert(IAssetEscrow.AssetEscrowInvalidCertificate.selector);
        vm.prank(stranger);
        beta.assign(other, certificate);
        _carry(_coin, certificate);
    }

    /// @dev V9: the origin's signed wish to commit says nothing about what the register holds.
    function test_certificate_RevertsWhen_ItIsTheSignedRequestToDecide() public {
        IAssetEscrow.Certificate memory certificate = _unsigned(COMMIT, 1);
        bytes32 request = keccak256(
            abi.encode(keccak256("Decide(bytes32 sessionHash,uint8 decision,uint32 epoch)"), _hash(_coin), 1, 1)
        );
        certificate.signatures[0] = _sign(BETA_KEY, request);
        vm.expectPartialRevert(IAssetEscrow.AssetEscrowInvalidCertificate.selector);
        vm.prank(stranger);
        beta.assign(_coin, certificate);
    }

    function testFuzz_certificate_BindsFactBlockAndHash(uint8 change, uint64 number, bytes32 blockHash) public {
        IAssetEscrow.Certificate memory certificate = _signed(_coin, COMMIT, BETA_KEY);
        change = uint8(bound(change, 0, 2));
        if (change == 0) certificate.fact = IAssetEscrow.Fact.REGISTER_ABORT;
        if (change == 1) certificate.blockNumber = number == 42 ? 43 : number;
        if (change == 2) certificate.blockHash = blockHash;
        vm.expectPartialRevert(IAssetEscrow.AssetEscrowInvalidCertificate.selector);
        vm.prank(stranger);
        beta.assign(_coin, certificate);
    }

    function test_certificate_IsNotReadIfTheCallerHasTheRight() public {
        IAssetEscrow.Certificate memory certificate = _signed(_coin, COMMIT, STRANGER);
        vm.prank(betaKey);
        beta.assign(_coin, certificate);
        _assertState(beta, _coin, IAssetEscrow.State.ASSIGNED, "state");
    }

    // Attestors

    function test_attestors_AreGoodTogetherInAscendingOrder() public {
        (IAssetEscrow.Terms memory terms, uint256[] memory signers) = _attested(5, 3);
        (signers[1], signers[2]) = (signers[2], signers[4]);
        _carry(terms, _attest(terms, signers, 3));
        _assertState(beta, terms, IAssetEscrow.State.ASSIGNED, "state");
    }

    function test_attestors_OneIsEnoughIfTheTermsSaySo() public {
        (IAssetEscrow.Terms memory terms, uint256[] memory signers) = _attested(2, 1);
        _carry(terms, _attest(terms, signers, 1));
        _assertState(beta, terms, IAssetEscrow.State.ASSIGNED, "state");
    }

    function test_attestors_DoNotStandInTheWayOfAParty() public {
        (IAssetEscrow.Terms memory terms, ) = _attested(3, 2);
        _carry(terms, _signed(terms, COMMIT, BETA_KEY));
        _assertState(beta, terms, IAssetEscrow.State.ASSIGNED, "state");
    }

    function test_attestors_RevertWhen_OneSignedTwice() public {
        (IAssetEscrow.Terms memory terms, uint256[] memory signers) = _attested(3, 2);
        signers[1] = signers[0];
        _expectBad(terms, _attest(terms, signers, 2), vm.addr(signers[0]));
    }

    function test_attestors_RevertWhen_TheOrderIsNotAscending() public {
        (IAssetEscrow.Terms memory terms, uint256[] memory signers) = _attested(3, 2);
        (signers[0], signers[1]) = (signers[1], signers[0]);
        _expectBad(terms, _attest(terms, signers, 2), vm.addr(signers[1]));
    }

    function test_attestors_RevertWhen_TheyAreTooFewOrTooMany() public {
        (IAssetEscrow.Terms memory terms, uint256[] memory signers) = _attested(4, 3);
        _expectWrongCount(terms, _attest(terms, signers, 2), 3, 2);
        _expectWrongCount(terms, _attest(terms, signers, 4), 3, 4);
        _expectWrongCount(terms, _unsigned(COMMIT, 0), 3, 0);
        _expectBad(terms, _attest(terms, signers, 1), vm.addr(signers[0]));
    }

    function test_attestors_RevertWhen_AStrangerIsAmongThem() public {
        (IAssetEscrow.Terms memory terms, uint256[] memory signers) = _attested(3, 3);
        uint256 foreign = FIRST_ATTESTOR + 100;
        while (vm.addr(foreign) < vm.addr(signers[1])) ++foreign;
        signers[2] = foreign;
        _expectBad(terms, _attest(terms, signers, 3), vm.addr(foreign));
    }

    /// @dev A party counts by itself, and never as one of the attestors.
    function test_attestors_RevertWhen_APartyIsCountedAmongThem() public {
        (IAssetEscrow.Terms memory terms, uint256[] memory signers) = _attested(2, 2);
        signers[1] = BETA_KEY;
        bool ascending = vm.addr(signers[0]) < betaKey;
        if (!ascending) (signers[0], signers[1]) = (signers[1], signers[0]);
        _expectBad(terms, _attest(terms, signers, 2), betaKey);
    }

    /// @dev Minted terms with attestors, and their keys in ascending order of account.
    function _attested(
        uint256 count,
        uint8 threshold
    ) private returns (IAssetEscrow.Terms memory terms, uint256[] memory signers) {
        terms = _coinTerms(100);
        terms.sessionId = bytes16(uint128(3));
        terms.attestors = new address[](count);
        terms.attestorThreshold = threshold;
        signers = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = FIRST_ATTESTOR + i;
            uint256 place = i;
            for (; place > 0 && vm.addr(signers[place - 1]) > vm.addr(key); --place)
                signers[place] = signers[place - 1];
            signers[place] = key;
            // The list of the terms needs no order.
            terms.attestors[count - 1 - i] = vm.addr(key);
        }
        _mint(terms);
    }

    function _attest(
        IAssetEscrow.Terms memory terms,
        uint256[] memory signers,
        uint256 count
    ) private pure returns (IAssetEscrow.Certificate memory certificate) {
        certificate = _unsigned(COMMIT, count);
        bytes32 digest = _digest(terms, certificate);
        for (uint256 i = 0; i < count; ++i) certificate.signatures[i] = _sign(signers[i], digest);
    }

    function _carry(IAssetEscrow.Terms memory terms, IAssetEscrow.Certificate memory certificate) private {
        vm.prank(stranger);
        beta.assign(terms, certificate);
    }

    function _expectBad(
        IAssetEscrow.Terms memory terms,
        IAssetEscrow.Certificate memory certificate,
        address signer
    ) private {
        vm.expectRevert(_badCertificate(terms, COMMIT, COMMIT, signer));
        _carry(terms, certificate);
        _assertState(beta, terms, IAssetEscrow.State.MINTED, "nothing happened");
    }

    function _expectWrongCount(
        IAssetEscrow.Terms memory terms,
        IAssetEscrow.Certificate memory certificate,
        uint256 expected,
        uint256 actual
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(IAssetEscrow.AssetEscrowWrongSignatureCount.selector, _hash(terms), expected, actual)
        );
        _carry(terms, certificate);
    }
}
