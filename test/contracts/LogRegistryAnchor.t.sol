// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "../../contracts/interfaces/IGatewayRegistry.sol";
import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {bound, vm} from "../support/Vm.sol";
import {LogRegistryAnchors} from "./LogRegistryAnchors.sol";

/// @dev anchor, verifyInclusion, anchorOf and anchorsOf.
contract LogRegistryAnchorTest is LogRegistryAnchors {
    bytes32 private constant ROOT = keccak256("a root");
    bytes32 private constant OTHER_ROOT = keccak256("another root");
    uint256 private constant LEAVES_MAX = 40;
    uint256 private constant UPPER_HALF = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function setUp() public {
        _deploy();
    }

    // What an anchor does

    function test_anchor_KeepsTheRootAndCounts() public {
        vm.roll(2_000);
        _anchor(origin, 0, ROOT, 17);
        vm.roll(2_005);
        _anchor(origin, 1, OTHER_ROOT, 1);
        vm.assertEq(registry.anchorOf(origin.gatewayId, 0), ROOT, "first root");
        vm.assertEq(registry.anchorOf(origin.gatewayId, 1), OTHER_ROOT, "second root");
        vm.assertEq(registry.anchorOf(origin.gatewayId, 2), 0, "no third root");
        _assertAnchors(origin, 2, 2_005);
    }

    function test_anchor_TellsWhereTheOneBeforeStands() public {
        vm.roll(2_000);
        _expectAnchored(origin, 0, ROOT, 17, 0);
        vm.roll(2_005);
        _expectAnchored(origin, 1, OTHER_ROOT, type(uint32).max, 2_000);
        vm.roll(2_006);
        _expectAnchored(destination, 0, ROOT, 2, 0);
        vm.roll(2_007);
        _expectAnchored(origin, 2, ROOT, 3, 2_005);
    }

    function test_anchor_LeavesOtherGatewaysAndLogsAlone() public {
        ILogRegistry.Session memory session = _session(SESSION_ID);
        _open(session);
        bytes32 before = _stateOf(session);
        _anchor(origin, 0, ROOT, 17);
        vm.assertEq(_stateOf(session), before, "session and logs");
        vm.assertEq(registry.anchorOf(destination.gatewayId, 0), 0, "another gateway's root");
        _assertAnchors(destination, 0, 0);
        IGatewayRegistry.Gateway memory gateway = registry.gatewayOf(origin.gatewayId);
        vm.assertEq(gateway.changes, 1, "changes of the gateway");
        vm.assertEq(gateway.epoch, 1, "epoch of the gateway");
    }

    function test_anchor_GoesOnInTheNextEpoch() public {
        _anchor(origin, 0, ROOT, 17);
        _rotate(origin, 0xA2);
        _anchor(origin, 1, OTHER_ROOT, 3);
        _assertAnchors(origin, 2, block.number);
    }

    // What is refused

    function test_anchor_RevertsWhen_NothingIsAnchored() public {
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, 0, 1);
        bytes4 selector = ILogRegistry.LogRegistryEmptyAnchor.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, bytes32(0), 1));
        registry.anchor(origin.gatewayId, 0, 0, 1, origin.epoch, r, vs);
        (r, vs) = _signAnchor(origin, 0, ROOT, 0);
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, ROOT, 0));
        registry.anchor(origin.gatewayId, 0, ROOT, 0, origin.epoch, r, vs);
        _assertAnchors(origin, 0, 0);
    }

    function test_anchor_RevertsWhen_ItIsRepeated() public {
        _anchor(origin, 0, ROOT, 17);
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, ROOT, 17);
        _expectExists(0, ROOT);
        registry.anchor(origin.gatewayId, 0, ROOT, 17, origin.epoch, r, vs);
    }

    /// @dev Whoever comes back after a change of the key must still learn that its anchor stands.
    function test_anchor_RevertsWhen_ItIsRepeatedInALaterEpoch() public {
        _anchor(origin, 0, ROOT, 17);
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, ROOT, 17);
        uint32 epoch = origin.epoch;
        _rotate(origin, 0xA2);
        _expectExists(0, ROOT);
        registry.anchor(origin.gatewayId, 0, ROOT, 17, epoch, r, vs);
    }

    function test_anchor_RevertsWhen_AnotherRootIsGivenForAnIndex() public {
        _anchor(origin, 0, ROOT, 17);
        _anchor(origin, 1, OTHER_ROOT, 17);
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, OTHER_ROOT, 17);
        _expectExists(0, ROOT);
        registry.anchor(origin.gatewayId, 0, OTHER_ROOT, 17, origin.epoch, r, vs);
        vm.assertEq(registry.anchorOf(origin.gatewayId, 0), ROOT, "root");
        _assertAnchors(origin, 2, block.number);
    }

    function test_anchor_RevertsWhen_AnIndexIsLeftOut() public {
        _anchor(origin, 0, ROOT, 17);
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 2, ROOT, 17);
        vm.expectRevert(
            abi.encodeWithSelector(ILogRegistry.LogRegistryWrongAnchorIndex.selector, origin.gatewayId, 1, 2)
        );
        registry.anchor(origin.gatewayId, 2, ROOT, 17, origin.epoch, r, vs);
    }

    function test_anchor_RevertsWhen_TheGatewayIsUnknown() public {
        Writer memory nobody = Writer(keccak256("nobody"), 0xD0, 0xD1, 0);
        (bytes32 r, bytes32 vs) = _signAnchor(nobody, 0, ROOT, 17);
        vm.expectRevert(
            abi.encodeWithSelector(IGatewayRegistry.GatewayRegistryUnknownGateway.selector, nobody.gatewayId)
        );
        registry.anchor(nobody.gatewayId, 0, ROOT, 17, 0, r, vs);
    }

    function test_anchor_RevertsWhen_TheEpochIsStale() public {
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, ROOT, 17);
        _rotate(origin, 0xA2);
        vm.expectRevert(abi.encodeWithSelector(ILogRegistry.LogRegistryStaleEpoch.selector, 2, 1));
        registry.anchor(origin.gatewayId, 0, ROOT, 17, 1, r, vs);
        _assertAnchors(origin, 0, 0);
    }

    function test_anchor_RevertsWhen_AnEarlierKeySignsForTheNewEpoch() public {
        uint256 formerKey = origin.key;
        _rotate(origin, 0xA2);
        Writer memory former = Writer(origin.gatewayId, origin.ownerKey, formerKey, origin.epoch);
        (bytes32 r, bytes32 vs) = _signAnchor(former, 0, ROOT, 17);
        _expectForeign(vm.addr(0xA2), vm.addr(formerKey));
        registry.anchor(origin.gatewayId, 0, ROOT, 17, origin.epoch, r, vs);
    }

    function test_anchor_RevertsWhen_AnotherGatewaySigns() public {
        Writer memory impostor = Writer(origin.gatewayId, destination.ownerKey, destination.key, origin.epoch);
        (bytes32 r, bytes32 vs) = _signAnchor(impostor, 0, ROOT, 17);
        _expectForeign(vm.addr(origin.key), vm.addr(destination.key));
        registry.anchor(origin.gatewayId, 0, ROOT, 17, origin.epoch, r, vs);
    }

    function test_anchor_RevertsWhen_TheSignatureIsMalleable() public {
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, ROOT, 17);
        uint256 s = uint256(vs) & (type(uint256).max >> 1);
        bool odd = uint256(vs) >> 255 == 1;
        vs = bytes32((UPPER_HALF - s) | (odd ? 0 : uint256(1) << 255));
        vm.expectPartialRevert(ILogRegistry.LogRegistryForeignSignature.selector);
        registry.anchor(origin.gatewayId, 0, ROOT, 17, origin.epoch, r, vs);
    }

    function test_anchor_RevertsWhen_ItWasSignedForAnotherRegistry() public {
        ILogRegistry first = registry;
        _deploy();
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, ROOT, 17);
        vm.expectPartialRevert(ILogRegistry.LogRegistryForeignSignature.selector);
        first.anchor(origin.gatewayId, 0, ROOT, 17, origin.epoch, r, vs);
    }

    function test_anchor_RevertsWhen_ItWasSignedForAnotherChain() public {
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, ROOT, 17);
        vm.chainId(block.chainid + 1);
        vm.expectPartialRevert(ILogRegistry.LogRegistryForeignSignature.selector);
        registry.anchor(origin.gatewayId, 0, ROOT, 17, origin.epoch, r, vs);
    }

    /// @dev Any other value of one member than the signed one is refused.
    function testFuzz_anchor_TakesWhatIsSignedAndNothingElse(bytes32 root, uint32 entries, uint8 member) public {
        root = root == 0 ? ROOT : root;
        entries = uint32(bound(entries, 1, type(uint32).max));
        (bytes32 r, bytes32 vs) = _signAnchor(origin, 0, root, entries);
        bytes32 otherRoot = root ^ bytes32(uint256(1));
        if (otherRoot == 0) otherRoot = ROOT;
        uint32 otherEntries = entries == 1 ? 2 : entries - 1;
        vm.expectPartialRevert(ILogRegistry.LogRegistryForeignSignature.selector);
        if (member % 2 == 0) registry.anchor(origin.gatewayId, 0, otherRoot, entries, origin.epoch, r, vs);
        else registry.anchor(origin.gatewayId, 0, root, otherEntries, origin.epoch, r, vs);

        registry.anchor(origin.gatewayId, 0, root, entries, origin.epoch, r, vs);
        vm.assertEq(registry.anchorOf(origin.gatewayId, 0), root, "root");
    }

    // What is proved

    /// @dev Trees that this test builds for itself, of any shape that it comes to: pairs of neighbours, an odd one goes up.
    function testFuzz_verifyInclusion_OfEveryLeafAndNothingElse(bytes32 seed, uint256 count, uint256 chosen) public {
        count = bound(count, 1, LEAVES_MAX);
        bytes32[] memory leaves = _leavesOf(seed, count);
        _anchor(origin, 0, _rootOf(leaves), uint32(count));
        for (uint256 i = 0; i < count; ++i) vm.assertTrue(_isIncluded(0, leaves[i], _proofOf(leaves, i)), "a leaf");

        chosen = bound(chosen, 0, count - 1);
        bytes32[] memory proof = _proofOf(leaves, chosen);
        vm.assertTrue(!_isIncluded(0, keccak256(abi.encode(seed)), proof), "another hash");
        vm.assertTrue(!_isIncluded(1, leaves[chosen], proof), "an anchor that does not exist");
        bytes32[] memory longer = new bytes32[](proof.length + 1);
        for (uint256 i = 0; i < proof.length; ++i) longer[i] = proof[i];
        vm.assertTrue(!_isIncluded(0, leaves[chosen], longer), "a longer proof");
        if (proof.length == 0) return;
        uint256 step = uint256(seed) % proof.length;
        proof[step] ^= bytes32(uint256(1) << (uint256(seed) % 256));
        vm.assertTrue(!_isIncluded(0, leaves[chosen], proof), "a changed proof");
        vm.assertTrue(!_isIncluded(0, leaves[(chosen + 1) % count], _proofOf(leaves, chosen)), "another's proof");
    }

    function test_verifyInclusion_OfTheOnlyLeaf() public {
        bytes32 leaf = keccak256("the only entry");
        _anchor(origin, 0, leaf, 1);
        vm.assertTrue(_isIncluded(0, leaf, new bytes32[](0)), "the leaf");
        vm.assertTrue(!_isIncluded(0, keccak256("another"), new bytes32[](0)), "another");
    }

    /// @dev Without a guard, zero would lead along no way to the root of an anchor that nobody has made.
    function test_verifyInclusion_OfZeroInNoAnchorIsFalse() public view {
        vm.assertTrue(!_isIncluded(0, 0, new bytes32[](0)), "zero in nothing");
    }

    /// @dev An inner node leads to the root too, which is why the hash must be computed from an entry: a node is the hash of 64
    /// bytes, an entry's of 66, so that no entry has a node's hash.
    function test_verifyInclusion_OfANodeThatIsNoLeafSpeaksOfNoEntry() public {
        bytes32[] memory leaves = new bytes32[](4);
        ILogRegistry.EntryInput[] memory entries = _chain(_session(SESSION_ID), origin, 0, 0, 4);
        for (uint256 i = 0; i < 4; ++i) leaves[i] = _entryHash(entries[i]);
        bytes32 left = _nodeOf(leaves[0], leaves[1]);
        bytes32 right = _nodeOf(leaves[2], leaves[3]);
        _anchor(origin, 0, _nodeOf(left, right), 4);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = right;
        vm.assertTrue(_isIncluded(0, left, proof), "a node is a node");
        vm.assertTrue(_isIncluded(0, leaves[0], _proofOf(leaves, 0)), "an entry");
        bytes memory children =
            leaves[0] < leaves[1] ? bytes.concat(leaves[0], leaves[1]) : bytes.concat(leaves[1], leaves[0]);
        vm.assertEq(keccak256(children), left, "the preimage of a node");
        vm.assertEq(children.length, 64, "size of what a node hashes");
        bytes memory typed = bytes.concat(hex"1901", _entryDomain(), bytes32(0));
        vm.assertEq(typed.length, 66, "size of what an entry's hash hashes");
    }

    function test_verifyInclusion_StaysTrueBehindLaterAnchors() public {
        bytes32[] memory leaves = _leavesOf("first", 7);
        _anchor(origin, 0, _rootOf(leaves), 7);
        for (uint32 i = 1; i < 20; ++i) _anchor(origin, i, keccak256(abi.encode(i)), i);
        _rotate(origin, 0xA2);
        vm.assertTrue(_isIncluded(0, leaves[3], _proofOf(leaves, 3)), "an old anchor");
        vm.assertTrue(!registry.verifyInclusion(destination.gatewayId, 0, leaves[3], _proofOf(leaves, 3)), "not its");
    }

    function _isIncluded(uint32 index, bytes32 leaf, bytes32[] memory proof) private view returns (bool) {
        return registry.verifyInclusion(origin.gatewayId, index, leaf, proof);
    }

    function _expectAnchored(
        Writer memory writer,
        uint32 index,
        bytes32 root,
        uint32 entries,
        uint32 previousBlock
    ) private {
        (bytes32 r, bytes32 vs) = _signAnchor(writer, index, root, entries);
        vm.expectEmit(address(registry));
        emit ILogRegistry.Anchored(writer.gatewayId, index, root, entries, writer.epoch, r, vs, previousBlock);
        registry.anchor(writer.gatewayId, index, root, entries, writer.epoch, r, vs);
    }

    function _expectExists(uint256 index, bytes32 root) private {
        bytes4 selector = ILogRegistry.LogRegistryAnchorExists.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, origin.gatewayId, index, root));
    }

    function _expectForeign(address expected, address actual) private {
        vm.expectRevert(abi.encodeWithSelector(ILogRegistry.LogRegistryForeignSignature.selector, expected, actual));
    }

    function _assertAnchors(Writer memory writer, uint256 count, uint256 lastBlock) private view {
        (uint32 actualCount, uint32 actualBlock) = registry.anchorsOf(writer.gatewayId);
        vm.assertEq(actualCount, count, "number of anchors");
        vm.assertEq(actualBlock, lastBlock, "block of the last anchor");
    }
}
