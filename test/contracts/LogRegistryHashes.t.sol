// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogEntry} from "../../contracts/libraries/LogEntry.sol";
import {Statements} from "../../contracts/libraries/Statements.sol";
import {bound, vm} from "../support/Vm.sol";
import {LogRegistryFixture} from "./LogRegistryFixture.sol";

/// @dev Every literal and every type hash, derived anew. The entry's digest is derived from the type string in the fixture.
contract LogRegistryHashesTest is LogRegistryFixture {
    uint64 private constant NUMBER_MAX = 2 ** 53 - 1;

    function test_EntryDomainIsNameAndVersionAlone() public pure {
        bytes32 domainType = keccak256("EIP712Domain(string name,string version)");
        bytes32 expected = keccak256(abi.encode(domainType, keccak256("Gatelog Log Entry"), keccak256("1")));
        vm.assertEq(LogEntry.DOMAIN_SEPARATOR, expected, "literal");
        vm.assertEq(_entryDomain(), expected, "OpenZeppelin's derivation");
    }

    function test_TypeHashes() public pure {
        vm.assertEq(LogEntry.TYPE_HASH, keccak256(bytes(ENTRY_TYPE)), "Entry");
        _assertType(Statements.OPEN_SESSION_TYPE_HASH, "OpenSession(bytes32 sessionHash,uint32 epoch)");
        _assertType(Statements.DECIDE_TYPE_HASH, "Decide(bytes32 sessionHash,uint8 decision,uint32 epoch)");
        _assertType(
            Statements.CLOSE_LOG_TYPE_HASH,
            "CloseLog(bytes32 sessionHash,bytes32 gatewayId,uint32 length,bytes32 lastEntryHash,uint32 epoch)"
        );
        _assertType(
            Statements.ANCHOR_TYPE_HASH,
            "Anchor(bytes32 gatewayId,uint32 index,bytes32 root,uint32 entries,uint32 epoch)"
        );
        _assertType(
            Statements.REGISTER_GATEWAY_TYPE_HASH,
            "RegisterGateway(address owner,string name,address key,string endpoints)"
        );
        _assertType(Statements.ROTATE_KEY_TYPE_HASH, "RotateKey(bytes32 gatewayId,address key,uint32 change)");
        _assertType(
            Statements.SET_ENDPOINTS_TYPE_HASH,
            "SetEndpoints(bytes32 gatewayId,string endpoints,uint32 change)"
        );
    }

    function test_KindsAreTheFirstFieldsOfTheHeader() public pure {
        bytes32 yes = _pack(Header(1, ACK, YES, STEP_COMMIT_READY, COMMAND_PREPARE, 1, 2, 3, 4));
        bytes32 no = _pack(Header(1, ACK, NO, STEP_COMMIT_READY, COMMAND_PREPARE, 5, 6, 7, 8));
        bytes32 burned = _pack(Header(1, DONE, 0, STEP_BURN, COMMAND_BURN, 9, 10, 11, 12));
        vm.assertEq(LogEntry.kindOf(yes), LogEntry.KIND_VOTED_YES, "yes");
        vm.assertEq(LogEntry.kindOf(no), LogEntry.KIND_VOTED_NO, "no");
        vm.assertEq(LogEntry.kindOf(burned), LogEntry.KIND_BURNED, "burned");
    }

    function testFuzz_HeaderFieldsLieWhereTheInterfaceSays(Header memory header) public pure {
        bytes32 word = _pack(header);
        vm.assertEq(LogEntry.epochOf(word), header.epoch, "epoch");
        vm.assertEq(LogEntry.indexOf(word), header.index, "index");
        bool valid = header.version == 1 && header.operation >= 1 && header.operation <= 5 && header.vote <= 2;
        valid = valid && header.timestamp <= NUMBER_MAX && header.seqNumber <= NUMBER_MAX;
        vm.assertEq(LogEntry.isValidHeader(word), valid, "valid");
    }

    function testFuzz_HeaderIsInvalidWithASpareBit(Header memory header, uint8 spare) public pure {
        bytes32 word = _pack(_valid(header));
        vm.assertTrue(LogEntry.isValidHeader(word), "without spare bits");
        word |= bytes32(bound(spare, 1, 255));
        vm.assertTrue(!LogEntry.isValidHeader(word), "with spare bits");
    }

    function testFuzz_HeaderIsInvalidWithANumberThatReadersCannotHold(Header memory header, uint64 number) public pure {
        number = uint64(bound(number, NUMBER_MAX + 1, type(uint64).max));
        Header memory late = _valid(header);
        late.timestamp = number;
        vm.assertTrue(!LogEntry.isValidHeader(_pack(late)), "timestamp");
        Header memory far = _valid(header);
        far.seqNumber = number;
        vm.assertTrue(!LogEntry.isValidHeader(_pack(far)), "seqNumber");
    }

    /// @dev A header that the contract takes, as close to the given one as it can be.
    function _valid(Header memory header) private pure returns (Header memory valid) {
        valid = header;
        valid.version = 1;
        valid.operation = uint8(bound(header.operation, 1, 5));
        valid.vote = uint8(bound(header.vote, 0, 2));
        valid.timestamp = uint64(bound(header.timestamp, 0, NUMBER_MAX));
        valid.seqNumber = uint64(bound(header.seqNumber, 0, NUMBER_MAX));
    }

    function testFuzz_EntryHashIsTheDigestOfTheTypedEntry(
        Header memory header,
        bytes16 sessionId,
        bytes32 sessionHash,
        bytes32 gatewayId,
        bytes32 causedBy,
        bytes32 payloadHash,
        bytes32 lastEntryHash
    ) public pure {
        bytes memory first = abi.encode(LogEntry.TYPE_HASH, header.version, sessionId, sessionHash, gatewayId);
        bytes memory second = abi.encode(header.epoch, header.index, header.seqNumber, header.step, header.operation);
        bytes memory third = abi.encode(header.vote, header.command, header.timestamp);
        bytes memory fourth = abi.encode(causedBy, payloadHash, lastEntryHash);
        bytes32 structHash = keccak256(bytes.concat(first, second, third, fourth));
        bytes32 expected = keccak256(bytes.concat(hex"1901", _entryDomain(), structHash));
        bytes32 actual = LogEntry.hashOf(
            _pack(header),
            sessionId,
            sessionHash,
            gatewayId,
            causedBy,
            payloadHash,
            lastEntryHash
        );
        vm.assertEq(actual, expected, "entryHash");
    }

    function _assertType(bytes32 actual, string memory typeString) private pure {
        vm.assertEq(actual, keccak256(bytes(typeString)), typeString);
    }
}
