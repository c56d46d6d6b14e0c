// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGatewayRegistry} from "../../../contracts/interfaces/IGatewayRegistry.sol";
import {bound, signCompact, vm} from "../../support/Vm.sol";
import {GroupReplay} from "./GroupReplay.sol";

/// @dev Every call does work. Two owners who list, rotate and move, and keys that take over and hand over, with and without the right to. Whether a
/// call must succeed is worked out from the replay of the events alone.
abstract contract GatewayRegistryHandler is GroupReplay {
    uint256 public constant GROUPS = 2;
    /// @dev Keys that may become anything in either group.
    uint256 public constant POOL = 7;
    uint256 private constant FIRST_KEY = 0x2001;
    uint256 private constant LISTED_MAX = 5;
    uint32 private constant INTERVAL_MAX = 6;

    uint256 public takeovers;
    uint256 public handovers;
    uint256 public refused;

    uint256 private _height = 1_000;

    constructor() {
        vm.recordLogs();
        _deploy();
        _replayGroups(vm.getRecordedLogs());
    }

    /// @dev Height does not survive between the runner's calls, so each sets it. Every call's events are replayed.
    modifier step() {
        _height += uint256(keccak256(abi.encode(_height))) % 4;
        vm.roll(_height);
        vm.recordLogs();
        _;
        _replayGroups(vm.getRecordedLogs());
    }

    function registryAddress() external view returns (address) {
        return address(registry);
    }

    function gatewayId(uint256 number) public view returns (bytes32) {
        return _owner(number).gatewayId;
    }

    function poolKey(uint256 number) public pure returns (address) {
        return vm.addr(_key(number));
    }

    function setBackups(uint256 number, uint256 seed, uint256 count, uint32 interval) external step {
        _listFrom(number, seed, bound(count, 0, LISTED_MAX), uint32(bound(interval, 0, INTERVAL_MAX)));
    }

    /// @dev A key twice, the current one, or the list of somebody who is not the owner.
    function setBadBackups(uint256 number, uint256 seed, uint256 fault) external step {
        address current = replayedGroup(gatewayId(number)).key;
        address[] memory backups = new address[](2);
        backups[0] = poolKey(seed) == current ? poolKey(seed + 1) : poolKey(seed);
        backups[1] = fault % 3 == 0 ? backups[0] : current;
        if (fault % 3 == 2) backups = new address[](1);
        _trySetBackups(number, backups, 0, false);
    }

    function rotateKey(uint256 number, uint256 seed) external step {
        Writer memory owner = _owner(number);
        IGatewayRegistry.Gateway memory group = replayedGroup(owner.gatewayId);
        address key = poolKey(seed) == group.key ? poolKey(seed + 1) : poolKey(seed);
        bytes32 digest = _statementDigest(_rotateKeyHash(owner.gatewayId, key, group.changes));
        (bytes32 r, bytes32 vs) = signCompact(owner.ownerKey, digest);
        registry.rotateKey(owner.gatewayId, key, group.changes, r, vs);
    }

    function setEndpoints(uint256 number) external step {
        Writer memory owner = _owner(number);
        uint32 change = replayedGroup(owner.gatewayId).changes;
        bytes32 typeHash = keccak256("SetEndpoints(bytes32 gatewayId,string endpoints,uint32 change)");
        bytes32 structHash = keccak256(abi.encode(typeHash, owner.gatewayId, keccak256("elsewhere"), change));
        (bytes32 r, bytes32 vs) = signCompact(owner.ownerKey, _statementDigest(structHash));
        registry.setEndpoints(owner.gatewayId, "elsewhere", change, r, vs);
    }

    /// @param fault 0: another epoch. 1: somebody else's signature. 2: the last one repeated. Otherwise none.
    function takeover(uint256 number, uint256 seed, uint256 fault) external step {
        bytes32 id = _withBackups(number, seed);
        if (seed % 3 != 0) _height += INTERVAL_MAX;
        vm.roll(_height);
        IGatewayRegistry.Gateway memory group = replayedGroup(id);
        (uint256 key, uint32 epoch) = _successor(id, seed, fault % 8);
        bool rested = group.takeoverBlock == 0 || block.number >= group.takeoverBlock + group.takeoverInterval;
        bool due = epoch == group.epoch && _isListed(id, vm.addr(key)) && rested;
        bool repeated = epoch + 1 == group.epoch && vm.addr(key) == group.key;
        bool signed = fault % 8 != 1;
        (bytes32 r, bytes32 vs) = _signSuccession(TAKEOVER, id, epoch, vm.addr(key), signed ? key : key + POOL);
        try registry.takeover(id, epoch, vm.addr(key), r, vs) {
            _expect(signed && (due || repeated), "a takeover without the right to it");
            if (due) ++takeovers;
        } catch {
            _expect(!signed || !(due || repeated), "a rightful takeover was refused");
            ++refused;
        }
    }

    /// @param fault As with `takeover`; 3: the primary has not signed.
    function handover(uint256 number, uint256 seed, uint256 fault) external step {
        bytes32 id = _withBackups(number, seed);
        IGatewayRegistry.Gateway memory group = replayedGroup(id);
        (uint256 key, uint32 epoch) = _successor(id, seed, fault % 8);
        bool due = epoch == group.epoch && _isListed(id, vm.addr(key)) && fault % 8 != 3;
        bool repeated = epoch + 1 == group.epoch && vm.addr(key) == group.key;
        bool signed = fault % 8 != 1;
        (bytes32 r, bytes32 vs) = _signSuccession(HANDOVER, id, epoch, vm.addr(key), signed ? key : key + POOL);
        uint256 former = fault % 8 == 3 ? key : _privateKeyOf(group.key);
        (bytes32 formerR, bytes32 formerVs) = _signSuccession(HANDOVER, id, epoch, vm.addr(key), former);
        try registry.handover(id, epoch, vm.addr(key), r, vs, formerR, formerVs) {
            _expect(signed && (due || repeated), "a handover without the right to it");
            if (due) ++handovers;
        } catch {
            _expect(!signed || !(due || repeated), "a rightful handover was refused");
            ++refused;
        }
    }

    /// @dev A group with nobody in its list has nobody who could become primary.
    function _withBackups(uint256 number, uint256 seed) private returns (bytes32 id) {
        id = gatewayId(number);
        if (replayedGroup(id).backups.length != 0) return id;
        _listFrom(number, seed, 2, INTERVAL_MAX);
        _replayGroups(vm.getRecordedLogs());
    }

    function _listFrom(uint256 number, uint256 seed, uint256 count, uint32 interval) private {
        address current = replayedGroup(gatewayId(number)).key;
        address[] memory backups = new address[](count);
        uint256 next = seed % POOL;
        for (uint256 i = 0; i < count; ++next) {
            if (poolKey(next) != current) backups[i++] = poolKey(next);
        }
        _trySetBackups(number, backups, interval, true);
    }

    function _trySetBackups(uint256 number, address[] memory backups, uint32 interval, bool good) private {
        Writer memory owner = _owner(number);
        uint32 change = replayedGroup(owner.gatewayId).changes;
        (bytes32 r, bytes32 vs) = _signBackups(owner.gatewayId, backups, interval, change, owner.ownerKey);
        try registry.setBackups(owner.gatewayId, backups, interval, change, r, vs) {
            _expect(good, "a bad list was taken");
        } catch {
            _expect(!good, "a good list was refused");
            ++refused;
        }
    }

    /// @dev Who tries to become primary: mostly somebody who is listed.
    function _successor(bytes32 id, uint256 seed, uint256 fault) private view returns (uint256 key, uint32 epoch) {
        IGatewayRegistry.Gateway memory group = replayedGroup(id);
        epoch = group.epoch;
        if (fault == 2) return (_privateKeyOf(group.key), epoch - 1);
        if (fault == 0) epoch = seed % 2 == 0 ? epoch + 1 : epoch - 1;
        uint256 listed = group.backups.length;
        if (listed == 0 || seed % 5 == 0) return (_key(seed >> 8), epoch);
        return (_privateKeyOf(group.backups[(seed >> 8) % listed]), epoch);
    }

    function _privateKeyOf(address key) private view returns (uint256) {
        for (uint256 i = 0; i < POOL; ++i) {
            if (poolKey(i) == key) return _key(i);
        }
        return key == vm.addr(origin.key) ? origin.key : destination.key;
    }

    function _key(uint256 number) private pure returns (uint256) {
        return FIRST_KEY + (number % POOL);
    }

    function _owner(uint256 number) private view returns (Writer memory) {
        return number % GROUPS == 0 ? origin : destination;
    }
}
