// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {ILogRegistry} from "../../contracts/interfaces/ILogRegistry.sol";
import {deployCode, signCompact, vm} from "../support/Vm.sol";

/// @dev A registry with three registered groups, and makers of what they sign. Hashes are derived here from the type strings,
/// apart from the contract's own code.
abstract contract LogRegistryFixture {
    struct Writer {
        bytes32 gatewayId;
        uint256 ownerKey;
        uint256 key;
        uint32 epoch;
    }

    /// @dev The fields of a header word, most significant first.
    struct Header {
        uint8 version;
        uint8 operation;
        uint8 vote;
        uint16 step;
        uint16 command;
        uint64 timestamp;
        uint64 seqNumber;
        uint32 epoch;
        uint32 index;
    }

    uint8 internal constant INIT = 1;
    uint8 internal constant DONE = 3;
    uint8 internal constant ACK = 4;
    uint8 internal constant YES = 1;
    uint8 internal constant NO = 2;
    uint16 internal constant STEP_COMMIT_READY = 303;
    uint16 internal constant STEP_BURN = 304;
    uint16 internal constant COMMAND_PREPARE = 6;
    uint16 internal constant COMMAND_BURN = 8;

    string internal constant ENTRY_TYPE =
        "Entry(uint8 version,bytes16 sessionId,bytes32 sessionHash,bytes32 gatewayId,uint32 epoch,uint32 index,uint64 seqNumber,uint16 step,uint8 operation,uint8 vote,uint16 command,uint64 timestamp,bytes32 causedBy,bytes32 payloadHash,bytes32 lastEntryHash)";
    uint64 internal constant START = 1_800_000_000;
    uint64 internal constant DEADLINE = START + 1 hours;
    bytes16 internal constant SESSION_ID = 0x0123456789ab4def8123456789abcdef;

    ILogRegistry internal registry;
    Writer internal origin;
    Writer internal destination;
    Writer internal stranger;

    function _deploy() internal {
        vm.warp(START);
        vm.roll(1_000);
        registry = ILogRegistry(deployCode("LogRegistry.sol:LogRegistry"));
        origin = _register("origin", 0xA0, 0xA1);
        destination = _register("destination", 0xB0, 0xB1);
        stranger = _register("stranger", 0xC0, 0xC1);
    }

    // Groups

    function _register(string memory name, uint256 ownerKey, uint256 key) internal returns (Writer memory) {
        address owner = vm.addr(ownerKey);
        string memory endpoints = "https://gateway.example";
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256("RegisterGateway(address owner,string name,address key,string endpoints)"),
                owner,
                keccak256(bytes(name)),
                vm.addr(key),
                keccak256(bytes(endpoints))
            )
        );
        (bytes32 r, bytes32 vs) = signCompact(ownerKey, _statementDigest(structHash));
        bytes32 gatewayId = registry.registerGateway(owner, name, vm.addr(key), endpoints, r, vs);
        return Writer(gatewayId, ownerKey, key, 1);
    }

    /// @dev Rotates the key and keeps the writer up to date.
    function _rotate(Writer storage writer, uint256 newKey) internal {
        uint32 change = registry.gatewayOf(writer.gatewayId).changes;
        bytes32 digest = _statementDigest(_rotateKeyHash(writer.gatewayId, vm.addr(newKey), change));
        (bytes32 r, bytes32 vs) = signCompact(writer.ownerKey, digest);
        registry.rotateKey(writer.gatewayId, vm.addr(newKey), change, r, vs);
        writer.key = newKey;
        ++writer.epoch;
    }

    function _rotateKeyHash(bytes32 gatewayId, address key, uint32 change) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256("RotateKey(bytes32 gatewayId,address key,uint32 change)");
        return keccak256(abi.encode(typeHash, gatewayId, key, change));
    }

    // Sessions

    /// @dev A session between origin and destination.
    function _session(bytes16 sessionId) internal view returns (ILogRegistry.Session memory) {
        bytes memory facts = "[1]";
        return ILogRegistry.Session(sessionId, origin.gatewayId, destination.gatewayId, DEADLINE, facts);
    }

    function _open(ILogRegistry.Session memory session) internal returns (bytes32 sessionHash) {
        (bytes32 r, bytes32 vs) = _signOpening(session, origin);
        return registry.openSession(session, origin.epoch, r, vs);
    }

    function _signOpening(
        ILogRegistry.Session memory session,
        Writer memory writer
    ) internal view returns (bytes32 r, bytes32 vs) {
        bytes32 typeHash = keccak256("OpenSession(bytes32 sessionHash,uint32 epoch)");
        bytes32 structHash = keccak256(abi.encode(typeHash, _sessionHash(session), writer.epoch));
        return signCompact(writer.key, _statementDigest(structHash));
    }

    function _factsHash(ILogRegistry.Session memory session) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    session.originGatewayId,
                    session.destinationGatewayId,
                    session.deadline,
                    keccak256(session.facts)
                )
            );
    }

    function _sessionHash(ILogRegistry.Session memory session) internal pure returns (bytes32) {
        return keccak256(abi.encode(session.sessionId, _factsHash(session)));
    }

    // Entries

    /// @dev The next entry of the writer's log, unsigned: an ordinary one, whose payload tells entries apart.
    function _next(
        ILogRegistry.Session memory session,
        Writer memory writer,
        uint32 index,
        bytes32 lastEntryHash
    ) internal pure returns (ILogRegistry.EntryInput memory entry) {
        entry.sessionId = session.sessionId;
        entry.factsHash = _factsHash(session);
        entry.gatewayId = writer.gatewayId;
        entry.header = _pack(Header(1, INIT, 0, 101, 2, START * 1_000, index, writer.epoch, index));
        entry.causedBy = keccak256(abi.encode("caused by", index));
        entry.lastEntryHash = lastEntryHash;
        entry.payload = abi.encode("payload", writer.gatewayId, index);
    }

    function _nextSigned(
        ILogRegistry.Session memory session,
        Writer memory writer,
        uint32 index,
        bytes32 lastEntryHash
    ) internal pure returns (ILogRegistry.EntryInput memory) {
        return _signed(_next(session, writer, index, lastEntryHash), writer.key);
    }

    function _signed(
        ILogRegistry.EntryInput memory entry,
        uint256 key
    ) internal pure returns (ILogRegistry.EntryInput memory) {
        (entry.r, entry.vs) = signCompact(key, _entryHash(entry));
        return entry;
    }

    /// @dev Consecutive entries of one log, each signed.
    function _chain(
        ILogRegistry.Session memory session,
        Writer memory writer,
        uint32 firstIndex,
        bytes32 lastEntryHash,
        uint256 count
    ) internal pure returns (ILogRegistry.EntryInput[] memory entries) {
        entries = new ILogRegistry.EntryInput[](count);
        for (uint32 i = 0; i < count; ++i) {
            entries[i] = _nextSigned(session, writer, firstIndex + i, lastEntryHash);
            lastEntryHash = _entryHash(entries[i]);
        }
    }

    function _withoutSignature(ILogRegistry.EntryInput memory entry) internal pure {
        entry.r = 0;
        entry.vs = 0;
    }

    /// @dev The same entry as the destination's vote.
    function _asVote(
        ILogRegistry.EntryInput memory entry,
        uint8 vote
    ) internal pure returns (ILogRegistry.EntryInput memory) {
        Header memory header = _unpack(entry.header);
        header.operation = ACK;
        header.vote = vote;
        header.step = STEP_COMMIT_READY;
        header.command = COMMAND_PREPARE;
        entry.header = _pack(header);
        return entry;
    }

    /// @dev The same entry as the origin's done-burn.
    function _asBurn(ILogRegistry.EntryInput memory entry) internal pure returns (ILogRegistry.EntryInput memory) {
        Header memory header = _unpack(entry.header);
        header.operation = DONE;
        header.step = STEP_BURN;
        header.command = COMMAND_BURN;
        entry.header = _pack(header);
        return entry;
    }

    function _entryHash(ILogRegistry.EntryInput memory entry) internal pure returns (bytes32) {
        return _entryHash(entry, keccak256(abi.encode(entry.sessionId, entry.factsHash)));
    }

    function _entryHash(ILogRegistry.EntryInput memory entry, bytes32 sessionHash) internal pure returns (bytes32) {
        Header memory header = _unpack(entry.header);
        bytes memory first = abi.encode(
            keccak256(bytes(ENTRY_TYPE)),
            header.version,
            entry.sessionId,
            sessionHash,
            entry.gatewayId,
            header.epoch,
            header.index,
            header.seqNumber
        );
        bytes memory second = abi.encode(
            header.step,
            header.operation,
            header.vote,
            header.command,
            header.timestamp,
            entry.causedBy,
            sha256(entry.payload),
            entry.lastEntryHash
        );
        return MessageHashUtils.toTypedDataHash(_entryDomain(), keccak256(bytes.concat(first, second)));
    }

    function _entryDomain() internal pure returns (bytes32) {
        string memory name = "Gatelog Log Entry";
        string memory version = "1";
        return MessageHashUtils.toDomainSeparator(0x03, name, version, 0, address(0), 0);
    }

    function _pack(Header memory header) internal pure returns (bytes32) {
        bytes memory packed = abi.encodePacked(
            header.version,
            header.operation,
            header.vote,
            header.step,
            header.command,
            header.timestamp,
            header.seqNumber,
            header.epoch,
            header.index,
            uint8(0)
        );
        return bytes32(packed);
    }

    function _unpack(bytes32 header) internal pure returns (Header memory) {
        uint256 word = uint256(header);
        return
            Header({
                version: uint8(word >> 248),
                operation: uint8(word >> 240),
                vote: uint8(word >> 232),
                step: uint16(word >> 216),
                command: uint16(word >> 200),
                timestamp: uint64(word >> 136),
                seqNumber: uint64(word >> 72),
                epoch: uint32(word >> 40),
                index: uint32(word >> 8)
            });
    }

    // Deciding and closing

    function _signDecision(
        bytes32 sessionHash,
        ILogRegistry.Decision decision,
        Writer memory writer
    ) internal view returns (bytes32 r, bytes32 vs) {
        bytes32 typeHash = keccak256("Decide(bytes32 sessionHash,uint8 decision,uint32 epoch)");
        bytes32 structHash = keccak256(abi.encode(typeHash, sessionHash, uint8(decision), writer.epoch));
        return signCompact(writer.key, _statementDigest(structHash));
    }

    /// @dev Carries the origin's signed decision.
    function _decide(ILogRegistry.Session memory session, ILogRegistry.Decision decision) internal {
        (bytes32 r, bytes32 vs) = _signDecision(_sessionHash(session), decision, origin);
        bytes32 originId = session.originGatewayId;
        registry.decide(session.sessionId, _factsHash(session), originId, decision, origin.epoch, r, vs);
    }

    /// @dev Asks for ABORT without a signature.
    function _abortUnsigned(ILogRegistry.Session memory session) internal {
        bytes32 originId = session.originGatewayId;
        ILogRegistry.Decision decision = ILogRegistry.Decision.ABORT;
        registry.decide(session.sessionId, _factsHash(session), originId, decision, 0, 0, 0);
    }

    function _close(
        ILogRegistry.Session memory session,
        Writer memory writer,
        uint32 length,
        bytes32 lastEntryHash
    ) internal {
        (bytes32 r, bytes32 vs) = _signClosing(_sessionHash(session), writer, length, lastEntryHash);
        registry.closeSession(
            session.sessionId,
            _factsHash(session),
            writer.gatewayId,
            length,
            lastEntryHash,
            writer.epoch,
            r,
            vs
        );
    }

    function _signClosing(
        bytes32 sessionHash,
        Writer memory writer,
        uint32 length,
        bytes32 lastEntryHash
    ) internal view returns (bytes32 r, bytes32 vs) {
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "CloseLog(bytes32 sessionHash,bytes32 gatewayId,uint32 length,bytes32 lastEntryHash,uint32 epoch)"
                ),
                sessionHash,
                writer.gatewayId,
                length,
                lastEntryHash,
                writer.epoch
            )
        );
        return signCompact(writer.key, _statementDigest(structHash));
    }

    // What must not change

    /// @dev Digest of everything that the registry can be asked about a session and its two logs.
    function _stateOf(ILogRegistry.Session memory session) internal view returns (bytes32) {
        bytes32 sessionHash = _sessionHash(session);
        (uint32 length, bytes24 head, uint32 lastBlock, bool open, bool closed) = registry.logOf(
            sessionHash,
            session.originGatewayId
        );
        bytes memory originLog = abi.encode(length, head, lastBlock, open, closed);
        (length, head, lastBlock, open, closed) = registry.logOf(sessionHash, session.destinationGatewayId);
        bytes memory destinationLog = abi.encode(length, head, lastBlock, open, closed);
        return keccak256(abi.encode(registry.sessionOf(session.sessionId), originLog, destinationLog));
    }

    function _assertHead(
        ILogRegistry.Session memory session,
        Writer memory writer,
        uint256 length,
        bytes32 lastEntryHash
    ) internal view {
        (uint32 actualLength, bytes24 actualHead) = registry.head(_sessionHash(session), writer.gatewayId);
        vm.assertEq(actualLength, length, "length of the log");
        vm.assertEq(bytes32(actualHead), bytes32(bytes24(lastEntryHash)), "head of the log");
    }

    /// @dev EIP-712 digest under the registry's own domain.
    function _statementDigest(bytes32 structHash) internal view returns (bytes32) {
        string memory name = "Gatelog";
        string memory version = "1";
        bytes32 domain = MessageHashUtils.toDomainSeparator(0x0f, name, version, block.chainid, address(registry), 0);
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }
}
