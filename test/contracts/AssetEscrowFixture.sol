// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAssetEscrow} from "../../contracts/interfaces/IAssetEscrow.sol";
import {IGatelogERC20, IGatelogERC721} from "../support/Tokens.sol";
import {deployCode, vm} from "../support/Vm.sol";
import {PlainERC20, PlainERC721} from "./mocks/PlainTokens.sol";

/// @dev Two ledgers in one chain: they differ by the escrow's address, which terms tell apart as they do chains. Alpha's
/// tokens are native, beta's are mirrors, and both maps know the way back.
abstract contract AssetEscrowFixture {
    string internal constant URI = "ipfs://art/7";
    uint256 internal constant START = 1_800_000_000;
    uint64 internal constant LOCK_EXPIRY = uint64(START + 1 days);
    uint64 internal constant CANCEL_AFTER = uint64(START + 2 days);
    uint64 internal constant LOG_CHAIN_ID = 31339;
    address internal constant LOG_REGISTRY = address(0x106);

    uint256 internal constant ALPHA_OWNER = 0xA0;
    uint256 internal constant ALPHA_KEY = 0xA1;
    uint256 internal constant ALPHA_BACKUP = 0xA2;
    uint256 internal constant ALPHA_UNADMITTED = 0xA3;
    uint256 internal constant BETA_OWNER = 0xB0;
    uint256 internal constant BETA_KEY = 0xB1;
    uint256 internal constant BETA_BACKUP = 0xB2;
    uint256 internal constant BETA_UNADMITTED = 0xB3;
    uint256 internal constant ALICE = 0xC1;
    uint256 internal constant BOB = 0xC2;
    uint256 internal constant STRANGER = 0xC3;

    IAssetEscrow internal alpha;
    IAssetEscrow internal beta;
    /// @dev MINT on both ledgers.
    IGatelogERC20 internal coin;
    IGatelogERC20 internal coinMirror;
    IGatelogERC721 internal art;
    IGatelogERC721 internal artMirror;
    /// @dev VAULT on alpha, MINT on beta.
    PlainERC20 internal gold;
    IGatelogERC20 internal goldMirror;
    PlainERC721 internal relic;
    IGatelogERC721 internal relicMirror;

    address internal alice = vm.addr(ALICE);
    address internal bob = vm.addr(BOB);
    address internal stranger = vm.addr(STRANGER);
    address internal alphaKey = vm.addr(ALPHA_KEY);
    address internal betaKey = vm.addr(BETA_KEY);

    function _deployWorld() internal {
        vm.warp(START);
        alpha = _deployEscrow();
        beta = _deployEscrow();
        coin = _deployERC20("Coin", "COIN", 6);
        coinMirror = _deployERC20("Coin of Alpha", "aCOIN", 6);
        art = _deployERC721("Art", "ART");
        artMirror = _deployERC721("Art of Alpha", "aART");
        gold = new PlainERC20();
        goldMirror = _deployERC20("Gold of Alpha", "aGOLD", 18);
        relic = new PlainERC721();
        relicMirror = _deployERC721("Relic of Alpha", "aRELIC");

        bytes32 minter = coin.MINTER_ROLE();
        coin.grantRole(minter, address(alpha));
        art.grantRole(minter, address(alpha));
        coinMirror.grantRole(minter, address(beta));
        artMirror.grantRole(minter, address(beta));
        goldMirror.grantRole(minter, address(beta));
        relicMirror.grantRole(minter, address(beta));
        // The test itself issues what exists before the story begins.
        coin.grantRole(minter, address(this));
        art.grantRole(minter, address(this));

        _mapPair(address(coin), address(coinMirror), IAssetEscrow.Standard.ERC20, IAssetEscrow.Mode.MINT);
        _mapPair(address(art), address(artMirror), IAssetEscrow.Standard.ERC721, IAssetEscrow.Mode.MINT);
        _mapPair(address(gold), address(goldMirror), IAssetEscrow.Standard.ERC20, IAssetEscrow.Mode.VAULT);
        _mapPair(address(relic), address(relicMirror), IAssetEscrow.Standard.ERC721, IAssetEscrow.Mode.VAULT);

        alpha.admitGateway(alphaKey);
        alpha.admitGateway(vm.addr(ALPHA_BACKUP));
        beta.admitGateway(betaKey);
        beta.admitGateway(vm.addr(BETA_BACKUP));
    }

    function _deployEscrow() private returns (IAssetEscrow) {
        return IAssetEscrow(deployCode("AssetEscrow.sol:AssetEscrow", abi.encode(address(this))));
    }

    function _deployERC20(string memory name, string memory symbol, uint8 decimals) private returns (IGatelogERC20) {
        bytes memory arguments = abi.encode(name, symbol, decimals, address(this));
        return IGatelogERC20(deployCode("GatelogERC20.sol:GatelogERC20", arguments));
    }

    function _deployERC721(string memory name, string memory symbol) private returns (IGatelogERC721) {
        bytes memory arguments = abi.encode(name, symbol, address(this));
        return IGatelogERC721(deployCode("GatelogERC721.sol:GatelogERC721", arguments));
    }

    /// @dev The token is native on alpha in the given mode; its mirror on beta is minted and burned.
    function _mapPair(
        address native,
        address mirror,
        IAssetEscrow.Standard standard,
        IAssetEscrow.Mode nativeMode
    ) internal {
        alpha.mapToken(block.chainid, native, native, standard, nativeMode);
        alpha.mapToken(block.chainid, mirror, native, standard, nativeMode);
        beta.mapToken(block.chainid, mirror, mirror, standard, IAssetEscrow.Mode.MINT);
        beta.mapToken(block.chainid, native, mirror, standard, IAssetEscrow.Mode.MINT);
    }

    /// @dev Terms of a transfer from alpha to beta, from Alice to Bob, with a register.
    function _terms(
        IAssetEscrow.Standard standard,
        address token,
        address mirror,
        uint256 value
    ) internal view returns (IAssetEscrow.Terms memory terms) {
        terms.sessionId = bytes16(uint128(1));
        terms.standard = standard;
        terms.value = value;
        if (standard == IAssetEscrow.Standard.ERC721) terms.tokenUri = URI;
        terms.originator = alice;
        terms.beneficiary = bob;
        terms.origin = _side(address(alpha), token, ALPHA_OWNER, ALPHA_KEY, ALPHA_BACKUP, ALPHA_UNADMITTED);
        terms.destination = _side(address(beta), mirror, BETA_OWNER, BETA_KEY, BETA_BACKUP, BETA_UNADMITTED);
        terms.lockExpiry = LOCK_EXPIRY;
        terms.cancelAfter = CANCEL_AFTER;
        terms.logChainId = LOG_CHAIN_ID;
        terms.logRegistry = LOG_REGISTRY;
        terms.attestors = new address[](0);
    }

    function _coinTerms(uint256 value) internal view returns (IAssetEscrow.Terms memory) {
        return _terms(IAssetEscrow.Standard.ERC20, address(coin), address(coinMirror), value);
    }

    function _goldTerms(uint256 value) internal view returns (IAssetEscrow.Terms memory) {
        return _terms(IAssetEscrow.Standard.ERC20, address(gold), address(goldMirror), value);
    }

    function _artTerms(uint256 tokenId) internal view returns (IAssetEscrow.Terms memory) {
        return _terms(IAssetEscrow.Standard.ERC721, address(art), address(artMirror), tokenId);
    }

    function _relicTerms(uint256 tokenId) internal view returns (IAssetEscrow.Terms memory) {
        return _terms(IAssetEscrow.Standard.ERC721, address(relic), address(relicMirror), tokenId);
    }

    /// @dev The same asset on its way back, as a session of its own: Bob sends, Alice receives.
    function _back(IAssetEscrow.Terms memory there) internal pure returns (IAssetEscrow.Terms memory terms) {
        terms = abi.decode(abi.encode(there), (IAssetEscrow.Terms));
        terms.sessionId = bytes16(uint128(there.sessionId) + 1000);
        (terms.origin, terms.destination) = (terms.destination, terms.origin);
        (terms.originator, terms.beneficiary) = (there.beneficiary, there.originator);
    }

    function _withoutRegister(IAssetEscrow.Terms memory there) internal pure returns (IAssetEscrow.Terms memory terms) {
        terms = abi.decode(abi.encode(there), (IAssetEscrow.Terms));
        (terms.logChainId, terms.logRegistry) = (0, address(0));
    }

    function _side(
        address escrow,
        address token,
        uint256 owner,
        uint256 key,
        uint256 backup,
        uint256 unadmitted
    ) private view returns (IAssetEscrow.Side memory side) {
        side.chainId = uint64(block.chainid);
        side.escrow = escrow;
        side.token = token;
        side.owner = vm.addr(owner);
        side.keys = new address[](3);
        (side.keys[0], side.keys[1], side.keys[2]) = (vm.addr(key), vm.addr(backup), vm.addr(unadmitted));
    }

    function _issueCoin(uint256 value) internal {
        coin.mint(alice, value);
        vm.prank(alice);
        coin.approve(address(alpha), type(uint256).max);
    }

    function _issueArt(uint256 tokenId) internal {
        art.mint(alice, tokenId, URI);
        vm.prank(alice);
        art.setApprovalForAll(address(alpha), true);
    }

    function _issueGold(uint256 value) internal {
        gold.issue(alice, value);
        vm.prank(alice);
        gold.approve(address(alpha), type(uint256).max);
    }

    function _issueRelic(uint256 tokenId) internal {
        relic.issue(alice, tokenId);
        vm.prank(alice);
        relic.setApprovalForAll(address(alpha), true);
    }

    // The steps of a transfer by the primary keys; the ledgers follow from the terms.

    function _lock(IAssetEscrow.Terms memory terms) internal {
        vm.prank(terms.origin.keys[0]);
        IAssetEscrow(terms.origin.escrow).lock(terms);
    }

    function _burn(IAssetEscrow.Terms memory terms) internal {
        vm.prank(terms.origin.keys[0]);
        IAssetEscrow(terms.origin.escrow).burn(terms);
    }

    function _unlock(IAssetEscrow.Terms memory terms) internal {
        vm.prank(terms.origin.keys[0]);
        IAssetEscrow(terms.origin.escrow).unlock(terms, _none());
    }

    function _mint(IAssetEscrow.Terms memory terms) internal {
        vm.prank(terms.destination.keys[0]);
        IAssetEscrow(terms.destination.escrow).mint(terms);
    }

    function _assign(IAssetEscrow.Terms memory terms) internal {
        vm.prank(terms.destination.keys[0]);
        IAssetEscrow(terms.destination.escrow).assign(terms, _none());
    }

    function _cancel(IAssetEscrow.Terms memory terms) internal {
        vm.prank(terms.destination.keys[0]);
        IAssetEscrow(terms.destination.escrow).cancel(terms, _none());
    }

    function _transfer(IAssetEscrow.Terms memory terms) internal {
        _lock(terms);
        _mint(terms);
        _burn(terms);
        _assign(terms);
    }

    function _hash(IAssetEscrow.Terms memory terms) internal pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    function _stateOn(IAssetEscrow escrow, IAssetEscrow.Terms memory terms) internal view returns (IAssetEscrow.State) {
        (IAssetEscrow.State state, ) = escrow.stateOf(_hash(terms));
        return state;
    }

    function _none() internal pure returns (IAssetEscrow.Certificate memory certificate) {
        certificate.signatures = new bytes[](0);
    }

    function _signed(
        IAssetEscrow.Terms memory terms,
        IAssetEscrow.Fact fact,
        uint256 signer
    ) internal pure returns (IAssetEscrow.Certificate memory certificate) {
        certificate = _unsigned(fact, 1);
        certificate.signatures[0] = _sign(signer, _digest(terms, certificate));
    }

    function _unsigned(
        IAssetEscrow.Fact fact,
        uint256 count
    ) internal pure returns (IAssetEscrow.Certificate memory certificate) {
        certificate.fact = fact;
        certificate.blockNumber = 42;
        certificate.blockHash = keccak256("block 42");
        certificate.signatures = new bytes[](count);
    }

    /// @dev The digest made anew from protocol's words, sharing no code with the contract.
    function _digest(
        IAssetEscrow.Terms memory terms,
        IAssetEscrow.Certificate memory certificate
    ) internal pure returns (bytes32) {
        bool cancelled = certificate.fact == IAssetEscrow.Fact.DESTINATION_CANCELLED;
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version)"),
                keccak256("Gatelog Certificate"),
                keccak256("1")
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "Certificate(bytes32 termsHash,uint8 fact,uint64 chainId,address source,uint64 blockNumber,bytes32 blockHash)"
                ),
                _hash(terms),
                uint8(certificate.fact),
                cancelled ? terms.destination.chainId : terms.logChainId,
                cancelled ? terms.destination.escrow : terms.logRegistry,
                certificate.blockNumber,
                certificate.blockHash
            )
        );
        return keccak256(bytes.concat(hex"1901", domain, structHash));
    }

    function _sign(uint256 signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, digest);
        return bytes.concat(r, s, bytes1(v));
    }

    // Errors with their arguments, as bytes to expect.

    function _conflict(
        IAssetEscrow.Terms memory terms,
        bytes4 action,
        IAssetEscrow.State actual
    ) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAssetEscrow.AssetEscrowConflict.selector, _hash(terms), action, actual);
    }

    function _unauthorized(
        IAssetEscrow.Terms memory terms,
        bytes4 action,
        address caller
    ) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAssetEscrow.AssetEscrowUnauthorized.selector, _hash(terms), action, caller);
    }

    function _invalidTerms(bytes32 member) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAssetEscrow.AssetEscrowInvalidTerms.selector, member);
    }

    function _badCertificate(
        IAssetEscrow.Terms memory terms,
        IAssetEscrow.Fact expected,
        IAssetEscrow.Fact actual,
        address signer
    ) internal pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IAssetEscrow.AssetEscrowInvalidCertificate.selector,
                _hash(terms),
                expected,
                actual,
                signer
            );
    }

    function _assertState(
        IAssetEscrow escrow,
        IAssetEscrow.Terms memory terms,
        IAssetEscrow.State expected,
        string memory what
    ) internal view {
        vm.assertEq(uint256(_stateOn(escrow, terms)), uint256(expected), what);
    }
}
