// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogRegistry} from "../../../contracts/interfaces/ILogRegistry.sol";
import {Vm, vm} from "../../support/Vm.sol";
import {LogRegistryAnchors} from "../LogRegistryAnchors.sol";

/// @dev Two gateways that anchor, and somebody who tries what must be refused. Beside it, a reader of the events alone.
abstract contract LogRegistryAnchorHandler is LogRegistryAnchors {
    struct Replayed {
        uint256 count;
        uint256 lastBlock;
        mapping(uint256 index => bytes32 root) roots;
    }

    uint256 public constant GATEWAYS = 2;
    uint256 private constant FAULTS = 6;

    uint256 public anchored;
    uint256 public refused;
    string public fault;

    uint256 private _height = 1_000;
    uint256 private _nextKey = 0x1_0000;
    mapping(bytes32 gatewayId => Replayed replayed) private _replayed;

    constructor() {
        _deploy();
    }

    /// @dev Height does not survive between the runner's calls, so each sets it. Every call's events are replayed.
    modifier step() {
        _height += 1 + (uint256(keccak256(abi.encode(_height))) % 3);
        vm.roll(_height);
        vm.recordLogs();
        _;
        Vm.Log[] memory events = vm.getRecordedLogs();
        for (uint256 i = 0; i < events.length; ++i) {
            if (events[i].topics[0] == ILogRegistry.Anchored.selector) _replay(events[i]);
        }
    }

    function registryAddress() external view returns (address) {
        return address(registry);
    }

    function gatewayId(uint256 number) external view returns (bytes32) {
        return _writer(number).gatewayId;
    }

    function countOf(bytes32 gateway) external view returns (uint256) {
        return _replayed[gateway].count;
    }

    function lastBlockOf(bytes32 gateway) external view returns (uint256) {
        return _replayed[gateway].lastBlock;
    }

    function rootOf(bytes32 gateway, uint256 index) external view returns (bytes32) {
        return _replayed[gateway].roots[index];
    }

    function anchorNext(uint256 number, bytes32 root, uint32 entries) external step {
        Writer memory writer = _writer(number);
        if (root == 0) root = keccak256("a root");
        if (entries == 0) entries = 1;
        _anchor(writer, uint32(_replayed[writer.gatewayId].count), root, entries);
        ++anchored;
    }

    function anchorBad(uint256 number, bytes32 root, uint256 kind) external step {
        Writer memory writer = _writer(number);
        uint32 index = uint32(_replayed[writer.gatewayId].count);
        uint32 entries = 1;
        if (root == 0) root = keccak256("a root");
        kind %= FAULTS;
        if (kind == 0) index += 1 + uint32(uint256(root) % 5);
        else if (kind == 1) index = index == 0 ? 1 : uint32(uint256(root) % index);
        else if (kind == 2) entries = 0;
        else if (kind == 3) root = 0;
        else if (kind == 4) ++writer.epoch;
        else writer.key = _writer(number + 1).key;
        (bytes32 r, bytes32 vs) = _signAnchor(writer, index, root, entries);
        try registry.anchor(writer.gatewayId, index, root, entries, writer.epoch, r, vs) {
            fault = "a bad anchor was taken";
        } catch {
            ++refused;
        }
    }

    function rotateKey(uint256 number) external step {
        _rotate(number % GATEWAYS == 0 ? origin : destination, ++_nextKey);
    }

    function _replay(Vm.Log memory event_) private {
        (uint32 index, bytes32 root, , , , , uint32 previousBlock) = abi.decode(
            event_.data,
            (uint32, bytes32, uint32, uint32, bytes32, bytes32, uint32)
        );
        Replayed storage replayed = _replayed[event_.topics[1]];
        if (index != replayed.count) fault = "indexes have no gap";
        if (previousBlock != replayed.lastBlock) fault = "an anchor names the block of the one before";
        replayed.roots[replayed.count++] = root;
        replayed.lastBlock = block.number;
    }

    function _writer(uint256 number) private view returns (Writer memory) {
        return number % GATEWAYS == 0 ? origin : destination;
    }
}
